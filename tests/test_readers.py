"""Every kind of source becomes articles, or one clear reason; nothing a stranger wrote can hang or hurt."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources import Given, read_inputs
from index.sources.feed import opml, parse, sitemap
from index.sources.html import page
from index.sources.limits import Parsers

GIVEN = Given(source="Sample")


def read(path: Path, given: Given = GIVEN) -> tuple[list[NewArticle], list[Rejected]]:
    items = list(read_inputs([path], given))
    return [i for i in items if isinstance(i, NewArticle)], [i for i in items if isinstance(i, Rejected)]


def a_pdf(*pages: str) -> bytes:
    """A small PDF of our own making, one line of text a page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for n, words in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode() if words else b""
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * n} 0 R /MediaBox [0 0 612 792] >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return out.getvalue()


def test_a_pdf_keeps_its_pages_so_that_a_citation_can_name_one(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(a_pdf("The first page tells of a truce.", "The second page tells of its end."))
    (article,), rejected = read(tmp_path / "a.pdf", Given(source="Sample", published="2024-09-26"))
    assert rejected == []
    assert article.page_starts == (0, article.text.index("The second"))
    assert article.original is not None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (a_pdf("", ""), "the PDF shows no text on its 2 pages"),
        (b"%PDF-1.4\n%%EOF", "the PDF cannot be read"),
        (a_pdf("x" * 40)[:150], "the PDF"),
        (b"not a pdf at all", "the PDF cannot be read"),
    ],
)
def test_a_pdf_without_text_or_without_sense_is_one_clear_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    articles, (rejected,) = read(tmp_path / "a.pdf")
    assert articles == []
    assert rejected.reason.startswith(reason)


MESSAGE = (
    b"From: Sample Desk <desk@sample.invalid>\r\nSubject: =?utf-8?q?Tr=C3=AAve?=\r\nDate: Thu, 26 Sep 2024 12:00:00 +0200\r\n"
    b"Message-ID: <1@sample.invalid>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe truce holds along the border.\r\n"
)


def test_an_email_gives_its_text_sender_subject_and_date(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MESSAGE)
    (article,), _ = read(tmp_path / "a.eml", Given())
    assert (article.title, article.outlet, article.external_id) == ("Trêve", "Sample Desk", "1@sample.invalid")
    assert article.text == "The truce holds along the border."
    assert article.published is not None
    assert article.published.instant.isoformat() == "2024-09-26T10:00:00+00:00"


def test_a_mailbox_gives_every_message_and_names_a_bad_one(tmp_path: Path) -> None:
    empty = b"From: a@b.invalid\n\n\n"
    html = b"From: b@c.invalid\nContent-Type: text/html\n\n<p>Shown text of the mail.</p><p style='display:none'>hidden</p>\n"
    box = b"\n".join(b"From x Thu Sep 26 12:00:00 2024\n" + m for m in (MESSAGE.replace(b"\r\n", b"\n"), empty, html))
    (tmp_path / "a.mbox").write_bytes(box)
    articles, (rejected,) = read(tmp_path / "a.mbox", Given())
    assert [a.text for a in articles] == ["The truce holds along the border.", "Shown text of the mail."]
    assert rejected.input.endswith("message 2")
    assert any("hidden" in note for note in articles[1].notes)


def test_a_table_gives_a_row_each_and_names_a_bad_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('headline;body;date\nOne;"Text; one.";2024-09-26\nTwo;;2024-09-26\nThree;Text three.;soon\n')
    articles, rejected = read(tmp_path / "a.csv")
    assert [(a.title, a.text) for a in articles] == [("One", "Text; one.")]
    assert [r.reason for r in rejected] == ["it has no text", "its 'published' is not a time: 'soon'"]
    (tmp_path / "b.csv").write_text("a,b\n1,2\n")
    assert read(tmp_path / "b.csv")[1][0].reason == "its header names no column `text`"


def test_feeds_of_every_kind_give_their_items(tmp_path: Path) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Sample Atom</title><entry><title>A &amp; B</title>'
        '<link href="https://x.invalid/1"/><id>1</id><published>2024-09-26T10:00:00Z</published>'
        "<updated>2024-09-26T11:00:00Z</updated><author><name>A. Writer</name></author>"
        '<content type="html">&lt;p&gt;Whole &lt;i&gt;text&lt;/i&gt;.&lt;/p&gt;</content></entry></feed>'
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>Sample RDF</title></channel><item><title>T</title><link>https://x.invalid/2</link>"
        "<description>Words.</description></item></rdf:RDF>"
    )
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Sample JSON",
        "items": [{"id": 3, "url": "https://x.invalid/3", "content_html": "<p>Hi there.</p>", "date_published": "2024-09-26"}],
    }
    for name, content in (("a.atom", atom), ("b.rdf", rdf), ("c.json", json.dumps(feed))):
        (tmp_path / name).write_text(content)
    articles, rejected = read(tmp_path, Given())
    assert rejected == []
    assert [(a.outlet, a.text, a.url) for a in articles] == [
        ("Sample Atom", "Whole text.", "https://x.invalid/1"),
        ("Sample RDF", "Words.", "https://x.invalid/2"),
        ("Sample JSON", "Hi there.", "https://x.invalid/3"),
    ]
    assert articles[0].title == "A & B"
    assert articles[0].authors == ("A. Writer",)
    assert any("summary" in note for note in articles[1].notes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><body>hello</body></html>", "it is not a feed"),
        (b'{"items": 3}', "it is JSON, but not a JSON Feed"),
        (b"{oops", "it begins like a JSON Feed and is not JSON"),
        (b"", "the feed is empty"),
        (b"<!DOCTYPE x [" + b"<!ENTITY a 'b'>" * 500 + b"]><rss/>", "the feed declares more than 200 entities"),
    ],
)
def test_what_is_no_feed_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInput, match=reason):
        parse(content)


def test_lists_of_addresses_are_read() -> None:
    listed = b'<opml><body><outline text="News"><outline text="A" xmlUrl="https://a.invalid/feed"/></outline></body></opml>'
    assert opml(listed) == [("https://a.invalid/feed", "A")]
    news = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc> https://a.invalid/1 </loc></url></urlset>"
    assert sitemap(news) == [("https://a.invalid/1", False)]
    assert sitemap(b"<sitemapindex><sitemap><loc>https://a.invalid/s</loc></sitemap></sitemapindex>")[0][1]
    with pytest.raises(UnreadableInput, match="names no feed"):
        opml(b"<opml/>")


BODY = "".join(f"<p>Paragraph {n} tells of the talks between the two sides at some length today.</p>" for n in range(8))


def test_what_a_page_hides_does_not_become_text_and_is_noted() -> None:
    hidden = (
        '<p style="display:none">secret one</p><p hidden>secret two</p><div class="gone">secret three</div>'
        '<span style="font-size:0">secret four</span><p style="position:absolute;left:-9999px">secret five</p>'
        '<template>secret six</template><noscript>secret seven</noscript><!-- secret eight --><p style="color:#ffffff">secret nine</p>'
        '<img alt="secret ten" title="secret eleven">'
    )
    html = f"<html lang='en-GB'><head><style>.gone{{display:none}}</style></head><body><article>{BODY}{hidden}</article></body></html>"
    article = page(html.encode(), GIVEN)
    assert "secret" not in article.text
    assert "Paragraph 7" in article.text
    assert any("hidden from a reader was left out" in note for note in article.notes)
    assert article.language == "en"


def test_a_page_that_shows_nothing_but_hidden_text_is_reported() -> None:
    html = f"<html><body><div style='display:none'>{BODY}</div></body></html>"
    with pytest.raises(UnreadableInput, match="no article text was found in the page"):
        page(html.encode(), GIVEN)


@pytest.mark.parametrize(
    ("head", "published", "how"),
    [
        ('<meta property="article:published_time" content="2024-09-26T10:00:00+03:00">', "2024-09-26T07:00", "meta article:published_time"),
        ('<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2024-09-26T10:00:00Z"}]}</script>', "2024-09-26T10:00", "JSON-LD datePublished"),
        ('<meta name="date" content="2024-09-26">', "2024-09-26T00:00", "meta date"),
    ],
)  # fmt: skip
def test_a_page_says_when_it_was_published_and_what_told_it(head: str, published: str, how: str) -> None:
    article = page(f"<html><head>{head}</head><body><article>{BODY}</article></body></html>".encode(), GIVEN)
    assert article.published is not None
    assert article.published.instant.isoformat().startswith(published)
    assert article.published_how == how


def test_a_page_too_deep_or_too_large_is_refused() -> None:
    with pytest.raises(UnreadableInput):
        page(b"<div>" * 100_000 + BODY.encode(), GIVEN)
    with pytest.raises(UnreadableInput, match="elements"):
        page(("<html><body>" + "<i>x</i>" * 450_000 + "</body></html>").encode(), GIVEN)


def a_warc_record(url: str, status: str, body: str) -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{body}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-09-26T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{len(body)}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def test_a_web_archive_gives_its_pages(tmp_path: Path) -> None:
    records = a_warc_record("https://sample.invalid/a", "200 OK", f"<html><body><article>{BODY}</article></body></html>")
    records += a_warc_record("https://sample.invalid/b", "404 Gone", "x")
    (tmp_path / "a.warc").write_bytes(records)
    (article,), rejected = read(tmp_path / "a.warc")
    assert rejected == []
    assert article.url == "https://sample.invalid/a"
    assert "Paragraph 7" in article.text
    (tmp_path / "cut.warc").write_bytes(records[:200])
    assert read(tmp_path / "cut.warc")[1]


def test_a_parser_that_takes_too_long_is_stopped_and_the_next_file_is_read() -> None:
    bounded = Parsers(seconds=0.05)
    with pytest.raises(UnreadableInput, match=r"took longer than 0\.05 s"):
        list(bounded.run("html", b"<html><body>" + BODY.encode() * 3000 + b"</body></html>", "x", GIVEN))
    bounded._seconds = 30
    assert len(list(bounded.run("html", f"<html><body><article>{BODY}</article></body></html>".encode(), "x", GIVEN))) == 1
    bounded.close()


def test_a_parser_that_eats_memory_is_stopped() -> None:
    bounded = Parsers(memory=300 * 1024 * 1024)
    with pytest.raises(UnreadableInput, match=r"memory|MiB|cannot be parsed|not an HTML page"):
        list(bounded.run("html", b"<html><body>" + b"<p>x</p>" * 1_500_000, "x", GIVEN))
    bounded.close()
