"""The published schema of OSCAL, whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

SCHEMA = Path(__file__).parents[2] / "schemas" / "oscal-1.2.3.json"

Valid = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def valid() -> Valid:
    """Fails with what the schema says of a document."""
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")))

    def check(document: dict[str, Any]) -> None:
        assert [error.message[:300] for error in validator.iter_errors(document)] == []

    return check
