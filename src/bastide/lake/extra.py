"""The packages that only the lake needs."""

from __future__ import annotations

from importlib.util import find_spec

from bastide.errors import UsageError

_NEEDED = ("pyarrow", "isal")


def needed() -> None:
    """`UsageError` that says what to install when a package is not there."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} missing", remedy="`pip install 'bastide[lake]'` brings what logs need"
        )
