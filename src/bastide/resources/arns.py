"""Names out of ARNs, for the types whose ARN is known from the name that somebody gave them."""

from __future__ import annotations

import re

_FORMS = {
    "AWS::CloudWatch::Alarm": ("cloudwatch", "alarm:"),
    "AWS::CloudWatch::CompositeAlarm": ("cloudwatch", "alarm:"),
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::ECR::Repository": ("ecr", "repository/"),
    "AWS::Events::EventBus": ("events", "event-bus/"),
    "AWS::IAM::Group": ("iam", "group/"),
    "AWS::IAM::ManagedPolicy": ("iam", "policy/"),
    "AWS::IAM::Role": ("iam", "role/"),
    "AWS::IAM::User": ("iam", "user/"),
    "AWS::Kinesis::Stream": ("kinesis", "stream/"),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose", "deliverystream/"),
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::Logs::LogGroup": ("logs", "log-group:"),
    "AWS::RDS::DBCluster": ("rds", "cluster:"),
    "AWS::RDS::DBInstance": ("rds", "db:"),
    "AWS::S3::Bucket": ("s3", ""),
    "AWS::SNS::Topic": ("sns", ""),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::SSM::Parameter": ("ssm", "parameter"),
    "AWS::StepFunctions::StateMachine": ("states", "stateMachine:"),
}
"""The service in the ARN of a type, and what its resource part has before the name."""

_PART = r"(?:\$\{[^{}]*\}|[^:$])*"
_ARN = re.compile(rf"arn:{_PART}:({_PART}):{_PART}:{_PART}:(.+)", re.DOTALL)
_WHOLE = re.compile(r"(?:\$\{[^{}]*\}|[^:/$])+")
"""A name, which may have references in it, up to what an ARN has behind it: objects, aliases, log streams."""


def name_in(arn: str, wanted: str) -> str:
    """The name that an ARN of type `wanted` says; empty for one of another service or kind, or of a type without names.

    Partition, region and account may be references. What stands behind the name (`/*`, an alias, `:*`) is left out;
    IAM's path is, too.
    """
    service, before = _FORMS.get(wanted, ("", ""))
    found = _ARN.fullmatch(arn) if service else None
    if found is None or found[1] != service or not found[2].startswith(before):
        return ""
    rest = found[2].removeprefix(before)
    if service == "iam":
        return rest.rpartition("/")[2]
    if wanted in _WITH_SLASHES:
        return rest.removesuffix(":*")
    name = _WHOLE.match(rest)
    return name[0] if name else ""


_WITH_SLASHES = {"AWS::Logs::LogGroup", "AWS::SSM::Parameter", "AWS::ECR::Repository"}
"""Types whose names may have slashes in them."""
