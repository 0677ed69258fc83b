"""The built-in embedding: all-MiniLM-L6-v2 as int8 ONNX, shipped in the package. Nothing is downloaded, ever."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import Damaged

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


class MiniLM:
    """all-MiniLM-L6-v2, int8. One text a call: dynamic int8 has one activation scale per tensor, so in a batch a
    vector would change with its neighbours; alone it is a function of its text and costs no more."""

    identity = f"all-MiniLM-L6-v2-int8/{SHA256['model.onnx'][:12]}/{MOST_TOKENS}"

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or os.cpu_count() or 1

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # threads go over texts, not inside one
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(checked("model.onnx"), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(checked("tokenizer.json").decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return tokenizer

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        _ = self._session, self._tokenizer  # loaded once, before the threads
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._one, texts)))

    def _one(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (vector,) = self._session.run(["sentence_embedding"], inputs)
        return np.asarray(vector[0], np.float32)
