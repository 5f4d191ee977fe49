"""Judge CloudTrail files with pypanther's own rules, in its environment: `pypanther_events.py FOLDER OUT`.

With its own functions: every enabled rule for CloudTrail over every event, with the event's data model, in batch mode.
Rules that remember what they saw in a table of Panther's in AWS are left out: it is not there, and they would fail,
slowly.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panther_core.enriched_event import PantherEvent
from pypanther.cache import data_model_cache
from pypanther.get import get_panther_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG = "AWS.CloudTrail"
MEMORY = "panther_detection_helpers.caching"


def events(folder: Path) -> Iterator[dict[str, Any]]:
    """The events of a folder, with what Panther adds."""
    for path in sorted(folder.rglob("*.json.gz")):
        for event in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            moment = event["eventTime"].replace("T", " ").removesuffix("Z")
            yield {**event, "p_log_type": LOG, "p_event_time": moment}


def remembers(rule: type[Any]) -> bool:
    """Whether a rule needs Panther's own table."""
    names = vars(sys.modules[rule.__module__]).values()
    return any(getattr(name, "__module__", None) == MEMORY for name in names)


def judged(folder: Path) -> dict[str, Any]:
    """How many events were read and alerts triggered, and how often which rule failed."""
    enabled = get_panther_rules(log_types=[LOG], enabled=True)
    rules = [rule() for rule in enabled if not remembers(rule)]
    model = data_model_cache().data_model_of_logtype(LOG)
    count = matches = 0
    failed: Counter[str] = Counter()
    for record in events(folder):
        count, event = count + 1, PantherEvent(record, model)
        for rule in rules:
            result = rule.run(event, {}, {})
            matches += result.trigger_alert
            if result.detection_exception:
                failed[f"{rule.id}: {type(result.detection_exception).__name__}"] += 1
    left_out = sorted(rule.id for rule in enabled if remembers(rule))
    found = {"events": count, "rules": len(rules), "left_out": left_out}
    return {**found, "matches": matches, "failed": dict(failed)}


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(judged(Path(sys.argv[1]))), "utf-8")
