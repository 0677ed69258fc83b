"""How certain a speaker and a stance are: the weights of `briefing/talks/data/certainty.json`, fitted on labelled windows that
the reader was not trained on, and the bars above which a field is shown.

    python -m evals.certainty FOLDER:PART [FOLDER:PART ...] [--texts DIR ...] [--write]

With `--texts`, the held-back articles of `evals/reader/labels.jsonl` too, each read whole.

Prints the reliability of each field (predicted in fifths of ten folds by article, beside what was right) and the bars; the share
that is right above a bar is of held-back folds too. `--write` keeps weights and bars. The figure that counts is another part's:
`briefing eval statements`."""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from briefing.claims import Statement
from briefing.reading import BuiltIn, Reading
from briefing.talks.cast import Cast
from briefing.talks.statements import LEAST, SECOND, Talks
from briefing.talks.told import speaker_features, stance_features, weighed
from briefing.talks.world import open_topic
from evals.reader import examples
from evals.statements import OVERLAP, article_of, speaker_right, stance_right, windows
from index.article import Article

TARGETS = {"speaker": 0.92, "stance": 0.91, "stance_of": 0.9}  # share right of what is shown, in held-back folds
RIDGE, STEPS, FOLDS = 2.0, 400, 10
UNLABELLED = 0.3  # weight of a stance in a sentence that a person took for none: one in twenty of these is the person's miss
LEAST_SHOWN = 40  # so many above a bar, or it tells nothing
OUT = Path(__file__).parents[1] / "briefing" / "talks" / "data" / "certainty.json"
Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One field that the reader gave, and whether it is right."""

    article_id: str
    features: Features
    right: bool
    code: bool = False  # of a stance: whether the code alone is right, be it another's
    labelled: bool = True  # whether its sentence holds a labelled statement at all


def cases(folder: Path, part: str) -> Iterator[tuple[str, Any]]:
    """What the reader makes of each labelled sentence: its candidates and the rows that a person wrote of it."""
    listed, labels, texts = windows(folder, part)
    by_text: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for label in labels:
        by_text[label["text_id"]].append(label)
    for row in listed:
        kept = [(start, end) for start, end in row["spans"]]
        yield from _of(article_of(row, texts[row["text_id"]]), kept, by_text[row["text_id"]])


def held_back_cases(folders: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """The same of whole articles, of the labels kept here that nothing was trained on."""
    texts = examples.texts(folders)
    by_article: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for window in examples.labelled():
        if examples.is_held_back(window) and window["article_id"] in texts:
            by_article[window["article_id"]].append(window)
    for article_id, some in by_article.items():
        article = article_of({"article_id": article_id, **some[0]["article"]}, texts[article_id])
        kept = [tuple(span) for window in some for span in window["sentences"]]
        yield from _of(article, kept, [row for window in some for row in window["statements"]])


def _of(article: Article, kept: Sequence[tuple[int, int]], labels: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    talks, reading = Talks(open_topic()), BuiltIn().read(article)
    if not isinstance(reading, Reading):
        return
    speech, said = talks.heard(article, reading)
    tellings = {t.start: t for t in reading.tellings if t.chance >= LEAST}
    for one, telling, found in talks.weighed(article, said, speech, tellings):
        if found and any(start < one.end and one.start < end for start, end in kept):
            rows = [label for label in labels if _same(one.start, one.end, label)]
            yield article.id, (one, telling, [w.candidate for w in found], rows)


def _same(start: int, end: int, label: dict[str, Any]) -> bool:
    return bool(min(end, label["end"]) - max(start, label["start"]) >= OVERLAP * min(end - start, label["end"] - label["start"]))


def speakers(found: Sequence[tuple[str, Any]]) -> list[Case]:
    made = []
    for article_id, (said, telling, every, rows) in found:
        for one in every if rows else ():
            told = Statement(said=said, speaker=one.speaker, narrated=one.narrated)
            right = any(speaker_right(row, told) for row in rows)
            made.append(Case(article_id, speaker_features(one, every, telling, said), right))
    return made


def stances(found: Sequence[tuple[str, Any]], weights: Features) -> list[Case]:
    made = []
    for article_id, (said, telling, every, rows) in found:
        one = max(every, key=lambda c: weighed(weights, speaker_features(c, every, telling, said)))
        code = one.holder.stances[0][0]
        if code == "none":
            continue
        told = Statement(said=said, speaker=one.speaker, narrated=one.narrated, stance=code)
        own = [row for row in rows if speaker_right(row, told)] or rows
        right = any(stance_right(row, told) and not row.get("stance_of") for row in own)
        code_right = any(stance_right(row, told) for row in own)
        made.append(Case(article_id, stance_features(one, telling, said), right, labelled=bool(rows), code=code_right))
    return made


def another(found: Sequence[tuple[str, Any]], weights: Features) -> tuple[list[float], list[bool]]:
    """Where the likeliest voice tells another's stance: the chance of it, and whether it is that one's."""
    chances, right = [], []
    for _, (said, telling, every, rows) in found:
        one = max(every, key=lambda c: weighed(weights, speaker_features(c, every, telling, said)))
        of, party = one.holder.of, one.speaker.party
        if not rows or of is None or one.holder.another < SECOND:
            continue
        words = said.text[of[0] - said.start : of[1] - said.start]
        whose = next(iter(Cast(open_topic(), None).parties_in(words)), words)
        if whose != party:
            chances.append(one.holder.another * one.holder.of_chance)
            right.append(any(whose in (row.get("stance_of") or "") for row in rows))
    return chances, right


# ---- logistic regression


def fitted(made: Sequence[Case]) -> Features:
    names = sorted({name for case in made for name in case.features})
    x = np.array([[case.features.get(name, 0.0) for name in names] for case in made])
    y = np.array([case.right for case in made], float)
    share = np.array([1.0 if case.labelled else UNLABELLED for case in made])
    w = np.zeros(len(names))
    for _ in range(STEPS):  # Newton's steps, damped
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (share * (p - y)) + RIDGE * w
        step = np.linalg.solve((x * (share * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(w)), gradient)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return {name: round(float(v), 4) for name, v in zip(names, w, strict=True)}


def held_back(made: Sequence[Case]) -> NDArray[np.float64]:
    """The chance of each case by weights that saw none of its article."""
    articles = sorted({case.article_id for case in made})
    random.Random(0).shuffle(articles)
    fold = {article: n % FOLDS for n, article in enumerate(articles)}
    chances = np.zeros(len(made))
    for k in range(FOLDS):
        weights = fitted([case for case in made if fold[case.article_id] != k])
        for n, case in enumerate(made):
            if fold[case.article_id] == k:
                chances[n] = weighed(weights, case.features)
    return chances


def bar(chances: NDArray[np.float64], right: NDArray[np.bool_], target: float) -> float:
    """The lowest chance above which at least `target` are right, and stay so above every higher bar that shows enough."""
    order = np.argsort(-chances)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = [n for n in range(min(LEAST_SHOWN, max(15, len(order) // 3)) - 1, len(order)) if share[n] >= target]
    return float(chances[order[enough[-1]]]) if enough else 1.01


def reliability(name: str, chances: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
    for low in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95):
        high = {0.8: 0.9, 0.9: 0.95, 0.95: 1.01}.get(low, low + 0.2)
        inside = (chances >= low) & (chances < high)
        if inside.any():
            told, was = chances[inside].mean(), right[inside].mean()
            print(f"{name}: {low:.2f}–{min(high, 1):.2f}  n {inside.sum():5d}  told {told:.3f}  right {was:.3f}")


def main() -> None:
    say = argparse.ArgumentParser(description=__doc__)
    say.add_argument("sets", nargs="+")
    say.add_argument("--texts", type=Path, nargs="+", default=[])
    say.add_argument("--write", action="store_true")
    args = say.parse_args()
    found = [one for name in args.sets for one in cases(Path(name.rpartition(":")[0]), name.rpartition(":")[2])]
    found += held_back_cases(args.texts)
    told: dict[str, Features] = {"bars": {}}
    spoken = speakers(found)
    told["speaker"] = fitted(spoken)
    chances, right = held_back(spoken), np.array([case.right for case in spoken])
    reliability("speaker", chances, right)
    told["bars"]["speaker"] = _bar_of("speaker", *_likeliest(found, chances, right))
    made = stances(found, told["speaker"])
    told["stance"] = fitted(made)
    chances, right = held_back(made), np.array([case.right for case in made])
    reliability("stance", chances, right)
    labelled, codes = np.array([case.labelled for case in made]), np.array([case.code for case in made])
    told["bars"]["stance"] = _bar_of("stance", chances[labelled], codes[labelled])
    of_chances, of_right = another(found, told["speaker"])
    told["bars"]["stance_of"] = _bar_of("stance_of", np.array(of_chances), np.array(of_right, bool))
    if args.write:
        OUT.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _likeliest(
    found: Sequence[tuple[str, Any]], chances: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of each sentence the candidate that would be shown, unless the reporter tells his deed."""
    best, ok, at = [], [], 0
    for _, (_, _, every, rows) in found:
        if rows:
            n = at + int(np.argmax(chances[at : at + len(every)]))
            if not every[n - at].narrated:
                best.append(chances[n])
                ok.append(right[n])
            at += len(every)
    return np.array(best), np.array(ok)


def _bar_of(name: str, chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    found = bar(chances, right, TARGETS[name])
    shown = chances >= found
    if not len(chances):
        return 1.01
    print(f"{name}: bar {found:.3f}, shown {shown.sum()} of {len(shown)}, right {right[shown].mean() if shown.any() else 0:.3f}")
    return round(found, 4)


if __name__ == "__main__":
    main()
