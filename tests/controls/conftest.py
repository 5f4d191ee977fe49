"""Controls and resources in a line, for the tests of the engine."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.entry import Control
from bastide.controls.evaluate import Evaluation
from bastide.controls.verdict import Verdict
from bastide.resources.model import Resource, settle


def control(require: str, resource: str = "AWS::S3::Bucket", **fields: Any) -> Control:
    """A control with everything but its SQL filled in."""
    values: dict[str, Any] = {
        "id": "test.control",
        "title": "What holds",
        "severity": "high",
        "concern": "identity",
        "rationale": "Because a test needs a reason that is long enough.",
        "remediation": {"terraform": "t", "cloudformation": "c", "cli": "x"},
        "frameworks": {"well-architected": ["SEC08-BP02"]},
        "place": "own.yaml:1",
    }
    return Control(require=require, resource=resource, **{**values, **fields})


def resource(properties: Any, type_: str = "AWS::S3::Bucket", address: str = "b", **fields: Any) -> Resource:
    """A resource out of a property tree with marks."""
    perhaps: list[str] = []
    plain, unresolved, links = settle(properties, perhaps)
    values: dict[str, Any] = {"unit": "u", "source": "terraform", "path": "main.tf", "line": 3, "end_line": 9}
    if perhaps:
        values["metadata"] = {"perhaps": "\n".join(perhaps)}
    return Resource(type_, address, properties=plain, unresolved=unresolved, links=links, **{**values, **fields})


def judge(controls: Control | list[Control], *resources: Resource) -> list[Verdict]:
    """The verdicts; every control must compile. Without a database and with one they are the same."""
    several = controls if isinstance(controls, list) else [controls]
    compiled, broken = compile_controls(several)
    assert not broken, {key: str(error) for key, error in broken.items()}
    evaluation = Evaluation(several, compiled)
    verdicts = evaluation.verdicts(resources)
    queried = evaluation.verdicts(resources, direct=-1)
    assert not evaluation.broken
    assert said(verdicts) == said(queried)
    return verdicts


def said(verdicts: list[Verdict]) -> list[Any]:
    """What verdicts say and show, in one order."""
    return sorted(
        (
            v.control.id,
            v.resource.id,
            v.status,
            [(e.property, str(e.value), e.note, e.path, e.line) for e in v.evidence],
        )
        for v in verdicts
    )


def status(require: str, properties: Any, type_: str = "AWS::S3::Bucket", **fields: Any) -> str:
    """What one control says of one resource; `none` where it says nothing."""
    verdicts = judge(control(require, type_, **fields), resource(properties, type_))
    return verdicts[0].status if verdicts else "none"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests share no cache with the person who runs them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
