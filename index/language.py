"""Which language a text is in, where its source does not say."""

from __future__ import annotations

READ = 600  # characters; more does not change the answer for news
LEAST = 40  # characters; below this it cannot be told


def detect(text: str) -> str | None:
    """ISO 639-1, or None for a text too short to tell."""
    sample = text.strip()[:READ]
    if len(sample) < LEAST:
        return None
    from py3langid import classify

    return str(classify(sample)[0])


def declared(value: str | None) -> str | None:
    """The language of a tag like `en-GB`; None where it is none."""
    code = (value or "").strip().replace("_", "-").split("-")[0].lower()
    return code if 2 <= len(code) <= 3 and code.isalpha() else None
