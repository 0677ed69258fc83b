"""What a language model is shown of the evidence, and in which form it must answer."""

from __future__ import annotations

import re
from typing import Any

from briefing.chat.fences import between
from briefing.chat.tokens import count_tokens
from briefing.draft import plan
from briefing.draft.candidates import DECIDES, EVENT
from briefing.draft.material import Material
from briefing.reading.addressed import addressed
from briefing.settings import ModelSettings
from index.article import Evidence
from index.calendar.instants import iso_stamp

_AHEAD = re.compile(r"\b(?:scheduled|deadline|will|would|plans?|expected|due|next|tomorrow|upcoming)\b")
_FITS = {"bottom_line": DECIDES, "on_the_ground": EVENT, "watch": _AHEAD}
OFF = 0.4  # what a passage is worth to a section whose matter it does not speak of


def packed(material: Material, section: plan.SectionPlan, settings: ModelSettings) -> tuple[dict[str, Evidence], str]:
    """The evidence that is worth most to a section for its length, as much as one call may hold, under ids issued for this
    request."""
    weighed: list[tuple[float, int, int, Evidence]] = []
    exact = True
    recent = [e for e in material.evidence if e.article.knowable_from is not None and e.article.knowable_from >= material.since]
    recent = [e for e in recent if not addressed(e.passage.text)]  # orders to a program are not shown to one
    for place, evidence in enumerate(recent):
        count = count_tokens(fenced("E00", evidence), settings.name)
        exact = exact and count.exact
        fits = _FITS[section.id].search(evidence.passage.text) is not None if section.id in _FITS else True
        weighed.append((evidence.score * (1 if fits else OFF) / max(1, count.n), place, count.n, evidence))
    chosen: list[tuple[int, Evidence]] = []
    used = 0
    for _, place, tokens, evidence in sorted(weighed, key=lambda w: (-w[0], w[1])):
        if used + tokens <= settings.most_prompt_tokens:
            used += tokens
            chosen.append((place, evidence))
    shown = {f"E{n}": evidence for n, (_, evidence) in enumerate(sorted(chosen, key=lambda c: c[0]), start=1)}
    kind = "counted" if exact else "estimated"
    told = f"{len(shown)} of {len(recent)} passages shown to the model, {'' if exact else '~'}{used:,} tokens ({kind})."
    return shown, told


def fenced(issued: str, evidence: Evidence) -> str:
    """A piece of evidence between marks it cannot close; what a reader would not see does not reach the model."""
    article = evidence.article
    published = iso_stamp(article.published, is_day=article.published_is_day)
    return between(issued, f"{article.outlet} | {article.name} | {published}\n{evidence.passage.text}")


# ---- what the model must answer; ids come from the closed list of the request


def _object(title: str, description: str, name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": [name],
        "properties": {name: {"type": "array", "items": item}},
    }


def _item(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


def picks_schema(issued: list[str]) -> dict[str, Any]:
    item = _item(evidence={"type": "string", "enum": issued}, quote={"type": "string"})
    return _object("picked_claims", "Words of the evidence that the section may stand on", "claims", item)


def sentences_schema(issued: list[str]) -> dict[str, Any]:
    item = _item(text={"type": "string"}, claims={"type": "array", "items": {"type": "string", "enum": issued}})
    return _object("section_sentences", "Sentences of the section with the claims that carry them", "sentences", item)


def title_schema(issued: list[str]) -> dict[str, Any]:
    item = _item(text={"type": "string"}, claims={"type": "array", "items": {"type": "string", "enum": issued}})
    return {"title": "brief_title", "description": "The title of the brief, with the sentences that carry it", **item}


def mends_schema(issued: list[str]) -> dict[str, Any]:
    item = _item(id={"type": "string", "enum": issued}, text={"type": "string"})
    return _object("mended_sentences", "The sentences written again", "sentences", item)
