"""Parsing of what strangers wrote happens in a child process with bounds on time and memory: it may hang, eat memory or
crash, and costs one clear line."""

from __future__ import annotations

import atexit
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator

from index.archive import NewArticle
from index.article import Rejected
from index.errors import UnreadableInput
from index.sources.given import Given

SECONDS = 30.0  # for one file
MEMORY = 1_536 * 1024 * 1024  # bytes of address space of the child, libraries included
_LENGTH = 8  # bytes before each message: how long it is


class Parsers:
    """One child that parses file after file; replaced when it had to be stopped."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, kind: str, content: bytes, label: str, given: Given) -> Iterator[NewArticle | Rejected]:
        """What the reader of this kind makes of the content. Raises UnreadableInput, also past the bounds."""
        with self._lock:
            answer = self._asked(pickle.dumps((kind, content, label, given)))
        if isinstance(answer, UnreadableInput):
            raise answer
        yield from answer

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None

    def _asked(self, message: bytes) -> list[NewArticle | Rejected] | UnreadableInput:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._seconds, stop)
        timer.start()
        try:
            child.stdin.write(len(message).to_bytes(_LENGTH, "big") + message)
            child.stdin.flush()
            length = int.from_bytes(child.stdout.read(_LENGTH), "big")
            reply = child.stdout.read(length) if length else b""
        except (BrokenPipeError, OSError):
            reply = b""
        finally:
            timer.cancel()
        if not reply or len(reply) < length:
            self.close()
            if late.is_set():
                return UnreadableInput(f"parsing it took longer than {self._seconds:g} s and was stopped")
            return UnreadableInput(f"parsing it needed more than {self._memory >> 20} MiB, or broke the parser")
        answer: list[NewArticle | Rejected] | UnreadableInput = pickle.loads(reply)
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            command = [sys.executable, "-m", "index.sources.worker", str(self._memory)]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            atexit.register(self.close)
        return self._child


PARSERS = Parsers()
