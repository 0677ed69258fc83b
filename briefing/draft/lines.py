"""What a drafter hands over: sentences for sections, in order, not yet claims."""

from __future__ import annotations

from dataclasses import dataclass, field

from briefing.draft.compose import Sentence


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
