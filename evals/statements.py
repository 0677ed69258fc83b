"""Statements on the talks against a labelled set: found, whose, in which stance, about which talks."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.quotes import same_name
from evals.suite import Metric, Result
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.claims import Statement

FLOORS = {"f1": 0.75, "speaker_accuracy": 0.85, "stance_macro_f1": 0.70}
MOST_WRONG_TALKS = 0.03
OVERLAP = 0.5  # of the shorter span
OWN = Path(__file__).parent / "gold"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled statement and what was found for it."""

    label: dict[str, Any]
    found: Statement


def statements(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder of the labelling rules (`articles.jsonl`, `statements.jsonl`; the texts in it or under --articles).
    F1 over articles labelled whole, recall alone on those labelled in the main. Raises Misuse."""
    folder = cases or OWN
    listed, labels, texts = _exercise(folder) if (folder / "key").is_dir() else _labelled(folder, articles)
    by_article: defaultdict[str, Rows] = defaultdict(list)
    for label in labels:
        by_article[label["article_id"]].append(label)
    counts: Counter[str] = Counter()
    pairs: list[Pair] = []
    missed: Rows = []
    extra: list[Statement] = []
    for row in listed:
        if row["article_id"] not in texts:
            counts["unscored"] += 1
            continue
        found = read(row, texts[row["article_id"]])
        own = by_article[row["article_id"]]
        matched = match(own, found)
        pairs += matched
        counts[f"labels {row['coverage']}"] += len(own)
        counts[f"hits {row['coverage']}"] += len(matched)
        counts[f"found {row['coverage']}"] += len(found)
        missed += [label for label in own if not any(p.label is label for p in matched)]
        if row["coverage"] != "main":
            extra += [s for s in found if not any(p.found is s for p in matched)]
    statements.last = (pairs, missed, extra)  # type: ignore[attr-defined]  # for who reads the worst cases
    return _result(str(folder), counts, pairs)


def _labelled(folder: Path, articles: Sequence[Path]) -> tuple[Rows, Rows, dict[str, str]]:
    listed = _lines(folder / "articles.jsonl")
    return listed, _lines(folder / "statements.jsonl"), _texts(listed, articles)


def _exercise(folder: Path) -> tuple[Rows, Rows, dict[str, str]]:
    """The exercise corpus: spans by their words, coverage in a file of its own, one topic."""
    rows = _lines(folder / "articles.jsonl")
    coverage = {i: name for name, ids in json.loads((folder / "key" / "labelled.json").read_text()).items() for i in ids}
    topic = str(folder / "topic.toml")
    texts = {row["id"]: row["text"] for row in rows}
    listed = [{**row, "article_id": row["id"], "coverage": coverage[row["id"]], "topics": [topic]} for row in rows]
    labels = []
    for label in _lines(folder / "key" / "statements.jsonl"):
        start = texts[label["article_id"]].index(label["span"])
        labels.append({**label, "start": start, "end": start + len(label["span"])})
    return listed, labels, texts


def read(row: dict[str, Any], text: str) -> list[Statement]:
    """What is read of one article for each topic that ships, filed under that topic's front."""
    from datetime import UTC, datetime

    from briefing import topics
    from briefing.talks.statements import Talks
    from index.article import Article
    from index.calendar.instants import parse_stamp

    stamp = parse_stamp(row["published"])
    article = Article(
        id=row["article_id"],
        outlet=row.get("source") or "unknown",
        text=text,
        title=row.get("title"),
        published=stamp.instant if stamp else None,
        published_is_day=stamp.is_day if stamp else False,
        first_seen=datetime.now(UTC),
        knowable_from=stamp.instant if stamp else None,
        origin_id=row["article_id"],
    )
    chosen = [topics.load(name) for name in row.get("topics") or topics.names()]
    names = {topic.name for topic in chosen}
    found: list[Statement] = []
    for topic in chosen:
        taken = {(s.start, s.end) for s in found}
        fronts = {topic.name, "both"}
        found += [
            statement
            for statement in Talks(topic).read(article).statements
            if (statement.start, statement.end) not in taken
            and (statement.front in fronts or statement.front not in {*names, None})
        ]
    return found


def match(labels: Rows, found: Iterable[Statement]) -> list[Pair]:
    """One to one, greedily by overlap, where it covers at least half of the shorter span."""
    candidates = []
    for n, label in enumerate(labels):
        for k, statement in enumerate(found):
            overlap = min(label["end"], statement.end) - max(label["start"], statement.start)
            if overlap >= OVERLAP * min(label["end"] - label["start"], statement.end - statement.start):
                right = _stance_right(label, statement) + speaker_right(label, statement)
                candidates.append((overlap, right, -n, -k, label, statement))
    candidates.sort(key=lambda c: c[:4], reverse=True)
    taken: set[int] = set()
    pairs = []
    for *_, label, statement in candidates:
        if id(label) not in taken and id(statement) not in taken:
            taken |= {id(label), id(statement)}
            pairs.append(Pair(label, statement))
    return pairs


def _stance_right(label: dict[str, Any], found: Statement) -> bool:
    return found.stance == label["stance"] or found.stance in (label.get("stance_also_ok") or [])


def _whose_right(pair: Pair) -> bool:
    """Whether a stance told of another party is told of the labelled one."""
    return pair.found.stance_of is not None and pair.found.stance_of in (pair.label.get("stance_of") or "")


def speaker_right(label: dict[str, Any], found: Statement) -> bool:
    """Last name, or the body's or party's name, or both unnamed; a narrated position is its party's."""
    speaker = found.speaker
    if not label.get("speaker") and not label.get("anonymous"):
        party = label.get("party")
        return found.narrated and (speaker is None or party is None or speaker.party == party)
    if speaker is None:
        return False
    if label.get("anonymous") and not label.get("speaker"):
        return bool(speaker.anonymous) or (speaker.name is not None and speaker.name[:1].islower())
    wanted = label.get("speaker") or label.get("party")
    if not wanted:
        return bool(label.get("narration"))
    names = [n for n in (speaker.name, speaker.party, speaker.anonymous) if n]
    alone = [wanted, *([label["party"]] if label.get("narration") and label.get("party") else [])]
    return any(same_name(n, w) for n in names[:1] for w in alone) or (
        not re.search(r"[a-z]+ [A-Z]", wanted) and any(same_name(n, wanted) for n in names)
    )


def _result(label: str, counts: Counter[str], pairs: Sequence[Pair]) -> Result:
    full = ("full", "none-expected")
    hits, found, labels = (sum(counts[f"{what} {c}"] for c in full) for what in ("hits", "found", "labels"))
    precision, recall = hits / max(1, found), hits / max(1, labels)
    stances, confusion = _stance_scores(pairs)
    wrong = sum(_front(p.found) != p.label["front"] for p in pairs if p.label.get("front") and p.found.front != "both")
    told = [p for p in pairs if p.found.stance_of]
    labelled = [p for p in pairs if p.label.get("stance_of")]
    metrics = {
        "f1": Metric(2 * precision * recall / max(1e-9, precision + recall)),
        "precision": Metric.share(hits, found),
        "recall": Metric.share(hits, labels),
        "recall_main": Metric.share(counts["hits main"], counts["labels main"]),
        "speaker_accuracy": Metric.share(sum(speaker_right(p.label, p.found) for p in pairs), len(pairs)),
        "stance_accuracy": Metric.share(sum(_stance_right(p.label, p.found) for p in pairs), len(pairs)),
        "stance_macro_f1": Metric(stances),
        "stance_of_precision": Metric.share(sum(map(_whose_right, told)), len(told)),
        "stance_of_recall": Metric.share(sum(map(_whose_right, labelled)), len(labelled)),
        "right_talks": Metric.share(len(pairs) - wrong, len(pairs)),
    }
    floors = {**FLOORS, "right_talks": 1 - MOST_WRONG_TALKS}
    return Result(
        suite="statements",
        cases=label,
        n=sum(counts[f"labels {c}"] for c in (*full, "main")),
        unscored=counts["unscored"],
        metrics={**metrics, "wrong_talks_rate": Metric(wrong / max(1, len(pairs)))},
        floors=floors,
        notes=(f"rejects / no-response / denies-report, labelled -> found: {confusion}",),
    )


def _front(found: Statement) -> str:
    return {"israel-hezbollah": "Lebanon", "gaza": "Gaza", "exercise": "main"}.get(found.front or "", "other")


def _stance_scores(pairs: Sequence[Pair]) -> tuple[float, str]:
    """Macro F1 over the codes that are labelled (no stance is none of them), and the confusion of three."""
    labelled: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        wanted, found = pair.label["stance"], pair.found.stance
        if _stance_right(pair.label, pair.found):
            wanted = found  # a code that a careful second reader could choose
        if wanted:
            labelled[wanted] += 1
        if found:
            given[found] += 1
        if wanted and wanted == found:
            right[wanted] += 1
        if wanted in {"rejects", "no-response", "denies-report"}:
            confused[wanted, found or "none"] += 1
    scores = [2 * right[code] / (labelled[code] + given[code]) for code in labelled]
    told = ", ".join(f"{a}->{b} {n}" for (a, b), n in sorted(confused.items()))
    return (sum(scores) / len(scores) if scores else 0.0), told or "none"


def _lines(path: Path) -> Rows:
    if not path.is_file():
        raise Misuse(f"{path.parent} holds no {path.name}")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _texts(listed: Rows, articles: Sequence[Path]) -> dict[str, str]:
    """The text of each article: its own, or from its store under one of these folders."""
    found = {row["article_id"]: row["text"] for row in listed if "text" in row}
    for store in {row["store"] for row in listed if row.get("store")}:
        for folder in articles:
            for path in (folder / store, folder):
                for file in sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")]) if path.name == store else ():
                    found |= _of_file(file, {row["article_id"] for row in listed})
                if path.name == store and (seed := path / "article.txt").is_file():
                    found["seed"] = seed.read_text(encoding="utf-8")
    return found


def _of_file(file: Path, wanted: set[str]) -> dict[str, str]:
    text = gzip.decompress(file.read_bytes()).decode() if file.suffix == ".gz" else file.read_text(encoding="utf-8")
    rows = (json.loads(line) for line in text.split("\n") if line)
    return {row["id"]: row["text"] for row in rows if row.get("id") in wanted and "text" in row}
