"""One function for every sentence, wherever it comes from: the gates, then the checkers of support, then the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from briefing.beside.locate import folded
from briefing.claims import Claim, Label, Rung, Verdict
from briefing.support.ports import Checker, Pair, Unscored
from briefing.verify.attribution import attribution
from briefing.verify.facts import days, figures, names, offices
from briefing.verify.ground import OVERRULED, Gate, Ground, Laid, Outcome
from briefing.verify.second import Said, SecondReading, may_overrule
from briefing.verify.sources import cited, contributing, knowable, located, quoted_words
from briefing.verify.wording import cause, condition, hedge, negation, opposite, scope, stance
from index.article import Article
from index.calendar.days import day_mentions, written

GATES: tuple[Gate, ...] = (
    cited, located, knowable, contributing, quoted_words, figures, days, names, offices, negation, hedge, stance, opposite,
    scope, condition, cause, attribution,
)  # fmt: skip
CODE = "gates/2"
Verify = Callable[[Sequence[Claim], Ground], tuple[Claim, ...]]


@dataclass(frozen=True, slots=True)
class Verifier:
    """The gates and a ladder of checkers, the built-in one first. Where they differ the verdict is partial, and says so.
    `second`: what a language model said of these sentences, asked about them alone."""

    checkers: tuple[Checker, ...]
    stays: Callable[[Article], bool] | None = None  # of an article: whether its words may not leave this machine
    second: SecondReading | None = None

    @property
    def name(self) -> str:
        return "+".join((CODE, *(checker.name for checker in self.checkers)))

    def verify(self, claims: Sequence[Claim], ground: Ground) -> tuple[Claim, ...]:
        """Each claim with its verdict, in order. One that a gate stops carries the first gate's reason."""
        said = [self.second.of(claim) if self.second is not None else None for claim in claims]
        outcomes = [gated(claim, ground, one) for claim, one in zip(claims, said, strict=True)]
        weighed = [at for at, (claim, (_, stop)) in enumerate(zip(claims, outcomes, strict=True)) if claim.citations and not stop]
        pairs = [self._pair(claims[at], ground) for at in weighed]
        scores = [checker.scores(pairs) for checker in self.checkers] if pairs else []
        rungs = {
            at: (
                *(_rung(checker, own[n]) for checker, own in zip(self.checkers, scores, strict=True)),
                *self._second(said[at], outcomes[at][0]),
            )
            for n, at in enumerate(weighed)
        }
        return tuple(
            self._judged(claim, told, stop, rungs.get(at))
            for at, (claim, (told, stop)) in enumerate(zip(claims, outcomes, strict=True))
        )

    def _pair(self, claim: Claim, ground: Ground) -> Pair:
        cited = dict.fromkeys(citation.article_id for citation in claim.citations)
        stays = self.stays is not None and any(self.stays(ground.articles[i]) for i in cited)
        return Pair(folded(claim.text), _evidence(claim, ground), stays, tuple(cited))

    def _second(self, said: Said | None, told: Sequence[tuple[str, Outcome]]) -> tuple[Rung, ...]:
        """The second reading as a rung: a word without a score, with what it overruled; none where it could not tell."""
        if self.second is None or said is None or said.carried is None:
            return ()
        doubts = "; ".join(str(outcome.reason) for _, outcome in told if outcome.what == OVERRULED)
        return (Rung(checker=self.second.by, label="supported", score=None, reason=f"overruled: {doubts}" if doubts else None),)

    def _judged(self, claim: Claim, told: list[tuple[str, Outcome]], stop: str | None, rungs: tuple[Rung, ...] | None) -> Claim:
        gates = tuple((name, outcome.what) for name, outcome in told)
        if stop is not None:
            return replace(claim, verdict=Verdict(label="unsupported", score=0.0, checker=CODE, gates=gates), reason=stop)
        if rungs is None:  # what was counted, or a person's judgement: there is nothing to weigh
            return replace(claim, verdict=Verdict(label="supported", score=1.0, checker=CODE, gates=gates), reason=None)
        label, reason = _verdict(rungs)
        score = round(min((rung.score for rung in rungs if rung.score is not None), default=0.0), 3)
        return replace(
            claim, verdict=Verdict(label=label, score=score, checker=self.name, gates=gates, rungs=rungs), reason=reason
        )


def gated(claim: Claim, ground: Ground, second: Said | None = None) -> tuple[list[tuple[str, Outcome]], str | None]:
    """Every gate's outcome up to the first that stops the sentence, and its reason. `second`: what a second reading said of it,
    which may overrule a gate, and may stop what the gates pass."""
    laid = Laid(claim, ground)
    found: list[tuple[str, Outcome]] = []
    for gate in GATES if claim.citations else (cited,):
        outcome = gate(laid)
        if outcome.what == "stopped" and second is not None and second.carried and may_overrule(gate, laid):
            outcome = replace(outcome, what=OVERRULED)
        found.append((gate.__name__, outcome))
        if outcome.what == "stopped":
            return found, outcome.reason
    if second is not None and second.carried is False:
        return found, f"read again beside its words, they do not carry it: {second.missing or 'no reason was given'}"
    return found, None


def _evidence(claim: Claim, ground: Ground) -> str:
    """The cited words, their days also as dates; then what else the sentence may stand on: which document it is, and who the
    speaker is, where the sentence introduces somebody as the topic's table has it."""
    parts: list[str] = []
    for citation in claim.citations:
        article = ground.articles[citation.article_id]
        parts.append(_dated(folded(citation.quote), article.local_day))
        day = written(article.local_day, year=True) if article.local_day else ""
        parts.append(". ".join(filter(None, (folded(article.title or ""), article.outlet, day))))
    who = ", ".join(filter(None, (claim.speaker or claim.anonymous, claim.office, claim.party)))
    return "\n".join([*parts, f"{who} said." if who else ""]).strip()


def _dated(quote: str, published: date | None) -> str:
    """The words with each relative day's date behind it: "on Wednesday (25 September 2024)"."""
    for mention in reversed(day_mentions(quote, published)) if published else ():
        if mention.relative:
            quote = f"{quote[: mention.end]} ({written(mention.day, year=True)}){quote[mention.end :]}"
    return quote


def _rung(checker: Checker, score: float | Unscored) -> Rung:
    if isinstance(score, Unscored):
        return Rung(checker=checker.name, label=None, score=None, reason=score.reason)
    return Rung(checker=checker.name, label=checker.limits.label(score), score=round(score, 3))


def _verdict(rungs: Sequence[Rung]) -> tuple[Label, str | None]:
    """All agree: that. They differ: partial. None could say: unsupported."""
    labels = {rung.label for rung in rungs if rung.label is not None}
    if not labels:
        return "unsupported", "; ".join(f"{rung.checker} gave no score: {rung.reason}" for rung in rungs)
    if len(labels) > 1:
        return "partial", None
    (label,) = labels
    told = ", ".join(f"{rung.checker} {rung.score:.2f}" for rung in rungs if rung.score is not None)
    return label, f"its citations do not carry it ({told})" if label == "unsupported" else None
