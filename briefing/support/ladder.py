"""Which checkers stand behind a verdict, by the settings."""

from __future__ import annotations

from functools import lru_cache

from briefing.privacy import Privacy
from briefing.settings import ModelSettings, Settings
from briefing.support.builtin import BuiltIn
from briefing.support.ports import Checker
from index.errors import Misuse


def rungs(settings: Settings, *, judge: bool = False, privacy: Privacy | None = None) -> tuple[Checker, ...]:
    """The built-in checker, then a local model where one is named, then the language model where it is asked to judge.
    Raises Misuse where a model is asked for that nobody named."""
    found: list[Checker] = [_builtin()]
    if settings.support_model is not None:
        found.append(_local(settings.support_model))
    if judge:
        found.append(_judge(settings.model, privacy))
    return tuple(found)


def named(model: str, settings: Settings) -> Checker:
    """One rung by name: `built-in`, `judge`, or a local model's folder or name."""
    if model == "built-in":
        return _builtin()
    return _judge(settings.model) if model == "judge" else _local(model)


@lru_cache(maxsize=1)
def _builtin() -> BuiltIn:
    return BuiltIn()


@lru_cache(maxsize=4)
def _local(model: str) -> Checker:
    from briefing.support.nli import chosen

    return chosen(model)


def _judge(model: ModelSettings | None, privacy: Privacy | None = None) -> Checker:
    from briefing.support.judge import Judge

    if model is None:
        raise Misuse("no language model is named to judge: set BRIEFING_MODEL (and OPENAI_BASE_URL, OPENAI_API_KEY)")
    return Judge(model, privacy)
