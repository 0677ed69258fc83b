"""The ledger of a negotiation as of an instant: positions and their history, proposals and their terms, contradictions,
changes, a timeline. Everything in it is a statement with its words; nothing decides who is right."""

from briefing.ledger.book import Entry, Ledger

__all__ = ["Entry", "Ledger"]
