"""What may leave this machine. An article, an outlet, a feed, a folder or the whole archive can be kept here ("local only"): no
word of it reaches an endpoint that is not one's own, whoever asks. What did leave, to whom and when, is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from index.article import LOCAL_ONLY, Article, ArticleId

if TYPE_CHECKING:
    from briefing.settings import PrivacySettings

Kind = Literal["outlet", "feed", "folder", "article"]
KINDS: tuple[Kind, ...] = ("outlet", "feed", "folder", "article")
_LOOPBACK = frozenset({"localhost", "::1"})
_OWN_NETWORK = "127."  # 127.0.0.0/8, as an address alone


@dataclass(frozen=True, slots=True)
class Left:
    """One request that went to an endpoint which is not one's own: when, where to, what for, with words of which articles."""

    at: datetime
    where: str
    purpose: str
    articles: tuple[ArticleId, ...]


def is_remote(base_url: str | None, own_hosts: Iterable[str] = ()) -> bool:
    """Whether an endpoint is somebody else's: neither on this machine nor at a host that the settings name as one's own. Without
    an address it is its maker's own service."""
    if base_url is None:
        return True
    try:
        parts = urlsplit(base_url)
        host, port = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        return True
    named = {name.casefold() for name in own_hosts}
    here = host in _LOOPBACK or (host.startswith(_OWN_NETWORK) and host.replace(".", "").isdigit())
    return not (here or host in named or f"{host}:{port}" in named)


@dataclass(frozen=True)
class Privacy:
    """Who stays, and a place where what leaves is written down."""

    settings: PrivacySettings
    marks: Callable[[], frozenset[tuple[str, str]]] = frozenset  # what was marked in the data folder: kind and value
    written_down: Callable[[Left], None] = lambda left: None

    def stays(self, article: Article) -> bool:
        """Whether no word of an article may reach an endpoint of somebody else's."""
        return bool(self._staying([article]))

    def away_from(self, base_url: str | None, articles: Iterable[Article]) -> set[ArticleId]:
        """Which of these articles stay away from this endpoint."""
        return self._staying(articles) if is_remote(base_url, self.settings.own_hosts) else set()

    def _staying(self, articles: Iterable[Article]) -> set[ArticleId]:
        marks, chosen = self.marks(), self.settings
        return {
            a.id
            for a in articles
            if chosen.local_only
            or a.outlet in chosen.local_outlets
            or LOCAL_ONLY in a.notes
            or ("outlet", a.outlet) in marks
            or ("article", a.id) in marks
        }

    def left(self, base_url: str | None, where: str, purpose: str, articles: Iterable[ArticleId]) -> None:
        """Write down a request, where it went to somebody else's endpoint."""
        if is_remote(base_url, self.settings.own_hosts):
            self.written_down(Left(datetime.now(UTC), where, purpose, tuple(dict.fromkeys(articles))))
