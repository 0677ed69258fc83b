"""Counting tokens without ever waiting for a network: exact where tiktoken's encoding file lies on this machine, an
upper estimate elsewhere, and always labelled which."""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

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
    folder = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    place = Path(folder) if folder else Path(tempfile.gettempdir()) / "data-gym-cache"
    file = place / hashlib.sha1(_URL.format(name).encode()).hexdigest()
    return name if file.is_file() else None
