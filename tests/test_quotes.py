"""Who is quoted: the words, the verb, the mention, and whom it means. No topic is known here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.reading.marks import marked
from briefing.reading.nouns import Saying
from briefing.reading.sayings import sayings as read


def _told(text: str) -> list[tuple[str, str | None]]:
    return [(" … ".join(text[s:e] for s, e in q.segments), q.speaker) for q in read(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("He spoke. “We agree,” he said.", ["“We agree,”"]),
        ('She said "no".', ['"no"']),
        ("''We agree,'' the minister said. ''It is done.''", ["''We agree,''", "''It is done.''"]),
        ("“Peace,” she said, ‘is not a word.’", ["“Peace,”", "‘is not a word.’"]),
        ("“He told me ‘never’ and left,” she said.", ["“He told me ‘never’ and left,”"]),
        ("“It goes on.\n“And on,” he said.", ["“It goes on.", "“And on,”"]),
        ("The ministers’ plan isn’t ready; the 1990s’ talks failed.", []),
        ("„Wir gehen,“ sagte er.", ["„Wir gehen,“"]),
    ],
)
def test_quotation_marks_of_every_kind_are_told_from_apostrophes(text: str, said: list[str]) -> None:
    assert [text[s:e] for s, e in ((m.start, m.end) for m in marked(text))] == said


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“We agree,” said Foreign Minister Anna Petrova on Monday.", "Anna Petrova"),
        ("Anna Petrova, the foreign minister, said: “We agree.”", "Anna Petrova"),
        ("“We agree,” Petrova, who landed on Monday, told reporters. Anna Petrova is the minister.", "Anna Petrova"),
        ("According to Ivan Horvat, the talks go on for another week.", "Ivan Horvat"),
        ("The talks go on for another week, Ivan Horvat said on Monday.", "Ivan Horvat"),
        ("The ministry’s spokesman, Ivan Horvat, said that the talks would go on.", "Ivan Horvat"),
        ("“We agree,” a senior official said.", "a senior official"),
        ("The two sides, Ivan Horvat says, have no time left for talks.", "Ivan Horvat"),
        ("Ivan Horvat landed at noon, saying that the talks would go on for a week.", "Ivan Horvat"),
    ],
)
def test_the_speaker_is_found_before_and_behind_the_verb(text: str, speaker: str) -> None:
    assert _told(text)[0][1] == speaker


def test_a_surname_a_pronoun_and_an_office_lead_back_to_the_full_name() -> None:
    text = (
        "Foreign Minister Maria Lopez met the envoy, Peter Okafor, on Monday.\n\n"
        "“We will sign,” Lopez said.\n\n“It is late,” she added. “But it is done.”\n\n"
        "The envoy said he was content with every line of the text.\n\nHe said it would hold for a year at least."
    )
    assert [speaker for _, speaker in _told(text)] == [
        "Maria Lopez", "Maria Lopez", "Maria Lopez", "Peter Okafor", "Peter Okafor",
    ]  # fmt: skip


def test_a_quotation_split_by_its_attribution_is_one_saying() -> None:
    (saying,) = read("“We will sign,” Maria Lopez said, “when the guns fall silent.”")
    assert (len(saying.segments), saying.kind, saying.speaker) == (2, "direct", "Maria Lopez")


def test_two_who_speak_in_one_sentence_are_kept_apart() -> None:
    text = "Critics say the plan is dead, but Maria Lopez says it is only asleep for the winter."
    assert [(q.kind, q.speaker) for q in read(text)] == [("indirect", "Critics"), ("indirect", "Maria Lopez")]


def test_his_office_is_not_he() -> None:
    text = "Prime Minister Ivan Horvat flew home. His office said that he would speak on Monday about the talks."
    assert _told(text)[-1][1] == "Ivan Horvat’s office"


def test_titles_of_books_are_nobody_s_words() -> None:
    assert read("The library holds “The Long War And Its Ends” in three copies.") == []
    assert read("She wore a “peace” badge.") == []


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="aBc “”\"'‘’.,said heAn Pe\n", max_size=200))
def test_every_span_reads_back_and_nothing_raises(text: str) -> None:
    for quotation in read(text):
        assert isinstance(quotation, Saying)
        for start, end in (*quotation.segments, *(s for s in (quotation.cue, quotation.source) if s)):
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("unit", ["said ", "“he said ", "A, ", "Mr. X said, “", "(", "that he said that "])
def test_a_sentence_of_a_megabyte_ends(unit: str) -> None:
    read(unit * (1_000_000 // len(unit)))
