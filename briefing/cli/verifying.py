"""`briefing verify`: a file in, what stands and what does not out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli import show
from briefing.cli.options import AsJson, Data, desk, put, put_json, tell
from index.errors import Misuse

if TYPE_CHECKING:
    from briefing.claims import Claim
    from briefing.desk import Verified

FLOORS = ("supported", "resolved", "cited")


def add_to(app: typer.Typer) -> None:
    app.command()(verify)


def verify(
    file: Annotated[
        Path,
        typer.Argument(
            help="A brief or an answer in the contract's JSON; Markdown with [n] marks and a list of sources; JSON lines of "
            "claim and evidence; a question, an output with [n] and its docs."
        ),
    ],
    sources: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="Texts that it cites, as ingest reads them; not kept.")
    ] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=SHARE", help="Exit 0 from this share on: supported, resolved, cited. Default: supported=1."),
    ] = None,
    judge: Annotated[bool, typer.Option(help="Let the language model judge too, in calls of its own.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit file too: a test a sentence.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Check every sentence of a text against the words it cites, sentence by sentence."""
    from briefing.submitted import read

    floors = _floors(floor or [])
    if missing := [path for path in sources or [] if not path.exists()]:
        raise Misuse(f"{missing[0]} does not exist")
    submitted = read(_text(file), str(file))
    with desk(data) as opened:
        done = opened.verify(submitted, sources=sources or [], judge=judge)
    for note in done.notes:
        tell(show.printable(note))
    put_json(report(done)) if as_json else put(show.verified(done))
    if junit is not None:
        try:
            junit.write_text(junit_text(done, file.name), encoding="utf-8")
        except OSError as error:
            raise Misuse(f"{junit} cannot be written: {error.strerror or error}") from error
        tell(f"Written to {junit}.")
    missed = [f"{name} {value:.3f} under {floors[name]:g}" for name, value in shares(done).items() if value < floors.get(name, 0)]
    if missed:
        tell(f"Under its floor: {'; '.join(missed)}.")
        raise typer.Exit(1)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Misuse(f"{file} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Misuse(f"{file} is not UTF-8 text") from error


def _floors(told: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in told:
        name, _, value = one.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = -1.0
        if name not in FLOORS or not 0 <= found[name] <= 1:
            raise Misuse(f"--floor {one}: give one of {', '.join(FLOORS)} and a share, as in supported=0.9")
    return found or {"supported": 1.0}


def shares(done: Verified) -> dict[str, float]:
    """Of the sentences submitted, whatever became of them: supported, with a citation (or none needed); of the citations:
    those that lead to their words."""
    n = len(done.claims)
    uncited = sum(_gate(claim, "cited") == "stopped" for claim in done.claims)
    return {
        "supported": done.count("supported") / n if n else 0.0,
        "resolved": done.resolved / done.citations if done.citations else 0.0,
        "cited": (n - uncited) / n if n else 0.0,
    }


def _gate(claim: Claim, name: str) -> str | None:
    return dict(claim.verdict.gates).get(name) if claim.verdict else None


def report(done: Verified) -> dict[str, Any]:
    """The object of `verify --json`."""
    from briefing.contract.convert import claim_json

    return {
        "sentences": [claim_json(claim) for claim in done.claims],
        "submitted": len(done.claims),
        "supported": done.count("supported"),
        "partial": done.count("partial"),
        "unsupported": done.count("unsupported"),
        "citations": {"resolved": done.resolved, "total": done.citations},
    }


def junit_text(done: Verified, name: str) -> str:
    """A test a sentence; one that is not supported has failed, with the reason."""
    from xml.etree import ElementTree

    suite = ElementTree.Element("testsuite", name=f"verify {name}", tests=str(len(done.claims)))
    suite.set("failures", str(len(done.claims) - done.count("supported")))
    for number, claim in enumerate(done.claims, start=1):
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=f"{number}. {show.printable(claim.text)[:120]}")
        if claim.verdict is None or claim.verdict.label != "supported":
            label = claim.verdict.label if claim.verdict else "unsupported"
            ElementTree.SubElement(case, "failure", message=show.printable(claim.reason or label), type=label)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
