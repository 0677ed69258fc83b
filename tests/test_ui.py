"""The review page: a draft beside its sources, quotes in place, decisions kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ground import an_article

from briefing.claims import Citation
from briefing.desk import Desk
from briefing.settings import Settings
from index.calendar.instants import parse_stamp
from ui.highlight import as_html, parts

ROOT = Path(__file__).parents[1]
DEMO = parse_stamp("2024-09-27T06:00Z").instant


@pytest.fixture
def folder(sample_folder: Path) -> Path:
    desk = Desk(Settings(data=sample_folder))
    desk.draft("israel-hezbollah", as_of=DEMO)
    desk.close()
    return sample_folder


def test_the_page_shows_a_draft_and_keeps_what_a_person_decides(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st_module
    from streamlit.testing.v1 import AppTest

    st_module.cache_resource.clear()
    monkeypatch.setenv("BRIEFING_DATA", str(folder))
    at = AppTest.from_file(str(ROOT / "ui" / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert "There will be no ceasefire" in at.title[0].value
    assert any("active discussions" in text.value for text in at.text)
    tables = [table.value for table in at.table]
    assert any("stance" in table.columns and "rejects" in list(table["stance"]) for table in tables)
    assert any("question" in table.columns for table in tables)
    at.button(key="accept-bottom_line-2").click().run()
    assert "needs the name" in at.error[0].value
    at.text_input(key="person").set_value("A. Reviewer").run()
    at.button(key="accept-bottom_line-2").click().run()
    at.button(key="reject-bottom_line-3").click().run()
    assert not at.exception
    assert [m.value for m in at.metric][1:3] == ["1", "1"]
    desk = Desk(Settings(data=folder))
    (brief,) = desk.briefs.listed()
    decisions = desk.briefs.decisions(brief.id)
    desk.close()
    assert {i: (d.action, d.person) for i, d in decisions.items()} == {
        "bottom_line-2": ("accept", "A. Reviewer"),
        "bottom_line-3": ("reject", "A. Reviewer"),
    }


def test_the_page_without_a_brief_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st_module
    from streamlit.testing.v1 import AppTest

    st_module.cache_resource.clear()
    monkeypatch.setenv("BRIEFING_DATA", str(tmp_path / "empty"))
    at = AppTest.from_file(str(ROOT / "ui" / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert "No brief yet" in at.info[0].value


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=300), st.data())
def test_marked_parts_join_to_the_text_shown_and_escape_everything(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = an_article(text)
    citation = Citation(n=1, article_id=article.id, external_id=None, start=start, end=end, quote=text[start:end])
    shown = parts(article, [citation])
    assert "".join(part.text for part in shown) == text
    assert "".join(part.text for part in shown if part.cited) == text[start:end]
    assert "<script" not in as_html(parts(an_article("<script>x</script>" + text), [citation]))


@pytest.mark.slow
def test_in_a_real_browser_the_quote_is_marked_in_place(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
    if chromium is None:
        pytest.skip("no chromium on this machine")
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "ui" / "app.py"), "--server.port=8597"]
    command += ["--server.headless=true", "--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    server = subprocess.Popen(command, env={**os.environ, "BRIEFING_DATA": str(folder)}, cwd=ROOT)
    try:
        _wait_for("http://127.0.0.1:8597/_stcore/health")
        with sync_playwright() as playwright:
            arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
            browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=arguments)
            page = browser.new_page(viewport={"width": 1500, "height": 1000})
            outside: list[str] = []
            page.on("request", lambda r: outside.append(r.url) if "127.0.0.1" not in r.url and r.url[:4] == "http" else None)
            page.goto("http://127.0.0.1:8597")
            page.locator(".st-key-show-bottom_line-2 button").click()
            page.locator("mark", has_text="There will be no ceasefire").first.wait_for()
            page.get_by_label("Your name").fill("A. Reviewer")
            page.get_by_label("Your name").press("Enter")
            page.wait_for_timeout(1500)
            page.locator(".st-key-accept-bottom_line-2 button").click()
            page.get_by_text("by A. Reviewer").first.wait_for()
            assert outside == []
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"{url} never answered")
