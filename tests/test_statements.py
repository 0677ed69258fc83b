"""Statements on the talks: whose, in which stance, about which talks; and that nothing makes the reader raise."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing import topics
from briefing.claims import Statement
from briefing.talks.stance import judged, judged_all
from briefing.talks.statements import Talks
from index.article import Article

DAY = datetime(2024, 9, 27, 4, tzinfo=UTC)
LEBANON = Talks(topics.load("israel-hezbollah"))


def _article(text: str, title: str | None = None, outlet: str = "Sample") -> Article:
    return Article(id="a", outlet=outlet, text=text, title=title, published=DAY, first_seen=DAY, knowable_from=DAY, origin_id="a")


def _read(text: str, title: str | None = None, outlet: str = "Sample") -> list[Statement]:
    return list(LEBANON.read(_article(text, title, outlet)).statements)


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("“There will be no ceasefire,” he said.", "rejects"),
        ("We won’t accept a deal that leaves them there.", "rejects"),
        ("Hamas has yet to respond to the proposal.", "no-response"),
        ("He declined to comment on the truce.", "no-response"),
        ("The cabinet is still considering the plan.", "no-response"),
        ("“You ask me if I refuse the plan,” he said.", None),
        ("The government has not accepted the plan.", "no-response"),
        ("If Hezbollah or anyone else breaks the deal, Israel may defend itself.", None),
        ("He denied that the gaps were narrowing.", "denies-report"),
        ("Reports that the cabinet approved the plan are false.", "denies-report"),
        ("He rejected claims that the truce was broken.", "denies-report"),
        ("No talks until the bombs stop.", "conditions"),
        ("It would accept the deal if the troops withdrew.", "conditions"),
        ("He accepted the plan with two conditions.", "conditions"),
        ("They called for an immediate ceasefire.", "proposes"),
        ("The allies unveiled a three-week truce proposal.", "proposes"),
        ("The cabinet approved the agreement.", "endorses"),
        ("It would be a mistake to reject the plan.", "endorses"),
        ("She urged both sides to accept the deal.", "endorses"),
        ("He welcomed the announcement of a truce.", "welcomes"),
        ("His office expressed appreciation for the effort.", "welcomes"),
        ("The army will keep up its fight.", "acts-against"),
        ("The envoy landed in Beirut for talks.", None),
        ("He stopped short of endorsing the arrangement.", None),
        ("An official, speaking on condition of anonymity, described the truce.", None),
        ("“You ask me if I accept the plan,” he said.", None),
        ("There is no decision on the truce.", "no-response"),
        ("The answer is with the leadership.", "no-response"),
        ("He called it a good basis for the talks.", "welcomes"),
        ("Both sides have been accused of violating the ceasefire.", None),
        ("They will take no post until a truce is in force.", None),
        ("The envoy has misrepresented the agreement.", "denies-report"),
    ],
)
def test_the_words_that_decide_a_stance(sentence: str, stance: str | None) -> None:
    found = judged(sentence)
    assert (found.stance if found else None) == stance
    if found:
        assert sentence[found.start : found.end].strip()


def test_clauses_of_one_sentence_may_take_two_stances() -> None:
    found = judged_all("The cabinet approved the truce, but the minister rejected the plan.")
    assert [f.stance for f in found] == ["endorses", "rejects"]


def test_an_acceptance_told_by_another_is_never_shown_as_the_party_s_own() -> None:
    (told,) = _read("Israel has accepted the 21-day ceasefire with Hezbollah, White House spokesman John Kirby said.")
    assert (told.speaker and told.speaker.name, told.stance, told.stance_of) == ("John Kirby", "endorses", "Israel")


def test_a_reporter_s_telling_of_a_party_is_marked_as_told() -> None:
    (told,) = _read("Hezbollah has not responded to the 21-day ceasefire proposal for Lebanon.")
    assert (told.narrated, told.speaker and told.speaker.party) == (True, "Hezbollah")
    assert told.certain.stance in {None, "no-response"}


def test_a_statement_on_other_talks_is_not_filed_here() -> None:
    found = _read("“There will be no ceasefire in Gaza while Hamas holds hostages,” Israel Katz said in Jerusalem.")
    assert [s.front for s in found] == ["Gaza"]


def test_whom_an_office_means_stands_in_the_table_by_date() -> None:
    (told,) = _read("Israel’s foreign minister rejected the 21-day ceasefire with Hezbollah, saying it would not happen.")
    assert told.speaker is not None and told.speaker.party == "Israel"
    (named,) = _read("“No ceasefire in Lebanon,” Israel’s foreign minister said.")
    assert named.speaker is not None and named.speaker.name == "Israel Katz"


def test_a_government_s_own_page_speaks_for_it() -> None:
    found = _read("The 21-day ceasefire call for Lebanon is under review.", outlet="Office of the Prime Minister of Israel")
    assert "Israel" in {s.speaker.party for s in found if s.speaker}
    assert {s.speaker.party for s in found if s.speaker and s.said.sure("speaker")} <= {"Israel"}


def test_a_proposal_is_known_by_any_of_its_names() -> None:
    (told,) = _read("President Joe Biden backed the three-week ceasefire along the Blue Line.")
    assert told.about == "21-day ceasefire call of 25 September 2024"


def test_an_event_takes_its_day_from_the_text() -> None:
    told, *_ = _read("On Wednesday, the United States and France proposed a 21-day ceasefire in Lebanon.")
    assert told.said.event_date == date(2024, 9, 25)


_PIECES = st.sampled_from(
    [
        "Israel",
        "Hezbollah",
        "“",
        "”",
        " said ",
        "ceasefire",
        "the plan",
        " rejected ",
        ". ",
        "\n\n",
        "He ",
        "\x00",
        "١٢",
        "🙂",
        " (Reuters) – ",
    ]
)


@settings(deadline=None, max_examples=120)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_every_span_reads_back_from_the_article(text: str) -> None:
    for statement in _read(text):
        assert text[statement.start : statement.end] == statement.text
        if statement.said.quote is not None:
            assert statement.start <= statement.said.quote[0] <= statement.said.quote[1] <= statement.end
        if statement.stance_words is not None:
            assert statement.text[slice(*statement.stance_words)].strip()


@pytest.mark.parametrize(
    "unit", ["ceasefire ", "“ceasefire said ", "Israel rejected, ", "If Israel would accept while ", "not ", "a. "]
)
def test_a_megabyte_of_anything_ends(unit: str) -> None:
    _read(unit * (1_000_000 // len(unit)))


def test_injected_instructions_are_words_like_any_others(shared_data: Path) -> None:
    strings = [
        str(json.loads(line).get("text") or "")
        for file in sorted((shared_data / "injection").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    assert strings
    for text in strings:
        _read(f"The ceasefire in Lebanon holds. {text}")


def test_nothing_false_of_the_seed_article_is_certain(shared_data: Path) -> None:
    text = (shared_data / "seed" / "article.txt").read_text(encoding="utf-8")
    assert set(_certain(_read(text, outlet="NDTV"))) <= {
        ("Israel Katz", "rejects", None),
        ("Benjamin Netanyahu", "acts-against", None),
        ("Netanyahu’s office", "welcomes", None),
        ("Emmanuel Macron", "endorses", None),
        ("United States", "proposes", None),
    }


def _certain(found: list[Statement]) -> list[tuple[str, str, str | None]]:
    """Who of those named is shown in which stance, and of whom."""
    certain = [one.certain for one in found if one.speaker is not None and not one.speaker.anonymous]
    return [(s.speaker.known_as, s.stance, s.stance_of) for s in certain if s.stance is not None and s.speaker is not None]


@pytest.mark.parametrize(
    ("text", "speaker", "whose"),
    [
        # the words of who is named behind them, about another
        ("Israel has accepted the truce plan, US President Joe Biden said on Friday.", "Joe Biden", "Israel"),
        # … and what is not told of another: the speaker's own matter, an appeal, a supposition, a place
        ("“On Lebanon, we are working on a ceasefire,” US President Joe Biden said.", "Joe Biden", None),
        ("“We call on Israel and on Hezbollah to accept the ceasefire plan,” US President Joe Biden said.", "Joe Biden", None),
        ("US President Joe Biden said a ceasefire would hold if Hezbollah accepted the plan.", "Joe Biden", None),
        ("US President Joe Biden welcomed the end of fighting between Israel and Hezbollah under the truce.", "Joe Biden", None),
        # what a spokesman tells of whom he speaks for is that side's
        (
            "Lebanese Prime Minister Najib Mikati backs the ceasefire plan for Lebanon, his spokesman said on Friday.",
            "Najib Mikati’s spokesman",
            None,  # of his own side
        ),
        # a movement's word by its leader, whom the topic knows
        ("The leader of Hezbollah said on Friday that there would be no ceasefire.", "Hassan Nasrallah", None),
    ],
)
def test_whose_stance_it_is(text: str, speaker: str, whose: str | None) -> None:
    """What is certain is right; what is not is not shown."""
    for told in _read(text, "Ceasefire talks over Lebanon"):
        if told.speaker is not None and told.said.sure("speaker") and not told.narrated:
            assert told.speaker.known_as in {speaker, told.speaker.party} or told.speaker.known_as in speaker
        if told.certain.stance is not None:
            assert told.certain.stance_of == whose


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Neither Israel nor Hezbollah had answered the ceasefire call by noon.",
            [("Israel", "no-response"), ("Hezbollah", "no-response")],
        ),
        ("Israel’s foreign minister rejected the 21-day ceasefire on Thursday.", [("Israel Katz", "rejects")]),
        ("Asked whether Israel had rejected the truce with Hezbollah, he said nothing new.", []),
        (
            "Hezbollah has accepted the ceasefire with Israel, John Kirby said on Thursday. “They have agreed to the text,” he said.",
            [("John Kirby", "endorses"), ("John Kirby", "endorses")],
        ),
        (
            "Israel spoke against the truce with Hezbollah. The ceasefire would never last, the army said, and it rejected it.",
            [("Israel", "rejects"), ("Israeli army", "rejects")],
        ),
    ],
)
def test_whose_words_they_are(text: str, found: list[tuple[str, str]]) -> None:
    assert {(who, stance) for who, stance, _ in _certain(_read(text))} <= set(found)


def test_a_speaker_who_lends_his_voice_to_another_has_not_taken_that_stance() -> None:
    turns = (
        "MR. KIRBY:  We want a ceasefire with Hezbollah, and we think it can be had.",
        "Q    What of the talks?",
        "MR. KIRBY:  It is easy to say, “Well, that was it. We reject the ceasefire with Hezbollah.” That is not what we do.",
        "Q    Thank you.",
        "MR. KIRBY:  Thank you.",
    )
    found = _read("\n\n".join(turns), "Press Briefing by John Kirby", "The White House")
    assert [s.certain.stance for s in found if "reject" in s.text and s.certain.stance] == []
    assert any(s.speaker and s.speaker.name == "John Kirby" for s in found)


def test_a_headline_on_the_talks_over_no_sentence_at_all_is_read_to_nothing() -> None:
    assert _read("* * *\nno sentence here", "Ceasefire talks with Hezbollah") == []


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("You ask if " + "a" * 400 + "! I accept the truce.", "endorses"),  # took hours
        ("“It is hard but I’ve accepted the ceasefire with Hezbollah,” Prime Minister Benjamin Netanyahu said.", "endorses"),
        ("They are welcoming the truce with Hezbollah.", "welcomes"),
        ("Israel turned the tables on Hezbollah.", None),
    ],
)
def test_what_a_second_reader_found(sentence: str, stance: str | None) -> None:
    assert [j.stance for j in judged_all(sentence)] == ([stance] if stance else [])


def test_what_all_sides_should_do_none_has_done() -> None:
    assert [s.stance for s in _read("All sides should accept the ceasefire deal with Hezbollah.") if s.stance and s.speaker] == []


def test_a_speaker_s_own_acceptance_is_his() -> None:
    (told,) = _read("“It is hard but I’ve accepted the ceasefire with Hezbollah,” Prime Minister Benjamin Netanyahu said.")
    assert (told.speaker and told.speaker.name, told.stance, told.stance_of) == ("Benjamin Netanyahu", "endorses", None)


def _rules() -> list[tuple[str, str]]:
    from briefing.reading.data import table

    return [(rule["code"], one["example"]) for rule in table("stance", "briefing.talks.data")["stance"] for one in rule["rules"]]


@pytest.mark.parametrize(("code", "example"), _rules())
def test_each_rule_stands_beside_an_example_that_it_gets_right(code: str, example: str) -> None:
    assert code in {j.stance for j in judged_all(example)}
