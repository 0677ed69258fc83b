"""The verbs. Each parses, calls the desk, prints; heavy imports stay inside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from briefing.cli import evals, feeds, leaving, ledger, library, show, verifying
from briefing.cli.options import (
    DEFAULT_TOPIC,
    AsJson,
    AsOf,
    Data,
    TopicName,
    desk,
    instant,
    now_unless,
    pretty,
    put,
    put_json,
    tell,
)
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.desk import Desk
    from index.search import Bounds

DEMO_AS_OF = "2024-09-27T06:00Z"

app = typer.Typer(
    name="briefing",
    help="An archive of news articles becomes a sourced brief on the state of ceasefire efforts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
library.add_to(app)
feeds.add_to(app)
leaving.add_to(app)
evals.add_to(app)
ledger.add_to(app)
verifying.add_to(app)


@app.command()
def demo(data: Data = None, out: Annotated[Path, typer.Option(help="Where the brief is written.")] = Path("demo")) -> None:
    """The packaged sample, from nothing to a brief; no key, no network."""
    from briefing.contract import brief_json
    from briefing.render import markdown
    from briefing.sample import articles_file

    with desk(data or out / "data") as opened, articles_file() as sample:
        library.ingested(opened, [sample])
        brief = opened.draft(DEFAULT_TOPIC, as_of=now_unless(DEMO_AS_OF)).brief
    show.markdown(markdown(brief))
    written = (
        show.write(out / "brief.md", markdown(brief)),
        show.write(out / "brief.json", pretty(brief_json(brief))),
    )
    tell("\nThe articles behind this are samples written for Briefing, not news.")
    tell(f"Written to {written[0]} and {written[1]}.")


@app.command()
def draft(
    topic: TopicName = DEFAULT_TOPIC,
    as_of: AsOf = None,
    drafter: Annotated[Literal["extractive", "llm"], typer.Option(help="Who writes.")] = "extractive",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Draft a brief and keep it."""
    from briefing.contract import brief_json
    from briefing.render import markdown

    at = now_unless(as_of)
    with desk(data) as opened:
        drafted = opened.draft(topic, as_of=at, drafter=drafter)
    brief = drafted.brief
    for note in (*brief.disclosure.notes, *drafted.notes) if drafter == "llm" else drafted.notes:
        tell(show.printable(note))
    put_json(brief_json(brief)) if as_json else show.markdown(markdown(brief))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="One question, in words.")],
    as_of: AsOf = None,
    topic: TopicName = DEFAULT_TOPIC,
    session: Annotated[str | None, typer.Option(metavar="ID", help="Kept with the answer.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question in the sources' own words, or say that there is no information."""
    from briefing.contract import answer_json
    from briefing.render import answer_markdown

    at = now_unless(as_of)
    with desk(data) as opened:
        answer = opened.ask(question, as_of=at, topic_name=topic, session=session)
        _tell_waiting(opened)
    put_json(answer_json(answer)) if as_json else show.markdown(answer_markdown(answer))


def _tell_waiting(opened: Desk) -> None:
    if waiting := opened.waiting():
        tell(waiting)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    as_of: AsOf = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only what became knowable from then on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only what became knowable up to then.")] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only this outlet's articles.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Only articles in this language: en, fr, …")] = None,
    origin: Annotated[str | None, typer.Option(metavar="ID", help="Only carriers of this origin.")] = None,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Search also in a language model's other wordings.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 10,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """The passages that fit a query best, one of each origin, and why; “quoted words” must match. Without --as-of undated
    articles are searched too."""
    from briefing.contract import search_json

    bounds: Bounds = {
        "as_of": instant(as_of),
        "since": instant(since, "--since"),
        "until": instant(until, "--until"),
        "outlet": outlet,
        "language": language,
        "origin": origin,
    }
    with desk(data) as opened:
        results = opened.search(query, k=k, **bounds)
        wordings, problem = opened.rewritten(query) if rewrite else ([], None)
        others = [(wording, opened.search(wording, k=k, **bounds)) for wording in wordings]
        _tell_waiting(opened)
    for note in (*results.notes, *([problem] if problem else [])):
        tell(show.printable(note))
    if as_json:
        put_json({**search_json(results), "rewritten": [{"query": wording, **search_json(found)} for wording, found in others]})
        return
    put(show.results(results))
    for wording, found in others:
        put(f"\nIn the model’s words “{show.printable(wording)}”:\n{show.results(found)}")


@app.command()
def export(
    brief_id: Annotated[str, typer.Argument(metavar="ID", help="The brief's id.")],
    to: Annotated[Literal["md", "json"], typer.Option("--to", help="Which form.")] = "md",
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Where to; default stdout.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """A kept brief as Markdown or JSON."""
    from briefing.contract import brief_json
    from briefing.render import markdown

    with desk(data) as opened:
        brief = opened.brief(brief_id)
    text = pretty(brief_json(brief)) if to == "json" or as_json else markdown(brief)
    if output is None:
        put(text)
    else:
        tell(f"Written to {show.write(output, text)}.")


@app.command()
def review(data: Data = None, port: Annotated[int, typer.Option(min=1, max=65535)] = 8501) -> None:
    """Open the review desk in a browser."""
    import os
    import subprocess

    from briefing import settings

    screen = Path(__file__).parents[2] / "ui" / "app.py"
    if not screen.is_file():
        raise Misuse("the review desk is not part of this installation")
    folder = settings.load(data).data
    command = [sys.executable, "-m", "streamlit", "run", str(screen), f"--server.port={port}"]
    command += [
        "--server.address=127.0.0.1",
        "--browser.gatherUsageStats=false",
        "--client.toolbarMode=minimal",
    ]
    raise typer.Exit(subprocess.run(command, env={**os.environ, "BRIEFING_DATA": str(folder)}, check=False).returncode)
