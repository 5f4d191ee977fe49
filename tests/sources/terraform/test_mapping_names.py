"""The rule for names, on habits that both sides really have."""

import pytest

from bastide.sources.terraform.mapping_names import find_property, letters


@pytest.mark.parametrize(
    ("attribute", "members", "owner", "expected"),
    [
        ("kms_key_id", "KmsKeyId", "Topic", "KmsKeyId"),
        ("multi_az", "MultiAZ", "DBInstance", "MultiAZ"),
        ("name", "TopicName DisplayName", "Topic", "TopicName"),
        ("description", "DBSubnetGroupDescription", "DBSubnetGroup", "DBSubnetGroupDescription"),
        ("subnets", "SubnetIds", "Function", "SubnetIds"),
        ("subnet_ids", "Subnets", "Service", "Subnets"),
        ("security_groups", "SecurityGroupIds", "X", "SecurityGroupIds"),
        ("role", "RoleArn", "X", "RoleArn"),
        ("role_arn", "Role", "X", "Role"),
        ("kms_key_arn", "KmsKeyId", "X", "KmsKeyId"),
        ("replication_instance_id", "ReplicationInstanceIdentifier", "X", "ReplicationInstanceIdentifier"),
        ("rule", "Rules", "X", "Rules"),
        ("policies", "Policy", "X", "Policy"),
        ("body", "Bodies", "X", "Bodies"),
        ("encryption_config", "EncryptionConfiguration", "X", "EncryptionConfiguration"),
        ("logging", "LoggingConfiguration", "X", "LoggingConfiguration"),
        ("logging_configuration", "Logging", "X", "Logging"),
        ("policy", "PolicyDocument", "X", "PolicyDocument"),
        ("enable_x", "XEnabled", "Y", "XEnabled"),
        ("x_enabled", "EnableX", "Y", "EnableX"),
        ("nothing", "Something Else", "Thing", None),
        ("", "Something", "Thing", None),
    ],
)
def test_find_property(attribute: str, members: str, owner: str, expected: str | None) -> None:
    index = {letters(name): name for name in members.split()}
    assert find_property(attribute, index, owner) == expected


def test_the_exact_spelling_comes_first() -> None:
    index = {letters(name): name for name in ("Role", "RoleArn", "Roles")}
    assert find_property("role_arn", index, "X") == "RoleArn"
    assert find_property("roles", index, "X") == "Roles"
