"""The second reading of sentences that a model wrote: what it may overrule, what it stops, who is asked for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_ground import an_article

from briefing.claims import Citation, Claim
from briefing.desk import Desk
from briefing.services import earning
from briefing.settings import ModelSettings, Settings
from briefing.support.builtin import BuiltIn
from briefing.verify import Ground, Said, SecondReading, Verifier, key_of
from evals.model_server import ModelServer, model_server
from index.calendar.instants import parse_stamp

TOPIC = "israel-hezbollah"
DEMO = parse_stamp("2024-09-27T06:00Z").instant
TEXT = (
    "Sardona’s foreign minister, Ilke Maren, told reporters on Tuesday that her country was leaning toward accepting the truce."
    " The plan asks for 21 days of quiet."
    " Its foreign ministry said it was still waiting for an answer to the plan from Norland."
)
WAITS = "Its foreign ministry said it was still waiting for an answer to the plan from Norland."
WORDS = TEXT.split(" The plan", maxsplit=1)[0]


def about(text: str, quote: str = WORDS) -> tuple[Claim, Ground]:
    article = an_article(TEXT)
    start = TEXT.find(quote)
    cited = Citation(n=1, article_id=article.id, external_id=None, start=start, end=start + len(quote), quote=quote)
    assert article.knowable_from is not None
    return Claim(id="c", text=text, form="reported", citations=(cited,)), Ground({article.id: article}, article.knowable_from)


def checked(claim: Claim, ground: Ground, said: Said | None) -> Claim:
    second = SecondReading("second reading: m", {key_of(claim): said} if said else {})
    return Verifier((BuiltIn(),), second=second).verify([claim], ground)[0]


def test_a_sentence_that_is_borne_out_passes_a_gate_that_compares_words_and_says_so() -> None:
    claim, ground = about("The foreign ministry said it had not had an answer to the plan from Norland yet.", WAITS)
    alone = checked(claim, ground, None)
    assert str(alone.reason).startswith("it denies something that its citations do not deny")
    again = checked(claim, ground, Said(carried=True))
    assert again.reason is None
    assert again.verdict is not None
    assert dict(again.verdict.gates)["negation"] == "overruled"
    assert (again.verdict.rungs[-1].checker, again.verdict.rungs[-1].label) == ("second reading: m", "supported")
    assert str(again.verdict.rungs[-1].reason).startswith("overruled: it denies something")
    assert checked(claim, ground, Said(carried=None)).reason == alone.reason, "who cannot tell overrules nothing"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Ilke Maren told reporters that her country “will surely say yes to the truce”.", WORDS),
        ("Ilke Maren told 40 reporters that her country was leaning toward accepting the truce.", WORDS),
        ("Ilke Maren told Ardania’s reporters that her country was leaning toward accepting the truce.", WORDS),
        ("Ilke Maren told reporters on 9 March that her country was leaning toward accepting the truce.", WORDS),
        ("Ilke Maren told reporters that her country was leaning toward accepting the truce.", "words that stand nowhere in it"),
    ],
)
def test_nobody_s_word_counts_against_what_is_exact(text: str, quote: str) -> None:
    claim, ground = about(text, quote)
    assert checked(claim, ground, Said(carried=True)).reason is not None


def test_a_figure_that_stands_elsewhere_in_the_article_may_be_borne_out() -> None:
    claim, ground = about("Sardona was leaning toward accepting a truce of 21 days, Foreign Minister Ilke Maren told reporters.")
    assert checked(claim, ground, None).reason == "the figure 21 days is not in its citations"
    assert checked(claim, ground, Said(carried=True)).reason is None


def test_what_is_not_borne_out_stops_whatever_the_gates_say() -> None:
    claim, ground = about(WORDS)
    assert checked(claim, ground, None).reason is None
    stopped = checked(claim, ground, Said(carried=False, missing="who it was"))
    assert stopped.reason == "read again beside its words, they do not carry it: who it was"


# ---- who is asked


@pytest.mark.parametrize(("kept", "caught", "checks"), [(0.9, 0.95, True), (0.89, 1.0, False), (1.0, 0.9, False)])
def test_whose_second_reading_counts(kept: float, caught: float, checks: bool) -> None:
    earned = earning.Earned("m", 65, 0.95, 0.95, 0.7, 0.5, kept=kept, caught=caught)
    assert earned.checks == checks
    assert ("it reads what it wrote a second time" in earned.told) == checks


def test_the_labelled_sentences_cite_words_of_their_articles() -> None:
    texts = {row["id"]: row["text"] for row in earning.trial()}
    pairs = earning.labelled_pairs()
    assert all(quote in texts[row["article"]] for row in pairs for quote in row["quotes"])
    assert sum(row["carried"] for row in pairs) == len(pairs) - sum(row["carried"] for row in pairs) == 32


def drafted(folder: Path, server: ModelServer, *, try_first: bool) -> tuple[list[str], tuple[str, ...]]:
    """What was asked of the server for one brief, and the prompts that the brief names."""
    settings = ModelSettings.model_validate({"name": "m", "base_url": server.url, "retries": 0, "reads": try_first})
    desk = Desk(Settings(data=folder, model=settings))
    if try_first:
        assert desk.trial().checks
    before = len(server.requests)
    brief = desk.draft(TOPIC, as_of=DEMO, drafter="llm").brief
    desk.close()
    asked = [r["response_format"]["json_schema"]["name"] for r in server.requests[before:]]
    return asked, tuple(name for name, _ in brief.disclosure.prompts)


def test_a_model_that_passed_its_trial_reads_again_and_another_is_not_asked(sample_folder: Path) -> None:
    with model_server() as server:
        asked, prompts = drafted(sample_folder, server, try_first=False)
        assert "checked_sentences" not in asked
        assert "check_sentences/v1" not in prompts
        asked, prompts = drafted(sample_folder, server, try_first=True)
    assert "checked_sentences" in asked
    assert prompts[-1] == "check_sentences/v1"


def test_what_it_does_not_bear_out_is_not_in_the_brief(sample_folder: Path) -> None:
    with model_server() as server:
        settings = ModelSettings.model_validate({"name": "m", "base_url": server.url, "retries": 0})
        desk = Desk(Settings(data=sample_folder, model=settings))
        first = desk.draft(TOPIC, as_of=DEMO, drafter="llm").brief
        doubted = next(c.text for s in first.sections if s.id == "bottom_line" for c in s.claims if c.text in server.honest)
        server.verdicts = {doubted: "not-carried"}
        other = Desk(Settings(data=sample_folder, model=replace_name(settings)))
        second = other.draft(TOPIC, as_of=DEMO, drafter="llm").brief
        desk.close()
        other.close()
    assert all(c.text != doubted for s in second.sections if s.id == "bottom_line" for c in s.claims)
    assert any("read again beside its words" in str(c.reason) for c in second.withheld if c.text == doubted)


def replace_name(settings: ModelSettings) -> ModelSettings:
    """Another model behind the same address: nothing of the first is in the cache."""
    return settings.model_copy(update={"name": "m2"})
