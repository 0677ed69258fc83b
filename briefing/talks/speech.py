"""Who says each sentence of an article, as one topic sees it: the reading's sayings with the people whom the topic knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from briefing.claims import Certainty, Said, Speaker
from briefing.reading.marks import Quoted
from briefing.reading.nouns import Day, Reading, Sentence, Turn
from briefing.talks.cast import Cast, Mention, is_person
from briefing.talks.documents import issuer, labelled
from briefing.talks.fronts import BOTH, Fronts
from briefing.talks.named import Named
from briefing.talks.whose import Attribution, Before, attribution
from briefing.topics import Topic
from index.article import Article
from index.calendar.days import CERTAIN
from index.sentences import Span

Front = tuple[str | None, str | None]  # what a sentence's own words say, and what stands before it


class Speech:
    """Follows one article through for one topic."""

    def __init__(self, topic: Topic, fronts: Fronts, article: Article, reading: Reading) -> None:
        self.topic, self.fronts, self.article, self.reading = topic, fronts, article, reading
        self.cast = Cast(topic, article.local_day, reading.introductions)
        self.quoted = Quoted(reading.quotations)
        self._day_starts = [day.start for day in reading.days]
        self._starts = [sentence.start for sentence in reading.sentences]

    def said(self) -> list[Said]:
        """Every usable sentence, in order. Headings, credits, questions put to a speaker and notices are left out."""
        if self.reading.turns:
            return self._transcript()
        if (speaker := issuer(self.article, self.topic, self.cast)) is not None:
            return self._document(speaker)
        return self._prose()

    # ---- transcripts and documents: every sentence is its speaker's own

    def _transcript(self) -> list[Said]:
        found: list[Said] = []
        titled = self.fronts.of(self.article.title or "")
        inherited = titled
        voices: dict[str, Speaker | None] = {}
        for number, turn in enumerate(self.reading.turns):
            if turn.question:
                inherited = titled  # a new question may be about anything
            if turn.label not in voices:
                voices[turn.label] = labelled(turn.label, self.article, self.topic, self.cast)
            speaker = voices[turn.label]
            for sentence in self._of_turn(turn):
                front = self.fronts.of(self._text(sentence))
                inherited = front if front not in {None, BOTH} else inherited
                if speaker is not None and not turn.question:
                    found.append(self._own_words(sentence, speaker, (front, inherited), number, written=False))
        return found

    def _of_turn(self, turn: Turn) -> list[Sentence]:
        first, last = bisect_left(self._starts, turn.start), bisect_left(self._starts, turn.end)
        return [*self.reading.sentences[first:last]]

    def _document(self, speaker: Speaker) -> list[Said]:
        inherited = self.fronts.of(self.article.title or "")
        found = []
        for number, sentence in enumerate(self.reading.sentences):
            front = self.fronts.of(self._text(sentence))
            inherited = front if front not in {None, BOTH} else inherited
            found.append(self._own_words(sentence, speaker, (front, inherited), number, written=True))
        return found

    def _own_words(self, sentence: Sentence, speaker: Speaker, front: Front, paragraph: int, *, written: bool) -> Said:
        text = self._text(sentence)
        return Said(
            article_id=self.article.id,
            start=sentence.start,
            end=sentence.end,
            text=text,
            kind="quoted",
            speaker=speaker,
            quote=(sentence.start, sentence.end),
            cue="said",
            front=front[0] or front[1],
            own_front=front[0] is not None,
            on_talks=self.fronts.on_talks(text),
            paragraph=paragraph,
            written=written,
        )

    # ---- news prose

    def _prose(self) -> list[Said]:
        found: list[Said] = []
        before, age = Before(), 0
        inherited: str | None = self.fronts.of(self.article.title or "")
        named = Named(self.article.text, self.cast, self.reading.sayings)
        for sentence in self.reading.sentences:
            text, (start, end) = self._text(sentence), (sentence.start, sentence.end)
            front = self.fronts.of(text)
            inherited = front if front not in {None, BOTH} else inherited
            if sentence.kind != "prose":
                continue
            inner = [(s - start, e - start) for s, e in self.quoted.within(start, end)]
            by = attribution(text, inner, self.cast, before)
            if by is None and inner and _all_quoted(text, inner):
                by = self._goes_on(found, before, sentence)
            by = None if _told_by_another(text, by) else by
            sure = by is not None
            if by is None:
                by = named.within(start, end)
                by = None if _told_by_another(text, by) else by
            by = named.by_office(text, by) if by is not None else None
            actor = _actor(text, before) if by is None and not inner else None
            before, age = _moved_on(before, age, by, self.cast.mentions(text) if by is None else [])
            found.append(self._told(sentence, by or actor, inner, (front, inherited), sure=sure or by is None))
        return _closed_later(found, self.quoted)

    def _goes_on(self, found: list[Said], before: Before, sentence: Sentence) -> Attribution | None:
        """A sentence that is all quotation, right behind its speaker's in the same paragraph, is his too."""
        last = found[-1] if found else None
        opens_here = any(s - 1 <= sentence.start <= s for s, _ in self.quoted.spans)
        if before.anyone is None or last is None or last.paragraph != sentence.paragraph or last.speaker != before.anyone:
            return None
        return Attribution("said", 0, 0, 0, before.anyone, None, pronoun=True) if opens_here or last.quote else None

    def _told(self, sentence: Sentence, by: Attribution | None, inner: list[Span], front: Front, *, sure: bool) -> Said:
        text, start = self._text(sentence), sentence.start
        longest = max(inner, key=lambda s: s[1] - s[0], default=None)
        days = self._days(sentence)
        part = self.reading.parts[sentence.part] if sentence.part is not None else None
        return Said(
            article_id=self.article.id,
            start=start,
            end=sentence.end,
            text=text,
            kind="narration" if by is None or not by.cue else ("quoted" if inner else "reported"),
            speaker=by.speaker if by else None,
            quote=(start + longest[0], start + longest[1]) if longest else None,
            pronoun=(by.subject_start, by.subject_end) if by and by.pronoun and by.subject_end else None,
            subject=(by.subject_start, by.subject_end) if by and by.subject_end else None,
            cue=(by.cue or None) if by else None,
            where=by.where if by else None,
            front=front[0] or front[1],
            own_front=front[0] is not None,
            on_talks=self.fronts.on_talks(text),
            event_date=_event_day(text, inner, days, by),
            said_on=_said_on(text, inner, days, by),
            paragraph=sentence.paragraph,
            knowable=part.time if part is not None else None,
            certainty=() if by is None else (Certainty(field="speaker", reader=self.reading.reader, sure=sure),),
        )

    def _text(self, sentence: Sentence) -> str:
        return self.article.text[sentence.start : sentence.end]

    def _days(self, sentence: Sentence) -> list[Day]:
        """The days that a sentence names for certain, with places in the sentence."""
        found = []
        for day in self.reading.days[bisect_left(self._day_starts, sentence.start) :]:
            if day.start >= sentence.end:
                break
            if day.chance >= CERTAIN and not day.event:
                found.append(replace(day, start=day.start - sentence.start, end=day.end - sentence.start))
        return found


_DEEDS = {"accepted", "agreed", "agrees", "ordered", "proposed", "proposes", "rejected", "rejects", "welcomed", "welcomes"}
_TELLS = re.compile(r"\baccording to\b|, [^,;“”\"]{2,70}? (?:said|says|told|announced)\b")


def _told_by_another(text: str, by: Attribution | None) -> bool:
    """ "X has accepted the plan, Y said": what X did, in Y's words, who is named behind it."""
    return by is not None and by.cue in _DEEDS and _TELLS.search(text, by.cue_start + len(by.cue)) is not None


_ACTS = re.compile(r"\A(?P<who>He|She|It|The (?:office|ministry|military|group|army|government)) (?!is\b|was\b|has been\b)")


def _actor(text: str, before: Before) -> Attribution | None:
    """ "It did not endorse the plan": whose deed it is, where the pronoun's meaning is certain. No verb of saying."""
    match = _ACTS.match(text)
    meant = before.meant_by(match["who"]) if match else None
    if match is None or meant is None or (match["who"] == "It" and is_person(meant)):
        return None
    return Attribution("", 0, 0, match.end("who"), meant, None, pronoun=True)


SUBJECT_WITHIN = 45  # characters from a sentence's start in which its subject is named
PRONOUN_REACH = 2  # sentences a pronoun may look back over


def _moved_on(before: Before, age: int, by: Attribution | None, named: list[Mention]) -> tuple[Before, int]:
    """Who a pronoun of the next sentence may mean. A sentence about somebody else ends the reach of the old one."""
    if by is not None:
        person = by.speaker if is_person(by.speaker) else (before.person if by.pronoun else None)
        return Before(person, by.speaker, plural=_plural(by.speaker)), 0
    if named:
        people = {m.speaker.name for m in named if m.speaker.name and " " in m.speaker.name}
        first = next((m.speaker for m in named if is_person(m.speaker) and m.start <= SUBJECT_WITHIN), None)
        person = first if len(people) <= 1 else None  # of two, a pronoun may mean either
        alone = named[0].speaker if len(named) == 1 and named[0].start <= len("The ") else None
        return Before(person, alone), 0
    return (before, age + 1) if age + 1 < PRONOUN_REACH else (Before(before.person, None), age + 1)


def _plural(speaker: Speaker) -> bool:
    """Whether "they" can mean this speaker."""
    if speaker.anonymous:
        return speaker.anonymous.casefold().endswith("s") or " familiar" in speaker.anonymous
    return " and " in (speaker.name or "")


def _all_quoted(text: str, inner: list[Span]) -> bool:
    outside = len(text) - sum(e - s for s, e in inner)
    return outside <= 4


def _closed_later(found: list[Said], quoted: Quoted) -> list[Said]:
    """A quotation of several sentences is its closing attribution's: “We want peace. We will accept,” Mikati said."""
    for at in range(len(found) - 2, -1, -1):
        own, following = found[at], found[at + 1]
        span = quoted.holding(own.quote[0]) if own.quote is not None else None
        if span is None or span[1] <= own.end:
            continue
        if following.speaker is None or following.quote is None or quoted.holding(following.quote[0]) != span:
            found[at] = replace(own, speaker=None, kind="narration", cue=None)  # whose it is stands where we cannot read it
        else:
            found[at] = replace(own, speaker=following.speaker, kind="quoted", cue=following.cue, where=following.where)
    return found


def _event_day(text: str, inner: list[Span], days: Sequence[Day], by: Attribution | None) -> date | None:
    """The first day the reporter names; of quoted words the day of saying them."""
    if by is not None and by.cue and inner:
        return _said_on(text, inner, days, by)
    outside = _outside(inner, days)
    own = next((d.day for d in outside if not _of_another_clause(text, d)), None)
    if by is None or not by.cue:
        return own
    said_on = _said_on(text, inner, days, by)  # of what somebody tells, the day of what is told, not of the telling
    return next((d.day for d in outside if d.day != said_on), own)


_CLAUSE_IN_FRONT = re.compile(r"\b(?:that|which|who|whom|whose|what|where|why|how)\b(?![^,]*,[^,]*\Z)", re.IGNORECASE)
_VERB_BEHIND = re.compile(r" (?:is|are|was|were|has|have|had|will|would|can|could|may|might|does|did|came|comes|[a-z]{3,}s) ")


def _of_another_clause(text: str, day: Day) -> bool:
    """Whether a day tells when something happened that the sentence only speaks of: "reports that they agreed on Monday are
    false", "the plan presented on Monday speaks of rockets"."""
    return _CLAUSE_IN_FRONT.search(text, 0, day.start) is not None or _VERB_BEHIND.match(text, day.end) is not None


def _said_on(text: str, inner: list[Span], days: Sequence[Day], by: Attribution | None) -> date | None:
    """The day that stands beside the verb of saying or opens the sentence ("… said on Thursday", "On Thursday, …")."""
    if by is None or not by.cue:
        return None
    for day in _outside(inner, days):
        behind = text[by.cue_start + len(by.cue) : day.start]
        opens = day.start <= OPENING and 0 <= by.subject_start - day.end <= CLOSE and _OPENING.fullmatch(text, 0, day.start)
        if opens or (0 <= day.start - by.cue_start <= BESIDE and _ONLY_PLACE.fullmatch(behind)):
            return day.day
    return None


def _outside(inner: list[Span], days: Sequence[Day]) -> list[Day]:
    return [d for d in days if not any(s <= d.start < e for s, e in inner)]


OPENING = 40  # characters from a sentence's start in which the day of saying may stand
_OPENING = re.compile(  # "Later Thursday, his office said", "Speaking in Ottawa on Thursday, he said"
    r"[“\"]?(?:(?:(?:But|And|Yet|Then|Later|Earlier|Early|Late|Also|Meanwhile|Speaking|Addressing|Visiting|In|At|During|From)\b)[^,;]*)?"
)
CLOSE = 6  # characters between that day and whoever speaks: ", the "
BESIDE = 60  # characters from the verb
_ONLY_PLACE = re.compile(
    r"\s*(?:(?:reporters|journalists|lawmakers|here|on X|on Twitter|on Telegram|in (?:a|an|the|his|her) (?:[a-z]+ )?"
    r"(?:statement|interview|speech|post|letter|briefing)|late|early|later|in [A-Z][\w ]{2,20}),?\s+)*(?:on\s*)?"
)
