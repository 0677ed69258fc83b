"""Versions of a page, and pages rewritten under their first date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.archive import Archive, NewArticle
from index.calendar.instants import parse_stamp
from index.rewritten import rewritten
from index.urls import canonical

NOW = datetime(2024, 12, 1, tzinfo=UTC)
DAY = date(2024, 9, 26)


@pytest.mark.parametrize(
    "spelled",
    [
        "https://www.sample.invalid/news/a",
        "http://m.sample.invalid/news/a/",
        "https://amp.sample.invalid/news/a/index.html",
        "https://sample.invalid/news/a?amp",
        "https://sample.invalid/news/a/amp/",
        "https://sample.invalid/amp/news/a",
        "https://sample.invalid/news/a?utm_campaign=x&outputType=amp",
        "https://sample.invalid/news/a/index.html&quot;",
        "https://sample.invalid/news/a%E2%80%9D",
    ],
)
def test_telephone_tracking_and_stray_spellings_are_one_page(spelled: str) -> None:
    assert canonical(spelled) == "https://sample.invalid/news/a"


def new(text: str, url: str, published: str, title: str = "A title", outlet: str = "Sample Daily") -> NewArticle:
    return NewArticle(outlet=outlet, text=text, url=url, title=title, published=parse_stamp(published))


def test_a_cosmetic_change_is_no_version(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a.db")
    first = new("“The truce holds,” he said.", "https://sample.invalid/a", "2024-09-26T10:00Z")
    restyled = new('"The  truce holds", he said.\n', "https://sample.invalid/a?utm_source=x", "2024-09-26T10:00Z")
    assert [a.kind for a in archive.add([first, restyled], now=NOW)] == ["new", "unchanged"]
    archive.close()


def test_a_story_put_out_again_under_a_new_headline_and_address_at_the_same_instant_is_a_version(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a.db")
    stamp = "2024-11-26T18:03:11Z"
    first = new("Ministers are meeting now.", "https://sample.invalid/1", stamp, "Cabinet must approve truce, sources say")
    again = new("Ministers have met.", "https://sample.invalid/2", stamp, "Cabinet approves truce, sources say")
    other = new("A storm is coming to the coast.", "https://sample.invalid/3", stamp, "Storm warning for the coast")
    kinds = [a.kind for a in archive.add([first, again, other], now=NOW)]
    assert kinds == ["new", "version", "new"]
    archive.close()


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Updated: 28 September 2024\n\nThe strike came early in the week.", date(2024, 9, 28)),
        ("Talks began on Sept. 27. Ministers met on Sept. 29 and signed a paper.", date(2024, 9, 29)),
        ("The attack of October 7 was remembered. It was on October 7 that it began.", None),
        ("A meeting is planned for September 30. It will begin on October 2.", None),
        ("The truce ran until October 3, it was agreed.", None),
        ("It happened on September 24 and was told on September 25.", None),
        ("Nothing is said of days.", None),
    ],
)
def test_a_text_that_tells_of_days_after_its_own_is_noticed(text: str, until: date | None) -> None:
    found = rewritten(text, "A title", DAY)
    assert (found.until if found else None) == until


def test_a_rewritten_page_is_knowable_from_the_latest_day_it_tells_of(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a.db")
    text = "Talks began on Sept. 27. Ministers met on Sept. 29 and signed a paper."
    (added,) = archive.add([new(text, "https://sample.invalid/live", "2024-09-26T08:00Z", "Live updates")], now=NOW)
    article = archive.get(added.id)
    assert article.knowable_from is not None
    assert article.knowable_from.isoformat() == "2024-09-29T23:59:59+00:00"
    assert any("rewritten under its first date" in note for note in article.notes)
    archive.close()
