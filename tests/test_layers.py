"""An import goes down or stays; never up, and never in a circle."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType

import pytest

from briefing.desk import Desk

ROOT = Path(__file__).parents[1]
# The house from the ground up. A room may import from its own floor and from those below; what is not named here stands on the
# floor of its folder. `briefing eval` starts the suites: the one exception, written down in docs/architecture.md.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("index/errors.py", "index/calendar/instants.py"),
    ("index/article.py", "index/sentences.py", "index/language.py", "index/urls.py"),
    ("index/calendar", "index/terms.py"),
    ("index",),
    ("briefing/claims.py",),
    ("briefing/settings.py", "briefing/privacy.py", "briefing/topics", "briefing/prompting.py", "briefing/sample"),
    ("briefing/chat", "briefing/beside/locate.py"),
    ("briefing/reading",),
    ("briefing/talks",),
    ("briefing/beside", "briefing/rewriting.py"),
    ("briefing/support", "briefing/ledger"),
    ("briefing/verify",),
    ("briefing/draft", "briefing/contract"),
    ("briefing/submitted.py", "briefing/render.py", "briefing/store"),
    ("briefing/services",),
    ("briefing/desk.py",),
    ("briefing/ecosystem",),
    ("ui", "evals", "briefing/cli"),
)
EXCEPTIONS = {
    ("briefing/cli/evals.py", "evals"),  # the verb that starts the suites
    ("briefing/desk.py", "briefing/ecosystem"),  # an embedding of langchain's, imported where the settings name one
}
FOREIGN = {
    "index": {"streamlit", "openai", "langchain_openai", "langchain_core"},
    "briefing": {"chromadb", "streamlit"},
    "ui": {"chromadb", "openai", "langchain_openai", "sqlalchemy"},
    "evals": {"streamlit"},
}
CHROMADB_IN = {ROOT / "index" / "vectors.py", ROOT / "evals" / "bench.py"}  # the bench compares with bare chroma
STANDARD_LIBRARY_ONLY = {
    "index/article.py": {"index"},
    "index/errors.py": set(),
    "index/calendar/instants.py": set(),
    "index/calendar/days.py": {"index"},
    "index/calendar/tense.py": set(),
    "briefing/claims.py": {"index"},
    "briefing/reading/nouns.py": {"index"},
}
SERVICE = {  # what a verb or a screen may know: the desk, the nouns, the contract, how things look
    "briefing.desk", "briefing.claims", "briefing.contract", "briefing.contract.convert", "briefing.contract.ledger",
    "briefing.render", "briefing.settings", "briefing.topics", "briefing.sample", "briefing.submitted", "briefing.cli",
    "briefing.ledger", "briefing.ledger.book", "briefing.ledger.changes", "briefing.ledger.contradictions",
    "briefing.ledger.figures", "briefing.ledger.proposals", "briefing.ledger.timeline", "briefing.draft.plan",
}  # fmt: skip
ROOTS = {"index", "briefing", "ui", "evals"}  # their own `__init__` holds nothing
LONGEST = 500  # lines of a module


def files() -> list[Path]:
    return [p for d in ("index", "briefing", "ui", "evals") for p in sorted((ROOT / d).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """The modules that a file imports anywhere, also inside functions; not those that only its types name."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {
                f"{node.module}.{alias.name}" for alias in node.names if is_module(f"{node.module}.{alias.name}")
            }
    return found - ROOTS


def is_module(name: str) -> bool:
    place = ROOT / Path(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def place_of(module: str) -> str | None:
    """The file of a module of ours, from the root."""
    place = ROOT / Path(*module.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return str(file.relative_to(ROOT))
    return None


def floor_of(file: str) -> int:
    """The floor of the longest name that fits."""
    fitting = [(len(room), n) for n, rooms in enumerate(FLOORS) for room in rooms if file == room or file.startswith(f"{room}/")]
    return max(fitting)[1] if fitting else len(FLOORS)


def test_no_import_goes_up() -> None:
    wrong = []
    for path in files():
        own = str(path.relative_to(ROOT))
        for module in imports(path):
            other = place_of(module)
            if other is None or floor_of(other) <= floor_of(own):
                continue
            if not any(own == file and other.startswith(room) for file, room in EXCEPTIONS):
                wrong.append(f"{own} -> {other}")
    assert sorted(wrong) == []


def test_no_circle_of_imports() -> None:
    """Also not through an import inside a function or for types alone; a package's own `__init__` does not count."""
    graph = {
        str(p.relative_to(ROOT)): {
            o for m in imports(p) if (o := place_of(m)) and not o.endswith("__init__.py") and o != str(p.relative_to(ROOT))
        }
        for p in files()
        if p.name != "__init__.py"
    }
    circles, done = [], set[str]()

    def walk(file: str, way: list[str]) -> None:
        if file in way:
            circles.append([*way[way.index(file) :], file])
            return
        if file in done:
            return
        for other in sorted(graph.get(file, ())):
            walk(other, [*way, file])
        done.add(file)

    for file in sorted(graph):
        walk(file, [])
    assert circles == []


@pytest.mark.parametrize("layer", sorted(FOREIGN))
def test_a_layer_knows_only_the_libraries_that_are_its_own(layer: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path in (ROOT / layer).rglob("*.py")
        if (bad := {m.split(".")[0] for m in imports(path)} & FOREIGN[layer]) and path not in CHROMADB_IN
    }
    assert wrong == {}


def test_chromadb_is_known_in_one_place() -> None:
    knowing = {p for p in files() if "chromadb" in {m.split(".")[0] for m in imports(p)}}
    assert knowing <= CHROMADB_IN
    assert ROOT / "index" / "vectors.py" in knowing


@pytest.mark.parametrize("name", sorted(STANDARD_LIBRARY_ONLY))
def test_the_ground_knows_the_standard_library_only(name: str) -> None:
    top = {m.split(".")[0] for m in imports(ROOT / name)}
    assert top - set(sys.stdlib_module_names) - STANDARD_LIBRARY_ONLY[name] == set()


@pytest.mark.parametrize("place", ["briefing/cli", "ui"])
def test_verbs_and_screens_never_reach_past_the_desk(place: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} -> {module}"
        for path in (ROOT / place).rglob("*.py")
        for module in imports(path)
        if module.startswith("briefing.")
        and is_module(module)
        and not module.startswith("briefing.cli")
        and module not in SERVICE
    }
    assert wrong == set()


def test_no_module_is_longer_than_five_hundred_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in files() if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST}
    assert long == {}


def test_the_prompts_folder_holds_no_code() -> None:
    assert list((ROOT / "prompts").rglob("*.py")) == []


HANDED_DOWN = {  # the desk gives them `seen` and `heard`, which ask the reading room
    ("briefing/draft/material.py", "briefing/services/reading.py"),
    ("briefing/draft/answer.py", "briefing/services/reading.py"),
    ("briefing/verify/attribution.py", "briefing/services/reading.py"),
}


def climbs(work: Callable[[], object]) -> set[tuple[str, str]]:
    """The files of which one calls another on a higher floor while this is done; frames of libraries between them skipped."""
    found: set[tuple[str, str]] = set()
    places: dict[CodeType, str | None] = {}

    def place(code: CodeType) -> str | None:
        if code not in places:
            path = Path(code.co_filename)
            own = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else ""
            places[code] = own if own.startswith(("index/", "briefing/")) and not code.co_name.startswith("<") else None
        return places[code]

    def called(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or (callee := place(frame.f_code)) is None:
            return
        before = frame.f_back
        while before is not None and place(before.f_code) is None:
            before = before.f_back
        caller = place(before.f_code) if before is not None else None
        if caller is not None and floor_of(callee) > floor_of(caller):
            found.add((caller, callee))

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


def test_the_walk_of_an_article_and_of_a_question_climbs_only_where_a_function_is_handed_down(
    sample_desk: Desk, tmp_path: Path
) -> None:
    as_of = datetime(2024, 9, 27, 6, tzinfo=UTC)
    article = sample_desk.articles()[0].id
    new = tmp_path / "new.md"
    new.write_text("---\npublished: 2024-09-26T18:00Z\n---\nIsrael Katz said that there would be no ceasefire in Lebanon.\n")
    assert climbs(lambda: sample_desk.ingest([new])) == set()
    assert climbs(lambda: sample_desk.seen(article)) == set()
    drafting = climbs(lambda: sample_desk.draft("israel-hezbollah", as_of=as_of))
    assert ("briefing/draft/material.py", "briefing/services/reading.py") in drafting <= HANDED_DOWN
    assert climbs(lambda: sample_desk.ask("Has Israel accepted the proposal?", as_of=as_of)) <= HANDED_DOWN
