"""The plan of a brief, declared once: its sections, the questions they answer, their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from briefing.topics import Topic

WINDOW = timedelta(hours=72)  # what the brief is about
BACKGROUND = timedelta(days=14)  # how far back a position may lie where nothing newer was said
MOST_WORDS = 35  # a sentence
MOST_QUOTE_WORDS = 25  # in a table of positions

Voice = Literal["principal", "mediator", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing a section must say, if the sources do: a question, and whose answer counts."""

    question: str  # {conflict}, {principals}, {mediators}, {party} are filled from the topic
    voice: Voice = "any"
    on_talks: bool = True
    most: int = 1
    each_party: bool = False  # one answer from each party of that voice
    proposal: bool = False  # it must name a proposal
    only_below: int | None = None  # asked only while the section holds fewer sentences than this


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlan:
    id: str
    title: str
    slots: tuple[Slot, ...] = ()


BOTTOM_LINE = SectionPlan(
    id="bottom_line",
    title="Bottom line",
    slots=(
        Slot(
            question="Who calls for a ceasefire between {conflict}, for how long and to what end?",
            proposal=True,
        ),
        Slot(question="Does {principals} accept or reject the ceasefire proposal?", voice="principal"),
        Slot(
            question="Are the discussions with {principals} about the ceasefire still going on?",
            voice="mediator",
        ),
        Slot(question="Where do the efforts toward a ceasefire between {conflict} stand?", only_below=2),
    ),
)
POSITIONS = SectionPlan(
    id="positions",
    title="Positions",
    slots=(
        Slot(
            question="What is the position of {party} on a ceasefire between {conflict}?",
            voice="any",
            each_party=True,
            most=3,
        ),
    ),
)
ON_THE_GROUND = SectionPlan(
    id="on_the_ground",
    title="On the ground",
    slots=(
        Slot(
            question="How many people were killed, wounded or displaced by strikes and rockets between {conflict}?",
            on_talks=False,
            most=5,
        ),
    ),
)
TIMELINE = SectionPlan(
    id="timeline",
    title="Timeline, last 72 hours",
    slots=(Slot(question="What did {conflict} do or say about a ceasefire, and when?"),),
)
GAPS = SectionPlan(id="gaps", title="Gaps")
SOURCE_SUMMARY = SectionPlan(id="source_summary", title="Source summary")
SOURCES = SectionPlan(id="sources", title="Sources")
DISCLOSURE = SectionPlan(id="disclosure", title="How this was made")

PLAN = (BOTTOM_LINE, POSITIONS, ON_THE_GROUND, TIMELINE, GAPS, SOURCE_SUMMARY, SOURCES, DISCLOSURE)


def questions(topic: Topic) -> list[str]:
    """Every question of the plan for this topic, once."""
    asked = [
        filled(slot, topic, party.name)
        for section in PLAN
        for slot in section.slots
        for party in (topic.parties if slot.each_party else topic.parties[:1])
    ]
    return list(dict.fromkeys(asked))


def filled(slot: Slot, topic: Topic, party: str) -> str:
    return slot.question.format(
        conflict=topic.conflict,
        principals=" or ".join(p.name for p in topic.named("principal")),
        mediators=" or ".join(p.name for p in topic.named("mediator")),
        party=party,
    )
