"""The second drafter: a language model writes the bottom line and the events from numbered evidence; code finds its
quotes, and the same gates decide. Positions and the timeline stay what the reading found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from briefing import prompting
from briefing.claims import Claim, Statement, Verdict
from briefing.draft.compose import Cited, Sentence
from briefing.draft.lines import Draft, Line
from briefing.draft.material import Material
from briefing.draft.model import structured
from briefing.draft.tokens import count_tokens
from briefing.locate import INVISIBLE, locate
from briefing.settings import ModelSettings
from briefing.verify import CODE
from index.article import Evidence
from index.errors import UnreadableReply
from index.times import iso, iso_stamp

NAME = "llm/1"
PROMPT = "draft_brief/v1"
SECTIONS = ("bottom_line", "on_the_ground")
MOST = {"bottom_line": 3, "on_the_ground": 5}
_FENCES = re.compile(r"<{3,}|>{3,}")


class _Quoted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    evidence: str
    quote: str


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")
    section: str
    text: str
    citations: list[_Quoted]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sentences: list[_Written]


@dataclass(slots=True)
class Written:
    """What a model's reply came to: lines for the gates, and what did not even get there."""

    lines: list[Line] = field(default_factory=list)
    withheld: list[Claim] = field(default_factory=list)
    prompt: tuple[str, str] = ("", "")
    tokens: tuple[int, int] = (0, 0)
    notes: list[str] = field(default_factory=list)


def write(material: Material, settings: ModelSettings) -> Written:
    """One call, one reply, every quote located. Raises ModelUnavailable, UnreadableReply."""
    prompt = prompting.load(PROMPT)
    shown, counted = _packed(material, settings)
    if not shown:
        raise UnreadableReply("there is no evidence to show the model")
    system, user = prompt.rendered(
        conflict=material.topic.conflict,
        as_of=iso(material.as_of),
        evidence="\n\n".join(_fenced(i, e) for i, e in shown.items()),
    )
    reply = structured(settings, system, user, _schema(list(shown)))
    try:
        sentences = _Reply.model_validate(reply.parsed).sentences
    except ValidationError as error:
        raise UnreadableReply(f"{settings.where}: the reply is not in the shape that was asked for") from error
    written = Written(prompt=(prompt.name, prompt.sha256), tokens=(reply.prompt_tokens, reply.completion_tokens))
    written.notes.append(counted)
    for number, sentence in enumerate(sentences, start=1):
        _take(sentence, number, shown, material, written)
    return written


def merged(written: Written, own: Draft) -> Draft:
    """The model's lines in the places of the extractive ones, where it gave any that can be checked."""
    given = {line.section for line in written.lines}
    return replace(own, items=[*written.lines, *(item for item in own.items if item.section not in given)])


def _packed(material: Material, settings: ModelSettings) -> tuple[dict[str, Evidence], str]:
    """The best evidence that fits the budget, under ids issued for this request."""
    shown: dict[str, Evidence] = {}
    used, exact = 0, True
    for evidence in material.evidence:
        fenced = _fenced(f"E{len(shown) + 1}", evidence)
        count = count_tokens(fenced, settings.name)
        if used + count.n > settings.most_prompt_tokens:
            break
        used, exact = used + count.n, exact and count.exact
        shown[f"E{len(shown) + 1}"] = evidence
    kind = "counted" if exact else "estimated"
    return (
        shown,
        f"{len(shown)} pieces of evidence shown to the model, {'' if exact else '~'}{used} tokens ({kind}).",
    )


def _fenced(issued: str, evidence: Evidence) -> str:
    """A piece of evidence between marks it cannot close; what a reader would not see does not reach the model."""
    article = evidence.article
    published = iso_stamp(article.published, is_day=article.published_is_day)
    inside = f"{article.outlet} | {article.name} | {published}\n{evidence.passage.text}"
    return f"<<<{issued}\n{_FENCES.sub('‹›', INVISIBLE.sub('', inside))}\n{issued}>>>"


def _schema(issued: list[str]) -> dict[str, Any]:
    """What the model must answer; evidence ids come from the closed list of this request."""
    citation = {
        "type": "object",
        "additionalProperties": False,
        "required": ["evidence", "quote"],
        "properties": {"evidence": {"type": "string", "enum": issued}, "quote": {"type": "string"}},
    }
    sentence = {
        "type": "object",
        "additionalProperties": False,
        "required": ["section", "text", "citations"],
        "properties": {
            "section": {"type": "string", "enum": list(SECTIONS)},
            "text": {"type": "string"},
            "citations": {"type": "array", "items": citation},
        },
    }
    return {
        "title": "brief_sentences",
        "description": "Sentences of a brief with their citations",
        "type": "object",
        "additionalProperties": False,
        "required": ["sentences"],
        "properties": {"sentences": {"type": "array", "items": sentence}},
    }


def _take(sentence: _Written, number: int, shown: dict[str, Evidence], material: Material, written: Written) -> None:
    """A sentence whose quotes are all found becomes a line; any other is withheld with what was wrong."""
    spans: list[Cited] = []
    reason = None if sentence.section in SECTIONS else f"it is for a section {sentence.section!r} that was not asked for"
    for citation in sentence.citations:
        evidence = shown.get(citation.evidence)
        if evidence is None:
            reason = reason or f"it cites {citation.evidence!r}, which the model was never shown"
            continue
        at = locate(citation.quote, evidence.passage.text)
        if at is None:
            reason = reason or f"its quote is not in {citation.evidence}: “{citation.quote[:80]}”"
            continue
        offset = evidence.passage.start
        spans.append((evidence.article.id, offset + at[0], offset + at[1]))
    taken = sum(line.section == sentence.section for line in written.lines)
    if reason is None and taken >= MOST[sentence.section]:
        reason = f"the section already holds {MOST[sentence.section]} sentences"
    if reason is None and not spans:
        reason = "it has no citation"
    if reason is not None:
        verdict = Verdict(label="unsupported", score=0.0, checker=CODE)
        written.withheld.append(Claim(id=f"llm-{number}", text=sentence.text, form="reported", verdict=verdict, reason=reason))
        return
    statement = _statement(spans[0], material)
    line = Sentence(
        text=sentence.text.strip(),
        form="reported",
        statement=statement,
        spans=tuple(spans),
        short=sentence.text,
    )
    written.lines.append(Line(section=sentence.section, sentence=line))


def _statement(span: Cited, material: Material) -> Statement:
    """What the reading made of the cited words: whose they are."""
    article_id, start, end = span
    for statement in material.statements:
        if statement.article_id == article_id and statement.start < end and start < statement.end:
            return statement
    text = material.articles[article_id].text[start:end]
    return Statement(article_id=article_id, start=start, end=end, text=text, kind="narration", speaker=None)
