"""The title of a brief: the main point in its sources' words."""

from __future__ import annotations

from collections.abc import Sequence

from briefing.claims import Claim
from briefing.draft import plan
from briefing.draft.compose import count_words
from briefing.draft.lines import Draft, Line
from briefing.draft.material import Material
from briefing.draft.naming import capital, titled
from briefing.draft.numbering import Numbering, claim_of
from briefing.verify import Ground, Verify


def title(draft: Draft, material: Material, ground: Ground, numbering: Numbering, verify: Verify) -> tuple[str, Claim | None]:
    """The main point in the sources' words: what the parties answer, or what is proposed. Of several wordings the fullest
    that passes the gates."""
    if draft.written_title is not None:
        line = draft.written_title
        (checked,) = verify([_header(line.sentence.text, [line], material, numbering)], ground)
        if checked.reason is None:
            return line.sentence.text, checked
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
    if statement.said.quote is None and line.sentence.short.removeprefix("The ").startswith(statement.speaker.known_as):
        return line.sentence.short  # it names who did it
    if statement.said.quote is None:
        said_first = statement.said.cue is not None and line.sentence.short.startswith(statement.said.cue)
        return f"{who} {line.sentence.short}" if said_first else f"{who}: {line.sentence.short}"
    own_words = statement.said.quote == (statement.start, statement.end)
    words = line.sentence.short.strip("“”") if own_words else article.text[slice(*statement.said.quote)].rstrip(" ,.")
    return f"{who}: “{words}”"
