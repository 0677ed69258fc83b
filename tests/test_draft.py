"""The extractive brief on the sample: complete, sourced to the character, nothing from after the as-of, readable."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from briefing import topics
from briefing.claims import UNCITED_FORMS, Brief
from briefing.contract import brief_json
from briefing.desk import Desk
from briefing.draft import plan
from briefing.draft.assemble import core_words
from briefing.draft.compose import dated
from briefing.draft.plan import CORE_WORDS, MOST_WORDS, PLAN, SECTIONS
from briefing.render import markdown
from briefing.settings import Settings
from evals.briefs import is_complete, repeats
from index.calendar.instants import parse_stamp
from index.errors import Misuse

TOPIC = "israel-hezbollah"
DEMO = parse_stamp("2024-09-27T06:00Z").instant


@pytest.fixture(scope="module")
def brief(shared_sample_desk: Desk) -> Brief:
    return shared_sample_desk.draft(TOPIC, as_of=DEMO).brief


def section(brief: Brief, name: str) -> str:
    return " ".join(c.text for s in brief.sections if s.id == name for c in s.claims)


def test_the_brief_has_its_sections_in_order(brief: Brief) -> None:
    assert [s.id for s in brief.sections] == [s.id for s in PLAN if s.id != "assessment"]  # a person's, and off
    assert is_complete(brief)


def test_the_bottom_line_says_what_is_proposed_by_whom_what_is_answered_and_what_goes_on(brief: Brief) -> None:
    bottom = section(brief, "bottom_line")
    assert "21 day ceasefire" in bottom
    assert "United States, France and others" in bottom
    assert "There will be no ceasefire" in bottom
    assert "Israel Katz" in bottom
    assert "active discussions" in bottom
    assert not re.search(r"Gaza|Hamas|hostage", bottom)


def test_a_party_that_said_nothing_is_said_to_have_said_nothing(brief: Brief) -> None:
    assert "No statement on the talks was found from Hezbollah or Lebanon" in section(brief, "gaps")


def test_what_is_to_come_is_told_as_it_is_written_where_its_speaker_is_not_certain(tmp_path: Path) -> None:
    told = "The ministers of Israel and Lebanon are to meet in Cyprus on April 27 for ceasefire talks, a spokeswoman said."
    row = {"title": "Talks", "source": "Trial", "published": "2026-04-14T10:00Z", "text": told}
    (tmp_path / "one.jsonl").write_text(json.dumps(row))
    desk = Desk(Settings(data=tmp_path / "own"))
    desk.ingest([tmp_path / "one.jsonl"])
    brief = desk.draft(TOPIC, as_of=parse_stamp("2026-04-14T20:00Z").instant).brief
    claims = [c for s in brief.sections for c in s.claims if "are to meet in Cyprus on April 27" in c.text]
    assert claims and all(c.speaker is None and c.anonymous is None for c in claims)


def test_two_voices_of_one_government_are_two_rows(brief: Brief) -> None:
    (positions,) = [s for s in brief.sections if s.id == "positions"]
    rows = [dict(row.cells) for row in positions.rows or ()]
    speakers = {row["speaker"] for row in rows if row["party"] == "Israel"}
    assert {"Israel Katz", "Netanyahu’s office"} <= speakers
    assert all(len(row["words"].split()) <= MOST_WORDS for row in rows)


def test_every_citation_resolves_to_the_character_through_the_command_everyone_uses(
    brief: Brief, shared_sample_desk: Desk
) -> None:
    claims = [*brief.claims, *brief.withheld]
    cited = [c for claim in claims for c in claim.citations]
    assert len(cited) >= 14
    for citation in cited:
        article, _ = shared_sample_desk.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote


def test_every_sentence_is_cited_or_says_what_was_counted(brief: Brief) -> None:
    for claim in brief.claims:
        assert bool(claim.citations) != (claim.form in UNCITED_FORMS), claim
        assert claim.verdict is not None
        assert claim.verdict.label != "unsupported"
        assert claim.citations or claim.basis


def test_sentences_are_short_and_none_is_said_twice(brief: Brief) -> None:
    for claim in brief.claims:
        assert len(claim.text.split()) <= MOST_WORDS, claim.text
    core = [c for s in brief.sections if SECTIONS[s.id].core for c in s.claims]
    assert list(repeats(core)) == []
    assert core_words(brief.sections) <= CORE_WORDS


def test_a_row_refers_to_the_sentence_that_says_it_already(brief: Brief) -> None:
    known = {c.id: c for c in brief.claims}
    rows = [(s.id, row) for s in brief.sections for row in s.rows or ()]
    assert all(row.claims and set(row.claims) <= set(known) for _, row in rows)
    (katz,) = [row for name, row in rows if name == "positions" and dict(row.cells)["speaker"] == "Israel Katz"]
    assert katz.claims[0].startswith("bottom_line-")
    assert dict(katz.cells)["stance"] == "rejects"
    assert known[katz.claims[0]].stance in {"rejects", None}  # in another article the same words may be less certain


def test_every_cell_of_a_proposal_stands_on_a_sentence_of_its_row(brief: Brief) -> None:
    known = {c.id: c for c in brief.claims}
    (proposals,) = [s for s in brief.sections if s.id == "proposals"]
    (row,) = proposals.rows or ()
    cells, carried = dict(row.cells), " ".join(known[i].text for i in row.claims)
    assert cells["sponsors"] in {"the United States, France and others", "–"}
    assert re.search("duration: 21.day", cells["terms"])
    assert re.search("21.day", carried)
    assert cells["status"] == "rejects: Israel Katz (Israel), 27 September"
    assert "There will be no ceasefire" in carried


def test_standing_questions_are_answered_or_said_not_to_be(brief: Brief) -> None:
    (asked,) = [s for s in brief.sections if s.id == "requirements"]
    rows = [dict(row.cells) for row in asked.rows or ()]
    assert [row["question"] for row in rows] == list(topics.load(TOPIC).requirements)
    answers = {row["question"]: row for row in rows}
    assert (
        "no ceasefire" in answers["Has the government of Israel formally accepted or rejected the ceasefire proposal?"]["words"]
    )
    silent = answers["What has Hezbollah or the government of Lebanon said about a ceasefire?"]
    assert (silent["answered"], silent["words"]) == ("no information", "no new information")


def test_the_first_brief_says_so_and_a_day_without_news_says_that_nothing_moved(sample_desk: Desk) -> None:
    first = sample_desk.draft(TOPIC, as_of=DEMO).brief
    assert "First brief on this topic" in section(first, "changes")
    later = sample_desk.draft(TOPIC, as_of=DEMO + timedelta(minutes=1)).brief
    assert "No change to tracked positions since 2024-09-27 06:00 UTC." in section(later, "changes")
    assert "Nothing has moved since the last brief" in section(later, "bottom_line")
    quiet = sample_desk.draft(TOPIC, as_of=DEMO + timedelta(days=40)).brief
    assert "Nothing moved: no new statement on the talks" in section(quiet, "bottom_line")
    assert quiet.title == "Israel–Hezbollah: nothing moved"


def test_what_changed_is_told_by_type_with_its_words(sample_desk: Desk) -> None:
    sample_desk.draft(TOPIC, as_of=DEMO - timedelta(days=2))
    brief = sample_desk.draft(TOPIC, as_of=DEMO).brief
    (changed,) = [s for s in brief.sections if s.id == "changes"]
    rows = {dict(row.cells)["speaker"].split(",")[0]: dict(row.cells) for row in changed.rows or ()}
    assert (rows["Israel Katz"]["change"], rows["Israel Katz"]["to"]) == ("new", "rejects")
    known = {c.id: c for c in brief.claims}
    assert {known[i].delta for row in changed.rows or () for i in row.claims} <= {"new", "changed", "reconfirmed", None}
    assert "nothing known → rejects" in markdown(brief)


def test_a_feed_that_is_down_is_a_gap(sample_desk: Desk) -> None:
    sample_desk.feeds.add("https://feeds.sample.invalid/rss", title="Sample feed", now=DEMO)
    assert "down when last asked" not in section(sample_desk.draft(TOPIC, as_of=DEMO).brief, "gaps")
    list(sample_desk.poll(everything=True))  # the tests reach no network
    brief = sample_desk.draft(TOPIC, as_of=DEMO - timedelta(minutes=1)).brief
    assert "1 feed was down when last asked: Sample feed." in section(brief, "gaps")


def test_a_carried_source_is_one_origin_in_the_text_too(brief: Brief) -> None:
    assert "*(one origin, carried by 2 outlets)*" in markdown(brief)


def test_a_core_that_is_too_long_gives_up_whole_rows(brief: Brief, sample_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CORE_WORDS", core_words(brief.sections) - 60)
    shorter = sample_desk.draft(TOPIC, as_of=DEMO).brief
    assert core_words(shorter.sections) <= plan.CORE_WORDS
    kept = {c.text for c in shorter.claims if c.citations}
    whole = [c.text for c in brief.claims if c.citations]
    assert len(kept) < len(whole)
    assert all(any(text.rstrip(".") in other for other in whole) for text in kept)  # by choosing, not by rewriting
    assert section(shorter, "bottom_line") == section(brief, "bottom_line")


def test_a_weekday_that_adorns_a_noun_becomes_a_date_without_on() -> None:
    told = dated("He extended his Friday deadline and spoke on Friday.", date(2026, 3, 28), date(2026, 3, 28))
    assert told == "He extended his 27 March deadline and spoke on 27 March."


def test_no_sentence_begins_with_a_pronoun_and_no_weekday_is_left_undated(brief: Brief) -> None:
    for claim in brief.claims:
        if claim.citations:
            assert not re.match(r"(?:He|She|They|It didn|This|That|His|Her)\b", claim.text), claim.text
            assert not re.search(r"\b(?:Mon|Tues|Wednes|Thurs|Fri)day\b", re.sub(r"“[^”]*”", "", claim.text)), claim.text


def test_carriers_are_folded_under_their_origin(brief: Brief) -> None:
    origins = [source.origin_id for source in brief.sources]
    assert len(set(origins)) == len(origins)
    assert any(source.carriers for source in brief.sources)
    assert "further carrier" in section(brief, "source_summary")


def test_the_corrected_version_is_used_and_the_slip_is_not(brief: Brief) -> None:
    assert "three-month" not in json.dumps(brief_json(brief))
    assert "sample-018" not in {s.external_id for s in brief.sources}


def test_nothing_from_after_the_as_of_appears_anywhere_day_by_day(shared_sample_desk: Desk) -> None:
    articles = shared_sample_desk.articles()
    day = datetime(2024, 9, 18, 12, tzinfo=UTC)
    while day < datetime(2024, 11, 30, tzinfo=UTC):
        brief = shared_sample_desk.draft(TOPIC, as_of=day).brief
        told = json.dumps(brief_json(brief), ensure_ascii=False) + markdown(brief)
        for article in articles:
            if article.knowable_from is None or article.knowable_from > day:
                assert article.id not in told
                assert str(article.external_id) not in told
                assert str(article.url) not in told or any(
                    a.url == article.url and a.knowable_from and a.knowable_from <= day for a in articles
                )
        day += timedelta(days=1) if day < datetime(2024, 10, 1, tzinfo=UTC) else timedelta(days=9)


def test_with_nothing_to_report_the_brief_says_insufficient_reporting(shared_sample_desk: Desk) -> None:
    brief = shared_sample_desk.draft(TOPIC, as_of=datetime(2023, 1, 1, tzinfo=UTC)).brief
    assert "insufficient reporting" in brief.title
    assert "Insufficient reporting" in section(brief, "bottom_line")
    looked_for = [basis for s in brief.sections if s.id == "gaps" for c in s.claims for basis in c.basis]
    assert any("Who calls for a ceasefire between Israel and Hezbollah" in basis for basis in looked_for)
    assert brief.sources == ()


def test_the_same_draft_twice_is_the_same_brief_and_is_kept_once(sample_desk: Desk) -> None:
    first, second = sample_desk.draft(TOPIC, as_of=DEMO).brief, sample_desk.draft(TOPIC, as_of=DEMO).brief
    assert first == second
    assert [b.id for b in sample_desk.briefs.listed()] == [first.id]
    assert sample_desk.briefs.get(first.id) == first


def test_a_later_brief_names_the_one_before(sample_desk: Desk) -> None:
    first = sample_desk.draft(TOPIC, as_of=DEMO).brief
    assert first.previous is None
    assert sample_desk.draft(TOPIC, as_of=DEMO + timedelta(days=1)).brief.previous == first.id


def test_an_unknown_topic_is_refused_with_the_known_ones(shared_sample_desk: Desk) -> None:
    with pytest.raises(
        Misuse, match="there is no topic 'mars'; there are: gaza, israel-hezbollah, russia-ukraine, sudan, us-iran"
    ):
        shared_sample_desk.draft("mars", as_of=DEMO)


def test_decisions_are_added_and_the_latest_counts(sample_desk: Desk) -> None:
    brief = sample_desk.draft(TOPIC, as_of=DEMO).brief
    claim = brief.claims[1].id
    for action in ("accept", "reject"):
        sample_desk.briefs.decide(brief.id, claim, action, person="A. Reviewer", at=DEMO)  # type: ignore[arg-type]
    assert sample_desk.briefs.decisions(brief.id)[claim].action == "reject"
    with pytest.raises(Misuse, match="needs the name"):
        sample_desk.briefs.decide(brief.id, claim, "accept", person=" ", at=DEMO)
    with pytest.raises(Misuse, match="has no sentence"):
        sample_desk.briefs.decide(brief.id, "nothing-1", "accept", person="A", at=DEMO)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Israel Katz write on X about a ceasefire?", "There will be no ceasefire"),
        ("How many people were killed according to the Lebanese health minister?", "569"),
        ("What did Macron say in Ottawa about rejecting the plan?", "Macron"),
    ],
)
def test_a_question_is_answered_in_the_sources_words(shared_sample_desk: Desk, question: str, words: str) -> None:
    answer = shared_sample_desk.ask(question, as_of=DEMO)
    assert answer.ending == "answered"
    assert any(words in claim.text for claim in answer.claims)
    for claim in answer.claims:
        for citation in claim.citations:
            article, _ = shared_sample_desk.article(citation.article_id)
            assert article.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "What is the price of wheat in Chicago?",
        "Who won the football match on Saturday?",
        "What did the king of Jordan say about water?",
        "When did the ceasefire take effect on 27 November?",
    ],
)
def test_what_the_archive_does_not_know_is_no_information(shared_sample_desk: Desk, question: str) -> None:
    answer = shared_sample_desk.ask(question, as_of=DEMO)
    assert (answer.ending, answer.claims) == ("no-information", ())


def test_words_from_outside_cannot_become_markup() -> None:
    from briefing.render import plain, printable

    assert plain("[x](javascript:1) <script> | `a` *b*") == "\\[x\\](javascript:1) \\<script\\> \\| \\`a\\` \\*b\\*"
    assert printable("a\x1b[31mb\nc\x00") == "a�[31mb c�"


def test_a_count_on_the_ground_comes_with_its_figure(brief: Brief) -> None:
    told = section(brief, "on_the_ground")
    assert "569 people" in told
    assert "gave a toll" not in told
