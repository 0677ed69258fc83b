"""The packaged sample: ours, saying so, and giving nobody words they did not say."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from briefing.beside.locate import folded
from briefing.reading.marks import quotations
from briefing.sample import articles_file
from index.calendar.days import MONTHS

BASIS = Path(__file__).parent / "sample_basis.tsv"
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")


@pytest.fixture(scope="module")
def sample() -> list[dict[str, Any]]:
    with articles_file() as path:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def record(shared_data: Path) -> dict[str, str]:
    """The public record by id."""
    texts = {"seed": (shared_data / "seed" / "article.txt").read_text(encoding="utf-8")}
    for name in (
        "whitehouse-mideast/articles.jsonl.gz",
        "whitehouse-mideast/other_2024-09_2024-12.jsonl.gz",
        "conflict-news/articles.jsonl.gz",
        "rss-2024-11/items.jsonl",
    ):
        opened = gzip.open if name.endswith(".gz") else open
        with opened(shared_data / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                texts[row["id"]] = f"{row['title']}\n{row['text']}"
    return texts


def test_every_article_says_first_that_it_is_a_sample_by_an_invented_outlet(sample: list[dict[str, Any]]) -> None:
    assert len(sample) >= 30
    for article in sample:
        assert next(iter(article)) == "sample"
        assert "Not a news source" in article["sample"]
        assert "Sample" in article["source"]
        assert ".invalid/" in article["url"]


def test_the_sample_holds_what_it_is_for(sample: list[dict[str, Any]]) -> None:
    texts = " ".join(a["text"] for a in sample)
    assert "Correction: an earlier version" in texts
    assert "condition of anonymity" in texts
    assert sum("published" not in a for a in sample) == 1
    assert sum(a.get("published", "") > "2024-09-27T06:00" for a in sample) >= 6
    assert len({a["url"] for a in sample}) == len(sample) - 1  # one corrected version


def test_nobody_is_given_words_they_did_not_say(sample: list[dict[str, Any]], record: dict[str, str]) -> None:
    folds = {name: folded(text).casefold() for name, text in record.items()}
    with BASIS.open(encoding="utf-8") as lines:
        basis = {(row["sample_id"], row["quotation"]): row["found_in"] for row in csv.DictReader(lines, delimiter="\t")}
    allowed: dict[str, set[str]] = {}
    for (sample_id, _), found_in in basis.items():
        allowed.setdefault(sample_id, set()).update(re.split(r"[,; ]+", found_in))
    wrong, seen = [], 0
    for article in sample:
        for part in (article["title"], article["text"]):
            for start, end in quotations(part):
                words = folded(part[start:end]).casefold().rstrip(".,")
                seen += 1
                own = [folds[i] for i in allowed.get(article["id"], set()) if i in folds]
                if not any(words in text for text in own):
                    wrong.append((article["id"], part[start:end]))
    assert wrong == []
    assert seen > 150


def test_every_figure_is_in_the_record(sample: list[dict[str, Any]], record: dict[str, str]) -> None:
    """Weak on purpose where it must be: the figure stands somewhere in the record, not beside the same fact."""
    held = {n.replace(",", "").rstrip(".") for text in record.values() for n in _FIGURE.findall(text)}
    for article in sample:
        body = re.sub(rf"\b(?:Sept|Oct|Nov|{'|'.join(MONTHS)})\.? \d+", "", article["text"])
        missing = {n.replace(",", "").rstrip(".") for n in _FIGURE.findall(body)} - held
        assert missing == set(), article["id"]
