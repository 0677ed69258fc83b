"""A local model of natural language inference as a rung: a cross-encoder in ONNX from a folder, or by name through
sentence-transformers where that is installed. It reads evidence and sentence together and says how likely one follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from briefing.support.evidence import beside, claims_in
from briefing.support.ports import Limits, Pair, Unscored
from index.errors import Misuse

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

MOST_TOKENS = 512
MOST_WORDS = 250  # of evidence beside one sentence
Logits = NDArray[np.float64]


class _Model(Protocol):
    name: str
    entails: int | None  # which output says that it follows; None: there is one output

    def logits(self, evidence: str, claim: str) -> Logits: ...


class Nli:
    """The rung: of a claim of several sentences the least supported counts."""

    limits = Limits(supported=0.5, partial=0.25)

    def __init__(self, model: _Model) -> None:
        self._model = model
        self.name = model.name

    def scores(self, pairs: Sequence[Pair]) -> list[float | Unscored]:
        return [min(self._one(beside(part, pair.evidence, MOST_WORDS), part) for part in claims_in(pair.claim)) for pair in pairs]

    def _one(self, evidence: str, claim: str) -> float:
        logits = self._model.logits(evidence, claim)
        if self._model.entails is None:
            return float(1 / (1 + np.exp(-logits[0])))
        shares = np.exp(logits - logits.max())
        return float(shares[self._model.entails] / shares.sum())


class OnnxFolder:
    """`model.onnx`, `tokenizer.json` and `config.json` (whose `id2label` names the outputs). Raises Misuse."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if missing := [name for name in ("model.onnx", "tokenizer.json", "config.json") if not (folder / name).is_file()]:
            raise Misuse(f"the support model {folder} holds no {missing[0]}")
        with (folder / "model.onnx").open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.name = f"nli:{folder.name}/{digest[:8]}"
        try:
            self.entails = _entails(json.loads((folder / "config.json").read_text(encoding="utf-8")))
        except ValueError as error:
            raise Misuse(f"the support model {folder}: config.json: {error}") from error

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        return onnxruntime.InferenceSession(str(self._folder / "model.onnx"), providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS, strategy="only_first")
        return tokenizer

    def logits(self, evidence: str, claim: str) -> Logits:
        encoded = self._tokenizer.encode(evidence, claim)
        given = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
        inputs = {one.name: np.array([given[one.name]], np.int64) for one in self._session.get_inputs()}
        return np.asarray(self._session.run(None, inputs)[0][0], np.float64)


class CrossEncoder:
    """A cross-encoder by its name, through sentence-transformers. Raises Misuse where that is not installed."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import CrossEncoder as Encoder
        except ImportError as error:
            raise Misuse("support models by name need sentence-transformers: pip install sentence-transformers") from error
        self._encoder: Any = Encoder(name)
        self.name = f"nli:{name}"
        self.entails = _entails(self._encoder.model.config.to_dict())

    def logits(self, evidence: str, claim: str) -> Logits:
        return np.atleast_1d(np.asarray(self._encoder.predict([(evidence, claim)], activation_fn=None)[0], np.float64))


def _entails(config: dict[str, Any]) -> int | None:
    labels = {int(n): str(label).casefold() for n, label in config.get("id2label", {}).items()}
    found = [n for n, label in labels.items() if label.startswith("entail")]
    if found:
        return found[0]
    if len(labels) > 1:
        raise ValueError(f"none of its outputs is called entailment: {', '.join(labels.values())}")
    return None


def chosen(model: str) -> Nli:
    """The rung for a folder, or for a name."""
    folder = Path(model).expanduser()
    return Nli(OnnxFolder(folder) if folder.is_dir() else CrossEncoder(model))
