"""Whether a language model's readings are worth believing: it reads labelled articles of an invented conflict (`talks/data/
trial.jsonl`, ours) and says of labelled sentences whether those articles carry them (`pairs.jsonl`), once for each model and
version of the prompts, and what follows is kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from briefing.chat import Budget, Chat, ReplyCache
from briefing.chat.client import run
from briefing.draft import again
from briefing.draft.again import Beside
from briefing.draft.offered import MOST_BEFORE
from briefing.reading import BuiltIn, Reading, by_model
from briefing.reading.nouns import ModelReading
from briefing.settings import ModelSettings
from briefing.talks.by_model import Standing
from briefing.talks.statements import Talks
from briefing.talks.world import open_topic
from briefing.verify import Said
from index.article import Article
from index.calendar.days import WEEKDAYS
from index.calendar.instants import iso, parse_stamp
from index.errors import ModelUnavailable, UnreadableReply

FIRST = 0.90  # of speakers and of stances right: from here on a model's word stands
KEPT, CAUGHT = 0.90, 0.95  # of honest sentences called carried, of false ones not: from here on its second reading counts
OVERLAP = 0.5  # of the shorter span
CONFLICT, AS_OF = "Calvessa and Hadrune", datetime(2031, 3, 16, tzinfo=UTC)  # of the labelled articles


@dataclass(frozen=True, slots=True)
class Earned:
    """How a model did on the trial beside the built-in reader (shares of `n` labelled statements; one not found is wrong), and
    what its word is worth. `kept`, `caught`: of honest sentences those that it called carried, of false ones those that it called
    not carried."""

    reader: str
    n: int
    speaker: float
    stance: float
    own_speaker: float
    own_stance: float
    dropped: int = 0
    kept: float = 0.0
    caught: float = 0.0

    @property
    def checks(self) -> bool:
        """Whether its second reading of sentences counts."""
        return self.kept >= KEPT and self.caught >= CAUGHT

    @property
    def standing(self) -> Standing:
        if min(self.speaker, self.stance) >= FIRST:
            return "first"
        worse = self.speaker < self.own_speaker or self.stance < self.own_stance
        return "none" if worse else "agreeing"

    @property
    def told(self) -> str:
        """In words, for `doctor` and the disclosure."""
        follows = {
            "first": "its word stands where it and the built-in reader differ",
            "agreeing": "a field is shown only where it and the built-in reader agree",
            "none": "it reads worse than the built-in reader, so it only writes",
        }
        again = "it reads what it wrote a second time" if self.checks else "it is not asked to read what it wrote a second time"
        return (
            f"of {self.n} labelled statements it has {self.speaker:.0%} of the speakers and {self.stance:.0%} of the stances "
            f"right (the built-in reader {self.own_speaker:.0%} and {self.own_stance:.0%}): {follows[self.standing]}; "
            f"of labelled sentences it keeps {self.kept:.0%} of the honest and stops {self.caught:.0%} of the false ones: {again}"
        )


def key(settings: ModelSettings) -> str:
    """Under which a result is kept."""
    told = f"trial {_trial_sha()} {by_model.reader_name(settings.name)} {again.reader_name(settings.name)} {settings.where}"
    return hashlib.sha256(told.encode()).hexdigest()


def known(settings: ModelSettings, cache: ReplyCache) -> Earned | None:
    """What the trial gave, where it was held."""
    kept = cache.get(key(settings))
    try:
        return Earned(**kept) if kept else None
    except TypeError:
        return None


def held(settings: ModelSettings, cache: ReplyCache) -> Earned:
    """The trial, held now where it was not. Raises ModelUnavailable, UnreadableReply."""
    if (earned := known(settings, cache)) is not None:
        return earned
    labelled = trial()
    articles = [_article(row) for row in labelled]
    readings = [r for a in articles if isinstance(r := BuiltIn().read(a), Reading)]
    pairs = labelled_pairs()
    calls = 2 * len(labelled) + 2 * -(-len(pairs) // again.A_CALL)
    generous = settings.model_copy(update={"most_calls": calls, "most_seconds": max(settings.most_seconds, 600.0)})
    chat = Chat(settings, budget=Budget(generous), cache=cache)

    async def read() -> list[ModelReading]:
        limit = asyncio.Semaphore(settings.parallel)

        async def one(article: Article, reading: Reading) -> ModelReading:
            async with limit:
                return await by_model.read(article, reading, chat)

        return list(await asyncio.gather(*(one(a, r) for a, r in zip(articles, readings, strict=True))))

    async def check() -> dict[int, Said]:
        by_id = {a.id: a for a in articles}
        items = [_beside(row, by_id[row["article"]]) for row in pairs]
        return await again.said_of(items, CONFLICT, iso(AS_OF), chat)

    found = run(read())
    try:
        said = run(check())
    except (ModelUnavailable, UnreadableReply):
        said = {}  # then its second reading counts for nothing
    talks = Talks(open_topic())
    theirs: list[tuple[bool, bool]] = []
    own: list[tuple[bool, bool]] = []
    for row, article, reading, by in zip(labelled, articles, readings, found, strict=True):
        told = [(t.start, t.end, t.speaker or t.party, t.anonymous, t.narrated, t.stance) for t in by.told]
        theirs += [_right(label, told) for label in row["statements"]]
        seen = [
            (
                s.start,
                s.end,
                s.speaker.name if s.speaker else None,
                s.speaker.anonymous if s.speaker else None,
                s.narrated,
                s.stance,
            )
            for s in talks.see(article, reading).statements
        ]
        own += [_right(label, seen) for label in row["statements"]]
    earned = Earned(
        reader=by_model.reader_name(settings.name),
        n=len(theirs),
        speaker=_share([s for s, _ in theirs]),
        stance=_share([s for _, s in theirs]),
        own_speaker=_share([s for s, _ in own]),
        own_stance=_share([s for _, s in own]),
        dropped=sum(len(by.dropped) for by in found),
        kept=_share([said.get(n, Said(None)).carried is True for n, row in enumerate(pairs) if row["carried"]]),
        caught=_share([said.get(n, Said(None)).carried is False for n, row in enumerate(pairs) if not row["carried"]]),
    )
    cache.put(key(settings), {f: getattr(earned, f) for f in earned.__dataclass_fields__}, settings.name)
    return earned


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / max(1, len(right)), 4)


def _right(label: dict[str, Any], told: Sequence[tuple[int, int, str | None, str | None, bool, str | None]]) -> tuple[bool, bool]:
    """Whether the best of what was told of a labelled statement has its speaker, and its stance."""
    best = (False, False)
    for start, end, name, anonymous, narrated, stance in told:
        over = min(end, label["end"]) - max(start, label["start"])
        if over < OVERLAP * min(end - start, label["end"] - label["start"]):
            continue
        if label["speaker"]:
            speaker = bool(name) and _last(name) == _last(label["speaker"])
        elif label["anonymous"]:
            speaker = anonymous is not None
        else:
            speaker = narrated or (bool(name) and _last(name) == _last(label["party"]))
        found = speaker, stance == label["stance"] or stance in label["also"]
        best = max(best, found, key=lambda pair: (sum(pair), pair[0]))
    return best


def _last(name: str | None) -> str:
    return (name or "").split()[-1:][0].casefold() if (name or "").split() else ""


def _trial_sha() -> str:
    data = files("briefing.talks") / "data"
    return hashlib.sha256((data / "trial.jsonl").read_bytes() + (data / "pairs.jsonl").read_bytes()).hexdigest()[:12]


def trial() -> list[dict[str, Any]]:
    """The labelled articles."""
    return _rows("trial.jsonl")


def labelled_pairs() -> list[dict[str, Any]]:
    """The labelled sentences: the article, the words of it that each cites, whether they carry it."""
    return _rows("pairs.jsonl")


def _rows(name: str) -> list[dict[str, Any]]:
    text = (files("briefing.talks") / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def _beside(row: dict[str, Any], article: Article) -> Beside:
    assert article.published is not None
    published = f"{iso(article.published)} ({WEEKDAYS[article.published.weekday()]})"
    sources = []
    for quote in row["quotes"]:
        before = " ".join(article.text[: article.text.index(quote)].split())[-MOST_BEFORE:]
        sources.append((f"{article.outlet} | {published} | speaker: see the words | before it: “{before}”", quote))
    return Beside(row["text"], tuple(sources))


def _article(row: dict[str, Any]) -> Article:
    stamp = parse_stamp(row["published"])
    assert stamp is not None
    return Article(
        id=row["id"],
        outlet=row["source"],
        text=row["text"],
        title=row["title"],
        published=stamp.instant,
        published_is_day=stamp.is_day,
        first_seen=datetime.now(UTC),
        knowable_from=stamp.instant,
        origin_id=row["id"],
    )
