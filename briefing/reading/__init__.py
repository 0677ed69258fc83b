"""Reading: an article becomes sentences, sayings, people and days. It is read once, and no topic is known here."""

from briefing.reading.nouns import Read, Reading, Unread
from briefing.reading.reader import BuiltIn, Reader

__all__ = ["BuiltIn", "Read", "Reader", "Reading", "Unread"]
