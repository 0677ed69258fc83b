"""What one extractive brief costs as the archive grows: seconds and peak memory, over generated articles or an archive that
is there.

`python -m evals.bench_draft 100 1000 50000` generates that many articles each time (invented words, one sentence in three on
the talks of the invented conflict, spread over a hundred days); `--data DIR --topic NAME --as-of T` measures an archive. Every
brief is drafted in a process of its own, twice: the second time what is read once has been read."""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from briefing.desk import Desk
from briefing.settings import Settings
from index.calendar.instants import iso, parse_stamp

TOPIC = str(Path(__file__).parent / "exercise" / "topic.toml")
AS_OF = "2031-03-14T23:59Z"
DAYS = 100
_SAID = (
    "Velgrana’s foreign minister, Mirela Castovan, said on {day} that they would {verb} the Two-Bank plan within {n} days.",
    "The Dorvekh said on {day} that they had {verb}ed the truce plan for the {n}th time.",
    "Calvessa’s envoy, Corin Maddevane, said the truce would hold for {n} days if both banks {verb}ed it.",
    "At least {n} people were killed on {day} when shells {verb}ed a market near the Ombrel, Nemdria’s health minister said.",
)


def generated(count: int, file: Path) -> None:
    """So many articles as JSONL, the same for the same count."""
    chosen = random.Random(count)
    words = ["".join(chosen.choice("bcdfghklmnprstvz") + chosen.choice("aeiou") for _ in range(3)) for _ in range(4000)]
    last = datetime(2031, 3, 14, 20, tzinfo=UTC)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    with file.open("w", encoding="utf-8") as out:
        for n in range(count):
            plain = [" ".join(chosen.choices(words, k=14)).capitalize() + "." for _ in range(4)]
            told = [
                chosen.choice(_SAID).format(day=chosen.choice(days), verb=chosen.choice(words), n=chosen.randint(3, 900))
                for _ in range(2)
            ]
            row = {
                "id": f"g{n}",
                "url": f"https://outlet{n % 40}.invalid/{n}",
                "title": " ".join(chosen.choices(words, k=6)).capitalize(),
                "source": f"Outlet {n % 40}",
                "published": iso(last - timedelta(minutes=chosen.randint(0, DAYS * 1440))),
                "text": " ".join([plain[0], told[0], *plain[1:3], told[1], plain[3]]),
            }
            out.write(json.dumps(row) + "\n")


def _measured(data: Path, topic: str, as_of: str) -> dict[str, float]:
    """One brief in a process of its own."""
    command = [sys.executable, "-m", "evals.bench_draft", "--one", "--data", str(data), "--topic", topic, "--as-of", as_of]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _one(data: Path, topic: str, as_of: str) -> None:
    start = time.perf_counter()
    desk = Desk(Settings(data=data))
    brief = desk.draft(topic, as_of=parse_stamp(as_of).instant).brief
    told = {
        "seconds": time.perf_counter() - start,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "sentences": len(brief.claims),
        "articles": desk.library.archive.count(),
    }
    desk.close()
    print(json.dumps(told))  # noqa: T201


def _line(data: Path, topic: str, as_of: str) -> str:
    first, second = (_measured(data, topic, as_of) for _ in range(2))
    return (
        f"{second['articles']:,.0f} articles: {second['seconds']:.1f} s, {second['mebibytes']:.0f} MiB, "
        f"{second['sentences']:.0f} sentences (the first time, reading included: {first['seconds']:.1f} s)"
    )


def _main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("counts", nargs="*", type=int)
    given.add_argument("--data", type=Path)
    given.add_argument("--topic", default=TOPIC)
    given.add_argument("--as-of", default=AS_OF)
    given.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = given.parse_args()
    if chosen.one:
        _one(chosen.data, chosen.topic, chosen.as_of)
        return
    if chosen.data is not None:
        print(_line(chosen.data, chosen.topic, chosen.as_of))  # noqa: T201
    for count in chosen.counts:
        with tempfile.TemporaryDirectory() as place:
            generated(count, Path(place) / "articles.jsonl")
            desk = Desk(Settings(data=Path(place) / "data"))
            desk.ingest([Path(place) / "articles.jsonl"])
            desk.close()
            print(_line(Path(place) / "data", chosen.topic, chosen.as_of), flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()
