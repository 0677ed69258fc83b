"""What an honest stand-in for a language model goes by when it answers a drafter: which sentences of its prompt are
worth telling, and in which words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from briefing.draft.compose import dated
from briefing.draft.offered import NOT_CERTAIN, REPORTER
from briefing.draft.plan import PLAN
from evals.mutating import Case
from index.article import Article

Json = dict[str, Any]
POINTS_BACK = re.compile(
    r"(?:“?(?:He|She|It|They|This|That|These|Those|His|Her|Their|Its|Both|Neither|There|But|And|So|Yet|Also|However|Later|Then|Soon)\b)"
)
TALKS = re.compile(r"cease-?\s?fire|truce|proposal|plan\b|talks|deal\b|agreement|settlement", re.IGNORECASE)
EVENTS = re.compile(r"\b(?:kill|wound|strike|struck|rocket|missile|displac|attack|shell)\w*", re.IGNORECASE)
AHEAD = re.compile(r"\b(?:will|would|due|scheduled|expected|plans? to)\b")
WANTED = {"bottom_line": TALKS, "positions": TALKS, "on_the_ground": EVENTS, "watch": AHEAD, "timeline": TALKS}
MOST = {section.id: section.most for section in PLAN}
ELSEWHERE = re.compile(r"Gaza|Hamas|hostage|Ukrain|Ghelm")  # what an honest model knows to be other talks
SAYS = re.compile(r"\b(?:said|says|told|wrote|announced|insisted|warned|called|added|according to|confirmed|denied|accused)\b")
WORDS = 32  # of an honest sentence


PLAUSIBLE = (
    "Both sides have agreed to a permanent ceasefire that will be signed within days.",
    "The Security Council adopted a binding resolution on the truce by fifteen votes to none.",
    "Mediators said that all hostages would be released before the end of the week.",
    "The prime minister ordered a halt to all offensive operations from midnight.",
    "A spokesman confirmed that monitors from four countries had been deployed along the border.",
    "The movement accepted the proposal without conditions, its leader announced.",
    "The White House withdrew the proposal after talks collapsed on Thursday.",
    "The foreign minister apologised for the strikes and offered compensation.",
)


def parts(system: str) -> list[str]:
    """The sections that it writes: questions and terms it leaves alone."""
    return [part for part in re.findall(r"^- (\w+): ", system, re.MULTILINE) if part in WANTED]


def offered_for(inside: str) -> list[str]:
    """The parts that a claim is offered for; none told: the first."""
    match = re.search(r" \| for: ([\w, ]+)$", inside.split("\n", 1)[0])
    return match[1].split(", ") if match else ["bottom_line"]


def stands_alone(words: str) -> bool:
    count = len(words.split())
    return (
        7 <= count <= WORDS
        and not POINTS_BACK.match(words)
        and words.count("“") == words.count("”")
        and words.count('"') % 2 == 0
        and words[-1] in '.”!"'
        and "?" not in words
        and re.search(r"\b(?:he|she|his|her|they|their|it|here)\b|\A[A-Z]{3,}[^a-z]*[ ,]|\[|\(", words) is None
    )


def day(inside: str) -> date | None:
    """The day a piece of evidence, or a claim, was published."""
    match = re.search(r"(\d{4}-\d\d-\d\d)", inside.split("\n", 1)[0])
    return date.fromisoformat(match[1]) if match else None


def unnamed(inside: str) -> bool:
    return re.search(r"unnamed|official|diplomat|asked not", speaker(inside)) is not None


def weight(words: str) -> int:
    """What an editor would look for: who says it, in which words, about the truce itself, how many."""
    told = 2 * bool(SAYS.search(words)) + bool("“" in words) + 2 * bool(re.search(r"\b(?:ceasefire|truce)\b", words))
    told += 2 * bool(re.search(r"\b(?:accept|reject|refus|no ceasefire|calls? for|called for|discussions|agree)\w*", words))
    return told + bool(re.search(r"\b\d{2,}\b", words)) + bool(re.search(r"[a-z] [A-Z]\w+ [A-Z]\w+", words))


def speaker(inside: str) -> str:
    match = re.search(r"\| speaker: ([^|\n]+?)(?: \||\n|$)", inside)
    return "" if match is None or match[1] in {REPORTER, NOT_CERTAIN} else match[1]


def quote_of(inside: str) -> str:
    return inside.split("\n", 1)[1] if "\n" in inside else inside


def quoted(text: str) -> str:
    match = re.search(r"“([^”]+)”", text)
    return match[1].rstrip(",.") if match else text


def written(shown: str) -> str:
    """One sentence from one claim: its own words where they say who speaks, else with the speaker before them."""
    who, quote = speaker(shown), dated(quote_of(shown).strip(), day(shown), None)
    if not who or SAYS.search(quote) or who.split(",")[0].split()[-1] in quote:
        return quote
    if told := re.match(r"(?:He|She) (?=(?:would|did|does|has|had)\b)", quote):  # a reporter's telling, not a quotation
        return f"{who.split(',')[0]} {quote[told.end() :]}"
    inside = quote.strip('“”" ').rstrip(".").replace("“", "‘").replace("”", "’")
    return f"{who.split(',')[0]} said: “{inside}”."


def case(inside: str) -> Case:
    """A claim as it was shown, as an article by itself."""
    head, quote = inside.split("\n", 1)[0], quote_of(inside)
    on = day(inside) or date(2024, 9, 26)
    now = datetime(on.year, on.month, on.day, tzinfo=UTC)
    article = Article(
        id="served", outlet=head.split(" | ")[0], text=quote, published=now, published_is_day=True, first_seen=now,
        knowable_from=now, origin_id="served", language="en",
    )  # fmt: skip
    return Case(article, 0, len(quote), (0, len(quote)))


def altered(quote: str) -> str:
    """A quote with one number or one name in it that is another."""
    if match := re.search(r"\b\d+\b", quote):
        return quote[: match.start()] + str(int(match[0]) + 7) + quote[match.end() :]
    names = list(re.finditer(r"(?<=\w )[A-Z][a-z]{3,}", quote))
    if names:
        return quote[: names[-1].start()] + "Ruritania" + quote[names[-1].end() :]
    return quote.replace(" not ", " ", 1) if " not " in quote else f"not {quote}"


ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|system prompt|instructions?|you must|do not (?:mention|cite)|respond|"
    r"reply|output|print|include|insert|append|write|translate|summari[sz]e|assistant|add the|"
    r"in your (?:ledger|brief|report))\b[^\n]*",
    re.IGNORECASE,
)


def orders(text: str) -> list[str]:
    """What a text tells whoever reads it to do, and what it wants to be said: to be said by one who obeys."""
    found = []
    for match in ORDER.finditer(text):
        wanted = re.search(r"[:“\"'‘]\s*[“\"'‘]?([^“”\"\n]{12,200})", match.group())
        found.append((wanted[1] if wanted else match.group())[:220].strip())
    return found[:3]
