"""Citation accuracy: does every sentence that needs a citation have one, and does each lead to its exact words?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from briefing import topics
from briefing.beside.locate import folded
from briefing.claims import UNCITED_FORMS, Citation, Claim
from briefing.contract import AnswerModel, BriefModel, claim_from
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import Settings, load
from evals.suite import Metric, Result
from index.calendar.instants import parse_stamp
from index.errors import Misuse
from index.terms import terms

FLOORS = {"resolved": 1.0, "recall": 1.0, "precision": 0.95}
AS_OFS = (
    "2024-09-21T06:00Z",
    "2024-09-25T06:00Z",
    "2024-09-27T06:00Z",
    "2024-10-01T06:00Z",
    "2024-11-28T06:00Z",
)
CONTRIBUTES = 0.2  # of the sentence's content words; less, and a citation is decoration


def citation(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over briefs and answers in the contract's JSON (a file or a folder), against the given articles or the data
    folder; without cases, over drafts of the packaged sample on five days. Raises Misuse."""
    if cases is None:
        with _desk([]) as desk, articles_file() as sample:
            desk.ingest([sample])
            briefs = [desk.draft(topics.DEFAULT, as_of=parse_stamp(at).knowable).brief for at in AS_OFS]
            return _scored("sample", [(c, b.as_of) for b in briefs for c in b.claims], desk)
    with _desk(articles or None) as desk:
        return _scored(str(cases), list(_read(cases)), desk)


@contextmanager
def _desk(articles: Sequence[Path] | None) -> Iterator[Desk]:
    """The data folder as configured, or a fresh one that holds just these articles."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(load() if articles is None else Settings(data=Path(folder)))
        if articles:
            desk.ingest(articles)
        try:
            yield desk
        finally:
            desk.close()


def _read(cases: Path) -> Iterable[tuple[Claim, datetime]]:
    files = sorted(cases.rglob("*.json")) if cases.is_dir() else [cases]
    if not files:
        raise Misuse(f"{cases} holds no .json file")
    for file in files:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            model = (AnswerModel if document.get("schema") == "answer/1" else BriefModel).model_validate(document)
        except (OSError, ValueError, AttributeError) as error:
            raise Misuse(f"{file} is neither a brief nor an answer: {str(error).splitlines()[0]}") from error
        sections = [model.sentences] if isinstance(model, AnswerModel) else [s.sentences for s in model.sections]
        for sentences in sections:
            for sentence in sentences:
                yield claim_from(sentence), parse_stamp(model.as_of).instant


def _scored(label: str, claims: list[tuple[Claim, datetime]], desk: Desk) -> Result:
    needing = [(c, at) for c, at in claims if c.form not in UNCITED_FORMS]
    pairs = [(c, one) for c, _ in needing for one in c.citations]
    texts = {i: a.text for i, a in desk.library.archive.many(one.article_id for _, one in pairs).items()}
    resolved = sum(_resolves(one, texts) for _, one in pairs)
    useful = sum(_resolves(one, texts) and _contributes(claim, one) for claim, one in pairs)
    cited = sum(any(_resolves(one, texts) for one in claim.citations) for claim, _ in needing)
    return Result(
        suite="citation",
        cases=label,
        n=len(needing),
        unscored=0,
        metrics={
            "resolved": Metric.share(resolved, len(pairs)),
            "recall": Metric.share(cited, len(needing)),
            "precision": Metric.share(useful, len(pairs)),
        },
        floors=dict(FLOORS),
    )


def _resolves(one: Citation, texts: dict[str, str]) -> bool:
    text = texts.get(one.article_id)
    return text is not None and bool(one.quote) and text[one.start : one.end] == one.quote


def _contributes(claim: Claim, one: Citation) -> bool:
    """It holds a fair part of the sentence's words, or says who its speaker is."""
    own, held = set(terms(folded(claim.text))), set(terms(folded(one.quote)))
    speaker = set(terms(claim.speaker or ""))
    return len(own & held) >= CONTRIBUTES * len(own) or bool(speaker and speaker & held)
