from __future__ import annotations

from bastide.sources.code import limits


def test_what_one_unit_may_cost() -> None:
    assert limits.MAX_FILE <= limits.MAX_BYTES <= 64 * 1024 * 1024
    assert limits.MAX_FILES <= limits.MAX_ENTRIES
    assert limits.MAX_LINE * 2 < limits.MAX_FILE
