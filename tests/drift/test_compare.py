"""Where a pair differs: sets as sets, defaults as defaults, and nothing of what one side does not know."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.drift import compare
from bastide.drift.compare import Comparer
from bastide.drift.find import load_defaults
from bastide.drift.values import Known
from bastide.resources.model import REDACTED
from tests.drift.conftest import code, live

BUCKET, GROUP, FUNCTION = "AWS::S3::Bucket", "AWS::EC2::SecurityGroup", "AWS::Lambda::Function"


def differ(kind: str, mine: dict[str, Any], theirs: dict[str, Any], dark: tuple[str, ...] = (), **more: Any) -> Any:
    one = code(kind, "a", mine)
    other = live(kind, "b", theirs)
    one.unresolved.update(more.get("code_unresolved", {}))
    other.unresolved.update(more.get("cloud_unresolved", {}))
    comparer = Comparer(lambda _: Known(), load_defaults(), lambda _: dark)
    return [(it.path, it.kind) for it in comparer.compare(one, other)]


@pytest.mark.parametrize(
    ("kind", "mine", "theirs"),
    [
        (BUCKET, {"BucketName": "a"}, {"BucketName": "a", "Arn": "arn:aws:s3:::a"}),
        (BUCKET, {"ObjectLockEnabled": False}, {}),
        (BUCKET, {}, {"ObjectLockEnabled": False, "AccessControl": "Private"}),
        (BUCKET, {"AccessControl": "Private"}, {}),
        (BUCKET, {"Tags": [{"Key": "a", "Value": "1"}]},
         {"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "s"}, {"Key": "a", "Value": "1"}]}),
        (BUCKET, {}, {"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "s"}]}),
        (FUNCTION, {"Environment": {"Variables": {"A": REDACTED}}}, {"Environment": {"Variables": {"A": "x"}}}),
        (FUNCTION, {"Code": {"S3Bucket": "b"}}, {}),
        (FUNCTION, {"VpcConfig": {"SubnetIds": ["a", "b"]}}, {"VpcConfig": {"SubnetIds": ["b", "a"], "VpcId": "v"}}),
        (FUNCTION, {"Layers": "${x.arn}"}, {"Layers": ["arn:aws:lambda:x"]}),
        (FUNCTION, {"Architectures": "arm64"}, {"Architectures": ["arm64"]}),
        (GROUP, {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": "1", "ToPort": 1, "CidrIp": "::"}]},
         {"SecurityGroupIngress": [
             {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "::", "Description": "d"}]}),
    ],
)  # fmt: skip
def test_no_difference(kind: str, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert differ(kind, mine, theirs) == []


@pytest.mark.parametrize(
    ("kind", "mine", "theirs", "wanted"),
    [
        (BUCKET, {}, {"AccessControl": "PublicRead"}, [("AccessControl", "changed")]),
        (BUCKET, {}, {"LoggingConfiguration": {"LogFilePrefix": "x"}}, [("LoggingConfiguration", "unset")]),
        (BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, {}, [("VersioningConfiguration", "code only")]),
        (BUCKET, {"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": [{"Key": "b", "Value": "1"}]},
         [("Tags[0]", "code only"), ("Tags", "cloud only")]),
        (FUNCTION, {"MemorySize": 128}, {"MemorySize": 256}, [("MemorySize", "changed")]),
        (FUNCTION, {}, {"MemorySize": 256}, [("MemorySize", "changed")]),
        (FUNCTION, {"Environment": {"Variables": {"A": "1"}}}, {"Environment": {"Variables": {"A": "2", "B": "1"}}},
         [("Environment.Variables.A", "changed")]),
        (FUNCTION, {"ImageConfig": {"Command": ["a", "b"]}}, {"ImageConfig": {"Command": ["b", "a"]}},
         [("ImageConfig.Command", "changed")]),
        (FUNCTION, {"MemorySize": {"odd": 1}}, {"MemorySize": 256}, [("MemorySize", "changed")]),
    ],
)  # fmt: skip
def test_differences(kind: str, mine: dict[str, Any], theirs: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert differ(kind, mine, theirs) == wanted


def test_what_is_not_known_on_one_side_is_not_compared() -> None:
    mine, theirs = {"VersioningConfiguration": {"Status": "Enabled"}}, {"VersioningConfiguration": {"Status": "Off"}}
    assert differ(BUCKET, mine, theirs)
    for path in ("", "VersioningConfiguration", "VersioningConfiguration.Status"):
        assert differ(BUCKET, mine, theirs, cloud_unresolved={path: "denied"}) == []
        assert differ(BUCKET, mine, theirs, code_unresolved={path: "variable"}) == []
    assert differ(BUCKET, mine, {}, dark=("VersioningConfiguration",)) == []


def test_elements_that_may_be_what_is_not_known_are_no_difference() -> None:
    rules = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}]
    theirs = {"SecurityGroupIngress": [*rules, {"IpProtocol": "udp", "FromPort": 2, "ToPort": 2}]}
    assert differ(GROUP, {"SecurityGroupIngress": rules}, theirs) == [("SecurityGroupIngress", "cloud only")]
    unknown = {"SecurityGroupIngress[1]": "variable"}
    mine = {"SecurityGroupIngress": [*rules, None]}
    assert differ(GROUP, mine, theirs, code_unresolved=unknown) == []


def test_long_lists_are_compared_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "MAX_PAIRS", 3)
    mine, theirs = {"Layers": ["a", "b"]}, {"Layers": ["b", "a"]}
    assert differ(FUNCTION, mine, theirs) == [("Layers", "changed")]
    assert differ(FUNCTION, mine, dict(mine)) == []


def test_how_alike_two_are() -> None:
    comparer = Comparer(lambda _: Known(), {})
    mine = code(FUNCTION, "a", {"MemorySize": 1, "Timeout": 2, "Handler": "h", "Runtime": "r", "Layers": []})
    assert comparer.alike(mine, live(FUNCTION, "b", dict(mine.properties))) == 1
    assert comparer.alike(mine, live(FUNCTION, "b", {**mine.properties, "Timeout": 3})) == 0.75
    assert comparer.alike(code(FUNCTION, "a", {"Timeout": 2}), live(FUNCTION, "b", {"Timeout": 2})) == 0
