"""Verification: every sentence against its own words. Gates in code first, each a small pure function with a reason of its
own; then a checker of support. A sentence that fails is withheld and kept with its reason; nothing is deleted."""

from __future__ import annotations

from dataclasses import replace

from briefing.claims import Claim, Label, Verdict
from briefing.locate import folded
from briefing.verify.attribution import attribution
from briefing.verify.facts import days, figures, names, offices
from briefing.verify.ground import Gate, Ground, Laid
from briefing.verify.sources import cited, contributing, knowable, located, quoted_words
from briefing.verify.wording import cause, condition, hedge, negation, opposite, scope, stance
from index.dates import MONTHS
from index.terms import terms

GATES: tuple[Gate, ...] = (
    cited, located, knowable, contributing, quoted_words, figures, days, names, offices, negation, hedge, stance, opposite,
    scope, condition, cause, attribution,
)  # fmt: skip
CHECKER = "gates/2"
SUPPORTED, PARTIAL = 0.75, 0.5
_FRAME = frozenset(terms("said told wrote reporters statement transcript unnamed added on X post published joint"))


def verify(claim: Claim, ground: Ground) -> Claim:
    """The claim with its verdict; unsupported ones carry the first gate's reason."""
    laid = Laid(claim, ground)
    for gate in GATES if claim.citations else (cited,):
        if (outcome := gate(laid)).what == "stopped":
            return replace(claim, verdict=Verdict(label="unsupported", score=0.0, checker=CHECKER), reason=outcome.reason)
    if not claim.citations:
        return replace(claim, verdict=Verdict(label="supported", score=1.0, checker=CHECKER))
    score = support(claim)
    label: Label = "supported" if score >= SUPPORTED else "partial" if score >= PARTIAL else "unsupported"
    reason = None if label != "unsupported" else f"only {score:.0%} of its words are in its citations"
    return replace(claim, verdict=Verdict(label=label, score=round(score, 3), checker=CHECKER), reason=reason)


def support(claim: Claim) -> float:
    """The share of the sentence's content words, its attribution aside, that its cited words hold."""
    known = " ".join(filter(None, (claim.speaker, claim.office, claim.party, claim.anonymous, *MONTHS)))
    aside = set(terms(known)) | _FRAME
    own = [t for t in terms(folded(claim.text)) if t not in aside and not t.isdigit()]
    held = {t for c in claim.citations for t in terms(folded(c.quote))}
    return sum(t in held for t in own) / len(own) if own else 1.0


__all__ = ["CHECKER", "GATES", "Gate", "Ground", "Laid", "verify"]
