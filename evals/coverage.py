"""How much of what an official must know a brief tells: labelled days with their nuggets, each told or not.

    briefing eval coverage --cases DIR --articles DIR... [--part b] [--verdicts DIR] [--model judge]
    python -m evals.coverage DIR --articles DIR... [--part b] [--verdicts DIR] [--drafter llm] [--keep DIR]

`briefs.jsonl` holds a day a row: as-of, `vital`, `okay` and `must_not` nuggets, `positions`. For each day the articles of the
month before are archived, the brief of the day before is drafted, then the day's. Whether a brief tells a nugget, and whether
what it shows of positions is right, is judged by a person or by the language model of the settings (`--model judge`), never by
words in common. A verdict is kept in `--verdicts`, one file a brief: its text, and each item with `verdict` null until somebody
wrote true or false there. The same brief is not judged twice; what nobody judged is unscored."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from briefing import prompting, topics
from briefing.chat.budget import Budget
from briefing.chat.client import Chat, run
from briefing.chat.fences import between, one_line
from briefing.claims import Brief
from briefing.desk import Desk
from briefing.draft.asking import item_of, listing
from briefing.render import markdown
from briefing.services.drafting import Drafter
from briefing.settings import ModelSettings, Settings, load
from briefing.talks.fronts import any_of
from briefing.topics import Topic
from evals.rows import rows_of
from evals.suite import Metric, Result
from index.calendar.instants import parse_stamp
from index.errors import Misuse

PROMPT = "judge_coverage/v1"
MONTH = timedelta(days=30)
PART = "tune"
AT_ONCE = 20  # facts of one call
Row = dict[str, Any]


class _Verdict(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str
    told: bool


class _Verdicts(BaseModel):
    model_config = ConfigDict(extra="ignore")
    verdicts: list[_Verdict]


@dataclass(slots=True)
class Sheet:
    """One brief and what is to be judged of it. `kind`: vital, okay, must_not, position (of the key: told or not), shown (of the
    brief: right or not)."""

    day: str
    brief: str
    drafter: str
    text: str
    items: list[Row]

    def of(self, kind: str) -> list[bool]:
        return [item["verdict"] for item in self.items if item["kind"] == kind and item["verdict"] is not None]


def days(folder: Path, part: str) -> list[Row]:
    """The labelled days of a part, each as it stands in `briefs.jsonl`. Raises Misuse."""
    file = folder / "briefs.jsonl"
    if not (chosen := [row for row in rows_of(file) if row.get("split", PART) == part]):
        raise Misuse(f"no day of {file} belongs to the part {part!r}")
    return chosen


def topic_of(row: Row) -> Topic:
    """The topic that ships whose principals a day's facts and positions name most: the least named of them counts."""
    told = " ".join(
        [row["topic"], *(one["nugget"] for one in [*row["vital"], *row["okay"]]), *(str(p) for p in row["positions"])]
    )

    def named(topic: Topic) -> tuple[int, int]:
        counts = [len(any_of([*party.names, *party.adjectives]).findall(told)) for party in topic.named("principal")]
        return min(counts, default=0), sum(counts)

    return max((topics.load(name) for name in topics.names()), key=named)


def drafted(row: Row, articles: Sequence[Path], settings: Settings, drafter: Drafter) -> Brief:
    """The brief of a day, after that of the day before."""
    as_of, before = parse_stamp(row["as_of"]).instant, parse_stamp(row["previous_as_of"]).instant
    topic = topic_of(row)
    desk = Desk(settings)
    try:
        if not desk.articles():
            chosen = settings.data.parent / f"{row['id']}.jsonl"
            chosen.write_text("".join(_of_the_month(articles, as_of)), encoding="utf-8")
            desk.ingest([chosen])
        desk.draft(topic.name, as_of=before)
        return desk.draft(topic.name, as_of=as_of, drafter=drafter).brief
    finally:
        desk.close()


def _of_the_month(folders: Sequence[Path], as_of: datetime) -> Iterator[str]:
    for published, row in _stored(tuple(folders)):
        if as_of - MONTH <= published <= as_of + timedelta(days=1):
            yield json.dumps(row, ensure_ascii=False) + "\n"


@cache
def _stored(folders: tuple[Path, ...]) -> list[tuple[datetime, Row]]:
    """Every article of the folders that has a day and a text; the files are read once for all days."""
    files = sorted(file for folder in folders for file in [*folder.glob("*.jsonl*"), *folder.glob("*/*.jsonl*")])
    rows = (row for file in files for row in rows_of(file))
    dated = (row for row in rows if isinstance(row, dict) and isinstance(row.get("text"), str) and row.get("published"))
    return [(parse_stamp(row["published"]).instant, row) for row in dated]


def sheet_of(row: Row, brief: Brief) -> Sheet:
    """What is to be judged of a brief."""
    items = [{"kind": kind, "text": one["nugget"], "verdict": None} for kind in ("vital", "okay") for one in row[kind]]
    items += [{"kind": "must_not", "text": text, "verdict": None} for text in row["must_not"]]
    for one in row["positions"]:
        codes = [one["stance"] or "none", *(code or "none" for code in one.get("stance_also_ok") or [])]
        told = f"stance: {one['speaker']} ({one['party']}): {' or '.join(codes)}"
        items.append({"kind": "position", "text": told, "verdict": None})
    for section in brief.sections:
        for shown in section.rows or () if section.id == "positions" else ():
            cells = dict(shown.cells)
            if cells.get("stance"):
                told = f"{cells['party']}, {cells['speaker']}: {cells['stance']} | {cells['words']}"
                items.append({"kind": "shown", "text": told, "verdict": None})
    return Sheet(row["id"], brief.id, brief.disclosure.drafter, markdown(brief), items)


def judged(sheet: Sheet, folder: Path | None, model: ModelSettings | None) -> Sheet:
    """With the verdicts that are kept; then, where a model judges, with its own. A sheet nobody judged is written down."""
    file = folder / f"{sheet.day}-{sheet.brief}.json" if folder is not None else None
    if file is not None and file.is_file():
        kept = json.loads(file.read_text(encoding="utf-8"))
        known = {(item["kind"], item["text"]): item["verdict"] for item in kept["items"]}
        for item in sheet.items:
            item["verdict"] = known.get((item["kind"], item["text"]))
    if model is not None:
        _by_model(sheet, model)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        told = {"day": sheet.day, "brief": sheet.brief, "drafter": sheet.drafter, "items": sheet.items, "text": sheet.text}
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return sheet


def _by_model(sheet: Sheet, model: ModelSettings) -> None:
    """What a model can judge from the brief alone: what it tells, not whether what it shows is right."""
    open_items = [item for item in sheet.items if item["verdict"] is None and item["kind"] != "shown"]
    chat = Chat(model, budget=Budget(model))
    prompt = prompting.load(PROMPT)
    for at in range(0, len(open_items), AT_ONCE):
        some = {f"F{n}": item for n, item in enumerate(open_items[at : at + AT_ONCE], start=1)}
        facts = "\n".join(f"{i}: {one_line(item['text'])}" for i, item in some.items())
        system, user = prompt.rendered(brief=between("BRIEF", sheet.text), facts=facts)
        reply = run(chat.ask(system, user, _schema(list(some)), _Verdicts.model_validate))
        for one in _Verdicts.model_validate(reply.parsed).verdicts:
            if one.id in some:
                some[one.id]["verdict"] = one.told


def _schema(issued: list[str]) -> Row:
    item = item_of(id={"type": "string", "enum": issued}, told={"type": "boolean"})
    return listing("verdicts", "Which facts the brief tells", "verdicts", item)


def coverage(
    cases: Path | None,
    articles: Sequence[Path],
    *,
    part: str = PART,
    verdicts: Path | None = None,
    judge: bool = False,
    drafter: Drafter = "extractive",
    keep: Path | None = None,
) -> Result:
    """Over a folder with `briefs.jsonl` and the folders of its articles. `keep`: where each day's archive stays, so that a second
    run need not make it anew. Raises Misuse."""
    if cases is None:
        raise Misuse("the coverage suite takes a folder with briefs.jsonl by --cases and its articles by --articles")
    told = load()
    model = told.model
    if model is None and (judge or drafter == "llm"):
        raise Misuse("no language model is named: set BRIEFING_MODEL (and OPENAI_BASE_URL, OPENAI_API_KEY)")
    sheets = []
    with tempfile.TemporaryDirectory() as place:
        for row in days(cases, part):
            folder = (keep or Path(place)) / row["id"]
            folder.mkdir(parents=True, exist_ok=True)
            settings = Settings(data=folder / "data", model=model if drafter == "llm" else None)
            brief = drafted(row, articles, settings, drafter)
            sheets.append(judged(sheet_of(row, brief), verdicts, model if judge else None))
    return _result(sheets, f"{cases}:{part}, {drafter}")


def _result(sheets: Sequence[Sheet], cases: str) -> Result:
    def share(kind: str) -> Metric:
        told = [verdict for sheet in sheets for verdict in sheet.of(kind)]
        return Metric.share(sum(told), len(told))

    every = [item for sheet in sheets for item in sheet.items]
    said = [item["text"] for item in every if item["kind"] == "must_not" and item["verdict"]]
    return Result(
        suite="coverage",
        cases=cases,
        n=len(every),
        unscored=sum(item["verdict"] is None for item in every),
        metrics={
            "vital": share("vital"),
            "okay": share("okay"),
            "must_not": share("must_not"),
            "position_precision": share("shown"),
            "position_recall": share("position"),
        },
        floors={},
        notes=tuple(f"must not be said, and is: {text}" for text in said),
    )


def _main() -> None:
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("cases", type=Path)
    say.add_argument("--articles", type=Path, nargs="+", required=True)
    say.add_argument("--part", default=PART)
    say.add_argument("--verdicts", type=Path)
    say.add_argument("--drafter", choices=["extractive", "llm"], default="extractive")
    say.add_argument("--keep", type=Path)
    say.add_argument("--judge", action="store_true")
    args = say.parse_args()
    result = coverage(
        args.cases, args.articles, part=args.part, verdicts=args.verdicts, judge=args.judge, drafter=args.drafter, keep=args.keep
    )
    print(json.dumps(result.as_json(), indent=1))  # noqa: T201
    print("\n".join(result.notes))  # noqa: T201


if __name__ == "__main__":
    _main()
