"""Reading: an article becomes statements — who said or did what, in which words, about which talks, when."""

from briefing.reading.reader import Reader

__all__ = ["Reader"]
