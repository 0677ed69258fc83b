"""One brief over the sample with each kind of endpoint: what is found out about it, and at how many calls.

python -m evals.dialects"""

from __future__ import annotations

import tempfile
from pathlib import Path

from briefing.chat import dialect
from briefing.desk import Desk
from briefing.sample import articles_file
from briefing.settings import ModelSettings, Settings
from evals.endpoints import ENDPOINTS
from evals.model_server import model_server
from index.calendar.instants import parse_stamp


def main() -> None:
    stamp = parse_stamp("2024-09-27T06:00Z")
    assert stamp is not None
    print("| the server | what is found out | calls of one brief, refused or cut | drafted by |\n| --- | --- | --- | --- |")
    for endpoint in ENDPOINTS:
        dialect.forget()
        with tempfile.TemporaryDirectory() as folder, model_server(endpoint=endpoint) as server, articles_file() as sample:
            model = ModelSettings.model_validate({"reads": False, "name": "m", "base_url": server.url, "retries": 0})
            desk = Desk(Settings(data=Path(folder) / "data", model=model))
            desk.ingest([sample])
            brief = desk.draft("israel-hezbollah", as_of=stamp.instant, drafter="llm").brief
            desk.close()
            known = dialect.known(model.where)
            told = known.told if known else "nothing"
            print(f"| {endpoint.name} | {told} | {len(server.requests)}, {server.refused} | {brief.disclosure.drafter} |")


if __name__ == "__main__":
    main()
