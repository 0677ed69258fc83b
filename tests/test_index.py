"""Embedding, terms, vectors, search: the right passages, from before the as-of, and why."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.embedding as embedding
from briefing.desk import Desk
from index.archive import NewArticle, rows
from index.calendar.instants import Stamp, parse_stamp
from index.embedding import MiniLM
from index.errors import Damaged, Misuse
from index.library import Library
from index.search import Query
from index.sources import Given
from index.terms import K1, B, Postings, Statistics, bm25, either, packed, terms, together, unpacked

DAY = datetime(2024, 9, 27, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def test_meaning_is_near_meaning(model: MiniLM) -> None:
    about, same, other = model.embed(
        ["Israel rejects the ceasefire", "The truce was turned down by Israel", "Farmers worry about the price of milk"]
    )
    assert float(about @ same) > 0.6 > 0.3 > float(about @ other)


def test_a_vector_is_a_function_of_its_text_alone(model: MiniLM) -> None:
    text = "There will be no ceasefire."
    alone = model.embed([text])[0]
    beside = model.embed(["x " * 300, text, "Another text of some length about something else."])[1]
    assert np.allclose(alone, beside, atol=1e-6)
    assert math.isclose(float(np.linalg.norm(alone)), 1.0, abs_tol=1e-5)


def test_no_texts_give_no_rows(model: MiniLM) -> None:
    assert model.embed([]).shape == (0, 384)


def test_an_altered_model_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(embedding.SHA256, "model.onnx", "0" * 64)
    with pytest.raises(Damaged, match=r"model\.onnx is missing or altered"):
        MiniLM().embed(["x"])


def test_terms_keep_names_numbers_and_other_scripts() -> None:
    assert terms("The U.S. and Hezbollah’s 21-day ceasefire") == ["us", "hezbollah", "21", "day", "ceasefir"]
    assert terms("وقف إطلاق النار") == ["وقف", "إطلاق", "النار"]


def _naive(documents: list[list[str]], query: list[str], visible: list[bool]) -> list[float]:
    shown = [d for d, v in zip(documents, visible, strict=True) if v]
    n, mean = len(shown), sum(map(len, shown)) / max(1, len(shown))
    scores = []
    for document, is_visible in zip(documents, visible, strict=True):
        total = 0.0
        for term in query:
            df = sum(term in d for d in shown)
            tf = document.count(term)
            if is_visible and tf:
                idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
                total += idf * tf / (tf + K1 * (1 - B + B * len(document) / max(mean, 1e-9)))
        scores.append(total)
    return scores


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=8),
    st.data(),
)
def test_bm25_counts_only_what_is_visible(documents: list[list[str]], data: st.DataObject) -> None:
    visible = data.draw(st.lists(st.booleans(), min_size=len(documents), max_size=len(documents)))
    postings = {
        term: Postings(
            np.array([i for i, d in enumerate(documents) if term in d], np.int32),
            np.array([d.count(term) for d in documents if term in d], np.int32),
        )
        for term in "abcd"
    }
    lengths = np.array([len(d) for d in documents], np.int32)
    statistics = Statistics(lengths, np.array(visible))
    impacts = [(statistics.impacts(p), 1.0) for p in (postings["a"], postings["c"], Postings.none())]
    found = bm25(impacts, len(documents))
    assert np.allclose(found, _naive(documents, ["a", "c", "z"], visible), atol=1e-5)


def test_postings_survive_being_stored() -> None:
    both = unpacked([packed([1, 5], [2, 1]), packed([9], [4])])
    assert (both.rows.tolist(), both.frequencies.tolist()) == ([1, 5, 9], [2, 1, 4])
    assert Counter(terms("ceasefire ceasefires")) == Counter({"ceasefir": 2})


def test_synonyms_count_as_one_term_and_runs_must_stand_together() -> None:
    one, other = unpacked([packed([1, 5], [2, 1])]), unpacked([packed([5, 7], [3, 1])])
    assert (either([one, other]).rows.tolist(), either([one, other]).frequencies.tolist()) == ([1, 5, 7], [2, 4, 1])
    assert (together([one, other]).rows.tolist(), together([one, other]).frequencies.tolist()) == ([5], [1])
    moved = one.moved(np.array([-1, 0, -1, -1, -1, 0], np.int32))
    assert (moved.rows.tolist(), moved.frequencies.tolist()) == ([0], [3])


def test_search_says_why_and_finds_the_words(shared_sample_desk: Desk) -> None:
    results = shared_sample_desk.search("Katz wrote on X there will be no ceasefire", as_of=DAY, k=5)
    assert any("There will be no ceasefire" in r.passage.text for r in results[:3])
    assert all(r.article.text[r.passage.start : r.passage.end] == r.passage.text for r in results)
    assert all(r.matched or r.similarity is not None for r in results)
    assert "katz" in results[0].matched
    assert results == sorted(results, key=lambda r: -r.score)


def test_one_origin_takes_one_place_unless_asked(shared_sample_desk: Desk) -> None:
    results = shared_sample_desk.search("United States France call for 21-day ceasefire", as_of=DAY, k=20)
    origins = [r.article.origin_id for r in results]
    assert len(set(origins)) == len(origins)


def test_moving_the_as_of_through_the_sample_never_shows_what_came_later(shared_sample_desk: Desk) -> None:
    day = datetime(2024, 9, 17, tzinfo=UTC)
    while day < datetime(2024, 12, 1, tzinfo=UTC):
        for result in shared_sample_desk.search("ceasefire Hezbollah Israel Biden", as_of=day, k=50):
            assert result.article.knowable_from is not None
            assert result.article.knowable_from <= day
        day += timedelta(days=1, hours=5)


def test_a_document_of_tomorrow_does_not_change_the_ranking_of_today(tmp_path: Path) -> None:
    today = [
        NewArticle(outlet="Sample", text=f"The {word} talks go on in the city.", external_id=word, published=_at("2024-09-26"))
        for word in ("border", "truce", "budget")
    ]
    later = [
        NewArticle(outlet="Sample", text=f"Truce truce truce number {n}.", external_id=str(n), published=_at("2024-11-01"))
        for n in range(30)
    ]
    as_of = parse_stamp("2024-09-28").knowable
    scores = []
    for n, batch in enumerate((today, today + later)):
        library = Library(tmp_path / str(n))
        library.ingest(batch, now=DAY)
        scores.append([(e.passage.text, round(e.bm25, 5)) for e in library.search(Query(text="truce talks", as_of=as_of))])
        library.close()
    assert scores[0] == scores[1] != []


def _at(day: str) -> Stamp:
    return parse_stamp(day)


def test_a_corrected_version_replaces_the_old_one_in_search(shared_sample_desk: Desk) -> None:
    def texts(as_of: str) -> str:
        found = shared_sample_desk.search("What the ceasefire call says", as_of=parse_stamp(as_of).instant, k=30)
        return " ".join(r.article.text for r in found if r.article.external_id in {"sample-018", "sample-019"})

    assert "three-month" in texts("2024-09-26T12:00Z")
    assert "Correction" in texts("2024-09-26T18:00Z")
    assert "an immediate three-month" not in texts("2024-09-26T18:00Z")


def test_an_empty_archive_answers_nothing_and_a_large_k_is_no_error(tmp_path: Path, shared_sample_desk: Desk) -> None:
    library = Library(tmp_path)
    assert library.search(Query(text="anything", as_of=DAY)) == []
    library.close()
    assert len(shared_sample_desk.search("ceasefire", as_of=DAY, k=200)) < 40
    with pytest.raises(Misuse, match="nothing to search for"):
        shared_sample_desk.search("  ")


@pytest.mark.parametrize("query", ["$where {}", "'; drop table article; --", "🙂", "وقف", "a" * 5000, "\x00\x1b[31m"])
def test_any_query_is_only_words(shared_sample_desk: Desk, query: str) -> None:
    shared_sample_desk.search(query, as_of=DAY)


def _state(desk: Desk) -> tuple[set[str], int]:
    archive = desk.library.archive
    return rows.embedded_passages(archive, desk.library.identity), rows.generation(archive)


def test_ingesting_again_leaves_archive_and_vectors_as_they_are(sample_desk: Desk) -> None:
    from briefing.sample import articles_file

    before = _state(sample_desk)
    with articles_file() as sample:
        done = sample_desk.ingest([sample])
    assert (done.new, done.versions, done.unchanged) == ([], [], 36)
    assert _state(sample_desk) == before
    assert all(check.ok for check in sample_desk.status())


def test_what_was_archived_but_not_indexed_is_indexed_by_the_next_ingest(tmp_path: Path) -> None:
    library = Library(tmp_path)
    article = NewArticle(outlet="Sample", text="The truce holds along the border.", published=_at("2024-09-26"))
    library.archive.add([article], now=DAY)  # as a killed ingest leaves it
    assert not all(check.ok for check in library.status())
    library.ingest([], now=DAY)
    assert all(check.ok for check in library.status())
    assert len(library.search(Query(text="truce", as_of=DAY))) == 1
    library.close()


def test_missing_and_orphaned_vectors_are_found_and_mended(sample_desk: Desk) -> None:
    library = sample_desk.library
    with library.vectors.opened() as store:
        store.delete(sorted(store.ids())[:3])
        store.put(["nobody:0-9"], [10**6], library.embedder.embed(["nobody's"]), [0])
    broken = [check for check in sample_desk.status() if not check.ok]
    assert [(c.name, c.mend) for c in broken] == [("vectors", "briefing index repair")]
    assert "3 missing, 0 that searches cannot read, 1 orphaned" in broken[0].detail
    sample_desk.repair()
    assert all(check.ok for check in sample_desk.status())


def test_vectors_that_searches_would_not_read_are_found_and_mended(sample_desk: Desk) -> None:
    (found,) = (sample_desk.settings.data / "vectors-read").glob("*.rows")
    with found.open("r+b") as file:
        file.truncate(8)
    assert [c.name for c in sample_desk.status() if not c.ok] == ["vectors"]
    assert sample_desk.repair() == 0  # copied, not embedded anew
    assert all(check.ok for check in sample_desk.status())
    assert all(e.similarity is not None for e in sample_desk.search("ceasefire", as_of=DAY))


def test_a_damaged_vector_folder_is_told_and_rebuilt(sample_desk: Desk) -> None:
    (sample_desk.settings.data / "vectors" / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    broken = [check for check in sample_desk.status() if not check.ok]
    assert [(c.name, c.mend) for c in broken] == [("vectors", "briefing index rebuild")]
    assert len(sample_desk.search("ceasefire", as_of=DAY)) == 10  # searches do not need it
    sample_desk.rebuild()
    assert all(check.ok for check in sample_desk.status())


def _count(desk: Desk, table: str) -> int:
    with desk.library.archive.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar() or 0)


def test_a_deleted_article_leaves_no_trace(sample_desk: Desk) -> None:
    folder = sample_desk.settings.data
    page = f"<html><body><h1>Talks</h1><article>{'<p>The ceasefire talks of the envoy went on in the city all night.</p>' * 9}</article></body></html>"
    (folder / "talks.html").write_text(page)
    sample_desk.ingest(
        [folder / "talks.html"], given=Given(source="S", published="2024-09-26T01:00Z", url="https://s.invalid/talks")
    )
    gone = sample_desk.search("ceasefire talks of the envoy in the city", as_of=DAY, k=1)[0].article
    assert gone.outlet == "S"
    (file,) = (folder / "vectors-read").glob("*.f32")
    assert _count(sample_desk, "original") == 1
    before = np.fromfile(file, np.float32).reshape(-1, 384)
    assert (np.abs(before).sum(1) > 0).all()
    sample_desk.delete(gone.id)
    assert _count(sample_desk, "original") == 0
    assert (np.abs(np.fromfile(file, np.float32).reshape(-1, 384)).sum(1) == 0).sum() == 1
    assert all(check.ok for check in sample_desk.status())
    assert gone.id not in {e.article.id for e in sample_desk.search("ceasefire", as_of=DAY, k=50)}
    with pytest.raises(Misuse, match="no article"):
        sample_desk.delete(gone.id)
