"""Stance toward the talks, by the words that decide it: a denial of a report is no refusal of a plan, no answer is no
refusal either, acceptance on a condition is a condition.

The words are data (`data/stance.toml`), in the order in which they win; what is returned says on which words it stands, so
that a person can see why. The codes and the hard cases are those of docs/reading.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from briefing.claims import Stance
from briefing.reading.data import table


@dataclass(frozen=True, slots=True)
class Judged:
    """A stance, and the words of the sentence that decided it: `sentence[start:end]`. `own`: it is the speaker's, whoever
    is named before them ("he would be making a mistake by rejecting it")."""

    stance: Stance
    start: int
    end: int
    own: bool = False


_TALKS = (
    r"(?:cease-?\s?fires?|truces?|deals?|agreements?|proposals?|plans?|resolutions?|pauses?|talks|negotiations?|"
    r"negotiating|arrangements?|"
    r"settlements?|accords?|offers?|initiatives?|cessation|end to the (?:war|fighting|hostilities)|halt to the fighting|terms|"
    r"release of (?:the |all )?hostages|hostage release|framework|document|text|call|outline|bridging)"
)
ON_TALKS = re.compile(rf"\b{_TALKS}\b", re.IGNORECASE)
_GAP = r"(?:[\w’'\-,“”\"]+\s+){0,6}?"
_ANY = rf"{_GAP}(?:[\w’'\-]+-)?{_TALKS}\b"
_NOT = r"(?:not|\w*n[’']t|never|no longer|cannot|neither|without)"


def _rules() -> Iterator[tuple[Stance, re.Pattern[str]]]:
    """The rules of `data/stance.toml`, in the order in which they win."""
    for rule in table("stance", "briefing.talks.data")["stance"]:
        words = [one["words"] for one in rule["rules"]]
        anywhere = [w.removeprefix(_ANYWHERE) for w in words if w.startswith(_ANYWHERE)]
        whole = [w for w in words if not w.startswith(_ANYWHERE)]
        pattern = "|".join([*anywhere, rf"\b(?:{'|'.join(whole)})"])
        for name, meant in _NAMED.items():
            pattern = pattern.replace(name, meant)
        yield rule["code"], re.compile(pattern, re.IGNORECASE)


_ANYWHERE = "<anywhere>"  # a mark may stand before it, not only a space
_NAMED = {"<talks nearby>": _ANY, "<talks>": _TALKS, "<not>": _NOT, "<few words>": _GAP}
_COMPILED = tuple(_rules())
_NEGATED = re.compile(
    rf"\b(?:{_NOT}|stopp\w+ short of|fail\w* to|without|yet to|far from|refus\w+ to|declin\w+ to|unlikely to|"
    rf"\w*n[’']t)\s+(?:go(?:ne|ing)? (?:so|as) far as (?:to )?)?(?:[\w’'-]+\s+){{0,3}}\Z",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:purported(?:ly)?|reported(?:ly)?|allegedly|signal(?:led|ed|s)|considering|seem(?:s|ed)?|appear(?:s|ed)?|"
    r"may|might|could|expect(?:s|ed)?|hop(?:e|es|ed|ing|eful)|likely|possibl[ye]|in principle|tentative(?:ly)?|broadly|close to|"
    r"nearing|suggest(?:s|ed))\b",
    re.IGNORECASE,
)


def judged(sentence: str) -> Judged | None:
    """The stance of a sentence on the talks, None where no words decide one: of several rules the first wins."""
    for stance, pattern in _COMPILED:
        for match in pattern.finditer(sentence):
            if (
                stance == "conditions"
                and match.group().casefold().startswith(("demand", "condition", "on condition"))
                and _TURNED.search(sentence[: match.start()])
            ):
                continue  # "rejected demands", "refused the first of its conditions": the refusal decides
            if stance in {"conditions", "endorses"} and _ASKED_IF.search(sentence[: match.start()] + match.group()):
                continue  # "You ask me if I accept": a question
            if stance == "conditions" and _TIRELESS.search(match.group()):
                continue  # "we will not rest until all are home"
            if (found := _with_negation(stance, sentence, match)) is not None:
                return found
    return None


def judged_all(sentence: str) -> list[Judged]:
    """The stances of a sentence's clauses, in order: each by the first rule that fits the clause."""
    return list(_judged_all(sentence))


@lru_cache(maxsize=50_000)
def _judged_all(sentence: str) -> tuple[Judged, ...]:
    ends = [m.start() for m in _CLAUSES.finditer(sentence)]
    whole = judged(sentence)
    if not ends:
        return () if whole is None else (whole,)
    found: list[Judged] = []
    start = 0
    for end in [*ends, len(sentence)]:
        clause = judged(sentence[start:end])
        if clause is not None:
            found.append(Judged(clause.stance, clause.start + start, clause.end + start, clause.own))
        start = end
    if whole is not None and _CLAUSES.search(sentence, whole.start, whole.end):
        inside = [f for f in found if whole.start < f.end and f.start < whole.end]
        kept = [whole, *(f for f in found if f not in inside)]  # "neither accepted, nor refused"
        return tuple(sorted(kept, key=lambda f: f.start))
    if whole is not None and not any(whole.start < f.end and f.start < whole.end for f in found):
        found.append(whole)  # decided by words on both sides of a comma
    return tuple(sorted(found, key=lambda f: f.start))


_ASKED_IF = re.compile(r"\b(?:ask|wonder|see|find out)\w*(?: \w+)? if [\w’'-]+(?: [\w’'-]+){0,5} ?\Z", re.IGNORECASE)
_TIRELESS = re.compile(
    r"\b(?:give up|rest|forget|abandon|stop (?:working|trying|fighting for|until)|leave (?:any\w*|no)|cease to)\b", re.IGNORECASE
)
_TURNED = re.compile(
    r"\b(?:(?:reject|refus|oppos|dismiss|resist|ignor|rebuff)\w* (?:[\w’'-]+ ){0,4}|rather than (?:[\w’'-]+ ){0,12})\Z",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(r"\w+(?:[- ]?fire)? is in\b", re.IGNORECASE)
_NOT_YET = re.compile(r"\b(?:until|till|unless|if|when|once|after|before) (?:[\w’'-]+ ){0,3}\Z", re.IGNORECASE)
_UNCEASING = re.compile(  # "will not stop working for a deal"
    rf"\b{_NOT} (?:stop|cease|give up|quit|rest|tire of)\b(?: [\w’'-]+){{0,3}} ?\Z", re.IGNORECASE
)
_ACCUSED = re.compile(r"\baccus\w+ (?:[\w’'-]+ ){0,4}of (?:[\w’'-]+ )?\Z", re.IGNORECASE)
_SUPPOSED = re.compile(r"\b(?:if|whether|were|should) (?:[\w’'-]+ ){0,4}\Z", re.IGNORECASE)
_BY_DOING = re.compile(r"\bby \Z", re.IGNORECASE)  # "By refusing, he would make himself responsible": nobody has refused
_NONE_YET = re.compile(
    r"\b(?:no|nothing|none)\b(?: [\w’'-]+){0,3} (?:has|have|had|is|was|were)(?: yet)?(?: been)? \Z", re.IGNORECASE
)
_WRONG_TO = re.compile(
    r"\b(?:mistake|wrong|error|dangerous|regrettable|folly)\b[^.;]{0,45}\Z|\b(?:warn\w*|"
    r"urg\w+ [\w ]{2,30}) (?:against|not to) \Z",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"[;—–](?=\s)|,(?=\s(?:but|and|while|as|which|though|although|only|a|with|after|before)\b)|\s(?=(?:but|while|"
    r"although|though|whereas)\s)|"
    r"\s(?=and (?:\w+ly |again |also )?(?:den|reject|refus|accept|welcom|call|urg|insist)(?:y|ies|ied|s|es|e|ed)?\s)"
)


def _with_negation(stance: Stance, sentence: str, match: re.Match[str]) -> Judged | None:
    before = sentence[max(0, match.start() - 60) : match.start()]
    negated = _NEGATED.search(before) is not None and _UNCEASING.search(before) is None
    if stance == "rejects" and _WRONG_TO.search(before):
        return Judged("endorses", match.start(), match.end(), own=True)
    if stance in {"rejects", "acts-against"} and _SUPPOSED.search(before):
        return None  # "You ask me if I refuse", "if anyone breaks the deal"
    if stance == "acts-against" and _ACCUSED.search(before):
        return None  # who is accused has not been shown to have done it
    if stance == "endorses" and _IN_FORCE.match(match.group()) and _NOT_YET.search(before):
        return None  # "until a truce is in force"
    if (stance == "endorses" and _NONE_YET.search(before)) or (stance in {"rejects", "endorses"} and _BY_DOING.search(before)):
        return None
    if negated and stance == "endorses":
        if re.search(r"stopp\w+ short|yet to", before):
            return None
        unanswered = re.search(r"\bha(?:s|ve|d)(?: not|n[’']t)(?: yet)? \Z", before) is not None  # "has not accepted"
        return Judged("no-response" if unanswered else "rejects", match.start(), match.end())
    if negated and stance in {"welcomes", "proposes", "rejects", "reverses"}:
        return None
    return Judged(stance, match.start(), match.end())


def hedge(sentence: str) -> str | None:
    """The word that makes it less than certain, if one does."""
    match = _HEDGE.search(sentence)
    return match.group() if match else None
