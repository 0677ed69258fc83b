"""Trust in writing: killed, full, interrupted or raced, nothing acknowledged is lost and nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.library import Library
from index.search import Query

INGEST = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from index.library import Library
from index.sources import Given, read_inputs
library = Library(Path(sys.argv[1]))
def progress(stage, done, total):
    print(stage, done, flush=True)
library.ingest(read_inputs([Path(sys.argv[2])], Given()), now=datetime.now(UTC), progress=progress)
print("done", flush=True)
"""
ARTICLES = 240


@pytest.fixture
def news(tmp_path: Path) -> Path:
    lines = [
        json.dumps(
            {
                "id": str(n),
                "title": f"Report {n}",
                "source": f"Sample {n % 7}",
                "published": f"2024-09-{n % 28 + 1:02d}",
                "text": f"Report number {n} tells of the talks in town {n * 7919 % 1000}, where {n} people met on the border.",
            }
        )
        for n in range(ARTICLES)
    ]
    (tmp_path / "news.jsonl").write_text("\n".join(lines))
    return tmp_path / "news.jsonl"


def _killed(data: Path, news: Path, after: float) -> int:
    """Run an ingest, kill it, and return how many articles it had acknowledged as archived."""
    child = subprocess.Popen([sys.executable, "-c", INGEST, str(data), str(news)], stdout=subprocess.PIPE, text=True)
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    told, _ = child.communicate(timeout=30)
    return max((int(line.split()[1]) for line in told.splitlines() if line.startswith("archived ")), default=0)


def _survives(tmp_path: Path, news: Path, times: int, seed: int) -> None:
    chance = random.Random(seed)
    for round_ in range(times):
        data = tmp_path / f"data{round_ % 10}"
        acknowledged = _killed(data, news, chance.uniform(0.3, 3.0))
        if not (data / "archive.db").exists():
            assert acknowledged == 0
            continue
        library = Library(data)
        assert library.archive.count() >= acknowledged
        library.close()
    for folder in sorted(tmp_path.glob("data*")):
        subprocess.run([sys.executable, "-c", INGEST, str(folder), str(news)], check=True, capture_output=True, timeout=120)
        library = Library(folder)
        assert library.archive.count() == ARTICLES
        assert len({a.external_id for a in library.archive.listed()}) == ARTICLES
        assert [c for c in library.status() if not c.ok] == []
        library.close()


def test_kill_minus_nine_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path, news: Path) -> None:
    _survives(tmp_path, news, times=6, seed=1)


REBUILD = """
import sys
from pathlib import Path
from index.library import Library
Library(Path(sys.argv[1])).rebuild(progress=lambda stage, done, total: print(stage, done, flush=True))
print("done", flush=True)
"""


def test_a_rebuild_killed_at_any_moment_ends_whole_when_it_is_asked_for_again(tmp_path: Path, news: Path) -> None:
    data, chance = tmp_path / "data", random.Random(3)
    subprocess.run([sys.executable, "-c", INGEST, str(data), str(news)], check=True, capture_output=True, timeout=120)
    for _ in range(4):
        child = subprocess.Popen([sys.executable, "-c", REBUILD, str(data)], stdout=subprocess.PIPE, text=True)
        time.sleep(chance.uniform(0.8, 3.0))
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=30)
        library = Library(data)
        assert library.archive.count() == ARTICLES
        library.status()  # tells what is missing; never ends on a half-made store
        library.close()
    subprocess.run([sys.executable, "-c", REBUILD, str(data)], check=True, capture_output=True, timeout=120)
    library = Library(data)
    assert [c for c in library.status() if not c.ok] == []
    assert [e.article.title for e in library.search(Query(text="report number 77", k=1))] == ["Report 77"]
    library.close()


@pytest.mark.kill
def test_kill_minus_nine_two_hundred_times(tmp_path: Path, news: Path) -> None:
    _survives(tmp_path, news, times=200, seed=2)


def test_two_ingests_at_once_and_a_search_beside_them(tmp_path: Path, news: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-c", INGEST, str(data), str(news)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    while any(child.poll() is None for child in both):
        if (data / "archive.db").exists():
            subprocess.run(
                [sys.executable, "-c", "from briefing.cli import main; main()", "search", "talks", "--data", str(data)],
                check=True,
                capture_output=True,
                timeout=120,
            )
    assert [(child.returncode, child.communicate()[1]) for child in both] == [(0, ""), (0, "")]
    library = Library(data)
    assert library.archive.count() == ARTICLES
    assert [c for c in library.status() if not c.ok] == []
    library.close()


def test_ctrl_c_is_safe(tmp_path: Path, news: Path) -> None:
    environment = {**os.environ, "BRIEFING_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-c", "from briefing.cli import main; main()", "ingest", str(news)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert "Traceback" not in out + err
    assert child.returncode in {0, 130}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=120)
    assert "0 rejected" in done.stdout
    library = Library(tmp_path / "data")
    assert library.archive.count() == ARTICLES
    library.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on file size")
def test_a_full_disk_is_one_clear_sentence_and_nothing_is_half_written(tmp_path: Path, news: Path) -> None:
    data = tmp_path / "data"
    Library(data).close()
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, 250_000))\n"
        "from briefing.cli import main; main()"
    )
    environment = {**os.environ, "BRIEFING_DATA": str(data)}
    full = subprocess.run(
        [sys.executable, "-c", code, "ingest", str(news)], capture_output=True, text=True, env=environment, check=False
    )
    assert full.returncode == 3
    assert "Traceback" not in full.stderr
    assert "cannot be" in full.stderr
    assert "unexpected" not in full.stderr
    library = Library(data)
    assert library.archive.count() % 64 in {0, ARTICLES % 64}  # whole batches only
    library.close()
    command = [sys.executable, "-c", INGEST, str(data), str(news)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    library = Library(data)
    assert library.archive.count() == ARTICLES
    assert [c for c in library.status() if not c.ok] == []
    library.close()
