"""The limits are limits: larger ones contain smaller ones."""

from __future__ import annotations

from bastide.sources import limits


def test_the_limits_fit_each_other() -> None:
    assert limits.SNIFF < limits.MAX_TEXT < limits.MAX_FILE < limits.MAX_DOCUMENT < limits.UNIT_BYTES
    assert limits.MAX_INSTANCES < limits.MAX_RESOURCES < limits.MAX_FILES
    assert limits.RESOURCE_STEPS < limits.UNIT_STEPS
    assert 0 < limits.MAX_MODULE_DEPTH < limits.MAX_DEPTH < limits.MAX_NESTING
