"""The upper nouns: speaker, statement, claim, citation, verdict, brief, answer. Frozen values, standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from index.article import Article, ArticleId

Form = Literal["reported", "quoted", "status", "delta", "computed", "judgment"]
Label = Literal["supported", "partial", "unsupported"]
Ending = Literal["answered", "partly", "disputed", "no-information"]
Kind = Literal["quoted", "reported", "narration"]
Delta = Literal["new", "changed", "withdrawn", "expired", "reconfirmed"]
Stance = Literal[
    "proposes", "endorses", "welcomes", "conditions", "no-response", "denies-report", "rejects", "reverses", "acts-against"
]
Field = Literal["speaker", "party", "stance", "stance_of", "day"]

UNCITED_FORMS: frozenset[Form] = frozenset({"computed", "judgment"})  # they carry `basis` instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Whose words: a person, a body, or somebody unnamed (`anonymous` then describes them)."""

    name: str | None = None
    office: str | None = None
    party: str | None = None
    anonymous: str | None = None
    medium: str | None = None  # "in a joint statement": how several, or a body, speak as one
    introduced: tuple[int, int] | None = None  # where the article says who that is

    @property
    def known_as(self) -> str:
        return self.name or self.anonymous or self.office or "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How certain one field is, and which reader said it. `sure`: certain enough to be written out anew; `chance`: how likely
    it is right, in [0, 1], None where nobody has measured it."""

    field: Field
    reader: str
    sure: bool
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence of an article as it was read: `article.text[start:end]`, who says it, what of it is quoted."""

    article_id: ArticleId
    start: int
    end: int
    text: str
    kind: Kind
    speaker: Speaker | None
    quote: tuple[int, int] | None = None  # the longest quotation inside, in article offsets, without its marks
    pronoun: tuple[int, int] | None = None  # where in `text` a pronoun stands for the speaker
    subject: tuple[int, int] | None = None  # where in `text` the attribution names its speaker
    cue: str | None = None  # the verb or phrase that attributes it
    where: str | None = None  # "on X", "in Ottawa": what the attribution adds
    front: str | None = None  # the topic's own name, another front's, or None where nothing tells
    own_front: bool = False  # its own words say so, not only what stands before it
    on_talks: bool = False
    event_date: date | None = None  # the day of what is told, as the text gives it; never a guess
    said_on: date | None = None  # the day of saying it, where that stands beside the verb
    paragraph: int = 0
    written: bool = False  # from a written statement rather than speech
    knowable: datetime | None = None  # of an entry of a live page, its own time; None: the article's
    certainty: tuple[Certainty, ...] = ()

    def sure(self, field: Field) -> bool:
        """Whether a field is certain enough to be written out anew; one that nobody doubts is."""
        return all(c.sure for c in self.certainty if c.field == field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something said or done about the talks: a sentence as it was read, whose stance it tells, and which."""

    said: Said
    speaker: Speaker | None  # whose statement it is: the sentence's speaker, for whom he speaks, or of whom the reporter tells
    stance: Stance | None = None  # toward the talks
    stance_words: tuple[int, int] | None = None  # where in `text` the words stand that decide it
    stance_of: str | None = None  # the party whose stance it is, where that is not the speaker's own
    about: str | None = None  # the proposal by its name, or the front's talks
    hedge: str | None = None  # the word that makes it less than certain
    narrated: bool = False  # the reporter tells a party's position or deed; nobody is quoted
    read_by: str | None = None  # the language model that read it; None: the built-in reader
    differs: str | None = None  # what the other reader reads in it, where that is another stance

    @classmethod
    def plain(cls, said: Said) -> Statement:
        """A sentence of which no stance is told."""
        return cls(said=said, speaker=said.speaker)

    @property
    def certain(self) -> Statement:
        """Itself with only what may be shown: no stance that is not certain, or of whose speaker nobody is."""
        sure = self.said.sure("stance") and self.said.sure("speaker")
        if self.stance is None or sure:
            return self
        return replace(self, stance=None, stance_of=None, stance_words=None)

    @property
    def article_id(self) -> ArticleId:
        return self.said.article_id

    @property
    def start(self) -> int:
        return self.said.start

    @property
    def end(self) -> int:
        return self.said.end

    @property
    def text(self) -> str:
        return self.said.text

    @property
    def front(self) -> str | None:
        return self.said.front

    @property
    def firm(self) -> bool:
        """Whether its stance is its named speaker's own, told without a hedge: what may be shown as where somebody stands."""
        party = self.speaker.party if self.speaker else None
        own = self.stance is not None and self.stance_of in {None, party} and not self.narrated
        return own and self.hedge is None and self.speaker is not None and not self.speaker.anonymous

    @property
    def day(self) -> date | None:
        """The day of saying it, or of what it tells; None where the text gives none."""
        return self.said.said_on or self.said.event_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Somebody counts something in a sentence: how many, of what."""

    said: Said
    speaker: Speaker | None  # who counts
    number: int
    of: str

    @property
    def plain(self) -> Statement:
        """Its sentence, of which no stance is told."""
        return Statement(said=self.said, speaker=self.speaker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One article seen from one topic: every sentence that says something, the statements on the talks, the counts."""

    article_id: ArticleId
    said: tuple[Said, ...] = ()
    statements: tuple[Statement, ...] = ()
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """`article.text[start:end] == quote`, to the character. `n` counts the brief's sources from 1."""

    n: int
    article_id: ArticleId
    external_id: str | None
    start: int
    end: int
    quote: str
    page: int | None = None  # of a paged document, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What one checker of support made of a sentence; no score where it could give none, with the reason."""

    checker: str
    label: Label | None
    score: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What gates and checkers made of one sentence and its own citations; score in [0, 1], the lowest of the checkers'.
    `gates`: each gate that was run and what came of it; one that found nothing to check has not passed."""

    label: Label
    score: float
    checker: str
    gates: tuple[tuple[str, str], ...] = ()
    rungs: tuple[Rung, ...] = ()

    @property
    def differing(self) -> str | None:
        """What each checker says, where they do not say the same."""
        if len({rung.label for rung in self.rungs}) < 2:
            return None
        return ", ".join(
            f"{r.checker} {r.label or r.reason}" + (f" {r.score:.2f}" if r.score is not None else "") for r in self.rungs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of a brief or an answer with what it stands on."""

    id: str
    text: str
    form: Form
    citations: tuple[Citation, ...] = ()
    speaker: str | None = None
    office: str | None = None
    party: str | None = None
    anonymous: str | None = None
    stance: Stance | None = None  # toward the talks, as the ledger reads it
    stance_of: str | None = None  # whose, where it is told by another
    about: str | None = None
    event_date: date | None = None
    delta: Delta | None = None  # what it is against the brief before
    contradiction: str | None = None  # the type of a pair that it belongs to
    basis: tuple[str, ...] = ()
    verdict: Verdict | None = None
    reason: str | None = None  # why it was withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: named cells, and the sentences that carry them."""

    cells: tuple[tuple[str, str], ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    title: str
    claims: tuple[Claim, ...] = ()
    rows: tuple[Row, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Another article of the same origin, and why it counts as one."""

    article_id: ArticleId
    external_id: str | None
    outlet: str
    url: str | None
    why: str

    @classmethod
    def of(cls, article: Article, why: str) -> Carrier:
        return cls(article_id=article.id, external_id=article.external_id, outlet=article.outlet, url=article.url, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    n: int
    article_id: ArticleId
    external_id: str | None
    origin_id: str
    outlet: str
    title: str
    url: str | None
    published: datetime | None
    published_is_day: bool
    descriptor: str
    carriers: tuple[Carrier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """How the brief was made."""

    drafter: str
    checker: str
    index: str
    gates: tuple[str, ...]
    notes: tuple[str, ...] = ()
    model: str | None = None
    prompts: tuple[tuple[str, str], ...] = ()  # name, sha256 of its body
    parameters: tuple[tuple[str, str], ...] = ()  # temperature, seed, provider
    tokens: tuple[int, int] | None = None  # prompt, completion, as the server counted them
    spent: tuple[tuple[str, str], ...] = ()  # each limit of the brief's budget, and how much of it was used
    fallback: str | None = None  # why the drafter that was asked for did not write it


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One brief as of one instant. Everything in it was knowable by `as_of`."""

    id: str
    topic: str
    title: str
    as_of: datetime
    issued: datetime
    period: tuple[datetime, datetime]
    sections: tuple[Section, ...]
    withheld: tuple[Claim, ...]
    sources: tuple[Source, ...]
    disclosure: Disclosure
    version: int = 1
    state: Literal["draft", "in-review", "signed"] = "draft"
    previous: str | None = None

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for section in self.sections for claim in section.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to one question, under the same discipline as a brief."""

    question: str
    as_of: datetime
    ending: Ending
    claims: tuple[Claim, ...]
    withheld: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    session: str | None = None
    notes: tuple[str, ...] = field(default=())
