"""What every table of the state has."""

from __future__ import annotations

import pytest

from bastide.state.tables import metadata


@pytest.mark.parametrize("name", metadata.tables)
def test_rows_belong_to_a_workload_or_to_a_scan_of_one(name: str) -> None:
    table = metadata.tables[name]
    assert "workload" in table.c or "scan" in table.c
    assert table.primary_key.columns
