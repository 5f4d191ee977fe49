"""What machines, disks, images, addresses and keys are like now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

WHEN = datetime(2023, 11, 14, 22, 13, tzinfo=UTC)
INSTANCE = {"InstanceId": "i-1", "ImageId": "ami-1", "State": {"Code": 16, "Name": "running"}}
ANSWERS: dict[str, Any] = {
    "DescribeInstances": {"Reservations": [{"Instances": [INSTANCE]}]},
    "DescribeVolumes": {"Volumes": []},
    "DescribeInstanceAttribute": {},
    "DescribeImages": {"Images": []},
    "DescribeInstanceInformation": {"InstanceInformationList": []},
    "DescribeInstancePatchStates": {"InstancePatchStates": []},
}


def _instance(answered: Callable[..., Any], **answers: Any) -> Any:
    return answered("ec2", {**ANSWERS, **answers}, "AWS::EC2::Instance").one("AWS::EC2::Instance")


def test_an_instance_of_which_nobody_knows_more(answered: Callable[..., Any]) -> None:
    found = _instance(answered)
    assert found.unresolved == {}
    for name in ("Image", "SystemsManager", "PatchState", "StoppedSince"):
        assert name not in found.properties
    assert not found.properties.get("ImageIsOwn")


def test_an_instance_with_image_agent_and_patches(answered: Callable[..., Any]) -> None:
    image = {"ImageId": "ami-1", "OwnerId": "123456789012", "CreationDate": "2024-01-02T03:04:05.000Z", "Public": False}
    agent = {"InstanceId": "i-1", "PingStatus": "Online", "IsLatestVersion": False, "LastPingDateTime": WHEN}
    patches = {
        "InstanceId": "i-1",
        "PatchGroup": "web",
        "BaselineId": "pb-0123456789abcdef0",
        "MissingCount": 3,
        "Operation": "Scan",
        "OperationStartTime": WHEN,
        "OperationEndTime": WHEN,
    }
    found = _instance(
        answered,
        DescribeImages=lambda asked: {"Images": [image]} if asked["Filters"][0]["Values"] == ["ami-1"] else {},
        DescribeInstanceInformation={"InstanceInformationList": [{"InstanceId": "i-2"}, agent]},
        DescribeInstancePatchStates={"InstancePatchStates": [patches]},
    )
    assert found.properties["Image"]["CreationDate"] == "2024-01-02T03:04:05.000Z"
    assert found.properties["ImageIsOwn"] is True
    assert found.properties["SystemsManager"]["PingStatus"] == "Online"
    assert found.properties["SystemsManager"]["IsLatestVersion"] is False
    assert found.properties["PatchState"]["MissingCount"] == 3
    assert found.properties["PatchState"]["OperationEndTime"].startswith("2023-11-14T")


def test_since_when_an_instance_stands_still(answered: Callable[..., Any]) -> None:
    stopped = {
        **INSTANCE,
        "State": {"Code": 80, "Name": "stopped"},
        "StateTransitionReason": "User initiated (2024-05-06 07:08:09 GMT)",
    }
    found = _instance(answered, DescribeInstances={"Reservations": [{"Instances": [stopped]}]})
    assert found.properties["StoppedSince"].startswith("2024-05-06 ")
    unsaid = {**stopped, "StateTransitionReason": ""}
    found = _instance(answered, DescribeInstances={"Reservations": [{"Instances": [unsaid]}]})
    assert "StoppedSince" not in found.properties


def test_what_systems_manager_may_not_tell_is_unknown_and_nothing_else(answered: Callable[..., Any]) -> None:
    found = _instance(
        answered,
        DescribeInstanceInformation="AccessDeniedException",
        DescribeInstancePatchStates="AccessDeniedException",
    )
    assert set(found.unresolved) == {"SystemsManager", "PatchState"}
    assert "grant ssm:DescribeInstanceInformation" in found.unresolved["SystemsManager"]


def test_snapshots_and_whom_they_are_shared_with(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    ec2 = aws("ec2")
    volume = ec2.create_volume(Size=1, AvailabilityZone="eu-west-1a", Encrypted=True)["VolumeId"]
    public, shared, own = (ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(3))
    for snapshot, whom in ((public, {"GroupNames": ["all"]}), (shared, {"UserIds": ["210987654321"]})):
        ec2.modify_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", **whom
        )
    found = {one.properties["SnapshotId"]: one.properties for one in collect("AWS::EC2::Snapshot").resources}
    assert found[public]["IsPublic"] is True
    assert found[shared]["IsPublic"] is False
    assert found[shared]["SharedWith"] == ["210987654321"]
    assert found[own]["IsPublic"] is False
    assert not found[own].get("SharedWith")
    assert found[own]["Encrypted"] is True


def test_a_snapshot_whose_permissions_are_denied(answered: Callable[..., Any]) -> None:
    answers = {
        "DescribeSnapshots": {"Snapshots": [{"SnapshotId": "snap-1", "Encrypted": False}]},
        "DescribeSnapshotAttribute": "UnauthorizedOperation",
    }
    found = answered("ec2", answers, "AWS::EC2::Snapshot").one("AWS::EC2::Snapshot")
    assert set(found.unresolved) == {"IsPublic", "SharedWith"}
    assert found.properties["Encrypted"] is False


def test_snapshots_behind_images_are_asked_for_only_when_they_are_public(answered: Callable[..., Any]) -> None:
    about = "Created by CreateImage(i-1) for ami-1"
    listed = [{"SnapshotId": f"snap-{number}", "Description": about} for number in (1, 2)]
    asked_for: list[str] = []

    def attribute(asked: dict[str, Any]) -> Any:
        asked_for.append(asked["SnapshotId"])
        return {"CreateVolumePermissions": [{"Group": "all"}]}

    def snapshots(asked: dict[str, Any]) -> Any:
        return {"Snapshots": listed[1:] if "RestorableByUserIds" in asked else listed}

    answers = {"DescribeSnapshots": snapshots, "DescribeSnapshotAttribute": attribute}
    first, second = answered("ec2", answers, "AWS::EC2::Snapshot").of("AWS::EC2::Snapshot")
    assert asked_for == ["snap-2"]
    assert (first.properties.get("IsPublic"), second.properties["IsPublic"]) == (None, True)
    assert first.properties["OfImage"] is True
    assert first.unresolved == {}


def test_public_snapshots_that_may_not_be_listed(answered: Callable[..., Any]) -> None:
    def snapshots(asked: dict[str, Any]) -> Any:
        return "UnauthorizedOperation" if "RestorableByUserIds" in asked else {"Snapshots": [{"SnapshotId": "snap-1"}]}

    found = answered("ec2", {"DescribeSnapshots": snapshots}, "AWS::EC2::Snapshot").one("AWS::EC2::Snapshot")
    assert set(found.unresolved) == {"IsPublic", "SharedWith"}


def test_images_of_ones_own(answered: Callable[..., Any]) -> None:
    disk = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": False, "SnapshotId": "snap-1"}}
    image = {
        "ImageId": "ami-1",
        "Public": True,
        "CreationDate": "2024-01-02T03:04:05.000Z",
        "BlockDeviceMappings": [disk],
    }
    answers = {
        "DescribeImages": {"Images": [image]},
        "DescribeImageAttribute": {"LaunchPermissions": [{"Group": "all"}, {"UserId": "210987654321"}]},
    }
    found = answered("ec2", answers, "AWS::EC2::Image").one("AWS::EC2::Image").properties
    assert found["IsPublic"] is True
    assert found["SharedWith"] == ["210987654321"]
    assert found["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is False


def test_interfaces_addresses_keys_and_volumes(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
    ec2.allocate_address(Domain="vpc")
    ec2.create_key_pair(KeyName="k")
    ec2.create_volume(Size=1, AvailabilityZone="eu-west-1a")
    types = ("AWS::EC2::NetworkInterface", "AWS::EC2::EIP", "AWS::EC2::KeyPair", "AWS::EC2::Volume")
    found = collect(*types)
    own = {one.properties["Id"]: one.properties for one in found.of(types[0])}[interface]
    assert own["GroupSet"] == [group]
    assert own["Status"] == "available"
    assert "AssociationId" not in found.one(types[1]).properties
    assert found.one(types[2]).properties["KeyName"] == "k"
    assert found.one(types[2]).properties["CreateTime"][:2] == "20"
    assert found.one(types[3]).properties["State"] == "available"
    assert found.unread == {}


def test_volumes_that_outlive_their_instance(answered: Callable[..., Any]) -> None:
    kind = "AWS::EC2::Volume"
    volumes = [
        {"VolumeId": "vol-1", "Attachments": [{"InstanceId": "i-1", "DeleteOnTermination": False}]},
        {"VolumeId": "vol-2", "Attachments": [{"InstanceId": "i-1", "DeleteOnTermination": True}]},
        {"VolumeId": "vol-3", "Attachments": []},
    ]
    found = answered("ec2", {"DescribeVolumes": {"Volumes": volumes}}, kind).of(kind)
    assert [one.properties["OutlivesInstance"] for one in found] == [True, False, False]
