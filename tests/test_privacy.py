"""What is kept on this machine stays there, whoever asks; what leaves is written down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from briefing import submitted
from briefing.chat import Budget
from briefing.cli.app import app
from briefing.desk import Desk
from briefing.privacy import is_remote
from briefing.settings import EmbeddingSettings, ModelSettings, PrivacySettings, Settings, load
from evals.model_server import ModelServer, model_server
from index.calendar.instants import parse_stamp
from index.errors import Misuse
from index.sources import Given

TOPIC, AS_OF = "israel-hezbollah", parse_stamp("2024-09-27T06:00Z").instant
SECRET = "the envoy whispered quintessentially of a ceasefire"
OPEN = "the minister spoke resplendently of a ceasefire"
REMOTE = "http://model.example/v1"


def article(outlet: str, words: str, n: int) -> str:
    text = (
        f"BEIRUT – On Thursday {words} between Israel and Hezbollah. “There will be no ceasefire in the north,” Israeli foreign "
        f"minister Israel Katz said on {words.split()[1]} matters of the truce. Hezbollah has not answered the proposal for a "
        f"21-day ceasefire, said Lebanese prime minister Najib Mikati, {words.split()[-4]} as ever."
    )
    row = {"id": f"a{n}", "title": f"Talks {n}", "source": outlet, "published": f"2024-09-26T1{n}:00Z", "text": text}
    return json.dumps(row)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    secret, opened = tmp_path / "kept" / "secret.jsonl", tmp_path / "open.jsonl"
    secret.parent.mkdir()
    secret.write_text(article("Embassy Cable", SECRET, 1))
    opened.write_text(article("Daily Open", OPEN, 2))
    return secret, opened


def a_desk(folder: Path, server: ModelServer, **privacy: object) -> Desk:
    """A desk whose endpoints are somebody else's by name: loopback alone would count as one's own."""
    model = ModelSettings.model_validate({"name": "test-model", "base_url": server.url, "retries": 0, "timeout_seconds": 20})
    embedding = EmbeddingSettings.model_validate({"kind": "openai", "model": "bag-of-words", "base_url": server.url})
    told = PrivacySettings.model_validate(privacy)
    return Desk(Settings(data=folder, model=model, embedding=embedding, privacy=told))


@pytest.fixture(autouse=True)
def loopback_is_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.privacy._LOOPBACK", frozenset())
    monkeypatch.setattr("briefing.privacy._OWN_NETWORK", "never.")


def sent(server: ModelServer) -> str:
    return json.dumps(server.requests, ensure_ascii=False)


def everything(desk: Desk) -> None:
    """Read, draft, ask, judge: whatever can reach an endpoint."""
    desk.draft(TOPIC, as_of=AS_OF, drafter="llm")
    desk.draft(TOPIC, as_of=parse_stamp("2024-09-27T12:00Z").instant, drafter="llm")
    desk.ask("Has Hezbollah answered the ceasefire proposal?", as_of=AS_OF)
    shown = submitted.read(f"On Thursday {SECRET} between Israel and Hezbollah [1].\n\n[1] a1\n", "told.md")
    desk.verify(shown, judge=True)


@pytest.mark.parametrize("how", ["ingest", "folder", "outlet", "settings-outlet", "article"])
def test_no_word_of_what_is_kept_here_reaches_somebody_elses_endpoint(tmp_path: Path, files: tuple[Path, Path], how: str) -> None:
    secret, opened = files
    with model_server() as server:
        desk = a_desk(tmp_path / "data", server, **({"local_outlets": ["Embassy Cable"]} if how == "settings-outlet" else {}))
        if how == "folder":
            desk.keep_here("folder", str(secret.parent))
        if how == "outlet":
            desk.keep_here("outlet", "Embassy Cable")
        if how == "article":  # marked later: what left before has left
            desk.ingest([opened])
            desk.settings.privacy.__dict__["local_only"] = True
            desk.ingest([secret])
            desk.settings.privacy.__dict__["local_only"] = False
            desk.keep_here("article", "a1")
        else:
            desk.ingest([secret], given=Given(local_only=how == "ingest"))
            desk.ingest([opened])
        everything(desk)
        assert "quintessentially" not in sent(server)
        assert "resplendently" in sent(server), "the rest is read as ever"
        left = desk.left()
        ids = {a.external_id: a.id for a in desk.articles()}
        assert {"reading", "drafting", "embedding"} <= {one.purpose for one in left}
        assert all(ids["a1"] not in one.articles for one in left)
        assert any(ids["a2"] in one.articles for one in left)
        assert all(check.ok for check in desk.status()), "an article without vectors is no damage"
        assert list(desk.search("quintessentially")), "it is found by its words"
        desk.close()


def test_a_whole_archive_is_kept_by_a_setting_and_the_brief_still_comes(tmp_path: Path, files: tuple[Path, Path]) -> None:
    with model_server() as server:
        desk = a_desk(tmp_path / "data", server, local_only=True)
        desk.ingest(list(files))
        brief = desk.draft(TOPIC, as_of=AS_OF, drafter="llm").brief
        told = sent(server)
        assert "quintessentially" not in told
        assert "resplendently" not in told
        assert brief.disclosure.drafter.startswith("extractive")
        assert "there is no evidence" in str(brief.disclosure.fallback)
        desk.close()


@pytest.mark.parametrize(
    ("url", "own", "remote"),
    [
        (None, (), True),
        ("https://api.openai.com/v1", (), True),
        (REMOTE, ("model.example",), False),
        (REMOTE, ("model.example:443",), True),
        ("http://model.example:8000/v1", ("model.example:8000",), False),
        ("http://[bad", (), True),
        ("http://localhost.evil.example/v1", (), True),
        ("http://127.0.0.1.evil.example/v1", (), True),
    ],
)
def test_whose_an_endpoint_is(url: str | None, own: tuple[str, ...], remote: bool) -> None:
    assert is_remote(url, own) is remote


@pytest.mark.parametrize("url", ["http://localhost:11434/v1", "http://127.0.0.1:8080/v1", "http://[::1]:9/v1"])
def test_this_machine_is_ones_own(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert not is_remote(url)


def test_marks_and_what_left_can_be_printed(tmp_path: Path) -> None:
    run, data = CliRunner(), ["--data", str(tmp_path / "data")]
    assert run.invoke(app, ["local", "list", *data]).stdout.strip() == "nothing is kept here"
    assert run.invoke(app, ["local", "add", "outlet", "Embassy Cable", *data]).exit_code == 0
    assert "outlet\tEmbassy Cable" in run.invoke(app, ["local", "list", *data]).stdout
    assert json.loads(run.invoke(app, ["local", "list", "--json", *data]).stdout)["kept"][0]["kind"] == "outlet"
    assert run.invoke(app, ["local", "remove", "outlet", "Embassy Cable", *data]).exit_code == 0
    assert run.invoke(app, ["sent", *data]).stdout.strip() == "nothing left this machine"
    desk = Desk(Settings(data=tmp_path / "data"))
    with pytest.raises(Misuse, match="one of outlet, feed, folder, article"):
        desk.keep_here("person", "x")
    with pytest.raises(Misuse):
        desk.let_leave("outlet", "nobody")
    desk.close()


# ---- what it may cost, over a day and a month


def test_a_day_and_a_month_have_limits_and_a_draft_past_them_says_so_first(tmp_path: Path, files: tuple[Path, Path]) -> None:
    with model_server() as server:
        told = {"name": "m", "base_url": server.url, "retries": 0, "reads": False, "price_in": 5.0, "price_out": 10.0}
        model = ModelSettings.model_validate({**told, "most_cost_day": 0.5, "most_cost_month": 0.9})
        desk = Desk(Settings(data=tmp_path / "data", model=model))
        desk.ingest(list(files))
        first = desk.draft(TOPIC, as_of=AS_OF, drafter="llm").brief
        assert first.disclosure.fallback is None
        spent = desk.purse.dollars(datetime(2020, 1, 1, tzinfo=UTC))
        assert spent == pytest.approx(len(server.requests) * (1000 * 5 + 100 * 10) / 1e6)
        asked = len(server.requests)
        budget = Budget(model.model_copy(update={"most_cost": 9}))
        budget.spent.calls, budget.spent.prompt_tokens = 1, 100_000
        desk.purse.settled(budget, "drafting")
        later = desk.draft(TOPIC, as_of=parse_stamp("2024-09-27T12:00Z").instant, drafter="llm").brief
        assert len(server.requests) == asked, "nothing is asked past the limit"
        assert "of the $0.5 that the language model may cost today are spent" in str(later.disclosure.fallback)
        assert later.disclosure.drafter == "extractive/2"
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        if tomorrow.month == datetime.now(UTC).month:
            assert desk.purse.used_up(model, tomorrow) is None
            assert desk.purse.limited(model, 1.0, tomorrow).most_cost == pytest.approx(0.9 - spent - 0.5)
        assert "of $0.9" in desk.purse.told(model)
        desk.close()


@pytest.mark.parametrize(
    ("named", "address"),
    [
        (
            {"AZURE_OPENAI_ENDPOINT": "https://x.openai.azure.com", "AZURE_OPENAI_API_KEY": "k"},
            "https://x.openai.azure.com/openai/v1/",
        ),
        ({"OLLAMA_HOST": "127.0.0.1:11434"}, "http://127.0.0.1:11434/v1"),
        ({"OLLAMA_HOST": "http://gpu:11434"}, "http://gpu:11434/v1"),
        ({"OLLAMA_HOST": "gpu", "OPENAI_API_KEY": "k"}, None),
        ({"OLLAMA_HOST": "gpu", "OPENAI_BASE_URL": "http://a/v1"}, "http://a/v1"),
    ],
)
def test_users_of_azure_and_ollama_need_no_other_variables(
    named: dict[str, str], address: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "OLLAMA_HOST", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BRIEFING_MODEL", "m")
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    chosen = load(tmp_path).model
    assert chosen is not None
    assert chosen.base_url == address
    assert chosen.api_key == ("k" if "k" in named.values() else "none")
