"""What a brief says of itself: where a section holds nothing or nothing new, what was looked for and not found, what its
sources amount to. Counted, never cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefing.claims import Claim, Section, Source
from briefing.draft import plan
from briefing.draft.lines import Draft
from briefing.draft.material import Material
from briefing.talks.fronts import any_of
from briefing.verify import Ground, Verify
from index.archive.store import SYNDICATED
from index.calendar.days import written
from index.calendar.instants import iso

OPENING = 60  # characters of a sentence in which its subject stands


@dataclass(frozen=True, slots=True)
class Previous:
    """The brief before this one."""

    id: str
    as_of: datetime


def _known_before(section: Section, previous: Previous, material: Material) -> bool:
    """Whether all that a section cites could be known when the brief before was made."""
    cited = {citation.article_id for claim in section.claims for citation in claim.citations}
    known = (material.articles[i].knowable_from for i in cited)
    return all(instant is not None and instant <= previous.as_of for instant in known)


def told_where_empty(
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


def gaps(
    draft: Draft, material: Material, withheld: list[Claim], undated: int, verify: Verify, *, held: Sequence[Claim]
) -> list[Claim]:
    """What the brief does not know; `held`: the sentences that stand in it."""
    since, until = written(material.since.date()), written(material.as_of.date(), year=True)
    read = f"{len(material.articles)} articles read"
    told: list[tuple[str, tuple[str, ...]]] = []
    if not any(c.citations for c in held):
        looked = "; ".join(plan.questions(material.topic)[:3])
        told.append((f"Insufficient reporting: {read}, and nothing that can be cited.", (looked,)))
    silent = [name for name in draft.silent if not any(_heard(name, claim, material) for claim in held)]
    if silent:
        told.append(
            (
                f"No statement on the talks was found from {_listed(silent)} between {since} and {until}.",
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


def _heard(name: str, claim: Claim, material: Material) -> bool:
    """Whether a sentence may be this party's word: it is told as his, or, told as nobody's, opens with its name."""
    party = material.topic.party(name)
    named = any_of([name, *(party.names if party else ()), *(party.adjectives if party else ())])
    if claim.id.startswith(plan.ON_THE_GROUND.id) or not claim.citations:
        return False
    if name in {claim.party, claim.stance_of}:
        return True
    return named.search(claim.speaker or claim.anonymous or claim.text[:OPENING]) is not None


def source_summary(sources: tuple[Source, ...], claims: list[Claim], material: Material, verify: Verify) -> tuple[Claim, ...]:
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
