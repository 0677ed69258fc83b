"""Forty sentences over the packaged sample, twenty of them with a planted fault each: which are caught, which good ones kept.

`python -m evals.faults` names what is caught and what is missed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from briefing import topics
from briefing.claims import Citation, Claim
from briefing.sample import articles_file
from briefing.settings import load
from briefing.submitted import unkept
from briefing.support.ladder import rungs
from briefing.verify import ALWAYS, Ground, Verifier
from evals.suite import Metric, Result
from index.archive.store import NewArticle
from index.article import Article
from index.errors import Misuse
from index.sources import Given, read_inputs

OWN = Path(__file__).parent / "faults" / "sentences.jsonl"
FLOORS = {"caught": 0.9, "kept": 0.8}


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence, the words it cites, and its fault, if it has one."""

    id: str
    text: str
    article: Article
    start: int
    end: int
    fault: str | None

    @property
    def claim(self) -> Claim:
        quote = self.article.text[self.start : self.end]
        citation = Citation(
            n=1, article_id=self.article.id, external_id=self.article.external_id, start=self.start, end=self.end, quote=quote
        )
        return Claim(id=self.id, text=self.text, form="reported", citations=(citation,))


def planted(file: Path = OWN) -> list[Planted]:
    """The sentences with their articles of the sample. Raises Misuse where the words are not there."""
    with articles_file() as sample:
        known = {item.external_id: unkept(item) for item in read_inputs([sample], Given()) if isinstance(item, NewArticle)}
    found: list[Planted] = []
    for line in file.read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        row = json.loads(line)
        article = known.get(row["article"])
        start = article.text.find(row["evidence"]) if article is not None else -1
        if article is None or start < 0:
            raise Misuse(f"{file}: {row['id']}: its evidence is not in the sample’s article {row['article']}")
        found.append(Planted(row["id"], row["text"], article, start, start + len(row["evidence"]), row["fault"]))
    return found


def verified(cases: Sequence[Planted]) -> list[tuple[Planted, Claim]]:
    ground = Ground({one.article.id: one.article for one in cases}, ALWAYS, topics.load(topics.DEFAULT).party_words())
    return list(zip(cases, Verifier(rungs(load())).verify([one.claim for one in cases], ground), strict=True))


def stands(claim: Claim) -> bool:
    return claim.verdict is not None and claim.verdict.label == "supported"


def faults(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over a file in the form of its own. Raises Misuse."""
    done = verified(planted(cases or OWN))
    bad = [claim for one, claim in done if one.fault]
    good = [claim for one, claim in done if not one.fault]
    missed = [f"{one.id} ({one.fault})" for one, claim in done if one.fault and stands(claim)]
    lost = [f"{one.id} ({claim.reason or 'partial'})" for one, claim in done if not one.fault and not stands(claim)]
    return Result(
        suite="faults",
        cases=str(cases or OWN),
        n=len(done),
        unscored=0,
        metrics={
            "caught": Metric.share(sum(not stands(c) for c in bad), len(bad)),
            "kept": Metric.share(sum(map(stands, good)), len(good)),
        },
        floors=dict(FLOORS),
        notes=(f"missed: {', '.join(missed) or 'none'}", f"good ones not kept: {', '.join(lost) or 'none'}"),
    )


def _main() -> None:
    for one, claim in verified(planted()):
        label, score = (claim.verdict.label, claim.verdict.score) if claim.verdict else ("unsupported", 0.0)
        right = "right" if stands(claim) is (one.fault is None) else "WRONG"
        print(f"{right} {one.id} {one.fault or 'no fault'}: {label} {score:.2f} {claim.reason or ''}\n      {one.text}")  # noqa: T201


if __name__ == "__main__":
    _main()
