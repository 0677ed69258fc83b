"""The gates for a sentence that a language model wrote: its citations must carry it, and it must be one that a brief prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from briefing.beside.locate import folded
from briefing.draft import plan
from briefing.draft.ahead import is_ahead, tells_ahead
from briefing.draft.compose import names_weekday
from briefing.draft.material import Material
from briefing.draft.numbering import Numbering, claim_of
from briefing.draft.written import Told
from briefing.reading.marks import quotations
from briefing.talks.documents import kind
from briefing.talks.fronts import BOTH
from briefing.verify import Laid, Said, SecondReading, Verifier

MOST_UNSAID = 0.6  # of a sentence's plain words that its citations do not have: more, and it tells something else
SHORTEST = 4  # words of a quote that can carry anything
_POINTS = re.compile(r"(?:He|She|They)\b|It\b(?! (?:is|was|would|will|remain(?:s|ed)|became|has been|had been|appear(?:s|ed))\b)")
_MARKUP = re.compile(r"</?[a-zA-Z!]|!\[|\]\(|https?://|\bwww\.|javascript:|data:[a-z]+/|\x1b|```", re.IGNORECASE)


def reasons_against(
    told: Sequence[Told], material: Material, verifier: Verifier, second: SecondReading | None = None
) -> dict[int, str]:
    """Of those that do not pass, by their place, why. `second`: what a second reading said of them."""
    claims = [claim_of(one.line, f"llm-{n}", material.articles, Numbering()) for n, one in enumerate(told, start=1)]
    laid = [Laid(claim, material.ground) for claim in claims]
    said = [second.of(claim) if second is not None else None for claim in claims]
    outside = {n: r for n, one in enumerate(told) if (r := out_of_place(one, laid[n], material, said[n])) is not None}
    checked = replace(verifier, second=second).verify(claims, material.ground)
    found = {n: c.reason for n, c in enumerate(checked) if c.reason is not None}
    return dict(sorted({**outside, **found}.items()))


def out_of_place(told: Told, laid: Laid, material: Material, said: Said | None = None) -> str | None:
    """Why a sentence may not stand where it is meant to, in words; None where it may. `laid`: it beside its source; `said`: what
    a second reading said of it."""
    borne_out = said is not None and bool(said.carried)
    sentence = told.line.sentence
    article = material.articles[sentence.statement.article_id]
    if sentence.words > plan.MOST_WORDS:
        return f"it has {sentence.words} words, more than {plan.MOST_WORDS}"
    if names_weekday(sentence.text):
        return "it names a weekday and not its date"
    if (pointing := _POINTS.match(sentence.text)) is not None:
        return f"nothing tells who “{pointing[0]}” is"
    if _MARKUP.search(sentence.text):
        return "it holds markup or an address"
    if sentence.statement.front not in {material.topic.name, BOTH, None}:
        return f"its source speaks of another front ({sentence.statement.front})"
    if laid.unsaid > MOST_UNSAID and not borne_out:
        return "most of its words are not in its source"
    speech = kind(article) is not None  # all of a speech, a briefing, a statement is somebody's words
    if sentence.statement.said.kind != "quoted" and not speech and quotes_more(sentence.text, article.text):
        return "it puts quotation marks around words that its source does not quote"
    return None


def comes(told: Told, material: Material, second: SecondReading | None = None) -> bool:
    """Whether a sentence names something that is still to come."""
    sentence = told.line.sentence
    said = second.of(claim_of(told.line, "", material.articles, Numbering())) if second is not None else None
    if said is not None and said.carried and said.ahead:
        return True
    if any(one.ahead for one in told.cited) and tells_ahead(sentence.text):
        return True
    source = " ".join(material.articles[i].text[start:end] for i, start, end in sentence.spans)
    article = material.articles[sentence.statement.article_id]
    return is_ahead(sentence.text, source, article, material.as_of.date())


def quotes_more(sentence: str, source: str) -> bool:
    """Whether it quotes, at length, what stands outside every quotation of its source."""
    quoted = [folded(source[start:end]).casefold() for start, end in quotations(source)]
    for start, end in quotations(sentence):
        words = folded(sentence[start:end]).casefold().strip(" .,;…")
        if len(words.split()) > SHORTEST and not any(words in one for one in quoted):
            return True
    return False
