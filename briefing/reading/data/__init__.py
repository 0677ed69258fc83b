"""The words that reading goes by, as files that a person can read and mend; nothing in them is of any one conflict."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Nation:
    """A nation or a body of nations: its names, the one it goes by first; its adjectives and its people; its capital."""

    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    capital: str | None


@cache
def table(name: str, package: str = __name__) -> dict[str, Any]:
    """The file of this name in a package of such files."""
    return tomllib.loads((files(package) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def listed(name: str, key: str) -> frozenset[str]:
    """One list of words of a file."""
    return frozenset(str(table(name)[key]).split())


@cache
def nations() -> tuple[Nation, ...]:
    """Every nation that the table knows."""
    found = []
    for line in (files(__package__) / "nations.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            told, _, capital = line.partition(" | ")
            names, *adjectives = told.split(", ")
            found.append(Nation(tuple(names.split(" = ")), tuple(adjectives), capital or None))
    return tuple(found)


@cache
def demonyms() -> frozenset[str]:
    """Single words for what is of a nation or of its people: "Ukrainian", "Danes", "U.S."."""
    short = (name for n in nations() for name in n.names if name.isupper() or "." in name)
    return frozenset(w.rstrip(".") for w in (*short, *(a for n in nations() for a in n.adjectives)) if " " not in w)


@cache
def places() -> frozenset[str]:
    """Single words that name a nation or its capital."""
    words = (w for n in nations() for w in (*n.names, *([n.capital] if n.capital else [])))
    return frozenset(w.rstrip(".") for w in words if " " not in w)
