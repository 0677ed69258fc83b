"""What a drafter hands over: sentences for sections and rows for tables, in order, not yet claims."""

from __future__ import annotations

from dataclasses import dataclass, field

from briefing.claims import Delta
from briefing.draft.compose import Sentence

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence for one section, and what it is there."""

    section: str
    sentence: Sentence
    delta: Delta | None = None
    contradiction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a section that is a table: what its cells show, and the sentences that carry them (`needed` of them at
    least, else there is no row). Without any it is a count, with what was counted."""

    section: str
    cells: Cells
    lines: tuple[Line, ...] = ()
    needed: int = 1
    joined: tuple[tuple[str, str, Line], ...] = ()  # cell, text, the sentence it stands on; where none passes, the cell as it is
    computed: tuple[str, tuple[str, ...]] | None = None  # text, basis


Item = Line | TableRow


@dataclass(slots=True)
class Draft:
    """What a drafter hands over: lines and rows in order, and the title's parts."""

    items: list[Item] = field(default_factory=list)
    title: list[Line] = field(default_factory=list)
    written_title: Line | None = None  # the title as a language model wrote it; it stands where it passes
    silent: list[str] = field(default_factory=list)  # parties of whom nothing was found
    notes: list[str] = field(default_factory=list)

    def of(self, section: str) -> list[Item]:
        return [item for item in self.items if item.section == section]
