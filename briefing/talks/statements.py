"""Statements on the talks: of all sentences of an article those in which somebody says or does something about ending the
fighting, or the reporter tells how it stands, with the stance, whose it is, and about which proposal. What the ledger is
made of, what a brief draws on and what an answer cites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast as cast_to

from briefing.claims import Certainty, Count, Said, Seen, Speaker, Stance, Statement
from briefing.reading import BuiltIn, Reader, Reading
from briefing.reading.nouns import Holder, ModelReading, Telling
from briefing.talks.by_model import Standing, merged
from briefing.talks.cast import Cast
from briefing.talks.documents import kind, publisher
from briefing.talks.figures import counted, figures
from briefing.talks.fronts import BOTH, Fronts, any_of
from briefing.talks.speech import Speech
from briefing.talks.stance import hedge
from briefing.talks.told import Memory, Weighed, candidates, learned, speaker_features, stance_features, weighed, worded
from briefing.topics import Party, Topic
from index.article import Article
from index.calendar.numbers import number
from index.terms import terms

SEEN = "seen/4"  # change what is made of a reading, and every article is seen again
MOST = 3  # statements of one sentence
LEAST = 0.5  # how likely a sentence holds a statement on talks that is taken for one
SECOND = 0.5  # how likely a second holder of one sentence is right who gets a statement of his own
OWN = 0.2  # how likely another's a stance may be that is shown as its teller's own
OPENING = 600  # characters


class Talks:
    """Sees articles from one topic."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self._fronts = Fronts(topic)
        self._proposals = [(p, any_of(p.aliases)) for p in topic.proposals]

    def concerns(self, article: Article) -> bool:
        """Whether a word of this front or the name of a proposal stands in an article: without one, nothing in it is filed
        under these talks."""
        whole = f"{article.title or ''}\n{article.text}"
        return self._fronts.here(whole) or self._about(whole) is not None

    def see(self, article: Article, reading: Reading, by_model: ModelReading | None = None, standing: Standing = "first") -> Seen:
        """In the order of the text. Fronts are as the words say: a statement on other talks is filed under those. `by_model`:
        what a language model read in it, and `standing` what its word is worth."""
        speech, said = self.heard(article, reading)
        statements = tuple(self._statements(article, said, speech, reading))
        if by_model is not None:
            home = self._home(article, said)
            if standing == "first":  # what is on the talks is what it found to be
                said = [replace(s, on_talks=any(t.start < s.end and s.start < t.end for t in by_model.told)) for s in said]
            statements = merged(article, statements, by_model, standing, said, speech, self._fronts, home)
            statements = tuple(replace(s, about=s.about or self._about(s.text)) for s in statements)
        voices = {s.start: s.speaker for s in reversed(statements)}
        counts = tuple(c for s in said for c in counts_in(s, voices.get(s.start, s.speaker)))
        return Seen(article_id=article.id, said=tuple(said), statements=statements, counts=counts)

    def heard(self, article: Article, reading: Reading) -> tuple[Speech, list[Said]]:
        """Every sentence that says something, with the voice that its attribution gives it, and its front."""
        speech = Speech(self.topic, self._fronts, article, reading)
        said = speech.said()
        home = self._home(article, said)
        return speech, [s if s.front is not None or home is None else replace(s, front=home) for s in said]

    def read(self, article: Article, reader: Reader | None = None) -> Seen:
        """Read an article and see it from the topic, without keeping anything; nothing where it was not read."""
        reading = (reader or BuiltIn()).read(article)
        return self.see(article, reading) if isinstance(reading, Reading) else Seen(article_id=article.id)

    def _statements(self, article: Article, read: Sequence[Said], speech: Speech, reading: Reading) -> Iterator[Statement]:
        tellings = {telling.start: telling for telling in reading.tellings if telling.chance >= LEAST}
        speaks = bool(read) and _spoken(read[0]) and not read[0].written
        for said, telling, found in self.weighed(article, read, speech, tellings):
            if speaks and (whole := speech.quoted.holding(said.start)) and whole[0] < said.start:
                continue  # a speaker who lends his voice to somebody else: “… We’re not interested.”
            yield from self._told(said, telling, found, speech.cast, reading.reader)

    def weighed(
        self, article: Article, read: Sequence[Said], speech: Speech, tellings: Mapping[int, Telling]
    ) -> Iterator[tuple[Said, Telling, list[Weighed]]]:
        """For each sentence with a telling the candidates for its voice, with what the reader knows of each, likeliest first."""
        memory, cast = self._before(article, speech.cast), speech.cast
        weights = learned()["speaker"]
        for said in read:
            telling = tellings.get(said.start)
            speaker = said.speaker
            if telling is not None:
                every = candidates(said, telling, cast, memory)
                found = [Weighed(c, weighed(weights, speaker_features(c, every, telling, said))) for c in every]
                found.sort(key=lambda w: -w.chance)
                yield said, telling, found
                speaker = found[0].candidate.speaker if found and found[0].chance >= SECOND else said.speaker
            memory.moved_on(speaker, [] if _spoken(said) else cast.mentions(said.text))

    def _before(self, article: Article, cast: Cast) -> Memory:
        """Whom a first sentence may look back on: whoever published the article as its own words, and whom its title names."""
        memory = Memory()
        title = (article.title or "").strip()
        party = self.topic.party(publisher(article, self.topic))
        house = Speaker(name=_body_called(article.outlet, party), party=party.name) if party else None
        memory.moved_on(house if kind(article) is None or not title.startswith("Readout") else None, cast.mentions(title))
        return memory

    def _told(self, said: Said, telling: Telling, found: Sequence[Weighed], cast: Cast, reader: str) -> list[Statement]:
        """One statement for the likeliest voice, and one for each other that is likelier right than not."""
        base = Statement(said=said, speaker=None, about=self._about(said.text), hedge=hedge(said.text))
        if not found:
            return [replace(base, said=replace(said, speaker=None, certainty=()), narrated=True)]
        return [
            self._one(base, telling, one, cast, reader)
            for n, one in enumerate(found)
            if n == 0 or (one.chance >= SECOND and n < MOST)
        ]

    def _one(self, base: Statement, telling: Telling, one: Weighed, cast: Cast, reader: str) -> Statement:
        candidate, bars = one.candidate, learned()["bars"]
        holder, speaker, said = candidate.holder, candidate.speaker, base.said
        code, _ = holder.stances[0]
        chance = weighed(learned()["stance"], stance_features(candidate, telling, said))
        of = _of(said, holder, cast) if holder.another >= SECOND else None
        told_of_another = of is not None and of != speaker.party
        of_chance = holder.another * holder.of_chance
        of_sure = of_chance >= bars["stance_of"]
        certainty = (
            Certainty(field="speaker", reader=reader, sure=one.chance >= bars["speaker"], chance=round(one.chance, 3)),
            Certainty(
                field="stance",
                reader=reader,
                sure=chance >= bars["stance"]
                and worded(candidate, said) != "differ"
                and (of_sure if told_of_another else holder.another < OWN),
                chance=round(chance, 3),
            ),
            *([Certainty(field="stance_of", reader=reader, sure=of_sure, chance=round(of_chance, 3))] if told_of_another else []),
        )
        same = said.speaker is not None and said.speaker.known_as == speaker.known_as
        pointed = (holder.span[0] - said.start, holder.span[1] - said.start) if holder.span else None
        pronoun = pointed if candidate.how.startswith("pronoun") else None
        kept = said if same else replace(said, speaker=speaker, cue=None, pronoun=pronoun, subject=pointed)
        return replace(
            base,
            said=replace(kept, certainty=certainty),
            speaker=speaker,
            stance=None if code == "none" else cast_to(Stance, code),
            stance_of=of if told_of_another else None,
            narrated=candidate.narrated,
        )

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


def _of(said: Said, holder: Holder, cast: Cast) -> str | None:
    """The party, or whoever else, of whom a stance is told."""
    if holder.of is None:
        return None
    words = said.text[holder.of[0] - said.start : holder.of[1] - said.start]
    return next(iter(cast.parties_in(words)), words)
