"""`briefing ledger …`: the state of a negotiation as it could be known at an instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli.options import AsJson, AsOf, Data, TopicName, desk, instant, now_unless, put, put_json
from briefing.cli.progress import bar
from briefing.cli.show import printable
from index.times import iso

if TYPE_CHECKING:
    from datetime import datetime

    from briefing.ledger import Entry, Ledger

ledger_app = typer.Typer(help="Who said what about which proposal, in which stance; what changed.", no_args_is_help=True)
DEFAULT_TOPIC = "israel-hezbollah"
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Against what was known then; default a day before.")]
From = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only events from that day on.")]
Json = dict[str, Any]


def add_to(app: typer.Typer) -> None:
    app.add_typer(ledger_app, name="ledger")


def _opened(topic: str, at: datetime, data: Any) -> Ledger:
    with desk(data) as opened, bar() as progress:
        return opened.ledger(topic, as_of=at, progress=progress)


def _put(
    name: str, at: datetime, rows: Sequence[Any], as_json: bool, json_of: Callable[[Any], Json], line: Callable[[Any], str]
) -> None:
    if as_json:
        put_json({"as_of": iso(at), name: [json_of(row) for row in rows]})
        return
    put("\n".join(line(row) for row in rows) or f"No information: no {name} as of {iso(at)}.")


def _where(entry: Entry) -> str:
    return f"{printable(entry.article.outlet)}, {entry.day.isoformat()} ({entry.article.id}:{entry.statement.start})"


def _words(entry: Entry) -> str:
    return f"    “{printable(entry.statement.text)}”\n    {_where(entry)}"


@ledger_app.command("positions")
def positions(topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """Where each party's speakers stand, since when, in which words, and where they stood before."""
    from briefing.contract.ledger import position_json

    def line(position: Any) -> str:
        office = f", {printable(position.office)}" if position.office else ""
        before = "".join(f" ← {stance} ({day})" for day, stance in reversed(position.history[:-1]))
        ageing = "; ageing: nobody has repeated it for a week" if position.ageing else ""
        who = f"{position.party}: {printable(position.who)}{office}"
        head = f"{who}: {position.stance} (since {position.since}){before}{ageing}"
        return f"{head}\n{_words(position.entry)}"

    at = now_unless(as_of)
    _put("positions", at, _opened(topic, at, data).positions, as_json, position_json, line)


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

    at = now_unless(as_of)
    _put("proposals", at, records(_opened(topic, at, data)), as_json, proposal_json, line)


@ledger_app.command("contradictions")
def contradictions(topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, data: Data = None, as_json: AsJson = False) -> None:
    """Statements that stand against each other, in pairs, by type; nothing says which is right."""
    from briefing.contract.ledger import contradiction_json
    from briefing.ledger.contradictions import contradictions as pairs

    def line(pair: Any) -> str:
        return "\n".join(
            [pair.type, *(f"  {printable(e.who or 'told by the reporter')}:\n{_words(e)}" for e in (pair.first, pair.second))]
        )

    at = now_unless(as_of)
    _put("contradictions", at, pairs(_opened(topic, at, data)), as_json, contradiction_json, line)


@ledger_app.command("changes")
def changes(
    topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, since: Since = None, data: Data = None, as_json: AsJson = False
) -> None:
    """What moved since an earlier instant: new, changed, withdrawn, expired, reconfirmed."""
    from briefing.contract.ledger import change_json
    from briefing.ledger.changes import changes as moved

    def line(change: Any) -> str:
        stance = f"{change.old} → {change.new}" if change.type == "changed" else str(change.new or change.old)
        return f"{change.type}: {change.party}, {printable(change.who)}: {stance}\n{_words(change.entry)}"

    at = now_unless(as_of)
    before = instant(since, "--since") or at - timedelta(days=1)
    _put("changes", at, moved(_opened(topic, at, data), before), as_json, change_json, line)


@ledger_app.command("timeline")
def timeline(
    topic: TopicName = DEFAULT_TOPIC, as_of: AsOf = None, since: From = None, data: Data = None, as_json: AsJson = False
) -> None:
    """What happened on which day, from when it could be known, merged across origins."""
    from briefing.contract.ledger import event_json
    from briefing.ledger.timeline import timeline as events

    def line(event: Any) -> str:
        told = f"{event.origins} origins" if event.origins > 1 else printable(event.entry.article.outlet)
        return f"{event.day}  {printable(event.entry.statement.text)} [{told}; knowable from {iso(event.knowable)}]"

    at = now_unless(as_of)
    first = instant(since, "--since")
    _put("timeline", at, events(_opened(topic, at, data), since=first.date() if first else None), as_json, event_json, line)
