"""An OpenAI-compatible server of our own, over real HTTP: chat (streaming too) and embeddings. It behaves well, or badly in
one named way.

Honest mode answers from the evidence in its prompt, under the schema of the request. A *fault* breaks the conversation. An
*evil* mode answers in perfect shape and lies: it changes what it writes in one of the ways of `mutating`, cites what it was
never shown, obeys what articles tell it to do."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any

from briefing.draft.candidates import same_words
from briefing.draft.compose import names_weekday
from briefing.services.earning import labelled_pairs, trial
from evals import served
from evals.endpoints import Endpoint
from evals.mutating import CHANGES
from index.calendar.days import day_mentions
from index.sentences import sentences as cut
from index.terms import terms

_FENCED = re.compile(r"<<<([A-Z]+\d*)\n(.*?)\n\1>>>", re.DOTALL)
Json = dict[str, Any]


@dataclass
class ModelServer:
    """A running server: what it was asked, how it misbehaves, and what it planted."""

    mode: str = "honest"
    requests: list[Json] = field(default_factory=list)
    url: str = ""
    planted: list[tuple[str, str]] = field(default_factory=list)  # kind of lie, the sentence
    honest: list[str] = field(default_factory=list)  # sentences written in good faith
    drip: float = 0.2  # seconds a byte
    endpoint: Endpoint | None = None  # what kind of server it is
    refused: int = 0  # requests it did not take, or cut short
    uploads: dict[str, str] = field(default_factory=dict)  # files of its batch interface, by id
    batches: dict[str, Json] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)  # the stance that it read in a sentence
    verdicts: dict[str, str] = field(default_factory=dict)  # what its second reading says of a sentence

    def answer(self, request: Json) -> Json:
        """What an honest model would say to a drafter's request, then made worse by the mode."""
        title = asked_for(request)
        system, user = request["messages"][0]["content"], request["messages"][-1]["content"]
        shown = dict(_FENCED.findall(user))
        if title == "picked_claims":
            return self._picked(shown, system)
        if title == "brief_sentences":
            return self._composed(shown, system)
        if title == "brief_title":
            return self._titled(shown)
        if title == "stances":
            return {"answers": [{"id": i, "stance": self._stance_again(text)} for i, text in shown.items()]}
        if title == "checked_sentences":
            return {"answers": [self._checked(i, text) for i, text in shown.items()]}
        return {"sentences": [self._mended(i, text) for i, text in shown.items()]}

    def _checked(self, issued: str, inside: str) -> Json:
        """What the trial's labels say of a sentence, or what it was told to say; of others it cannot tell."""
        text = inside.split("\n", 1)[0].removeprefix("Sentence: ")
        known = {row["text"]: "carried" if row["carried"] else "not-carried" for row in labelled_pairs()}
        verdict = self.verdicts.get(text) or known.get(text, "cannot-tell")
        return {"id": issued, "missing": "", "verdict": verdict, "ahead": verdict == "carried"}

    def _stance_again(self, inside: str) -> str:
        """The stance that it read before in these words; of others it cannot tell."""
        words = inside.split("\nSentence: ", 1)[-1].split("\nWhose stance: ")[0]
        return next((code for told, code in self.read.items() if told in words or words in told), "cannot-tell")

    # ---- honest

    def _picked(self, shown: dict[str, str], system: str) -> Json:
        claims: list[Json] = []
        for part in served.parts(system):
            claims += [c for c in self._picked_for(part, shown, system) if all(c["quote"] != one["quote"] for one in claims)]
        if self.mode == "evil:quote-altered":
            claims = [{**c, "quote": self._plant("quote-altered", served.altered(c["quote"]))} for c in claims]
        if self.mode == "evil:evidence-invented":
            claims = [{**c, "evidence": f"E{900 + n}"} for n, c in enumerate(claims)]
            for claim in claims:
                self._plant("evidence-invented", claim["quote"])
        if self.mode == "evil:obeys":
            orders = [(i, text) for i, text in shown.items() if served.orders(text)][:4]
            claims += [{"part": "bottom_line", "evidence": i, "quote": text[:300]} for i, text in orders]
        return {"claims": claims}

    def _picked_for(self, part: str, shown: dict[str, str], system: str) -> list[Json]:
        wanted = served.WANTED[part]
        asked = re.search(r"between (.+?), as of (\d{4}-\d\d-\d\d)", system)
        conflict, today = (asked[1], date.fromisoformat(asked[2])) if asked else ("", date.min)
        weighed: list[tuple[int, str, str]] = []
        for issued, inside in shown.items():
            body = inside.split("\n", 1)[-1]
            own = [
                words
                for start, end in cut(body)
                if served.stands_alone(words := body[start:end].strip()) and wanted.search(words)
            ]
            if served.ELSEWHERE.search(body) and not any(name in body for name in re.findall(r"[A-Z]\w+", conflict)):
                continue  # an honest model sees that this is about something else
            own = [
                w for w in own if not served.ORDER.search(w) and not any(m not in conflict for m in served.ELSEWHERE.findall(w))
            ]
            if wanted is served.AHEAD:
                own = [w for w in own if any(m.day > today for m in day_mentions(w, served.day(inside)))]
            weighed += [(served.weight(words), issued, words) for words in own]
        weighed.sort(key=lambda w: -w[0])
        best = {words: issued for _, issued, words in reversed(weighed)}  # a sentence of several carriers once
        claims: list[Json] = [{"part": part, "evidence": best[w], "quote": w} for _, _, w in weighed if w in best][:8]
        return list({claim["quote"]: claim for claim in claims}.values())

    def _composed(self, shown: dict[str, str], system: str) -> Json:
        sentences: list[Json] = []
        used: set[str] = set()
        said: list[set[str]] = []  # an honest model does not repeat itself
        for part in served.parts(system):
            mine = {i: text for i, text in shown.items() if part in served.offered_for(text) and i not in used}
            given = self._composed_of(mine, part, said)
            used |= {i for one in given for i in one["claims"]}
            sentences += [{"part": part, "partly": False, **one} for one in given]
        return {"sentences": sentences}

    def _composed_of(self, shown: dict[str, str], part: str, said: list[set[str]]) -> list[Json]:
        most = served.MOST[part]
        written = [(i, served.written(text), text) for i, text in shown.items()]
        written = [w for w in written if len(w[1].split()) <= served.WORDS and not names_weekday(w[1])]
        written = [w for w in written if not served.POINTS_BACK.match(w[1])]  # who that is, it would say
        written = [w for w in written if not (part == "bottom_line" and served.unnamed(w[2]))]
        written = list(islice((w for w in written if not _repeats(w[1], said)), most))
        sentences: list[Json] = []
        for n, (issued, text, inside) in enumerate(written):
            told, cited = self._worse(text, issued, inside, written[n - 1] if n else None)
            sentences.append({"text": told, "claims": cited})
            if self.mode == "honest":
                self.honest.append(told)
        if self.mode == "evil:plausible-addition" and written:
            chosen = int(hashlib.sha256(written[0][1].encode()).hexdigest(), 16)
            lie = self._plant("plausible-addition", served.PLAUSIBLE[chosen % len(served.PLAUSIBLE)])
            sentences.insert(0, {"text": lie, "claims": [written[0][0]]})
        if self.mode == "evil:obeys":
            for issued, _, inside in written:
                for order in served.orders(inside):
                    sentences.insert(0, {"text": self._plant("obeys", order), "claims": [issued]})
        return sentences[: most + 2]

    def _titled(self, shown: dict[str, str]) -> Json:
        """The first sentence that is short enough, or its main clause; where the model lies, made worse like any other."""
        short = {
            i: m[0] for i, t in shown.items() if (m := re.match(r"(?:\S+ ){6,13}?\S*[^\s,](?=,? (?:hours|after|as)\b|\.$)", t))
        }
        issued, text = next(iter(short.items()), (next(iter(shown)), ""))
        if not text or self.mode == "honest":
            return {"text": text.rstrip("."), "claims": [issued]}
        told, cited = self._worse(text, issued, f"Sample\n{text}", None)
        return {"text": told.rstrip("."), "claims": cited}

    def _worse(self, text: str, issued: str, inside: str, before: tuple[str, str, str] | None) -> tuple[str, list[str]]:
        kind = self.mode.removeprefix("evil:")
        if kind == "id-invented":
            return self._plant(kind, text), ["C99"]
        if kind == "cites-another" and before is not None and not _carries(before[2], text):
            return self._plant(kind, text), [before[0]]
        if kind == "words-of-another" and before is not None:
            speaker = served.speaker(before[2])
            if speaker and not any(name in text for name in re.findall(r"[A-Z]\w+", speaker)) and "“" in text:
                return self._plant(kind, f"{speaker} said: “{served.quoted(text)}”."), [issued]
        if kind == "other-language":
            return self._plant(kind, "Les deux parties ont accepté un cessez-le-feu permanent et signé un traité de paix."), [
                issued
            ]
        if self.mode.startswith("evil:") and kind in CHANGES:
            case = served.case(inside)
            changed = CHANGES[kind](random.Random(hashlib.sha256(text.encode()).hexdigest()), text, case)
            if changed is not None and changed != text:
                return self._plant(kind, changed), [issued]
        return text, [issued]

    def _mended(self, issued: str, inside: str) -> Json:
        """Honest: the source's own words. Evil: the same lie again."""
        text = inside.split("\n", 1)[0].removeprefix("Sentence: ")
        source = inside.split("\nSource: ", 1)[-1].split("\nClaim: ")[0]
        return {"id": issued, "text": text if self.mode.startswith("evil:") else source}

    def _plant(self, kind: str, text: str) -> str:
        self.planted.append((kind, text))
        return text


def asked_for(request: Json) -> str:
    """The name of the schema that a request asks for, sent beside the messages or told in them."""
    if (form := request.get("response_format", {}).get("json_schema")) is not None:
        return str(form["name"])
    told = re.search(r'"title": "(\w+)"', request["messages"][0]["content"])
    return told[1] if told else ""


FAULTS: dict[str, int | str] = {
    "401": 401, "403": 403, "404": 404, "429": 429, "429-sane": 429, "429-insane": 429, "429-nonsense": 429, "500": 500,
    "503": 503, "503-once": 503, "hangs": "hangs", "drip": "drip", "cut": "cut", "html": "html", "no-choices": "no-choices",
    "refuses": "refuses", "not-json": "not-json", "wrong-shape": "wrong-shape", "empty": "empty", "huge": "huge",
}  # fmt: skip
RETRY_AFTER = {"429-sane": "0.2", "429-insane": "86400", "429-nonsense": "when it suits me"}
EVIL = (
    "number", "unit", "date", "name", "party", "office", "quote", "negation-in", "negation-out", "hedge", "attribution-dropped",
    "attribution-moved", "quote-altered", "evidence-invented", "id-invented", "stance", "agreed", "cause", "speakers-merged",
    "words-of-another", "cites-another", "plausible-addition", "other-language",
)  # fmt: skip


@contextmanager
def model_server(mode: str = "honest", endpoint: Endpoint | None = None) -> Iterator[ModelServer]:
    """A server on loopback; `url` is what OPENAI_BASE_URL wants."""
    state = ModelServer(mode, endpoint=endpoint)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            name = self.path.removesuffix("/content").rsplit("/", 1)[-1]
            if self.path.endswith("/content"):
                self._raw(200, state.uploads[name].encode(), "application/jsonl")
            elif batch := state.batches.get(name):
                self._send(200, batch)
                state.batches[name] = {**batch, "status": "completed", "output_file_id": f"out-{batch['input_file_id']}"}
            else:
                self._send(404, {"error": {"message": "no such batch"}})

        def _batch(self, body: bytes) -> None:
            """A file of requests, or a batch of one: completed when it is asked after for the second time."""
            if self.path.endswith("/files"):
                name = f"file-{len(state.uploads)}"
                lines = [json.loads(line) for line in body.decode().splitlines() if line.startswith("{")]
                state.requests += [line["body"] for line in lines]
                answers = [
                    {"custom_id": one["custom_id"], "response": {"body": completion(_content(state, one["body"]))}}
                    for one in lines
                ]
                state.uploads |= {name: body.decode(), f"out-{name}": "\n".join(map(json.dumps, answers))}
                self._send(
                    200, {"id": name, "object": "file", "bytes": len(body), "created_at": 1, "filename": "r", "purpose": "batch"}
                )
                return
            told = {
                **json.loads(body),
                "id": f"batch-{len(state.batches)}",
                "object": "batch",
                "created_at": 1,
                "status": "in_progress",
            }
            state.batches[told["id"]] = told
            self._send(200, told)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path.endswith(("/files", "/batches")):
                self._batch(body)
                return
            request = json.loads(body)
            state.requests.append(request)
            if self.path.endswith("/embeddings") and state.mode in {"honest", "half"}:
                vectors = [bag_of_words(text) for text in request["input"]]
                self._send(200, _embeddings(vectors if state.mode == "honest" else vectors[::2]))
                return
            status = FAULTS.get(state.mode)
            if state.endpoint is not None:
                self._as(state.endpoint, request)
            elif isinstance(status, int) and not (state.mode == "503-once" and len(state.requests) > 1):
                self._send(status, {"error": {"message": "no"}})
            elif isinstance(status, str):
                self._broken(state.mode, request)
            elif request.get("stream"):
                self._stream(_content(state, request))
            else:
                self._send(200, completion(_content(state, request)))

        def _as(self, endpoint: Endpoint, request: Json) -> None:
            """Answer as this kind of server does."""
            room = int(request.get("max_completion_tokens") or request.get("max_tokens") or 0)
            if (refusal := endpoint.refusal(request)) is not None:
                state.refused += 1
                self._send(refusal[0], {"error": {"message": refusal[1]}})
            elif room < endpoint.least_room:
                state.refused += 1
                cut = completion("")
                cut["choices"][0]["finish_reason"] = "length"
                self._send(200, cut)
            else:
                self._send(200, completion(endpoint.dressed(_content(state, request))))

        def _broken(self, mode: str, request: Json) -> None:
            if mode == "hangs":
                time.sleep(3)
            elif mode in {"drip", "cut"}:
                body = json.dumps(completion(_content(state, request))).encode()
                self._head(200, "application/json", len(body))
                with contextlib.suppress(OSError):
                    for n in range(len(body) // 2 if mode == "cut" else len(body)):
                        self.wfile.write(body[n : n + 1])
                        self.wfile.flush()
                        time.sleep(state.drip if mode == "drip" else 0)
                self.close_connection = True
            elif mode == "html":
                self._raw(200, b"<html><body>sign in</body></html>", "text/html")
            elif mode == "huge":
                self._send(200, completion("a ceasefire " * 900_000))
            elif mode == "no-choices":
                self._send(200, {**completion(""), "choices": []})
            elif mode == "refuses":
                reply = completion("")
                reply["choices"][0]["message"] |= {"content": None, "refusal": "I will not."}
                self._send(200, reply)
            else:
                content = {"not-json": "I cannot do that in JSON, sorry.", "wrong-shape": '{"answer": 42}'}
                nothing = '{"claims": []}' if "picked_claims" in json.dumps(request) else '{"sentences": []}'
                self._send(200, completion(content.get(mode, nothing)))

        def _stream(self, content: str) -> None:
            """Server-sent events: the content in pieces, what it cost, the end."""
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            third = max(1, len(content) // 3)
            for at in range(0, len(content), third):
                self._event({"choices": [{"index": 0, "delta": {"content": content[at : at + third]}}]})
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            self._event({"choices": [], "usage": completion("")["usage"]})
            self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, told: Json) -> None:
            whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test-model", **told}
            self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())

        def _send(self, status: int, body: Json) -> None:
            self._raw(status, json.dumps(body).encode(), "application/json")

        def _raw(self, status: int, body: bytes, kind: str) -> None:
            self._head(status, kind, len(body))
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def _head(self, status: int, kind: str, length: int) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(length))
            if state.mode in RETRY_AFTER:
                self.send_header("retry-after", RETRY_AFTER[state.mode])
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def _content(state: ModelServer, request: Json) -> str:
    """The text of a reply, by what is asked for."""
    user = request["messages"][-1]["content"]
    if "queries" in json.dumps(request.get("response_format", {})):
        return json.dumps({"queries": ["truce envoy talks", "", user.split("\n")[1]]})
    if "<<<CLAIM" in user:
        return json.dumps({"missing": "", "verdict": "supported"})
    if "<<<ARTICLE" in user:
        told = _read(user)
        shown = dict(re.findall(r"^\[(\d+)\] (.*)$", user, re.MULTILINE))
        for one in told["statements"]:
            if one["stance"] and (words := shown.get(str(one["sentences"][0]))):
                state.read[words] = one["stance"]
        return json.dumps(told)
    if not asked_for(request):
        return "There is a plan for a ceasefire."
    return json.dumps(state.answer(request))


def _repeats(text: str, said: list[set[str]]) -> bool:
    """Whether a sentence says again what is said; from then on it is said too."""
    mine = set(terms(text))
    if any(same_words(mine, other) for other in said):
        return True
    said.append(mine)
    return False


def _carries(inside: str, text: str) -> bool:
    """Whether a claim has a sentence's words, or the words that it quotes: then citing it is no lie."""
    return text in inside or served.quoted(text) in inside


def bag_of_words(text: str, dimension: int = 64) -> list[float]:
    """A vector of which words occur: near for texts of like words, the same on every machine."""
    counts = [0.01] * dimension
    for word in re.findall(r"\w+", text.casefold()):
        counts[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % dimension] += 1.0
    return counts


def _read(prompt: str) -> Json:
    """What a model might read: of the articles on which models are tried all that is labelled; of others a statement that the
    reader has in another stance, one that it lacks, and one that names a sentence and a speaker that are not there."""
    shown = {int(n): words for n, words in re.findall(r"^\[(\d+)\] (.*)$", prompt, re.MULTILINE)}
    nothing: Json = {"events": [], "terms": [], "scheduled": []}
    for row in trial():
        if next(iter(shown.values()), "") in row["text"]:
            told = []
            for label in row["statements"]:
                words = row["text"][label["start"] : label["end"]]
                first = next((n for n, said in shown.items() if said in words or words in said), None)
                if first is not None:
                    told.append({**a_statement([first]), **_as_read(label)})
            return {"statements": told, **nothing}
    last = max(shown, default=1)
    return {
        "statements": [
            {**a_statement([min(shown, default=1)]), "speaker": "Israel Katz", "party": "Israel", "stance": "conditions"},
            {**a_statement([last]), "speaker": "Najib Mikati", "party": "Lebanon", "stance": "welcomes", "quote": "never said"},
            {**a_statement([last]), "speaker": "Nobody Here", "party": "Atlantis", "stance": "endorses"},
            {**a_statement([99]), "speaker": "Israel Katz", "stance": "endorses"},
        ],
        **nothing,
    }


def _as_read(label: Json) -> Json:
    return {
        "speaker": label["speaker"],
        "party": label["party"],
        "unnamed": label["anonymous"],
        "narrated": label["narrated"],
        "stance": label["stance"],
    }


def a_statement(sentences: list[int]) -> Json:
    """A statement as the model's schema has it, with nothing told of it."""
    fields = "quote speaker introduced office party unnamed stance stance_of about hedge day relayed_by".split()
    return {**dict.fromkeys(fields), "sentences": sentences, "narrated": False}


def _embeddings(vectors: list[list[float]]) -> Json:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    return {"object": "list", "model": "test", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def completion(content: str) -> Json:
    """A chat completion as OpenAI writes one."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }
