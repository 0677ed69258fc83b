"""The same sentence says the same everywhere: in a brief, in an answer, in the ledger, and where an article shows what was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from briefing import topics
from briefing.claims import Claim
from briefing.contract.ledger import read_json
from briefing.desk import Desk

TOPIC = "israel-hezbollah"
DEMO = datetime(2024, 9, 27, 6, tzinfo=UTC)
QUESTIONS = (
    "Has Israel accepted the ceasefire proposal?",
    "What did Israel’s foreign minister say about a ceasefire?",
    "Who proposed the 21-day ceasefire?",
    "What does the White House say?",
    "How many people were killed in Lebanon?",
)


@pytest.fixture(scope="module")
def shown(shared_sample_desk: Desk) -> dict[str, dict[int, list[dict[str, Any]]]]:
    """What `article ID --statements` shows, by article and by where the sentence starts."""
    found: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for article in shared_sample_desk.articles():
        seen = shared_sample_desk.seen(article.id, TOPIC)
        told = read_json(seen.read, seen.seen, seen.article, seen.topic)
        by_start: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in (*told["statements"], *told["sentences"]):
            by_start[row["start"]].append(row)
        found[article.id] = by_start
    return found


def _same(claim: Claim, shown: dict[str, dict[int, list[dict[str, Any]]]]) -> None:
    cited = claim.citations[0]
    rows = shown[cited.article_id].get(cited.start, [])
    assert rows, f"nothing is shown for {claim.text!r}"
    who = (claim.speaker, claim.party, claim.anonymous)
    same = [r for r in rows if (r["speaker"], r["party"], r["anonymous"]) == who]
    unsaid = [  # told by the reporter, or by somebody who is not certain: then the words stand as they are, as nobody's
        r
        for r in rows
        if who == (None, None, None)
        and (r["narration"] or any(c["field"] == "speaker" and not c["sure"] for c in r["certainty"]))
    ]
    assert same or unsaid, f"{claim.text!r} has {who}, and {rows} is shown"
    day = claim.event_date.isoformat() if claim.event_date else None
    assert any(r["event_date"] == day for r in same or unsaid), claim.text
    if claim.stance is not None:
        assert any((r["stance"], r["stance_of"]) == (claim.stance, claim.stance_of) for r in same), claim.text


def _cited(claims: Iterable[Claim]) -> list[Claim]:
    return [c for c in claims if c.citations and "header" not in c.id]


@pytest.mark.parametrize("days", range(-3, 2))
def test_every_sentence_of_a_brief_is_shown_with_its_article(
    days: int, shared_sample_desk: Desk, shown: dict[str, dict[int, list[dict[str, Any]]]]
) -> None:
    brief = shared_sample_desk.draft(TOPIC, as_of=DEMO + timedelta(days=days)).brief
    for claim in _cited((*brief.claims, *brief.withheld)):
        _same(claim, shown)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_of_an_answer_is_shown_with_its_article(
    question: str, shared_sample_desk: Desk, shown: dict[str, dict[int, list[dict[str, Any]]]]
) -> None:
    answer = shared_sample_desk.ask(question, as_of=DEMO, topic_name=TOPIC)
    for claim in _cited((*answer.claims, *answer.withheld)):
        _same(claim, shown)


def test_every_entry_of_the_ledger_is_shown_with_its_article(
    shared_sample_desk: Desk, shown: dict[str, dict[int, list[dict[str, Any]]]]
) -> None:
    ledger = shared_sample_desk.ledger(TOPIC, as_of=DEMO).ledger
    assert ledger.entries
    for entry in ledger.entries:
        speaker = entry.speaker
        rows = shown[entry.article.id][entry.statement.start]
        told = (speaker.name if speaker else None, speaker.party if speaker else None, entry.statement.stance)
        assert told in {_of_certain(r) for r in rows}


def _of_certain(row: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """What of a row of `article ID --statements` is certain: speaker, party, stance."""
    unsure = {c["field"] for c in row["certainty"] if not c["sure"]}
    if "speaker" in unsure:
        return None, None, None
    return row["speaker"], row["party"], None if "stance" in unsure else row["stance"]


def test_a_topic_that_ships_sees_what_was_read_once(shared_sample_desk: Desk) -> None:
    """A second topic reads nothing again."""
    assert shared_sample_desk.read() == 0
    for name in topics.names():
        shared_sample_desk.ledger(name, as_of=DEMO)
    assert shared_sample_desk.read() == 0
