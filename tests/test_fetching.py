"""Fetching and feeds over real HTTP: only what is public, within bounds, politely, for years."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from briefing.desk import Desk
from briefing.settings import FetchSettings, Settings
from index.errors import Misuse, SourceRefused, SourceUnreachable
from index.feeds import Feeds
from index.fetch import Fetcher, public
from index.library import Library

NOW = datetime(2024, 10, 1, 12, tzinfo=UTC)
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Sample Feed</title><language>en</language>
<item><title>Talks go on</title><link>{base}/page</link><guid>1</guid><pubDate>Thu, 26 Sep 2024 10:00:00 GMT</pubDate>
<description>The &lt;b&gt;talks&lt;/b&gt; go on.</description></item>
<item><title>Nothing new</title><link>{base}/other</link><pubDate>Thu, 26 Sep 2024 11:00:00 GMT</pubDate>
<description>No news of the other side.</description></item></channel></rss>"""
PAGE = (
    "<html><head><title>Talks go on</title></head><body><article><h1>Talks go on</h1>"
    + "".join(f"<p>Paragraph {n} tells of the talks between both sides at some length today.</p>" for n in range(9))
    + "</article></body></html>"
)
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """A web site of ours: answers by path, every request remembered."""

    base: str = ""
    answers: dict[str, Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def says(self, path: str, body: str | bytes = b"", status: int = 200, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = lambda _: (status, {k.replace("_", "-"): v for k, v in headers.items()}, content)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests if path != "/robots.txt"]


@pytest.fixture
def site() -> Iterator[Site]:
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            headers = {k.lower(): v for k, v in self.headers.items()}
            state.requests.append((self.path, headers))
            status, told, content = state.answers.get(self.path, lambda _: (404, {}, b""))(headers)
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.base = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(open_hosts=frozenset({"127.0.0.1"}), seconds=3)


@pytest.fixture
def feeds(tmp_path: Path) -> Iterator[Feeds]:
    library = Library(tmp_path / "data")
    yield Feeds(library.archive, pause=lambda _: None)
    library.close()


# ---- what must never be connected to

REFUSED = [
    *(f"http://{host}/" for host in (
        "127.0.0.1", "127.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "0", "localhost", "LOCALHOST", "localhost.",
        "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.000.000.001", "10.0.0.1", "10.255.255.255",
        "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "169.254.169.254", "169.254.0.1", "100.64.0.1",
        "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[fc00::1]",
        "[fd12:3456::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
        "[2002:a00:1::]", "[2001:db8::1]", "[2001:0:7f00:1::]", "[fec0::1]", "[::ffff:0:127.0.0.1]",
    )),
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:text/plain,x", "http:///", "http://",
    "http://user@127.0.0.1/", "http://user:pw@example.org/", "http://127.0.0.1\\@example.org/", "http://exa mple.org/",
    "//127.0.0.1/", "javascript:alert(1)", "http://[::1", "http://127.0.0.1:99999/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_public_is_refused_before_anything_is_sent(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, at: connected.append(at))
    with pytest.raises((SourceRefused, SourceUnreachable)):
        Fetcher(robots=False, seconds=2).get(url)
    assert connected == []


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) >= 60
    assert public("93.184.216.34")
    assert public("2606:2800:220:1:248:1893:25c8:1946")


def test_a_redirect_to_what_is_not_public_is_refused(site: Site) -> None:
    trap = socket.create_server(("127.0.0.1", 0))
    trap.settimeout(0.2)
    port = trap.getsockname()[1]
    opened = Fetcher(open_hosts=frozenset({site.base.removeprefix("http://")}), robots=False, seconds=2)
    for number, target in enumerate(
        (f"http://127.0.0.1:{port}/", f"http://localhost:{port}/", f"http://[::ffff:127.0.0.1]:{port}/")
    ):
        site.says(f"/r{number}", status=302, location=target)
        with pytest.raises(SourceRefused, match="not on the public internet"):
            opened.get(f"{site.base}/r{number}")
    with pytest.raises(TimeoutError):
        trap.accept()
    trap.close()


def test_a_name_that_resolves_otherwise_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked, connected = [], []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(self: socket.socket, at: tuple[str, int]) -> None:
        connected.append(at[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(SourceUnreachable):
        Fetcher(robots=False).get("http://rebinding.example/")
    assert (asked, connected) == (["rebinding.example"], ["93.184.216.34"])


# ---- bounds


def test_a_page_is_fetched_with_a_named_agent(site: Site, fetcher: Fetcher) -> None:
    site.says("/a", b"hello", content_type="text/plain")
    answer = fetcher.get(f"{site.base}/a")
    assert (answer.status, answer.content) == (200, b"hello")
    assert site.requests[-1][1]["user-agent"].startswith("ceasefire-briefing/")


def test_five_redirects_are_followed_and_a_sixth_is_not(site: Site, fetcher: Fetcher) -> None:
    for n in range(8):
        site.says(f"/{n}", status=301, location=f"/{n + 1}")
    site.says("/5", b"end")
    answer = fetcher.get(f"{site.base}/0")
    assert (answer.content, answer.moved_to) == (b"end", f"{site.base}/5")
    site.says("/5", status=301, location="/6")
    with pytest.raises(SourceRefused, match="more than 5 times"):
        fetcher.get(f"{site.base}/0")


def test_a_compressed_bomb_is_stopped_within_its_bound(site: Site) -> None:
    site.says("/bomb", gzip.compress(b"\0" * (300 << 20), 9), content_encoding="gzip")
    bounded = Fetcher(open_hosts=frozenset({"127.0.0.1"}), robots=False, most_bytes=8 << 20)
    tracemalloc.start()
    with pytest.raises(SourceRefused, match="larger than 8 MiB"):
        bounded.get(f"{site.base}/bomb")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


def test_an_encoding_that_was_not_asked_for_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.says("/br", b"\x8b\x01\x80", content_encoding="br")
    with pytest.raises(SourceRefused, match="encoding 'br'"):
        fetcher.get(f"{site.base}/br")


def _raw_server(handle: Callable[[socket.socket], None]) -> tuple[str, socket.socket]:
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_quietly, args=(handle, client), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}/", listening


def _quietly(handle: Callable[[socket.socket], None], client: socket.socket) -> None:
    try:
        client.recv(4096)
        handle(client)
    except OSError:
        pass
    finally:
        client.close()


def _drips_a_body(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        client.sendall(b"x")
        time.sleep(0.2)


def _drips_headers(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    for n in range(100):
        client.sendall(f"x-{n}: y\r\n".encode())
        time.sleep(0.2)


def _never_ends(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


def _says_nothing(client: socket.socket) -> None:
    time.sleep(20)


@pytest.mark.parametrize("misbehaves", [_drips_a_body, _drips_headers, _says_nothing])
def test_a_slow_server_is_left_at_the_deadline(misbehaves: Callable[[socket.socket], None]) -> None:
    url, listening = _raw_server(misbehaves)
    start = time.monotonic()
    with pytest.raises(SourceUnreachable):
        Fetcher(open_hosts=frozenset({"127.0.0.1"}), robots=False, seconds=1).get(url)
    assert time.monotonic() - start < 5
    listening.close()


def test_a_body_without_end_is_stopped_at_the_size() -> None:
    url, listening = _raw_server(_never_ends)
    with pytest.raises(SourceRefused, match="larger than 1 MiB"):
        Fetcher(open_hosts=frozenset({"127.0.0.1"}), robots=False, most_bytes=1 << 20).get(url)
    listening.close()


def test_robots_are_respected_and_a_failing_robots_file_means_no(site: Site, fetcher: Fetcher) -> None:
    site.says("/robots.txt", "User-agent: *\nDisallow: /private\n")
    site.says("/private/a", b"x")
    site.says("/open", b"x")
    with pytest.raises(SourceRefused, match=r"robots\.txt"):
        fetcher.get(f"{site.base}/private/a")
    assert fetcher.get(f"{site.base}/open").status == 200
    assert site.paths == ["/open"]
    site.says("/robots.txt", status=503)
    with pytest.raises(SourceRefused):
        Fetcher(open_hosts=frozenset({"127.0.0.1"})).get(f"{site.base}/open")


# ---- feeds


def test_a_feed_brings_its_items_and_asks_conditionally_the_next_time(site: Site, fetcher: Fetcher, feeds: Feeds) -> None:
    site.says("/feed", FEED.format(base=site.base), etag='"v1"', last_modified="Thu, 26 Sep 2024 12:00:00 GMT")
    assert feeds.add(f"{site.base}/feed", now=NOW)
    (first,) = feeds.poll(fetcher, now=NOW)
    assert [(a.outlet, a.title, a.text) for a in first.articles] == [
        ("Sample Feed", "Talks go on", "The talks go on."),
        ("Sample Feed", "Nothing new", "No news of the other side."),
    ]
    site.answers["/feed"] = lambda asked: (304, {}, b"") if asked.get("if-none-match") == '"v1"' else (200, {}, b"?")
    (second,) = feeds.poll(fetcher, now=NOW + timedelta(hours=1))
    assert second.outcome == "unchanged"
    assert site.requests[-1][1]["if-modified-since"] == "Thu, 26 Sep 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "gone", "failures", "wait"),
    [
        (410, {}, "gone", True, 0, None),
        (404, {}, "failed", False, 1, 600),
        (500, {}, "failed", False, 1, 600),
        (429, {"retry-after": "1800"}, "later", False, 0, 1800),
        (503, {"retry-after": "Tue, 01 Oct 2024 12:05:00 GMT"}, "later", False, 0, 300),
        (429, {"retry-after": "999999999999"}, "later", False, 0, 86_400),
        (429, {"retry-after": "soon"}, "later", False, 0, 600),
        (200, {}, "failed", False, 1, 600),
    ],
)
def test_statuses_are_handled_as_readers_of_feeds_expect(
    site: Site,
    fetcher: Fetcher,
    feeds: Feeds,
    status: int,
    headers: dict[str, str],
    outcome: str,
    gone: bool,
    failures: int,
    wait: int | None,
) -> None:
    site.says("/feed", b"<html>not a feed</html>", status=status, **{k.replace("-", "_"): v for k, v in headers.items()})
    feeds.add(f"{site.base}/feed", now=NOW)
    (polled,) = feeds.poll(fetcher, now=NOW)
    (health,) = feeds.listed()
    assert (polled.outcome, health.gone, health.failures) == (outcome, gone, failures)
    assert health.next_after == (None if wait is None else NOW + timedelta(seconds=wait))
    again = list(feeds.poll(fetcher, now=NOW + timedelta(seconds=1)))
    assert [p.outcome for p in again] == ([] if gone else ["not due"])


def test_failures_wait_longer_each_time_and_success_forgets_them(site: Site, fetcher: Fetcher, feeds: Feeds) -> None:
    feeds.add(f"{site.base}/feed", now=NOW)
    for expected in (600, 1200, 2400):
        list(feeds.poll(fetcher, now=NOW, everything=True))
        assert feeds.listed()[0].next_after == NOW + timedelta(seconds=expected)
    site.says("/feed", FEED.format(base=site.base))
    list(feeds.poll(fetcher, now=NOW, everything=True))
    assert (feeds.listed()[0].failures, feeds.listed()[0].problem) == (0, None)


def test_a_feed_that_moved_for_good_is_remembered_at_its_new_address(site: Site, fetcher: Fetcher, feeds: Feeds) -> None:
    site.says("/old", status=301, location="/feed")
    site.says("/feed", FEED.format(base=site.base))
    feeds.add(f"{site.base}/old", now=NOW)
    (polled,) = feeds.poll(fetcher, now=NOW)
    assert (polled.outcome, len(polled.articles)) == ("moved", 2)
    assert [s.url for s in feeds.listed()] == [f"{site.base}/feed"]


def test_two_requests_to_one_host_are_kept_apart(site: Site, fetcher: Fetcher, tmp_path: Path) -> None:
    waited: list[float] = []
    library = Library(tmp_path / "polite")
    polite = Feeds(library.archive, pause=waited.append)
    for name in ("a", "b"):
        site.says(f"/{name}", FEED.format(base=site.base))
        polite.add(f"{site.base}/{name}", now=NOW)
    list(polite.poll(fetcher, now=NOW))
    assert len(waited) == 1
    assert 1 < waited[0] <= 2
    library.close()


def test_a_partial_feed_is_followed_to_its_pages_when_asked(site: Site, fetcher: Fetcher, feeds: Feeds) -> None:
    site.says("/feed", FEED.format(base=site.base))
    site.says("/page", PAGE, content_type="text/html")
    feeds.add(f"{site.base}/feed", follow=True, now=NOW)
    (polled,) = feeds.poll(fetcher, now=NOW)
    whole, teaser = polled.articles
    assert "Paragraph 8" in whole.text
    assert whole.outlet == "Sample Feed"
    assert any("the page could not be had" in note for note in teaser.notes)


def test_what_is_no_address_cannot_be_subscribed_to(feeds: Feeds) -> None:
    with pytest.raises(Misuse, match="not an http or https address"):
        feeds.add("file:///etc/passwd", now=NOW)
    with pytest.raises(Misuse, match="there is no feed"):
        feeds.remove("https://example.org/feed")


def test_polling_archives_indexes_and_counts_as_seen_now(site: Site, tmp_path: Path) -> None:
    site.says("/feed", FEED.format(base=site.base))
    desk = Desk(Settings(data=tmp_path / "data", fetch=FetchSettings(open_hosts=frozenset({"127.0.0.1"}))))
    desk.feeds._pause = lambda _: None
    desk.feeds.add(f"{site.base}/feed", now=NOW)
    ((_, done),) = desk.poll()
    assert len(done.new) == 2
    (article, _) = desk.article(done.new[0])
    assert article.knowable_from == article.first_seen
    assert len(desk.search("talks")) == 2
    ((_, again),) = desk.poll(everything=True)
    assert (again.new, again.unchanged) == ([], 2)
    desk.close()


def test_an_address_is_ingested_like_a_file_and_a_sitemap_is_followed(site: Site, tmp_path: Path) -> None:
    site.says("/page", PAGE, content_type="text/html")
    site.says("/sitemap.xml", f"<urlset><url><loc>{site.base}/page</loc></url><url><loc>{site.base}/gone</loc></url></urlset>")
    desk = Desk(Settings(data=tmp_path / "data", fetch=FetchSettings(open_hosts=frozenset({"127.0.0.1"}))))
    done = desk.ingest([f"{site.base}/page", f"{site.base}/sitemap.xml"])
    assert (len(done.new), done.unchanged) == (1, 1)
    assert [(r.input, r.reason) for r in done.rejected] == [(f"{site.base}/gone", "the server answered with status 404")]
    assert desk.library.archive.original(done.new[0]) == PAGE.encode()
    desk.close()
