"""Whether a sentence holds a statement on talks, whose, and in which stance: learned from labelled text, not written.

One small encoder reads a sentence behind what stands before it, once. Its two lowest layers are those of the embedding that
ships; what is above them, and the heads, `model/build_reader.py` makes and says from what. Only sentences near talks pass
through it: a gate of weighted words decides that, at a hundredth of the cost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from briefing.reading.nouns import Holder, Sentence, Telling
from index.embedding import checked as embedding_file
from index.errors import Damaged
from index.partial import up_to
from index.sentences import Span

if TYPE_CHECKING:
    import onnxruntime

Floats = NDArray[np.float32]

CODES = (
    "none", "proposes", "endorses", "welcomes", "conditions", "no-response", "denies-report", "rejects", "reverses",
    "acts-against",
)  # fmt: skip
BEFORE, OWN = 48, 112  # word pieces that are read of what stands before a sentence, and of the sentence
LOOK_BACK = 400  # characters that hold them
SHARED = "l1_x2"  # the embedding's states behind its second layer
HOLDERS = 3  # whom one sentence may name
LEAST_HOLDER, LEAST_TOKEN, LEAST_STANCE = 0.08, 0.02, 0.03
SHA256 = {
    "reader.onnx": "0a3a1124776e66d92469f0b8bfab3c09233eb2c861e673f1edb3fca472e59d0f",
    "heads.npz": "fabf5c2b2c511649e1b7227b843024513be4b83f319a9804c4e40268596faf20",
    "gate.json": "c52bb40006e3207de80d6ad16b9cedc72e068b2b54f1ae1275993e4e5dedc08e",
}
_CLS, _SEP = 101, 102
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_SAID = re.compile(r"\b(?:said|told|says|added)\b")
_NO_SENTENCE = -6.0  # the score where none stands


def _checked(name: str) -> bytes:
    """A file of the model folder, its sha256 checked. Raises Damaged."""
    with as_file(files("briefing.reading") / "model" / name) as path:
        content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise Damaged(f"the file {name} of the built-in reader is missing or altered: reinstall ceasefire-briefing")
    return content


@dataclass(frozen=True, slots=True)
class Gate:
    """Which sentences are near talks, by two sums of weights (logistic regressions): of a sentence's words, and of that score
    beside the scores around it and of its article."""

    words: dict[str, float]
    around: tuple[float, ...]
    bar: float
    alone: float  # a sentence whose own words score so much needs nothing around it

    @classmethod
    @cache
    def shipped(cls) -> Gate:
        told = json.loads(_checked("gate.json"))
        return cls(told["words"], tuple(told["around"]), told["bar"], told["alone"])

    def near(self, sentences: Sequence[str]) -> list[bool]:
        """For each of an article's sentences, in order, whether it is worth a closer look."""
        scores = [self.words["bias"] + sum(self.words.get(f, 0.0) for f in gate_words(s)) for s in sentences]
        return [
            own >= self.alone or sum(w * x for w, x in zip(self.around, told, strict=True)) >= self.bar
            for own, told in zip(scores, gate_around(sentences, scores), strict=True)
        ]


def gate_words(sentence: str) -> set[str]:
    """The words and pairs of words that the gate weighs."""
    words = _WORD.findall(sentence.casefold())
    return {*words, *(f"{a} {b}" for a, b in pairwise(words))}


def gate_around(sentences: Sequence[str], scores: Sequence[float]) -> Iterator[list[float]]:
    """Of each sentence what the gate weighs in the end: scores around it and of the article, each also above two bends, then
    what it is like."""
    ranked = sorted(scores, reverse=True)
    whole = (ranked[0], ranked[min(4, len(ranked) - 1)], sum(scores) / len(scores)) if scores else (0.0, 0.0, 0.0)

    def at(n: int) -> float:
        return scores[n] if 0 <= n < len(scores) else _NO_SENTENCE

    for n, sentence in enumerate(sentences):
        before = [at(n - k) for k in (1, 2, 3, 4)]
        near = [at(n), *before[:3], at(n + 1), max(before), *whole]
        bends = [[min(4.0, max(_NO_SENTENCE, x)) for x in near], *([max(x + bend, 0.0) for x in near] for bend in (2.0, 3.5))]
        quoted = float("“" in sentence or '"' in sentence)
        yield [1.0, *(x for some in bends for x in some), len(sentence) / 200, quoted, float(bool(_SAID.search(sentence)))]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the network makes of one sentence behind what stands before it: its opening mark's state [width], its own word
    pieces' [pieces, width], both in one [2 · width], and what points at the holder (mark and pieces) and at another."""

    opening: Floats
    own: Floats
    base: Floats
    pointing: Floats
    whose: Floats


class Learned:
    """The reader of statements that ships. Loaded at the first sentence that passes the gate."""

    def tellings(self, text: str, sentences: Sequence[Sentence]) -> Iterator[Telling]:
        """In the order of the text, one for each sentence near talks."""
        prose = [s for s in sentences if s.kind == "prose"]
        near = Gate.shipped().near([text[s.start : s.end] for s in prose])
        for sentence, worth in zip(prose, near, strict=True):
            if worth:
                yield self.telling(text, sentence.start, sentence.end)

    def telling(self, text: str, start: int, end: int) -> Telling:
        before = self._tokenizer.encode(text[max(0, start - LOOK_BACK) : start], add_special_tokens=False).ids[-BEFORE:]
        own = self._tokenizer.encode(text[start:end], add_special_tokens=False)
        pieces, places = own.ids[:OWN], [(start + s, start + e) for s, e in own.offsets[:OWN]]
        first = len(before) + 2
        seen = self._seen([_CLS, *before, _SEP, *pieces, _SEP], slice(first, first + len(pieces)))
        nobody, named = self._pointed(seen)
        every: list[tuple[slice | None, Floats, float]] = [(None, seen.opening, nobody)]
        for group in _groups(named, places):
            share = named[group]
            every.append((group, share @ seen.own[group] / float(share.sum()), float(share.sum())))
        every.sort(key=lambda one: -one[2])
        kept = [one for n, one in enumerate(every[:HOLDERS]) if n == 0 or one[2] >= LEAST_HOLDER]
        return Telling(
            start=start,
            end=end,
            chance=_rounded(_sigmoid(self._dense("talks", seen.base)[0])),
            holders=tuple(self._holder(seen, places, *one) for one in kept),
        )

    # ---- the network

    def _seen(self, ids: list[int], own: slice) -> _Seen:
        """One text a call, so that what is seen in it is a function of it alone."""
        given = np.array([ids], np.int64)
        feed = {"input_ids": given, "attention_mask": np.ones_like(given), "token_type_ids": np.zeros_like(given)}
        lower, upper = self._sessions
        (shared,) = lower.run([SHARED], feed)
        states, pointing, whose = (np.asarray(x[0], np.float32) for x in upper.run(["states", "pi", "qi"], {"shared": shared}))
        opening, mine = states[0], states[own]
        base = np.concatenate([mine.mean(0) if len(mine) else opening, opening])
        return _Seen(opening, mine, base, np.concatenate([pointing[:1], pointing[own]]), whose[own])

    def _pointed(self, seen: _Seen) -> tuple[float, Floats]:
        """The chance that the sentence names no holder, and for each of its word pieces that it is part of the holder's name."""
        chances = _softmax(self._dense("po", np.tanh(seen.pointing + self._dense("pm", seen.base)))[:, 0])
        return float(chances[0]), chances[1:]

    def _holder(self, seen: _Seen, places: Sequence[Span], group: slice | None, state: Floats, chance: float) -> Holder:
        whole = np.concatenate([seen.base, state])
        inner = np.tanh(self._dense("s1", whole))
        ranked = sorted(zip(CODES, _softmax(self._dense("s2", inner)).tolist(), strict=True), key=lambda pair: -pair[1])
        another = _sigmoid(self._dense("o1", inner)[0])
        of, of_chance = self._of(seen, whole, places) if another >= LEAST_STANCE else (None, 0.0)
        return Holder(
            span=None if group is None else (places[group.start][0], places[group.stop - 1][1]),
            chance=_rounded(chance),
            stances=tuple((code, _rounded(p)) for n, (code, p) in enumerate(ranked) if n == 0 or p >= LEAST_STANCE),
            narrated=_rounded(_sigmoid(self._dense("n1", inner)[0])),
            another=_rounded(another),
            of=of,
            of_chance=_rounded(of_chance),
        )

    def _of(self, seen: _Seen, whole: Floats, places: Sequence[Span]) -> tuple[Span | None, float]:
        """Of whom the stance is told, where it is told of another."""
        if not len(places):
            return None, 0.0
        chances = _softmax(self._dense("qo", np.tanh(seen.whose + self._dense("qm", whole)))[:, 0])
        best = max(_groups(chances, places), key=lambda g: float(chances[g].sum()), default=None)
        return (None, 0.0) if best is None else ((places[best.start][0], places[best.stop - 1][1]), float(chances[best].sum()))

    def _dense(self, name: str, x: Floats) -> Floats:
        """Without the threads of a linear algebra library: what is multiplied here is small, and threads would cost more."""
        weight, bias = self._heads[name]
        return np.asarray(np.einsum("...i,ij->...j", x, weight) + bias, np.float32)

    @cached_property
    def _heads(self) -> dict[str, tuple[Floats, Floats]]:
        told = np.load(BytesIO(_checked("heads.npz")), allow_pickle=False)
        names = sorted({name.rsplit(".", 1)[0] for name in told.files})
        return {n: (told[f"{n}.weight"].astype(np.float32).T, told[f"{n}.bias"].astype(np.float32)) for n in names}

    @cached_property
    def _sessions(self) -> tuple[onnxruntime.InferenceSession, onnxruntime.InferenceSession]:
        return _session(up_to(embedding_file("model.onnx"), SHARED)), _session(_checked("reader.onnx"))

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(embedding_file("tokenizer.json").decode())
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer


@cache
def shipped() -> Learned:
    return Learned()


def _session(model: bytes) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _groups(chances: Floats, places: Sequence[Span]) -> Iterator[slice]:
    """Runs of neighbouring word pieces that may be one name."""
    begin: int | None = None
    for n in range(len(chances) + 1):
        inside = n < len(chances) and chances[n] >= LEAST_TOKEN
        if begin is not None and not (inside and places[n][0] - places[n - 1][1] <= 1):
            yield slice(begin, n)
            begin = None
        if inside and begin is None:
            begin = n


def _softmax(x: Floats) -> Floats:
    e = np.exp(x - x.max())
    return np.asarray(e / e.sum(), np.float32)


def _sigmoid(x: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def _rounded(x: float) -> float:
    return round(float(x), 3)
