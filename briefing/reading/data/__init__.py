"""The words that reading goes by, as files that a person can read and mend; nothing in them is of any one conflict."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The file of this name."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def listed(name: str, key: str) -> frozenset[str]:
    """One list of words of a file."""
    return frozenset(str(table(name)[key]).split())
