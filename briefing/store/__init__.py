"""Briefs and what people decided about their sentences: kept in the same database, by a chain of its own."""

from briefing.store.briefs import Briefs, Decision, Listed

__all__ = ["Briefs", "Decision", "Listed"]
