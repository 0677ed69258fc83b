"""How a sentence is changed by code: so that its source no longer says it, and so that it still does."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from briefing.beside.words import words
from briefing.claims import Citation, Claim
from briefing.reading.marks import marked
from briefing.reading.names import Names
from index.article import Article
from index.calendar.days import MONTHS, WEEKDAYS, day_mentions
from index.calendar.numbers import NUMBER, number

FOLDER = Path(__file__).parent / "mutants"
FINITE = re.compile(r"\b(?:is|was|are|were|has|have|had|will|would|said|says|told|\w+ed)\b")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of an article and the passage around it that it cites."""

    article: Article
    start: int
    end: int
    cites: tuple[int, int]

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def passage(self) -> str:
        return self.article.text[slice(*self.cites)]

    def claim(self, text: str) -> Claim:
        citation = Citation(
            n=1, article_id=self.article.id, external_id=self.article.external_id, start=self.cites[0], end=self.cites[1],
            quote=self.passage,
        )  # fmt: skip
        return Claim(id="m", text=text, form="reported", citations=(citation,))


@lru_cache(maxsize=1)
def _quoted(text: str) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in marked(text)]


def _words() -> dict[str, Any]:
    """The tables of `words.toml`."""
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


Change = Callable[[random.Random, str, Case], str | None]  # None: nothing of its kind in the sentence


def _one(r: random.Random, text: str, spans: Sequence[tuple[int, int]], by: Callable[[str], str | None]) -> str | None:
    """The text with one of these spans replaced."""
    for start, end in r.sample(list(spans), len(spans)):
        new = by(text[start:end])
        if new is not None and new != text[start:end]:
            return text[:start] + new + text[end:]
    return None


# ---- changes that code can decide

_NUMBER = re.compile(rf"(?<![\w.,$’'-])(?:{NUMBER})(?![\w.,]*\d)(?!\s?(?:a\.m|p\.m|\.\d))(?!-year|\w)", re.IGNORECASE)
_DATED = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS)})\b|\b(?:{'|'.join(m for m in MONTHS if m != 'May')}|May(?= \d))(?: \d{{1,2}}\b(?!\d))?"
)


def _number(r: random.Random, text: str, case: Case) -> str | None:
    dates = [
        m.span()
        for m in re.finditer(
            rf"(?:{'|'.join(MONTHS)}|\b(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.?) \d{{1,2}}(?:, \d{{4}})?|\b(?:19|20)\d\d\b",
            text,
        )
    ]
    spans = [
        m.span()
        for m in _NUMBER.finditer(text)
        if not any(s <= m.start() < e for s, e in dates) and m.group().casefold() not in {"one", "zero"}
    ]

    def by(old: str) -> str | None:
        value = number(old)
        if value is None:
            return None
        near = [m.group() for m in _NUMBER.finditer(case.passage) if number(m.group()) not in {value, None, 1}]
        if near and r.random() < 0.5:
            return r.choice(near)
        new = value + r.choice([1, 2, 3, 10]) if value < 40 else round(value * r.choice([0.5, 1.1, 1.5, 2])) + 1
        return f"{new:,}" if value >= 1000 else str(new)

    return _one(r, text, spans, by)


def _unit(r: random.Random, text: str, case: Case) -> str | None:
    new = dict(_words()["units"])
    found = re.finditer(rf"(?:\b(?:{NUMBER})[ -])({'|'.join(new)})\b", text, re.IGNORECASE)
    return _one(r, text, [m.span(1) for m in found if m[1] in new], lambda old: new[old])


def _date(r: random.Random, text: str, case: Case) -> str | None:
    def by(old: str) -> str | None:
        word, _, day = old.partition(" ")
        if word in WEEKDAYS:
            return r.choice([w for w in WEEKDAYS if w != word])
        if day and r.random() < 0.6:
            return f"{word} {int(day) + r.choice([1, 2, 3]) if int(day) < 25 else int(day) - r.choice([1, 2, 3])}"
        return r.choice([m for m in MONTHS if m not in {word, "May"}]) + (f" {day}" if day else "")

    return _one(r, text, [m.span() for m in _DATED.finditer(text)], by)


_PARTIES = (
    "Israel Hezbollah Hamas Lebanon Iran Syria Russia Ukraine Egypt Qatar France Britain Turkey Jordan China Washington Moscow "
    "Kyiv"
).split()
_ADJECTIVES = (
    "Israeli Lebanese Iranian Syrian Russian Ukrainian Egyptian Qatari French British Turkish American Palestinian Chinese"
).split()
_PARTY = re.compile(rf"\b(?:{'|'.join(_PARTIES)})\b(?![’']?\w)")
_ADJECTIVE = re.compile(rf"\b(?:{'|'.join(_ADJECTIVES)})\b")
_PERSON = re.compile(r"\b[A-Z][a-z]+(?:[- ][A-Z][a-zé’]+)+\b|(?<=[a-z,] )[A-Z][a-z]{3,}\b(?=[ ,.’'])")
_NOT_PEOPLE = {
    *_PARTIES,
    *_ADJECTIVES,
    *WEEKDAYS,
    *MONTHS,
    "President",
    "Minister",
    "Secretary",
    "General",
    "State",
    "House",
    "White",
}


def _name(r: random.Random, text: str, case: Case) -> str | None:
    def people(found: str) -> list[re.Match[str]]:
        return [m for m in _PERSON.finditer(found) if not set(m.group().replace("-", " ").split()) & _NOT_PEOPLE]

    def by(old: str) -> str | None:
        long = " " in old
        near = {m.group() for m in people(case.passage)} | (
            {m.group() for m in people(case.article.text)} if r.random() < 0.5 else set()
        )
        near = {n for n in near if not _norms(n) & _norms(old)}  # Peru for Peruvian is no other name
        others = sorted(n for n in near if n not in text and (" " in n) == long and not set(n.split()) & set(old.split()))
        return r.choice(others) if others else ("Robert Malley" if long else "Sanaa")

    spans = [m.span() for m in people(text) if m.start() > 0]
    return _one(r, text, spans, by)


def _norms(name: str) -> set[str]:
    return {word.norm for word in words(name, None)}


def _party(r: random.Random, text: str, case: Case) -> str | None:
    for pattern, known in ((_PARTY, _PARTIES), (_ADJECTIVE, _ADJECTIVES)):
        found = [*pattern.finditer(text)]
        apart = [
            (a.group(), b.group())
            for a, b in pairwise(found)
            if a.group() != b.group()
            and not re.fullmatch(r"(?:,? (?:and|or|nor)(?: the)? |, (?:the )?|[-–—/ ]|,? \w+ and )", text[a.end() : b.start()])
        ]
        if apart:  # each where the other was; not two of a list
            a, b = apart[0]
            return re.sub(rf"\b(?:{a}|{b})\b", lambda m, a=a, b=b: b if m.group() == a else a, text)  # type: ignore[misc]
        if len(found) == 1:
            near = sorted({m.group() for m in pattern.finditer(case.passage)} - {found[0].group()})
            new = r.choice(near or [k for k in known if k != found[0].group()])
            return text[: found[0].start()] + new + text[found[0].end() :]
    return None


def _office(r: random.Random, text: str, case: Case) -> str | None:
    for old, new in _words()["offices"]:
        if match := re.search(rf"(?<![\w-]){old}(?![\w-])", text):
            return f"{text[: match.start()]}{new}{text[match.end() :]}"
    return None


def _quote(r: random.Random, text: str, case: Case) -> str | None:
    spans = [(s + m.start(), s + m.end()) for s, e in _quoted(text) for m in re.finditer(r"\b[a-z]{4,}\b", text[s:e])]
    return _one(r, text, spans, lambda old: r.choice([w for w in _words()["quoted"] if w != old]))


_AUXILIARY = re.compile(r"\b(?:is|was|are|were|has|have|had|will|would|can|could|should)\b(?!\s+(?:not|no|never|only)|n[’']t)")
_NEGATED = re.compile(r"\b(is|was|are|were|has|have|had|will|would|can|could|should|did|does|do)(?:n[’']t| not)\b")


def _negation_in(r: random.Random, text: str, case: Case) -> str | None:
    return _one(r, text, [m.span() for m in _AUXILIARY.finditer(text)], lambda old: f"{old} not")


def _negation_out(r: random.Random, text: str, case: Case) -> str | None:
    if found := [*_NEGATED.finditer(text)]:
        match = r.choice(found)
        return text[: match.start()] + match[1] + text[match.end() :]
    never = re.search(r"\bnever |(?<=[a-z] )no (?=[a-z])", text)
    return text[: never.start()] + text[never.end() :] if never else None


def _hedge(r: random.Random, text: str, case: Case) -> str | None:
    fits = [(p, by) for p, by in _words()["hedges"] if re.search(p, text)]
    if not fits:
        return None
    pattern, by = r.choice(fits)
    return re.sub(pattern, by, text, count=1)


_TIMES = r"(?:(?:late |early )?(?:on |in |at |during )|late|early|earlier|yesterday|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
_NO_NAME = r"(?!and |but |which |who |that |is |as |if |or )"
_TAIL = re.compile(
    rf"^(?P<what>[^“”\"]{{30,}}?|[“\"][^“”\"]{{30,}}[”\"]),?[”\"]? (?P<by>{_NO_NAME}[^,“”\"]{{2,80}}? "
    rf"(?:said|says|told [^,“”\"]{{3,40}}|added|wrote)(?: {_TIMES}[^,“”\"]{{0,50}})?"
    r"|according to [^“”\"]{4,90}|said (?!Mon|Tue|Wed|Thu|Fri|Sat|Sun)[A-Z][^“”\"]{3,110})\.$"
)
_HEAD = re.compile(
    r"^(?P<by>[A-Z][^“”\"]{2,90}? (?:said|says|told [a-zA-Z ]{3,40}|added|stated|announced|claimed|warned)"
    r"(?: (?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?)"
    r"(?: that |, [“\"]|: [“\"]| (?=the |it |he |she |they |its |there |Israel|Russia|Ukraine))(?P<what>.{25,})$"
)


def _parts(text: str) -> tuple[str, str] | None:
    """Who says it, and what."""
    match = _TAIL.match(text) or _HEAD.match(text)
    if match is None or len(match["what"].split()) < 7 or re.search(_SAID, match["what"]) or not FINITE.search(match["what"]):
        return None  # nobody else may speak in it, and it must be a sentence by itself
    return match["by"], match["what"]


_SAID = r"\b(?:said|says|told|added|according|asked|stated|announced|claimed|warned|[Yy]ou know)\b"


def _bare(what: str) -> str:
    what = what.strip(' ,“”"').rstrip(".")
    return what[:1].upper() + what[1:] + "."


def _dropped(r: random.Random, text: str, case: Case) -> str | None:
    parts = _parts(text)
    return _bare(parts[1]) if parts and not re.search(r"[“”\"]|^(?:Asked|When|If) ", _bare(parts[1])) else None


def _people_in(case: Case) -> list[str]:
    named = {m.named.name: m.named.person for m in Names(case.article.text).mentions}
    return [name for name, person in named.items() if person and " " in name and not name.startswith("Q ")]


def _moved(r: random.Random, text: str, case: Case) -> str | None:
    parts = _parts(text)
    others = [n for n in _people_in(case) if parts and not set(n.split()) & set(text.split())] if parts else []
    if parts is None:
        return None
    near = [n for n in others if n.split()[-1] in case.passage]
    new = r.choice(near or others or ["Karim Haddad"])
    verb = re.search(r"\b(?:said|says|told|added|wrote|according to|stated|announced|claimed|warned)\b", parts[0])
    assert verb is not None
    if verb.group() == "according to":
        return text.replace(parts[0], f"according to {new}", 1)
    if parts[0].startswith(verb.group()):
        return text.replace(parts[0], f"{verb.group()} {new}", 1)
    return text.replace(parts[0], f"{new} {parts[0][verb.start() :]}", 1)


# ---- changes of meaning


def _stance(r: random.Random, text: str, case: Case) -> str | None:
    fits = [(a, b) for a, b in _words()["stances"] if re.search(rf"(?<![\w-]){a}(?![\w-])", text)]
    if not fits:
        return None
    old, new = r.choice(fits)
    return re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text, count=1)


def _agreed(r: random.Random, text: str, case: Case) -> str | None:
    fits = [(p, by) for p, by in _words()["agreed"] if re.search(p, text)]
    if not fits:
        return None
    pattern, by = r.choice(fits)
    return re.sub(pattern, by, text, count=1)


def _caused(r: random.Random, text: str, case: Case) -> str | None:
    if text[-1] != ".":
        return None
    cause: str = r.choice(_words()["causes"])
    return text[:-1].rstrip() + (", " if cause.startswith(("which", "prompting")) else " ") + cause + "."


def _merged(r: random.Random, text: str, case: Case) -> str | None:
    """A second speaker beside the one who spoke."""
    parts = _parts(text)
    if parts is None or re.match(r"(?:[Hh]e|[Ss]he|They|It|Q|So|But|And|However|At|In|On|Earlier|Now|Then|Also)\b", parts[0]):
        return None
    others = [n for n in _people_in(case) if not set(n.split()) & set(text.split())]
    near = [n for n in others if n.split()[-1] in case.passage]
    if not others or "," in parts[0]:
        return None
    new = r.choice(near or others)
    by = (
        re.sub(r"^(said|according to) ", rf"\1 {new} and ", parts[0])
        if re.match(r"said |according to ", parts[0])
        else f"{new} and {parts[0]}"
    )
    return text.replace(parts[0], by, 1)


# ---- changes that leave it true

_VERBS = {
    "said": ["stated", "remarked"],
    "says": ["states"],
    "told": ["informed"],
    "added": ["also said"],
    "announced": ["declared"],
    "stated": ["said"],
    "wrote": ["said"],
    "warned": ["cautioned"],
    "insisted": ["maintained"],
    "noted": ["observed"],
}


def _reporting(r: random.Random, text: str, case: Case) -> str | None:
    outside = [
        m.span()
        for m in re.finditer(rf"\b(?:{'|'.join(_VERBS)})\b", text)
        if not any(s <= m.start() < e for s, e in _quoted(text))
    ]
    return _one(r, text, outside, lambda old: r.choice(_VERBS[old]))


def _order(r: random.Random, text: str, case: Case) -> str | None:
    """The attribution at the other end, or the time."""
    if (match := _TAIL.match(text)) and not match["by"].startswith("according"):
        verb = re.match(r"said (.+)", match["by"])
        by = f"{verb[1]} said" if verb else match["by"]
        what = match["what"].strip(" ,")
        if what[0] in '“"':
            return f"{by[:1].upper() + by[1:]}: {what}."
        return f"{by[:1].upper() + by[1:]} that {what[:1].lower() + what[1:] if not _capital(what, case) else what}."
    if match := re.match(
        r"^(On (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|In [A-Z][a-z]+|Last (?:week|month|year)), ([^“”\"]{20,})\.$", text
    ):
        return f"{match[2][:1].upper() + match[2][1:]} {match[1][:1].lower() + match[1][1:]}."
    return None


def _capital(what: str, case: Case) -> bool:
    first = re.match(r"[\w’]+", what)
    return first is not None and re.search(rf"[a-z,] {re.escape(first.group())}\b", case.article.text) is not None


_BEHIND = r"(?:on|in|after|during|at|for|from|with|as|over|near|against)"
_DID = re.compile(
    r"^(?P<who>[A-Z][\w’. -]{2,40}?) (?P<did>rejected|accepted|condemned|welcomed|denied|launched|carried out|announced|proposed|"
    r"endorsed|criticized|approved|signed|killed|struck|attacked|targeted|released|fired|ordered|called off|received|visited|"
    r"led|backed) (?P<what>(?:the|a|an|its|his|several|two|three|at least|dozens of) [^,“”\".]{4,70})"
    rf"(?P<rest>(?: {_BEHIND}\b[^“”\"]*)?)\.$"
)
_SMALL = {"The", "A", "An", "His", "Its"}


def _passive(r: random.Random, text: str, case: Case) -> str | None:
    if not (match := _DID.match(text)):
        return None
    what = re.split(rf" {_BEHIND}\b", match["what"])[0]
    rest = text[match.start("what") + len(what) : -1]
    last = what.split()[-1]
    many = re.match(r"(?:several|two|three|at least|dozens)", what) or (last.endswith("s") and not last.endswith("ss"))
    who = match["who"]
    who = who[:1].lower() + who[1:] if who.split()[0] in _SMALL else who
    return f"{what[:1].upper() + what[1:]} {'were' if many else 'was'} {match['did']} by {who}{rest}."


def _date_form(r: random.Random, text: str, case: Case) -> str | None:
    """A weekday as its date, a date the other way round."""
    quoted = _quoted(text)
    for mention in day_mentions(text, case.article.local_day):
        if any(s <= mention.start < e for s, e in quoted):
            continue
        day: date = mention.day
        old = text[mention.start : mention.end]
        before = "on " if mention.relative and not re.search(r"\b[Oo]n $", text[: mention.start]) else ""
        if re.search(r"\d{4}", old):
            new = (
                f"{day.day} {MONTHS[day.month - 1]} {day.year}"
                if not old[0].isdigit()
                else f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
            )
        else:
            new = f"{day.day} {MONTHS[day.month - 1]}" if not old[0].isdigit() else f"{MONTHS[day.month - 1]} {day.day}"
        if before and text[: mention.start].rstrip().endswith((",", "this", "early", "late")):
            before = ""
        return text[: mention.start] + before + new + text[mention.end :]
    return None


CHANGES: dict[str, Change] = {
    "number": _number, "unit": _unit, "date": _date, "name": _name, "party": _party, "office": _office, "quote": _quote,
    "negation-in": _negation_in, "negation-out": _negation_out, "hedge": _hedge,
    "attribution-dropped": _dropped, "attribution-moved": _moved,
    "stance": _stance, "agreed": _agreed, "cause": _caused, "speakers-merged": _merged,
    "as-it-is": lambda r, text, case: text, "order": _order, "passive": _passive, "reporting-verb": _reporting,
    "date-form": _date_form,
}  # fmt: skip
