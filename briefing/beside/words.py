"""A sentence as words that can be compared: numbers with their multipliers, lengths of time, days, names of parties in
one form, and what denies, doubts or attributes. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from briefing import topics
from briefing.beside.locate import folded_with_offsets
from briefing.reading.data import nations
from index.calendar.days import MONTHS, WEEKDAYS, day_mentions
from index.calendar.numbers import WORDS
from index.sentences import sentences
from index.terms import STOPWORDS, terms

Kind = Literal["number", "length", "day", "name", "office", "not", "hedge", "word", "small"]

_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|\d+(?:[.,]\d+)*|[^\W\d_]+(?:\d\w*|(?:'[^\W\d_]+)*)|[%$€£]")
_OWNING = re.compile(r"'(?:s|re|ve|ll|d|m)?$")
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000}
_NUMBERS = WORDS | {"dozen": 12, "half": 0.5}
_UNITS = {"%": "percent", "percentage": "percent", "$": "dollar", "€": "euro", "£": "pound", "usd": "dollar"}
_LENGTHS = {"hour": ("H", 1), "day": ("D", 1), "week": ("D", 7), "month": ("M", 1), "year": ("M", 12)}
NOT = frozenset("not no never none nobody neither nor without cannot nothing".split())
HEDGES = frozenset(
    "may might could possibly possible reportedly allegedly alleged purported purportedly apparently apparent appeared appears "
    "appear seemed seems seem unconfirmed considering claimed claims claim believed believes believe thinks think suspected "
    "suggested suggests likely unlikely perhaps probably hopes hoped hope expects expected tentative tentatively potential "
    "potentially presumably supposedly signalled signaled nearly almost barely hardly must should tried try tries trying wants "
    "want wanted offered offers plan plans planned planning intends due waiting promised pledged threatened demands demanded "
    "ready willing supposed urged proposed".split()
)
_SPELLED = {
    "ambassador": "envoy",
    "defense": "defence",
    "centre": "center",
    "spokeswoman": "spokesman",
    "spokesperson": "spokesman",
}
HEADS = frozenset(
    "minister secretary president chancellor premier ambassador envoy spokesman adviser advisor commander chief general "
    "governor senator congressman speaker leader director commissioner judge king prince pope ayatollah chairman coordinator "
    "colonel admiral mayor lawmaker representative".split()
)
RANKS = frozenset(
    "prime foreign defence defense deputy vice former finance interior national security state housing energy justice "
    "assistant acting caretaker supreme special senior press health education transport trade labor labour home".split()
)
_ENDING = re.compile(r"(?:[^s]s|ing|ed|ly)\Z")  # at the head of a sentence: Plans, Hundreds, Joking; Hamas is known as a party
_ARTICLES = frozenset("a an the this that these those s".split())
# capital at the head of a sentence, and no name
_UNNAMED = STOPWORDS | frozenset(
    "officials ministers diplomats sources residents rescuers leaders mediators neither nobody others experts analysts "
    "authorities medics witnesses negotiators reporters police people troops everyone under after before some "
    "late later earlier early both many most more several while despite since because although during until though even "
    "only also now here still yet if nor nothing those these any each every what when where why how according amid against "
    "asked earlier meanwhile separately however instead speaking last next in on at from with without within between among "
    "over about around across following another one no not never all half none few".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]`, and the form it is compared in: stem, value, ISO day, ISO length, or a party's one name."""

    norm: str
    kind: Kind
    start: int
    end: int
    ends: bool = False  # the last of its sentence

    @property
    def told(self) -> bool:
        """Whether it is a fact by itself: it may not be another where the sentence is the same."""
        return self.kind in {"number", "length", "day", "name", "office"}


Parties = Mapping[tuple[str, ...], str]  # the words of a party's name or adjective, folded -> its one name


@lru_cache(maxsize=1)
def parties() -> Parties:
    """How nations and the parties of every topic that ships are written, and the one name of each."""
    found: dict[tuple[str, ...], str] = {}
    for nation in nations():
        found |= {_key(written): nation.names[0].casefold() for written in (*nation.names, *nation.adjectives)}
    for topic in topics.names():
        for party in topics.load(topic).parties:
            one = found.get(_key(party.name), party.name.casefold())
            plurals = [f"{adjective}s" for adjective in party.adjectives if adjective[-1] in "in"]  # Israelis, Iranians
            own = [name for name in party.names if name.isupper() or " " in name or _alike(name, party.name)]  # not its capital
            for written in (party.name, *own, *party.adjectives, *plurals):
                found.setdefault(_key(written), one)
    for group in topics.same_names():
        for written in group:
            if written[0].isupper():
                found.setdefault(_key(written), group[0].casefold())
    return found


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(run[0] for run in parties())


def _key(written: str) -> tuple[str, ...]:
    return tuple(w.casefold().replace(".", "").removesuffix("'s").rstrip("'") for w in written.replace("’", "'").split())


def _alike(name: str, other: str) -> bool:
    """Whether two names are one name in two spellings: Hizbullah, Hezbollah."""
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio() > 0.6


def words(text: str, published: date | None, plain: Collection[str] = ()) -> list[Word]:
    """The words of a text in order, articles left out. `published`: what its days are counted from; `plain`: words that
    elsewhere stand in lower case, so that a capital at the head of a sentence does not make them names."""
    flat, _ = folded_with_offsets(text)
    return list(_compared("".join(flat), published, plain))


@dataclass(frozen=True, slots=True)
class _Raw:
    text: str
    low: str
    start: int
    end: int


def _raw(text: str) -> list[_Raw]:
    found: list[_Raw] = []
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start()
        low = word.casefold()
        if low == "cannot":
            found += [_Raw("can", "can", start, start + 3), _Raw("not", "not", start + 3, match.end())]
        elif "'" not in word:
            found.append(_Raw(word, low.replace(".", "") if "." in low else low, start, match.end()))
        elif low.endswith("n't") and low != "n't":
            stem = {"can't": "can", "won't": "will", "shan't": "shall"}.get(low, low[:-3])
            found += [_Raw(word[:-3], stem, start, match.end() - 3), _Raw("not", "not", match.end() - 3, match.end())]
        else:
            bare = _OWNING.sub("", word)
            found.append(_Raw(bare, bare.casefold(), start, start + len(bare)))
    return [raw for raw in found if raw.low]


def _compared(text: str, published: date | None, plain: Collection[str]) -> Iterator[Word]:
    raws = _raw(text)
    heads, lasts = _edges(text)
    days = {m.start: m for m in day_mentions(text, published)} if published else {}
    at, day_ends = 0, -1
    while at < len(raws):
        raw = raws[at]
        mention = next((m for start, m in days.items() if start <= raw.start < m.end), None) if days else None
        if mention is not None and mention.start >= day_ends:
            last = at
            while last + 1 < len(raws) and raws[last + 1].start < mention.end:
                last += 1
            day_ends = mention.end
            yield Word(mention.day.isoformat(), "day", mention.start, mention.end, raws[last].end in lasts)
            at = last + 1
            continue
        taken, word = _one(raws, at, heads, plain)
        if word is not None:
            yield word if raws[at + taken - 1].end not in lasts else _last(word)
        at += taken


def _last(word: Word) -> Word:
    return Word(word.norm, word.kind, word.start, word.end, ends=True)


def _edges(text: str) -> tuple[set[int], set[int]]:
    """Where the first word of each sentence starts, also of one quoted in it, and where the last ends."""
    heads, lasts = set[int](), set[int]()
    for start, end in sentences(text):
        found = list(_WORD.finditer(text, start, end))
        if found:
            heads.add(found[0].start())
            lasts.add(found[-1].end())
    heads |= {m.end() for m in re.finditer(r"[\"(:]\s?", text)}
    return heads, lasts


def _one(raws: Sequence[_Raw], at: int, heads: Collection[int], plain: Collection[str]) -> tuple[int, Word | None]:
    """The word at a place, and how many of the text's it takes."""
    raw = raws[at]
    if raw.low[0].isdigit() or raw.low in _NUMBERS or raw.low in {"a", "an"}:
        taken, word = _number(raws, at)
        if taken:
            return taken, word
    if raw.low in _first_words() and raw.text[:1].isupper():
        taken, word = _party(raws, at)
        if taken:
            return taken, word
    span = (raw.start, raw.end)
    if raw.low in _ARTICLES:
        return 1, None
    if raw.low in _UNITS:
        return 1, Word(_UNITS[raw.low], "word", *span)
    if raw.low == "per" and at + 1 < len(raws) and raws[at + 1].low == "cent":
        return 2, Word("percent", "word", raw.start, raws[at + 1].end)
    low = _SPELLED.get(raw.low, raw.low)
    if low in NOT:
        return 1, Word("not", "not", *span)
    office = low in HEADS or (low.removesuffix("s") in HEADS)
    ranked = low in RANKS and any(r.low in HEADS or r.low in RANKS for r in raws[at + 1 : at + 3])
    if office or ranked:
        return 1, Word(_stem(low), "office", *span)
    if (raw.text in MONTHS and (raw.low != "may" or raw.start not in heads)) or raw.text in WEEKDAYS:
        return 1, Word(low, "day", *span)
    after = raws[at + 1].text if at + 1 < len(raws) else ""
    if _is_name(raw, heads, plain) and not (raw.start in heads and _ENDING.search(low) and not after[:1].isupper()):
        return 1, Word(_name(low), "name", *span)
    if low in HEDGES:
        return 1, Word(_stem(low), "hedge", *span)
    if low in STOPWORDS or len(low) == 1:
        return 1, Word(low, "small", *span)
    return 1, Word(_stem(low), "word", *span)


def _is_name(raw: _Raw, heads: Collection[int], plain: Collection[str]) -> bool:
    if not raw.text[:1].isupper() or raw.low in {"i", "mr", "mrs", "ms", "dr"}:
        return False
    if raw.start in heads:
        return raw.low not in _UNNAMED and raw.low not in plain
    return raw.low not in STOPWORDS or raw.text.isupper()


def _name(low: str) -> str:
    """A name without what makes its adjective or its plural: Democrat, Democratic, Democrats."""
    for ending in ("ic", "s"):
        if low.endswith(ending) and len(low) > len(ending) + 4 and not low.endswith("ss"):
            return low.removesuffix(ending)
    return low


def _number(raws: Sequence[_Raw], at: int) -> tuple[int, Word | None]:
    """A number with its multipliers; with the unit of time behind it, a length of time."""
    value, taken = _value(raws, at)
    if value is None:
        return 0, None
    start, end = raws[at].start, raws[at + taken - 1].end
    unit = raws[at + taken].low.removesuffix("s") if at + taken < len(raws) else ""
    if unit == "year" and at + taken + 1 < len(raws) and raws[at + taken + 1].low in {"old", "olds"}:
        return taken + 2, Word(f"{value:.12g}", "number", start, raws[at + taken + 1].end)  # an age: "27-year-old", "aged 27"
    if unit in _LENGTHS and raws[at + taken].start - end <= 1:
        sign, times = _LENGTHS[unit]
        amount = value * times
        if sign == "H" and amount % 24 == 0:
            sign, amount = "D", amount / 24
        return taken + 1, Word(f"P{amount:g}{sign}", "length", start, raws[at + taken].end)
    return taken, Word(f"{value:.12g}", "number", start, end)


def _value(raws: Sequence[_Raw], at: int) -> tuple[float | None, int]:
    low = raws[at].low
    first: float | None
    if low[0].isdigit():
        try:
            first = float(low.replace(",", "").rstrip("."))
        except ValueError:
            first = None  # 1.2.3: no number
    else:
        first = _NUMBERS.get(low)
        if low in {"a", "an"} and at + 1 < len(raws) and raws[at + 1].low in {"dozen", *_LARGE}:
            first = 1
    if first is None:
        return None, 0
    value, taken = float(first), 1
    while at + taken < len(raws):
        nxt = raws[at + taken].low
        if nxt in _LARGE:
            value *= _LARGE[nxt]
        elif nxt == "dozen" and value < 100:
            value *= 12
        elif 20 <= value < 100 and value % 10 == 0 and nxt in WORDS and 0 < WORDS[nxt] < 10 and not low[0].isdigit():
            value += WORDS[nxt]
        else:
            break
        taken += 1
    return value, taken


def _party(raws: Sequence[_Raw], at: int) -> tuple[int, Word | None]:
    for length in (3, 2, 1):
        run = tuple(raw.low for raw in raws[at : at + length])
        if len(run) == length and run in parties():
            return length, Word(parties()[run], "name", raws[at].start, raws[at + length - 1].end)
    return 0, None


@lru_cache(maxsize=100_000)
def _stem(low: str) -> str:
    return next(iter(terms(low)), low)
