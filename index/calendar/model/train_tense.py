"""Make `tense.json`: the weights by which a day is told to be past or to come.

Usage:  python index/calendar/model/train_tense.py OUT.json ARTICLES.jsonl[.gz]... [--without IDS]      (needs numpy)

ARTICLES hold `text` and `published` (or `metadata.published`), one a line; IDS names one article a line that is kept for
measuring. Nobody labels anything. News names most days within six weeks of its own with month and number, and there only one
year fits: those mentions are the examples, past or to come. A page that tells a later day as past was rewritten under its first
date and is no example. Examples that a model of the other articles is sure are wrong are dropped twice (five folds); then
weekdays of whose side the model is sure are added, three times, at a third of the weight.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from index.calendar.days import MONTH_NUMBER, MONTHS, WEEKDAYS
from index.calendar.tense import features
from index.sentences import sentences

NEAR, SOON = 45, 6  # days
LONGEST = 800  # characters of a sentence
SURE, SURER, PSEUDO = 1.2, 1.5, 0.3  # log-odds of a wrong example, of an added one, and the weight of that
KEPT = 0.06  # a smaller weight is left out
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
_DATE = re.compile(
    rf"\b(?:(?P<weekday>{'|'.join(WEEKDAYS)}),? )?(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:,? (?P<year>(?:19|20)\d\d))?|(?P<day2>\d{{1,2}}) (?P<month2>{_MONTH})(?:,? (?P<year2>(?:19|20)\d\d))?)(?!\w)"
)
_WEEKDAY = re.compile(rf"(?<!\w)(?:{'|'.join(WEEKDAYS)})\b(?!,? (?:{_MONTH}|\d))(?! (?:[A-Z]|prayers|s\b))")
_CAPTION = re.compile(r"Getty|/AP|Reuters (?!said)|Photos?:|Image|Press/")
_EVENT = re.compile(r"Oct(?:ober|\.)? 7|Sept(?:ember|\.)? 11|Jan(?:uary|\.)? 6|July 4")  # what happened then, not a day of now

Example = tuple[str, list[str], bool, float]  # article, features, to come, weight


def articles(paths: list[Path]) -> Iterator[tuple[str, date, str]]:
    seen: set[str] = set()
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                day = (row.get("published") or row.get("metadata", {}).get("published") or "")[:10]
                if day and row["text"][:300] not in seen:
                    seen.add(row["text"][:300])
                    yield row.get("id") or row["_id"], date.fromisoformat(day), row["text"]


def nearest(match: re.Match[str], published: date) -> date | None:
    month, number = MONTH_NUMBER[(match["month"] or match["month2"])[:3].casefold()], int(match["day"] or match["day2"])
    year = match["year"] or match["year2"]
    found = []
    for y in [int(year)] if year else range(published.year - 1, published.year + 2):
        try:
            found.append(date(y, month, number))
        except ValueError:
            continue
    return min(found, key=lambda d: abs(d - published), default=None)


def examples(paths: list[Path], without: set[str]) -> tuple[list[Example], list[tuple[str, list[str]]]]:
    dated: list[Example] = []
    weekdays: list[tuple[str, list[str]]] = []
    for article, published, text in articles(paths):
        if article in without:
            continue
        for start, end in sentences(text):
            sentence = text[start:end]
            if len(sentence) > LONGEST:
                continue
            for match in _DATE.finditer(sentence):
                around = sentence[max(0, match.start() - 100) : match.end() + 50]
                day = nearest(match, published)
                apart = (day - published).days if day else 0
                wrong_weekday = match["weekday"] and day and WEEKDAYS[day.weekday()] != match["weekday"]
                if not apart or abs(apart) > NEAR or wrong_weekday or _EVENT.search(around):
                    continue
                distance = f"back {-apart % 7}" if abs(apart) <= SOON else "far"
                told = list(dict.fromkeys(features(sentence, *match.span(), distance)))
                if apart > 0 and (_CAPTION.search(around) or {"past True to come False", "nearest to come False"} & {*told}):
                    continue
                dated.append((article, told, apart > 0, 1.0))
            weekdays += [
                (article, list(dict.fromkeys(features(sentence, *match.span(), f"back {back}"))))
                for match in _WEEKDAY.finditer(sentence)
                if (back := (published.weekday() - WEEKDAYS.index(match.group())) % 7)
            ]
    return dated, weekdays


def fitted(found: list[Example], least: int, steps: int, ridge: float = 1.5) -> dict[str, float]:
    """Logistic regression over features that `least` examples have, by Adam."""
    counts = Counter(name for _, told, _, _ in found for name in told)
    place = {name: n for n, name in enumerate(sorted(name for name, n in counts.items() if n >= least))}
    held = [np.array([place[name] for name in told if name in place]) for _, told, _, _ in found]
    index, own = np.concatenate(held), np.repeat(np.arange(len(held)), [len(h) for h in held])
    wanted, weight = np.array([float(y) for _, _, y, _ in found]), np.array([w for *_, w in found])
    theta, first, second = (np.zeros(len(place)) for _ in range(3))
    for step in range(1, steps + 1):
        odds = np.bincount(own, weights=theta[index], minlength=len(held))
        gradient = np.bincount(index, weights=(weight * (1 / (1 + np.exp(-odds)) - wanted))[own], minlength=len(theta))
        pull = ridge * theta
        pull[place["bias"]] = 0
        gradient += pull
        first, second = 0.9 * first + 0.1 * gradient, 0.99 * second + 0.01 * gradient**2
        theta -= 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
    return {name: float(theta[n]) for name, n in place.items()}


def odds(told: list[str], weights: dict[str, float]) -> float:
    return sum(weights.get(name, 0.0) for name in told)


def cleaned(found: list[Example], ids: list[str]) -> list[Example]:
    """Without the examples that a model of the other articles is sure are wrong."""
    fold = {name: n % 5 for n, name in enumerate(ids)}
    kept: list[Example] = []
    for k in range(5):
        weights = fitted([e for e in found if fold[e[0]] != k], 2, 200)
        kept += [e for e in found if fold[e[0]] == k and not (abs(z := odds(e[1], weights)) > SURE and (z > 0) != e[2])]
    return kept


def main() -> None:
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("out", type=Path)
    say.add_argument("articles", type=Path, nargs="+")
    say.add_argument("--without", type=Path)
    given = say.parse_args()
    without = set(given.without.read_text(encoding="utf-8").split()) if given.without else set()
    dated, weekdays = examples(given.articles, without)
    ids = sorted({article for article, *_ in dated})
    random.Random(5).shuffle(ids)
    found = cleaned(cleaned(dated, ids), ids)
    weights = fitted(found, 2, 300)
    for _ in range(3):
        sure = [(a, told, z > 0, PSEUDO) for a, told in weekdays if abs(z := odds(told, weights)) > SURER]
        weights = fitted([*found, *sure], 3, 250)
    kept = {name: round(value, 2) for name, value in sorted(weights.items()) if abs(value) >= KEPT}
    print(f"{len(dated)} dated mentions, {len(found)} kept; {len(weekdays)} weekdays, {len(sure)} added; {len(kept)} weights")
    given.out.write_text(json.dumps({"weights": kept}, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
