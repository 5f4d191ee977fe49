"""Columns by their paths become nested ones."""

from __future__ import annotations

import pyarrow as pa

from bastide.lake.assemble import nested
from bastide.lake.classes import table


def test_what_is_not_given_is_null() -> None:
    one = table("api_activity")
    columns = {"time": pa.array([1, 2]), "actor.user.name": pa.array(["ana", None]), "class_uid": pa.array([6003] * 2)}
    found = nested(one, columns)
    assert found.schema == one.arrow()
    first, second = found.to_pylist()
    assert first["actor"]["user"]["name"] == "ana"
    assert second["actor"]["user"]["name"] is None
    assert (first["http_request"], first["class_uid"], first["actor"]["session"]) == (None, 6003, None)
