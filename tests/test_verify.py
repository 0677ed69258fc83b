"""The gates: each at the start, the middle and the end of its input, and each shown doing work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.claims import Citation, Claim
from briefing.locate import folded, locate
from briefing.verify import Ground, cited, knowable, located, names, numbers, quoted_words, verify
from index.article import Article

WHEN = datetime(2024, 9, 27, 4, tzinfo=UTC)
TEXT = (
    "“There will be no ceasefire,” Foreign Minister Israel Katz wrote on X. Some 27,000 people were displaced on Wednesday."
    " The three-week plan was called an “important breakthrough” by officials."
)


def an_article(text: str = TEXT, **fields: object) -> Article:
    base: dict[str, object] = {
        "id": "a" * 20,
        "outlet": "Sample",
        "published": WHEN,
        "first_seen": WHEN,
        "knowable_from": WHEN,
        "origin_id": "o",
    }
    return Article(text=text, **{**base, **fields})  # type: ignore[arg-type]


GROUND = Ground({"a" * 20: an_article()}, WHEN)


def citing(*quotes: str, text: str = TEXT) -> tuple[Citation, ...]:
    return tuple(
        Citation(n=1, article_id="a" * 20, external_id=None, start=text.index(q), end=text.index(q) + len(q), quote=q)
        for q in quotes
    )


def claim(text: str, *quotes: str, **fields: object) -> Claim:
    return Claim(id="c", text=text, form="reported", citations=citing(*(quotes or (TEXT,))), **fields)  # type: ignore[arg-type]


def test_a_sentence_in_its_sources_words_is_supported() -> None:
    checked = verify(claim("Israel Katz wrote on X: “There will be no ceasefire”.", speaker="Israel Katz"), GROUND)
    assert checked.reason is None
    assert checked.verdict is not None
    assert (checked.verdict.label, checked.verdict.score) == ("supported", 1.0)


def test_a_sentence_without_a_citation_is_withheld_with_its_reason() -> None:
    bare = Claim(id="c", text="There will be no ceasefire.", form="reported")
    assert cited(bare, GROUND) == "it has no citation"
    assert verify(bare, GROUND).reason == "it has no citation"


def test_a_counted_sentence_says_what_was_counted() -> None:
    counted = Claim(id="c", text="2 articles were left out.", form="computed")
    assert verify(counted, GROUND).reason == "it says what was counted but names no basis"
    assert verify(replace(counted, basis=("undated",)), GROUND).reason is None


def test_more_citations_than_a_reader_can_check_are_too_many() -> None:
    assert "4 citations" in str(cited(claim("x", "There", "will", "be", "no"), GROUND))


@pytest.mark.parametrize("quote", ["“There will", "Some 27,000 people", "by officials."])
def test_a_quote_must_stand_where_it_is_said_to(quote: str) -> None:
    good = claim("x", quote)
    assert located(good, GROUND) is None
    (one,) = good.citations
    for wrong in (
        replace(one, quote=quote + "!"),
        replace(one, start=one.start + 1),
        replace(one, end=one.end - 1),
        replace(one, article_id="b" * 20),
        replace(one, quote="", start=one.start, end=one.start),
    ):
        assert located(replace(good, citations=(wrong,)), GROUND) is not None


def test_what_was_not_knowable_by_the_as_of_is_withheld() -> None:
    later = Ground({"a" * 20: an_article(knowable_from=datetime(2024, 9, 28, tzinfo=UTC))}, WHEN)
    undated = Ground({"a" * 20: an_article(knowable_from=None)}, WHEN)
    assert knowable(claim("x"), later) == "source [1] was not knowable at the as-of time"
    assert knowable(claim("x"), undated) == "source [1] has no date"


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("“There will be no ceasefire” at the start.", True),
        ("“There may be no ceasefire” at the start.", False),
        ('In the middle "there will be no ceasefire" too.', True),
        ("In the middle “there was no ceasefire” too.", False),
        ("At the end an “important breakthrough”.", True),
        ("At the end a “minor breakthrough”.", False),
    ],
)
def test_quoted_words_stand_in_the_citations(text: str, stands: bool) -> None:
    assert (quoted_words(claim(text), GROUND) is None) is stands


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("27,000 people were displaced.", True),
        ("27000 people were displaced.", True),
        ("28,000 people were displaced.", False),
        ("The plan is for three weeks.", True),
        ("The plan is for four weeks.", False),
        ("It happened on 25 September.", True),  # Wednesday, by the article's own date
        ("It happened on 24 September.", False),
        ("The G7 spoke.", True),
        ("Displaced: 27,001", False),
    ],
)
def test_figures_stand_in_the_citations(text: str, stands: bool) -> None:
    assert (numbers(claim(text), GROUND) is None) is stands


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The minister Israel Katz wrote it.", True),
        ("The minister Yoav Gallant wrote it.", False),
        ("Displaced were people, said Katz", True),
        ("Displaced were people, said Gallant", False),
        ("Then Hezbollah answered.", False),
    ],
)
def test_names_stand_in_the_citations(text: str, stands: bool) -> None:
    assert (names(claim(text), GROUND) is None) is stands


def test_a_speakers_own_name_office_and_party_are_known() -> None:
    said = claim("John Kirby, the US spokesman, said so.", speaker="John Kirby", party="United States")
    assert names(said, GROUND) is not None
    with_words = replace(GROUND, party_words={"United States": "United States US American"})
    assert names(said, with_words) is None


def test_a_sentence_about_something_else_is_unsupported_and_one_in_half_is_partial() -> None:
    other = verify(claim("the harvest of olives was poor because of drought and locusts"), GROUND)
    assert other.verdict is not None
    assert other.verdict.label == "unsupported"
    assert "of its words" in str(other.reason)
    half = verify(claim("people were displaced by floods and drought on plan"), GROUND)
    assert half.verdict is not None
    assert half.verdict.label == "partial"


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ('it\'s "over"', "So it’s “over” now", "it’s “over”"),
        ("a - b...", "x a – b… y", "a – b…"),
        ("one two", "one\n\n  two", "one\n\n  two"),
        ("word", "wo\u200brd", "wo\u200brd"),
        ("ﬁre", "fire", "fire"),
        ("missing", "not here", None),
        ("", "anything", None),
        ("fuzzy match", "fuzzy natch", None),
    ],
)
def test_a_quote_is_located_exactly_or_not_at_all(quote: str, text: str, found: str | None) -> None:
    at = locate(quote, text)
    assert (None if at is None else text[slice(*at)]) == found


@settings(deadline=None, max_examples=200)
@given(st.text(min_size=1, max_size=120), st.data())
def test_every_slice_of_a_text_is_located_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    at = locate(quote, text)
    if folded(quote):
        assert at is not None
        assert folded(text[slice(*at)]) == folded(quote)
