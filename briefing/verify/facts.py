"""The gates on facts: each number, length, day, name and office of a sentence is in its citations, and in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from briefing.beside.alignment import HOLD, Change
from briefing.beside.words import Kind, Word, words
from briefing.talks.documents import kind
from briefing.verify.ground import NOTHING, PASSED, Laid, Outcome, stopped
from briefing.verify.outlets import numbered
from index.calendar.days import WEEKDAYS
from index.calendar.timeml import times

_WEEKDAYS = [day.casefold() for day in WEEKDAYS]
_LEAST = re.compile(r"(?:more than|over|at least|above|upwards of|no (?:fewer|less) than|exceed(?:s|ed|ing)?) \Z", re.IGNORECASE)
_MOST = re.compile(
    r"(?:(?<!no )(?:fewer|less) than|under|below|at most|up to|no more than|nearly|almost|as many as) \Z", re.IGNORECASE
)
_LOW = re.compile(r"[^\W\d_]+")
_OF_PUBLICATION = re.compile(r"\b(?:published|reported|issued|released) on |\bstatement of ")
_REPORTED = r"(?:wrote|noted|recalled|reported|said)"  # by an outlet, on the day that it published it
_SAID_ON = re.compile(r"\b(?:said|says|announced|told|wrote|stated|declared|warned|confirmed|called|spoke)\b[^,;]{0,30}? on \d")
_ONE_OF = {"P7D": "week", "P1D": "day", "P1M": "month", "P12M": "year", "P1H": "hour"}
_ON = re.compile(r"\A[Oo]n ")
_BE = frozenset("was were been being is are be".split())
DAYS_OF_MONTH = 30
_SECOND = frozenset("vice deputi former assist act".split())  # stems: who is that is not the holder of the office
_PEOPLE = frozenset("peopl person individu men women".split())  # stems that count the same


def figures(laid: Laid) -> Outcome:
    """Every number and every length of time stands in its citations, and counts there what it counts here."""
    own = [w for w in laid.own if w.kind in {"number", "length"} and not _pronoun(laid, w)]
    if not own:
        return NOTHING
    held = _without_outlets(laid)
    norms = {form for w in held for form in (w.norm, *_in_days(w.norm))} | {_once(w.norm) for w in held if w.kind == "word"}
    for word in own:
        if word.norm not in norms:
            return stopped(f"the figure {laid.said(word)} is not in its citations")
        if (reason := _other_bound(laid, word)) is not None:
            return stopped(reason)
    for change in laid.alignment.changes:
        if change.holds and (reason := _other_fact(laid, change, "number", "length") or _other_unit(laid, change)):
            return stopped(reason)
    return PASSED


def _other_bound(laid: Laid, word: Word) -> str | None:
    """Where a figure is a least here and a most there."""
    own = _bound(laid.text, word)
    if own is None:
        return None
    there = {
        _bound(text, other)
        for text, held in zip(laid.quotes, laid.held_by, strict=True)
        for other in held
        if other.norm == word.norm and other.kind == word.kind
    }
    if there and own not in there and None not in there:
        return f"it has {'at least' if own == 'least' else 'at most'} {laid.said(word)} where its citation has the contrary"
    return None


def _bound(text: str, word: Word) -> str | None:
    before = text[max(0, word.start - 24) : word.start]
    return "least" if _LEAST.search(before) else "most" if _MOST.search(before) else None


def _pronoun(laid: Laid, word: Word) -> bool:
    return word.norm == "1" and laid.said(word).casefold() == "one"


def _once(stem: str) -> str:
    """`a week` is one week."""
    return next((norm for norm, unit in _ONE_OF.items() if unit == stem), stem)


def _in_days(norm: str) -> list[str]:
    """Two months are sixty days, and the other way round."""
    length = re.fullmatch(r"P(\d+)([DM])", norm)
    if length is None:
        return []
    n = int(length[1])
    return [f"P{n * DAYS_OF_MONTH}D"] if length[2] == "M" else [f"P{n // DAYS_OF_MONTH}M"] if n % DAYS_OF_MONTH == 0 else []


def _without_outlets(laid: Laid) -> list[Word]:
    """The words of the citations; the number in an outlet's name ("France 24") grounds no fact."""
    found: list[Word] = []
    for citation, held, quote in zip(laid.claim.citations, laid.held_by, laid.quotes, strict=True):
        article = laid.ground.articles.get(citation.article_id)
        spans = [m.span() for m in numbered(article.outlet if article is not None else "").finditer(quote)]
        found += [w for w in held if w.kind != "number" or not any(s <= w.start < e for s, e in spans)]
    return found


def days(laid: Laid) -> Outcome:
    """Every day it names is one that its citations name, by their own calendar."""
    own = [w for w in laid.own if w.kind == "day"]
    if not own:
        return NOTHING
    held = {w.norm for w in laid.held if w.kind == "day"} | _reckoned(laid) | set(_LOW.findall(" ".join(laid.quotes).casefold()))
    cited = [a for c in laid.claim.citations if (a := laid.ground.articles.get(c.article_id)) and a.local_day]
    if _OF_PUBLICATION.search(laid.claim.text) or any(
        re.search(rf"{re.escape(name)}(?: {_REPORTED})? on \d|{re.escape(name)} report of \d", laid.claim.text)
        for name in laid.published_by
    ):
        held |= {a.local_day.isoformat() for a in cited if a.local_day}
    elif _SAID_ON.search(laid.claim.text):  # a speech, a briefing, a statement was made on the day that it bears
        held |= {a.local_day.isoformat() for a in cited if a.local_day and kind(a) is not None}
    for word in own:
        if word.norm not in held and not held.intersection(_WEEKDAYS, _LOW.findall(laid.said(word).casefold())):
            return stopped(f"the day {re.sub(_ON, '', laid.said(word))} is not in its citations")
    for change in laid.alignment.changes:
        if change.holds and (reason := _other_fact(laid, change, "day")):
            return stopped(reason)
    return PASSED


def _weekdays_in(words: str) -> set[str]:
    return {*_LOW.findall(words.casefold())} & {*_WEEKDAYS}


def _reckoned(laid: Laid) -> set[str]:
    """The days that the citations name in other ways: "Thursday last week", "tomorrow".

    A weekday that the calendar leaves open is the last or the next. Of any other the nearer may be meant too: where the calendar
    gives the farther one, it is wrong one time in three."""
    found: set[str] = set()
    open_days = {word.norm for word in laid.held if word.kind == "day"} & {*_WEEKDAYS}
    for citation in laid.claim.citations:
        article = laid.ground.articles.get(citation.article_id)
        if article is None or article.local_day is None:
            continue
        found |= {e.day.isoformat() for e in times(citation.quote, article.local_day) if e.day is not None}
        for weekday in _weekdays_in(citation.quote):
            back = (article.local_day.weekday() - _WEEKDAYS.index(weekday)) % 7
            days_off = (-back, 7 - back) if weekday in open_days else (min(-back, 7 - back, key=abs),)
            found |= {(article.local_day + timedelta(days=d)).isoformat() for d in days_off}
    return found


def names(laid: Laid) -> Outcome:
    """Every name stands in its citations, or is its speaker's (whose identification is cited or the topic's), and stands
    where they have it."""
    own = [w for w in laid.own if w.kind == "name"]
    if not own:
        return NOTHING
    known = laid.known
    low = set(_LOW.findall(" ".join(laid.quotes).casefold()))
    held = {w.norm for w in laid.held} | low | known | laid.outlets | {"x"}
    for word in own:
        if word.norm not in held and laid.said(word).casefold() not in held:
            return stopped(f"the name {laid.said(word)} is not in its citations")
    if _passive(laid.own) != _passive(laid.alignment.nearest):  # who did it and to whom change places with the verb's voice
        wrong = _other_doer(laid.own, laid.alignment.nearest) or _other_doer(laid.alignment.nearest, laid.own)
        return stopped("who did it and to whom it was done are not as its citation has them") if wrong else PASSED
    changes, spoken = laid.alignment.changes, known | laid.outlets
    traded = {id(c) for a, b in pairwise(changes) if _listed(laid, a, b) for c in (a, b)}
    for change in changes:
        if change.holds and id(change) not in traded and (reason := _other_fact(laid, change, "name", known=spoken)):
            return stopped(reason)
    return PASSED


def _passive(found: Sequence[Word]) -> bool:
    """Whether something is done by somebody: a form of "be", and "by" two to four words on."""
    norms = [w.norm for w in found]
    return any(norm in _BE and "by" in norms[at + 2 : at + 5] for at, norm in enumerate(norms))


def _other_doer(passive: Sequence[Word], active: Sequence[Word]) -> bool:
    """Whether who has something done to them in one sentence is who does it in the other."""
    norms = [w.norm for w in passive]
    for at, norm in enumerate(norms):
        if norm not in _BE or "by" not in norms[at + 2 : at + 5]:
            continue
        by = norms.index("by", at + 2)
        suffers = next((w.norm for w in reversed(passive[:at]) if w.kind == "name"), None)
        does = next((w.norm for w in passive[by : by + 5] if w.kind == "name"), None)
        verbs = {w.norm for w in passive[at + 1 : by] if w.kind != "small"}
        for place, word in enumerate(active):
            if word.norm in verbs and suffers is not None and does is not None:
                before = next((w.norm for w in reversed(active[:place]) if w.kind == "name"), None)
                return before == suffers and before != does
    return False


def _listed(laid: Laid, first: Change, second: Change) -> bool:
    """Two names that changed places around an `and`: a list in another order."""
    between = first.right is not None and first.right is second.left and first.right.norm in {"and", "or"}
    ours, theirs = _names_of(first.own), _names_of(first.held)
    return between and bool(ours) and ours == _names_of(second.held) and theirs == _names_of(second.own)


def _names_of(found: Sequence[Word]) -> list[str]:
    return [w.norm for w in found if w.kind == "name"]


def offices(laid: Laid) -> Outcome:
    """An office is called what its citations call it: a foreign minister is no defence minister."""
    runs = _runs(laid.own)
    if not runs:
        return NOTHING
    held = _runs(laid.held) + _runs(tuple(words(laid.claim.office or "", None)))
    known = laid.known
    for run in runs:
        norms = [w.norm for w in run]
        if any(_within(norms, [w.norm for w in other]) for other in held):
            continue
        if (
            not any(other[-1].norm == norms[-1] for other in held)
            and {w.norm for w in run} <= {w.norm for w in laid.held} | known
        ):
            continue
        return stopped(f"the office {laid.said(*run)} is not in its citations")
    for change in laid.alignment.changes:
        if change.holds and (reason := _other_fact(laid, change, "office") or _other_rank(laid, change)):
            return stopped(reason)
    return PASSED


def _other_rank(laid: Laid, change: Change) -> str | None:
    """Where a vice president lost the vice, or a president got one."""
    if change.right is None or change.right.kind != "office":
        return None
    own, held = [w for w in change.own[-1:] if w.kind == "office"], [w for w in change.held[-1:] if w.kind == "office"]
    if held and not own and held[0].norm in _SECOND:
        return f"it has {laid.said(change.right)} where its citation has {laid.written(*held)} {laid.said(change.right)}"
    if own and not held and own[0].norm in _SECOND and own[0].norm not in laid.known:
        return f"it has {laid.said(*own, change.right)} where its citation has {laid.said(change.right)}"
    return None


def _runs(found: Sequence[Word]) -> list[tuple[Word, ...]]:
    """Words of offices that stand together."""
    runs: list[list[Word]] = []
    for before, word in zip((None, *found), found, strict=False):
        if word.kind != "office":
            continue
        if before is not None and before.kind == "office" and runs and runs[-1][-1] is before and word.start - before.end <= 2:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [tuple(run) for run in runs]


def _within(norms: Sequence[str], other: Sequence[str]) -> bool:
    return any(list(other[at : at + len(norms)]) == list(norms) for at in range(len(other) - len(norms) + 1))


def _other_fact(laid: Laid, change: Change, *kinds: Kind, known: Iterable[str] = ()) -> str | None:
    """Where the sentence has one fact and its citation, in the same place, another of the same kind."""
    own = [w for w in change.own if w.kind in kinds]
    held = [w for w in change.held if w.kind in kinds]
    same = {w.norm for w in own} & {form for w in held for form in (w.norm, *_in_days(w.norm))}
    if not own or not held or same:
        return None
    if "day" in kinds and _weekdays_in(laid.said(*own)) & _weekdays_in(laid.written(*held)):
        return None  # the same word, read against another day of publication or another tense
    if "name" in kinds and all(w.norm in set(known) for w in own):
        return None
    return f"it has {laid.said(*own)} where its citation has {laid.written(*held)}"


def _other_unit(laid: Laid, change: Change) -> str | None:
    """Where the same number counts something else."""
    if change.left is None or change.left.kind != "number" or not change.own or not change.held:
        return None
    if not change.after and change.before <= HOLD:
        return None  # too little around it to be the same sentence
    own, held = change.own[0], change.held[0]
    plain = own.kind == held.kind == "word"
    if not plain or {w.norm for w in change.own} & {w.norm for w in change.held} or {own.norm, held.norm} <= _PEOPLE:
        return None
    return f"it counts {laid.said(own)} where its citation counts {laid.written(held)}"
