"""What a user sees, how long it takes and what the server counts when the language model misbehaves, as a Markdown table.

`python -m evals.model_faults` over the packaged sample; each fault a fresh data folder and a fresh breaker."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from briefing import topics
from briefing.chat import breaker
from briefing.claims import Brief
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import ModelSettings, Settings
from evals.model_server import FAULTS, model_server
from index.calendar.instants import parse_stamp

AS_OF = "2024-09-27T06:00Z"
TIMEOUT = 1.5  # seconds a request, for this table; 60 by default
CALLS = 3  # logical calls of the first round: one a section
MODES = ("refused connection", *FAULTS, "evil:other-language", "evil:evidence-invented", "evil:quote-altered")


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: what was done, what came of it."""

    mode: str
    drafter: str
    told: str
    requests: int
    calls: int
    seconds: float
    more: float  # seconds that it took longer than without a model


def faults(modes: tuple[str, ...] = MODES) -> Iterator[Fault]:
    """Each fault over a copy of the indexed sample."""
    with tempfile.TemporaryDirectory() as place:
        origin = Path(place) / "origin"
        desk = Desk(Settings(data=origin))
        with articles_file() as sample:
            desk.ingest([sample])
        desk.close()
        for mode in modes:
            folder = Path(place) / mode.replace(":", "-").replace(" ", "-")
            shutil.copytree(origin, folder)
            yield _one(mode, folder)
            shutil.rmtree(folder)


def _one(mode: str, folder: Path) -> Fault:
    breaker.reset()
    with model_server("honest" if mode == "refused connection" else mode) as server:
        url = "http://127.0.0.1:9/v1" if mode == "refused connection" else server.url
        model = ModelSettings.model_validate({"reads": False, "name": "a-model", "base_url": url, "timeout_seconds": TIMEOUT})
        desk = Desk(Settings(data=folder, model=model))
        desk.material(topics.load(topics.DEFAULT), parse_stamp(AS_OF).instant)  # what is loaded once is loaded
        start = time.perf_counter()
        own = desk.draft(topics.DEFAULT, as_of=parse_stamp(AS_OF).instant).brief
        without = time.perf_counter() - start
        start = time.perf_counter()
        brief = desk.draft(topics.DEFAULT, as_of=parse_stamp(AS_OF).instant, drafter="llm").brief
        seconds = time.perf_counter() - start
        desk.close()
    assert own.id != brief.id or brief.disclosure.fallback is None
    calls = len({str(request["messages"]) for request in server.requests}) or CALLS
    return Fault(
        mode,
        brief.disclosure.drafter,
        _told(brief).replace(url, "http://…"),
        len(server.requests),
        calls,
        seconds,
        seconds - without,
    )


def _told(brief: Brief) -> str:
    stopped = f"{len(brief.withheld)} sentences withheld with reasons" if brief.withheld else "nothing withheld"
    if brief.disclosure.fallback:
        return f"“Drafted without the language model, which was asked for – {brief.disclosure.fallback}”; {stopped}"
    return f"the model’s brief; {stopped}"


def _main() -> None:
    print("| fault | drafter | what the user sees | s | s more than without | requests | a logical call |")  # noqa: T201
    print("| --- | --- | --- | --- | --- | --- | --- |")  # noqa: T201
    for f in faults():
        each = f"{f.requests / f.calls:.2g}"
        print(f"| {f.mode} | {f.drafter} | {f.told} | {f.seconds:.1f} | {f.more:.1f} | {f.requests} | {each} |")  # noqa: T201


if __name__ == "__main__":
    _main()
