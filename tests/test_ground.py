"""Times, addresses, sentences, passages: the ground everything stands on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article, article_id, text_key
from index.calendar.instants import iso, parse_stamp
from index.origins import credit, family, fingerprint
from index.passages import LONGEST, split
from index.sentences import sentences
from index.urls import canonical

TEXTS = st.text(alphabet=st.sampled_from("ab Z.!?“”\"'’…\n\r\t1,–—ء中U.S"), max_size=400) | st.text(max_size=300)


def an_article(text: str, **fields: object) -> Article:
    base = {
        "id": "a" * 20,
        "outlet": "Sample Wire",
        "first_seen": datetime(2024, 9, 27, tzinfo=UTC),
        "knowable_from": datetime(2024, 9, 27, tzinfo=UTC),
        "published": datetime(2024, 9, 27, tzinfo=UTC),
        "origin_id": "o1",
    }
    return Article(text=text, **{**base, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "instant", "is_day"),
    [
        ("2024-09-27T06:00Z", "2024-09-27T06:00:00Z", False),
        ("2024-09-25T21:23:59-04:00", "2024-09-26T01:23:59Z", False),
        ("2024-09-27 06:00:00", "2024-09-27T06:00:00Z", False),
        ("2024-09-27", "2024-09-27T00:00:00Z", True),
        ("Fri, 27 Sep 2024 06:00:00 +0200", "2024-09-27T04:00:00Z", False),
    ],
)
def test_times_are_read_as_utc(written: str, instant: str, is_day: bool) -> None:
    stamp = parse_stamp(written)
    assert (iso(stamp.instant), stamp.is_day) == (instant, is_day)


@pytest.mark.parametrize("written", ["yesterday", "", "2024-13-01", "2024-09-31", "27/09/2024", "٢٠٢٤", "9" * 400])
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"not a time|day is out of range|month must be"):
        parse_stamp(written)


def test_a_day_without_a_time_is_knowable_at_its_end() -> None:
    assert iso(parse_stamp("2024-09-27").knowable) == "2024-09-27T23:59:59Z"


def test_the_outlets_own_calendar_day_is_kept() -> None:
    stamp = parse_stamp("2024-09-25T21:23:59-04:00")
    article = an_article("x", published=stamp.instant, published_offset=stamp.offset)
    assert article.local_day == date(2024, 9, 25)


@pytest.mark.parametrize(
    "same",
    [
        "http://www.Example.org/a/index.html",
        "https://example.org/a/?utm_source=x&fbclid=1#top",
        "https://example.org:443/a",
    ],
)
def test_one_page_has_one_address(same: str) -> None:
    assert canonical(same) == "https://example.org/a"


def test_another_query_is_another_page() -> None:
    assert canonical("https://example.org/?id=1") != canonical("https://example.org/?id=2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. said so. He left.", ["The U.S. said so.", "He left."]),
        ("He met Sen. Tim Kaine. They talked.", ["He met Sen. Tim Kaine.", "They talked."]),
        ("It was 9:33 p.m. The call began.", ["It was 9:33 p.m.", "The call began."]),
        ("John F. Kennedy spoke.", ["John F. Kennedy spoke."]),
        (
            "“No ceasefire,” Katz wrote on X. Soon after, he left.",
            ["“No ceasefire,” Katz wrote on X.", "Soon after, he left."],
        ),
        ("“Stop!” he said. “Now.” They stopped.", ["“Stop!” he said.", "“Now.”", "They stopped."]),
        ("“Is it over?” she asked.", ["“Is it over?” she asked."]),
        ("From Oct. 8 to Sept. 25 it went on.", ["From Oct. 8 to Sept. 25 it went on."]),
        ("It cost 3.5 million. Too much.", ["It cost 3.5 million.", "Too much."]),
        ("A line\nAnother line", ["A line", "Another line"]),
        ("“It is over.”\n\n“It is not.”", ["“It is over.”", "“It is not.”"]),
        ("The U.S. Congress met.", ["The U.S. Congress met."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[s:e] for s, e in sentences(text)] == expected


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_every_sentence_reads_back_and_nothing_visible_is_lost(text: str) -> None:
    spans = sentences(text)
    assert all(0 <= s < e <= len(text) for s, e in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = "".join(text[s:e] for s, e in spans)
    assert "".join(covered.split()) == "".join(text.split())


@settings(deadline=None, max_examples=200)
@given(TEXTS.map(lambda t: t * 5))
def test_every_passage_is_a_slice_of_its_article_and_short_enough(text: str) -> None:
    article = an_article(text)
    passages = split(article)
    assert all(text[p.start : p.end] == p.text and len(p.text) <= LONGEST for p in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    assert "".join("".join(p.text for p in passages).split()) == "".join(text.split())


def test_an_endless_sentence_is_cut_at_a_space() -> None:
    passages = split(an_article("word " * 2000))
    assert len(passages) > 8
    assert all(not p.text.startswith("ord") for p in passages)


def test_identity_comes_from_outlet_address_and_exact_text() -> None:
    assert article_id("A", "u", "text") != article_id("A", "u", "text ")
    assert article_id("A", "u", "text") != article_id("B", "u", "text")
    assert text_key("Hello, “world”!") == text_key("hello world")


def test_the_same_text_restyled_has_the_same_fingerprint() -> None:
    text = "The United States and France called on Wednesday for an immediate ceasefire. " * 4
    assert fingerprint(text) == fingerprint(text.upper().replace(",", ";"))


@pytest.mark.parametrize(
    ("text", "who", "syndicated"),
    [
        ("WASHINGTON, Sept 26 (Sample Wire) – Talks go on.", "Sample Wire", True),
        ("BEIRUT (AP) — Talks go on.", "Associated Press", True),
        ("Talks go on.\n\nSource: Sample Wire", "Sample Wire", True),
        ("Talks go on.\n\n(This story comes from a syndicated feed of Sample Wire.)", "Sample Wire", True),
        ("Talks go on.\n\n(This story is auto-generated from a syndicated feed.)", None, True),
        ("Talks go on. Reuters could not confirm it.", None, False),
        ("BEIRUT (Monday) – Talks go on.", None, False),
    ],
)
def test_a_text_says_whose_it_is(text: str, who: str | None, syndicated: bool) -> None:
    assert credit(text) == (who, syndicated)


def test_one_publisher_under_several_names_is_one_family() -> None:
    assert family("BBC.com") == family("BBC News")
    assert family("Sample Wire") != family("Sample Daily")
