"""Environments of Elastic Beanstalk, their settings and their platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KIND = "AWS::ElasticBeanstalk::Environment"
PLATFORM = "arn:aws:elasticbeanstalk:eu-west-1::platform/Python 3.8 running on 64bit Amazon Linux 2/3.5.0"
MANAGED = {"Namespace": "aws:elasticbeanstalk:managedactions", "OptionName": "ManagedActionsEnabled", "Value": "true"}
SECRET = {
    "Namespace": "aws:elasticbeanstalk:application:environment",
    "OptionName": "DB_PASSWORD",
    "Value": "hunter2xyz",
}
ENVIRONMENT = {
    "EnvironmentName": "shop",
    "EnvironmentArn": "arn:aws:elasticbeanstalk:eu-west-1:123456789012:environment/a/shop",
    "ApplicationName": "a",
    "PlatformArn": PLATFORM,
    "Status": "Ready",
}
ANSWERS: dict[str, Any] = {
    "DescribeEnvironments": {"Environments": [ENVIRONMENT, {**ENVIRONMENT, "Status": "Terminated"}]},
    "DescribeConfigurationSettings": {"ConfigurationSettings": [{"OptionSettings": [MANAGED, SECRET]}]},
    "DescribePlatformVersion": {
        "PlatformDescription": {"PlatformLifecycleState": "Recommended", "PlatformBranchLifecycleState": "Retired"}
    },
}


def test_an_environment(answered: Callable[..., Any]) -> None:
    found = answered("elasticbeanstalk", ANSWERS, KIND).one(KIND)
    assert MANAGED in found.properties["OptionSettings"]
    assert found.properties["PlatformState"] == "Retired"
    assert found.properties["PlatformVersionState"] == "Recommended"
    assert "hunter2xyz" not in str(found)


def test_settings_that_are_denied(answered: Callable[..., Any]) -> None:
    denied = {**ANSWERS, "DescribeConfigurationSettings": "AccessDenied"}
    found = answered("elasticbeanstalk", denied, KIND).one(KIND)
    assert set(found.unresolved) == {"OptionSettings"}
