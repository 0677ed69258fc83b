"""Primary documents: transcripts with their turns, and statements whose issuer stands in the title."""

from __future__ import annotations

import re
from typing import Literal

from briefing.claims import Speaker
from briefing.reading.introductions import introduced, split_titles
from briefing.talks.cast import Cast
from briefing.topics import Topic
from index.article import Article

_NOBODY = frozenset(
    {
        "Q",
        "MODERATOR",
        "OPERATOR",
        "AIDE",
        "AUDIENCE",
        "AUDIENCE MEMBER",
        "AUDIENCE MEMBERS",
        "PARTICIPANT",
        "INTERPRETER",
    }
)
_HONORIFIC = re.compile(r"\A(?:MR|MS|MRS|DR|SECRETARY|PRESIDENT|PRIME MINISTER|VICE PRESIDENT|ADMINISTRATOR|GENERAL)\.? ")
_JOINT = re.compile(
    r"\AJoint [Ss]tatement (?:by|from|of) (?:the )?(?P<who>.+?)(?: (?:Announcing|Regarding|Marking|on|regarding|"
    r"following) .+)?\Z"
)
_STATEMENT = re.compile(
    r"\A(?:Statement|Remarks|Message|Letter) (?:by|from|of) (?P<who>.+?)"
    r"(?= (?:on|in|at|before|during|after|to|for|Before|After|During|Ahead|[A-Za-z]+ing)\b|\Z)"
)
_OF_A_BODY = re.compile(r"\A(?P<who>[A-Z][\w’. \-]{1,40}?)(?:[’']s?)? (?P<kind>(?:Joint |Leaders[’'] )?Statement)\b")
_RECORDED = re.compile(r"\b(?:press briefing|press gaggle|press call|remarks by)\b", re.IGNORECASE)
_READOUT = re.compile(r"\AReadout\b", re.IGNORECASE)
_WHEREABOUTS = re.compile(r"\s+(?:En Route|Enroute|Aboard)\b.*")
_A_BODY = re.compile(r"\b(?:Office|Ministry|Presidency|Government|Cabinet|Chancellery|Embassy|Mission|press service)\b")
_MEMBERS = re.compile(r",\s*(?:and\s+)?|\s+and\s+")


def labelled(label: str, article: Article, topic: Topic, cast: Cast) -> Speaker | None:
    """Whose turn of a transcript it is, by its label; None for somebody who is not quoted."""
    if label in _NOBODY:
        return None
    if "OFFICIAL" in label:
        party = topic.party(publisher(article, topic))
        of = f"{party.possessive.removeprefix('the ')} " if party else ""
        kind = label.lower().replace("administration", f"{of}administration")
        return Speaker(anonymous=f"a {kind}", party=party.name if party else None)
    if label in {"THE PRESIDENT", "THE VICE PRESIDENT", "THE PRIME MINISTER"}:
        return _office_holder(label.removeprefix("THE ").lower(), article, topic)
    surname = _HONORIFIC.sub("", label).split()[-1]
    for one in introduced(_WHEREABOUTS.sub("", article.title or "")):
        if one.name.split()[-1].upper() == surname:
            cast.remember(cast.introduced(one.name, one.office, None))
            return cast.person(one.name)
    return next(
        (cast.person(p.name) for party in topic.parties for p in party.people if p.surname.upper() == surname),
        None,
    )


def _office_holder(office: str, article: Article, topic: Topic) -> Speaker | None:
    """ "THE PRESIDENT" in a document of one party's own office is that party's, on that day."""
    party = topic.party(publisher(article, topic))
    day = article.local_day
    for person in party.people if party else ():
        if person.office == office and person.holds_office(day):
            return Speaker(name=person.name, office=person.office, party=party.name if party else None)
    return None


def publisher(article: Article, topic: Topic) -> str | None:
    """The party whose own office published this."""
    for party in topic.parties:
        if any(office.casefold() in article.outlet.casefold() for office in party.offices):
            return party.name
        if _A_BODY.search(article.outlet) and any(re.search(rf"\b{re.escape(n)}\b", article.outlet) for n in party.names):
            return party.name
    return None


def kind(article: Article) -> Literal["transcript", "written statement"] | None:
    """What kind of primary document an article is by its title; None for what is told by others."""
    title = (article.title or "").strip()
    if _RECORDED.search(title):
        return "transcript"
    issued = any(pattern.match(title) for pattern in (_JOINT, _STATEMENT, _OF_A_BODY, _READOUT))
    return "written statement" if issued else None


def issuer(article: Article, topic: Topic, cast: Cast) -> Speaker | None:
    """Who speaks in a written statement, from its title; None where the title is no such thing."""
    title = (article.title or "").strip()
    if joint := _JOINT.match(title):
        return _joint_issuer(joint["who"], topic, cast)
    if match := _STATEMENT.match(title):
        for name, office in [(i.name, i.office) for i in introduced(match["who"])] or [_surname_only(match["who"])]:
            speaker = cast.person(name) or cast.introduced(name, office, None) if name else None
            if speaker is not None:
                return speaker
    if body := _OF_A_BODY.match(title):
        return Speaker(name=f"the {body['who']}", medium="in a joint statement" if "Joint" in body["kind"] else "in a statement")
    return None


def _surname_only(who: str) -> tuple[str, str | None]:
    titles, name = split_titles(who)
    return name, " ".join(titles) or None


def _joint_issuer(who: str, topic: Topic, cast: Cast) -> Speaker:
    """Parties the topic knows first, in its order; the rest as "others"."""
    members = [m.strip().removeprefix("the ") for m in _MEMBERS.split(who) if m.strip()]
    known = [p for p in topic.parties if any(n in members for n in p.names)]
    named = [("the " if p.name.startswith("United") else "") + p.name for p in known]
    if len(named) >= 2 and len(members) > len(named):
        name = f"{', '.join(named)} and others"
    elif len(members) > 4:
        name = f"{', '.join(members[:3])} and others"
    else:
        name = who
    party = known[0].name if known else None
    for member in members:
        _, surname = split_titles(member)
        if party is None and surname and (person := cast.person(surname)):
            party = person.party
    return Speaker(name=name, medium="in a joint statement", party=party)
