"""An article with the cited words marked in place: plain data for a page, nothing that a text could break out of."""

from __future__ import annotations

import html
from dataclasses import dataclass

from briefing.claims import Citation
from index.article import Article

AROUND = 600  # characters of context on either side of a quote


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an article's text; `cited` where a citation covers it."""

    text: str
    cited: bool


def parts(article: Article, citations: list[Citation]) -> list[Part]:
    """The article's text around its citations, cut where nothing is cited for long. Joined, it is the text shown."""
    spans = sorted((c.start, c.end) for c in citations if c.article_id == article.id)
    if not spans:
        return []
    shown: list[Part] = []
    first, last = max(0, spans[0][0] - AROUND), min(len(article.text), spans[-1][1] + AROUND)
    at = first
    for start, end in spans:
        if start > at:
            shown.append(Part(article.text[at:start], cited=False))
        if end > at:
            shown.append(Part(article.text[max(at, start) : end], cited=True))
        at = max(at, end)
    shown.append(Part(article.text[at:last], cited=False))
    return [part for part in shown if part.text]


def as_html(shown: list[Part]) -> str:
    """The parts as HTML: every character escaped, cited ones inside <mark>."""
    pieces = [f"<mark>{html.escape(part.text)}</mark>" if part.cited else html.escape(part.text) for part in shown]
    return f'<div style="white-space:pre-wrap;line-height:1.5">{"".join(pieces)}</div>'
