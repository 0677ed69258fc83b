"""Whose a statement is, and how certain that is: of those whom a sentence or what stands before it may mean, the likeliest.

The reader points at words ("he", "the ministry", "Lavrov"); here they become somebody whom the article or the tables know. The
candidates are weighed by what speaks for each, with weights that were learned (`data/certainty.json`, made by
`evals/certainty.py`), and so is how likely the stance is right. Nothing in the weights is of any one conflict."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from briefing.claims import Said, Speaker
from briefing.reading.names import given
from briefing.reading.nouns import Holder, Telling
from briefing.talks.cast import Cast, Mention, is_person
from briefing.talks.stance import judged_all

LEAST_ANOTHER = 0.02  # below this nothing is told of how likely another is meant
REACH = 6  # sentences over which "he" or a quotation that goes on looks back
_PERSONAL = frozenset("he she him her his hers".split())
_PLURAL = frozenset("they them their".split())
_NEUTER = frozenset("it its".split())
_FIRST = frozenset("i we my our us me".split())
_SECOND = frozenset("you your yours".split())
_OF_WHOM = re.compile(r"[a-z]+ (?:of|for|from) (?:the |a )?(?:[\w’-]+ ){0,2}\Z")  # "the family of US teacher Marc Fogel"
_WHOSE = re.compile(r"(?:[’']s)?(?: [a-z-]+)* [a-z-]{4,}")  # "a State Department spokesperson"
_PROPER = re.compile(r"(?:[A-ZÀ-ÖØ-Þ][\w’'.-]*)(?:(?: (?:al|el|bin|ben|de|von|van|der|of|and|for|the))? [A-ZÀ-ÖØ-Þ][\w’'.-]*)*")
_ARTICLE = re.compile(r"(?:\b(?:the|a|an|one|two|three|four|several|some|many|another|other|both|senior|top) )+\Z", re.IGNORECASE)
_WORDS = re.compile(r"[\w’'-]+(?: [\w’'-]+)*")
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose statement it may be. `mass`: how much of the reader's chance points at him; `how` it leads to him;
    `holder`: where his stance stands."""

    speaker: Speaker
    holder: Holder
    mass: float
    how: str
    rule: str  # whether the attribution read by its verb says the same: "agrees", "differs", "none", with "?" where unsure
    age: int = 0  # sentences since he was named
    narrated: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate, and how likely he is right, in [0, 1]."""

    candidate: Candidate
    chance: float


@dataclass(slots=True)
class Memory:
    """Who spoke and was spoken of, as far as a sentence may look back."""

    last: Speaker | None = None
    last_age: int = 99
    people: list[tuple[Speaker, int]] = field(default_factory=list)  # latest first, with ages
    bodies: list[tuple[Speaker, int]] = field(default_factory=list)

    def moved_on(self, speaker: Speaker | None, named: Sequence[Mention]) -> None:
        """A sentence has passed: who spoke in it, whom it named."""
        self.last_age += 1
        self.people = [(s, age + 1) for s, age in self.people if age < REACH]
        self.bodies = [(s, age + 1) for s, age in self.bodies if age < REACH]
        for one in [*[m.speaker for m in reversed(named)], *([speaker] if speaker else [])]:
            kept = self.people if is_person(one) or _personal(one) else self.bodies
            kept[:] = [(one, 0), *((s, a) for s, a in kept if s.known_as != one.known_as)]
        if speaker is not None:
            self.last, self.last_age = speaker, 0

    def person(self, pronoun: str) -> tuple[Speaker, int] | None:
        other = {"he": "she", "him": "she", "his": "she", "she": "he", "her": "he", "hers": "he"}.get(pronoun)
        ranked = sorted(self.people, key=lambda pair: pair[1] - (0.5 if pair[0] == self.last else 0))
        return next(((s, a) for s, a in ranked if not s.name or other is None or given(s.name) != other), None)


def _personal(speaker: Speaker) -> bool:
    """A person by the form of the name: two words at least, and no party's or body's name."""
    name = speaker.name or ""
    return " " in name and name != speaker.party and speaker.office is not None


def candidates(said: Said, telling: Telling, cast: Cast, memory: Memory) -> list[Candidate]:
    """Whom the reader's pointing and the attribution may mean, each once, likeliest by the reader first."""
    mentions = cast.mentions(said.text)
    found: dict[str, Candidate] = {}

    def add(speaker: Speaker, holder: Holder, mass: float, how: str, age: int = 0) -> None:
        key = speaker.known_as
        if key in found:
            known = found[key]
            found[key] = Candidate(
                known.speaker, known.holder, known.mass + mass, known.how, known.rule, known.age, known.narrated
            )
            return
        found[key] = Candidate(speaker, holder, mass, how, _rule(said, speaker), age, holder.narrated >= 0.5)

    for holder in telling.holders:
        for speaker, how, age in _meant(said, holder, mentions, cast, memory):
            add(speaker, holder, holder.chance, how, age)
    rest = _unpointed(telling)
    if said.speaker is not None and said.speaker.known_as not in found:
        add(said.speaker, rest, 0.0, "rule")
    if memory.last is not None and memory.last_age <= REACH and memory.last.known_as not in found:
        add(memory.last, rest, 0.0, "last", memory.last_age)
    return sorted(found.values(), key=lambda c: -c.mass)


def _rule(said: Said, speaker: Speaker) -> str:
    if said.speaker is None:
        return "none"
    same = said.speaker.known_as == speaker.known_as
    return ("agrees" if same else "differs") + ("" if said.sure("speaker") else "?")


def _unpointed(telling: Telling) -> Holder:
    return next((h for h in telling.holders if h.span is None), telling.holders[0])


def _meant(
    said: Said, holder: Holder, mentions: Sequence[Mention], cast: Cast, memory: Memory
) -> Iterator[tuple[Speaker, str, int]]:
    """Whom one holder's words mean; of several, the likeliest alone."""
    if holder.span is None:
        if said.speaker is not None:
            yield said.speaker, "goes on, attributed", 0
        elif memory.last is not None and memory.last_age <= REACH:
            yield memory.last, "goes on", memory.last_age
        return
    start, end = holder.span[0] - said.start, holder.span[1] - said.start
    touched = [m for m in mentions if m.start < end and m.end > start]
    if touched:
        best = max(touched, key=lambda m: (min(m.end, end) - max(m.start, start), -(m.end - m.start)))
        if _OF_WHOM.search(said.text[start : best.start]) or _WHOSE.fullmatch(said.text[best.end : end]):
            yield Speaker(anonymous=_whole(said.text, min(start, best.start), end), party=best.speaker.party), "described", 0
        else:
            yield best.speaker, "named", 0
        return
    words = _whole(said.text, start, end)
    folded = words.casefold()
    if said.subject is not None and said.subject[0] < end and said.subject[1] > start and said.speaker is not None:
        yield said.speaker, "attributed", 0
    elif folded in _SECOND:
        return
    elif folded in _PERSONAL or folded in _FIRST:
        if folded in _FIRST:
            if said.speaker is not None:
                yield said.speaker, "goes on, attributed", 0
            elif memory.last is not None and memory.last_age <= REACH:
                yield memory.last, "goes on", memory.last_age
        elif (meant := memory.person(folded)) is not None:
            yield meant[0], "pronoun", meant[1]
    elif folded in _PLURAL or folded in _NEUTER:
        if memory.bodies:
            yield memory.bodies[0][0], "pronoun for a body", memory.bodies[0][1]
        elif memory.last is not None and memory.last_age <= REACH:
            yield memory.last, "pronoun for a body", memory.last_age
    elif (person := cast.person(words) or cast.person(words.split()[-1])) is not None:
        yield person, "named", 0
    elif _PROPER.fullmatch(words):
        yield Speaker(name=words), "unknown name", 0
    else:
        yield from _described(said.text, start, end, words, cast, memory)


def _described(text: str, start: int, end: int, words: str, cast: Cast, memory: Memory) -> Iterator[tuple[Speaker, str, int]]:
    """ "The minister", "a Houthi spokesman", "the group": whoever was named with that word, else somebody unnamed."""
    last = words.split()[-1].casefold()
    lead = _ARTICLE.search(text[:start])
    definite = lead is not None and lead.group().casefold().startswith("the ")
    if definite or lead is None:
        for speaker, age in (*memory.people, *memory.bodies):
            told = f"{speaker.office or ''} {speaker.name or ''} {speaker.anonymous or ''}".casefold()
            if last.rstrip("s") in told:
                yield speaker, "described, named before", age
                return
        if (holder := cast.office_holder(words)) is not None:
            yield holder, "office", 0
            return
        if definite and memory.people and last in _OFFICES:
            yield memory.people[0][0], "described, a person before", memory.people[0][1]
            return
        if definite and memory.bodies and last in _GROUPS:
            yield memory.bodies[0][0], "described, a body before", memory.bodies[0][1]
            return
    whole = f"{lead.group() if lead else ''}{words}"
    parties = cast.parties_in(whole)
    yield Speaker(anonymous=whole, party=parties[-1] if parties else None), "described", 0


_OFFICES = frozenset(
    "president minister premier spokesman spokeswoman spokesperson official diplomat leader envoy ambassador secretary general "
    "commander chancellor king senator adviser negotiator chief".split()
)
_GROUPS = frozenset("group movement government ministry army military office militants rebels organization party council".split())


def _whole(text: str, start: int, end: int) -> str:
    """The words that these characters belong to."""
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "’'-"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "-"):
        end += 1
    return text[start:end].strip("“”\"’',.;: ") or text[start:end]


# ---- how certain


@cache
def learned() -> dict[str, Weights]:
    """The weights that ship: of a speaker, of a stance, of whose stance is told, and the bars."""
    told: dict[str, Weights] = json.loads((files("briefing.talks") / "data" / "certainty.json").read_text(encoding="utf-8"))
    return told


def speaker_features(one: Candidate, every: Sequence[Candidate], telling: Telling, said: Said) -> dict[str, float]:
    """What speaks for a candidate."""
    best = max((c.mass for c in every if c is not one), default=0.0)
    kind = "unnamed" if one.speaker.anonymous else "party" if one.speaker.name == one.speaker.party else "person"
    told = {
        "bias": 1.0,
        f"how {one.how}": 1.0,
        f"rule {one.rule}": 1.0,
        f"how {one.how} rule {one.rule}": 1.0,
        f"kind {kind}": 1.0,
        f"kind {kind} how {one.how}": 1.0,
        "mass": logit(one.mass),
        "best other": logit(best),
        f"mass how {one.how}": logit(one.mass),
        "age": float(min(one.age, 4)),
        "narrated": one.holder.narrated,
        "candidates": float(len(every)),
        "chance": logit(telling.chance),
    }
    if _spoken(said):
        told["spoken"] = 1.0
        told[f"spoken rule {one.rule}"] = 1.0
    if one.speaker.party:
        told["has a party"] = 1.0
    return told


def stance_features(one: Candidate, telling: Telling, said: Said) -> dict[str, float]:
    """What speaks for the stance that the reader gives a candidate. Few on purpose: the code, the speaker and how he was found
    told nothing more on held-back articles; words that decide a stance (`stance.py`) did: where they say the same .91 were
    right, where none stands .74, where they say another .63."""
    return {
        "bias": 1.0,
        "top": logit(one.holder.stances[0][1]),
        "chance": logit(telling.chance),
        "another": logit(max(LEAST_ANOTHER, one.holder.another)),
        f"words {worded(one, said)}": 1.0,
    }


def worded(one: Candidate, said: Said) -> str:
    """Whether the words that decide a stance say the same as the reader: "agree", "differ", "none"."""
    codes = {judged.stance for judged in judged_all(said.text)}
    return "none" if not codes else "agree" if one.holder.stances[0][0] in codes else "differ"


def weighed(weights: Weights, features: Mapping[str, float]) -> float:
    """The chance that they give, in [0, 1]."""
    score = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def logit(p: float) -> float:
    """Its log odds, within ±4."""
    bounded = min(1 - 1e-6, max(1e-6, p))
    return max(-4.0, min(4.0, math.log(bounded / (1 - bounded))))


def _spoken(said: Said) -> bool:
    return said.quote == (said.start, said.end)
