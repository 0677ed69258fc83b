"""Other wordings of a question, by a language model where one is named. They are searched beside the question, never
instead of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from briefing import prompting
from briefing.chat.fences import FENCES
from briefing.settings import ModelSettings
from index.errors import UnreadableReply

PROMPT = "rewrite_query/v1"
MOST = 3
LONGEST = 300  # characters of one wording


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    queries: list[str]


def rewritten(question: str, settings: ModelSettings) -> list[str]:
    """At most three other wordings. Raises ModelUnavailable, UnreadableReply."""
    from briefing.chat import structured

    system, user = prompting.load(PROMPT).rendered(question=FENCES.sub("", question))
    schema = {"title": "wordings", "description": "Other wordings of the question.", **_Reply.model_json_schema()}
    reply = structured(settings, system, user, schema)
    try:
        found = _Reply.model_validate(reply.parsed).queries
    except ValidationError as error:
        raise UnreadableReply(f"{settings.where}: the reply is not in the shape that was asked for") from error
    own = question.strip().casefold()
    words = (" ".join(query.split())[:LONGEST] for query in found)
    return list(dict.fromkeys(word for word in words if word and word.casefold() != own))[:MOST]
