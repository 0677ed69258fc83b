"""Statements on the talks: of all sentences of an article those in which somebody says or does something about ending the
fighting, or the reporter tells how it stands, with the stance, whose it is, and about which proposal. What the ledger is
made of, what a brief draws on and what an answer cites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from briefing.claims import Count, Said, Seen, Speaker, Statement
from briefing.reading import BuiltIn, Reader, Reading
from briefing.talks.cast import Cast
from briefing.talks.documents import publisher
from briefing.talks.figures import counted, figures
from briefing.talks.fronts import BOTH, Fronts, any_of
from briefing.talks.holders import Holders, distinct, judged, lent
from briefing.talks.speech import Speech
from briefing.talks.stance import Judged, hedge, judged_all
from briefing.topics import Party, Topic
from index.article import Article
from index.calendar.numbers import number
from index.terms import terms

SEEN = "seen/1"  # change what is made of a reading, and every article is seen again
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
_POINTS_BACK = re.compile(
    r"(?:It|This|That|They|He|She|Both|The (?:statement|agreement|deal|truce|move|decision|vote|two)|We)\b|“?(?:We|It|I|That)\b"
)
_NOT_TALKS = re.compile(
    r"\b(?:death toll|killed|weapons?|wounded|injured|died|(?:close|regular) contact|starv\w+|shipments?|aid trucks|"
    r"food|medic\w+)\b",
    re.IGNORECASE,
)
_OTHER_VOICE = re.compile(r"[,;] (?:and|but|while|though|although)\b(?! that\b)[^“”\"]{0,60}\Z")
_NEXT_CLAUSE = re.compile(r"according to [^,;“”\"]{2,70}, (?:and|but|while)\b", re.IGNORECASE)  # the reporter goes on
_BACKGROUND = re.compile(  # what the reporter sets behind an attributed sentence
    r"\b(?:hours|minutes|days|weeks|a day|shortly|soon|just) (?:after|before)\b|\bat the end of an? \w+ (?:on|in) which\b|"
    r",? after (?=(?:the|his|her|its|their|an?|[A-Z][\w’'-]+) )"
)
_THEY = re.compile(
    r"[“\"]?\b(?:They(?:[’']ve|[’']re)? (?:(?:have|had|did|do|are|will|all|now|also) )*|"
    r"It (?:has|had|did|will) (?:now |also )?)\Z"
)
_ASKED = re.compile(
    r"(?:[\w’'. ]{2,40}, )?(?:[Aa]sked|[Pp]ressed|[Qq]uestioned)(?: (?:again|later|directly|by \w+))* "
    r"(?:about|whether|if|why|on|of)\b"
)
_READOUT = re.compile(
    r"\AReadout of (?:(?:Vice )?President |Prime Minister |"
    r"National Security Advisor )?(?P<who>[\w .’']+?)[’']s? (?:\w+ )?(?:Call|Calls|Meeting|Conversation)s? "
    r"with (?:His Majesty |Her Majesty |the )?(?P<other>.+)\Z"
)


class Talks:
    """Sees articles from one topic."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self._fronts, self._holders = Fronts(topic), Holders(topic)
        self._proposals = [(p, any_of(p.aliases)) for p in topic.proposals]
        self._talks, self._weak = any_of(topic.talks), any_of(topic.weak_talks)

    def concerns(self, article: Article) -> bool:
        """Whether a word of this front or the name of a proposal stands in an article: without one, nothing in it is filed
        under these talks."""
        whole = f"{article.title or ''}\n{article.text}"
        return self._fronts.here(whole) or self._about(whole) is not None

    def see(self, article: Article, reading: Reading) -> Seen:
        """In the order of the text. Fronts are as the words say: a statement on other talks is filed under those."""
        speech = Speech(self.topic, self._fronts, article, reading)
        said = speech.said()
        home = self._home(article, said)
        said = [s if s.front is not None or home is None else replace(s, front=home) for s in said]
        said = [replace(s, on_talks=True) if not s.on_talks and self._on_an_offer(s, speech.cast) else s for s in said]
        statements = tuple(self._statements(article, said, speech))
        voices = {s.start: s.speaker for s in reversed(statements)}
        counts = tuple(c for s in said for c in counts_in(s, voices.get(s.start, s.speaker)))
        return Seen(article_id=article.id, said=tuple(said), statements=statements, counts=counts)

    def read(self, article: Article, reader: Reader | None = None) -> Seen:
        """Read an article and see it from the topic, without keeping anything; nothing where it was not read."""
        reading = (reader or BuiltIn()).read(article)
        return self.see(article, reading) if isinstance(reading, Reading) else Seen(article_id=article.id)

    def _statements(self, article: Article, read: Sequence[Said], speech: Speech) -> Iterator[Statement]:
        cast = speech.cast
        readout = _READOUT.match((article.title or "").strip())
        party = self.topic.party(publisher(article, self.topic))
        house = Speaker(name=_body_called(article.outlet, party), party=party.name) if party and readout is None else None
        about, speaks = self._is_on_talks(article, read), bool(read) and _spoken(read[0])
        since, last = 0 if about and not speaks else FAR, None  # sentences since the talks were spoken of, and by whom
        lends = speaks and not read[0].written
        told_of: str | None = None  # whose stance that voice has just told
        for said in read:
            if lends and (whole := speech.quoted.holding(said.start)) and whole[0] < said.start:
                continue  # a speaker who lends his voice to somebody else: “… We’re not interested.”
            since = 0 if said.on_talks else since + 1
            wanders = len(article.text) > LONG and _spoken(said) and not said.written
            voice = said.speaker is not None and said.speaker.party is not None
            reach = CONTEXT if not about else OF_A_PARTY if voice else LONG_CONTEXT
            near = since <= (CONTEXT if wanders else 2 * reach if _spoken(said) else reach)
            if said.on_talks or (near and self._goes_on(said, None if wanders else last, cast, about=about and not wanders)):
                told = self._told(said, readout, cast, house, told_of if said.speaker == last else None)
                told_of = next((s.stance_of for s in reversed(told) if s.stance_of), None)
                last = said.speaker
                yield from told
            elif said.speaker != last:
                last = None

    def _home(self, article: Article, read: Sequence[Said]) -> str | None:
        """The front an article is on, for sentences that say nothing of it: the topic's, where its first words speak of it
        and of no other, or where more of its sentences do than of any other."""
        opening = self._fronts.of(f"{article.title or ''}\n{article.text[:OPENING]}")
        if opening not in {None, BOTH}:
            return opening if opening == self.topic.name else None
        fronts = Counter(s.front for s in read if s.own_front and s.front not in {None, BOTH})
        if fronts:
            return self.topic.name if fronts.most_common(1)[0][0] == self.topic.name else None
        return self.topic.name if self._about(article.text) is not None else None

    def _is_on_talks(self, article: Article, read: Sequence[Said]) -> bool:
        """Whether the talks are what an article is about: its headline or its lead speaks of them."""
        title = article.title or ""
        headed = self._talks.search(title) or (_TALKS.search(title) and self._fronts.of(title) == self.topic.name)
        return bool(headed) or any(s.on_talks for s in read[:LEAD])

    def _on_an_offer(self, said: Said, cast: Cast) -> bool:
        """Whether a sentence of this front that has no word for a truce is on the talks all the same: it takes a stance
        on a "plan" or "deal", and a principal and a mediator are named with it."""
        text = said.text
        if said.front not in {self.topic.name, BOTH}:
            return False
        if self._weak.search(text) is None or not judged_all(text):
            return False
        speaker = self.topic.party(said.speaker.party) if said.speaker else None
        named = {m.speaker.party for m in cast.mentions(text)}
        roles = {party.role for party in self.topic.parties if party.name in named or party is speaker}
        return bool(named) and {"principal", "mediator"} <= roles

    def _goes_on(self, said: Said, last: Speaker | None, cast: Cast, *, about: bool) -> bool:
        """Whether a sentence near one on the talks is on them too: it speaks of their matter, takes a stance, or goes on in
        the same voice."""
        text = said.text
        if _NOT_TALKS.search(text):
            return False
        if _MATTER.search(text):
            return True
        if last is not None and said.speaker == last and said.quote is not None and len(text) >= SAYS_SOMETHING:
            return True
        speaker = said.speaker
        if about and speaker is not None and (speaker.party is not None or speaker.anonymous) and said.kind != "narration":
            return True  # in an article on the talks what a party's voice says is on them
        judgements = judged_all(text)
        if not judgements:
            return False
        if about and any(m.speaker.party for m in cast.mentions(text)):
            return True
        if any(j.stance == "acts-against" for j in judgements):
            party = self.topic.party(said.speaker.party) if said.speaker else None
            return party is not None and party.role == "principal"
        return _POINTS_BACK.match(text) is not None

    def _told(
        self, said: Said, readout: re.Match[str] | None, cast: Cast, house: Speaker | None, told_of: str | None
    ) -> list[Statement]:
        """One statement for each stance and whose it is; one without a stance where no words decide any. `told_of`: the party
        whose stance the same voice has told just before, whom its "they" means."""
        base = Statement(said=said, speaker=said.speaker, about=self._about(said.text), hedge=hedge(said.text))
        voices = self._holders.voices(said, readout, cast)
        if not voices and house is not None:
            voices = [(house, None)]
        judgements = judged_all(said.text)
        if not voices:
            return list(self._holders.narrated(base, judgements, cast))
        judgements = [j for j in judgements if not _asked(said, j)]
        before = [j for j in judgements if _before_the_voice(said, j) or _in_the_background(said, j)]
        told = [one for one in self._holders.narrated(base, before, cast) if one.stance] if before else []
        judgements = [j for j in judgements if j not in before]
        for voice, of in voices:
            own = [judged(base, j, whose) for j in judgements for whose in self._whose(said, voice, of, told_of, j, cast)]
            told += distinct([replace(one, speaker=voice) for one in own]) or ([] if of else [replace(base, speaker=voice)])
        return told

    def _whose(
        self, said: Said, voice: Speaker, of: str | None, told_of: str | None, judgement: Judged, cast: Cast
    ) -> Sequence[str | None]:
        """The parties whose stance these words tell; None for the voice's own."""
        if of:
            return [of]
        if told_of and _theirs(said, judgement):
            return [told_of]
        if (inner := lent(said, judgement, cast)) is not None:
            return inner
        return self._holders.whose(said, voice, judgement, cast)

    def _about(self, text: str) -> str | None:
        return next((p.name for p, pattern in self._proposals if pattern.search(text)), None)


def counts_in(said: Said, speaker: Speaker | None) -> Iterator[Count]:
    """Every number of something countable in a sentence."""
    for match in figures(said.text):
        if (value := number(match["n"])) is not None:
            yield Count(said=said, speaker=speaker, number=value, of=counted(match))


def _body_called(outlet: str, party: Party) -> str:
    """By which of its party's names the body goes that publishes as this outlet ("Office of the Prime Minister of X")."""
    held = set(terms(outlet))
    return next((office for office in party.offices if set(terms(office)) <= held), outlet)


def _spoken(said: Said) -> bool:
    """From a speech, a transcript or a written statement, where all words are the speaker's own."""
    return said.quote == (said.start, said.end)


def _before_the_voice(said: Said, judgement: Judged) -> bool:
    """Whether a clause stands before the one that attributes: "mediators work on it, and Israel says that …"."""
    cue = said.text.find(said.cue) if said.cue else -1
    return judgement.end < cue and _OTHER_VOICE.search(said.text[judgement.end : cue]) is not None


def _theirs(said: Said, judgement: Judged) -> bool:
    """Whether the deciding words are what "they" did: “They have accepted the text.”"""
    return _THEY.search(said.text[: judgement.start]) is not None


def _asked(said: Said, judgement: Judged) -> bool:
    """Whether the deciding words are in what the speaker was asked: "asked whether he had refused, he said …"."""
    cue = said.text.find(said.cue) if said.cue else -1
    return judgement.end <= cue and _ASKED.match(said.text) is not None


def _in_the_background(said: Said, judgement: Judged) -> bool:
    """Whether the deciding words are the reporter's, behind what he attributes: "it insisted on that, hours after leaders
    spoke against it"."""
    cue = said.text.find(said.cue) if said.cue else -1
    if cue < 0 or judgement.start < cue or _spoken(said):
        return False
    if _NEXT_CLAUSE.match(said.text[cue : judgement.start]):
        return True
    mark = _BACKGROUND.search(said.text, cue, judgement.start)
    return mark is not None and "“" not in said.text[mark.start() :]
