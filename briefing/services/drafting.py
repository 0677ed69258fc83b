"""A brief from the archive: what the retrieval chain finds, what the drafters make of it, what the checks let stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from briefing.chat.budget import Budget
from briefing.chat.client import Chat, run
from briefing.claims import Brief, Claim, Disclosure
from briefing.draft import confirm, extractive, plan
from briefing.draft.assemble import assemble, gate_names
from briefing.draft.counted import Previous
from briefing.draft.lines import Draft, Item, TableRow
from briefing.draft.material import Material, gather
from briefing.draft.written import Written, merged
from briefing.ledger import Ledger
from briefing.ledger.book import HISTORY
from briefing.ledger.proposals import proposals
from briefing.privacy import Privacy
from briefing.services.archiving import Archiving
from briefing.services.reading import ReadingRoom
from briefing.settings import ModelSettings, Settings
from briefing.store import Briefs
from briefing.store.purse import Purse
from briefing.store.replies import Replies
from briefing.topics import Topic
from briefing.verify import Verifier
from index.article import ArticleId
from index.calendar.instants import iso
from index.embedding import Embedder
from index.errors import Misuse, ModelUnavailable, UnreadableReply
from index.library import Library

MOST_TRACKED, MOST_STOOD = 6, 12  # proposals and positions that a model is told of

Drafter = Literal["extractive", "llm"]
NO_MODEL = "no language model is named: set BRIEFING_MODEL (and OPENAI_BASE_URL, OPENAI_API_KEY)"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A brief, and what whoever asked for it must know of how it came about."""

    brief: Brief
    notes: tuple[str, ...]


class Drafting:
    """Drafts over one library."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        room: ReadingRoom,
        archiving: Archiving,
        briefs: Briefs,
        replies: Replies,
        embedder: Embedder,
        verifier: Verifier,
        privacy: Privacy,
        purse: Purse,
    ) -> None:
        self._settings, self._library, self._room, self._archiving = settings, library, room, archiving
        self._briefs, self._replies, self._embedder, self._verifier = briefs, replies, embedder, verifier
        self._privacy, self._purse = privacy, purse

    def material(self, topic: Topic, as_of: datetime, ledger: Ledger) -> Material:
        """What the retrieval chain finds for one brief, and what was read in it."""
        return gather(
            topic,
            as_of,
            ledger=ledger,
            search=self._library.search.many,
            carriers=partial(self._library.archive.carriers, as_of=as_of),
            full=self._library.archive.many,
            seen=partial(self._room.seen, topic),
            heard=self._room.heard,
            noted=self._room.noted,
        )

    def draft(self, topic: Topic, *, as_of: datetime, drafter: Drafter) -> Drafted:
        """A brief on the topic, as of that instant, kept. With `llm` and a model that fails, the extractive brief comes instead
        and says so. Raises Misuse where no model is named."""
        model = self._settings.model if drafter == "llm" else None
        if drafter == "llm" and model is None:
            raise Misuse(NO_MODEL)
        used_up = self._purse.used_up(model) if model is not None else None
        if used_up is not None:
            model = None
        told = self._read_first(as_of) if model is not None else []
        ledger, read = self._room.ledger(topic, as_of)
        material = self.material(topic, as_of, ledger)
        before = self._briefs.previous(topic.name, as_of)
        previous = Previous(*before) if before is not None else None
        budget = Budget(self._purse.limited(model, model.most_cost)) if model is not None else None
        if model is not None and budget is not None:
            material = self._confirmed(material, previous, model, budget, told)
        draft = extractive.Extractive(material, self._embedder.embed).draft(previous.as_of if previous else None)
        written, failure = self._written(material, draft, model, budget, previous) if model and budget else (None, used_up)
        if budget is not None:
            self._purse.settled(budget, "drafting")
        if written is not None:
            draft = merged(written, draft)
        draft.notes += self._told(material, written, failure)
        brief = assemble(
            draft,
            material,
            issued=datetime.now(UTC),
            previous=previous,
            version=self._briefs.next_version(topic.name, as_of),
            undated=self._library.archive.undated(),
            disclosure=self._disclosure(written, failure, budget),
            verify=replace(self._verifier, second=written.second if written else None).verify,
            extra_withheld=tuple(written.withheld) if written else (),
        )
        return Drafted(self._briefs.save(brief), (*told, *read.notes, *_paid(budget)))

    def _read_first(self, as_of: datetime) -> list[str]:
        """Let the model read the articles of the brief's days, then what the ledger tracks, as far as its budget goes."""
        known = [(a.knowable_from, a.id) for a in self._library.archive.listed(as_of=as_of) if a.knowable_from is not None]
        ids = [i for knowable, i in sorted(known, reverse=True) if knowable >= as_of - HISTORY]
        self._room.read(ids)
        return self._room.read_by_model(ids)

    def _told(self, material: Material, written: Written | None, failure: str | None) -> list[str]:
        """What stands under the gaps of a brief."""
        told = [] if self._library.archive.count() else [f"The archive in {self._settings.data} is empty."]
        told += [*material.notes, *self._archiving.feeds_down()]
        told += self._room.languages_unread(material.as_of, material.since)
        if waiting := self._archiving.waiting():
            told.append(waiting)
        if failure is not None:
            told.append(f"Drafted without the language model: {failure}.")
        if written is not None and written.nothing:
            told.append("The language model read the evidence and found nothing to write.")
        return told

    def _standing(self, ledger: Ledger, previous: Previous | None, model: ModelSettings) -> list[str]:
        """What a model must know to say what moved: the bottom line before this one, the tracked proposals, who stood where."""
        told = []
        if previous is not None:
            before = next((s for s in self._briefs.get(previous.id).sections if s.id == "bottom_line"), None)
            claims = before.claims if before else ()
            told += [f"Brief of {iso(previous.as_of)}: {c.text}" for c in claims if self._may_leave(c, model)]
        told += [f"Tracked proposal: {record.name} ({record.status})" for record in proposals(ledger)[:MOST_TRACKED]]
        earlier = ledger.at(previous.as_of if previous is not None else ledger.as_of - plan.WINDOW)
        told += [
            f"Position on {p.entry.day}: {p.who} ({p.party}): {p.stance}" + (f", on {p.about}" if p.about else "")
            for p in earlier.positions[:MOST_STOOD]
        ]
        return told

    def _confirmed(
        self, material: Material, previous: Previous | None, model: ModelSettings, budget: Budget, told: list[str]
    ) -> Material:
        """The material with only those stances that move the brief which the model gives again, asked anew; where it cannot be
        asked, without any of them."""
        if self._room.standing == "none":
            return material  # its word on stances counts for nothing
        since = previous.as_of if previous is not None else material.since
        seen = self._shown_to(material, model)
        entries = confirm.moving(seen.ledger, since)
        if not entries:
            return material
        leaves = partial(self._privacy.left, model.base_url, model.where, "asking again")
        chat = Chat(model, budget=budget, cache=self._replies, leaves=leaves)
        texts = self._library.archive.many(list({entry.article.id for entry in entries}))
        try:
            found = run(confirm.confirmed(entries, texts, material.topic.conflict, chat))
        except (ModelUnavailable, UnreadableReply) as error:
            told.append(f"no stance that moves the brief is shown: the model could not be asked again ({error})")
            return confirm.without(material, frozenset(confirm.key_of(e.statement) for e in entries))
        if found.unconfirmed:
            told.append(f"{len(found.unconfirmed)} of {found.asked} stances are not shown: the model did not give them again")
        return confirm.without(material, found.unconfirmed)

    def _shown_to(self, material: Material, model: ModelSettings) -> Material:
        """What of a brief's material this model's endpoint may be shown."""
        away = self._privacy.away_from(model.base_url, material.articles.values())
        if not away:
            return material
        return replace(
            material,
            evidence=tuple(e for e in material.evidence if e.article.id not in away),
            statements=tuple(s for s in material.statements if s.article_id not in away),
            noted=tuple((article_id, one) for article_id, one in material.noted if article_id not in away),
            ledger=material.ledger.where(lambda entry: entry.article.id not in away),
        )

    def _may_leave(self, claim: Claim, model: ModelSettings) -> bool:
        """Whether a sentence of an earlier brief may be shown to this model: what it cites must be."""
        cited = self._library.archive.many(list({c.article_id for c in claim.citations}))
        return not self._privacy.away_from(model.base_url, cited.values())

    def _written(
        self, material: Material, own: Draft, model: ModelSettings, budget: Budget, previous: Previous | None
    ) -> tuple[Written | None, str | None]:
        from briefing.draft import llm

        seen = self._shown_to(material, model)
        if seen is not material:
            own = _standing_on(own, seen)
        leaves = partial(self._privacy.left, model.base_url, model.where, "drafting")
        standing = self._standing(seen.ledger, previous, model)
        try:
            rows = (item for item in own.of("proposals") if isinstance(item, TableRow))
            tracked = [dict(row.cells)["proposal"] for row in rows]
            written = llm.write(
                seen,
                model,
                verifier=self._verifier,
                own=own,
                standing=standing,
                tracked=tracked,
                cache=self._replies,
                budget=budget,
                leaves=leaves,
                twice=self._room.reads_twice,
            )
            return written, None
        except (ModelUnavailable, UnreadableReply) as error:
            return None, str(error)

    def _disclosure(self, written: Written | None, failure: str | None, budget: Budget | None) -> Disclosure:
        own = Disclosure(drafter=extractive.NAME, checker=self._verifier.name, index=self._library.identity, gates=gate_names())
        if budget is None or self._settings.model is None:
            return own if failure is None else replace(own, notes=(_unused(failure),), fallback=failure)
        own = replace(own, spent=budget.told())
        if written is None:
            return replace(own, notes=(f"A language model was asked for and not used: {failure}.",), fallback=failure)
        from briefing.draft.llm import NAME

        spent = budget.spent
        return replace(
            own,
            drafter=f"{NAME} over {extractive.NAME}",
            model=self._settings.model.name,
            parameters=tuple(self._settings.model.parameters.items()),
            prompts=written.prompts,
            tokens=(spent.prompt_tokens, spent.completion_tokens),
            notes=tuple(written.notes),
            fallback=None if written.stands or written.nothing else "nothing that it wrote stands",
        )


def _standing_on(draft: Draft, material: Material) -> Draft:
    """What of a draft stands on words of this material alone."""
    shown = {e.article.id for e in material.evidence} | {s.article_id for s in material.statements}

    def cited(item: Item) -> set[ArticleId]:
        lines = item.lines if isinstance(item, TableRow) else (item,)
        return {span[0] for line in lines for span in line.sentence.spans}

    return replace(draft, items=[item for item in draft.items if cited(item) <= shown])


def _unused(failure: str | None) -> str:
    return f"A language model was asked for and not used: {failure}."


def _paid(budget: Budget | None) -> list[str]:
    """What whoever drafts again wants to know of the cost."""
    if budget is None or not budget.spent.cached:
        return []
    spent = budget.spent
    rest = "nothing was asked of it again" if not spent.calls else f"{spent.calls} calls were made"
    return [f"{spent.cached} replies of the language model came from the cache; {rest}."]
