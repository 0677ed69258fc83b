"""Text from outside on its way into a prompt: between marks that it cannot close, without hidden characters."""

from __future__ import annotations

import re

from briefing.beside.locate import INVISIBLE

FENCES = re.compile(r"<{3,}|>{3,}")


def between(name: str, inside: str) -> str:
    """The text between marks of this name, its lines kept."""
    return f"<<<{name}\n{FENCES.sub('‹›', INVISIBLE.sub('', inside))}\n{name}>>>"


def one_line(text: str) -> str:
    """The text as a single line that holds no mark."""
    return " ".join(FENCES.sub("‹›", INVISIBLE.sub("", text)).split())
