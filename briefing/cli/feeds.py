"""The verbs of standing feeds: feeds add, list, remove, poll; and watch, which polls for years."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli import show
from briefing.cli.options import AsJson, Data, desk, put, put_json, tell
from index.errors import Misuse, UnreadableInput

if TYPE_CHECKING:
    from briefing.desk import Desk

feeds_app = typer.Typer(help="Feeds that are asked again and again.", no_args_is_help=True)
Url = Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(feeds_app, name="feeds")
    app.command()(watch)


@feeds_app.command("add")
def add(
    source: Annotated[str, typer.Argument(metavar="URL|FILE", help="A feed's address, or an OPML list of feeds.")],
    follow: Annotated[bool, typer.Option("--follow", help="Fetch the page behind each item.")] = False,
    local_only: Annotated[bool, typer.Option("--local-only", help="No word of it goes to somebody else's endpoint.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Subscribe to a feed, or to every feed of an OPML list."""
    from datetime import UTC, datetime

    wanted = _wanted(source)
    with desk(data) as opened:
        added = [url for url, title in wanted if opened.add_feed(url, title=title, follow=follow, now=datetime.now(UTC))]
        for url, _ in wanted if local_only else ():
            opened.keep_here("feed", url)
    put_json({"added": len(added), "known": len(wanted) - len(added)}) if as_json else put(
        f"{len(added)} added, {len(wanted) - len(added)} known already"
    )


def _wanted(source: str) -> list[tuple[str, str | None]]:
    from index.sources.feed import opml
    from index.web import is_address

    if is_address(source):
        return [(source, None)]
    try:
        return opml(Path(source).read_bytes())
    except OSError as error:
        raise Misuse(f"{source} is neither an address nor a file that can be read") from error
    except UnreadableInput as error:
        raise Misuse(f"{source}: {error}") from error


@feeds_app.command("list")
def listed(data: Data = None, as_json: AsJson = False) -> None:
    """Every feed and how it has been doing."""
    from index.calendar.instants import iso_stamp

    with desk(data) as opened:
        found = opened.feeds_listed()
    told = [
        {
            "url": s.url,
            "title": s.title,
            "follow": s.follow,
            "last_ok": iso_stamp(s.last_ok),
            "next_after": iso_stamp(s.next_after),
            "failures": s.failures,
            "gone": s.gone,
            "problem": s.problem,
        }
        for s in found
    ]
    if as_json:
        put_json({"feeds": told})
        return
    lines = [
        f"{s['url']}  {show.printable(str(s['title'] or ''))}  last well {s['last_ok'] or 'never'}"
        + (f"  {s['failures']} failures" if s["failures"] else "")
        + (f"  {show.printable(str(s['problem']))}" if s["problem"] else "")
        for s in told
    ]
    put("\n".join(lines) or "No feeds; `briefing feeds add` subscribes to one.")


@feeds_app.command("remove")
def remove(url: Url, data: Data = None) -> None:
    """Unsubscribe; the articles stay."""
    with desk(data) as opened:
        opened.remove_feed(url)
    put(f"removed {url}")


@feeds_app.command("poll")
def poll(
    everything: Annotated[bool, typer.Option("--all", help="Also feeds that asked to be left alone for now.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Ask every feed that is due, archive and index what is new. One cron line can run this for years."""
    with desk(data) as opened:
        told = _polled(opened, everything=everything)
    if as_json:
        put_json({"feeds": told})
    else:
        put("\n".join(_line(one) for one in told) or "No feeds; `briefing feeds add` subscribes to one.")
    if any(one["outcome"] == "failed" or one["rejected"] for one in told):
        raise typer.Exit(1)


def watch(
    every: Annotated[int, typer.Option(min=60, metavar="SECONDS", help="How long between two polls.")] = 900,
    data: Data = None,
) -> None:
    """Poll the feeds again and again until stopped."""
    while True:
        with desk(data) as opened:
            for one in _polled(opened, everything=False):
                if one["outcome"] != "not due":
                    put(_line(one))
        time.sleep(every)


def _polled(opened: Desk, *, everything: bool) -> list[dict[str, Any]]:
    told = []
    for polled, done in opened.poll(everything=everything):
        for rejected in done.rejected:
            tell(f"rejected {show.printable(rejected.input)}: {show.printable(rejected.reason)}")
        told.append(
            {
                "url": polled.url,
                "outcome": polled.outcome,
                "new": len(done.new),
                "versions": len(done.versions),
                "unchanged": done.unchanged,
                "rejected": len(done.rejected),
                "detail": polled.detail,
            }
        )
    if waiting := opened.waiting():
        tell(waiting)
    return told


def _line(one: dict[str, Any]) -> str:
    counts = f"{one['new']} new, {one['versions']} versions, {one['unchanged']} unchanged"
    detail = f" ({show.printable(one['detail'])})" if one["detail"] else ""
    return f"{one['url']}: {one['outcome']}{detail}; {counts}"
