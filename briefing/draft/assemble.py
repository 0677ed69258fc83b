"""Lines and rows become a brief: every sentence through the gates, said once, sources numbered, limits kept, what can be
counted counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from briefing.claims import Brief, Claim, Disclosure, Row, Section, Verdict
from briefing.draft import counted, headline, plan
from briefing.draft.candidates import SAME, same_words
from briefing.draft.compose import count_words
from briefing.draft.lines import Cells, Draft, Item, Line, TableRow
from briefing.draft.material import Material
from briefing.draft.numbering import Numbering, claim_of, sources_of
from briefing.verify import CODE, GATES, Ground, Verify
from index.article import ArticleId
from index.calendar.instants import iso
from index.terms import terms

SAME_WORDS = 0.85  # share of the shorter sentence's terms by which two speakers' sentences say the same; of one's own SAME do
SPARE = 40  # words kept free for what the program says itself
COUNTED = Verdict(label="supported", score=1.0, checker=CODE)


def assemble(
    draft: Draft,
    material: Material,
    *,
    issued: datetime,
    previous: counted.Previous | None,
    version: int,
    disclosure: Disclosure,
    undated: int,
    verify: Verify,
    extra_withheld: tuple[Claim, ...] = (),
) -> Brief:
    """The whole brief. What a gate stops is listed in `withheld` with its reason."""
    ground = material.ground
    checked = _checked(draft.items, material, ground, verify)
    kept = _within_the_limit([i for i in draft.items if _stands(i, checked)], material, checked)
    numbering = _in_order(_sections(kept, material, checked, Numbering()), material)
    sections = _sections(kept, material, checked, numbering)
    stopped = [line for item in draft.items for line in _lines(item) if checked[_key(line)].reason is not None]
    once = list({_key(line): line for line in stopped}.values())
    claims = [claim_of(line, f"{line.section}-w{n}", material.articles, numbering) for n, line in enumerate(once, start=1)]
    withheld = [*verify(claims, ground), *extra_withheld]  # reasons name sources, by their numbers here
    cited = len({c.article_id for section in sections.values() for claim in section.claims for c in claim.citations})
    title, header = headline.title(draft, material, ground, numbering, verify)
    sources = sources_of(numbering.articles, material.carriers)
    told = counted.told_where_empty(draft, sections, material, previous, verify)
    held = [c for s in sections.values() for c in s.claims]
    whole: list[Section] = []
    for section in plan.PLAN:
        rows = sections[section.id].rows if section.is_table else None
        match section.id:
            case "assessment":
                continue  # a person's, and off
            case "header":
                claims = [header] if header else []
            case "gaps":
                claims = counted.gaps(draft, material, withheld, undated, verify, held=held)
            case "source_summary":
                claims = list(counted.source_summary(sources[:cited], held, material, verify))
            case _:
                claims = [*told.get(section.id, ()), *sections[section.id].claims]
        whole.append(Section(id=section.id, title=section.title, claims=tuple(claims), rows=rows))
    return Brief(
        id=_id(material, disclosure, whole, withheld, previous),
        topic=material.topic.name,
        title=title,
        as_of=material.as_of,
        issued=issued,
        period=(material.since, material.as_of),
        sections=tuple(whole),
        withheld=tuple(withheld),
        sources=sources,
        disclosure=disclosure,
        version=version,
        previous=previous.id if previous else None,
    )


# ---- what stands, and where


Key = tuple[ArticleId, int, str]


def _key(line: Line) -> Key:
    return line.sentence.statement.article_id, line.sentence.statement.start, line.sentence.text


def _lines(item: Item) -> tuple[Line, ...]:
    return item.lines if isinstance(item, TableRow) else (item,)


def _checked(items: Sequence[Item], material: Material, ground: Ground, verify: Verify) -> dict[Key, Claim]:
    """Every sentence verified, each once."""
    lines = {_key(line): line for item in items for line in _lines(item)}
    claims = [claim_of(line, f"{line.section}-{n}", material.articles, Numbering()) for n, line in enumerate(lines.values(), 1)]
    return dict(zip(lines, verify(claims, ground), strict=True))


def _stands(item: Item, checked: Mapping[Key, Claim]) -> bool:
    """Whether enough of an item's sentences passed."""
    passed = sum(checked[_key(line)].reason is None for line in _lines(item))
    return passed >= (item.needed if isinstance(item, TableRow) else 1)


def _sections(
    items: Sequence[Item], material: Material, checked: Mapping[Key, Claim], numbering: Numbering
) -> dict[str, Section]:
    """Claims and rows by section. What is said once is a claim once: a row whose sentence stands in an earlier section, in
    these words or in another of the same speaker's that says the same, refers to it there; a sentence that says again what
    stands before it is left out."""
    claims: dict[str, list[Claim]] = {section.id: [] for section in plan.PLAN}
    rows: dict[str, list[Row]] = {section.id: [] for section in plan.PLAN}
    said: list[tuple[Line, frozenset[str], str]] = []  # with its terms, and the id of its claim

    def told(line: Line) -> str | None:
        held = frozenset(terms(line.sentence.text))
        return next((claim_id for other, own, claim_id in said if _same(line, held, other, own)), None)

    def add(line: Line) -> str:
        number = len(claims[line.section]) + 1
        claim = claim_of(line, f"{line.section}-{number}", material.articles, numbering)
        claims[line.section].append(replace(claim, verdict=checked[_key(line)].verdict))
        said.append((line, frozenset(terms(line.sentence.text)), claim.id))
        return claim.id

    for section in plan.PLAN:  # sentences first: a table refers to them
        for item in items:
            if item.section == section.id and isinstance(item, Line) and told(item) is None:
                add(item)
    for section in plan.PLAN:
        for item in items:
            if item.section != section.id or isinstance(item, Line):
                continue
            ids = [told(line) or add(line) for line in item.lines if checked[_key(line)].reason is None]
            if item.computed is not None:
                text, basis = item.computed
                claim = Claim(id=f"{section.id}-{len(claims[section.id]) + 1}", text=text, form="computed", basis=basis)
                claims[section.id].append(replace(claim, verdict=COUNTED))
                ids.append(claim.id)
            rows[section.id].append(Row(cells=_cells(item, checked), claims=tuple(dict.fromkeys(ids))))
    return {
        s.id: Section(id=s.id, title=s.title, claims=tuple(claims[s.id]), rows=tuple(rows[s.id]) if s.is_table else None)
        for s in plan.PLAN
    }


def _cells(row: TableRow, checked: Mapping[Key, Claim]) -> Cells:
    """The cells of a row, those put together of several sentences from the ones that passed."""
    joined: dict[str, dict[str, None]] = {}
    for name, text, line in row.joined:
        if checked[_key(line)].reason is None:
            joined.setdefault(name, {})[text] = None
    return tuple((name, "; ".join(joined[name]) if name in joined else value) for name, value in row.cells)


def _same(line: Line, terms_of_it: frozenset[str], other: Line, terms_of_other: frozenset[str]) -> bool:
    """Whether two lines are one statement, or one speaker's in nearly the same words, or anybody's in the same."""
    one, two = line.sentence.statement, other.sentence.statement
    if (one.article_id, one.start) == (two.article_id, two.start) and _speaker(line) == _speaker(other):
        return True
    return same_words(terms_of_it, terms_of_other, SAME if _speaker(line) == _speaker(other) else SAME_WORDS)


def _speaker(line: Line) -> str | None:
    speaker = line.sentence.statement.speaker
    return speaker.known_as if speaker else None


def _in_order(sections: Mapping[str, Section], material: Material) -> Numbering:
    """Sources numbered as a reader meets them."""
    by_id = {claim.id: claim for section in sections.values() for claim in section.claims}
    numbering = Numbering()
    for section in sections.values():
        rows = [by_id[claim_id] for row in section.rows or () for claim_id in row.claims]
        for claim in rows if section.rows else section.claims:
            for citation in claim.citations:
                numbering.of(material.articles[citation.article_id])
    return numbering


def _within_the_limit(items: list[Item], material: Material, checked: Mapping[Key, Claim]) -> list[Item]:
    """Items of the most that each section may hold, fewer while the core is longer than a brief may be: sections give up
    from their end, in the plan's order, one each time round."""
    kept = [item for s in plan.PLAN for item in [i for i in items if i.section == s.id][: s.most or None]]
    while core_words(_sections(kept, material, checked, Numbering()).values()) > plan.CORE_WORDS - SPARE:
        held = {s.id: [i for i in kept if i.section == s.id] for s in plan.GIVEN_UP}
        over = [s for s in plan.GIVEN_UP if len(held[s.id]) > s.least]
        if not over:
            break
        longest = max(over, key=lambda s: len(held[s.id]) - s.least)  # of equals the first in the plan's order
        last = held[longest.id][-1]
        kept = [i for i in kept if i is not last]
    return kept


def core_words(sections: Iterable[Section]) -> int:
    """The words of the core as they are shown: a table's cells, a list's sentences; never less than its sentences."""
    total = 0
    for section in sections:
        if section.id not in plan.SECTIONS or not plan.SECTIONS[section.id].core:
            continue
        sentences = sum(count_words(c.text) for c in section.claims)
        columns = {name for name, _ in plan.SECTIONS[section.id].columns}
        cells = sum(count_words(value) for row in section.rows or () for name, value in row.cells if name in columns)
        total += max(sentences, cells)
    return total


def _id(
    material: Material,
    disclosure: Disclosure,
    sections: Iterable[Section],
    withheld: Iterable[Claim],
    previous: counted.Previous | None,
) -> str:
    """Content decides: the same articles, as-of, drafter and brief before give the same id."""
    parts = [material.topic.name, iso(material.as_of), disclosure.drafter]
    parts += [f"{disclosure.model} {disclosure.prompts} {disclosure.index} {previous.id if previous else ''}"]
    for claim in [*(c for section in sections for c in section.claims), *withheld]:
        parts.append(claim.text)
        parts += [f"{c.article_id}:{c.start}-{c.end}" for c in claim.citations]
    return "b" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def gate_names() -> tuple[str, ...]:
    return tuple(gate.__name__ for gate in GATES)
