"""The recorder and the delivery channel of AWS Config."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RECORDER, CHANNEL = "AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel"
ROLE = "arn:aws:iam::123456789012:role/config"
ARN = "arn:aws:config:eu-west-1:123456789012:configuration-recorder/default/a1"
MODULE = """
resource "aws_config_configuration_recorder" "main" {
  name     = "default"
  role_arn = "arn:aws:iam::123456789012:role/config"
  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}
resource "aws_config_configuration_recorder_status" "main" {
  name       = aws_config_configuration_recorder.main.name
  is_enabled = %s
}
"""


def test_a_recorder_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("config")
    group = {"allSupported": True, "includeGlobalResourceTypes": True}
    client.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": ROLE, "recordingGroup": group}
    )
    client.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "logs"})
    stopped = collect(RECORDER, CHANNEL)
    assert stopped.one(RECORDER).metadata["id"] == "default"
    assert stopped.one(RECORDER).properties["RoleARN"] == ROLE
    assert stopped.one(CHANNEL).properties == {"Name": "default", "S3BucketName": "logs"}
    assert judged(stopped)["config.recorder-is-on"] == {"fail"}
    client.start_configuration_recorder(ConfigurationRecorderName="default")
    verdicts = judged(collect(RECORDER))
    assert verdicts == judged(written(MODULE % "true"))
    assert verdicts["config.recorder-is-on"] == verdicts["config.recorder-covers-every-type"] == {"pass"}


def test_a_recorder_with_all_that_aws_says_of_it(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    group = {"allSupported": True, "includeGlobalResourceTypes": True, "resourceTypes": [],
             "exclusionByResourceTypes": {"resourceTypes": []},
             "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}  # fmt: skip
    recorder = {"arn": ARN, "name": "default", "roleARN": ROLE, "recordingGroup": group}
    answers = {
        "DescribeConfigurationRecorders": {"ConfigurationRecorders": [recorder]},
        "DescribeConfigurationRecorderStatus": {
            "ConfigurationRecordersStatus": [{"name": "default", "recording": True}]
        },
        "DescribeDeliveryChannels": {"DeliveryChannels": []},
    }
    found = answered("config", answers, RECORDER)
    assert found.one(RECORDER).address == ARN
    assert judged(found) == {"config.recorder-is-on": {"pass"}, "config.recorder-covers-every-type": {"pass"}}
    group["recordingStrategy"] = {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}
    assert judged(answered("config", answers, RECORDER))["config.recorder-covers-every-type"] == {"fail"}


def test_a_region_without_recorder_has_one_that_is_off(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = answered("config", {"DescribeConfigurationRecorders": {"ConfigurationRecorders": []}}, RECORDER)
    recorder = found.one(RECORDER)
    assert recorder.address == "arn:aws:config:eu-west-1:123456789012:configuration-recorder/none"
    off = {"StartedOnCreate": False, "RecordingGroup": {"AllSupported": False}, "AccountId": "123456789012"}
    assert recorder.properties == off
    assert judged(found) == {"config.recorder-is-on": {"fail"}, "config.recorder-covers-every-type": {"fail"}}


def test_a_status_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        "DescribeConfigurationRecorders": {"ConfigurationRecorders": [{"name": "default", "roleARN": ROLE}]},
        "DescribeConfigurationRecorderStatus": "AccessDeniedException",
        "DescribeDeliveryChannels": {"DeliveryChannels": []},
    }
    found = answered("config", answers, RECORDER)
    assert "grant config:DescribeConfigurationRecorderStatus" in found.one(RECORDER).unresolved["StartedOnCreate"]
    assert judged(found)["config.recorder-is-on"] == {"unknown"}


def test_recorders_that_are_denied_are_unknown_and_not_off(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = answered("config", {"DescribeConfigurationRecorders": "AccessDeniedException"}, RECORDER)
    assert "grant config:DescribeConfigurationRecorders" in found.one(RECORDER).unresolved["StartedOnCreate"]
    assert judged(found) == {"config.recorder-is-on": {"unknown"}, "config.recorder-covers-every-type": {"unknown"}}
