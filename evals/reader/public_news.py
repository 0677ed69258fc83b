"""Texts of articles that stand in public git repositories, as the labels here mean them: by id, offsets into these texts.

    git clone --bare https://github.com/08820048/news-aggregator AGGREGATOR
    git clone --bare https://github.com/Kjdragan/universal_agent CRAWLS
    git clone --bare https://github.com/moodHappy/bbc-news-archive PAGES
    git clone --bare https://github.com/CodeAKrome/News-Dumpster DUMPS
    python -m evals.reader.public_news OUT --aggregator AGGREGATOR --crawls CRAWLS --pages PAGES --dumps DUMPS

writes `OUT/news-2026/articles.jsonl`, `OUT/news-2026b/articles.jsonl` and `OUT/news-2025/articles.jsonl`. The words stay under
their publishers' copyright: for measuring, not for publishing. Repositories change; what is no longer there is left out, and its
labels with it."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ID = 63  # characters of an id
LEAST = 3  # words for talks that a crawled page holds
_IMAGE, _LINK = re.compile(r"!\[[^\]]*\]\([^)]*\)"), re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TALKS = re.compile(r"ceasefire|truce|peace (?:talks|plan|deal)|negotiat|hostage", re.IGNORECASE)
Row = dict[str, Any]


def git(folder: Path, *told: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *told], capture_output=True, text=True, check=True).stdout


def plain(markdown: str) -> str:
    """The words of an article kept as Markdown: no pictures, headings, lists or quotations; links as their words."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", markdown))
    text = re.sub(r"^(?:#+ .*|[-*>] +.*)$", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([\[\]_*.#-])", r"\1", re.sub(r"\n\s*\n+", "\n\n", text).strip())


def of_aggregator(folder: Path) -> Iterator[Row]:
    for name in git(folder, "ls-tree", "-r", "--name-only", "HEAD", "content/finance").split("\n"):
        if not name:
            continue
        _, head, body = git(folder, "show", f"HEAD:{name}").split("---\n", 2)
        told = {m[1]: m[2].replace('\\"', '"') for m in re.finditer(r'^(\w+): "(.*)"$', head, re.MULTILINE)}
        url = told.get("url", "")
        yield {
            "id": f"na-{Path(name).stem}"[:ID],
            "title": told.get("title", ""),
            "published": told.get("published"),
            "url": url,
            "source": "cnbc.com" if "cnbc.com" in url else url.split("/")[2] if "//" in url else "",
            "text": plain(body),
        }


def of_crawls(folder: Path) -> Iterator[Row]:
    """Each crawled page as it first came, one an address."""
    first: dict[str, str] = {}
    commit = ""
    told = git(folder, "log", "--all", "--diff-filter=A", "--name-only", "--pretty=format:@%H", "--", "*crawl_*.md")
    for line in told.split("\n"):
        if line.startswith("@"):
            commit = line[1:]
        elif line.strip():
            first.setdefault(line, commit)
    seen: set[str] = set()
    for name, commit in first.items():
        match = re.match(r"---\n(.*?)\n---\n(.*)", git(folder, "show", f"{commit}:{name}"), re.DOTALL)
        head = {m[1]: m[2] for m in re.finditer(r'^(\w+): "?(.*?)"?$', match[1], re.MULTILINE)} if match else {}
        url = head.get("source", "")
        if match is None or not url or url in seen:
            continue
        text = re.sub(r"\*+", "", _LINK.sub(r"\1", _IMAGE.sub("", match[2])))
        text = re.sub(r"\n\s*\n+", "\n\n", text).strip()
        if len(_TALKS.findall(text)) < LEAST:
            continue
        seen.add(url)
        day = head.get("date", "")
        yield {
            "id": f"ua-{hashlib.md5(url.encode()).hexdigest()[:10]}",
            "title": head.get("title", ""),
            "published": day if re.match(r"\d{4}", day) else "2026-02-20",
            "url": url,
            "source": url.split("/")[2].removeprefix("www."),
            "text": text,
        }


def of_pages(folder: Path) -> Iterator[Row]:
    for name in git(folder, "ls-tree", "-r", "--name-only", "HEAD", "docs").split("\n"):
        if not name.endswith(".html") or "index" in name:
            continue
        page = git(folder, "show", f"HEAD:{name}")
        paragraphs = re.findall(r"<p>(.*?)</p>", page, re.DOTALL)
        title, day = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL), re.search(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)", page)
        if title is not None and day is not None:
            yield {
                "id": f"bb-{Path(name).stem}",
                "title": html.unescape(title[1]),
                "published": f"{day[1]}T{day[2]}:00Z",
                "url": "",
                "source": "BBC",
                "text": "\n\n".join(html.unescape(re.sub(r"<[^>]+>", "", p)).strip() for p in paragraphs),
            }


def of_dumps(folder: Path) -> Iterator[Row]:
    """The articles in English of the dumps of feeds, one an address. A dump that the copy lacks is left out."""
    seen: set[str] = set()
    for name in git(folder, "ls-tree", "-r", "--name-only", "HEAD").split("\n"):
        if not name.endswith(".jsonl.gz"):
            continue
        packed = subprocess.run(["git", "-C", str(folder), "show", f"HEAD:{name}"], capture_output=True, check=False).stdout
        for line in gzip.decompress(packed).decode().split("\n"):
            row = json.loads(line) if line.strip() else {}
            url, when = row.get("link") or "", row.get("published_parsed")
            if row.get("lang") != "en" or not row.get("text") or not url or url in seen:
                continue
            seen.add(url)
            yield {
                "id": f"nd-{hashlib.md5(url.encode()).hexdigest()[:10]}",
                "title": row["title"],
                "published": "{:04}-{:02}-{:02}T{:02}:{:02}:00Z".format(*when[:5]) if when else None,
                "url": url,
                "source": row["source"],
                "text": row["text"],
            }


def main() -> None:
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("out", type=Path)
    for name in ("aggregator", "crawls", "pages", "dumps"):
        say.add_argument(f"--{name}", type=Path)
    args = say.parse_args()
    sets = {
        "news-2026": [of_aggregator(args.aggregator)] if args.aggregator else [],
        "news-2026b": [f(p) for f, p in ((of_crawls, args.crawls), (of_pages, args.pages)) if p],
        "news-2025": [of_dumps(args.dumps)] if args.dumps else [],
    }
    for name, sources in sets.items():
        (args.out / name).mkdir(parents=True, exist_ok=True)
        with (args.out / name / "articles.jsonl").open("w", encoding="utf-8") as file:
            for row in (row for rows in sources for row in rows):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
