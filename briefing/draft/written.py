"""What a language model wrote of a brief, and how it goes into the draft that code made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from briefing.claims import Claim, Statement
from briefing.draft.asking import Part
from briefing.draft.compose import Cited
from briefing.draft.lines import Cells, Draft, Item, Line, TableRow
from briefing.verify import SecondReading


@dataclass(frozen=True, slots=True)
class Located:
    """Words that the model picked or that were read, and code found: `article.text[start:end]`, whose they are as they were
    read, and the parts they may serve. `ahead`: it was read as still to come."""

    span: Cited
    quote: str
    statement: Statement
    parts: tuple[str, ...] = ()
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the model's on its way through the gates."""

    part: Part
    line: Line
    cited: tuple[Located, ...]
    partly: bool = False


@dataclass(slots=True)
class Written:
    """What a model's replies came to: lines for the gates, and what did not even get there."""

    lines: list[Line] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)  # of positions and the timeline
    answers: dict[str, tuple[Line, bool]] = field(default_factory=dict)  # of a standing question; whether only in part
    terms: dict[str, Line] = field(default_factory=dict)  # of a proposal, by its name
    asked: tuple[str, ...] = ()  # the standing questions that it was asked
    withheld: list[Claim] = field(default_factory=list)
    prompts: tuple[tuple[str, str], ...] = ()
    notes: list[str] = field(default_factory=list)
    title: Line | None = None
    second: SecondReading | None = None  # of its sentences

    @property
    def stands(self) -> bool:
        return bool(self.lines or self.rows or self.answers or self.terms)

    @property
    def printed(self) -> list[Line]:
        """Every sentence that it gives the brief, wherever it stands there."""
        rows = [line for row in self.rows for line in row.lines]
        answers = [line for line, _ in self.answers.values()]
        return [*self.lines, *rows, *answers, *self.terms.values(), *([self.title] if self.title else [])]

    @property
    def nothing(self) -> bool:
        """Whether it was asked, and found nothing to write: an answer, no failure."""
        return not self.stands and not self.withheld


def merged(written: Written, own: Draft) -> Draft:
    """The model's sentences in the places of the extractive ones: a section that it wrote is its own, whole; one of which nothing
    that it wrote stands keeps what code found."""
    items: list[Item] = [*written.lines, *written.rows]
    given = {item.section for item in items}
    stand = {dict(row.cells)["party"] for row in written.rows if row.section == "positions"}
    for item in own.items:
        if not isinstance(item, TableRow):
            items += [item] if item.section not in given else []
        elif item.section == "positions":  # a party of which it tells no voice keeps what code found
            items += [item] if dict(item.cells)["party"] not in stand else []
        elif item.section != "timeline" or item.section not in given:
            items.append(_told_by_model(item, written))
    return replace(own, items=items, written_title=written.title)


def _told_by_model(row: TableRow, written: Written) -> TableRow:
    """A row with what the model says in it: an answer to its question, or that the sources have none; the proposal's terms."""
    cells = dict(row.cells)
    if row.section == "requirements" and (question := cells["question"]) in written.asked:
        if (answer := written.answers.get(question)) is None:
            if any(line.sentence.statement.stance for line in row.lines):
                return row  # the ledger knows a stance that answers it
            none: Cells = (("question", question), ("answered", "no information"), ("words", "no new information"))
            return row if row.computed is not None else replace(row, cells=none, lines=(), needed=0, computed=_none(question))
        line, partly = answer
        told: Cells = (
            ("question", question),
            ("answered", "partly" if partly else "answered"),
            ("words", line.sentence.text),
        )
        return TableRow(section=row.section, cells=told, lines=(line,))
    if row.section == "proposals" and (line_of := written.terms.get(cells["proposal"])) is not None:
        others = tuple(one for one in row.joined if one[0] != "terms")
        return replace(row, lines=(*row.lines, line_of), joined=(*others, ("terms", line_of.sentence.text, line_of)))
    return row


def _none(question: str) -> tuple[str, tuple[str, ...]]:
    return "No answer to this was found in the sources of these days.", (question,)
