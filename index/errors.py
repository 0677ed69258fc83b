"""The error tree of the whole product. A message is one sentence a user can act on.

BriefingError
  Misuse                      (exit 2) the command was asked for something it cannot mean
  Unusable                    (exit 3) the installation or its data cannot be used
    NewerSchema
    Damaged
    IndexMismatch
  UnreadableInput             one item of a batch; the rest goes on
    SourceRefused             an address that must not, or does not want to, be fetched
    SourceUnreachable         (retryable) an address that cannot be fetched now
  EmbeddingUnavailable        (retryable) the embedding service cannot be reached or will not answer
  ModelUnavailable            (retryable) the language model cannot be reached or will not answer
  UnreadableReply             the language model answered, but not in the shape asked for
"""

from __future__ import annotations

from typing import ClassVar


class BriefingError(Exception):
    """Anything this product refuses, with one sentence for the user."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False


class Misuse(BriefingError):
    """The request itself makes no sense: a time that is none, a topic nobody wrote."""

    exit_code = 2


class Unusable(BriefingError):
    """The installation or its data folder cannot be used."""

    exit_code = 3


class NewerSchema(Unusable):
    """The data folder was written by a newer release."""

    def __init__(self, place: str, found: str, newest_known: str) -> None:
        super().__init__(
            f"{place} was written by a newer release (schema {found}; this one knows up to {newest_known}): "
            "upgrade ceasefire-briefing, or name another folder with --data"
        )


class Damaged(Unusable):
    """A file of the installation or of the data folder is not what it should be."""


class IndexMismatch(Unusable):
    """The index was built with another embedding or another way of cutting passages."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"the index was built as {found}, the settings ask for {wanted}: run `briefing index rebuild`")


class UnreadableInput(BriefingError):
    """One item that cannot become an article."""


class SourceRefused(UnreadableInput):
    """An address that must not be fetched, or whose owner does not want it fetched."""


class SourceUnreachable(UnreadableInput):
    """An address that cannot be fetched now."""

    retryable = True


class EmbeddingUnavailable(BriefingError):
    """The embedding service cannot be reached, refuses, or ran out of time."""

    retryable = True


class ModelUnavailable(BriefingError):
    """The language model cannot be reached, refuses, or ran out of time."""

    retryable = True


class UnreadableReply(BriefingError):
    """The language model answered, but not in the shape that was asked for."""
