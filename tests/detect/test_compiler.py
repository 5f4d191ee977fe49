"""Compiled rules agree with a plain reading of Sigma, for generated rules and generated events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.compiler import compile_tree
from bastide.detect.engine import detect
from bastide.detect.fields import Unsupported
from bastide.detect.plan import plan_of, tree_of
from bastide.detect.rules import load_rules
from bastide.detect.small import stored
from bastide.detect.sources import CLOUDTRAIL
from bastide.lake.convert import Converter
from tests.detect.conftest import rule_text
from tests.detect.reference import matches
from tests.fuzzing import fuzz

CONVERTER = Converter()
WORDS = ["Create", "createuser", "CREATE*", "a?c", "abc", "a\\*c", "a%b", "x_y", "", "12", "012", "1.5", "true",
         "10.1.2.3",
         "fe80::1", "::ffff:10.1.2.3", "it's", "-", 'say "hi"', "\\", "back\\slash", "Ünï", "line\nbreak"]  # fmt: skip
TEXT = st.one_of(st.sampled_from(WORDS), st.text(alphabet='aAbB*?\\%_1."-é\n', max_size=6))
SCALAR = st.one_of(TEXT, st.integers(-3, 300), st.booleans(), st.none(), st.sampled_from([1.5, 0.25]))
JSON = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "A", "b", "Key", "with/slash", "q\"uote"]), inner, max_size=3),
        st.builds(json.dumps, st.dictionaries(st.sampled_from(["a", "B"]), inner, max_size=2)),
    ),
    max_leaves=6,
)  # fmt: skip
OBJECT = st.dictionaries(st.sampled_from(["a", "A", "b", "Key", "list"]), JSON, max_size=4)
FIELDS = [
    "eventName", "eventSource", "errorCode", "errormessage", "userIdentity.type", "userIdentity.arn", "userAgent",
    "sourceIPAddress", "requestParameters.a", "requestParameters.A.b", "requestParameters.list.a",
    "requestParameters.list.KEY", "responseElements.b", "additionalEventData.a", "readOnly", "vpcEndpointId",
    "userIdentity.sessionContext.attributes.mfaAuthenticated", "requestParameters.a.a.b", "userIdentity.userName",
    "userIdentity.principalId", "eventTime", "awsRegion", "recipientAccountId",
    "requestParameters", "additionalEventData",
]  # fmt: skip


@st.composite
def events(draw: Any) -> dict[str, Any]:
    event: dict[str, Any] = {
        "eventTime": "2026-03-04T05:06:07Z",
        "eventName": draw(st.sampled_from(["CreateUser", "ListBuckets", "ConsoleLogin", "DeleteTrail", "a?c"])),
        "eventSource": draw(st.sampled_from(["iam.amazonaws.com", "s3.amazonaws.com", "signin.amazonaws.com"])),
    }
    optional = {
        "errorCode": TEXT,
        "errorMessage": TEXT,
        "userAgent": TEXT,
        "sourceIPAddress": st.sampled_from(["10.1.2.3", "192.168.0.9", "fe80::1", "s3.amazonaws.com", "Internal"]),
        "userIdentity": st.fixed_dictionaries({}, optional={
            "type": st.sampled_from(["Root", "IAMUser", "AssumedRole"]), "arn": TEXT, "userName": TEXT,
            "principalId": TEXT,
            "sessionContext": st.fixed_dictionaries({"attributes": st.fixed_dictionaries(
                {"mfaAuthenticated": st.sampled_from(["true", "false"])})})}),
        "requestParameters": st.one_of(st.none(), OBJECT),
        "responseElements": st.one_of(st.none(), OBJECT),
        "additionalEventData": OBJECT,
        "readOnly": st.booleans(),
    }  # fmt: skip
    for name, strategy in optional.items():
        if draw(st.booleans()):
            event[name] = draw(strategy)
    return event


MODIFIED = st.one_of(
    st.tuples(
        st.sampled_from(["", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased", "|neq",
                         "|contains|all", "|startswith|neq"]),
        st.one_of(TEXT, st.lists(TEXT, min_size=1, max_size=3)),
    ),
    st.tuples(st.just(""), st.one_of(SCALAR, st.lists(SCALAR, min_size=1, max_size=3))),
    st.tuples(st.sampled_from(["|re", "|re|i", "|re|s", "|re|m|i"]), st.sampled_from(
        ["^a", "b$", "[0-9]+", "a.b", "(?:Create|Delete)[A-Z]", "^$", "é", "\\.amazonaws\\.com$", "x{2,3}"])),
    st.tuples(st.sampled_from(["|lt", "|lte", "|gt", "|gte"]), st.one_of(st.integers(-2, 20), st.just(1.5))),
    st.tuples(st.just("|cidr"), st.sampled_from(["10.0.0.0/8", "10.1.2.3/32", "fe80::/10", "0.0.0.0/0", "::/0"])),
    st.tuples(st.just("|exists"), st.booleans()),
    st.tuples(st.sampled_from(["|fieldref", "|fieldref|startswith", "|fieldref|contains", "|fieldref|endswith"]),
              st.sampled_from(FIELDS)),
    st.tuples(st.sampled_from(["|windash|contains", "|wide", "|base64", "|base64offset|contains"]),
              st.sampled_from(["-a", "abc", "a -b"])),
)  # fmt: skip
KEYWORDS = st.lists(
    st.sampled_from(["create", "Bucket*User", "é", 'say "hi"', "back\\slash", 12, "a?c"]), min_size=1, max_size=2
)


@st.composite
def rules(draw: Any) -> dict[str, Any]:
    detection: dict[str, Any] = {}
    for name in ("sel_a", "sel_b", "filter"):
        items = draw(st.lists(st.tuples(st.sampled_from(FIELDS), MODIFIED), min_size=1, max_size=3))
        block = {f"{field}{modifier}": value for field, (modifier, value) in items}
        shape = draw(st.integers(0, 5))
        detection[name] = block if shape else draw(KEYWORDS) if draw(st.booleans()) else [block, {"eventName": "x"}]
    detection["condition"] = draw(st.sampled_from([
        "sel_a", "sel_a and not filter", "1 of sel_*", "all of sel_* and not filter", "not 1 of them",
        "sel_a or (sel_b and not filter)", "not (sel_a and not (sel_b or filter))", "all of them"]))  # fmt: skip
    return {"title": "generated", "logsource": {"product": "aws", "service": "cloudtrail"}, "detection": detection}


def by_engine(folder: Path, rule: dict[str, Any], some: list[dict[str, Any]]) -> tuple[set[str], Any, str]:
    """The ids of the events that the real way finds, the rule's tree, and why the rule could not be used."""
    for old in folder.iterdir():
        old.unlink()
    (folder / "rule.yml").write_text(json.dumps(rule, ensure_ascii=False))
    loaded = load_rules([str(folder / "rule.yml")])
    plan = plan_of(loaded)
    if plan.problems:
        return set(), None, plan.problems[0].cause
    found = detect(loaded, plan, stored(some, folder, CONVERTER))
    assert not found.problems
    return {match.event_uid for match in found.matches}, tree_of(loaded.rules[0].parsed.detection), ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("events")


@pytest.mark.slow
@fuzz(120)
@given(rule=rules(), some=st.lists(events(), min_size=1, max_size=6))
def test_sql_and_reference_agree(folder: Path, rule: dict[str, Any], some: list[dict[str, Any]]) -> None:
    for number, event in enumerate(some):
        event["eventID"] = f"e{number}"
    found, tree, refused = by_engine(folder, rule, some)
    if refused:
        assert any(word in refused for word in ("Modifier", "modifier", "wildcards", "keyword", "Null value")), refused
        return
    assert found == {event["eventID"] for event in some if matches(tree, event)}


def compiled(loaded: Any, detection: str) -> Any:
    rules = loaded(rule_text(detection))
    return compile_tree(tree_of(rules.rules[0].parsed.detection), CLOUDTRAIL, "api_activity")


@pytest.mark.parametrize(
    ("detection", "named", "shapes"),
    [
        ("  a: {eventName: [A, B]}\n  condition: a", {"a", "b"}, set()),
        ("  a: {eventName|startswith: Del}\n  condition: a", set(), {"del%"}),
        ("  a: {eventName: A, errorCode: x}\n  b: {event.action: B}\n  condition: a or b", {"a", "b"}, set()),
        ("  a: {eventName: [A, B]}\n  b: {eventName: A}\n  condition: a and b", {"a"}, set()),
        ("  a: {eventName: A}\n  b: {errorCode: x}\n  condition: a or b", None, set()),
        ("  a: {eventName: A}\n  condition: not a", None, set()),
        ("  a: {eventName|re: A}\n  condition: a", None, set()),
        ("  a: {eventName: '*'}\n  condition: a", None, set()),
    ],
)
def test_operations_without_which_a_rule_is_not_true(
    loaded: Any, detection: str, named: set[str] | None, shapes: set[str]
) -> None:
    found = compiled(loaded, detection)
    assert (found.named, found.shapes) == (named, shapes)


@pytest.mark.parametrize(
    ("detection", "read"),
    [
        ("  a: {eventName: [A, B], errorCode: x}\n  condition: a", False),
        (
            "  a: {eventName: A}\n  b: {event.action: [B, A]}\n  c: {errorCode: x}\n  condition: (a or b) and not c",
            False,
        ),
        ("  a: {eventName: [A, B]}\n  b: {eventName: A}\n  condition: a and b", True),
        ("  a: {eventName|cased: A}\n  condition: a", True),
        ("  a: {eventName: 'A*'}\n  condition: a", True),
        ("  a: {eventName: [A, 'B?']}\n  condition: a", True),
        ("  a: {eventName: A, errorCode: x}\n  b: {eventName: B}\n  condition: a or b", True),
        ("  a: {eventName: ÄB}\n  condition: a", True),
    ],
)
def test_operations_are_read_only_where_their_names_do_not_say_all(loaded: Any, detection: str, read: bool) -> None:
    found = compiled(loaded, detection)
    assert ("api.operation" in found.reads, '"api.operation"' in found.sql) == (read, read)


def test_values_of_one_field_are_judged_together(loaded: Any) -> None:
    found = compiled(loaded, "  a: {requestParameters.x: [a, b, 'c*']}\n  condition: a")
    assert found.sql.count("jx(") == 2


def test_what_is_refused_names_the_reason(loaded: Any) -> None:
    with pytest.raises(Unsupported, match="no field `eventNome`"):
        compiled(loaded, "  a: {eventNome: x}\n  condition: a")
