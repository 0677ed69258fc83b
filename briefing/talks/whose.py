"""Who says a sentence of news prose: the verb that attributes, and whose it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefing.claims import Speaker
from briefing.reading.names import given
from briefing.talks.cast import Cast, Mention, is_person

CUES = (
    "said says told wrote writes posted tweeted insisted insists added adds stated states announced declared warned "
    "warns called urged urges argued argues claimed confirmed denied acknowledged acknowledges noted "
    "explained stressed emphasized emphasised vowed pledged promised suggested replied responded rejected rejects "
    "welcomed expressed reiterated described accused condemned reported signalled signaled demanded ordered agreed "
    "accepted proposed predicted cautioned remarked observed conceded say argue suggest believe".split()
)
_CUE = re.compile(
    rf"\b(?P<cue>[Aa]ccording to|pointed out|points out|sent word|went on(?=[.,:])|"
    rf"{'|'.join(sorted(CUES, key=len, reverse=True))})\b"
)
_PRONOUN = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Tt]he (?:president|(?:prime |foreign |defen[cs]e )?minister|spokes\w+|officials?|"
    r"diplomats?|senator|statement|ministry|military|group|office|army|government|ambassador|envoy))\b"
)
_ADVERBS = re.compile(
    r"\A[,\s]*(?:(?:has|have|had|also|later|then|again|repeatedly|earlier|meanwhile|previously|once|publicly|privately|"
    r"reportedly|further|still|since|himself|herself|themselves|itself|in turn|for (?:his|her|their) part),?\s*)*\Z"
)
_WHERE = re.compile(
    r"\b(?P<where>on X|on Twitter|on Truth Social|on Facebook|on Telegram|on social media|"
    r"in (?:a|an|the|his|her|their) (?:joint |written |separate |televised )?(?:statement|interview|speech|briefing|"
    r"post|letter|address|news conference)|at (?:a|an|the) (?:news conference|press conference|briefing)|"
    r"told (?:reporters|journalists|lawmakers|troops|Israeli troops|the [A-Z][\w.]+(?: [A-Z][\w.]+){0,3}))\b"
)
WHERE_WITHIN = 70  # characters from the verb on in which the place of saying stands
# What may stand before the subject of a sentence: nothing, something closed by a mark, or a word that only connects.
_CLAUSE_START = re.compile(
    r"(?:\A|[,;:–—”\"]\s*)(?:(?:and|but|yet|still|so|meanwhile|later|earlier|then)\s+)?(?:the\s+|a\s+|an\s+)?\Z",
    re.IGNORECASE,
)
# In front of a subject these deny, doubt or report what follows: it is not what the subject said or did.
_DOUBTED = re.compile(
    r"\b(?:neither|nor|no|not|nobody|none|never|had|should|if|unless|den(?:y|ies|ied)|doubts?|sign|contrary to|"
    r"according to|reports?|reported|claims?|rumou?rs?|allegations?)\b",
    re.IGNORECASE,
)
_AFTER_DETERMINER = re.compile(
    r"\b(?:the|a|an|its|his|her|their|this|that|these|those|any|no|newly|recently)\s+\Z", re.IGNORECASE
)
_BEHIND = 140  # characters that are looked back over
MOST_CUES = 12  # of one sentence; what has more is no sentence of news
CLOSING = 60  # characters that a closing attribution may take
# What opens a clause inside another: its subject speaks there, not in the sentence.
_SUBORDINATE = re.compile(
    r"\b(?:that|why|what|whether|because|when|after|before|who|which|whom|if|where|how|while|as|than|since|unless|until)"
    r"\s+(?P<rest>[^,;:“”\"]{0,60})\Z",
    re.IGNORECASE,
)
_APPOSED = re.compile(r",[^“”\"]{1,90},\s*(?:also |later |then )?")
_FIRST = re.compile(r"(?:(?:The|A|An|But|And|Mr|Mrs|Ms|[a-z]+)\.?,? )*(?:[a-z-]+ )*,? ?")
_ASKED = re.compile(  # what a speaker was asked is no saying of his
    r"(?:Asked|Pressed|Questioned)\b[^“”\"]{3,200}, (?=(?:he|she|they|the [\w-]+(?: [\w-]+)?|[A-Z][\w’.-]+(?: [A-Z][\w’.-]+)*) "
    r"(?:said|replied|told|answered|added)\b)"
)
_PARTICIPLE = re.compile(r", (?P<cue>saying|telling|adding|writing)\b")
_CLOSED = re.compile(r"(?:,|\.|\s+(?:on|in|at|to|late|early|later|after|during)\b|\s+(?:reporters|journalists|lawmakers)\b)")
_AND = re.compile(r"\A(?:,? and |, (?:along|together) with )(?:the )?\Z")
NEAR = 80  # characters between a subject and its second verb ("landed in New York and said")


@dataclass(frozen=True, slots=True)
class Attribution:
    """The verb that attributes a sentence and where its subject stands (sentence offsets)."""

    cue: str
    cue_start: int
    subject_start: int
    subject_end: int
    speaker: Speaker
    where: str | None
    pronoun: bool


@dataclass(frozen=True, slots=True)
class Before:
    """Who spoke or acted before this sentence, as far as a pronoun may reach back."""

    person: Speaker | None = None
    anyone: Speaker | None = None
    plural: bool = False  # whether "they" may mean `anyone`

    def meant_by(self, pronoun: str) -> Speaker | None:
        """The speaker a pronoun or "the minister", "the ministry" means; None where that is not certain."""
        word = pronoun.casefold()
        if word == "they" or (word.endswith("s") and word.startswith("the ")):
            return self.anyone if self.plural else None
        noun = word.removeprefix("the ")
        if noun in _BODIES:
            known = self.anyone.known_as.casefold() if self.anyone and not is_person(self.anyone) else ""
            return self.anyone if known and (noun in known or noun in {"statement", "it"}) else None
        if self.person is not None and self.person.name and word in _OTHER and given(self.person.name) == _OTHER[word]:
            return None  # "he" is not Linda
        if self.person is not None and self.person.party and self.person.office and noun in _OFFICES:
            called = self.person.office.casefold().replace("defense", "defence")
            return self.person if called.endswith(noun.replace("defense", "defence")) else None
        return self.person


_OFFICES = frozenset({"president", "minister", "prime minister", "foreign minister", "defence minister", "defense minister"})
_OTHER = {"he": "she", "she": "he"}
_BODIES = frozenset({"it", "statement", "ministry", "military", "group", "office", "army", "government"})


def attribution(sentence: str, quoted: list[tuple[int, int]], cast: Cast, before: Before) -> Attribution | None:
    """The attribution of one sentence of prose; `quoted` are its quoted parts. Where a sentence has two, the one that
    closes it (“…, the minister told reporters.”) wins over the first."""
    unquoted = _blank(sentence, quoted)
    subjects = cast.mentions(unquoted)
    asked = _ASKED.match(unquoted)
    cues = [m for m in _CUE.finditer(unquoted, asked.end() if asked else 0) if not _adjective(unquoted, m)][:MOST_CUES]
    found = [
        Attribution(
            match["cue"],
            match.start(),
            mention.start,
            mention.end,
            mention.speaker,
            where["where"] if (where := _WHERE.search(unquoted, match.start(), match.end() + WHERE_WITHIN)) else None,
            pronoun,
        )
        for match in cues
        if (subject := _subject(unquoted, match, subjects, before, quoted)) is not None
        for mention, pronoun in [subject]
    ]
    if not found:
        return _by_participle(unquoted, subjects) if not cues else None
    closing = found[-1]
    closes = unquoted[: closing.subject_start].rstrip().endswith((",", ",”", ',"')) and is_person(closing.speaker)
    if closes and len(unquoted) - closing.cue_start <= CLOSING:
        return closing
    # a first verb whose subject is not known (“Egypt said …”) makes all that follows somebody else's report
    return found[0] if found[0].cue_start == cues[0].start() else None


def _by_participle(text: str, subjects: list[Mention]) -> Attribution | None:
    """ "The ministry took another line, saying that …": whoever opens the sentence, where no other verb attributes it."""
    cue = _PARTICIPLE.search(text)
    first = subjects[0] if subjects else None
    if cue is None or first is None or first.end > cue.start() or not _CLAUSE_START.search(text[: first.start]):
        return None
    where = _WHERE.search(text, cue.start(), cue.end() + WHERE_WITHIN)
    return Attribution(
        cue["cue"], cue.start("cue"), first.start, first.end, first.speaker, where["where"] if where else None, False
    )


def _adjective(text: str, cue: re.Match[str]) -> bool:
    """Whether the word is no verb of the sentence: "the proposed truce", "rejected by", "a reported strike"."""
    by = text[cue.end() : cue.end() + 4].lstrip().startswith("by ")
    return by or (
        cue["cue"] not in {"said", "told"} and _AFTER_DETERMINER.search(text[max(0, cue.start() - 20) : cue.start()]) is not None
    )


def _blank(sentence: str, quoted: list[tuple[int, int]]) -> str:
    """The sentence with quoted words as spaces, so that offsets stay."""
    for start, end in quoted:
        sentence = sentence[:start] + " " * (end - start) + sentence[end:]
    return sentence


def _subject(
    text: str, cue: re.Match[str], mentions: list[Mention], before: Before, quoted: list[tuple[int, int]]
) -> tuple[Mention, bool] | None:
    inverted = cue["cue"].casefold() == "according to" or _after_quote(text, cue.start(), quoted)
    if inverted:
        following = [m for m in mentions if 0 <= m.start - cue.end() <= 4 or _titles_between(text, cue.end(), m.start)]
        following = [m for m in following if not only_adorns(text, m)]
        if following:
            return following[0], False
    preceding = [m for m in mentions if m.end <= cue.start()]
    pronouns = list(_PRONOUN.finditer(text, 0, cue.start()))
    nearest = preceding[-1] if preceding else None
    apposed = nearest is not None and _APPOSED.fullmatch(text[nearest.end : cue.start()]) is not None
    if pronouns and not apposed and (nearest is None or pronouns[-1].start() >= nearest.end):
        pronoun = pronouns[-1]
        meant = _named_first(text, preceding, pronoun) or before.meant_by(pronoun.group())
        if meant is None or not _reaches(text[pronoun.end() : cue.start()]) or not _opens(text, pronoun.start(), cue.end()):
            return None
        return Mention(pronoun.start(), pronoun.end(), meant), True
    if nearest is None or not _reaches(text[nearest.end : cue.start()]):
        return None
    subject = _together(text, preceding)
    return (subject, False) if _opens(text, subject.start, cue.end()) else None


def _named_first(text: str, preceding: list[Mention], pronoun: re.Match[str]) -> Speaker | None:
    """Whom "he" or "she" means behind the only person the sentence has named, where that name opens it."""
    people = [m for m in preceding if is_person(m.speaker) and m.end <= pronoun.start()]
    if len(people) != 1 or not _FIRST.fullmatch(text[: people[0].start]) or pronoun.group().casefold() not in _OTHER:
        return None
    return Before(people[0].speaker, people[0].speaker).meant_by(pronoun.group())


def _together(text: str, preceding: list[Mention]) -> Mention:
    """ "President Joe Biden and French President Emmanuel Macron" is one subject, of two."""
    last = preceding[-1]
    if len(preceding) == 1 or not _AND.match(text[preceding[-2].end : last.start]):
        return last
    first = preceding[-2]
    both = Speaker(name=f"{first.speaker.known_as} and {last.speaker.known_as}", party=first.speaker.party)
    return Mention(first.start, last.end, both)


def _opens(text: str, start: int, cue_end: int) -> bool:
    """Whether the subject at `start` opens its clause, and that clause is no part of another ("why the minister had
    said …", "critics of the minister said …") and nothing in front denies or doubts it, unless that is what it closes
    ("they had not replied, he said")."""
    before = text[max(0, start - _BEHIND) : start]
    if before.rstrip().endswith(",") and _CLOSED.match(text, cue_end) and len(text) - cue_end <= CLOSING:
        return True
    if _CLAUSE_START.search(before) is None or _SUBORDINATE.search(before) is not None:
        return False
    return _DOUBTED.search(before.rsplit("”", 1)[-1]) is None


def _after_quote(text: str, at: int, quoted: list[tuple[int, int]]) -> bool:
    """Whether the verb stands right behind a quotation: “…,” said X."""
    return any(0 <= at - end <= 4 for _, end in quoted) or (at <= 1 and bool(text))


def only_adorns(text: str, mention: Mention) -> bool:
    """ "Said the Jerusalem coach, Dorit Levi": the place is whose coach it is, not who speaks."""
    bare = mention.speaker.name == mention.speaker.party
    return (
        bare
        and re.match(
            r" (?!(?:on|in|at|late|to|as|after|when|while|during|and|this|last|through|via)\b)[a-z]+", text[mention.end :]
        )
        is not None
    )


def _titles_between(text: str, start: int, end: int) -> bool:
    between = text[start:end]
    plain = re.fullmatch(r"\s*(?:the |a |an )?(?:[\w’'.\-]+ ){0,6}", between) is not None
    return 0 < end - start <= 60 and plain and re.search(r"\b(?:of|for|to|with|by|against|about|from)\b", between) is None


def _reaches(between: str) -> bool:
    """Whether a verb still belongs to the subject before: adverbs, an apposition, or "… and" in between."""
    if _ADVERBS.match(between):
        return True
    if _APPOSED.fullmatch(between):
        return True
    return (
        len(between) <= NEAR
        and bool(re.search(r"\b(?:and|but)\s+(?:by (?:\w+ ){1,2}had |later |then |also )?\Z", between))
        and not (re.search(r"[.;:“”\"]|\b(?:that|who|which)\b", between))
    )
