"""The vector store: chroma, embedded. The only place that knows chromadb.

An embedded chroma path must not be open in two processes while one writes (silent loss, crashes), so every use takes
a lock file, opens, works and closes; a process that comes back to an unchanged store keeps its client."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from index.article import Passage, PassageId
from index.embedding import Vectors
from index.errors import Damaged, IndexMismatch, Unusable

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

WAIT_SECONDS = 120.0  # for another process to finish its batch
_BATCH = 5_000  # chroma takes at most 5,461 records a call
_EF_SEARCH = 400  # recall falls when this is under twice the number of results


class VectorStore:
    """Vectors by passage id, cosine, in one folder, built under one identity."""

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder, self.identity = folder, identity
        self._lock = FileLock(f"{folder}.lock")
        self._name = "passages-" + hashlib.sha256(identity.encode()).hexdigest()[:16]

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """The store, for this process alone. Raises Unusable, IndexMismatch, Damaged."""
        with self._alone():
            client = _client(self._folder)
            try:
                yield Opened(_collection(client, self._name, self.identity))
            finally:
                client.close()  # type: ignore[attr-defined]

    @contextmanager
    def removed(self) -> Iterator[None]:
        """Throw all vectors away (they can always be made again from the archive), and nobody writes meanwhile."""
        with self._alone():
            shutil.rmtree(self._folder, ignore_errors=True)
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            held = self._lock.acquire(timeout=WAIT_SECONDS)
        except Timeout as error:
            raise Unusable(f"another process has held the vector store for {WAIT_SECONDS:.0f} s") from error
        except OSError as error:
            raise Unusable(f"the vector store {self._folder} cannot be used: {error.strerror or error}") from error
        with held:
            yield


class Opened:
    """The collection while the lock is held."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def count(self) -> int:
        return self._collection.count()

    def ids(self) -> set[PassageId]:
        return set(self._collection.get(include=[])["ids"])

    def put(self, passages: Sequence[Passage], vectors: Vectors, knowable: Sequence[int]) -> None:
        """Store by passage id, replacing. `knowable`: epoch seconds, one a passage."""
        for at in range(0, len(passages), _BATCH):
            some = slice(at, at + _BATCH)
            self._collection.upsert(
                ids=[p.id for p in passages[some]],
                embeddings=np.ascontiguousarray(vectors[some]),
                metadatas=[{"knowable": when} for when in knowable[some]],
            )

    def delete(self, ids: Sequence[PassageId]) -> None:
        for at in range(0, len(ids), _BATCH):
            self._collection.delete(ids=list(ids[at : at + _BATCH]))

    def nearest(
        self, vectors: Vectors, *, k: int, until: int | None = None, since: int | None = None
    ) -> list[dict[PassageId, float]]:
        """For each vector at most k, best first, with cosine similarity in [-1, 1]; only what was knowable in
        [since, until]. One call for many: the bounds are looked up once."""
        bounds: list[dict[str, Any]] = []
        if until is not None:
            bounds.append({"knowable": {"$lte": until}})
        if since is not None:
            bounds.append({"knowable": {"$gte": since}})
        found = self._collection.query(
            query_embeddings=vectors,
            n_results=k,
            where={"$and": bounds} if len(bounds) > 1 else (bounds[0] if bounds else None),
            include=["distances"],
        )
        pairs = zip(found["ids"], found["distances"] or [], strict=True)
        return [{i: 1.0 - d for i, d in zip(ids, distances, strict=True)} for ids, distances in pairs]


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception as error:  # chroma raises whatever its Rust core raises; all of it means the same here
        raise Damaged(f"the vector store cannot be opened ({error}): run `briefing index rebuild`") from error


def _collection(client: ClientAPI, name: str, identity: str) -> Collection:
    others = {c.name: (c.metadata or {}).get("identity", "unknown") for c in client.list_collections()}
    if others and name not in others:
        raise IndexMismatch(str(next(iter(others.values()))), identity)
    collection = client.get_or_create_collection(
        name,
        embedding_function=None,
        metadata={"identity": identity},
        configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
    )
    space = collection.configuration_json["hnsw"]["space"]
    found = (collection.metadata or {}).get("identity")
    if space != "cosine" or found != identity:
        raise IndexMismatch(f"{found} ({space})", identity)
    return collection
