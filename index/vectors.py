"""The vector store: chroma, embedded in the data folder or behind a server's address. The only place that knows chromadb.

An embedded chroma path must not be open in two processes while one writes (silent loss, crashes). So only who writes or
checks opens it, alone, under a lock file, and closes it again; searches read the files of `index.scan`, which whoever
writes also writes. A chroma server may be used by many at once and answers searches itself."""

from __future__ import annotations

import hashlib
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.article import PassageId
from index.embedding import Vectors
from index.errors import Damaged, IndexMismatch, Misuse, Unusable
from index.scan import Mapped, RowVectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from index.archive.rows import PassageTable

ANSWERS_WITHIN = 10.0  # seconds, a vector server
WAIT_SECONDS = 120.0  # for another process to finish its batch
_PREFIX = "passages-"
_BATCH = 5_000  # chroma takes at most 5,461 records a call
_EF_SEARCH = 400  # recall falls when this is under twice the number of results
NEAREST = 400  # vectors that a server is asked for, a question
_CHECKED = 200  # vectors whose copy is compared with chroma's, one in so many


@dataclass(frozen=True, slots=True)
class _Placed:
    """The mapped vectors of one generation of the archive: where each lies, ascending, and at which place its passage."""

    generation: int
    mapped: Mapped
    lies: NDArray[np.int64]
    places: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of the placed vectors those of visible articles: where each lies, ascending; and for every passage of the table
    which of them stands for it, their count where none does."""

    generation: int
    visible: NDArray[np.bool_]
    lies: NDArray[np.int64]
    nearest: NDArray[np.int64]

    @classmethod
    def of(cls, placed: _Placed, table: PassageTable, visible: NDArray[np.bool_]) -> _Seen:
        seen = visible[table.article[placed.places]]
        count = int(seen.sum())
        nearest = np.full(len(table), count)
        nearest[placed.places[seen]] = np.arange(count)
        return cls(placed.generation, visible, placed.lies[seen], nearest[table.stands])


class VectorStore:
    """Vectors by passage id and row, cosine, built under one identity: in a folder, or on a server."""

    def __init__(self, folder: Path, identity: str, server: str | None = None) -> None:
        self._folder, self.identity, self._server = folder, identity, server
        self._lock = FileLock(f"{folder}.lock")
        self._name = _PREFIX + hashlib.sha256(identity.encode()).hexdigest()[:16]
        self._scan = RowVectors(Path(f"{folder}-read"), self._name)
        self._placed: _Placed | None = None
        self._seen: _Seen | None = None  # of the question before: many are asked within the same bounds
        self._client: ClientAPI | None = None  # of a server; an embedded one is never kept
        self._collection: Collection | None = None

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """The store, for this process alone. Raises Unusable, IndexMismatch, Damaged."""
        with self._alone():
            if self._server:
                yield Opened(self._remote(self._server), None)
                return
            client = _client(self._folder)
            try:
                yield Opened(_collection(client, self._name, self.identity), self._scan)
            finally:
                client.close()  # type: ignore[attr-defined]

    def close(self) -> None:
        """Let go of the server, where there is one."""
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()  # type: ignore[attr-defined]
            owners: tuple[Any, ...] = (client, client._admin_client)  # type: ignore[attr-defined]
            for owner in owners:
                owner._server._session.close()  # which it leaves open

    def _remote(self, address: str) -> Collection:
        if self._client is None:
            self._client = _server(address)
        if self._collection is None:
            self._collection = _collection(self._client, self._name, self.identity)
        return self._collection

    @contextmanager
    def removed(self) -> Iterator[None]:
        """Throw all vectors away (they can always be made again from the archive), and nobody writes meanwhile."""
        with self._alone():
            if self._server:
                self._client = self._client or _server(self._server)
                for collection in self._client.list_collections():
                    if collection.name.startswith(_PREFIX):
                        self._client.delete_collection(collection.name)
                self._collection = None
            shutil.rmtree(self._folder, ignore_errors=True)
            shutil.rmtree(f"{self._folder}-read", ignore_errors=True)
            yield

    def similarities(self, queries: Vectors, table: PassageTable, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Cosine of each query to each passage of the visible articles, at the table's places [queries, P]; minus
        infinity where there is none. A passage is as near as the one whose vector stands for it."""
        if self._server:
            return self._asked(queries, table, visible)
        placed = self._current(table)
        if self._seen is None or self._seen.visible is not visible or self._seen.generation != placed.generation:
            self._seen = _Seen.of(placed, table, visible)
        near = placed.mapped.similarities(queries, self._seen.lies)
        none = np.full((len(queries), 1), -np.inf, np.float32)
        return np.concatenate([near, none], axis=1)[:, self._seen.nearest]

    def _current(self, table: PassageTable) -> _Placed:
        if self._placed is None or self._placed.generation != table.generation:
            mapped = self._scan.mapped()
            lies = mapped.last[mapped.rows[mapped.last] < len(table.place_of)]
            places = table.place_of[mapped.rows[lies]]
            self._placed = _Placed(table.generation, mapped, lies[places >= 0], places[places >= 0])
        return self._placed

    def _asked(self, queries: Vectors, table: PassageTable, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The same from a server: of its nearest only, and by a range that holds the visible articles."""
        found = np.full((len(queries), len(table)), -np.inf, np.float32)
        if not visible.any():
            return found
        bounds = table.knowable[visible]
        between: Any = {"$and": [{"knowable": {"$gte": int(bounds.min())}}, {"knowable": {"$lte": int(bounds.max())}}]}
        collection = self._remote(self._server or "")
        try:
            answers = collection.query(
                query_embeddings=queries, n_results=NEAREST, where=between, include=["distances", "metadatas"]
            )
        except Exception as error:  # its client raises whatever its HTTP library raises
            raise Unusable(f"the vector server {self._server} does not answer ({type(error).__name__})") from error
        both = zip(answers["metadatas"] or [], answers["distances"] or [], strict=True)
        for n, (metadatas, distances) in enumerate(both):
            for metadata, distance in zip(metadatas, distances, strict=True):
                row = int(metadata["row"])  # type: ignore[arg-type]
                place = int(table.place_of[row]) if row < len(table.place_of) else -1
                if place >= 0 and visible[table.article[place]]:
                    found[n, place] = 1.0 - distance
        return found[:, table.stands]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            held = self._lock.acquire(timeout=WAIT_SECONDS)
        except Timeout as error:
            raise Unusable(f"another process has held the vector store for {WAIT_SECONDS:.0f} s") from error
        except OSError as error:
            raise Unusable(f"the vector store {self._folder} cannot be used: {error.strerror or error}") from error
        with held:
            yield


class Opened:
    """The collection while the lock is held."""

    def __init__(self, collection: Collection, scan: RowVectors | None) -> None:
        self._collection, self._scan = collection, scan

    @property
    def bare(self) -> Collection:
        """Chroma's own collection, for whoever compares with it."""
        return self._collection

    def count(self) -> int:
        return self._collection.count()

    def ids(self) -> set[PassageId]:
        return set(self._collection.get(include=[])["ids"])

    def put(self, ids: Sequence[PassageId], rows: Sequence[int], vectors: Vectors, knowable: Sequence[int]) -> None:
        """Store by passage id, replacing. `rows`: the passage's row number; `knowable`: epoch seconds."""
        for at in range(0, len(ids), _BATCH):
            some = slice(at, at + _BATCH)
            self._collection.upsert(
                ids=list(ids[some]),
                embeddings=np.ascontiguousarray(vectors[some]),
                metadatas=[{"row": row, "knowable": when} for row, when in zip(rows[some], knowable[some], strict=True)],
            )
        if self._scan is not None and len(ids):
            self._scan.append(np.asarray(rows, np.int32), vectors)

    def delete(self, ids: Sequence[PassageId]) -> None:
        """Take vectors out; what searches read of them is blanked."""
        for at in range(0, len(ids), _BATCH):
            some = list(ids[at : at + _BATCH])
            held = self._collection.get(ids=some, include=["metadatas"])["metadatas"] or []
            self._collection.delete(ids=some)
            if self._scan is not None:
                self._scan.blank({int(m["row"]) for m in held})  # type: ignore[arg-type]

    def copy(self, ids: set[PassageId]) -> None:
        """Write stored vectors anew into the files that searches read."""
        if self._scan is not None and ids:
            held = self._collection.get(ids=list(ids), include=["embeddings", "metadatas"])
            rows = np.array([m["row"] for m in held["metadatas"] or []], np.int32)
            self._scan.append(rows, np.asarray(held["embeddings"], np.float32))

    def unread(self) -> set[PassageId]:
        """Stored vectors of which the files that searches read hold no copy, or (looking at one in some) another."""
        if self._scan is None:
            return set()
        mapped = self._scan.mapped()
        lies = dict(zip(mapped.rows.tolist(), range(len(mapped.rows)), strict=True))
        held = self._collection.get(include=["metadatas"])
        rows = [int(m["row"]) for m in held["metadatas"] or []]  # type: ignore[arg-type]
        missing = {i for i, row in zip(held["ids"], rows, strict=True) if row not in lies}
        looked_at = [i for i in held["ids"][::_CHECKED] if i not in missing]
        if looked_at:
            kept = self._collection.get(ids=looked_at, include=["embeddings", "metadatas"])
            for i, vector, metadata in zip(kept["ids"], kept["embeddings"], kept["metadatas"] or [], strict=True):  # type: ignore[arg-type]
                own = mapped.vectors[lies[int(metadata["row"])]]  # type: ignore[arg-type]
                if float(own @ vector) < 0.999:
                    missing.add(i)
        return missing


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception as error:  # chroma raises whatever its Rust core raises; all of it means the same here
        SharedSystemClient.clear_system_cache()  # it would hand out the broken one again
        raise Damaged(f"the vector store cannot be opened ({error}): run `briefing index rebuild`") from error


def _server(address: str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misuse(f"the vector server {address!r} is no http or https address")
    port = parts.port or (443 if parts.scheme == "https" else 8000)
    try:
        socket.create_connection((parts.hostname, port), timeout=ANSWERS_WITHIN).close()
        return chromadb.HttpClient(
            host=parts.hostname, port=port, ssl=parts.scheme == "https", settings=Settings(anonymized_telemetry=False)
        )
    except (OSError, ValueError) as error:  # chroma raises a plain ValueError
        raise Unusable(f"the vector server {address} does not answer ({error})") from error


def _collection(client: ClientAPI, name: str, identity: str) -> Collection:
    metadata: dict[str, Any] = {"identity": identity}
    others = {c.name: (c.metadata or {}).get("identity", "unknown") for c in client.list_collections()}
    if others and name not in others:
        raise IndexMismatch(str(next(iter(others.values()))), identity)
    collection = client.get_or_create_collection(
        name,
        embedding_function=None,
        metadata=metadata,
        configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
    )
    space = collection.configuration_json["hnsw"]["space"]
    found = (collection.metadata or {}).get("identity")
    if space != "cosine" or found != identity:
        raise IndexMismatch(f"{found} ({space})", identity)
    return collection
