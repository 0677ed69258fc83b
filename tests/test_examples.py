"""The briefs kept under docs/examples are what the drafters make today; `make examples` writes them anew."""

from __future__ import annotations

from evals.examples import changed


def test_the_kept_examples_are_what_the_drafters_make() -> None:
    assert changed() == []
