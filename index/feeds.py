"""Feeds as a standing thing: asked again and again for years, politely, each with its health."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from index.archive import Archive, NewArticle
from index.archive.engine import explained, writing
from index.archive.tables import feed as table
from index.article import Rejected
from index.errors import Misuse, UnreadableInput
from index.fetch import Fetched, Fetcher
from index.sources.given import Given
from index.sources.limits import PARSERS
from index.urls import canonical
from index.web import fetched, parsed

HOST_PAUSE = 2.0  # seconds between two requests to one host
FIRST_WAIT = timedelta(minutes=10)  # after a failure; doubled with each further one
LONGEST_WAIT = timedelta(days=1)
MOST_FOLLOWED = 50  # pages fetched for one poll of one feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed and how it has been doing."""

    url: str
    title: str | None
    follow: bool  # fetch the page behind each item
    etag: str | None
    last_modified: str | None
    next_after: datetime | None
    last_polled: datetime | None
    last_ok: datetime | None
    failures: int
    gone: bool
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of one feed came to."""

    url: str
    outcome: str  # "new", "unchanged", "moved", "gone", "later", "failed", "not due"
    articles: tuple[NewArticle, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    detail: str | None = None


class Feeds:
    """The subscriptions of one archive."""

    def __init__(self, archive: Archive, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._archive, self._pause = archive, pause
        self._asked: dict[str, float] = {}

    def add(self, url: str, *, title: str | None = None, follow: bool = False, now: datetime) -> bool:
        """Subscribe; False where that was done already (`follow` is then set anew). Raises Misuse."""
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise Misuse(f"{url[:200]!r} is not an http or https address")
        with writing(self._archive.engine) as connection:
            if connection.scalar(sa.select(table.c.url).where(table.c.url == url)):
                connection.execute(sa.update(table).where(table.c.url == url).values(follow=follow, gone=False))
                return False
            connection.execute(sa.insert(table).values(url=url, title=title, follow=follow, added=now, failures=0, gone=False))
        return True

    def remove(self, url: str) -> None:
        """Unsubscribe; its articles stay. Raises Misuse where there is no such feed."""
        with writing(self._archive.engine) as connection:
            if not connection.execute(sa.delete(table).where(table.c.url == url)).rowcount:
                raise Misuse(f"there is no feed {url}")

    def listed(self) -> list[Subscription]:
        columns = [table.c[name] for name in Subscription.__dataclass_fields__]
        with explained(self._archive.engine), self._archive.engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(table.c.url))
            return [Subscription(**row._mapping) for row in rows]

    def poll(self, fetcher: Fetcher, *, now: datetime, everything: bool = False) -> Iterator[Polled]:
        """Ask every feed that is due (all that are not gone with `everything`), one after the other."""
        for subscription in self.listed():
            if subscription.gone:
                continue
            if not everything and subscription.next_after is not None and subscription.next_after > now:
                due = f"after {subscription.next_after:%Y-%m-%d %H:%M} UTC"
                yield Polled(url=subscription.url, outcome="not due", detail=due)
                continue
            yield self._one(subscription, fetcher, now)

    # ---- one feed

    def _one(self, subscription: Subscription, fetcher: Fetcher, now: datetime) -> Polled:
        headers = {}
        if subscription.etag:
            headers["if-none-match"] = subscription.etag
        if subscription.last_modified:
            headers["if-modified-since"] = subscription.last_modified
        try:
            self._politely(subscription.url)
            answer = fetcher.get(subscription.url, headers=headers)
        except UnreadableInput as error:
            return self._failed(subscription, str(error), now)
        url = self._moved(subscription, answer)
        if answer.status == 304:
            self._update(url, now, ok=True)
            return Polled(url=url, outcome="unchanged")
        if answer.status == 410:
            self._update(url, now, gone=True, problem="gone (410): it will not be asked again")
            return Polled(url=url, outcome="gone", detail="it will not be asked again")
        if answer.status in {429, 503}:
            wait = _retry_after(answer.headers.get("retry-after"), now) or FIRST_WAIT
            self._update(url, now, next_after=now + min(wait, LONGEST_WAIT), problem=f"asked to wait ({answer.status})")
            return Polled(url=url, outcome="later", detail=f"asked to wait {int(wait.total_seconds())} s")
        if answer.status != 200:
            return self._failed(subscription, f"the server answered with status {answer.status}", now, url=url)
        try:
            items = list(PARSERS.run("feed", answer.content, url, Given()))
        except UnreadableInput as error:
            return self._failed(subscription, str(error), now, url=url)
        self._update(
            url, now, ok=True, etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified"),
            title=next((i.outlet for i in items if isinstance(i, NewArticle)), subscription.title),
        )  # fmt: skip
        found = [i for i in items if isinstance(i, NewArticle)]
        if subscription.follow:
            found = [self._followed(item, fetcher) for item in found[:MOST_FOLLOWED]] + found[MOST_FOLLOWED:]
        rejected = tuple(i for i in items if isinstance(i, Rejected))
        outcome = "moved" if url != subscription.url else "new"
        return Polled(url=url, outcome=outcome, articles=tuple(found), rejected=rejected)

    def _followed(self, item: NewArticle, fetcher: Fetcher) -> NewArticle:
        """The page behind an item in its place, with the item's date; the item itself where the page cannot be had."""
        if not item.url or self._archive.has_address(canonical(item.url)):
            return item
        given = Given(
            source=item.outlet,
            published=item.published.instant.isoformat() if item.published and not item.published.is_day else None,
            url=item.url,
        )
        try:
            self._politely(item.url)
            (page,) = parsed(fetched(item.url, fetcher), given)
        except (UnreadableInput, ValueError) as error:
            return replace(item, notes=(*item.notes, f"the page could not be had: {error}"))
        return page if isinstance(page, NewArticle) else item

    def _politely(self, url: str) -> None:
        """Wait until this host was last asked long enough ago."""
        host = urlsplit(url).netloc
        wait = self._asked.get(host, 0.0) + HOST_PAUSE - time.monotonic()
        if wait > 0:
            self._pause(wait)
        self._asked[host] = time.monotonic()

    def _moved(self, subscription: Subscription, answer: Fetched) -> str:
        """Follow a permanent redirect in the subscription too."""
        if not answer.moved_to or answer.moved_to == subscription.url or answer.status >= 400:
            return subscription.url
        with writing(self._archive.engine) as connection:
            if connection.scalar(sa.select(table.c.url).where(table.c.url == answer.moved_to)):
                connection.execute(sa.delete(table).where(table.c.url == subscription.url))
            else:
                connection.execute(sa.update(table).where(table.c.url == subscription.url).values(url=answer.moved_to))
        return answer.moved_to

    def _failed(self, subscription: Subscription, why: str, now: datetime, *, url: str | None = None) -> Polled:
        failures = subscription.failures + 1
        wait = min(FIRST_WAIT * 2 ** min(failures - 1, 12), LONGEST_WAIT)
        self._update(url or subscription.url, now, failures=failures, next_after=now + wait, problem=why)
        return Polled(url=url or subscription.url, outcome="failed", detail=why)

    def _update(self, url: str, now: datetime, *, ok: bool = False, **values: object) -> None:
        if ok:
            values |= {"last_ok": now, "failures": 0, "next_after": None, "problem": None}
        with writing(self._archive.engine) as connection:
            connection.execute(sa.update(table).where(table.c.url == url).values(last_polled=now, **values))


def _retry_after(written: str | None, now: datetime) -> timedelta | None:
    """How long a server asks to be left alone: seconds or a date; None where it does not say or says nonsense."""
    if written is None:
        return None
    if written.strip().isdigit():
        return timedelta(seconds=min(int(written.strip()[:9]), int(LONGEST_WAIT.total_seconds())))
    try:
        until = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError):
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta())
