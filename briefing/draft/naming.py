"""How a sentence and a headline name a speaker."""

from __future__ import annotations

import re

from briefing.claims import Speaker
from briefing.topics import Topic


def naming(speaker: Speaker, topic: Topic, *, introduce: bool) -> str:
    """The speaker as a sentence names him: in full, with the office at first mention; the unnamed described."""
    if speaker.anonymous:
        words = speaker.anonymous[:1].lower() + speaker.anonymous[1:]
        return words if "unnamed" in words or "asked not" in words else f"{words} (unnamed)"
    name = speaker.name or speaker.office or "an unnamed speaker"
    if speaker.medium:
        return name
    party = topic.party(speaker.party)
    if speaker.office is None or not introduce:
        if party is not None and name == party.name and party.name.startswith("United"):
            return f"the {name}"
        if (
            speaker.office is None
            and party is not None
            and re.match(r"[A-Z].*\b(?:military|ministry|army|government|cabinet)\b", name)
        ):
            return f"the {name}" if not re.search(r"[’']s ", name) else name
        return name
    office = speaker.office
    lowered = office[:1].lower() + office[1:] if office.split()[0] in {"Senator", "President", "Minister"} else office
    if party is not None and not any(w in office for w in (*party.offices, *party.adjectives, *party.names)):
        lowered = f"{party.possessive} {lowered}"
    return f"{name}, {lowered},"


def titled(speaker: Speaker, topic: Topic) -> str:
    """The speaker as a headline names him: “Israel’s foreign minister Israel Katz”, “White House”."""
    whole = naming(speaker, topic, introduce=True)
    parts = whole.rstrip(",").split(", ", 1)
    if speaker.name and len(parts) == 2 and speaker.office:
        return capital(f"{parts[1].removeprefix('the ')} {parts[0]}")
    return capital(whole.removeprefix("the "))


def capital(text: str) -> str:
    at = 1 if text[:1] in '“"(' else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]
