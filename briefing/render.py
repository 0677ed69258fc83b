"""A brief or an answer as Markdown. Words from outside are text here, never markup."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from briefing.claims import Answer, Brief, Claim, Section, Source
from index.dates import written
from index.times import iso, iso_stamp

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STATES = {"draft": "DRAFT – NOT REVIEWED", "in-review": "IN REVIEW", "signed": "SIGNED"}
_ENDINGS = {
    "answered": "",
    "partly": "Only part of the question is answered by the archive.",
    "disputed": "The sources disagree.",
    "no-information": "No information: the archive holds nothing knowable by then that answers this.",
}
_QUOTE_SHOWN = 400  # characters of a quote in the list of sources


def printable(text: str) -> str:
    """Without control characters (terminal escapes among them) and without line breaks."""
    return re.sub(r"\s+", " ", _CONTROL.sub("\ufffd", text)).strip()


def plain(text: str) -> str:
    """Words from outside, safe inside Markdown: shown, never interpreted."""
    return _MARKUP.sub(r"\\\1", printable(text)).replace("\\[…\\]", "[…]")


def markdown(brief: Brief) -> str:
    """The whole brief."""
    since, until = brief.period
    lines = [
        f"# {plain(brief.title)}",
        "",
        f"**State of ceasefire efforts: {plain(_topic(brief))}** · {_STATES[brief.state]}  ",
        f"As of {_clock(brief.as_of)} · issued {_clock(brief.issued)} · period {written(since.date())} to "
        f"{written(until.date(), year=True)} · previous brief: {brief.previous or 'none'} · id {brief.id}",
        "",
    ]
    for section in brief.sections:
        body = _section(section, brief)
        if body:
            lines += [f"## {section.title}", "", *body, ""]
    return "\n".join(lines).rstrip() + "\n"


def answer_markdown(answer: Answer) -> str:
    """An answer with its sources."""
    lines = [f"**{plain(answer.question)}** (as of {_clock(answer.as_of)})", ""]
    if _ENDINGS[answer.ending]:
        lines += [_ENDINGS[answer.ending], ""]
    lines += [f"- {_sentence(claim)}" for claim in answer.claims]
    lines += ["", *_sources(answer.sources, answer.claims)] if answer.sources else []
    lines += [f"*{plain(note)}*" for note in answer.notes]
    return "\n".join(lines).rstrip() + "\n"


def _topic(brief: Brief) -> str:
    from briefing import topics

    return topics.load(brief.topic).title if brief.topic in topics.names() else brief.topic


def _section(section: Section, brief: Brief) -> list[str]:
    match section.id:
        case "header":
            return []
        case "bottom_line":
            return [" ".join(_sentence(claim) for claim in section.claims)] if section.claims else []
        case "positions" | "timeline":
            return _table(section)
        case "sources":
            return _sources(brief.sources, [*brief.claims, *brief.withheld])
        case "gaps":
            return [f"- {_sentence(claim)}" for claim in section.claims] + _withheld(brief.withheld)
        case "disclosure":
            return _disclosure(brief)
        case _:
            return [f"- {_sentence(claim)}" for claim in section.claims]


def _sentence(claim: Claim) -> str:
    numbers = sorted({c.n for c in claim.citations})
    marks = "".join(f" [{n}]" for n in numbers)
    anonymous = " *(anonymous)*" if claim.anonymous and "unnamed" not in claim.text else ""
    partly = " *(partly supported)*" if claim.verdict and claim.verdict.label == "partial" else ""
    return f"{plain(claim.text)}{marks}{anonymous}{partly}"


_COLUMNS = {
    "positions": (("party", "party"), ("speaker", "speaker"), ("words", "words"), ("when", "when")),
    "timeline": (("date", "day"), ("line", "what"), ("knowable_from", "known since")),
}


def _table(section: Section) -> list[str]:
    if not section.rows:
        return []
    by_id = {claim.id: claim for claim in section.claims}
    columns = _COLUMNS[section.id]
    lines = [f"| {' | '.join(title for _, title in columns)} |", "|" + " --- |" * len(columns)]
    for row in section.rows:
        cells = dict(row.cells)
        marks = "".join(f" [{n}]" for n in sorted({c.n for i in row.claims for c in by_id[i].citations}))
        if "speaker" in cells:
            office = cells.get("office") or ""
            cells["speaker"] += f", {office}" if office and office != cells["speaker"] else ""
        if "knowable_from" in cells:
            cells["knowable_from"] = cells["knowable_from"].replace("T", " ")[:16]
        told = [plain(cells.get(name, "")) + (marks if name in {"words", "line"} else "") for name, _ in columns]
        lines.append(f"| {' | '.join(told)} |")
    return lines


def _sources(sources: Sequence[Source], claims: Iterable[Claim]) -> list[str]:
    quotes: defaultdict[int, list[str]] = defaultdict(list)
    for claim in claims:
        for citation in claim.citations:
            shown = _cut(plain(citation.quote)) + (f" (page {citation.page})" if citation.page else "")
            if shown not in quotes[citation.n]:
                quotes[citation.n].append(shown)
    lines = []
    for source in sources:
        published = iso_stamp(source.published, is_day=source.published_is_day) or "undated"
        lines.append(
            f"[{source.n}] {plain(source.outlet)}: {plain(source.title)}. {published}. {source.descriptor}. "
            f"{plain(source.url) if source.url else 'no address'} (article {source.article_id})  "
        )
        if source.carriers:
            lines.append(f"Carried also by {', '.join(plain(c.outlet) for c in source.carriers)}.  ")
        lines += [f"> {quote}  " for quote in quotes[source.n]]
        lines.append("")
    return lines[:-1]


def _cut(quote: str) -> str:
    return quote if len(quote) <= _QUOTE_SHOWN else quote[:_QUOTE_SHOWN].rsplit(" ", 1)[0] + " […]"


def _withheld(withheld: Sequence[Claim]) -> list[str]:
    return [f"  - Withheld: “{plain(claim.text)}” — {plain(claim.reason or '')}" for claim in withheld]


def _disclosure(brief: Brief) -> list[str]:
    made = brief.disclosure
    lines = [
        f"- Drafter {made.drafter}; checks {made.checker} ({', '.join(made.gates)}).",
        f"- Index {made.index}.",
    ]
    if made.model:
        tokens = f", {made.tokens[0]} + {made.tokens[1]} tokens" if made.tokens else ""
        prompts = ", ".join(f"{name} (sha256 {digest[:12]})" for name, digest in made.prompts)
        lines.append(f"- Model {plain(made.model)}{tokens}; prompts {prompts}.")
    lines += [f"- {plain(note)}" for note in made.notes]
    lines.append("- Every sentence was put together by a program and has not been reviewed by a person.")
    return lines if brief.state == "draft" else lines[:-1]


def _clock(instant: datetime) -> str:
    return iso(instant).replace("T", " ")[:16] + " UTC"
