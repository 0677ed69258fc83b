"""Which talks a sentence is about: the topic's own front, another, or nothing that tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from briefing.topics import Topic

BOTH = "both"


def any_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Matches any of these words or phrases, whole, in any case where they are lower case as given."""
    return _compiled(frozenset(terms))


@lru_cache(maxsize=4_096)
def _compiled(terms: frozenset[str]) -> re.Pattern[str]:
    ordered = sorted(terms, key=lambda t: (-len(t), t))
    parts = [f"(?i:{re.escape(t)})" if t == t.lower() else re.escape(t) for t in ordered]
    parts = [part.replace("’", "[’']").replace(r"\ ", r"\s+") for part in parts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)" if parts else r"(?!)")


class Fronts:
    """The front words of one topic."""

    def __init__(self, topic: Topic) -> None:
        self._own = topic.name
        self._front = any_of(topic.front)
        self._others = [(other.name, any_of(other.terms)) for other in topic.other_fronts]
        self._talks, self._weak = any_of(topic.talks), any_of(topic.weak_talks)

    def on_talks(self, text: str) -> bool:
        """Whether a sentence speaks of talks: in words of its own, or of a deal or plan beside a word of this front."""
        return bool(self._talks.search(text) or (self._weak.search(text) and self._front.search(text)))

    def here(self, text: str) -> bool:
        """Whether a word of this front stands in a text."""
        return self._front.search(text) is not None

    def of(self, text: str) -> str | None:
        """The topic's name, another front's, BOTH, or None where no word tells."""
        own = bool(self._front.search(text))
        other = next((name for name, pattern in self._others if pattern.search(text)), None)
        if own:
            return BOTH if other else self._own
        return other
