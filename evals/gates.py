"""The gates against sentences that somebody wrote from real days' evidence: how many honest ones they keep, how many false ones
they stop, by themselves and with a second reading.

    python -m evals.gates evidence DAYS --data ARCHIVE --out DIR      # what a writer is shown of each day, and where it stands
    python -m evals.gates ask CASES --data ARCHIVE --out DIR          # the prompts of the second reading, honest and false mixed
    python -m evals.gates run CASES --data ARCHIVE [--replies DIR]    # what becomes of what was written

DAYS: a line a day, `{"day", "topic", "as_of"}`. CASES: a line a sentence, `{"day", "topic", "as_of", "part", "text", "spans":
[[article, start, end]], "kind"}`; the kind is `honest` or any name of a kind of falsehood. A sentence goes through the gates that
one of a language model's goes through, once: nothing is mended. `ask` writes `NNN.txt`, which a model or a person answers in
`NNN.reply.json`, and `NNN.json`, which says what it is about."""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from briefing import topics
from briefing.chat.fences import one_line
from briefing.desk import Desk
from briefing.draft import again
from briefing.draft.asking import packed, parts_of
from briefing.draft.compose import Cited, Sentence
from briefing.draft.limits import SHORTEST, reasons_against
from briefing.draft.lines import Draft, Line
from briefing.draft.material import Material
from briefing.draft.offered import Offered, headed, overlap
from briefing.draft.written import Located, Told
from briefing.settings import ModelSettings, Settings
from briefing.verify import Said, SecondReading
from evals.rows import rows_of
from evals.suite import Metric
from index.calendar.instants import iso, parse_stamp
from index.sentences import sentences

HONEST = "honest"
MOST_SHOWN = 60  # pieces of evidence of one day
Row = dict[str, Any]


def evidence(desk: Desk, row: Row) -> Iterator[tuple[Cited, str]]:
    """The words that a day's sentences may stand on, with their head: what was read on the talks, then the evidence."""
    material = _material(desk, row)
    offered = Offered(material, Draft(), parts_of(material.topic, ()))
    found = [one.span for one in offered.found()]
    for piece in packed(material, ModelSettings.model_validate({"name": "reader"}))[0].values():
        for start, end in sentences(piece.passage.text):
            span = (piece.article.id, piece.passage.start + start, piece.passage.start + end)
            if len(piece.passage.text[start:end].split()) >= SHORTEST and not any(overlap(span, other) for other in found):
                found.append(span)
    for span in found[:MOST_SHOWN]:
        text = material.articles[span[0]].text[span[1] : span[2]]
        yield span, f"{headed(Located(span, text, offered.statement(span)), material)}\n{one_line(text)}"


def judged(desk: Desk, rows: Sequence[Row], replies: Path | None = None) -> Iterator[tuple[Row, str | None]]:
    """Each sentence with why it is stopped; None where it passes. Sentences of one day go together. `replies`: where the answers
    of the second reading lie."""
    second = _second(replies) if replies is not None else None
    for some, told, material, _ in _by_day(desk, rows):
        against = reasons_against(told, material, desk.verifier(), second)
        yield from ((row, against.get(n)) for n, row in enumerate(some))


def ask(desk: Desk, rows: Sequence[Row], out: Path) -> None:
    """Write the prompts of the second reading."""
    number = 0
    for some, told, material, offered in _by_day(desk, rows):
        order = list(range(len(some)))
        random.Random(some[0]["day"]).shuffle(order)
        for begin in range(0, len(order), again.A_CALL):
            number += 1
            chosen = [told[n] for n in order[begin : begin + again.A_CALL]]
            items = [again.beside(one, material, offered) for one in chosen]
            system, user = again.asked(items, material.topic.conflict, iso(material.as_of))
            (out / f"{number:03}.txt").write_text(f"{system}\n\n{user}\n", encoding="utf-8")
            about = [(one.line.sentence.text, one.line.sentence.spans) for one in chosen]
            (out / f"{number:03}.json").write_text(json.dumps(about), encoding="utf-8")


def _second(replies: Path) -> SecondReading:
    said = {}
    for file in sorted(replies.glob("[0-9]*.reply.json")):
        about = json.loads(file.with_name(file.name.replace(".reply", "")).read_text(encoding="utf-8"))
        for one in json.loads(file.read_text(encoding="utf-8"))["answers"]:
            text, spans = about[int(one["id"].removeprefix("S")) - 1]
            key = text, tuple((str(i), int(start), int(end)) for i, start, end in spans)
            said[key] = Said(again.CARRIED[one["verdict"]], one["missing"], one["ahead"])
    return SecondReading("second reading", said)


def _by_day(desk: Desk, rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[Told], Material, Offered]]:
    by_day: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_day[row["day"]].append(row)
    for some in by_day.values():
        material = _material(desk, some[0])
        offered = Offered(material, Draft(), parts_of(material.topic, ()))
        yield some, [_told(row, material, offered) for row in some], material, offered


def _material(desk: Desk, row: Row) -> Material:
    return desk.material(topics.load(row["topic"]), parse_stamp(row["as_of"]).instant)


def _told(row: Row, material: Material, offered: Offered) -> Told:
    parts = {part.id: part for part in parts_of(material.topic, ())}
    spans = tuple((str(i), int(start), int(end)) for i, start, end in row["spans"])
    cited = [Located(span, material.articles[span[0]].text[span[1] : span[2]], offered.statement(span)) for span in spans]
    part = parts[row["part"]]
    text = row["text"].strip()
    made = Sentence(text=text, form="reported", statement=cited[0].statement, spans=spans, short=text)
    ahead = tuple(replace(one, ahead=part.section == "watch") for one in cited)
    return Told(part, Line(section=part.section, sentence=made), ahead)


def _main() -> None:
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("verb", choices=["evidence", "ask", "run"])
    say.add_argument("file", type=Path)
    say.add_argument("--data", type=Path, required=True)
    say.add_argument("--out", type=Path)
    say.add_argument("--replies", type=Path)
    args = say.parse_args()
    desk = Desk(Settings(data=args.data))
    if args.verb == "evidence":
        for row in rows_of(args.file):
            shown = {f"C{n}": one for n, one in enumerate(evidence(desk, row), start=1)}
            places = {**row, "spans": {name: span for name, (span, _) in shown.items()}}
            (args.out / f"{row['day']}.json").write_text(json.dumps(places), encoding="utf-8")
            told = "\n\n".join(f"{name} | {text}" for name, (_, text) in shown.items())
            (args.out / f"{row['day']}.txt").write_text(told + "\n", encoding="utf-8")
        return
    if args.verb == "ask":
        ask(desk, list(rows_of(args.file)), args.out)
        return
    counts: defaultdict[str, defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row, reason in judged(desk, list(rows_of(args.file)), args.replies):
        counts[row["kind"]][row["day"]].append(reason is None)
        if (reason is None) != (row["kind"] == HONEST):
            print(f"{row['kind']} | {row['day']} | {row['text']} | {reason or 'passed'}")  # noqa: T201
    for kind, by_day in sorted(counts.items()):
        passed = [one for some in by_day.values() for one in some]
        share = Metric.share(sum(passed), len(passed))
        print(f"{kind}: {sum(passed)} of {len(passed)} passed [{share.low:.3f}, {share.high:.3f}], {len(by_day)} days")  # noqa: T201


if __name__ == "__main__":
    _main()
