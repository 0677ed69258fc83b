"""Names in an article, whoever they are: who is meant by a surname, a pronoun, an office named before.

Nothing here knows a topic. A person is a run of two or more capitalised words that is later written by its last word, or
carries a title or an office; what is told of him (titles before, an apposition behind) is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from briefing.reading.data import demonyms, listed, places
from index.sentences import Span

Gender = Literal["he", "she"]

_CAP = r"(?:[A-ZÀ-ÖØ-Þ][\w’'\-]*\w|[A-ZÀ-ÖØ-Þ])"
_WORD = rf"(?:(?:[A-Z]\.){{1,4}}|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gen|Gov|Lt|Col|Sgt|Maj|Capt|Adm|St|Jr)\.|{_CAP})"
_RUN = re.compile(
    rf"(?<![\w’'.])(?:{_WORD})(?:[ \-](?:(?:al|el|bin|ben|de|del|di|da|du|von|van|der|den|la|le|ibn|abu)[ \-])?{_WORD})*"
)
# Words that open sentences or name things: no name begins with one
_OPENERS = listed("names", "openers")
TITLES = listed("names", "titles")
_ORG_LAST = listed("names", "bodies") | places() | demonyms()
_HE = listed("names", "he")
_SHE = listed("names", "she")
_HIS_TITLES = frozenset({"Mr", "Sir", "King", "Prince", "Lord", "Father", "Pope", "Congressman", "Spokesman", "Chairman"})
_HER_TITLES = frozenset(
    {"Mrs", "Ms", "Miss", "Queen", "Princess", "Dame", "Lady", "Sister", "Congresswoman", "Spokeswoman", "Chairwoman"}
)
_HIS_NOUN = re.compile(r"\b(?:spokesman|chairman|congressman|father|husband|son|brother|man|boy|king|actor)\b", re.IGNORECASE)
_HER_NOUN = re.compile(
    r"\b(?:spokeswoman|chairwoman|congresswoman|mother|wife|daughter|sister|woman|girl|queen|actress)\b", re.IGNORECASE
)
_OFFICE_FIRST = re.compile(r"\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts) (?P<told>[\w ]{3,40}), \Z")  # "the envoy, X"
_SPEAKS = re.compile(r" (?:said|says|told|added|wrote|asked|argued|explained|believes|thinks|tells|recalled)\b")
_SPOKEN = re.compile(r"[,”\"’'?!] (?:said|says|adds|added) \Z")
_POSSESSIVE = re.compile(r"[’']s?\Z")
_APPOSITION = re.compile(r"\A, (?:who (?:is|was) |whose )?(?:the |a |an |his |her )?(?P<told>[^,.;:“”\"()]{3,90})(?=[,.;)]|\Z)")
_BEFORE = re.compile(r"(?P<told>(?:[\w’'.\-]+ ){1,6})\Z")
ROLE = re.compile(
    r"\b(?:president|minister|secretary|spokes\w+|ambassador|envoy|advis[eo]r|senator|representative|congress\w+|speaker|leader|"
    r"chief|commander|general|admiral|director|coordinator|fellow|analyst|professor|head|chancellor|premier|king|prince|emir|"
    r"governor|mayor|lawmaker|chair\w*|commissioner|expert|official|diplomat|legislator|historian|researcher|administrator|"
    r"coach|captain|owner|manager|lawyer|attorney|judge|officer|constable|sergeant|inspector|superintendent|doctor|"
    r"author|editor|"
    r"columnist|activist|founder|executive|economist|scientist|co-\w+|mother|father|wife|husband|daughter|son|sister|brother|"
    r"widow|neighbour|neighbor|resident|student|teacher|principal|player|forward|defenceman|defenseman|goalie|goaltender|critic|"
    r"candidate|councillor|member|partner|engineer|negotiator|organizer|organiser|survivor|victim|driver|farmer|pastor|bishop|"
    r"priest|actor|actress|singer|director|producer|artist|veteran|rookie|biologist|psychologist|consultant|strategist|pollster|"
    r"premier|chancellor|chaplain|detective|investigator|prosecutor|volunteer|vice-?president|ceo|mp|mla|mpp)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Named:
    """Somebody or something an article names: the fullest form, where it first stands, what is told of it there."""

    name: str
    first: int
    person: bool
    gender: Gender | None = None
    told: set[str] = field(default_factory=set)  # lower-case nouns of office or kin


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names it."""

    start: int
    end: int
    named: Named


class Names:
    """All that one text names."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._by_last: dict[str, list[Named]] = {}
        self._by_name: dict[str, Named] = {}
        self.mentions: list[Mention] = []
        runs = [(match.span(), *_bare(match.group())) for match in _RUN.finditer(text)]
        kept = [
            ((start + skipped, start + skipped + len(name)), titles, name) for (start, _), skipped, titles, name in runs if name
        ]
        elsewhere = {w for (start, _), _, name in kept if not _opens_sentence(text, start) for w in name.split()}
        kept = [one for one in kept if " " in one[2] or one[1] or one[2] in elsewhere or not _opens_sentence(text, one[0][0])]
        kept = [one for one in kept if not _credit(text, one[0])]
        for span, titles, name in kept:
            if len(name.split()) > 1:
                self._introduce(span, titles, name)
        for span, titles, name in kept:
            named = self._known(name, span[0]) or self._introduce(span, titles, name)
            self.mentions.append(Mention(*span, named))
            self._learn(named, span, titles)
        self._starts = [m.start for m in self.mentions]
        self._settle()

    def spelled_out(self, name: str) -> str:
        """The name that initials stand for, where the text has it: "PBO" -> "Parliamentary Budget Officer"."""
        if name.isupper() and name.isalpha() and 2 <= len(name) <= 6:
            for other in self._by_name:
                if "".join(w[0] for w in other.split() if w[0].isupper()) == name:
                    return other
        return name

    def _settle(self) -> None:
        """A run of capitals that nothing shows to be a person is none: "Coastal Gas", "Covington Catholic"."""
        alone = {m.named.name for m in self.mentions if self._stands_alone(m)}
        for named in self._by_name.values():
            first = named.name.split()[0].casefold()
            shown = named.gender is not None or bool(named.told) or first in _HE | _SHE or named.name in alone
            named.person = named.person and shown

    def _stands_alone(self, mention: Mention) -> bool:
        """Whether somebody of several names is called by the last one only, or says something."""
        text, named = self._text, mention.named
        if _SPEAKS.match(text[mention.end : mention.end + 14]) or _SPOKEN.search(text[max(0, mention.start - 9) : mention.start]):
            return True
        short = mention.end - mention.start < len(named.name) and " " in named.name
        return short and not re.search(r"\b[Tt]he \Z", text[max(0, mention.start - 4) : mention.start])

    def within(self, start: int, end: int) -> list[Mention]:
        """Mentions that lie in text[start:end], in order."""
        from bisect import bisect_left

        found = []
        for mention in self.mentions[bisect_left(self._starts, start) :]:
            if mention.start >= end:
                break
            if mention.end <= end:
                found.append(mention)
        return found

    def _known(self, name: str, at: int) -> Named | None:
        if name in self._by_name:
            return self._by_name[name]
        last = name.split()[-1]
        holders = self._by_last.get(last, [])
        if len(name.split()) > 1:
            holders = [h for h in holders if h.name.split()[0] == name.split()[0]]
        before = [h for h in holders if h.first <= at]
        found = before or holders
        return found[-1] if found else None  # the one named last before

    def _introduce(self, span: Span, titles: list[str], name: str) -> Named:
        if name in self._by_name:
            return self._by_name[name]
        words = name.split()
        person = bool(titles) or (len(words) in {2, 3, 4} and words[-1] not in _ORG_LAST and words[0].casefold() in _HE | _SHE)
        person = person or (len(words) in {2, 3} and words[-1] not in _ORG_LAST and not name.isupper())
        person = person or (len(words) == 1 and not name.isupper() and name not in _ORG_LAST)
        named = Named(name, span[0], person)
        self._by_name[name] = named
        if len(words) > 1:
            self._by_last.setdefault(words[-1], []).append(named)
        return named

    def _learn(self, named: Named, span: Span, titles: list[str]) -> None:
        """What stands beside this mention: titles, an office before, an apposition behind, and whether it is he or she."""
        start, end = span
        behind = _APPOSITION.match(self._text[end : end + 110])
        before = _BEFORE.search(self._text[max(0, start - 70) : start].rsplit("\n", 1)[-1])
        told = " ".join(titles)
        if behind:
            told += " " + behind["told"]
        if before:
            words = before["told"].split()
            told += " " + " ".join(words[-4:]) if ROLE.fullmatch(words[-1].strip(",")) else ""
        if apposed := _OFFICE_FIRST.search(self._text, max(0, start - 60), start):
            told += " " + apposed["told"]
        named.told |= {found.casefold() for found in ROLE.findall(told)}
        if named.gender is None:
            named.gender = _gender(named.name, titles, told)
        if titles and len(named.name.split()) == 1:
            named.person = True


def _opens_sentence(text: str, start: int) -> bool:
    return not text[max(0, start - 3) : start].strip() or text[max(0, start - 2) : start].strip()[-1:] in {*'.!?“"‘:\n\r•–—'}


def _credit(text: str, span: Span) -> bool:
    """Whether it stands in a photograph's credit: "(Jason Franson/Canadian Press)"."""
    opened = text.rfind("(", max(0, span[0] - 60), span[0])
    closed = text.find(")", span[1], span[1] + 80)
    inside = text[opened:closed] if opened >= 0 and closed >= 0 else ""
    if text[span[0] - 1 : span[0]] == "/" or re.match(r" ?/ ?(?:The )?[A-Z]", text[span[1] : span[1] + 8]):
        return True
    return bool(inside) and ")" not in inside and bool(re.search(r"/|Press|Getty|Reuters|Photo|Images|CBC|AP\b", inside))


def _gender(name: str, titles: list[str], told: str) -> Gender | None:
    if _HIS_TITLES & {*titles} or _HIS_NOUN.search(told):
        return "he"
    if _HER_TITLES & {*titles} or _HER_NOUN.search(told):
        return "she"
    return given(name)


def given(name: str) -> Gender | None:
    """What a full name's given name tells, where it is one that either only men or only women bear."""
    first = name.split()[0].casefold() if " " in name else ""
    return None if first in _HE & _SHE else "he" if first in _HE else "she" if first in _SHE else None


def _bare(run: str) -> tuple[int, list[str], str]:
    """How many characters of a run stand before the name, the titles there, and the name without a possessive."""
    words = [(m.start(), m.group()) for m in re.finditer(r"\S+", run)]
    titles: list[str] = []
    while words and words[0][1].rstrip(".") in _OPENERS:
        words = words[1:]
    cut = max((n for n, (_, w) in enumerate(words[:-1]) if re.search(r"[’']s\Z", w)), default=-1)
    words = words[cut + 1 :]
    last = max((n for n, (_, w) in enumerate(words[:-1]) if w.rstrip(".") in TITLES), default=-1)
    if last >= 0 and len(words) - last <= 5 and words[-1][1] not in _ORG_LAST:
        titles = [w.rstrip(".") for _, w in words[: last + 1]]
        words = words[last + 1 :]
    if not words:
        return 0, titles, ""
    name = run[words[0][0] :]
    bare = _POSSESSIVE.sub("", name) if re.search(r"[’']s\Z", name) else name
    if bare.rstrip(".") in _OPENERS or (len(words) == 1 and bare.rstrip(".") in TITLES):
        return 0, titles, ""
    return words[0][0], titles, bare
