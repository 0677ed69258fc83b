"""The child of index.sources.limits: reads jobs, parses under a memory bound, answers. Run as a module, never by hand."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import sys
import warnings
from typing import BinaryIO

from index.errors import UnreadableInput
from index.sources.kinds import UNTRUSTED

_LENGTH = 8


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the parent closes its end."""
    while head := jobs.read(_LENGTH):
        kind, content, label, given = pickle.loads(jobs.read(int.from_bytes(head, "big")))
        try:
            reply: object = list(UNTRUSTED[kind](content, label, given))
        except UnreadableInput as error:
            reply = error
        except MemoryError:
            reply = UnreadableInput("parsing it needs more memory than is allowed")
        except RecursionError:
            reply = UnreadableInput("it is nested too deeply")
        except Exception as error:  # the outermost loop over strangers' bytes: whatever a parser raises is about them
            reply = UnreadableInput(f"it cannot be parsed ({type(error).__name__})")
        packed = pickle.dumps(reply)
        answers.write(len(packed).to_bytes(_LENGTH, "big") + packed)
        answers.flush()


def main() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a parser that prints must not be taken for an answer
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
