"""An OpenAI-compatible chat server of our own, over real HTTP: it behaves well, or badly in one named way.

Honest mode answers from the evidence in its prompt, under the schema of the request."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_EVIDENCE = re.compile(r"<<<(E\d+)\n(.*?)\n\1>>>", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z“][^.!?\n]{30,220}[.!?]”?(?=\s|$)")


@dataclass
class ModelServer:
    """A running server: what it was asked, and how it misbehaves."""

    mode: str = "honest"
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        evidence = _EVIDENCE.findall(request["messages"][-1]["content"])
        return WAYS[self.mode](evidence)


def _honest(evidence: list[tuple[str, str]]) -> dict[str, Any]:
    """The first ceasefire sentences of the evidence, word for word."""
    sentences = []
    for issued, text in evidence:
        body = text.split("\n", 1)[1]
        for match in _SENTENCE.finditer(body):
            words = match.group()
            if "ceasefire" in words and len(words.split()) <= 30 and len(sentences) < 3:
                sentences.append({"section": "bottom_line", "text": words, "citations": [{"evidence": issued, "quote": words}]})
                break
    return {"sentences": sentences}


def _altered(change: Callable[[dict[str, Any]], None]) -> Callable[[list[tuple[str, str]]], dict[str, Any]]:
    def way(evidence: list[tuple[str, str]]) -> dict[str, Any]:
        reply = _honest(evidence)
        change(reply["sentences"][0])
        return reply

    return way


def _invents_an_id(sentence: dict[str, Any]) -> None:
    sentence["citations"][0]["evidence"] = "E999"


def _alters_the_quote(sentence: dict[str, Any]) -> None:
    sentence["citations"][0]["quote"] = sentence["citations"][0]["quote"].replace("ceasefire", "lasting peace")


def _adds_a_number(sentence: dict[str, Any]) -> None:
    sentence["text"] += " Some 4,711 people were killed."


def _swaps_a_name(sentence: dict[str, Any]) -> None:
    sentence["text"] = "Volodymyr Zelenskyy said so: " + sentence["text"]


def _says_something_else(sentence: dict[str, Any]) -> None:
    sentence["text"] = "both sides have signed a permanent peace treaty and opened embassies in neutral capitals"


def _cites_nothing(sentence: dict[str, Any]) -> None:
    sentence["citations"] = []


WAYS: dict[str, Callable[[list[tuple[str, str]]], dict[str, Any]]] = {
    "honest": _honest,
    "invents-an-id": _altered(_invents_an_id),
    "alters-the-quote": _altered(_alters_the_quote),
    "adds-a-number": _altered(_adds_a_number),
    "swaps-a-name": _altered(_swaps_a_name),
    "says-something-else": _altered(_says_something_else),
    "cites-nothing": _altered(_cites_nothing),
    "wrong-shape": lambda evidence: {"answer": 42},
    "empty": lambda evidence: {"sentences": []},
}
STATUSES = {"401": 401, "404": 404, "429": 429, "500": 500}


@contextmanager
def model_server(mode: str = "honest") -> Iterator[ModelServer]:
    """A server on loopback; `url` is what OPENAI_BASE_URL wants."""
    state = ModelServer(mode)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.requests.append(request)
            if self.path.endswith("/embeddings") and state.mode in {"honest", "half"}:
                vectors = [bag_of_words(text) for text in request["input"]]
                self._send(200, _embeddings(vectors if state.mode == "honest" else vectors[::2]))
                return
            if state.mode in STATUSES:
                self._send(STATUSES[state.mode], {"error": {"message": "no"}})
            elif state.mode == "html":
                self._raw(200, b"<html><body>sign in</body></html>", "text/html")
            elif state.mode == "hangs":
                time.sleep(3)
            elif state.mode == "not-json":
                self._send(200, _completion("I cannot do that in JSON, sorry."))
            elif state.mode == "no-choices":
                self._send(200, {**_completion(""), "choices": []})
            elif state.mode == "refuses":
                reply = _completion("")
                reply["choices"][0]["message"] |= {"content": None, "refusal": "I will not."}
                self._send(200, reply)
            elif "queries" in json.dumps(request.get("response_format", {})):
                question = request["messages"][-1]["content"]
                self._send(200, _completion(json.dumps({"queries": ["truce envoy talks", "", question.split("\n")[1]]})))
            elif "<<<CLAIM" in request["messages"][-1]["content"] and state.mode == "honest":
                self._send(200, _completion(json.dumps({"missing": "", "verdict": "supported"})))
            elif "ARTICLE" in request["messages"][-1]["content"]:
                self._send(200, _completion(json.dumps(_read(request["messages"][-1]["content"]))))
            else:
                self._send(200, _completion(json.dumps(state.answer(request))))

        def _send(self, status: int, body: dict[str, Any]) -> None:
            self._raw(status, json.dumps(body).encode(), "application/json")

        def _raw(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("retry-after-ms", "10")
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def bag_of_words(text: str, dimension: int = 64) -> list[float]:
    """A vector of which words occur: near for texts of like words, the same on every machine."""
    counts = [0.01] * dimension
    for word in re.findall(r"\w+", text.casefold()):
        counts[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % dimension] += 1.0
    return counts


def _read(prompt: str) -> dict[str, Any]:
    """Statements as a model might give them: one that the reader has in another stance, one it lacks, one made up."""
    article = prompt.split("<<<ARTICLE")[1].split("ARTICLE>>>")[0]
    lines = [line for line in article.splitlines() if line.strip()]
    return {
        "statements": [
            {"sentence": lines[0].strip(), "speaker": "Israel Katz", "party": "Israel", "stance": "conditions"},
            {"sentence": lines[-1].strip(), "speaker": "Najib Mikati", "party": "Lebanon", "stance": "welcomes"},
            {"sentence": "Nobody wrote this sentence.", "speaker": "Israel Katz", "stance": "endorses"},
        ]
    }


def _embeddings(vectors: list[list[float]]) -> dict[str, Any]:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    return {"object": "list", "model": "test", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _completion(content: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }
