"""What briefs are like, day by day: complete, within their limits, nothing said twice, every citation to the character.

`python -m evals.briefs --data DIR --topic NAME --from DAY --to DAY` over an archive that is there;
`briefing eval briefs` over the exercise corpus."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from briefing.claims import Brief, Claim
from briefing.desk import Desk, Drafter
from briefing.draft import plan
from briefing.draft.assemble import SAME_WORDS, core_words
from briefing.draft.candidates import same_words
from briefing.settings import ModelSettings, Settings
from evals.model_server import model_server
from evals.suite import Metric, Result
from index.calendar.instants import iso, parse_stamp
from index.terms import terms

EXERCISE = Path(__file__).parent / "exercise"
FLOORS = {"complete": 1.0, "within_limits": 1.0, "not_repeated": 1.0, "citations_resolved": 1.0}


@dataclass(slots=True)
class Seen:
    """What was counted over several briefs."""

    briefs: int = 0
    complete: int = 0
    within: int = 0
    sentences: int = 0
    repeated: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)
    citations: int = 0
    resolved: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    lengths: list[int] = field(default_factory=list)  # words of each sentence
    cores: list[int] = field(default_factory=list)  # words of each core
    seconds: list[float] = field(default_factory=list)
    sections: Counter[str] = field(default_factory=Counter)  # briefs in which a section holds sources' words

    def add(self, brief: Brief, desk: Desk, seconds: float) -> None:
        self.briefs += 1
        self.seconds.append(seconds)
        self.complete += is_complete(brief)
        self.cores.append(core_words(brief.sections))
        long = [c.text for c in brief.claims if len(c.text.split()) > plan.MOST_WORDS]
        self.too_long += long
        self.within += not long and self.cores[-1] <= plan.CORE_WORDS
        own = [c for s in brief.sections if plan.SECTIONS[s.id].core for c in s.claims]
        self.sentences += len(own)
        self.lengths += [len(c.text.split()) for c in own]
        self.repeated += [f"{iso(brief.as_of)[:10]}: {a.text} || {b.text}" for a, b in repeats(own)]
        for claim in (*brief.claims, *brief.withheld):
            for citation in claim.citations:
                article, _ = desk.article(citation.article_id)
                self.citations += 1
                early = article.knowable_from is not None and article.knowable_from <= brief.as_of
                self.resolved += early and article.text[citation.start : citation.end] == citation.quote
        for claim in brief.withheld:
            self.withheld[(claim.reason or "").split(" (")[0][:60]] += 1
        for section in brief.sections:
            self.sections[section.id] += any(c.citations for c in section.claims) or any(r.claims for r in section.rows or ())


def is_complete(brief: Brief) -> bool:
    """Every section of the plan is there, in order, with something in it; the assessment alone may be missing, which is a
    person's, and the header of a brief that cites nothing."""
    wanted = [s.id for s in plan.PLAN if s.id != "assessment"]
    if [s.id for s in brief.sections] != wanted:
        return False
    may_be_empty = {"header", "gaps", "sources", "disclosure", "source_summary"}
    return all(s.claims or s.rows or s.id in may_be_empty for s in brief.sections)


def repeats(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Pairs of sentences that share nearly all terms of the shorter one, or the same quoted words."""
    held = [(c, frozenset(terms(c.text))) for c in claims if c.citations]
    for n, (one, own) in enumerate(held):
        for other, theirs in held[:n]:
            if same_words(own, theirs, SAME_WORDS):
                yield other, one


def drafted(desk: Desk, topic: str, days: Sequence[datetime], drafter: Drafter = "extractive") -> tuple[Seen, list[Brief]]:
    """One brief a day, each with the one before it as its previous."""
    seen, briefs = Seen(), []
    for day in days:
        start = time.perf_counter()
        brief = desk.draft(topic, as_of=day, drafter=drafter).brief
        seen.add(brief, desk, time.perf_counter() - start)
        briefs.append(brief)
    return seen, briefs


def briefs(cases: Path | None, articles: Sequence[Path]) -> Result:
    """Over the exercise corpus, or a folder of the same layout (`articles.jsonl`, `topic.toml`), one a day."""
    folder = cases or EXERCISE
    with tempfile.TemporaryDirectory() as place:
        desk = Desk(Settings(data=Path(place) / "data"))
        desk.ingest([folder / "articles.jsonl", *articles])
        known = {a.knowable_from.date() for a in desk.articles() if a.knowable_from}
        days = [parse_stamp(f"{day.isoformat()}T23:59:59Z").instant for day in sorted(known)]
        seen, _ = drafted(desk, str(folder / "topic.toml"), days)
        desk.close()
    return Result(
        suite="briefs",
        cases=str(folder),
        n=seen.briefs,
        unscored=0,
        metrics={
            "complete": Metric.share(seen.complete, seen.briefs),
            "within_limits": Metric.share(seen.within, seen.briefs),
            "not_repeated": Metric.share(seen.sentences - len(seen.repeated), seen.sentences),
            "citations_resolved": Metric.share(seen.resolved, seen.citations),
        },
        floors=dict(FLOORS),
        notes=tuple(told(seen)),
    )


def told(seen: Seen) -> Iterator[str]:
    """What was counted, for a reader."""
    yield f"sentences {seen.sentences}; words a sentence: {_spread(seen.lengths)}; {len(seen.too_long)} over {plan.MOST_WORDS}"
    yield f"words a core: {_spread(seen.cores)}; withheld {sum(seen.withheld.values())}: {dict(seen.withheld.most_common(6))}"
    yield f"seconds a brief: {_spread([round(s, 2) for s in seen.seconds])}"
    yield "with sources' words: " + ", ".join(
        f"{s} {n}" for s, n in seen.sections.items() if s in plan.SECTIONS and plan.SECTIONS[s].core
    )
    yield from (f"repeated: {pair}" for pair in seen.repeated[:5])


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0, 0.25, 0.5, 0.75, 0.95)]
    return " / ".join(map(str, [*at, ordered[-1]])) + " (least, quarter, median, three quarters, 95 %, most)"


def _main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--data", type=Path, required=True)
    given.add_argument("--topic", default="israel-hezbollah")
    given.add_argument("--from", dest="first", default="2024-09-17T06:00Z")
    given.add_argument("--to", dest="last", default="2024-12-05T06:00Z")
    given.add_argument("--step", type=int, default=1, metavar="DAYS")
    given.add_argument("--llm", action="store_true", help="by the drafter with a model, over our own server in its honest mode")
    chosen = given.parse_args()
    day, last = (parse_stamp(text).instant for text in (chosen.first, chosen.last))
    days = []
    while day <= last:
        days.append(day)
        day += timedelta(days=chosen.step)
    with model_server() as server:
        model = (
            ModelSettings.model_validate({"reads": False, "name": "an-honest-stand-in", "base_url": server.url})
            if chosen.llm
            else None
        )
        desk = Desk(Settings(data=chosen.data, model=model))
        seen, made = drafted(desk, chosen.topic, days, "llm" if chosen.llm else "extractive")
        desk.close()
    lines = [f"{seen.briefs} briefs, {seen.complete} complete, {seen.within} within limits, {len(seen.repeated)} repeated"]
    lines += [f"{seen.resolved} of {seen.citations} citations resolve", *told(seen)]
    if chosen.llm:
        calls = sorted(int(dict(b.disclosure.spent)["calls"].split()[0]) for b in made if b.disclosure.spent)
        lines.append(f"calls a brief: {_spread(calls)}; {sum(b.disclosure.fallback is not None for b in made)} fell back")
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    _main()
