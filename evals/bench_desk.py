"""What the desk's work costs over an archive, in CPU seconds: a first search, two topics read, a brief, a question.

`python -m evals.bench_desk ARCHIVE --topics israel-hezbollah gaza --as-of 2024-11-27T06:00Z`. The archive is copied, and the
copy forgets what was read. Each step runs in a process of its own; imports count, the start of Python does not."""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from index.calendar.instants import parse_stamp

QUESTIONS = (
    "Has the proposal been accepted?",
    "What was said about the truce?",
    "How many people were displaced?",
    "Which talks go on?",
)


def _step(step: str, data: Path, topic: str, as_of: datetime) -> float:
    """CPU seconds of one step; of `ask` for each question after the first."""
    start = time.process_time()
    from briefing.desk import Desk
    from briefing.settings import Settings

    desk = Desk(Settings(data=data))
    if step == "search":
        desk.search("ceasefire proposal", as_of=as_of)
    elif step == "read":
        desk.ledger(topic, as_of=as_of)
    elif step == "draft":
        desk.draft(topic, as_of=as_of)
    else:
        desk.ask(QUESTIONS[0], as_of=as_of)
        start = time.process_time()
        for question in QUESTIONS[1:]:
            desk.ask(question, as_of=as_of)
    spent = time.process_time() - start
    desk.close()
    return spent / (len(QUESTIONS) - 1) if step == "ask" else spent


def _main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("archive", type=Path)
    given.add_argument("--topics", nargs=2, default=["israel-hezbollah", "gaza"])
    given.add_argument("--as-of", required=True)
    given.add_argument("--step", help=argparse.SUPPRESS)
    asked = given.parse_args()
    if asked.step:
        print(_step(asked.step, asked.archive, asked.topics[0], parse_stamp(asked.as_of).instant))  # noqa: T201
        return
    first, second = asked.topics
    with tempfile.TemporaryDirectory() as place:
        data = Path(shutil.copytree(asked.archive, Path(place) / "archive"))
        with sqlite3.connect(data / "archive.db") as kept:
            kept.executescript("DELETE FROM read; DELETE FROM seen;")
        steps = (
            ("first search of a process", "search", first),
            (f"reading for {first}", "read", first),
            (f"reading for {second} as well", "read", second),
            ("a brief", "draft", first),
            ("a question, the process warm", "ask", first),
        )
        for name, step, topic in steps:
            command = [sys.executable, "-m", "evals.bench_desk", str(data), "--topics", topic, second, "--as-of", asked.as_of]
            done = subprocess.run([*command, "--step", step], check=True, capture_output=True, text=True)
            print(f"{name:<34}{float(done.stdout):6.2f} CPU s", flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()
