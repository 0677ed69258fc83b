"""What a language model has cost, by day: so that limits of a day and of a month can be kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from briefing.chat.budget import Budget
from briefing.settings import ModelSettings
from briefing.store.schema import SCHEMA
from index.archive.engine import explained, migrate, writing
from index.archive.tables import Utc

_metadata = sa.MetaData()
_spent = sa.Table(
    "spent",
    _metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("dollars", sa.Float, nullable=False),
)


class Purse:
    """The spending of one data folder. Days and months are those of UTC."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        migrate(engine, SCHEMA)

    def limited(self, settings: ModelSettings, most: float, now: datetime | None = None) -> ModelSettings:
        """The settings with what one run may still cost: `most` dollars, or what is left of the day and of the month."""
        left = [max(0.0, limit - spent) for _, spent, limit in self._periods(settings, now) if limit is not None]
        return settings.model_copy(update={"most_cost": min([most, *left])})

    def used_up(self, settings: ModelSettings, now: datetime | None = None) -> str | None:
        """The limit that nothing is left of, in words; None while something is."""
        for name, spent, limit in self._periods(settings, now):
            if limit is not None and spent >= limit:
                return f"${spent:.2f} of the ${limit:g} that the language model may cost {name} are spent"
        return None

    def settled(self, budget: Budget, purpose: str, now: datetime | None = None) -> None:
        """Write down what a run has cost; nothing where it asked nothing."""
        spent, chosen = budget.spent, budget.settings
        if not spent.calls:
            return
        with writing(self._engine) as connection:
            connection.execute(
                sa.insert(_spent).values(
                    at=now or datetime.now(UTC),
                    model=chosen.name,
                    purpose=purpose,
                    calls=spent.calls,
                    tokens_in=spent.prompt_tokens,
                    tokens_out=spent.completion_tokens,
                    dollars=spent.dollars(chosen),
                )
            )

    def dollars(self, since: datetime) -> float:
        """What was spent since an instant."""
        query = sa.select(sa.func.coalesce(sa.func.sum(_spent.c.dollars), 0.0)).where(_spent.c.at >= since)
        with explained(self._engine), self._engine.connect() as connection:
            return float(connection.scalar(query) or 0.0)

    def told(self, settings: ModelSettings, now: datetime | None = None) -> str:
        """What today and this month have cost, beside their limits."""
        parts = [
            f"{name} ${spent:.4f}" + (f" of ${limit:g}" if limit is not None else "")
            for name, spent, limit in self._periods(settings, now)
        ]
        return ", ".join(parts) + ("" if settings.priced else " (no price is set)")

    def _periods(self, settings: ModelSettings, now: datetime | None) -> Iterator[tuple[str, float, float | None]]:
        """Each period that has a limit: its name, what was spent in it, its limit in US dollars."""
        today = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
        yield "today", self.dollars(today), settings.most_cost_day
        yield "this month", self.dollars(today.replace(day=1)), settings.most_cost_month
