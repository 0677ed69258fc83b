"""The sayings of an article by sentence, each with a speaker whom the article's cast and the topic know, where they do."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from briefing.claims import Speaker
from briefing.reading.nouns import Saying
from briefing.talks.cast import Cast, is_person
from briefing.talks.whose import Attribution, only_adorns
from index.sentences import Span

OPENS = 45  # characters from a sentence's start in which its subject is named
RELAYS = re.compile(  # who passes on what others say; it is told, not said
    r"\b(?:reports?|media|Times|Post|Journal|CNN|Reuters|Associated Press|AP|Axios|news agency|newspaper|network|"
    r"outlets?|broadcaster|document)(?: of [A-Z]\w+| [A-Z]\w+)?\Z"
)
_PROPER = re.compile(r"(?:the |The )?(?:(?:[A-ZÀ-ÖØ-Þ][\w’'.-]*|al|el|bin|ben|de|von|van|der|of|and|for|the)(?:\s|$))+")


_OFFICE = r"(?:minister|president|premier|chancellor|leader|envoy|ambassador|secretary|secretary-general|chief)"
_DESCRIBED = re.compile(rf"\b{_OFFICE}(?: (?:of|to) (?:the )?[A-Z]\w+(?: [A-Z]\w+)*)?\s*\Z", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:has|have|had|is|are|was|were|will|would)\b|\A[a-z]+(?:ed|ing)\b(?! (?:officials?|people|sources?|diplomats?))"
)  # a sentence, no name of anybody
_A_LETTER = re.compile(r"\b(?:letter|message|statement|note)\Z")
_FROM = re.compile(r" (?:from|by|of|signed by) (?P<who>[^“”\"]{3,80})")
_NOBODY = re.compile(  # what says nothing, and what is no name
    r"\A(?:neither|nor|both|either|no|none|nobody)\b|\b(?:plan|proposal|deal|truce|cease-?fire|offer|demand|round|rocket|talks)\Z",
    re.IGNORECASE,
)
_LEADS = re.compile(rf"\b{_OFFICE} (?:of|for) (?:the )?[A-Z]\w+(?: [A-Z]\w+)*\Z", re.IGNORECASE)
_OF_WHOM = re.compile(r" (?:of|for) (?:the )?[A-Z]\w+(?: [A-Z]\w+)*")
_THEIRS = re.compile(r"(?:their|its|the (?:movement|group|country|party|government|organi[sz]ation)[’']s)\b", re.IGNORECASE)


class Named:
    """The sayings of one reading, looked up by sentence."""

    def __init__(self, text: str, cast: Cast, sayings: Sequence[Saying]) -> None:
        self._text, self._cast = text, cast
        self._found = sorted(sayings, key=_at)
        self._places = [_at(q) for q in self._found]

    def within(self, start: int, end: int) -> Attribution | None:
        """The attribution whose verb, or whose words where there is none, stand in text[start:end]."""
        for saying in self._found[bisect_left(self._places, start) :]:
            if _at(saying) >= end:
                break
            if saying.speaker is not None and not _CLAUSE.search(saying.speaker) and not _NOBODY.search(saying.speaker):
                return self._attribution(saying, start, end)
        return None

    def by_office(self, sentence: str, by: Attribution) -> Attribution:
        """ "The leader of the Dorvekh said": its leader, whom the topic knows, not the body."""
        named = _LEADS.search(sentence[: by.subject_end]) if by.speaker.name and not is_person(by.speaker) else None
        holder = self._cast.office_holder(named.group()) if named else None
        return by if holder is None else replace(by, speaker=holder)

    def _attribution(self, saying: Saying, start: int, end: int) -> Attribution:
        cue, source = saying.cue, saying.source
        inside = cue is not None and start <= cue[0] < end
        assert saying.speaker is not None
        return Attribution(
            cue=self._text[slice(*cue)] if cue else "said",
            cue_start=cue[0] - start if cue and inside else 0,
            subject_start=source[0] - start if source and inside else 0,
            subject_end=source[1] - start if source and inside else 0,
            speaker=self._speaker(saying.speaker, source, start, end),
            where=None,
            pronoun=False,
        )

    def _opener(self, start: int, end: int) -> Speaker | None:
        """The only person whom a sentence names before its pronoun, where that name opens it."""
        people = [m for m in self._cast.mentions(self._text[start:end]) if is_person(m.speaker)]
        return people[0].speaker if len(people) == 1 and people[0].start <= OPENS else None

    def _words(self, source: Span | None) -> str:
        """The mention as written, with whose it is behind it: "the leader" -> "the leader of the Dorvekh"."""
        if source is None:
            return ""
        behind = _OF_WHOM.match(self._text, source[1])
        return self._text[source[0] : behind.end() if behind else source[1]]

    def _speaker(self, name: str, source: Span | None, start: int, end: int) -> Speaker:
        """Who that is to the article's cast: a person, a body, somebody unnamed; else the name alone. `source`: where it is
        mentioned in the sentence text[start:end]."""
        words = self._words(source)
        if source and words.casefold() in {"he", "she"} and (opener := self._opener(start, source[0])) is not None:
            return opener
        before, behind = (self._text[start : source[0]], self._text[source[1] : end]) if source else ("", "")
        if _DESCRIBED.search(words):
            sides = reversed(self._cast.parties_in(before)) if _THEIRS.match(words) else [""]
            for side in sides:  # "their leader": of the side named last that has one
                if (holder := self._cast.office_holder(f"{side} {words}".strip())) is not None:
                    return holder
            if (holder := self._cast.holder_named(words)) is not None:
                return holder
        if _A_LETTER.search(words) and (signed := _FROM.match(behind)):
            by = self._cast.mentions(signed["who"])
            if by and by[0].start == 0:
                return by[0].speaker  # "a letter from Foreign Minister X said"
        if RELAYS.search(words):
            return Speaker(name=words)
        if (body := self._cast.party_called(name)) is not None:
            return body
        if (person := self._cast.person(name)) is not None:
            return person
        for phrase in dict.fromkeys((words, name)):
            mentions = [m for m in self._cast.mentions(phrase) if not only_adorns(phrase, m)]
            if mentions:
                return mentions[0].speaker
        if (body := self._cast.body_called(name, self._text[: source[0] if source else start])) is not None:
            return body
        return Speaker(name=name) if _PROPER.fullmatch(name) else Speaker(anonymous=name)


def _at(saying: Saying) -> int:
    return saying.cue[0] if saying.cue and saying.kind != "direct" else saying.start
