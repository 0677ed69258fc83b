"""Topics are files: those that ship are whole, a new one is made and read, a bad one is refused with the line and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from briefing import topics
from briefing.cli.app import app
from index.errors import Misuse

GOOD = topics.template("alpha", ("Arda", "Belland"))


def test_those_that_ship_have_standing_questions_and_offices_by_date() -> None:
    assert topics.names() == ["gaza", "israel-hezbollah", "russia-ukraine", "sudan", "us-iran"]
    for name in topics.names():
        topic = topics.load(name)
        assert len(topic.requirements) >= 4
        assert len(topic.named("principal")) >= 2
        assert any(person.since for party in topic.parties for person in party.people)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('role = "principal"', 'role = "king"', "role", "parties.0.role: Input should be 'principal', 'mediator' or 'observer'"),
        ('names = ["Belland"]', "names = []", "names = []", "parties.1.names: Tuple should have at least 1 item"),
        ('rejected a ceasefire?",', 'rejected a ceasefire",', "Has Arda", "is no question: it ends without a question mark"),
        ('name = "Belland"', 'name = "Arda"', None, "'Arda' is there twice"),
        ('title = "Arda–Belland"', 'title = ""', "title", "title: it is empty"),
        ('talks = ["ceasefire"', 'talk = ["ceasefire"', None, "talks: Field required"),
        (
            "people = [] #",
            'people = [ { name = "A B", office = "minister", from = 2030-02-01, to = 2030-01-01 } ] #',
            "people",
            "A B leaves the office of minister on 2030-01-01, before 2030-02-01",
        ),
    ],
)
def test_a_bad_topic_is_refused_with_its_line(old: str, new: str, line: str | None, reason: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(Misuse, match=r"bad\.toml, line \d+") as refused:
        topics.parse(text, "bad.toml")
    assert reason in str(refused.value)
    if line is not None:
        number = int(str(refused.value).split("line ")[1].split(":")[0])
        assert line in text.split("\n")[number - 1] or "requirements" in text.split("\n")[number - 2]


def test_what_is_not_toml_is_refused_where_it_breaks() -> None:
    with pytest.raises(Misuse, match=r"not TOML: .*end of document"):
        topics.parse("name = ", "bad.toml")


def test_a_new_topic_is_written_read_and_never_written_over(tmp_path: Path) -> None:
    file, run = tmp_path / "alpha.toml", CliRunner()
    made = run.invoke(app, ["topics", "new", "alpha", "--between", "Arda", "Belland", "-o", str(file)])
    assert made.exit_code == 0
    assert topics.load(str(file)).conflict == "Arda and Belland"
    assert "alpha: 2 parties, 0 people, 2 standing questions" in run.invoke(app, ["topics", "check", str(file)]).output
    again = run.invoke(app, ["topics", "new", "alpha", "--between", "Arda", "Belland", "-o", str(file)])
    assert isinstance(again.exception, Misuse)
    wrong = run.invoke(app, ["topics", "new", "Al pha", "--between", "Arda", "Belland", "-o", str(tmp_path / "x.toml")])
    assert isinstance(wrong.exception, Misuse)


def test_nothing_about_any_conflict_stands_in_code() -> None:
    """The drafters and the ledger know parties and places from topic files alone."""
    names = {n for name in topics.names() for party in topics.load(name).parties for n in (party.name, *party.adjectives)}
    common = {"US", "U.S.", "American"}
    root = Path(__file__).parents[1] / "briefing"
    for folder in ("draft", "ledger", "chat"):
        for file in (root / folder).rglob("*.py"):
            code = "\n".join(
                line.split("#")[0]
                for line in file.read_text(encoding="utf-8").split("\n")
                if '"""' not in line and "“" not in line
            )
            told = [name for name in names - common if f'"{name}"' in code or f"'{name}'" in code]
            assert told == [], file
