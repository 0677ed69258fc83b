"""The real thing: some 2,600 articles, read from outside the project. Slow: embedding them takes ten minutes or more."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from briefing.claims import Brief
from briefing.desk import Desk
from briefing.draft.plan import MOST_WORDS
from briefing.settings import Settings
from index.archive import rows
from index.calendar.instants import parse_stamp
from index.sources import Given

pytestmark = pytest.mark.slow
TOPIC = "israel-hezbollah"
AS_OF = parse_stamp("2024-09-27T23:00Z").instant


@pytest.fixture(scope="module")
def desk(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = Desk(Settings(data=tmp_path_factory.mktemp("real") / "data"))
    opened.ingest([shared_data / "seed" / "article.txt"], given=Given(published="2024-09-27T04:00Z", source="NDTV"))
    start = time.perf_counter()
    done = opened.ingest([shared_data / "whitehouse-mideast", shared_data / "conflict-news"])
    first = time.perf_counter() - start
    assert done.rejected == []
    assert len(done.new) > 2_500
    before = (rows.embedded_passages(opened.library.archive, opened.library.identity), rows.generation(opened.library.archive))
    start = time.perf_counter()
    again = opened.ingest([shared_data / "whitehouse-mideast", shared_data / "conflict-news"])
    second = time.perf_counter() - start
    assert (again.new, again.versions) == ([], [])
    assert (
        rows.embedded_passages(opened.library.archive, opened.library.identity),
        rows.generation(opened.library.archive),
    ) == before
    assert all(check.ok for check in opened.status())
    print(f"first ingest {first:.0f} s, second {second:.1f} s, {len(before[0])} passages")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def brief(desk: Desk) -> Brief:
    return desk.draft(TOPIC, as_of=AS_OF).brief


def test_the_brief_names_the_proposal_the_rejection_and_what_goes_on(brief: Brief) -> None:
    bottom = " ".join(c.text for s in brief.sections if s.id == "bottom_line" for c in s.claims)
    assert re.search(r"21[- ]day|three-week", bottom)
    assert "United States, France" in bottom
    assert "There will be no ceasefire" in bottom
    assert "Israel Katz" in bottom
    assert "active discussions" in bottom
    assert not re.search(r"Gaza|Hamas|hostage", bottom)
    assert "onboard with its plan" not in json.dumps([c.text for c in brief.claims])


def test_every_citation_resolves_and_nothing_is_from_after_the_as_of_day_by_day(desk: Desk) -> None:
    day = datetime.fromisoformat("2024-09-17T06:00:00+00:00")
    cited = 0
    while day < datetime.fromisoformat("2024-12-05T00:00:00+00:00"):
        brief = desk.draft(TOPIC, as_of=day).brief
        for claim in (*brief.claims, *brief.withheld):
            assert len(claim.text.split()) <= MOST_WORDS, claim.text
            for citation in claim.citations:
                article, _ = desk.article(citation.article_id)
                assert article.text[citation.start : citation.end] == citation.quote
                assert article.knowable_from is not None
                assert article.knowable_from <= day
                cited += 1
        day += timedelta(days=2)
    assert cited > 150
