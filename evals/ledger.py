"""The ledger over the exercise corpus, day by day against its key: positions, changes, contradictions."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench import put
from evals.quotes import same_name
from evals.rows import rows_of
from evals.suite import Metric, Result
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.claims import Statement
    from briefing.ledger import Entry, Ledger
    from index.article import Article

OWN = Path(__file__).parent / "exercise"
# Only of the ledger's own rules, over labelled statements: what the reader makes of an invented conflict is a report.
FLOORS = {"changes_precision_given_statements": 0.90, "changes_recall_given_statements": 0.90}
Row = dict[str, Any]
Missed = list[tuple[str, str, Any]]


def ledger(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Through the archive and the reader, as of the end of each day of the key. A position is right by party, speaker and
    stance; a change also by type; a contradiction by type and by the two articles (or others of their origins). Raises
    Misuse."""
    folder = cases or OWN
    metrics, _ = _measured(folder)
    n = sum(len(rows) for rows in _key(folder).values())
    return Result(suite="ledger", cases=str(folder), n=n, unscored=0, metrics=metrics, floors=FLOORS)


def _key(folder: Path) -> dict[str, list[Row]]:
    if not (folder / "key" / "changes.jsonl").is_file():
        raise Misuse(f"{folder} holds no key/changes.jsonl")
    return {name: rows_of(folder / "key" / f"{name}.jsonl") for name in ("positions", "changes", "contradictions")}


def _measured(folder: Path) -> tuple[dict[str, Metric], dict[str, Missed]]:
    """The metrics, and what was missed or found besides: through the reader, and over the key's own statements ("given")."""
    key = _key(folder)
    metrics: dict[str, Metric] = {}
    missed: dict[str, Missed] = {}
    for given in (False, True):
        counts: Counter[str] = Counter()
        found: Missed = []
        missed["given" if given else "read"] = found
        with _entries(folder, given=given) as (whole, ours):
            _all_days(whole, key, counts, found, ours)
        for name in key:
            suffix = "_given_statements" if given else ""
            metrics[f"{name}_precision{suffix}"] = Metric.share(counts[f"{name} right"], counts[f"{name} found"])
            metrics[f"{name}_recall{suffix}"] = Metric.share(counts[f"{name} right"], counts[f"{name} key"])
    return metrics, missed


def _all_days(whole: Ledger, key: dict[str, list[Row]], counts: Counter[str], missed: Missed, ours: dict[str, str]) -> None:
    told: set[tuple[str, ...]] = set()
    for day in sorted({row["day"] for row in key["positions"]}):
        at = _end(day)
        _positions(whole.at(at), [r for r in key["positions"] if r["day"] == day], counts, missed, day)
        _changes(whole, at, [r for r in key["changes"] if r["day"] == day], counts, missed, day)
        _contradictions(whole.at(at), [r for r in key["contradictions"] if r["day"] == day], counts, missed, day, ours, told)


def _end(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(23, 59), UTC)


@contextmanager
def _entries(folder: Path, *, given: bool) -> Iterator[tuple[Ledger, dict[str, str]]]:
    """The ledger of everything (of the key's own statements where `given`, so that the ledger is measured apart from the
    reader), and each article's own id -> the origin the archive gave it."""
    from briefing import topics
    from briefing.ledger import Ledger
    from briefing.ledger.book import entry_of
    from briefing.talks.statements import Talks, counts_in
    from index.archive import Archive
    from index.sources.fields import article as read_row
    from index.sources.given import Given

    topic = topics.load(str(folder / "topic.toml"))
    talks = Talks(topic)
    with tempfile.TemporaryDirectory() as place:
        archive = Archive.open(Path(place) / "archive.db")
        try:
            rows = rows_of(folder / "articles.jsonl")
            added = archive.add([read_row(row, Given()) for row in rows], now=datetime.now(UTC))
            found = archive.many(outcome.id for outcome in added)
            origins = {str(row["id"]): found[outcome.id].origin_id for row, outcome in zip(rows, added, strict=True)}
            if given:
                by_row = {str(row["id"]): found[outcome.id] for row, outcome in zip(rows, added, strict=True)}
                labels = rows_of(folder / "key" / "statements.jsonl")
                statements = [(_statement(row, by_row[row["article_id"]]), by_row[row["article_id"]]) for row in labels]
                counts = [(c, a) for s, a in statements for c in counts_in(s.said, s.speaker)]
            else:
                seen = [(talks.read(article), article) for article in found.values()]
                statements = [(statement, article) for one, article in seen for statement in one.statements]
                counts = [(c, article) for one, article in seen for c in one.counts]
            entries = [entry for s, a in statements if (entry := entry_of(s, a)) is not None]
            counted = [(e, c.number, c.of) for c, a in counts if (e := entry_of(c.plain, a)) is not None]
            yield Ledger(topic, max(e.knowable for e in entries), entries, counted), origins
        finally:
            archive.close()


def _statement(row: Row, article: Article) -> Statement:
    """A statement as the key has it."""
    from briefing.claims import Said, Speaker, Statement

    start = article.text.index(row["span"])
    names = {k: row[k] for k in ("office", "party", "anonymous")}
    nobody = not row["speaker"] and not row["anonymous"]
    known = not nobody or row["party"]
    speaker = Speaker(name=row["speaker"] or (row["party"] if nobody else None), **names) if known else None
    said = Said(
        article_id=article.id,
        start=start,
        end=start + len(row["span"]),
        text=row["span"],
        kind="quoted" if row["kind"] == "quoted" else "reported",
        speaker=speaker,
        front="exercise" if row["front"] == "main" else "Ghelm",
        on_talks=True,
        event_date=date.fromisoformat(row["event_date"]) if row["event_date"] else None,
    )
    return Statement(
        said=said,
        speaker=speaker,
        stance=row["stance"],
        stance_of=row["stance_of"],
        about=row["about"],
        narrated=bool(row["narration"]),
    )


def _positions(ledger: Ledger, key: list[Row], counts: Counter[str], missed: Missed, day: str) -> None:
    found = ledger.positions
    counts["positions key"] += len(key)
    counts["positions found"] += len(found)
    for row in key:
        same = [p for p in found if p.party == row["party"] and same_name(p.who, row["speaker"])]
        right = any(p.stance in _accepted(row, ledger) for p in same)
        counts["positions right"] += right
        if not right:
            missed.append((day, "position", (row["party"], row["speaker"], row["stance"], [p.stance for p in same])))


def _accepted(row: Row, ledger: Ledger, name: str = "stance") -> set[str | None]:
    accepted = {row[name], *(row.get("stance_also_ok") or [])}
    if "reverses" in accepted:
        accepted.add("endorses")
    party = ledger.topic.party(row["party"])
    if accepted & {"proposes", "endorses", "welcomes"} and party is not None and party.role == "mediator":
        accepted |= {"proposes", "endorses", "welcomes"}  # of a mediator they are one stance
    return accepted


def _changes(whole: Ledger, at: datetime, key: list[Row], counts: Counter[str], missed: Missed, day: str) -> None:
    from briefing.ledger.changes import changes

    found = changes(whole.at(at), at - timedelta(days=1))
    counts["changes key"] += len(key)
    counts["changes found"] += len(found)
    taken: set[int] = set()
    for row in key:
        hit = next(
            (
                n
                for n, change in enumerate(found)
                if n not in taken
                and change.type == row["type"]
                and change.party == row["party"]
                and same_name(change.who, row["speaker"])
                and (row["new"] is None or change.new in _accepted(row, whole, "new"))
            ),
            None,
        )
        if hit is None:
            missed.append((day, "change", (row["type"], row["party"], row["speaker"], row["old"], row["new"])))
        else:
            taken.add(hit)
            counts["changes right"] += 1
    for n, change in enumerate(found):
        if n not in taken:
            missed.append(
                (
                    day,
                    "extra change",
                    (change.type, change.party, change.who, change.old, change.new, change.entry.statement.text[:90]),
                )
            )


def _contradictions(
    ledger: Ledger,
    key: list[Row],
    counts: Counter[str],
    missed: Missed,
    day: str,
    ours: dict[str, str],
    told: set[tuple[str, ...]],
) -> None:
    from briefing.ledger.contradictions import contradictions

    found = []
    for pair in contradictions(ledger):
        name = (pair.type, *sorted(_place(e) for e in (pair.first, pair.second)))
        if name not in told:
            told.add(name)
            found.append(pair)
    counts["contradictions key"] += len(key)
    counts["contradictions found"] += len(found)
    taken: set[int] = set()
    for row in key:
        wanted = sorted((ours[row["a"]["article_id"]], ours[row["b"]["article_id"]]))
        hit = next(
            (
                n
                for n, pair in enumerate(found)
                if n not in taken
                and pair.type == row["type"]
                and sorted(e.article.origin_id for e in (pair.first, pair.second)) == wanted
            ),
            None,
        )
        if hit is None:
            missed.append((day, "contradiction", (row["type"], row["a"]["span"][:90], row["b"]["span"][:90])))
        else:
            taken.add(hit)
            counts["contradictions right"] += 1
    for n, pair in enumerate(found):
        if n not in taken:
            missed.append(
                (day, "extra contradiction", (pair.type, pair.first.statement.text[:90], pair.second.statement.text[:90]))
            )


def _place(entry: Entry) -> str:
    return f"{entry.article.id}:{entry.statement.start}"


def main() -> None:
    """Every miss, and everything found that the key does not have: `python -m evals.ledger`."""
    for over, missed in _measured(OWN)[1].items():
        for day, kind, what in missed:
            put(f"{over}\t{day}\t{kind}\t{what}")


if __name__ == "__main__":
    main()
