"""How much of what editors thought worth a heading a brief tells: headings of a daily live page against the brief of that day.

`briefing eval digest --cases DIR --articles DIR...` (`timelines.jsonl`: `date`, `posts`); every heading with what it was matched
to: `python -m evals.digest DIR --data DATA` over an archive that is there.

A heading counts where it is on the talks, by the words of the topic. Its fact is in the corpus where a sentence that became
knowable on that day or the day before says the same: by meaning, and by most of its rarer words. It is covered where a sentence
of the brief does. Both are decided by code with the same limits, so the share is a measure for comparing, not a truth."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from briefing import topics
from briefing.desk import Desk
from briefing.settings import Settings
from briefing.talks.fronts import any_of
from evals.suite import Metric, Result
from index.calendar.instants import parse_stamp
from index.embedding import MiniLM
from index.errors import Misuse
from index.sentences import sentences
from index.terms import terms

TOPIC = "gaza"
CLOSE = 0.55  # cosine of a heading and a sentence that says the same
HOLDS = 0.4  # share of the heading's terms that the sentence holds
BEFORE = timedelta(days=2)  # a heading's fact may have become knowable so long before the brief
AFTER = timedelta(hours=30)  # from the day's first instant to the brief: six in the morning after
BAD = {"here's what", "what we know", "what to know", "latest developments"}


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading on the talks: the sentence of the corpus that has its fact, the sentence of the brief that tells it."""

    day: str
    text: str
    in_corpus: str | None
    covered: str | None


def headings(folder: Path, desk: Desk) -> Iterator[Heading]:
    """Every heading on the talks of the days in which the archive holds anything. Raises Misuse without the file."""
    file = folder / "timelines.jsonl"
    if not file.is_file():
        raise Misuse(f"{file} does not exist")
    topic, embed = topics.load(TOPIC), MiniLM().embed
    on_talks = any_of([*topic.talks, "negotiations", "negotiators", "hostages", "hostage", "mediators", "deal", "talks"])
    dated = [a for a in desk.articles() if a.knowable_from is not None]
    for line in file.read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        row: dict[str, Any] = json.loads(line)
        posts = [" ".join(p.split()) for p in row["posts"] if on_talks.search(p) and not any(b in p.casefold() for b in BAD)]
        at = parse_stamp(f"{row['date']}T00:00Z").instant + AFTER
        near = [a.id for a in dated if a.knowable_from and at - BEFORE <= a.knowable_from <= at]
        if posts and near:
            yield from _of_day(row["date"], posts, near, at, desk, embed)


def _of_day(day: str, posts: list[str], near: list[str], at: datetime, desk: Desk, embed: Any) -> Iterator[Heading]:
    texts = [" ".join(a.text[s:e].split()) for a in desk.library.archive.many(near).values() for s, e in sentences(a.text)]
    brief = desk.draft(TOPIC, as_of=at).brief
    told = [claim.text for claim in brief.claims if claim.citations]
    asked = embed(posts)
    held, said = (_Texts(some, embed) for some in (texts, told))
    for post, vector in zip(posts, asked, strict=True):
        yield Heading(day, post, held.match(post, vector), said.match(post, vector))


class _Texts:
    """Sentences to be matched against."""

    def __init__(self, texts: Sequence[str], embed: Any) -> None:
        self._texts = list(texts)
        self._vectors = np.asarray(embed(self._texts)) if self._texts else None
        self._terms = [frozenset(terms(text)) for text in self._texts]

    def match(self, post: str, vector: Any) -> str | None:
        """The sentence that says the same, the nearest first."""
        if self._vectors is None:
            return None
        wanted, similar = set(terms(post)), self._vectors @ vector
        for at in np.argsort(-similar)[:20]:
            if similar[at] >= CLOSE and len(wanted & self._terms[at]) >= HOLDS * len(wanted):
                return self._texts[int(at)]
        return None


def digest(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder with `timelines.jsonl`, against an archive of `articles`. Raises Misuse."""
    if cases is None:
        raise Misuse("the digest suite takes a folder with timelines.jsonl by --cases and the archive's articles by --articles")
    with tempfile.TemporaryDirectory() as place:
        desk = Desk(Settings(data=Path(place) / "data"))
        desk.ingest(list(articles))
        found = list(headings(cases, desk))
        desk.close()
    return _result(found, str(cases))


def _result(found: Sequence[Heading], cases: str) -> Result:
    held = [h for h in found if h.in_corpus]
    return Result(
        suite="digest",
        cases=cases,
        n=len(found),
        unscored=len(found) - len(held),
        metrics={
            "covered": Metric.share(sum(h.covered is not None for h in held), len(held)),
            "covered_of_all": Metric.share(sum(h.covered is not None for h in found), len(found)),
            "in_corpus": Metric.share(len(held), len(found)),
        },
        floors={},
    )


def _main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("cases", type=Path)
    given.add_argument("--data", type=Path, required=True)
    chosen = given.parse_args()
    found = list(headings(chosen.cases, Desk(Settings(data=chosen.data))))
    for h in found:
        if h.in_corpus or h.covered:
            print(f"{'COVERED' if h.covered else 'missing'} {h.day} {h.text}\n    corpus: {h.in_corpus}\n    brief: {h.covered}")  # noqa: T201
    print({k: m.value for k, m in _result(found, str(chosen.cases)).metrics.items()}, len(found))  # noqa: T201


if __name__ == "__main__":
    _main()
