"""What a language model is offered beside what it picks: what the extractive drafter found, what was read and is certain, what a
model noted in the articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from briefing.chat.fences import one_line
from briefing.claims import Said, Statement
from briefing.draft import plan
from briefing.draft.asking import Part
from briefing.draft.compose import Cited
from briefing.draft.lines import Draft, Line
from briefing.draft.material import Material
from briefing.draft.naming import naming
from briefing.draft.written import Located
from briefing.reading.addressed import addressed
from briefing.talks.documents import kind
from briefing.talks.fronts import BOTH, any_of
from briefing.verify import tells_who
from index.calendar.days import WEEKDAYS, written
from index.calendar.instants import iso_stamp
from index.sentences import sentences as cut

REPORTER, NOT_CERTAIN = "the reporter", "not certain; see the words themselves"  # as whose words a claim is shown
MOST_READ = 40  # statements of the window
SHORTEST = 6  # words of one that tells something by itself
MOST_NOTED = 8  # events; things that are scheduled
MOST_BEFORE = 240  # characters of the sentence before a claim
SECTIONS = tuple(section for section in plan.PLAN if section.written)


class Offered:
    """Finds it in one material."""

    def __init__(self, material: Material, own: Draft, parts: Sequence[Part]) -> None:
        self._material, self._own, self._parts = material, own, parts

    def found(self) -> list[Located]:
        """What was found and read already, each once: what the extractive drafter stands on, the statements that the ledger
        stands on, what a language model noted in the articles."""
        found: list[Located] = []
        for one in (*self._chosen(), *self._read(), *self._noted()):
            at = next((n for n, other in enumerate(found) if overlap(one.span, other.span)), None)
            if at is None:
                found.append(one)
            else:
                parts = tuple(dict.fromkeys((*found[at].parts, *one.parts)))
                found[at] = replace(found[at], parts=parts, ahead=found[at].ahead or one.ahead)
        return found

    def _chosen(self) -> Iterator[Located]:
        """What the extractive drafter stands on: found already, and weighed."""
        for section in SECTIONS:
            for item in self._own.of(section.id):
                if isinstance(item, Line):
                    span = item.sentence.spans[0]
                    yield Located(span, self._text(span), item.sentence.statement, (section.id,))

    def _read(self) -> Iterator[Located]:
        """The statements of the window whose speaker is certain: those with a certain stance and, where a language model read,
        the rest of what is said on the talks. One of each article in turn, the newest article first."""
        recent = [s for s in self._material.statements if self._material.recent(s)]
        here = [s for s in recent if s.front in {self._material.topic.name, BOTH} and s.speaker is not None]
        worth = [s for s in here if (s.stance or s.read_by) and len(s.text.split()) >= SHORTEST]
        by_article: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in sorted(worth, key=lambda s: (s.stance is None, s.start)):
            by_article[statement.article_id].append(statement)
        newest = sorted(by_article, key=lambda i: (str(self._material.articles[i].knowable_from), i), reverse=True)
        for statement in islice(_in_turn([by_article[i] for i in newest]), MOST_READ):
            span = (statement.article_id, statement.start, statement.end)
            parts = ("positions", "bottom_line", "timeline") if statement.stance else ("positions", "timeline")
            yield Located(span, statement.text, statement, parts)

    def _noted(self) -> Iterator[Located]:
        """What a language model noted in the articles of the window: events, what is scheduled, terms."""
        part = {"event": "on_the_ground", "scheduled": "watch"}
        counted: dict[str, int] = {}
        for article_id, noted in self._material.noted:
            place = part.get(noted.kind) or self._proposal_of(noted.of)
            if place is None or counted.get(place, 0) >= MOST_NOTED:
                continue
            if noted.kind == "scheduled" and noted.day is not None and noted.day < self._material.as_of.date():
                continue
            counted[place] = counted.get(place, 0) + 1
            span = (article_id, noted.start, noted.end)
            yield Located(span, self._text(span), self.statement(span), (place,), ahead=noted.kind == "scheduled")

    def _proposal_of(self, name: str | None) -> str | None:
        """The part that tells the terms of the proposal which an article calls so."""
        known = self._material.topic.proposals
        named = next((p.name for p in known if name and any_of(p.aliases).search(name)), None)
        return next((part.id for part in self._parts if part.of == named and named), None)

    def statement(self, span: Cited) -> Statement:
        """What the reading made of the cited words: whose they are."""
        article_id, start, end = span
        for statement in self._material.statements:
            if statement.article_id == article_id and statement.start < end and start < statement.end:
                return statement if statement.said.sure("speaker") else replace(statement, speaker=None, stance=None)
        text = self._material.articles[article_id].text[start:end]
        return Statement.plain(Said(article_id=article_id, start=start, end=end, text=text, kind="narration", speaker=None))

    def _text(self, span: Cited) -> str:
        return self._material.articles[span[0]].text[span[1] : span[2]]


def headed(one: Located, material: Material) -> str:
    """Where words come from, when, and whose they are, with what stands before them: the line over them in a prompt."""
    article, speaker = material.articles[one.span[0]], one.statement.speaker
    if speaker is not None:
        who = naming(speaker, material.topic, introduce=True).rstrip(",")
    else:
        who = NOT_CERTAIN if one.statement.said.speaker is not None or tells_who(one.quote) else REPORTER
    published = iso_stamp(article.published, is_day=article.published_is_day)
    there = article.local_day
    day = f" ({WEEKDAYS[there.weekday()]}, {written(there)} there)" if there is not None else ""
    titled = [f"of: {one_line(article.title)}"] if article.title and kind(article) is not None else []  # who speaks there
    told = [article.outlet, *titled, f"{published}{day}", f"speaker: {who}"]
    if one.statement.stance is not None:
        told.append(f"stance: {one.statement.stance}")
    if speaker is not None and speaker.introduced is not None:
        told.append(f"named by: “{one_line(article.text[slice(*speaker.introduced)])}”")
    if before := _sentence_before(article.text, one.span[1]):
        told.append(f"before it: “{before}”")
    return " | ".join(told)


def _in_turn(lists: Sequence[Sequence[Statement]]) -> Iterator[Statement]:
    for row in zip_longest(*lists):
        yield from (one for one in row if one is not None)


def overlap(one: Cited, other: Cited) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _sentence_before(text: str, start: int) -> str:
    """What stands before a quote in its paragraph, for whoever must know who "he" is; not what gives orders to a program."""
    paragraph = text.rfind("\n", 0, start) + 1
    found = list(cut(text[paragraph:start]))
    words = one_line(text[paragraph:start][slice(*found[-1])]) if found else ""
    return "" if addressed(words) else words[-MOST_BEFORE:]
