"""The second drafter: a language model writes sections from numbered evidence, in a chain of two calls a section and one of
repair. First it picks words, which code finds in their sources; then it writes from the words that were found, and from
nothing else; then the gates decide. What they stop is mended once, else the source's own words stand, else it is withheld.
The tables stay what the ledger found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from briefing import prompting
from briefing.beside.locate import folded, locate
from briefing.chat.budget import Budget
from briefing.chat.client import Chat, ReplyCache, run
from briefing.chat.fences import between, one_line
from briefing.claims import Claim, Said, Statement, Verdict
from briefing.draft import plan
from briefing.draft.ahead import is_ahead
from briefing.draft.asking import (
    fenced,
    mends_schema,
    packed,
    picks_schema,
    sentences_schema,
    title_schema,
)
from briefing.draft.candidates import same_words
from briefing.draft.compose import Cited, Sentence, compose, count_words, names_weekday
from briefing.draft.lines import Draft, Item, Line
from briefing.draft.material import Material
from briefing.draft.naming import naming
from briefing.draft.numbering import Numbering, claim_of
from briefing.reading.addressed import addressed, gives_orders
from briefing.reading.marks import quotations
from briefing.settings import ModelSettings
from briefing.verify import CODE, Laid, Verify, tells_who
from index.article import Evidence
from index.calendar.instants import iso, iso_stamp
from index.errors import ModelUnavailable, UnreadableReply
from index.sentences import sentences as cut
from index.terms import terms

NAME = "llm/3"
REPORTER, NOT_CERTAIN = "the reporter", "not certain; see the words themselves"  # as whose words a claim is shown
PICK, WRITE, MEND, TITLE = "extract_claims/v1", "compose_section/v2", "repair_sentences/v1", "title_brief/v1"
SECTIONS = tuple(section for section in plan.PLAN if section.written)
MOST_CLAIMS = 8  # of one section
MOST_READ = 16  # statements of the window that a bottom line is offered
MOST_CITED = 3  # claims one sentence may stand on
MOST_UNSAID = 0.6  # of a sentence's plain words that its citations do not have: more, and it tells something else
MOST_BEFORE = 240  # characters of the sentence before a claim
SHORTEST = 4  # words of a quote that can carry anything
_MARKUP = re.compile(r"</?[a-zA-Z!]|!\[|\]\(|https?://|\bwww\.|javascript:|data:[a-z]+/|\x1b|```", re.IGNORECASE)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Picked(_Model):
    evidence: str
    quote: str


class _Picks(_Model):
    claims: list[_Picked]


class _Sentence(_Model):
    text: str
    claims: list[str]


class _Sentences(_Model):
    sentences: list[_Sentence]


class _Mended(_Model):
    id: str
    text: str


class _Mends(_Model):
    sentences: list[_Mended]


@dataclass(frozen=True, slots=True)
class Located:
    """Words that the model picked and code found: `article.text[start:end]`, and whose they are as they were read."""

    span: Cited
    quote: str
    statement: Statement


@dataclass(slots=True)
class Written:
    """What a model's replies came to: lines for the gates, and what did not even get there."""

    lines: list[Line] = field(default_factory=list)
    withheld: list[Claim] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # a section the model did not write, and why
    prompts: tuple[tuple[str, str], ...] = ()
    notes: list[str] = field(default_factory=list)
    title: Line | None = None
    nothing: bool = False  # it was asked, and found nothing to write: an answer, no failure


@dataclass(slots=True)
class _Work:
    """One section on its way through the chain."""

    section: plan.SectionPlan
    shown: dict[str, Evidence] = field(default_factory=dict)
    located: dict[str, Located] = field(default_factory=dict)
    sentences: list[tuple[str, list[Located]]] = field(default_factory=list)
    failure: str | None = None


def write(
    material: Material,
    settings: ModelSettings,
    *,
    verify: Verify,
    own: Draft | None = None,
    standing: Sequence[str] = (),
    cache: ReplyCache | None = None,
    budget: Budget | None = None,
) -> Written:
    """The sections a model writes. `own`: the extractive draft, whose sources it is offered beside what it picks itself;
    `standing`: what was known before; `budget`: what it may spend, and afterwards what it has, also where it failed. Raises
    ModelUnavailable or UnreadableReply where it wrote none of them."""
    return run(_Chain(material, Chat(settings, budget=budget, cache=cache), verify, own or Draft(), standing).written())


def merged(written: Written, own: Draft) -> Draft:
    """The model's lines in the places of the extractive ones, where it gave any that stand; where it gave fewer than the
    section may hold, extractive ones that say something else behind them."""
    items: list[Item] = list(written.lines)
    given = {line.section for line in written.lines}
    said = [set(terms(line.sentence.text)) for line in written.lines]
    for item in own.items:
        if isinstance(item, Line) and item.section in given:
            held = set(terms(item.sentence.text))
            full = sum(i.section == item.section for i in items) >= plan.SECTIONS[item.section].most
            if full or any(same_words(held, other) for other in said):
                continue
            said.append(held)
        items.append(item)
    return replace(own, items=items, written_title=written.title)


class _Chain:
    """Pick → locate → write → gate → mend → gate → the source's own words, or withheld."""

    def __init__(self, material: Material, chat: Chat, verify: Verify, own: Draft, standing: Sequence[str]) -> None:
        self._material, self._chat, self._verify, self._own = material, chat, verify, own
        self._standing = "\n".join(f"- {one_line(line)}" for line in standing) or "- nothing"
        self._ground = material.ground
        self._prompts = {name: prompting.load(name) for name in (PICK, WRITE, MEND, TITLE)}
        self._written = Written()

    async def written(self) -> Written:
        from langchain_core.runnables import RunnableLambda

        section_chain: Any = RunnableLambda(_unasked, afunc=self._pick) | RunnableLambda(_unasked, afunc=self._compose)
        works: list[_Work] = await section_chain.abatch(
            [_Work(section) for section in SECTIONS], config={"max_concurrency": self._chat.settings.parallel}
        )
        out = self._written
        out.failed = {work.section.id: work.failure for work in works if work.failure is not None}
        if len(out.failed) == len(works):
            raise UnreadableReply(next(iter(out.failed.values())))
        out.prompts = tuple((prompt.name, prompt.sha256) for prompt in self._prompts.values())
        for work in works:
            for text, cited in work.sentences:
                self._take(work.section, text, cited)
        await self._gate()
        out.nothing = not out.lines and not out.withheld and not out.failed
        out.title = await self._titled()
        out.withheld = self._in_order(out.withheld)
        return out

    def _in_order(self, withheld: Sequence[Claim]) -> list[Claim]:
        """By section, whichever reply came first, so that the same replies make the same brief."""
        order = {section.id: n for n, section in enumerate(SECTIONS)}
        placed = sorted(withheld, key=lambda claim: order[claim.id])
        return [replace(claim, id=f"llm-{claim.id}-{n}") for n, claim in enumerate(placed, start=1)]

    # ---- the calls

    async def _pick(self, work: _Work) -> _Work:
        """Ask which words of the evidence the section may stand on, and find them."""
        work.shown, counted = packed(self._material, work.section, self._chat.settings)
        if not work.shown:
            work.failure = "there is no evidence to show the model"
            return work
        slots = [plan.filled(slot, self._material.topic, "") for slot in work.section.slots]
        system, user = self._prompts[PICK].rendered(
            conflict=self._material.topic.conflict,
            as_of=iso(self._material.as_of),
            holds=work.section.written,
            asked="\n".join(f"- {question}" for question in slots),
            evidence="\n\n".join(fenced(i, e) for i, e in work.shown.items()),
        )
        self._written.notes.append(f"{work.section.title}: {counted}")
        try:
            picks = await self._asked(system, user, picks_schema(list(work.shown)), _Picks)
        except (ModelUnavailable, UnreadableReply) as error:
            work.failure = str(error)
            return work
        found = list(self._chosen(work.section))
        for picked in picks.claims[:MOST_CLAIMS]:
            one = self._locate(picked, work.shown)
            if isinstance(one, str):
                self._withhold(work.section.id, picked.quote, one)
            elif not any(_overlap(one.span, other.span) for other in found):
                found.append(one)
        if work.section.id == "bottom_line":
            found += [one for one in self._read() if not any(_overlap(one.span, other.span) for other in found)]
        work.located = {f"C{number}": one for number, one in enumerate(found, start=1)}
        return work

    def _chosen(self, section: plan.SectionPlan) -> Iterator[Located]:
        """What the extractive drafter stands on in this section: found already, and weighed."""
        for item in self._own.of(section.id):
            if isinstance(item, Line):
                span = item.sentence.spans[0]
                text = self._material.articles[span[0]].text[span[1] : span[2]]
                yield Located(span, text, item.sentence.statement)

    def _read(self) -> Iterator[Located]:
        """The newest statements of the window whose speaker and stance are certain: what the ledger stands on."""
        recent = filter(self._material.recent, self._material.statements)
        sure = [s for s in recent if s.stance and s.speaker and not s.speaker.anonymous]
        here = [s for s in sure if s.front in {self._material.topic.name, "both", None}]
        newest = sorted(here, key=lambda s: str(self._material.articles[s.article_id].knowable_from), reverse=True)
        for statement in newest[:MOST_READ]:
            yield Located((statement.article_id, statement.start, statement.end), statement.text, statement)

    async def _compose(self, work: _Work) -> _Work:
        """Ask for sentences from the words that were found."""
        if work.failure is not None or not work.located:
            return work
        system, user = self._prompts[WRITE].rendered(
            conflict=self._material.topic.conflict,
            as_of=iso(self._material.as_of),
            holds=work.section.written,
            most=str(work.section.most),
            claims="\n\n".join(self._claim_shown(i, one) for i, one in work.located.items()),
            standing=self._standing,
        )
        try:
            reply = await self._asked(system, user, sentences_schema(list(work.located)), _Sentences)
        except (ModelUnavailable, UnreadableReply) as error:
            work.failure = str(error)
            return work
        for sentence in reply.sentences:
            unknown = [i for i in sentence.claims if i not in work.located]
            if unknown or not sentence.claims:
                reason = f"it cites {unknown[0]!r}, which the model was never shown" if unknown else "it has no citation"
                self._withhold(work.section.id, sentence.text, reason)
            else:
                work.sentences.append((sentence.text.strip(), [work.located[i] for i in dict.fromkeys(sentence.claims)]))
        return work

    async def _titled(self) -> Line | None:
        """Ask for the title, from the sentences of the bottom line that stand; None where what is given does not pass."""
        if not (lines := [line for line in self._written.lines if line.section == "bottom_line"]):
            return None
        shown = "\n\n".join(between(f"C{n}", line.sentence.text) for n, line in enumerate(lines, start=1))
        system, user = self._prompts[TITLE].rendered(
            conflict=self._material.topic.conflict,
            as_of=iso(self._material.as_of),
            most=str(plan.TITLE_WORDS),
            claims=shown,
        )
        ids = [f"C{n}" for n in range(1, len(lines) + 1)]
        try:
            reply = await self._asked(system, user, title_schema(ids), _Sentence)
        except (ModelUnavailable, UnreadableReply) as error:
            self._written.notes.append(f"The title is not the model's: {error}.")
            return None
        carried = [lines[ids.index(i)] for i in dict.fromkeys(reply.claims) if i in ids]
        text = reply.text.strip().rstrip(".")
        if not text:
            return None
        if not carried or count_words(text) > plan.TITLE_WORDS:
            self._withhold("bottom_line", text, f"as a title it stands on nothing, or has more than {plan.TITLE_WORDS} words")
            return None
        spans = tuple(dict.fromkeys(span for line in carried for span in line.sentence.spans))
        title = replace(carried[0], sentence=replace(carried[0].sentence, text=text, short=text, spans=spans))
        if (reason := self._stopped([title]).get(0)) is not None:
            self._withhold("bottom_line", text, f"{reason}; as a title it is left out")
            return None
        return title

    async def _mended(self, stopped: Sequence[tuple[Line, str]]) -> dict[int, str]:
        """Ask once to write again what the gates stopped; by its place in the list. Nothing where the model fails."""
        shown = "\n\n".join(
            between(f"S{n}", f"Sentence: {line.sentence.text}\nStopped because {reason}\nSource: {self._quotes(line)}")
            for n, (line, reason) in enumerate(stopped, start=1)
        )
        system, user = self._prompts[MEND].rendered(
            conflict=self._material.topic.conflict, as_of=iso(self._material.as_of), sentences=shown
        )
        ids = [f"S{n}" for n in range(1, len(stopped) + 1)]
        try:
            reply = await self._asked(system, user, mends_schema(ids), _Mends)
        except (ModelUnavailable, UnreadableReply) as error:
            self._written.notes.append(f"Stopped sentences were not mended: {error}.")
            return {}
        return {ids.index(one.id): one.text.strip() for one in reply.sentences if one.id in ids and one.text.strip()}

    async def _asked(self, system: str, user: str, schema: dict[str, Any], shape: type[Any]) -> Any:
        reply = await self._chat.ask(system, user, schema, shape.model_validate)
        return shape.model_validate(reply.parsed)

    # ---- what code decides

    def _locate(self, picked: _Picked, shown: Mapping[str, Evidence]) -> Located | str:
        """The words in their source; else what is wrong."""
        evidence = shown.get(picked.evidence)
        if evidence is None:
            return f"it cites {picked.evidence!r}, which the model was never shown"
        at = locate(picked.quote, evidence.passage.text)
        if at is None:
            return f"its quote is not in {picked.evidence}: “{picked.quote[:80]}”"
        if count_words(picked.quote) < SHORTEST:
            return f"its quote is too short to carry anything: “{picked.quote[:80]}”"
        if gives_orders(
            self._material.articles[evidence.article.id].text, evidence.passage.start + at[0], evidence.passage.start + at[1]
        ):
            return "its source gives orders to a program there: that is no news"
        start = evidence.passage.start
        span = (evidence.article.id, start + at[0], start + at[1])
        text = self._material.articles[span[0]].text[span[1] : span[2]]
        return Located(span, text, self._statement(span))

    def _statement(self, span: Cited) -> Statement:
        """What the reading made of the cited words: whose they are."""
        article_id, start, end = span
        for statement in self._material.statements:
            if statement.article_id == article_id and statement.start < end and start < statement.end:
                return statement if statement.said.sure("speaker") else replace(statement, speaker=None, stance=None)
        text = self._material.articles[article_id].text[start:end]
        return Statement.plain(Said(article_id=article_id, start=start, end=end, text=text, kind="narration", speaker=None))

    def _take(self, section: plan.SectionPlan, text: str, cited: Sequence[Located]) -> None:
        """A sentence becomes a line where it keeps the limits; else it is withheld with what is wrong."""
        speaker = cited[0].statement.speaker
        anonymous = [one for one in cited if one.statement.speaker and one.statement.speaker.anonymous]
        held = set(terms(text))
        reason = None
        if sum(line.section == section.id for line in self._written.lines) >= section.most:
            reason = f"the section already holds {section.most} sentences"
        elif len(cited) > MOST_CITED:
            reason = f"it cites {len(cited)} sources, more than {MOST_CITED}"
        elif section.id == "bottom_line" and len(anonymous) == len(cited):
            reason = f"{speaker.known_as if speaker else 'a source'}, unnamed, does not stand alone in the bottom line"
        elif any(same_words(held, terms(line.sentence.text)) for line in self._written.lines):
            reason = "it says again what stands before it"
        if reason is not None:
            self._withhold(section.id, text, reason)
            return
        spans = tuple(dict.fromkeys(one.span for one in cited))
        sentence = Sentence(text=text, form="reported", statement=cited[0].statement, spans=spans, short=text)
        self._written.lines.append(Line(section=section.id, sentence=sentence))

    async def _gate(self) -> None:
        """Every line through the gates; what they stop is mended once, else its source's own words stand, else nothing."""
        out = self._written
        stopped = self._stopped(out.lines)
        if not stopped:
            return
        mended = await self._mended([(out.lines[at], reason) for at, reason in stopped.items()])
        again = {at: self._with_text(out.lines[at], mended[n]) for n, at in enumerate(stopped) if n in mended}
        still = self._stopped(list(again.values()))
        passed = {at for n, at in enumerate(again) if n not in still}
        kept: list[Line] = []
        for at, line in enumerate(out.lines):
            if at not in stopped:
                kept.append(line)
                continue
            new = again[at] if at in passed else self._own_words(line, [*kept, *out.lines[at + 1 :]])
            what = "it was mended" if at in passed else "its source’s own words stand in its place" if new else "it is left out"
            self._withhold(line.section, line.sentence.text, f"{stopped[at]}; {what}")
            if new is not None:
                kept.append(new)
        out.lines = kept

    def _stopped(self, lines: Sequence[Line]) -> dict[int, str]:
        """The lines that do not pass, by their place, with the reason."""
        claims = [claim_of(line, f"llm-{n}", self._material.articles, Numbering()) for n, line in enumerate(lines, start=1)]
        long = {n: reason for n, line in enumerate(lines) if (reason := self._out_of_place(line, claims[n])) is not None}
        found = {n: c.reason for n, c in enumerate(self._verify(claims, self._ground)) if c.reason is not None}
        return dict(sorted({**long, **found}.items()))

    def _out_of_place(self, line: Line, claim: Claim) -> str | None:
        """What a brief does not print, whoever says it."""
        sentence, topic, today = line.sentence, self._material.topic, self._material.as_of.date()
        article = self._material.articles[sentence.statement.article_id]
        source = " ".join(self._material.articles[i].text[start:end] for i, start, end in sentence.spans)
        if sentence.words > plan.MOST_WORDS:
            return f"it has {sentence.words} words, more than {plan.MOST_WORDS}"
        if names_weekday(sentence.text):
            return "it names a weekday and not its date"
        if _MARKUP.search(sentence.text):
            return "it holds markup or an address"
        if sentence.statement.front not in {topic.name, "both", None}:
            return f"its source speaks of another front ({sentence.statement.front})"
        if Laid(claim, self._ground).unsaid > MOST_UNSAID:
            return "most of its words are not in its source"
        if sentence.statement.said.kind != "quoted" and _quotes_more(sentence.text, article.text):
            return "it puts quotation marks around words that its source does not quote"
        if line.section == "watch" and not is_ahead(sentence.text, source, article, today):
            return "it names nothing that is still to come"
        return None

    def _own_words(self, line: Line, others: Iterable[Line]) -> Line | None:
        """The sentence that the extractive drafter makes of the same source, where it can stand and says nothing twice."""
        statement = line.sentence.statement
        if not statement.said.sure("speaker"):
            return None
        if statement.speaker is not None and statement.speaker.anonymous and line.section == "bottom_line":
            return None
        article = self._material.articles[statement.article_id]
        day = self._material.as_of.date()
        sentence = compose(statement, article, self._material.topic, introduce=True, as_of=day)
        if sentence is None:
            return None
        new = Line(section=line.section, sentence=sentence)
        held = set(terms(sentence.text))
        said = any(same_words(held, terms(other.sentence.text)) for other in others)
        return None if said or self._stopped([new]) else new

    def _with_text(self, line: Line, text: str) -> Line:
        return replace(line, sentence=replace(line.sentence, text=text, short=text))

    def _withhold(self, section: str, text: str, reason: str) -> None:
        verdict = Verdict(label="unsupported", score=0.0, checker=CODE)
        claim = Claim(id=section, text=one_line(text)[:600], form="reported", verdict=verdict, reason=reason)
        self._written.withheld.append(claim)

    # ---- what the model sees

    def _claim_shown(self, issued: str, one: Located) -> str:
        article = self._material.articles[one.span[0]]
        speaker = one.statement.speaker
        if speaker is not None:
            who = naming(speaker, self._material.topic, introduce=True).rstrip(",")
        else:
            who = NOT_CERTAIN if one.statement.said.speaker is not None or tells_who(one.quote) else REPORTER
        published = iso_stamp(article.published, is_day=article.published_is_day)
        told = [article.outlet, str(published), f"speaker: {who}"]
        if one.statement.stance is not None:
            told.append(f"stance: {one.statement.stance}")
        if speaker is not None and speaker.introduced is not None:
            told.append(f"named by: “{one_line(article.text[slice(*speaker.introduced)])}”")
        if before := _sentence_before(article.text, one.span[1]):
            told.append(f"before it: “{before}”")
        return between(issued, " | ".join(told) + f"\n{one.quote}")

    def _quotes(self, line: Line) -> str:
        return " […] ".join(self._material.articles[i].text[start:end] for i, start, end in line.sentence.spans)


def _sentence_before(text: str, start: int) -> str:
    """What stands before a quote in its paragraph, for whoever must know who "he" is; not what gives orders to a program."""
    paragraph = text.rfind("\n", 0, start) + 1
    found = list(cut(text[paragraph:start]))
    words = one_line(text[paragraph:start][slice(*found[-1])]) if found else ""
    return "" if addressed(words) else words[-MOST_BEFORE:]


def _quotes_more(sentence: str, source: str) -> bool:
    """Whether it quotes, at length, what stands outside every quotation of its source."""
    quoted = [folded(source[start:end]).casefold() for start, end in quotations(source)]
    for start, end in quotations(sentence):
        words = folded(sentence[start:end]).casefold().strip(" .,;…")
        if len(words.split()) > SHORTEST and not any(words in one for one in quoted):
            return True
    return False


def _overlap(one: Cited, other: Cited) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _unasked(work: _Work) -> _Work:
    raise AssertionError("the chain runs asynchronously")
