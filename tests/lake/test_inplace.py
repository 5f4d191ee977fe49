"""A lake that others write: Amazon Security Lake's folders, columns and versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from bastide.errors import UsageError
from bastide.lake import inplace
from bastide.lake.classes import table
from bastide.lake.compact import compact
from bastide.lake.hunt import hunt, moment, save
from bastide.lake.inplace import copied
from bastide.lake.store import Lake, existing, own
from tests.lake.samples import OCSF, A

TRAIL = "aws/CLOUD_TRAIL_MGMT/2.0/region=eu-west-1/accountId=111111111111/eventDay={day}/x.gz.parquet"
FLOW = "aws/VPC_FLOW/2.0/region=eu-west-1/accountId=111111111111/eventDay=20261101/y.gz.parquet"


def rows(*events: dict[str, Any]) -> pa.Table:
    """Events as Security Lake has them: `unmapped` is a map, and there are columns that we do not have."""
    some = [one | {"unmapped": [("readOnly", "false")], "asl_version": "2.0"} for one in events]
    schema = pa.Table.from_pylist(some).schema
    at = schema.get_field_index("unmapped")
    return pa.Table.from_pylist(some, schema.set(at, pa.field("unmapped", pa.map_(pa.string(), pa.string()))))


def contents() -> dict[str, pa.Table]:
    login = OCSF | {"class_uid": 3002, "is_mfa": False}
    flow = {"class_uid": 4001, "time": 1793527200000, "traffic": {"bytes": 7}, "api": "nothing like ours"}
    return {
        TRAIL.format(day="20261101"): rows(OCSF | {"is_mfa": None}, login),
        TRAIL.format(day="20261105"): rows(OCSF | {"time": 1793872800000}),
        FLOW: rows(flow),
    }


@pytest.fixture(params=["folder", "bucket"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    if request.param == "folder":
        for path, table in contents().items():
            (tmp_path / path).parent.mkdir(parents=True)
            parquet.write_table(table, tmp_path / path)
        return Lake(tmp_path)
    url: str = request.getfixturevalue("bucket")
    client = request.getfixturevalue("aws")("s3")
    for path, table in contents().items():
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink)
        name, _, prefix = url.removeprefix("s3://").partition("/")
        client.put_object(Bucket=name, Key=f"{prefix}/{path}", Body=sink.getvalue().to_pybytes())
    return Lake(url)


def test_tables_by_the_class_of_events(lake: Lake) -> None:
    assert lake.in_place()
    asked = "api.operation, metadata.uid, unmapped, region, accountId, eventDay, resources[1].uid, actor.session.uid"
    found = hunt(existing(lake.place), f"select {asked} from api_activity order by time")
    unmapped = json.dumps({"readOnly": "false"}, separators=(",", ":"))
    first = ("PutObject", "o1", unmapped, "eu-west-1", A, "20261101", "arn:aws:s3:::data", None)
    assert found.rows == [first, (*first[:5], "20261105", *first[6:])]
    assert hunt(lake, "select is_mfa from authentication").rows == [(False,)]
    assert hunt(lake, "select traffic.bytes, src_endpoint.ip from network_activity").rows == [(7, None)]
    assert hunt(lake, "select count(*) from dns_activity").rows == [(0,)]


def test_only_files_that_may_have_it(lake: Lake) -> None:
    assert hunt(lake, "select count(*) from api_activity", since=moment("2026-11-04")).rows == [(1,)]


def test_users_of_the_first_version_are_told_by_their_arns(tmp_path: Path) -> None:
    user = {"type": "IAMUser", "uid": "AIDA1", "uuid": "arn:aws:iam::111111111111:user/ana"}
    old = OCSF | {"actor": {"user": user, "invoked_by": None}, "user": {"uid": "AIDA2", "uuid": "arn:other"}}
    path = tmp_path / TRAIL.format(day="20261101").replace("2.0", "1.0")
    path.parent.mkdir(parents=True)
    parquet.write_table(rows(old, old | {"class_uid": 3001}), path)
    actor = hunt(Lake(tmp_path), "select actor.user.uid, actor.user.uid_alt, actor.user.type from api_activity")
    assert actor.rows == [(user["uuid"], "AIDA1", "IAMUser")]
    changed = hunt(Lake(tmp_path), 'select "user".uid, "user".uid_alt from account_change')
    assert changed.rows == [("arn:other", "AIDA2")]
    later = OCSF | {"time": 1, "actor": {"user": {"uid": "arn:new", "uid_alt": "AIDA3"}}}
    parquet.write_table(rows(later), path.with_name("later.parquet"))
    both = hunt(Lake(tmp_path), "select actor.user.uid, actor.user.uid_alt from api_activity order by time")
    assert both.rows == [("arn:new", "AIDA3"), (user["uuid"], "AIDA1")]


def test_calls_of_the_first_version_have_another_class(tmp_path: Path) -> None:
    path = tmp_path / TRAIL.format(day="20261101").replace("2.0", "1.0")
    path.parent.mkdir(parents=True)
    old = OCSF | {"class_uid": 3005, "class_name": "API Activity", "category_uid": 3}
    other = OCSF | {"class_uid": 3005, "class_name": "User Access Management", "category_uid": 3}
    parquet.write_table(rows(old, other, OCSF | {"class_name": "API Activity"}), path)
    assert hunt(Lake(tmp_path), "select class_uid from api_activity order by 1").rows == [(3005,), (6003,)]


def test_a_damaged_file_hides_no_other(lake: Lake, request: pytest.FixtureRequest) -> None:
    path = FLOW.replace("y.gz", "z.gz")
    if lake.place.startswith("s3://"):
        name, _, prefix = lake.place.removeprefix("s3://").partition("/")
        request.getfixturevalue("aws")("s3").put_object(Bucket=name, Key=f"{prefix}/{path}", Body=b"PAR1 and no more")
    else:
        (Path(lake.place) / path).write_bytes(b"PAR1 and no more")
    assert hunt(lake, "select traffic.bytes from network_activity").rows == [(7,)]
    ((place, cause),) = lake.damaged.items()
    assert place == f"{lake.storage.root}/{path}"
    assert "Parquet" in cause


def test_files_of_a_bucket_differ_in_columns(lake: Lake, request: pytest.FixtureRequest) -> None:
    """What the first file does not have is read of the others nevertheless."""
    more = rows(OCSF | {"time": 1793872800001, "start_time": 1793872800000})
    path = TRAIL.format(day="20261106")
    if lake.place.startswith("s3://"):
        name, _, prefix = lake.place.removeprefix("s3://").partition("/")
        sink = pa.BufferOutputStream()
        parquet.write_table(more, sink)
        request.getfixturevalue("aws")("s3").put_object(
            Bucket=name, Key=f"{prefix}/{path}", Body=sink.getvalue().to_pybytes()
        )
    else:
        (Path(lake.place) / path).parent.mkdir(parents=True)
        parquet.write_table(more, Path(lake.place) / path)
    found = hunt(lake, "select start_time from api_activity order by time").rows
    assert found == [(None,), (None,), (1793872800000,)]


def test_events_are_copied_in_our_columns(
    lake: Lake, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inplace, "ROWS", 10)
    folder = tmp_path_factory.mktemp("copy")
    with lake.connect() as connection:
        trail, login, flow = copied(connection, ["api_activity", "authentication", "network_activity"], 0, folder)
        (late,) = copied(connection, ["api_activity", "dns_activity"], 1793872800000, folder)
    assert [(one.table, one.rows) for one in (trail, login, flow, late)] == [
        ("api_activity", 2), ("authentication", 1), ("network_activity", 1), ("api_activity", 1),
    ]  # fmt: skip
    assert parquet.read_schema(flow.path).equals(table("network_activity").arrow())


def test_nobody_writes_into_it(lake: Lake, make: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="others write this lake"):
        compact(lake, 1 << 20)
    with pytest.raises(UsageError, match=r"others write this lake.*`bastide hunt` and"):
        own(lake.place)
    with pytest.raises(UsageError, match="others write this lake"):
        save(lake, "console", "select 1")
    assert all("_bastide" not in name for name in lake.storage.names(""))
