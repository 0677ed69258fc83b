"""Who is meant: a pronoun, a surname, an office or a common noun is led back to whom the text named before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefing.reading.names import ROLE, Gender, Named, Names
from briefing.reading.subjects import Said
from index.sentences import Span

_APPOSED = re.compile(r"\A(?:\s+(?:of|for|at|in|with|from|to|on)\s[^,;:“”\"]{2,70})?,\s+(?=[A-Z])")
_BODIES = re.compile(
    r"(?:company|utility|agency|ministry|department|government|study|report|statement|group|organi[sz]ation|union|firm|bank|"
    r"airline|university|team|party|committee|commission|council|court|force|army|military|office|post|letter|document|bill|"
    r"association|network|paper|newspaper|site|website|survey|poll|campaign|administration|movement|institute|foundation|"
    r"charity|embassy|parliament|board|regulator|watchdog|carrier|manufacturer|club|league|police|service|centre|center|band|"
    r"nation|country|state|province|city|town|ministry|lawsuit|filing|release|email|e-mail|memo|article|story|book|film)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(r"(his|her|their|its)\s+(?P<what>[\w ]+)\Z", re.IGNORECASE)
_NAMED_BEFORE = re.compile(
    r"company|utility|firm|bank|airline|team|manufacturer|carrier|club|union|agency|group|retailer|network"
)
_THEN_NAME = re.compile(
    r"(?:\s+(?:of|for|at|in|with|from|to|on)\s[^,]{2,70})?,\s+(?P<name>[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}),\s*(?:has |"
    r"had |also )?"
)
REACH = 6  # sentences that a pronoun looks back over


class Speakers:
    """Follows one text from its start: who was spoken of, who spoke last."""

    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names
        self._people: list[tuple[int, Named, bool]] = []  # who was spoken of or spoke, by where, newest last
        self.last: str | None = None  # who spoke last

    def of(self, source: Span, by: Said) -> str | None:
        words = self.text[source[0] : source[1]]
        folded = words.casefold().strip()
        if folded in {"he", "she", "his", "her"}:
            gender: Gender = "he" if folded in {"he", "his"} else "she"
            named = self._one(gender, source[0])
            return named.name if named else self.last
        if folded in {"they", "it", "we", "who", "i"}:
            if folded == "who":
                before = self.names.within(max(0, source[0] - 120), source[0])
                return before[-1].named.name if before else None
            return self.last
        if apposed := _THEN_NAME.fullmatch(self.text[source[1] : by.cue[0]]):
            return apposed["name"]  # "Keeper of the Seal, Syed Danial, said"
        inside = self.names.within(*source)
        whole = [m for m in inside if not re.match(r"[’']s?\s+\w", self.text[m.end : source[1]])]
        if not whole and inside and inside[-1].named.person:
            following = self.names.within(source[1], source[1] + 40)
            if following and self.text[source[1] : following[0].start] == ", " and following[0].named.person:
                return following[0].named.name  # "Wise’s dad, Darrin"
            return f"{inside[-1].named.name}{words[inside[-1].end - source[0] :]}"
        people = [m for m in whole if m.named.person]
        if people:
            return " and ".join(dict.fromkeys(m.named.name for m in people[-2:])) if " and " in words else people[-1].named.name
        behind = _APPOSED.match(self.text[source[1] : source[1] + 120])
        if behind and not whole:
            following = self.names.within(source[1], source[1] + behind.end() + 60)
            if following and following[0].start == source[1] + behind.end() and following[0].named.person:
                return following[0].named.name
        if (
            whole
            and re.match(
                r"[Tt]he .*\b(?:Republican|Democrat|Conservative|Liberal|native|star)s?\Z",
                words,
            )
            and self._people
        ):
            return self._people[-1][1].name
        if whole and not re.match(r"(?:the |a |an |The |A |An )[a-z]|(?!the |a |an )[a-z]", words):
            last = whole[-1]
            if not last.named.person and re.match(r"\s+[a-z]", self.text[last.end : source[1]]):
                return words.strip()  # "Palestinian leaders", "Freed hostages"
            return self.names.spelled_out(last.named.name)
        return self._described(words.strip(), source[0])

    def _described(self, words: str, at: int) -> str | None:
        """Whom a common noun means: "the minister", "her statement", "the company"; else the words as they are."""
        folded = words.casefold()
        if owned := _OWNED.match(words):
            gender: Gender = "she" if owned[1].casefold() == "her" else "he"
            named = self._one(gender, at) if owned[1].casefold() in {"his", "her"} else None
            whose = named.name if named else (self._opener(at) if owned[1].casefold() in {"their", "its"} else None)
            if whose and re.search(r"(?:statement|office|lawyer|spokes\w+|post|letter|tweet|team|campaign)\b", folded):
                return f"{whose}’s {owned['what']}" if not re.search(r"statement|post|letter|tweet", folded) else whose
            return words
        if not re.match(r"(?:the|that|this)\b", folded):
            return words
        nouns = re.findall(r"[\w’-]+", folded)
        last = nouns[-1]
        if _BODIES.fullmatch(last.removesuffix("’s")):
            return self._body(last, at) or words
        if role := ROLE.search(folded):
            known = self._by_role(role.group().casefold(), at)
            if known is not None:
                return known.name
        if last.endswith("s") and not last.endswith("ss"):
            return words
        latest = self._people[-1][1].name if self._people else None
        return latest or words

    def _opener(self, at: int) -> str | None:
        """Whose "its ministry" and "their spokesman" are: whoever the sentence named first, else who spoke last by name."""
        start = max(self.text.rfind("\n", 0, at), self.text.rfind(". ", 0, at)) + 1
        first = next(iter(self.names.within(start, at)), None)
        if first is not None:
            return first.named.name
        return self.last if self.last and self.last[:1].isupper() else None

    def _body(self, noun: str, at: int) -> str | None:
        """The body named before that "the company" means: one with the noun in its name, else the last that is no place."""
        before = [m for m in self.names.within(max(0, at - 1_500), at) if not m.named.person]
        called = [m for m in before if noun in m.named.name.casefold().split()]
        if called:
            return called[-1].named.name
        for mention in reversed(before) if _NAMED_BEFORE.fullmatch(noun) else ():
            around = self.text[max(0, mention.start - 8) : mention.start]
            if not re.search(r"\b(?:in|at|from|near|of|to|across|around|outside) (?:the )?\Z", around):
                return mention.named.name
        return None

    def _by_role(self, role: str, at: int) -> Named | None:
        """The person named before whose title or apposition holds this noun; who was spoken of last first."""
        for _, named, _ in reversed(self._people):
            if role in named.told:
                return named
        held = [m.named for m in self.names.mentions if m.end <= at and role in m.named.told]
        return held[-1] if held else None

    def _one(self, gender: Gender, at: int) -> Named | None:
        """Whom "he" or "she" means."""
        start = max(self.text.rfind("\n", 0, at), self.text.rfind(". ", 0, at)) + 1
        own = [m.named for m in self.names.within(start, at) if m.named.person]
        recent = self._people[-REACH:][::-1]
        best: Named | None = None
        for n, (_, named, spoke) in enumerate(recent):
            if named.gender == gender or (named.gender is None and (spoke or n == 0)):
                best = named
                break
        if best is None and own and own[0].gender in {gender, None}:
            best = own[0]
        if best is not None and best.gender is None:
            best.gender = gender
        return best

    def spoke(self, speaker: str | None, by: Said) -> None:
        if speaker is None:
            return
        self.last = speaker
        named = next((m.named for m in reversed(self.names.within(0, by.source[1])) if m.named.name == speaker), None)
        if named is not None and named.person:
            self._people.append((by.source[0], named, True))

    def move(self, start: int, end: int, inner: Sequence[Span]) -> None:
        """Whom a sentence speaks of: its first person named outside quotation marks."""
        for mention in self.names.within(start, end):
            if mention.named.person and not any(s <= mention.start < e for s, e in inner):
                if not self._people or self._people[-1][1] is not mention.named:
                    spoke = self._people and self._people[-1][0] >= start
                    if not spoke:
                        self._people.append((mention.start, mention.named, False))
                break
