"""Groups and launch configurations of Auto Scaling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GROUP, LAUNCH = "AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::LaunchConfiguration"
ARN = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/shop"

MODULE = """
resource "aws_launch_configuration" "old" {
  name                        = "old"
  image_id                    = "ami-12345678"
  instance_type               = "t3.micro"
  associate_public_ip_address = true
  user_data                   = "#!/bin/sh\\nexport DB_PASSWORD=pr0ductionS3cretV4lue"
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "optional"
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    volume_size = 10
    encrypted   = false
  }
}
resource "aws_autoscaling_group" "shop" {
  name                 = "shop"
  launch_configuration = aws_launch_configuration.old.name
  max_size             = 1
  min_size             = 0
  vpc_zone_identifier  = ["subnet-1"]
}
"""


def test_a_group_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client, ec2 = aws("autoscaling"), aws("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    client.create_launch_configuration(
        LaunchConfigurationName="old",
        ImageId=ec2.describe_images()["Images"][0]["ImageId"],
        InstanceType="t3.micro",
        AssociatePublicIpAddress=True,
        UserData="#!/bin/sh\nexport DB_PASSWORD=pr0ductionS3cretV4lue",
        MetadataOptions={"HttpEndpoint": "enabled", "HttpTokens": "optional"},
        BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 10, "Encrypted": False}}],
    )
    client.create_auto_scaling_group(
        AutoScalingGroupName="shop",
        LaunchConfigurationName="old",
        MinSize=0,
        MaxSize=1,
        VPCZoneIdentifier=subnet,
        Tags=[{"Key": "team", "Value": "shop", "PropagateAtLaunch": True}],
    )
    found = collect(GROUP, LAUNCH)
    group = found.one(GROUP)
    assert group.properties["VPCZoneIdentifier"] == [subnet]
    assert group.properties["MaxSize"] == "1"
    assert group.properties["Tags"] == [{"Key": "team", "Value": "shop", "PropagateAtLaunch": True}]
    assert "pr0ductionS3cretV4lue" not in repr(found)
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert set().union(*verdicts.values()) == {"fail"}
    assert len(verdicts) == 5


def test_a_group_with_templates(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    group = {
        "AutoScalingGroupName": "shop",
        "AutoScalingGroupARN": ARN,
        "MixedInstancesPolicy": {
            "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "1"}}
        },
        "MinSize": 0,
        "MaxSize": 1,
        "DesiredCapacity": 0,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["eu-west-1a"],
        "HealthCheckType": "EC2",
        "CreatedTime": 0,
        "EnabledMetrics": [{"Metric": "GroupMinSize", "Granularity": "1Minute"}],
        "VPCZoneIdentifier": "subnet-1,subnet-2",
    }
    found = answered("autoscaling", {"DescribeAutoScalingGroups": {"AutoScalingGroups": [group]}}, GROUP)
    shop = found.one(GROUP)
    assert shop.properties["VPCZoneIdentifier"] == ["subnet-1", "subnet-2"]
    assert shop.properties["Cooldown"] == "300"
    assert shop.properties["MetricsCollection"] == [{"Granularity": "1Minute", "Metrics": ["GroupMinSize"]}]
    assert judged(found)["autoscaling.group-uses-launch-template"] == {"pass"}


def test_lists_that_are_denied_are_unread(answered: Callable[..., Any]) -> None:
    operations = {GROUP: "DescribeAutoScalingGroups", LAUNCH: "DescribeLaunchConfigurations"}
    found = answered("autoscaling", dict.fromkeys(operations.values(), "AccessDenied"), GROUP, LAUNCH)
    assert {name: why.rpartition("grant autoscaling:")[2] for name, why in found.unread.items()} == operations
