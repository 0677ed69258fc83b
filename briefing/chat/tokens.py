"""Counting tokens without ever waiting for a network: exact where tiktoken's encoding file lies on this machine, an
upper estimate elsewhere, and always labelled which."""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import Misuse, SourceRefused

if TYPE_CHECKING:
    from index.fetch import Fetcher

MARGIN = 1.1  # an estimate is raised by this where a budget is reserved
# tiktoken deletes a file with another hash and fetches it anew, without a time limit: such a file is no file here.
_SHA256 = {
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
FETCHED = ("o200k_base", "cl100k_base")  # what the models of today count by
_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"  # tiktoken names its cache files by its sha1
BYTES_PER_TOKEN = 3  # an upper estimate: English news has about 4.5 bytes a token in o200k_base
TOKENS_PER_WORD = 1.5


@dataclass(frozen=True, slots=True)
class TokenCount:
    n: int
    exact: bool
    method: str


def count_tokens(text: str, model: str) -> TokenCount:
    """How many tokens a text takes for a model."""
    encoding = _cached_encoding(model)
    if encoding is not None:
        import tiktoken

        return TokenCount(len(tiktoken.get_encoding(encoding).encode_ordinary(text)), True, encoding)
    estimate = max(math.ceil(len(text.encode()) / BYTES_PER_TOKEN), math.ceil(len(text.split()) * TOKENS_PER_WORD))
    return TokenCount(estimate, False, "estimated")


def _cached_encoding(model: str) -> str | None:
    """The model's encoding, where its file is already here; tiktoken would otherwise fetch it without a time limit."""
    from tiktoken.model import encoding_name_for_model

    try:
        name = encoding_name_for_model(model)
    except KeyError:
        return None
    file = cache_file(name)
    try:
        stamp = file.stat()
    except OSError:
        return None
    return name if _sound(name, file, stamp.st_size, stamp.st_mtime_ns) else None


@lru_cache(maxsize=16)
def _sound(name: str, file: Path, size: int, changed: int) -> bool:
    """Whether a file is the encoding it should be; looked at once while it does not change."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == _SHA256.get(name)
    except OSError:
        return False


def cache_file(name: str) -> Path:
    """Where tiktoken keeps an encoding."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    place = Path(folder) if folder else Path(tempfile.gettempdir()) / "data-gym-cache"
    return place / hashlib.sha1(_URL.format(name).encode()).hexdigest()


def fetch_encoding(name: str, fetcher: Fetcher) -> Path:
    """Fetch an encoding's file, checked by its hash, to where tiktoken looks for it. Raises SourceUnreachable, SourceRefused,
    Misuse for an encoding that is not known."""
    if name not in _SHA256:
        raise Misuse(f"there is no encoding {name!r}; there are: {', '.join(_SHA256)}")
    body = fetcher.get(_URL.format(name)).content
    if hashlib.sha256(body).hexdigest() != _SHA256[name]:
        raise SourceRefused(f"{_URL.format(name)} gave another file than the encoding {name}")
    file = cache_file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(body)
    part.replace(file)
    return file
