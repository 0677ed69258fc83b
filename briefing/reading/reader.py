"""One article read once: its sentences as statements. Deterministic, plain code, no model."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from briefing.claims import Speaker, Statement
from briefing.reading.attribution import Attribution, Before, attribution
from briefing.reading.documents import Turn, issuer, turns
from briefing.reading.fronts import BOTH, Fronts
from briefing.reading.people import Cast, Mention, is_person
from briefing.reading.quotations import Quoted
from briefing.topics import Topic
from index.article import Article
from index.dates import DayMention, day_mentions
from index.sentences import Span, sentences

if TYPE_CHECKING:
    from briefing.reading.sayings import Sayings

_NOISE = re.compile(
    r"\A(?:Also [Rr]ead|Read [Mm]ore|More:|Related:|Photo|Image|Source:|Watch:|Advertisement|Sign up|Subscribe|"
    r"\(This story|This story was|By [A-Z][\w .]+staff\Z|Correction:|Updated? |Via Teleconference)"
)
_DATELINE = re.compile(
    r"\A[A-ZÀ-Þ][A-ZÀ-Þ .,’'/\-]{2,40}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?(?: "
    r"\([^)]{2,40}\))?\s*[–—−-]{1,2}\s+"
)
_CREDIT = re.compile(r"\A\([^)]{2,30}\)\s*[–—−-]{1,2}\s+")
LONGEST = 2_000  # characters; what is longer is no sentence of news
_END = re.compile(r"[.!?…][\"'”’)\]]*\Z")


Front = tuple[str | None, str | None]  # what a sentence's own words say, and what stands before it


class Reader:
    """Reads articles for one topic. `wide`: a sentence whose attribution is not certain enough to be written out anew is
    attributed too, as the ledger and a reader of it need; a drafter does not."""

    def __init__(self, topic: Topic, *, wide: bool = False) -> None:
        self.topic, self.wide = topic, wide
        self.fronts = Fronts(topic)

    def cast(self, article: Article) -> Cast:
        """Everybody whom an article names in full, with the offices it gives them."""
        cast = Cast(self.topic, article.local_day)
        for start, end in sentences(article.text):
            if end - start <= LONGEST:
                cast.introduce(article.text[start:end], start)
        return cast

    def read(self, article: Article, cast: Cast | None = None) -> list[Statement]:
        """Every usable sentence, in order. Headings, credits, questions put to a speaker and notices are left out. `cast`: the
        article's own, where the caller needs it too."""
        cast = self.cast(article) if cast is None else cast
        spans = sentences(article.text)
        if spoken := turns(article, self.topic, cast):
            return self._transcript(article, spoken)
        speaker = issuer(article, self.topic, cast)
        quoted = Quoted(article.text)
        if speaker is not None:
            return self._document(article, spans, speaker)
        return self._prose(article, spans, cast, quoted)

    # ---- transcripts and documents: every sentence is its speaker's own

    def _transcript(self, article: Article, spoken: list[Turn]) -> list[Statement]:
        found: list[Statement] = []
        titled = self.fronts.of(article.title or "")
        inherited = titled
        for number, turn in enumerate(spoken):
            if turn.question:
                inherited = titled  # a new question may be about anything
            for start, end in sentences(article.text[turn.start : turn.end]):
                text = article.text[turn.start + start : turn.start + end]
                front = self.fronts.of(text)
                inherited = front if front not in {None, BOTH} else inherited
                if turn.speaker is None or turn.question:
                    continue
                span = (turn.start + start, turn.start + end)
                found.append(self._own_words(article, span, turn.speaker, (front, inherited), number, written=False))
        return found

    def _document(self, article: Article, spans: list[Span], speaker: Speaker) -> list[Statement]:
        inherited = self.fronts.of(article.title or "")
        found = []
        for number, span in enumerate(spans):
            front = self.fronts.of(article.text[slice(*span)])
            inherited = front if front not in {None, BOTH} else inherited
            found.append(self._own_words(article, span, speaker, (front, inherited), number, written=True))
        return found

    def _own_words(
        self, article: Article, span: Span, speaker: Speaker, front: Front, paragraph: int, *, written: bool
    ) -> Statement:
        text = article.text[slice(*span)]
        return Statement(
            article_id=article.id,
            start=span[0],
            end=span[1],
            text=text,
            kind="quoted",
            speaker=speaker,
            quote=span,
            cue="said",
            front=front[0] or front[1],
            own_front=front[0] is not None,
            on_talks=self.fronts.on_talks(text),
            event_date=None,
            paragraph=paragraph,
            written=written,
        )

    # ---- news prose

    def _prose(self, article: Article, spans: list[Span], cast: Cast, quoted: Quoted) -> list[Statement]:
        found: list[Statement] = []
        before, age = Before(), 0
        inherited: str | None = self.fronts.of(article.title or "")
        sayings = _sayings(article.text, cast) if self.wide else None
        paragraph, paragraph_end = 0, 0
        for start, end in spans:
            if "\n" in article.text[paragraph_end:start]:
                paragraph += 1
            paragraph_end = end
            start += len(_lead(article.text[start:end]))
            text = article.text[start:end]
            front = self.fronts.of(text)
            inherited = front if front not in {None, BOTH} else inherited
            if end - start > LONGEST or _NOISE.match(text) or not _END.search(text[-8:]):
                continue
            inner = [(s - start, e - start) for s, e in quoted.within(start, end)]
            by = attribution(text, inner, cast, before)
            if by is None and inner and _all_quoted(text, inner):
                by = self._goes_on(found, before, paragraph, quoted, start)
            by = None if _told_by_another(text, by) else by
            if by is None and sayings is not None:
                by = sayings.within(start, end)
                by = None if _told_by_another(text, by) else by
            if by is not None and sayings is not None:
                by = sayings.by_office(text, by)
            actor = _actor(text, before) if by is None and not inner else None
            before, age = _moved_on(before, age, by, cast.mentions(text) if by is None else [])
            found.append(self._prose_statement(article, (start, end), by or actor, inner, (front, inherited), paragraph))
        return _closed_later(found, quoted)

    def _goes_on(self, found: list[Statement], before: Before, paragraph: int, quoted: Quoted, start: int) -> Attribution | None:
        """A sentence that is all quotation, right behind its speaker's in the same paragraph, is his too."""
        last = found[-1] if found else None
        opens_here = any(s - 1 <= start <= s for s, _ in quoted.spans)
        if before.anyone is None or last is None or last.paragraph != paragraph or last.speaker != before.anyone:
            return None
        return Attribution("said", 0, 0, 0, before.anyone, None, pronoun=True) if opens_here or last.quote else None

    def _prose_statement(
        self,
        article: Article,
        span: Span,
        by: Attribution | None,
        inner: list[Span],
        front: Front,
        paragraph: int,
    ) -> Statement:
        start, end = span
        text = article.text[start:end]
        longest = max(inner, key=lambda s: s[1] - s[0], default=None)
        return Statement(
            article_id=article.id,
            start=start,
            end=end,
            text=text,
            kind="narration" if by is None or not by.cue else ("quoted" if inner else "reported"),
            speaker=by.speaker if by else None,
            quote=(start + longest[0], start + longest[1]) if longest else None,
            pronoun=(by.subject_start, by.subject_end) if by and by.pronoun and by.subject_end else None,
            cue=(by.cue or None) if by else None,
            where=by.where if by else None,
            front=front[0] or front[1],
            own_front=front[0] is not None,
            on_talks=self.fronts.on_talks(text),
            event_date=_event_day(text, inner, article.local_day, by),
            said_on=_said_on(text, inner, article.local_day, by),
            paragraph=paragraph,
        )


def _sayings(text: str, cast: Cast) -> Sayings:
    """Read only where it is asked for: its patterns take a while to be made ready."""
    from briefing.reading.sayings import Sayings

    return Sayings(text, cast)


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


def _lead(sentence: str) -> str:
    """A dateline or an agency credit in front of the first sentence."""
    match = _DATELINE.match(sentence) or _CREDIT.match(sentence)
    return match.group() if match else ""


def _all_quoted(text: str, inner: list[Span]) -> bool:
    outside = len(text) - sum(e - s for s, e in inner)
    return outside <= 4


def _closed_later(found: list[Statement], quoted: Quoted) -> list[Statement]:
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


def _event_day(text: str, inner: list[Span], published: date | None, by: Attribution | None) -> date | None:
    """The first day the reporter names; of quoted words the day of saying them, or the past one that they open with."""
    if by is not None and by.cue and inner:
        return _said_on(text, inner, published, by) or _recalled(text[slice(*inner[0])], published)
    mentions = _outside(text, inner, published)
    return mentions[0].day if mentions else None


_RECALLED = re.compile(r"(?:On|Last) \w+day,? (?:I|we|he|she|they) (?:was|were|had|did|said|told|gave|\w+ed)\b")


def _recalled(quote: str, published: date | None) -> date | None:
    """“On Wednesday I said no”, said on Friday: the Wednesday."""
    if _RECALLED.match(quote) is None:
        return None
    return next((m.day for m in day_mentions(quote, published)), None)


def _said_on(text: str, inner: list[Span], published: date | None, by: Attribution | None) -> date | None:
    """The day that stands beside the verb of saying or opens the sentence ("… said on Thursday", "On Thursday, …")."""
    if by is None or not by.cue:
        return None
    for mention in _outside(text, inner, published):
        behind = text[by.cue_start + len(by.cue) : mention.start]
        if (mention.start <= OPENING and mention.end <= by.subject_start) or (
            0 <= mention.start - by.cue_start <= BESIDE and _ONLY_PLACE.fullmatch(behind)
        ):
            return mention.day
    return None


def _outside(text: str, inner: list[Span], published: date | None) -> list[DayMention]:
    return [m for m in day_mentions(text, published) if not any(s <= m.start < e for s, e in inner)]


OPENING = 30  # characters from a sentence's start in which the day of saying may stand
BESIDE = 60  # characters from the verb
_ONLY_PLACE = re.compile(
    r"\s*(?:(?:reporters|journalists|lawmakers|here|on X|on Twitter|on Telegram|in (?:a|an|the|his|her) (?:[a-z]+ )?"
    r"(?:statement|interview|speech|post|letter|briefing)|late|early|later|in [A-Z][\w ]{2,20}),?\s*)*(?:on\s*)?"
)
