"""Prompts are numbered text files under `prompts/`, never edited once they made a brief. Declared inputs are checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from index.errors import Damaged

TRUSTED = frozenset(
    {"conflict", "as_of", "sections", "most", "codes", "parties"}
)  # ours or the topic's; all else belongs to [user]
_USER = "\n[user]\n"
_SYSTEM = "[system]\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: `system` holds instructions only; what comes from outside is filled into `user`."""

    name: str
    inputs: frozenset[str]
    system: str
    user: str
    sha256: str  # of the whole body

    def rendered(self, **values: str) -> tuple[str, str]:
        """System and user text with every declared input filled in. Raises Damaged where they do not fit."""
        if values.keys() != self.inputs:
            raise Damaged(f"prompt {self.name} takes {sorted(self.inputs)}, was given {sorted(values)}")
        return Template(self.system).substitute(values), Template(self.user).substitute(values)


def load(name: str) -> Prompt:
    """The prompt of this name ("extract_claims/v1"). Raises Damaged where its declared inputs are not those it uses."""
    text = (files("prompts") / f"{name}.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.strip().splitlines())
    declared = frozenset(fields["inputs"].split(", "))
    system, user = body.removeprefix(_SYSTEM).split(_USER)
    used = frozenset(Template(system).get_identifiers()) | frozenset(Template(user).get_identifiers())
    from_outside = set(Template(system).get_identifiers()) - TRUSTED
    if used != declared or from_outside:
        raise Damaged(f"prompt {name}: declares {sorted(declared)}, uses {sorted(used)}; in [system] only {sorted(TRUSTED)}")
    return Prompt(name, declared, system.strip(), user.strip(), hashlib.sha256(body.encode()).hexdigest())
