"""Each modifier of Sigma by hand, over the real way; the generated ones stand with the compiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bastide.detect.engine import detect
from bastide.detect.plan import plan_of
from bastide.detect.small import stored
from tests.detect.conftest import records, rule_text

DOCUMENT = '{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Principal":{"AWS":"*"}}]}'
EVENT: dict[str, Any] = {
    "eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy", "eventTime": "2026-03-04T05:06:07Z",
    "sourceIPAddress": "10.1.2.3", "userAgent": "aws-cli/2.1 -x C:\\temp",
    "requestParameters": {
        "Bucket": "Shop", "size": 12, "flag": True, "nothing": None, "empty": "", "owner": "alice", "policy": DOCUMENT,
        "quoted": "%7B%22Version%22%3A%22x%22%7D", "list": ["a", "B*c"], "grants": [{"who": "x"}, {"WHO": "y"}],
        "wide": "a\\x00b\\x00", "encoded": "xxZm9vYmFyxx",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("requestParameters.bucket", "shop", True),
        ("requestParameters.bucket|cased", "shop", False),
        ("requestParameters.bucket|contains|cased", "ho", True),
        ("requestParameters.bucket", "'sh?p'", True),
        ("requestParameters.bucket", "'sh??p'", False),
        ("requestParameters.list", "'b\\*c'", True),
        ("requestParameters.list", "'a\\*'", False),
        ("requestParameters.list|contains|all", "[a, b]", True),
        ("requestParameters.list|contains|all", "[a, z]", False),
        ("requestParameters.size", "12", True),
        ("requestParameters.size|gte", "12", True),
        ("requestParameters.size|lt", "12", False),
        ("requestParameters.flag", "true", True),
        ("requestParameters.flag", "false", False),
        ("requestParameters.nothing", "null", True),
        ("requestParameters.absent", "null", True),
        ("requestParameters.empty", "null", False),
        ("requestParameters.empty", "''", True),
        ("requestParameters.absent|exists", "false", True),
        ("requestParameters.size|exists", "true", True),
        ("requestParameters.absent|neq", "x", True),
        ("requestParameters.bucket|neq", "shop", False),
        ("requestParameters.grants.who", "[y]", True),
        ("requestParameters.policy.Statement.Action", "'s3:\\*'", True),
        ("requestParameters.policy.statement.principal.aws", "'\\*'", True),
        ("requestParameters.policy|contains", '\'"Effect":"Allow"\'', True),
        ("requestParameters|contains", '\'"Effect":"Allow"\'', True),
        ("requestParameters|contains", "nowhere", False),
        ("requestParameters.quoted.version", "x", True),
        ("requestParameters.owner|fieldref", "userIdentity.userName", True),
        ("userIdentity.arn|fieldref|endswith", "requestParameters.owner", True),
        ("requestParameters.bucket|fieldref", "userIdentity.userName", False),
        ("sourceIPAddress|cidr", "10.0.0.0/8", True),
        ("sourceIPAddress|cidr", "[192.168.0.0/16, 'fe80::/10']", False),
        ("requestParameters.bucket|re", "'^Sh.p$'", True),
        ("requestParameters.bucket|re", "'^sh'", False),
        ("requestParameters.bucket|re|i", "'^sh'", True),
        ("requestParameters.encoded|base64offset|contains", "foobar", True),
        ("requestParameters.encoded|base64", "foobar", False),
        ("userAgent|windash|contains", "' /x'", True),
        ("userAgent|contains", "'c:\\temp'", True),
        ("eventTime|hour", "5", True),
        ("eventTime|month", "4", False),
        ("event.outcome", "success", True),
        ("aws.cloudtrail.request_parameters.bucket", "shop", True),
        ("aws.cloudtrail.flattened.request_parameters.bucket", "shop", True),
        ("api.request.data.bucket", "shop", True),
        ("actor.user.type", "iamuser", True),
    ],
)
def test_a_modifier(loaded: Any, tmp_path: Path, field: str, value: str, wanted: bool) -> None:
    rules = loaded(rule_text(f"  it:\n    {field}: {value}\n  condition: it"))
    plan = plan_of(rules)
    assert not [*plan.problems, *rules.problems]
    event = records(EVENT)[0] | {"eventTime": EVENT["eventTime"]}
    assert bool(detect(rules, plan, stored([event], tmp_path)).matches) is wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("[putbucket]", True), ("['Statement\":[{']", True), ("[nowhere, SHOP]", True), ("['|re': 'B.ck']", None)],
)
def test_keywords(loaded: Any, tmp_path: Path, words: str, wanted: bool | None) -> None:
    if wanted is None:
        words, wanted = "{'|re': 'B.ck'}", True
    rules = loaded(rule_text(f"  it: {words}\n  condition: it"))
    plan = plan_of(rules)
    assert not plan.problems
    assert bool(detect(rules, plan, stored(records(EVENT), tmp_path)).matches) is wanted


@pytest.mark.parametrize(
    ("detection", "why"),
    [
        ("  it: {eventName|re: '(?=x)'}\n  condition: it", "invalid"),
        ("  it: {eventName|re: '(((a{900}){900}){900})'}\n  condition: it", "invalid"),
        ("  it: {sourceIPAddress|cidr: 300.0.0.0/8}\n  condition: it", "CIDR"),
        ("  it: {eventName|dance: x}\n  condition: it", "Unknown modifier"),
        ("  it: {'|cidr': 10.0.0.0/8}\n  condition: it", "keyword"),
        ("  it: {eventName: x}\n  condition: it | count() > 3", "a correlation counts"),
        ("  it: {eventName: x}\n  condition: 1 of other_*", "other_"),
    ],
)
def test_what_cannot_be_is_a_problem_with_the_rules_place(loaded: Any, detection: str, why: str) -> None:
    rules = loaded(rule_text(detection))
    plan = plan_of(rules)
    assert [problem.place.endswith("0.yml:1") for problem in plan.problems] == [True]
    assert why in plan.problems[0].cause


def test_a_slow_regular_expression_is_not_slow(loaded: Any, tmp_path: Path) -> None:
    rules = loaded(rule_text("  it: {userAgent|re: '(a+)+$'}\n  condition: it"))
    events = records({**EVENT, "userAgent": "a" * 20_000 + "b"})
    assert detect(rules, plan_of(rules), stored(events, tmp_path)).matches == []
