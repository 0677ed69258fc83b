"""Topics are data: parties, people and their offices over time, the words of the talks. One TOML file each."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import Misuse

DEFAULT = "israel-hezbollah"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Person(_Part):
    """Somebody in an office from one day to another, both inclusive; an open end is None."""

    name: str
    office: str
    since: date | None = Field(None, alias="from")
    to: date | None = None

    def holds_office(self, on: date | None) -> bool:
        return on is None or ((self.since is None or self.since <= on) and (self.to is None or on <= self.to))

    @property
    def surname(self) -> str:
        return self.name.split()[-1]


class Party(_Part):
    name: str
    role: Literal["principal", "mediator", "observer"]
    names: tuple[str, ...]
    possessive: str  # "Israel’s", "the US": what stands before an office
    adjectives: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    government: bool = True  # False: a movement or an international body
    people: tuple[Person, ...] = ()


class OtherFront(_Part):
    name: str
    terms: tuple[str, ...]


class Proposal(_Part):
    name: str
    aliases: tuple[str, ...]
    since: date | None = Field(None, alias="from")


class Topic(_Part):
    name: str
    title: str
    conflict: str  # "Israel and Hezbollah": between whom
    talks: tuple[str, ...]
    weak_talks: tuple[str, ...] = ()  # words of talks that count only beside a word of this front: "deal"
    front: tuple[str, ...]
    other_fronts: tuple[OtherFront, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()  # groups of names that a search takes for the same
    proposals: tuple[Proposal, ...] = ()
    requirements: tuple[str, ...] = ()  # standing questions, answered in every brief
    parties: tuple[Party, ...]

    def party(self, name: str | None) -> Party | None:
        return next((p for p in self.parties if p.name == name), None)

    def person(self, name: str, on: date | None) -> tuple[Person, Party] | None:
        """Who that is, by full name or by a surname only one person here has, with the office held that day."""
        same = [(p, party) for party in self.parties for p in party.people if p.name == name]
        if not same:
            same = [(p, party) for party in self.parties for p in party.people if p.surname == name]
        if len({p.name for p, _ in same}) != 1:
            return None
        return next((pair for pair in same if pair[0].holds_office(on)), None)

    def party_words(self) -> dict[str, str]:
        """The words each party is named and adorned with: its name, its adjectives, what stands before an office."""
        return {p.name: " ".join((p.name, p.possessive, *p.names, *p.adjectives)) for p in self.parties}

    def named(self, role: str) -> tuple[Party, ...]:
        return tuple(p for p in self.parties if p.role == role)


def names() -> list[str]:
    """The topics that ship, sorted."""
    return sorted(p.name.removesuffix(".toml") for p in files("briefing.topics").iterdir() if p.name.endswith(".toml"))


@lru_cache(maxsize=1)
def same_names() -> tuple[tuple[str, ...], ...]:
    """The names that mean the same in any topic that ships."""
    return tuple(dict.fromkeys(group for name in names() for group in load(name).aliases))


@lru_cache(maxsize=16)
def load(name: str) -> Topic:
    """The topic of this name, or of this file (`….toml`). Raises Misuse where there is none, or where it is wrong."""
    if name.endswith(".toml"):
        try:
            return parse(Path(name).read_text(encoding="utf-8"), name)
        except (OSError, UnicodeDecodeError) as error:
            raise Misuse(f"the topic {name} cannot be read: {error}") from error
    if name not in names():
        raise Misuse(f"there is no topic {name!r}; there are: {', '.join(names())}")
    return parse((files("briefing.topics") / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def _with_shared(party: dict[str, object], label: str) -> dict[str, object]:
    """A party that names one of those that topics share (`use = "israel"`), with what is told of it there."""
    if not isinstance(party, dict) or "use" not in party:
        return party
    file = files("briefing.topics") / "parties" / f"{party['use']}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", str(party["use"])) or not file.is_file():
        raise Misuse(f"{label}: parties: there is no shared party {party['use']!r}")
    return {**tomllib.loads(file.read_text(encoding="utf-8")), **{k: v for k, v in party.items() if k != "use"}}


def parse(text: str, label: str) -> Topic:
    """A topic from TOML. Raises Misuse with the place and the reason."""
    try:
        told = tomllib.loads(text)
        told["parties"] = [_with_shared(party, label) for party in told.get("parties", [])]
        return Topic.model_validate(told)
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"{label}: not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Misuse(f"{label}: {place}: {first['msg']}") from error
