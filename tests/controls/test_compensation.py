"""Layers that deny what a failing resource would allow: proof turns a verdict into a pass, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bastide.controls.compensation import Compensation, lint_layers
from bastide.controls.compiler import compile_controls
from bastide.controls.entry import Control, Example, Layer
from bastide.controls.evaluate import Evaluation
from bastide.controls.library import load_library
from bastide.controls.organization import ACCOUNT, ORGANIZATION, POLICY
from bastide.controls.verdict import Verdict
from bastide.resources.estate import READ
from bastide.resources.model import Resource, Unresolved
from tests.controls.conftest import control, resource

BUCKET, SNAPSHOT = "AWS::S3::Bucket", "AWS::EC2::Snapshot"
BLOCK, SHARING = "AWS::S3::AccountPublicAccessBlock", "AWS::EC2::SnapshotBlockPublicAccess"
UNIT = "aws:111111111111"
BY_BLOCK = Layer(BLOCK, "IgnorePublicAcls", "the account ignores public ACLs")
BY_SHARING = Layer(SHARING, "State = 'block-all-sharing'", "the region blocks sharing")
BY_POLICY = Layer(POLICY, "Type = 'SERVICE_CONTROL_POLICY' and any_of([denies(s) for s in statements])", "denied")


def live(kind: str, properties: Any, address: str = "a", region: str = "global") -> Resource:
    return resource(properties, kind, address, source="aws", unit=UNIT, path=f"{UNIT}/{region}", line=0, end_line=0,
                    metadata={"region": region})  # fmt: skip


def mark(types: dict[str, str], unread: dict[str, dict[str, str]] | None = None) -> Resource:
    tree = {"types": types, "unread": unread or {}, "regions": ["eu-west-1", "us-east-1"], "complete": True}
    return resource(tree, READ, "read", source="aws", unit=UNIT, line=0, end_line=0)


def settled(one: Control, *resources: Resource, marks: tuple[Resource, ...] = (), see: Any = ()) -> list[Verdict]:
    """The verdicts after compensation."""
    compiled, broken = compile_controls([one])
    assert not broken, {key: str(error) for key, error in broken.items()}
    evaluation = Evaluation([one], compiled)
    verdicts = evaluation.verdicts([*resources, *marks])
    compensation = Compensation([one], compiled)
    compensation.see([*see], [*marks])
    compensation.settle(verdicts, resources, marks, UNIT.removeprefix("aws:"))
    return verdicts


def private(*layers: Layer, **fields: Any) -> Control:
    return control("AccessControl <> 'PublicRead'", compensated=[*layers], **fields)


OPEN = live(BUCKET, {"AccessControl": "PublicRead"}, "open")
READ_ALL = mark({BUCKET: "global", BLOCK: "global", SNAPSHOT: "region", SHARING: "region", POLICY: "global"})


def test_a_layer_that_holds_makes_a_failure_pass_and_keeps_what_failed() -> None:
    block = live(BLOCK, {"IgnorePublicAcls": True}, "block")
    (verdict,) = settled(private(BY_BLOCK), OPEN, block, marks=(READ_ALL,))
    assert verdict.status == "pass"
    assert verdict.compensated is not None
    assert (verdict.compensated.type, verdict.compensated.address) == (BLOCK, "block")
    assert verdict.compensated.because == "the account ignores public ACLs"
    assert [(item.property, item.value) for item in verdict.evidence] == [("AccessControl", '"PublicRead"')]


def test_an_unknown_verdict_passes_too_when_a_layer_surely_holds() -> None:
    unsure = live(BUCKET, {"AccessControl": Unresolved("", "denied")}, "unsure")
    block = live(BLOCK, {"IgnorePublicAcls": True}, "block")
    (verdict,) = settled(private(BY_BLOCK), unsure, block, marks=(READ_ALL,))
    assert verdict.status == "pass"
    (verdict,) = settled(private(BY_BLOCK), unsure, marks=(READ_ALL,))
    assert verdict.status == "unknown"


def test_a_layer_that_does_not_hold_or_is_not_there_changes_nothing() -> None:
    for more in ((), (live(BLOCK, {"IgnorePublicAcls": False}, "block"),)):
        (verdict,) = settled(private(BY_BLOCK), OPEN, *more, marks=(READ_ALL,))
        assert (verdict.status, verdict.compensated) == ("fail", None)
        assert [item.property for item in verdict.evidence] == ["AccessControl"]


@pytest.mark.parametrize(
    ("layer", "marks", "why"),
    [
        (live(BLOCK, {"IgnorePublicAcls": Unresolved("", "no permission")}), (READ_ALL,), "no permission"),
        (None, (mark({BLOCK: "global"}, {BLOCK: {"global": "GetPublicAccessBlock: denied"}}),), "denied"),
        (None, (mark({BUCKET: "global"}),), "it was not read"),
        (None, (), "it was not read"),
    ],
)
def test_a_layer_that_is_not_known_compensates_nothing_and_that_is_said(
    layer: Resource | None, marks: tuple[Resource, ...], why: str
) -> None:
    (verdict,) = settled(private(BY_BLOCK), *[one for one in (OPEN, layer) if one], marks=marks)
    assert verdict.status == "fail"
    last = verdict.evidence[-1]
    assert last.property == f"whether {BLOCK} compensates"
    assert last.note.startswith("not looked at: ")
    assert why in last.note


def test_a_regional_layer_speaks_of_its_region_only() -> None:
    one = control("not IsPublic", SNAPSHOT, live=True, compensated=[BY_SHARING])
    here, there = (live(SNAPSHOT, {"IsPublic": True}, name, name) for name in ("eu-west-1", "us-east-1"))
    block = live(SHARING, {"State": "block-all-sharing"}, "block", "eu-west-1")
    found = settled(one, here, there, block, marks=(READ_ALL,))
    assert {verdict.resource.address: verdict.status for verdict in found} == {"eu-west-1": "pass", "us-east-1": "fail"}


def test_a_gap_in_another_region_is_not_told() -> None:
    one = control("not IsPublic", SNAPSHOT, live=True, compensated=[BY_SHARING])
    gaps = mark({SHARING: "region"}, {SHARING: {"us-east-1": "denied"}})
    here, there = (live(SNAPSHOT, {"IsPublic": True}, name, name) for name in ("eu-west-1", "us-east-1"))
    found = {one.resource.address: one.evidence[-1].note for one in settled(one, here, there, marks=(gaps,))}
    assert found == {"eu-west-1": "", "us-east-1": "not looked at: denied"}


def test_code_is_not_compensated() -> None:
    code = resource({"AccessControl": "PublicRead"}, BUCKET, "code")
    block = live(BLOCK, {"IgnorePublicAcls": True}, "block")
    (verdict,) = settled(private(BY_BLOCK), code, block, marks=(READ_ALL,))
    assert verdict.status == "fail"


def test_the_first_layer_that_holds_is_named_and_passed_verdicts_are_left_alone() -> None:
    good = live(BUCKET, {"AccessControl": "Private"}, "good")
    other = Layer(BLOCK, "BlockPublicAcls", "no new public ACLs")
    block = live(BLOCK, {"IgnorePublicAcls": True, "BlockPublicAcls": True}, "block")
    first, second = settled(private(other, BY_BLOCK), good, OPEN, block, marks=(READ_ALL,))
    assert (first.status, first.compensated) == ("pass", None)
    assert second.compensated is not None
    assert second.compensated.because == "no new public ACLs"


def test_where_narrows_a_layer_to_some_resources() -> None:
    some = Layer(BLOCK, "IgnorePublicAcls", "ignored", where="BucketName = 'mine'")
    mine = live(BUCKET, {"AccessControl": "PublicRead", "BucketName": "mine"}, "mine")
    unsure = live(BUCKET, {"AccessControl": "PublicRead", "BucketName": Unresolved("", "denied")}, "unsure")
    block = live(BLOCK, {"IgnorePublicAcls": True}, "block")
    found = settled(private(some), mine, OPEN, unsure, block, marks=(READ_ALL,))
    assert {one.resource.address: one.status for one in found} == {"mine": "pass", "open": "fail", "unsure": "fail"}


def test_what_aws_manages_is_a_layer_where_a_control_says_so() -> None:
    theirs = live(BUCKET, {"AccessControl": "PublicRead"}, "theirs")
    theirs.metadata["managed"] = "by AWS"
    one = Layer("managed", because="nobody can change it")
    found = settled(private(one), theirs, OPEN, marks=(READ_ALL,))
    assert {one.resource.address: one.status for one in found} == {"theirs": "pass", "open": "fail"}
    assert {one.status for one in settled(private(BY_BLOCK), theirs, marks=(READ_ALL,))} == {"fail"}


def policy(**fields: Any) -> Resource:
    content = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    return live(POLICY, {"Type": "SERVICE_CONTROL_POLICY", "Content": content, "TargetIds": ["ou-1"], **fields}, "scp")


ORGANIZED = [
    live(ORGANIZATION, {"FeatureSet": "ALL", "ManagementAccountId": "999999999999"}),
    live("AWS::Organizations::OrganizationalUnit", {"Id": "ou-1", "ParentId": "r-1"}),
    live(ACCOUNT, {"AccountId": "111111111111", "ParentIds": ["ou-1"]}),
]


def test_a_policy_of_the_organization_compensates_in_the_accounts_that_it_binds() -> None:
    (verdict,) = settled(private(BY_POLICY), OPEN, marks=(READ_ALL,), see=[*ORGANIZED, policy()])
    assert verdict.compensated is not None
    assert verdict.compensated.address == "scp"
    (verdict,) = settled(private(BY_POLICY), OPEN, marks=(READ_ALL,), see=[*ORGANIZED, policy(TargetIds=["ou-2"])])
    assert verdict.status == "fail"


def test_an_organization_that_was_not_seen_is_said() -> None:
    (verdict,) = settled(private(BY_POLICY), OPEN, marks=(READ_ALL,))
    assert verdict.status == "fail"
    assert "its management account has them" in verdict.evidence[-1].note


def test_how_many_pass_by_which_layer_is_returned() -> None:
    one = private(BY_BLOCK)
    compiled, _ = compile_controls([one])
    here = [
        OPEN,
        live(BUCKET, {"AccessControl": "PublicRead"}, "two"),
        live(BLOCK, {"IgnorePublicAcls": True}, "block"),
    ]
    verdicts = Evaluation([one], compiled).verdicts(here)
    assert Compensation([one], compiled).settle(verdicts, here, (), "111111111111") == {BLOCK: 2}


def test_every_layer_of_the_library_has_a_type_that_is_collected() -> None:
    from bastide.sources.aws.collectors import load_collectors

    collected = {entry.type for entry in load_collectors().entries}
    used = [layer.by for control in load_library().controls for layer in control.compensated]
    assert len(used) > 20
    assert set(used) - {"managed"} <= collected


def complaints(*examples: tuple[str, list[dict[str, Any]]], layer: Layer = BY_BLOCK) -> list[str]:
    written = [Example(outcome, {"live": json.dumps(tree)}) for outcome, tree in examples]  # type: ignore[arg-type]
    return list(lint_layers(private(layer, examples=written)))


def test_a_layer_needs_an_example_that_passes_by_it_and_a_near_miss() -> None:
    on, off = {BLOCK: {"IgnorePublicAcls": True}}, {BLOCK: {"IgnorePublicAcls": False}}
    assert complaints(("pass", [{BUCKET: {}}, on]), ("fail", [{BUCKET: {}}, off])) == []
    assert complaints(("pass", [{BUCKET: {}}, on])) == [f"no live example that fails in spite of {BLOCK}"]
    assert complaints(("pass", [{BUCKET: {}}]), ("fail", [off])) == [f"no live example that passes by {BLOCK}"]
    managed, plain = {BUCKET: {"$managed": "by AWS"}}, {BUCKET: {}}
    assert complaints(("pass", [managed]), layer=Layer("managed", because="AWS made it")) == []
    assert len(complaints(("pass", [plain]), layer=Layer("managed", because="AWS made it"))) == 1
    long = Layer(BLOCK, "IgnorePublicAcls", "x" * 200)
    assert "at most 120 characters" in complaints(("pass", [on]), ("fail", [off]), layer=long)[0]


def test_a_policy_needs_its_type_and_examples_that_it_does_not_bind() -> None:
    scp: dict[str, Any] = {POLICY: {"TargetIds": ["r-root"]}}
    vague = Layer(POLICY, "any_of([denies(s) for s in statements])", "denied")
    found = complaints(("pass", [scp]), ("fail", [scp]), layer=vague)
    assert [any(word in text for text in found) for word in ("`Type`", "management account", "`ou-other`")] == [
        True
    ] * 3
    other: dict[str, Any] = {POLICY: {"TargetIds": ["ou-other"]}}
    management: dict[str, Any] = {ACCOUNT: {"IsManagementAccount": True}}
    assert complaints(("pass", [scp]), ("fail", [scp, management]), ("fail", [other]), layer=BY_POLICY) == []
