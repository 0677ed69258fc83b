"""Verbs that attribute, and their subjects: found outside quotation marks, the subject beside the verb. No parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefing.reading.data import listed
from briefing.reading.names import ROLE, Names
from index.sentences import Span

SAY = listed("saying", "say")
_CUE = re.compile(rf"(?<![\w’'-])(?:[Aa]ccording to|{'|'.join(sorted(SAY, key=len, reverse=True))})(?![\w’'-])")
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
    r"whether|or|how|what|so|why)\s",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\s(?:of|for|in|at|from|with|on|to|near|by|under|against|about|who|whose|outside|inside|during|after|before|into|over|"
    r"between|among|as|that|which)\s"
)
_NOUN_PHRASE = re.compile(
    r"\A(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y|[Ii]ts|[Ss]ome|[Mm]any|[Oo]ne|[Tt]wo|[Tt]hree|"
    r"[Ss]everal|[Aa]nother|"
    r"[Oo]thers?|[Mm]ost|[Tt]hat|[Tt]his|[Tt]hese|[Tt]hose|[Bb]oth|[Ee]very|[Nn]o)\s+)?(?:[\w’'.\-&]+(?:\s+|\Z)){1,7}\Z"
)
_STOP = re.compile(r"[,;:.](?=\s|\Z)|\x00|\s[—–-]\s|\bwho\b|[()]")
_NO_SUBJECT = frozenset(
    "and but or so yet when if as while after before because since although though what that which how why where whether not "
    "to be been being is was are were has have had he's she's it's there here then also just even only more most "
    "the a an his its their our my your".split()  # "the remarks came": the verb is its noun
)
_PHRASE_START = re.compile(
    r"(?:amid|despite|of|in|at|on|from|with|by|for|to|under|against|about|during|without|into|over|between|among|"
    r"through|via|per|"
    r"the day|the time|not|very|too|has|have|had|is|are|was|were|will|would|more than|even)\b|.*\b(?:by|of|in|from|for|with)\Z",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(r"[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){0,3}")
CLOSE = 3  # characters between a quotation and its verb or subject


@dataclass(frozen=True, slots=True)
class Said:
    """An attribution in a sentence: where the verb stands, the subject, and what the verb is."""

    cue: Span
    source: Span
    inverted: bool
    word: str


class Subjects:
    """Finds the attributions of one text's sentences."""

    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names

    def of(self, start: int, end: int, inner: Sequence[Span]) -> list[Said]:
        masked = self._masked(start, end, inner)
        found: list[Said] = []
        for match in _CUE.finditer(masked):
            said = self._subject(masked, match, start, inner)
            if said is None and re.search(r"(?:\band|\bbut|,)\s+(?:later |then |also )?\Z", masked[: match.start()]):
                cue = (start + match.start(), start + match.end())
                word = match.group().casefold()
                if found:
                    said = replace(found[-1], cue=cue, inverted=False, word=word)  # "He said … and added …"
                elif main := self._main_subject(masked, match.start(), start):
                    said = Said(cue, _moved(main, start), False, word)
            if said is not None:
                found.append(said)
        return found[:12]

    def _masked(self, start: int, end: int, inner: Sequence[Span]) -> str:
        own = self.text[start:end]
        for s, e in inner:
            own = own[: s - start] + "\x00" * (e - s) + own[e - start :]
        return own

    def _subject(self, masked: str, cue: re.Match[str], offset: int, inner: Sequence[Span]) -> Said | None:
        word = cue.group().casefold()
        if word.endswith("ing") and not re.search(
            r"(?:,|\band|\bwhile|\x00|\bwith [^,]{3,60}[A-Z][\w’]+|\b(?:is|are|was|were|been|be|keeps?|kept))\s+\Z",
            masked[: cue.start()],
        ):
            return None
        after_quote = not word.endswith("ing") and any(0 <= offset + cue.start() - e <= CLOSE for _, e in inner)
        if word == "according to":
            span = self._noun_after(masked, cue.end(), offset)
            return Said((offset + cue.start(), offset + cue.end()), _moved(span, offset), True, word) if span else None
        closing = masked[: cue.start()].rstrip().endswith(",") and not word.endswith("ing")
        if after_quote or (closing and not masked[cue.end() :].lstrip().startswith(("that", "\x00"))):
            span = self._noun_after(masked, cue.end(), offset)
            if span is not None and (after_quote or self._names_at(span, offset)):
                return Said((offset + cue.start(), offset + cue.end()), _moved(span, offset), True, word)
        span = self._noun_before(masked, cue.start(), offset)
        if word.endswith("ing") and (span is None or masked[: cue.start()].rstrip().endswith(",")):
            span = self._main_subject(masked, cue.start(), offset)
        if span is None:
            return None
        return Said((offset + cue.start(), offset + cue.end()), _moved(span, offset), False, word)

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
                    r"(?:who|whose|which|the|a|an|his|her|former|co-|chief|head|[a-z]+ing|[a-z]+ed|\d{1,3}\b|an?\b)",
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
