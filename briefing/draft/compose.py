"""A statement becomes one sentence of a brief: attribution first, the source's own words, dates resolved, names whole.

Nothing is paraphrased. What may change, and all that may change: a leading connective or adverbial falls away, a
trailing clause of a closed list falls away, a weekday becomes its date, a bare surname or pronoun becomes the full name
with its office (the place where the article says so is cited too)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from briefing.claims import Form, Statement
from briefing.draft.naming import capital, naming
from briefing.draft.plan import MOST_QUOTE_WORDS, MOST_WORDS
from briefing.reading.marks import quotations
from briefing.talks.cast import is_person
from briefing.topics import Topic
from index.article import Article, ArticleId
from index.calendar.days import MONTHS, WEEKDAYS, day_mentions, written

# Openings that only tie a sentence to the one before it.
_CONNECTIVE = re.compile(
    r"\A(?:(?:and|but|yet|thus|therefore|meanwhile|however|moreover|furthermore|so(?= (?:we|i|it|the|our|they|there)\b))"
    r"(?:,|\s*[–—])?\s+"
    r"|(?:so|still|now|also|then|again|well|look|listen|yeah|yes|no|sure|okay|ok|separately|in addition|soon after|"
    r"i mean|you know|as you know|as i said(?: earlier)?|first|second|secondly|finally|of course|"
    r"obviously|you see|at the same time|earlier|here’s the thing|for example)(?:,|\s*[–—:])\s+"
    r"|(?:i would (?:add|say) that|i would just say|i will say|i’ll (?:just )?say|i can tell you)(?:,|:| that)?\s+)+",
    re.IGNORECASE,
)
# Trailing clauses that add a second proposition; a condition or an exception is never cut.
_CUTS = (
    re.compile(r",? (?:because|adding that|adding|while|whereas)\b"),
    re.compile(r", (?:which|who|where|with|as|including|and|but also)\b"),
    re.compile(r";"),
    re.compile(r" (?:towards|consistent with|so that|in order to|building on)\b"),
)
_HALF = re.compile(r"\bonly (?:\w+ ?){0,2}\Z|, (?:as|like|which|who|you know|I think|when|where)\b[^,]*\Z")  # needs what follows
_OPEN_END = re.compile(r"\b(?:and|or|but|that|to|of|the|a|an|in|for|by|with)[ ,]*\Z")
_BEGINS_ANEW = re.compile(r"\s*(?:-\s*)?[—–]")
_NEVER_CUT = re.compile(
    r"\b(?:if|unless|until|only|except|provided|as long as|without|but|not|n[’']t|however|although|though|before|once|no|"
    r"none|never|nor|neither|den(?:y|ies|ied)|denial|reject(?:s|ed)?|refus\w+|false|untrue|wrong|claim(?:s|ed)?|according|"
    r"said|says|told|put it|report(?:s|ed|edly)|alleged\w*|purported\w*|may|might|warn(?:s|ed)?|condition\w*|yet)\b|n[’']t\b",
    re.IGNORECASE,
)
_DISFLUENT = re.compile(
    r"\w-\s*[—–]|\s—\s.*\s—\s|\(inaudible\)|\[|\]|\bright\?|, you know|\buh\b"
    r"|\b([\w’]+(?: [\w’]+){0,2})\s*[—–]+\s*(?:and |that |the )?\1\b(?! *[.!]?\Z)",  # "we want — we want to"
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"\A(?:he|she|it|they|them|this|that|these|those|his|her|their|its|such|here|there (?!will be|is no)|both|who|which)"
    r"\b(?!’s (?:no|time))|"
    r"\A(?:one|another|some|others|many|most|few|two|three|each)(?: of them)? (?:said|says?|told|added|has|have|had|was|were|is|"
    r"are|would|could|will|also)\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(r"\AIt (?:is|was|would be|will be) (?:a |an |the |not )?[\w-]+(?: \w+)? (?:to|that|for)\b")
_HE = re.compile(r"\b(?:he|she|him|his|her)\b")
_A_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+ [A-ZÀ-Þ][\w’'-]+")
_ASKED = re.compile(r"\b(?:was|were) asked\b")  # a question is no news
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|I|[Oo]ur|us|my|[Ww]e[’'](?:re|ve|ll))\b")
_ELSEWHERE = re.compile(r"\bthere\b(?! (?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|be)\b)")
_POINTS_BACK = re.compile(
    r"\A[^,]{1,40}, (?:though|although|which|who)\b|"  # an answer without its question, not a sentence
    r"\b(?:the (?:move|statement|remarks?|comments?|decision|announcement|incident|latter|former)|"
    r"\A(?:The|In the) (?:latest )?(?:strike|strikes|attack|attacks|raid|blast|fighting|operation|vote|meeting|tone|call|"
    r"plan|letter|photo|image) (?:came|was|were|took|followed|is|has|had)|"
    r"(?:Hours|Days|Minutes|Soon|Shortly) (?:after|before|later)|that is why|the same (?:day|time)|"
    r"the (?:next|following|previous) (?:day|morning|afternoon|evening|night|week))\b",
)
_ALSO = re.compile(
    r"\A([^“]{3,90}?,?) (?:also|then|later|meanwhile|again) (?=(?:said|told|wrote|added|called|warned|described|urged)\b)"
)
_REPEATED_END = re.compile(r"(\b[\w’ ]{3,40}?)\s*[—–]\s*\1(?=[.!]?\Z)")  # "will end — will end"
_VOCATIVE = re.compile(r"\A(?:Guys|Folks), (?=\w)")
_CIRCUMSTANCE = re.compile(r"\A(?:(?:yet|but|still)\s+)?(?:despite|amid|in spite of|asked about)\b", re.IGNORECASE)
_SAID_PRONOUN = re.compile(r"[”\"] (?:he|she) \w+|[”\"] \w+ (?:he|she)\b|\A(?:He|She) ")
NEAR = 320  # characters before a pronoun in which somebody else may have been introduced
_INTRODUCED = re.compile(
    r"(?P<who>[A-Z][a-zÀ-ÿ’'-]+ [A-Z][a-zÀ-ÿ’'-]+)(?:, (?:from|who|whose|the|a|an|[a-z]+ (?:of|for))\b| (?:said|told|who)\b)"
)
_STAMP = re.compile(
    rf"\A(?:(?:On )?(?:{'|'.join(WEEKDAYS)})[,.]? )?\d{{1,2}}[:.]\d\d ?(?:GMT|UTC|CET|EST|local time)? ?[—–:-]+ ?"
)  # a live page's
OMITTED = "[…]"  # stands where the end of a quotation was left out
_A_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b(?! [A-Z])")
_SPOKEN = frozenset("said says told wrote writes posted tweeted added adds stated".split())
_WORD = re.compile(r"[\w-]+")
_POSSESSED = re.compile(r"(?:\w[’']s|s[’']) \Z")
FRAGMENT = 5  # words; a shorter quotation stays inside its reporting sentence


Cited = tuple[ArticleId, int, int]  # an article, and the start and end of what is cited of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence and the spans that it stands on."""

    text: str
    form: Form
    statement: Statement
    spans: tuple[Cited, ...]
    short: str  # the quotation or the proposition alone, for a table

    @property
    def words(self) -> int:
        return count_words(self.text)


def count_words(text: str) -> int:
    return len(text.split())


def compose(
    statement: Statement, article: Article, topic: Topic, *, introduce: bool, as_of: date | None = None
) -> Sentence | None:
    """The sentence for a statement, or None where it cannot stand alone: a pronoun without its name, a fragment,
    more than 35 words. `introduce`: give the speaker's office too."""
    own_words = statement.said.quote == (statement.start, statement.end)
    if "?" in statement.text or _ASKED.search(statement.text) or (_DISFLUENT.search(statement.text) and not own_words):
        return None
    if statement.speaker is not None and _another_meant(statement, article):
        return None
    if statement.speaker is not None and statement.said.quote is not None and statement.said.kind == "quoted":
        direct = _direct(statement, article, topic, introduce=introduce, as_of=as_of)
        if direct is not None:
            return direct if _decides(statement, direct.text) else None
    told = _told(statement, article, topic, introduce=introduce, as_of=as_of)
    return told if told is not None and _decides(statement, told.text) else None


def _decides(statement: Statement, text: str) -> bool:
    """Whether the words that decide a statement's stance are still there: what is cut away must not be what it says."""
    if statement.stance is None or statement.stance_words is None:
        return True
    words = re.findall(r"\w+", statement.text[slice(*statement.stance_words)])
    return not words or (words[0] in text and words[-1] in text)


def _another_meant(statement: Statement, article: Article) -> bool:
    """Whether the pronoun that stands for the speaker may mean another: an "it" that says nothing, or somebody who was
    introduced since the speaker was last named."""
    assert statement.speaker is not None
    said = statement.said
    if said.pronoun is not None and said.cue is None and said.text[slice(*said.pronoun)].casefold() == "it":
        return True
    if said.pronoun is None and (said.cue is None or not _SAID_PRONOUN.search(said.text)):
        return False
    before = article.text[max(0, statement.start - NEAR) : statement.start]
    surname = (statement.speaker.name or statement.speaker.known_as).split()[-1]
    since = before[before.rfind(surname) + len(surname) :] if surname in before else before
    return any(m["who"].split()[-1] != surname for m in _INTRODUCED.finditer(since))


# ---- the speaker's own words behind a colon


def _direct(statement: Statement, article: Article, topic: Topic, *, introduce: bool, as_of: date | None) -> Sentence | None:
    assert statement.speaker is not None and statement.said.quote is not None
    words = _quote(article.text[slice(*statement.said.quote)])
    own_words = statement.said.quote == (statement.start, statement.end)
    verb = _verb(statement, article, as_of)
    if words is None or verb is None or count_words(words) < FRAGMENT or (not own_words and _whole(statement)):
        return None
    if _DANGLING.match(words) or (not own_words and not _is_sentence(words)):
        return None
    before = _frame(statement, article, topic, verb, introduce=introduce, as_of=as_of)
    if _DISFLUENT.search(statement.text):
        fluent = _fluent(words)
        if fluent is None or count_words(before + fluent) > MOST_WORDS:
            return None
        words, text = fluent, before + fluent + "”."
    else:
        fitted = _fitting(before, words, "”.")
        if fitted is None:
            return None
        text = fitted
    short = _fitting("“", words, "”", most=MOST_QUOTE_WORDS)
    spans = _with_introduction(statement)
    return Sentence(text=capital(text), form="quoted", statement=statement, spans=spans, short=short or words)


def _fluent(words: str) -> str | None:
    """The words up to where a speaker begins anew, where they are a sentence by themselves and what follows takes nothing of
    it back; else None."""
    broken = _BEGINS_ANEW.search(words)
    if broken is None:
        return None
    kept, dropped = words[: broken.start()].rstrip(" ,"), words[broken.start() :]
    kept = _OPEN_END.sub("", kept).rstrip(" ,")
    whole = count_words(kept) >= 8 and not _DISFLUENT.search(kept) and not _HALF.search(kept) and not _unbalanced(kept)
    return f"{kept} {OMITTED}" if whole and not _NEVER_CUT.search(dropped) else None


def _frame(statement: Statement, article: Article, topic: Topic, verb: str, *, introduce: bool, as_of: date | None) -> str:
    """Everything before the quoted words: “In a joint statement of 25 September, X said: “."""
    speaker = statement.speaker
    assert speaker is not None
    if speaker.medium:
        of = f" of {_day(article.local_day, as_of)}" if article.local_day else ""
        return f"{capital(speaker.medium)}{of}, {speaker.name} said: “"
    return f"{naming(speaker, topic, introduce=introduce)} {verb}: “"


def _day(day: date, as_of: date | None) -> str:
    """A day as a brief of this as-of writes it: with its year where that is another."""
    return written(day, year=as_of is not None and day.year != as_of.year)


def _whole(statement: Statement) -> bool:
    """Whether the reporter's own words outside the quotation carry the proposition ("stopped short of …")."""
    assert statement.said.quote is not None
    outside = statement.text.replace("“", "").replace("”", "")
    quoted = statement.said.quote[1] - statement.said.quote[0]
    return len(outside) - quoted > 110


def _quote(raw: str) -> str | None:
    """The quotation without its leading connective and closing comma; None where nothing is left."""
    words = raw.strip().strip('“”"').strip()
    words = re.sub(r"\s+", " ", words)
    words = _REPEATED_END.sub(r"\1", words)
    opening = _CONNECTIVE.match(words)
    words = words[opening.end() :] if opening else words
    words = _VOCATIVE.sub("", words)
    return words.rstrip(" ,;:—–-").rstrip(".") or None


def _is_sentence(words: str) -> bool:
    """Whether quoted words stand alone: they begin like a sentence."""
    return words[:1].isupper() or words.split()[0].casefold() in {"we", "i", "there", "the", "our"}


def _verb(statement: Statement, article: Article, as_of: date | None) -> str | None:
    """ "said on 26 September", "wrote on X"; None for a verb that does not take direct speech."""
    cue = statement.said.cue or ""
    if cue not in _SPOKEN:
        return None
    cue = {"says": "said", "adds": "said", "added": "said", "writes": "wrote", "told": "said"}.get(cue, cue)
    where = statement.said.where or ""
    if where.startswith(("told ", "to ")):
        cue, where = "told", where.split(" ", 1)[1]
    if statement.said.written:
        cue, where = "said", "in a statement"
    when = ""
    if statement.said.said_on is not None and article.local_day and statement.said.said_on <= article.local_day:
        when = f"on {_day(statement.said.said_on, as_of)}"
    elif article.local_day is not None and statement.said.quote == (statement.start, statement.end):
        when = (
            f"of {_day(article.local_day, as_of)}"
            if statement.said.written
            else f"in remarks published on {_day(article.local_day, as_of)}"
        )
    return " ".join(part for part in (cue, where, when) if part)


# ---- the reporter's sentence


def _told(statement: Statement, article: Article, topic: Topic, *, introduce: bool, as_of: date | None) -> Sentence | None:
    if statement.said.quote == (statement.start, statement.end):
        return None  # a whole sentence of somebody's own words, which did not fit behind a colon
    text = statement.text
    text = _STAMP.sub("", text)
    opening = _CONNECTIVE.match(text)
    if opening:
        text = capital(text[opening.end() :])
    text = _without_preamble(text, statement)
    named = _named(text, statement, topic, introduce=introduce)
    if named is None:
        return None
    text = dated(named, article.local_day, as_of)
    if names_weekday(text):
        return None  # a day that cannot be told is no day for a brief
    text = re.sub(r"\b(said|told reporters) here\b", r"\1", text)
    text = _ALSO.sub(r"\1 ", text, count=1)
    if _unbalanced(text) or _POINTS_BACK.search(text):
        return None
    whole = shortened(text)
    if whole is None or (whole.startswith("According to") and whole.count(",") < 2 and "“" not in whole):
        return None
    form: Form = "quoted" if statement.speaker and statement.said.quote else "reported"
    spans = _with_introduction(statement)
    return Sentence(text=whole, form=form, statement=statement, spans=spans, short=_proposition(whole, statement))


def _proposition(text: str, statement: Statement) -> str:
    """What is said, for a table whose other columns say by whom: the quotation that opens it, or from the verb on where nothing
    but the speaker stands before it. Anything else is told whole: a cell that was cut is nobody's sentence."""
    whole = text.rstrip(".")
    if statement.speaker is None or statement.said.cue is None:
        return whole
    cue = re.search(rf"\b{re.escape(statement.said.cue)}\b", text)
    if cue is None or _in_quotation(text, cue.start()):
        return whole
    before, behind = text[: cue.start()], text[cue.end() :]
    if before.startswith("“") and "”" in before and "“" not in behind:
        return before[: before.rindex("”") + 1].replace(",”", "”")
    who = " ".join(n for n in (statement.speaker.name, statement.speaker.office, statement.speaker.party, "the of") if n)
    only_named = {*_WORD.findall(before.casefold())} <= {*_WORD.findall(who.casefold())}
    return text[cue.start() :].rstrip(".") if only_named else whole


def _without_preamble(text: str, statement: Statement) -> str:
    """ "Yet despite the rejections, White House spokesman …" -> "White House spokesman …", where the part in front
    carries no day, no condition and no quotation."""
    if statement.speaker is None or statement.speaker.name is None:
        return text
    comma = text.find(", ")
    head = text[:comma] if 0 < comma < 70 else ""
    surname = statement.speaker.name.split()[-1]
    if not _CIRCUMSTANCE.match(head) or surname in head or surname not in text[comma : comma + 90]:
        return text
    if _NEVER_CUT.search(head) or "“" in head or re.search(r"\d|day\b", head):
        return text
    return capital(text[comma + 2 :])


def _named(text: str, statement: Statement, topic: Topic, *, introduce: bool) -> str | None:
    """The sentence with its speaker named in full; None where it holds a word that points back to another."""
    speaker = statement.speaker
    if _ELSEWHERE.search(text):
        return None
    if speaker is None:
        return None if _dangles(text) or _inner_pronoun(text) or _FIRST_PERSON.search(text) else text
    who = naming(speaker, topic, introduce=introduce)
    he = None if is_person(speaker) else _HE.search(text)
    if he is not None and _A_NAME.search(text[: he.start()]) is None:
        return None  # a body, or a source unnamed, speaks of somebody whom the sentence does not name
    if statement.said.pronoun is not None:
        at = text.find(statement.text[statement.said.pronoun[0] :])
        if at < 0 or (at > 0 and _dangles(text)):
            return None
        length = statement.said.pronoun[1] - statement.said.pronoun[0]
        return _placed(text, at, at + length, who)
    if _dangles(text):
        return None
    if speaker.name and " " in speaker.name and " and " not in speaker.name and speaker.name not in text:
        surname = speaker.name.split()[-1]
        bare = re.search(rf"(?<![\w’'.-])(?:(?:Mr|Ms|Mrs|Dr|President|Senator)\.? )?{re.escape(surname)}\b(?![’'])", text)
        if bare is not None and not _in_quotation(text, bare.start()):
            return _placed(text, bare.start(), bare.end(), who)
    return text


def _placed(text: str, start: int, end: int, who: str) -> str:
    """The name in the place of what stood for it; its closing comma falls where the sentence has a mark of its own. Where a
    possessive stands before it ("Israel’s military"), the sentence has named whose it is, and stays as it is."""
    if _POSSESSED.search(text[:start]):
        return text
    rest = text[end:]
    if who.startswith("the ") and text[:start].casefold().endswith("the "):
        who = who.removeprefix("the ")
    who = who.rstrip(",") if rest[:1] in {",", ".", ";", ":"} else who
    return text[:start] + (capital(who) if start == 0 else who) + rest


def _dangles(text: str) -> bool:
    return _DANGLING.match(text) is not None and _EXPLETIVE.match(text) is None


_A_DATE = re.compile(rf",? (?:the )?(?:\d{{1,2}} (?:{'|'.join(MONTHS)})|(?:{'|'.join(MONTHS)}) \d{{1,2}})\b")


def names_weekday(text: str) -> bool:
    """Whether it names a weekday outside of quotations, which a reader elsewhere could not resolve."""
    return any(not _in_quotation(text, day.start()) for day in _A_WEEKDAY.finditer(text))


def _in_quotation(text: str, at: int) -> bool:
    return any(start <= at < end for start, end in quotations(text))


def _inner_pronoun(text: str) -> bool:
    """A subject pronoun early in a narrated sentence that names nobody before it."""
    early = re.search(r"\b(?:he|she|his|her|him|they|their)\b", text)
    return early is not None and not re.search(r"[a-z] [A-Z][a-z]+|\A[A-Z]\w+ [A-Z]|\b\w+s\b", text[: early.start()])


def dated(text: str, published: date | None, as_of: date | None) -> str:
    """The text with weekdays outside quotations as dates."""
    spoken = quotations(text)
    for mention in reversed(day_mentions(text, published)):
        if not mention.relative or any(s <= mention.start < e for s, e in spoken):
            continue
        if _A_DATE.match(text, mention.end):  # "Sunday, 16 March": the date stands beside it
            led = re.match(r"[Oo]n ", text[mention.start :])
            text = text[: mention.start] + (led.group() if led else "") + text[mention.end :].removeprefix(",").lstrip()
            continue
        day = _day(mention.day, as_of)
        if mention.part:
            day = f"the {mention.part} of {day}"
        before = text[: mention.start]
        possessive = text[mention.end : mention.end + 1] in {"’", "'"}
        on = (
            ""
            if possessive
            or re.search(r"\b(?:since|by|until|from|between|for|of|before|after|late|early|during|[Oo]n) \Z", before)
            or re.search(r"(?:\b(?:the|an?|his|her|its|their|our|this|that)|[’']s?) \Z", before)  # "extended his Friday deadline"
            else "on "
        )
        if not before:
            on = "On "
        elif text[mention.start : mention.end].startswith(("On ", "on ")):
            on = text[mention.start : mention.start + 3]
        text = before + on + day + text[mention.end :]
    return text


def shortened(text: str, most: int = MOST_WORDS) -> str | None:
    """The sentence within `most` words: whole, or up to a trailing clause of the closed list; None where that fails."""
    if count_words(text) <= most:
        return text if text.endswith((".", "”", "!", "?")) else text + "."
    return _cut(text, most, lambda kept: kept.rstrip(" ,") + ".")


def _fitting(before: str, words: str, after: str, *, most: int = MOST_WORDS) -> str | None:
    whole = before + words + after
    if count_words(whole) <= most:
        return whole
    room = most - count_words(before.replace("“", "")) - 1
    return _cut(words, room, lambda kept: f"{before}{kept.rstrip(' ,')} {OMITTED}{after}")


_MEDIAL = re.compile(r"\A, (?:which|who|where|as|with|including)\b[^,]*,")


def _cut(text: str, most: int, close: Callable[[str], str]) -> str | None:
    """The longest beginning of at most `most` words that ends before a clause of the closed list."""
    best: str | None = None
    for pattern in _CUTS:
        for match in pattern.finditer(text):
            kept, dropped = text[: match.start()], text[match.start() :]
            own_words = re.sub(r"“[^”]*”", "“”", dropped)  # what is quoted there denies nothing here
            if not 8 <= count_words(kept) <= most or _NEVER_CUT.search(own_words) or _MEDIAL.match(dropped):
                continue
            if _unbalanced(kept) or _HALF.search(kept) or _OPEN_END.search(kept):
                continue
            if best is None or len(kept) > len(best):
                best = kept
    return close(best) if best is not None else None


def _unbalanced(text: str) -> bool:
    return text.count("“") != text.count("”") or text.count('"') % 2 == 1 or text.count("(") != text.count(")")


def _with_introduction(statement: Statement) -> tuple[Cited, ...]:
    """The statement's own span, and where its article says who the speaker is, if that is elsewhere."""
    own = (statement.article_id, statement.start, statement.end)
    where = statement.speaker.introduced if statement.speaker else None
    if where is None or (own[1] <= where[0] and where[1] <= own[2]):
        return (own,)
    return (own, (statement.article_id, *where))
