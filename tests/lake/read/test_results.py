"""Results of queries of CloudTrail Lake: what becomes an event, and what is refused and why."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.lake.ingest import redrive
from bastide.lake.quarantine import rows as quarantined
from bastide.lake.read import documents, results
from bastide.lake.read.found import find
from bastide.lake.read.recognise import read
from bastide.lake.read.results import are_rows, names_of, rows, translated
from bastide.lake.read.unpack import CutError
from bastide.lake.read.wrapped import Events, Refused
from bastide.lake.source import source
from tests.lake.conftest import ACCOUNT, REGION, Place, event
from tests.lake.read.test_loose import ROLE

SAVED = "AWSLogs/999999999999/CloudTrail-Lake/Query/2026/11/01/5f0a7c1e-0000-4000-8000-000000000001/result_1.csv.gz"
SCALARS = {
    "eventversion": "1.09", "eventtime": "2026-11-01 10:00:01.000", "eventsource": "s3.amazonaws.com",
    "eventname": "GetObject", "awsregion": REGION, "sourceipaddress": "203.0.113.7", "useragent": "aws-cli/2.15",
    "errorcode": "", "requestid": "R1", "eventid": event(1)["eventID"], "readonly": "true", "managementevent": "false",
    "eventtype": "AwsApiCall", "recipientaccountid": ACCOUNT, "eventcategory": "Data",
}  # fmt: skip


def result(*given_rows: dict[str, str], names: Sequence[str] = ()) -> str:
    """A file as CloudTrail Lake saves it, every value in quotes."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    columns = names or list(given_rows[0])
    writer.writerows([columns, *([row.get(name, "") for name in columns] for row in given_rows)])
    return text.getvalue()


def whole(*numbers: int, **changes: Any) -> list[dict[str, str]]:
    """Rows with the whole of these events."""
    events = [event(number, **changes) for number in numbers]
    return [{"eventID": one["eventID"], "eventJson": json.dumps(one, indent=1)} for one in events]


def waiting(place: Place) -> list[tuple[str, str]]:
    """Reason and text of what is in the quarantine."""
    return sorted((row["reason"], row["text"]) for row in quarantined(place.lake.state(), place.lake.storage))


def outcome(content: str | bytes, path: str = "x.csv", pieces: int = 1 << 30) -> tuple[list[Any], list[str]]:
    """Events and reasons of a file of comma-separated values."""
    data = content.encode() if isinstance(content, str) else content
    names = names_of(data, path)
    assert names is not None
    parts = list(rows(iter([data[at : at + pieces] for at in range(0, len(data), pieces)]), names))
    texts = [json.loads(bytes(text)) for part in parts for text in part.texts]
    return texts, [one.reason for part in parts for one in part.refused]


def test_the_whole_event_is_taken_byte_for_byte() -> None:
    (row,) = whole(1, requestParameters={"key": 'a "b", \n{c=d, e}', "n": 1.50})
    (part,) = rows(iter([result(row | {"eventJsonChecksum": "x"}).encode()]), ["eventID", "eventJson", "x"])
    assert [bytes(text).decode() for text in part.texts] == [row["eventJson"]]


def test_an_event_of_columns() -> None:
    (found,), refused = outcome(result(SCALARS | {"useridentity": ROLE, "requestparameters": "{}", "resources": "[]"}))
    assert refused == []
    assert found == {
        "eventVersion": "1.09", "eventTime": "2026-11-01T10:00:01Z", "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject", "awsRegion": REGION, "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.15",
        "requestID": "R1", "eventID": event(1)["eventID"], "readOnly": True, "managementEvent": False,
        "eventType": "AwsApiCall", "recipientAccountId": ACCOUNT, "eventCategory": "Data",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAX:ana", "accountId": ACCOUNT, "accessKeyId": "ASIAX",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ana",
            "sessionContext": {
                "attributes": {"creationDate": "2026-11-01T08:00:00Z", "mfaAuthenticated": "true"},
                "sessionIssuer": {
                    "type": "Role", "principalId": "AROAX", "arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
                    "accountId": ACCOUNT, "userName": "deploy",
                },
                "ec2RoleDelivery": "2.0",
            },
        },
        "requestParameters": {}, "resources": [],
    }  # fmt: skip


def test_columns_that_are_called_by_their_path_and_others() -> None:
    more = {"userIdentity.arn": "arn:x", "userIdentity_sessionContext_sessionIssuer_userName": "deploy", "arn": "y"}
    (found,), _ = outcome(result(SCALARS | more))
    assert found["userIdentity"] == {"arn": "arn:x", "sessionContext": {"sessionIssuer": {"userName": "deploy"}}}
    assert found["lakeColumns"] == {"arn": "y"}
    (found,), _ = outcome(result(SCALARS | more | {"useridentity": ROLE}))
    assert found["userIdentity"]["arn"] != "arn:x"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"eventid": ""}, "no eventID"),
        ({"eventid": "", "awsregion": "null"}, "no eventID, no awsRegion"),
        ({"requestparameters": "{bucketName=data, key=a}"}, "`requestParameters` cannot be read without guessing"),
        ({"useridentity": ROLE.replace("ana", "a=b")}, "`userIdentity` cannot be read without guessing"),
        ({"eventJson": "{"}, "`eventJson` is broken JSON"),
        ({"eventJson": "[]"}, "no eventID in `eventJson`"),
        ({"eventJson": json.dumps(event(2))}, "is of another event than its eventID"),
        ({"EVENTNAME": "PutObject"}, "two columns are called `EVENTNAME`"),
        ({"requestparameters": '{"a":' * 900 + "1" + "}" * 900}, "nested too deeply"),
    ],
)
def test_a_row_that_is_no_event_is_kept_as_a_row(changes: dict[str, str], why: str) -> None:
    row = SCALARS | changes
    (part,) = rows(iter([result(row).encode()]), list(row))
    (refused,) = part.refused
    assert part.texts == []
    assert why in refused.reason
    assert json.loads(refused.text) == {"QueryResultRows": [[{name: value} for name, value in row.items()]]}
    again = translated(documents.document(refused.text))
    assert (again.texts, again.refused) == ([], [refused])


@pytest.mark.parametrize("pieces", [1, 7, 1 << 30])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_values_of_several_lines_in_pieces_of_any_size(pieces: int, end: str) -> None:
    row = {"eventID": "", "eventJson": ""}
    given_rows = [*whole(1, 2, requestParameters={"key": 'ä "\u2028'}), row]
    text = "\ufeff" + result(*given_rows).replace('"\n"', f'"{end}"')
    found, refused = outcome(text, pieces=pieces)
    assert found == [event(number, requestParameters={"key": 'ä "\u2028'}) for number in (1, 2)]
    assert refused == ["no eventID, no eventTime, no eventName, no eventSource, no awsRegion, no recipientAccountId"]


def test_a_row_that_breaks_takes_no_other_with_it() -> None:
    names, good = result(*whole(1, requestParameters={})).split("\n", 1)
    broken = ['"a"b,c', "only one", "x,y,z", '"never closed']
    found, refused = outcome("\n".join([names, *broken]) + "\n" + good + "last\n")
    assert found == [event(1, requestParameters={})]
    reasons = ["broken row", "a row with 1 values", "a row with 3 values", "broken row", "a row with 1 values"]
    assert [reason[:9] for reason in refused] == [reason[:9] for reason in reasons]
    assert "under 2 names" in refused[1]


def test_a_value_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "LARGEST", 5000)
    limit = csv.field_size_limit()
    long = {"eventID": "x", "eventJson": "x" * 6000}
    found, refused = outcome(result(long, *whole(1)))
    assert [one["eventID"] for one in found] == [event(1)["eventID"]]
    assert len(refused) == 1
    assert "field larger than" in refused[0]
    assert csv.field_size_limit() == limit
    assert outcome("eventID,eventName\n" + "x" * 30_000, pieces=1000)[1] == ["a line without end"]


def test_large_results_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "BATCH", 1500)
    data = result(*whole(1, 2, 3, 4)).encode()
    parts = list(rows(iter([data]), ["eventID", "eventJson"]))
    assert len(parts) > 2
    assert sum(len(part.texts) for part in parts) == 4


@pytest.mark.parametrize(
    ("head", "path", "names"),
    [
        (b"eventID,x\n", "x.csv", ["eventID", "x"]),
        (b'"eventname","awsregion"\r\n', "x.csv", ["eventname", "awsregion"]),
        (b"eventName,count\n", "x.csv", None),
        (b"eventName,count\n", SAVED, ["eventName", "count"]),
        (b"a,b\n", f"/logs/{SAVED}", []),
        (b"a,b\n", "/logs/result_12.csv", []),
        (b'"a"b,c\n', "/logs/result_1.csv.gz", []),
        (b"a,b\n", "/logs/my_result_1.csv", None),
        (b"", "x.csv", None),
        (b"\xff\xfe,eventID\n", "x.csv", None),
        (b"version account-id eventID\n", "x.log", None),
    ],
)
def test_files_that_are_results(head: bytes, path: str, names: list[str] | None) -> None:
    assert names_of(head, path) == names


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text('",\n\r{}= aeventIDJson', max_size=80).map(str.encode), st.integers(1, 50))
def test_anything_at_all(content: bytes, size: int) -> None:
    data = b"eventID,eventJson\n" + content
    parts = list(rows(iter([data[at : at + size] for at in range(0, len(data), size)]), ["eventID", "eventJson"]))
    assert all(json.loads(bytes(text)) for part in parts for text in part.texts)
    assert len(content) == 0 or not names_of(content, "x.csv") or outcome(content)


def test_rows_of_the_api() -> None:
    row = [{name: value} for name, value in SCALARS.items()]
    part = Events([json.dumps(row).encode(), b'{"a":1}', b'[{"count":"1"}]', b'[{"eventID":null}]'])
    assert are_rows(part.texts)
    found = translated(part)
    assert json.loads(found.texts[0])["eventName"] == "GetObject"
    assert found.texts[1:] == [b'{"a":1}', b'[{"count":"1"}]']
    assert [one.reason.split(",")[0] for one in found.refused] == ["no eventID"]
    assert not are_rows([b'[{"count":"1"}]', b"[7]", b"[", b'{"eventID":"1"}'])


def answer(*given_rows: dict[str, str]) -> dict[str, Any]:
    """What `aws cloudtrail get-query-results` prints."""
    return {
        "QueryStatus": "FINISHED",
        "QueryStatistics": {"ResultsCount": 2, "TotalResultsCount": 2, "BytesScanned": 99},
        "QueryResultRows": [[{name: value} for name, value in row.items()] for row in given_rows],
    }


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: json.dumps(answer(*rows), indent=4),
        lambda rows: json.dumps(answer(*rows) | {"NextToken": "n"}),
        lambda rows: json.dumps(answer(*rows)["QueryResultRows"]),
        lambda rows: "\n".join(json.dumps(answer(row)) for row in rows),
    ],
)
def test_answers_of_the_api_come_into_the_lake(place: Place, write: Callable[[Any], str]) -> None:
    place.file("answer.json", write([*whole(1, 2), SCALARS | {"eventid": event(3)["eventID"]}]))
    report = place.ingest()
    assert (report.events, report.quarantined, report.sources) == (3, 0, {"cloudtrail": 3})
    assert place.ids() == [event(number)["eventID"] for number in (1, 2, 3)]


def test_a_large_answer_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(answer(*whole(*range(1, 200))), indent=4).encode()
    monkeypatch.setattr(documents, "HEAD", 500)
    parts = documents.events(iter([content[at : at + 3000] for at in range(0, len(content), 3000)]))
    found = [translated(part) for part in parts]
    assert len(found) > 10
    assert sum(len(part.texts) for part in found) == 199
    assert not any(part.refused for part in found)


def test_a_saved_result_comes_in_once_beside_the_files_of_a_trail(place: Place) -> None:
    place.trail("t/a_CloudTrail_x.json.gz", event(1), event(2))
    place.file(
        SAVED, gzip.compress(result(*whole(2, 3), SCALARS | {"eventid": ""}, names=["eventID", "eventJson"]).encode())
    )
    place.file(SAVED.replace("result_1.csv.gz", "result_sign.json"), '{"version": "1.0", "files": []}')
    report = place.ingest()
    assert (report.events, report.duplicates, report.quarantined) == (3, 1, 1)
    assert place.ids() == [event(number)["eventID"] for number in (1, 2, 3)]
    place.file("columns.csv", result(SCALARS | {"useridentity": ROLE}))
    assert (place.ingest().events, len(place.ids())) == (0, 3)


def test_an_event_of_columns_is_the_same_row_as_that_of_a_trail(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Place(tmp_path / "other")
    place.file("columns.csv", result(SCALARS | {"useridentity": ROLE.replace("AROAX:", "AROAEXAMPLE:")}))
    place.ingest()
    other.trail("a.json.gz", event(1))
    other.ingest()
    query = """select time, metadata.uid, actor.user.uid, actor.user.uid_alt, actor.session.created_time, status_id,
        actor.session.is_mfa, actor.session.issuer, cloud.region, cloud.account.uid, http_request.user_agent,
        src_endpoint.ip, activity_id, metadata.event_code, api.operation, unmapped from api_activity"""
    assert place.rows(query) == other.rows(query)


def test_a_result_that_is_cut(place: Place) -> None:
    text = result(*whole(1, 2)).encode() + b'"9","{\nand mo'
    place.file("a/result_1.csv.gz", gzip.compress(text)[:-8])
    report = place.ingest()
    assert (report.events, report.reasons) == (2, {"gzip ends early": 1})
    row = waiting(place)
    assert row == [("gzip ends early", '"9","{\nand mo')]


def test_a_row_that_ends_before_its_time_is_no_event() -> None:
    """Its last value may be cut, and nobody would see it."""

    def pieces() -> Iterator[bytes]:
        yield b"eventID,eventName\n1,GetObj"
        raise CutError("gzip ends early")

    (part,) = rows(pieces(), ["eventID", "eventName"])
    assert (part.texts, part.refused) == ([], [Refused(b"1,GetObj", "gzip ends early")])


def test_without_names_every_row_is_kept(place: Place) -> None:
    lines = ["1,GetObject", "2,PutObject"]
    place.file("result_1.csv", "".join(f"{line}\n" for line in lines))
    report = place.ingest()
    assert (report.events, report.reasons) == (0, {"the first line names no column of CloudTrail": 2})
    assert [text for _, text in waiting(place)] == [f"{line}\n" for line in lines]


def test_rows_of_the_quarantine_are_tried_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.file("result_1.csv", result(SCALARS | {"errorcode": ""}))
    with monkeypatch.context() as patch:
        patch.setattr(results, "NEEDED", ("eventID", "errorCode"))
        assert place.ingest().reasons == {"no errorCode": 1}
    assert redrive(place.lake).events == 1
    assert place.ids() == [event(1)["eventID"]]


def test_what_is_said_to_be_another_log_is_no_result(tmp_path: Path) -> None:
    path = tmp_path / "result_1.csv"
    path.write_text(result(*whole(1)))
    (found,) = find([str(path)])
    kinds = {piece.source.id for piece in read(found, source("vpc-flow")) if piece.source}
    assert kinds == {"vpc-flow"}
    assert {piece.source.id for piece in read(found, source("cloudtrail")) if piece.source} == {"cloudtrail"}
