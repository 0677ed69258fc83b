"""Who is quoted: every direct, mixed and reported saying of a text with its words, its verb, and whose it is.

Plain patterns over sentences, no parser. Knows no topic."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from briefing.reading.data import listed
from briefing.reading.layout import layout
from briefing.reading.marks import marked
from briefing.reading.names import Names
from briefing.reading.nouns import Marked, Saying, Sentence
from briefing.reading.speakers import Speakers
from briefing.reading.subjects import CLOSE, SAY, Said, Subjects
from index.sentences import Span

LONGEST = 3_000  # characters of one sentence; what is longer is no prose
_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")
_WEAK = listed("saying", "object")
_NEEDS_THAT = listed("saying", "needs_that")
_ALWAYS = listed("saying", "always")
_THAT = re.compile(r"\A[\s,]*(?:[^,;:“”\"]{0,60}?\s)?that\b\s*")
_CLOSING_TAIL = re.compile(
    r"\A(?:[\s,]*(?:in|on|at|during|of|to|from|by|this|last|yesterday|today|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|as|"
    r"while|when|after|before|late|earlier|adding|reporters|through|via)\b.{0,90})?\Z",
    re.DOTALL,
)
_SIGNED = re.compile(  # a pull quote or a post with its author behind it
    r"(?:[.!?…”]|\bhttps?://\S+|\bpic\.twitter\.com\S+)\s+(?:(?:pic\.twitter\.com\S+|"
    r"https?://\S+)\s+)?[—–-]\s*(?P<who>[A-Z][\w’.]+(?: [A-Z][\w’.\-]+){1,3})(?: \(@\w+\)[^\n]*|, [^\n.]{2,40})?\s*\Z"
)
LEAST = 12  # characters of reported words


def _never() -> None:
    """No bound of time."""


class Sayings:
    """Reads the sayings of one text."""

    def __init__(self, text: str, own: Sequence[Sentence], quoted: Sequence[Marked], waits: Callable[[], None] = _never) -> None:
        self.text, self._own, self._waits = text, own, waits
        names = Names(text)
        self._subjects, self._speakers = Subjects(text, names), Speakers(text, names)
        self._quoted = [(one.start, one.end) for one in quoted]
        self._quoted_starts = [s for s, _ in self._quoted]
        self._starts = [sentence.start for sentence in own]

    def read(self) -> list[Saying]:
        found: list[Saying] = []
        for paragraph in _PARAGRAPH.finditer(self.text):
            self._waits()
            found += self._paragraph(*paragraph.span())
        return found

    # ---- a paragraph

    def _paragraph(self, start: int, end: int) -> list[Saying]:
        if signed := _SIGNED.search(self.text, start, end):
            words = (start, signed.start() + 1)
            if not any(s < words[1] and words[0] < e for s, e in self._inside(start, end)):
                return [Saying((words,), "indirect", None, signed.span("who"), signed["who"])]
        found: list[Saying] = []
        waiting: list[Span] = []  # quotations whose attribution may still follow in this paragraph
        spoken: str | None = None
        by_before: Said | None = None
        for own_start, own_end in self._sentences(start, end):
            inner = self._inside(own_start, own_end)
            said = self._subjects.of(own_start, own_end, inner)
            by = self._quotes_of(own_start, own_end, inner, said)
            if by is not None and inner:
                speaker = self._speakers.of(by.source, by)
                found += [Saying((span,), "direct", by.cue, by.source, speaker) for span in waiting]
                waiting = []
                found.append(self._direct(inner, by, speaker))
                spoken, by_before = speaker, by
                self._speakers.spoke(speaker, by)
                found += self._indirect_beside(own_start, own_end, inner, by)
            elif inner and self._all_quoted(own_start, own_end, inner):
                if spoken is not None or found:
                    cue, source = (by_before.cue, by_before.source) if by_before else (None, None)
                    found += [Saying((s,), "direct", cue, source, spoken or self._speakers.last) for s in inner]
                else:
                    waiting += inner
            elif inner:
                found += [Saying((s,), "direct", None, None, None) for s in inner if self._worth(s)]
            if not inner and said:
                reported = self._indirect(own_start, own_end, said)
                if reported:
                    found += reported
                    spoken, by_before = reported[-1].speaker, said[-1]
            self._speakers.move(own_start, own_end, inner)
        found += [Saying((s,), "direct", None, None, self._speakers.last) for s in waiting]
        return sorted(found, key=lambda q: q.start)

    def _sentences(self, start: int, end: int) -> list[Span]:
        """The sentences of a paragraph that are no longer than one of prose."""
        found = []
        for sentence in self._own[bisect_left(self._starts, start) :]:
            if sentence.start >= end:
                break
            if sentence.end - sentence.start <= LONGEST:
                found.append((sentence.start, sentence.end))
        return found

    def _inside(self, start: int, end: int) -> list[Span]:
        """The quoted parts of [start, end)."""
        at = max(0, bisect_right(self._quoted_starts, start) - 1)
        found = []
        for s, e in self._quoted[at:]:
            if s >= end:
                break
            if e > start:
                found.append((max(s, start), min(e, end)))
        return found

    def _worth(self, span: Span) -> bool:
        """Whether quoted words without a verb of saying are somebody's words: not a title, not a word in inverted commas."""
        words = self.text[span[0] : span[1]].strip("“”\"'‘’`„«»,. ").split()
        capital = sum(w[:1].isupper() for w in words)
        return len(words) >= 3 and capital < 0.6 * len(words)

    def _all_quoted(self, start: int, end: int, inner: Sequence[Span]) -> bool:
        outside = "".join(self.text[a:b] for a, b in self._outside(start, end, inner))
        return len(re.sub(r"\W+", "", outside)) <= 3

    @staticmethod
    def _outside(start: int, end: int, inner: Sequence[Span]) -> list[Span]:
        gaps, at = [], start
        for s, e in inner:
            if s > at:
                gaps.append((at, s))
            at = max(at, e)
        if at < end:
            gaps.append((at, end))
        return gaps

    # ---- what is said

    def _quotes_of(self, start: int, end: int, inner: Sequence[Span], said: Sequence[Said]) -> Said | None:
        """Of a sentence's attributions the one its quotations belong to: beside a quotation if any is."""
        if not said:
            return None
        if not inner:
            return said[0]

        ends = [e for _, e in inner]
        for one in said:
            if not one.word.endswith("ing") and any(0 <= min(one.cue[0], one.source[0]) - e <= CLOSE for e in ends):
                return one  # right behind a quotation
        for one in said:
            if any(0 <= s - one.cue[1] <= CLOSE for s, _ in inner):
                earlier = [other for other in said if other.cue[0] < one.cue[0] and other.word in _ALWAYS]
                return earlier[0] if earlier else one
        return said[0]

    def _direct(self, inner: Sequence[Span], by: Said, speaker: str | None) -> Saying:
        outside = any(
            len(re.sub(r"\W+", "", self.text[a[1] : b[0]])) > 3 and not (a[1] <= by.cue[0] <= b[0]) for a, b in pairwise(inner)
        )
        return Saying(tuple(inner), "mixed" if outside else "direct", by.cue, by.source, speaker)

    def _indirect_beside(self, start: int, end: int, inner: Sequence[Span], by: Said) -> list[Saying]:
        """The unquoted words that belong to the same saying: "He said the plan was “dead” and would …"."""
        if by.inverted or by.word not in SAY:
            return []
        clause = self._content(start, end, by)
        if clause is None or not any(clause[0] < s and e <= clause[1] + 1 for s, e in inner):
            return []
        if any(s <= clause[0] + 1 for s, _ in inner):
            return []
        return [Saying((clause,), "mixed", by.cue, by.source, self._speakers.of(by.source, by))]

    def _indirect(self, start: int, end: int, said: Sequence[Said]) -> list[Saying]:
        """What a sentence without quotation marks reports that somebody, or several in turn, said."""
        found: list[Saying] = []
        for by in sorted(said, key=lambda one: not self._closes(start, one)):
            following = [o.source[0] for o in said if o.source[0] > by.cue[1] and not self._closes(start, o)]
            clause = self._content(start, end, by)
            if clause is None or any(q.start < clause[1] and clause[0] < q.end for q in found):
                continue
            if following and clause[0] < min(following) < clause[1] and self._starts_clause(min(following)):
                clause = clause[0], min(following)
            if clause[1] - clause[0] >= LEAST:
                speaker = self._speakers.of(by.source, by)
                self._speakers.spoke(speaker, by)
                found.append(Saying((clause,), "indirect", by.cue, by.source, speaker))
        return found

    def _starts_clause(self, at: int) -> bool:
        return re.search(r"(?:,|;|\bbut|\bwhile)\s+(?:(?:but|and|while)\s+)?\Z", self.text[max(0, at - 14) : at]) is not None

    def _closes(self, start: int, by: Said) -> bool:
        """Whether it attributes what stands before it."""
        before = self.text[start : min(by.cue[0], by.source[0])].rstrip()
        return by.word == "according to" or (by.word in _ALWAYS and before.endswith(","))

    def _content(self, start: int, end: int, by: Said) -> Span | None:
        """Where the reported words stand: behind the verb, or before a closing attribution."""
        text = self.text
        stop = end
        while stop > start and text[stop - 1] in '.!?…"”’ ':
            stop -= 1
        first = min(by.source[0], by.cue[0])
        tail = text[max(by.cue[1], by.source[1]) : stop]
        if text[start:first].rstrip().endswith(",") and tail.startswith(",") and first - start > 8 and len(tail) > 12:
            return start, stop  # "Police, Sinclair says, have no policies": all of it
        if by.word == "according to" or (by.inverted and text[start:first].strip(" ,")):
            before = text[start:first].rstrip(" ,")
            if len(before) > 12:
                return start, start + len(before)
            behind = re.match(r"[^,]{0,80},\s*", tail)
            return (max(by.cue[1], by.source[1]) + behind.end(), stop) if behind and len(tail) - behind.end() > 12 else None
        before = text[start:first].rstrip()
        if before.endswith(",") and len(before) > 25 and _CLOSING_TAIL.match(tail.strip()):
            return start, start + len(before) - 1
        if by.inverted:
            return None
        that = _THAT.match(tail)
        if (
            not that
            and by.word not in _ALWAYS
            and re.match(r"\s*(?:for|to|on|about|over|at|with|in|of)\s", tail)
            and by.word not in _WEAK
        ):
            return None
        if that:
            return by.cue[1] + that.end(), stop
        if by.word in _NEEDS_THAT:
            return None
        if by.word in _WEAK:
            return self._told(by, tail, stop)
        lead = len(tail) - len(tail.lstrip(" ,:"))
        return (by.cue[1] + lead, stop) if len(tail) > lead + 8 else None

    def _told(self, by: Said, tail: str, stop: int) -> Span | None:
        """What follows "told reporters", "called for", "asked whether" …: the object, or the clause behind the hearer."""
        if by.word in {"told", "tells", "tell"}:
            hearer = re.match(
                r"\s*(?:(?:[a-z]{4,}s|me|us|him|her|them|the [a-z]+|[A-Z][\w’.]*(?:[ -][A-Z][\w’.]*){0,4}|"
                r"(?:the|a|an|his|her) [\w’]+(?: [\w’]+)?))(?:\s(?:on|in|at|during)\s[^,]{2,40}?)?,?\s+",
                tail,
            )
            return (by.cue[1] + hearer.end(), stop) if hearer and len(tail) - hearer.end() > 12 else None
        lead = len(tail) - len(tail.lstrip(" ,:"))
        return (by.cue[1] + lead, stop) if len(tail) > lead + 12 else None


def sayings(text: str) -> list[Saying]:
    """Every saying of a text by itself, in order."""
    return Sayings(text, layout(text).sentences, marked(text)).read()
