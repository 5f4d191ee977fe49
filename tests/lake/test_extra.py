"""A missing package is told with what brings it."""

from __future__ import annotations

import pytest

from bastide.errors import UsageError
from bastide.lake import extra


def test_what_is_there_is_enough() -> None:
    extra.needed()


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "_NEEDED", ("pyarrow", "nobody_has_this"))
    with pytest.raises(UsageError, match=r"nobody_has_this.*bastide\[lake\]"):
        extra.needed()
