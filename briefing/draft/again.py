"""A language model reads sentences beside the words they cite, in calls of their own, and says whether the words carry them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from briefing import prompting
from briefing.chat.client import Chat
from briefing.chat.fences import between, one_line
from briefing.draft.asking import checks_schema
from briefing.draft.material import Material
from briefing.draft.offered import Offered, headed
from briefing.draft.written import Located, Told
from briefing.verify import Said

PROMPT = "check_sentences/v1"
A_CALL = 10  # sentences
ROOM = 90  # tokens of an answer
MOST_MISSING = 200  # characters of what is said to be missing
CARRIED: dict[str, bool | None] = {"carried": True, "not-carried": False, "cannot-tell": None}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    missing: str
    verdict: Literal["carried", "not-carried", "cannot-tell"]
    ahead: bool


class _Answers(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answers: list[_Answer]


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence, and each of its sources: the line over the words, and the words."""

    text: str
    sources: tuple[tuple[str, str], ...]
    articles: tuple[str, ...] = ()  # whose words they are


def beside(told: Told, material: Material, offered: Offered) -> Beside:
    """A sentence with the words that it cites, as a second reading sees them."""
    sources = []
    for span in told.line.sentence.spans:
        quote = material.articles[span[0]].text[span[1] : span[2]]
        one = next((c for c in told.cited if c.span == span), Located(span, quote, offered.statement(span)))
        sources.append((headed(one, material), quote))
    return Beside(told.line.sentence.text, tuple(sources), tuple(span[0] for span in told.line.sentence.spans))


def reader_name(model: str) -> str:
    return f"second reading: {model}/{prompting.load(PROMPT).sha256[:8]}"


async def said_of(items: Sequence[Beside], conflict: str, as_of: str, chat: Chat) -> dict[int, Said]:
    """What the model says of each, by its place; nothing of one that it leaves out. Raises ModelUnavailable, UnreadableReply."""

    async def one_call(begin: int) -> dict[int, Said]:
        some = items[begin : begin + A_CALL]
        system, user = asked(some, conflict, as_of)
        issued = [f"S{n}" for n in range(1, len(some) + 1)]
        reply = await chat.ask(
            system,
            user,
            checks_schema(issued, list(CARRIED)),
            _Answers.model_validate,
            room=ROOM * len(some),
            articles=list(dict.fromkeys(i for item in some for i in item.articles)),
        )
        return {
            begin + issued.index(one.id): Said(CARRIED[one.verdict], one_line(one.missing)[:MOST_MISSING], one.ahead)
            for one in _Answers.model_validate(reply.parsed).answers
            if one.id in issued
        }

    told = await asyncio.gather(*(one_call(begin) for begin in range(0, len(items), A_CALL)))
    return {at: said for some in told for at, said in some.items()}


def asked(items: Sequence[Beside], conflict: str, as_of: str) -> tuple[str, str]:
    """The two messages of one call."""
    shown = "\n\n".join(between(f"S{n}", _shown(item)) for n, item in enumerate(items, start=1))
    return prompting.load(PROMPT).rendered(conflict=conflict, as_of=as_of, items=shown)


def _shown(item: Beside) -> str:
    sources = (f"Source: {head}\nWords: {one_line(words)}" for head, words in item.sources)
    return "\n".join((f"Sentence: {one_line(item.text)}", *sources))
