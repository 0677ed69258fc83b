"""Lines and rows become a brief: every sentence through the gates, said once, sources numbered, limits kept, what can be
counted counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from briefing.claims import Brief, Carrier, Citation, Claim, Disclosure, Row, Section, Source, Verdict
from briefing.draft import plan
from briefing.draft.candidates import SAME, same_words
from briefing.draft.compose import count_words
from briefing.draft.lines import Cells, Draft, Item, Line, TableRow
from briefing.draft.material import Material
from briefing.draft.naming import capital, titled
from briefing.reading.documents import kind
from briefing.verify import CODE, GATES, Ground, Verify
from index.archive.store import SYNDICATED, CarriersOf
from index.article import Article, ArticleId
from index.dates import written
from index.terms import terms
from index.times import iso

SAME_WORDS = 0.85  # share of the shorter sentence's terms by which two speakers' sentences say the same; of one's own SAME do
SPARE = 40  # words kept free for what the program says itself
COUNTED = Verdict(label="supported", score=1.0, checker=CODE)


@dataclass(frozen=True, slots=True)
class Previous:
    """The brief before this one."""

    id: str
    as_of: datetime


class Numbering:
    """Sources numbered in the order in which they are first cited."""

    def __init__(self) -> None:
        self._numbers: dict[ArticleId, int] = {}
        self.articles: list[Article] = []

    def of(self, article: Article) -> int:
        if article.id not in self._numbers:
            self._numbers[article.id] = len(self._numbers) + 1
            self.articles.append(article)
        return self._numbers[article.id]

    def cite(self, article: Article, start: int, end: int) -> Citation:
        return Citation(
            n=self.of(article),
            article_id=article.id,
            external_id=article.external_id,
            start=start,
            end=end,
            quote=article.text[start:end],
            page=article.page_of(start),
        )


def claim_of(line: Line, claim_id: str, articles: Mapping[ArticleId, Article], numbering: Numbering) -> Claim:
    """The sentence as a claim with its citations; not yet verified."""
    statement = line.sentence.statement
    speaker = statement.speaker
    own = statement.stance_of is None or (speaker is not None and statement.stance_of == speaker.party)
    return Claim(
        id=claim_id,
        text=line.sentence.text,
        form="delta" if line.section == "changes" else line.sentence.form,
        citations=tuple(numbering.cite(articles[i], start, end) for i, start, end in line.sentence.spans),
        speaker=speaker.name if speaker else None,
        office=speaker.office if speaker else None,
        party=speaker.party if speaker else None,
        anonymous=speaker.anonymous if speaker else None,
        stance=statement.stance,
        stance_of=None if own else statement.stance_of,
        about=statement.about or statement.front,
        event_date=statement.event_date,
        delta=line.delta,
        contradiction=line.contradiction,
    )


def assemble(
    draft: Draft,
    material: Material,
    *,
    issued: datetime,
    previous: Previous | None,
    version: int,
    disclosure: Disclosure,
    undated: int,
    verify: Verify,
    extra_withheld: tuple[Claim, ...] = (),
) -> Brief:
    """The whole brief. What a gate stops is listed in `withheld` with its reason."""
    ground = Ground(material.articles, material.as_of, material.topic.party_words())
    checked = _checked(draft.items, material, ground, verify)
    kept = _within_the_limit([i for i in draft.items if _stands(i, checked)], material, checked)
    numbering = _in_order(_sections(kept, material, checked, Numbering()), material)
    sections = _sections(kept, material, checked, numbering)
    stopped = [line for item in draft.items for line in _lines(item) if checked[_key(line)].reason is not None]
    once = list({_key(line): line for line in stopped}.values())
    claims = [claim_of(line, f"{line.section}-w{n}", material.articles, numbering) for n, line in enumerate(once, start=1)]
    withheld = [*verify(claims, ground), *extra_withheld]  # reasons name sources, by their numbers here
    cited = len({c.article_id for section in sections.values() for claim in section.claims for c in claim.citations})
    title, header = _title(draft, material, ground, numbering, verify)
    sources = sources_of(numbering.articles, material.carriers)
    told = _told(draft, sections, material, previous, verify)
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
                claims = _gaps(draft, material, withheld, undated, verify, enough=any(c.citations for c in held))
            case "source_summary":
                claims = list(_summary(sources[:cited], held, material, verify))
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


def _known_before(section: Section, previous: Previous, material: Material) -> bool:
    """Whether all that a section cites could be known when the brief before was made."""
    cited = {citation.article_id for claim in section.claims for citation in claim.citations}
    known = (material.articles[i].knowable_from for i in cited)
    return all(instant is not None and instant <= previous.as_of for instant in known)


def _told(
    draft: Draft, sections: Mapping[str, Section], material: Material, previous: Previous | None, verify: Verify
) -> dict[str, tuple[Claim, ...]]:
    """What a section says where it holds nothing, or nothing new."""
    since, until = written(material.since.date()), written(material.as_of.date(), year=True)
    read = f"{len(material.articles)} articles read"
    told: dict[str, tuple[str, tuple[str, ...]]] = {}
    moved = any(dict(row.cells).get("change") != "reconfirmed" for row in sections["changes"].rows or ())
    if previous is None:
        told["changes"] = ("First brief on this topic: nothing to compare with.", ("no earlier brief is kept",))
    elif not moved:
        at = iso(previous.as_of).replace("T", " ")[:16]
        told["changes"] = (f"No change to tracked positions since {at} UTC.", (f"the ledger at {iso(previous.as_of)}", read))
    if not sections["bottom_line"].claims:
        known = bool(material.ledger.positions)
        text = (
            f"Nothing moved: no new statement on the talks between {material.topic.conflict} was found "
            f"between {since} and {until}."
            if known
            else f"Insufficient reporting: no citable sentence on the talks between {material.topic.conflict} was found "
            f"between {since} and {until}."
        )
        told["bottom_line"] = (text, (read, *plan.questions(material.topic)[:3]))
    elif previous is not None and not moved and _known_before(sections["bottom_line"], previous, material):
        told["bottom_line"] = ("Nothing has moved since the last brief; what follows repeats what was known.", (read,))
    for section in plan.PLAN:
        if section.empty and not sections[section.id].claims and not sections[section.id].rows:
            text = section.empty.format(since=since, until=until, conflict=material.topic.conflict)
            told.setdefault(section.id, (text, (read,)))
    claims = [Claim(id=f"{s}-0", text=text, form="computed", basis=basis) for s, (text, basis) in told.items()]
    ground = Ground(articles={}, as_of=material.as_of)
    return {claim.id.rsplit("-", 1)[0]: (claim,) for claim in verify(claims, ground)}


def _id(
    material: Material,
    disclosure: Disclosure,
    sections: Iterable[Section],
    withheld: Iterable[Claim],
    previous: Previous | None,
) -> str:
    """Content decides: the same articles, as-of, drafter and brief before give the same id."""
    parts = [material.topic.name, iso(material.as_of), disclosure.drafter]
    parts += [f"{disclosure.model} {disclosure.prompts} {disclosure.index} {previous.id if previous else ''}"]
    for claim in [*(c for section in sections for c in section.claims), *withheld]:
        parts.append(claim.text)
        parts += [f"{c.article_id}:{c.start}-{c.end}" for c in claim.citations]
    return "b" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _title(draft: Draft, material: Material, ground: Ground, numbering: Numbering, verify: Verify) -> tuple[str, Claim | None]:
    """The main point in the sources' words: what the parties answer, or what is proposed. Of several wordings the fullest
    that passes the gates."""
    lines = _headlined(draft.title, material)
    if not lines:
        known = bool(material.ledger.positions)
        return f"{material.topic.title}: {'nothing moved' if known else 'insufficient reporting'}", None
    first = lines[:1]
    wordings = [
        (lines, "; ".join(_headline(line, material) for line in lines)),
        (lines, "; ".join(_headline(line, material, office=line in first) for line in lines)),
        (lines, "; ".join(_headline(line, material, office=False) for line in lines)),
        (first, _headline(lines[0], material)),
        (first, lines[0].sentence.text.rstrip(".")),
    ]
    headers = [_header(text, said, material, Numbering()) for said, text in wordings if count_words(text) <= plan.MOST_WORDS]
    at = next((n for n, checked in enumerate(verify(headers, ground)) if checked.reason is None), None)
    if at is None:
        return material.topic.title, None
    said, text = next((s, t) for s, t in wordings if t == headers[at].text)
    (checked,) = verify([_header(text, said, material, numbering)], ground)
    return text, checked


def _header(text: str, lines: Sequence[Line], material: Material, numbering: Numbering) -> Claim:
    claims = [claim_of(line, "header-1", material.articles, numbering) for line in lines]
    return Claim(
        id="header-1",
        text=text,
        form="quoted",
        citations=tuple(dict.fromkeys(c for claim in claims for c in claim.citations))[:3],
        speaker=", ".join(c.speaker for c in claims if c.speaker) or None,
        office=", ".join(c.office for c in claims if c.office) or None,
        party=", ".join(c.party for c in claims if c.party) or None,
        event_date=claims[0].event_date,
    )


def _headlined(lines: list[Line], material: Material) -> list[Line]:
    """One line a speaker, as far as a title's length allows."""
    chosen: list[Line] = []
    for line in lines:
        speakers = {s.known_as for one in chosen if (s := one.sentence.statement.speaker) is not None}
        speaker = line.sentence.statement.speaker
        words = sum(count_words(_headline(one, material)) for one in [*chosen, line])
        if not chosen or (words <= plan.MOST_WORDS and (speaker is None or speaker.known_as not in speakers)):
            chosen.append(line)
    return chosen


def _headline(line: Line, material: Material, *, office: bool = True) -> str:
    statement = line.sentence.statement
    article = material.articles[statement.article_id]
    if statement.speaker is None:
        return line.sentence.short
    who = titled(statement.speaker, material.topic) if office else capital(statement.speaker.known_as.removeprefix("the "))
    if statement.quote is None:
        said_first = statement.cue is not None and line.sentence.short.startswith(statement.cue)
        return f"{who} {line.sentence.short}" if said_first else f"{who}: {line.sentence.short}"
    own_words = statement.quote == (statement.start, statement.end)
    words = line.sentence.short.strip("“”") if own_words else article.text[slice(*statement.quote)].rstrip(" ,.")
    return f"{who}: “{words}”"


def sources_of(articles: list[Article], carriers: CarriersOf) -> tuple[Source, ...]:
    return tuple(
        Source(
            n=n,
            article_id=article.id,
            external_id=article.external_id,
            origin_id=article.origin_id,
            outlet=article.outlet,
            title=article.name,
            url=article.url,
            published=article.published,
            published_is_day=article.published_is_day,
            descriptor=_descriptor(article, len(carriers.get(article.origin_id, []))),
            carriers=tuple(
                Carrier.of(other, "its text is that of the article it stands under")  # the stored reason may name another
                for other, _ in carriers.get(article.origin_id, [])
                if other.id != article.id
            ),
        )
        for n, article in enumerate(articles, start=1)
    )


def _descriptor(article: Article, carried: int) -> str:
    document = kind(article)
    told = f"primary document, {document}" if document else "news article"
    told += "".join(f", {note}" for note in article.notes if note.startswith(("credits ", SYNDICATED)))
    return told + (f", carried by {carried} articles of one origin" if carried > 1 else "")


# ---- what can be counted


def _gaps(draft: Draft, material: Material, withheld: list[Claim], undated: int, verify: Verify, *, enough: bool) -> list[Claim]:
    since, until = written(material.since.date()), written(material.as_of.date(), year=True)
    read = f"{len(material.articles)} articles read"
    told: list[tuple[str, tuple[str, ...]]] = []
    if not enough:
        looked = "; ".join(plan.questions(material.topic)[:3])
        told.append((f"Insufficient reporting: {read}, and nothing that can be cited.", (looked,)))
    if draft.silent:
        told.append(
            (
                f"No statement on the talks was found from {_listed(draft.silent)} between {since} and {until}.",
                (read,),
            )
        )
    if undated:
        plural = "article has" if undated == 1 else "articles have"
        told.append((f"{undated} {plural} no date and was left out.", (f"{undated} articles without a date",)))
    if withheld:
        plural = "sentence was" if len(withheld) == 1 else "sentences were"
        told.append((f"{len(withheld)} {plural} withheld by the checks.", tuple(claim.id for claim in withheld)))
    told += [(note, (read,)) for note in draft.notes]
    claims = [Claim(id=f"gaps-{n}", text=text, form="computed", basis=basis) for n, (text, basis) in enumerate(told, start=1)]
    return list(verify(claims, Ground(articles={}, as_of=material.as_of)))


def _summary(sources: tuple[Source, ...], claims: list[Claim], material: Material, verify: Verify) -> tuple[Claim, ...]:
    if not sources:
        return ()
    origins = {s.origin_id for s in sources}
    carried = sum(len(s.carriers) for s in sources)
    primary = sum(s.descriptor.startswith("primary") for s in sources)
    named = {c.speaker for c in claims if c.speaker}
    unnamed = {c.anonymous for c in claims if c.anonymous}
    dated = sorted(s.published for s in sources if s.published)
    unknown = sum(SYNDICATED in s.descriptor for s in sources)
    aside = f", {unknown} of them unknown (a syndicated text that does not say whose)" if unknown else ""
    told = [
        f"{_count(len(sources), 'article')} cited, from {_count(len(origins), 'origin')}{aside}"
        + (f"; {_count(carried, 'further carrier')} of the same texts folded under them." if carried else "."),
        f"{_count(primary, 'primary document')}, {_count(len(named), 'speaker')} on record, "
        f"{_count(len(unnamed), 'unnamed source')}.",
    ]
    if dated:
        told.append(f"Oldest source {written(dated[0].date())}, newest {written(dated[-1].date(), year=True)}.")
    if len(origins) == 1:
        told.append("All of this rests on one origin: nothing here is independently corroborated.")
    basis = tuple(s.article_id for s in sources)
    counted = [Claim(id=f"source_summary-{n}", text=t, form="computed", basis=basis) for n, t in enumerate(told, start=1)]
    return verify(counted, Ground(articles={}, as_of=material.as_of))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def gate_names() -> tuple[str, ...]:
    return tuple(gate.__name__ for gate in GATES)
