"""Somebody's sentences against the words they cite: the texts given with them, files, the archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache as cached
from functools import partial
from pathlib import Path

from briefing import submitted as resolving
from briefing.claims import Claim
from briefing.submitted import Submitted
from briefing.topics import Topic
from briefing.verify import Ground, Verifier
from index.archive import Archive
from index.archive.store import NewArticle
from index.article import Article, Rejected
from index.errors import Misuse
from index.sources import Given, read_inputs
from index.urls import canonical


@dataclass(frozen=True, slots=True)
class Verified:
    """What the gates say of somebody's sentences; denominators are the sentences submitted."""

    claims: tuple[Claim, ...]
    resolved: int
    citations: int
    notes: tuple[str, ...] = ()

    def count(self, label: str) -> int:
        return sum(c.verdict is not None and c.verdict.label == label for c in self.claims)


def verified(submitted: Submitted, archive: Archive, verifier: Verifier, topic: Topic, sources: Sequence[Path]) -> Verified:
    """Each sentence through gates and checkers, against the texts given with it, `sources` (files and folders as ingest reads
    them, not kept), and the archive."""
    given, notes = _given(sources)
    kept = cached(archive.listed)  # asked for only where nothing else names a source
    whole = resolving.resolved(submitted, partial(_listed, archive, given, kept))
    own = {a.id: a for a in (*given.values(), *whole.articles)}
    wanted = [c.article_id for claim in whole.claims for c in claim.citations]
    cited = archive.many(i for i in wanted if i not in own) if set(wanted) - own.keys() else {}
    by_external: dict[str | None, Article] = {a.external_id: a for a in own.values() if a.external_id}
    claims = tuple(_found_again(claim, own, by_external) for claim in whole.claims)
    ground = Ground({**cited, **own}, whole.as_of, topic.party_words())
    resolved = sum(
        (article := ground.articles.get(c.article_id)) is not None and article.text[c.start : c.end] == c.quote != ""
        for claim in claims
        for c in claim.citations
    )
    done = verifier.verify(claims, ground)
    return Verified(done, resolved, sum(len(c.citations) for c in claims), (*notes, *whole.notes))


def _given(sources: Sequence[Path]) -> tuple[dict[str, Article], tuple[str, ...]]:
    """Articles of files that are not kept, by id; and what could not be read of them."""
    found: dict[str, Article] = {}
    notes: list[str] = []
    for item in read_inputs(sources, Given()) if sources else ():
        match item:
            case NewArticle():
                article = resolving.unkept(item)
                found[article.id] = article
            case Rejected():
                notes.append(f"{item.input}: {item.reason}")
    return found, tuple(notes)


def _listed(
    archive: Archive, given: Mapping[str, Article], kept: Callable[[], list[Article]], entry: resolving.Listed
) -> Article | None:
    """The article that an entry of a list of sources means: one given, else one of the archive."""
    if (found := resolving.meant(entry, tuple(given.values()))) is not None:
        return found
    for ref in resolving.references(entry):
        try:
            return archive.get(ref)
        except Misuse:
            continue
    if entry.address is not None and (found := archive.at_address(canonical(entry.address))) is not None:
        return found
    titled = resolving.meant(entry, kept())
    return None if titled is None else archive.get(titled.id)


def _found_again(claim: Claim, own: Mapping[str, Article], by_external: Mapping[str | None, Article]) -> Claim:
    """The claim, its citations led to given texts that go by the id they came with."""
    if all(c.article_id in own or c.external_id not in by_external for c in claim.citations):
        return claim
    citations = tuple(
        replace(c, article_id=by_external[c.external_id].id) if c.article_id not in own and c.external_id in by_external else c
        for c in claim.citations
    )
    return replace(claim, citations=citations)
