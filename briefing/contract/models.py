"""The shapes of the contract. The JSON Schemas under `schemas/` are made from these by `python -m briefing.contract`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from briefing.claims import Stance
from index.calendar.instants import parse_stamp


def _a_time(value: str) -> str:
    parse_stamp(value)  # raises ValueError for the 45th day of a month
    return value


def _sound(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error
    return value


Text = Annotated[str, AfterValidator(_sound)]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"), AfterValidator(_a_time)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_a_time)]
When = Annotated[  # a day stays a day
    str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$"), AfterValidator(_a_time)
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CitationModel(_Model):
    n: int = Field(ge=1)
    article_id: Text
    external_id: str | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: Text
    page: int | None = None


class RungModel(_Model):
    """What one checker of support made of a sentence; no score where it could give none, with the reason."""

    checker: str
    label: Literal["supported", "partial", "unsupported"] | None = None
    score: float | None = Field(None, ge=0, le=1)
    reason: str | None = None


class VerdictModel(_Model):
    """`gates`: each gate that was run, and whether it passed, stopped the sentence, found nothing to check, or was overruled by a
    second reading."""

    label: Literal["supported", "partial", "unsupported"]
    score: float = Field(ge=0, le=1)
    checker: str
    gates: dict[str, Literal["passed", "stopped", "nothing to check", "overruled"]] | None = None
    rungs: list[RungModel] | None = None


class SentenceModel(_Model):
    id: str
    text: Text
    form: Literal["reported", "quoted", "status", "delta", "computed", "judgment"]
    speaker: str | None = None
    office: str | None = None
    party: str | None = None
    anonymous: str | None = None
    stance: Stance | None = None
    stance_of: str | None = None
    about: str | None = None
    event_date: Day | None = None
    delta: Literal["new", "changed", "withdrawn", "expired", "reconfirmed"] | None = None
    contradiction: str | None = None
    basis: list[str] | None = None
    citations: list[CitationModel]
    verdict: VerdictModel | None = None
    reason: str | None = None


class RowModel(BaseModel):
    """Named cells, and the ids of the sentences that carry them."""

    model_config = ConfigDict(extra="allow")
    sentences: list[str]


class SectionModel(_Model):
    id: str
    title: str
    sentences: list[SentenceModel]
    rows: list[RowModel] | None = None


class CarrierModel(_Model):
    article_id: str
    external_id: str | None = None
    outlet: str
    url: str | None = None
    why: str


class SourceModel(_Model):
    n: int = Field(ge=1)
    article_id: str
    external_id: str | None = None
    origin_id: str
    outlet: str
    title: str
    url: str | None = None
    published: When | None = None
    descriptor: str
    carriers: list[CarrierModel]


class DisclosureModel(_Model):
    drafter: str
    checker: str
    index: str
    gates: list[str]
    notes: list[str]
    model: str | None = None
    prompts: dict[str, str] = {}
    tokens: dict[str, int] | None = None
    parameters: dict[str, str] = {}
    spent: dict[str, str] = {}
    fallback: str | None = None


class PeriodModel(_Model):
    start: Instant
    end: Instant


class BriefModel(_Model):
    schema_: Literal["briefing/1"] = Field("briefing/1", alias="schema")
    id: str
    topic: str
    version: int = Field(ge=1)
    state: Literal["draft", "in-review", "signed"]
    title: str
    as_of: Instant
    issued: Instant
    period: PeriodModel
    previous: str | None
    sections: list[SectionModel]
    withheld: list[SentenceModel]
    sources: list[SourceModel]
    disclosure: DisclosureModel


class AnswerModel(_Model):
    schema_: Literal["answer/1"] = Field("answer/1", alias="schema")
    question: str
    as_of: Instant
    ending: Literal["answered", "partly", "disputed", "no-information"]
    sentences: list[SentenceModel]
    withheld: list[SentenceModel]
    sources: list[SourceModel]
    session: str | None


class SpanModel(_Model):
    start: int
    end: int


class ResultModel(_Model):
    article_id: str
    external_id: str | None = None
    origin_id: str
    start: int
    end: int
    text: str
    score: float
    similarity: float | None = None
    bm25: float
    matched: list[str]
    sentence: SpanModel | None = None
    carriers: int = 0
    published: When | None
    outlet: str
    title: str
    url: str | None


class FoundModel(_Model):
    results: list[ResultModel]
    notes: list[str] = []


class WordingModel(FoundModel):
    query: str


class SearchModel(FoundModel):
    rewritten: list[WordingModel] = []


class RejectedModel(_Model):
    input: str
    reason: str


class UnreadArticleModel(_Model):
    article_id: Text
    reason: Text


class IngestModel(_Model):
    new: int
    versions: int
    unchanged: int
    carriers: int
    undated: int
    skipped: int
    rejected: list[RejectedModel]
    unread: list[UnreadArticleModel]


StanceCode = Literal[
    "proposes", "endorses", "welcomes", "conditions", "no-response", "denies-report", "rejects", "reverses", "acts-against"
]
Bounds = Annotated[list[int], Field(min_length=2, max_length=2)]


class WordsModel(_Model):
    article_id: Text
    external_id: str | None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: Text


class UnnamedModel(_Model):
    count: int | None
    kind: str | None
    side: str | None
    terms: str | None
    hand: Literal["first", "second"] | None


class CertaintyModel(_Model):
    field: Literal["speaker", "party", "stance", "stance_of", "day"]
    reader: str
    sure: bool
    chance: float | None = Field(ge=0, le=1)


class PartModel(_Model):
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    stamp: Bounds
    headline: Bounds | None
    byline: Bounds | None
    time: Instant | None


class UnreadModel(_Model):
    reason: Text
    language: str | None


class StatementModel(_Model):
    article_id: Text
    external_id: str | None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: Text
    kind: Literal["quoted", "reported", "narration", "action"]
    speaker: str | None
    office: str | None
    party: str | None
    anonymous: str | None
    unnamed: UnnamedModel | None
    quote: Bounds | None
    cue: str | None
    stance: StanceCode | None
    stance_words: Bounds | None
    stance_of: str | None
    about: str | None
    front: str | None
    hedge: str | None
    narration: bool
    read_by: str | None
    differs: str | None
    certainty: list[CertaintyModel]
    event_date: Day | None
    said_on: Day | None
    citations: list[WordsModel] = Field(min_length=1)


class EntryModel(StatementModel):
    outlet: str
    origin_id: str
    day: Day
    knowable_from: Instant


class TurnModel(_Model):
    day: Day
    stance: StanceCode


class PositionModel(_Model):
    party: str
    speaker: str
    office: str | None
    stance: StanceCode
    about: str | None
    since: Day
    day: Day
    previous: StanceCode | None
    history: list[TurnModel]
    origins: int = Field(ge=1)
    ageing: bool
    statements: list[EntryModel] = Field(min_length=1)


class TermModel(_Model):
    kind: Literal["duration", "start", "geography", "linkage", "monitoring", "conditions"]
    words: str
    value: str
    since: Day
    statements: list[EntryModel] = Field(min_length=1)


class ProposalModel(_Model):
    name: str
    names_used: list[str]
    since: Day
    sponsors: list[str]
    signatories: list[str]
    terms: list[TermModel]
    status: str
    status_since: Day
    statements: list[EntryModel] = Field(min_length=1)


class ContradictionModel(_Model):
    type: Literal["denial-of-report", "two-voices", "two-governments", "simultaneous", "superseded", "numeric", "timing"]
    statements: list[EntryModel] = Field(min_length=2, max_length=2)


class ChangeModel(_Model):
    type: Literal["new", "changed", "withdrawn", "expired", "reconfirmed"]
    party: str
    speaker: str
    office: str | None
    old: StanceCode | None
    new: StanceCode | None
    statements: list[EntryModel] = Field(min_length=1)


class EventModel(_Model):
    event_date: Day
    knowable_from: Instant
    line: Text
    origins: int = Field(ge=1)
    statements: list[EntryModel] = Field(min_length=1)


class CountModel(_Model):
    number: int = Field(ge=0)
    statements: list[EntryModel] = Field(min_length=1)


class FigureModel(_Model):
    of: str
    day: Day
    least: int
    most: int
    counts: list[CountModel] = Field(min_length=1)


class LedgerModel(_Model):
    as_of: Instant
    positions: list[PositionModel] | None = None
    proposals: list[ProposalModel] | None = None
    contradictions: list[ContradictionModel] | None = None
    changes: list[ChangeModel] | None = None
    timeline: list[EventModel] | None = None
    figures: list[FigureModel] | None = None


class ListedModel(_Model):
    article_id: str
    external_id: str | None
    title: str | None
    outlet: str
    url: str | None
    published: When | None
    updated: Instant | None
    first_seen: Instant
    knowable_from: Instant | None
    version_of: str | None
    origin_id: str
    carriers: list[CarrierModel]
    notes: list[str]
    authors: list[str]
    language: str | None
    published_how: str | None


class DroppedModel(_Model):
    """What a language model gave of an article and code did not find in it."""

    field: str
    value: str
    why: str


class ArticleModel(ListedModel):
    text: str
    statements: list[StatementModel] | None = None
    sentences: list[StatementModel] | None = None
    parts: list[PartModel] | None = None
    unread: UnreadModel | None = None
    dropped: list[DroppedModel] | None = None


class ArticlesModel(_Model):
    articles: list[ListedModel]


class CheckModel(_Model):
    name: str
    ok: bool
    detail: str
    mend: str | None


class ChecksModel(_Model):
    ok: bool
    checks: list[CheckModel]


class ResolvedModel(_Model):
    resolved: int
    total: int


class VerifyModel(_Model):
    sentences: list[SentenceModel]
    submitted: int
    supported: int
    partial: int
    unsupported: int
    citations: ResolvedModel


class MetricModel(_Model):
    value: float | None
    low: float | None
    high: float | None


class EvalModel(_Model):
    suite: str
    cases: str
    n: int
    unscored: int
    metrics: dict[str, MetricModel]
    floors: dict[str, float]
    passed: bool


SCHEMAS: dict[str, type[BaseModel]] = {
    "brief": BriefModel,
    "answer": AnswerModel,
    "search": SearchModel,
    "ingest": IngestModel,
    "article": ArticleModel,
    "articles": ArticlesModel,
    "ledger": LedgerModel,
    "checks": ChecksModel,
    "verify": VerifyModel,
    "eval": EvalModel,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema kept in the project under this name."""
    text = (files("briefing.contract") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    kept: dict[str, Any] = json.loads(text)
    return kept


def made(name: str) -> str:
    """The JSON Schema as the models say it, ready to be written."""
    return json.dumps(SCHEMAS[name].model_json_schema(), indent=1, sort_keys=True) + "\n"
