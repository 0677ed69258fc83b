"""From frozen values to the contract's JSON and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from briefing.claims import (
    Answer,
    Brief,
    Carrier,
    Citation,
    Claim,
    Disclosure,
    Row,
    Rung,
    Section,
    Source,
    Verdict,
)
from briefing.contract.models import BriefModel, CitationModel, SentenceModel, SourceModel, VerdictModel
from index.article import Article
from index.calendar.instants import iso, iso_stamp, parse_stamp
from index.search import Found

Json = dict[str, Any]

_PLAIN = (
    "id",
    "text",
    "form",
    "speaker",
    "office",
    "party",
    "anonymous",
    "stance",
    "stance_of",
    "about",
    "delta",
    "contradiction",
    "reason",
)


def brief_json(brief: Brief) -> Json:
    """The object of `draft --json` and `export --to json`."""
    return {
        "schema": "briefing/1",
        "id": brief.id,
        "topic": brief.topic,
        "version": brief.version,
        "state": brief.state,
        "title": brief.title,
        "as_of": iso(brief.as_of),
        "issued": iso(brief.issued),
        "period": {"start": iso(brief.period[0]), "end": iso(brief.period[1])},
        "previous": brief.previous,
        "sections": [_section(section) for section in brief.sections],
        "withheld": [claim_json(claim) for claim in brief.withheld],
        "sources": [_source(source) for source in brief.sources],
        "disclosure": _disclosure(brief.disclosure),
    }


def answer_json(answer: Answer) -> Json:
    """The object of `ask --json`."""
    return {
        "schema": "answer/1",
        "question": answer.question,
        "as_of": iso(answer.as_of),
        "ending": answer.ending,
        "sentences": [claim_json(claim) for claim in answer.claims],
        "withheld": [claim_json(claim) for claim in answer.withheld],
        "sources": [_source(source) for source in answer.sources],
        "session": answer.session,
    }


def claim_json(claim: Claim) -> Json:
    """One sentence; what it does not have is left out."""
    told: Json = {name: value for name in _PLAIN if (value := getattr(claim, name)) is not None}
    if claim.event_date is not None:
        told["event_date"] = claim.event_date.isoformat()
    if claim.basis:
        told["basis"] = list(claim.basis)
    told["citations"] = [_without_none(citation) for citation in claim.citations]
    if claim.verdict is not None:
        told["verdict"] = _verdict(claim.verdict)
    return told


def _verdict(verdict: Verdict) -> Json:
    told: Json = {"label": verdict.label, "score": verdict.score, "checker": verdict.checker}
    if verdict.gates:
        told["gates"] = dict(verdict.gates)
    if verdict.rungs:
        told["rungs"] = [_without_none(rung) for rung in verdict.rungs]
    return told


def _section(section: Section) -> Json:
    told: Json = {
        "id": section.id,
        "title": section.title,
        "sentences": [claim_json(c) for c in section.claims],
    }
    if section.rows is not None:
        told["rows"] = [{**dict(row.cells), "sentences": list(row.claims)} for row in section.rows]
    return told


def _source(source: Source) -> Json:
    return {
        "n": source.n,
        "article_id": source.article_id,
        "external_id": source.external_id,
        "origin_id": source.origin_id,
        "outlet": source.outlet,
        "title": source.title,
        "url": source.url,
        "published": iso_stamp(source.published, is_day=source.published_is_day),
        "descriptor": source.descriptor,
        "carriers": [carrier_json(c) for c in source.carriers],
    }


def carrier_json(carrier: Carrier) -> Json:
    return {f.name: getattr(carrier, f.name) for f in fields(carrier)}


def _disclosure(disclosure: Disclosure) -> Json:
    told: Json = {
        "drafter": disclosure.drafter,
        "checker": disclosure.checker,
        "index": disclosure.index,
        "gates": list(disclosure.gates),
        "notes": list(disclosure.notes),
        "prompts": dict(disclosure.prompts),
    }
    if disclosure.model is not None:
        told["model"] = disclosure.model
    if disclosure.tokens is not None:
        told["tokens"] = {"prompt": disclosure.tokens[0], "completion": disclosure.tokens[1]}
    if disclosure.parameters:
        told["parameters"] = dict(disclosure.parameters)
    if disclosure.spent:
        told["spent"] = dict(disclosure.spent)
    if disclosure.fallback is not None:
        told["fallback"] = disclosure.fallback
    return told


def _without_none(value: Citation | Rung) -> Json:
    return {f.name: v for f in fields(value) if (v := getattr(value, f.name)) is not None}


def search_json(results: Found) -> Json:
    """The object of `search --json`."""
    return {
        "results": [
            {
                "article_id": found.article.id,
                "external_id": found.article.external_id,
                "origin_id": found.article.origin_id,
                "start": found.passage.start,
                "end": found.passage.end,
                "text": found.passage.text,
                "score": round(found.score, 6),
                "similarity": None if found.similarity is None else round(found.similarity, 6),
                "bm25": round(found.bm25, 4),
                "matched": list(found.matched),
                "sentence": None if found.sentence is None else {"start": found.sentence[0], "end": found.sentence[1]},
                "carriers": found.carriers,
                "published": iso_stamp(found.article.published, is_day=found.article.published_is_day),
                "outlet": found.article.outlet,
                "title": found.article.name,
                "url": found.article.url,
            }
            for found in results
        ],
        "notes": list(results.notes),
    }


def article_json(article: Article, carriers: Sequence[Carrier], *, with_text: bool) -> Json:
    """An article of `article --json`, or of `articles --json` where without text."""
    told: Json = {
        "article_id": article.id,
        "external_id": article.external_id,
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "published": iso_stamp(article.published, is_day=article.published_is_day),
        "updated": iso_stamp(article.updated),
        "first_seen": iso(article.first_seen),
        "knowable_from": iso_stamp(article.knowable_from),
        "version_of": article.version_of,
        "origin_id": article.origin_id,
        "carriers": [carrier_json(c) for c in carriers],
        "notes": list(article.notes),
        "authors": list(article.authors),
        "language": article.language,
        "published_how": article.published_how,
    }
    if with_text:
        told["text"] = article.text
    return told


# ---- back again


def brief_from_json(document: Json) -> Brief:
    """The brief of a stored or given document. Raises pydantic.ValidationError."""
    model = BriefModel.model_validate(document)
    return Brief(
        id=model.id,
        topic=model.topic,
        title=model.title,
        as_of=parse_stamp(model.as_of).instant,
        issued=parse_stamp(model.issued).instant,
        period=(parse_stamp(model.period.start).instant, parse_stamp(model.period.end).instant),
        sections=tuple(
            Section(
                id=s.id,
                title=s.title,
                claims=tuple(claim_from(c) for c in s.sentences),
                rows=None
                if s.rows is None
                else tuple(
                    Row(
                        cells=tuple((k, str(v)) for k, v in (r.model_extra or {}).items()),
                        claims=tuple(r.sentences),
                    )
                    for r in s.rows
                ),
            )
            for s in model.sections
        ),
        withheld=tuple(claim_from(c) for c in model.withheld),
        sources=tuple(_source_from(s) for s in model.sources),
        disclosure=Disclosure(
            drafter=model.disclosure.drafter,
            checker=model.disclosure.checker,
            index=model.disclosure.index,
            gates=tuple(model.disclosure.gates),
            notes=tuple(model.disclosure.notes),
            model=model.disclosure.model,
            prompts=tuple(model.disclosure.prompts.items()),
            tokens=(model.disclosure.tokens["prompt"], model.disclosure.tokens["completion"])
            if model.disclosure.tokens
            else None,
            parameters=tuple(model.disclosure.parameters.items()),
            spent=tuple(model.disclosure.spent.items()),
            fallback=model.disclosure.fallback,
        ),
        version=model.version,
        state=model.state,
        previous=model.previous,
    )


def claim_from(model: SentenceModel) -> Claim:
    return Claim(
        **{name: getattr(model, name) for name in _PLAIN},
        citations=tuple(_citation_from(c) for c in model.citations),
        event_date=date.fromisoformat(model.event_date) if model.event_date else None,
        basis=tuple(model.basis or ()),
        verdict=_verdict_from(model.verdict) if model.verdict else None,
    )


def _verdict_from(model: VerdictModel) -> Verdict:
    return Verdict(
        label=model.label,
        score=model.score,
        checker=model.checker,
        gates=tuple((model.gates or {}).items()),
        rungs=tuple(Rung(**rung.model_dump()) for rung in model.rungs or ()),
    )


def _citation_from(model: CitationModel) -> Citation:
    return Citation(**model.model_dump())


def _source_from(model: SourceModel) -> Source:
    stamp = parse_stamp(model.published) if model.published else None
    return Source(
        n=model.n,
        article_id=model.article_id,
        external_id=model.external_id,
        origin_id=model.origin_id,
        outlet=model.outlet,
        title=model.title,
        url=model.url,
        published=stamp.instant if stamp else None,
        published_is_day=stamp.is_day if stamp else False,
        descriptor=model.descriptor,
        carriers=tuple(Carrier(**c.model_dump()) for c in model.carriers),
    )
