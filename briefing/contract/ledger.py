"""The ledger's rows as the contract's JSON, each with its statements and their words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from briefing.claims import Seen, Statement
from briefing.ledger.book import Entry, Position
from briefing.ledger.changes import Change
from briefing.ledger.contradictions import Contradiction
from briefing.ledger.figures import Figure
from briefing.ledger.proposals import Record
from briefing.ledger.timeline import Event
from briefing.reading.nouns import Dropped, Part, Read, Reading, Unread
from briefing.talks.unnamed import unnamed
from briefing.topics import Topic
from index.article import Article
from index.calendar.instants import iso

Json = dict[str, Any]


def statement_json(statement: Statement, article: Article, topic: Topic) -> Json:
    """One statement as it was read: `article.text[start:end]`, and what was understood of it."""
    speaker = statement.speaker
    words = statement.stance_words
    return {
        "article_id": statement.article_id,
        "external_id": article.external_id,
        "start": statement.start,
        "end": statement.end,
        "text": statement.text,
        "kind": "action" if statement.narrated and statement.stance else statement.said.kind,
        "speaker": speaker.name if speaker else None,
        "office": speaker.office if speaker else None,
        "party": speaker.party if speaker else None,
        "anonymous": speaker.anonymous if speaker else None,
        "unnamed": asdict(unnamed(speaker.anonymous, statement.text, topic)) if speaker and speaker.anonymous else None,
        "quote": list(statement.said.quote) if statement.said.quote else None,
        "cue": statement.said.cue,
        "stance": statement.stance,
        "stance_words": [statement.start + words[0], statement.start + words[1]] if words else None,
        "stance_of": statement.stance_of,
        "about": statement.about,
        "front": statement.front,
        "hedge": statement.hedge,
        "narration": statement.narrated,
        "read_by": statement.read_by,
        "differs": statement.differs,
        "certainty": [asdict(c) for c in statement.said.certainty],
        "event_date": statement.said.event_date.isoformat() if statement.said.event_date else None,
        "said_on": statement.said.said_on.isoformat() if statement.said.said_on else None,
        "citations": [
            {
                "article_id": statement.article_id,
                "external_id": article.external_id,
                "start": statement.start,
                "end": statement.end,
                "quote": statement.text,
            }
        ],
    }


def entry_json(entry: Entry, topic: Topic) -> Json:
    """A statement with where it was published and when it could be known."""
    return {
        **statement_json(entry.statement, entry.article, topic),
        "outlet": entry.article.outlet,
        "origin_id": entry.article.origin_id,
        "day": entry.day.isoformat(),
        "knowable_from": iso(entry.knowable),
    }


def position_json(position: Position, topic: Topic) -> Json:
    return {
        "party": position.party,
        "speaker": position.who,
        "office": position.office,
        "stance": position.stance,
        "about": position.about,
        "since": position.since.isoformat(),
        "day": position.entry.day.isoformat(),
        "previous": position.previous,
        "history": [{"day": day.isoformat(), "stance": stance} for day, stance in position.history],
        "origins": position.origins,
        "ageing": position.ageing,
        "statements": [entry_json(position.entry, topic)],
    }


def proposal_json(record: Record, topic: Topic) -> Json:
    return {
        "name": record.name,
        "names_used": list(record.names_used),
        "since": record.since.isoformat(),
        "sponsors": list(record.sponsors),
        "signatories": list(record.signatories),
        "terms": [
            {
                "kind": term.kind,
                "words": term.words,
                "value": term.value,
                "since": term.since.isoformat(),
                "statements": [entry_json(term.entry, topic)],
            }
            for term in record.terms
        ],
        "status": record.status,
        "status_since": record.status_since.isoformat(),
        "statements": [entry_json(record.entries[-1], topic)],
    }


def contradiction_json(pair: Contradiction, topic: Topic) -> Json:
    return {"type": pair.type, "statements": [entry_json(pair.first, topic), entry_json(pair.second, topic)]}


def change_json(change: Change, topic: Topic) -> Json:
    return {
        "type": change.type,
        "party": change.party,
        "speaker": change.who,
        "office": change.office,
        "old": change.old,
        "new": change.new,
        "statements": [entry_json(change.entry, topic)],
    }


def figure_json(figure: Figure, topic: Topic) -> Json:
    return {
        "of": figure.of,
        "day": figure.day.isoformat(),
        "least": figure.least,
        "most": figure.most,
        "counts": [{"number": c.number, "statements": [entry_json(c.entry, topic)]} for c in figure.counts],
    }


def event_json(event: Event, topic: Topic) -> Json:
    return {
        "event_date": event.day.isoformat(),
        "knowable_from": iso(event.knowable),
        "line": event.entry.statement.text,
        "origins": event.origins,
        "statements": [entry_json(e, topic) for e in event.entries],
    }


def read_json(read: Read, seen: Seen, article: Article, topic: Topic, dropped: Iterable[Dropped] = ()) -> Json:
    """What was read in an article: statements on the topic's talks, the other sentences that say something, the entries of a
    live page, or why it was not read; and what of a language model's reading was dropped."""
    told = {s.start for s in seen.statements}
    rest = [Statement.plain(said) for said in seen.said if said.start not in told]
    return {
        "statements": [statement_json(s, article, topic) for s in seen.statements],
        "sentences": [statement_json(s, article, topic) for s in rest],
        "parts": [_part_json(part) for part in read.parts] if isinstance(read, Reading) else [],
        "unread": {"reason": read.reason, "language": read.language} if isinstance(read, Unread) else None,
        "dropped": [{"field": d.field, "value": d.value, "why": d.why} for d in dropped],
    }


def _part_json(part: Part) -> Json:
    return {
        "start": part.start,
        "end": part.end,
        "stamp": list(part.stamp),
        "headline": list(part.headline) if part.headline else None,
        "byline": list(part.byline) if part.byline else None,
        "time": iso(part.time) if part.time else None,
    }
