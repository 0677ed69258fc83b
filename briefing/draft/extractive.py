"""The first drafter: no model, no key, no network. It picks what the sources say and lets them say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from briefing.claims import Statement
from briefing.draft import plan
from briefing.draft.compose import Sentence, capital, compose, naming, shortened
from briefing.draft.material import Material
from briefing.reading.fronts import any_of
from briefing.topics import Party
from index.article import Article
from index.dates import day_mentions, names_anniversary
from index.embedding import Vectors
from index.terms import terms
from index.times import iso

Embed = Callable[[Sequence[str]], Vectors]

NAME = "extractive/1"
CONSIDERED = 400  # sentences weighed for one brief
TIMELINE_LINES = 8
TIMELINE_WORDS = 24
TOLD_BEFORE = 0.15  # what a sentence loses in the table of positions for standing in the bottom line already
SAME = 0.6  # share of the shorter sentence's terms: two sentences say the same
ALIKE = 0.86  # cosine: two sentences say the same in other words

_EVENT = re.compile(
    r"\b(?:kill|wound|injur|dead|death|strike|struck|airstrike|rocket|missile|drone|shell|displac|evacuat|flee|fled|"
    r"casualt|bomb|raid|ground operation|troops|explo|destroy)\w*",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\b\d[\d,]*\b|\b(?:hundreds|thousands|dozens)\b")
_DECIDES = re.compile(
    r"\b(?:accept|reject|agree|refus|no ceasefire|will not|won’t|oppos|endors|support|welcom|respon[ds]|consider|"
    r"propos|discuss|conversation|keep (?:up )?fighting|stop)\w*",
    re.IGNORECASE,
)
_FIGHTS_ON = re.compile(
    r"\b(?:keep (?:up|on) (?:the |its |our |their )?fight\w*|continue (?:to |its |the |our )?(?:strik|fight|hit|attack)\w*|"
    r"not stop|full force|all (?:our|its) might|press on|fight on)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(r"\b(?:\d+|two|three|four|six|sixty)[- ](?:day|week|month)s?\b", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\bno (?:ceasefire|cease-fire|truce|deal|agreement)\b|\b(?:reject|refus|accept|agree[sd]?\b|endors|oppos|"
    r"turn(?:ed)? down|ruled? out|will not|won’t|won't|unwilling|willing to accept|ready to accept)\w*",
    re.IGNORECASE,
)
_HIGH_OFFICE = re.compile(r"\b(?:president|prime minister|foreign minister|secretary of state|secretary-general|leader)\b")
_OPINION = re.compile(r"\s*(?:opinion|commentary|editorial|analysis|column)\b", re.IGNORECASE)
_FRESH = re.compile(r"\b(?:overnight|latest|today|tonight|this morning)\b", re.IGNORECASE)  # true for a day
_LONG_AGO = re.compile(
    r"\b(?:last (?:week|month|year|summer|spring|autumn|winter)|(?:days|weeks|months|years) (?:ago|later|before)|"
    r"[Ii]n (?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?! \d))"
)
_GUESS = re.compile(r"\b(?:could|may|might|seems?|appear(?:s|ed)?|fears?|likely|perhaps|expected to)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence for one section, with the cells of its table row where the section is a table."""

    section: str
    sentence: Sentence
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Draft:
    """What a drafter hands over: lines in order, and the title's parts."""

    lines: list[Line] = field(default_factory=list)
    title: list[Line] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)  # parties of whom nothing was found
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    sentence: Sentence
    statement: Statement
    article: Article
    worth: float  # without the question: office, recency, form, spread

    @property
    def party(self) -> str | None:
        return self.statement.speaker.party if self.statement.speaker else None


class Extractive:
    """Drafts from one material."""

    def __init__(self, material: Material, embed: Embed) -> None:
        self._material, self._embed = material, embed
        self._proposals = any_of([alias for p in material.topic.proposals for alias in p.aliases])
        self._used: list[_Candidate] = []
        self._introduced: set[str] = set()

    def draft(self) -> Draft:
        candidates = self._candidates()
        vectors = self._embed([c.sentence.text for c in candidates])
        self._vector = {id(c): vectors[n] for n, c in enumerate(candidates)}
        draft = Draft()
        self._bottom_line(candidates, draft)
        self._positions(candidates, draft)
        self._on_the_ground(candidates, draft)
        self._timeline(candidates, draft)
        return draft

    # ---- sections

    def _bottom_line(self, candidates: list[_Candidate], draft: Draft) -> None:
        proposed: date | None = None  # the day of what was proposed: an answer cannot be older
        for slot in plan.BOTTOM_LINE.slots:
            if slot.only_below is not None and len(draft.lines) >= slot.only_below:
                continue
            pool = [c for c in candidates if self._fits(c, slot) and not _anonymous(c) and self._material.recent(c.statement)]
            if slot.voice == "principal" and proposed is not None:
                pool = [c for c in pool if c.article.local_day is not None and c.article.local_day >= proposed]
            question = plan.filled(slot, self._material.topic, "")
            for chosen in self._pick(pool, question, slot.most, bonus=_bonus(slot)):
                proposed = chosen.article.local_day if slot.proposal else proposed
                line = Line(section="bottom_line", sentence=self._introducing(chosen))
                draft.lines.append(line)
                if slot.voice == "principal" or not draft.title or slot.voice == "mediator":
                    draft.title = [t for t in draft.title if slot.voice != "principal"] + [line]

    def _positions(self, candidates: list[_Candidate], draft: Draft) -> None:
        topic = self._material.topic
        (slot,) = plan.POSITIONS.slots
        shown: list[_Candidate] = []  # what the bottom line quotes may stand in the table again, where it belongs
        for party in topic.parties:
            own = [c for c in candidates if c.party == party.name and self._on_talks(c)]
            recent = [c for c in own if self._material.recent(c.statement)]
            if not recent and party.role != "observer" and not self._spoke_with_others(party, candidates):
                draft.silent.append(party.name)
            pool = recent or own
            speakers: set[str] = set()
            question = plan.filled(slot, topic, party.name)
            for chosen in self._ranked(pool, question, lambda c: -TOLD_BEFORE * any(c is u for u in self._used)):
                who = chosen.statement.speaker.known_as if chosen.statement.speaker else ""
                if who in speakers or self._repeats(chosen, within=shown):
                    continue
                speakers.add(who)
                shown.append(chosen)
                draft.lines.append(self._position(chosen, party.name))
                if len(speakers) == slot.most:
                    break
        self._used += [c for c in shown if c not in self._used]

    def _spoke_with_others(self, party: Party, candidates: list[_Candidate]) -> bool:
        """Whether a recent joint statement or remark names the party, or one of its people, among its speakers."""
        named = any_of([*party.names, *(person.name for person in party.people)])
        joint = (c.statement.speaker.name for c in candidates if self._joint(c) and c.statement.speaker)
        return any(named.search(name or "") for name in joint)

    def _joint(self, candidate: _Candidate) -> bool:
        speaker = candidate.statement.speaker
        together = speaker is not None and " and " in (speaker.name or "")
        return together and candidate.statement.on_talks and self._material.recent(candidate.statement)

    def _position(self, chosen: _Candidate, party: str) -> Line:
        speaker, article = chosen.statement.speaker, chosen.article
        assert speaker is not None
        day = chosen.statement.said_on or article.local_day
        told = "" if chosen.statement.said_on else "published "
        cells = (
            ("party", party),
            ("speaker", speaker.name or speaker.anonymous or party),
            ("office", (speaker.office or "") if not speaker.anonymous else "unnamed"),
            ("words", chosen.sentence.short),
            ("when", f"{told}{day.isoformat()}" if day else "undated in the source"),
            ("record", "anonymous" if speaker.anonymous else "on record"),
        )
        return Line(section="positions", sentence=self._introducing(chosen), cells=cells)

    def _on_the_ground(self, candidates: list[_Candidate], draft: Draft) -> None:
        (slot,) = plan.ON_THE_GROUND.slots
        pool = [
            c
            for c in candidates
            if _EVENT.search(c.sentence.text)
            and c.statement.front == self._material.topic.name
            and c.statement.own_front
            and self._material.recent(c.statement)
            and not _GUESS.search(c.sentence.text)
            and (c.statement.kind != "quoted" or _FIGURE.search(c.sentence.text))
            and not c.statement.on_talks
            and not self._tells_of_earlier(c)
            and not (_FRESH.search(c.sentence.text) and self._days_old(c) > 1)
        ]
        question = plan.filled(slot, self._material.topic, "")
        for chosen in self._pick(pool, question, slot.most, bonus=lambda c: 0.08 * bool(_FIGURE.search(c.sentence.text))):
            draft.lines.append(Line(section="on_the_ground", sentence=self._introducing(chosen)))

    def _days_old(self, candidate: _Candidate) -> int:
        day = candidate.article.local_day
        return (self._material.as_of.date() - day).days if day else 0

    def _tells_of_earlier(self, candidate: _Candidate) -> bool:
        """A sentence that names a day before the window is background."""
        text = candidate.sentence.text
        named = day_mentions(text, candidate.article.local_day)
        return (
            names_anniversary(text)
            or _LONG_AGO.search(text) is not None
            or any(mention.day < self._material.since.date() - timedelta(days=1) for mention in named)
        )

    def _timeline(self, candidates: list[_Candidate], draft: Draft) -> None:
        """What the brief already tells, and what else happened, by day: one short line each, the oldest first."""
        first_day = self._material.since.date()
        told = [c for c in self._used if _day(c) and _day(c) >= first_day]  # type: ignore[operator]
        others = [
            c
            for c in candidates
            if c.statement.event_date
            and c.statement.own_front
            and first_day <= c.statement.event_date <= self._material.as_of.date()
            and (_EVENT.search(c.sentence.text) or _DECIDES.search(c.sentence.text))
            and " was asked " not in c.sentence.text
        ]
        rest = [
            c
            for c in self._ranked(others, plan.filled(plan.TIMELINE.slots[0], self._material.topic, ""))
            if c not in told and not self._repeats(c)
        ]
        chosen: list[_Candidate] = []
        for candidate in told + rest:
            if len(chosen) < TIMELINE_LINES and not _repeats(candidate, chosen, self._vector):
                chosen.append(candidate)
        for candidate in sorted(chosen, key=lambda c: (_day(c) or date.min, c.article.knowable_from, c.statement.start)):
            if (line := self._timeline_line(candidate)) is not None:
                draft.lines.append(line)

    def _timeline_line(self, chosen: _Candidate) -> Line | None:
        """One short line; None where the sentence cannot be shortened and already stands elsewhere in the brief."""
        sentence, speaker = chosen.sentence, chosen.statement.speaker
        if speaker is not None and sentence.short.startswith("“"):
            words = capital(f"{naming(speaker, self._material.topic, introduce=False)}: {sentence.short}.")
        elif (shorter := shortened(sentence.text, TIMELINE_WORDS)) is not None:
            words = shorter
        elif chosen in self._used:
            return None
        else:
            words = sentence.text
        day, known = _day(chosen), chosen.article.knowable_from
        cells = (
            ("date", day.isoformat() if day else ""),
            ("knowable_from", iso(known) if known else ""),
            ("line", words),
        )
        return Line(section="timeline", sentence=replace(sentence, text=words), cells=cells)

    # ---- choosing

    def _candidates(self) -> list[_Candidate]:
        topic = self._material.topic
        found = []
        for statement in self._material.statements:
            if statement.front != topic.name and not (statement.front == "both" and statement.on_talks):
                continue
            if not (
                statement.on_talks
                or _FIGHTS_ON.search(statement.text)
                or _EVENT.search(statement.text)
                or _DECIDES.search(statement.text)
            ):
                continue
            article = self._material.articles[statement.article_id]
            if statement.speaker is None and _OPINION.match(article.title or ""):
                continue  # the writer's own judgement
            sentence = compose(statement, article, topic, introduce=True, as_of=self._material.as_of.date())
            if sentence is None or sentence.words < 6 or self._other_front(sentence.text):
                continue
            found.append(
                _Candidate(
                    sentence=sentence,
                    statement=statement,
                    article=article,
                    worth=self._worth(statement, sentence, article),
                )
            )
        found.sort(key=lambda c: (-c.worth, c.article.id, c.statement.start))
        return found[:CONSIDERED]

    def _other_front(self, text: str) -> bool:
        """A sentence that (still) speaks of another front has no place here."""
        return any(any_of(other.terms).search(text) for other in self._material.topic.other_fronts)

    def _worth(self, statement: Statement, sentence: Sentence, article: Article) -> float:
        speaker = statement.speaker
        worth = 0.2 * self._material.relevance.get(article.id, 0.0)
        worth += 0.1 * statement.own_front + 0.1 * statement.on_talks + 0.05 * bool(_DECIDES.search(sentence.text))
        worth += 0.05 * statement.written
        if speaker is not None:
            worth += 0.06 * bool(speaker.party and speaker.name) + 0.04 * bool(_HIGH_OFFICE.search(speaker.office or ""))
            worth -= 0.06 * bool(speaker.anonymous) + 0.1 * (speaker.party is None)
        if article.knowable_from is not None:
            age = (self._material.as_of - article.knowable_from) / plan.WINDOW
            worth += 0.12 * max(0.0, 1 - age)
        worth += 0.03 * min(3, self._material.carried_by.get(article.origin_id, 1) - 1)
        return worth - 0.004 * max(0, sentence.words - 22)

    def _fits(self, candidate: _Candidate, slot: plan.Slot) -> bool:
        role = {"principal": "principal", "mediator": "mediator"}.get(slot.voice)
        party = self._material.topic.party(candidate.party)
        if role is not None and (party is None or party.role != role):
            return False
        if slot.proposal and not (self._proposals.search(candidate.sentence.text) and self._by_a_mediator(candidate)):
            return False
        return not slot.on_talks or self._on_talks(candidate)

    def _by_a_mediator(self, candidate: _Candidate) -> bool:
        """The proposal is told by, or told of, one who makes it."""
        mediators = any_of([n for p in self._material.topic.named("mediator") for n in p.names])
        return bool(mediators.search(candidate.sentence.text))

    def _on_talks(self, candidate: _Candidate) -> bool:
        """It speaks of the talks, or is a principal's word that the fight goes on."""
        party = self._material.topic.party(candidate.party)
        fights_on = party is not None and party.role == "principal" and bool(_FIGHTS_ON.search(candidate.sentence.text))
        return (candidate.statement.on_talks and self._surely_here(candidate)) or fights_on

    def _surely_here(self, candidate: _Candidate) -> bool:
        """In a long transcript talks of many kinds follow one another: there a sentence must say itself which it means."""
        statement = candidate.statement
        spoken = statement.quote == (statement.start, statement.end) and not statement.written
        return not spoken or statement.own_front or bool(self._proposals.search(candidate.sentence.text))

    def _pick(
        self,
        pool: list[_Candidate],
        question: str,
        most: int,
        bonus: Callable[[_Candidate], float] | None = None,
    ) -> list[_Candidate]:
        chosen: list[_Candidate] = []
        for candidate in self._ranked(pool, question, bonus):
            if len(chosen) == most:
                break
            if not self._repeats(candidate):
                chosen.append(candidate)
                self._used.append(candidate)
        return chosen

    def _ranked(
        self, pool: list[_Candidate], question: str, bonus: Callable[[_Candidate], float] | None = None
    ) -> list[_Candidate]:
        if not pool:
            return []
        asked = self._embed([question])[0]
        extra = bonus or (lambda _: 0.0)
        scores = {id(c): float(self._vector[id(c)] @ asked) + c.worth + extra(c) for c in pool}
        return sorted(pool, key=lambda c: (-scores[id(c)], c.article.id, c.statement.start))

    def _repeats(self, candidate: _Candidate, within: Iterable[_Candidate] | None = None) -> bool:
        return _repeats(candidate, self._used if within is None else within, self._vector)

    def _introducing(self, chosen: _Candidate) -> Sentence:
        """The sentence with the speaker's office the first time he is named in the brief, without it afterwards."""
        speaker = chosen.statement.speaker
        who = speaker.known_as if speaker else ""
        if who and who in self._introduced:
            day = self._material.as_of.date()
            again = compose(chosen.statement, chosen.article, self._material.topic, introduce=False, as_of=day)
            return again or chosen.sentence
        self._introduced.add(who)
        return chosen.sentence


def _repeats(candidate: _Candidate, used: Iterable[_Candidate], vector: dict[int, np.ndarray]) -> bool:
    own = set(terms(candidate.sentence.text))
    for other in used:
        if other is candidate:
            return True
        theirs = set(terms(other.sentence.text))
        if len(own & theirs) >= SAME * min(len(own), len(theirs)):
            return True
        if float(vector[id(candidate)] @ vector[id(other)]) >= ALIKE:
            return True
    return False


def _bonus(slot: plan.Slot) -> Callable[[_Candidate], float] | None:
    if slot.proposal:
        return _terms_told
    return _settles if slot.voice == "principal" else None


def _settles(candidate: _Candidate) -> float:
    """An answer is worth more where it says yes or no."""
    return 0.2 * bool(_ANSWERS.search(candidate.sentence.text))


def _terms_told(candidate: _Candidate) -> float:
    """A proposal's sentence is worth more where it says for how long, and where it is the document's own."""
    return 0.15 * bool(_DURATION.search(candidate.sentence.text)) + 0.15 * candidate.statement.written


def _anonymous(candidate: _Candidate) -> bool:
    return bool(candidate.statement.speaker and candidate.statement.speaker.anonymous)


def _day(candidate: _Candidate) -> date | None:
    """The day something was said or done: the text's own, or the day a document was published."""
    if candidate.statement.event_date is not None:
        return candidate.statement.event_date
    own_words = candidate.statement.quote == (candidate.statement.start, candidate.statement.end)
    return candidate.article.local_day if own_words else None
