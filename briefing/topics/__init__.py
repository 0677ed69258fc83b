"""Topics are data: parties, people and their offices over time, the words of the talks. One TOML file each."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import Misuse

DEFAULT = "israel-hezbollah"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


Written = Annotated[str, AfterValidator(_written)]
Words = Annotated[tuple[Written, ...], Field(min_length=1)]


def _a_question(text: str) -> str:
    if not _written(text).rstrip().endswith("?"):
        raise ValueError(f"{text!r} is no question: it ends without a question mark")
    return text


class Person(_Part):
    """Somebody in an office from one day to another, both inclusive; an open end is None."""

    name: Written
    office: Written
    since: date | None = Field(None, alias="from")
    to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.to and self.to < self.since:
            raise ValueError(f"{self.name} leaves the office of {self.office} on {self.to}, before {self.since}")
        return self

    def holds_office(self, on: date | None) -> bool:
        return on is None or ((self.since is None or self.since <= on) and (self.to is None or on <= self.to))

    @property
    def surname(self) -> str:
        return self.name.split()[-1]


class Party(_Part):
    name: Written
    role: Literal["principal", "mediator", "observer"]
    names: Words
    possessive: Written  # "Israel’s", "the US": what stands before an office
    adjectives: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    government: bool = True  # False: a movement or an international body
    people: tuple[Person, ...] = ()


class OtherFront(_Part):
    name: Written
    terms: Words


class Proposal(_Part):
    name: Written
    aliases: Words
    since: date | None = Field(None, alias="from")


class Topic(_Part):
    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Written
    conflict: Written  # "Israel and Hezbollah": between whom
    talks: Words
    weak_talks: tuple[str, ...] = ()  # words of talks that count only beside a word of this front: "deal"
    front: Words
    other_fronts: tuple[OtherFront, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()  # groups of names that a search takes for the same
    proposals: tuple[Proposal, ...] = ()
    requirements: tuple[Annotated[str, AfterValidator(_a_question)], ...] = ()  # standing questions, answered in every brief
    parties: tuple[Party, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if sum(p.role == "principal" for p in self.parties) < 2:
            raise ValueError("parties: a conflict has two parties of role principal at least")
        for part in (self.parties, self.proposals, self.other_fronts):
            told = [one.name for one in part]
            if twice := next((name for name in told if told.count(name) > 1), None):
                raise ValueError(f"{twice!r} is there twice")
        return self

    def party(self, name: str | None) -> Party | None:
        return next((p for p in self.parties if p.name == name), None)

    def person(self, name: str, on: date | None) -> tuple[Person, Party] | None:
        """Who that is, by full name or by a surname only one person here has, with the office held that day."""
        same = self.called.get(name, [])
        if len({p.name for p, _ in same}) != 1:
            return None
        return next((pair for pair in same if pair[0].holds_office(on)), None)

    @cached_property
    def called(self) -> dict[str, list[tuple[Person, Party]]]:
        """Everybody by full name, and by surname where that is nobody's full name."""
        everybody = [(p, party) for party in self.parties for p in party.people]
        found: dict[str, list[tuple[Person, Party]]] = {}
        for pair in everybody:
            found.setdefault(pair[0].name, []).append(pair)
        full = {*found}
        for pair in everybody:
            if pair[0].surname not in full:
                found.setdefault(pair[0].surname, []).append(pair)
        return found

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
        reason = first["msg"].removeprefix("Value error, ")
        raise Misuse(f"{label}, line {_line(text, first['loc'])}: {place + ': ' if place else ''}{reason}") from error


def _line(text: str, place: tuple[int | str, ...]) -> int:
    """The line of a TOML text, from 1, in which a key stands, or the table or list that should hold it."""
    lines = text.split("\n")
    at, end = 0, len(lines)
    for n, part in enumerate(place):
        if not isinstance(part, str):
            continue
        count = place[n + 1] if n + 1 < len(place) and isinstance(place[n + 1], int) else None
        tables = [i for i in range(at, end) if re.match(rf"\s*\[\[?(?:[\w-]+\.)*{re.escape(part)}\]", lines[i])]
        keys = [i for i in range(at, end) if re.search(rf"(?:^|[{{,])\s*{re.escape(part)}\s*=", lines[i])]
        if tables and isinstance(count, int) and count < len(tables):
            at = tables[count]
            end = tables[count + 1] if count + 1 < len(tables) else len(lines)
        elif keys:
            at = keys[0]
            if isinstance(count, int):  # the entries of a list that stands a line each
                entries = [i for i in range(at, end) if re.match(r"\s*[{\"\[']", lines[i])]
                at = entries[count] if count < len(entries) else at
    return at + 1


def template(name: str, between: tuple[str, str], title: str | None = None) -> str:
    """A new topic's file between two parties, to be filled in. Raises Misuse where it would not be one."""
    shared = sorted(p.name.removesuffix(".toml") for p in (files("briefing.topics") / "parties").iterdir())
    quoted = [json.dumps(party, ensure_ascii=False) for party in between]
    parties = "\n".join(
        f'[[parties]]\nname = {own}\nrole = "principal"\npossessive = {json.dumps(party + "’s", ensure_ascii=False)}\n'
        f"names = [{own}]\nadjectives = []\noffices = []\n"
        f'people = [] # {{ name = "Full Name", office = "foreign minister", from = 2024-01-01, to = 2025-01-01 }}\n'
        for party, own in zip(between, quoted, strict=True)
    )
    asked = [f"Has {party} accepted or rejected a ceasefire?" for party in between]
    text = Template((files("briefing.topics") / "template.txt").read_text(encoding="utf-8")).substitute(
        name=name,
        title=title or "–".join(between),
        conflict=" and ".join(between),
        front=", ".join(quoted),
        requirements="\n".join(f"  {json.dumps(question, ensure_ascii=False)}," for question in asked),
        shared=", ".join(shared),
        parties=parties.rstrip(),
    )
    parse(text, f"{name}.toml")
    return text
