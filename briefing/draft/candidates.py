"""The sentences that a brief may be made of, each with its worth and its meaning, and how they compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from briefing.claims import Statement
from briefing.draft import plan
from briefing.draft.compose import Sentence, compose
from briefing.draft.material import Material
from briefing.reading.addressed import gives_orders
from briefing.talks.fronts import any_of
from index.article import Article
from index.embedding import Vectors
from index.terms import terms

Embed = Callable[[Sequence[str]], Vectors]
Bonus = Callable[["Candidate"], float]

CONSIDERED = 400  # sentences weighed for one brief
LEAST_WORDS = 6
SAME = 0.6  # share of the shorter sentence's terms: two sentences say the same
ALIKE = 0.86  # cosine: two sentences say the same in other words

EVENT = re.compile(
    r"\b(?:kill|wound|injur|dead|death|strike|struck|airstrike|rocket|missile|drone|shell|displac|evacuat|flee|fled|"
    r"casualt|bomb|raid|ground operation|troops|explo|destroy)\w*",
    re.IGNORECASE,
)
DECIDES = re.compile(
    r"\b(?:accept|reject|agree|refus|no ceasefire|will not|won’t|oppos|endors|support|welcom|respon[ds]|consider|"
    r"propos|discuss|conversation|keep (?:up )?fighting|stop)\w*",
    re.IGNORECASE,
)
FIGHTS_ON = re.compile(
    r"\b(?:keep (?:up|on) (?:the |its |our |their )?fight\w*|continue (?:to |its |the |our )?(?:strik|fight|hit|attack)\w*|"
    r"not stop|full force|all (?:our|its) might|press on|fight on)\b",
    re.IGNORECASE,
)
HIGH_OFFICE = re.compile(
    r"\b(?:president|prime minister|foreign minister|defen[cs]e minister|secretary of state|secretary-general|leader|cabinet)\b",
    re.IGNORECASE,
)
_OPINION = re.compile(r"\s*(?:opinion|commentary|editorial|analysis|column)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """A sentence that may stand in the brief."""

    sentence: Sentence
    statement: Statement
    article: Article
    worth: float  # without the question: office, recency, form, spread
    vector: NDArray[np.float32]
    terms: frozenset[str]

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def party(self) -> str | None:
        return self.statement.speaker.party if self.statement.speaker else None

    @property
    def anonymous(self) -> bool:
        return bool(self.statement.speaker and self.statement.speaker.anonymous)

    def repeats(self, others: Iterable[Candidate]) -> bool:
        """Whether one of the others is this one, or says the same."""
        return any(
            other is self or same_words(self.terms, other.terms) or float(self.vector @ other.vector) >= ALIKE for other in others
        )


def same_words(one: Collection[str], other: Collection[str], share: float = SAME) -> bool:
    """Whether two sentences share that much of the shorter one's terms."""
    return len({*one} & {*other}) >= share * max(1, min(len(one), len(other)))


def ranked(pool: Iterable[Candidate], asked: NDArray[np.float32], bonus: Bonus | None = None) -> list[Candidate]:
    """By nearness to a question and worth, best first."""

    def place(candidate: Candidate) -> tuple[float, str, int]:
        score = float(candidate.vector @ asked) + candidate.worth + (bonus(candidate) if bonus else 0.0)
        return (-score, candidate.article.id, candidate.statement.start)

    return sorted(pool, key=place)


def candidates(material: Material, embed: Embed) -> list[Candidate]:
    """What was read about this front, can stand alone and tells of talks, decisions or events; the worthiest first."""
    elsewhere = any_of([term for other in material.topic.other_fronts for term in other.terms])
    found: list[tuple[float, Statement, Sentence, Article]] = []
    for statement in material.statements:
        if not _concerns(statement, material):
            continue
        article = material.articles[statement.article_id]
        if gives_orders(article.text, statement.start, statement.end):
            continue  # it speaks to a program
        if statement.speaker is not None and not statement.said.sure("speaker"):
            if (as_written := _unattributed(statement)) is None:
                continue  # somebody else may have said it
            statement = as_written
        if statement.speaker is None and _OPINION.match(article.title or ""):
            continue  # the writer's own judgement
        sentence = compose(statement, article, material.topic, introduce=True, as_of=material.as_of.date())
        if sentence is None or sentence.words < LEAST_WORDS or elsewhere.search(sentence.text):
            continue
        found.append((_worth(statement, sentence, article, material), statement, sentence, article))
    found.sort(key=lambda f: (-f[0], f[3].id, f[1].start))
    del found[CONSIDERED:]
    vectors = embed([sentence.text for _, _, sentence, _ in found])
    return [
        Candidate(
            sentence=sentence,
            statement=statement,
            article=article,
            worth=worth,
            vector=vector,
            terms=frozenset(terms(sentence.text)),
        )
        for (worth, statement, sentence, article), vector in zip(found, vectors, strict=True)
    ]


def _unattributed(statement: Statement) -> Statement | None:
    """A sentence whose speaker is not certain, told as it is written and as nobody's; None where its own words do not say who
    speaks."""
    said = statement.said
    if said.cue is None or said.cue not in said.text or said.pronoun is not None:
        return None
    return Statement.plain(replace(said, speaker=None, kind="narration", cue=None, where=None))


def _concerns(statement: Statement, material: Material) -> bool:
    """About this front (or, of the talks, about this one too), and of a matter that a brief tells of."""
    here = statement.front == material.topic.name or (statement.front == "both" and statement.said.on_talks)
    telling = (pattern.search(statement.text) for pattern in (FIGHTS_ON, EVENT, DECIDES))
    return here and (statement.said.on_talks or any(telling))


def _worth(statement: Statement, sentence: Sentence, article: Article, material: Material) -> float:
    speaker = statement.speaker
    worth = 0.2 * material.relevance.get(article.id, 0.0)
    worth += 0.1 * statement.said.own_front + 0.1 * statement.said.on_talks + 0.05 * bool(DECIDES.search(sentence.text))
    worth += 0.05 * statement.said.written
    if speaker is not None:
        worth += 0.06 * bool(speaker.party and speaker.name) + 0.04 * bool(HIGH_OFFICE.search(speaker.office or ""))
        worth -= 0.06 * bool(speaker.anonymous) + 0.1 * (speaker.party is None)
    if article.knowable_from is not None:
        age = (material.as_of - article.knowable_from) / plan.WINDOW
        worth += 0.12 * max(0.0, 1 - age)
    worth += 0.03 * min(3, len(material.carriers[article.origin_id]) - 1)
    return worth - 0.004 * max(0, sentence.words - 22)
