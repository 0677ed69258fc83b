"""Timelines against those that journalists wrote: the days chosen, and what is said of them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from evals.rows import rows_of
from evals.suite import Metric, Result
from index.errors import Misuse

FLOORS = {"date_f1": 0.544, "align_rouge1": 0.120}  # the figures commonly published for the best systems on Timeline17
LEFT_OUT = "egypt"  # of Timeline17 every day of its period is in the reference
Timeline = Mapping[date, Sequence[str]]


def timelines(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a folder with a folder for each topic: `timelines.jsonl` (references) and `articles.jsonl.gz` or
    `dated_sentences.jsonl.gz`. The number of dates and of sentences a day are the reference's; means over references.
    `align_rouge*`: align+ m:1 of Martschat and Markert 2017 (https://aclanthology.org/E17-2046). Raises Misuse."""
    if cases is None:
        raise Misuse("the suite `timelines` needs a folder of topics with timelines: --cases DIR")
    scores: defaultdict[str, list[float]] = defaultdict(list)
    count = unscored = 0
    for folder in sorted(p for p in cases.iterdir() if (p / "timelines.jsonl").is_file()):
        references = _references(folder / "timelines.jsonl")
        chronicle = _chronicle(folder)
        if chronicle is None:
            unscored += len(references)
            continue
        for reference in references.values():
            count += 1
            made = _made(chronicle, reference)
            for name, value in _scored(made, reference).items():
                scores[name].append(value)
                if folder.name != LEFT_OUT:
                    scores[f"{name}_without_egypt"].append(value)
    if not count:
        raise Misuse(f"{cases} holds no topic with timelines and articles")
    metrics = {name: Metric(sum(values) / len(values)) for name, values in scores.items()}
    floors = FLOORS if any((p / "articles.jsonl.gz").is_file() for p in cases.iterdir()) else {}
    return Result(suite="timelines", cases=str(cases), n=count, unscored=unscored, metrics=metrics, floors=floors)


def _references(path: Path) -> dict[str, dict[date, list[str]]]:
    found: defaultdict[str, dict[date, list[str]]] = defaultdict(dict)
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        found[row["reference"]].setdefault(date.fromisoformat(row["date"]), []).extend(row["sentences"])
    return found


def _chronicle(folder: Path) -> object:
    from briefing.ledger.chronicle import Chronicle, Dated, dated_sentences
    from index.terms import terms

    if (folder / "articles.jsonl.gz").is_file():
        rows = rows_of(folder / "articles.jsonl.gz")
        return Chronicle(dated_sentences((date.fromisoformat(str(r["published"])[:10]), str(r["text"])) for r in rows))
    if (folder / "dated_sentences.jsonl.gz").is_file():
        told = []
        for row in rows_of(folder / "dated_sentences.jsonl.gz"):
            day = date.fromisoformat(str(row["date"]))
            for n, text in enumerate(row["sentences"]):
                told.append(Dated(text, day, day, True, n, tuple(terms(text))))
        return Chronicle(told)
    return None


def _made(chronicle: object, reference: Timeline) -> dict[date, list[str]]:
    from briefing.ledger.chronicle import Chronicle

    assert isinstance(chronicle, Chronicle)
    a_day = max(1, round(sum(len(s) for s in reference.values()) / len(reference)))
    days = chronicle.days(len(reference), first=min(reference), last=max(reference))
    made = {day: chronicle.summary(day, a_day) for day in days}
    return {day: told for day, told in made.items() if told}


def _scored(made: Timeline, reference: Timeline) -> dict[str, float]:
    right = len(made.keys() & reference.keys())
    scores = {"date_f1": 2 * right / (len(made) + len(reference)) if made else 0.0}
    for n in (1, 2):
        scores[f"align_rouge{n}"] = aligned(made, reference, n)
    return scores


def aligned(made: Timeline, reference: Timeline, n: int) -> float:
    """F1 of align+ m:1: each day goes to the day of the other timeline that is nearest by date and words, and what they
    share counts less the farther apart they are."""
    precision = _one_way(made, reference, n)
    recall = _one_way(reference, made, n)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _one_way(one: Timeline, other: Timeline, n: int) -> float:
    shared = total = 0.0
    for day, told in one.items():
        own = _grams(tuple(told), n)
        total += sum(own.values())
        if other:
            nearest = min(other, key=lambda d: (_cost(day, told, d, other[d]), abs((d - day).days), d))
            overlap = sum((own & _grams(tuple(other[nearest]), n)).values())
            shared += overlap / (abs((nearest - day).days) + 1)
    return shared / total if total else 0.0


def _cost(day: date, told: Sequence[str], other: date, said: Sequence[str]) -> float:
    apart = 1 - 1 / (abs((day - other).days) + 1)
    a, b = _grams(tuple(told), 1), _grams(tuple(said), 1)
    overlap = sum((a & b).values())
    alike = 2 * overlap / max(1, sum(a.values()) + sum(b.values()))
    return apart * (1 - alike)


@lru_cache(maxsize=20_000)
def _grams(told: tuple[str, ...], n: int) -> Counter[tuple[str, ...]]:
    """Stems without stop words, as ROUGE-1.5.5 takes them with -m -s."""
    from index.terms import terms

    words = [term for sentence in told for term in terms(sentence)]
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
