"""Who is named in an article: persons with their offices, bodies, and sources that are not named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from briefing.claims import Speaker
from briefing.reading.data import demonyms
from briefing.reading.introductions import POSSESSIVE, SEQUENCE, apposition_length, office_before, split_titles
from briefing.reading.names import TITLES
from briefing.reading.nouns import Introduction
from briefing.talks.fronts import any_of
from briefing.talks.world import open_topic, world
from briefing.topics import Party, Person, Topic
from index.sentences import Span

_OFFICE_OF = re.compile(r"(?:\b[Tt]he )?\boffice of (?:[\w’'.]+ )?\Z")
_COUNTS = frozenset("a an one two three four several some many multiple another both the".split())
_KIND = re.compile(
    r"\b(?:officials?|diplomats?|sources?|persons?|people familiar with [\w ]{3,40}?|aides?|negotiators?|mediators?)\b"
    r"(?P<more> (?:familiar|briefed|close|involved|with knowledge)[^,.;“”\"]{3,60}?(?=,| (?:said|says|told|described|"
    r"added|confirmed))| in [A-Z]\w+)?",
    re.IGNORECASE,
)
_OF_A_SIDE = frozenset(
    "senior top unnamed former security defense defence military intelligence administration government western arab european "
    "political regional medical diplomatic white house state department".split()
)
_BEFORE_KIND = 90  # characters that may adorn it: how many, whose, of what rank
_ADORNING = re.compile(r"\S+ \Z")


_BODY_NOUN = (
    r"(?:government|cabinet|military|army|air force|(?:foreign|health|defen[cs]e|interior|environment) ministry|office|"
    r"parliament|mission|presidency|civil defen[cs]e|state media|Foreign Ministry|Health Ministry|Defen[cs]e Ministry|"
    r"Ministry of [A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)


_HEADS = ("head", "leader", "secretary-general", "chief", "chairman")
_HEAD_OF = re.compile(r"\b(?:chief|head|leader) of (?:the )?[A-Z]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names somebody: `text[start:end]`, titles included."""

    start: int
    end: int
    speaker: Speaker


def _untitled(name: str) -> str:
    """ "Colonel Petrus Immering" -> "Petrus Immering"; a surname alone stays with its title."""
    words = name.split()
    last = max((n for n, word in enumerate(words[:-2]) if word.rstrip(".") in TITLES), default=-1)
    return " ".join(words[last + 1 :])


class Cast:
    """Everybody an article names, so that a surname later finds its full name and office earlier."""

    def __init__(self, topic: Topic, day: date | None, told: Iterable[Introduction] = ()) -> None:
        self._topic, self._day = topic, day
        self._parties = _parties(topic)
        self._asked: dict[str, tuple[Person, Party] | None] = {}
        self._by_name: dict[str, Speaker] = {}
        self._by_surname: dict[str, dict[str, Speaker]] = {}
        self._side_words = _side_words(topic)
        self._by_word = _by_word(topic)
        self._sides: dict[str, _Side] = {}
        self._found: dict[str, list[Mention]] = {}  # sentence -> whom it names
        self._introduce(told)

    # ---- persons

    def _known(self, name: str) -> tuple[Person, Party] | None:
        """Whom the topic knows by this name on the article's day."""
        if name not in self._asked:
            self._asked[name] = self._person_of(name) or self._person_of(_untitled(name))
        return self._asked[name]

    def _person_of(self, name: str) -> tuple[Person, Party] | None:
        """By the topic's table, else by what the world knows."""
        if (known := self._topic.person(name, self._day)) is not None or name in self._topic.called:
            return known
        same = _people().get(name, [])
        if len({p.name for p, _ in same}) != 1:
            return None
        return next((pair for pair in same if pair[0].holds_office(self._day)), None)

    def _introduce(self, told: Iterable[Introduction]) -> None:
        """Remember each full name, with the office that the article gives, at its first such mention."""
        for one in told:
            known = self._by_name.get(one.name)
            if known is None or (one.office and not known.office):
                self.remember(self.introduced(one.name, one.office, (one.start, one.end)))

    def remember(self, speaker: Speaker) -> None:
        self._found.clear()
        if speaker.name:
            self._by_name[speaker.name] = speaker
            self._by_surname.setdefault(speaker.name.split()[-1], {})[speaker.name] = speaker

    def person(self, name: str) -> Speaker | None:
        """By full name or surname, as this article introduced them, or as the topic knows them."""
        if name in self._by_name:
            return self._by_name[name]
        if " " not in name and name in self._by_surname:
            return self._of_surname(self._by_surname[name], name)
        if self._known(name) is not None:
            return self.introduced(name, None, None)
        return None

    def _of_surname(self, holders: dict[str, Speaker], surname: str) -> Speaker | None:
        """Whom a bare surname means: the one the topic knows, where there is one, or its only holder; else nobody."""
        known = self._known(surname)
        if known is not None:
            return holders.get(known[0].name) or self.introduced(known[0].name, None, None)
        return next(iter(holders.values())) if len(holders) == 1 else None

    def introduced(self, name: str, office: str | None, introduced: Span | None) -> Speaker:
        known = self._known(name)
        if known is not None:
            person, party = known
            return Speaker(name=person.name, office=person.office, party=party.name, introduced=introduced)
        named = self._party_of(office) if office and not _outside_government(office) else None
        return Speaker(name=name, office=office, party=named, introduced=introduced)

    def _party_of(self, phrase: str) -> str | None:
        for party in self._near(phrase):
            if any_of([*party.names, *party.adjectives, *party.offices]).search(phrase):
                return party.name
        return None

    def _side(self, party: Party) -> _Side:
        """The patterns of a party on the article's day; kept here, as to look up a party by its value costs more."""
        if party.name not in self._sides:
            self._sides[party.name] = _side(party, self._day)
        return self._sides[party.name]

    def _near(self, words: str) -> list[Party]:
        """The parties of which a word stands in these, the topic's own first."""
        held = {n for word in _WORD.findall(words.casefold()) for n in self._by_word.get(word, ())}
        return [self._parties[n] for n in sorted(held)]

    def party_called(self, name: str) -> Speaker | None:
        """The party whose name closes this one: "Iran-backed Hezbollah"."""
        for party in self._near(name):
            if any(name == n or re.fullmatch(rf"[\w’-]+-[a-z]+ {re.escape(n)}", name) for n in party.names):
                return Speaker(name=party.name, party=party.name)
        return None

    def body_called(self, name: str, before: str) -> Speaker | None:
        """Whose "the Foreign Ministry" is: of the parties whose table has such a body the one that the text before names last."""
        if re.fullmatch(rf"(?:[Tt]he )?{_BODY_NOUN}", name) is None:
            return None
        called = {party.name: party for party in self._parties}
        for party in (called[p] for p in reversed(self.parties_in(before))):
            if (body := _listed(party, name)) != name:
                return Speaker(name=body, party=party.name)
        return None

    def parties_in(self, words: str) -> list[str]:
        """The names of the parties that these words name, in their order."""
        found = [
            (match.end(), party.name)
            for party in self._near(words)
            for match in any_of([*party.names, *party.adjectives]).finditer(words)
        ]
        return [name for _, name in sorted(found)]

    def office_holder(self, words: str) -> Speaker | None:
        """Who holds the office that a description names with its party ("Israel’s foreign minister") on the article's day, by
        the topic's table; None where it names no party or no such office."""
        told = words.replace("’", "'").replace("defense", "defence")
        for party in self._near(words):
            sides = {w.replace("’", "'") for w in (*party.adjectives, *party.names)}
            if not any(re.search(rf"\b{re.escape(side)}\b", told) for side in sides):
                continue
            held = [p for p in party.people if p.holds_office(self._day)]
            heads = [p for p in held if p.office.startswith(_HEADS)]
            if heads and not party.government and _HEAD_OF.search(told):
                return Speaker(name=heads[0].name, office=heads[0].office, party=party.name)  # a movement's first in the table
            for person in sorted(held, key=lambda p: -len(p.office)):
                if re.search(rf"\b{re.escape(person.office.replace('defense', 'defence'))}\b", told, re.IGNORECASE):
                    same = [p for p in held if p.office == person.office]
                    return Speaker(name=person.name, office=person.office, party=party.name) if len(same) == 1 else None
        return None

    def _speaks_for(self, party: Party, words: str) -> Speaker:
        """Who "a spokesman for X" is: the one spokesperson of X whom the article names, else somebody unnamed."""
        named = [s for s in self._by_name.values() if s.party == party.name and "spokes" in (s.office or "")]
        return named[0] if len(named) == 1 else Speaker(anonymous=words, party=party.name)

    def holder_named(self, office: str) -> Speaker | None:
        """Who of those whom the article names holds an office that it gives without a party ("the prime minister"), by the
        topic's table; None where it names none, or two."""
        told = office.casefold().replace("defense", "defence").removeprefix("the ").strip()
        held = {s.name: s for s in self._by_name.values() if s.party and s.office and _is_called(s.office, told)}
        return next(iter(held.values())) if len(held) == 1 else None

    # ---- mentions

    def mentions(self, sentence: str) -> list[Mention]:
        """Everybody the sentence names, longest reading first where two overlap, in order."""
        if sentence not in self._found:
            found = [*self._persons_in(sentence), *self._bodies_in(sentence), *self._anonymous_in(sentence)]
            found.sort(key=lambda m: (m.start, -(m.end - m.start)))
            kept: list[Mention] = []
            for mention in found:
                if not kept or mention.start >= kept[-1].end:
                    kept.append(mention)
            self._found[sentence] = kept
        return self._found[sentence]

    def _persons_in(self, sentence: str) -> list[Mention]:
        found = []
        for match in SEQUENCE.finditer(sentence):
            titles, name = split_titles(match.group())
            if not name or POSSESSIVE.search(match.group()):
                continue
            speaker = self.person(name) or (self.person(name.split()[-1]) if titles else None)
            if speaker is None:
                continue
            start, _ = office_before(sentence, match.start(), match.group())
            if office_of := _OFFICE_OF.search(sentence, max(0, start - 60), start):
                body = Speaker(name=f"{str(speaker.name).split()[-1]}’s office", party=speaker.party)
                found.append(Mention(office_of.start(), match.end(), body))
            else:
                found.append(Mention(start, match.end() + apposition_length(sentence[match.end() :]), speaker))
        return found

    def _bodies_in(self, sentence: str) -> list[Mention]:
        found = []
        words = {*_WORD.findall(sentence.casefold())}
        for side in map(self._side, self._near(sentence)):
            party = side.party
            called, officers = not words.isdisjoint(side.called), not words.isdisjoint(side.officers)
            if not (called or officers or not words.isdisjoint(side.people)):
                continue  # most sentences name few parties
            patterns = [side.offices] if officers else []
            patterns += [side.adjective_bodies, side.names] if called else [side.adjective_bodies]
            for pattern in patterns:
                for match in pattern.finditer(sentence):
                    if sentence[match.end() : match.end() + 2] in {"’s", "'s"}:
                        continue
                    name = party.name if pattern is side.names else _listed(party, match.group())
                    found.append(Mention(*match.span(), Speaker(name=name, party=party.name)))
            if not called:
                continue
            if "spokes" in sentence:
                found += [Mention(*m.span(), self._speaks_for(party, m.group())) for m in side.spokesperson.finditer(sentence)]
            found += [
                Mention(*match.span(), speaker)
                for pattern, speaker in side.held
                for match in pattern.finditer(sentence)
                if not _NAME_FOLLOWS.match(sentence, match.end())
            ]
        return found

    def _anonymous_in(self, sentence: str) -> list[Mention]:
        """Sources that are described and not named, of whichever side: "two Israeli officials familiar with the talks"."""
        found = []
        for match in _KIND.finditer(sentence):
            start = self._adorned_from(sentence, match.start())
            words = sentence[start : match.end()].strip()
            if words.casefold() in _POINTING:
                continue
            told = sentence[start : match.start("more") if match["more"] else match.end()]
            party = self._party_of(told) or _administration(told, self._topic)
            found.append(Mention(start, match.end(), Speaker(anonymous=words, party=party)))
        return found

    def _adorned_from(self, sentence: str, at: int) -> int:
        """Where a description begins: the words of side and rank before its noun, and how many they are."""
        start = at
        while start > max(0, at - _BEFORE_KIND) and (word := _ADORNING.search(sentence, max(0, start - 30), start)):
            plain = word.group().strip().casefold()
            if plain.rstrip(".") in self._side_words or plain in self._side_words:
                start = word.start()
                continue
            return word.start() if plain in _COUNTS else start
        return start


_POINTING = frozenset({"the official", "the officials", "the source", "the diplomats", "the diplomat"})  # back to one before
_WORD = re.compile(r"\w+")
_SLIGHT = frozenset("the of and for to in on at s".split())
_NAME_FOLLOWS = re.compile(r"[’']s\b|,? (?:[A-Z][\w’-]+|of|for|to)\b")
_ONE_OF_A_KIND = frozenset({"envoy", "ambassador", "chancellor", "premier", "leader"})


def _is_called(office: str, told: str) -> bool:
    """Whether an office may be told of by these words: itself, "the minister" for any minister."""
    full = office.casefold().replace("defense", "defence")
    return full == told or (" " not in told and told in {"minister", *_ONE_OF_A_KIND} and full.split()[-1] == told)


def _spokesperson(party: Party) -> re.Pattern[str]:
    """ "A spokesman for X": of the party itself, not of one of its bodies."""
    names = "|".join(re.escape(name) for name in party.names)
    return re.compile(
        rf"\b(?:[Aa]|[Tt]he) (?:[a-z]+ )?spokes(?:man|woman|person) (?:for|of) (?:the )?(?:{names})\b(?![’']|(?: [A-Z]))"
    )


def _described_offices(party: Party, day: date | None) -> list[tuple[re.Pattern[str], Speaker]]:
    """ "Israel’s foreign minister", "the Calvessan envoy": each office held on that day by one person, as a party's own."""
    found = []
    sides = any_of([*party.adjectives, *(f"{name}’s" for name in party.names)]).pattern
    held = [p for p in party.people if p.holds_office(day)]
    for person in held:
        words = [person.office] if sum(p.office == person.office for p in held) == 1 else []
        last = person.office.split()[-1]
        if last in _ONE_OF_A_KIND and sum(p.office.split()[-1] == last for p in held) == 1:
            words.append(last)
        if words:
            called = "|".join(re.escape(w).replace("defence", "defen[cs]e") for w in words)
            speaker = Speaker(name=person.name, office=person.office, party=party.name)
            found.append((re.compile(rf"(?:[Tt]he )?{sides} (?:{called})\b"), speaker))
    return found


class _Side:
    """The patterns that tell of one party on one day."""

    def __init__(self, party: Party, day: date | None) -> None:
        self.party = party
        self.offices, self.names = any_of([*party.offices]), any_of(party.names)
        self.adjective_bodies, self.spokesperson = _adjective_bodies(party), _spokesperson(party)
        self.held = _described_offices(party, day)
        self.called = _significant(*party.names, *party.adjectives)
        self.officers = _significant(*party.offices)
        self.people = _significant(*(p.surname for p in party.people))


def _significant(*names: str) -> frozenset[str]:
    """The words of which a sentence holds at least one where it holds one of these names."""
    words = [_WORD.findall(name.casefold()) for name in names]
    return frozenset(w for name in words for w in ([w for w in name if w not in _SLIGHT] or name))


@lru_cache(maxsize=16)
def _parties(topic: Topic) -> tuple[Party, ...]:
    """The topic's, and those of the world that it does not name."""
    taken = {name for party in topic.parties for name in party.names}
    return (*topic.parties, *(party for party in world() if taken.isdisjoint(party.names)))


@lru_cache(maxsize=16)
def _by_word(topic: Topic) -> dict[str, list[int]]:
    """By each word that tells of a party the places of such parties among all."""
    found: dict[str, list[int]] = {}
    for n, party in enumerate(_parties(topic)):
        for word in _significant(*party.names, *party.adjectives, *party.offices, *(p.surname for p in party.people)):
            found.setdefault(word, []).append(n)
    return found


@lru_cache(maxsize=16)
def _side_words(topic: Topic) -> frozenset[str]:
    sides = {w.casefold() for p in _parties(topic) for name in (*p.names, *p.adjectives) for w in name.removesuffix("’s").split()}
    return _OF_A_SIDE | sides | {w.casefold() for w in demonyms()}


@lru_cache(maxsize=1)
def _people() -> dict[str, list[tuple[Person, Party]]]:
    """Everybody in the tables that topics share, by full name, and by surname where that is nobody's full name."""
    return open_topic().called


@lru_cache(maxsize=8_192)
def _side(party: Party, day: date | None) -> _Side:
    return _Side(party, day)


def _administration(words: str, topic: Topic) -> str | None:
    """ "Administration" alone is the party whose offices hold an administration."""
    if "administration" not in words.casefold():
        return None
    return next((p.name for p in topic.parties if any("administration" in o.casefold() for o in p.offices)), None)


def _given_names(party: Party) -> set[tuple[str, str]]:
    return {(p.name.removesuffix(p.surname).strip(), p.surname) for p in party.people}


def _adjective_bodies(party: Party) -> re.Pattern[str]:
    lead = "|".join(re.escape(a).replace("’", "[’']") for a in (*party.adjectives, *(f"{n}’s" for n in party.names)))
    people = _given_names(party)
    surnames = "|".join(
        sorted(
            rf"(?:{re.escape(first)} )?{re.escape(last)}[’']s" if first else rf"{re.escape(last)}[’']s" for first, last in people
        )
    )
    both = f"{lead}|{surnames}" if surnames else lead
    places = "|".join(re.escape(name) for name in party.names)
    return re.compile(rf"\b(?:{both}) (?:[a-z]+ )?{_BODY_NOUN}\b|\b(?:[Tt]he )?{_BODY_NOUN} (?:in|of) (?:{places})\b(?![’'])")


def _listed(party: Party, words: str) -> str:
    """A body by the name that its party's table gives it ("Israel’s cabinet": "Israeli cabinet"), else as it is written."""
    words = next(
        (words[len(first) + 1 :] for first, last in _given_names(party) if first and words.startswith(f"{first} {last}")), words
    )
    if words in party.offices:
        return words
    noun = re.search(rf"{_BODY_NOUN}\Z", words) or re.match(rf"(?:[Tt]he )?{_BODY_NOUN}(?= (?:in|of) )", words)
    if noun is None or noun.group().removeprefix("the ").casefold() == "office":
        return words
    bare = noun.group().removeprefix("The ").removeprefix("the ").casefold().replace("defense", "defence")
    called = [(o, o.casefold().replace("defense", "defence")) for o in party.offices]
    return next((o for o, told in called if told.endswith(f" {bare}") or told.startswith(f"{bare} of ")), words)


def _outside_government(office: str) -> bool:
    """Legislators, experts and former officials do not speak for a government."""
    return bool(
        re.search(
            r"\b(?:senator|sen|representative|congress\w+|lawmaker|legislator|former|fellow|analyst|professor|expert|"
            r"historian|researcher|democrat|republican)\b",
            office,
            re.IGNORECASE,
        )
    )


def is_person(speaker: Speaker) -> bool:
    """Whether "he" or "she" can mean this speaker: a person, or one unnamed official."""
    if speaker.anonymous:
        return bool(re.match(r"(?:a|an|one)\b", speaker.anonymous, re.IGNORECASE))
    return bool(speaker.office) and bool(speaker.name)
