"""Feeds: every file ends in items or in one clear reason, quickly, and says what its maker expected."""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.suite import Metric, Result
from index.errors import Misuse, UnreadableInput
from index.sources import feed as feeds
from index.sources.mail import html_text

SECONDS = 5.0
_SUFFIXES = {".xml", ".rss", ".rdf", ".atom", ".json", ".gz"}
# What a sample states about itself, in the words of feedparser's suite; read as data, never evaluated.
_EXPECTED = re.compile(
    r"(?P<place>feed|entries\[0\])(?:\[['\"](?P<key>\w+)['\"]\]|"
    r"\.(?P<attribute>\w+))\s*==\s*u?(?P<value>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
)
_ITEM_KEYS = {"title": "title", "link": "link", "id": "id", "guid": "id", "summary": "text", "description": "text"}


def feeds_suite(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over every feed file below a folder; `manifest.jsonl` or a comment in the file states what is expected. Raises
    Misuse."""
    if cases is None or not cases.is_dir():
        raise Misuse("the suite `feeds` needs a folder of feed files: --cases DIR")
    expected = _expectations(cases)
    files = sorted(p for p in cases.rglob("*") if p.suffix in _SUFFIXES)
    tracebacks = slow = agree = stated = 0
    differences: list[str] = []
    for file in files:
        start = time.process_time()
        parsed = _parsed(file)
        slow += time.process_time() - start > SECONDS
        if isinstance(parsed, Exception):
            tracebacks += not isinstance(parsed, UnreadableInput)
            continue
        for place, key, value in _stated(expected.get(str(file.relative_to(cases)), "") or _comment(file)):
            found = _found(parsed, place, key)
            if found is None:
                continue
            stated += 1
            agree += _same(found, value)
            if not _same(found, value):
                differences.append(f"{file.name}: {place} {key}: {value[:60]!r} expected, {found[:60]!r} read")
    return Result(
        suite="feeds",
        cases=str(cases),
        n=len(files),
        unscored=len(files) - stated,
        metrics={
            "tracebacks": Metric(float(tracebacks)),
            "slow": Metric(float(slow)),
            "no_traceback": Metric.share(len(files) - tracebacks - slow, len(files)),
            "agree": Metric.share(agree, stated),
        },
        floors={"no_traceback": 1.0, "agree": 0.95} if stated else {"no_traceback": 1.0},
        notes=tuple(differences),
    )


def _parsed(file: Path) -> feeds.Feed | Exception:
    import gzip

    content = file.read_bytes()
    try:
        if file.suffix == ".gz":
            content = gzip.decompress(content)
        if b"<urlset" in content[:4096] or b"<sitemapindex" in content[:4096]:
            return feeds.Feed(title=None, link=None, language=None, items=(), problem=str(len(feeds.sitemap(content))))
        return feeds.parse(content)
    except Exception as error:  # what escapes is what the suite counts
        return error


def _expectations(cases: Path) -> dict[str, str]:
    manifest = cases / "manifest.jsonl"
    if not manifest.is_file():
        return {}
    rows = (json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines())
    return {row["file"]: row.get("expect") or "" for row in rows}


def _comment(file: Path) -> str:
    head = file.read_bytes()[:2000].decode("latin-1")
    match = re.search(r"Expect:\s*(.*?)\s*-->", head, re.DOTALL)
    return match.group(1) if match else ""


def _stated(expected: str) -> list[tuple[str, str, str]]:
    found = []
    for match in _EXPECTED.finditer(expected):
        key = match["key"] or match["attribute"]
        if (match["place"] == "feed" and key != "title") or (match["place"] != "feed" and key not in _ITEM_KEYS):
            continue
        try:
            value: Any = ast.literal_eval(match["value"])
        except (ValueError, SyntaxError):
            continue
        found.append((match["place"], key, str(value)))
    return found


def _found(parsed: feeds.Feed, place: str, key: str) -> str | None:
    if place == "feed":
        return parsed.title or ""
    if not parsed.items:
        return ""
    return getattr(parsed.items[0], _ITEM_KEYS[key]) or ""


def _same(found: str, expected: str) -> bool:
    """Equal as a reader sees them: we keep text, the samples state markup."""
    shown = html_text(expected)[0] if "<" in expected or "&" in expected else expected
    return " ".join(found.split()) in {" ".join(shown.split()), " ".join(expected.split())}
