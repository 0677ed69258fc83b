"""Embeddings that run here: the built-in one (all-MiniLM-L6-v2 as int8 ONNX, shipped in the package), or an ONNX folder.
Nothing is downloaded, ever."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import Damaged, Misuse
from index.partial import up_to

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]  # [texts, dimension], each row of L2 norm 1

DIMENSION = 384
MOST_TOKENS = 256  # word pieces read of one text; the rest is left to the terms
SHA256 = {
    "model.onnx": "2f81c89907dbbdcae40e5bcf4189a8dc0cabb2924546a7c7e5cc5d0a50f7a372",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class Embedder(Protocol):
    """Turns texts into vectors. `identity` names everything that shapes them."""

    identity: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, L2 norm 1. No texts: shape (0, dimension)."""
        ...


def checked(name: str) -> bytes:
    """A file of the model folder, its sha256 checked. Raises Damaged."""
    with as_file(files("index") / "model" / name) as path:
        content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise Damaged(f"the built-in embedding file {name} is missing or altered: reinstall ceasefire-briefing")
    return content


class _Onnx:
    """A sentence embedding in ONNX with its tokenizer, run one text a call: dynamic int8 has one activation scale per
    tensor, so in a batch a vector would change with its neighbours; alone it is a function of its text and costs no
    more."""

    identity: str

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or os.cpu_count() or 1

    def _model(self) -> bytes | str:
        raise NotImplementedError

    def _vocabulary(self) -> str:
        raise NotImplementedError

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # threads go over texts, not inside one
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self._model(), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(self._vocabulary())
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return tokenizer

    @cached_property
    def _inputs(self) -> frozenset[str]:
        return frozenset(one.name for one in self._session.get_inputs())

    @cached_property
    def _output(self) -> str:
        names = [one.name for one in self._session.get_outputs()]
        return "sentence_embedding" if "sentence_embedding" in names else names[0]

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        _ = self._inputs, self._output, self._tokenizer  # loaded once, before the threads
        if len(texts) == 1:
            return self._one(texts[0])[None]
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._one, texts)))

    def _given(self, pieces: Sequence[int]) -> dict[str, NDArray[np.int64]]:
        ids = np.array([pieces], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return {name: value for name, value in inputs.items() if name in self._inputs}

    def _one(self, text: str) -> NDArray[np.float32]:
        (found,) = self._session.run([self._output], self._given(self._tokenizer.encode(text).ids))
        vector = np.asarray(found[0], np.float32)
        if vector.ndim == 2:  # one row a token: mean pooling
            vector = vector.mean(0)
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


class MiniLM(_Onnx):
    """all-MiniLM-L6-v2, int8, as it ships."""

    identity = f"all-MiniLM-L6-v2-int8/{SHA256['model.onnx'][:12]}/{MOST_TOKENS}"

    def _model(self) -> bytes | str:
        return checked("model.onnx")

    def _vocabulary(self) -> str:
        return checked("tokenizer.json").decode()


class WordPieces(MiniLM):
    """What the built-in embedding takes each word piece for, before its first layer: a vector by the piece, its place and
    nothing around it. Costs a hundredth of the embedding."""

    _STATES = "x0"

    def _model(self) -> bytes | str:
        return up_to(checked("model.onnx"), self._STATES)

    def pieces(self, text: str) -> tuple[NDArray[np.float32], tuple[tuple[int, int], ...]]:
        """One row a word piece [pieces, dimension], and the characters of `text` that it stands for."""
        encoded = self._tokenizer.encode(text)
        (found,) = self._session.run([self._STATES], self._given(encoded.ids))
        return np.asarray(found[0][1:-1], np.float32), tuple((start, end) for start, end in encoded.offsets[1:-1])


class OnnxFolder(_Onnx):
    """A folder with `model.onnx` (token or sentence embeddings) and `tokenizer.json`. Raises Misuse."""

    def __init__(self, folder: Path, tokenizer: Path | None = None, threads: int | None = None) -> None:
        super().__init__(threads)
        self._file, self._tokens = folder / "model.onnx", tokenizer or folder / "tokenizer.json"
        if missing := [file for file in (self._file, self._tokens) if not file.is_file()]:
            raise Misuse(f"the embedding folder {folder} holds no {missing[0].name}")
        with self._file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.identity = f"onnx/{folder.name}/{digest[:12]}/{MOST_TOKENS}"

    def _model(self) -> bytes | str:
        return str(self._file)  # by its path: weights may lie beside it

    def _vocabulary(self) -> str:
        return self._tokens.read_text(encoding="utf-8")
