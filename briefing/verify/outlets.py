"""How a sentence names the outlets that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from briefing.beside.locate import folded
from index.article import Article

SHORTEST_CODE, MOST_NAME = 2, 5  # letters of an outlet's code; words of its name
_WORD = re.compile(r"[^\W\d_]+")
_CAPITALS = re.compile(r"[A-Z][\w’'-]*(?: (?:(?:of|the) )?[A-Z][\w’'-]*)*")


def named(sentence: str, cited: Iterable[Article]) -> Iterator[str]:
    """The names in a sentence that are those of outlets it cites: whole, or by what their address is made of ("CNBC" of
    cnbc.com, "The Jerusalem Post" of jpost.com)."""
    articles = list(cited)
    whole = (article.outlet.removeprefix("The ") for article in articles)
    yield from (name for name in whole if name and name in sentence)
    codes = {code for article in articles for code in _codes(article)}
    yield from (name for name in _names(sentence) if codes & _made_of(name))


@lru_cache(maxsize=256)
def numbered(outlet: str) -> re.Pattern[str]:
    """Names of outlets with a number in them: this one, and those of a station's usual form."""
    own = f"|{re.escape(folded(outlet))}" if re.search(r"\d", outlet) else ""
    return re.compile(rf"(?<!\w)(?:(?:France|Channel|Kanal|Canal|News|Radio|TV|Rai) \d+{own})(?!\w)")


def _codes(article: Article) -> set[str]:
    """What an outlet's name and the host of its address are made of: the first word of each, and the name's words joined."""
    host = urlsplit(article.url or "").hostname or ""
    parts = [_WORD.findall(name.casefold().removeprefix("www.")) for name in (article.outlet, host)]
    found = {"".join(parts[0]), *(some[0] for some in parts if some)}
    return {code for code in found if len(code) >= SHORTEST_CODE}


def _names(sentence: str) -> Iterator[str]:
    """Every run of capital words, "of" and "the" inside."""
    for match in _CAPITALS.finditer(sentence):
        parts = match.group().split()
        for start in range(len(parts)):
            yield from (" ".join(parts[start:end]) for end in range(start + 1, min(len(parts), start + MOST_NAME) + 1))


def _made_of(name: str) -> set[str]:
    """The codes that a name could have: its words joined, its initials, the last word behind the initials before it."""
    parts = [part.casefold() for part in _WORD.findall(name)]
    own = parts[1:] if parts[:1] == ["the"] and len(parts) > 1 else parts
    if not own:
        return set()
    initials = "".join(part[0] for part in own)
    return {"".join(own), "".join(parts), initials, initials[:-1] + own[-1]}
