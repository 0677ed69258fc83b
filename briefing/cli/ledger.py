"""`briefing ledger …`: the state of a negotiation as it could be known at an instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli.options import DEFAULT_TOPIC, AsJson, AsOf, Data, TopicName, desk, instant, now_unless, put, put_json, tell
from briefing.cli.progress import bar
from briefing.cli.show import printable
from index.calendar.instants import iso

if TYPE_CHECKING:
    from briefing.ledger import Entry, Ledger
    from briefing.topics import Topic

ledger_app = typer.Typer(help="Who said what about which proposal, in which stance; what changed.", no_args_is_help=True)
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Against what was known then; default a day before.")]
From = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only events from that day on.")]
Json = dict[str, Any]


def add_to(app: typer.Typer) -> None:
    app.add_typer(ledger_app, name="ledger")


def _show(
    name: str,
    asked: tuple[str, str | None, Path | None, bool],
    rows: Callable[[Ledger], Sequence[Any]],
    json_of: Callable[[Any, Topic], Json],
    line: Callable[[Any], str],
) -> None:
    """Open the ledger that is asked for (topic, as-of, data folder, as JSON) and print one of its tables."""
    topic, as_of, data, as_json = asked
    with desk(data) as opened, bar() as progress:
        asked_for = opened.ledger(topic, as_of=now_unless(as_of), progress=progress)
    for note in asked_for.notes:
        tell(printable(note))
    found = asked_for.ledger
    table = rows(found)
    if as_json:
        put_json({"as_of": iso(found.as_of), name: [json_of(row, found.topic) for row in table]})
    else:
        put("\n".join(line(row) for row in table) or f"No information: no {name} as of {iso(found.as_of)}.")


def _where(entry: Entry) -> str:
    return f"{printable(entry.article.outlet)}, {entry.day.isoformat()} ({entry.article.id}:{entry.statement.start})"


def _words(entry: Entry) -> str:
    return f"    “{printable(entry.statement.text)}”\n    {_where(entry)}"


@ledger_app.command("positions")
def positions(topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """Where each party's speakers stand, since when, in which words, and where they stood before."""
    from briefing.contract.ledger import position_json
    from briefing.ledger.book import AGEING

    def line(position: Any) -> str:
        office = f", {printable(position.office)}" if position.office else ""
        before = "".join(f" ← {stance} ({day})" for day, stance in reversed(position.history[:-1]))
        ageing = f"; ageing: nobody has repeated it for {AGEING.days} days" if position.ageing else ""
        who = f"{position.party}: {printable(position.who)}{office}"
        return f"{who}: {position.stance} (since {position.since}){before}{ageing}\n{_words(position.entry)}"

    _show("positions", (topic, as_of, data, as_json), lambda ledger: ledger.positions, position_json, line)


@ledger_app.command("proposals")
def proposals(topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """What is proposed, by whom, with which terms from when, and how it stands."""
    from briefing.contract.ledger import proposal_json
    from briefing.ledger.proposals import proposals as records

    def line(record: Any) -> str:
        lines = [f"{record.name}: {record.status} (since {record.status_since})"]
        lines += [
            f"  sponsors {', '.join(record.sponsors) or 'not told'}; backed by {', '.join(record.signatories) or 'nobody yet'}"
        ]
        lines += [f"  {t.kind}: {printable(t.words)} (from {t.since}; {_where(t.entry)})" for t in record.terms]
        return "\n".join(lines)

    _show("proposals", (topic, as_of, data, as_json), records, proposal_json, line)


@ledger_app.command("contradictions")
def contradictions(topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """Statements that stand against each other, in pairs, by type; nothing says which is right."""
    from briefing.contract.ledger import contradiction_json
    from briefing.ledger.contradictions import contradictions as pairs

    def line(pair: Any) -> str:
        both = (f"  {printable(e.who or 'told by the reporter')}:\n{_words(e)}" for e in (pair.first, pair.second))
        return "\n".join([pair.type, *both])

    _show("contradictions", (topic, as_of, data, as_json), pairs, contradiction_json, line)


@ledger_app.command("changes")
def changes(
    topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, since: Since = None, data: Data = None, as_json: AsJson = False
) -> None:
    """What moved since an earlier instant: new, changed, withdrawn, expired, reconfirmed."""
    from briefing.contract.ledger import change_json
    from briefing.ledger.changes import changes as moved

    before = instant(since, "--since")

    def line(change: Any) -> str:
        stance = f"{change.old} → {change.new}" if change.type == "changed" else str(change.new or change.old)
        return f"{change.type}: {change.party}, {printable(change.who)}: {stance}\n{_words(change.entry)}"

    def rows(ledger: Ledger) -> Sequence[Any]:
        return moved(ledger, before or ledger.as_of - timedelta(days=1))

    _show("changes", (topic, as_of, data, as_json), rows, change_json, line)


@ledger_app.command("timeline")
def timeline(
    topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, since: From = None, data: Data = None, as_json: AsJson = False
) -> None:
    """What happened on which day, from when it could be known, merged across origins."""
    from briefing.contract.ledger import event_json
    from briefing.ledger.timeline import timeline as events

    first = instant(since, "--since")

    def line(event: Any) -> str:
        told = f"{event.origins} origins" if event.origins > 1 else printable(event.entry.article.outlet)
        return f"{event.day}  {printable(event.entry.statement.text)} [{told}; knowable from {iso(event.knowable)}]"

    def rows(ledger: Ledger) -> Sequence[Any]:
        return events(ledger, since=first.date() if first else None)

    _show("timeline", (topic, as_of, data, as_json), rows, event_json, line)


@ledger_app.command("figures")
def figures(topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """What is counted, as a range, by who counts."""
    from briefing.contract.ledger import figure_json
    from briefing.ledger.figures import figures as ranges

    def line(figure: Any) -> str:
        span = f"{figure.least:,}" if figure.least == figure.most else f"{figure.least:,} to {figure.most:,}"
        by = (f"  {c.number:,} by {printable(c.entry.who or c.entry.article.outlet)}:\n{_words(c.entry)}" for c in figure.counts)
        return "\n".join([f"{figure.day}  {span} {figure.of}", *by])

    _show("figures", (topic, as_of, data, as_json), ranges, figure_json, line)
