"""The rows of the table of positions: one line a voice, a stance only where the ledger has it as the newest and certain."""

from __future__ import annotations

from datetime import timedelta

from briefing.claims import Statement
from briefing.draft.lines import Cells, Line, TableRow
from briefing.draft.material import Material

AGEING = timedelta(days=7)


def position(statement: Statement, party: str, line: Line, material: Material) -> TableRow:
    """Where a voice of this party stands, in the words of the line."""
    speaker, article = statement.speaker, material.articles[statement.article_id]
    assert speaker is not None
    day = statement.said.said_on or article.local_day
    told = "" if statement.said.said_on else "published "
    old = material.as_of.date() - day if day else timedelta()
    stance, previous = _stance(statement, material)
    cells: Cells = (
        ("party", party),
        ("speaker", speaker.name or speaker.anonymous or party),
        ("office", (speaker.office or speaker.medium or "") if not speaker.anonymous else "unnamed"),
        ("stance", stance),
        ("previous", previous),
        ("words", line.sentence.short),
        (
            "when",
            (f"{told}{day.isoformat()}" + (f"; not repeated for {old.days} days" if old > AGEING else ""))
            if day
            else "undated in the source",
        ),
        ("record", "anonymous" if speaker.anonymous else "on record"),
    )
    return TableRow(section="positions", cells=cells, lines=(line,))


def told_by_another(statement: Statement, party: str, line: Line, material: Material) -> TableRow:
    """Where a party stands as somebody else tells it."""
    speaker, article = statement.speaker, material.articles[statement.article_id]
    who = speaker.known_as if speaker is not None else article.outlet
    day = statement.said.said_on or article.local_day
    cells: Cells = (
        ("party", party),
        ("speaker", f"{party}, as {who} tells it"),
        ("office", ""),
        ("stance", statement.stance or ""),
        ("previous", ""),
        ("words", line.sentence.short),
        ("when", f"published {day.isoformat()}" if day else "undated in the source"),
        ("record", "told by another"),
    )
    return TableRow(section="positions", cells=cells, lines=(line,))


def _stance(statement: Statement, material: Material) -> tuple[str, str]:
    """The stance of a statement, and its speaker's before, where the ledger has this one as the newest; else empty."""
    speaker = statement.speaker
    if statement.stance is None or statement.stance_of is not None or speaker is None or speaker.anonymous:
        return "", ""
    who = speaker.known_as.casefold()
    held = next((p for p in material.ledger.positions if (p.party, p.who.casefold()) == (speaker.party, who)), None)
    previous = held.previous if held is not None and held.stance == statement.stance else None
    return statement.stance, previous or ""
