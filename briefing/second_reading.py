"""A language model may read an article too: what it adds is located by code, where it differs from the reader it is kept and
counted, and the reader's own word stands. Off by default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from briefing import prompting
from briefing.beside.locate import locate
from briefing.claims import Certainty, Said, Speaker, Stance, Statement
from briefing.settings import ModelSettings
from briefing.topics import Topic
from index.article import Article
from index.errors import UnreadableReply

PROMPT = "read_statements/v1"
MOST_CHARACTERS = 24_000  # of an article that a model is shown
MOST_STATEMENTS = 60
_FENCES = re.compile(r"<<<ARTICLE|ARTICLE>>>")
CODES: tuple[Stance, ...] = (
    "proposes", "endorses", "welcomes", "conditions", "no-response", "denies-report", "rejects", "reverses", "acts-against",
)  # fmt: skip


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sentence: str
    speaker: str | None = None
    office: str | None = None
    party: str | None = None
    stance: (
        Literal[
            "proposes",
            "endorses",
            "welcomes",
            "conditions",
            "no-response",
            "denies-report",
            "rejects",
            "reverses",
            "acts-against",
        ]
        | None
    ) = None
    stance_of: str | None = None


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    statements: list[_Told]


@dataclass(frozen=True, slots=True)
class SecondReading:
    """All statements, the reader's first; how many a model added, on how many it differs, how many it made up."""

    statements: tuple[Statement, ...]
    added: int
    differing: int
    not_found: int


def second_reading(article: Article, topic: Topic, read: Sequence[Statement], settings: ModelSettings) -> SecondReading:
    """Raises ModelUnavailable, UnreadableReply."""
    from briefing.chat import structured

    system, user = prompting.load(PROMPT).rendered(
        parties=", ".join(p.name for p in topic.parties),
        codes=", ".join(CODES),
        article=_FENCES.sub("", article.text[:MOST_CHARACTERS]),
    )
    schema = {"title": "statements", "description": "The statements on the talks.", **_Reply.model_json_schema()}
    reply = structured(settings, system, user, schema)
    try:
        told = _Reply.model_validate(reply.parsed).statements[:MOST_STATEMENTS]
    except ValidationError as error:
        raise UnreadableReply(f"{settings.where}: the reply is not in the shape that was asked for") from error
    return _merged(article, topic, read, told, settings.name)


def _merged(article: Article, topic: Topic, read: Sequence[Statement], told: Sequence[_Told], name: str) -> SecondReading:
    kept, added, differing, not_found = list(read), 0, 0, 0
    for one in told:
        place = locate(one.sentence, article.text)
        if place is None:
            not_found += 1
            continue
        same = [n for n, s in enumerate(kept) if s.start < place[1] and place[0] < s.end]
        if not same:
            kept.append(_added(article, topic, one, place, name))
            added += 1
        elif not any(kept[n].stance == one.stance for n in same):
            differing += 1
            kept[same[0]] = replace(kept[same[0]], differs=f"{name} reads {one.stance or 'no stance'}")
    return SecondReading(tuple(sorted(kept, key=lambda s: s.start)), added, differing, not_found)


def _added(article: Article, topic: Topic, one: _Told, place: tuple[int, int], name: str) -> Statement:
    start, end = place
    party = topic.party(one.party)
    known = topic.person(one.speaker, article.local_day) if one.speaker else None
    speaker = (
        Speaker(name=known[0].name, office=known[0].office, party=known[1].name)
        if known
        else Speaker(name=one.speaker, office=one.office, party=party.name if party else None)
    )
    said = Said(
        article_id=article.id,
        start=start,
        end=end,
        text=article.text[start:end],
        kind="reported",
        speaker=speaker if one.speaker else None,
        front=topic.name,
        on_talks=True,
        certainty=(Certainty(field="speaker", reader=name, sure=False), Certainty(field="stance", reader=name, sure=False)),
    )
    return Statement(
        said=said,
        speaker=said.speaker,
        stance=one.stance,
        stance_of=one.stance_of if topic.party(one.stance_of) else None,
        narrated=one.speaker is None,
        read_by=name,
    )
