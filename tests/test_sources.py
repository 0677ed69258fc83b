"""What is given becomes articles, or a reason why not; the rest of the batch goes on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from index.archive import NewArticle
from index.article import Rejected
from index.sources import Given, Skipped, read_inputs

NDTV = Given(published="2024-09-27T04:00Z", source="NDTV")


def read(path: Path, given: Given = NDTV) -> tuple[list[NewArticle], list[Rejected], list[Skipped]]:
    items = list(read_inputs([path], given))
    return (
        [i for i in items if isinstance(i, NewArticle)],
        [i for i in items if isinstance(i, Rejected)],
        [i for i in items if isinstance(i, Skipped)],
    )


def test_plain_text_is_kept_character_for_character(tmp_path: Path) -> None:
    text = "  First line.\r\n\r\nSecond “line”\u200c with a joiner.\t\n"
    (tmp_path / "a.txt").write_bytes(text.encode())
    (article,), rejected, _ = read(tmp_path / "a.txt")
    assert (article.text, rejected) == (text, [])
    assert article.outlet == "NDTV"


def test_front_matter_gives_a_text_its_data(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: A title\nsource: Sample Wire\npublished: 2024-09-25\nurl: https://x.invalid/a\n---\nBody text.\n"
    )
    (article,), _, _ = read(tmp_path / "a.md", Given())
    assert (article.title, article.outlet, article.text) == ("A title", "Sample Wire", "Body text.\n")
    assert article.published is not None
    assert article.published.is_day


def test_a_markdown_heading_becomes_the_title_and_is_not_glued_to_the_body(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# What happened\n\nSomething happened.\n")
    (article,), _, _ = read(tmp_path / "a.md")
    assert article.title == "What happened"
    assert "What happened" not in article.text


def test_one_broken_line_of_ten_thousand_is_named_and_the_others_are_in(tmp_path: Path) -> None:
    lines = [json.dumps({"id": str(n), "title": "t", "source": "s", "text": f"Text {n}."}) for n in range(10_000)]
    lines[4711] = '{"id": "broken", "text": '
    (tmp_path / "many.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    articles, rejected, _ = read(tmp_path / "many.jsonl.gz")
    assert len(articles) == 9_999
    assert [r.input for r in rejected] == [f"{tmp_path / 'many.jsonl.gz'}:4712"]
    assert rejected[0].reason.startswith("the line is not JSON")


def test_ten_thousand_lines_with_thirty_seven_kinds_of_broken_ones(tmp_path: Path) -> None:
    good = {"id": "x", "title": "t", "source": "s", "text": "A text.", "published": "2024-09-26"}
    broken = [
        "{", "}", "[", "null", "true", "3", '"text"', "[]", "{}", "{oops}", '{"text": }', "{'text': 'x'}", '{"text": "x"',
        '{"text": "x", "source": "s",}', '{"source": "s"}', '{"text": null, "source": "s"}', '{"text": "", "source": "s"}',
        '{"text": "  ", "source": "s"}', '{"text": 1, "source": "s"}', '{"text": ["x"], "source": "s"}',
        '{"text": {"a": 1}, "source": "s"}', '{"text": true, "source": "s"}', '{"text": "x"}', '{"text": "x", "source": ""}',
        '{"text": "x", "source": 4}', '{"text": "x", "source": null}', '{"text": "x", "source": "s", "title": 4}',
        '{"text": "x", "source": "s", "url": []}', '{"text": "x", "source": "s", "published": "soon"}',
        '{"text": "x", "source": "s", "published": 20240926}', '{"text": "x", "source": "s", "published": "2024-02-30"}',
        '{"text": "x", "source": "s", "updated": "later"}', '{"text": "a\\u0000b", "source": "s"}',
        '{"text": "\\ud800", "source": "s"}', '{"text": "x", "source": "\\udfff"}', "[" * 20_000, '{"a": ' * 20_000,
    ]  # fmt: skip
    assert len(set(broken)) == 37
    lines = [json.dumps({**good, "id": str(n)}).encode() for n in range(10_000)]
    places = [(n + 1) * 263 for n in range(len(broken))]
    for place, line in zip(places, broken, strict=True):
        lines[place] = line.encode()
    lines[1] = b'{"text": "\xff\xfe", "source": "s"}'
    (tmp_path / "many.jsonl").write_bytes(b"\n".join(lines))
    articles, rejected, _ = read(tmp_path / "many.jsonl", Given())
    assert len(articles) == 10_000 - 38
    assert [r.input for r in rejected] == [f"{tmp_path / 'many.jsonl'}:{n + 1}" for n in [1, *places]]
    assert all(r.reason for r in rejected)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1, 2]", "the line is not a JSON object"),
        ('{"source": "s", "text": ""}', "it has no text"),
        ('{"source": "s", "text": 3}', "its 'text' is not text but int"),
        ('{"text": "x"}', "it names no source, and no --source was given"),
        ('{"source": "s", "text": "x", "published": "last Tuesday"}', "its 'published' is not a time: 'last Tuesday'"),
        ('{"source": "s", "text": "a\\u0000b"}', "its 'text' holds a NUL character"),
        ('{"source": "s", "text": "a\\ud800b"}', "its 'text' holds half a character (a lone surrogate)"),
        ("[" * 100_000, "the line is nested too deeply"),
    ],
)
def test_every_kind_of_bad_line_has_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "a.jsonl").write_text(line + "\n")
    _, (rejected,), _ = read(tmp_path / "a.jsonl", Given())
    assert rejected.reason == reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("blank.md", b" \n\n", "the file is empty"),
        ("binary.txt", b"\x7fELF\x00\x00\x01", "the file is binary, not text"),
        ("binary.html", b"\x00\x01\x02", "the file is binary, not text"),
        ("menu.html", b"<html><body><nav>Home</nav></body></html>", "no article text was found in the page"),
        ("cut.txt.gz", gzip.compress(b"text " * 100, mtime=0)[:-9], "the file cannot be read"),
        ("page.docx", b"PK", "unknown kind of file"),
    ],
)
def test_a_file_that_is_no_article_is_one_clear_line(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    articles, (rejected,), _ = read(tmp_path / name)
    assert articles == []
    assert rejected.reason.startswith(reason)


def test_a_folder_skips_readmes_and_unknown_kinds_apart_from_what_it_rejects(tmp_path: Path) -> None:
    for name in ("README.md", "LICENSE", "photo.jpg", "table.tsv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text("A text of its own.")
    (tmp_path / "sub" / "b.txt").write_text("")
    articles, rejected, skipped = read(tmp_path)
    assert (len(articles), len(rejected), len(skipped)) == (1, 1, 4)


def test_a_folder_without_readable_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("x")
    _, (rejected,), _ = read(tmp_path)
    assert rejected.reason.startswith("the folder holds no file that can be read")


def test_a_path_that_is_not_there_says_so(tmp_path: Path) -> None:
    _, (rejected,), _ = read(tmp_path / "nothing.txt")
    assert rejected.reason == "there is no such file or folder"


def test_a_page_gives_its_text_title_and_time(tmp_path: Path) -> None:
    body = "".join(f"<p>Paragraph {n} tells of the talks between the two sides at some length.</p>" for n in range(8))
    (tmp_path / "a.html").write_text(
        '<html><head><title>Talks go on</title><meta property="og:site_name" content="Sample Daily">'
        '<meta property="article:published_time" content="2024-09-26T10:00:00+02:00">'
        f"</head><body><!-- hidden order --><article><h1>Talks go on</h1>{body}</article></body></html>"
    )
    (article,), _, _ = read(tmp_path / "a.html", Given())
    assert article.outlet == "Sample Daily"
    assert article.title == "Talks go on"
    assert article.published is not None
    assert article.published.instant.isoformat() == "2024-09-26T08:00:00+00:00"
    assert "Paragraph 7" in article.text
    assert "hidden order" not in article.text


def test_a_text_in_an_old_encoding_is_read_and_noted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Le président a déclaré à Paris que la trêve était nécessaire. ".encode("cp1252") * 5)
    (article,), _, _ = read(tmp_path / "a.txt")
    assert "président" in article.text
    assert article.notes[0].startswith("not UTF-8")
