"""What verification costs: pairs of a sentence and a passage a second, and a whole brief, on the cores at hand.

`make bench-support`; beside it, in the same run, what embedding the same passages costs."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from briefing import topics
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import Settings
from briefing.support.builtin import BuiltIn
from briefing.support.ports import Pair
from briefing.verify import Ground
from index.calendar.instants import parse_stamp
from index.embedding import MiniLM
from index.sentences import sentences

PAIRS = 600
CLAIM, PASSAGE = 22, 68  # words: about 30 and 90 tokens
AS_OF = "2024-09-27T06:00Z"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, articles_file() as sample:
        desk = Desk(Settings(data=Path(folder)))
        desk.ingest([sample])
        texts = [a.text for a in desk.library.archive.many(a.id for a in desk.library.archive.listed()).values()]
        pairs = _pairs(texts)
        checker = BuiltIn()
        checker.scores(pairs[:2])
        taken = _seconds(lambda: checker.scores(pairs))
        embedder = MiniLM()
        embedder.embed(["warm"])
        embedding = _seconds(lambda: embedder.embed([pair.evidence for pair in pairs]))
        words = sum(len(p.claim.split()) for p in pairs) / len(pairs), sum(len(p.evidence.split()) for p in pairs) / len(pairs)
        _put(f"{len(pairs)} pairs of {words[0]:.0f} and {words[1]:.0f} words, {os.cpu_count()} cores")
        _put(f"built-in checker: {len(pairs) / taken:.0f} pairs a second; embedding their passages: {len(pairs) / embedding:.0f}")
        brief = desk.draft(topics.DEFAULT, as_of=parse_stamp(AS_OF).knowable).brief
        cited = desk.library.archive.many(c.article_id for claim in brief.claims for c in claim.citations)
        ground = Ground(cited, brief.as_of, topics.load(topics.DEFAULT).party_words())
        verifier = desk.verifier()
        first = _seconds(lambda: verifier.verify(brief.claims, ground))
        again = _seconds(lambda: verifier.verify(brief.claims, ground))
        _put(f"a brief of {len(brief.claims)} sentences: {first:.2f} s, again {again:.2f} s")
        desk.close()


def _pairs(texts: list[str]) -> list[Pair]:
    """Each sentence of about 30 tokens beside about 90 of its text."""
    found: list[Pair] = []
    for text in texts * 20:
        spans = sentences(text)
        for at, (start, end) in enumerate(spans):
            claim = text[start:end]
            if abs(len(claim.split()) - CLAIM) > 4:
                continue
            shift = len(found) % 3  # no two pairs have the same passage
            evidence = " ".join(text[spans[max(0, at - shift)][0] :].split()[: PASSAGE - 3 + shift * 3])
            found.append(Pair(claim, f"{evidence} ({len(found)})"))
            if len(found) == PAIRS:
                return found
    return found


def _put(line: str) -> None:
    sys.stdout.write(line + "\n")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
