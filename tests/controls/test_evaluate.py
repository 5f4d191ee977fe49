"""Verdicts: three-valued by what is read, element by element in lists, over related resources."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.controls.compiler import compile_controls
from bastide.controls.evaluate import Evaluation
from bastide.resources.model import Perhaps, Reference, Unresolved
from tests.controls.conftest import control, judge, resource, status

BLOCK = "PublicAccessBlockConfiguration"
UNKNOWN = Unresolved("var.x", "variable without a value")
CHOSEN = Unresolved("var.x ? …", "variable without a value")
BOTH = f"{BLOCK}.BlockPublicAcls and {BLOCK}.BlockPublicPolicy"
EITHER = f"{BLOCK}.BlockPublicAcls or {BLOCK}.BlockPublicPolicy"


@pytest.mark.parametrize(
    ("require", "one", "other", "wanted"),
    [
        (BOTH, True, True, "pass"),
        (BOTH, True, False, "fail"),
        (BOTH, True, None, "fail"),
        (BOTH, True, UNKNOWN, "unknown"),
        (BOTH, False, UNKNOWN, "fail"),
        (BOTH, None, UNKNOWN, "fail"),
        (EITHER, True, UNKNOWN, "pass"),
        (EITHER, False, UNKNOWN, "unknown"),
        (f"not ({EITHER})", True, UNKNOWN, "fail"),
        (f"not ({EITHER})", False, UNKNOWN, "unknown"),
        (f"not ({BOTH})", False, UNKNOWN, "pass"),
        (f"{BLOCK}.BlockPublicAcls is not null", UNKNOWN, True, "unknown"),
        (f"coalesce({BLOCK}.BlockPublicAcls, true)", UNKNOWN, True, "unknown"),
        (f"coalesce({BLOCK}.BlockPublicAcls, true)", None, True, "pass"),
        (f"{BLOCK} is not null", UNKNOWN, True, "pass"),
    ],
)
def test_unknown_only_where_it_matters(require: str, one: Any, other: Any, wanted: str) -> None:
    assert status(require, {BLOCK: {"BlockPublicAcls": one, "BlockPublicPolicy": other}}) == wanted


def test_absent_is_null_and_null_does_not_pass() -> None:
    assert status(BOTH, {}) == "fail"
    assert status(f"not {BLOCK}.BlockPublicAcls", {}) == "fail"


def test_a_whole_resource_that_is_unknown() -> None:
    verdict = judge(control(BOTH), resource(Unresolved("for_each", "unknown keys")))[0]
    assert verdict.status == "unknown"


SSH = "none_of([is_public(r) and opens_port(r, 22) for r in SecurityGroupIngress])"
OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
GROUP = "AWS::EC2::SecurityGroup"


@pytest.mark.parametrize(
    ("ingress", "wanted"),
    [
        ([], "pass"),
        (None, "pass"),
        ([OPEN], "fail"),
        (OPEN, "fail"),
        ([{**OPEN, "FromPort": "22", "ToPort": "22"}], "fail"),
        ([{**OPEN, "CidrIp": UNKNOWN}], "unknown"),
        ([{**OPEN, "CidrIp": UNKNOWN}, OPEN], "fail"),
        ([{**OPEN, "CidrIp": UNKNOWN, "FromPort": 443, "ToPort": 443}], "pass"),
        ([{**OPEN, "Description": UNKNOWN, "FromPort": 443, "ToPort": 443}], "pass"),
        ([UNKNOWN], "unknown"),
        ([UNKNOWN, OPEN], "fail"),
        (UNKNOWN, "unknown"),
        ([{**OPEN, "FromPort": "many"}], "unknown"),
        ([{**OPEN, "IpProtocol": "-1", "FromPort": UNKNOWN, "ToPort": UNKNOWN}], "fail"),
    ],
)
def test_elements_of_a_list_decide_one_by_one(ingress: Any, wanted: str) -> None:
    assert status(SSH, {"SecurityGroupIngress": ingress}, GROUP) == wanted


def perhaps(element: dict[str, Any]) -> Perhaps:
    return Perhaps("var.rules", "variable without a value", element)


WEB = {**OPEN, "FromPort": 443, "ToPort": 443}


@pytest.mark.parametrize(
    ("ingress", "wanted"),
    [
        ([perhaps(OPEN)], "unknown"),
        ([perhaps(OPEN), OPEN], "fail"),
        ([perhaps(WEB)], "pass"),
        ([perhaps({**WEB, "CidrIp": UNKNOWN})], "pass"),
        ([perhaps({**OPEN, "CidrIp": UNKNOWN})], "unknown"),
        ([perhaps(WEB), {**OPEN, "CidrIp": UNKNOWN}], "unknown"),
        (Reference("${x.ingress}", (("x", "ingress"),)), "unknown"),
    ],
)
def test_an_element_that_may_not_be_there_can_only_make_unknown(ingress: Any, wanted: str) -> None:
    assert status(SSH, {"SecurityGroupIngress": ingress}, GROUP) == wanted


def test_the_policy_of_an_element_that_may_not_be_there() -> None:
    def judged(*policies: Any) -> str:
        return status(ADMIN, {"Policies": list(policies)}, "AWS::IAM::Role")

    admin = {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
    assert judged(perhaps(admin)) == "unknown"
    assert judged(perhaps(admin), admin) == "fail"
    assert judged(perhaps(admin), perhaps(admin)) == "unknown"


REQUIRED = [
    "none_of([t.Key = 'a' for t in Tags])",
    "any_of([t.Key = 'a' for t in Tags])",
    "all_of([t.Key = 'a' for t in Tags])",
    "not any_of([t.Key = 'a' and t.Value = 'x' for t in Tags])",
    "not all_of([t.Key = 'a' for t in Tags])",
    "none_of([t.Key = 'a' for t in Tags if t.Value = 'x'])",
    "len(Tags) > 1 or any_of([t.Value = 'x' for t in Tags])",
    "Tags is null or all_of([t.Key is not null for t in Tags])",
]
ELEMENTS = st.fixed_dictionaries({"Key": st.sampled_from(["a", "b"]), "Value": st.sampled_from(["x", "y"])})


@settings(max_examples=60, deadline=None)
@given(st.lists(ELEMENTS, max_size=2), st.lists(ELEMENTS, min_size=1, max_size=2))
def test_with_and_without_what_may_be_there_the_verdict_is_the_same_or_unknown(sure: Any, unsure: Any) -> None:
    several = [control(require, id=f"test.c{number}") for number, require in enumerate(REQUIRED)]

    def found(tags: Any) -> list[str]:
        return [verdict.status for verdict in judge(several, resource({"Tags": tags}))]

    told = found([*sure, *map(perhaps, unsure)])
    ways = [found([*sure, *chosen]) for chosen in ([], unsure, unsure[:1], unsure[1:], unsure * 2)]
    for status_, *possible in zip(told, *ways, strict=True):
        assert status_ == "unknown" or set(possible) == {status_}


@pytest.mark.parametrize(
    ("require", "tags", "wanted"),
    [
        ("any_of([t.Key = 'a' for t in Tags])", [{"Key": UNKNOWN}, {"Key": "a"}], "pass"),
        ("any_of([t.Key = 'a' for t in Tags])", [{"Key": UNKNOWN}, {"Key": "b"}], "unknown"),
        ("any_of([t.Key = 'a' for t in Tags])", UNKNOWN, "unknown"),
        ("any_of([t.Key = 'a' for t in Tags])", None, "fail"),
        ("all_of([t.Key = 'a' for t in Tags])", [{"Key": UNKNOWN}, {"Key": "b"}], "fail"),
        ("all_of([t.Key = 'a' for t in Tags])", [{"Key": UNKNOWN}, {"Key": "a"}], "unknown"),
        ("not any_of([t.Key = 'a' for t in Tags])", [{"Key": UNKNOWN}, {"Key": "a"}], "fail"),
        ("not any_of([t.Key = 'a' for t in Tags])", [{"Key": UNKNOWN}, {"Key": "b"}], "unknown"),
        ("len(Tags) > 1", [{"Key": UNKNOWN}, {"Key": "b"}], "pass"),
        ("has_tag(Tags, 'OWNER')", [{"Key": "owner", "Value": UNKNOWN}], "pass"),
        ("none_of([t.Value = 'x' for t in Tags if t.Key = 'a'])", [{"Key": "a", "Value": UNKNOWN}], "unknown"),
    ],
)
def test_every_quantifier_has_its_bounds(require: str, tags: Any, wanted: str) -> None:
    assert status(require, {"Tags": tags}) == wanted


ADMIN = "none_of([allows(s) and covers_every_action(s) and covers_every_resource(s) for s in statements])"
POLICY = "AWS::IAM::ManagedPolicy"


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ({"Effect": "Allow", "Action": "*", "Resource": "*"}, "fail"),
        ([{"Effect": "Deny", "Action": "*", "Resource": "*"}], "pass"),
        ([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": UNKNOWN}], "pass"),
        ([{"Effect": "Allow", "Action": ["*"], "Resource": [UNKNOWN]}], "unknown"),
        ({"Effect": "Allow", "Action": "*", "Resource": [UNKNOWN, "*"]}, "fail"),
        ({"Effect": "Allow", "Action": "*", "Resource": [UNKNOWN, "arn:x"]}, "unknown"),
        (
            [
                {"Effect": "Allow", "Action": "*", "Resource": UNKNOWN},
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
            ],
            "fail",
        ),
        (UNKNOWN, "unknown"),
        ([UNKNOWN, {"Effect": "Allow", "Action": "*", "Resource": "*"}], "fail"),
    ],
)
def test_policy_statements(statement: Any, wanted: str) -> None:
    assert status(ADMIN, {"PolicyDocument": {"Statement": statement}}, POLICY) == wanted


def test_a_policy_that_is_not_known_or_no_policy() -> None:
    assert status(ADMIN, {"PolicyDocument": UNKNOWN}, POLICY) == "unknown"
    assert status(ADMIN, {"PolicyDocument": "no json"}, POLICY) == "unknown"
    assert (
        status(ADMIN, {"PolicyDocument": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'}, POLICY)
        == "fail"
    )


VARIABLES = "none_of([names_a_secret(e.key) and is_plain_text(e.value) for e in map_entries(Environment.Variables)])"
FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"STAGE": UNKNOWN, "DB_PASSWORD": "hunter22"}, "fail"),
        ({"STAGE": UNKNOWN, "TABLE": "t"}, "unknown"),
        ({"STAGE": "x", "TABLE": "t"}, "pass"),
        (UNKNOWN, "unknown"),
    ],
)
def test_entries_of_a_map_decide_one_by_one(variables: Any, wanted: str) -> None:
    (verdict,) = judge(control(VARIABLES, FUNCTION), resource({"Environment": {"Variables": variables}}, FUNCTION))
    assert verdict.status == wanted
    if wanted == "fail":
        assert verdict.evidence[0].property == "Environment.Variables.DB_PASSWORD"


NESTED = (
    "none_of([any_of([names_a_secret(e.Name) and is_plain_text(e.Value) for e in c.Environment]) "
    "for c in ContainerDefinitions])"
)
TASK = "AWS::ECS::TaskDefinition"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ([{"Name": "STAGE", "Value": CHOSEN}, {"Name": "PASSWORD", "Value": "hunter22"}], "fail"),
        ([{"Name": "STAGE", "Value": CHOSEN}, {"Name": "TABLE", "Value": "t"}], "pass"),
        ([{"Name": "PASSWORD", "Value": CHOSEN}], "unknown"),
        ([{"Name": CHOSEN, "Value": "x"}], "unknown"),
        ([CHOSEN, {"Name": "PASSWORD", "Value": "hunter22"}], "fail"),
        ([CHOSEN], "unknown"),
        (CHOSEN, "unknown"),
        ([], "pass"),
    ],
)
@pytest.mark.parametrize("beside", [[], [{"Name": "x", "Environment": CHOSEN}], [CHOSEN]])
def test_lists_in_elements_decide_one_by_one(environment: Any, wanted: str, beside: list[Any]) -> None:
    containers = [*beside, {"Name": "a", "Image": CHOSEN, "Environment": environment}]
    expected = "fail" if wanted == "fail" else "unknown" if beside else wanted
    assert status(NESTED, {"ContainerDefinitions": containers}, TASK) == expected


ROOT = "all_of([c.ReadonlyRootFilesystem for c in ContainerDefinitions])"


def test_a_verdict_does_not_depend_on_what_else_is_judged() -> None:
    lacks = resource(
        {"ContainerDefinitions": [{"Name": "a", "ReadonlyRootFilesystem": True}, {"Name": "b"}]}, TASK, "lacks"
    )
    unknown = resource({"ContainerDefinitions": UNKNOWN}, TASK, "unknown")
    part = resource({"ContainerDefinitions": [{"ReadonlyRootFilesystem": UNKNOWN}]}, TASK, "part")
    found = {v.resource.address: v.status for v in judge(control(ROOT, TASK), lacks, unknown, part)}
    assert found == {"lacks": "fail", "unknown": "unknown", "part": "unknown"}


def test_when_decides_whether_there_is_a_verdict() -> None:
    when = "BucketName like 'log%'"
    assert status(BOTH, {"BucketName": "other"}, when=when) == "none"
    assert status(BOTH, {}, when=when) == "none"
    assert status(BOTH, {"BucketName": "logs"}, when=when) == "fail"
    assert status(BOTH, {"BucketName": UNKNOWN}, when=when) == "unknown"


TLS = "any_of([any_of([denies_plain_http(s) for s in p.statements]) for p in policies])"
RELATED = {"name": "policies", "type": "AWS::S3::BucketPolicy", "to": "Bucket"}


def _policy(bucket: Any, document: Any) -> Any:
    return resource({"Bucket": bucket, "PolicyDocument": document}, "AWS::S3::BucketPolicy", "p")


def test_related_resources_by_reference_and_by_name() -> None:
    from bastide.controls.entry import Related

    tls = control(TLS, related=[Related(**RELATED)])
    deny = {
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    }
    refers = Reference("${b}", (("b", "Ref"),))
    bucket, named = resource({}), resource({"BucketName": "logs"})
    assert [v.status for v in judge(tls, bucket)] == ["fail"]
    assert [v.status for v in judge(tls, bucket, _policy(refers, deny))] == ["pass"]
    assert [v.status for v in judge(tls, named, _policy("logs", deny))] == ["pass"]
    assert [v.status for v in judge(tls, bucket, _policy(refers, {"Statement": []}))] == ["fail"]
    assert [v.status for v in judge(tls, bucket, _policy(refers, UNKNOWN))] == ["unknown"]
    assert [v.status for v in judge(tls, bucket, _policy(UNKNOWN, deny))] == ["unknown"]
    elsewhere = _policy(refers, deny)
    elsewhere.unit = "other"
    assert [v.status for v in judge(tls, bucket, elsewhere)] == ["fail"]


def test_a_related_resource_that_may_not_be_there_is_unknown() -> None:
    from bastide.controls.entry import Related

    tls = control("len(policies) > 0", related=[Related(**RELATED)])
    some = control("any_of([p.PolicyDocument is not null for p in policies])", related=[Related(**RELATED)])
    refers = Reference("${b}", (("b", "Ref"),))
    perhaps = _policy(refers, {"Statement": []})
    perhaps.metadata["condition"] = "C"
    for one in (tls, some):
        assert [v.status for v in judge(one, resource({}), perhaps)] == ["unknown"]
        assert [v.status for v in judge(one, resource({}, metadata={"condition": "C"}), perhaps)] == ["pass"]
    assert "condition C" in judge(tls, resource({}), perhaps)[0].evidence[0].note


@pytest.mark.parametrize("quantifier", ["any_of", "none_of"])
def test_what_is_in_a_related_resource_that_may_not_be_there_is_unknown(quantifier: str) -> None:
    from bastide.controls.entry import Related

    require = f"{quantifier}([any_of([allows(s) for s in p.statements]) for p in policies])"
    one = control(require, related=[Related(**RELATED)])
    perhaps = _policy(Reference("${b}", (("b", "Ref"),)), {"Statement": [{"Effect": "Allow"}]})
    known = "pass" if quantifier == "any_of" else "fail"
    assert [v.status for v in judge(one, resource({}), perhaps)] == [known]
    perhaps.metadata["condition"] = "C\nD"
    assert [v.status for v in judge(one, resource({}), perhaps)] == ["unknown"]
    assert [v.status for v in judge(one, resource({}, metadata={"condition": "C"}), perhaps)] == ["unknown"]
    assert [v.status for v in judge(one, resource({}, metadata={"condition": "D\nC"}), perhaps)] == [known]


def test_a_related_resource_that_was_not_scanned_is_unknown() -> None:
    from bastide.controls.entry import Related

    trail = "AWS::CloudTrail::Trail"
    related = [Related("bucket", "AWS::S3::Bucket", by="S3BucketName")]
    logged = control("any_of([b.VersioningConfiguration.Status = 'Enabled' for b in bucket])", trail, related=related)
    verdicts = judge(logged, resource({"S3BucketName": "elsewhere"}, trail))
    assert [(v.status, v.evidence[0].note) for v in verdicts] == [
        ("unknown", "elsewhere is not among the resources that were scanned")
    ]


@pytest.mark.parametrize(
    ("second", "status", "count"), [({"Status": "Suspended"}, "unknown", 2), ({"Status": "Enabled"}, "pass", 0)]
)
def test_of_several_that_a_condition_chooses_from_it_is_one(second: Any, status: str, count: int) -> None:
    from bastide.controls.entry import Related

    one = resource({"VersioningConfiguration": {"Status": "Enabled"}}, address="a")
    other = resource({"VersioningConfiguration": second}, address="b")
    either = Reference("${var.x ? a.id : b.id}", (("a", "id"), ("b", "id")))
    trail = resource({"S3BucketName": either}, "AWS::CloudTrail::Trail", address="t")
    related = [Related("bucket", "AWS::S3::Bucket", by="S3BucketName")]
    require = "none_of([b.VersioningConfiguration.Status <> 'Enabled' for b in bucket])"
    (found,) = judge(control(require, "AWS::CloudTrail::Trail", related=related), trail, one, other)
    assert found.status == status
    assert sum("one of several" in piece.note for piece in found.evidence) == count


def test_a_reference_to_one_of_several_is_unknown_from_the_other_side() -> None:
    from bastide.controls.entry import Related

    either = Reference("${var.x ? a.id : b.id}", (("a", "id"), ("b", "id")))
    policy = resource({"Bucket": either, "PolicyDocument": {}}, "AWS::S3::BucketPolicy", address="p")
    buckets = [resource({}, address=address) for address in "ab"]
    some = control("any_of([p.PolicyDocument is not null for p in policies])", related=[Related(**RELATED)])
    assert [found.status for found in judge(some, *buckets, policy)] == ["unknown", "unknown"]


def test_what_is_unknown_of_a_related_resource_is_unknown() -> None:
    from bastide.controls.entry import Related

    trail = "AWS::CloudTrail::Trail"
    related = [Related("buckets", "AWS::S3::Bucket", by="S3BucketName")]
    locked = control("none_of([not coalesce(x.ObjectLockEnabled, false) for x in buckets])", trail, related=related)
    refers = resource({"S3BucketName": Reference("${b}", (("b", "Ref"),))}, trail, "t")
    (verdict,) = judge(locked, refers, resource({"ObjectLockEnabled": UNKNOWN}, line=40))
    assert verdict.status == "unknown"
    assert verdict.evidence[0].line == 40
    assert [v.status for v in judge(locked, refers, resource({"ObjectLockEnabled": False}))] == ["fail"]


def test_variants_that_differ_are_unknown() -> None:
    open_, closed = {BLOCK: {"BlockPublicAcls": False}}, {BLOCK: {"BlockPublicAcls": True}}
    require = f"{BLOCK}.BlockPublicAcls"

    def variant(properties: Any, when: str) -> Any:
        return resource(properties, metadata={"when": when})

    same = judge(control(require), variant(open_, "C=true"), variant(open_, "C=false"))
    assert [v.status for v in same] == ["fail"]
    differ = judge(control(require), variant(closed, "C=true"), variant(open_, "C=false"))
    assert [v.status for v in differ] == ["unknown"]
    assert "C=false" in differ[0].evidence[0].note


def test_a_control_that_breaks_at_run_time_is_told_and_the_rest_go_on() -> None:
    breaks = control("error('boom') is null", id="test.breaks")
    sound = control(BOTH, id="test.sound")
    compiled, broken = compile_controls([sound])
    from bastide.controls.compiled import Atom, Compiled

    assert not broken
    compiled.append(
        Compiled("test.breaks", "AWS::S3::Bucket", [Atom("error('boom')", [])], ["atom", 0, False], None, {})
    )
    evaluation = Evaluation([sound, breaks], compiled)
    assert [(v.control.id, v.status) for v in evaluation.verdicts([resource({})])] == [("test.sound", "fail")]
    assert "boom" in evaluation.broken["test.breaks"]


def test_a_query_without_end_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    from bastide.controls import evaluate
    from bastide.controls.compiled import Atom, Compiled

    monkeypatch.setattr(evaluate, "QUERY_SECONDS", 0.2)
    endless = "len(list_filter(range(1, 100000000), lambda x: x % 7 = length(md5(x::varchar)))) = 1"
    slow = Compiled("test.slow", "AWS::S3::Bucket", [Atom(endless, [])], ["atom", 0, False], None, {})
    evaluation = Evaluation([control("true", id="test.slow")], [slow])
    assert evaluation.verdicts([resource({})]) == []
    assert "test.slow" in evaluation.broken


HOSTILE = [
    float("nan"),
    float("inf"),
    "\ud800",
    "\x00",
    "'; drop table x; --",
    2**70,
    -1.5,
    {"a": []},
    [[]],
    "${x}",
    "",
]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_hostile_values_give_a_verdict(value: Any) -> None:
    require = (
        "BucketName is not null and none_of([t.Key = 'x' for t in Tags]) and VersioningConfiguration.Status = 'Enabled'"
    )
    properties = {"BucketName": value, "Tags": [value, {"Key": value}], "VersioningConfiguration": value}
    assert status(require, properties) in ("fail", "unknown")


VALUES = st.sampled_from([True, False, None, UNKNOWN])


@settings(max_examples=60, deadline=None)
@given(VALUES, VALUES, st.lists(st.tuples(VALUES, VALUES), max_size=3))
def test_unknown_agrees_with_trying_every_value(a: Any, b: Any, pairs: list[tuple[Any, Any]]) -> None:
    """The engine says pass (fail) only if every way to fill in what is unknown passes (fails)."""
    require = (
        f"({BLOCK}.BlockPublicAcls or not {BLOCK}.BlockPublicPolicy) and "
        "none_of([r.ObjectOwnership = 'a' and (r.ObjectOwnership is not null) for r in OwnershipControls.Rules])"
    )

    def tree(a: Any, b: Any, owners: list[Any]) -> Any:
        rules = [{"ObjectOwnership": {True: "a", False: "b"}.get(o, o) if isinstance(o, bool) else o} for o in owners]
        return {BLOCK: {"BlockPublicAcls": a, "BlockPublicPolicy": b}, "OwnershipControls": {"Rules": rules}}

    owners = [pair[0] for pair in pairs]
    every = {status(require, tree(*filled)) for filled in _fillings(a, b, owners)}
    got = status(require, tree(a, b, owners))
    if got != "unknown":
        assert every == {got}


def _fillings(a: Any, b: Any, owners: list[Any]) -> list[tuple[Any, Any, list[Any]]]:
    import itertools

    choices = [[True, False, None] if value is UNKNOWN else [value] for value in (a, b, *owners)]
    return [(one, two, list(rest)) for one, two, *rest in itertools.product(*choices)]


def test_what_only_a_live_account_knows_is_not_asked_of_code() -> None:
    live = control("BucketName = 'a'", live=True)
    assert judge(live, resource({"BucketName": "b"})) == []
    assert [v.status for v in judge(live, resource({"BucketName": "b"}, source="aws"))] == ["fail"]
    both = [live, control("BucketName = 'b'", id="test.everywhere")]
    found = judge(both, resource({"BucketName": "b"}), resource({"BucketName": "b"}, address="c", source="aws"))
    assert sorted((v.control.id, v.resource.address) for v in found) == [
        ("test.control", "c"),
        ("test.everywhere", "b"),
        ("test.everywhere", "c"),
    ]
