"""What one brief may spend on a language model. Reserved before a call, settled after it; past a limit no call is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from briefing.settings import ModelSettings
from index.errors import ModelUnavailable


class OverBudget(ModelUnavailable):
    """The next call would go past a limit."""


@dataclass(slots=True)
class Spent:
    """What was spent: tokens as the server counted them, dollars by the prices of the settings."""

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def dollars(self, settings: ModelSettings) -> float:
        return (self.prompt_tokens * settings.price_in + self.completion_tokens * settings.price_out) / 1e6


@dataclass(slots=True)
class Budget:
    """The limits of one brief. Not shared between threads."""

    settings: ModelSettings
    clock: Callable[[], float] = time.monotonic
    spent: Spent = field(default_factory=Spent)
    _held: Spent = field(default_factory=Spent)  # reserved for calls under way
    _start: float | None = None

    @property
    def remaining_seconds(self) -> float:
        """Until the one deadline of all calls; it runs from the first."""
        if self._start is None:
            self._start = self.clock()
        return max(0.0, self.settings.most_seconds - (self.clock() - self._start))

    @property
    def seconds(self) -> float:
        return 0.0 if self._start is None else self.clock() - self._start

    def reserve(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Hold what a call may take at most. Raises OverBudget, naming the limit."""
        chosen, spent, held = self.settings, self.spent, self._held
        after = Spent(
            spent.calls + held.calls + 1,
            0,
            spent.prompt_tokens + held.prompt_tokens + prompt_tokens,
            spent.completion_tokens + held.completion_tokens + completion_tokens,
        )
        for name, amount, most in (
            ("calls", after.calls, chosen.most_calls),
            ("input tokens", after.prompt_tokens, chosen.most_input_tokens),
            ("output tokens", after.completion_tokens, chosen.most_output_tokens),
            ("US dollars", after.dollars(chosen), chosen.most_cost),
        ):
            if amount > most:
                raise OverBudget(f"the next call could take this brief to {amount:,.6g} {name}, past its limit of {most:,}")
        if not self.remaining_seconds:
            raise OverBudget(f"the {chosen.most_seconds:g} s that one brief may take with the model are over")
        held.calls += 1
        held.prompt_tokens += prompt_tokens
        held.completion_tokens += completion_tokens

    def settle(self, reserved: tuple[int, int], used: tuple[int, int] | None) -> None:
        """What a call took in the end; None where it failed and nobody knows: then what was reserved counts."""
        held = self._held
        held.calls -= 1
        held.prompt_tokens -= reserved[0]
        held.completion_tokens -= reserved[1]
        prompt_tokens, completion_tokens = used if used is not None and used[0] else reserved
        self.spent.calls += 1
        self.spent.prompt_tokens += prompt_tokens
        self.spent.completion_tokens += completion_tokens

    def told(self) -> tuple[tuple[str, str], ...]:
        """Each limit, and how much of it was used."""
        chosen, spent = self.settings, self.spent
        return (
            ("calls", f"{spent.calls} of {chosen.most_calls}"),
            ("answered from cache", str(spent.cached)),
            ("input tokens", f"{spent.prompt_tokens:,} of {chosen.most_input_tokens:,}"),
            ("output tokens", f"{spent.completion_tokens:,} of {chosen.most_output_tokens:,}"),
            ("seconds", f"{self.seconds:.1f} of {chosen.most_seconds:g}"),
            ("cost", f"${spent.dollars(chosen):.4f} of ${chosen.most_cost:g}" + ("" if chosen.priced else " (no price is set)")),
        )
