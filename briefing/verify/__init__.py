"""Verification: every sentence against its own words. Gates in code first, each a small pure function with a reason of its
own; then checkers of support. A sentence that fails is withheld and kept with its reason; nothing is deleted."""

from __future__ import annotations

from briefing.verify.attribution import attribution, tells_who
from briefing.verify.facts import days, figures, names, offices
from briefing.verify.ground import ALWAYS, Gate, Ground, Laid
from briefing.verify.second import Said, SecondReading, key_of
from briefing.verify.sources import cited, contributing, knowable, located, quoted_words
from briefing.verify.verifier import CODE, GATES, Verifier, Verify, gated
from briefing.verify.wording import cause, condition, hedge, negation, opposite, scope, stance

__all__ = [
    "ALWAYS", "CODE", "GATES", "Gate", "Ground", "Laid", "Said", "SecondReading", "Verifier", "Verify", "attribution", "cause",
    "cited", "condition", "contributing", "days", "figures", "gated", "hedge", "key_of", "knowable", "located", "names",
    "negation", "offices", "opposite", "quoted_words", "scope", "stance", "tells_who",
]  # fmt: skip
