"""The plan of a brief, declared once: its sections in order, what each holds, where it is filled from, its limits, and what
stands there when it is empty. Nothing about any conflict: topics fill in the names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from briefing.topics import Topic

WINDOW = timedelta(hours=72)  # what the brief is about
BACKGROUND = timedelta(days=14)  # how far back a position may lie where nothing newer was said
MOST_WORDS = 35  # a sentence
TITLE_WORDS, TITLE_MOST = 14, 16  # of a title that a language model writes: asked for, and let pass
MOST_QUOTE_WORDS = 25  # in a table of positions
CORE_WORDS = 800  # bottom_line to watch, as they are shown

Voice = Literal["principal", "mediator", "any"]
Filled = Literal["search", "ledger", "topic", "count", "person"]


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
    """One section. `least` and `most` bound its sentences or rows: what a brief that is too long gives up goes down to
    `least`, from the end of the section."""

    id: str
    title: str
    filled: Filled
    slots: tuple[Slot, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()  # of its table: the cell's name, the column's title
    core: bool = True  # counts against CORE_WORDS
    least: int = 0
    most: int = 0
    written: str = ""  # what a language model is asked to write here; empty: it is not asked
    empty: str | None = None  # the sentence that stands there when nothing was found; {since}, {until}, {conflict}

    @property
    def is_table(self) -> bool:
        return bool(self.columns)


HEADER = SectionPlan(id="header", title="", filled="search", core=False)
BOTTOM_LINE = SectionPlan(
    id="bottom_line",
    title="Bottom line",
    filled="search",
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
    least=3,
    most=3,
    written="two or three sentences: where the main proposal stands, what moved, what is disputed",
)
CHANGES = SectionPlan(
    id="changes",
    title="What changed since the last brief",
    filled="ledger",
    columns=(("change", "change"), ("speaker", "speaker"), ("from_to", "from → to"), ("words", "words")),
    least=3,
    most=6,
)
PROPOSALS = SectionPlan(
    id="proposals",
    title="Proposals",
    filled="ledger",
    columns=(
        ("proposal", "proposal"), ("sponsors", "sponsors"), ("support", "support stated"), ("terms", "terms stated"),
        ("status", "status"),
    ),
    least=1,
    most=3,
    empty="No live proposal was found in the sources of the last two weeks.",
)  # fmt: skip
POSITIONS = SectionPlan(
    id="positions",
    title="Positions",
    filled="ledger",
    slots=(
        Slot(
            question="What is the position of {party} on a ceasefire between {conflict}?",
            voice="any",
            each_party=True,
            most=3,
        ),
    ),
    columns=(("party", "party"), ("speaker", "speaker"), ("stance", "stance"), ("words", "words"), ("when", "when")),
    least=5,
    most=12,
    written="up to twelve short sentences, of at most 24 words, one for each voice on the talks: what it accepts, offers, asks, "
    "refuses, denies or has not answered",
    empty="No position of any party was found between {since} and {until}.",
)
CONTRADICTIONS = SectionPlan(
    id="contradictions",
    title="Contradictions",
    filled="ledger",
    columns=(("type", "type"), ("first", "one says"), ("second", "the other says"), ("resolved", "resolved")),
    least=1,
    most=3,
    empty="No two statements that cannot both hold were found between {since} and {until}.",
)
ON_THE_GROUND = SectionPlan(
    id="on_the_ground",
    title="On the ground",
    filled="search",
    slots=(
        Slot(
            question="How many people were killed, wounded or displaced by strikes and rockets between {conflict}?",
            on_talks=False,
            most=5,
        ),
    ),
    least=2,
    most=5,
    written="at most five sentences: actions that bear on the talks, figures with who counts",
    empty="No report of actions that bear on the talks was found between {since} and {until}.",
)
TIMELINE = SectionPlan(
    id="timeline",
    title="Timeline, last 72 hours",
    filled="search",
    slots=(Slot(question="What did {conflict} do or say about a ceasefire, and when?"),),
    columns=(("date", "day"), ("line", "what"), ("knowable_from", "known since")),
    core=False,
    least=3,
    most=12,
    written="up to twelve short sentences, of at most 24 words, one for each further thing that was said or done about the talks "
    "in these days: a party's or a mediator's own words, answers, votes, offers, terms, meetings, breaches; nothing told before",
    empty="No dated event was found between {since} and {until}.",
)
REQUIREMENTS = SectionPlan(
    id="requirements",
    title="Standing questions",
    filled="topic",
    columns=(("question", "question"), ("answered", "answered"), ("words", "what the sources say")),
    least=10,
    most=10,
    empty="The topic names no standing questions.",
)
ASSESSMENT = SectionPlan(id="assessment", title="Assessment", filled="person", core=False)
WATCH = SectionPlan(
    id="watch",
    title="What to watch",
    filled="search",
    slots=(
        Slot(
            question="What meeting, vote, visit, deadline or next step on a ceasefire between {conflict} is planned, and when?",
            on_talks=False,
            most=3,
        ),
    ),
    least=1,
    most=3,
    written="at most three sentences: scheduled events and next steps that the evidence names, with their days",
    empty="No scheduled event or deadline was found in the sources.",
)
GAPS = SectionPlan(id="gaps", title="Gaps", filled="count", core=False)
SOURCE_SUMMARY = SectionPlan(id="source_summary", title="Source summary", filled="count", core=False)
SOURCES = SectionPlan(id="sources", title="Sources", filled="count", core=False)
DISCLOSURE = SectionPlan(id="disclosure", title="How this was made", filled="count", core=False)

PLAN = (
    HEADER, BOTTOM_LINE, CHANGES, PROPOSALS, POSITIONS, CONTRADICTIONS, ON_THE_GROUND, TIMELINE, REQUIREMENTS, ASSESSMENT,
    WATCH, GAPS, SOURCE_SUMMARY, SOURCES, DISCLOSURE,
)  # fmt: skip
SECTIONS = {section.id: section for section in PLAN}
# What a brief of more than CORE_WORDS gives up first.
GIVEN_UP = (TIMELINE, CHANGES, POSITIONS, CONTRADICTIONS, ON_THE_GROUND, WATCH, PROPOSALS)


def questions(topic: Topic) -> list[str]:
    """Every question of the plan for this topic, once; the topic's standing questions are asked apart."""
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
