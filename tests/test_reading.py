"""Reading: who said what in which words, about which talks, when. All texts here are ours."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing import topics
from briefing.claims import Said, Statement
from briefing.draft.compose import compose
from briefing.reading.introductions import introduced
from briefing.reading.marks import quotations
from briefing.talks.documents import kind
from briefing.talks.statements import Talks
from index.article import Article
from index.calendar.days import day_mentions

TOPIC = topics.load("israel-hezbollah")
TALKS = Talks(TOPIC)


def article(text: str, title: str | None = "A sample about Lebanon", outlet: str = "Sample Wire") -> Article:
    when = datetime(2024, 9, 27, 4, tzinfo=UTC)  # a Friday
    return Article(
        id="a" * 20,
        outlet=outlet,
        title=title,
        text=text,
        published=when,
        first_seen=when,
        knowable_from=when,
        origin_id="o1",
    )


def read(text: str, **fields: str) -> list[Said]:
    return list(TALKS.read(article(text, **fields)).said)


def speakers(text: str) -> list[str | None]:
    return [s.speaker.known_as if s.speaker and s.sure("speaker") else None for s in read(text)]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("He said “yes” and “no”.", ["yes", "no"]),
        ('He said "yes" and "no".', ["yes", "no"]),
        ("“A paragraph that goes on.\n\n“And ends here.”", ["A paragraph that goes on.", "And ends here."]),
        ("No quotation at all.", []),
        ('An inch is 2.5 cm; 5" is a length.', []),
        ("“”", []),
    ],
)
def test_quotations_are_found(text: str, inside: list[str]) -> None:
    assert [text[s:e] for s, e in quotations(text)] == inside


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It was unveiled on Wednesday.", [date(2024, 9, 25)]),
        ("Later Thursday, the office spoke.", [date(2024, 9, 26)]),
        ("They will meet on Tuesday.", [date(2024, 10, 1)]),
        ("The attack of Oct. 7 is remembered.", []),  # a name of what happened
        ("Since Oct. 8, 2023 it goes on.", [date(2023, 10, 8)]),
        ("On 25 September it was published.", [date(2024, 9, 25)]),
        ("It was last Wednesday.", []),
        ("The truce enters into force on Sunday, 29 September.", [date(2024, 9, 29)] * 2),
        ("The talks will be held on 29 September.", [date(2024, 9, 29)]),
        ("It happened on 31 February.", []),
        ("It may happen soon.", []),
    ],
)
def test_days_are_those_the_text_supports(sentence: str, expected: list[date]) -> None:
    assert [m.day for m in day_mentions(sentence, date(2024, 9, 27))] == expected


def test_without_a_date_of_publication_a_weekday_is_no_day() -> None:
    assert day_mentions("It was unveiled on Wednesday.", None) == []


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("“There will be none,” Foreign Minister Israel Katz wrote on X.", ["Israel Katz"]),
        ("“It will be heard,” said Mara Rudman, who worked on the region before.", ["Mara Rudman"]),
        ("White House spokesman John Kirby insisted that talks go on.", ["John Kirby"]),
        ("“Talks go on,” John Kirby, the White House national security spokesman, told reporters.", ["John Kirby"]),
        ("According to John Kirby, talks go on.", ["John Kirby"]),
        ("John Kirby spoke. “Talks go on,” he said.", [None, "John Kirby"]),
        ("John Kirby said talks go on. He said more would come.", ["John Kirby", "John Kirby"]),
        ("Netanyahu’s office expressed thanks.", ["Netanyahu’s office"]),
        ("The office of Prime Minister Benjamin Netanyahu expressed thanks.", ["Netanyahu’s office"]),
        ("Lebanon’s health ministry said 12 people were killed.", ["Lebanon’s health ministry"]),
        ("Two diplomats familiar with the talks said it was hard.", ["Two diplomats familiar with the talks"]),
        ("A senior US official said it was a breakthrough.", ["A senior US official"]),
        ("US President Joe Biden and French President Emmanuel Macron said so.", ["Joe Biden and Emmanuel Macron"]),
        # whose words these are cannot be told, or they are somebody's inside another's: nobody's is better than wrong
        ("Kirby would not explain why Prime Minister Benjamin Netanyahu had said no.", [None]),
        ("Neither said that Israel or Lebanon had accepted the plan.", [None]),
        ("Israel and Lebanon met. “It is late,” the statement said.", [None, None]),
        ("Israel, Lebanon and France met. “It is late,” they said.", [None, None]),
    ],
)
def test_speakers_are_told_from_their_sentence_and_the_ones_before(text: str, who: list[str | None]) -> None:
    assert speakers(text) == who


def test_a_surname_finds_its_full_name_and_office_by_the_table_of_that_day() -> None:
    (statement,) = read("Katz wrote on X: “There will be no ceasefire with them.”")
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.office, statement.speaker.party) == (
        "Israel Katz",
        "foreign minister",
        "Israel",
    )


def test_a_legislator_does_not_speak_for_the_government() -> None:
    (statement,) = read("Senator Tim Kaine, a Virginia Democrat, said he would vote against it.")
    assert statement.speaker is not None
    assert (statement.speaker.name, statement.speaker.party) == ("Tim Kaine", None)


def test_a_transcript_is_its_speakers_own_words_and_questions_are_nobodys() -> None:
    text = (
        "MODERATOR: Welcome.\n\nQ What about the Lebanon ceasefire?\n\n"
        "MR. KIRBY: Talks on it continue.\n\nAnd they will.\n\nQ Thank you.\n\nMR. KIRBY: You bet."
    )
    title = "On-the-Record Press Gaggle by White House National Security Communications Advisor John Kirby"
    found = read(text, title=title, outlet="The White House")
    assert [(s.speaker.name if s.speaker else None, s.text) for s in found] == [
        ("John Kirby", "Talks on it continue."),
        ("John Kirby", "And they will."),
        ("John Kirby", "You bet."),
    ]
    assert found[0].front == "israel-hezbollah"


def test_an_unnamed_official_in_a_transcript_is_described() -> None:
    text = "MODERATOR: Hello.\n\nSENIOR ADMINISTRATION OFFICIAL: It is for 21 days.\n\nQ Why?\n\nMODERATOR: Bye."
    (statement,) = read(text, title="Background Press Call", outlet="The White House")
    assert statement.speaker is not None
    assert statement.speaker.anonymous == "a senior US administration official"
    assert statement.speaker.party == "United States"


def test_a_joint_statement_is_its_issuers_words() -> None:
    title = "Joint Statement by the United States, Australia, Canada, France, Germany and Italy"
    (statement,) = read("We call for an immediate 21 day ceasefire across the Lebanon-Israel border.", title=title)
    assert statement.speaker is not None
    assert statement.speaker.name == "the United States, France and others"
    assert statement.written


def test_talks_on_another_front_are_not_filed_under_this_one() -> None:
    first, second, third = read(
        "Hezbollah was silent on the ceasefire.\n\nThe deal for Gaza would free hostages held by Hamas.\n\n"
        "Repeatedly, officials had called it close."
    )
    assert (first.front, second.front, third.front) == ("israel-hezbollah", "Gaza", "Gaza")


def test_credits_headings_and_notices_are_no_statements() -> None:
    text = (
        "WASHINGTON, Sept 26 (Sample Wire) – Talks on Lebanon go on.\n\nAlso read: Another story.\n\nA heading\n\n"
        "(This story was not edited by Sample Tribune staff and comes from a syndicated feed of Sample Wire.)"
    )
    assert [s.text for s in read(text)] == ["Talks on Lebanon go on."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "“There will be no ceasefire,” Foreign Minister Israel Katz wrote on X.",
            "Israel Katz, Israel’s foreign minister, wrote on X: “There will be no ceasefire”.",
        ),
        (
            "Yet despite rejections, White House spokesman John Kirby insisted that there were “active discussions” on it.",
            "White House spokesman John Kirby insisted that there were “active discussions” on it.",
        ),
        (
            "Later Thursday, Netanyahu’s office expressed appreciation for the efforts made.",
            "Later on 26 September, Netanyahu’s office expressed appreciation for the efforts made.",
        ),
        (
            "But the strikes on Lebanon killed 12 people on Wednesday.",
            "The strikes on Lebanon killed 12 people on 25 September.",
        ),
        (
            "The pause in Lebanon was extended by a day, Israel’s military announced.",
            "The pause in Lebanon was extended by a day, Israel’s military announced.",
        ),
    ],
)
def test_a_sentence_of_a_brief_keeps_the_sources_words(text: str, sentence: str) -> None:
    (statement,) = read(text)
    composed = compose(Statement.plain(statement), article(text), TOPIC, introduce=True)
    assert composed is not None
    assert composed.text == sentence


@pytest.mark.parametrize(
    "text",
    [
        "It didn’t last long.",
        "He called them weak.",
        "This was not what they wanted in Lebanon.",
        "Hours after introducing the proposal, the US met opposition in Lebanon.",
        "“Is it over in Lebanon?” Foreign Minister Israel Katz said.",
        "We recall the need for a cessation of hostilities in Lebanon.",
        "At least six people were killed there, and more were hurt.",
        "The talks on Lebanon " + "go on and " * 20 + "never end.",
    ],
)
def test_what_cannot_stand_alone_is_not_used(text: str) -> None:
    for statement in read(text):
        assert compose(Statement.plain(statement), article(text), TOPIC, introduce=True) is None


def test_a_long_sentence_ends_before_its_trailing_clause() -> None:
    text = (
        "Speaking in Ottawa on Thursday, French President Emmanuel Macron said Netanyahu would be making a mistake by"
        " rejecting the Lebanon plan because it would make him responsible for “an escalation far beyond that which no"
        " one would be able to control.”"
    )
    (statement,) = read(text)
    composed = compose(Statement.plain(statement), article(text), TOPIC, introduce=True)
    assert composed is not None
    assert composed.text.endswith("would be making a mistake by rejecting the Lebanon plan.")
    assert composed.words <= 35


def test_a_condition_is_never_cut_off() -> None:
    text = (
        "Lebanon’s health ministry said the wounded would be moved to hospitals in the north and the east of the country"
        " and to field stations by the sea, unless the fighting stops and the roads are opened before Monday comes."
    )
    (statement,) = read(text)
    assert compose(Statement.plain(statement), article(text), TOPIC, introduce=True) is None


WORDS = st.lists(
    st.sampled_from(
        ["Katz", "said", "“", "”", '"', "the", "he", ".", "\n", "MR. KIRBY:", "Q ", "Israel’s", "Foreign Minister", ", ",
         "wrote on X", "Two diplomats", "on Wednesday", "U.S.", "—", "(", "Oct. 7", "according to", "\u200f", "🙂"]
    ),
    max_size=60,
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(WORDS.map(" ".join) | st.text(max_size=200))
def test_whatever_is_read_reads_back_and_nothing_raises(text: str) -> None:
    source = article(text)
    for statement in TALKS.read(source).said:
        assert text[statement.start : statement.end] == statement.text
        if statement.quote is not None:
            assert statement.start <= statement.quote[0] <= statement.quote[1] <= statement.end
        compose(Statement.plain(statement), source, TOPIC, introduce=True)


def test_a_sentence_of_a_megabyte_does_not_hang() -> None:
    read("word " * 200_000 + "“" + "Hezbollah said " * 1000)


def test_the_title_of_the_one_served_is_not_the_advisers_own() -> None:
    served = "National Security Advisor to the Vice President Dr. Phil Gordon met the group."
    assert [(i.name, i.office) for i in introduced(served)] == [("Phil Gordon", None)]
    own = "Aides wrote to the Vice President Kamala Harris."
    assert [(i.name, i.office) for i in introduced(own)] == [("Kamala Harris", "Vice President")]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("G7 Leaders’ Statement on Recent Developments in the Middle East", "written statement"),
        ("Joint Statement by the United States and France", "written statement"),
        ("Readout of a Call with the Prime Minister", "written statement"),
        ("Remarks by the President Announcing a Ceasefire", "transcript"),
        ("Press Briefing by the Press Secretary", "transcript"),
        ("Israel says strike killed commander", None),
        (None, None),
    ],
)
def test_what_kind_of_document_a_title_tells_of(title: str | None, expected: str | None) -> None:
    assert kind(article("Words.", title)) == expected
