"""Lines become a brief: sources numbered, every sentence through the gates, what can be counted counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from briefing.claims import Brief, Carrier, Citation, Claim, Disclosure, Row, Section, Source
from briefing.draft import plan
from briefing.draft.compose import count_words
from briefing.draft.lines import Draft, Line
from briefing.draft.material import Material
from briefing.draft.naming import titled
from briefing.reading.documents import kind
from briefing.verify import GATES, Ground, Verify
from index.archive.store import SYNDICATED, CarriersOf
from index.article import Article, ArticleId
from index.dates import written
from index.times import iso


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


def claim_of(line: Line, number: int, articles: Mapping[ArticleId, Article], numbering: Numbering) -> Claim:
    """The sentence as a claim with its citations; not yet verified."""
    statement = line.sentence.statement
    speaker = statement.speaker
    return Claim(
        id=f"{line.section}-{number}",
        text=line.sentence.text,
        form=line.sentence.form,
        citations=tuple(numbering.cite(articles[i], start, end) for i, start, end in line.sentence.spans),
        speaker=speaker.name if speaker else None,
        office=speaker.office if speaker else None,
        party=speaker.party if speaker else None,
        anonymous=speaker.anonymous if speaker else None,
        about=statement.front,
        event_date=statement.event_date,
    )


def assemble(
    draft: Draft,
    material: Material,
    *,
    issued: datetime,
    previous: str | None,
    version: int,
    disclosure: Disclosure,
    undated: int,
    verify: Verify,
    extra_withheld: tuple[Claim, ...] = (),
) -> Brief:
    """The whole brief. What a gate stops is listed in `withheld` with its reason."""
    ground = Ground(material.articles, material.as_of, material.topic.party_words())
    numbering = Numbering()
    kept, stopped = _gated(draft.lines, material, ground, numbering, verify)
    withheld = [*stopped, *extra_withheld]
    title, header = _title(draft, material, ground, numbering, verify)
    cited = len({c.article_id for pairs in kept.values() for claim, _ in pairs for c in claim.citations})
    sources = sources_of(numbering.articles, material.carriers)
    bottom = kept["bottom_line"]
    sections = [Section(id="header", title="", claims=(header,) if header else ())]
    for section in plan.PLAN:
        match section.id:
            case "gaps":
                claims = _gaps(draft, material, withheld, undated, verify, enough=bool(bottom or kept["positions"]))
            case "source_summary":
                claims = _summary(sources[:cited], [c for s in sections if s.id != "header" for c in s.claims], material, verify)
            case "sources" | "disclosure":
                claims = ()
            case _:
                claims = tuple(claim for claim, _ in kept[section.id])
        rows = _rows(kept[section.id]) if section.id in {"positions", "timeline"} else None
        sections.append(Section(id=section.id, title=section.title, claims=claims, rows=rows))
    return Brief(
        id=_id(material, disclosure, sections, withheld),
        topic=material.topic.name,
        title=title,
        as_of=material.as_of,
        issued=issued,
        period=(material.since, material.as_of),
        sections=tuple(sections),
        withheld=tuple(withheld),
        sources=sources,
        disclosure=disclosure,
        version=version,
        previous=previous,
    )


Kept = dict[str, list[tuple[Claim, Line]]]  # section -> its verified claims with the lines they come from


def _gated(
    lines: list[Line], material: Material, ground: Ground, numbering: Numbering, verify: Verify
) -> tuple[Kept, list[Claim]]:
    """Every line verified. Sources are numbered for what passes first, then for what was stopped."""
    kept: Kept = {section.id: [] for section in plan.PLAN}
    stopped: list[tuple[int, Line]] = []
    numbered = list(enumerate(lines, start=1))
    first = verify([claim_of(line, n, material.articles, Numbering()) for n, line in numbered], ground)
    for (number, line), checked in zip(numbered, first, strict=True):
        if checked.reason is not None:
            stopped.append((number, line))
            continue
        claim = claim_of(line, number, material.articles, numbering)
        kept[line.section].append((replace(claim, verdict=checked.verdict), line))
    withheld = verify([claim_of(line, n, material.articles, numbering) for n, line in stopped], ground)  # reasons name sources
    return kept, list(withheld)


def _id(material: Material, disclosure: Disclosure, sections: Iterable[Section], withheld: Iterable[Claim]) -> str:
    """Content decides: the same articles, as-of and drafter give the same id."""
    parts = [material.topic.name, iso(material.as_of), disclosure.drafter]
    parts += [f"{disclosure.model} {disclosure.prompts} {disclosure.index}"]
    for claim in [*(c for section in sections for c in section.claims), *withheld]:
        parts.append(claim.text)
        parts += [f"{c.article_id}:{c.start}-{c.end}" for c in claim.citations]
    return "b" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _rows(kept: list[tuple[Claim, Line]]) -> tuple[Row, ...]:
    return tuple(Row(cells=line.cells, claims=(claim.id,)) for claim, line in kept)


def _title(draft: Draft, material: Material, ground: Ground, numbering: Numbering, verify: Verify) -> tuple[str, Claim | None]:
    """The main point in the sources' words: what the parties answer, or what is proposed."""
    lines = _headlined(draft.title, material)
    parts = [_headline(line, material) for line in lines]
    claims = [claim_of(line, n, material.articles, numbering) for n, line in enumerate(lines, start=1)]
    if not claims:
        return f"{material.topic.title}: insufficient reporting", None
    text = "; ".join(parts)
    if count_words(text) > plan.MOST_WORDS:
        text = lines[0].sentence.text.rstrip(".")  # never more than a sentence may have
        claims = claims[:1]
    header = Claim(
        id="header-1",
        text=text,
        form="quoted",
        citations=tuple(dict.fromkeys(c for claim in claims for c in claim.citations))[:3],
        speaker=", ".join(c.speaker for c in claims if c.speaker) or None,
        office=", ".join(c.office for c in claims if c.office) or None,
        party=", ".join(c.party for c in claims if c.party) or None,
        event_date=claims[0].event_date,
    )
    (checked,) = verify([header], ground)
    if checked.reason is not None:
        return material.topic.title, None
    return text, checked


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


def _headline(line: Line, material: Material) -> str:
    statement = line.sentence.statement
    article = material.articles[statement.article_id]
    if statement.speaker is None:
        return line.sentence.short
    who = titled(statement.speaker, material.topic)
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


def _gaps(
    draft: Draft, material: Material, withheld: list[Claim], undated: int, verify: Verify, *, enough: bool
) -> tuple[Claim, ...]:
    since, until = written(material.since.date()), written(material.as_of.date(), year=True)
    read = f"{len(material.articles)} articles read"
    told: list[tuple[str, tuple[str, ...]]] = []
    if not enough:
        told.append(
            (
                f"Insufficient reporting: no citable sentence on the talks between {material.topic.conflict} was found "
                f"between {since} and {until}.",
                tuple(plan.questions(material.topic)[:3]),
            )
        )
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
    return verify(claims, Ground(articles={}, as_of=material.as_of))


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
