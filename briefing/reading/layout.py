"""What an article's text is made of: its sentences, the entries of a live page, the turns of a transcript.

Found once for an article. What stands before a sentence and is none of it — a dateline, the stamp, headline and byline of an
entry, the label of a turn — is cut off here, so that nobody after it takes it for somebody's words or name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from briefing.reading.data import table
from briefing.reading.nouns import Part, Sentence, SentenceKind, Turn
from index.calendar.days import MONTH_NUMBER
from index.sentences import Span, sentences

LONGEST = 2_000  # characters; what is longer is no sentence of news
LEAST_TURNS = 3  # labels that make a text a transcript
LEAST_PARTS = 2  # entries that make a text a live page
MOST_HEADLINE = 160  # characters of an entry's headline
_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")
_NOISE = re.compile(
    r"(?:Also [Rr]ead|Read [Mm]ore|More:|Related:|Photo|Image|Source:|Watch:|Advertisement|Sign up|Subscribe|"
    r"\(This story|This story was|By [A-Z][\w .]+staff\Z|Correction:|Updated? |Via Teleconference)"
)
_DATELINE = re.compile(
    r"(?:[A-ZÀ-Þ][A-ZÀ-Þ .,’'/\-]{2,40}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?(?: \([^)]{2,40}\))?|\([^)]{2,30}\))\s*[–—−-]{1,2}\s+"
)
_END = re.compile(r"[.!?…][\"'”’»)\]]*\Z")
_LABEL = re.compile(r"(?m)^(?P<label>[A-Z][A-Z .,’'\-]{1,48}[A-Z]\.?|Q)(?::|(?<=Q) ) ?")
_CLOCK = r"\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b\.?|\d{1,2}[:.]\d\d"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_STAMP = re.compile(  # "10:49 pm ET June 16, 2026", "14:05 GMT", "Updated 9:30 a.m. EDT, Oct. 7"
    r"(?:(?:Posted|Updated|Published)(?: at)? )?(?:[A-Z][a-z]+day,? )?"
    rf"(?P<clock>{_CLOCK})(?: ?\(?(?P<zone>[A-Z]{{2,4}}|local time)\b\)?)?"
    rf"(?:,? (?:on )?(?:\w+day,? )?(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})|(?P<day2>\d{{1,2}}) (?P<month2>{_MONTH}))"
    r"(?:,? (?P<year>20\d\d))?)?(?P<tail>\s*(?:[:—–-]\s|Share this update|Link [Cc]opied!?|Share|\|))*\s*"
)
_BYLINE = re.compile(
    r"(?:By |From CNN[’'s]*\s+|[-–—]{1,2}\s*)?(?P<who>[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}"
    r"(?:(?:,| and|, and) [A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}){0,3})(?:, [A-Z][\w ]{2,30})?\s*"
)
_GLUED = re.compile(  # as few words as leave a capital behind them: where the text begins
    r"\b(?P<who>[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}?(?:(?:,| and|, and) [A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}?){0,3}?)"
    r"\s+(?=[A-Z“\"])"
)
_SIGNED_OFF = re.compile(r"\s*(?:[-–—]{1,2}|∎)\s*(?P<who>[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}[^.!?]{0,60})\Z")


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a text, each in order."""

    sentences: tuple[Sentence, ...]
    parts: tuple[Part, ...]
    turns: tuple[Turn, ...]


def layout(text: str, day: date | None = None) -> Layout:
    """`day`: of publication, for entries that give hour and zone but no date."""
    turns = tuple(_turns(text))
    parts = () if turns else tuple(_parts(text, day))
    return Layout(tuple(_sentences(text, parts, turns)), parts, turns)


# ---- sentences


def _sentences(text: str, parts: tuple[Part, ...], turns: tuple[Turn, ...]) -> Iterator[Sentence]:
    starts = [part.start for part in parts]
    cut = sorted([turn.start for turn in turns])
    paragraph, end_before = 0, 0
    for whole_start, whole_end in sentences(text):
        if "\n" in text[end_before:whole_start]:
            paragraph += 1
        end_before = whole_end
        for start, end in _between_labels(text, whole_start, whole_end, cut):
            at = bisect_right(starts, start) - 1
            part = at if at >= 0 and start < parts[at].end else None
            for first, last, kind in _own(text, start, end, parts[part] if part is not None else None):
                yield Sentence(first, last, paragraph, kind, part)


def _between_labels(text: str, start: int, end: int, cut: list[int]) -> Iterator[Span]:
    """The sentence without the label of the turn that it opens."""
    at = bisect_right(cut, start)
    if at < len(cut) and cut[at] <= end:  # "MR. KIRBY: We …": what stands before the words is the label
        start = cut[at]
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _own(text: str, start: int, end: int, part: Part | None) -> Iterator[tuple[int, int, SentenceKind]]:
    """The sentence without what stands before it; an entry's headline as a heading of its own."""
    if part is not None and start < _header_end(part):
        if part.headline is not None and part.headline[0] < end and start <= part.headline[0]:
            yield *part.headline, "heading"
        start = _header_end(part)
        while start < end and text[start].isspace():
            start += 1
        if start >= end:
            return
    if line := _DATELINE.match(text, start, min(end, start + 120)):
        start = line.end()
    if (signed := _SIGNED_OFF.search(text, max(start, end - 120), end)) and signed.start() > start:
        end = signed.start()
    if start < end:
        yield start, end, _kind(text, start, end)


def _kind(text: str, start: int, end: int) -> SentenceKind:
    if end - start > LONGEST or _NOISE.match(text, start, end):
        return "notice"
    return "prose" if _END.search(text[max(start, end - 8) : end]) else "heading"


# ---- live pages


def _parts(text: str, day: date | None) -> Iterator[Part]:
    found: list[tuple[int, re.Match[str]]] = []
    for line in _PARAGRAPH.finditer(text):
        lead = len(line.group()) - len(line.group().lstrip(" •*·∎-–—"))
        start = line.start() + lead
        if (stamp := _STAMP.match(text, start, line.end())) and _is_stamp(text, stamp, line.end()):
            found.append((line.end(), stamp))
    if len(found) < LEAST_PARTS:
        return
    ends = [stamp.start() for _, stamp in found[1:]] + [len(text)]
    for (line_end, stamp), end in zip(found, ends, strict=True):
        yield _part(text, stamp, line_end, end, day)


def _is_stamp(text: str, stamp: re.Match[str], line_end: int) -> bool:
    """Whether a time that opens a line stamps an entry: alone on it, with its date, or with a mark behind it."""
    alone = stamp.end() >= line_end
    return alone or bool(stamp["month"] or stamp["month2"] or stamp["tail"] or stamp["zone"])


def _part(text: str, stamp: re.Match[str], line_end: int, end: int, day: date | None) -> Part:
    headline: Span | None = None
    byline: Span | None = None
    at = stamp.end()
    if at < line_end and stamp["tail"] and not stamp["tail"].strip(" :—–-"):
        return Part(stamp.start(), end, stamp.span(), time=_instant(stamp, day))  # "4:50 a.m.: what happened"
    if at < line_end:
        headline, byline = _glued(text, at, line_end)
    else:
        for line in [*_PARAGRAPH.finditer(text, line_end, min(end, line_end + 600))][:2]:
            words = text[slice(*line.span())].strip()
            if headline is None and 0 < len(words) <= MOST_HEADLINE and not _END.search(words[-8:]):
                headline = line.span()
            elif byline is None and (by := _BYLINE.fullmatch(words)) is not None and len(words) < MOST_HEADLINE:
                byline = line.span()
                del by
            else:
                break
        if headline is not None and byline is None and _BYLINE.fullmatch(text[slice(*headline)].strip()):
            headline, byline = None, headline
    return Part(stamp.start(), end, stamp.span(), headline, byline, _instant(stamp, day))


def _glued(text: str, at: int, line_end: int) -> tuple[Span | None, Span | None]:
    """Headline and byline of an entry whose page lost its line breaks: "… record Anna Berg and Tom Hale After scoring …"."""
    for by in _GLUED.finditer(text, at, min(line_end, at + MOST_HEADLINE + 80)):
        if re.search(r"[a-z0-9’”?!]\s*\Z", text[at : by.start()]):
            return (at, by.start()), by.span("who")
    return None, None


def _header_end(part: Part) -> int:
    return max(span[1] for span in (part.stamp, part.headline, part.byline) if span is not None)


def _instant(stamp: re.Match[str], day: date | None) -> datetime | None:
    """When an entry was written; None where its zone is not told, or no day is known."""
    hours = {str(k): float(v) for k, v in table("zones")["hours"].items()}
    if stamp["zone"] not in hours:
        return None
    month, number = stamp["month"] or stamp["month2"], stamp["day"] or stamp["day2"]
    try:
        if month is not None:
            year = int(stamp["year"]) if stamp["year"] else day.year if day else None
            day = date(year, MONTH_NUMBER[month[:3].casefold()], int(number)) if year else None
        else:
            return None  # the page's own day may be that of its first entry or of its last
        clock = re.match(r"(\d{1,2})(?:[:.](\d\d))? ?([ap]?)", stamp["clock"])
        if day is None or clock is None:
            return None
        hour = int(clock[1]) % 12 + (12 if clock[3] == "p" else 0) if clock[3] else int(clock[1])
        local = datetime(day.year, day.month, day.day, hour, int(clock[2] or 0), tzinfo=UTC)
    except ValueError:
        return None
    return local - timedelta(hours=hours[stamp["zone"]])


# ---- transcripts


def _turns(text: str) -> Iterator[Turn]:
    labels = list(_LABEL.finditer(text))
    if len(labels) < LEAST_TURNS:
        return
    ends = [match.start() for match in labels[1:]] + [len(text)]
    for match, end in zip(labels, ends, strict=True):
        yield Turn(match.end(), end, match["label"], question=match["label"] == "Q")
