"""The gate on attribution: what a source gives as somebody's words stays that somebody's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from briefing.beside.locate import folded, folded_with_offsets
from briefing.beside.words import Word, words
from briefing.claims import Citation
from briefing.reading.nouns import Saying
from briefing.reading.sayings import sayings
from briefing.verify.ground import NOTHING, PASSED, SAYING, Laid, Outcome, stopped
from index.article import Article
from index.sentences import sentences

MOST_OF_IT = 0.6  # of a sentence's words that its citation has: so many inside one voice make the sentence that voice's
LEAST = 3  # words; fewer tell nothing
TAIL = 6  # words from a closing verb of saying to the end of its sentence, itself included
_SAID = re.compile(
    r"\b(?:said|says|told|according to|warned|announced|claimed|stated|wrote|insisted|argued|added)\b", re.IGNORECASE
)
_CLOSING = re.compile(
    r",[”\"]? (?P<who>(?!and |but |which |who |that )[^,“”\"]{2,90}?) (?P<verb>said|says|added|wrote)(?: [^,“”\"]{2,50})?\.\Z"
)
BESIDE = 70  # characters of an apposition
LEAST_SAID = 12  # characters before a closing attribution
_BESIDE = re.compile(r"(?:[A-Z][\w’'.-]+ ){1,5}(?:and|or) \Z")
_RELATIVE = frozenset("who which that as after before when while to".split())
_PRONOUN = re.compile(r"(?:he|she|they|it|i|we|who|that|which)", re.IGNORECASE)
_TOLD = re.compile(
    r"\b(?:said|says|say|saying|told|tells|wrote|writes|according to|stated|states|announced|added|called|claimed|claims|warned|"
    r"reported|denied|denies|insisted|remarked|noted|argued|confirmed|informed|cautioned|maintained|"
    r"observed|declared|accused|asked|described|vowed|urged|believes?|expects?|"
    r"in (?:his|her|its|their|a|an) (?:\w+ )?(?:words|view|statement|post|speech|interview|letter))\b",
    re.IGNORECASE,
)


def tells_who(text: str) -> bool:
    """Whether a sentence has a verb of saying: then its words are somebody's, whom it names itself."""
    return _TOLD.search(text) is not None


def attribution(laid: Laid) -> Outcome:
    """Words that its citations attribute are attributed, to the same voice and no other."""
    held = laid.places
    voices = [_voices_at(laid, citation, place) for citation, place in held]
    if not any(voices) and not any(_SAID.search(quote) for quote in laid.quotes):
        return NOTHING
    if (reason := _without_its_verb(laid)) is not None:
        return stopped(reason)
    pairs = [(i, j) for i, j in laid.alignment.pairs if laid.own[i].kind != "small"]
    heard: dict[Saying, list[tuple[int, int]]] = {}
    for i, j in pairs:
        for voice in voices[j]:
            heard.setdefault(voice, []).append((i, j))
    heard = {voice: inside for voice, inside in heard.items() if len(inside) >= LEAST}
    for voice, inside in heard.items():
        if len(inside) >= MOST_OF_IT * len(pairs) and not _attributed(laid, voice, [i for i, _ in inside], held):
            return stopped(f"it asserts what its citation gives as somebody’s words ({_who(laid, voice, held[inside[0][1]][0])})")
    for own in _own_voices(laid.claim.text):
        reasons = [
            _another(laid, own, voice, held[inside[0][1]][0])
            for voice, inside in heard.items()
            if sum(_covers(own, laid.own[i].start) for i, _ in inside) >= LEAST
            and not (own.cue is not None and own.cue[0] in {laid.own[i].start for i, _ in inside})  # a saying within it
        ]
        if reasons and all(reasons):
            return stopped(str(reasons[0]))
    return PASSED


def _without_its_verb(laid: Laid) -> str | None:
    """Where all that the sentence takes from one of its citation's stands behind that one's verb of saying, or before a
    closing one, and the sentence says of nobody that he says it."""
    if _TOLD.search(laid.text):
        return None
    start = 0
    for end in [at + 1 for at, word in enumerate(laid.held) if word.ends]:
        taken = [j for i, j in laid.alignment.pairs if start <= j < end and laid.own[i].kind != "small"]
        said = [j for j in range(start, end) if laid.held[j].norm in SAYING and laid.held[j - 1].norm not in _RELATIVE]
        if len(taken) >= LEAST and said and len(taken) >= MOST_OF_IT * sum(w.kind != "small" for w in laid.own):
            behind = min(taken) > said[0]
            before = max(taken) < said[-1] and end - said[-1] <= TAIL
            if behind or before:
                verb = laid.written(laid.held[said[0] if behind else said[-1]])
                return f"it asserts what its citation only gives as said (“{verb}”)"
        start = end
    return None


def _attributed(laid: Laid, voice: Saying, inside: Sequence[int], held: Sequence[tuple[Citation, int]]) -> bool:
    """Whether the sentence says that somebody says it: it has a verb of saying, or the voice's own name or verb, outside of
    what it takes from that voice."""
    taken = set(inside)
    for match in _TOLD.finditer(laid.text):
        here = [i for i, w in enumerate(laid.own) if w.start < match.end() and match.start() < w.end]
        if not here or not taken.issuperset(here):
            return True
    spans = [span for span in (voice.source, voice.cue) if span is not None]
    return any(
        laid.held[j].kind != "small" and any(s <= held[j][1] < e for s, e in spans) for _, j in laid.alignment.pairs
    ) or any(
        own.cue is not None and not any(laid.own[i].start == own.cue[0] for i in taken) for own in _own_voices(laid.claim.text)
    )


def _voices(laid: Laid, article: Article) -> tuple[Saying, ...]:
    """The sayings of an article as they were read, its pronouns led back to whom they stand for."""
    heard = laid.ground.heard(article)
    return _closed(article.text, heard)


@lru_cache(maxsize=256)
def _closed(text: str, heard: tuple[Saying, ...]) -> tuple[Saying, ...]:
    return tuple(_with_closing(text, [q for q in heard if q.cue is not None or q.speaker is not None]))


@lru_cache(maxsize=1024)
def _own_voices(text: str) -> tuple[Saying, ...]:
    """The sayings of a sentence by itself, with all who are named as saying it."""
    flat = "".join(folded_with_offsets(text)[0])
    found = _with_closing(flat, [q for q in sayings(flat) if q.source is not None])
    return tuple(replace(q, source=_whole(flat, q.source)) for q in found if q.source is not None)


def _with_closing(text: str, found: list[Saying]) -> list[Saying]:
    """The sayings, with those that close a sentence under a long title and were not read."""
    sources = {q.source for q in found}
    for start, end in sentences(text):
        closing = _CLOSING.search(text, start, end)
        if closing and closing.span("who") not in sources and closing.start() - start > LEAST_SAID:
            words_of_it = ((start, closing.start()),)
            found.append(Saying(words_of_it, "indirect", closing.span("verb"), closing.span("who"), closing["who"]))
    return found


def _whole(flat: str, source: tuple[int, int]) -> tuple[int, int]:
    """A source with whoever is named beside it: "Putin and officials"."""
    beside = _BESIDE.search(flat[: source[0]])
    return (beside.start() if beside else source[0], source[1])


def _covers(quotation: Saying, place: int) -> bool:
    return any(start <= place < end for start, end in quotation.segments)


def _voices_at(laid: Laid, citation: Citation, place: int) -> list[Saying]:
    """The voices that speak at a place of an article, also one within another."""
    article = laid.ground.articles.get(citation.article_id)
    return [] if article is None else [q for q in _voices(laid, article) if _covers(q, place)]


def _who(laid: Laid, voice: Saying, citation: Citation) -> str:
    text = laid.ground.articles[citation.article_id].text
    source = text[slice(*voice.source)] if voice.source else ""
    return voice.speaker or source or "somebody"


def _another(laid: Laid, own: Saying, held: Saying, citation: Citation) -> str | None:
    """Where a sentence gives words to a voice that its citation does not give them to."""
    assert own.source is not None
    told = laid.text[slice(*own.source)].strip()
    mine = _named(words(told, None, laid.plain))
    if not mine:
        return None
    article = laid.ground.articles[citation.article_id]
    source = article.text[slice(*held.source)] if held.source is not None else ""
    theirs = _named(words(f"{source}; {held.speaker or ''}", None))
    if held.speaker is None and (not source or _PRONOUN.fullmatch(source.strip()) is not None):
        return None  # nobody knows who it is: the names are another gate's
    if not theirs and " and " not in told and _head(held.speaker or source) & _head(told):
        return None  # "the office": whose it is stands elsewhere
    beside = theirs | laid.known | laid.outlets | _in_its_sentence(article.text, held) | _introduced(laid, held.speaker or source)
    if mine - beside:
        return f"it gives {told} words that its citation gives {held.speaker or source}"
    return None


def _introduced(laid: Laid, speaker: str) -> set[str]:
    """The names that stand beside a speaker's own in the citations: "Israel's ambassador to the United Nations, Danny Danon"."""
    if not speaker[:1].isupper():
        return set()
    last = re.escape(folded(speaker.split()[-1]))
    part = rf"[^.,;“”\"]{{3,{BESIDE}}}"
    apposed = re.compile(rf"(?P<before>{part}), (?:[A-Z][\w'-]+ )*{last}(?!\w)|(?<!\w){last}, (?P<after>{part})[,.]")
    found = [m["before"] or m["after"] for quote in laid.quotes for m in apposed.finditer(quote)]
    return _named(words(". ".join(found), None))


def _head(source: str) -> set[str]:
    """The plain words of a description: office, minister, group."""
    return {w.norm for w in words(source, None) if w.kind in {"word", "office"}}


def _named(found: Sequence[Word]) -> set[str]:
    return {w.norm for w in found if w.kind == "name"}


def _in_its_sentence(text: str, held: Saying) -> set[str]:
    """The names beside an attribution: an apposition's, a party's before an office."""
    if held.source is None:
        return set()
    start = max(text.rfind("\n", 0, held.source[0]), held.source[0] - 160) + 1
    end = min(len(text), held.source[1] + 160)
    around = list(text[start:end])
    for s, e in held.segments:
        for at in range(max(s, start), min(e, end)):
            around[at - start] = " "
    before = "".join(around[: held.source[0] - start])
    clause = re.split(r"(?<![A-Z])[.!?]\s", before)[-1]
    after = re.split(r"(?<![A-Z])[.!?](?:\s|$)", "".join(around[held.source[0] - start :]))[0]
    return _named(words(folded(clause + after), None))
