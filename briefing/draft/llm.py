"""The second drafter: a language model writes from numbered evidence, in a chain of one call that picks, one that writes, one of
repair and one for the title. First it picks words, which code finds in their sources; beside them stands what was read of the
days already. Then it writes every part from the words that were found, and from nothing else; then the gates decide. What they
stop is mended once, else the source's own words stand, else it is withheld. A model that has shown that it can reads each
sentence again beside its words, in a call that knows nothing of the writing. The tables stay what the ledger found; the model
answers their standing questions and tells the terms of proposals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from briefing import prompting
from briefing.beside.locate import locate
from briefing.chat.budget import Budget
from briefing.chat.client import Chat, ReplyCache, run
from briefing.chat.fences import between, one_line
from briefing.claims import Claim, Verdict
from briefing.draft import again, plan
from briefing.draft.again import beside
from briefing.draft.asking import (
    Part,
    fenced,
    mends_schema,
    packed,
    parts_of,
    picks_schema,
    sentences_schema,
    title_schema,
)
from briefing.draft.candidates import same_words
from briefing.draft.compose import Sentence, compose, count_words
from briefing.draft.limits import SHORTEST, comes, reasons_against
from briefing.draft.lines import Cells, Draft, Line, TableRow
from briefing.draft.material import Material
from briefing.draft.numbering import Numbering, claim_of
from briefing.draft.offered import Offered, headed, overlap
from briefing.draft.positions import position, told_by_another
from briefing.draft.written import Located, Told, Written
from briefing.reading.addressed import gives_orders
from briefing.settings import ModelSettings
from briefing.verify import CODE, SecondReading, Verifier, key_of
from index.article import Evidence
from index.calendar.instants import iso
from index.errors import ModelUnavailable, UnreadableReply
from index.terms import terms

NAME = "llm/5"
PICK, WRITE, MEND, TITLE = "pick_claims/v2", "compose_brief/v3", "repair_sentences/v2", "title_brief/v1"
MOST_PICKED = 8  # claims of one part
MOST_WRITTEN = 60  # tokens of room for one sentence
MOST_CITED = 3  # claims one sentence may stand on
NO_PARTY = "–"  # of a voice whose party nobody knows
MOST_KNOWN = 160  # characters of a claim that is found already, where the model picks


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Picked(_Model):
    part: str
    evidence: str
    quote: str


class _Picks(_Model):
    claims: list[_Picked]


class _Sentence(_Model):
    part: str
    text: str
    claims: list[str]
    partly: bool


class _Sentences(_Model):
    sentences: list[_Sentence]


class _Title(_Model):
    text: str
    claims: list[str]


class _Mended(_Model):
    id: str
    text: str


class _Mends(_Model):
    sentences: list[_Mended]


def write(
    material: Material,
    settings: ModelSettings,
    *,
    verifier: Verifier,
    leaves: Callable[[Sequence[str]], None] | None = None,
    own: Draft | None = None,
    standing: Sequence[str] = (),
    tracked: Sequence[str] = (),
    cache: ReplyCache | None = None,
    budget: Budget | None = None,
    twice: bool = False,
) -> Written:
    """What a model writes of a brief. `own`: the extractive draft, whose sources it is offered beside what it picks itself;
    `standing`: what was known before; `tracked`: the proposals whose terms it is to tell; `budget`: what it may spend, and
    afterwards what it has; `leaves`: as of `Chat`; `twice`: whether it reads its sentences a second time. Raises
    ModelUnavailable or UnreadableReply where it wrote nothing."""
    chat = Chat(settings, budget=budget, cache=cache, leaves=leaves)
    return run(_Chain(material, chat, verifier, own or Draft(), standing, parts_of(material.topic, tracked), twice).written())


class _Chain:
    """Pick → locate → write → gate → mend → gate → the source's own words, or withheld."""

    def __init__(
        self,
        material: Material,
        chat: Chat,
        verifier: Verifier,
        own: Draft,
        standing: Sequence[str],
        parts: Sequence[Part],
        twice: bool,
    ) -> None:
        self._material, self._chat, self._verifier = material, chat, verifier
        self._second = SecondReading(again.reader_name(chat.settings.name)) if twice else None
        self._standing = "\n".join(f"- {one_line(line)}" for line in standing) or "- nothing"
        self._parts = {part.id: part for part in parts}
        self._told_of = "\n".join(f"- {part.id}: {part.holds}" for part in parts)
        self._offered = Offered(material, own, parts)
        self._prompts = {name: prompting.load(name) for name in (PICK, WRITE, MEND, TITLE)}
        self._written = Written(asked=material.topic.requirements)

    async def written(self) -> Written:
        from langchain_core.runnables import RunnableSequence

        out = self._written
        chain: Any = RunnableSequence(*(_step(one) for one in (self._picked, self._composed, self._gated)))
        told: list[Told] = await chain.ainvoke(self._offered.found())
        used = [*self._prompts.values(), *([prompting.load(again.PROMPT)] if self._second is not None else [])]
        out.prompts = tuple((prompt.name, prompt.sha256) for prompt in used)
        self._keep(self._once(told))
        out.title = await self._titled()
        out.second = self._second
        out.withheld = self._in_order(out.withheld)
        return out

    def _in_order(self, withheld: Sequence[Claim]) -> list[Claim]:
        """By part, whichever was withheld first, so that the same replies make the same brief."""
        order = {part: n for n, part in enumerate(self._parts)}
        placed = sorted(withheld, key=lambda claim: order[claim.id])
        return [replace(claim, id=f"llm-{self._parts[claim.id].section}-{n}") for n, claim in enumerate(placed, start=1)]

    # ---- the calls

    async def _picked(self, found: list[Located]) -> dict[str, Located]:
        """What the parts may stand on: what was found already, and the words of the evidence that the model picks."""
        shown, counted = packed(self._material, self._chat.settings)
        self._written.notes.append(counted)
        if shown:
            system, user = self._prompts[PICK].rendered(
                conflict=self._material.topic.conflict,
                as_of=iso(self._material.as_of),
                sections=self._told_of,
                known="\n".join(f"- {one_line(one.quote)[:MOST_KNOWN]}" for one in found) or "- nothing",
                evidence="\n\n".join(fenced(i, e) for i, e in shown.items()),
            )
            told_of = [*(e.article.id for e in shown.values()), *(one.span[0] for one in found)]
            try:
                picks = await self._asked(system, user, picks_schema(list(self._parts), list(shown)), _Picks, told_of)
                found += self._taken(picks, shown, found)
            except UnreadableReply as error:
                if not found:
                    raise
                self._written.notes.append(f"Nothing was picked from the evidence: {error}.")
        elif not found:
            raise UnreadableReply("there is no evidence to show the model")
        return {f"C{number}": one for number, one in enumerate(found, start=1)}

    def _taken(self, picks: _Picks, shown: Mapping[str, Evidence], found: Sequence[Located]) -> list[Located]:
        taken: list[Located] = []
        for picked in picks.claims:
            part = self._parts.get(picked.part)
            if part is None or sum(picked.part in one.parts for one in taken) >= MOST_PICKED:
                continue
            one = self._locate(picked, shown)
            if isinstance(one, str):
                self._withhold(part, picked.quote, one)
            elif not any(overlap(one.span, other.span) for other in (*found, *taken)):
                taken.append(one)
        return taken

    async def _composed(self, located: Mapping[str, Located]) -> list[Told]:
        """Ask for sentences from the words that were found."""
        if not located:
            return []
        system, user = self._prompts[WRITE].rendered(
            conflict=self._material.topic.conflict,
            as_of=iso(self._material.as_of),
            sections=self._told_of,
            claims="\n\n".join(self._claim_shown(i, one) for i, one in located.items()),
            standing=self._standing,
        )
        schema = sentences_schema(list(self._parts), list(located))
        room = MOST_WRITTEN * sum(part.most for part in self._parts.values())
        reply = await self._asked(system, user, schema, _Sentences, (one.span[0] for one in located.values()), room=room)
        told = [one for sentence in reply.sentences if (one := self._told(sentence, located)) is not None]
        order = list(self._parts)
        return sorted(told, key=lambda one: order.index(one.part.id))

    def _told(self, sentence: _Sentence, located: Mapping[str, Located]) -> Told | None:
        """A sentence as a line, where it keeps the limits; else it is withheld with what is wrong."""
        part = self._parts.get(sentence.part, next(iter(self._parts.values())))
        unknown = [i for i in sentence.claims if i not in located]
        cited = tuple(located[i] for i in dict.fromkeys(sentence.claims) if i in located)
        reason = None
        if sentence.part not in self._parts:
            reason = f"it is meant for {sentence.part!r}, which is no part of the brief"
        elif unknown or not cited:
            reason = f"it cites {unknown[0]!r}, which the model was never shown" if unknown else "it has no citation"
        elif len(cited) > MOST_CITED:
            reason = f"it cites {len(cited)} sources, more than {MOST_CITED}"
        elif part.section == "bottom_line" and all(c.statement.speaker and c.statement.speaker.anonymous for c in cited):
            part = self._parts["timeline"]  # an unnamed source does not stand alone in the bottom line: here it may
        if reason is not None:
            self._withhold(part, sentence.text, reason)
            return None
        spans = tuple(dict.fromkeys(one.span for one in cited))
        text = sentence.text.strip()
        made = Sentence(text=text, form="reported", statement=cited[0].statement, spans=spans, short=text)
        line = Line(section=part.section, sentence=made)
        return Told(part, line, cited, sentence.partly)

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
            reply = await self._asked(
                system, user, title_schema(ids), _Title, (span[0] for line in lines for span in line.sentence.spans)
            )
        except (ModelUnavailable, UnreadableReply) as error:
            self._written.notes.append(f"The title is not the model's: {error}.")
            return None
        carried, part = [lines[ids.index(i)] for i in dict.fromkeys(reply.claims) if i in ids], self._parts["bottom_line"]
        text = reply.text.strip().rstrip(".")
        if not text:
            return None
        if not carried or count_words(text) > plan.TITLE_MOST:
            self._withhold(part, text, f"as a title it stands on nothing, or has more than {plan.TITLE_MOST} words")
            return None
        spans = tuple(dict.fromkeys(span for line in carried for span in line.sentence.spans))
        title = replace(carried[0], sentence=replace(carried[0].sentence, text=text, short=text, spans=spans))
        if (reason := (await self._stopped([Told(part, title, ())])).get(0)) is not None:
            self._withhold(part, text, f"{reason}; as a title it is left out")
            return None
        return title

    async def _mended(self, stopped: Sequence[tuple[Told, str]]) -> dict[int, str]:
        """Ask once to write again what the gates stopped; by its place in the list. Nothing where the model fails."""
        shown = "\n\n".join(
            between(
                f"S{n}",
                f"Sentence: {told.line.sentence.text}\nPart: {told.part.holds}\nStopped because {reason}\n"
                + "\n".join(f"Claim: {headed(one, self._material)}\nSource: {one.quote}" for one in told.cited),
            )
            for n, (told, reason) in enumerate(stopped, start=1)
        )
        system, user = self._prompts[MEND].rendered(
            conflict=self._material.topic.conflict, as_of=iso(self._material.as_of), sentences=shown
        )
        ids = [f"S{n}" for n in range(1, len(stopped) + 1)]
        try:
            reply = await self._asked(
                system, user, mends_schema(ids), _Mends, (one.span[0] for told, _ in stopped for one in told.cited)
            )
        except (ModelUnavailable, UnreadableReply) as error:
            self._written.notes.append(f"Stopped sentences were not mended: {error}.")
            return {}
        return {ids.index(one.id): one.text.strip() for one in reply.sentences if one.id in ids and one.text.strip()}

    async def _asked(
        self,
        system: str,
        user: str,
        schema: dict[str, Any],
        shape: type[Any],
        articles: Iterable[str],
        *,
        room: int | None = None,
    ) -> Any:
        told_of = list(dict.fromkeys(articles))
        reply = await self._chat.ask(system, user, schema, shape.model_validate, room=room, articles=told_of)
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
        return Located(span, text, self._offered.statement(span), (picked.part,))

    async def _gated(self, told: Sequence[Told]) -> list[Told]:
        """Every sentence through the gates; what they stop is mended once, else its source's own words stand, else nothing."""
        stopped = await self._stopped(told)
        if not stopped:
            return [self._placed(one) for one in told]
        mended = await self._mended([(told[at], reason) for at, reason in stopped.items()])
        new = {at: _with_text(told[at], mended[n]) for n, at in enumerate(stopped) if n in mended}
        still = await self._stopped(list(new.values()))
        second = {at: still[n] for n, at in enumerate(new) if n in still}
        kept: list[Told] = []
        for at, one in enumerate(told):
            if at not in stopped:
                kept.append(one)
                continue
            passed = at in new and at not in second
            others = [*kept, *told[at + 1 :]]
            instead = new[at] if passed else self._own_words(one, others)
            what = "it was mended" if passed else "its source’s own words stand in its place" if instead else "it is left out"
            if at in second:
                what = f"written again it was stopped because {second[at]}; {what}"
            self._withhold(one.part, one.line.sentence.text, f"{stopped[at]}; {what}")
            kept += [instead] if instead is not None else []
        return [self._placed(one) for one in kept]

    def _placed(self, told: Told) -> Told:
        """What is no longer to come stands in the timeline, not under what to watch."""
        if told.part.section != "watch" or comes(told, self._material, self._second):
            return told
        return replace(told, part=self._parts["timeline"], line=replace(told.line, section="timeline"))

    def _once(self, told: Iterable[Told]) -> list[Told]:
        """As many as each part may hold, and nothing twice; an answer to a question and a position may say again what stands
        elsewhere."""
        kept: list[Told] = []
        for one in told:
            text, held = one.line.sentence.text, set(terms(one.line.sentence.text))
            said = (set(terms(other.line.sentence.text)) for other in kept if not _again(other))
            if sum(other.part is one.part for other in kept) >= one.part.most:
                self._withhold(one.part, text, f"{one.part.called} already holds {one.part.most}")
            elif not _again(one) and any(same_words(held, other) for other in said):
                self._withhold(one.part, text, "it says again what stands before it")
            else:
                kept.append(one)
        return kept

    def _keep(self, told: Iterable[Told]) -> None:
        for one in told:
            if one.part.section == "requirements":
                self._written.answers[one.part.of] = one.line, one.partly
            elif one.part.section == "proposals":
                self._written.terms[one.part.of] = one.line
            elif one.part.section == "positions":
                self._written.rows.append(self._position(one))
            elif one.part.section == "timeline":
                self._written.rows.append(self._dated(one))
            else:
                self._written.lines.append(one.line)
        self._written.rows.sort(key=self._rank)

    def _rank(self, row: TableRow) -> tuple[str, int, str]:
        """Positions by party as the topic has them, the timeline by day."""
        first = row.cells[0][1]
        parties = [party.name for party in self._material.topic.parties]
        if row.section != "positions":
            return row.section, 0, first
        return row.section, parties.index(first) if first in parties else len(parties), ""

    def _position(self, told: Told) -> TableRow:
        """A line of the table of positions: its voice is that of the first cited words that have one. A second line of one voice,
        and one whose voice is not certain, stands in the timeline."""
        voiced = next((c.statement for c in told.cited if c.statement.speaker is not None), None)
        if voiced is not None and voiced.speaker is not None:
            whose = voiced.stance_of if voiced.stance_of not in {None, voiced.speaker.party} else None
            make = told_by_another if whose is not None else position
            row = make(voiced, whose or voiced.speaker.party or NO_PARTY, told.line, self._material)
            if all(row.cells[:2] != other.cells[:2] for other in self._written.rows):
                return row
        return self._dated(replace(told, line=replace(told.line, section="timeline")))

    def _dated(self, told: Told) -> TableRow:
        """A line of the timeline: its day is that of what is told or said, else of publication."""
        statement = told.line.sentence.statement
        article = self._material.articles[statement.article_id]
        day, known = statement.said.said_on or statement.said.event_date, article.knowable_from
        if day is None or day < self._material.since.date():  # none is told, or a weekday was counted back too far
            day = article.local_day
        cells: Cells = (
            ("date", day.isoformat() if day else ""),
            ("knowable_from", iso(known) if known else ""),
            ("line", told.line.sentence.text),
        )
        return TableRow(section="timeline", cells=cells, lines=(told.line,))

    async def _stopped(self, told: Sequence[Told]) -> dict[int, str]:
        """Those that may not stand, by their place, with why: by the gates, and by the second reading where there is one."""
        if self._second is not None and told:
            await self._read_again(told)
        return reasons_against(told, self._material, self._verifier, self._second)

    async def _read_again(self, told: Sequence[Told]) -> None:
        """Let the model read sentences beside their words; where it cannot be asked, the gates decide alone."""
        assert self._second is not None
        claims = [claim_of(one.line, "", self._material.articles, Numbering()) for one in told]
        unread = [n for n, claim in enumerate(claims) if self._second.of(claim) is None]
        items = [beside(told[n], self._material, self._offered) for n in unread]
        try:
            found = await again.said_of(items, self._material.topic.conflict, iso(self._material.as_of), self._chat)
        except (ModelUnavailable, UnreadableReply) as error:
            self._written.notes.append(f"Sentences were not read a second time: {error}.")
            self._second = None
            return
        known = {**self._second.said, **{key_of(claims[unread[n]]): said for n, said in found.items()}}
        self._second = replace(self._second, said=known)

    def _own_words(self, told: Told, others: Iterable[Told]) -> Told | None:
        """The sentence that the extractive drafter makes of the same source, where it can stand and says nothing twice. A
        question is not answered so: nobody says that the words answer it."""
        line = told.line
        statement = line.sentence.statement
        if told.part.of or not statement.said.sure("speaker"):
            return None
        if statement.speaker is not None and statement.speaker.anonymous and line.section == "bottom_line":
            return None
        article = self._material.articles[statement.article_id]
        day = self._material.as_of.date()
        sentence = compose(statement, article, self._material.topic, introduce=True, as_of=day)
        if sentence is None:
            return None
        new = replace(told, line=Line(section=line.section, sentence=sentence), cited=told.cited[:1])
        held = set(terms(sentence.text))
        said = any(same_words(held, terms(other.line.sentence.text)) for other in others)
        return None if said or reasons_against([new], self._material, self._verifier) else new

    def _withhold(self, part: Part, text: str, reason: str) -> None:
        verdict = Verdict(label="unsupported", score=0.0, checker=CODE)
        claim = Claim(id=part.id, text=one_line(text)[:600], form="reported", verdict=verdict, reason=reason)
        self._written.withheld.append(claim)

    # ---- what the model sees

    def _claim_shown(self, issued: str, one: Located) -> str:
        for_parts = f" | for: {', '.join(one.parts)}" if one.parts else ""
        return between(issued, f"{headed(one, self._material)}{for_parts}\n{one.quote}")


def _again(told: Told) -> bool:
    """Whether it stands in a part that may say again what another tells."""
    return bool(told.part.of) or told.part.section == "positions"


def _step(work: Callable[[Any], Any]) -> Any:
    """One step of the chain, which runs asynchronously only."""
    from langchain_core.runnables import RunnableLambda

    return RunnableLambda(work)


def _with_text(told: Told, text: str) -> Told:
    return replace(told, line=replace(told.line, sentence=replace(told.line.sentence, text=text, short=text)))
