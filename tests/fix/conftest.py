"""What tests of plans share: a folder to work in, a judge, and a way from files to a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bastide.fix.run import plan_fixes
from bastide.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.fix.plan import Plan

    Planned = Callable[..., Plan]


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """Writes files into a folder of its own, the working directory, and plans for the controls that are named."""
    monkeypatch.chdir(tmp_path)

    def plan(files: dict[str, str | bytes], *controls: str, targets: list[str] | None = None, **more: Any) -> Plan:
        for name, text in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        settings = load_settings({"only": [f"control={','.join(controls)}"] if controls else [], "jobs": "1"}, "", {})
        return plan_fixes(targets or ["."], settings.scan, **more).plan

    return plan
