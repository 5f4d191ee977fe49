"""What databases and their snapshots are like now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

ARN = "arn:aws:rds:eu-west-1:123456789012:db:d"
INSTANCE = {
    "DBInstanceIdentifier": "d",
    "DBInstanceArn": ARN,
    "Engine": "postgres",
    "EngineVersion": "14.7",
    "DBParameterGroups": [{"DBParameterGroupName": "p", "ParameterApplyStatus": "pending-reboot"}],
    "CertificateDetails": {"CAIdentifier": "rds-ca-2019", "ValidTill": datetime(2024, 8, 22, tzinfo=UTC)},
    "LatestRestorableTime": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
}
SUPPORT = {"LifecycleSupportStartDate": datetime(2022, 2, 3, tzinfo=UTC)}
STANDARD = {**SUPPORT, "LifecycleSupportName": "open-source-rds-standard-support"}
EXTENDED = {**SUPPORT, "LifecycleSupportName": "open-source-rds-extended-support"}


def _major(engine: str, version: str, ends: datetime) -> dict[str, Any]:
    lives = [
        {**EXTENDED, "LifecycleSupportEndDate": datetime(2099, 1, 1, tzinfo=UTC)},
        {**STANDARD, "LifecycleSupportEndDate": ends},
    ]
    return {"Engine": engine, "MajorEngineVersion": version, "SupportedEngineLifecycles": lives}


ANSWERS: dict[str, Any] = {
    "DescribeDBInstances": {"DBInstances": [INSTANCE]},
    "DescribePendingMaintenanceActions": {"PendingMaintenanceActions": []},
    "DescribeDBMajorEngineVersions": {"DBMajorEngineVersions": []},
    "DescribeDBEngineVersions": {"DBEngineVersions": []},
}


def _instance(answered: Callable[..., Any], **answers: Any) -> Any:
    return answered("rds", {**ANSWERS, **answers}, "AWS::RDS::DBInstance").one("AWS::RDS::DBInstance")


def test_the_state_of_a_database(answered: Callable[..., Any]) -> None:
    waiting = [{"Action": "system-update", "Description": "d"}, {"Action": "hardware-maintenance"}]
    found = _instance(
        answered,
        DescribePendingMaintenanceActions={
            "PendingMaintenanceActions": [
                {"ResourceIdentifier": f"{ARN}-other", "PendingMaintenanceActionDetails": [{"Action": "db-upgrade"}]},
                {"ResourceIdentifier": ARN, "PendingMaintenanceActionDetails": waiting},
            ]
        },
        DescribeDBMajorEngineVersions={
            "DBMajorEngineVersions": [
                _major("mysql", "14", datetime(2001, 1, 1, tzinfo=UTC)),
                _major("postgres", "14", datetime(2027, 2, 28, tzinfo=UTC)),
            ]
        },
        DescribeDBEngineVersions=lambda asked: (
            {"DBEngineVersions": [{"EngineVersion": asked["EngineVersion"], "Status": "deprecated"}]}
        ),
    ).properties
    assert [one["Action"] for one in found["PendingMaintenance"]] == ["system-update", "hardware-maintenance"]
    assert found["StandardSupportEnds"] == "2027-02-28T00:00:00Z"
    assert found["EngineVersionStatus"] == "deprecated"
    assert found["ParameterStatus"] == "pending-reboot"
    assert found["CertificateDetails"]["ValidTill"] == "2024-08-22T00:00:00Z"
    assert found["LatestRestorableTime"] == "2026-01-02T03:04:05Z"


def test_major_versions_by_engine(answered: Callable[..., Any]) -> None:
    ends = datetime(2026, 7, 31, tzinfo=UTC)
    for engine, version, major in (
        ("mysql", "8.0.35", "8.0"),
        ("mariadb", "10.6.8", "10.6"),
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", "8.0"),
        ("aurora-postgresql", "16.2", "16"),
    ):
        found = _instance(
            answered,
            DescribeDBInstances={"DBInstances": [{**INSTANCE, "Engine": engine, "EngineVersion": version}]},
            DescribeDBMajorEngineVersions={"DBMajorEngineVersions": [_major(engine, major, ends)]},
        )
        assert found.properties["StandardSupportEnds"] == "2026-07-31T00:00:00Z", engine


def test_a_database_of_which_nothing_is_pending(answered: Callable[..., Any]) -> None:
    found = _instance(answered)
    assert found.unresolved == {}
    assert not found.properties.get("PendingMaintenance")
    assert "StandardSupportEnds" not in found.properties
    assert "EngineVersionStatus" not in found.properties


def test_what_is_denied_is_unknown_and_nothing_else(answered: Callable[..., Any]) -> None:
    found = _instance(answered, DescribePendingMaintenanceActions="AccessDenied")
    assert set(found.unresolved) == {"PendingMaintenance"}
    assert "grant rds:DescribePendingMaintenanceActions" in found.unresolved["PendingMaintenance"]


def test_snapshots_and_whom_they_are_shared_with(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    rds = aws("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="d",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
        StorageEncrypted=True,
    )
    for name in ("shared", "own"):
        rds.create_db_snapshot(DBInstanceIdentifier="d", DBSnapshotIdentifier=name)
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="shared", AttributeName="restore", ValuesToAdd=["210987654321", "all"]
    )
    found = {one.metadata["id"]: one.properties for one in collect("AWS::RDS::DBSnapshot").resources}
    assert sorted(found["shared"]["SharedWith"]) == ["210987654321", "all"]
    assert not found["own"].get("SharedWith")
    assert found["own"]["Encrypted"] is True


def test_snapshots_of_clusters(answered: Callable[..., Any]) -> None:
    snapshot = {
        "DBClusterSnapshotIdentifier": "s",
        "DBClusterSnapshotArn": "arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:s",
        "StorageEncrypted": False,
        "Engine": "neptune",
    }
    shared = {"DBClusterSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": ["all"]}]}
    answers = {
        "DescribeDBClusterSnapshots": {"DBClusterSnapshots": [snapshot]},
        "DescribeDBClusterSnapshotAttributes": {"DBClusterSnapshotAttributesResult": shared},
    }
    kind = "AWS::RDS::DBClusterSnapshot"
    found = answered("rds", answers, kind).one(kind)
    assert found.properties["SharedWith"] == ["all"]
    assert found.properties["StorageEncrypted"] is False
    denied = answered("rds", {**answers, "DescribeDBClusterSnapshotAttributes": "AccessDenied"}, kind).one(kind)
    assert set(denied.unresolved) == {"SharedWith"}
