"""The gates: each at the start, the middle and the end of its input, and each shown doing work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.beside.locate import folded, locate
from briefing.claims import Citation, Claim
from briefing.support.builtin import BuiltIn
from briefing.verify import (
    GATES,
    Ground,
    Laid,
    Verifier,
    attribution,
    cause,
    cited,
    contributing,
    days,
    figures,
    gated,
    hedge,
    knowable,
    located,
    names,
    negation,
    offices,
    opposite,
    quoted_words,
    stance,
    wording,
)
from briefing.verify.ground import Gate
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


def verify(one: Claim, ground: Ground) -> Claim:
    """The sentence through gates and built-in checker."""
    (done,) = Verifier((BuiltIn(),)).verify([one], ground)
    return done


def why(gate: Gate, one: Claim, ground: Ground = GROUND) -> str | None:
    """What a gate says against a sentence."""
    return gate(Laid(one, ground)).reason


def about(text: str, source: str, **fields: object) -> tuple[Claim, Ground]:
    """A sentence that cites the whole of a source."""
    article = an_article(source)
    citation = Citation(n=1, article_id=article.id, external_id=None, start=0, end=len(source), quote=source)
    return Claim(id="c", text=text, form="reported", citations=(citation,), **fields), Ground({article.id: article}, WHEN)  # type: ignore[arg-type]


def test_a_sentence_in_its_sources_words_is_supported() -> None:
    checked = verify(claim("Israel Katz wrote on X: “There will be no ceasefire”.", speaker="Israel Katz"), GROUND)
    assert checked.reason is None
    assert checked.verdict is not None
    assert checked.verdict.label == "supported"


def test_a_sentence_without_a_citation_is_withheld_with_its_reason() -> None:
    bare = Claim(id="c", text="There will be no ceasefire.", form="reported")
    assert why(cited, bare) == "it has no citation"
    assert verify(bare, GROUND).reason == "it has no citation"


def test_a_counted_sentence_says_what_was_counted() -> None:
    counted = Claim(id="c", text="2 articles were left out.", form="computed")
    assert verify(counted, GROUND).reason == "it says what was counted but names no basis"
    assert verify(replace(counted, basis=("undated",)), GROUND).reason is None


def test_more_sources_than_a_reader_can_check_are_too_many() -> None:
    many = claim("x", "There", "will", "be", "no")
    assert why(cited, many) is None, "four passages of one source are one source"
    several = replace(many, citations=tuple(replace(c, n=n) for n, c in enumerate(many.citations, start=1)))
    assert "4 sources" in str(why(cited, several))


@pytest.mark.parametrize("quote", ["“There will", "Some 27,000 people", "by officials."])
def test_a_quote_must_stand_where_it_is_said_to(quote: str) -> None:
    good = claim("x", quote)
    assert why(located, good) is None
    (one,) = good.citations
    for wrong in (
        replace(one, quote=quote + "!"),
        replace(one, start=one.start + 1),
        replace(one, end=one.end - 1),
        replace(one, article_id="b" * 20),
        replace(one, quote="", start=one.start, end=one.start),
    ):
        assert why(located, replace(good, citations=(wrong,))) is not None


def test_what_was_not_knowable_by_the_as_of_is_withheld() -> None:
    later = Ground({"a" * 20: an_article(knowable_from=datetime(2024, 9, 28, tzinfo=UTC))}, WHEN)
    undated = Ground({"a" * 20: an_article(knowable_from=None)}, WHEN)
    assert why(knowable, claim("x"), later) == "source [1] was not knowable at the as-of time"
    assert why(knowable, claim("x"), undated) == "source [1] has no date"


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
    assert (why(quoted_words, claim(text)) is None) is stands


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
    assert (why(figures, claim(text)) is None and why(days, claim(text)) is None) is stands


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
    assert (why(names, claim(text)) is None) is stands


def test_a_speakers_own_name_office_and_party_are_known() -> None:
    said = claim("John Kirby, the US spokesman of Atlantis, said so.", speaker="John Kirby", party="United States")
    assert why(names, said) == "the name Atlantis is not in its citations"
    with_words = replace(GROUND, party_words={"United States": "United States US American Atlantis"})
    assert why(names, said, with_words) is None


def test_a_sentence_about_something_else_is_unsupported() -> None:
    other = verify(claim("the harvest of olives was poor after drought and locusts"), GROUND)
    assert other.verdict is not None
    assert other.verdict.label == "unsupported"
    assert str(other.reason).startswith("its citations do not carry it (built-in/1 0.")


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


STRIKE = (
    "Israel struck a depot near Tyre on Wednesday, killing 12 soldiers, Lebanon’s health ministry said. "
    "Prime Minister Najib Mikati may travel to New York, his office said. "
    "“We have not accepted the three-week plan,” Vice President Omar Dalal told reporters. "
    "The United States proposed a pause because talks in Cairo had stalled."
)


@pytest.mark.parametrize(
    ("gate", "text", "reason"),
    [
        # figures: at the start, the middle and the end
        (figures, "Thirteen soldiers died near Tyre, Lebanon’s health ministry said.", "the figure Thirteen"),
        (figures, "Israel struck a depot near Tyre on Wednesday, killing 14 soldiers, Lebanon’s health ministry said.", "the figure 14"),
        (figures, "The plan was for 30 days", "the figure 30 days"),
        (figures, "Israel struck a depot near Tyre on Wednesday, killing 12 civilians, Lebanon’s health ministry said.", "it counts civilians"),
        (figures, "The 21-day plan was not accepted.", None),
        (figures, "A dozen soldiers were killed.", None),
        # days
        (days, "On Thursday Israel struck a depot near Tyre.", "the day Thursday"),
        (days, "Israel struck on 25 September a depot near Tyre.", None),
        (days, "Israel struck a depot near Tyre on 24 September", "the day 24 September"),
        # names, also where two changed places
        (names, "Hamas struck a depot near Tyre on Wednesday.", "the name Hamas"),
        (names, "Israel struck a depot near Cairo on Wednesday, killing 12 soldiers, Lebanon’s health ministry said.", "it has Cairo where its citation has Tyre"),
        (names, "A depot near Tyre was struck by Israel.", None),
        (names, "A depot near Tyre was struck by Egypt", "the name Egypt"),
        # offices
        (offices, "Foreign Minister Najib Mikati may travel to New York.", "the office Foreign Minister"),
        (offices, "“We have not accepted the three-week plan,” President Omar Dalal told reporters.", "it has President where its citation has Vice President"),
        (offices, "The traveller was Prime Minister Mikati", None),
        # negation and hedge
        (negation, "“We have accepted the three-week plan,” Vice President Omar Dalal told reporters.", "the negation of its citation is gone"),
        (negation, "Israel has not struck a depot near Tyre on Wednesday, killing 12 soldiers.", "it denies what its citation does not deny"),
        (negation, "The plan was not accepted by Dalal", None),
        (hedge, "Prime Minister Najib Mikati will travel to New York, his office said.", "the hedge of its citation is gone"),
        (hedge, "Prime Minister Najib Mikati could travel to New York, his office said.", None),
        # stance, opposites, cause
        (stance, "The United States agreed to a pause.", "it takes a stance that its citations do not take (endorses"),
        (stance, "A pause was proposed by the United States.", None),
        (opposite, "The United States agreed a pause because talks in Cairo had stalled.", "it says “agreed” where its citation says “proposed”"),
        (cause, "Israel struck a depot near Tyre because of rocket fire.", "it gives a cause that its citations do not give"),
        (cause, "Because talks in Cairo had stalled, the United States proposed a pause.", None),
        # attribution: dropped, moved, shared out
        (attribution, "Israel struck a depot near Tyre on Wednesday, killing 12 soldiers.", "it asserts what its citation only gives as said"),
        (attribution, "Israel struck a depot near Tyre on Wednesday, killing 12 soldiers, Najib Mikati said.", "it gives Najib Mikati words"),
        (attribution, "Omar Dalal and Lebanon’s health ministry said Israel struck a depot near Tyre on Wednesday, killing 12 soldiers.", "it gives Omar Dalal and Lebanon's health ministry words"),
        (attribution, "Lebanon’s health ministry said that Israel struck a depot near Tyre on Wednesday, killing 12 soldiers.", None),
    ],
)  # fmt: skip
def test_each_gate_stops_what_is_its_own_and_nothing_else(gate: Gate, text: str, reason: str | None) -> None:
    one, ground = about(text, STRIKE)
    outcome = gate(Laid(one, ground))
    if reason is None:
        assert outcome.what == "passed", outcome.reason
    else:
        assert str(outcome.reason).startswith(reason)


def test_every_gate_says_when_it_found_nothing_to_check() -> None:
    one, ground = about("the harvest was poor", "The harvest was poor.")
    outcomes = {gate.__name__: gate(Laid(one, ground)).what for gate in GATES}
    assert {name for name, what in outcomes.items() if what == "passed"} == {"cited", "located", "knowable"}
    assert all(what == "nothing to check" for name, what in outcomes.items() if name not in {"cited", "located", "knowable"})


def test_the_number_in_an_outlets_name_grounds_no_figure() -> None:
    one, ground = about("24 people were killed.", "People were killed, France 24 reported.")
    assert why(figures, one, ground) == "the figure 24 is not in its citations"
    one, ground = about("24 people were killed.", "24 people were killed, France 24 reported.")
    assert why(figures, one, ground) is None


def test_a_citation_that_holds_nothing_of_the_sentence_is_there_for_show() -> None:
    two = claim("People were displaced.", "Some 27,000 people were displaced", "important breakthrough")
    assert why(contributing, two) == "citation [1] holds nothing of what the sentence says"
    assert Laid(claim("x", "There"), GROUND) and contributing(Laid(claim("x", "There"), GROUND)).what == "nothing to check"


def test_names_that_changed_places_in_a_list_say_the_same() -> None:
    one, ground = about("Talks between Ukraine and Russia went on.", "Talks between Russia and Ukraine went on.")
    assert why(names, one, ground) is None
    one, ground = about("Ukraine attacked Russia at dawn.", "Russia attacked Ukraine at dawn.")
    assert str(why(names, one, ground)).startswith("it has Russia where its citation has Ukraine")


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("Iran has stopped arming Hezbollah.", "Under the deal Iran would have to stop arming Hezbollah.", "the hedge"),
        ("The ceasefire collapsed on Tuesday.", "The ceasefire nearly collapsed on Tuesday.", "the hedge"),
        ("Hamas has released all hostages.", "Hamas has offered to release all hostages.", "the hedge"),
        ("Talks in Doha produced a breakthrough.", "Talks in Doha failed to produce a breakthrough.", "the negation"),
        ("More than 300 trucks entered Gaza.", "Fewer than 300 trucks entered Gaza.", "it has at least 300"),
        ("At most 300 trucks entered Gaza.", "At least 300 trucks entered Gaza.", "it has at most 300"),
        ("Biden was told by Netanyahu's aides so.", "Biden told Netanyahu's aides so.", "who did it and to whom"),
        (
            "Troops will leave Lebanon if the deal collapses.",
            "Troops will leave Lebanon if the deal holds.",
            "it says “collapses”",
        ),
        ("All troops left Lebanon on Sunday.", "Some troops left Lebanon on Sunday.", "it says “All”"),
        ("Troops will leave Lebanon on Sunday.", "Troops will leave Lebanon on Sunday if the deal holds.", "the condition"),
        ("The proposal was rejected by Hamas.", "Hamas turned the proposal down.", None),
        ("The parties failed to agree in Cairo.", "The parties did not agree in Cairo.", None),
        ("Israel and Hezbollah agreed to a 21-day truce.", "Hezbollah and Israel accepted a three-week ceasefire.", None),
        ("The truce is to last 60 days.", "The truce is to last two months.", None),
        ("Every hostage in the group is a woman.", "The group of hostages is only women.", None),
        ("A Syrian minister spoke.", "A minister of Syria spoke.", None),
        ("The 27-year-old minister spoke.", "The minister, 27, spoke.", None),
    ],
)
def test_what_a_fresh_reader_found_passing_or_stopped_is_not_any_more(text: str, source: str, reason: str | None) -> None:
    one, ground = about(text, source)
    stop = gated(one, ground)[1]
    assert (stop is None) if reason is None else str(stop).startswith(reason), stop


@pytest.mark.parametrize(
    ("outlet", "url", "text", "stands"),
    [
        ("cnbc.com", None, "CNBC reported on 27 September that some 27,000 people were displaced.", True),
        ("jpost", None, "The Jerusalem Post wrote that some 27,000 people were displaced on 25 September.", True),
        (
            "Sample",
            "https://www.nytimes.com/a",
            "The New York Times noted on 27 September that some 27,000 people were displaced.",
            True,
        ),
        ("cnbc.com", None, "The Jerusalem Post wrote that some 27,000 people were displaced on 25 September.", False),
        ("cnbc.com", None, "Some 27,000 people were displaced on 27 September, according to CNBC.", False),
    ],
)
def test_the_outlet_of_a_citation_is_known_by_its_name_and_its_day(outlet: str, url: str | None, text: str, stands: bool) -> None:
    laid = Laid(claim(text), Ground({"a" * 20: an_article(outlet=outlet, url=url)}, WHEN))
    assert (names(laid).what != "stopped" and days(laid).what != "stopped") is stands


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Ann Lee said that the truce ends should the talks fail.", True),
        ("Ann Lee said that the truce should end as the talks fail.", False),
    ],
)
def test_should_before_a_subject_is_if(text: str, stands: bool) -> None:
    laid = Laid(*about(text, "Ann Lee said that the truce ends if the talks fail."))
    assert (wording.condition(laid).what != "stopped") is stands


def test_what_a_citation_denies_is_not_told_whatever_stands_between() -> None:
    told, ground = about(
        "Ann Lee, the envoy of Chad, said that there will be talks.", "“There will be no talks,” envoy Ann Lee said."
    )
    assert why(negation, told, ground) == "the negation of its citation is gone (“no talks”)"
