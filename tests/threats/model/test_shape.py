"""The tables have what the records have."""

import msgspec

from bastide.threats.model.shape import TABLES, Boundary, Element, Flow


def test_the_columns_are_the_fields() -> None:
    made = {
        "boundaries": Boundary("b", "aws", "AWS"),
        "elements": Element(id="e", kind="store", name="e"),
        "flows": Flow(id="f", source="a", target="b", kind="data"),
    }
    assert {name: list(msgspec.to_builtins(one)) for name, one in made.items()} == {
        n: list(c) for n, c in TABLES.items()
    }
