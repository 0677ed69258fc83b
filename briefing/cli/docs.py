"""Write the command reference from the commands themselves: `python -m briefing.cli.docs docs/cli.md`."""

from __future__ import annotations

import sys
from pathlib import Path

import typer
from typer.testing import CliRunner

from briefing.cli.app import app

HEAD = """# Commands

Made by `make docs` from the commands themselves; a test fails when it is not current.
Every command takes `--data DIR` (or `BRIEFING_DATA`). Results go to stdout, progress and warnings to stderr.
Exit codes: 0 done (an honest "no information" is done), 1 problems found, 2 misuse, 3 the installation or its data
cannot be used.
"""


def reference() -> str:
    """The whole reference as Markdown."""
    pages = [HEAD]
    for words in _commands(app, ()):
        shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"})
        usage = "\n".join(line.rstrip() for line in shown.stdout.strip().splitlines())
        pages.append(f"## briefing {' '.join(words)}\n\n```\n{usage}\n```\n")
    return "\n".join(pages)


def _commands(group: typer.Typer, above: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = [
        (*above, command.name or str(command.callback.__name__))  # type: ignore[union-attr]
        for command in group.registered_commands
    ]
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            found += _commands(inner.typer_instance, (*above, str(inner.name)))
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
