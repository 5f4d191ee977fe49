"""Models without prose and writes are botocore's own in all else."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session

from bastide.sources.aws.client import Edge, is_read, open_session
from bastide.sources.aws.models import lean


def shape_of(shape: Any, depth: int = 0) -> Any:
    """A shape as plain data, some levels deep."""
    if shape is None or depth > 3:
        return None
    members = {name: shape_of(one, depth + 1) for name, one in getattr(shape, "members", {}).items()}
    return (shape.name, shape.type_name, shape.serialization, members)


@pytest.mark.parametrize("service", ["ec2", "s3", "kms", "lambda"])
def test_operations_that_read_are_what_botocore_says(service: str, credentials: None) -> None:
    whole, ours = Session().get_service_model(service), Edge(open_session()).model(service)
    assert set(ours.operation_names) == {name for name in whole.operation_names if is_read(name)}
    for name in ours.operation_names[:60]:
        one, other = ours.operation_model(name), whole.operation_model(name)
        assert (one.http, shape_of(one.input_shape)) == (other.http, shape_of(other.input_shape))
        assert shape_of(one.output_shape) == shape_of(other.output_shape)
    assert ours.documentation == ""
    one, other = ([(p.name, p.type) for p in m.client_context_parameters] for m in (ours, whole))
    assert one == other


def test_writes_that_an_export_may_make_stay(credentials: None) -> None:
    edge = Edge(open_session(), writes=frozenset({"securityhub:BatchImportFindings"}))
    assert "BatchImportFindings" in edge.model("securityhub").operation_names
    assert "BatchUpdateFindings" not in edge.model("securityhub").operation_names


def test_shapes_that_go_in_circles() -> None:
    model = {
        "metadata": {},
        "operations": {"GetA": {"output": {"shape": "A"}}, "PutB": {"input": {"shape": "B"}}},
        "shapes": {
            "A": {"type": "structure", "members": {"shape": {"shape": "A"}, "documentation": {"shape": "T"}}},
            "B": {"type": "string"},
            "T": {"type": "string"},
        },
    }
    found = lean(model, lambda name: name.startswith("Get"))
    assert (set(found["operations"]), set(found["shapes"])) == ({"GetA"}, {"A", "T"})
