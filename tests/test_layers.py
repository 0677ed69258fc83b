"""An import goes down or stays; never up."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_NOT_IMPORT = {
    "index": {"briefing", "ui", "evals", "streamlit", "openai", "langchain_openai", "langchain_core"},
    "briefing": {"ui", "evals", "chromadb", "streamlit"},
    "ui": {"chromadb", "openai", "langchain_openai", "evals", "sqlalchemy"},
    "evals": {"ui", "streamlit"},
}
TOP_FLOOR = ROOT / "briefing" / "cli"
CHROMADB_IN = {ROOT / "index" / "vectors.py", ROOT / "evals" / "bench.py"}  # the bench compares with bare chroma
STANDARD_LIBRARY_ONLY = {
    "index/article.py": {"index"},
    "index/errors.py": set(),
    "index/times.py": set(),
    "briefing/claims.py": {"index"},
}


def imported(path: Path) -> set[str]:
    """The top-level packages a file imports anywhere, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("layer", sorted(MAY_NOT_IMPORT))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path in (ROOT / layer).rglob("*.py")
        if not path.is_relative_to(TOP_FLOOR) and (bad := imported(path) & MAY_NOT_IMPORT[layer])
    }
    assert {k: v for k, v in wrong.items() if not (v == ["chromadb"] and ROOT / k in CHROMADB_IN)} == {}


def test_chromadb_is_known_in_one_place() -> None:
    knowing = {p for d in MAY_NOT_IMPORT for p in (ROOT / d).rglob("*.py") if "chromadb" in imported(p)}
    assert knowing <= CHROMADB_IN
    assert ROOT / "index" / "vectors.py" in knowing


@pytest.mark.parametrize("name", sorted(STANDARD_LIBRARY_ONLY))
def test_the_ground_knows_the_standard_library_only(name: str) -> None:
    import sys

    foreign = imported(ROOT / name) - set(sys.stdlib_module_names) - STANDARD_LIBRARY_ONLY[name]
    assert foreign == set()


def test_the_prompts_folder_holds_no_code() -> None:
    assert list((ROOT / "prompts").rglob("*.py")) == []
