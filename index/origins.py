"""Who a text comes from: the same page again (a version), another masthead's copy (a carrier), or a story of its own.

The rules compare what two texts share with what tells them apart. Shared runs of five words say how much is the same;
numbers, days and names that both texts have in each other's place say that one form was filled in twice. The lines were
chosen on the project's set of hand-judged pairs (`briefing eval origins`)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal

RUN = 5  # words in a run
SAMPLE = 4  # one run in four is kept, chosen by its hash, so that the same runs are kept in every article
LEAST_SHARED = 4  # sampled runs; with fewer in common two articles are not even compared
SHORT = 40  # runs; of a shorter text words alone say nothing

_WORD = re.compile(r"\w+")
_DAYS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
_NUMBER = re.compile(rf"\d[\d,.]*\d|\d|\b(?:{_DAYS})\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;:] )[A-ZÀ-Þ][\w’'-]+")

Kind = Literal["version", "carrier"]


@dataclass(frozen=True, slots=True)
class Relation:
    """What one article is to an earlier one, how sure that is (share of the shorter text), and why."""

    kind: Kind
    score: float
    reason: str


@dataclass(frozen=True)
class Described:
    """What is compared of an article."""

    outlet: str
    address: str | None  # canonical
    title: str | None
    day: date | None
    stamp: datetime | None  # the instant of publication, where more than a day was given
    text: str
    credited: str | None = None  # the wire or outlet that the text itself credits

    @cached_property
    def runs(self) -> frozenset[int]:
        return frozenset(_hashes(self.text))

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(n.casefold().strip(".,") for n in _NUMBER.findall(self.text))

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(_NAME.findall(self.text))

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset(_WORD.findall((self.title or "").casefold()))


@dataclass(frozen=True, slots=True)
class _Compared:
    shorter: int  # runs of the shorter text
    share: float  # of the shorter text's runs that both hold
    both: float  # shared runs over all runs (Jaccard)
    number_conflicts: int
    numbers_shared: int
    name_conflicts: int
    names_shared: int
    title_share: float  # of the shorter title's words
    same_title: bool
    days_apart: int | None

    @property
    def numbers_agree(self) -> bool:
        return self.number_conflicts <= 0.05 * self.numbers_shared

    @property
    def names_agree(self) -> bool:
        return self.name_conflicts <= 0.15 * self.names_shared + 1

    def within(self, days: int) -> bool:
        return self.days_apart is not None and self.days_apart <= days


def fingerprint(text: str) -> frozenset[int]:
    """Sampled 63-bit hashes of the text's runs of five words; punctuation and case play no part."""
    return frozenset(h for h in _hashes(text) if h % SAMPLE == 0)


def _hashes(text: str) -> list[int]:
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    runs = (" ".join(words[at : at + RUN]).encode("utf-8", "replace") for at in range(len(words) - RUN + 1))
    return [array("Q", hashlib.blake2b(run, digest_size=8).digest())[0] >> 1 for run in runs]


def relation(new: Described, old: Described) -> Relation | None:
    """What `new` is to `old`, or None where it is a story of its own."""
    same_outlet = family(new.outlet) == family(old.outlet)
    if same_outlet and new.address is not None and new.address == old.address:
        return Relation("version", 1.0, "the same address")
    seen = _compare(new, old)
    if same_outlet and _reissued(new, old, seen):
        return Relation("version", max(seen.share, seen.title_share), "the same outlet, the same instant, like words")
    if seen.shorter < SHORT:
        return None
    if same_outlet and seen.both >= 0.85 and seen.number_conflicts == 0 and _names_close(seen) and seen.within(1):
        return Relation("version", seen.share, f"the same outlet put out {seen.share:.0%} of the text again")
    return _carried(new, old, seen, same_outlet=same_outlet)


def _reissued(new: Described, old: Described, seen: _Compared) -> bool:
    """One story under a new headline and address with the same time stamp, as feeds show it."""
    at_once = new.stamp is not None and new.stamp == old.stamp
    return at_once and seen.shorter < 60 and (seen.title_share >= 0.4 or seen.both >= 0.5)


def _names_close(seen: _Compared) -> bool:
    return seen.name_conflicts <= 0.1 * max(seen.names_shared, 1) + 1


def _carried(new: Described, old: Described, seen: _Compared, *, same_outlet: bool) -> Relation | None:
    share = f"{seen.share:.0%} of the shorter text is that of {old.outlet}"
    near = seen.days_apart is None or seen.within(1) or (not same_outlet and seen.within(7))
    if seen.share >= 0.8 and seen.both >= 0.4 and seen.numbers_agree and seen.names_agree and near:
        return Relation("carrier", seen.share, share)
    if not same_outlet and seen.share >= 0.8 and seen.shorter >= 60 and near and seen.both >= 0.15:
        return Relation("carrier", seen.share, share + ", the rest is added")
    if _credits(new, old) and seen.share >= 0.3 and near:
        return Relation("carrier", seen.share, f"{share}, and the text credits {new.credited or old.credited}")
    if seen.share >= 0.7 and seen.both >= 0.55 and seen.shorter >= 1_000 and seen.numbers_agree:
        return Relation("carrier", seen.share, share + ", a long text")
    if _half_carried(seen, same_outlet=same_outlet):
        return Relation("carrier", seen.share, share)
    if same_outlet and _two_forms_of_one_act(seen):
        return Relation("carrier", seen.share, "the same outlet, day and subject: two forms of one document")
    return None


def _half_carried(seen: _Compared, *, same_outlet: bool) -> bool:
    """Half of it or more, next day at the latest, and what differs is added rather than put in another's place."""
    if not (0.5 <= seen.share < 0.8 and seen.both >= 0.16 and seen.within(1) and seen.shorter >= 150):
        return False
    if same_outlet and seen.same_title:
        return False
    few_numbers = seen.numbers_shared >= 4 and seen.number_conflicts <= 0.35 * seen.numbers_shared
    return few_numbers and seen.name_conflicts <= 0.3 * seen.names_shared + 1


def _two_forms_of_one_act(seen: _Compared) -> bool:
    """A notice and the letter about it: one day, one subject, the same dates and numbers, other phrases."""
    return (
        seen.days_apart == 0
        and 0.2 <= seen.share < 0.8
        and seen.title_share >= 0.75
        and seen.number_conflicts <= 1
        and seen.numbers_shared >= 8
        and seen.name_conflicts <= 3
        and seen.shorter >= 100
    )


def _compare(a: Described, b: Described) -> _Compared:
    shared = len(a.runs & b.runs)
    shorter = min(len(a.runs), len(b.runs))
    titles = min(len(a.title_words), len(b.title_words))
    return _Compared(
        shorter=shorter,
        share=shared / shorter if shorter else 0.0,
        both=shared / max(1, len(a.runs | b.runs)),
        number_conflicts=min(len(a.numbers - b.numbers), len(b.numbers - a.numbers)),
        numbers_shared=len(a.numbers & b.numbers),
        name_conflicts=min(len(a.names - b.names), len(b.names - a.names)),
        names_shared=len(a.names & b.names),
        title_share=len(a.title_words & b.title_words) / titles if titles else 0.0,
        same_title=bool(a.title_words) and a.title_words == b.title_words,
        days_apart=abs((a.day - b.day).days) if a.day and b.day else None,
    )


def origin_id(article_id: str) -> str:
    """A group's name, from its first member, telling nothing about it."""
    return "o" + hashlib.sha256(f"origin {article_id}".encode()).hexdigest()[:12]


# ---- credits


@lru_cache(maxsize=1)
def _table() -> dict[str, list[list[str]]]:
    import tomllib

    table: dict[str, list[list[str]]] = tomllib.loads((files("index") / "publishers.toml").read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=4_096)
def family(outlet: str) -> str:
    """The publisher behind an outlet's name: its family's first name, or the name itself folded."""
    folded = re.sub(r"\A(?:the|www\.)\s*|\.(?:com|org|net|co\.uk)\Z", "", outlet.strip().casefold()).strip()
    for names in _table()["families"]:
        if folded in {name.casefold() for name in names}:
            return names[0].casefold()
    return folded


@lru_cache(maxsize=1)
def _wires() -> dict[str, str]:
    return {alias.casefold(): names[0] for names in _table()["wires"] for alias in names}


_OWNER = r"(?P<who>[A-Z][\w.&’'-]*(?: [A-Z][\w.&’'-]*){0,3})"
_CREDITS = (
    re.compile(r"\A[^\n]{0,80}?\((?P<who>[A-Z][\w. ’'-]{1,30})\)\s*[-–—−]"),  # WASHINGTON (Wire) –
    re.compile(rf"(?im)^\s*(?:source|quelle)\s*:\s*(?-i:{_OWNER})\s*\.?\s*$"),
    re.compile(rf"(?i)syndicated feed (?:of|from) (?-i:{_OWNER})"),
    re.compile(rf"(?m)^By (?-i:{_OWNER}) staff\b"),
    re.compile(
        rf"(?m)^(?:[A-Z][\w ,.’'-]{{3,60}}\n+)?{_OWNER}\s*\n\n[A-Z]{{3,}}"
    ),  # a line with the wire's name above a dateline
)
_SYNDICATED = re.compile(
    r"(?i)\b(?:auto-?generated from a syndicated feed|published (?:unedited )?from a syndicated feed|syndicated feed|"
    r"not been edited by .{2,40} staff|without modifications? to the text)\b"
)


def credit(text: str) -> tuple[str | None, bool]:
    """Whom a text credits for itself (a wire the table knows, or another outlet it names), and whether it says that it
    is somebody else's at all."""
    ends = text[:400] + "\n\n" + text[-400:]
    for pattern in _CREDITS:
        for match in pattern.finditer(ends):
            who = match["who"].strip().rstrip(".")
            known = _wires().get(who.casefold())
            if known or pattern is not _CREDITS[4]:
                if pattern is _CREDITS[0] and not known and " " not in who:
                    continue  # "(Monday) –" and the like
                return known or who, True
    return None, _SYNDICATED.search(ends) is not None


def _credits(new: Described, old: Described) -> bool:
    """One credits the other's outlet, or both credit the same wire."""
    for one, other in ((new, old), (old, new)):
        if one.credited and family(one.credited) == family(other.outlet):
            return True
    return bool(new.credited and old.credited and family(new.credited) == family(old.credited))
