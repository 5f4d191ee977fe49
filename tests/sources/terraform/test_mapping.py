"""The mapping tables: golden pairs of what Terraform says and what must come of it, and how tables are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bastide.resources.schema import schema_for
from bastide.sources.terraform import mapping
from tests.sources.terraform.trees import by_address

GOLDEN = yaml.safe_load(Path(__file__).with_name("golden_mappings.yaml").read_text("utf-8"))


@pytest.mark.parametrize("pair", GOLDEN, ids=lambda pair: pair["name"])
def test_golden_pair(pair: dict[str, Any]) -> None:
    found = by_address(pair["terraform"])
    shown = {address: {"type": one.type, "properties": one.properties} for address, one in found.items()}
    assert shown == pair["cloudformation"]
    assert not {address: one.unresolved for address, one in found.items() if one.unresolved}


def test_the_tables_cover_what_people_use() -> None:
    types = mapping.mapped_types()
    tables = [mapping.table_for(name) for name in types]
    services = {table.type.split("::")[1] for table in tables if table is not None and table.type}
    assert len(types) > 400
    assert len(services) > 90


def test_every_type_has_its_table() -> None:
    for name in mapping.mapped_types():
        table = mapping.table_for(name)
        assert table is not None
        for case in [table, *table.cases.values()]:
            assert not case.type or schema_for(case.type) is not None


def test_a_type_without_a_table_has_none() -> None:
    assert mapping.table_for("aws_nothing_of_the_kind") is None
    assert mapping.table_for("awscc_nothing_of_the_kind") is None


def test_a_bare_type_is_a_table() -> None:
    table = mapping.table_for("aws_nat_gateway")
    assert table is not None
    assert mapping.table_for("aws_vpc_dhcp_options") == mapping.Table("aws_vpc_dhcp_options", "AWS::EC2::DHCPOptions")


def test_like_takes_over_and_adds() -> None:
    base, over = mapping.table_for("aws_vpc"), mapping.table_for("aws_default_security_group")
    group = mapping.table_for("aws_security_group")
    assert base is not None
    assert over is not None
    assert group is not None
    assert over.rename == group.rename
    assert over.defaults == {"egress": [], "ingress": []}
    assert over.constants == {"GroupName": "default"}


def test_keys_of_values_are_words() -> None:
    entry = mapping.normal({"values": {"a": {True: "Yes", 0: "None", "x": 1}}})
    assert entry["values"] == {"a": {"true": "Yes", "0": "None", "x": 1}}


def test_cases_share_what_stands_beside_them() -> None:
    table = mapping.build_table(
        "t",
        {
            "switch": "kind",
            "rename": {"a": "A"},
            "cases": {"x": {"type": "AWS::SNS::Topic", "rename": {"b": "B"}}},
        },
    )
    assert table.cases["x"].rename == {"a": "A", "b": "B"}
    assert table.cases["x"].type == "AWS::SNS::Topic"
