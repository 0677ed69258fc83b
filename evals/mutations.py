"""Sentences of real articles, changed by code so that their source no longer says them, and changed so that it still does:
which of them the gates and the checker stop.

The sentences are kept by article, offsets and the offsets of what they cite, without their text (`evals/mutants`).
`python -m evals.mutations choose [--salt=WORD] PATH...` chooses them anew; `python -m evals.mutations show KIND --articles
PATH...` lists what got through."""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from briefing.claims import Claim
from evals.mutating import CHANGES, FINITE, FOLDER, Case
from evals.rows import rows_of
from evals.suite import Metric, Result
from index.article import Article
from index.errors import Misuse
from index.sentences import sentences

OWN = FOLDER / "sentences.jsonl"
CODE_DECIDES = (
    "number", "unit", "date", "name", "party", "office", "quote", "negation-in", "negation-out", "hedge",
    "attribution-dropped", "attribution-moved",
)  # fmt: skip
SEMANTIC = ("stance", "agreed", "cause", "speakers-merged")
HARMLESS = ("as-it-is", "order", "passive", "reporting-verb", "date-form")
FLOORS = {"code": 0.99, "semantic": 0.90, "kept": 0.97}
_TRANSCRIPT = re.compile(r"\bQ\b|[A-Z]{4,}[ A-Z.]*:|— \(|\(applause|[a-z] \.")
_PAGE = re.compile(r"https?:|\bclick\b|subscri|newsletter|[|•{}\[\]]|\bvideo\b|CNN", re.IGNORECASE)  # of a page, not its text
SHORTEST, LONGEST = 12, 42  # words
WANTED = 260  # sentences


def _article(row: dict[str, Any]) -> Article:
    from index.calendar.instants import parse_stamp

    stamp = parse_stamp(row["published"]) if row.get("published") else None
    return Article(
        id=row["id"], external_id=row["id"], outlet=row.get("source") or "unknown", text=row["text"], title=row.get("title"),
        published=stamp.instant if stamp else None, first_seen=datetime.now(UTC), knowable_from=stamp.knowable if stamp else None,
        origin_id=row["id"],
    )  # fmt: skip


def _rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The articles of JSONL files, and of folders of them."""
    for path in paths:
        files = [path] if path.is_file() else sorted(f for kind in ("*.jsonl", "*.jsonl.gz") for f in path.rglob(kind))
        for file in files:
            yield from (row for row in rows_of(file) if {"id", "text"} <= row.keys())


def _candidates(article: Article) -> Iterator[Case]:
    """Whole sentences of running text, with the passage around each: its neighbours in the paragraph, up to 90 words."""
    text = article.text
    for paragraph in re.finditer(r"[^\r\n]+", text):
        spans = [(paragraph.start() + s, paragraph.start() + e) for s, e in sentences(paragraph.group())]
        for at, (start, end) in enumerate(spans):
            sentence = text[start:end]
            n = len(sentence.split())
            if not (SHORTEST <= n <= LONGEST and sentence[0].isalpha() and sentence[0].isupper() and sentence[-1] in '.”"'):
                continue
            if sentence.count("“") != sentence.count("”") or sentence.count('"') % 2 or _TRANSCRIPT.search(sentence):
                continue  # a piece of a quotation, a turn of a transcript
            if not FINITE.search(sentence) or _PAGE.search(sentence):
                continue
            first, last = at, at
            while last + 1 < len(spans) and len(text[spans[first][0] : spans[last + 1][1]].split()) <= 90:
                last += 1
            while first > 0 and len(text[spans[first - 1][0] : spans[last][1]].split()) <= 90:
                first -= 1
            yield Case(article, start, end, (spans[first][0], spans[last][1]))


def _kinds(case: Case) -> set[str]:
    """The kinds of change that the sentence gives a hold for."""
    r = random.Random(f"{case.article.id}:{case.start}")
    return {kind for kind, change in CHANGES.items() if change(r, case.text, case) is not None}


def chosen(paths: Sequence[Path], salt: str = "") -> list[dict[str, Any]]:
    """Sentences for every kind: articles in the order of a hash of their ids (another `salt`, another order), at most two
    sentences of one, always one that serves a kind which has the fewest."""
    rows = [row for row in _rows(paths) if row.get("published")]
    rows.sort(key=lambda row: hashlib.sha256((salt + row["id"]).encode()).hexdigest())
    served: Counter[str] = Counter(dict.fromkeys(CHANGES, 0))
    found: list[dict[str, Any]] = []
    for row in rows:
        if re.search(r"[Uu]kraine|Gaza|Israel|cease-?fire|truce|[Tt]alks", row["text"]) is None:
            continue
        options = [(case, _kinds(case)) for case in list(_candidates(_article(row)))[:40]]
        for _ in range(2):
            worth = [(sum(1 / (1 + served[k]) ** 2 for k in kinds), -case.start, case, kinds) for case, kinds in options]
            if not worth or len(found) == WANTED:
                break
            _, _, case, kinds = max(worth, key=lambda w: w[:2])
            served.update(kinds)
            options = [o for o in options if o[0] is not case]
            found.append({"article_id": row["id"], "start": case.start, "end": case.end, "cites": list(case.cites)})
    return found


def _cases(file: Path, articles: Sequence[Path]) -> tuple[list[Case], int]:
    listed = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    wanted = {row["article_id"] for row in listed}
    known = {row["id"]: _article(row) for row in _rows(articles) if row["id"] in wanted}
    cases = [
        Case(known[r["article_id"]], r["start"], r["end"], (r["cites"][0], r["cites"][1]))
        for r in listed
        if r["article_id"] in known
    ]
    return cases, len(listed) - len(cases)


@dataclass(frozen=True, slots=True)
class Tried:
    """One sentence, changed, and what became of it."""

    kind: str
    case: Case
    text: str
    verified: Claim

    @property
    def stands(self) -> bool:
        return self.verified.verdict is not None and self.verified.verdict.label == "supported"


def tried(cases: Sequence[Case]) -> list[Tried]:
    """Every change of every sentence, verified against what the sentence cites."""
    from briefing import topics
    from briefing.settings import load
    from briefing.support.ladder import rungs
    from briefing.verify import ALWAYS, Ground, Verifier

    party_words = topics.load(topics.DEFAULT).party_words()
    own = Verifier(rungs(load()))
    found: list[Tried] = []
    for case in cases:
        texts = {
            kind: text
            for kind, change in CHANGES.items()
            if (text := change(random.Random(f"{case.article.id}:{case.start}:{kind}"), case.text, case)) is not None
            and (text != case.text or kind == "as-it-is")
        }
        claims = own.verify([case.claim(t) for t in texts.values()], Ground({case.article.id: case.article}, ALWAYS, party_words))
        found += [Tried(kind, case, text, claim) for (kind, text), claim in zip(texts.items(), claims, strict=True)]
    return found


def mutations(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a file of sentences by article, offsets and cited offsets; the texts under --articles. Raises Misuse."""
    file = cases or OWN
    known, unscored = _cases(file, articles)
    if not known:
        raise Misuse("no text of the sentences’ articles is under --articles")
    by_kind: defaultdict[str, list[Tried]] = defaultdict(list)
    for one in tried(known):
        by_kind[one.kind].append(one)
    metrics: dict[str, Metric] = {}
    for name, kinds, stands in (("code", CODE_DECIDES, False), ("semantic", SEMANTIC, False), ("kept", HARMLESS, True)):
        own = [one for kind in kinds for one in by_kind[kind]]
        metrics[name] = Metric.share(sum(one.stands is stands for one in own), len(own))
        for kind in kinds:
            metrics[f"{name}.{kind}"] = Metric.share(sum(o.stands is stands for o in by_kind[kind]), len(by_kind[kind]))
    notes = tuple(f"{kind}: {len(by_kind[kind])}" for kind in CHANGES)
    return Result(
        suite="mutations", cases=str(file), n=len(known), unscored=unscored, metrics=metrics, floors=dict(FLOORS), notes=notes
    )


def _main(what: str, *arguments: str) -> None:
    paths = [Path(a) for a in arguments if a != "--articles"]
    if what == "choose":
        salt = arguments[0].removeprefix("--salt=") if arguments[0].startswith("--salt=") else ""
        for row in chosen([path for path in paths if not str(path).startswith("--")], salt):
            print(json.dumps(row))  # noqa: T201
        return
    kind, *folders = arguments
    for one in tried(_cases(OWN, [Path(f) for f in folders if f != "--articles"])[0]):
        if (kind in {one.kind, "all"}) and one.stands is (one.kind not in HARMLESS):
            print(f"{one.kind}: {one.text}\n   was: {one.case.text}\n   {one.verified.verdict} {one.verified.reason}\n")  # noqa: T201


if __name__ == "__main__":
    _main(*sys.argv[1:])
