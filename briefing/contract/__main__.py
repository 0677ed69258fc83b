"""Write the JSON Schemas anew: `python -m briefing.contract`."""

from pathlib import Path

from briefing.contract.models import SCHEMAS, made

folder = Path(__file__).parent / "schemas"
folder.mkdir(exist_ok=True)
for name in SCHEMAS:
    (folder / f"{name}.json").write_text(made(name), encoding="utf-8")
