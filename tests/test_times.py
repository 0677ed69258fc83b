"""When: expressions of time with their values, and the day of an event."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.days import days
from index.calendar.event_days import EventDays
from index.calendar.timeml import times

FRIDAY = date(2024, 9, 27)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("He spoke on Wednesday.", "2024-09-25"),
        ("They will meet on Wednesday.", "2024-10-02"),
        ("He spoke on Friday.", "2024-09-27"),
        ("It began yesterday evening.", "2024-09-26TEV"),
        ("It began on 8 October 2023.", "2023-10-08"),
        ("It began on Oct. 8, 2023.", "2023-10-08"),
        ("It ended on December 24.", "2023-12-24"),
        ("It will end on December 24.", "2024-12-24"),
        ("It came two weeks ago.", "2024-W37"),
        ("It came three days ago.", "2024-09-24"),
        ("It came last month.", "2024-08"),
        ("It comes next year.", "2025"),
        ("It lasted for 21 days.", "P21D"),
        ("It lasted for three weeks.", "P3W"),
        ("A two-month truce was signed.", "P2M"),
        ("They met in the 1990s.", "199"),
        ("They met in the 20th century.", "19"),
        ("They meet every Monday.", "XXXX-WXX-1"),
        ("Sales fell in the third quarter.", "2024-Q3"),
        ("It was signed in November 1995.", "1995-11"),
        ("They met in 1949, again in secret.", "1949"),
    ],
)
def test_values_count_from_the_day_of_publication(text: str, value: str) -> None:
    assert [t.value for t in times(text, FRIDAY)] == [value]


@pytest.mark.parametrize("text", ["Mr. May will sign.", "A 44-year-old man spoke.", "They may march.", "2024 people came."])
def test_what_is_no_time_has_no_value(text: str) -> None:
    assert times(text, FRIDAY) == []


def test_a_text_without_a_date_gives_no_day_that_it_does_not_say() -> None:
    assert [t.value for t in times("He spoke on Wednesday, on 8 October 2023 and in March.", None)] == ["2023-10-08", "XXXX-03"]


def test_an_event_takes_the_day_of_its_own_clause() -> None:
    text = "The truce that began on Monday was broken on Thursday. The army said so."
    days = EventDays(text, FRIDAY)
    assert days.of(text.index("began"), text.index("began") + 5) == date(2024, 9, 23)
    assert days.of(text.index("broken"), text.index("broken") + 6) == date(2024, 9, 26)
    assert days.of(text.index("said"), text.index("said") + 4) == FRIDAY


def test_a_time_that_only_bounds_dates_nothing() -> None:
    text = "The army has waited since August 2006 and struck again."
    assert EventDays(text, FRIDAY).of(text.index("struck"), text.index("struck") + 6) == FRIDAY


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="0123456789 aMonday,.-/'sthe lastyearMay\n", max_size=120))
def test_every_expression_reads_back(text: str) -> None:
    for one in times(text, FRIDAY):
        assert 0 <= one.start < one.end <= len(text)


def test_a_sentence_of_a_megabyte_ends() -> None:
    times("12 days ago and " * 60_000, FRIDAY)


def test_the_labelled_days_are_measured_over_other_peoples_articles(shared_data: Path) -> None:
    result = days(shared_data, [])
    assert result.unscored == 0
    assert result.passed, result.missed
