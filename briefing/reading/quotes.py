"""Who is quoted: every direct, mixed and reported saying of a text with its words, its verb, and whose it is.

Plain patterns over sentences, no parser: the verb of saying is found outside quotation marks, its subject beside it, and
a pronoun, surname or office leads back to whom the text named before. Knows no topic; `Reader` adds that."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from briefing.reading.data import listed
from briefing.reading.names import ROLE, Gender, Mention, Named, Names
from index.sentences import Span, sentences

Kind = Literal["direct", "mixed", "indirect"]

LONGEST = 3_000  # characters of one sentence; what is longer is no prose
LONGEST_QUOTE = 3_000  # a mark without its partner must not swallow a page
_MARKS = re.compile(r"[“”„«»\"]|''|``|‘(?=[\w“\"])|(?<=[\w.,?!…;:)”\"])’(?!\w)")
_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")

SAY = listed("saying", "say")
_WEAK = listed("saying", "object")
_NEEDS_THAT = listed("saying", "needs_that")
_CUE = re.compile(rf"(?<![\w’'-])(?:[Aa]ccording to|{'|'.join(sorted(SAY, key=len, reverse=True))})(?![\w’'-])")
_ALWAYS = listed("saying", "always")
_PRONOUN = re.compile(r"(?:he|she|they|I|we|it|who)\b", re.IGNORECASE)
_ADVERB = (
    r"(?:has|have|had|also|later|then|again|repeatedly|earlier|meanwhile|previously|once|publicly|privately|reportedly|further|"
    r"still|since|himself|herself|themselves|itself|too|often|always|never|even|just|now|once|would|could|will|may|"
    r"might|did|does|do|"
    r"not|both|all|only|was|is|been|recently|soon|first|[a-z]+ly|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|in (?:a|an|the|his|her|their) (?:[\w-]+ ){0,3}\w+|in turn|afterwards?)"
)
_TRAILING = re.compile(rf"(?:[,\s]+{_ADVERB})+,?\s*\Z")
_BREAK = re.compile(
    r"[;:—–()]|,\s|\s--?\s|\b(?:that|and|but|as|while|when|after|before|because|if|where|which|than|though|although|"
    r"whether|or|how|"
    r"what|so|why)\s",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\s(?:of|for|in|at|from|with|on|to|near|by|under|against|about|who|whose|outside|inside|during|after|before|into|over|"
    r"between|among|as|that|which)\s"
)
_NOUN_PHRASE = re.compile(
    r"\A(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Ii]ts|[Ss]ome|[Mm]any|[Oo]ne|[Tt]wo|[Tt]hree|"
    r"[Ss]everal|[Aa]nother|"
    r"[Oo]thers?|[Mm]ost|[Tt]hat|[Tt]his|[Tt]hese|[Tt]hose|[Bb]oth|[Ee]very|[Nn]o)\s+)?(?:[\w’'.\-&]+\s*){1,7}\Z"
)
_THAT = re.compile(r"\A[\s,]*(?:[^,;:“”\"]{0,60}?\s)?that\b\s*")
_APPOSED = re.compile(r"\A(?:\s+(?:of|for|at|in|with|from|to|on)\s[^,;:“”\"]{2,70})?,\s+(?=[A-Z])")
_STOP = re.compile(r"[,;:.](?=\s|\Z)|\x00|\s[—–-]\s|\bwho\b|[()]")
_BODIES = re.compile(
    r"(?:company|utility|agency|ministry|department|government|study|report|statement|group|organi[sz]ation|union|firm|bank|"
    r"airline|university|team|party|committee|commission|council|court|force|army|military|office|post|letter|document|bill|"
    r"association|network|paper|newspaper|site|website|survey|poll|campaign|administration|movement|institute|foundation|"
    r"charity|embassy|parliament|board|regulator|watchdog|carrier|manufacturer|club|league|police|service|centre|center|band|"
    r"nation|country|state|province|city|town|ministry|lawsuit|filing|release|email|e-mail|memo|article|story|book|film)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(r"(his|her|their|its)\s+(?P<what>[\w ]+)\Z", re.IGNORECASE)
_NO_SUBJECT = frozenset(
    "and but or so yet when if as while after before because since although though what that which how why where whether not "
    "to be been being is was are were has have had he's she's it's there here then also just even only more most".split()
)
_PHRASE_START = re.compile(
    r"(?:amid|despite|of|in|at|on|from|with|by|for|to|under|against|about|during|without|into|over|between|among|"
    r"through|via|per|"
    r"the day|the time|not|very|too|has|have|had|is|are|was|were|will|would|more than|even)\b|.*\b(?:by|of|in|from|for|with)\Z",
    re.IGNORECASE,
)
_CLOSING_TAIL = re.compile(
    r"\A(?:[\s,]*(?:in|on|at|during|of|to|from|by|this|last|yesterday|today|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|as|"
    r"while|when|after|"
    r"before|late|earlier|adding|reporters|through|via)\b.{0,90})?\Z",
    re.DOTALL,
)
_NAME_ALONE = re.compile(r"[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){0,3}")
_NAMED_BEFORE = re.compile(
    r"company|utility|firm|bank|airline|team|manufacturer|carrier|club|union|agency|group|retailer|network"
)
_SIGNED = re.compile(  # a pull quote or a post with its author behind it
    r"(?:[.!?…”]|\bhttps?://\S+|\bpic\.twitter\.com\S+)\s+(?:(?:pic\.twitter\.com\S+|"
    r"https?://\S+)\s+)?[—–-]\s*(?P<who>[A-Z][\w’.]+(?: [A-Z][\w’.\-]+){1,3})(?: \(@\w+\)[^\n]*|, [^\n.]{2,40})?\s*\Z"
)
_THEN_NAME = re.compile(
    r"(?:\s+(?:of|for|at|in|with|from|to|on)\s[^,]{2,70})?,\s+(?P<name>[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}),\s*(?:has |"
    r"had |also )?"
)
_DATELINE = re.compile(
    r"(?:[A-ZÀ-Þ][A-ZÀ-Þ .,’'/\-]{2,40}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?(?: \([^)]{2,40}\))?|\([^)]{2,30}\))\s*[–—-]{1,2}\s+"
)
CLOSE = 3  # characters between a quotation and its verb or subject
LEAST = 12  # characters of reported words
REACH = 6  # sentences that a pronoun looks back over


@dataclass(frozen=True, slots=True)
class Quotation:
    """One saying: where its words stand (marks included), the verb and the mention that attribute it, and who that is.

    `segments`: spans of the text, in order; one unless the attribution splits it. `speaker`: the fullest name the text
    gives, or the words it uses; None where nothing tells."""

    segments: tuple[Span, ...]
    kind: Kind
    cue: Span | None
    source: Span | None
    speaker: str | None

    @property
    def start(self) -> int:
        return self.segments[0][0]

    @property
    def end(self) -> int:
        return self.segments[-1][1]


def quoted_spans(text: str) -> list[Span]:
    """Spans between quotation marks, marks included, in order: typographic, straight, doubled apostrophes, and single
    typographic ones. A paragraph that opens a quotation and does not close it is quoted to its end."""
    return [span for paragraph in _PARAGRAPH.finditer(text) for span in _in_paragraph(text, *paragraph.span())]


_CLOSES = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"”', "''": "''", "``": "''", "‘": "’", "”": '”"'}


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    opened: tuple[int, str] | None = None
    last = start
    for mark in _MARKS.finditer(text, start, end):
        sign = mark.group()
        if opened is None:
            if sign in {"’", "»"} or (sign == "”" and not text[mark.end() : mark.end() + 1].isalnum()):
                continue
            opened = (mark.start(), sign)
        elif sign in _CLOSES[opened[1]] and (sign != "‘"):
            if mark.start() > opened[0] + len(opened[1]):
                yield opened[0], mark.end()
                last = mark.end()
            opened = None
        elif sign == "“" and opened[1] in {"“", "‘"}:
            opened = (mark.start(), sign)  # the one before was never closed
    open_ended = opened is not None and end - opened[0] <= LONGEST_QUOTE and opened[1] != "‘" and last <= opened[0]
    if opened is not None and open_ended and (opened[1] != '"' or not text[start : opened[0]].strip()):
        yield opened[0], end


@dataclass(frozen=True, slots=True)
class _Said:
    """An attribution in a sentence: where the verb stands, the subject, and what the verb is."""

    cue: Span
    source: Span
    inverted: bool
    word: str


class Quotes:
    """Reads the sayings of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names = Names(text)
        self._quoted = quoted_spans(text)
        self._quoted_starts = [s for s, _ in self._quoted]
        self._people: list[tuple[int, Named, bool]] = []  # who was spoken of or spoke, by where, newest last
        self._last: str | None = None  # who spoke last
        self._last_named: Named | None = None

    def read(self) -> list[Quotation]:
        found: list[Quotation] = []
        for paragraph in _PARAGRAPH.finditer(self.text):
            found += self._paragraph(*paragraph.span())
        return found

    # ---- a paragraph

    def _paragraph(self, start: int, end: int) -> list[Quotation]:
        if signed := _SIGNED.search(self.text, start, end):
            words = (start, signed.start() + 1)
            if not any(s < words[1] and words[0] < e for s, e in self._inside(start, end)):
                return [Quotation((words,), "indirect", None, signed.span("who"), signed["who"])]
        found: list[Quotation] = []
        waiting: list[Span] = []  # quotations whose attribution may still follow in this paragraph
        spoken: str | None = None
        by_before: _Said | None = None
        for own_start, own_end in self._sentences(start, end):
            inner = self._inside(own_start, own_end)
            said = self._attributions(own_start, own_end, inner)
            by = self._quotes_of(own_start, own_end, inner, said)
            if by is not None and inner:
                speaker = self._speaker(by.source, by)
                found += [Quotation((span,), "direct", by.cue, by.source, speaker) for span in waiting]
                waiting = []
                found.append(self._direct(inner, by, speaker))
                spoken, by_before = speaker, by
                self._spoke(speaker, by)
                found += self._indirect_beside(own_start, own_end, inner, by)
            elif inner and self._all_quoted(own_start, own_end, inner):
                if spoken is not None or found:
                    cue, source = (by_before.cue, by_before.source) if by_before else (None, None)
                    found += [Quotation((s,), "direct", cue, source, spoken or self._last) for s in inner]
                else:
                    waiting += inner
            elif inner:
                found += [Quotation((s,), "direct", None, None, None) for s in inner if self._worth(s)]
            if not inner and said:
                reported = self._indirect(own_start, own_end, said)
                if reported:
                    found += reported
                    spoken, by_before = reported[-1].speaker, said[-1]
            self._move(own_start, own_end, inner)
        found += [Quotation((s,), "direct", None, None, self._last) for s in waiting]
        return sorted(found, key=lambda q: q.start)

    def _sentences(self, start: int, end: int) -> list[Span]:
        found = [(start + s, start + e) for s, e in sentences(self.text[start:end]) if e - s <= LONGEST]
        if found and (line := _DATELINE.match(self.text, found[0][0], found[0][1])):
            found[0] = (line.end(), found[0][1])
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

    # ---- verbs and their subjects

    def _attributions(self, start: int, end: int, inner: Sequence[Span]) -> list[_Said]:
        masked = self._masked(start, end, inner)
        found: list[_Said] = []
        for match in _CUE.finditer(masked):
            said = self._subject(masked, match, start, inner)
            if said is None and re.search(r"(?:\band|\bbut|,)\s+(?:later |then |also )?\Z", masked[: match.start()]):
                cue = (start + match.start(), start + match.end())
                word = match.group().casefold()
                if found:
                    said = replace(found[-1], cue=cue, inverted=False, word=word)  # "He said … and added …"
                elif main := self._main_subject(masked, match.start(), start):
                    said = _Said(cue, _moved(main, start), False, word)
            if said is not None:
                found.append(said)
        return found[:12]

    def _masked(self, start: int, end: int, inner: Sequence[Span]) -> str:
        own = self.text[start:end]
        for s, e in inner:
            own = own[: s - start] + "\x00" * (e - s) + own[e - start :]
        return own

    def _subject(self, masked: str, cue: re.Match[str], offset: int, inner: Sequence[Span]) -> _Said | None:
        word = cue.group().casefold()
        if word.endswith("ing") and not re.search(
            r"(?:,|\band|\bwhile|\x00|\bwith [^,]{3,60}[A-Z][\w’]+|\b(?:is|are|was|were|been|be|keeps?|kept))\s+\Z",
            masked[: cue.start()],
        ):
            return None
        after_quote = not word.endswith("ing") and any(0 <= offset + cue.start() - e <= CLOSE for _, e in inner)
        if word == "according to":
            span = self._noun_after(masked, cue.end(), offset)
            return _Said((offset + cue.start(), offset + cue.end()), _moved(span, offset), True, word) if span else None
        closing = masked[: cue.start()].rstrip().endswith(",") and not word.endswith("ing")
        if after_quote or (closing and not masked[cue.end() :].lstrip().startswith(("that", "\x00"))):
            span = self._noun_after(masked, cue.end(), offset)
            if span is not None and (after_quote or self._names_at(span, offset)):
                return _Said((offset + cue.start(), offset + cue.end()), _moved(span, offset), True, word)
        span = self._noun_before(masked, cue.start(), offset)
        if word.endswith("ing") and (span is None or masked[: cue.start()].rstrip().endswith(",")):
            span = self._main_subject(masked, cue.start(), offset)
        if span is None:
            return None
        return _Said((offset + cue.start(), offset + cue.end()), _moved(span, offset), False, word)

    def _main_subject(self, masked: str, at: int, offset: int) -> Span | None:
        """Whose participle it is ("…, saying that …"): the subject that opens the sentence."""
        opening = re.match(r"(?:(?:But|And|Yet|So|On \w+day|Later|Then|Meanwhile|However),?\s+)*", masked)
        start = opening.end() if opening else 0
        if pronoun := re.compile(r"(?:he|she|they|it)\b", re.IGNORECASE).match(masked, start, at):
            return pronoun.span()
        for mention in self.names.within(offset + start, offset + at):
            if mention.start - offset - start <= 60 and "\x00" not in masked[start : mention.start - offset]:
                return mention.start - offset, mention.end - offset
            break
        head = re.compile(r"(?:[Tt]he|[Aa]n?) [\w’-]+(?: [a-z]+)?").match(masked, start, at)
        return head.span() if head else None

    def _names_at(self, span: Span, offset: int) -> bool:
        return any(m.named.person for m in self.names.within(span[0] + offset, span[1] + offset))

    def _noun_after(self, masked: str, at: int, offset: int) -> Span | None:
        """The subject behind an inverted verb: "said Oilers head coach Ken Hitchcock, who …"."""
        rest = masked[at:]
        lead = len(rest) - len(rest.lstrip())
        stop = _STOP.search(rest[lead:])
        while stop and stop.group() == "." and _abbreviation(rest[lead : lead + stop.start()]):
            stop = _STOP.search(rest[lead:], stop.end())
        own = rest[lead : lead + stop.start()] if stop else rest[lead:]
        own = re.split(
            r"\sand\s(?=[a-z]+ (?:ha[sd]|have|is|was|were|are|will)\b)|\s(?:in|on|at|during|after|before|as|when|"
            r"while|last|this|yesterday|today)\s|\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
            own,
        )[0]
        own = own.rstrip()
        if not own or len(own) > 120 or not re.match(r"[\w“]", own):
            return None
        start = at + lead
        return self._head(masked, start, start + len(own), offset)

    def _noun_before(self, masked: str, at: int, offset: int) -> Span | None:
        """The subject before a verb: adverbs, an apposition or a relative clause may stand between."""
        before = masked[:at].rstrip()
        closes = before.endswith(",")
        aside = closes and self._opening_comma(before.removesuffix(",")) is not None
        if not aside and (trailing := _TRAILING.search(before)):
            before = before[: trailing.start()]
            closes = trailing.group().startswith(",")
        if closes:
            opened = self._opening_comma(before.removesuffix(","))
            if opened is None and before.endswith(","):
                return None
            before = before[:opened] if opened is not None else before.removesuffix(",")
        elif before.endswith((")",)):
            before = before[: before.rfind("(")].rstrip() if "(" in before else before
        start = 0
        for stop in _BREAK.finditer(before):
            start = stop.end()
        start = max(start, before.rfind("\x00") + 1)
        chunk = before[start:]
        start += len(chunk) - len(chunk.lstrip())
        # "The minister of health and sport said": an "and" between two names or nouns joins them
        if start >= len(before):
            return None
        return self._head(masked, start, len(before), offset)

    def _opening_comma(self, before: str) -> int | None:
        """Where the apposition that a comma closes was opened: "X, the minister of Y, said"."""
        at = before.rfind(",")
        while at > 0:
            inside = before[at + 1 :].strip()
            if len(inside) > 160:
                return None
            if (
                re.match(
                    r"(?:who|whose|which|the|a|an|his|her|former|co-|chief|head|[a-z]+ing|[a-z]+ed|\d{1,3}\b|"
                    r"an?\b)",
                    inside,
                )
                or ROLE.search(inside)
                or _NAME_ALONE.fullmatch(inside)
            ):
                return at
            at = before.rfind(",", 0, at)
        return None

    def _head(self, masked: str, start: int, end: int, offset: int) -> Span | None:
        """The name inside a noun phrase, or else the phrase up to its first preposition; None for what is no subject."""
        phrase = masked[start:end]
        if lead := re.match(
            r"(?:(?:But|And|Yet|So|Still|Then|Later|Now|Today|Or|Nor|also|then|later|once|Even|[Ww]ho|[Ww]hat|"
            r"[Ww]hich|[Ww]hile|[Ww]hen)\s+)+(?=\S)",
            phrase,
        ):
            start, phrase = start + lead.end(), phrase[lead.end() :]
        pronoun = _PRONOUN.match(phrase)
        if pronoun and (pronoun.end() == len(phrase) or not phrase[pronoun.end() :].strip()):
            return start, start + pronoun.end()
        stop = _PREPOSITION.search(phrase)
        core = phrase[: stop.start()] if stop else phrase
        if stop and core[:1].isupper():  # "University of X political scientist Y said": a name closes the phrase
            closing = [m for m in self.names.within(offset + start + stop.start(), offset + end) if m.named.person]
            own = [m for m in self.names.within(offset + start, offset + start + len(core)) if m.named.person]
            if closing and not own and closing[-1].end == offset + end and closing[-1].start > offset + start + stop.end():
                return closing[-1].start - offset, end
        if (
            not core.strip()
            or not _NOUN_PHRASE.match(core)
            or core.strip().casefold() in _NO_SUBJECT
            or _PHRASE_START.match(core)
        ):
            return None
        if pronoun:
            return start, start + pronoun.end()
        return start, start + len(core)

    # ---- what is said

    def _quotes_of(self, start: int, end: int, inner: Sequence[Span], said: Sequence[_Said]) -> _Said | None:
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

    def _direct(self, inner: Sequence[Span], by: _Said, speaker: str | None) -> Quotation:
        outside = any(
            len(re.sub(r"\W+", "", self.text[a[1] : b[0]])) > 3 and not (a[1] <= by.cue[0] <= b[0]) for a, b in pairwise(inner)
        )
        return Quotation(tuple(inner), "mixed" if outside else "direct", by.cue, by.source, speaker)

    def _indirect_beside(self, start: int, end: int, inner: Sequence[Span], by: _Said) -> list[Quotation]:
        """The unquoted words that belong to the same saying: "He said the plan was “dead” and would …"."""
        if by.inverted or by.word not in SAY:
            return []
        clause = self._content(start, end, by)
        if clause is None or not any(clause[0] < s and e <= clause[1] + 1 for s, e in inner):
            return []
        if any(s <= clause[0] + 1 for s, _ in inner):
            return []
        return [Quotation((clause,), "mixed", by.cue, by.source, self._speaker(by.source, by))]

    def _indirect(self, start: int, end: int, said: Sequence[_Said]) -> list[Quotation]:
        """What a sentence without quotation marks reports that somebody, or several in turn, said."""
        found: list[Quotation] = []
        for by in sorted(said, key=lambda one: not self._closes(start, one)):
            following = [o.source[0] for o in said if o.source[0] > by.cue[1] and not self._closes(start, o)]
            clause = self._content(start, end, by)
            if clause is None or any(q.start < clause[1] and clause[0] < q.end for q in found):
                continue
            if following and clause[0] < min(following) < clause[1] and self._starts_clause(min(following)):
                clause = clause[0], min(following)
            if clause[1] - clause[0] >= LEAST:
                speaker = self._speaker(by.source, by)
                self._spoke(speaker, by)
                found.append(Quotation((clause,), "indirect", by.cue, by.source, speaker))
        return found

    def _starts_clause(self, at: int) -> bool:
        return re.search(r"(?:,|;|\bbut|\bwhile)\s+(?:(?:but|and|while)\s+)?\Z", self.text[max(0, at - 14) : at]) is not None

    def _closes(self, start: int, by: _Said) -> bool:
        """Whether it attributes what stands before it."""
        before = self.text[start : min(by.cue[0], by.source[0])].rstrip()
        return by.word == "according to" or (by.word in _ALWAYS and before.endswith(","))

    def _content(self, start: int, end: int, by: _Said) -> Span | None:
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

    def _told(self, by: _Said, tail: str, stop: int) -> Span | None:
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

    # ---- who it is

    def _speaker(self, source: Span, by: _Said) -> str | None:
        words = self.text[source[0] : source[1]]
        folded = words.casefold().strip()
        if folded in {"he", "she", "his", "her"}:
            gender: Gender = "he" if folded in {"he", "his"} else "she"
            named = self._one(gender, source[0])
            return named.name if named else self._last
        if folded in {"they", "it", "we", "who", "i"}:
            if folded == "who":
                before = self.names.within(max(0, source[0] - 120), source[0])
                return before[-1].named.name if before else None
            return self._last
        if apposed := _THEN_NAME.fullmatch(self.text[source[1] : by.cue[0]]):
            return apposed["name"]  # "Keeper of the Seal, Syed Danial, said"
        inside = self.names.within(*source)
        whole = [m for m in inside if not re.match(r"[’']s?\s+\w", self.text[m.end : source[1]])]
        if not whole and inside and inside[-1].named.person:
            following = self.names.within(source[1], source[1] + 40)
            if following and self.text[source[1] : following[0].start] == ", " and following[0].named.person:
                return following[0].named.name  # "Wise’s dad, Darrin"
            return f"{inside[-1].named.name}{words[inside[-1].end - source[0] :]}"
        people = [m for m in whole if m.named.person]
        if people:
            return " and ".join(dict.fromkeys(m.named.name for m in people[-2:])) if " and " in words else people[-1].named.name
        behind = _APPOSED.match(self.text[source[1] : source[1] + 120])
        if behind and not whole:
            following = self.names.within(source[1], source[1] + behind.end() + 60)
            if following and following[0].start == source[1] + behind.end() and following[0].named.person:
                return following[0].named.name
        if (
            whole
            and re.match(
                r"[Tt]he .*\b(?:Republican|Democrat|Conservative|Liberal|native|"
                r"star)s?\Z",
                words,
            )
            and self._people
        ):
            return self._people[-1][1].name
        if whole and not re.match(r"(?:the |a |an |The |A |An )[a-z]|(?!the |a |an )[a-z]", words):
            last = whole[-1]
            if not last.named.person and re.match(r"\s+[a-z]", self.text[last.end : source[1]]):
                return words.strip()  # "Palestinian leaders", "Freed hostages"
            return self.names.spelled_out(last.named.name)
        return self._described(words.strip(), source[0])

    def _described(self, words: str, at: int) -> str | None:
        """Whom a common noun means: "the minister", "her statement", "the company"; else the words as they are."""
        folded = words.casefold()
        if owned := _OWNED.match(words):
            gender: Gender = "she" if owned[1].casefold() == "her" else "he"
            named = self._one(gender, at) if owned[1].casefold() in {"his", "her"} else None
            whose = named.name if named else (self._last if owned[1].casefold() in {"their", "its"} else None)
            if whose and re.search(r"(?:statement|office|lawyer|spokes\w+|post|letter|tweet|team|campaign)\b", folded):
                return f"{whose}’s {owned['what']}" if not re.search(r"statement|post|letter|tweet", folded) else whose
            return words
        if not re.match(r"(?:the|that|this)\b", folded):
            return words
        nouns = re.findall(r"[\w’-]+", folded)
        last = nouns[-1]
        if _BODIES.fullmatch(last.removesuffix("’s")):
            return self._body(last, at) or words
        if role := ROLE.search(folded):
            known = self._by_role(role.group().casefold(), at)
            if known is not None:
                return known.name
        if last.endswith("s") and not last.endswith("ss"):
            return words
        latest = self._people[-1][1].name if self._people else None
        return latest or words

    def _body(self, noun: str, at: int) -> str | None:
        """The body named before that "the company" means: one with the noun in its name, else the last that is no place."""
        before = [m for m in self.names.within(max(0, at - 1_500), at) if not m.named.person]
        called = [m for m in before if noun in m.named.name.casefold().split()]
        if called:
            return called[-1].named.name
        for mention in reversed(before) if _NAMED_BEFORE.fullmatch(noun) else ():
            around = self.text[max(0, mention.start - 8) : mention.start]
            if not re.search(r"\b(?:in|at|from|near|of|to|across|around|outside) (?:the )?\Z", around):
                return mention.named.name
        return None

    def _by_role(self, role: str, at: int) -> Named | None:
        """The person named before whose title or apposition holds this noun; who was spoken of last first."""
        for _, named, _ in reversed(self._people):
            if role in named.told:
                return named
        held = [m.named for m in self.names.mentions if m.end <= at and role in m.named.told]
        return held[-1] if held else None

    def _one(self, gender: Gender, at: int) -> Named | None:
        """Whom "he" or "she" means."""
        start = max(self.text.rfind("\n", 0, at), self.text.rfind(". ", 0, at)) + 1
        own = [m.named for m in self.names.within(start, at) if m.named.person]
        recent = self._people[-REACH:][::-1]
        best: Named | None = None
        for n, (_, named, spoke) in enumerate(recent):
            if named.gender == gender or (named.gender is None and (spoke or n == 0)):
                best = named
                break
        if best is None and own and own[0].gender in {gender, None}:
            best = own[0]
        if best is not None and best.gender is None:
            best.gender = gender
        return best

    def _spoke(self, speaker: str | None, by: _Said) -> None:
        if speaker is None:
            return
        self._last = speaker
        named = next((m.named for m in reversed(self.names.within(0, by.source[1])) if m.named.name == speaker), None)
        self._last_named = named
        if named is not None and named.person:
            self._people.append((by.source[0], named, True))

    def _move(self, start: int, end: int, inner: Sequence[Span]) -> None:
        """Whom a sentence speaks of: its first person named outside quotation marks."""
        for mention in self.names.within(start, end):
            if mention.named.person and not any(s <= mention.start < e for s, e in inner):
                if not self._people or self._people[-1][1] is not mention.named:
                    spoke = self._people and self._people[-1][0] >= start
                    if not spoke:
                        self._people.append((mention.start, mention.named, False))
                break


def _abbreviation(before: str) -> bool:
    return bool(
        re.search(
            r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gen|Gov|Lt|Col|Sgt|Maj|Capt|Adm|St|Jr|Const|Insp|Prof|Rev|Supt|"
            r"Cpl|Det|Coun|Staff Sgt))\Z",
            before,
        )
    )


def _moved(span: Span, offset: int) -> Span:
    return span[0] + offset, span[1] + offset


def read(text: str) -> list[Quotation]:
    """Every saying of a text, in order."""
    return Quotes(text).read()


__all__ = ["Mention", "Quotation", "Quotes", "quoted_spans", "read", "replace"]
