"""A brief or an answer as Markdown. Words from outside are text here, never markup."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from briefing.claims import Answer, Brief, Claim, Row, Section, Source
from briefing.draft.plan import SECTIONS
from index.calendar.days import written
from index.calendar.instants import iso, iso_stamp
from index.web import is_address

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
    lines = [f"# {plain(brief.title)}", ""]
    if brief.disclosure.fallback is not None:
        lines += [f"> **Drafted without the language model**, which was asked for – {plain(brief.disclosure.fallback)}.", ""]
    lines += [
        f"**State of ceasefire efforts: {plain(topic_title(brief))}** · {_STATES[brief.state]}  ",
        f"As of {_clock(brief.as_of)} · issued {_clock(brief.issued)} · period {written(since.date())} to "
        f"{written(until.date(), year=True)} · previous brief: {brief.previous or 'none'} · id {brief.id}",
        "",
    ]
    folded = _Folded(brief)
    for section in brief.sections:
        body = _section(section, brief, folded)
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


def topic_title(brief: Brief) -> str:
    """The title of a brief's topic; its name where the topic is a file of the user's."""
    from briefing import topics

    return topics.load(brief.topic).title if brief.topic in topics.names() else brief.topic


class _Folded:
    """Says of a source, the first time it is cited, that several outlets carry it as one origin."""

    def __init__(self, brief: Brief) -> None:
        self._outlets = {s.n: len({s.outlet, *(c.outlet for c in s.carriers)}) for s in brief.sources if s.carriers}

    def __call__(self, numbers: Iterable[int]) -> str:
        return "".join(
            f" [{n}]" + (f" *(one origin, carried by {count} outlets)*" if (count := self._outlets.pop(n, 0)) > 1 else "")
            for n in sorted(numbers)
        )


def _section(section: Section, brief: Brief, folded: _Folded) -> list[str]:
    plan = SECTIONS.get(section.id)
    if section.id == "header":
        return []
    if section.id == "bottom_line":
        return [" ".join(_sentence(claim, folded) for claim in section.claims)] if section.claims else []
    if section.id == "sources":
        return _sources(brief.sources, [*brief.claims, *brief.withheld])
    if section.id == "disclosure":
        return _disclosure(brief)
    if plan is not None and plan.is_table and section.rows:
        carried = {i for row in section.rows for i in row.claims}
        apart = [f"{_sentence(claim, folded)}" for claim in section.claims if claim.id not in carried]
        return [*apart, *([""] if apart else []), *_table(section, brief, plan.columns, folded)]
    if section.id == "gaps":
        return [f"- {_sentence(claim, folded)}" for claim in section.claims] + _withheld(brief.withheld)
    return [f"- {_sentence(claim, folded)}" for claim in section.claims]


def _sentence(claim: Claim, folded: Callable[[Iterable[int]], str] | None = None) -> str:
    numbers = {c.n for c in claim.citations}
    marks = folded(numbers) if folded is not None else "".join(f" [{n}]" for n in sorted(numbers))
    anonymous = " *(anonymous)*" if claim.anonymous and "unnamed" not in claim.text else ""
    partly = " *(partly supported)*" if claim.verdict and claim.verdict.label == "partial" else ""
    return f"{plain(claim.text)}{marks}{anonymous}{partly}"


_MARKED = {"words", "line", "second", "terms", "status"}  # the cell that bears the marks of a row's sources: its last of these


def _table(section: Section, brief: Brief, columns: Sequence[tuple[str, str]], folded: _Folded) -> list[str]:
    """The rows; a claim of another section may carry one."""
    by_id = {claim.id: claim for claim in brief.claims}
    lines = [f"| {' | '.join(title for _, title in columns)} |", "|" + " --- |" * len(columns)]
    marked = [name for name, _ in columns if name in _MARKED][-1]
    for row in section.rows or ():
        cells = shown_cells(row)
        marks = folded({c.n for i in row.claims for c in by_id[i].citations})
        told = [plain(cells.get(name, "")) + (marks if name == marked else "") for name, _ in columns]
        lines.append(f"| {' | '.join(told)} |")
    return lines


def shown_cells(row: Row) -> dict[str, str]:
    """The cells of a row as a reader wants them, on a screen or in an export."""
    cells = dict(row.cells)
    if "office" in cells:
        office = cells["office"]
        cells["speaker"] += f", {office}" if office and office != cells["speaker"] else ""
    if "stance" in cells:
        before = cells.get("previous")
        cells["stance"] = (cells["stance"] or "–") + (f" (before: {before})" if before else "")
    if "knowable_from" in cells:
        cells["knowable_from"] = cells["knowable_from"].replace("T", " ")[:16]
    return cells


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
            f"{plain(source.url) if source.url and is_address(source.url) else 'no address'} (article {source.article_id})  "
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
        how = ", ".join(f"{name} {plain(value)}" for name, value in made.parameters)
        prompts += f"; {how}" if how else ""
        lines.append(f"- Model {plain(made.model)}{tokens}; prompts {prompts}.")
    if made.spent:
        lines.append(f"- Spent: {'; '.join(f'{name} {plain(value)}' for name, value in made.spent)}.")
    lines += [f"- {plain(note)}" for note in made.notes]
    lines.append("- Every sentence was put together by a program and has not been reviewed by a person.")
    return lines if brief.state == "draft" else lines[:-1]


def _clock(instant: datetime) -> str:
    return iso(instant).replace("T", " ")[:16] + " UTC"
