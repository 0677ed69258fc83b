"""The ledger as of an instant: positions with a history, changes, contradictions, proposals, a timeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing import topics
from briefing.chat import breaker
from briefing.claims import Said, Speaker, Stance, Statement
from briefing.desk import Desk
from briefing.ledger import Entry, Ledger
from briefing.ledger.changes import changes
from briefing.ledger.chronicle import Chronicle, dated_sentences
from briefing.ledger.contradictions import contradictions
from briefing.ledger.figures import figures
from briefing.ledger.proposals import proposals
from briefing.ledger.timeline import timeline
from briefing.settings import ModelSettings, Settings
from briefing.talks.statements import counts_in
from briefing.talks.unnamed import unnamed
from evals.model_server import model_server
from index.article import Article
from index.sources import Given

TOPIC = topics.load("israel-hezbollah")
KATZ = Speaker(name="Israel Katz", office="foreign minister", party="Israel")
BIBI = Speaker(name="Benjamin Netanyahu", office="prime minister", party="Israel")
KIRBY = Speaker(name="John Kirby", party="United States")
ISRAEL = Speaker(name="Israel", party="Israel")
MIKATI = Speaker(name="Najib Mikati", party="Lebanon")


def _at(day: int, hour: int = 12) -> datetime:
    return datetime(2024, 9, day, hour, tzinfo=UTC)


def _entry(
    day: int,
    speaker: Speaker | None,
    stance: Stance | None,
    text: str = "The ceasefire was spoken of.",
    *,
    of: str | None = None,
    origin: str | None = None,
    hour: int = 12,
    narrated: bool = False,
) -> Entry:
    when, name = _at(day, hour), origin or f"{day}-{hour}-{speaker and speaker.name}-{stance}"
    article = Article(id=name, outlet="Sample", text=text, published=when, first_seen=when, knowable_from=when, origin_id=name)
    said = Said(
        article_id=name,
        start=0,
        end=len(text),
        text=text,
        kind="reported",
        speaker=speaker,
        front=TOPIC.name,
        on_talks=True,
    )
    statement = Statement(
        said=said,
        speaker=speaker,
        stance=stance,
        stance_of=of,
        narrated=narrated,
    )
    return Entry(statement, article, when.date(), when)


def _ledger(entries: list[Entry], day: int = 27) -> Ledger:
    counts = [(e, c.number, c.of) for e in entries for c in counts_in(e.statement.said, e.speaker)]
    return Ledger(TOPIC, _at(day, 23), entries, counts)


def test_a_position_is_the_newest_word_with_what_came_before() -> None:
    (held,) = _ledger([_entry(25, KATZ, "no-response"), _entry(26, KATZ, "rejects"), _entry(27, KATZ, "rejects")]).positions
    assert (held.who, held.stance, held.since, held.entry.day) == ("Israel Katz", "rejects", date(2024, 9, 26), date(2024, 9, 27))
    assert [stance for _, stance in held.history] == ["no-response", "rejects"]
    assert (held.previous, held.origins, held.ageing) == ("no-response", 2, False)


def test_a_position_nobody_repeats_ages() -> None:
    (held,) = _ledger([_entry(10, KATZ, "rejects")]).positions
    assert held.ageing


def test_a_denial_a_refusal_to_comment_and_what_is_told_of_a_party_are_no_positions() -> None:
    entries = [
        _entry(25, KATZ, "denies-report"),
        _entry(25, BIBI, "no-response", "He declined to comment on the ceasefire."),
        _entry(26, KIRBY, "endorses", of="Israel"),
        _entry(26, Speaker(name="Israel", party="Israel"), "endorses", narrated=True),
    ]
    ledger = _ledger(entries)
    assert ledger.positions == ()
    assert [e.who for e in ledger.relayed] == ["John Kirby"]
    assert [e.who for e in ledger.told] == ["Israel"]


def test_who_has_accepted_and_is_pleased_has_still_accepted_and_a_mediator_owes_no_answer() -> None:
    (position,) = _ledger(
        [_entry(25, BIBI, "endorses"), _entry(26, BIBI, "welcomes"), _entry(27, KIRBY, "no-response")]
    ).positions
    assert (position.who, position.stance, position.entry.day) == (BIBI.name, "endorses", date(2024, 9, 26))


def test_a_cabinet_decides_by_what_is_told_of_it_and_a_parliament_is_no_government() -> None:
    text = "The cabinet voted to accept the ceasefire."
    for name, stands in (("Israeli cabinet", 1), ("Knesset", 0)):
        entry = _entry(25, Speaker(name=name, party="Israel"), "endorses", text, narrated=True)
        told = replace(entry, statement=replace(entry.statement, stance_words=(text.index("accept"), text.index(" the cease"))))
        assert len(_ledger([told]).positions) == stands


def test_another_front_s_statement_is_not_in_the_ledger() -> None:
    from dataclasses import replace

    entry = _entry(26, KATZ, "rejects")
    gaza = Entry(
        replace(entry.statement, said=replace(entry.statement.said, front="Gaza")), entry.article, entry.day, entry.knowable
    )
    assert _ledger([gaza]).entries == ()


def test_changes_are_typed_and_a_carrier_confirms_nothing() -> None:
    entries = [
        _entry(25, KATZ, "no-response"),
        _entry(26, KATZ, "rejects"),
        _entry(26, MIKATI, "welcomes"),
        _entry(27, KATZ, "rejects", origin="wire"),
        _entry(28, KATZ, "rejects", origin="wire", hour=1),
    ]

    def moved(day: int) -> list[tuple[str, str]]:
        ledger = _ledger(entries, day)
        return [(c.type, c.who) for c in changes(ledger, _at(day - 1, 23))]

    assert moved(25) == [("new", "Israel Katz")]
    assert moved(26) == [("changed", "Israel Katz"), ("new", "Najib Mikati")]
    assert moved(27) == [("reconfirmed", "Israel Katz")]
    assert moved(29) == []


def test_an_offer_expires_at_its_own_deadline_and_a_withdrawal_is_no_rejection() -> None:
    offer = _entry(24, BIBI, "conditions", "He would accept the ceasefire if they left; the offer is good until Thursday.")
    back = _entry(26, KATZ, None, "Katz withdrew his recommendation of the ceasefire.", hour=20)
    entries = [offer, _entry(25, KATZ, "conditions"), back]
    assert sorted((c.type, c.who, c.old, c.new) for c in changes(_ledger(entries, 27), _at(25, 23))) == [
        ("expired", "Benjamin Netanyahu", "conditions", None),
        ("withdrawn", "Israel Katz", "conditions", None),
    ]


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([_entry(25, BIBI, "welcomes"), _entry(26, KATZ, "rejects")], ["two-voices"]),
        ([_entry(25, BIBI, "endorses", hour=8), _entry(25, KATZ, "acts-against")], ["simultaneous"]),
        ([_entry(25, KATZ, "rejects"), _entry(26, KATZ, "endorses")], ["superseded"]),
        ([_entry(25, KIRBY, "endorses", of="Israel"), _entry(26, BIBI, "denies-report")], ["two-governments"]),
        (
            [
                _entry(25, Speaker(anonymous="two officials", party=None), "endorses", of="Israel"),
                _entry(26, BIBI, "denies-report"),
            ],
            ["denial-of-report"],
        ),
        (
            [
                _entry(25, MIKATI, None, "He said that 31 people were killed in the market in Tyre."),
                _entry(25, KATZ, None, "He said that 14 people were killed in the market in Tyre.", hour=14),
            ],
            ["numeric"],
        ),
        (
            [
                _entry(25, MIKATI, None, "He said the truce begins at noon tomorrow."),
                _entry(25, KIRBY, None, "The truce will enter into force at 4 a.m. on Thursday, Kirby said.", hour=14),
            ],
            ["timing"],
        ),
        (
            [
                _entry(25, MIKATI, None, "He said the truce begins at noon tomorrow."),
                _entry(25, KIRBY, None, "The truce will take effect on 26 September, Kirby said.", hour=14),
            ],
            [],
        ),
        ([_entry(25, BIBI, "rejects"), _entry(26, KATZ, "rejects")], []),
        ([_entry(25, MIKATI, "endorses"), _entry(26, KATZ, "rejects")], []),  # two parties may differ
        ([_entry(10, BIBI, "welcomes"), _entry(26, KATZ, "rejects")], []),  # too long ago to stand against it
        ([_entry(25, BIBI, "conditions"), _entry(25, KATZ, "acts-against", hour=14)], []),  # who sets conditions fights on
        # the same two on the same two sides are set against each other once
        ([_entry(24, KATZ, "rejects"), _entry(25, BIBI, "welcomes"), _entry(26, BIBI, "conditions")], ["two-voices"]),
        # against the first word of a stance, not its latest repetition
        ([_entry(24, KATZ, "conditions"), _entry(25, KATZ, "conditions"), _entry(26, KATZ, "endorses")], ["superseded"]),
        (
            [
                _entry(25, ISRAEL, "denies-report", "Israel denied that its minister had met an envoy in Nicosia."),
                _entry(27, ISRAEL, None, "Israel acknowledged that its minister did meet an envoy in Nicosia."),
            ],
            ["superseded"],
        ),
        (
            [
                _entry(25, MIKATI, "no-response", "Rockets fell for hours while Lebanon waited."),
                _entry(26, KATZ, "denies-report", "He denied that it fell."),
            ],
            [],  # one common word makes no report
        ),
    ],
)
def test_contradictions_by_type_and_never_with_a_winner(entries: list[Entry], found: list[str]) -> None:
    assert [c.type for c in contradictions(_ledger(entries))] == found


def test_a_proposal_has_sponsors_terms_by_day_and_a_status_that_the_sources_say() -> None:
    entries = [
        _entry(25, KIRBY, "proposes", "The White House proposed a three-week ceasefire, monitored by observers."),
        _entry(26, KATZ, "rejects", "Katz rejected the ceasefire plan."),
        _entry(28, BIBI, "endorses", "Netanyahu accepted a 21-day ceasefire if Hezbollah moves north of the Litani."),
    ]
    (record,) = proposals(_ledger(entries, 26))
    assert (record.sponsors, record.status) == (("United States",), "rejected by Israel")
    (record,) = proposals(_ledger(entries, 28))
    terms = [(t.kind, t.value, t.since.day) for t in record.terms]
    assert ("duration", "21 days", 25) in terms
    assert ("geography", "north of the litani", 28) in terms
    assert [k for k, *_ in terms].count("duration") == 1  # three weeks are 21 days
    assert record.status == "accepted by Israel"


def test_an_acceptance_that_another_tells_is_no_acceptance_in_the_status() -> None:
    told = [
        _entry(25, KIRBY, "proposes", "The White House proposed a three-week ceasefire."),
        _entry(26, KIRBY, "endorses", "Israel has accepted the ceasefire plan, Kirby said.", of="Israel"),
    ]
    (record,) = proposals(_ledger(told))
    assert record.status == "accepted by Israel, as United States says"
    (record,) = proposals(_ledger([*told, _entry(27, KATZ, "rejects", "Katz rejected the ceasefire plan.")]))
    assert record.status == "rejected by Israel"
    later = _entry(28, KIRBY, "endorses", "Israel has accepted the ceasefire plan, Kirby said.", of="Israel")
    (record,) = proposals(_ledger([*told, _entry(27, KATZ, "rejects", "Katz rejected the ceasefire plan."), later]))
    assert record.status == "rejected by Israel"  # its own word stands


def test_figures_are_ranges_by_who_counts_and_the_newest_of_each_counts() -> None:
    entries = [
        _entry(25, MIKATI, None, "He said that thirty-one people were killed in the market in Tyre."),
        _entry(25, KATZ, None, "He said that 14 people were killed in the market in Tyre.", hour=14),
        _entry(26, MIKATI, None, "He said that 33 people were killed in the market in Tyre."),
    ]
    (figure,) = figures(_ledger(entries))
    assert (figure.least, figure.most, [(c.entry.who, c.number) for c in figure.counts]) == (
        14, 33, [("Najib Mikati", 33), ("Israel Katz", 14)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sentence", "told"),
    [
        (
            "two diplomats familiar with the US approach",
            "Two diplomats familiar with the US approach, who asked not to be identified discussing private assessments, said so.",
            (2, "diplomat", "United States", "who asked not to be identified discussing private assessments", "second"),
        ),
        (
            "an Israeli official",
            "An Israeli official said so on condition of anonymity.",
            (1, "official", "Israel", "on condition of anonymity", None),
        ),
        ("officials involved in the talks", "Officials involved in the talks said so.", (None, "official", None, None, "first")),
        ("several aides", "Several aides said so.", (None, "aide", None, None, None)),
    ],
)
def test_a_source_without_a_name_is_described_by_count_kind_side_terms_and_hand(
    words: str, sentence: str, told: tuple[object, ...]
) -> None:
    found = unnamed(words, sentence, TOPIC)
    assert (found.count, found.kind, found.side, found.terms, found.hand) == told


def test_a_timeline_merges_what_several_origins_tell_of_one_day() -> None:
    text = "The United States and France proposed a 21-day ceasefire along the Blue Line."
    events = timeline(
        _ledger([_entry(25, KIRBY, "proposes", text, origin="a"), _entry(25, KIRBY, "proposes", text, origin="b", hour=15)])
    )
    assert [(e.day.day, e.origins, e.knowable) for e in events] == [(25, 2, _at(25))]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 28),
            st.sampled_from([KATZ, BIBI, KIRBY, MIKATI]),
            st.sampled_from(["rejects", "endorses", "conditions"]),
        ),
        max_size=12,
    ),
    st.integers(1, 28),
)
def test_nothing_from_after_the_as_of_is_in_any_table(told: list[tuple[int, Speaker, Stance]], day: int) -> None:
    entries = [_entry(d, who, stance, origin=f"{n}") for n, (d, who, stance) in enumerate(told)]
    ledger, at = _ledger(entries, day), _at(day, 23)
    kept = _ledger([e for e in entries if e.knowable <= at], day)
    assert ledger.positions == kept.positions
    assert contradictions(ledger) == contradictions(kept)
    assert changes(ledger, at - timedelta(days=1)) == changes(kept, at - timedelta(days=1))
    assert all(e.knowable <= at for e in ledger.entries)


def test_the_desk_reads_once_and_again_when_reader_or_topic_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(Settings(data=tmp_path / "data"))
    (tmp_path / "a.txt").write_text("“There will be no ceasefire with Hezbollah,” Foreign Minister Israel Katz wrote on X.")
    desk.ingest([tmp_path / "a.txt"], given=Given(published="2024-09-26T10:00Z", source="Sample"))
    at = _at(27)
    assert [p.who for p in desk.ledger("israel-hezbollah", as_of=at).ledger.positions] == ["Israel Katz"]
    assert desk.read() == 0  # the ingest has read it
    assert desk.ledger("israel-hezbollah", as_of=_at(25)).ledger.entries == ()
    monkeypatch.setattr("briefing.reading.reader.BUILT_IN", "built-in/another")
    told = desk.ledger("israel-hezbollah", as_of=at)
    assert told.notes == ("The reader is a newer one: 1 articles are read anew.",)
    assert [p.who for p in told.ledger.positions] == ["Israel Katz"]
    assert desk.ledger("israel-hezbollah", as_of=at).notes == ()
    article = desk.articles()[0]
    desk.delete(article.id)
    assert list(desk.readings.of([article.id], "built-in/another")) == []
    desk.close()


def test_days_that_are_spoken_of_again_matter_and_their_sentences_do_not_repeat() -> None:
    articles = [
        (date(2024, 9, 26), "The call for a ceasefire came on 25 September 2024. Rain fell on the fields all day long."),
        (date(2024, 9, 27), "The call for a truce on 25 September 2024 was rejected by the foreign minister in Jerusalem."),
        (
            date(2024, 9, 28),
            "After the call of 25 September 2024 the army struck the town on 26 September 2024 with great force.",
        ),
    ]
    chronicle = Chronicle(dated_sentences(articles))
    assert chronicle.days(1) == [date(2024, 9, 25)]
    told = chronicle.summary(date(2024, 9, 25), 2)
    assert len(told) == len(set(told)) == 2


def test_a_language_model_that_has_earned_it_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "“There will be no ceasefire with Hezbollah,” Foreign Minister Israel Katz wrote on X.\n"
        "Rain fell on the fields.\nNajib Mikati lit a candle for it.\n"
    )
    with model_server() as server:
        model = ModelSettings.model_validate({"name": "test-model", "base_url": server.url, "retries": 0, "timeout_seconds": 2})
        desk = Desk(Settings(data=tmp_path / "data", model=model))
        server.mode = "500"
        done = desk.ingest([tmp_path / "a.txt"], given=Given(published="2024-09-26T10:00Z", source="Sample"))
        assert "read without the language model" in done.notes[0]
        at = _at(27)
        assert [p.who for p in desk.ledger("israel-hezbollah", as_of=at).ledger.positions] == ["Israel Katz"]
        server.mode = "honest"
        breaker.reset()
        (told,) = desk.read_by_model()
        assert told == "test-model read 1 articles: 3 statements; 3 of its fields were dropped"
        ledger = desk.ledger("israel-hezbollah", as_of=at).ledger
        assert {(e.who, e.statement.stance, e.statement.read_by) for e in ledger.entries} >= {
            ("Israel Katz", "conditions", "test-model"),
            ("Najib Mikati", "welcomes", "test-model"),
        }
        assert [e.statement.differs for e in ledger.entries if e.who == "Israel Katz"] == ["the built-in reader reads rejects"]
        seen = desk.seen(desk.articles()[0].id)
        assert {d.field for d in seen.dropped} == {"quote", "speaker", "sentences"}
        asked = len(server.requests)
        desk.ledger("israel-hezbollah", as_of=at)
        assert desk.read_by_model() == []
        assert len(server.requests) == asked  # once an article
        desk.close()
