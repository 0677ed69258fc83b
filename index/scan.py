"""Vectors in the order they came, in two plain files that readers map: what a search looks through.

Chroma keeps the vectors; an embedded chroma may not be open in one process while another writes, is slow to open, and
slow to filter. These files only ever grow, so any process may read them at any time, and what a question may not see is
left out before anything is compared. They are derived: `briefing index repair` copies from chroma what they lack."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

_ROW_BYTES = 4
SPARSE = 0.5  # of all vectors: when fewer are visible they are gathered, otherwise all are compared
RUN = 0.8  # of a stretch of the file: when so many of it are visible the stretch is compared as it lies


@dataclass(frozen=True)
class Mapped:
    """The vectors [N, dimension] as they were when the files were opened, and the passage row of each [N]."""

    rows: NDArray[np.int32]
    vectors: NDArray[np.float32]

    @cached_property
    def last(self) -> NDArray[np.int64]:
        """Where each row's newest vector lies, ascending; a row that was embedded again has older ones too."""
        _, from_end = np.unique(self.rows[::-1], return_index=True)
        return np.sort(len(self.rows) - 1 - from_end)

    def similarities(self, queries: Vectors, wanted: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of each query to each wanted vector, by its place in the file, ascending [queries, wanted]."""
        if not len(wanted):
            return np.zeros((len(queries), 0), np.float32)
        start, end = int(wanted[0]), int(wanted[-1]) + 1
        if len(wanted) >= RUN * (end - start) or len(wanted) >= SPARSE * len(self.rows):
            stretch = queries @ self.vectors[start:end].T
            return stretch if len(wanted) == end - start else stretch[:, wanted - start]
        return np.asarray(queries @ self.vectors[wanted].T, np.float32)


class RowVectors:
    """The two files of one embedding in one folder. One writer at a time (whoever holds the store's lock)."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._rows, self._vectors = folder / f"{name}.rows", folder / f"{name}.f32"
        self._size = folder / f"{name}.dimension"

    def append(self, rows: NDArray[np.int32], vectors: Vectors) -> None:
        """Add vectors; durable when it returns. What a killed writer left unfinished is cut off first."""
        self._folder.mkdir(parents=True, exist_ok=True)
        dimension = self.dimension
        if dimension is None:
            dimension = vectors.shape[1]
            self._size.write_text(str(dimension))
        count = self._whole(dimension)
        _write(self._vectors, count * dimension * 4, np.ascontiguousarray(vectors, np.float32).tobytes())
        _write(self._rows, count * _ROW_BYTES, np.ascontiguousarray(rows, np.int32).tobytes())  # last: it makes them count

    def blank(self, rows: Collection[int]) -> None:
        """Overwrite every vector of these rows with zeros."""
        mapped = self.mapped()
        lies = np.flatnonzero(np.isin(mapped.rows, list(rows)))
        if len(lies):
            kept = np.memmap(self._vectors, np.float32, "r+", shape=mapped.vectors.shape)
            kept[lies] = 0.0
            kept.flush()

    def mapped(self) -> Mapped:
        """What is there now."""
        dimension = self.dimension
        count = self._whole(dimension) if dimension else 0
        if not count or dimension is None:
            return Mapped(np.zeros(0, np.int32), np.zeros((0, dimension or 0), np.float32))
        rows = np.fromfile(self._rows, np.int32, count)
        return Mapped(rows, np.memmap(self._vectors, np.float32, "r", shape=(count, dimension)))

    @property
    def dimension(self) -> int | None:
        try:
            return int(self._size.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _whole(self, dimension: int) -> int:
        """How many vectors are written whole."""
        return min(_bytes(self._rows) // _ROW_BYTES, _bytes(self._vectors) // (dimension * 4))


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _write(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
