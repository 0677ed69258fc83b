"""The contract for machines: what goes out as JSON and comes back in, and its JSON Schemas."""

from briefing.contract.convert import (
    answer_json,
    article_json,
    brief_from_json,
    brief_json,
    claim_from,
    search_json,
)
from briefing.contract.models import SCHEMAS, AnswerModel, BriefModel, schema

__all__ = [
    "SCHEMAS",
    "AnswerModel",
    "BriefModel",
    "answer_json",
    "article_json",
    "brief_from_json",
    "brief_json",
    "claim_from",
    "schema",
    "search_json",
]
