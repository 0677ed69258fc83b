"""How results look on a terminal, and how files are written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from briefing.cli.options import put
from index.calendar.instants import iso_stamp
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.claims import Carrier
    from briefing.desk import ArticleSeen, Verified
    from index.article import Article, Evidence
    from index.library import Ingested


def printable(text: str) -> str:
    """Words from outside without control characters."""
    from briefing.render import printable as clean

    return clean(text)


def markdown(text: str) -> None:
    """Drawn on a terminal, as it is everywhere else."""
    if not sys.stdout.isatty():
        put(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text, hyperlinks=False))


def write(path: Path, text: str) -> Path:
    """Write a result file. Raises Misuse."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def ingested(done: Ingested) -> str:
    parts = [f"{len(done.new)} new", f"{len(done.versions)} versions", f"{done.unchanged} unchanged"]
    parts += [f"{done.carriers} carriers of a known origin", f"{len(done.rejected)} rejected"]
    return ", ".join(parts) + (f"; {done.skipped} files skipped" if done.skipped else "")


def results(found: Sequence[Evidence]) -> str:
    if not found:
        return "No information: no passage fits."
    lines = []
    for n, one in enumerate(found, start=1):
        when = iso_stamp(one.article.published, is_day=one.article.published_is_day) or "undated"
        why = f"score {one.score:.3f}; " + (f"meaning {one.similarity:.2f}; " if one.similarity is not None else "meaning –; ")
        lines.append(f"{n}. {printable(one.article.outlet)}, {when}: {printable(one.article.name)} ({one.article.id})")
        lines.append(f"   {printable(one.passage.text)}")
        carried = f"; {one.carriers} other carriers of this origin" if one.carriers else ""
        lines.append(f"   [{why}terms {one.bm25:.1f}: {' '.join(one.matched) or 'none'}{carried}]")
    return "\n".join(lines)


def articles(found: Sequence[Article]) -> str:
    return (
        "\n".join(
            f"{a.id}  {iso_stamp(a.published, is_day=a.published_is_day) or 'undated':<21} "
            f"{printable(a.outlet)}: {printable(a.title or '(no title)')}"
            for a in found
        )
        or "The archive is empty; `briefing ingest` fills it."
    )


def article(found: Article, carriers: Sequence[Carrier]) -> str:
    lines = [
        f"{printable(found.name)}",
        f"{printable(found.outlet)}, published {iso_stamp(found.published, is_day=found.published_is_day) or 'undated'}, "
        f"knowable from {iso_stamp(found.knowable_from) or 'never (undated)'}",
        f"by {printable(', '.join(found.authors)) or 'nobody named'}; language {found.language or 'not told'}; "
        f"date from {found.published_how or 'nowhere'}",
        f"id {found.id}" + (f", came as {printable(found.external_id)}" if found.external_id else ""),
        f"address {printable(found.url)}" if found.url else "no address",
        f"origin {found.origin_id}: " + ("no other carrier is known" if not carriers else f"{len(carriers)} other carriers"),
    ]
    lines += [f"  {printable(c.outlet)} ({c.article_id}): {printable(c.why)}" for c in carriers]
    lines += [f"version of {found.version_of}"] if found.version_of else []
    lines += [f"note: {note}" for note in found.notes]
    paragraphs = [printable(p) for p in found.text.splitlines()]
    return "\n".join([*lines, "", *paragraphs])


MOST_UNREAD = 5  # named one by one


def not_read(unread: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each article that was not read, as far as there are few."""
    told = [f"not read {article_id}: {reason}; it is archived and searched." for article_id, reason in unread[:MOST_UNREAD]]
    more = len(unread) - MOST_UNREAD
    return [*told, f"{more} more were not read; `briefing article ID --statements` says why."] if more > 0 else told


def statements(found: ArticleSeen) -> str:
    """The text of an article with what was read in it, each below its sentence: what is on the talks, and who says the rest."""
    from briefing.claims import Statement

    article, lines, at = found.article, [printable(found.article.name), ""], 0
    if (reason := getattr(found.read, "reason", None)) is not None:
        lines.append(f"Not read: {reason}.\n")
    told = {s.start for s in found.seen.statements}
    rest = [Statement.plain(said) for said in found.seen.said if said.start not in told and said.speaker is not None]
    for statement in sorted([*found.seen.statements, *rest], key=lambda s: s.start):
        lines += [printable(p) for p in article.text[at : max(at, statement.end)].splitlines()]
        at = max(at, statement.end)
        speaker = statement.speaker
        who = printable(speaker.known_as) if speaker else "told by the reporter"
        office = f", {printable(speaker.office)}" if speaker and speaker.office else ""
        party = f" [{speaker.party}]" if speaker and speaker.party else ""
        party += "" if speaker is None or statement.said.sure("speaker") else " (not certain)"
        day = f"; on {statement.day}" if statement.day else ""
        if statement.start not in told:
            lines.append(f"    – {who}{office}{party}: not on these talks{day}")
            continue
        of = f" of {statement.stance_of}" if statement.stance_of else ""
        words = statement.stance_words
        cue = f" (“{printable(statement.text[slice(*words)])}”)" if words else ""
        about = f"; about {statement.about or statement.front or 'nothing named'}"
        by = f"; read by {statement.read_by}" if statement.read_by else ""
        by += f" ({printable(statement.differs)})" if statement.differs else ""
        sure = "" if statement.stance is None or statement.said.sure("stance") else " (not certain)"
        lines.append(f"    → {who}{office}{party}: {statement.stance or 'no stance'}{of}{cue}{sure}{about}{day}{by}")
    lines += [printable(p) for p in article.text[at:].splitlines()]
    if found.dropped:
        lines.append("\nDropped of what the language model gave:")
        lines += [f"    × {d.field} “{printable(d.value)}”: {d.why}" for d in found.dropped]
    return "\n".join(lines)


def verified(done: Verified) -> str:
    """Sentence by sentence: what stands and what does not, with the words that were looked at."""
    lines: list[str] = []
    for number, claim in enumerate(done.claims, start=1):
        verdict = claim.verdict
        label = verdict.label if verdict else "unsupported"
        score = f" {verdict.score:.2f}" if verdict and verdict.rungs else ""
        lines.append(f"{number}. {label}{score}: {printable(claim.text)}")
        lines += [f"     because {printable(claim.reason)}"] if claim.reason else []
        if verdict and verdict.differing:
            lines.append(f"     the checkers differ: {printable(verdict.differing)}")
        if label != "supported":
            lines += [f"     [{c.n}] {printable(c.quote) or '(nothing was found there)'}" for c in claim.citations]
    lines.append(
        f"{len(done.claims)} sentences submitted: {done.count('supported')} supported, {done.count('partial')} partial, "
        f"{done.count('unsupported')} unsupported; {done.resolved} of {done.citations} citations lead to their words."
    )
    return "\n".join(lines)
