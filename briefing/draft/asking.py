"""What a language model is shown of the evidence, and in which form it must answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from briefing.chat.fences import between
from briefing.chat.tokens import count_tokens
from briefing.draft import plan
from briefing.draft.candidates import DECIDES, EVENT
from briefing.draft.material import Material
from briefing.reading.addressed import addressed
from briefing.settings import ModelSettings
from briefing.talks.fronts import Fronts
from briefing.talks.statements import OPENING
from briefing.topics import Topic
from index.article import Evidence
from index.calendar.instants import iso_stamp

_AHEAD = re.compile(r"\b(?:scheduled|deadline|will|would|plans?|expected|due|next|tomorrow|upcoming)\b")
_FITS = (DECIDES, EVENT, _AHEAD)
OFF = 0.5  # what a passage is worth that speaks of no decision, no event and nothing to come
LEAST = 0.35  # of the best passage's worth: below it nothing is shown


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a brief that a language model writes: a section, a standing question, the terms of a proposal. `of`: the
    question or the proposal; empty for a section."""

    id: str
    section: str
    holds: str
    most: int
    of: str = ""

    @property
    def called(self) -> str:
        return "the answer to a question" if self.of else "the section"


def parts_of(topic: Topic, tracked: Sequence[str]) -> list[Part]:
    """The parts of a brief on this topic; `tracked`: proposals by their names."""
    written = [Part(s.id, s.id, s.written, s.most) for s in plan.PLAN if s.written]
    terms = [
        Part(f"P{n}", "proposals", f"in one sentence, what {name} would do: its terms", 1, name)
        for n, name in enumerate(tracked, start=1)
    ]
    asked = [Part(f"Q{n}", "requirements", f"question: {q}", 1, q) for n, q in enumerate(topic.requirements, start=1)]
    return [*written, *terms, *asked]


def packed(material: Material, settings: ModelSettings) -> tuple[dict[str, Evidence], str]:
    """The evidence that is worth most, as far as it is worth something and as much as one call may hold, under ids issued for
    this request."""
    recent = [e for e in material.evidence if e.article.knowable_from is not None and e.article.knowable_from >= material.since]
    recent = [e for e in recent if not addressed(e.passage.text)]  # orders to a program are not shown to one
    fronts = Fronts(material.topic)
    recent = [e for e in recent if fronts.here(f"{e.article.title or ''}\n{e.article.text[:OPENING]}\n{e.passage.text}")]
    worth = [e.score * (1 if any(fits.search(e.passage.text) for fits in _FITS) else OFF) for e in recent]
    least = LEAST * max(worth, default=0.0)
    chosen: list[int] = []
    used, exact = 0, True
    for place in sorted(range(len(recent)), key=lambda n: (-worth[n], n)):
        if worth[place] < least:
            break
        count = count_tokens(fenced("E00", recent[place]), settings.name)
        exact = exact and count.exact
        if used + count.n <= settings.most_prompt_tokens:
            used += count.n
            chosen.append(place)
    shown = {f"E{n}": recent[place] for n, place in enumerate(sorted(chosen), start=1)}
    kind = "counted" if exact else "estimated"
    told = f"{len(shown)} of {len(recent)} passages shown to the model, {'' if exact else '~'}{used:,} tokens ({kind})."
    return shown, told


def fenced(issued: str, evidence: Evidence) -> str:
    """A piece of evidence between marks it cannot close; what a reader would not see does not reach the model."""
    article = evidence.article
    published = iso_stamp(article.published, is_day=article.published_is_day)
    return between(issued, f"{article.outlet} | {article.name} | {published}\n{evidence.passage.text}")


# ---- what the model must answer; ids come from the closed list of the request


def listing(title: str, description: str, name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": [name],
        "properties": {name: {"type": "array", "items": item}},
    }


def item_of(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


def picks_schema(parts: list[str], issued: list[str]) -> dict[str, Any]:
    item = item_of(part={"type": "string", "enum": parts}, evidence={"type": "string", "enum": issued}, quote={"type": "string"})
    return listing("picked_claims", "Words of the evidence that the parts of the brief may stand on", "claims", item)


def sentences_schema(parts: list[str], issued: list[str]) -> dict[str, Any]:
    item = item_of(
        part={"type": "string", "enum": parts},
        text={"type": "string"},
        claims={"type": "array", "items": {"type": "string", "enum": issued}},
        partly={"type": "boolean"},
    )
    return listing("brief_sentences", "Sentences of the brief with their part and the claims that carry them", "sentences", item)


def title_schema(issued: list[str]) -> dict[str, Any]:
    item = item_of(text={"type": "string"}, claims={"type": "array", "items": {"type": "string", "enum": issued}})
    return {"title": "brief_title", "description": "The title of the brief, with the sentences that carry it", **item}


def mends_schema(issued: list[str]) -> dict[str, Any]:
    item = item_of(id={"type": "string", "enum": issued}, text={"type": "string"})
    return listing("mended_sentences", "The sentences written again", "sentences", item)


def checks_schema(issued: list[str], verdicts: list[str]) -> dict[str, Any]:
    item = item_of(
        id={"type": "string", "enum": issued},
        missing={"type": "string"},
        verdict={"type": "string", "enum": verdicts},
        ahead={"type": "boolean"},
    )
    return listing("checked_sentences", "Whether its words carry each sentence", "answers", item)
