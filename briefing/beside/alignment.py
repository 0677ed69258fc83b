"""A sentence laid beside the words it cites: what stands in both in the same place, and what stands in the other's place.

The longest common runs are matched first (Ratcliff and Obershelp's gestalt matching, as `difflib` has it), so what was
moved as a whole stays whole, and what was changed by a word shows as that word against the one it replaced. A single word
is matched only beside what already matches, in the same sentence of the citation, and a verb before a name: where two
names changed places around a verb, the verb is what stayed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from briefing.beside.words import Word

NEAR = 8  # words that may stand in another's place; more is another part of the text
HOLD = 2  # words that must match beside a change, together, for it to be a change and not another sentence


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the sentence (`own`) where its citation has others (`held`); one of the two may be empty. Around them both
    say the same: `before` and `after` count the words that match."""

    own: tuple[Word, ...]
    held: tuple[Word, ...]
    before: int
    after: int
    left: Word | None  # the last word that matches before it
    right: Word | None  # the first that matches after it

    @property
    def holds(self) -> bool:
        """Whether both are the same sentence around this place."""
        return self.before + self.after >= HOLD


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which words match, as pairs of places, and the changes between them."""

    own: tuple[Word, ...]
    held: tuple[Word, ...]
    pairs: tuple[tuple[int, int], ...]
    changes: tuple[Change, ...]

    @property
    def nearest(self) -> tuple[Word, ...]:
        """The sentence of the citation in which most of the words that match stand."""
        best: tuple[int, tuple[Word, ...]] = (0, ())
        start = 0
        for at, word in enumerate(self.held):
            if word.ends or at == len(self.held) - 1:
                matched = sum(start <= j <= at for _, j in self.pairs)
                best = max(best, (matched, self.held[start : at + 1]), key=lambda found: found[0])
                start = at + 1
        return best[1]


@dataclass(frozen=True, slots=True)
class _Run:
    """`size` words that match from these places on."""

    own: int
    held: int
    size: int


def aligned(own: Sequence[Word], held: Sequence[Word]) -> Alignment:
    """The sentence's words beside its citation's. Runs that match out of order are matched too, once."""
    runs = sorted(_Matcher(own, held).runs(0, len(own), 0, len(held)), key=lambda run: run.own)
    runs = _joined(runs)
    pairs = [(run.own + k, run.held + k) for run in runs for k in range(run.size)]
    moved = _moved(own, held, pairs)
    whole = {(i + k, j + k) for i, j, size in moved if size >= HOLD for k in range(size)}
    changes = _changes(own, held, runs, {i for i, _ in whole}, {j for _, j in whole})
    near = [change for change in changes if len(change.own) <= NEAR and len(change.held) <= NEAR]
    everything = pairs + [(i + k, j + k) for i, j, size in moved for k in range(size)]
    return Alignment(tuple(own), tuple(held), tuple(everything), tuple(near))


class _Matcher:
    def __init__(self, own: Sequence[Word], held: Sequence[Word]) -> None:
        self._own, self._held = own, held
        self._matcher = SequenceMatcher(None, [w.norm for w in own], [w.norm for w in held], autojunk=False)

    def runs(self, a: int, a2: int, b: int, b2: int) -> Iterator[_Run]:
        """The runs that match between own[a:a2] and held[b:b2], in any order."""
        if a >= a2 or b >= b2:
            return
        found = self._matcher.find_longest_match(a, a2, b, b2)
        run = _Run(found.a, found.b, found.size)
        if run.size == 1:
            single = self._single(a, a2, b, b2)
            if single is None:
                return
            run = single
        if run.size:
            yield run
            yield from self.runs(a, run.own, b, run.held)
            yield from self.runs(run.own + run.size, a2, run.held + run.size, b2)

    def _single(self, a: int, a2: int, b: int, b2: int) -> _Run | None:
        """One word of both that stands in the sentence of what matches on either side; words that are facts last."""
        near = [j for j in range(b, b2) if self._reaches(b, b2, j)]
        found = [
            (self._own[i].told, self._own[i].kind == "small", i, j)
            for i in range(a, a2)
            for j in near
            if self._own[i].norm == self._held[j].norm
        ]
        return _Run(min(found)[2], min(found)[3], 1) if found else None

    def _reaches(self, b: int, b2: int, j: int) -> bool:
        """Whether no sentence ends between a place of a gap and one of its ends."""
        whole = b == 0 and b2 == len(self._held)
        from_left = b > 0 and not any(w.ends for w in self._held[b - 1 : j])
        to_right = b2 < len(self._held) and not any(w.ends for w in self._held[j:b2])
        return whole or from_left or to_right


def _joined(runs: Sequence[_Run]) -> list[_Run]:
    joined: list[_Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last is not None and last.own + last.size == run.own and last.held + last.size == run.held:
            joined[-1] = _Run(last.own, last.held, last.size + run.size)
        else:
            joined.append(run)
    return joined


def _changes(
    own: Sequence[Word], held: Sequence[Word], runs: Sequence[_Run], moved_own: set[int], moved_held: set[int]
) -> Iterator[Change]:
    """What lies between the runs, without what was moved there or away as a whole."""
    ends = [None, *runs, None]
    for left, right in pairwise(ends):
        a = left.own + left.size if left else 0
        a2 = right.own if right else len(own)
        b = left.held + left.size if left else 0
        b2 = right.held if right else len(held)
        if a == a2 and b == b2:
            continue
        before, after = left.size if left else 0, right.size if right else 0
        if b > 0 and held[b - 1].ends:
            before = 0  # what matches before it ends another sentence
        stops = [at for at in range(b, b2) if held[at].ends]
        if stops and before:
            b2, after = stops[0] + 1, 0  # the rest is another sentence
        elif stops:
            b = stops[-1] + 1
        yield Change(
            own=tuple(own[i] for i in range(a, a2) if i not in moved_own),
            held=tuple(held[j] for j in range(b, b2) if j not in moved_held),
            before=before,
            after=after,
            left=own[a - 1] if before else None,
            right=own[a2] if after else None,
        )


def _moved(own: Sequence[Word], held: Sequence[Word], pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """What the first pass left on both sides, matched run by run: places, and how many words."""
    taken_own, taken_held = {i for i, _ in pairs}, {j for _, j in pairs}
    free_own = [i for i in range(len(own)) if i not in taken_own]
    free_held = [j for j in range(len(held)) if j not in taken_held]
    matcher = SequenceMatcher(None, [own[i].norm for i in free_own], [held[j].norm for j in free_held], autojunk=False)
    found: list[tuple[int, int, int]] = []
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            i, j = free_own[block.a + k], free_held[block.b + k]
            last = found[-1] if found else None
            if last is not None and (last[0] + last[2], last[1] + last[2]) == (i, j):
                found[-1] = (last[0], last[1], last[2] + 1)
            else:
                found.append((i, j, 1))
    return found
