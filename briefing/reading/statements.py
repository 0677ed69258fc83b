"""Statements on the talks: of all sentences of an article those in which somebody says or does something about ending the
fighting, or the reporter tells how it stands, with the stance, whose it is, and about which proposal. What the ledger is
made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from briefing.claims import Speaker, Statement
from briefing.reading.documents import publisher
from briefing.reading.figures import FIGURE
from briefing.reading.fronts import BOTH, any_of
from briefing.reading.people import Cast, Mention, is_person
from briefing.reading.quotations import Quoted
from briefing.reading.reader import Reader
from briefing.reading.sayings import RELAYS
from briefing.reading.stance import Judged, hedge, judged_all
from briefing.topics import Party, Topic
from index.article import Article
from index.terms import terms

SUBJECT_WITHIN = 120  # characters before the deciding words in which their subject stands
CONTEXT, LONG_CONTEXT = 2, 4  # sentences that "the deal" and "it" reach back over; in an article on the talks
OF_A_PARTY = 6  # the same, where a party's voice speaks
LEAD = 3  # sentences that show what an article is about
FAR = 10_000
LONG = 20_000  # characters of a transcript that goes from one matter to another
OPENING = 600  # characters
SAYS_SOMETHING = 30  # characters
_MATTER = re.compile(
    r"\b(?:deal|agreement|proposal|plan|arrangement|talks|negotiat\w+|offer|resolution|pause|conversations?|efforts?|mediat\w+|"
    r"diplomacy|diplomatic|terms|phases?|calls? for|delegation|bridging|breakthrough|gaps?|withdraw\w*|implement\w*|"
    r"stop(?:s|ped|ping)? (?:the )?(?:fighting|firing|attack\w*)|halt\w*)\b",
    re.IGNORECASE,
)
_TALKS = re.compile(r"\b(?:talks|negotiations)\b", re.IGNORECASE)
_EVERY = re.compile(r"\A(?:[Aa]ll (?:the |of the )?(?:parties|sides)|[Bb]oth (?:sides|parties))\b")
_ASKED_OF = re.compile(r"\b(?:must|should|need|ought|would|urged|asked|called|told|have to)\b")  # not done yet
_WHICH = re.compile(
    r",? (?:that|which|who) (?:(?:is|are|has|have|had|was|were) )?(?:\w+ly |still |now |again )*"
)  # "Hamas, which …"
_ANOTHER = re.compile(
    r"\b(?:because|since|as|but|and|that|when|where|after) (?:Mr\.? |Ms\.? |Mrs\.? )?(?:[A-Z][\w’-]+ ){0,2}"
    r"(?P<name>(?!(?:I|We|He|She|They|It|You)\b)[A-Z][\w’-]+)(?: \w+ly)? \Z"
)
_ANSWER = re.compile(r"\b(?:answer|reply) (?:is|was|remains|will be|would be)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"(?:It|This|That|They|He|She|Both|The (?:statement|agreement|deal|truce|move|decision|vote|two)|We)\b|“?(?:We|It|I|That)\b"
)
_NOT_TALKS = re.compile(
    r"\b(?:death toll|killed|weapons?|wounded|injured|died|(?:close|regular) contact|starv\w+|shipments?|aid trucks|"
    r"food|medic\w+)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:Here[’']s|What to know|Here are|Also in the news)\b")
_STANDS_FOR = re.compile(r"(?:[\w-]+ )?\b[A-Za-z]+(?:ors|ers|ats|als|ists|ives|groups) (?:for|from|of) (?:the )?\Z")
_GROUP = re.compile(
    r"(?:The |Some |Several |Many |Two |Three |A few |A dozen |Dozens of |Hundreds of |"
    r"Thousands of )?(?:[A-Za-z][\w’-]+ ){0,3}?"
    r"(?:negotiators|mediators|officials|diplomats|envoys|groups|families|residents|lawmakers|protesters|demonstrators|unions|"
    r"organi[sz]ations|activists|relatives|experts|analysts|critics|countries|nations)\b"
)
_OTHER_VOICE = re.compile(r"[,;] (?:and|but|while|though|although)\b(?! that\b)[^“”\"]{0,60}\Z")
_NEXT_CLAUSE = re.compile(r"according to [^,;“”\"]{2,70}, (?:and|but|while)\b", re.IGNORECASE)  # the reporter goes on
_BACKGROUND = re.compile(  # what the reporter sets behind an attributed sentence
    r"\b(?:hours|minutes|days|weeks|a day|shortly|soon|just) (?:after|before)\b|\bat the end of an? \w+ (?:on|in) which\b|"
    r",? after (?=(?:the|his|her|its|their|an?|[A-Z][\w’'-]+) )"
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
_NEITHER = re.compile(r"(?:neither|both|none of)\b", re.IGNORECASE)
_BARE_OFFICE = re.compile(r"[“\"]?The (?P<office>[A-Z]?[\w-]+(?: [Mm]inister)?) ")
_HIS_SPOKESMAN = re.compile(r", (?:his|her) spokes\w+\b|\b(?:said|told \w+) (?:his|her) spokes\w+")
_POSSESSES = re.compile(r"\b(?:The )?(?P<name>[A-Z][\w-]+(?: [A-Z][\w-]+){0,2})[’'](?:s )?(?:[a-z]+ ){0,2}\Z")
_THEY = re.compile(
    r"[“\"]?\b(?:They(?:[’']ve|[’']re)? (?:(?:have|had|did|do|are|will|all|now|also) )*|It (?:has|had|did|will) (?:now |also )?)\Z"
)
_BY = re.compile(
    r"\s*(?:as [\w-]+ )?by (?!(?:mid|noon|midnight|now|then|early|late|the end|the time|\w*day\b|\w+ing\b|\d))(?:the )?"
)  # a doer, no hour
_ASKED = re.compile(
    r"(?:[\w’'. ]{2,40}, )?(?:[Aa]sked|[Pp]ressed|[Qq]uestioned)(?: (?:again|later|directly|by \w+))* "
    r"(?:about|whether|if|why|on|of)\b"
)
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
_READOUT = re.compile(
    r"\AReadout of (?:(?:Vice )?President |Prime Minister |"
    r"National Security Advisor )?(?P<who>[\w .’']+?)[’']s? (?:\w+ )?(?:Call|Calls|Meeting|Conversation)s? "
    r"with (?:His Majesty |Her Majesty |the )?(?P<other>.+)\Z"
)
_LEADERS = re.compile(r"(?:The (?:two )?leaders|Both leaders|Both|They|The two)\b")
_COMMITS = re.compile(
    r"\b(?:agree|underscor|welcom|reaffirm|affirm|reiterat|emphasi[sz]|stress|commit|support|call)\w*", re.IGNORECASE
)
_TITLES = re.compile(
    r"\A(?:(?:Crown )?Prince|King|President|Prime Minister|Foreign Minister|Sultan|Amir|Emir|Sheikh|His Excellency|Minister)\s+"
)


class Statements:
    """Reads statements on one topic's talks."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self._reader = Reader(topic, wide=True)
        self._proposals = [(p, any_of(p.aliases)) for p in topic.proposals]
        self._talks, self._weak = any_of(topic.talks), any_of(topic.weak_talks)

    def read(self, article: Article) -> list[Statement]:
        """In the order of the text. Their fronts are as the words say: a statement on other talks is filed under those."""
        cast = self._reader.cast(article)
        read = self._reader.read(article, cast)
        home = self._home(article, read)
        read = [s if s.front is not None or home is None else replace(s, front=home) for s in read]
        readout = _READOUT.match((article.title or "").strip())
        party = self.topic.party(publisher(article, self.topic))
        house = Speaker(name=_body_called(article.outlet, party), party=party.name) if party and readout is None else None
        found: list[Statement] = []
        read = [replace(s, on_talks=True) if not s.on_talks and self._on_an_offer(s, cast) else s for s in read]
        about, speaks = self._is_on_talks(article, read), bool(read) and _spoken(read[0])
        since, last = 0 if about and not speaks else FAR, None  # sentences since the talks were spoken of, and by whom
        speech = Quoted(article.text) if speaks and not read[0].written else None
        told_of: str | None = None  # whose stance that voice has just told
        for statement in read:
            if speech is not None and (whole := speech.holding(statement.start)) and whole[0] < statement.start:
                continue  # a speaker who lends his voice to somebody else: “… We’re not interested.”
            since = 0 if statement.on_talks else since + 1
            wanders = len(article.text) > LONG and _spoken(statement) and not statement.written
            voice = statement.speaker is not None and statement.speaker.party is not None
            reach = CONTEXT if not about else OF_A_PARTY if voice else LONG_CONTEXT
            near = since <= (CONTEXT if wanders else 2 * reach if _spoken(statement) else reach)
            if statement.on_talks or (
                near and self._goes_on(statement, None if wanders else last, cast, about=about and not wanders)
            ):
                found += self._told(statement, readout, cast, house, told_of if statement.speaker == last else None)
                told_of = next((s.stance_of for s in reversed(found) if s.start == statement.start and s.stance_of), None)
                last = statement.speaker
            elif statement.speaker != last:
                last = None
            if not (found and found[-1].start == statement.start) and FIGURE.search(statement.text):
                found.append(replace(statement, counted=True))
        return found

    def _home(self, article: Article, read: list[Statement]) -> str | None:
        """The front an article is on, for sentences that say nothing of it: the topic's, where its first words speak of it
        and of no other, or where more of its sentences do than of any other."""
        opening = self._reader.fronts.of(f"{article.title or ''}\n{article.text[:OPENING]}")
        if opening not in {None, BOTH}:
            return opening if opening == self.topic.name else None
        fronts = Counter(s.front for s in read if s.own_front and s.front not in {None, BOTH})
        if fronts:
            return self.topic.name if fronts.most_common(1)[0][0] == self.topic.name else None
        return self.topic.name if self._about(article.text) is not None else None

    def _is_on_talks(self, article: Article, read: list[Statement]) -> bool:
        """Whether the talks are what an article is about: its headline or its lead speaks of them."""
        title = article.title or ""
        headed = self._talks.search(title) or (_TALKS.search(title) and self._reader.fronts.of(title) == self.topic.name)
        return bool(headed) or any(s.on_talks for s in read[:LEAD])

    def _on_an_offer(self, statement: Statement, cast: Cast) -> bool:
        """Whether a sentence of this front that has no word for a truce is on the talks all the same: a principal's answer
        to a "plan" or "deal", and a mediator is named with it."""
        text = statement.text
        if statement.front not in {self.topic.name, BOTH} or not judged_all(text):
            return False
        speaker = self.topic.party(statement.speaker.party) if statement.speaker else None
        if _ANSWER.search(text) and speaker is not None and speaker.role == "principal":
            return True
        named = {m.speaker.party for m in cast.mentions(text)} if self._weak.search(text) else set()
        roles = {party.role for party in self.topic.parties if party.name in named or party is speaker}
        return bool(named) and {"principal", "mediator"} <= roles

    def _goes_on(self, statement: Statement, last: Speaker | None, cast: Cast, *, about: bool) -> bool:
        """Whether a sentence near one on the talks is on them too: it speaks of their matter, takes a stance, or goes on in
        the same voice."""
        text = statement.text
        if _NOT_TALKS.search(text):
            return False
        if _MATTER.search(text):
            return True
        if last is not None and statement.speaker == last and statement.quote is not None and len(text) >= SAYS_SOMETHING:
            return True
        speaker = statement.speaker
        if about and speaker is not None and (speaker.party is not None or speaker.anonymous) and statement.kind != "narration":
            return True  # in an article on the talks what a party's voice says is on them
        judgements = judged_all(text)
        if not judgements:
            return False
        if about and any(m.speaker.party for m in cast.mentions(text)):
            return True
        if any(j.stance == "acts-against" for j in judgements):
            party = self.topic.party(statement.speaker.party) if statement.speaker else None
            return party is not None and party.role == "principal"
        return _POINTS_BACK.match(text) is not None

    def _told(
        self, statement: Statement, readout: re.Match[str] | None, cast: Cast, house: Speaker | None, told_of: str | None
    ) -> list[Statement]:
        """One statement for each stance and whose it is; one without a stance where no words decide any. `told_of`: the party
        whose stance the same voice has told just before, whom its "they" means."""
        statement = replace(statement, about=self._about(statement.text), hedge=hedge(statement.text))
        voices = self._voices(statement, readout, cast)
        if not voices and house is not None:
            voices = [(house, None)]
        judgements = judged_all(statement.text)
        if not voices:
            return list(self._narrated(statement, judgements, cast))
        judgements = [j for j in judgements if not _asked(statement, j)]
        before = [j for j in judgements if _before_the_voice(statement, j) or _in_the_background(statement, j)]
        told = [one for one in self._narrated(statement, before, cast) if one.stance] if before else []
        judgements = [j for j in judgements if j not in before]
        for voice, of in voices:
            own = [
                _judged(statement, j, whose)
                for j in judgements
                for whose in (
                    [of] if of else [told_of] if told_of and _theirs(statement, j) else self._whose(statement, voice, j, cast)
                )
            ]
            told += _distinct([replace(one, speaker=voice) for one in own]) or ([] if of else [replace(statement, speaker=voice)])
        return told

    def _voices(self, statement: Statement, readout: re.Match[str] | None, cast: Cast) -> list[tuple[Speaker, str | None]]:
        """Who speaks, and whose stance it is where that is told by another: a read-out of a call tells also of whoever was
        called, in its own government's voice."""
        if readout is None:
            speaker = statement.speaker
            if speaker is None or RELAYS.search(speaker.known_as) or _THE_ISSUER.fullmatch(speaker.known_as):
                return []
            return [(self._principal(statement, cast) or speaker, None)]
        first = _person(cast, readout["who"])
        other = _person(cast, re.split(r" of | and ", readout["other"])[0])
        house = Speaker(name=self._house(first), party=first.party)
        of_other = (house, other.party or other.name)
        if _LEADERS.match(statement.text):
            return [(first, None), of_other] if _COMMITS.search(statement.text) else [(house, None)]
        if statement.speaker is not None:
            return [(statement.speaker, None)]
        surname = (other.name or "").split()[-1]
        if re.match(rf"(?:The )?(?:Prime Minister|King|Amir|Crown Prince|{re.escape(surname)})\b", statement.text):
            return [of_other]
        return [(first, None)]

    def _principal(self, statement: Statement, cast: Cast) -> Speaker | None:
        """Whose position "his spokesman" gives, where he is named before it: "X backs the plan, his spokesman Y said"."""
        by = _HIS_SPOKESMAN.search(statement.text)
        if by is None:
            return None
        people = [m.speaker for m in cast.mentions(statement.text[: by.start()]) if is_person(m.speaker)]
        if people:
            return people[0]
        office = _BARE_OFFICE.match(statement.text)  # "The Secretary-General believes …, his spokesman Y said": Y's side's
        sides = [m.speaker.party for m in cast.mentions(statement.text[by.start() :]) if m.speaker.party]
        return cast.office_holder(f"{sides[0]} {office['office']}") if office and sides else None

    def _house(self, speaker: Speaker) -> str:
        """The body in whose name a read-out is issued."""
        party = self.topic.party(speaker.party)
        return party.offices[0] if party is not None and party.offices else speaker.known_as

    def _narrated(self, statement: Statement, judgements: list[Judged], cast: Cast) -> Iterator[Statement]:
        """What the reporter tells: of each party or person the position or deed, else how the talks stand."""
        if statement.text.rstrip('”"’').endswith("?") or _HEADING.match(statement.text):
            return
        told = [
            replace(_judged(statement, judgement, None), speaker=speaker, narrated=True)
            for judgement in judgements
            for speaker in self._subjects(statement, judgement, cast)
        ]
        yield from _distinct(told) or [replace(statement, speaker=None, narrated=True)]

    def _whose(self, statement: Statement, voice: Speaker, judgement: Judged, cast: Cast) -> list[str | None]:
        """The parties whose stance it is, where it is told of others than the speaker's; else [None]; none where it is
        nobody's who is known ("opposed by her own prime minister")."""
        if _BY.match(statement.text, judgement.end):
            by = self._subjects(statement, judgement, cast)
            return [*dict.fromkeys(s.party if s.party != voice.party else None for s in by)]
        if judgement.own or (voice.party is None and _OF_THEM.match(voice.known_as)):
            return [None]
        if _NOUN.match(statement.text, judgement.start) and _POSSESSES.search(statement.text[: judgement.start]):
            held = [s.party for s in self._subjects(statement, judgement, cast)]
            return [party if party != voice.party else None for party in held] or [None]
        named = self._named_before(statement, judgement, cast)
        another = _ANOTHER.search(statement.text[: judgement.start]) if not named else None
        if another and another["name"] not in voice.known_as:
            return []  # "because Mr. Sinwar refused", of somebody whom the topic does not know that day
        if not named and not _NEITHER.match(statement.text, judgement.start):
            return [None]  # "We call on X and Y to …"
        if named:
            last = named[-1]
            between = statement.text[last.end : judgement.start]
            pronouns = _PRONOUN.findall(between)
            if pronouns and pronouns[-1].casefold() in _FIRST_PERSON:
                return [None]  # "On Lebanon, we continue …"
            before = statement.text[: last.start]
            if (
                not pronouns
                and not _WHICH.fullmatch(between)
                and (_OBJECT.search(before) or _NOT_DONE.search(before) or not _PREDICATE.fullmatch(between))
            ):
                return [None]  # "the conflict between Israel and Hezbollah", "if Hamas accepts"
        subjects = self._subjects(statement, judgement, cast)
        others = [s.party for s in subjects if s.party and s.party != voice.party and s.party not in voice.known_as]
        return [*dict.fromkeys(others)] if others and len(others) == len(subjects) else [None]

    def _subjects(self, statement: Statement, judgement: Judged, cast: Cast) -> list[Speaker]:
        """Who is named before the deciding words in their clause, behind the verb that attributes the sentence: the last
        one, or those that "and" joins. Of a passive ("approved by Israel’s cabinet") the one behind "by"."""
        text = statement.text
        if by := _BY.match(text, judgement.end):
            behind = cast.mentions(text[by.end() : by.end() + 80])
            return [behind[0].speaker] if behind and behind[0].start <= len("former president ") else []
        whose = _POSSESSES.search(text[: judgement.start]) if _NOUN.match(text, judgement.start) else None
        if whose and (held := cast.person(whose["name"]) or cast.party_called(whose["name"])):
            return [held]  # "ignoring Netanyahu’s rejection"
        if (every := _EVERY.search(text, 0, judgement.start)) and not _ASKED_OF.search(text, every.end(), judgement.start):
            sides = [Speaker(name=p.name, party=p.name) for p in self.topic.parties if p.role == "principal"]
            return sides if every.group()[0] in "Aa" or len(sides) == 2 else [Speaker(anonymous=every.group())]
        named = self._named_before(statement, judgement, cast)
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

    def _named_before(self, statement: Statement, judgement: Judged, cast: Cast) -> list[Mention]:
        first = 0
        if statement.cue and statement.speaker is not None:
            cue = statement.text.find(statement.cue)
            first = cue + len(statement.cue) if 0 <= cue < judgement.start else 0
        first = max(first, judgement.start - SUBJECT_WITHIN)
        return [m for m in cast.mentions(statement.text[: judgement.start]) if m.start >= first]

    def _about(self, text: str) -> str | None:
        return next((p.name for p, pattern in self._proposals if pattern.search(text)), None)


def _body_called(outlet: str, party: Party) -> str:
    """By which of its party's names the body goes that publishes as this outlet ("Office of the Prime Minister of X")."""
    held = set(terms(outlet))
    return next((office for office in party.offices if set(terms(office)) <= held), outlet)


def _spoken(statement: Statement) -> bool:
    """From a speech, a transcript or a written statement, where all words are the speaker's own."""
    return statement.quote == (statement.start, statement.end)


def _before_the_voice(statement: Statement, judgement: Judged) -> bool:
    """Whether a clause stands before the one that attributes: "mediators work on it, and Israel says that …"."""
    cue = statement.text.find(statement.cue) if statement.cue else -1
    return judgement.end < cue and _OTHER_VOICE.search(statement.text[judgement.end : cue]) is not None


def _theirs(statement: Statement, judgement: Judged) -> bool:
    """Whether the deciding words are what "they" did: “They have accepted the text.”"""
    return _THEY.search(statement.text[: judgement.start]) is not None


def _asked(statement: Statement, judgement: Judged) -> bool:
    """Whether the deciding words are in what the speaker was asked: "asked whether he had refused, he said …"."""
    cue = statement.text.find(statement.cue) if statement.cue else -1
    return judgement.end <= cue and _ASKED.match(statement.text) is not None


def _in_the_background(statement: Statement, judgement: Judged) -> bool:
    """Whether the deciding words are the reporter's, behind what he attributes: "it insisted on that, hours after leaders
    spoke against it"."""
    cue = statement.text.find(statement.cue) if statement.cue else -1
    if cue < 0 or judgement.start < cue or _spoken(statement):
        return False
    if _NEXT_CLAUSE.match(statement.text[cue : judgement.start]):
        return True
    mark = _BACKGROUND.search(statement.text, cue, judgement.start)
    return mark is not None and "“" not in statement.text[mark.start() :]


def _judged(statement: Statement, judgement: Judged, of: str | None) -> Statement:
    return replace(statement, stance=judgement.stance, stance_words=(judgement.start, judgement.end), stance_of=of)


def _distinct(told: list[Statement]) -> list[Statement]:
    """One of each stance and whose; at most three of a sentence."""
    kept: dict[tuple[object, ...], Statement] = {}
    for one in told:
        kept.setdefault((one.speaker.known_as if one.speaker else None, one.stance, one.stance_of), one)
    return list(kept.values())[:3]


def _person(cast: Cast, name: str) -> Speaker:
    bare = _TITLES.sub("", name.strip())
    return cast.person(bare) or cast.person(bare.split()[-1]) or Speaker(name=bare)
