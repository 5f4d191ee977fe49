"""What the manifest adds, and what it names that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.threats.model import Model, model_of
from tests.threats.stacks import known_of, write

STACK = "Resources:\n  Box: {Type: AWS::S3::Bucket}\n  Api: {Type: AWS::ApiGatewayV2::Api}\n"


def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Model:
    manifest = f"workload: {{name: shop}}\nmodel:\n{text}"
    monkeypatch.chdir(write(tmp_path, {"stack.yaml": STACK, "bastide.yaml": manifest}))
    with known_of(tmp_path) as known:
        return model_of(known)


def test_own_parts_join_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = model(
        tmp_path,
        monkeypatch,
        """
  boundaries: [{name: inner office, within: office}, {name: office}]
  elements: [{name: till, kind: component, boundary: inner office, class: confidential, about: at the door}]
  flows: [{source: till, target: Box, protocol: HTTPS, encrypted: true}, {source: internet, target: till}]
""",
    )
    boundaries = {one.id: one.within for one in found.boundaries}
    assert boundaries["own:inner office"] == "own:office"
    till = next(one for one in found.elements if one.id == "own:till")
    assert (till.boundary, till.classification, till.class_from) == ("own:inner office", "confidential", "manifest")
    flow = next(one for one in found.flows if one.source == "own:till")
    assert (flow.encrypted, flow.classification) == (True, "confidential")
    assert flow.crosses[:2] == ["own:inner office", "own:office"]
    box = next(one for one in found.elements if one.name == "Box")
    assert (box.classification, box.class_from) == ("confidential", "flow")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  flows: [{source: Api, target: Bxo}]\n", (3, "`Bxo` is no element", "`Box`")),
        ("  elements: [{name: x, kind: store, boundary: offcie}]\n  boundaries: [{name: office}]\n",
         (3, "`offcie` is no boundary", "`office`")),
        ("  boundaries:\n    - {name: a, within: b}\n    - {name: b, within: a}\n", (5, "lies within itself", "")),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: tuple[int, str, str]
) -> None:
    with pytest.raises(UsageError) as raised:
        model(tmp_path, monkeypatch, text)
    assert raised.value.place.endswith(f"bastide.yaml:{said[0]}")
    assert said[1] in raised.value.cause
    assert said[2] in raised.value.remedy


def test_a_name_of_two_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"other.yaml": "Resources:\n  Box: {Type: AWS::SQS::Queue}\n"})
    with pytest.raises(UsageError, match="the name of 2 elements"):
        model(tmp_path, monkeypatch, "  flows: [{source: Api, target: Box}]\n")
