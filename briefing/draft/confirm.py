"""What moves a brief is asked a second time: a statement that changes a position, stands in a contradiction or answers a proposal
carries its stance only where the language model, asked anew about that sentence alone, gives the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from briefing import prompting
from briefing.chat.client import Chat
from briefing.chat.fences import between, one_line
from briefing.claims import Statement
from briefing.draft.asking import item_of, listing
from briefing.draft.material import Material
from briefing.ledger import Ledger, changes, contradictions
from briefing.ledger.book import Entry
from briefing.reading.learned import CODES
from index.article import Article, ArticleId

PROMPT = "confirm_stance/v1"
CANNOT_TELL = "cannot-tell"
MOST_ASKED, A_CALL = 36, 12  # statements of one brief, and of one call
BEFORE = 500  # characters that stand before the sentence
ROOM = 40  # tokens of an answer
Key = tuple[ArticleId, int, str]  # of one stance: the article, where its sentence begins, the code


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str
    stance: str


class _Answers(BaseModel):
    model_config = ConfigDict(extra="ignore")
    answers: list[_Answer]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of the second question: how many were asked, and the stances that it did not bear out."""

    asked: int
    unconfirmed: frozenset[Key]


def key_of(statement: Statement) -> Key:
    return statement.article_id, statement.start, str(statement.stance)


def moving(ledger: Ledger, since: datetime) -> list[Entry]:
    """The entries whose stance moves a brief, each once, as many as one brief may ask about.

    Both sides of a pair come first, then what changed, then every other stance that became known since, the newest first."""
    pairs = contradictions.contradictions(ledger.since(since))
    sides = [side for pair in pairs for side in (pair.first, pair.second)]
    changed = [change.entry for change in changes.changes(ledger, since)]
    newest = sorted((e for e in ledger.entries if e.knowable >= since), key=lambda e: e.order, reverse=True)
    found: dict[Key, Entry] = {}
    for entry in (*sides, *changed, *newest):
        if entry.statement.stance is not None:
            found.setdefault(key_of(entry.statement), entry)
    return list(found.values())[:MOST_ASKED]


async def confirmed(entries: Sequence[Entry], texts: Mapping[ArticleId, Article], conflict: str, chat: Chat) -> Confirmed:
    """Ask again about each; `texts`: their articles whole. Raises ModelUnavailable or UnreadableReply: then nothing is
    confirmed."""
    unconfirmed: set[Key] = set()
    for at in range(0, len(entries), A_CALL):
        some = entries[at : at + A_CALL]
        ids = {f"S{n}": entry for n, entry in enumerate(some, start=1)}
        system, user = prompting.load(PROMPT).rendered(
            conflict=conflict, items="\n\n".join(between(i, _shown(entry, texts[entry.article.id])) for i, entry in ids.items())
        )
        told_of = [entry.article.id for entry in some]
        reply = await chat.ask(system, user, _schema(list(ids)), _Answers.model_validate, room=ROOM * len(ids), articles=told_of)
        told = {one.id: one.stance for one in _Answers.model_validate(reply.parsed).answers}
        unconfirmed |= {key_of(e.statement) for i, e in ids.items() if told.get(i) != e.statement.stance}
    return Confirmed(len(entries), frozenset(unconfirmed))


def without(material: Material, unconfirmed: frozenset[Key]) -> Material:
    """The same material, in which no stance stands that was not borne out; the words do."""
    ledger = material.ledger.mapped(lambda entry: replace(entry, statement=_plain(entry.statement, unconfirmed)))
    statements = tuple(_plain(statement, unconfirmed) for statement in material.statements)
    return replace(material, ledger=ledger, statements=statements)


def _plain(statement: Statement, unconfirmed: frozenset[Key]) -> Statement:
    if statement.stance is None or key_of(statement) not in unconfirmed:
        return statement
    return replace(statement, stance=None, stance_of=None, stance_words=None)


def _shown(entry: Entry, article: Article) -> str:
    statement = entry.statement
    whose = statement.stance_of or (statement.speaker.known_as if statement.speaker else "the party that the sentence names")
    told = f", as {statement.speaker.known_as} tells it" if statement.stance_of and statement.speaker else ""
    toward = statement.about or "the ceasefire or the talks"
    return (
        f"{one_line(article.outlet)} | {entry.day}\nBefore it: {_before(article, statement.start)}\n"
        f"Sentence: {one_line(statement.text)}\nWhose stance: {one_line(whose)}{one_line(told)}; toward: {one_line(toward)}"
    )


def _before(article: Article, start: int) -> str:
    return one_line(article.text[max(0, start - BEFORE) : start]) or "nothing"


def _schema(issued: list[str]) -> dict[str, Any]:
    item = item_of(id={"type": "string", "enum": issued}, stance={"type": "string", "enum": [*CODES, CANNOT_TELL]})
    return listing("stances", "The stance that each sentence shows", "answers", item)
