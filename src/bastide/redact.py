"""Values as they may be shown."""

from __future__ import annotations

import json
from typing import Any


def shown(property_path: str, value: Any, limit: int = 120) -> str:
    """Stand-in until the real one lands."""
    text = json.dumps(value)
    return text[:limit]
