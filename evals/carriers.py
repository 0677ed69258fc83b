"""Carriers made as desks make them from real articles: does the archive put each under its origin, and nothing else?"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from evals.origins import scored
from evals.suite import Result
from index.archive import Archive, NewArticle
from index.errors import Misuse
from index.sources import Given, read_inputs

FLOORS = {"precision": 0.98, "recall": 0.95}
MOST_ORIGINALS = 60
WORDS = range(200, 1_800)  # of an original: what desks carry
_RESTYLED = (
    ("September", "Sept."), ("October", "Oct."), ("November", "Nov."), ("December", "Dec."), ("January", "Jan."),
    ("February", "Feb."), ("August", "Aug."), ("United States", "US"), ("U.S.", "US"), ("U.N.", "UN"),
    ("percent", "per cent"), ("Kyiv", "Kiev"), ("Gaza Strip", "Gaza"), ("organization", "organisation"),
    ("defense", "defence"), ("Defense", "Defence"), ("toward ", "towards "), ("“", '"'), ("”", '"'),
)  # fmt: skip
_LEADS = (
    "Here is what readers of this paper need to know about the latest turn in a story that has been moving for days.",
    "The news below reached our desk late in the evening and was shortened for print by the night editor on duty.",
    "In a development that will be felt far beyond the region, the following was reported by a news agency today.",
)
_LOCAL = (
    "A spokesman for the town hall said that families here with relatives abroad could call the usual number for advice.",
    "Members of the community in our own county met at the library on the high street to follow the events together.",
    "The regional chamber of commerce told this paper that it saw no effect on deliveries to firms in the valley so far.",
)


def carriers(cases: Path | None, articles: Sequence[Path]) -> Result:
    """From the articles of a folder or file: two carriers of each of up to 60, every pair of what belongs together, and
    the pairs of neighbours that do not. Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `carriers` needs articles to make carriers from: --cases PATH")
    originals = _originals(cases)
    made = [(original, [_carried(original, n, way) for way in range(2)]) for n, original in enumerate(originals)]
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder) / "archive.db")
        judged = _judged(archive, made)
        archive.close()
    return replace(scored(str(cases), judged, unscored=0, floors=FLOORS), suite="carriers")


def _originals(cases: Path) -> list[NewArticle]:
    found = [i for i in read_inputs([cases], Given()) if isinstance(i, NewArticle) and len(i.text.split()) in WORDS]
    found.sort(key=lambda a: hashlib.sha256(a.text.encode()).digest())
    chosen: list[NewArticle] = []
    seen: set[str | None] = set()
    for one in found:
        if one.published is not None and one.address not in seen and len(chosen) < MOST_ORIGINALS:
            seen.add(one.address)
            chosen.append(one)
    if len(chosen) < 2:
        raise Misuse(f"{cases} holds too few dated articles of 200 to 1,800 words")
    return chosen


def _carried(original: NewArticle, number: int, way: int) -> NewArticle:
    """One carrier: which changes it gets is decided by its number, so that every mixture occurs."""
    paragraphs = [p for p in original.text.split("\n\n") if p.strip()]
    changes: list[Callable[[list[str]], list[str]]] = [
        lambda ps: ps[: max(3, round(len(ps) * (0.4 + 0.1 * (number % 5))))],
        lambda ps: [_LEADS[number % 3], *ps[1:]] if len(ps) > 3 else [_LEADS[number % 3], *ps],
        lambda ps: [*ps, "Source: Sample Wire"],
        lambda ps: [_restyled(p) for p in ps],
        lambda ps: [*ps[: len(ps) // 2], _LOCAL[number % 3], *ps[len(ps) // 2 :]],
    ]
    for bit, change in enumerate(changes):
        if (number * 2 + way + 1) >> bit & 1:
            paragraphs = change(paragraphs)
    stamp = original.published
    assert stamp is not None
    return NewArticle(
        outlet=f"Sample Paper {number * 2 + way}",
        text="\n\n".join(paragraphs),
        title=f"Wire report number {number * 2 + way}",
        url=f"https://paper{number * 2 + way}.sample.invalid/story",
        published=replace(stamp, instant=stamp.instant + timedelta(days=way)),
    )


def _restyled(text: str) -> str:
    for old, new in _RESTYLED:
        text = text.replace(old, new)
    return re.sub(r"\b([A-Z][a-z]+)ize(d|s)?\b", r"\1ise\2", text)


def _judged(archive: Archive, made: list[tuple[NewArticle, list[NewArticle]]]) -> list[tuple[str, str]]:
    everything = [one for original, copies in made for one in (original, *copies)]
    added = archive.add(everything, now=datetime.now(UTC))
    origin = {new.id: archive.get(a.id).origin_id for new, a in zip(everything, added, strict=True)}
    judged = []
    for original, copies in made:
        for one, other in combinations([original, *copies], 2):
            judged.append(("same-origin", "same-origin" if origin[one.id] == origin[other.id] else "different"))
    for (one, _), (other, copies) in combinations(made, 2):
        judged += [
            ("different", "same-origin" if origin[one.id] == origin[stranger.id] else "different")
            for stranger in (other, copies[0])
        ]
    return judged
