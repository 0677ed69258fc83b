"""What a reader of articles gives: sentences, marks, sayings, people, days. Frozen values that know no topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from index.article import ArticleId
from index.sentences import Span

SentenceKind = Literal["prose", "heading", "notice"]
SayingKind = Literal["direct", "mixed", "indirect"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]`, without the dateline, the stamp or the label that stands before it. `prose`: somebody tells or says
    something; `heading`: it has no end mark; `notice`: a credit, an advertisement, a caption's source. `part`: the entry of a
    live page that holds it."""

    start: int
    end: int
    paragraph: int
    kind: SentenceKind = "prose"
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An entry of a live page: `text[start:end]`, header included. `stamp`, `headline` and `byline` are spans of the text and
    no part of its first sentence. `time` (UTC) is when it was written, where the entry gives day, hour and zone."""

    start: int
    end: int
    stamp: Span
    headline: Span | None = None
    byline: Span | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one voice of a transcript says without a break: `text[start:end]`, its label before it. `question`: a reporter's."""

    start: int
    end: int
    label: str
    question: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """A quotation: `text[start:end]` with its marks, `text[first:last]` without them."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Saying:
    """One saying: where its words stand (marks included), the verb and the mention that attribute it, and who that is.

    `segments`: spans of the text, in order; one unless the attribution splits it. `speaker`: the fullest name the text
    gives, or the words it uses; None where nothing tells. `chance`: how likely `speaker` is right, in [0, 1]; None where nobody
    has measured it. `reader`: who read it."""

    segments: tuple[Span, ...]
    kind: SayingKind
    cue: Span | None
    source: Span | None
    speaker: str | None
    chance: float | None = None
    reader: str = "built-in"

    @property
    def start(self) -> int:
        return self.segments[0][0]

    @property
    def end(self) -> int:
        return self.segments[-1][1]


@dataclass(frozen=True, slots=True)
class Introduction:
    """Where an article names somebody in full: `text[start:end]`, the name, and the office beside it, if any."""

    start: int
    end: int
    name: str
    office: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """`text[start:end]` names a day; `chance`: how likely it is that one, in [0, 1]; `event`: it names what happened then."""

    start: int
    end: int
    day: date
    relative: bool
    part: str | None = None
    chance: float = 1.0
    event: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a statement on talks may be. `span`: where its sentence names them; None: it goes on in the voice before, or names
    nobody. All chances lie in [0, 1] and are those of the reader, before any bar.

    `stances`: what the holder's stance may be, likeliest first, "none" among them. `narrated`: that the reporter tells a
    position or a deed. `another`: that the stance is told of somebody else, whom `of` names."""

    span: Span | None
    chance: float
    stances: tuple[tuple[str, float], ...]
    narrated: float = 0.0
    another: float = 0.0
    of: Span | None = None
    of_chance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A sentence, `text[start:end]`, that may hold a statement on talks, and whose. `chance`: that it holds one."""

    start: int
    end: int
    chance: float
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one reader found in one article. Every span lies inside the article's text."""

    article_id: ArticleId
    reader: str  # its name and version
    sentences: tuple[Sentence, ...] = ()
    quotations: tuple[Marked, ...] = ()
    sayings: tuple[Saying, ...] = ()
    introductions: tuple[Introduction, ...] = ()
    days: tuple[Day, ...] = ()
    parts: tuple[Part, ...] = ()
    turns: tuple[Turn, ...] = ()
    tellings: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A statement on talks as a language model read it, each field found in the text by code. `start`, `end`: its sentence;
    `named`: where the text names the speaker; `quote`: the words that carry it. Offsets into the article's text."""

    start: int
    end: int
    quote: Span | None = None
    speaker: str | None = None
    named: Span | None = None
    office: str | None = None
    party: str | None = None
    anonymous: str | None = None
    narrated: bool = False
    stance: str | None = None
    stance_of: str | None = None
    about: str | None = None
    hedge: str | None = None
    day: date | None = None
    relayed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An event, a term or something scheduled, as a language model read it: `text[start:end]` tells it."""

    kind: Literal["event", "term", "scheduled"]
    start: int
    end: int
    day: date | None = None
    of: str | None = None  # the proposal that a term is of; who counts an event's figures


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a language model gave and code did not find: the field, its value, why."""

    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReading:
    """All that a language model found in one article, and what of it was dropped."""

    article_id: ArticleId
    reader: str  # the model, and the version of its prompt
    told: tuple[Told, ...] = ()
    noted: tuple[Noted, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An article that this reader did not read, and why. It is searched and shown, and nothing is told from it."""

    article_id: ArticleId
    reader: str
    reason: str
    language: str | None = None  # set where the language is the reason


Read = Reading | Unread
