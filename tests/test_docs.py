"""What the documents say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from briefing.cli.docs import reference

ROOT = Path(__file__).parents[1]


def test_the_command_reference_is_current() -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == reference(), "run make docs"


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    for target in phony.group(1).split():
        assert re.search(rf"^{target}:.*## \S", makefile, re.MULTILINE), target


def test_requirements_are_pinned_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert re.findall(r"^-.*$", text, re.MULTILINE) == []  # no option of the installer: no index, no trusted host
        for pinned in re.findall(r"^(\S+==\S+)(.*)$", text, re.MULTILINE):
            assert pinned[1].rstrip().endswith("\\"), pinned  # a hash follows


def test_every_path_the_readme_names_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / path).exists(), path
