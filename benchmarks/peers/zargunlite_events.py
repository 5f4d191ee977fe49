"""Judge CloudTrail files with zargunlite, in its environment: `zargunlite_events.py RULES FOLDER OUT`.

With its own functions: events are flattened, loaded into its table in memory, and each rule is run as a query. Fields
keep their whole path, and only those that some rule names are loaded, with the event's id: fewer are quicker.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zargunlite.core import ZargunCore
from zargunlite.model import ZircoliteRule
from zargunlite.preprocess import flatten_json

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKEN = ("title", "id", "description", "level", "tags", "rule")


class Rows:
    """The events of a folder, flattened; counted while they are read."""

    def __init__(self, folder: Path, fields: list[str]) -> None:
        self.folder, self.count = folder, 0
        self.names = {field.lower(): field for field in reversed([*fields, "eventID"])}  # SQLite knows no case

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.folder.rglob("*.json.gz")):
            for event in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
                self.count += 1
                yield self.row(event)

    def row(self, event: dict[str, Any]) -> dict[str, Any]:
        flat = flatten_json(event)
        assert isinstance(flat, dict)
        found = ((self.names.get(".".join(path).lower()), value) for path, value in flat.items())
        return {name: value for name, value in found if name is not None}


def judged(ruleset: dict[str, Any], folder: Path) -> dict[str, Any]:
    """How many events were read and matches found, and which rules SQLite could not run."""
    rules = [ZircoliteRule(**{key: rule[key] for key in TAKEN}) for rule in ruleset["rules"]]
    rows, matches = Rows(folder, ruleset["fields"]), 0
    failed: dict[str, str] = {}
    with ZargunCore() as core:
        fields = [(name, str) for name in rows.names.values()]
        core.load_data(rows, fields=fields, strict_field_name=False)
        for rule in rules:
            try:
                matches += core.execute_zircolite_rule(rule).count
            except sqlite3.Error as error:
                failed[rule.title] = str(error)
    return {"events": rows.count, "rules": len(rules) - len(failed), "matches": matches, "failed": failed}


if __name__ == "__main__":
    found = judged(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
    Path(sys.argv[3]).write_text(json.dumps(found), "utf-8")
