"""Compile Sigma rules for zargunlite, in its environment: `zargunlite_rules.py RULES OUT`.

Taken are the rules for CloudTrail that are told by themselves. Correlations are left out: the compiler foresees
stages with indexes between for them, and zargunlite runs one query a rule.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.rule import SigmaRule


def compiled(folder: Path) -> dict[str, Any]:
    """`rules` as zargunlite takes them, the `fields` that they name, and what the compiler `refused` and why."""
    collection = SigmaCollection.load_ruleset([folder])
    collection.resolve_rule_references()
    backend = sqliteBackend()
    rules: list[dict[str, Any]] = []
    refused: dict[str, str] = {}
    for rule in collection.rules:
        if isinstance(rule, SigmaRule) and rule.logsource.service == "cloudtrail" and rule._output:  # noqa: SLF001
            try:
                rules += backend.convert_rule(rule, "zircolite")
            except Exception as error:  # noqa: BLE001 -- whatever it is, the rule cannot be taken
                refused[rule.title] = f"{type(error).__name__}: {error}"
    fields = {field for rule in rules for field in rule["required_fields"]}
    return {"rules": rules, "fields": sorted(fields), "refused": refused}


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(compiled(Path(sys.argv[1]))), "utf-8")
