"""How often the gates alone stop pairs that people call supported, and pairs that they do not: what strictness costs.

`python -m evals.strictness DIR [SET...]` over labelled pairs as the `checker` suite takes them, at most 300 of a set."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from briefing import topics
from briefing.submitted import claim, given
from briefing.verify import ALWAYS, Ground, gated
from evals.rows import rows_of

SETS = ("qags-cnndm", "qags-xsum", "frank-cnndm", "faithbench-sent", "summedits-news", "wice-chunks", "defacto")
MOST = 300  # rows of a set


def stopped(file: Path) -> dict[int, float]:
    """For each label the share of its pairs that a gate stops."""
    rows = rows_of(file)
    chosen = random.Random(1).sample(rows, min(MOST, len(rows)))
    party_words = topics.load(topics.DEFAULT).party_words()
    found: dict[int, list[bool]] = {1: [], 0: []}
    for row in chosen:
        article = given(row["evidence"], "evidence")
        sentence = claim("claim", row["claim"], [(1, article)])
        found[row["label"]].append(gated(sentence, Ground({article.id: article}, ALWAYS, party_words))[1] is not None)
    return {label: sum(stops) / len(stops) for label, stops in found.items() if stops}


def main(folder: str, *names: str) -> None:
    for name in names or SETS:
        shares = stopped(Path(folder) / f"{name}.jsonl.gz")
        told = ", ".join(f"{'supported' if label else 'not supported'} {share:.2f}" for label, share in shares.items())
        sys.stdout.write(f"{name}: stopped of {told}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
