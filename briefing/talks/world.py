"""Parties that no topic has to name: every nation, the movements and bodies of a table, and the parties that topics share. A
conflict that nobody has written a topic for is read with these."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from briefing.reading.data import nations, table
from briefing.topics import Party, Topic

OPEN = "open"  # the topic of an archive that nobody has written a topic for
_TALKS = (
    "ceasefire", "cease-fire", "cease fire", "truce", "armistice", "peace talks", "peace deal", "peace plan", "peace agreement",
    "cessation of hostilities", "hostage deal", "prisoner exchange", "prisoner swap", "negotiations", "peace process",
)  # fmt: skip


@cache
def world() -> tuple[Party, ...]:
    """Each with role `observer`: which of them decide, only a topic says."""
    found = [*_shared()]
    taken = {name for party in found for name in party.names}
    for nation in nations():
        if taken.isdisjoint(nation.names):
            capital = (nation.capital,) if nation.capital and nation.capital not in nation.names else ()
            found.append(_party((*nation.names, *capital), nation.adjectives))
    for told in table("movements")["movements"]:
        if taken.isdisjoint(told["names"]) and all(told["names"][0] != party.name for party in found):
            found.append(_party(tuple(told["names"]), tuple(told["adjectives"]), government=False))
    return tuple(found)


@cache
def open_topic() -> Topic:
    """A topic of any conflict: every party, no front."""
    return Topic(name=OPEN, title="Any talks", conflict="any parties", talks=_TALKS, front=_TALKS, parties=_two_principal())


def _two_principal() -> tuple[Party, ...]:
    return tuple(party.model_copy(update={"role": "principal"}) for party in world())


def _shared() -> list[Party]:
    shared = sorted((files("briefing.topics") / "parties").iterdir(), key=lambda file: file.name)
    return [
        Party.model_validate({**tomllib.loads(file.read_text(encoding="utf-8")), "role": "observer"})
        for file in shared
        if file.name.endswith(".toml")
    ]


def _party(names: tuple[str, ...], adjectives: tuple[str, ...], *, government: bool = True) -> Party:
    own = f"{names[0]}’s"
    return Party(
        name=names[0], role="observer", names=names, possessive=own, adjectives=(*adjectives, own), government=government
    )
