"""A register and a small model, for tests of what goes out to other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from bastide.threats.entry import Aim
from bastide.threats.exchange import IMPORTED, Imported, Told, read_file
from bastide.threats.model.shape import Boundary, Element, Flow, Model
from bastide.threats.register import Row, Standing
from bastide.threats.risk import Risk
from bastide.threats.templates import Threat

SCHEMAS = Path(__file__).parents[1] / "schemas"

MODEL = Model(
    boundaries=(Boundary("b:internet", "internet", "internet"), Boundary("b:vpc", "vpc", "net", "b:account")),
    elements=(
        Element(id="entity:internet", kind="entity", name="everybody", boundary="b:internet"),
        Element(
            id="x#api", kind="component", name="api", type="AWS::ApiGateway::RestApi", resource="x#api", exposed=True
        ),
        Element(
            id="x#data", kind="store", name="data", type="AWS::S3::Bucket", resource="x#data", classification="internal"
        ),
    ),
    flows=(
        Flow(id="f1", source="entity:internet", target="x#api", kind="request", protocol="HTTPS", encrypted=True),
        Flow(id="f2", source="x#api", target="x#data", kind="data", classification="internal"),
    ),
)


def row(name: str, element: str = "x#data", *, status: str = "open", title: str = "a title", first: str = "1") -> Row:
    threat = Threat(
        name, "data.some-threat", title, "somebody", "with a key", "read it", "disclosure", "information-disclosure",
        ["confidentiality"], ["T1530"], ["data"], element, "data", "internal", ["x#data"],
        [Aim("data.no-public-storage"), Aim("detection.services-are-on", "workload")], 4, 5,
        {"likelihood": ["often"], "impact": ["harmful"]},
    )  # fmt: skip
    return Row(threat, Risk(20, 4, 12, ()), Standing(status), status, False, first, first, None)


def of_file(file: Imported, key: str, *, status: str) -> Row:
    """The row of one of a file's threats, with what was decided of it."""
    (foreign,) = (one for one in file.threats() if one.key.partition("\0")[0] == key)
    found = row(file.id_of(foreign), status=status)
    found.threat.template = IMPORTED
    return found


def told(*rows: Row) -> Told:
    return Told(
        workload="shop",
        owner="rosa@example.com",
        purpose="sells",
        rows=list(rows),
        objectives={"data.no-public-storage": {"title": "No public data", "status": "holds", "share": 0.5}},
        sensitivity={"public": 0.0, "internal": 0.5},
        model=MODEL,
    )


def taken(document: dict[str, Any], register: tuple[str, ...] = ()) -> Imported:
    """A file as it is taken in."""
    return read_file("", json.dumps(document), "file.json", register)


def complaints(schema: str, document: dict[str, Any]) -> list[str]:
    """What is wrong with a document."""
    validator = jsonschema_rs.validator_for(json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")))
    return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(document)]
