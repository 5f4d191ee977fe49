"""Events become rows, or are refused with a reason: clean ones, dirty ones, hostile ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from bastide.lake.classes import ocsf_version
from bastide.lake.convert import Batch, Converter
from bastide.lake.source import source
from tests.lake.conftest import ACCOUNT, REGION, Place, event
from tests.lake.samples import ANALYZER, ASFF, GUARDDUTY

Make = Callable[..., dict[str, Any]]


def converted(*events: Any, path: str = "x.json") -> tuple[list[dict[str, Any]], list[str]]:
    """Rows with their table under `_`, in the order of the partitions, and reasons of what is none."""
    batch = Batch(source("cloudtrail"), ())
    texts = [one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode() for one in events]
    batch.add(path, 1, texts)
    good, rejected = Converter().convert(batch)
    rows = [{"_": part.partition.table, **row} for part in good for row in part.rows.to_pylist()]
    return rows, [one.reason for one in rejected]


def test_an_api_call_has_the_fields_of_ocsf(make: Make) -> None:
    (row,), refused = converted(make(61, errorCode="AccessDenied", errorMessage="no"))
    assert refused == []
    assert row["_"] == "api_activity"
    assert (row["class_uid"], row["type_uid"], row["activity_id"], row["activity_name"]) == (6003, 600302, 2, "Read")
    assert (row["time"], str(row["time_dt"])) == (1_793_527_261_000, "2026-11-01 10:01:01")
    assert (row["status"], row["status_id"], row["severity_id"]) == ("Failure", 2, 1)
    assert row["metadata"]["uid"] == make(61)["eventID"]
    assert row["metadata"]["version"] == "1.5.0"
    assert row["cloud"] == {
        "provider": "AWS", "region": REGION, "zone": None, "account": {"name": None, "uid": ACCOUNT}
    }  # fmt: skip
    user = row["actor"]["user"]
    assert (user["type"], user["uid_alt"]) == ("AssumedRole", "AROAEXAMPLE:ana")
    assert row["actor"]["session"]["is_mfa"] is True
    assert row["api"]["operation"] == "GetObject"
    assert json.loads(row["api"]["request"]["data"]) == {"bucketName": "data", "key": "a b/ä"}
    assert row["api"]["response"]["error"] == "AccessDenied"
    assert (row["src_endpoint"]["ip"], row["src_endpoint"]["domain"]) == ("203.0.113.7", None)
    assert json.loads(row["unmapped"]) == {"readOnly": True, "managementEvent": False, "eventCategory": "Data"}


def test_the_text_is_kept_byte_for_byte() -> None:
    text = '{ "eventTime":"2026-11-01T10:00:00Z",  "eventName": "X", "eventSource":"a", "n": 1.50e3,"ä":"\\u00e4" }'
    (row,), _ = converted(text.encode())
    assert row["raw_data"] == text


def test_signing_in_and_users_have_tables_of_their_own(make: Make) -> None:
    login = make(
        1,
        eventSource="signin.amazonaws.com",
        eventName="ConsoleLogin",
        responseElements={"ConsoleLogin": "Failure"},
        additionalEventData={"MFAUsed": "No"},
    )
    user = make(2, eventSource="iam.amazonaws.com", eventName="CreateUser", requestParameters={"userName": "eve"})
    rows, _ = converted(login, user, make(3))
    by_table = {row["_"]: row for row in rows}
    assert set(by_table) == {"authentication", "account_change", "api_activity"}
    found = by_table["authentication"]
    assert (found["activity_name"], found["is_mfa"], found["status"]) == ("Logon", False, "Failure")
    assert by_table["account_change"]["user"]["name"] == "eve"
    assert by_table["account_change"]["type_uid"] == 300101


@pytest.mark.parametrize("address", ["ec2.amazonaws.com", "AWS Internal", "1234.example.9com", "not an ip 9"])
def test_an_address_that_is_a_name(make: Make, address: str) -> None:
    (row,), _ = converted(make(1, sourceIPAddress=address))
    assert (row["src_endpoint"]["ip"], row["src_endpoint"]["domain"]) == (None, address)


@pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::1", "::1", "::ffff:10.0.0.1"])
def test_an_address(make: Make, address: str) -> None:
    (row,), _ = converted(make(1, sourceIPAddress=address))
    assert row["src_endpoint"]["ip"] == address


@pytest.mark.parametrize("time", ["yesterday", "", "1793527261", None, {"a": 1}, "0001-01-01T00:00:00Z", "-"])
def test_a_time_that_is_none(make: Make, time: Any) -> None:
    rows, reasons = converted(make(1, eventTime=time), make(2))
    assert len(rows) == 1
    assert reasons in (["no time"], ["a time that cannot be"])


def test_times_with_offsets_and_fractions(make: Make) -> None:
    rows, _ = converted(
        make(1, eventTime="2026-11-01T12:00:00.250+02:00"), make(2, eventTime="2026-11-01 10:00:01.000")
    )
    assert [row["time"] for row in rows] == [1_793_527_200_250, 1_793_527_201_000]


def test_names_in_another_case_of_what_can_be_read(make: Make) -> None:
    """Nobody and nowhere would have done it."""
    who = make(1)["userIdentity"]
    wrapped = make(1, sourceIPAddress="-", SourceIPAddress="203.0.113.8", userIdentity=[who])
    inside = make(2, userIdentity={key.capitalize(): who[key] for key in ("type", "arn")})
    nobody = make(3, sourceIPAddress="-", userIdentity="-", eventType="AwsServiceEvent")
    rows, reasons = converted(wrapped, inside, nobody, make(4, userIdentity="hidden"))
    assert reasons == []
    assert {(row["actor"]["user"]["uid"], row["src_endpoint"]["ip"]) for row in rows} == {
        (who["arn"], "203.0.113.8"), (who["arn"], "203.0.113.7"), (None, None), (None, "203.0.113.7"),
    }  # fmt: skip
    (raw,) = [row["raw_data"] for row in rows if row["src_endpoint"]["ip"] == "203.0.113.8"]
    assert json.loads(raw) == wrapped


def test_names_that_differ_in_case_only(make: Make) -> None:
    dirty = {key[0].upper() + key[1:]: value for key, value in make(1).items()}
    dirty["UserIdentity"] = {key.upper(): value for key, value in dirty["UserIdentity"].items()}
    both = make(2) | {"EventName": "Forged", "EVENTTIME": "x"}
    rows, reasons = converted(dirty, both)
    assert reasons == []
    assert [row["api"]["operation"] for row in rows] == ["GetObject", "GetObject"]
    assert rows[0]["actor"]["user"]["type"] == "AssumedRole"
    assert json.loads(rows[0]["raw_data"]) == dirty


def test_lists_for_objects_and_objects_for_texts(make: Make) -> None:
    rows, reasons = converted(
        make(1, userIdentity=[{"type": "Root"}]),
        make(2, resources={"ARN": "x"}, userAgent=["a", "b"]),
        make(3, requestParameters="text", additionalEventData=[1]),
        make(4, userIdentity="root"),
    )
    assert (len(rows), reasons) == (4, [])
    assert rows[1]["http_request"]["user_agent"] == '["a","b"]'
    assert json.loads(rows[3]["raw_data"])["userIdentity"] == "root"


@pytest.mark.parametrize("text", [b'"x"', b"[]", b"7", b"null", b"{}", b'{"eventName":"X"}'])
def test_what_is_no_event(text: bytes) -> None:
    rows, reasons = converted(text, event(2))
    assert (len(rows), len(reasons)) == (1, 1)


def test_an_event_that_breaks_the_query_takes_no_other_with_it() -> None:
    broken = json.dumps(event(1)).replace("GetObject", "\\ud800").encode()
    deep = json.dumps(event(2, requestParameters="-")).encode()[:-1] + b',"deep":' + b"[" * 3000 + b"]" * 3000 + b"}"
    rows, reasons = converted(event(3), broken, event(4), deep, event(5))
    assert len(rows) + len(reasons) == 5
    assert {row["metadata"]["uid"] for row in rows} >= {event(number)["eventID"] for number in (1, 3, 4, 5)}


def test_bytes_that_are_no_text() -> None:
    spoiled = json.dumps(event(1)).encode().replace(b"aws-cli", b"\xff\xfe")
    rows, reasons = converted(spoiled, event(2))
    assert (len(rows), reasons) == (2, [])
    assert rows[0]["http_request"]["user_agent"].startswith("\ufffd\ufffd")


def test_an_event_of_another_account_than_its_place(make: Make) -> None:
    path = "AWSLogs/222222222222/CloudTrail/eu-west-1/2026/11/01/a.json.gz"
    rows, reasons = converted(make(1), make(2, recipientAccountId="222222222222"), path=path)
    assert [row["metadata"]["uid"] for row in rows] == [make(2)["eventID"]]
    assert reasons == ["of another account than its place"]


def test_what_the_event_does_not_say_its_place_says(make: Make) -> None:
    path = "AWSLogs/o-abc123/222222222222/CloudTrail/eu-north-1/2026/11/01/a.json.gz"
    (row,), _ = converted(make(1, recipientAccountId="-", awsRegion="-"), path=path)
    assert (row["cloud"]["account"]["uid"], row["cloud"]["region"]) == ("222222222222", "eu-north-1")


@pytest.mark.parametrize("name", ["access-analyzer", "guardduty", "securityhub"])
def test_a_finding_is_no_finding_of_another_service(name: str) -> None:
    findings = {"access-analyzer": ANALYZER, "guardduty": GUARDDUTY, "securityhub": ASFF}
    batch = Batch(source(name), ())
    batch.add("x.json", 1, [json.dumps(one).encode() for one in findings.values()])
    good, rejected = Converter().convert(batch)
    assert (sum(len(one.rows) for one in good), len(rejected)) == (1, 2)


def test_ids_that_say_nothing_make_no_two_events_one(make: Make) -> None:
    rows, rejected = converted(make(1, eventID=""), make(1, eventID="", eventName="DeleteTrail"))
    assert (sorted(row["api"]["operation"] for row in rows), rejected) == (["DeleteTrail", "GetObject"], [])


def test_twice_in_one_file_is_once(make: Make) -> None:
    rows, _ = converted(make(1), make(2), make(1))
    assert len(rows) == 2


@pytest.fixture(scope="module")
def schemas() -> OcsfJsonSchemaEmbedded:
    return OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf_version()))


def without_nothing(value: Any) -> Any:
    """A row as the JSON that it stands for: what is NULL is not there."""
    if isinstance(value, dict):
        inner = {key: without_nothing(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one not in (None, {}, [])}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


def valid(schemas: OcsfJsonSchemaEmbedded, row: dict[str, Any]) -> list[str]:
    """What OCSF's own schema says against a row."""
    document = without_nothing({key: value for key, value in row.items() if key not in ("_", "time_dt")})
    if "unmapped" in document:
        document["unmapped"] = json.loads(document["unmapped"])
    profiles = [one for one in row["metadata"]["profiles"] or ["cloud"] if one != "datetime"]
    schema = schemas.get_class_schema(class_name=row["_"], profiles=profiles)
    faults = jsonschema_rs.validator_for(schema).iter_errors(document)
    return [f"{list(one.instance_path)}: {one.message[:200]}" for one in faults]


def test_rows_are_valid_ocsf(make: Make, schemas: OcsfJsonSchemaEmbedded) -> None:
    rows, _ = converted(
        make(1),
        make(2, resources=[{"ARN": "arn:aws:s3:::data", "accountId": ACCOUNT, "type": "AWS::S3::Bucket"}]),
        make(3, eventSource="signin.amazonaws.com", eventName="ConsoleLogin"),
        make(4, eventSource="sts.amazonaws.com", eventName="AssumeRole"),
        make(5, eventSource="iam.amazonaws.com", eventName="DeleteUser"),
    )
    assert len(rows) == 5
    assert [fault for row in rows for fault in valid(schemas, row)] == []


def test_where_amazons_mapping_departs_from_the_schema(make: Make, schemas: OcsfJsonSchemaEmbedded) -> None:
    """A service that acts has a type and no name; OCSF wants one of name, id and account."""
    service = {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    (row,), _ = converted(make(1, userIdentity=service, sourceIPAddress="ec2.amazonaws.com"))
    (fault,) = valid(schemas, row)
    assert fault.startswith("['actor', 'user']")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_field = st.sampled_from(sorted(event())) | st.text(max_size=8)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(_field, _json, max_size=4), min_size=1, max_size=8))
def test_every_event_comes_out_once(changes: list[dict[str, Any]]) -> None:
    events = [event(number, eventID=f"e{number}") | change for number, change in enumerate(changes)]
    events = [one | {"eventID": f"e{number}"} for number, one in enumerate(events)]
    rows, reasons = converted(*events)
    assert len(rows) + len(reasons) == len(events)
    for row in rows:
        assert json.loads(row["raw_data"]) in events


def test_the_whole_way(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(2))
    report = place.ingest()
    assert (report.files, report.events, report.quarantined) == (1, 2, 0)
    assert place.rows('select "accountId", region, "eventDay", count(*) from api_activity group by all') == [
        (ACCOUNT, REGION, "20261101", 2)
    ]
