"""Any embedding langchain can name as ours, and ours as one of langchain's.

Which one is a setting; the index remembers by which it was built (`identity`) and refuses another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from langchain_core.embeddings import Embeddings

from briefing.settings import EmbeddingSettings
from index.embedding import Embedder, MiniLM, OnnxFolder, Vectors
from index.errors import EmbeddingUnavailable, Misuse

if TYPE_CHECKING:
    from langchain_openai import OpenAIEmbeddings


class FromLangchain:
    """A langchain embedding as the index uses it: one row a text, L2 norm 1."""

    def __init__(self, inner: Embeddings, identity: str, where: str) -> None:
        self._inner, self.identity, self._where = inner, identity, where

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Raises EmbeddingUnavailable where the service fails or answers with what are no vectors."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        try:
            rows = self._inner.embed_documents(list(texts))
            vectors = np.asarray(rows, np.float32)
        except _failures() as error:
            reason = f"status {code}" if (code := getattr(error, "status_code", None)) else type(error).__name__
            raise EmbeddingUnavailable(f"{self._where} does not answer ({reason})") from error
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:  # a body that holds no vectors
            raise EmbeddingUnavailable(f"{self._where} answers with what are no vectors") from error
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True) if vectors.ndim == 2 else np.zeros((0, 1))
        if len(lengths) != len(texts) or not np.isfinite(vectors).all() or not (lengths > 0).all():
            raise EmbeddingUnavailable(f"{self._where} answers with what are no vectors")
        return np.asarray(vectors / lengths, np.float32)


class ForLangchain(Embeddings):
    """An embedder of the index for somebody else's langchain chain."""

    def __init__(self, inner: Embedder | None = None) -> None:
        self._inner = inner or MiniLM()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._inner.embed(texts).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def chosen(settings: EmbeddingSettings) -> Embedder:
    """The embedder the settings name. Raises Misuse where it cannot be had."""
    match settings.kind:
        case "builtin":
            return MiniLM()
        case "openai":
            return FromLangchain(_openai(settings), _openai_identity(settings), settings.where)
        case "onnx":
            return OnnxFolder(_folder(settings))
        case "sentence-transformers":
            return _sentence_transformers(_folder(settings), settings)


def _openai(settings: EmbeddingSettings) -> OpenAIEmbeddings:
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    return OpenAIEmbeddings(
        model=settings.model,
        base_url=settings.base_url,
        api_key=SecretStr(settings.api_key),
        dimensions=settings.dimensions,
        chunk_size=settings.batch,
        timeout=settings.timeout_seconds,
        max_retries=settings.retries,
        check_embedding_ctx_length=False,  # it would send token numbers, which only one vendor understands
    )


def _openai_identity(settings: EmbeddingSettings) -> str:
    place = urlsplit(settings.base_url).netloc if settings.base_url else "openai"
    return f"{place}/{settings.model}/{settings.dimensions or 'full'}"


def _folder(settings: EmbeddingSettings) -> Path:
    place = Path(settings.model).expanduser()
    if not place.is_dir():
        raise Misuse(f"embedding.model: {place} is no folder")
    return place


def _sentence_transformers(folder: Path, settings: EmbeddingSettings) -> Embedder:
    for place in (folder, folder / "onnx"):  # most such folders bring an ONNX export, which needs nothing more
        if (place / "model.onnx").is_file():
            return OnnxFolder(place, folder / "tokenizer.json")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise Misuse(f"{folder} holds no ONNX export, and the package sentence-transformers is not installed") from error
    model = SentenceTransformer(str(folder))
    weights = sorted(p for p in folder.glob("*") if p.suffix in {".safetensors", ".bin"})
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in weights)).hexdigest()[:12]
    encode: Callable[[list[str]], list[list[float]]] = lambda texts: model.encode(texts).tolist()  # noqa: E731
    return FromLangchain(_Called(encode), f"sentence-transformers/{folder.name}/{digest}", settings.where)


class _Called(Embeddings):
    def __init__(self, encode: Callable[[list[str]], list[list[float]]]) -> None:
        self._encode = encode

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._encode(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._encode([text])[0]


def _failures() -> tuple[type[Exception], ...]:
    """What a client raises where its service fails."""
    import openai

    return (openai.OpenAIError, OSError)
