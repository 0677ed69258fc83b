"""The first drafter: no model, no key, no network. It picks what the sources say and lets them say it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from briefing.claims import Statement
from briefing.draft import plan
from briefing.draft.ahead import is_ahead, names_day_after
from briefing.draft.answer import BOTH, CLOSE
from briefing.draft.candidates import DECIDES, EVENT, FIGHTS_ON, HIGH_OFFICE, Bonus, Candidate, Embed, candidates, ranked
from briefing.draft.compose import Sentence, compose, shortened
from briefing.draft.lines import Draft, Line, TableRow
from briefing.draft.material import Material
from briefing.draft.naming import capital, naming
from briefing.draft.positions import position, told_by_another
from briefing.draft.tables import Tables
from briefing.talks.fronts import any_of
from briefing.topics import Party
from index.calendar.days import MONTHS, WEEKDAYS, day_mentions, names_event, written
from index.calendar.instants import iso
from index.terms import terms

NAME = "extractive/2"
TIMELINE_WORDS = 24
STANDS = 0.12  # what a statement that takes a stance gains in the table of positions
# A sentence answers a standing question as it would one that is asked, but must hold more than half of its rarer words: such
# a question has few.
HOLDS, PARTLY = 0.5, 0.7
TOLD_BEFORE = 0.15  # what a sentence loses in the table of positions for standing in the bottom line already
_FIGURE = re.compile(r"\b\d[\d,]*\b|\b(?:hundreds|thousands|dozens)\b")
_DURATION = re.compile(r"\b(?:\d+|two|three|four|six|sixty)[- ](?:day|week|month)s?\b", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\bno (?:ceasefire|cease-fire|truce|deal|agreement)\b|\b(?:reject|refus|accept|agree[sd]?\b|endors|oppos|"
    r"turn(?:ed)? down|ruled? out|will not|won’t|won't|unwilling|willing to accept|ready to accept)\w*",
    re.IGNORECASE,
)
_FRESH = re.compile(r"\b(?:overnight|latest|today|tonight|this morning)\b", re.IGNORECASE)  # true for a day
_LONG_AGO = re.compile(
    r"\b(?:last (?:week|month|year|summer|spring|autumn|winter)|(?:days|weeks|months|years) (?:ago|later|before)|"
    r"[Ii]n (?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?! \d))"
)
_COUNT_ALONE = re.compile(r"\b(?:toll|number of|casualty figures?)\b", re.IGNORECASE)  # it says that somebody counted
_ASKS_FOR_WORDS = re.compile(r"\b(?:said|say|says|answer\w*|position|demand\w*)\b")
_ASKS_WHEN = re.compile(r"When\b")
_ASKS_HOW_MANY = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_A_TIME = re.compile(
    rf"\b(?:(?:{'|'.join(MONTHS)})\b|{'|'.join(WEEKDAYS)}|noon|midnight|\d{{1,2}}[:.]\d\d|o’clock|tomorrow|today|tonight|"
    r"(?:this|next) (?:week|month|morning|evening))"
)
_ASKS_FOR_ANSWER = re.compile(r"\b(?:accept|reject|refus|agree|endors|approv)\w*")
_GUESS = re.compile(r"\b(?:could|may|might|seems?|appear(?:s|ed)?|fears?|likely|perhaps|expected to)\b")


class Extractive:
    """Drafts from one material."""

    def __init__(self, material: Material, embed: Embed) -> None:
        self._material, self._embed = material, embed
        self._proposals = any_of([alias for p in material.topic.proposals for alias in p.aliases])
        self._mediators = any_of([name for party in material.topic.named("mediator") for name in party.names])
        self._used: list[Candidate] = []
        self._introduced: set[str] = set()

    def draft(self, previous: datetime | None = None) -> Draft:
        """The whole brief; changes are those since the as-of of the brief before."""
        found = candidates(self._material, self._embed)
        draft, tables = Draft(), Tables(self._material)
        self._bottom_line(found, draft)
        if previous is not None:
            draft.items += tables.changes(previous)
        draft.items += tables.proposals()
        self._positions(found, draft)
        draft.items += tables.contradictions()
        self._on_the_ground(found, draft)
        self._watch(found, draft)
        self._timeline(found, draft)
        self._requirements(found, draft)
        return draft

    # ---- sections

    def _bottom_line(self, found: list[Candidate], draft: Draft) -> None:
        proposed: date | None = None  # the day of what was proposed: an answer cannot be older
        for slot in plan.BOTTOM_LINE.slots:
            if slot.only_below is not None and len(draft.of("bottom_line")) >= slot.only_below:
                continue
            pool = [c for c in found if self._fits(c, slot) and not c.anonymous and self._material.recent(c.statement)]
            pool = [c for c in pool if not self._tells_of_earlier(c)] or pool
            if slot.voice == "principal" and proposed is not None:
                pool = [c for c in pool if c.article.local_day is not None and c.article.local_day >= proposed]
            question = plan.filled(slot, self._material.topic, "")
            for chosen in self._pick(pool, question, slot.most, bonus=_bonus(slot)):
                proposed = chosen.article.local_day if slot.proposal else proposed
                line = Line(section="bottom_line", sentence=self._introducing(chosen))
                draft.items.append(line)
                if slot.voice == "principal" or not draft.title or slot.voice == "mediator":
                    draft.title = [t for t in draft.title if slot.voice != "principal"] + [line]

    def _positions(self, found: list[Candidate], draft: Draft) -> None:
        topic = self._material.topic
        (slot,) = plan.POSITIONS.slots
        shown: list[Candidate] = []  # what the bottom line quotes may stand in the table again, where it belongs
        for party in topic.parties:
            own = [c for c in found if c.party == party.name and self._on_talks(c) and _attributed(c.statement)]
            recent = [c for c in own if self._material.recent(c.statement)]
            if not recent and party.role != "observer" and not self._spoke_with_others(party, found):
                draft.silent.append(party.name)
            pool = recent or own
            speakers: set[str] = set()
            question = plan.filled(slot, topic, party.name)
            for chosen in sorted(self._ranked(pool, question, self._stands), key=lambda c: not _read_stance(c)):
                who = chosen.statement.speaker.known_as if chosen.statement.speaker else ""
                if who in speakers or chosen.repeats(shown):
                    continue
                if chosen.statement.read_by is not None and not _own_stance(chosen) and speakers:
                    continue  # of what a model read, words without a stance stand only where the party has no others
                speakers.add(who)
                shown.append(chosen)
                draft.items.append(position(chosen.statement, party.name, self._line(chosen), self._material))
                if len(speakers) == slot.most:
                    break
            if party.role == "principal" and (told := self._told_by_another(party.name, found)) is not None:
                shown.append(told)
                draft.items.append(told_by_another(told.statement, party.name, self._line(told), self._material))
        self._used += [c for c in shown if c not in self._used]

    def _told_by_another(self, party: str, found: list[Candidate]) -> Candidate | None:
        """The newest word of another party on where this one stands, where its own speakers take no stance in the window."""
        recent = [c for c in found if self._material.recent(c.statement)]
        if any(c.party == party and _own_stance(c) for c in recent):
            return None
        told = [c for c in recent if c.statement.stance_of == party and c.party != party and c.statement.stance]
        return max(told, key=_newest, default=None)

    def _line(self, chosen: Candidate) -> Line:
        sentence = self._introducing(chosen)
        return Line(section="positions", sentence=replace(sentence, short=chosen.sentence.short))

    def _stands(self, candidate: Candidate) -> float:
        """A statement that takes a stance is worth more in the table of positions, one already told less."""
        return STANDS * _own_stance(candidate) - TOLD_BEFORE * any(candidate is u for u in self._used)

    def _spoke_with_others(self, party: Party, found: list[Candidate]) -> bool:
        """Whether a recent joint statement or remark names the party, or one of its people, among its speakers."""
        named = any_of([*party.names, *(person.name for person in party.people)])
        joint = (c.statement.speaker.name for c in found if self._joint(c) and c.statement.speaker)
        return any(named.search(name or "") for name in joint)

    def _joint(self, candidate: Candidate) -> bool:
        speaker = candidate.statement.speaker
        together = speaker is not None and " and " in (speaker.name or "")
        return together and candidate.statement.said.on_talks and self._material.recent(candidate.statement)

    def _on_the_ground(self, found: list[Candidate], draft: Draft) -> None:
        (slot,) = plan.ON_THE_GROUND.slots
        pool = [
            c
            for c in found
            if EVENT.search(c.text)
            and c.statement.front == self._material.topic.name
            and c.statement.said.own_front
            and self._material.recent(c.statement)
            and not _GUESS.search(c.text)
            and (c.statement.said.kind != "quoted" or _FIGURE.search(c.text))
            and (_FIGURE.search(c.text) or not _COUNT_ALONE.search(c.text))
            and not c.statement.said.on_talks
            and not self._tells_of_earlier(c)
            and not (_FRESH.search(c.text) and self._days_old(c) > 1)
        ]
        question = plan.filled(slot, self._material.topic, "")
        for chosen in self._pick(pool, question, slot.most, bonus=lambda c: 0.08 * bool(_FIGURE.search(c.text))):
            draft.items.append(Line(section="on_the_ground", sentence=self._introducing(chosen)))

    def _watch(self, found: list[Candidate], draft: Draft) -> None:
        """What the sources say is to come: a day after the as-of, or soon by the words of the last day."""
        (slot,) = plan.WATCH.slots
        pool = [c for c in found if self._to_come(c) and not c.anonymous]
        dated = {id(c) for c in pool if self._days_ahead(c)}
        for chosen in self._pick(pool, plan.filled(slot, self._material.topic, ""), slot.most, lambda c: 0.2 * (id(c) in dated)):
            draft.items.append(Line(section="watch", sentence=self._introducing(chosen)))

    def _to_come(self, candidate: Candidate) -> bool:
        statement = candidate.statement
        here = statement.front == self._material.topic.name and (statement.said.own_front or statement.said.on_talks)
        recent = here and self._material.recent(statement)
        return recent and is_ahead(candidate.text, statement.text, candidate.article, self._material.as_of.date())

    def _days_ahead(self, candidate: Candidate) -> bool:
        return names_day_after(candidate.statement.text, candidate.article, self._material.as_of.date())

    def _requirements(self, found: list[Candidate], draft: Draft) -> None:
        """Each standing question of the topic with the sentence of the window that answers it best, or none."""
        recent = [c for c in found if self._material.recent(c.statement) and not c.anonymous]
        asked = self._embed(self._material.topic.requirements) if self._material.topic.requirements else ()
        held = np.stack([c.vector for c in recent]) if recent else None
        for question, vector in zip(self._material.topic.requirements, asked, strict=True):
            if (answer := self._ledgers_answer(recent, question)) is not None:
                own = answer.statement.stance_of is None
                draft.items.append(self._answered(question, (BOTH if own else PARTLY, answer)))
                continue
            near = held @ vector if held is not None else ()
            wanted = set(terms(question))
            best: tuple[float, Candidate] | None = None
            for candidate, similarity in zip(recent, near, strict=True):
                if not self._may_answer(candidate, question):
                    continue
                share = len(wanted & candidate.terms) / max(1, len(wanted))
                if similarity >= CLOSE and share > HOLDS and (best is None or similarity + share > best[0]):
                    best = (float(similarity) + share, candidate)
            draft.items.append(self._answered(question, best))

    def _ledgers_answer(self, recent: list[Candidate], question: str) -> Candidate | None:
        """Of a question for a party's answer: the newest statement in which it takes a stance of its own."""
        if not (_ASKS_FOR_ANSWER.search(question) or _ASKS_FOR_WORDS.search(question)):
            return None
        asked = {p.name for p in self._material.topic.parties if any_of(p.names).search(question)}
        taken = [c for c in recent if c.statement.stance not in {None, "denies-report", "proposes"}]
        own = [c for c in taken if c.party in asked and _own_stance(c)]
        told = [c for c in taken if c.statement.stance_of in asked and c.party not in asked]  # by another: never its own word
        if not own and not _ASKS_FOR_ANSWER.search(question):
            return None  # nobody's word but its own says what it said
        return max(own or told, key=_newest, default=None)

    def _may_answer(self, candidate: Candidate, question: str) -> bool:
        """Whether it is the kind of sentence that a question asks for: the word of the party it names ("What has X said?"),
        or an answer of that party's, whoever tells it ("Has X accepted?")."""
        if _ASKS_WHEN.match(question) and not _A_TIME.search(candidate.text):
            return False
        if _ASKS_HOW_MANY.search(question) and not _FIGURE.search(candidate.text):
            return False
        asked = [p for p in self._material.topic.parties if any_of(p.names).search(question)]
        if not asked:
            return True
        theirs = candidate.party in {p.name for p in asked}
        if _ASKS_FOR_ANSWER.search(question):
            named = theirs or any(any_of([*p.names, *p.adjectives]).search(candidate.text) for p in asked)
            return named and _ANSWERS.search(candidate.text) is not None and candidate.statement.stance != "proposes"
        return theirs or not _ASKS_FOR_WORDS.search(question)

    def _answered(self, question: str, best: tuple[float, Candidate] | None) -> TableRow:
        if best is None or best[0] < PARTLY:
            since, until = written(self._material.since.date()), written(self._material.as_of.date(), year=True)
            none = f"No new information on this was found between {since} and {until}."
            cells = (("question", question), ("answered", "no information"), ("words", "no new information"))
            return TableRow(section="requirements", cells=cells, needed=0, computed=(none, (question,)))
        worth, chosen = best
        told = next((used for used in self._used if chosen.repeats([used])), None)
        chosen = told or chosen  # what the brief says already answers too
        if told is None:
            self._used.append(chosen)
        cells = (
            ("question", question),
            ("answered", "answered" if worth >= BOTH else "partly"),
            ("words", chosen.sentence.text),
        )
        line = Line(section="requirements", sentence=self._introducing(chosen))
        return TableRow(section="requirements", cells=cells, lines=(line,))

    def _days_old(self, candidate: Candidate) -> int:
        day = candidate.article.local_day
        return (self._material.as_of.date() - day).days if day else 0

    def _tells_of_earlier(self, candidate: Candidate) -> bool:
        """A sentence that names a day before the window is background."""
        text = candidate.text
        named = day_mentions(text, candidate.article.local_day)
        return (
            names_event(text)
            or _LONG_AGO.search(text) is not None
            or any(mention.day < self._material.since.date() - timedelta(days=1) for mention in named)
        )

    def _timeline(self, found: list[Candidate], draft: Draft) -> None:
        """What the brief already tells, and what else happened, by day: one short line each, the oldest first."""
        first_day = self._material.since.date()
        told = [c for c in self._used if (day := _day(c)) and first_day <= day <= self._material.as_of.date()]
        others = [
            c
            for c in found
            if (day := _day(c)) is not None
            and first_day <= day <= self._material.as_of.date()
            and (c.article.local_day is None or day <= c.article.local_day)
            and self._is_an_event(c)
            and " was asked " not in c.text
        ]
        rest = [
            c
            for c in self._ranked(others, plan.filled(plan.TIMELINE.slots[0], self._material.topic, ""))
            if c not in told and not c.repeats(self._used)
        ]
        chosen: list[Candidate] = []
        for candidate in told + rest:
            if len(chosen) < plan.TIMELINE.most and not candidate.repeats(chosen):
                chosen.append(candidate)
        for candidate in sorted(chosen, key=lambda c: (_day(c) or date.min, c.article.knowable_from, c.statement.start)):
            if (row := self._timeline_row(candidate)) is not None:
                draft.items.append(row)

    def _is_an_event(self, candidate: Candidate) -> bool:
        """A deed or decision on a day that its words give; or a party's own word on the talks, on the day it was published."""
        if candidate.statement.said.event_date is not None:
            telling = EVENT.search(candidate.text) or DECIDES.search(candidate.text)
            return candidate.statement.said.own_front and telling is not None
        return candidate.statement.said.on_talks and candidate.party is not None and self._surely_here(candidate)

    def _timeline_row(self, chosen: Candidate) -> TableRow | None:
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
        return TableRow(
            section="timeline", cells=cells, lines=(Line(section="timeline", sentence=replace(sentence, text=words)),)
        )

    # ---- choosing

    def _fits(self, candidate: Candidate, slot: plan.Slot) -> bool:
        party = self._material.topic.party(candidate.party)
        if slot.voice != "any" and (party is None or party.role != slot.voice):
            return False
        # a proposal is told by, or told of, one who makes it
        if slot.proposal and not (self._proposals.search(candidate.text) and self._mediators.search(candidate.text)):
            return False
        return not slot.on_talks or self._on_talks(candidate)

    def _on_talks(self, candidate: Candidate) -> bool:
        """It speaks of the talks, or is a principal's word that the fight goes on."""
        party = self._material.topic.party(candidate.party)
        fights_on = party is not None and party.role == "principal" and bool(FIGHTS_ON.search(candidate.text))
        return (candidate.statement.said.on_talks and self._surely_here(candidate)) or _own_stance(candidate) or fights_on

    def _surely_here(self, candidate: Candidate) -> bool:
        """In a long transcript talks of many kinds follow one another: there a sentence must say itself which it means."""
        statement = candidate.statement
        spoken = statement.said.quote == (statement.start, statement.end) and not statement.said.written
        return not spoken or statement.said.own_front or bool(self._proposals.search(candidate.text))

    def _pick(self, pool: list[Candidate], question: str, most: int, bonus: Bonus | None = None) -> list[Candidate]:
        """The best ones that say nothing the brief says already; from now on it says them."""
        chosen: list[Candidate] = []
        for candidate in self._ranked(pool, question, bonus):
            if len(chosen) == most:
                break
            if not candidate.repeats(self._used):
                chosen.append(candidate)
                self._used.append(candidate)
        return chosen

    def _ranked(self, pool: list[Candidate], question: str, bonus: Bonus | None = None) -> list[Candidate]:
        return ranked(pool, self._embed([question])[0], bonus) if pool else []

    def _introducing(self, chosen: Candidate) -> Sentence:
        """The sentence with the speaker's office the first time he is named in the brief, without it afterwards."""
        speaker = chosen.statement.speaker
        who = speaker.known_as if speaker else ""
        if who and who in self._introduced:
            day = self._material.as_of.date()
            again = compose(chosen.statement, chosen.article, self._material.topic, introduce=False, as_of=day)
            return again or chosen.sentence
        self._introduced.add(who)
        return chosen.sentence


def _bonus(slot: plan.Slot) -> Bonus | None:
    if slot.proposal:
        return _terms_told
    return _settles if slot.voice == "principal" else None


def _settles(candidate: Candidate) -> float:
    """An answer is worth more where it says yes or no, and where it is the speaker's own stance."""
    return 0.2 * bool(_ANSWERS.search(candidate.text)) + 0.1 * _own_stance(candidate)


def _newest(candidate: Candidate) -> tuple[date, bool, datetime]:
    """Which of several statements is the later; of one day the higher office's."""
    speaker, known = candidate.statement.speaker, candidate.article.knowable_from
    assert known is not None
    high = speaker is not None and HIGH_OFFICE.search(speaker.office or "") is not None
    return candidate.article.local_day or known.date(), high, known


def _own_stance(candidate: Candidate) -> bool:
    statement = candidate.statement
    return statement.stance is not None and statement.stance_of is None and not candidate.anonymous


def _terms_told(candidate: Candidate) -> float:
    """A proposal's sentence is worth more where it says for how long, and where it is the document's own."""
    return 0.15 * bool(_DURATION.search(candidate.text)) + 0.15 * candidate.statement.said.written


def _read_stance(candidate: Candidate) -> bool:
    """Whether it takes a stance that a language model read: it stands before words without one."""
    return candidate.statement.read_by is not None and _own_stance(candidate)


def _attributed(statement: Statement) -> bool:
    """Whether its words say whose they are, to the reader that has the last word."""
    return statement.said.cue is not None or statement.read_by is not None


def _day(candidate: Candidate) -> date | None:
    """The day something was said or done: the text's own, or the day a document was published."""
    if candidate.statement.said.event_date is not None:
        return candidate.statement.said.event_date
    own_words = candidate.statement.said.quote == (candidate.statement.start, candidate.statement.end)
    return candidate.article.local_day if own_words else None
