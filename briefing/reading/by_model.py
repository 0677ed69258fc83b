"""A language model reads an article: it understands, code guards. It names sentences by number and copies quotes; every span,
name, office and day that it gives is looked for in the text, and what is not there is dropped alone, and counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from briefing import prompting
from briefing.beside.locate import locate
from briefing.chat.batch import Asked
from briefing.chat.client import Chat
from briefing.chat.fences import between, one_line
from briefing.reading.addressed import gives_orders, orders_in
from briefing.reading.data import nations, table
from briefing.reading.learned import CODES
from briefing.reading.nouns import Dropped, ModelReading, Noted, Reading, Sentence, Told
from index.article import Article
from index.calendar.instants import iso_stamp
from index.errors import UnreadableReply
from index.sentences import Span

PROMPT = "read_article/v2"
MOST_SENTENCES, OVERLAP = 70, 6  # of one call; a longer article is read in windows that overlap
OPENING = 3  # sentences of its opening that a later part is shown with
MOST_CHARACTERS = 900  # of one sentence that is shown
MOST_ROOM = 24_000  # tokens of one reply
A_SENTENCE, A_REPLY = 90, 400  # tokens of room for what is told of a sentence, and beside it
LISTED = 6  # words of a line without an end mark that may be an item of a list
BEHIND = 4  # sentences before a statement's own in which its day may be named
MOST_TOLD = 150  # of one article
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_SMALL = frozenset("the a an of for and in to at on by with from former new his her its their us".split())


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Statement(_Model):
    sentences: list[int]
    quote: str | None = None
    speaker: str | None = None
    introduced: int | None = None
    office: str | None = None
    party: str | None = None
    unnamed: str | None = None
    narrated: bool | None = None
    stance: str | None = None
    stance_of: str | None = None
    about: str | None = None
    hedge: str | None = None
    day: str | None = None
    relayed_by: str | None = None


class _Event(_Model):
    sentences: list[int]
    what: str = ""
    day: str | None = None
    counted_by: str | None = None


class _Term(_Model):
    sentences: list[int]
    proposal: str | None = None
    term: str = ""


class _Scheduled(_Model):
    sentences: list[int]
    what: str = ""
    day: str | None = None


class Reply(_Model):
    """What one call gives. An item in a shape of its own is dropped alone, by code."""

    statements: list[Any] = []
    events: list[Any] = []
    terms: list[Any] = []
    scheduled: list[Any] = []


def reader_name(model: str) -> str:
    """Under which name a model's readings are kept: another prompt, and they are made anew."""
    return f"{model}+{PROMPT}+{prompting.load(PROMPT).sha256[:12]}"


async def read(article: Article, reading: Reading, chat: Chat) -> ModelReading:
    """What the model finds in an article. Raises ModelUnavailable, UnreadableReply."""
    prose = shown(article, reading)
    guard = Guard(article, reading, prose)
    for window, one in zip(windows(len(prose)), asked(article, reading), strict=True):
        reply = await chat.ask(one.system, one.user, one.schema, Reply.model_validate, room=one.room, articles=[article.id])
        try:
            guard.take(Reply.model_validate(reply.parsed), window)
        except ValidationError as error:
            raise UnreadableReply(f"{chat.settings.where}: the reply is not in the shape that was asked for") from error
    return guard.found(reader_name(chat.settings.name))


def shown(article: Article, reading: Reading) -> list[Sentence]:
    """The sentences that a model is shown: prose and the items of lists, but no paragraph that gives orders to a program."""
    orders = orders_in(article.text)
    return [
        s for s in reading.sentences if s.kind == "prose" and not any(first < s.end and s.start < last for first, last in orders)
    ]


def windows(n: int) -> list[range]:
    """Runs of sentences for one call each, the later ones beginning with the end of the one before."""
    if n <= MOST_SENTENCES:
        return [range(n)] if n else []
    step = MOST_SENTENCES - OVERLAP
    return [range(at, min(n, at + MOST_SENTENCES)) for at in range(0, n - OVERLAP, step)]


def asked(article: Article, reading: Reading) -> list[Asked]:
    """The requests that reading an article takes, in order."""
    prompt, prose = prompting.load(PROMPT), shown(article, reading)
    found = []
    for window in windows(len(prose)):
        system, user = prompt.rendered(article=_rendered(article, reading, prose, window))
        found.append(Asked(system, user, SCHEMA, min(MOST_ROOM, A_REPLY + A_SENTENCE * len(window))))
    return found


def _rendered(article: Article, reading: Reading, prose: Sequence[Sentence], window: range) -> str:
    """The sentences of one window, in a transcript with whose voice they are. A later part is told how the article opens."""
    day = iso_stamp(article.published, is_day=article.published_is_day)
    head = f"Outlet: {one_line(article.outlet)}\nPublished: {day or 'unknown'}\nTitle: {one_line(article.title or 'none')}"
    if window.start:
        opening = " ".join(one_line(article.text[s.start : s.end])[:MOST_CHARACTERS] for s in prose[:OPENING])
        head += f"\nThis is a later part of it. It opens: {opening}"
    lines: list[str] = []
    before = None
    for n in window:
        turn = next((t for t in reading.turns if t.start <= prose[n].start < t.end), None)
        if turn is not None and turn is not before:
            lines.append(f"({'a reporter asks' if turn.question else f'voice: {one_line(turn.label)}'})")
        before = turn
        lines.append(f"[{n + 1}] {one_line(article.text[prose[n].start : prose[n].end])[:MOST_CHARACTERS]}")
    return between("ARTICLE", "\n".join([head, "", *lines]))


@dataclass
class Guard:
    """Looks for everything that a model gave in the article that it was given."""

    article: Article
    reading: Reading
    prose: Sequence[Sentence]
    told: list[Told] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def found(self, reader: str) -> ModelReading:
        """In the order of the text, each once."""
        return ModelReading(
            article_id=self.article.id,
            reader=reader,
            told=tuple(sorted(self.told, key=lambda t: t.start)[:MOST_TOLD]),
            noted=tuple(sorted(dict.fromkeys(self.noted), key=lambda n: n.start)),
            dropped=tuple(self.dropped),
        )

    def take(self, reply: Reply, window: range) -> None:
        """One call's reply; what an earlier window gave already is not taken twice."""
        for item in reply.statements:
            one = self._shaped(_Statement, item)
            for told in () if one is None else self._statement(one, window):
                same = (told.start, told.speaker or told.anonymous, told.stance, told.stance_of)
                if all(same != (t.start, t.speaker or t.anonymous, t.stance, t.stance_of) for t in self.told):
                    self.told.append(told)
        for kind, shape, items in (
            ("event", _Event, reply.events),
            ("term", _Term, reply.terms),
            ("scheduled", _Scheduled, reply.scheduled),
        ):
            for item in items:
                self._note(kind, self._shaped(shape, item), window)  # type: ignore[arg-type]

    def _shaped(self, shape: Any, item: Any) -> Any:
        try:
            return shape.model_validate(item)
        except ValidationError:
            self._drop("item", str(item)[:80], "it is not in the shape that was asked for")
            return None

    def _drop(self, name: str, value: object, why: str) -> None:
        self.dropped.append(Dropped(name, str(value)[:120], why))

    def _note(self, kind: Literal["event", "term", "scheduled"], one: Any, window: range) -> None:
        place = None if one is None else self._sentences(one.sentences, window)
        if place is None:
            return
        of = getattr(one, "proposal", None) or getattr(one, "counted_by", None)
        if of is not None and not _stands(of, self.article.text):
            self._drop("of", of, "it does not stand in the article")
            of = None
        self.noted.append(Noted(kind=kind, start=place[0], end=place[1], day=self._day(getattr(one, "day", None), place), of=of))

    # ---- one statement

    def _statement(self, one: _Statement, window: range) -> Iterator[Told]:
        """One for each of its sentences: its stance stands in the one with the quote, the others go on in the same voice."""
        place = self._sentences(one.sentences, window)
        if place is None:
            return
        start, end = place
        if gives_orders(self.article.text, start, end):
            self._drop("statement", self.article.text[start:end], "it gives orders to a program")
            return
        around = f"{self.article.title or ''} {self.article.outlet} {self.article.text}"  # where a name, an office may stand
        speaker, named = self._speaker(one.speaker, end, around)
        anonymous = self._held("unnamed", one.unnamed, around) if speaker is None else None
        whole = [s for s in self.prose if start <= s.start and s.end <= end]
        told = Told(
            start=start,
            end=whole[0].end,
            quote=self._quote(one.quote, (start, end)),
            speaker=speaker,
            named=named,
            office=self._held("office", one.office, around) if speaker else None,
            party=self._party("party", one.party, around)
            if speaker or not one.speaker
            else None,  # a lost speaker is not his party
            anonymous=anonymous,
            narrated=bool(one.narrated) or not (one.speaker or one.unnamed) or self._asked(start),
            stance=self._code(one.stance),
            stance_of=self._party("stance_of", one.stance_of, around),
            about=one.about if one.about and _stands(one.about, around) else None,
            hedge=self._held("hedge", one.hedge, self.article.text[start:end]),
            day=self._day(one.day, place),
            relayed_by=self._held("relayed_by", one.relayed_by, around),
        )
        at = told.quote[0] if told.quote else start
        holds = next((s for s in whole if s.start <= at < s.end), whole[0])  # the sentence that carries the stance
        for sentence in whole:
            here = replace(told, start=sentence.start, end=sentence.end)
            yield here if sentence is holds else replace(here, quote=None, stance=None, stance_of=None)

    def _asked(self, at: int) -> bool:
        """Whether it stands in a reporter's question: then he tells it, whoever is named, and nobody said it there himself."""
        return any(turn.question and turn.start <= at < turn.end for turn in self.reading.turns)

    def _sentences(self, numbers: Sequence[int], window: range) -> Span | None:
        """From the first of these sentences to the last; they are neighbours."""
        known = sorted({n - 1 for n in numbers if n - 1 in window})
        if not known or len(known) != len(set(numbers)) or known[-1] - known[0] > 3:
            self._drop("sentences", list(numbers), "the article has no such sentences, or they are no neighbours")
            return None
        return self.prose[known[0]].start, self.prose[known[-1]].end

    def _speaker(self, name: str | None, end: int, around: str) -> tuple[str | None, Span | None]:
        if not name:
            return None, None
        last = _WORD.findall(name)
        if not last or not (_stands(name, around) or _called(name, around)):
            self._drop("speaker", name, "the article does not name him")
            return None, None
        at = self.article.text.rfind(last[-1], 0, end)
        return name, (at, at + len(last[-1])) if at >= 0 else None

    def _held(self, what: str, words: str | None, where: str) -> str | None:
        """Words that the article has there; else dropped."""
        if not words:
            return None
        if _stands(words, where):
            return words
        self._drop(what, words, "its words do not stand there")
        return None

    def _party(self, what: str, name: str | None, where: str) -> str | None:
        """A party that the article names, or one that everybody knows: whom a minister serves need not stand there."""
        if not name or _stands(name, where) or _known(name):
            return name or None
        self._drop(what, name, "the article does not name it")
        return None

    def _code(self, code: str | None) -> str | None:
        if not code or code in ("none", "null"):
            return None
        if code in CODES:
            return code
        self._drop("stance", code, "it is no stance")
        return None

    def _quote(self, words: str | None, place: Span) -> Span | None:
        if not words:
            return None
        at = locate(words, self.article.text[place[0] : place[1]])
        if at is None:
            self._drop("quote", words, "it is not in its sentences")
            return None
        return place[0] + at[0], place[0] + at[1]

    def _day(self, told: str | None, place: Span) -> date | None:
        """A day that the sentences name, by the calendar, or that of the article."""
        if not told:
            return None
        try:
            day = date.fromisoformat(told)
        except ValueError:
            self._drop("day", told, "it is no date")
            return None
        first = next(n for n, s in enumerate(self.prose) if s.start == place[0])
        own = {d.day for d in self.reading.days if place[0] <= d.start < place[1]}
        before = {d.day for d in self.reading.days if self.prose[max(0, first - BEHIND)].start <= d.start < place[0]}
        if day in own or (not own and day in {*before, self.article.local_day}):
            return day
        self._drop("day", told, "neither its sentences nor those before tell that day")
        return None


def _stands(words: str, where: str) -> bool:
    """Whether every word of these that tells something stands there, small words aside."""
    held = {_folded(w) for w in _WORD.findall(where)}
    wanted = [_folded(w) for w in _WORD.findall(words)]
    telling = [w for w in wanted if w not in _SMALL] or wanted
    return bool(telling) and all(w in held for w in telling)


def _folded(word: str) -> str:
    return re.sub(r"[’']s?$", "", word.casefold()).replace("’", "'")


def _called(name: str, where: str) -> bool:
    """Whether a nation or a movement is named there by another of its names: the United States as "U.S."."""
    names = [n.names for n in nations() if name in n.names] + [m["names"] for m in table("movements")["movements"]]
    others = [other for some in names if name in some for other in some]
    return any(re.search(rf"(?<!\w){re.escape(other)}(?!\w)", where) for other in others)


def _known(name: str) -> bool:
    """Whether a nation or a movement goes by this name."""
    return any(name in n.names for n in nations()) or any(name in m["names"] for m in table("movements")["movements"])


# ---- what is asked for


def _text(*, null: bool = True) -> dict[str, Any]:
    return {"type": ["string", "null"]} if null else {"type": "string"}


def _item(**properties: dict[str, Any]) -> dict[str, Any]:
    numbers = {"type": "array", "items": {"type": "integer"}}
    whole = {"sentences": numbers, **properties}
    return {
        "type": "array",
        "items": {"type": "object", "additionalProperties": False, "required": list(whole), "properties": whole},
    }


_LISTS = {
    "statements": _item(
        quote=_text(),
        speaker=_text(),
        introduced={"type": ["integer", "null"]},
        office=_text(),
        party=_text(),
        unnamed=_text(),
        narrated={"type": "boolean"},
        stance={"type": ["string", "null"], "enum": [*CODES[1:], None]},
        stance_of=_text(),
        about=_text(),
        hedge=_text(),
        day=_text(),
        relayed_by=_text(),
    ),
    "events": _item(what=_text(null=False), day=_text(), counted_by=_text()),
    "terms": _item(proposal=_text(), term=_text(null=False)),
    "scheduled": _item(what=_text(null=False), day=_text()),
}
SCHEMA: dict[str, Any] = {
    "title": "article_read",
    "description": "Statements on talks, events, terms and what is scheduled",
    "type": "object",
    "additionalProperties": False,
    "required": list(_LISTS),
    "properties": _LISTS,
}
