"""The name that an ARN says, where the name says the ARN."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.arns import name_in

HERE = "${AWS::Region}:${AWS::AccountId}"


@pytest.mark.parametrize(
    ("arn", "wanted", "name"),
    [
        ("arn:aws:s3:::logs", "AWS::S3::Bucket", "logs"),
        ("arn:${AWS::Partition}:s3:::logs", "AWS::S3::Bucket", "logs"),
        ("arn:aws:s3:::logs/AWSLogs/*", "AWS::S3::Bucket", "logs"),
        ("arn:aws:s3:::${AWS::StackName}-logs/*", "AWS::S3::Bucket", "${AWS::StackName}-logs"),
        (f"arn:aws:lambda:{HERE}:function:orders", "AWS::Lambda::Function", "orders"),
        (f"arn:aws:lambda:{HERE}:function:orders:live", "AWS::Lambda::Function", "orders"),
        ("arn:aws:lambda:eu-west-1:111122223333:layer:orders", "AWS::Lambda::Function", ""),
        (f"arn:aws:sqs:{HERE}:orders", "AWS::SNS::Topic", ""),
        (f"arn:aws:sqs:{HERE}:orders", "AWS::SQS::Queue", "orders"),
        ("arn:aws:sns:${var.region}:${data.aws_caller_identity.me.account_id}:alarms", "AWS::SNS::Topic", "alarms"),
        ("arn:aws:iam::${AWS::AccountId}:role/service/deploy", "AWS::IAM::Role", "deploy"),
        ("arn:aws:iam::111122223333:user/deploy", "AWS::IAM::Role", ""),
        (f"arn:aws:logs:{HERE}:log-group:/aws/lambda/orders:*", "AWS::Logs::LogGroup", "/aws/lambda/orders"),
        (f"arn:aws:ssm:{HERE}:parameter/shop/db", "AWS::SSM::Parameter", "/shop/db"),
        (f"arn:aws:dynamodb:{HERE}:table/orders/index/by-day", "AWS::DynamoDB::Table", "orders"),
        ("arn:aws:kms:eu-west-1:111122223333:key/1234", "AWS::KMS::Key", ""),
        ("arn:aws:s3", "AWS::S3::Bucket", ""),
        ("orders", "AWS::SQS::Queue", ""),
        ("", "AWS::SQS::Queue", ""),
    ],
)
def test_the_name_in_an_arn(arn: str, wanted: str, name: str) -> None:
    assert name_in(arn, wanted) == name


@given(st.text("ab-_.${}:/*"), st.sampled_from(["AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::Logs::LogGroup"]))
def test_whatever_stands_there(text: str, wanted: str) -> None:
    assert name_in("arn:aws:" + text, wanted) in text


@given(st.from_regex(r"[a-z][a-z0-9-]{2,30}", fullmatch=True))
def test_a_name_comes_back(name: str) -> None:
    assert name_in(f"arn:aws:lambda:eu-west-1:111122223333:function:{name}", "AWS::Lambda::Function") == name
