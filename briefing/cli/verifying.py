"""`briefing verify`: from a file of the contract to claims, and from verdicts to its JSON."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from briefing.claims import Claim
from briefing.contract import AnswerModel, BriefModel, claim_from
from briefing.contract.convert import claim_json
from briefing.desk import Verified
from index.errors import Misuse
from index.times import parse_stamp


def read_sentences(file: Path) -> tuple[list[Claim], datetime]:
    """The sentences of a brief or an answer, and its as-of. Raises Misuse with what is wrong."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misuse(f"{file} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise Misuse(f"{file} is not JSON: {error}") from error
    kind = document.get("schema") if isinstance(document, dict) else None
    try:
        if kind == "briefing/1":
            brief = BriefModel.model_validate(document)
            return [claim_from(s) for part in brief.sections for s in part.sentences], parse_stamp(brief.as_of).instant
        if kind == "answer/1":
            answer = AnswerModel.model_validate(document)
            return [claim_from(s) for s in answer.sentences], parse_stamp(answer.as_of).instant
    except ValidationError as error:
        first = error.errors()[0]
        raise Misuse(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    raise Misuse(f"{file} is neither a brief (schema briefing/1) nor an answer (schema answer/1)")


def report(done: Verified) -> dict[str, Any]:
    """The object of `verify --json`."""
    return {
        "sentences": [claim_json(claim) for claim in done.claims],
        "submitted": len(done.claims),
        "supported": done.count("supported"),
        "partial": done.count("partial"),
        "unsupported": done.count("unsupported"),
        "citations": {"resolved": done.resolved, "total": done.citations},
    }
