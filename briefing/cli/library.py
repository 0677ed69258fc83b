"""The verbs of the archive and the index: ingest, read, articles, article, index, topics, doctor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli import show
from briefing.cli.options import DEFAULT_TOPIC, AsJson, AsOf, Data, TopicName, desk, instant, put, put_json, tell
from briefing.cli.progress import bar
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.desk import Desk, Estimate
    from index.library import Check, Ingested
    from index.sources import Given

index_app = typer.Typer(help="The vectors and terms made from the archive.", no_args_is_help=True)
topics_app = typer.Typer(help="What briefs can be about.", no_args_is_help=True)
Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Files, folders, addresses. Files: .txt .md .jsonl .csv .html .pdf .eml .mbox .warc, feeds; each also .gz.",
    ),
]

MostCost = Annotated[
    float | None,
    typer.Option(metavar="DOLLARS", help="Where embedding costs money, the most it may; default as the settings say.", min=0),
]


def add_to(app: typer.Typer) -> None:
    for verb in (ingest, read, articles, article, doctor):
        app.command()(verb)
    app.add_typer(index_app, name="index")
    app.add_typer(topics_app, name="topics")


def ingested(opened: Desk, inputs: Sequence[str | Path], given: Given | None = None, clock: str = "import") -> Ingested:
    """Ingest with a progress bar; what was rejected and what has no date is told on stderr."""
    with bar() as progress:
        done = opened.ingest(inputs, given=given, clock=clock, progress=progress)  # type: ignore[arg-type]
    for rejected in done.rejected:
        tell(f"rejected {show.printable(rejected.input)}: {show.printable(rejected.reason)}")
    if done.unembedded:
        tell(show.printable(done.unembedded))
    for note in (*done.notes, *show.not_read(done.unread)):
        tell(show.printable(note))
    if done.undated:
        tell(f"{done.undated} without a date: archived, and never used under an as-of.")
    return done


def ingest(
    inputs: Inputs,
    published: Annotated[str | None, typer.Option(metavar="TIME", help="For texts that give no date.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="For texts that name no outlet.")] = None,
    title: Annotated[str | None, typer.Option(metavar="T", help="For a text without a title.")] = None,
    url: Annotated[str | None, typer.Option(metavar="U", help="For a text without an address.")] = None,
    clock: Annotated[str, typer.Option(metavar="published", help="`published`: ignore `updated`.")] = "import",
    live: Annotated[bool, typer.Option("--live", help="Count as fetched now, not as an import.")] = False,
    local_only: Annotated[bool, typer.Option("--local-only", help="No word of it goes to somebody else's endpoint.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Archive and index articles. Safe to repeat: what is known already stays as it is."""
    from index.sources import Given

    if clock not in {"import", "published"} or (live and clock == "published"):
        raise Misuse("--clock takes `published`, and not together with --live")
    instant(published, "--published")
    given = Given(published=published, source=source, title=title, url=url, local_only=local_only)
    with desk(data) as opened:
        done = ingested(opened, inputs, given, "live" if live else clock)
    put_json(_ingest_json(done)) if as_json else put(show.ingested(done))
    if done.rejected or done.unembedded:
        raise typer.Exit(1)


def articles(as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """Every article of the archive, newest first."""
    from briefing.contract import article_json

    until = instant(as_of)
    with desk(data) as opened:
        found = opened.articles(as_of=until)
        if as_json:
            carriers = opened.carriers(found, as_of=until)
            listed = [article_json(a, carriers[a.id], with_text=False) for a in found]
            put_json({"articles": listed})
            return
    put(show.articles(found))


def article(
    ref: Annotated[str, typer.Argument(metavar="ID", help="Our id, or the id the article came with.")],
    statements: Annotated[bool, typer.Option("--statements", help="What was read in it about the talks.")] = False,
    topic: TopicName = DEFAULT_TOPIC,
    delete: Annotated[bool, typer.Option("--delete", help="Take it out of the archive and the index.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """One article: where it comes from, its carriers and why, its text; with --statements what was read in it, in place."""
    from briefing.contract import article_json
    from briefing.contract.ledger import read_json

    with desk(data) as opened:
        found, carriers = opened.article(ref)
        seen = opened.seen(ref, topic) if statements else None
        if delete:
            opened.delete(found.id)
            tell(f"{found.id} is deleted; this is what it was:")
    if as_json:
        told = article_json(found, carriers, with_text=True)
        put_json(told if seen is None else {**told, **read_json(seen.read, seen.seen, found, seen.topic, seen.dropped)})
    else:
        put(show.statements(seen) if seen is not None else show.article(found, carriers))


def read(
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only what became knowable from then on.")] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what the model would take.")] = False,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="OpenAI's batches, at half the price: hand in what waits, or collect it."),
    ] = False,
    most_cost: MostCost = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Read what is not read yet; by the language model too, where one is named and reads well enough. Goes on where it was
    interrupted; says first what it would cost."""
    with desk(data) as opened, bar() as progress:
        model = opened.settings.model
        count = opened.read(progress=progress)
        first = instant(since, "--since")
        told = opened.reading_estimate(since=first) if estimate or (model and model.reads) else None
        if model is not None and told is not None:
            tell(f"To be read by {model.name}: {told.told}.")
        if batch and not estimate:
            notes = opened.read_in_batch(since=first, most_cost=most_cost)
        else:
            notes = [] if estimate else opened.read_by_model(since=first, most_cost=most_cost, progress=progress)
    for note in notes:
        tell(f"{note}.")
    if as_json:
        estimated = None if told is None else {f: getattr(told, f) for f in told.__dataclass_fields__}
        put_json({"read": count, "estimate": estimated, "notes": notes})
    else:
        tell(f"{count} articles read anew by the built-in reader.")


def doctor(
    with_model: Annotated[
        bool, typer.Option("--model", help="Also try the language model: what its endpoint takes, how well it reads.")
    ] = False,
    fetch_encodings: Annotated[
        bool, typer.Option("--fetch-encodings", help="First fetch what counts tokens exactly, where there is a network.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Look at the installation and its data, and say what mends what is wrong."""
    from index.embedding import checked

    checked("model.onnx"), checked("tokenizer.json")
    with desk(data) as opened:
        for name, told in opened.fetch_encodings().items() if fetch_encodings else ():
            tell(f"{name}: {told}")
        checks = [*opened.checks(), *(opened.model_checks() if with_model else ())]
    _told(checks, as_json=as_json)


@index_app.command("status")
def status(data: Data = None, as_json: AsJson = False) -> None:
    """Whether the index holds what the archive says it should."""
    with desk(data) as opened:
        checks = opened.status()
    _told(checks, as_json=as_json)


@index_app.command("rebuild")
def rebuild(most_cost: MostCost = None, data: Data = None, as_json: AsJson = False) -> None:
    """Throw vectors and terms away and make them again from the archive; goes on where it was interrupted."""
    with desk(data) as opened, bar() as progress:
        done = opened.rebuild(most_cost=most_cost, announce=_announced, progress=progress)
        checks = opened.status()
    tell(f"{done} articles indexed anew.")
    _told(checks, as_json=as_json)


@index_app.command("repair")
def repair(most_cost: MostCost = None, data: Data = None, as_json: AsJson = False) -> None:
    """Make what is missing and drop what belongs to nothing."""
    with desk(data) as opened, bar() as progress:
        done = opened.repair(most_cost=most_cost, announce=_announced, progress=progress)
        checks = opened.status()
    tell(f"{done} articles embedded.")
    _told(checks, as_json=as_json)


def _announced(estimate: Estimate) -> None:
    tell(f"Embedding {estimate}.")


@topics_app.command("list")
def topics_list(as_json: AsJson = False) -> None:
    """The topics that ship."""
    from briefing import topics

    found = [topics.load(name) for name in topics.names()]
    told = [{"name": t.name, "title": t.title, "parties": [p.name for p in t.parties]} for t in found]
    put_json({"topics": told}) if as_json else put("\n".join(f"{t.name}\t{t.title}" for t in found))


@topics_app.command("new")
def topics_new(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, hyphens.")],
    between: Annotated[tuple[str, str], typer.Option(metavar="PARTY PARTY", help="The two sides.")],
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Its title; default the two sides.")] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Where to; default NAME.toml here.")] = None,
) -> None:
    """Write a topic file to be filled in; nothing that is there is written over."""
    from briefing import topics

    place = output or Path(f"{name}.toml")
    text = topics.template(name, between, title)
    try:
        with place.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Misuse(f"{place} is there already") from error
    except OSError as error:
        raise Misuse(f"{place} cannot be written: {error}") from error
    put(f"Written to {place}: add people, places and proposals, then `briefing topics check {place}`.")


@topics_app.command("suggest")
def topics_suggest(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, hyphens.")] = "suggested",
    between: Annotated[
        tuple[str, str] | None, typer.Option(metavar="PARTY PARTY", help="The two sides; default those named together most.")
    ] = None,
    data: Data = None,
) -> None:
    """Propose a topic file from what was read: parties, people with offices and days, names of proposals. It is printed, for
    a person to go over."""
    with desk(data) as opened, bar() as progress:
        found = opened.suggest_topic(name, between, progress)
    put(found.text.rstrip())
    tell(f"From {found.statements} statements in {found.articles} articles: read it before you use it.")


@topics_app.command("check")
def topics_check(file: Annotated[Path, typer.Argument(help="A topic in TOML.")]) -> None:
    """Whether a topic file can be read, and if not, where and why."""
    from briefing import topics

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{file} cannot be read: {error}") from error
    topic = topics.parse(text, str(file))
    people, asked = sum(len(p.people) for p in topic.parties), len(topic.requirements)
    put(f"{topic.name}: {len(topic.parties)} parties, {people} people, {asked} standing questions")


def _ingest_json(done: Ingested) -> dict[str, Any]:
    return {
        "new": len(done.new),
        "versions": len(done.versions),
        "unchanged": done.unchanged,
        "carriers": done.carriers,
        "undated": done.undated,
        "skipped": done.skipped,
        "rejected": [{"input": r.input, "reason": r.reason} for r in done.rejected],
        "unread": [{"article_id": article_id, "reason": reason} for article_id, reason in done.unread],
    }


def _told(checks: list[Check], *, as_json: bool) -> None:
    ok = all(check.ok for check in checks)
    if as_json:
        told = [{"name": c.name, "ok": c.ok, "detail": c.detail, "mend": c.mend} for c in checks]
        put_json({"ok": ok, "checks": told})
    else:
        put("\n".join(f"{'ok ' if c.ok else 'BAD'} {c.name}: {c.detail}" + (f" — {c.mend}" if c.mend else "") for c in checks))
    if not ok:
        raise typer.Exit(1)
