"""What every test gets: no network but this machine, no keys, a data folder of its own, the sample ready indexed."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefing.chat import breaker, dialect
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import Settings

ROOT = Path(__file__).parents[1]
_LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def no_network_and_no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only loopback can be reached; no key, address or settings of whoever runs the tests is seen."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in _LOCAL:
            raise AssertionError(f"a test tried to reach {host}")
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    breaker.reset()
    dialect.forget()
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "BRIEFING_MODEL", "BRIEFING_DATA", "BRIEFING_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real inputs that tests may read and the project does not hold."""
    place = Path(os.environ.get("BRIEFING_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not place.is_dir():
        pytest.skip(f"no real inputs at {place}; name them with BRIEFING_TEST_DATA")
    return place


@pytest.fixture(scope="session")
def _indexed_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "data"
    desk = Desk(Settings(data=folder))
    with articles_file() as sample:
        done = desk.ingest([sample])
    assert not done.rejected
    desk.close()
    return folder


@pytest.fixture
def sample_folder(_indexed_sample: Path, tmp_path: Path) -> Path:
    """A data folder with the sample in it, this test's own."""
    folder = tmp_path / "data"
    shutil.copytree(_indexed_sample, folder)
    return folder


@pytest.fixture
def sample_desk(sample_folder: Path) -> Iterator[Desk]:
    desk = Desk(Settings(data=sample_folder))
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def shared_sample_desk(_indexed_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk over the sample for tests that add nothing but briefs."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(_indexed_sample, folder)
    desk = Desk(Settings(data=folder))
    yield desk
    desk.close()
