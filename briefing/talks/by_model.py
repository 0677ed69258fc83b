"""What a language model read in an article, seen from one topic: its statements take the place of the built-in reader's where the
model has earned it; else a field is certain only where both readers say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal
from typing import cast as cast_to

from briefing.claims import Certainty, Field, Said, Speaker, Stance, Statement
from briefing.reading.introductions import split_titles
from briefing.reading.nouns import ModelReading, Told
from briefing.talks.cast import Cast
from briefing.talks.fronts import Fronts
from briefing.talks.speech import Speech
from index.article import Article

Standing = Literal["first", "agreeing", "none"]  # of a model's readings: its word stands, both must agree, they do not count


def merged(
    article: Article,
    own: Sequence[Statement],
    found: ModelReading,
    standing: Standing,
    said: Sequence[Said],
    speech: Speech,
    fronts: Fronts,
    front: str | None,
) -> tuple[Statement, ...]:
    """The statements of both readers as they may be shown. `front`: what the article is on where a sentence does not say."""
    if standing == "none":
        return tuple(own)
    told = list(_told(article, found, said, speech, fronts, front))
    if standing == "first":
        return tuple(_compared(one, own) for one in told)
    return tuple(sorted([*_agreeing(own, told), *_alone(told, own)], key=lambda s: (s.start, s.end)))


def _told(
    article: Article, found: ModelReading, said: Sequence[Said], speech: Speech, fronts: Fronts, front: str | None
) -> Iterator[Statement]:
    for one in found.told:
        base = next((s for s in said if s.start < one.end and one.start < s.end), None)
        if base is None:
            text = article.text[one.start : one.end]
            own_front = fronts.of(text)
            base = Said(
                article_id=article.id,
                start=one.start,
                end=one.end,
                text=text,
                kind="reported",
                speaker=None,
                front=own_front or front,
                own_front=own_front is not None,
            )
        yield _statement(one, found, base, speech.cast, fronts)


def _statement(one: Told, found: ModelReading, base: Said, cast: Cast, fronts: Fronts) -> Statement:
    speaker, of, narrated = _speaker(one, cast), _party(one.stance_of, cast), one.narrated
    # whose words these are in a transcript, by its turn, or by an attribution
    voice = base.speaker if base.quote == (base.start, base.end) or (base.cue and base.kind != "narration") else None
    if voice is not None and not one.anonymous and (one.speaker is None or cast.party_called(one.speaker) is not None):
        told_of = _party(one.party, cast)
        if told_of in {None, voice.party}:
            speaker, narrated = voice, False
        elif not one.narrated:  # "the Israeli side has agreed", said by an American
            speaker, of = voice, of or told_of
    same = base.speaker is not None and speaker is not None and base.speaker.known_as == speaker.known_as
    named = one.named
    subject = (named[0] - base.start, named[1] - base.start) if named and base.start <= named[0] < base.end else None
    sure: tuple[Field, ...] = ("speaker", "stance", "stance_of")
    kept = base if same else replace(base, speaker=speaker, cue=None, pronoun=None, subject=subject)
    certainty = tuple(Certainty(field=f, reader=found.reader, sure=True) for f in sure)
    about_front = fronts.of(one.about) if one.about else None
    kept = replace(
        kept,
        certainty=certainty,
        on_talks=True,
        front=about_front or kept.front,
        event_date=kept.event_date or one.day,
    )
    own_party = speaker.party if speaker else None
    return Statement(
        said=kept,
        speaker=speaker,
        stance=cast_to(Stance | None, one.stance),
        stance_of=of if of != own_party else None,
        hedge=one.hedge,
        narrated=narrated,
        read_by=found.reader.split("+", 1)[0],
    )


def _speaker(one: Told, cast: Cast) -> Speaker | None:
    """Whom the model means, as the topic or the article knows him."""
    party = _party(one.party, cast)
    if one.speaker is None:
        if one.anonymous:
            return Speaker(anonymous=one.anonymous, party=party)
        return Speaker(name=party, party=party) if party else None
    known = cast.person(one.speaker) or cast.person(split_titles(one.speaker)[1])
    if known is not None:
        return replace(known, office=known.office or one.office, party=known.party or party)
    if (called := cast.party_called(one.speaker)) is not None:
        return called
    return Speaker(name=one.speaker, office=one.office, party=party)


def _party(name: str | None, cast: Cast) -> str | None:
    """A party by the name that the tables have for it, else as the model names it."""
    return None if not name else next(iter(cast.parties_in(name)), name)


def _compared(one: Statement, own: Sequence[Statement]) -> Statement:
    """With what the built-in reader reads there, where that is another stance."""
    same = [s for s in own if s.start < one.end and one.start < s.end]
    if not same or any(s.stance == one.stance for s in same):
        return one
    return replace(one, differs=f"the built-in reader reads {same[0].stance or 'no stance'}")


def _agreeing(own: Sequence[Statement], told: Sequence[Statement]) -> Iterator[Statement]:
    """The built-in reader's statements, each field certain only where the model says the same."""
    for one in own:
        there = [t for t in told if t.start < one.end and one.start < t.end]
        speakers = any(_who(t) == _who(one) for t in there)
        stances = any(t.stance == one.stance and t.stance_of == one.stance_of and _who(t) == _who(one) for t in there)
        certainty = tuple(
            replace(c, sure=stances if c.field in ("stance", "stance_of") else speakers, chance=None) for c in one.said.certainty
        )
        differs = None if stances or not there else f"{there[0].read_by} reads {there[0].stance or 'no stance'}"
        yield replace(one, said=replace(one.said, certainty=certainty), differs=differs)


def _alone(told: Sequence[Statement], own: Sequence[Statement]) -> Iterator[Statement]:
    """What only the model found: its words stand, no field of it is certain."""
    for one in told:
        if not any(s.start < one.end and one.start < s.end for s in own):
            unsure = tuple(replace(c, sure=False) for c in one.said.certainty)
            yield replace(one, said=replace(one.said, certainty=unsure))


def _who(one: Statement) -> str:
    return one.speaker.known_as.casefold() if one.speaker else ""
