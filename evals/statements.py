"""Statements on the talks against a labelled set: found, whose, in which stance, about which talks.

Metrics of what is *shown* count all that was found, and of what is *found* all that was labelled, so that a reader that finds
less does not look better. Intervals are of the article: a bootstrap over articles, as sentences of one are not independent."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.quotes import same_name
from evals.rows import rows_of
from evals.suite import Metric, Result
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.claims import Statement
    from index.article import Article

# On the real articles of the gold set, which nothing was trained on and no bar was chosen on. The invented conflict, and sets
# that are given, are reports.
FLOORS = {
    "f1": 0.68,
    "speaker_accuracy": 0.84,
    "shown_stance_precision": 0.90,
    "shown_speaker_precision": 0.92,
    "shown_party_precision": 0.95,
}
MOST_WRONG_TALKS = 0.03
OVERLAP = 0.5  # of the shorter span
DRAWS, SEED = 300, 0  # of the bootstrap
OWN = Path(__file__).parent / "gold"
PART = "dev"  # of a set that has parts; `test` is opened once, for the figure that is reported
FULL = ("full", "none-expected")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled statement and what was found for it."""

    label: dict[str, Any]
    found: Statement


@dataclass(slots=True)
class Scored:
    """What came of one text: its labels, what was found in it, the pairs."""

    article_id: str
    coverage: str
    labels: Rows
    found: list[Statement]
    pairs: list[Pair] = field(default_factory=list)


def statements(cases: Path | None, articles: Sequence[Path], *, part: str = PART) -> Result:
    """Over a folder of the labelling rules (`articles.jsonl`, `statements.jsonl`; the texts in it or under --articles), or of
    windows (`windows.jsonl`: of those the part named). F1 over articles labelled whole, recall alone on those labelled in the
    main. Raises Misuse."""
    folder = cases or OWN
    scored, unscored = scores(folder, articles, part)
    if folder.resolve() != OWN.resolve():
        windowed = (folder / "windows.jsonl").is_file()
        return _result(f"{folder}:{part}" if windowed else str(folder), scored, unscored, {})
    return _result(str(folder), scored, unscored, {**FLOORS, "right_talks": 1 - MOST_WRONG_TALKS})


def scores(folder: Path, articles: Sequence[Path], part: str = PART) -> tuple[list[Scored], int]:
    """What came of each text, for whoever reads the worst; and how many texts were not there."""
    if (folder / "windows.jsonl").is_file():
        listed, labels, texts = in_whole(folder, part, articles) if articles else windows(folder, part)
    elif (folder / "key").is_dir():
        listed, labels, texts = _exercise(folder)
    else:
        listed, labels, texts = _labelled(folder, articles)
    by_text: defaultdict[str, Rows] = defaultdict(list)
    for label in labels:
        by_text[label["text_id"] if "text_id" in label else label["article_id"]].append(label)
    done: list[Scored] = []
    for row in listed:
        key = row.get("text_id", row["article_id"])
        if key in texts:
            found = [s for s in read(row, texts[key]) if _is_labelled(row, s)]
            own = by_text[key]
            done.append(Scored(row["article_id"], row["coverage"], own, found, match(own, found)))
    return done, len(listed) - len(done)


def _labelled(folder: Path, articles: Sequence[Path]) -> tuple[Rows, Rows, dict[str, str]]:
    listed = rows_of(folder / "articles.jsonl")
    return listed, rows_of(folder / "statements.jsonl"), _texts(listed, articles)


def windows(folder: Path, part: str) -> tuple[Rows, Rows, dict[str, str]]:
    """Each window as a small article: the article's lead, then the window's sentences. What is found in the lead, which is not
    labelled, does not count."""
    rows: defaultdict[str, Rows] = defaultdict(list)
    for label in rows_of(folder / "statements.jsonl"):
        rows[label["w"]].append(label)
    listed, labels, texts = [], [], {}
    for window in rows_of(folder / "windows.jsonl"):
        if window["split"] != part:
            continue
        text, spans, end = f"{window['lead'].rstrip()}\n\n", [], None
        first = len(text)
        for start, last, words in window["sentences"]:
            text += "" if end is None else " " if start - end <= 1 else "\n\n"
            spans.append((len(text), len(text) + len(words)))
            text, end = text + words, last
        kept = ("article_id", "title", "published", "source")
        listed.append(
            {
                **{k: window[k] for k in kept},
                "text_id": window["w"],
                "from": first,
                "coverage": "full",
                "topics": ["open"],
                "spans": spans,
            }
        )
        texts[window["w"]] = text
        for label in rows[window["w"]]:
            start, last = spans[label["s"] - 1]
            labels.append({**label, "text_id": window["w"], "start": start, "end": last})
    if not listed:
        raise Misuse(f"{folder} has no part {part!r}")
    return listed, labels, texts


def in_whole(folder: Path, part: str, articles: Sequence[Path]) -> tuple[Rows, Rows, dict[str, str]]:
    """Each article of the windows, read whole as it is in use: in a transcript who speaks stands before the window. What is
    found outside the windows, which is not labelled, does not count."""
    listed: dict[str, dict[str, Any]] = {}
    window_of: dict[str, dict[str, Any]] = {}
    for window in rows_of(folder / "windows.jsonl"):
        if window["split"] == part:
            kept = {k: window[k] for k in ("article_id", "title", "published", "source", "store")}
            row = listed.setdefault(window["article_id"], {**kept, "coverage": "full", "topics": ["open"], "spans": []})
            row["spans"] += [(start, end) for start, end, _ in window["sentences"] if (start, end) not in row["spans"]]
            window_of[window["w"]] = window
    labels: dict[tuple[str, int], Rows] = {}
    for label in rows_of(folder / "statements.jsonl"):
        if label["w"] in window_of:
            rows = labels.setdefault((label["article_id"], label["start"]), [])
            if all(row["w"] == label["w"] for row in rows):  # a sentence that stands in two windows is labelled once
                rows.append(label)
    rows = list(listed.values())
    return rows, [label for some in labels.values() for label in some], _texts(rows, [*articles, *(a.parent for a in articles)])


def _is_labelled(row: dict[str, Any], found: Statement) -> bool:
    """Whether somebody has read the sentence in which it was found."""
    if "text_id" in row or "spans" not in row:
        return bool(found.start >= row.get("from", 0))
    return any(start < found.end and found.start < end for start, end in row["spans"])


def _exercise(folder: Path) -> tuple[Rows, Rows, dict[str, str]]:
    """The exercise corpus: spans by their words, coverage in a file of its own, one topic."""
    rows = rows_of(folder / "articles.jsonl")
    coverage = {i: name for name, ids in json.loads((folder / "key" / "labelled.json").read_text()).items() for i in ids}
    topic = str(folder / "topic.toml")
    texts = {row["id"]: row["text"] for row in rows}
    listed = [{**row, "article_id": row["id"], "coverage": coverage[row["id"]], "topics": [topic]} for row in rows]
    labels = []
    for label in rows_of(folder / "key" / "statements.jsonl"):
        start = texts[label["article_id"]].index(label["span"])
        labels.append({**label, "start": start, "end": start + len(label["span"])})
    return listed, labels, texts


def read(row: dict[str, Any], text: str) -> list[Statement]:
    """What is read of one article for each topic that ships, filed under that topic's front; of any talks at all where its
    set names no topic's."""
    from briefing import topics
    from briefing.talks.statements import Talks
    from briefing.talks.world import OPEN, open_topic

    article = article_of(row, text)
    if row.get("topics") == [OPEN]:
        return [*Talks(open_topic()).read(article).statements]
    chosen = [topics.load(name) for name in row.get("topics") or topics.names()]
    names = {topic.name for topic in chosen}
    found: list[Statement] = []
    for topic in chosen:
        taken = {(s.start, s.end) for s in found}
        fronts = {topic.name, "both"}
        found += [
            statement
            for statement in Talks(topic).read(article).statements
            if (statement.start, statement.end) not in taken
            and (statement.front in fronts or statement.front not in {*names, None})
        ]
    return found


def article_of(row: dict[str, Any], text: str) -> Article:
    """The article of a row of a set."""
    from datetime import UTC, datetime

    from index.article import Article
    from index.calendar.instants import parse_stamp

    stamp = parse_stamp(row["published"])
    return Article(
        id=row["article_id"],
        outlet=row.get("source") or "unknown",
        text=text,
        title=row.get("title"),
        published=stamp.instant if stamp else None,
        published_is_day=stamp.is_day if stamp else False,
        first_seen=datetime.now(UTC),
        knowable_from=stamp.instant if stamp else None,
        origin_id=row["article_id"],
    )


def match(labels: Rows, found: Iterable[Statement]) -> list[Pair]:
    """One to one, greedily by overlap, where it covers at least half of the shorter span."""
    candidates = []
    for n, label in enumerate(labels):
        for k, statement in enumerate(found):
            overlap = min(label["end"], statement.end) - max(label["start"], statement.start)
            if overlap >= OVERLAP * min(label["end"] - label["start"], statement.end - statement.start):
                right = stance_right(label, statement) + speaker_right(label, statement)
                candidates.append((overlap, right, -n, -k, label, statement))
    candidates.sort(key=lambda c: c[:4], reverse=True)
    taken: set[int] = set()
    pairs = []
    for *_, label, statement in candidates:
        if id(label) not in taken and id(statement) not in taken:
            taken |= {id(label), id(statement)}
            pairs.append(Pair(label, statement))
    return pairs


def stance_right(label: dict[str, Any], found: Statement) -> bool:
    return found.stance == label["stance"] or found.stance in (label.get("stance_also_ok") or [])


def _whose_right(pair: Pair) -> bool:
    """Whether a stance told of another party is told of the labelled one."""
    return pair.found.stance_of is not None and pair.found.stance_of in (pair.label.get("stance_of") or "")


def _party_right(pair: Pair) -> bool:
    """Whether the speaker's party is the labelled one, by any of its names."""
    found, wanted = str(pair.found.speaker.party if pair.found.speaker else None), str(pair.label["party"])
    return same_name(found, wanted) or _same_party(found, wanted)


def _same_party(one: str, other: str) -> bool:
    """Whether two names are one party's: "TPLF" and what it stands for."""
    from briefing.talks.world import world

    return any({one, other} <= {*party.names} for party in world())


def speaker_right(label: dict[str, Any], found: Statement) -> bool:
    """Last name, or the body's or party's name, or both unnamed; a narrated position is its party's."""
    speaker = found.speaker
    if not label.get("speaker") and not label.get("anonymous"):
        party = label.get("party")
        if speaker is not None and party and not label.get("narration") and speaker.name is not None:
            return same_name(speaker.name, party) or _same_party(speaker.name, party)  # the party itself speaks
        return found.narrated and (speaker is None or party is None or speaker.party == party)
    if speaker is None:
        return False
    if label.get("anonymous") and not label.get("speaker"):
        return bool(speaker.anonymous) or (speaker.name is not None and speaker.name[:1].islower())
    wanted = label.get("speaker") or label.get("party")
    if not wanted:
        return bool(label.get("narration"))
    names = [n for n in (speaker.name, speaker.party, speaker.anonymous) if n]
    alone = [wanted, *([label["party"]] if label.get("narration") and label.get("party") else [])]
    return any(same_name(n, w) or _same_party(n, w) for n in names[:1] for w in alone) or (
        not re.search(r"[a-z]+ [A-Z]", wanted) and any(same_name(n, wanted) for n in names)
    )


def _result(label: str, scored: Sequence[Scored], unscored: int, floors: dict[str, float]) -> Result:
    pairs = [pair for one in scored for pair in one.pairs]
    _, confusion = _stance_scores(pairs)
    return Result(
        suite="statements",
        cases=label,
        n=sum(len(one.labels) for one in scored),
        unscored=unscored,
        metrics=_by_article(scored),
        floors=floors,
        notes=(
            f"{len(scored)} texts of {len({one.article_id for one in scored})} articles; intervals by article",
            f"rejects / no-response / denies-report, labelled -> found: {confusion}",
        ),
    )


def _by_article(scored: Sequence[Scored]) -> dict[str, Metric]:
    """Every metric with the middle 95 % of what draws of whole articles give."""
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        groups[one.article_id].append(one)
    whole, names = metrics(scored), list(groups)
    rng, drawn = random.Random(SEED), defaultdict[str, list[float]](list)
    for _ in range(DRAWS if len(names) > 1 else 0):
        some = [one for name in rng.choices(names, k=len(names)) for one in groups[name]]
        for name, value in metrics(some).items():
            if value is not None:
                drawn[name].append(value)
    return {name: _interval(value, sorted(drawn[name])) for name, value in whole.items()}


def _interval(value: float | None, drawn: Sequence[float]) -> Metric:
    if value is None or len(drawn) < DRAWS // 2:
        return Metric(value)
    return Metric(value, drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn))])


def metrics(scored: Sequence[Scored]) -> dict[str, float | None]:
    """All that is measured, None where there is nothing to measure."""
    full, main = [s for s in scored if s.coverage in FULL], [s for s in scored if s.coverage == "main"]
    hits, found, labels = sum(len(s.pairs) for s in full), sum(len(s.found) for s in full), sum(len(s.labels) for s in full)
    pairs = [pair for one in scored for pair in one.pairs]
    every = [label for one in scored for label in one.labels]
    stanced = [label for label in every if label["stance"]]
    told, of_another = [p for p in pairs if p.found.stance_of], [p for p in pairs if p.label.get("stance_of")]
    filed = [p for p in pairs if p.label.get("front") and p.found.front != "both"]
    shown = [p for p in pairs if shown_stance(p.found)]
    spoken = [p for p in pairs if shown_speaker(p.found) and not p.label.get("narration")]
    named = [label for label in every if (label.get("speaker") or label.get("anonymous")) and not label.get("narration")]
    partied = [p for p in pairs if p.found.speaker is not None and p.found.speaker.party and p.label.get("party")]
    shown_parties = [p for p in partied if shown_speaker(p.found) and not p.label.get("narration")]
    shown_of = [p for p in told if p.found.said.sure("stance_of")]
    both = sum(stance_right(p.label, p.found) and speaker_right(p.label, p.found) for p in shown if p.label["stance"])
    wrong = _share(sum(_front(p.found) != p.label["front"] for p in filed), len(pairs))
    return {
        "f1": _share(2 * hits, found + labels),
        "precision": _share(hits, found),
        "recall": _share(hits, labels),
        "recall_main": _share(sum(len(s.pairs) for s in main), sum(len(s.labels) for s in main)),
        "speaker_accuracy": _rate(pairs, lambda p: speaker_right(p.label, p.found)),
        "party_accuracy": _rate(partied, _party_right),
        "stance_accuracy": _rate(pairs, lambda p: stance_right(p.label, p.found)),
        "stance_own_code": _rate(pairs, lambda p: p.found.stance == p.label["stance"]),
        "always_none": _share(sum(not row["stance"] or None in (row.get("stance_also_ok") or []) for row in every), len(every)),
        "stance_macro_f1": _stance_scores(pairs)[0],
        "shown_stance_precision": _rate(shown, lambda p: stance_right(p.label, p.found)),
        "shown_stance_recall": _share(both, len(stanced)),
        "shown_speaker_precision": _rate(spoken, lambda p: speaker_right(p.label, p.found)),
        "shown_speaker_recall": _share(sum(speaker_right(p.label, p.found) for p in spoken), len(named)),
        "shown_party_precision": _rate(shown_parties, _party_right),
        "stance_of_precision": _rate(told, _whose_right),
        "shown_stance_of_precision": _rate(shown_of, _whose_right),
        "stance_of_recall": _rate(of_another, _whose_right),
        "wrong_talks_rate": wrong,
        "right_talks": None if wrong is None else 1 - wrong,
    }


def shown_stance(found: Statement) -> bool:
    """Whether a stance is given that is certain enough to be shown."""
    return found.stance is not None and found.said.sure("stance")


def shown_speaker(found: Statement) -> bool:
    """Whether a speaker is given who is certain enough to be shown."""
    return found.speaker is not None and not found.narrated and found.said.sure("speaker")


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rate(pairs: Sequence[Pair], right: Callable[[Pair], bool]) -> float | None:
    return _share(sum(map(right, pairs)), len(pairs))


def _front(found: Statement) -> str:
    return {"israel-hezbollah": "Lebanon", "gaza": "Gaza", "exercise": "main"}.get(found.front or "", "other")


def _stance_scores(pairs: Sequence[Pair]) -> tuple[float, str]:
    """Macro F1 over the codes that are labelled (no stance is none of them), and the confusion of three."""
    labelled: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        wanted, found = pair.label["stance"], pair.found.stance
        if stance_right(pair.label, pair.found):
            wanted = found  # a code that a careful second reader could choose
        if wanted:
            labelled[wanted] += 1
        if found:
            given[found] += 1
        if wanted and wanted == found:
            right[wanted] += 1
        if wanted in {"rejects", "no-response", "denies-report"}:
            confused[wanted, found or "none"] += 1
    scores = [2 * right[code] / (labelled[code] + given[code]) for code in labelled]
    told = ", ".join(f"{a}->{b} {n}" for (a, b), n in sorted(confused.items()))
    return (sum(scores) / len(scores) if scores else 0.0), told or "none"


def _texts(listed: Rows, articles: Sequence[Path]) -> dict[str, str]:
    """The text of each article: its own, or from its store under one of these folders."""
    found = {row["article_id"]: row["text"] for row in listed if "text" in row}
    for store in {row["store"] for row in listed if row.get("store")}:
        for folder in articles:
            for path in (folder / store, folder / store.replace("-", "/", 1), folder):
                for file in sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")]) if store.endswith(path.name) else ():
                    found |= _of_file(file, {row["article_id"] for row in listed})
                if path.name == store and (seed := path / "article.txt").is_file():
                    found["seed"] = seed.read_text(encoding="utf-8")
    return found


def _of_file(file: Path, wanted: set[str]) -> dict[str, str]:
    named = ((row.get("id") or row.get("_id"), row) for row in rows_of(file))
    return {name: row["text"] for name, row in named if name in wanted and "text" in row}
