"""The briefs kept under docs/examples: what each drafter makes of the packaged sample today.

`python -m evals.examples` tells what has changed; `--write` writes them anew (`make examples`)."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from briefing import topics
from briefing.chat import breaker
from briefing.claims import Brief
from briefing.desk import Desk
from briefing.render import markdown
from briefing.sample import articles_file
from briefing.settings import ModelSettings, Settings
from evals.model_server import model_server
from index.calendar.instants import parse_stamp

FOLDER = Path(__file__).parents[1] / "docs" / "examples"
AS_OF = "2024-09-27T06:00Z"
BEFORE = "2024-09-25T06:00Z"  # the brief that the extractive one is compared with
ISSUED = "2024-09-27T06:05Z"


def examples() -> dict[str, str]:
    """File name to text: one brief by each drafter, the one with a model over our own server in its honest mode."""
    with tempfile.TemporaryDirectory() as place, model_server() as server:
        breaker.reset()
        model = ModelSettings.model_validate({"reads": False, "name": "an-honest-stand-in", "base_url": server.url})
        desk = Desk(Settings(data=Path(place) / "data", model=model))
        with articles_file() as sample:
            desk.ingest([sample])
        at = parse_stamp(AS_OF).instant
        written = desk.draft(topics.DEFAULT, as_of=at, drafter="llm").brief
        desk.draft(topics.DEFAULT, as_of=parse_stamp(BEFORE).instant)
        own = desk.draft(topics.DEFAULT, as_of=at).brief
        desk.close()
    return {"extractive.md": _text(own), "llm.md": _text(written)}


def _text(brief: Brief) -> str:
    """As it is exported, but for what no two runs share."""
    spent = tuple((name, value) for name, value in brief.disclosure.spent if name != "seconds")
    made = replace(brief, issued=parse_stamp(ISSUED).instant, disclosure=replace(brief.disclosure, spent=spent))
    return (
        "<!-- Made by `make examples` from the packaged sample, whose articles were written for Briefing and are not news. -->\n"
        + markdown(made)
    )


def changed() -> list[str]:
    """The files that are not what the drafters make today."""
    return [
        name
        for name, text in examples().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]


def _main() -> None:
    if "--write" in sys.argv:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in examples().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    elif found := changed():
        sys.exit(f"changed: {', '.join(found)}; `make examples` writes them anew")


if __name__ == "__main__":
    _main()
