"""The one function that fetches. http and https, public addresses only, checked at connect on every hop; bounds on time,
redirects and the decompressed size; robots.txt respected; a named user agent."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from index.errors import SourceRefused, SourceUnreachable

USER_AGENT = "ceasefire-briefing/0.1 (news archive; respects robots.txt)"
MOST_REDIRECTS = 5
MOST_BYTES = 20 * 1024 * 1024  # of a body, after decompression
MOST_ROBOTS = 512 * 1024
SECONDS = 30.0  # for one hop, from connecting to the last byte
CONNECT_SECONDS = 10.0
_CHUNK = 16 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer: where it came from in the end, what permanent redirects led to, and the body decompressed."""

    url: str
    moved_to: str | None  # the address to remember, where every hop said 301 or 308
    status: int
    headers: Mapping[str, str]  # names in lower case
    content: bytes


@dataclass(slots=True)
class Fetcher:
    """Fetches under one policy. `open_hosts`: host names (with port where not the usual) that may be private, for tests
    and for intranets; everything else must be public."""

    open_hosts: frozenset[str] = frozenset()
    robots: bool = True
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES
    _rules: dict[str, object] = field(default_factory=dict)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """The answer behind an address, whatever its status. Raises SourceRefused (never to be tried again as it is) or
        SourceUnreachable (may be tried later)."""
        at, permanent, moved = url, True, None
        for _ in range(MOST_REDIRECTS + 1):
            self._allowed(at)
            answer = self._one(at, headers or {}, self.most_bytes)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return Fetched(url=at, moved_to=moved, status=answer.status, headers=answer.headers, content=answer.content)
            permanent = permanent and answer.status in {301, 308}
            at = urljoin(at, target)
            moved = at if permanent else moved
        raise SourceRefused(f"{url} redirects more than {MOST_REDIRECTS} times")

    def _allowed(self, url: str) -> None:
        """Raises SourceRefused where robots.txt says no."""
        _parts(url)
        if not self.robots:
            return
        from protego import Protego

        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = Protego.parse(self._robots(site))
        rules = self._rules[site]
        assert isinstance(rules, Protego)
        if not rules.can_fetch(url, USER_AGENT):
            raise SourceRefused(f"robots.txt of {parts.netloc} does not allow {url}")

    def _robots(self, site: str) -> str:
        """The site's robots.txt; missing means everything is allowed, a failing server that nothing is (RFC 9309)."""
        try:
            answer = self._one(f"{site}/robots.txt", {}, MOST_ROBOTS, truncate=True)
        except SourceUnreachable:
            return "User-agent: *\nDisallow: /"
        if 200 <= answer.status < 300:
            return answer.content.decode("utf-8", "replace")
        return "User-agent: *\nDisallow: /" if answer.status >= 500 else ""

    def _one(self, url: str, headers: Mapping[str, str], most: int, *, truncate: bool = False) -> Fetched:
        """One request without redirects."""
        host, port, secure = _parts(url)
        private_ok = f"{host}:{port}" in self.open_hosts or host in self.open_hosts
        pool = _pool(host, port, secure=secure, private_ok=private_ok, seconds=self.seconds)
        sent = {"user-agent": USER_AGENT, "accept-encoding": "gzip, deflate", "accept": "*/*", **headers}
        path = urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl() or "/"
        watch = _Deadline(pool, self.seconds)
        try:
            response = pool.request(
                "GET", path, headers=sent, redirect=False, retries=False, preload_content=False, decode_content=False
            )
            body = _body(response, most, watch, truncate=truncate)
            told = {name.lower(): value for name, value in response.headers.items()}
            return Fetched(url=url, moved_to=None, status=response.status, headers=told, content=body)
        except urllib3.exceptions.HTTPError as error:
            refusal = _refusal(error)
            if refusal is not None:
                raise refusal from error
            if watch.rang:
                raise SourceUnreachable(f"{url} was not done within {self.seconds:g} s") from error
            raise SourceUnreachable(f"{url} cannot be reached ({_reason(error)})") from error
        except (OSError, ValueError, AttributeError) as error:
            if watch.rang:
                raise SourceUnreachable(f"{url} was not done within {self.seconds:g} s") from error
            raise SourceUnreachable(f"{url} cannot be reached ({_reason(error)})") from error
        finally:
            watch.stop()
            pool.close()


def _parts(url: str) -> tuple[str, int, bool]:
    """Host, port and whether it is https. Raises SourceRefused for anything that is no plain web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SourceRefused(f"{url[:200]!r} is not an address") from error
    if parts.scheme not in {"http", "https"}:
        raise SourceRefused(f"{url[:200]!r} is not an http or https address")
    if not host or parts.username or parts.password or any(c.isspace() or ord(c) < 33 for c in url) or "\\" in url:
        raise SourceRefused(f"{url[:200]!r} is not a plain web address")
    return host, port or (443 if parts.scheme == "https" else 80), parts.scheme == "https"


# ---- connecting


def public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also inside IPv4-mapped, 6to4, Teredo and NAT64 forms."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner: list[ipaddress.IPv4Address] = []
        if ip.ipv4_mapped:
            inner.append(ip.ipv4_mapped)
        if ip.sixtofour:
            inner.append(ip.sixtofour)
        if ip.teredo:
            inner += ip.teredo
        if any(ip in network for network in _NAT64) or (int(ip) >> 32) == 0:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if inner:
            return all(public(str(one)) for one in inner)
        if ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def _connected(host: str, port: int, *, private_ok: bool) -> socket.socket:
    """A socket to an address that was resolved once and checked: what is connected to is what was looked at."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnreachable(f"{host} has no address") from error
    addresses = [(family, at) for family, _, _, _, at in found]
    if not private_ok and (bad := next((at[0] for _, at in addresses if not public(str(at[0]))), None)):
        raise SourceRefused(f"{host} is not on the public internet ({bad})")
    last: OSError | None = None
    for family, at in addresses:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(at)
            return connection
        except OSError as error:
            connection.close()
            last = error
    raise SourceUnreachable(f"{host} cannot be reached ({_reason(last)})")


def _pool(host: str, port: int, *, secure: bool, private_ok: bool, seconds: float) -> HTTPConnectionPool:
    """A pool of one connection whose socket is made by _connected."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(host, port, private_ok=private_ok)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(host, port, private_ok=private_ok)

    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
    if secure:
        pool: HTTPConnectionPool = HTTPSConnectionPool(host, port, timeout=timeout, maxsize=1)
        pool.ConnectionCls = Secure
    else:
        pool = HTTPConnectionPool(host, port, timeout=timeout, maxsize=1)
        pool.ConnectionCls = Plain
    made: list[HTTPConnection] = []
    new = pool._new_conn

    def remembered() -> HTTPConnection:
        connection = new()
        made.append(connection)  # type: ignore[arg-type]
        return connection  # type: ignore[return-value]

    pool._new_conn = remembered  # type: ignore[method-assign]
    pool.made = made  # type: ignore[attr-defined]
    return pool


class _Deadline:
    """Cuts the connection when the whole hop has taken too long, whatever it is waiting for."""

    def __init__(self, pool: HTTPConnectionPool, seconds: float) -> None:
        self.rang = False
        self.ends = time.monotonic() + seconds
        self._pool = pool
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        self.rang = True
        for connection in self._pool.made:  # type: ignore[attr-defined]
            if (sock := getattr(connection, "sock", None)) is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def stop(self) -> None:
        self._timer.cancel()


def _body(response: urllib3.BaseHTTPResponse, most: int, watch: _Deadline, *, truncate: bool) -> bytes:
    """The body decompressed piece by piece, never more than `most` bytes of it. Raises SourceRefused."""
    encoding = (response.headers.get("content-encoding") or "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise SourceRefused(f"it is sent in the encoding {encoding[:20]!r}, which was not asked for")
    opened = None if encoding in {"identity", ""} else zlib.decompressobj(32 + zlib.MAX_WBITS)
    kept: list[bytes] = []
    size = 0
    while True:
        raw = response.read1(_CHUNK)
        if watch.rang or time.monotonic() > watch.ends:
            watch.rang = True
            raise OSError("deadline")
        if not raw:
            break
        for piece in _inflated(raw, opened):
            size += len(piece)
            if size > most:
                if truncate:
                    return b"".join(kept)
                raise SourceRefused(f"it is larger than {most >> 20} MiB")
            kept.append(piece)
    return b"".join(kept)


def _inflated(raw: bytes, opened: object) -> Iterable[bytes]:
    if opened is None:
        yield raw
        return
    waiting = raw
    while waiting:
        try:
            piece = opened.decompress(waiting, _CHUNK * 4)  # type: ignore[attr-defined]
        except zlib.error as error:
            raise SourceRefused("its compressed body is broken") from error
        if piece:
            yield piece
        waiting = opened.unconsumed_tail  # type: ignore[attr-defined]
        if not piece and not waiting:
            return


def _refusal(error: BaseException | None) -> SourceRefused | SourceUnreachable | None:
    """Our own refusal inside whatever the client wrapped around it."""
    while error is not None:
        if isinstance(error, SourceRefused | SourceUnreachable):
            return error
        error = error.__cause__ or error.__context__
    return None


def _reason(error: BaseException | None) -> str:
    return type(error).__name__ if error is None or not str(error) else str(error)[:120]
