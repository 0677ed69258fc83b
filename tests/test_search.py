"""Search: nothing from after, copies that move nothing, phrases and names, other embeddings, other stores."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefing.desk import Desk
from briefing.ecosystem.embeddings import ForLangchain
from briefing.ecosystem.retriever import ArchiveRetriever
from briefing.settings import EmbeddingSettings, Settings, load
from evals.model_server import bag_of_words, model_server
from index.archive import NewArticle, engine, rows, tables
from index.calendar.instants import Stamp, parse_stamp
from index.embedding import MiniLM, OnnxFolder, Vectors
from index.errors import EmbeddingUnavailable, IndexMismatch, Misuse, Unusable
from index.library import INDEX_BATCH, Library
from index.passages import indexed_text
from index.question import folded, understood
from index.scan import RowVectors
from index.search import Query
from index.sources import Given
from index.vectors import VectorStore

DAY = datetime(2024, 9, 27, 6, tzinfo=UTC)
REPORTS = 2 * INDEX_BATCH + 20  # two batches and a part of one


class Words:
    """A cheap embedder: where many small archives are built, what the vectors mean does not matter."""

    def __init__(self, identity: str = "words", fails_after: int | None = None) -> None:
        self.identity, self.left, self.embedded = identity, fails_after, 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.left is not None and self.left <= 0:
            raise EmbeddingUnavailable("the words are gone")
        if self.left is not None:
            self.left -= 1
        self.embedded += len(texts)
        rows = np.array([bag_of_words(text) for text in texts], np.float32).reshape(len(texts), -1)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _new(text: str, day: str | Stamp = "2024-09-26", outlet: str = "Sample", **more: str) -> NewArticle:
    stamp = day if isinstance(day, Stamp) else parse_stamp(day)
    return NewArticle(outlet=outlet, text=text, external_id=more.pop("id", text[:40]), published=stamp, **more)


# ---- as-of, origins

VOCABULARY = "truce talks border envoy army strike village minister cabinet vote rocket school harvest rain".split()
texts = st.lists(st.sampled_from(VOCABULARY), min_size=3, max_size=30).map(" ".join)


ON_AN_EDGE = [  # the third scores .159635 but for the last bit
    ("truce cabinet truce talks", 0),
    ("truce truce truce", 20),
    ("truce village strike army rocket border rain", 0),
    ("army truce school truce", 0),
    ("army cabinet village school army border border vote minister", 0),
    ("truce truce truce truce school truce", 20),
    ("village school army border border vote minister", 14),
    ("envoy envoy army", 0),
]


@settings(deadline=None, max_examples=25)
@example(ON_AN_EDGE, 17, "envoy truce vote")
@given(st.lists(st.tuples(texts, st.integers(0, 20)), min_size=1, max_size=12), st.integers(-1, 21), texts)
def test_no_result_is_from_after(
    tmp_path_factory: pytest.TempPathFactory, articles: list[tuple[str, int]], day: int, asked: str
) -> None:
    library = Library(tmp_path_factory.mktemp("random"), Words())
    start = datetime(2024, 9, 1, tzinfo=UTC)
    library.ingest(
        (_new(f"{text}.", Stamp(start + timedelta(days=n), is_day=False), id=str(at)) for at, (text, n) in enumerate(articles)),
        now=DAY,
    )
    as_of = start + timedelta(days=day)
    found = library.search(Query(text=asked, as_of=as_of, k=50, fold=False))
    assert all(e.article.knowable_from is not None and e.article.knowable_from <= as_of for e in found)
    early = Library(tmp_path_factory.mktemp("early"), Words())
    early.ingest(
        (
            _new(f"{text}.", Stamp(start + timedelta(days=n), is_day=False), id=str(at))
            for at, (text, n) in enumerate(articles)
            if n <= day
        ),
        now=DAY,
    )
    alone = early.search(Query(text=asked, as_of=as_of, k=50, fold=False))
    # scores are rounded to the fifth place; sums of 32 bits that differ in the last one may fall on either side of it
    scores = {e.article.external_id: e.score for e in found}
    assert scores == pytest.approx({e.article.external_id: e.score for e in alone}, abs=1.1e-5)
    assert [e.article.external_id for e in found] == sorted(scores, key=scores.__getitem__, reverse=True)
    library.close(), early.close()


def test_ten_carriers_of_any_article_move_no_other_result(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    stories = [" ".join(rng.choice(VOCABULARY, 80)) + f" number {n} {n * 31}." for n in range(12)]
    originals = [_new(text, outlet=f"Outlet {n}", title=f"Story {n}") for n, text in enumerate(stories)]
    question = Query(text="Did the envoy say that the army agrees to a truce?", as_of=datetime(2024, 9, 30, tzinfo=UTC), k=12)

    def ranked(folder: str, articles: list[NewArticle]) -> dict[str, tuple[str, float, int]]:
        library = Library(tmp_path / folder, Words())
        library.ingest(articles, now=DAY)
        found = library.search(question)
        library.close()
        return {e.article.origin_id: (e.passage.text, round(e.score, 5), e.carriers) for e in found}

    before = ranked("plain", originals)
    for n, chosen in enumerate(originals[:4]):
        copies = [
            replace(
                chosen, outlet=f"Carrier {c}", external_id=f"copy {c}", title=f"Taken over {c}", text=f"{chosen.text} Read on."
            )
            for c in range(10)
        ]
        after = ranked(f"copied{n}", [*originals, *copies])
        assert len(after) == len(before) == 12
        moved = {origin for origin in before if before[origin][:2] != after[origin][:2]}
        folded = {origin for origin, (_, _, carriers) in after.items() if carriers == 10}
        assert len(folded) == 1
        assert moved <= folded


def test_passages_that_say_the_same_do_not_fill_a_page(tmp_path: Path) -> None:
    library = Library(tmp_path, Words())
    boilerplate = "The war along the border began in October and has driven people from towns on both sides of it."
    filler = [" ".join(f"{word}{n}" for word in VOCABULARY) for n in range(6)]
    library.ingest((_new(f"{boilerplate}\n{filler[n]}." * 1, outlet=f"Paper {n}") for n in range(6)), now=DAY)
    library.ingest([_new(f"{boilerplate}", outlet=f"Digest {n}", id=f"d{n}") for n in range(4)], now=DAY)
    found = library.search(Query(text="when did the war along the border begin", k=10))
    assert sum(e.passage.text == boilerplate for e in found) == 1
    library.close()


# ---- questions


def test_a_long_question_is_split_and_numbers_names_and_days_have_other_forms() -> None:
    asked = understood(
        "Did Hizbullah accept the 21-day truce, and what did Katz say on 2024-09-26?",
        [("Hezbollah", "Hizbullah", "Party of God")],
    )
    assert asked.parts == ("Did Hizbullah accept the 21-day truce,".rstrip(","), "what did Katz say on 2024-09-26?")
    forms = {wanted.forms for wanted in asked.wanted}
    assert (("hizbullah",), ("hezbollah",), ("parti", "god")) in forms
    assert (("3", "week"),) in forms
    assert {"septemb", "26", "2024"} <= asked.terms
    assert understood("Who is Katz?").parts == ()


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Hizbullah fighters", "Hezbollah"),
        ("Party of God", "Hezbollah"),
        ("a 21-day pause", "three-week"),
        ("what happened on 2024-09-05", "September 5"),
        ("Sept. 5", "September 5"),
    ],
)
def test_the_other_way_of_writing_it_is_found(tmp_path: Path, question: str, word: str) -> None:
    library = Library(tmp_path, Words())
    told = (
        "Hezbollah said no.",
        "They spoke of a three-week halt.",
        "It ended on September 5 at noon.",
        "Rain fell on the harvest.",
    )
    library.ingest((_new(text) for text in told), now=DAY)
    names = [("Hezbollah", "Hizbullah", "Party of God")]
    best = library.search(Query(text=question, names=names, vector_weight=0))[0]
    assert word in best.passage.text
    assert best.sentence == (0, len(best.passage.text))
    library.close()


def test_a_quoted_phrase_must_match_and_it_is_told_where_none_does(shared_sample_desk: Desk) -> None:
    found = shared_sample_desk.search("“no ceasefire” Katz", as_of=DAY)
    assert found
    assert all("no ceasefire" in folded(indexed_text(e.article, e.passage)) for e in found)
    assert found.notes == ()
    none = shared_sample_desk.search("“pink elephants on parade” Katz", as_of=DAY)
    assert none
    assert "no passage holds “pink elephants on parade”" in none.notes[0]


def test_filters_hold(shared_sample_desk: Desk) -> None:
    def found(**only: object) -> list[object]:
        return [e.article for e in shared_sample_desk.search("ceasefire", as_of=DAY, k=50, **only)]  # type: ignore[arg-type]

    everything = found()
    outlet = everything[0].outlet  # type: ignore[attr-defined]
    since, until = DAY - timedelta(days=2), DAY - timedelta(days=1)
    assert {a.outlet for a in found(outlet=outlet)} == {outlet}  # type: ignore[attr-defined]
    assert all(since <= a.knowable_from <= until for a in found(since=since, until=until))  # type: ignore[attr-defined]
    assert found(language="xx") == []
    assert {a.origin_id for a in found(origin=everything[0].origin_id)} == {everything[0].origin_id}  # type: ignore[attr-defined]


# ---- other embeddings


def _openai(url: str, **more: object) -> EmbeddingSettings:
    told = {"kind": "openai", "model": "text-embedding-3-small", "base_url": url, "retries": 0, "timeout_seconds": 2}
    return EmbeddingSettings.model_validate(told | more)


def test_any_compatible_endpoint_embeds_and_terms_answer_while_it_is_down(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text(
        "\n".join(
            json.dumps({"id": str(n), "title": f"T{n}", "source": "S", "published": "2024-09-26", "text": t})
            for n, t in enumerate(("The envoy spoke of a truce.", "The army struck a village.", "Rain fell on the harvest."))
        )
    )
    with model_server() as server:
        desk = Desk(Settings(data=tmp_path / "data", embedding=_openai(server.url)))
        server.mode = "500"
        done = desk.ingest([tmp_path / "news.jsonl"])
        assert len(done.new) == 3
        assert done.unembedded is not None and "status 500" in done.unembedded
        found = desk.search("truce")
        assert found[0].passage.text == "The envoy spoke of a truce."
        assert found[0].similarity is None
        assert "ranked by terms alone" in found.notes[0]
        for mode in ("html", "hangs"):
            server.mode = mode
            assert "ranked by terms alone" in desk.search("truce").notes[0]
            assert "ranked by terms alone" in desk.ask("Who backs the truce?", as_of=datetime.now(UTC)).notes[0]
        brief = desk.draft("israel-hezbollah", as_of=DAY).brief
        assert any("ranked by terms alone" in claim.text for claim in brief.claims)
        assert desk.ask("Who spoke of a truce?", as_of=DAY).ending in {"answered", "no-information"}
        server.mode = "half"
        assert "no vectors" in (desk.ingest([tmp_path / "news.jsonl"]).unembedded or "")
        server.mode = "honest"
        assert desk.ingest([tmp_path / "news.jsonl"]).unembedded is None
        assert desk.search("truce").notes == ()
        assert desk.search("truce")[0].similarity is not None
        assert all(check.ok for check in desk.status())
        desk.close()
        other = Desk(Settings(data=tmp_path / "data"))
        with pytest.raises(IndexMismatch, match="run `briefing index rebuild`"):
            other.search("truce")
        other.rebuild()
        assert other.search("truce")[0].similarity is not None
        other.close()


def test_what_costs_money_is_estimated_and_capped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The envoy spoke of a truce in the city. " * 40)
    with model_server() as server:
        desk = Desk(Settings(data=tmp_path / "data", embedding=_openai(server.url, price=1000.0, most_cost=0.01)))
        done = desk.ingest([tmp_path / "a.txt"], given=Given(source="S"))
        assert len(done.new) == 1
        too_much = r"embedding 2 texts of about [\d,]+ tokens for \$0\.\d\d is more than the \$0\.01 that one run may cost"
        assert re.search(too_much, done.unembedded or "")
        for embeds in (desk.repair, desk.rebuild):
            with pytest.raises(Misuse, match=too_much):
                embeds()
        assert server.requests == []
        announced: list[str] = []
        assert desk.repair(most_cost=5, announce=lambda estimate: announced.append(str(estimate))) == 1
        assert announced == [announced[0]]
        assert announced[0].startswith("2 texts of about")
        desk.close()


def test_a_rebuild_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    library = Library(tmp_path, Words())
    library.ingest((_new(f"Report {n} of the envoy.", id=str(n)) for n in range(REPORTS)), now=DAY)
    library.close()
    stopped = Library(tmp_path, Words("other", fails_after=2))
    with pytest.raises(EmbeddingUnavailable):
        stopped.rebuild()
    assert len(stopped.search(Query(text="envoy", k=3, vector_weight=0))) == 3
    stopped.close()
    again = Library(tmp_path, other := Words("other"))
    assert again.rebuild() == REPORTS - 2 * INDEX_BATCH
    assert other.embedded == REPORTS - 2 * INDEX_BATCH
    assert all(check.ok for check in again.status())
    assert again.rebuild() == REPORTS  # it was finished: this is a new one
    again.close()


def test_an_interrupted_rebuild_that_an_ingest_finished_or_whose_store_broke_starts_anew(tmp_path: Path) -> None:
    library = Library(tmp_path, Words())
    library.ingest((_new(f"Report {n} of the envoy.", id=str(n)) for n in range(REPORTS)), now=DAY)
    for broken in (False, True):
        library.embedder = Words(fails_after=2)
        with pytest.raises(EmbeddingUnavailable):
            library.rebuild()
        library.embedder = Words()
        if broken:
            (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"not a database" * 100)
        else:
            library.ingest([], now=DAY)  # finishes it
        assert library.rebuild() == REPORTS
        assert all(check.ok for check in library.status())
    library.close()


def test_an_onnx_folder_embeds_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    model = Path(__file__).parents[1] / "index" / "model"
    folder = OnnxFolder(model)
    assert folder.identity != MiniLM.identity
    assert np.allclose(folder.embed(["a truce"]), MiniLM().embed(["a truce"]), atol=1e-5)
    with pytest.raises(Misuse, match=r"holds no model\.onnx"):
        OnnxFolder(tmp_path)


def test_a_model_may_word_a_question_anew_and_both_results_are_kept(
    sample_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from briefing.cli import main

    with model_server() as server:
        environment = {"BRIEFING_MODEL": "test", "OPENAI_BASE_URL": server.url, "BRIEFING_DATA": str(sample_folder)}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            desk = Desk(load())
            plain = desk.search("Does Israel accept?", k=3)
            assert desk.rewritten("Does Israel accept?") == (["truce envoy talks"], None)
            patch.setattr("sys.argv", ["briefing", "search", "Does Israel accept?", "-k", "3", "--rewrite", "--json"])
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code in {0, None}
            told = json.loads(capsys.readouterr().out)
            assert [r["start"] for r in told["results"]] == [e.passage.start for e in plain]
            assert [w["query"] for w in told["rewritten"]] == ["truce envoy talks"]
            assert len(told["rewritten"][0]["results"]) == 3
            server.mode = "500"
            wordings, problem = desk.rewritten("Does Israel accept?")
            assert wordings == []
            assert problem is not None and "in these words alone" in problem
            desk.close()


# ---- langchain


def test_a_langchain_chain_can_use_the_archive(shared_sample_desk: Desk) -> None:
    retriever = ArchiveRetriever(desk=shared_sample_desk, bounds={"as_of": DAY}, k=4)
    documents = retriever.invoke("Who calls for a 21-day ceasefire?")
    assert len(documents) == 4
    for document in documents:
        article, _ = shared_sample_desk.article(document.metadata["article_id"])
        assert article.text[document.metadata["start"] : document.metadata["end"]] == document.page_content
        assert article.knowable_from is not None
        assert article.knowable_from <= DAY
    assert len({d.metadata["origin_id"] for d in documents}) == 4
    assert np.allclose(ForLangchain().embed_query("truce"), MiniLM().embed(["truce"])[0], atol=1e-6)


# ---- where vectors lie


def test_an_archive_of_the_first_schema_is_brought_up_and_says_what_makes_its_index_anew(tmp_path: Path) -> None:
    first = engine.Schema(engine.ARCHIVE.package, engine.ARCHIVE.version_table, ("0001",))
    database = engine.sqlite_engine(tmp_path / "archive.db")
    engine.migrate(database, first)
    with database.begin() as connection:
        given = {c.name: getattr(c.type, "python_type", str)() for c in tables.article.c if not c.nullable}
        given |= {"id": "a1", "outlet": "S", "text": "The envoy spoke of a truce.", "first_seen": "2024-09-26", "notes": "[]"}
        given |= {"authors": "[]", "page_starts": "[]", "origin_id": "o1", "arrival": 1, "indexed_as": "an older way"}
        columns = ", ".join(given)
        connection.exec_driver_sql(
            f"insert into article ({columns}) values ({', '.join('?' * len(given))})", tuple(given.values())
        )
    database.dispose()
    with VectorStore(tmp_path / "vectors", "an older way").opened():
        pass
    library = Library(tmp_path, Words())
    assert [(c.name, c.mend) for c in library.status() if not c.ok] == [
        ("indexed", "briefing index repair"),
        ("vectors", "briefing index rebuild"),
    ]
    with pytest.raises(IndexMismatch, match="run `briefing index rebuild`"):
        library.ingest([], now=DAY)
    assert library.rebuild() == 1
    assert library.search(Query(text="truce"))[0].article.id == "a1"
    assert all(check.ok for check in library.status())
    library.close()


def test_what_a_killed_writer_left_is_cut_off_and_the_newest_vector_of_a_row_counts(tmp_path: Path) -> None:
    rows = RowVectors(tmp_path, "v")
    rows.append(np.array([1, 2], np.int32), np.eye(2, 4, dtype=np.float32))
    with (tmp_path / "v.f32").open("ab") as file:
        file.write(b"half of one")
    rows.append(np.array([2], np.int32), np.full((1, 4), 0.5, np.float32))
    mapped = rows.mapped()
    assert mapped.rows.tolist() == [1, 2, 2]
    assert mapped.last.tolist() == [0, 2]
    assert np.allclose(mapped.similarities(np.ones((1, 4), np.float32), mapped.last), [[1.0, 2.0]])


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma")
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(folder),
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()


def test_a_chroma_server_holds_the_vectors_and_answers(chroma_server: str, tmp_path: Path) -> None:
    told = [
        _new(text, outlet=f"O{n}") for n, text in enumerate(("The envoy spoke of a truce.", "The army struck.", "Rain fell."))
    ]
    here, there = Library(tmp_path / "here"), Library(tmp_path / "there", vector_server=chroma_server)
    for library in (here, there):
        library.ingest(told, now=DAY)
    question = Query(text="a pause in the fighting", as_of=DAY)
    one, other = here.search(question), there.search(question)
    assert [(e.passage.text, round(e.similarity or 0, 3)) for e in one] == [
        (e.passage.text, round(e.similarity or 0, 3)) for e in other
    ]
    assert all(check.ok for check in there.status())
    there.delete(other[0].article.id)
    assert len(there.search(question)) == 2
    assert all(check.ok for check in there.status())
    there.rebuild()
    assert all(check.ok for check in there.status())
    here.close(), there.close()


def test_a_server_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    library = Library(tmp_path, Words(), vector_server="http://127.0.0.1:9")
    with pytest.raises(Unusable, match=r"the vector server http://127\.0\.0\.1:9 does not answer"):
        library.ingest([_new("The envoy spoke.")], now=DAY)
    library.close()


# ---- several processes

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path[:0] = [sys.argv[3]]
from test_search import Words, _new
from index.library import Library
library = Library(Path(sys.argv[1]), Words())
stop = datetime.now(UTC).timestamp() + float(sys.argv[4])
n = 0
while datetime.now(UTC).timestamp() < stop:
    batch = [_new(f"Writer {sys.argv[2]} tells of report {n} in town {n * 37}.", id=f"{sys.argv[2]}-{n + m}", outlet=sys.argv[2])
             for m in range(1)]
    library.ingest(batch, now=datetime.now(UTC))
    n += 1
    print(n, flush=True)
"""
READER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path[:0] = [sys.argv[3]]
from test_search import Words
from index.library import Library
from index.search import Query
from index.sources import Given
library = Library(Path(sys.argv[1]), Words())
stop = datetime.now(UTC).timestamp() + float(sys.argv[4])
seen = 0
while datetime.now(UTC).timestamp() < stop:
    found = len(library.search(Query(text="report town", k=1_000, fold=False)))
    assert found >= seen
    seen = found
print(seen, flush=True)
"""


def _at_once(folder: Path, seconds: float) -> None:
    """Three writers and two readers; then nothing is missing anywhere."""
    Library(folder, Words()).close()
    here = str(Path(__file__).parent)

    def started(code: str, name: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, "-c", code, str(folder), name, here, str(seconds)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)

    writers = [started(WRITER, f"w{n}") for n in range(3)]
    readers = [started(READER, f"r{n}") for n in range(2)]
    ended = [(child, *child.communicate(timeout=seconds + 120)) for child in (*writers, *readers)]
    assert [(child.returncode, err) for child, _, err in ended] == [(0, "")] * 5
    written = [int(out.split()[-1]) for child, out, _ in ended if child in writers]
    library = Library(folder, Words())
    assert min(written) > 0
    assert library.archive.count() == sum(written)
    assert all(check.ok for check in library.status()), library.status()
    with library.vectors.opened() as store:
        assert store.count() == sum(written)
    found = library.search(Query(text="report town", k=10_000, fold=False))
    assert len(found) == sum(written)
    assert all(e.similarity is not None and e.matched for e in found)
    library.close()


def test_what_another_process_has_archived_and_not_yet_cut_is_not_marked_as_embedded(tmp_path: Path) -> None:
    library = Library(tmp_path / "data", Words())
    now = datetime(2024, 9, 27, tzinfo=UTC)
    (added,) = library.archive.add([_new("The envoy came to town and spoke of a truce.", id="a", outlet="o")], now=now)
    assert library.embed_pending() == 0, "another process cuts it into passages now; there is nothing to embed yet"
    assert library.waiting() == 1
    assert library.index_pending() == 1
    assert rows.embedded_passages(library.archive, library.identity)
    assert all(check.ok for check in library.status()), added
    library.close()


def test_three_writers_and_two_readers_at_once(tmp_path: Path) -> None:
    _at_once(tmp_path / "data", seconds=6)


@pytest.mark.slow
def test_three_writers_and_two_readers_for_two_minutes(tmp_path: Path) -> None:
    _at_once(tmp_path / "data", seconds=120)
