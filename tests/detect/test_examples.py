"""Rules over their own events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bastide.detect.examples import examples_of, run_examples
from bastide.detect.plan import plan_of
from bastide.detect.rules import load_rules
from bastide.detect.run import Detections
from bastide.errors import UsageError
from bastide.lake.ingest import ingest
from bastide.lake.store import Lake
from tests.detect.conftest import rule, rule_text
from tests.lake.samples import INSIGHT

YES = "{eventSource: s3.amazonaws.com, eventName: ListBuckets}"
NO = "{eventSource: s3.amazonaws.com, eventName: GetObject}"


def outcome(loaded: Any, *examples: str) -> tuple[str, ...]:
    lines = "".join(f"    - {example}\n" for example in examples)
    rules = loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a") + f"bastide:\n  examples:\n{lines}")
    (one,) = run_examples(rules, plan_of(rules), rules.rules)
    return one.failed


def test_examples_that_hold(loaded: Any) -> None:
    assert outcome(loaded, f"match: {YES}", f"no-match: {NO}", f"no-match: [{NO}, {NO}]") == ()


def test_examples_that_do_not(loaded: Any) -> None:
    assert outcome(loaded, f"match: {NO}", f"no-match: {YES}") == ("example 1 is not matched", "example 2 is matched")


def test_both_sides_are_needed(loaded: Any) -> None:
    assert outcome(loaded, f"match: {YES}") == ("it has no example that it does not match",)


def test_what_is_no_example(loaded: Any) -> None:
    assert "either `match` or `no-match`" in outcome(loaded, "fits: x")[0]
    assert "`eventName` and `eventSource`" in outcome(loaded, "match: {eventName: x}")[0]
    with pytest.raises(UsageError, match="is a list"):
        examples_of(rule(extra={"examples": "x"}))


def test_an_event_that_the_lake_does_not_take_fails_its_rule_alone(loaded: Any) -> None:
    texts = [
        rule_text("  a: {eventName: ListBuckets}\n  condition: a", number=number)
        + f"bastide:\n  examples:\n    - match: {YES}\n    - no-match: {no}\n"
        for number, no in ((1, NO), (2, "{raw: {x: y}}"))
    ]
    rules = loaded(*texts)
    good, bad = run_examples(rules, plan_of(rules), rules.rules)
    assert good.failed == ()
    assert bad.failed[0].startswith("the lake does not take this event")


def test_a_word_that_means_nothing_is_told(loaded: Any) -> None:
    rules = loaded(
        rule_text("  a: {eventName: ListBuckets}\n  condition: a") + "bastide: {playboook: x, examples: []}\n"
    )
    (one,) = run_examples(rules, plan_of(rules), rules.rules)
    assert one.failed[0] == "`playboook` is no field of `bastide`. did you mean `playbook`?"


def test_a_threat_that_is_misspelt_is_told(loaded: Any) -> None:
    known = "data.store-is-read"
    named = f"bastide: {{threats: [{known}, {known}s, ours.from-a-pack, T-12345678], examples: []}}\n"
    rules = loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a") + named)
    (one,) = run_examples(rules, plan_of(rules), rules.rules, [known])
    assert one.failed[0] == f"no threat is called `{known}s`, did you mean `{known}`?"
    assert "threat" not in one.failed[1]


def test_events_of_other_logs(loaded: Any) -> None:
    flow = "{account_id: '1', interface_id: e, srcaddr: 1.2.3.4, dstaddr: 10.0.0.1, dstport: %s, start: '${seconds}', "
    lines = [f"{side}: {{raw: {flow % port}log_status: OK}}}}" for side, port in (("match", 22), ("no-match", 80))]
    text = rule_text("  a: {dstport: 22}\n  condition: a").replace("service: cloudtrail", "service: vpcflow")
    rules = loaded(text + "bastide:\n  examples:\n" + "".join(f"    - {line}\n" for line in lines))
    (one,) = run_examples(rules, plan_of(rules), rules.rules)
    assert (one.failed, one.examples) == ((), 2)


def test_an_insight_is_no_call_of_what_it_is_about(loaded: Any) -> None:
    called = {"eventSource": "ssm.amazonaws.com", "eventName": "GetParameter"}
    examples = [{"match": called}, {"no-match": {"raw": INSIGHT}}]
    text = rule_text("  a: {eventName: GetParameter}\n  condition: a")
    rules = loaded(f"{text}bastide: {json.dumps({'examples': examples})}\n")
    (one,) = run_examples(rules, plan_of(rules), rules.rules)
    assert (one.failed, one.examples) == ((), 2)


@pytest.mark.slow
def test_those_of_the_library_hold() -> None:
    rules = load_rules()
    outcomes = run_examples(rules, plan_of(rules), rules.rules)
    assert [(one.rule.title, one.failed) for one in outcomes if one.failed] == []


def of_another_log(loaded: Any, logsource: str, detection: str, event: dict[str, Any], *sides: str) -> tuple[str, ...]:
    """What fails of a rule over two events of another log; `sides` are what stands for `SIDE` in them."""
    text = rule_text(detection).replace("{product: aws, service: cloudtrail}", logsource)
    lines = [
        f"    - {side}: {{raw: {json.dumps(event).replace('SIDE', value)}}}\n"
        for side, value in zip(("match", "no-match"), sides, strict=True)
    ]
    rules = loaded(text + "bastide:\n  examples:\n" + "".join(lines))
    (one,) = run_examples(rules, plan_of(rules), rules.rules)
    return one.failed


POD = {
    "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": "${uid}",
    "stage": "ResponseComplete", "requestURI": "/api/v1/namespaces/x/pods", "verb": "create",
    "user": {"username": "ana"}, "sourceIPs": ["203.0.113.7"], "objectRef": {"resource": "pods", "apiGroup": "g"},
    "responseStatus": {"code": 201}, "requestReceivedTimestamp": "${time}", "stageTimestamp": "${time}",
    "requestObject": {"spec": {
        "volumes": [{"name": "v", "SIDE": {"path": "/"}}],
        "containers": [{"name": "c", "securityContext": {"cap-SIDE": {"add": ["SYS_ADMIN"]}}}],
    }},
}  # fmt: skip


def test_parts_of_an_audit_log_under_names_that_others_use(loaded: Any) -> None:
    log = "{category: application, product: kubernetes, service: audit}"
    rule_of = "  a: {{verb: create, {}: '*'}}\n  condition: a"
    assert of_another_log(loaded, log, rule_of.format("hostPath"), POD, "hostPath", "emptyDir") == ()
    event = json.loads(json.dumps(POD).replace("cap-SIDE", "SIDE").replace('"SIDE": {"path', '"a": {"path'))
    assert of_another_log(loaded, log, rule_of.format("capabilities"), event, "capabilities", "other") == ()
    event = json.loads(json.dumps(POD).replace('"g"', '"SIDE"'))
    assert of_another_log(loaded, log, "  a: {apiGroup: apps}\n  condition: a", event, "apps", "batch") == ()


REQUEST = {
    "timestamp": "${milliseconds}", "formatVersion": 1, "webaclId": "arn:aws:wafv2:eu-west-1:1:regional/webacl/a/1",
    "terminatingRuleId": "x", "action": "ALLOW", "httpSourceName": "ALB",
    "httpRequest": {"clientIp": "203.0.113.7", "uri": "/a/SIDE", "args": "b=1", "httpMethod": "GET", "requestId": "r"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("item", "hit"),
    [
        ("cs-uri-query|contains: /a/x", "x"),
        ("cs-uri-query|startswith: b=1", ""),
        ("cs-uri-query: b=1", ""),
        ("cs-uri-stem: /a/x", "x"),
        ("cs-uri-stem|contains|all: [/x, b=1]", "x"),
        ("cs-uri-stem|endswith: '?b=1'", ""),
        ("cs-uri-query: null", None),
        ("c-uri: '/a/x?b=1'", "x"),
        ("c-uri|contains: /a/x", "x"),
        ("url.original|startswith: /a/x", "x"),
        ("action: ALLOW", ""),
        ("action: Allowed", ""),
        ("action: [BLOCK, Denied]", None),
        ("c-uri-extension: exe", None),
        ("url.query|contains: /a/", None),
        ("url.path|contains: b=1", None),
    ],
)
def test_stem_and_query_are_also_path_and_query(loaded: Any, item: str, hit: str | None) -> None:
    log, detection = "{category: webserver}", f"  a:\n    {item}\n  condition: a"
    failed = of_another_log(loaded, log, detection, REQUEST, "x", "y")
    assert (
        failed
        == {
            "x": (),
            "": ("example 2 is matched",),
            None: ("example 1 is not matched",),
        }[hit]
    )


def test_a_path_without_a_query_ends_where_it_ends(loaded: Any) -> None:
    event = json.loads(json.dumps(REQUEST).replace("b=1", ""))
    log, detection = "{category: webserver}", "  a: {cs-uri-query|endswith: /a/x}\n  condition: a"
    assert of_another_log(loaded, log, detection, event, "x", "y") == ()


ASKED = {
    "version": "1.1", "account_id": "1", "region": "eu-west-1", "vpc_id": "vpc-1", "query_timestamp": "${time}",
    "query_name": "SIDE.", "query_type": "A", "query_class": "IN", "rcode": "NOERROR", "answers": [],
    "srcaddr": "10.0.0.5", "srcport": "53", "transport": "UDP", "srcids": {},
}  # fmt: skip


@pytest.mark.parametrize(
    "item",
    ["query: evil.example", "query: evil.example.", "QueryName|endswith: .example", "dns.question.name: evil.example"],
)
def test_names_that_are_looked_up_with_and_without_the_dot_at_their_end(loaded: Any, item: str) -> None:
    detection = f"  a:\n    {item}\n  condition: a"
    assert of_another_log(loaded, "{category: dns}", detection, ASKED, "evil.example", "good.test") == ()


REQUEST_LINE = (
    "https 2026-11-01T10:00:00.186641Z app/shop/50dc 203.0.113.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 34 366 "
    '"GET https://shop.example:443/a/SIDE HTTP/1.1" "curl/8" ECDHE-RSA TLSv1.2 arn:aws:x:eu-west-1:111122223333:t '
    '"Root=1-58" "shop.example" "-" 0 2026-11-01T10:00:00.0Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1'
)


@pytest.mark.parametrize(
    "item",
    ["c-uri|contains: shop.example/a/x.exe", "c-uri: 'https://shop.example:443/a/x.exe'", "c-uri: /a/x.exe",
     "c-uri-extension: EXE"],
)  # fmt: skip
def test_an_address_with_and_without_a_port_that_goes_without_saying(tmp_path: Path, item: str) -> None:
    log = "{category: proxy}"
    text = rule_text(f"  a:\n    {item}\n  condition: a").replace("{product: aws, service: cloudtrail}", log)
    (tmp_path / "rule.yml").write_text(text)
    lines = [REQUEST_LINE.replace("SIDE", name) for name in ("x.exe", "y.txt")]
    (tmp_path / "elasticloadbalancing.log").write_text("\n".join(lines) + "\n")
    lake = Lake(tmp_path / "lake")
    assert ingest(lake, [str(tmp_path / "elasticloadbalancing.log")], jobs=1).events == 2
    found, _ = Detections([str(tmp_path / "rule.yml")]).since(lake, 0, 1)
    assert (len(found.matches), found.problems) == (1, [])


@pytest.mark.parametrize(("action", "hits"), [("ACCEPT", True), ("accept", True), ("Allowed", True), ("REJECT", False)])
def test_what_flow_logs_call_their_actions(loaded: Any, action: str, hits: bool) -> None:
    flow = {
        "account_id": "1", "interface_id": "e", "srcaddr": "1.2.3.4", "dstaddr": "10.0.0.1", "dstport": 22,
        "start": "${seconds}", "log_status": "OK", "action": "SIDE",
    }  # fmt: skip
    log, detection = "{product: aws, service: vpcflow}", f"  a: {{action: {action}}}\n  condition: a"
    failed = of_another_log(loaded, log, detection, flow, "ACCEPT", "REJECT")
    assert failed == (() if hits else ("example 1 is not matched", "example 2 is matched"))


@pytest.mark.parametrize(
    "item",
    ["action: REJ*", "action|contains: eject", "action|re: '^REJECT$'", "action|re|i: '^reject$'",
     "action|cased: REJECT", "action|startswith: [rej, x]", "event.action: R?JECT"],
)  # fmt: skip
def test_patterns_of_what_flow_logs_call_their_actions(loaded: Any, item: str) -> None:
    flow = {
        "account_id": "1", "interface_id": "e", "srcaddr": "1.2.3.4", "dstaddr": "10.0.0.1", "dstport": 22,
        "start": "${seconds}", "log_status": "OK", "action": "SIDE",
    }  # fmt: skip
    log = "{product: aws, service: vpcflow}"
    assert of_another_log(loaded, log, f"  a: {{{item}}}\n  condition: a", flow, "REJECT", "ACCEPT") == ()
    assert of_another_log(loaded, log, f"  a: {{{item}}}\n  condition: not a", flow, "ACCEPT", "REJECT") == ()


@pytest.mark.parametrize("item", ["action|re: '^reject$'", "action|cased: reject", "action|contains: rejected"])
def test_what_flow_logs_do_not_call_their_actions(loaded: Any, item: str) -> None:
    flow = {
        "account_id": "1", "interface_id": "e", "srcaddr": "1.2.3.4", "dstaddr": "10.0.0.1", "dstport": 22,
        "start": "${seconds}", "log_status": "OK", "action": "SIDE",
    }  # fmt: skip
    log, detection = "{product: aws, service: vpcflow}", f"  a: {{{item}}}\n  condition: a"
    assert of_another_log(loaded, log, detection, flow, "REJECT", "ACCEPT") == ("example 1 is not matched",)


@pytest.mark.parametrize("field", ["userIdentity.principalId", "user.id"])
def test_who_acts_for_a_person_of_the_identity_center_keeps_its_principal(loaded: Any, field: str) -> None:
    """A role that passes a person's identity on has both; a person alone has no principal."""
    behalf = {"userId": "AROA:SIDE", "identityStoreArn": "arn:aws:identitystore::1:identitystore/d"}
    event = {
        "eventVersion": "1.11", "eventTime": "${time}", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
        "eventID": "${uid}", "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "AssumedRole", "principalId": "AROA:SIDE", "onBehalfOf": behalf},
    }  # fmt: skip
    log, detection = "{product: aws, service: cloudtrail}", f"  a: {{{field}: 'AROA:kim'}}\n  condition: a"
    assert of_another_log(loaded, log, detection, event, "kim", "lee") == ()
    person = event | {"userIdentity": {"type": "IdentityCenterUser", "onBehalfOf": behalf}}
    assert of_another_log(loaded, log, detection, person, "kim", "lee") == ("example 1 is not matched",)


def test_a_key_with_dots_of_kubernetes(loaded: Any) -> None:
    detection = "  a: {annotations.authorization.k8s.io/decision: allow}\n  condition: a"
    event = POD | {"annotations": {"authorization.k8s.io/decision": "SIDE"}}
    assert of_another_log(loaded, "{product: kubernetes, service: audit}", detection, event, "allow", "forbid") == ()


@pytest.mark.parametrize(
    ("service", "item", "hits"),
    [
        ("vpcflow", "flow_direction: ingress", True),
        ("vpcflow", "flow-direction: egress", False),
        ("vpcflow", "interface_id: e", True),
        ("vpcflow", "vpc-id|startswith: vpc-", True),
        ("vpcflow", "traffic_path: 8", True),
        ("vpcflow", "tcp-flags: 2", True),
        ("waf", "dstport: 22", None),
        ("cloudfront", "src_ip: 1.2.3.4", False),
    ],
)
def test_flow_logs_by_their_own_names(loaded: Any, service: str, item: str, *, hits: bool | None) -> None:
    flow = {
        "account_id": "1", "interface_id": "e", "srcaddr": "1.2.3.4", "dstaddr": "10.0.0.1", "dstport": 22, "start":
        "${seconds}", "log_status": "OK", "vpc_id": "vpc-1", "flow_direction": "ingress", "traffic_path": 8,
        "tcp_flags": 2, "action": "SIDE",
    }  # fmt: skip
    log, detection = f"{{product: aws, service: {service}}}", f"  a: {{{item}}}\n  condition: a"
    failed = of_another_log(loaded, log, detection, flow, "ACCEPT", "REJECT")
    if hits is None:
        assert "has a field `dstport`" in failed[0]
    else:
        assert failed == (("example 2 is matched",) if hits else ("example 1 is not matched",))


def test_a_flow_that_says_no_direction_has_none(loaded: Any) -> None:
    flow = {
        "account_id": "1", "interface_id": "e", "srcaddr": "1.2.3.4", "dstaddr": "10.0.0.1", "dstport": 22, "start":
        "${seconds}", "log_status": "OK", "flow_direction": "SIDE", "action": "ACCEPT",
    }  # fmt: skip
    log, detection = "{product: aws, service: vpcflow}", "  a: {flow_direction: null}\n  condition: a"
    assert of_another_log(loaded, log, detection, flow, "-", "egress") == ()
    assert of_another_log(loaded, log, detection.replace("null", "'*'"), flow, "ingress", "-") == ()


def test_the_interface_of_a_flow_without_a_direction(loaded: Any) -> None:
    """The default format does not say at which end it is; a rule looks for it all the same."""
    flow = {
        "account_id": "1", "interface_id": "SIDE", "srcaddr": "1.2.3.4", "dstaddr": "10.0.0.1", "dstport": 22,
        "start": "${seconds}", "log_status": "OK", "action": "ACCEPT",
    }  # fmt: skip
    log, detection = "{product: aws, service: vpcflow}", "  a: {interface-id: eni-1}\n  condition: a"
    assert of_another_log(loaded, log, detection, flow, "eni-1", "eni-2") == ()


@pytest.mark.parametrize(
    ("service", "item", "hits"),
    [
        ("waf", "action: CAPTCHA", True),
        ("waf", "action: BLOCK", False),
        ("waf", "httpRequest.clientIp|cidr: 203.0.113.0/24", True),
        ("waf", "labels.name|startswith: 'awswaf:managed'", True),
        ("waf", "terminatingRuleId: r", True),
        ("elb", "sc-status|gte: 400", False),
        ("cloudfront", "sc-status|gte: 400", False),
    ],
)
def test_each_log_of_web_requests_is_its_own(loaded: Any, service: str, item: str, *, hits: bool) -> None:
    """A rule for CloudFront says nothing about what WAF has seen; only a category means all of them."""
    more = {"action": "CAPTCHA", "responseCodeSent": 405, "labels": [{"name": "awswaf:managed:x"}]}
    event = REQUEST | more | {"terminatingRuleId": "r"}
    detection = f"  a: {{{item}}}\n  condition: a"
    failed = of_another_log(loaded, f"{{product: aws, service: {service}}}", detection, event, "SIDE", "SIDE")
    assert failed == (("example 2 is matched",) if hits else ("example 1 is not matched",))
    anything = "  a: {sc-status|gte: 400}\n  condition: a"
    assert of_another_log(loaded, "{category: webserver}", anything, event, "x", "y") == ("example 2 is matched",)


def test_an_empty_user_agent_is_one_that_is_not_there(loaded: Any) -> None:
    event = json.loads(json.dumps(REQUEST).replace('"r"}', '"r", "headers": [{"name": "SIDE", "value": "curl"}]}'))
    for condition, sides in (("a", ("Host", "User-Agent")), ("not a", ("User-Agent", "Host"))):
        detection = f"  a: {{c-useragent: ''}}\n  condition: {condition}"
        assert of_another_log(loaded, "{category: proxy}", detection, event, *sides) == ()
