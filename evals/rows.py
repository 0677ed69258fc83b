"""Sets of cases as files: one JSON object a line, gzipped or not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from index.errors import Misuse

Row = dict[str, Any]


def rows_of(file: Path) -> list[Row]:
    """The objects of a file, in its order. Raises Misuse where there is no such file."""
    if not file.is_file():
        raise Misuse(f"{file.parent} holds no {file.name}")
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line) for line in content.decode().split("\n") if line.strip()]
