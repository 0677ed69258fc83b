"""How an endpoint is spoken to. Servers that call themselves OpenAI-compatible take different things: what one refuses is left
out or said otherwise, once, and remembered for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from briefing.settings import ModelSettings

Form = Literal["strict", "schema", "object", "text"]
FORMS: tuple[Form, ...] = ("strict", "schema", "object", "text")  # how the reply's form is asked for, best first
LIMITS = ("max_completion_tokens", "max_tokens", "")  # under which name the room for a reply is given
MOST_TRIED = 10  # things that are changed for one call
TOO_LONG = re.compile(
    r"context.{0,20}(?:length|window|size)|too many tokens|prompt is too long|exceeds? .{0,40}(?:context|n_ctx)"
)
_NAMED = {  # by what a server's reason names a thing
    "effort": re.compile(r"reasoning[_. ]effort"),
    "temperature": re.compile(r"temperature"),
    "seed": re.compile(r"\bseed\b"),
    "limit": re.compile(r"max_(?:completion_)?tokens"),
    "form": re.compile(r"response_format|json_schema|json_object|schema|grammar|strict|structured"),
    "system": re.compile(r"system (?:role|message|prompt|instruction)|\bdeveloper\b|roles? must"),
}
_UNSAID = ("form", "seed", "temperature", "limit", "system", "effort")  # what is changed first where no reason is given
_PLAIN = "Answer with one JSON object and with nothing else: no prose, no fences. It follows this JSON Schema:\n"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint takes. The default is all of it."""

    form: Form = "strict"
    limit: str = LIMITS[0]
    temperature: bool = True
    seed: bool = True
    system: bool = True
    effort: bool = True
    room: int = 0  # tokens that a reply needed here, thoughts included; more than the settings give

    @property
    def told(self) -> str:
        """In words, for whoever asks what an endpoint can do."""
        forms = {"strict": "schemas, strictly", "schema": "schemas", "object": "JSON without a schema", "text": "text alone"}
        refused = [n for n, taken in asdict(self).items() if taken is False]
        said = f"takes {forms[self.form]}; room as {self.limit or 'it likes'}"
        if self.room:
            said += f"; needs room for {self.room:,} tokens"
        return said + (f"; does not take {', '.join(refused)}" if refused else "")

    def request(self, settings: ModelSettings, system: str, user: str, schema: dict[str, Any], room: int) -> dict[str, Any]:
        """The body of one call."""
        if self.form in ("object", "text"):
            system = f"{system}\n\n{_PLAIN}{json.dumps(schema, ensure_ascii=False)}"
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        if not self.system:
            messages = [{"role": "user", "content": f"{system}\n\n{user}"}]
        body: dict[str, Any] = {"model": settings.name, "messages": messages}
        if self.temperature:
            body["temperature"] = 0
        if self.seed:
            body["seed"] = settings.seed
        if self.limit:
            body[self.limit] = room
        if self.effort and settings.effort is not None:
            body["reasoning_effort"] = settings.effort
        if self.form == "object":
            body["response_format"] = {"type": "json_object"}
        elif self.form != "text":
            strictly = self.form == "strict"
            inside = strict(schema) if strictly else schema
            named = {"name": str(schema.get("title", "reply")), "schema": inside, "strict": strictly}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        return body

    @property
    def schemaless(self) -> Dialect:
        return replace(self, form="object")

    def without(self, reason: str, settings: ModelSettings) -> Dialect | None:
        """The next to try where a server refused a call and gave this reason; None where nothing is left to change."""
        folded = reason.casefold()
        named = [what for what, words in _NAMED.items() if words.search(folded)]
        for what in (*named, *(_UNSAID if not named else ())):
            if (changed := self._less(what, settings)) is not None:
                return changed
        return None

    def _less(self, what: str, settings: ModelSettings) -> Dialect | None:
        if what == "form":
            at = FORMS.index(self.form) + 1
            return replace(self, form=FORMS[at]) if at < len(FORMS) else None
        if what == "limit":
            at = LIMITS.index(self.limit) + 1
            return replace(self, limit=LIMITS[at]) if at < len(LIMITS) else None
        if what == "effort" and settings.effort is None:
            return None
        return Dialect(**{**asdict(self), what: False}) if getattr(self, what) else None


_known: dict[str, Dialect] = {}


def known(where: str) -> Dialect | None:
    """What is known of an endpoint in this process."""
    return _known.get(where)


def remember(where: str, dialect: Dialect) -> None:
    _known[where] = dialect


def forget() -> None:
    """All that is known: for tests, whose servers come and go."""
    _known.clear()


def from_kept(kept: Mapping[str, Any] | None) -> Dialect | None:
    """A dialect as it was kept; None where it is of another version."""
    try:
        found = Dialect(**kept) if kept else None
    except TypeError:
        return None
    return found if found is not None and found.form in FORMS and found.limit in LIMITS else None


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as OpenAI's strict form takes it: every property required, nothing beside them, no default, no bound."""
    left_out = {"default", "title", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern", "format"}

    def tidy(part: Any, *, names: bool = False) -> Any:
        if isinstance(part, list):
            return [tidy(one) for one in part]
        if not isinstance(part, dict):
            return part
        kept = {k: tidy(v, names=k in ("properties", "$defs")) for k, v in part.items() if names or k not in left_out}
        if not names and isinstance(kept.get("properties"), dict):
            kept |= {"additionalProperties": False, "required": list(kept["properties"])}
        return kept

    return dict(tidy(schema))


# ---- the reply


_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)


def read(text: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The one object that a reply holds, whatever stands around it: thoughts, fences, prose. A bare list becomes the object's
    only property; keys that the schema does not know are dropped. One that does not
    fit at all is given as it is, and None where there is no object."""
    text = _THINKING.sub("", text)
    decoder, properties = json.JSONDecoder(), schema.get("properties", {})
    best: dict[str, Any] | None = None
    other: dict[str, Any] | None = None
    at = 0
    while (at := _next(text, at)) >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(value, list) and len(properties) == 1:
            value = {next(iter(properties)): value}
        if isinstance(value, dict) and any(key in properties for key in value):
            best = value  # the last that fits: a draft of a reply may stand before it
        elif isinstance(value, dict):
            other = value
        at = end
    return other if best is None else dict(_pruned(best, schema, schema.get("$defs", {})))


def _next(text: str, at: int) -> int:
    found = [n for mark in "{[" if (n := text.find(mark, at)) >= 0]
    return min(found, default=-1)


def _pruned(value: Any, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        schema = defs.get(str(schema["$ref"]).rsplit("/", 1)[-1], {})
    if isinstance(value, dict) and isinstance(schema.get("properties"), dict):
        inner = schema["properties"]
        return {k: _pruned(v, inner[k], defs) for k, v in value.items() if k in inner}
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [_pruned(one, schema["items"], defs) for one in value]
    return value
