"""Who is introduced: full names with the office that stands before or behind them. Knows no topic and no nation by name."""

from __future__ import annotations

import re
from functools import cache

from briefing.reading.data import demonyms, listed, places
from briefing.reading.nouns import Introduction

OFFICE_NOUNS = frozenset(
    "president minister secretary spokesman spokeswoman spokesperson ambassador envoy adviser advisor senator "
    "representative congressman congresswoman speaker leader chief commander general admiral director coordinator "
    "fellow analyst professor head chancellor premier king prince emir governor mayor lawmaker chairman chair "
    "secretary-general commissioner expert official diplomat legislator historian researcher administrator".split()
)
_ROLE_WORDS = OFFICE_NOUNS | frozenset(
    "national security foreign defence defense prime vice deputy former caretaker interim acting senior press "
    "communications military health interior finance environment energy justice political special presidential "
    "government army navy police intelligence strategic affairs house state communications middle east".split()
)
_CAP_ROLES = frozenset(
    "President Prime Minister Foreign Defense Defence Secretary Senator Sen Rep Gen General Lt Col Maj Adm Ambassador "
    "Speaker Health Environment Interior Finance Vice Deputy State Press White House National Security Council "
    "Communications Advisor Adviser Army Chief Staff Spokesperson Spokesman Spokeswoman European Union Mr Mrs Ms Dr King "
    "Prince Sheikh "
    "Democratic Republican Administrator Coordinator Representative Director Caretaker Military Defence Senior Special "
    "Envoy Presidential Chancellor Premier Leader Commander Admiral APNSA Principal Acting High Commissioner Human Rights".split()
)
_NOT_NAMES = frozenset(
    "The A An But And Yet So Still In On At By For From After Before When While As It He She They We I This That These "
    "Those There His Her Their Our Its Both One Two Three Many Some Most Meanwhile However Later Earlier Speaking Also "
    "More Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Sept Oct Nov Dec If Although Since Despite Under Until Hours Soon Now Then "
    "Here What Who Why How Where Not No Even Our Last Next Asked Repeatedly Experts Officials Congress Middle East Oct United "
    "Nations States "
    "Neither Nor Either None Had Should Were Would Could Hopefully Tomorrow Today Yesterday Asked Once "
    "Security Strip".split()
)
_CAP = r"[A-ZÀ-ÖØ-Þ][\w’'\-]*"
_TOKEN = rf"(?:(?:[A-Z]\.){{2,}}|{_CAP}\.?)"
SEQUENCE = re.compile(rf"(?<![\w.]){_TOKEN}(?: (?:(?:al|el|bin|ben|de|von|van|der|la)[ -]){{0,2}}{_TOKEN})*")
_NOT_LAST = frozenset("Democrat Republican Party University Institute Center Centre Council Street Times Post".split())
_APPOSITION = re.compile(r"\A, (?P<office>(?:who is |the |a |an )?[^,.;“”\"]{3,90})(?=[,.;]|\Z)")
_WORDS_BEFORE = re.compile(r"((?:[\w’'.\-]+ ){1,9})\Z")
_BEHIND = 160  # characters that are looked back over for an office
_HAS_ROLE = _CAP_ROLES - {"King", "Prince", "General", "Press"}
_NO_NAME_AFTER = re.compile(r"\b(?:a|an|the|in|at|near|across|outside|into|around) \Z", re.IGNORECASE)
_SERVED = re.compile(r"([\w-]+)\s+to\s+(?:the\s+)?\Z")
POSSESSIVE = re.compile(r"[’']s\Z")


@cache
def _titles() -> frozenset[str]:
    """What stands before a name and is none: roles, and the adjectives of nations."""
    return _CAP_ROLES | demonyms()


@cache
def _no_names() -> frozenset[str]:
    """With what no name begins."""
    return _NOT_NAMES | demonyms() | places()


@cache
def _given() -> frozenset[str]:
    """Given names; some are names of nations too."""
    return listed("names", "he") | listed("names", "she")


def introduced(sentence: str, offset: int = 0) -> list[Introduction]:
    """Names of two words or more in a sentence, with the office before or after; the span covers both."""
    found: list[Introduction] = []
    for match in SEQUENCE.finditer(sentence):
        _, name = split_titles(match.group())
        words = name.split()
        if not 2 <= len(words) <= 4 or POSSESSIVE.search(name) or words[-1] in _NOT_LAST or _HAS_ROLE & {*words}:
            continue
        if _NO_NAME_AFTER.search(sentence[max(0, match.start() - 12) : match.start()]) and not split_titles(match.group())[0]:
            continue  # "a Virginia Democrat", "in New York"
        start, office = office_before(sentence, match.start(), match.group())
        end = match.end()
        if office is None and (length := apposition_length(sentence[match.end() :])):
            end = match.end() + length
            office = re.sub(r"\A, (?:who is |the |a |an )?", "", sentence[match.end() : end])
        found.append(Introduction(offset + start, offset + end, name, office))
    return found


def apposition_length(after: str) -> int:
    """How far an apposition that names an office reaches behind a name; 0 where there is none."""
    match = _APPOSITION.match(after)
    if match is None or not any(w.casefold() in OFFICE_NOUNS for w in re.findall(r"[\w-]+", match["office"])[:9]):
        return 0
    return match.end()


def split_titles(sequence: str) -> tuple[list[str], str]:
    """ "Foreign Minister Israel Katz" -> (["Foreign", "Minister"], "Israel Katz")."""
    words = sequence.split()
    possessive = max((n for n, word in enumerate(words[:-1]) if POSSESSIVE.search(word)), default=-1)
    words = words[possessive + 1 :]
    at = 0
    while at < len(words) and words[at].rstrip(".") in _titles():
        at += 1
    rest = words[at:]
    while rest and rest[0].rstrip(".") in _no_names() and not (len(rest) == 2 and (at or rest[0].casefold() in _given())):
        rest = rest[1:]
    return words[:at], " ".join(rest).rstrip(".")


def office_before(sentence: str, start: int, sequence: str) -> tuple[int, str | None]:
    """Where the titles before a name begin, and what they say; (start, None) where there are none."""
    titles, _ = split_titles(sequence)
    before = _WORDS_BEFORE.search(sentence[max(0, start - _BEHIND) : start])
    words = before.group(1).split() if before else []
    taken: list[str] = []
    for word in reversed(words):
        bare = word.strip("’'").casefold()
        capital = word[:1].isupper() and word not in _no_names()
        if bare in _ROLE_WORDS or (taken and (capital or bare in {"of", "for", "and"})) or word in {"U.S.", "U.N."}:
            taken.insert(0, word)
        else:
            break
    while taken and taken[0].casefold() in {"of", "for", "and"}:
        taken.pop(0)
    office = " ".join([*taken, *titles])
    if not any(word.casefold().rstrip(".") in OFFICE_NOUNS | {"sen", "rep", "gen"} for word in office.split()):
        return start, None
    length = len(" ".join(taken)) + 1 if taken else 0
    served = _SERVED.search(sentence[max(0, start - length - 40) : start - length])
    if served and served.group(1).casefold() in OFFICE_NOUNS:
        return start, None  # "National Security Adviser to the Vice President Phil Gordon": the title is not his
    return start - length, office
