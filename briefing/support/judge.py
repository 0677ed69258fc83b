"""A language model as judge, with a prompt and a call of its own: never the drafter's. What it cannot answer in the shape
asked for is no verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from briefing import prompting
from briefing.privacy import Privacy, is_remote
from briefing.settings import ModelSettings, PrivacySettings
from briefing.support.ports import Limits, Pair, Unscored
from index.errors import ModelUnavailable, UnreadableReply

PROMPT = "judge_support/v1"
AT_ONCE = 4  # calls under way
MOST_CHARACTERS = 8_000  # of evidence in one call
_FENCES = re.compile(r"<<<(?:CLAIM|EVIDENCE)|(?:CLAIM|EVIDENCE)>>>")
# what a verdict counts as: a word, not a measured likelihood, so as far apart as the limits ask and no further
_SCORES = {"supported": 0.9, "partial": 0.5, "unsupported": 0.1}


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    missing: str  # what the evidence does not say; asked for first, so that the verdict follows from it
    verdict: Literal["supported", "partial", "unsupported"]


class Judge:
    """The rung above the local models."""

    limits = Limits(supported=0.75, partial=0.25)

    def __init__(self, settings: ModelSettings, privacy: Privacy | None = None) -> None:
        self._settings, self._privacy = settings, privacy or Privacy(PrivacySettings())
        self._prompt = prompting.load(PROMPT)
        self.name = f"judge:{settings.name}/{self._prompt.sha256[:8]}"

    def scores(self, pairs: Sequence[Pair]) -> list[float | Unscored]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._one, pairs))

    def _one(self, pair: Pair) -> float | Unscored:
        from briefing.chat import structured

        if pair.stays and is_remote(self._settings.base_url, self._privacy.settings.own_hosts):
            return Unscored("its source does not leave this machine")
        self._privacy.left(self._settings.base_url, self._settings.where, "judging", pair.articles)
        system, user = self._prompt.rendered(
            claim=_FENCES.sub("", pair.claim), evidence=_FENCES.sub("", pair.evidence[:MOST_CHARACTERS])
        )
        schema = {"title": "verdict", "description": "Whether the evidence says the claim.", **_Reply.model_json_schema()}
        try:
            return _SCORES[_Reply.model_validate(structured(self._settings, system, user, schema).parsed).verdict]
        except (ModelUnavailable, UnreadableReply) as error:
            return Unscored(str(error))
        except ValidationError:
            return Unscored(f"{self._settings.where}: the verdict is not in the shape that was asked for")
