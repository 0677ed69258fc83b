"""Whose stance a sentence tells: the speaker's, another party's in his words, or nobody's who is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from briefing.claims import Said, Speaker, Statement
from briefing.talks.cast import Cast, Mention
from briefing.talks.named import RELAYS
from briefing.talks.stance import Judged
from briefing.topics import Topic

SUBJECT_WITHIN = 120  # characters before the deciding words in which their subject stands
_EVERY = re.compile(r"\A(?:[Aa]ll (?:the |of the )?(?:parties|sides)|[Bb]oth (?:sides|parties))\b")
_ASKED_OF = re.compile(r"\b(?:must|should|need|ought|would|urged|asked|called|told|have to)\b")  # not done yet
_WHICH = re.compile(
    r",? (?:that|which|who) (?:(?:is|are|has|have|had|was|were) )?(?:\w+ly |still |now |again )*"
)  # "Hamas, which …"
_ANOTHER = re.compile(
    r"\b(?:because|since|as|but|and|that|when|where|after) (?:Mr\.? |Ms\.? |Mrs\.? )?(?:[A-Z][\w’-]+ ){0,2}"
    r"(?P<name>(?!(?:I|We|He|She|They|It|You)\b)[A-Z][\w’-]+)(?: \w+ly)? \Z"
)
_HEADING = re.compile(r"(?:Here[’']s|What to know|Here are|Also in the news)\b")
_STANDS_FOR = re.compile(r"(?:[\w-]+ )?\b[A-Za-z]+(?:ors|ers|ats|als|ists|ives|groups) (?:for|from|of) (?:the )?\Z")
_GROUP = re.compile(
    r"(?:The |Some |Several |Many |Two |Three |A few |A dozen |Dozens of |Hundreds of |"
    r"Thousands of )?(?:[A-Za-z][\w’-]+ ){0,3}?"
    r"(?:negotiators|mediators|officials|diplomats|envoys|groups|families|residents|lawmakers|protesters|demonstrators|unions|"
    r"organi[sz]ations|activists|relatives|experts|analysts|critics|countries|nations)\b"
)
_OTHER_CLAUSE = re.compile(r",|;|\b(?:but|while|and)\b")
_PRONOUN = re.compile(
    r"\b(?:I|we|they|their|he|she|both)\b(?! (?:think|believe|hope|understand|hear|know|expect)\b)", re.IGNORECASE
)
_FIRST_PERSON = {"i", "we"}
_OBJECT = re.compile(  # who stands behind it is no subject
    r"\b(?:between|among|on|in|across|along|against|towards?|with|from|by|for|over|inside|into|(?:war|conflict|crisis|ceasefire|truce|"
    r"end|north|south|side|part|people) of)(?: the)?(?: \S+ and)?(?: [A-Z]\S+){0,2} \Z"
)
_PREDICATE = re.compile(
    r"(?:[’']s?)?(?:,[^,;]*,)?(?: (?!(?:that|which|who|whose)\b)[^\s,;—–]+){0,9} ?"
)  # what stands between a subject and its verb
OPENS = 6  # characters from a sentence's start in which its subject is named
_ITS_VOICE = re.compile(  # "X refused, its foreign ministry said": X
    r"(?:, |\baccording to )(?:its|their) (?:own )?(?:[\w-]+ )?(?:spokes\w+|ministry|government|presidency|cabinet|office|army|"
    r"military|leadership|delegation|embassy|parliament)\b(?! (?:that|who|which))"
)
_POSSESSES = re.compile(r"\b(?:The )?(?P<name>[A-Z][\w-]+(?: [A-Z][\w-]+){0,2})[’'](?:s )?(?:[a-z]+ ){0,2}\Z")
_BY = re.compile(
    r"\s*(?:as [\w-]+ )?by (?!(?:mid|noon|midnight|now|then|early|late|the end|the time|\w*day\b|\w+ing\b|\d))(?:the )?"
)  # a doer, no hour
_NOUN = re.compile(r"(?:rejection|refusal|acceptance|approval|endorsement|consent|opposition|silence)\b", re.IGNORECASE)
_OF_THEM = re.compile(r"(?:[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Tt]he (?:movement|group|party|country|army)[’']s) ")
_NOT_DONE = re.compile(  # whoever stands behind it is asked or supposed to do what is told of him
    r"\b(?:if|unless|until|when|once|should|call(?:s|ed|ing)? (?:up)?on|appeal(?:s|ed|ing)?(?: to)?|ask(?:s|ed|ing)?|"
    r"urg(?:es?|ed|ing)|"
    r"press(?:es|ed|ing)?|want(?:s|ed|ing)?|expect(?:s|ed|ing)?|demand(?:s|ed|ing)?(?: that)?|let|lets|make|have|lead)"
    r"(?: on \w+day(?: to)?)?(?: all parties, including)?"
    r"(?: the)?(?: [Gg]overnments? of(?: the)?)?(?: [A-Z]\S+ and(?: (?:on|to))?(?: the)?)? \Z",
    re.IGNORECASE,
)
_THE_ISSUER = re.compile(r"(?:[Tt]he )?(?:Government|Ministry|Office|Presidency|Cabinet|Chancellery)")
_LEADERS = re.compile(r"(?:The (?:two )?leaders|Both leaders|Both|They|The two)\b")
_COMMITS = re.compile(
    r"\b(?:agree|underscor|welcom|reaffirm|affirm|reiterat|emphasi[sz]|stress|commit|support|call)\w*", re.IGNORECASE
)
_TITLES = re.compile(
    r"\A(?:(?:Crown )?Prince|King|President|Prime Minister|Foreign Minister|Sultan|Amir|Emir|Sheikh|His Excellency|Minister)\s+"
)

_INNER = re.compile(r"‘(?=\w)[^‘“”]{8,}?[\w.,!?]’(?!\w)")  # a quotation inside another


class Holders:
    """Finds the voices of a sentence, and whose stances they tell, by one topic's parties."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic

    def voices(self, said: Said, readout: re.Match[str] | None, cast: Cast) -> list[tuple[Speaker, str | None]]:
        """Who speaks, and whose stance it is where that is told by another: a read-out of a call tells also of whoever was
        called, in its own government's voice."""
        if readout is None:
            speaker = said.speaker
            if speaker is None or RELAYS.search(speaker.known_as) or _THE_ISSUER.fullmatch(speaker.known_as):
                return []
            return [(self._principal(said, cast) or speaker, None)]
        first = _person(cast, readout["who"])
        other = _person(cast, re.split(r" of | and ", readout["other"])[0])
        house = Speaker(name=self._house(first), party=first.party)
        of_other = (house, other.party or other.name)
        if _LEADERS.match(said.text):
            return [(first, None), of_other] if _COMMITS.search(said.text) else [(house, None)]
        if said.speaker is not None:
            return [(said.speaker, None)]
        surname = (other.name or "").split()[-1]
        if re.match(rf"(?:The )?(?:Prime Minister|King|Amir|Crown Prince|{re.escape(surname)})\b", said.text):
            return [of_other]
        return [(first, None)]

    def _principal(self, said: Said, cast: Cast) -> Speaker | None:
        """Whose position a body of its own gives, where it is named before: "X refused, its foreign ministry said": X's."""
        own = _ITS_VOICE.search(said.text)
        opening = cast.mentions(said.text[: own.start()]) if own else []
        party = next((m.speaker.party for m in opening if m.speaker.party and m.start <= OPENS), None)
        return Speaker(name=party, party=party) if party else None

    def _house(self, speaker: Speaker) -> str:
        """The body in whose name a read-out is issued."""
        party = self.topic.party(speaker.party)
        return party.offices[0] if party is not None and party.offices else speaker.known_as

    def narrated(self, base: Statement, judgements: list[Judged], cast: Cast) -> Iterator[Statement]:
        """What the reporter tells: of each party or person the position or deed, else how the talks stand."""
        said = base.said
        if said.text.rstrip('”"’').endswith("?") or _HEADING.match(said.text):
            return
        told = [
            replace(judged(base, judgement, None), speaker=speaker, narrated=True)
            for judgement in judgements
            for speaker in self._subjects(said, judgement, cast)
        ]
        yield from distinct(told) or [replace(base, speaker=None, narrated=True)]

    def whose(self, said: Said, voice: Speaker, judgement: Judged, cast: Cast) -> list[str | None]:
        """The parties whose stance it is, where it is told of others than the speaker's; else [None]; none where it is
        nobody's who is known ("opposed by her own prime minister")."""
        if _BY.match(said.text, judgement.end):
            by = self._subjects(said, judgement, cast)
            return [*dict.fromkeys(s.party if s.party != voice.party else None for s in by)]
        if judgement.own or (voice.party is None and _OF_THEM.match(voice.known_as)):
            return [None]
        if _NOUN.match(said.text, judgement.start) and _POSSESSES.search(said.text[: judgement.start]):
            held = [s.party for s in self._subjects(said, judgement, cast)]
            return [party if party != voice.party else None for party in held] or [None]
        named = self._named_before(said, judgement, cast)
        another = _ANOTHER.search(said.text[: judgement.start]) if not named else None
        if another and another["name"] not in voice.known_as:
            return []  # "because Mr. Sinwar refused", of somebody whom the topic does not know that day
        if not named:
            return [None]  # "We call on X and Y to …"
        if named:
            last = named[-1]
            between = said.text[last.end : judgement.start]
            pronouns = _PRONOUN.findall(between)
            if pronouns and pronouns[-1].casefold() in _FIRST_PERSON:
                return [None]  # "On Lebanon, we continue …"
            before = said.text[: last.start]
            if (
                not pronouns
                and not _WHICH.fullmatch(between)
                and (_OBJECT.search(before) or _NOT_DONE.search(before) or not _PREDICATE.fullmatch(between))
            ):
                return [None]  # "the conflict between Israel and Hezbollah", "if Hamas accepts"
        subjects = self._subjects(said, judgement, cast)
        others = [s.party for s in subjects if s.party and s.party != voice.party and s.party not in voice.known_as]
        return [*dict.fromkeys(others)] if others and len(others) == len(subjects) else [None]

    def _subjects(self, said: Said, judgement: Judged, cast: Cast) -> list[Speaker]:
        """Who is named before the deciding words in their clause, behind the verb that attributes the sentence: the last
        one, or those that "and" joins. Of a passive ("approved by Israel’s cabinet") the one behind "by"."""
        text = said.text
        if by := _BY.match(text, judgement.end):
            behind = cast.mentions(text[by.end() : by.end() + 80])
            return [behind[0].speaker] if behind and behind[0].start <= len("former president ") else []
        whose = _POSSESSES.search(text[: judgement.start]) if _NOUN.match(text, judgement.start) else None
        if whose and (held := cast.person(whose["name"]) or cast.party_called(whose["name"])):
            return [held]  # "ignoring Netanyahu’s rejection"
        if (every := _EVERY.search(text, 0, judgement.start)) and not _ASKED_OF.search(text, every.end(), judgement.start):
            sides = [Speaker(name=p.name, party=p.name) for p in self.topic.parties if p.role == "principal"]
            return sides if every.group()[0] in "Aa" or len(sides) == 2 else [Speaker(anonymous=every.group())]
        named = self._named_before(said, judgement, cast)
        if not named and (inside := [m for m in cast.mentions(text[: judgement.end]) if m.start >= judgement.start]):
            return [m.speaker for m in inside]  # "Neither X nor Y had answered"
        if not named:
            group = _GROUP.match(text)
            return [Speaker(anonymous=group.group())] if group and group.end() <= judgement.start else []
        last = [named[-1]]
        for earlier in reversed(named[:-1]):
            if not re.fullmatch(
                r"[’']?s?(?: \w+)?(?:,| and|, and) (?:the |both )?(?:[\w.]+ ){0,3}", text[earlier.end : last[0].start]
            ):
                break
            last.insert(0, earlier)
        group = _GROUP.match(text)
        if group and group.end() <= last[0].start and not _OTHER_CLAUSE.search(text[group.end() : last[0].start]):
            return [Speaker(anonymous=group.group())]  # "International mediators had hoped that Hamas …"
        if standing := _STANDS_FOR.search(text[: last[0].start]):
            return [Speaker(anonymous=f"{standing.group()}{text[last[0].start : last[-1].end]}")]  # "Negotiators for the U.S."
        return [m.speaker for m in last]

    def _named_before(self, said: Said, judgement: Judged, cast: Cast) -> list[Mention]:
        first = 0
        if said.cue and said.speaker is not None:
            cue = said.text.find(said.cue)
            first = cue + len(said.cue) if 0 <= cue < judgement.start else 0
        first = max(first, judgement.start - SUBJECT_WITHIN)
        return [m for m in cast.mentions(said.text[: judgement.start]) if m.start >= first]


def lent(said: Said, judgement: Judged, cast: Cast) -> list[str | None] | None:
    """Whose words a quotation within a quotation holds: “The envoy told us, ‘We refuse,’ …” is the envoy's side's. None where
    the deciding words stand in no such quotation; nobody's where the sentence does not name whose it is."""
    inner = next((m for m in _INNER.finditer(said.text) if m.start() < judgement.start < m.end()), None)
    if inner is None or said.quote is None or not said.quote[0] - said.start <= inner.start() < said.quote[1] - said.start:
        return None
    before = [m for m in cast.mentions(said.text[: inner.start()]) if m.start >= said.quote[0] - said.start]
    return [before[-1].speaker.party] if before and before[-1].speaker.party else []


def judged(statement: Statement, judgement: Judged, of: str | None) -> Statement:
    """The statement with the stance that these words decide, of this party where it is told of another."""
    return replace(statement, stance=judgement.stance, stance_words=(judgement.start, judgement.end), stance_of=of)


def distinct(told: list[Statement]) -> list[Statement]:
    """One of each stance and whose; at most three of a sentence."""
    kept: dict[tuple[object, ...], Statement] = {}
    for one in told:
        kept.setdefault((one.speaker.known_as if one.speaker else None, one.stance, one.stance_of), one)
    return list(kept.values())[:3]


def _person(cast: Cast, name: str) -> Speaker:
    bare = _TITLES.sub("", name.strip())
    return cast.person(bare) or cast.person(bare.split()[-1]) or Speaker(name=bare)
