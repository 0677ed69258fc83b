"""The command line: verbs that parse, call the desk, print."""

from __future__ import annotations

import os
import sys


def _encodable(arguments: list[str]) -> None:
    """Arguments that are no text (bytes of another encoding) cannot name or mean anything here. Raises Misuse."""
    from index.errors import Misuse

    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise Misuse(f"the argument {argument!r} is not UTF-8 text") from error


def main() -> None:
    """Run the command line; whatever goes wrong ends in one sentence on stderr and the contract's exit code."""
    from briefing.cli.app import app
    from index.errors import BriefingError

    try:
        _encodable(sys.argv)
        app()
    except BriefingError as error:
        print(f"briefing: {error}", file=sys.stderr)  # noqa: T201 - the way out
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(f"briefing: a file or folder cannot be used: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        sys.exit(3)
    except Exception as error:
        if os.environ.get("BRIEFING_DEBUG"):
            raise
        print(f"briefing: unexpected {type(error).__name__}: {error}"[:400], file=sys.stderr)  # noqa: T201
        print("Please report this; BRIEFING_DEBUG=1 shows where it happened.", file=sys.stderr)  # noqa: T201
        sys.exit(3)
