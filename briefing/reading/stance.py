"""Stance toward the talks, by the words that decide it: a denial of a report is no refusal of a plan, no answer is no
refusal either, acceptance on a condition is a condition.

Rules in the order in which they win; each returns the words it stands on, so that a person can see why. The codes and
the hard cases are those of the labelling rules (docs/reading.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from briefing.claims import Stance


@dataclass(frozen=True, slots=True)
class Judged:
    """A stance, and the words of the sentence that decided it: `sentence[start:end]`."""

    stance: Stance
    start: int
    end: int


_TALKS = (
    r"(?:cease-?\s?fires?|truces?|deals?|agreements?|proposals?|plans?|resolutions?|pauses?|talks|negotiations?|negotiating|arrangements?|"
    r"settlements?|accords?|offers?|initiatives?|cessation|end to the (?:war|fighting|hostilities)|halt to the fighting|terms|"
    r"release of (?:the |all )?hostages|hostage release|framework|document|text|call|outline|bridging)"
)
_GAP = r"(?:[\w’'\-,“”\"]+\s+){0,6}?"
_ANY = rf"{_GAP}(?:[\w’'\-]+-)?{_TALKS}\b"
_NOT = r"(?:not|\w*n[’']t|never|no longer|cannot|neither|without)"

_RULES: Sequence[tuple[Stance, str]] = (
    (
        "reverses",
        r"\b(?:revers(?:ed|es|ing) (?:course|its|his|her|their)|back-?track(?:ed|s|ing)|walk(?:ed|s|ing) back|back(?:ed|s|ing) (?:away|out)|"
        r"chang(?:ed|es) (?:its|his|her|their) (?:mind|position|stance)|u-turn|dropp(?:ed|ing) (?:its|his|her|their|a|the) "
        r"(?:\w+ )?(?:demand|insistence|opposition|objection|condition)s?|no longer (?:insist|demand|require|oppose)\w*|"
        rf"withdr(?:ew|awn|aws) (?:its|his|her|their) (?:\w+ )?(?:acceptance|objection|support|offer|consent|approval)|reneg\w+|"
        r"soften(?:ed|ing) (?:its|his|her|their) (?:position|stance|demand)|"
        r"(?:take|takes|took|taking|taken) back (?:its|his|her|their|the) (?:\w+ )?(?:refusal|rejection|acceptance|no|yes|word)|"
        r"(?:said|say|says) no\b[^.]{2,60}\b(?:say|says|said) yes|"
        r"(?:accept|agree|endors|back)\w*\b[^.]{2,120}\b(?:days?|hours?|weeks?) after [^.]{2,60}\b(?:turned (?:it|them) down|reject\w+|refus\w+|said no))",
    ),
    (
        "denies-report",
        r"\b(?:den(?:y|ies|ied|ying)\b(?! (?:entry|access|aid|food|permission))|disput(?:e|es|ed|ing)\b|refut(?:e|es|ed|ing)\b|debunk\w*|"
        r"reject(?:s|ed|ing)? (?:the |any |those |these |media )?(?:reports?|claims?|suggestions?|notion|idea that|allegations?|rumou?rs|characteri[sz]ation)|"
        r"dismiss(?:es|ed|ing)? (?:the |any |those |these |media )?(?:reports?|claims?|suggestions?|notion|rumou?rs)|"
        r"(?:is|are|was|were)(?: simply| just| completely| totally| entirely)? (?:false|untrue|not true|incorrect|inaccurate|not accurate|wrong|fake|baseless|fabricated)|"
        r"(?:not|\w*n[’']t) (?:true|accurate|correct)|no truth (?:to|in)|there (?:is|are|were|was) no (?:such )?(?:talks|negotiations|contacts|gaps?|agreement on)|"
        r"no (?:formal |direct )?(?:talks|negotiations) (?:are|were|is) (?:taking place|under way|underway)|did not happen|never (?:agreed|happened|took place)|"
        r"(?:reject|dismiss|den)\w* (?:a |the |any |that |this )?(?:[\w-]+ ){0,2}(?:charge|accusation|allegation|report|claim)s?\b|"
        r"forg(?:ed|ery|eries)\b|a fake\b|no such (?:[\w-]+ )?(?:exists?|undertaking|agreement|meeting|vote|talks|deal|promise|offer|letter|thing)|"
        r"nothing of the (?:kind|sort)|(?:have|has|had|we)(?: \w+)? (?:accepted|agreed(?: to)?|signed|promised) nothing|there was no (?:vote|meeting|agreement|such|deal|letter)|"
        r"(?:did|do|does|have|has|had|was|were)(?: not|\w*n[’']t) (?:fire|fired|violate|violated|break|broken|meet|met|say that|said that|happen)\b)",
    ),
    (
        "no-response",
        r"\b(?:neither (?:accept|reject|refus|agree|tak|took|turn)\w*[^.]{2,60}\bnor\b|(?:not|\w*n[’']t|neither) (?:rejected|refused?|turned)\b[^.]{2,70}\b(?:not|\w*n[’']t|nor)\b[^.]{0,12}\baccept\w*|"
        r"(?:not|\w*n[’']t) accepted?\b[^.]{2,70}\b(?:not|\w*n[’']t|nor) (?:reject|refus)\w*|without saying yes or no|(?:have|has|had) not (?:refused|rejected)\b|(?:had|have|has) not (?:been )?(?:answered|shown)|"
        r"(?:would|will) (?:answer|reply|respond|decide)\b|when there is (?:a|an)\b|nothing in writing|ha(?:d|ve|s) answered\b(?<=neither)|(?:neither|none) [^.]{2,60}\b(?:had|has|have) (?:yet )?(?:answered|replied|responded)|"
        r"(?:has|have|had|did|does|do)(?: not|\w*n[’']t) (?:yet |immediately |publicly |formally |officially )*(?:respon[ds]\w*|repl\w+|answer\w*|"
        r"comment\w*|decided|said whether|say whether|received|heard|commit\w*|sign\w*|taken a position|given (?:a|an|its|any|us))|"
        r"declin(?:e|ed|es|ing) to (?:comment|say|discuss|answer|elaborate|confirm|speculate|be drawn|get into)|"
        r"refus(?:e|ed|es|ing) to (?:comment|say|discuss|answer|elaborate|confirm)|would(?: not|\w*n[’']t) (?:comment|say|discuss|confirm|be drawn)|"
        r"no (?:immediate |official |formal |public )?(?:response|comment|reply|answer|word)\b|(?:has|have) yet to|yet to (?:respond|reply|answer|comment|accept|agree|sign|approve)|"
        r"under (?:review|consideration|study|discussion)|(?:is|are|was|were|still|be) (?:still |now |carefully |currently )*(?:review|study|consider|examin|weigh|evaluat|assess)ing\b|"
        r"(?:await|waiting for|wait for|waiting on|waiting to hear|looking for)\w* (?:a |an |the |its |his |their |hamas[’']s?|israel[’']s |hezbollah[’']s |official |final |formal )*(?:response|answer|reply|decision|back)|"
        r"await(?:s|ing|ed) (?:a |an |the |their |its |hamas[’']s?|israel[’']s )*(?:\w+ )?(?:response|answer|reply|decision)|"
        r"ball is (?:now )?in [\w’']+ court|up to (?:hamas|israel|hezbollah|them) (?:now )?to|"
        r"not (?:going to|gonna) (?:negotiate|discuss|comment|get into|speak|talk)\w*|non-?committal)",
    ),
    (
        "conditions",
        r"\b(?:with (?:an?|two|three|one|some|several|both|both its|its own|their own)? ?(?:conditions?|ifs?|reservations?)\b|(?:set|sets|setting|put|puts|putting) (?:an?|the first|a new|another|its|two) (?:[\w-]+ )?conditions?|"
        r"(?:will|would|wo\w*n[’']t|can|shall)(?: not|\w*n[’']t)? (?:[\w’'-]+ ){1,8}?while\b|depends? (?:on|upon)\b|on the day (?:that|when|on which)\b|(?:open|good|stands?|valid) until\b|"
        r"first[,.;]|must still\b|(?:a |one )condition\b|only (?:if|when|after|once|as part of|on)\b|unless\b|not (?:until|unless|before|without)\b|on (?:the )?conditions?\b(?! of anonymity)(?! [^.;]{0,70}\b(?:named|identif\w+|quoted)\b)|(?:could|would|might) (?:support|back|recommend|accept)\w* [^.;]{2,80}\bif\b|conditional\b|conditioned\b|"
        r"(?:set|sets|setting|laid (?:out|down)|attach\w*|impos\w*|stat\w+|list\w*|its|their|his|her|our|new) (?:\w+ ){0,2}conditions\b|conditions (?:for (?:a|any|the|accept|agree)\w*|are met|must be)|"
        r"provided (?:that )?|as long as|so long as|in exchange for|in return for|must first|"
        rf"no {_TALKS} (?:until|without|unless|before)|(?:not|\w*n[’']t|never) (?:{_GAP})(?:until|unless|without)|"
        r"insist(?:s|ed|ing)? (?:on|upon|that (?:[\w’'-]+ ){0,6}(?:must|should|only|would (?:only|have)|first|be|withdraw\w*))\b|(?<!\ba )(?<!\bthe )(?<!\bits )(?<!\bhis )(?<!\btheir )(?:demand(?:s|ed|ing)?)\b(?! for| (?:an? |the )?(?:[\w-]+ ){0,3}(?:cease-?fire|truce|end to|pause|halt))|pre-?conditions?|pre-?requisites?|red lines?|"
        rf"any (?:[\w-]+ ){{0,3}}{_TALKS} (?:must|should|would have to|will have to|has to|needs to|that)|"
        r"(?:must|should|has to|have to|needs? to) (?:include|be accompanied by|guarantee|lead to|ensure|begin with|come with|involve)|"
        r"would (?:accept|agree|stop|end|consider|halt|cease)\w* (?:[\w’'-]+ ){0,10}if\b|(?:ready|willing|prepared|open) to (?:[\w’'-]+ ){1,10}if\b|"
        r"if (?:hamas|israel|hezbollah|it|they|he) (?:[\w’'-]+ ){0,4}(?:releas|accept|agree|stop|free|return|end|withdr|violat|break|breach)\w*|"
        r"until (?:all|the|every|hamas|israel|hezbollah|its) (?:[\w’'-]+ ){0,6}(?:releas|freed|return|destroy|eliminat|end|stop|withdraw|met|achiev)\w*|"
        r"far from (?:our|its|their|his) (?:requirements|demands))",
    ),
    (
        "rejects",
        r"[“\"]No[,.!]?[”\"]|\b(?:reject(?:s|ed|ing|ion)?\b|refus(?:e|es|ed|al|ing)\b|rul(?:es|ed|ing) out|turn(?:s|ed|ing) (?:it |them |\w+ )?down|dismiss(?:es|ed|ing)?\b|rebuff\w*|spurn\w*|"
        rf"(?:there )?will be no {_TALKS}|no {_TALKS}(?: |\.|,|!|”)(?!was|were|is in|has been reached|yet)|(?:will|would|does|do|is|are)(?: not|\w*n[’']t) (?:be )?(?:ready to |willing to |going to |prepared to )?(?:accept|agree|stop|end|support|sign|back|be a cease-?fire|consent|halt|cease|call for)|"
        r"wo\w*n[’']t (?:accept|agree|stop|end|support|sign|halt|cease)|(?:oppose[sd]?|opposing|opposition to)\b|veto(?:ed|es|ing)?\b|vot(?:e|ed|es|ing) against|"
        rf"against (?:a|the|any|this|that) (?:[\w-]+ ){{0,3}}{_TALKS}|unacceptable|non-?starter|not (?:acceptable|interested)|said no\b|says no\b|"
        r"(?:answer|reply) (?:is|was|remains) (?:still )?no\b|(?:voted?|voting|say|says|saying) no\b|(?:i am|we are|he is|she is|is|was) against\b|"
        r"(?:scuttl|torpedo|scupper|thwart|derail|sabotag|block)\w*|fail(?:ed|s|ing)? to agree|not the (?:right )?time for)",
    ),
    (
        "acts-against",
        r"\b(?:(?:continue|keep|go on|press ahead|push ahead|carry on|persist)(?:s|d|ing)? (?:to |with |up |on )?(?:\w+ ){0,3}(?:fight|strik|attack|bomb|operat|offensive|war|assault|hit|pursu|until)\w*|"
        r"(?:fight|war|operation|offensive|campaign|strikes|attacks)\w* (?:will|would|must|to) (?:continue|go on|not stop)|will not stop|wo\w*n[’']t stop|"
        r"(?:with )?full force|until (?:total |complete |absolute )?victory|total victory|absolute victory|"
        r"resum(?:e|es|ed|ing|ption)\b (?:of )?(?:\w+ ){0,3}(?:fight|war|combat|strike|attack|airstrike|operation|offensive|bomb|hostilit|assault)\w*|"
        r"(?:violated|violates|violating|breached|breaching|broke|breaks|breaking|broken) (?:the |a |this |its )?(?:[\w-]+ ){0,3}(?:cease-?fire|truce|agreement|deal|pause)|(?:pull(?:s|ed|ing)|recall(?:s|ed|ing)|withdr(?:ew|aws|awing)) (?:out of|its delegation|from (?:the )?(?:talks|negotiations))|"
        r"(?:launch|begin|carry out|go ahead with|proceed with)\w* (?:its |the |a |their )?(?:[\w-]+ ){0,2}(?:operation|offensive|invasion|assault)|(?:without )?(?:invad|enter|go(?:ing)? into)\w* rafah|vow(?:s|ed|ing)? to (?:\w+ ){0,3}(?:fight|continue|destroy|press|strike|retaliat|keep)\w*)",
    ),
    (
        "welcomes",
        r"\b(?:glad (?:of|that|beyond)|welcom(?:e|es|ed|ing)\b|hail(?:s|ed|ing)?\b|prais(?:e|es|ed|ing)\b|applaud\w*|appreciat(?:es?|ed|ing)\b|appreciation for|commend\w*|good news|grateful|gratitude|"
        r"thank(?:s|ed|ing)?\b(?! you)|(?:is|are|was|were) (?:very |deeply |extremely |overjoyed|so )?(?:pleased|happy|glad|encouraged|heartened|thrilled|overjoyed|gratified)|"
        r"encouraging (?:sign|step)|positive (?:step|signal|spirit)|step in the right direction)",
    ),
    (
        "proposes",
        rf"\b(?:call(?:s|ed|ing)? (?:on|upon) [^.]{{3,60}}? to (?:cease|stop|halt|hold|end|pause)|(?:on offer|on the table)\b|re(?:wrote|written|vised?) (?:its|their|the) {_ANY}|propos(?:e|es|ed|ing)\b|unveil(?:s|ed|ing)?\b|put(?:s|ting)? forward|tabled?\b|present(?:s|ed|ing)? {_ANY}|offer(?:s|ed|ing)? {_ANY}|introduc(?:e|es|ed|ing) {_ANY}|"
        rf"circulat(?:e|es|ed|ing) {_ANY}|draft(?:s|ed|ing)? {_ANY}|(?:call|press|plead|appeal|push)(?:s|ed|ing)?(?: \w+)? for {_ANY}|"
        rf"urg(?:e|es|ed|ing) {_ANY}|demand(?:s|ed|ing)? {_ANY}|(?:we|i) (?:need|want) (?:a|an|this) {_ANY}|(?:must|should|needs? to) (?:be|agree to) (?:a|an) {_ANY}|outlin(?:e|es|ed|ing) {_ANY})",
    ),
    (
        "endorses",
        rf"\b(?:(?:call(?:s|ed|ing)? (?:on|upon)|urg(?:e|es|ed|ing)) [^.]{{3,60}}? to (?:accept|agree|sign|say yes|back|approve)|(?:say|says|said|saying|urg\w+ [^.]{{2,40}} to say) yes\b|(?:answer|reply) is yes|(?:full|unreserved|whole|wholehearted|strong) (?:support|backing)|still inside the|accept(?:s|ed|ing|ance)?\b|agree(?:s|d|ing)?\b(?! with)|approv(?:e|es|ed|al|ing)\b|back(?:s|ed|ing)? {_ANY}|support(?:s|ed|ing|ive)?\b (?:for |of )?(?:{_ANY}|extending|it\b)|endors(?:e|es|ed|ing|ement)\b|"
        rf"commit(?:ted|s|ment)? to {_ANY}|sign(?:s|ed)? (?:on|off|onto|up)|said yes|vot(?:ed|es|ing) (?:in favou?r|for)|in favou?r of|"
        rf"(?:work|working|worked|works) (?:\w+ ){{0,6}}?(?:to|toward|towards|on) (?:\w+ ){{0,6}}?{_TALKS}|(?:reach|secure|secured|secures|securing|conclud|achiev|clos|finali[sz]|broker|strik|struck|announc|complet|clinch|seal)\w* {_ANY}|"
        rf"(?:implement|uphold|honou?r|abide by|adher\w+ to|stick to|respect|carry out)\w* {_ANY}|determined to|(?:need|time|want)(?:s|ed)? to (?:get|close|finali[sz]e|finish|be done|end)|"
        rf"(?:get|getting|got) {_ANY} (?:done|over|across)|stand(?:s)? (?:behind|by) {_ANY}|onboard|on board|green light|"
        rf"(?:hop|want|seek|try|aim|push|press|look|mov)\w* (?:to|for) (?:\w+ ){{0,5}}(?:continue|extend|reach|secure|find|get|bring about|end|achieve) {_ANY})",
    ),
)
_COMPILED = tuple((stance, re.compile(pattern, re.IGNORECASE)) for stance, pattern in _RULES)
_NEGATED = re.compile(
    rf"\b(?:{_NOT}|stopp\w+ short of|fail\w* to|without|yet to|far from|refus\w+ to|declin\w+ to|unlikely to|\w*n[’']t)\s+(?:[\w’'-]+\s+){{0,3}}\Z", re.IGNORECASE
)
_HEDGE = re.compile(
    r"\b(?:purported(?:ly)?|reported(?:ly)?|allegedly|signal(?:led|ed|s)|considering|seem(?:s|ed)?|appear(?:s|ed)?|may|might|could|"
    r"expect(?:s|ed)?|hop(?:e|es|ed|ing|eful)|likely|possibl[ye]|in principle|tentative(?:ly)?|broadly|close to|nearing|suggest(?:s|ed))\b",
    re.IGNORECASE,
)


def judged(sentence: str) -> Judged | None:
    """The stance of a sentence on the talks, None where no words decide one: of several rules the first wins."""
    for stance, pattern in _COMPILED:
        for match in pattern.finditer(sentence):
            if stance == "conditions" and match.group().casefold().startswith("demand") and _TURNED.search(sentence[: match.start()]):
                continue  # "rejected demands": the refusal decides
            if (found := _with_negation(stance, sentence, match)) is not None:
                return found
    return None


def judged_all(sentence: str) -> list[Judged]:
    """The stances of a sentence's clauses, in order: each by the first rule that fits the clause."""
    found: list[Judged] = []
    start = 0
    for end in [*(m.start() for m in _CLAUSES.finditer(sentence)), len(sentence)]:
        clause = judged(sentence[start:end])
        if clause is not None:
            found.append(Judged(clause.stance, clause.start + start, clause.end + start))
        start = end
    whole = judged(sentence)
    if whole is not None and _CLAUSES.search(sentence, whole.start, whole.end):
        inside = [f for f in found if whole.start < f.end and f.start < whole.end]
        return sorted([whole, *(f for f in found if f not in inside)], key=lambda f: f.start)  # "neither accepted, nor refused"
    if whole is not None and not any(whole.start < f.end and f.start < whole.end for f in found):
        found.append(whole)  # decided by words on both sides of a comma
    return sorted(found, key=lambda f: f.start)


_TURNED = re.compile(r"\b(?:reject|refus|oppos|dismiss|resist|ignor|rebuff)\w* (?:[\w’'-]+ ){0,3}\Z", re.IGNORECASE)
_NONE_YET = re.compile(r"\b(?:no|nothing|none)\b(?: [\w’'-]+){0,3} (?:has|have|had|is|was|were)(?: yet)?(?: been)? \Z", re.IGNORECASE)
_WRONG_TO = re.compile(r"\b(?:mistake|wrong|error|dangerous|regrettable|folly)\b[^.;]{0,45}\Z|\b(?:warn\w*|urg\w+ [\w ]{2,30}) (?:against|not to) \Z", re.IGNORECASE)
_CLAUSES = re.compile(r"[;—–](?=\s)|,(?=\s(?:but|and|while|as|which|though|although|only|a|with|after|before)\b)|\s(?=(?:but|while|although|though|whereas)\s)")


def _with_negation(stance: Stance, sentence: str, match: re.Match[str]) -> Judged | None:
    before = sentence[max(0, match.start() - 60) : match.start()]
    negated = _NEGATED.search(before) is not None
    if stance == "rejects" and _WRONG_TO.search(before):
        return Judged("endorses", match.start(), match.end())
    if stance == "endorses" and _NONE_YET.search(before):
        return None
    if negated and stance == "endorses":
        short = re.search(r"stopp\w+ short|yet to", before)
        return None if short else Judged("rejects", match.start(), match.end())
    if negated and stance in {"welcomes", "proposes", "rejects", "reverses"}:
        return None
    return Judged(stance, match.start(), match.end())


def hedge(sentence: str) -> str | None:
    """The word that makes it less than certain, if one does."""
    match = _HEDGE.search(sentence)
    return match.group() if match else None
