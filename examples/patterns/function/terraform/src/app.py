"""The code of the function: it answers which records it could not deal with, of which there are none."""

from __future__ import annotations

from typing import Any


def handle(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Deals with every record that has a body; the queue delivers the others once more."""
    failed = [record["messageId"] for record in event.get("Records", []) if not record.get("body")]
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
