"""Every source by a log as AWS delivers it: recognised, converted, valid OCSF, and nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from pyarrow import parquet

from bastide.errors import UsageError
from bastide.lake.classes import ocsf_version
from bastide.lake.convert import Batch, Converter
from bastide.lake.source import load, source, sources
from tests.lake.conftest import Place, event
from tests.lake.samples import (
    ALB,
    ASFF,
    CLB,
    CLOUDFRONT_2,
    FLOW_2,
    GUARDDUTY,
    INSIGHT,
    LB,
    OCSF,
    S3,
    SAMPLES,
    WAF,
    A,
    R,
)
from tests.lake.test_convert import valid


@pytest.fixture(scope="module")
def schemas() -> OcsfJsonSchemaEmbedded:
    return OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf_version()))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_log_as_it_is_delivered(place: Place, name: str, schemas: OcsfJsonSchemaEmbedded) -> None:
    kind, file, content, table, asked, expected = SAMPLES[name]
    place.file(file, content)
    report = place.ingest()
    assert report.reasons == {}
    assert list(report.sources) == [kind]
    assert place.rows(f"select {asked} from {table} order by time limit 1") == [expected]
    rows = place.lake.connect().sql(f'select * exclude (region, "accountId", "eventDay") from {table}')
    for row in rows.to_arrow_table().to_pylist():
        assert valid(schemas, {"_": table, **row}) == []
        assert row["raw_data"]


def test_cloudfront_as_parquet(place: Place) -> None:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist([CLOUDFRONT_2]), sink)
    place.file("E1AAAAAAAAAAAA.2026-11-01-10.parquet", sink.getvalue().to_pybytes())
    assert place.ingest().sources == {"cloudfront": 1}
    asked = "src_endpoint.ip, http_request.referrer, http_request.url.hostname from http_activity"
    assert place.rows(f"select {asked}") == [("2001:db8::7", None, "www.example")]


@pytest.mark.parametrize("known", ["x-edge-location", "x-edge-request-id", "x-edge-result-type", "DistributionId"])
def test_cloudfront_by_few_fields(place: Place, known: str) -> None:
    few = {"date": "2026-11-01", "time": "10:00:00", "c-ip": "203.0.113.7", known: "X"}
    place.file("a.json", json.dumps(few) + "\n")
    assert place.ingest().sources == {"cloudfront": 1}
    assert place.rows("select time, src_endpoint.ip from http_activity") == [(1793527200000, "203.0.113.7")]


def test_every_source_has_a_sample() -> None:
    own = {name for name, one in sources().items() if one.reader != "ocsf"}
    assert own == {sample[0] for sample in SAMPLES.values()} - {"ocsf-api-activity"}


def test_flow_logs_without_data_are_kept(place: Place) -> None:
    place.file(f"AWSLogs/{A}/vpcflowlogs/{R}/b.log", FLOW_2)
    assert place.ingest().events == 2
    assert place.rows("select status_code, src_endpoint.ip, raw_data from network_activity order by time") == [
        ("OK", "10.0.0.5", FLOW_2.splitlines()[0]),
        ("NODATA", None, FLOW_2.splitlines()[1]),
    ]


def test_flow_logs_in_parquet(place: Place) -> None:
    row: dict[str, Any] = {
        "version": 5, "account_id": A, "interface_id": "eni-1", "srcaddr": "10.0.0.5", "dstaddr": "198.51.100.9",
        "srcport": 443, "dstport": 50000, "protocol": 6, "packets": 10, "bytes": 8400, "start": 1793527200,
        "end": 1793527260, "action": "ACCEPT", "log_status": "OK",
    }  # fmt: skip
    path = place.logs / "flow.parquet"
    parquet.write_table(pa.Table.from_pylist([row, row | {"srcport": None}]), path)
    report = place.ingest()
    assert (report.events, report.sources, report.reasons) == (2, {"vpc-flow": 2}, {})
    assert sorted(place.rows("select src_endpoint.port, traffic.bytes, raw_data from network_activity"), key=str) == [
        (443, 8400, json.dumps(row, separators=(",", ":"))),
        (None, 8400, json.dumps({k: v for k, v in row.items() if k != "srcport"}, separators=(",", ":"))),
    ]


@pytest.mark.parametrize("file", [f"AWSLogs/{A}/CloudTrail-Insight/{R}/2026/11/01/n.json", "n.json"])
def test_insights_have_files_of_their_own(place: Place, file: str) -> None:
    """They have neither a source nor a name at the top, and nobody who acts: there OCSF's schema asks for more."""
    place.file(file, json.dumps({"Records": [INSIGHT]}))
    assert place.ingest().reasons == {}
    asked = "metadata.uid, api.operation, unmapped->>'$.insightDetails.eventName', metadata.product.feature.name"
    expected = ("n1", "ApiCallRateInsight", "GetParameter", "Insight")
    assert place.rows(f"select {asked} from api_activity") == [expected]


def test_flow_logs_of_few_fields(place: Place) -> None:
    """A format of one's own needs neither the interface nor the beginning."""
    row = {"srcaddr": "10.0.0.5", "dstaddr": "198.51.100.9", "end": 1793527260, "traffic_path": 8}
    parquet.write_table(pa.Table.from_pylist([row]), place.logs / "few.parquet")
    place.file("few.log", "end srcaddr dstaddr action\n1793527260 10.0.0.6 198.51.100.9 ACCEPT\n")
    assert place.ingest().reasons == {}
    assert place.rows("select time, src_endpoint.ip, unmapped from network_activity order by 2") == [
        (1793527260000, "10.0.0.5", '{"traffic_path":8}'),
        (1793527260000, "10.0.0.6", "{}"),
    ]


def test_what_customers_change_of_a_finding(place: Place) -> None:
    """Security Hub leaves `UpdatedAt` as it was: the new state is an event, the same once more is none."""
    place.file("a.json", json.dumps({"Findings": [ASFF, ASFF | {"Workflow": {"Status": "SUPPRESSED"}}]}))
    place.file("b.json", json.dumps([ASFF]))
    report = place.ingest()
    assert (report.events, report.duplicates) == (2, 1)
    states = place.rows("select finding_info.uid, status from compliance_finding order by 2")
    assert states == [("s1", "New"), ("s1", "Suppressed")]


def test_a_request_that_is_none(place: Place) -> None:
    """A load balancer writes dashes for what it could not read: they are no method, host or path."""
    line = ALB.replace("GET https://shop.example:443/cart?id=1 HTTP/1.1", "- http://shop.example:80- -")
    place.file(f"{LB}a.log", line.replace(" 200 200 ", " - - "))
    assert place.ingest().reasons == {}
    asked = "http_request.http_method, http_request.url.hostname, http_request.url.path, http_request.url.query_string"
    assert place.rows(f"select {asked}, status_id from http_activity") == [(None, "shop.example", None, None, 0)]


def test_a_finding_about_an_address_of_ipv6(place: Place) -> None:
    action = {"actionType": "NETWORK_CONNECTION",
              "networkConnectionAction": {"remoteIpDetails": {"ipAddressV6": "2001:db8::9"}}}  # fmt: skip
    place.file("a.json", json.dumps(GUARDDUTY | {"service": GUARDDUTY["service"] | {"action": action}}))
    assert place.ingest().reasons == {}
    assert place.rows("select evidences[1].src_endpoint.ip from detection_finding") == [("2001:db8::9",)]


def test_requests_with_an_id_that_the_client_chose(place: Place) -> None:
    """A load balancer takes over the id of a trace; what is delivered twice is still one."""
    other = WAF | {"httpRequest": WAF["httpRequest"] | {"uri": "/admin"}}
    place.file("a.log", "\n".join(json.dumps(one) for one in (WAF, other, WAF)))
    assert place.ingest().reasons == {}
    assert place.rows("select http_request.url.path from http_activity order by 1") == [("/admin",), ("/login",)]


def test_one_resource_that_is_no_list(place: Place) -> None:
    one = {"ARN": "arn:aws:s3:::data", "type": "AWS::S3::Bucket", "accountId": A}
    place.trail("a.json.gz", event(1, resources=one), event(2, resources=[one]), event(3, resources="-"))
    assert place.ingest().reasons == {}
    asked = "select resources[1].uid, resources[1].owner.account.uid from api_activity order by time"
    assert place.rows(asked) == [("arn:aws:s3:::data", A), ("arn:aws:s3:::data", A), (None, None)]


def test_a_role_that_could_not_be_switched_to(place: Place) -> None:
    change = {"eventSource": "signin.amazonaws.com", "responseElements": {"SwitchRole": "Failure"}}
    place.trail("a.json.gz", event(1, eventName="SwitchRole", **change))
    assert place.ingest().reasons == {}
    assert place.rows("select status from authentication") == [("Failure",)]


def test_security_lake_s_own_parquet(place: Place) -> None:
    """Maps for `unmapped`, moments beside milliseconds, and columns that we do not have."""
    row = OCSF | {"unmapped": [("readOnly", "false")], "time_dt": 1793527200000000, "asl_version": "2.0"}
    kinds = pa.Table.from_pylist([row]).schema
    kinds = kinds.set(kinds.get_field_index("unmapped"), pa.field("unmapped", pa.map_(pa.string(), pa.string())))
    kinds = kinds.set(kinds.get_field_index("time_dt"), pa.field("time_dt", pa.timestamp("us")))
    parquet.write_table(pa.Table.from_pylist([row], schema=kinds), place.logs / "lake.gz.parquet")
    assert place.ingest().events == 1
    ((unmapped, uid, raw),) = place.rows("select unmapped, metadata.uid, raw_data from api_activity")
    assert (json.loads(unmapped), uid) == ({"readOnly": "false"}, "o1")
    assert json.loads(raw)["asl_version"] == "2.0"


def test_classes_side_by_side_in_one_file(place: Place) -> None:
    other = OCSF | {"class_uid": 4001, "metadata": {"version": "1.1.0", "uid": "n1"}}
    unknown = OCSF | {"class_uid": 9999}
    place.file("a.jsonl", "\n".join(json.dumps(one) for one in (OCSF, other, unknown)))
    report = place.ingest()
    assert report.tables == {"api_activity": 1, "network_activity": 1}
    assert report.reasons == {"of no kind that is known": 1}


def test_what_the_content_does_not_tell_can_be_said(place: Place) -> None:
    place.file("flow.txt", FLOW_2.replace("eni-0abc", "x"))
    assert place.ingest().events == 0
    assert place.ingest(only="vpc-flow", again=True).events == 2


def test_a_source_that_is_none() -> None:
    with pytest.raises(UsageError, match="Did you mean `cloudtrail`"):
        source("cloudtrial")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("columns: {actor.nobody: eventName}", "`actor.nobody` is no field of any"),
        ("columns: {actor: eventName}", "`actor` is no field of"),
        ("tables: {api: {activity: '1'}}", "no table `api`"),
        ("tables: {api_activity: {activity: '1', when: 'true'}}", "the last table has no `when`"),
        ("fields: {'a b': text}", "`a b` is no name"),
        ("colums: {}", "colums"),
        ("reader: csv", "csv"),
    ],
)
def test_a_slip_is_told_with_the_file(tmp_path: Path, change: str, told: str) -> None:
    lines = {
        "id": "id: mine", "title": "title: Mine", "product": "product: {name: Mine}", "reader": "reader: json",
        "recognise": "recognise: {fields: [x]}", "time": "time: x", "fields": "fields: {x: long}",
        "tables": "tables: {api_activity: {activity: '1'}}",
    }  # fmt: skip
    lines[change.partition(":")[0]] = change
    path = tmp_path / "mine.yaml"
    path.write_text("\n".join(lines.values()))
    with pytest.raises(UsageError, match=told) as refused:
        load(path)
    assert "mine.yaml" in str(refused.value) or "table" in str(refused.value)


def test_the_source_that_the_page_writes(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "lake.md"
    path = tmp_path / "shop-logins.yaml"
    path.write_text(page.read_text("utf-8").split("```yaml\n")[1].split("```")[0])
    batch = Batch(load(path), ())
    line = {"ts": "2026-11-01T10:00:00Z", "login": "ana", "outcome": "no", "from": "203.0.113.7", "device": {"os": "x"}}
    batch.add("x", 1, [json.dumps(one).encode() for one in (line, line | {"login": None})])
    ((rows,), refused) = Converter().convert(batch)
    (row,) = rows.rows.to_pylist()
    assert (row["user"]["name"], row["status"], row["src_endpoint"]["ip"]) == ("ana", "Failure", "203.0.113.7")
    assert (row["activity_name"], json.loads(row["unmapped"])) == ("Logon", {"device": {"os": "x"}})
    assert [one.reason for one in refused] == ["nobody signed in"]


def test_versions_deleted_in_one_request_are_events_of_their_own(place: Place) -> None:
    """Who empties a bucket names many versions of one key in one request."""
    line = S3.replace("REST.GET.OBJECT", "BATCH.DELETE.OBJECT").replace(" 403 AccessDenied ", " 204 - ")
    both = [line.replace('\\"2\\"" - h1', f'\\"2\\"" {version} h1') for version in ("v1", "v2")]
    place.file("logs/2026-11-01-10-00-00-ABC", "".join(both))
    assert place.ingest().events == 2
    asked = "select json_extract_string(unmapped, '$.version_id') from http_activity order by 1"
    assert place.rows(asked) == [("v1",), ("v2",)]


def test_findings_as_the_api_answers_them(place: Place) -> None:
    """The CLI writes all names with a capital, also those of parts that are read as they are."""

    def capital(value: Any) -> Any:
        return {key[0].upper() + key[1:]: capital(one) for key, one in value.items()} if type(value) is dict else value

    place.file("findings.json", json.dumps({"Findings": [capital(GUARDDUTY)]}))
    place.ingest()
    asked = "select resources[1].uid, evidences[1].src_endpoint.ip, severity from detection_finding"
    assert place.rows(asked) == [("AIDA1", "198.51.100.1", "Medium")]


def test_what_nobody_asked_s3_for_has_no_outcome(place: Place) -> None:
    """A rule of the bucket that expires an object is no request, so that no code says how one went."""
    expired = S3.replace("REST.GET.OBJECT", "S3.EXPIRE.OBJECT").replace(" 403 AccessDenied 243 ", " - - - ")
    expired = expired.replace('"GET /data/a/b%2Bc?x=1?y HTTP/1.1"', '"-"')
    place.file("logs/2026-11-01-10-00-00-ABC", expired)
    place.ingest()
    assert place.rows("select api.operation, status, http_status from http_activity") == [
        ("S3.EXPIRE.OBJECT", "Unknown", None)
    ]


@pytest.mark.parametrize(("found", "told"), [("Failure", "Failure"), ("Success", "Success")])
def test_a_credential_of_identity_center_that_is_wrong(place: Place, found: str, told: str) -> None:
    """The outcome stands in what the service says of it, beside the name that was typed."""
    person = {"type": "IdentityCenterUser", "accountId": A, "onBehalfOf": {"userId": "u-1"}, "credentialId": "c-1"}
    tried = event(
        eventSource="signin.amazonaws.com",
        eventName="CredentialVerification",
        eventType="AwsServiceEvent",
        userIdentity=person,
        additionalEventData={"CredentialType": "PASSWORD", "UserName": "ana"},
        serviceEventDetails={"CredentialVerification": found},
    )
    place.trail("a.json.gz", tried)
    place.ingest()
    assert place.rows("select status, user.name from authentication") == [(told, "ana")]


def test_an_insight_is_no_call_that_succeeded(place: Place) -> None:
    place.file("n.json", json.dumps({"Records": [INSIGHT]}))
    place.ingest()
    assert place.rows("select status from api_activity") == [("Unknown",)]


_REMOTE = {"ipAddressV4": "198.51.100.1"}
_OUTBOUND = {
    "actionType": "NETWORK_CONNECTION",
    "networkConnectionAction": {
        "connectionDirection": "OUTBOUND", "remoteIpDetails": _REMOTE, "remotePortDetails": {"port": 3333},
        "localIpDetails": {"ipAddressV4": "10.0.0.5"}, "localPortDetails": {"port": 40000},
    },
}  # fmt: skip
_CALLER = {"principalId": "AROA1:i-1", "userName": "web", "accessKeyId": "ASIA1"}
_BUCKET = {"resourceType": "S3Bucket", "s3BucketDetails": [{"arn": "arn:aws:s3:::data", "name": "data"}],
           "accessKeyDetails": _CALLER}  # fmt: skip
_TASK = {"resourceType": "ECSCluster", "ecsClusterDetails": {"arn": "arn:c"}, "instanceDetails": {"instanceId": "i-2"}}
_DATABASE = {"resourceType": "RDSDBInstance", "rdsDbInstanceDetails": {"dbInstanceArn": "arn:db"}}
_LOGIN = {"actionType": "RDS_LOGIN_ATTEMPT", "rdsLoginAttemptAction": {"remoteIpDetails": _REMOTE}}


@pytest.mark.parametrize(
    ("resource", "action", "asked", "told"),
    [
        (_BUCKET, {}, "resources[1].uid, resources[1].name, evidences[1].actor.user.name",
         ("arn:aws:s3:::data", "data", "web")),
        (_TASK, {}, "resources[1].uid, resources[1].type", ("arn:c", "ECSCluster")),
        (_DATABASE, _LOGIN, "resources[1].uid, evidences[1].src_endpoint.ip", ("arn:db", "198.51.100.1")),
        (GUARDDUTY["resource"], _OUTBOUND,
         ("evidences[1].src_endpoint.ip, evidences[1].src_endpoint.port, evidences[1].dst_endpoint.ip, "
         "evidences[1].dst_endpoint.port"), ("10.0.0.5", 40000, "198.51.100.1", 3333)),
    ],
)  # fmt: skip
def test_what_a_finding_is_about(place: Place, resource: Any, action: Any, asked: str, told: Any) -> None:
    """The resource is the one of its kind, not who called it; who is called from inside is no source."""
    service = GUARDDUTY["service"] | ({"action": action} if action else {})
    place.file("a.jsonl", json.dumps(GUARDDUTY | {"resource": resource, "service": service}) + "\n")
    place.ingest()
    assert place.rows(f"select {asked} from detection_finding") == [told]


def test_an_attack_sequence_is_about_all_its_resources(place: Place) -> None:
    sequence = {"uid": "q", "resources": [
        {"uid": "arn:aws:s3:::data", "name": "data", "resourceType": "S3_BUCKET", "accountId": A, "region": R},
        {"uid": "ASIA1", "resourceType": "ACCESS_KEY", "accountId": "222222222222", "region": "us-east-1"},
    ]}  # fmt: skip
    service = {key: value for key, value in GUARDDUTY["service"].items() if key != "action"}
    finding = GUARDDUTY | {"type": "AttackSequence:S3/CompromisedData", "severity": 9,
                           "resource": {"resourceType": "AttackSequence"},
                           "service": service | {"detection": {"sequence": sequence}}}  # fmt: skip
    place.file("a.jsonl", json.dumps(finding) + "\n")
    place.ingest()
    each = "(select unnest(resources) as r from detection_finding)"
    assert place.rows(f"select r.uid, r.type, r.region, r.owner.account.uid from {each}") == [
        ("arn:aws:s3:::data", "S3_BUCKET", R, A),
        ("ASIA1", "ACCESS_KEY", "us-east-1", "222222222222"),
    ]


def test_flows_of_who_shares_a_network(place: Place) -> None:
    """The owner of a network logs the interfaces of all who use it; a flow's account is that of its interface."""
    place.file(f"AWSLogs/{A}/vpcflowlogs/{R}/b.log", FLOW_2.replace(f"2 {A} ", "2 222222222222 ", 1))
    assert place.ingest().reasons == {}
    assert place.rows("select cloud.account.uid, accountid from network_activity order by time") == [
        ("222222222222", "222222222222"),
        (A, A),
    ]


def test_a_flow_that_does_not_say_which_end_its_interface_is(place: Place) -> None:
    place.file(f"AWSLogs/{A}/vpcflowlogs/{R}/b.log", FLOW_2.splitlines()[0])
    place.ingest()
    asked = "src_endpoint.interface_uid, dst_endpoint.interface_uid, unmapped"
    assert place.rows(f"select {asked} from network_activity") == [(None, None, '{"interface_id":"eni-0abc"}')]


def test_an_address_at_a_classic_load_balancer_has_its_parts(place: Place) -> None:
    place.file(f"{LB}b.log", CLB.replace("http://old.example:80/ ", "http://old.example:80/.env?x=1 "))
    place.ingest()
    asked = "http_request.url.hostname, http_request.url.path, http_request.url.query_string"
    assert place.rows(f"select {asked} from http_activity") == [("old.example", "/.env", "x=1")]


def test_a_host_that_no_header_names(place: Place) -> None:
    """With HTTP/2 there may be no such header; WAF tells the host beside them."""
    request = WAF["httpRequest"] | {"headers": [], "host": "shop.example", "scheme": "https"}
    place.file("f.json", json.dumps(WAF | {"httpRequest": request}))
    place.ingest()
    asked = "http_request.url.hostname, http_request.url.scheme"
    assert place.rows(f"select {asked} from http_activity") == [("shop.example", "https")]


@pytest.mark.parametrize("folder", [f"AWSLogs/{A}/CloudFront", f"AWSLogs/aws-account-id={A}/CloudFront/E1"])
def test_the_account_of_cloudfront_is_that_of_its_folder(place: Place, folder: str) -> None:
    """And of a log without a status nobody knows how a request went."""
    line = {key: value for key, value in CLOUDFRONT_2.items() if key != "sc-status"}
    place.file(f"{folder}/E1AAAAAAAAAAAA.2026-11-01-10.abc.gz", json.dumps(line))
    place.ingest()
    assert place.rows("select accountid, status from http_activity") == [(A, "Unknown")]
