"""The gates on wording: what is denied, doubted, judged or given as a cause is what the citations deny, doubt, judge or
give as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import product

from briefing.beside.alignment import Change
from briefing.beside.words import HEDGES, Kind, Word
from briefing.talks.stance import ON_TALKS, judged_all
from briefing.verify.ground import NOTHING, PASSED, SAYING, Laid, Outcome, stopped
from index.sentences import sentences
from index.terms import terms

REACH = 2  # words between a negation, or a hedge, and what it belongs to
MOST_OF_A_CLAUSE = 0.7  # of a clause's content words: a sentence that holds them says what the clause says
_CLAUSE = re.compile(r"[,;:.!?–—]|\bbut\b")
_DENIES = re.compile(
    r"\b(?:no|not|never|none|nobody|neither|nor|without|cannot|nothing|fail(?:s|ed)?|den(?:y|ies|ied)|reject(?:s|ed)?|"
    r"refus(?:e|es|ed)|false|untrue|turn(?:s|ed)?\b[^.;]{0,40}?\bdown)\b|n't\b",
    re.IGNORECASE,
)
_TO_COME = r"(?:is|are|was|were) to|(?:is|are|was|were) (?:set|about|expected) to|(?:have|has|had) to(?! date)"
_STILL = re.compile(rf"\b(?:{_TO_COME})\Z", re.IGNORECASE)  # right before the verb that matches
_DOUBTS = re.compile(rf"\b(?:{'|'.join(sorted(HEDGES))}|{_TO_COME})\b", re.IGNORECASE)
_BUT_FOR = re.compile(r"\b(?:except|other than|apart from|but (?:for|the))\b", re.IGNORECASE)
_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)  # "only A may" is "none except A may"
_ALL = re.compile(r"\b(?:all|every|everyone|everything|each|entire(?:ly)?|whole|always|any)\b", re.IGNORECASE)
_INVERTED = re.compile(r"\bshould (?:the|an?|no|its?|his|her|their|they|[A-Z]\w+)\b")  # "should the talks fail"
_IF = re.compile(
    r"\b(?:if|unless|provided(?: that)?|as long as|on (?:the )?condition that|only (?:if|when|after|once)|"
    r"when(?=[^.;]{3,90}\b(?:will|would)\b))\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|as a result|thanks to|in response to|in retaliation for|l(?:ed|eads|eading) to|"
    r"prompt(?:ed|ing|s)|caus(?:ed|ing|es)|in revenge for|to avenge|to retaliate|"
    r"blam(?:ed|es|ing)|provok(?:ed|ing|es)|"
    r"trigger(?:ed|ing|s)|result(?:ed|ing|s) (?:in|from)|under pressure from)\b",
    re.IGNORECASE,
)


def _kept(
    what: str, kind: Kind, pattern: re.Pattern[str], gone: Callable[[Laid, Change], str | None]
) -> Callable[[Laid], Outcome]:
    """A gate: what a sentence takes from a clause of its citations it takes with the clause's negation, or hedge."""

    def gate(laid: Laid) -> Outcome:
        mine = pattern.search(laid.text) is not None
        theirs = any(pattern.search(quote) for quote in laid.quotes)
        if not mine and not theirs:
            return NOTHING
        if (
            mine
            and not theirs
            and what == "negation"
            and not (_BUT_FOR.search(laid.text) and any(_ONLY.search(q) for q in laid.quotes))
        ):
            return stopped("it denies something that its citations do not deny")
        for change in laid.alignment.changes:
            if change.holds and (reason := gone(laid, change)):
                return stopped(reason)
        if what == "negation" and not mine and (reason := _told_though_denied(laid)):
            return stopped(reason)
        return PASSED if mine else _whole_clauses(laid, what, pattern)

    gate.__name__ = what
    return gate


def _whole_clauses(laid: Laid, what: str, pattern: re.Pattern[str]) -> Outcome:
    own = set(terms(laid.text))
    for quote in laid.quotes:
        for clause in _CLAUSE.split(quote):
            held = set(terms(pattern.sub(" ", clause)))
            if pattern.search(clause) and len(held) >= 3 and len(held & own) >= MOST_OF_A_CLAUSE * len(held):
                return stopped(f"the {what} of its citation is gone (“{clause.strip()[:60]}”)")
    return PASSED


def _told_though_denied(laid: Laid) -> str | None:
    """What a citation denies, told by a sentence that denies nothing: "there will be a ceasefire" of "no ceasefire"."""
    own = {w.norm for w in laid.own if w.kind != "small"} - SAYING
    for held in laid.held_by:
        for at, word in enumerate(held):
            of = next((w for w in held[at + 1 : at + 1 + REACH] if w.kind != "small"), None) if word.kind == "not" else None
            if of is not None and of.kind != "not" and of.norm in own:
                return f"the negation of its citation is gone (“{laid.written(word, of)}”)"
    return None


def _beside_what_matches(run: Sequence[Word], change: Change, kind: Kind) -> list[Word]:
    """The words of a kind that belong to what matches: at most `REACH` words before it, or right behind it."""
    found = []
    for at, word in enumerate(run):
        before_right = change.right is not None and len(run) - 1 - at <= REACH
        behind_left = change.left is not None and at == 0 and change.right is None
        if word.kind == kind and (before_right or behind_left):
            found.append(word)
    return found


def _denied(laid: Laid, change: Change) -> str | None:
    own, held = _beside_what_matches(change.own, change, "not"), _beside_what_matches(change.held, change, "not")
    if len(own) % 2 == len(held) % 2 or (
        _DENIES.search(laid.said(*change.own)) is not None and _DENIES.search(laid.written(*change.held))
    ):
        return None
    if own:
        return f"it denies what its citation does not deny ({laid.said(*change.own)} {_next(laid, change)})"
    return f"the negation of its citation is gone (“{laid.written(*change.held)} {_next(laid, change)}”)"


def _doubted(laid: Laid, change: Change) -> str | None:
    held = _beside_what_matches(change.held, change, "hedge")
    to_come = change.right is not None and _STILL.search(laid.written(*change.held)) and not _STILL.search(laid.said(*change.own))
    if not (held or to_come) or any(w.kind == "hedge" for w in change.own):
        return None
    return f"the hedge of its citation is gone (“{laid.written(*change.held)} {_next(laid, change)}”)"


def _next(laid: Laid, change: Change) -> str:
    return laid.said(change.right) if change.right is not None else ""


negation = _kept("negation", "not", _DENIES, _denied)
hedge = _kept("hedge", "hedge", _DOUBTS, _doubted)


def stance(laid: Laid) -> Outcome:
    """It takes no stance toward the talks that its citations do not take: proposed is not agreed, no answer no refusal."""
    mine = {j.stance: j for j in judged_all(laid.text)} if ON_TALKS.search(laid.text) else {}
    if not mine:
        return NOTHING
    pieces = [quote[s:e] for quote in laid.quotes for s, e in sentences(quote)]
    theirs = {j.stance for piece in pieces for j in judged_all(piece)}
    for found, words_of_it in mine.items():
        if found not in theirs:
            shown = laid.text[words_of_it.start : words_of_it.end]
            return stopped(f"it takes a stance that its citations do not take ({found}: “{shown}”)")
    return PASSED


@lru_cache(maxsize=1)
def _opposites() -> frozenset[tuple[str, str]]:
    """Pairs of stems that may not stand for one another, both ways round (`opposites.txt`)."""
    lines = (files("briefing.verify") / "opposites.txt").read_text(encoding="utf-8").splitlines()
    found: set[tuple[str, str]] = set()
    for line in lines:
        if line and not line.startswith("#"):
            left, right = ([t for word in side.split() for t in _stems(word)] for side in line.split("|"))
            found |= {pair for a in left for b in right for pair in ((a, b), (b, a))}
    return frozenset(found)


def _stems(word: str) -> list[str]:
    return list(dict.fromkeys(t for form in (word, f"{word}ed", f"{word.removesuffix('e')}ed", f"{word}s") for t in terms(form)))


def opposite(laid: Laid) -> Outcome:
    """Where sentence and citation are the same but for a word, the two do not say opposite things."""
    if not laid.alignment.changes:
        return NOTHING
    for change in laid.alignment.changes:
        own = [w for w in change.own if w.kind in _SAYS and not _merely_names(laid.own, w)]
        held = [w for w in change.held if w.kind in _SAYS and not _merely_names(laid.held, w)]
        for mine, theirs in product(own, held) if change.holds else ():
            if (mine.norm, theirs.norm) in _opposites() and not {w.norm for w in own} & {w.norm for w in held}:
                return stopped(f"it says “{laid.said(mine)}” where its citation says “{laid.written(theirs)}”")
    return PASSED


def _merely_names(found: Sequence[Word], word: Word) -> bool:
    """Whether it is "called" without "for" or "on": to name, not to urge."""
    if word.norm != "call":
        return False
    at = next(n for n, other in enumerate(found) if other is word)
    return at + 1 == len(found) or found[at + 1].norm not in {"for", "on"}


_SAYS = frozenset({"word", "hedge", "small"})


def scope(laid: Laid) -> Outcome:
    """What it says of all its citations say of all."""
    mine = _ALL.search(laid.text)
    if mine is None:
        return NOTHING
    if any(_ALL.search(quote) or _ONLY.search(quote) for quote in laid.quotes):
        return PASSED
    return stopped(f"it says “{mine.group()}”, which its citations do not say")


def condition(laid: Laid) -> Outcome:
    """What its citation says on a condition it does not say without one."""
    pieces = [quote[s:e] for quote in laid.quotes for s, e in sentences(quote)]
    conditional = [piece for piece in pieces if _IF.search(piece)]
    if not conditional:
        return NOTHING
    if _IF.search(laid.text) or _INVERTED.search(laid.text) or any(j.stance == "conditions" for j in judged_all(laid.text)):
        return PASSED
    own = set(terms(laid.text))
    for piece in conditional:
        main = set(terms(_main_clause(piece)))
        if len(main) >= 2 and len(main & own) >= MOST_OF_A_CLAUSE * len(main):
            return stopped(f"the condition of its citation is gone (“{piece[:80]}”)")
    return PASSED


def _main_clause(sentence: str) -> str:
    """A sentence without the clauses that open with a condition: up to the next comma, or to its end."""
    return re.sub(rf"(?:{_IF.pattern}).*?(?:,|[.!?”\"]\s*\Z|\Z)", " ", sentence, flags=re.IGNORECASE | re.DOTALL)


def cause(laid: Laid) -> Outcome:
    """What it gives as a cause its citations give as one."""
    mine = list(_CAUSE.finditer(laid.text))
    if not mine:
        return NOTHING
    around = [_around(quote, m) for quote in laid.quotes for m in _CAUSE.finditer(quote)]
    for match in mine:
        told = terms(laid.text[match.end() :])[:4] or terms(laid.text[: match.start()])[-4:]
        if not any(3 * len(held & set(told)) >= 2 * len(set(told)) for held in around):
            return stopped(f"it gives a cause that its citations do not give (“{laid.text[match.start() :][:60]}”)")
    return PASSED


def _around(quote: str, match: re.Match[str]) -> set[str]:
    return set(terms(quote[: match.start()])[-14:]) | set(terms(quote[match.end() :])[:14])
