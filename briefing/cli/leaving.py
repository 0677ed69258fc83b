"""The verbs of what stays on this machine: local add, list, remove; and sent, which prints what left it."""

from __future__ import annotations

from typing import Annotated

import typer

from briefing.cli.options import AsJson, Data, desk, put, put_json
from briefing.cli.show import printable

local_app = typer.Typer(help="What no endpoint of somebody else's is shown.", no_args_is_help=True)
Kind = Annotated[str, typer.Argument(metavar="KIND", help="outlet, feed, folder or article.")]
Value = Annotated[str, typer.Argument(metavar="VALUE", help="The outlet, the feed's address, the folder, the article's id.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(local_app, name="local")
    app.command()(sent)


@local_app.command("add")
def add(kind: Kind, value: Value, data: Data = None, as_json: AsJson = False) -> None:
    """Keep it on this machine. A feed and a folder are kept as what arrives from now on; an outlet and an article, whole."""
    with desk(data) as opened:
        new = opened.keep_here(kind, value)
    put_json({"new": new}) if as_json else put("kept here from now on" if new else "kept here already")


@local_app.command("remove")
def remove(kind: Kind, value: Value, data: Data = None) -> None:
    """Let it leave again; articles that were marked as they came in stay marked."""
    with desk(data) as opened:
        opened.let_leave(kind, value)
    put("may leave again")


@local_app.command("list")
def listed(data: Data = None, as_json: AsJson = False) -> None:
    """What is kept here."""
    with desk(data) as opened:
        found = opened.kept_here()
        whole = opened.settings.privacy.local_only
    if as_json:
        put_json({"everything": whole, "kept": [{"kind": kind, "value": value} for kind, value in found]})
        return
    lines = ["everything, by the settings"] if whole else []
    put("\n".join([*lines, *(f"{kind}\t{printable(value)}" for kind, value in found)]) or "nothing is kept here")


def sent(data: Data = None, as_json: AsJson = False) -> None:
    """What left this machine: when, to whom, what for, words of which articles. The newest first."""
    from index.calendar.instants import iso

    with desk(data) as opened:
        found = opened.left()
    if as_json:
        put_json(
            {"sent": [{"at": iso(o.at), "endpoint": o.where, "purpose": o.purpose, "articles": list(o.articles)} for o in found]}
        )
        return
    rows = (f"{iso(o.at)}\t{o.purpose}\t{printable(o.where)}\t{len(o.articles)} articles: {' '.join(o.articles)}" for o in found)
    put("\n".join(rows) or "nothing left this machine")
