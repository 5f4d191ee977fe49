"""One stack as Terraform, as CloudFormation, and as it is in moto's account."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bastide.drift.find import Drift, find_drift, uncovered_by_collectors
from bastide.drift.sides import Asked, Side, read_cloud, read_code
from bastide.resources.estate import READ
from bastide.resources.model import Link, Resource
from bastide.settings import load_settings
from tests.sources.aws.conftest import ACCOUNT, REGION, aws, credentials, moto_url

__all__ = ["aws", "credentials", "moto_url"]

SERVICES = ["ec2", "iam", "kms", "s3", "sqs", "dynamodb"]
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                                               "Action": "sts:AssumeRole"}]}  # fmt: skip
READS = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::data-of-tests/*", "*"]},
    {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*",
     "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
]}  # fmt: skip

TERRAFORM = """\
resource "aws_s3_bucket" "data" {
  bucket = "data-of-tests"
  tags   = { team = "a", cost = "b" }
}
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.key.arn
    }
  }
}
resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "tls", Effect = "Deny", Principal = "*", Action = "s3:*"
      Resource  = ["${aws_s3_bucket.data.arn}/*", aws_s3_bucket.data.arn]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
resource "aws_kms_key" "key" {
  description         = "of tests"
  enable_key_rotation = true
}
resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  kms_master_key_id          = aws_kms_key.key.arn
  visibility_timeout_seconds = 60
}
resource "aws_dynamodb_table" "rows" {
  name         = "rows"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_security_group" "web" {
  name        = "web"
  description = "of tests"
  vpc_id      = var.vpc
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
variable "vpc" {}
resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = jsonencode(TRUST)
}
resource "aws_iam_role_policy" "worker" {
  name   = "reads"
  role   = aws_iam_role.worker.id
  policy = jsonencode(READS)
}
resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::123456789012:policy/reads-too"
}
""".replace("TRUST", json.dumps(TRUST)).replace("READS", json.dumps(READS))

CLOUDFORMATION: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}},
    "Resources": {
        "Data": {"Type": "AWS::S3::Bucket", "Properties": {
            "BucketName": "data-of-tests",
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True,
                "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms",
                                                  "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True,
                                               "IgnorePublicAcls": True, "RestrictPublicBuckets": True},
            "Tags": [{"Key": "cost", "Value": "b"}, {"Key": "team", "Value": "a"}]}},
        "DataPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Data"}, "PolicyDocument": {
            "Statement": {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:*"],
                "Resource": [{"Fn::GetAtt": ["Data", "Arn"]}, {"Fn::Sub": "${Data.Arn}/*"}],
                "Condition": {"Bool": {"aws:SecureTransport": False}}}}}},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": "of tests", "EnableKeyRotation": True,
            "KeyPolicy": {"Ref": "AWS::NoValue"}}},
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs", "VisibilityTimeout": "60",
            "KmsMasterKeyId": {"Ref": "Key"}}},
        "Rows": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "rows", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}},
        "Web": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupName": "web", "GroupDescription": "of tests",
            "VpcId": {"Ref": "Vpc"},
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "192.168.0.0/16"}]}},
        "WebInside": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
            "GroupId": {"Fn::GetAtt": ["Web", "GroupId"]}, "IpProtocol": "tcp", "FromPort": "443",
            "ToPort": "443", "CidrIp": "10.0.0.0/8"}},
        "Worker": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "worker", "AssumeRolePolicyDocument": TRUST,
            "ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/reads-too"}]}},
        "Reads": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "reads", "PolicyDocument": READS,
            "Roles": [{"Ref": "Worker"}]}},
    },
}  # fmt: skip

SOURCES = {"main.tf": TERRAFORM, "template.json": json.dumps(CLOUDFORMATION)}


def make_stack(aws: Callable[..., Any]) -> None:
    """The stack, by hand."""
    key = aws("kms").create_key(Description="of tests")["KeyMetadata"]
    aws("kms").enable_key_rotation(KeyId=key["KeyId"])
    s3 = aws("s3")
    s3.create_bucket(Bucket="data-of-tests", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="data-of-tests", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(
        Bucket="data-of-tests", Tagging={"TagSet": [{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}]}
    )
    s3.put_bucket_encryption(
        Bucket="data-of-tests",
        ServerSideEncryptionConfiguration={"Rules": [{"BucketKeyEnabled": True, "ApplyServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}}]},
    )  # fmt: skip
    s3.put_public_access_block(
        Bucket="data-of-tests",
        PublicAccessBlockConfiguration=CLOUDFORMATION["Resources"]["Data"]["Properties"][
            "PublicAccessBlockConfiguration"
        ],
    )
    statement = {"Sid": "tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                 "Resource": ["arn:aws:s3:::data-of-tests", "arn:aws:s3:::data-of-tests/*"],
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
    s3.put_bucket_policy(Bucket="data-of-tests", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    aws("sqs").create_queue(QueueName="jobs", Attributes={"KmsMasterKeyId": key["Arn"], "VisibilityTimeout": "60"})
    aws("dynamodb").create_table(
        TableName="rows",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="of tests", VpcId=vpc)["GroupId"]
    ranges = [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "192.168.0.0/16"}]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}]
    )
    iam = aws("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="worker", PolicyName="reads", PolicyDocument=json.dumps(READS))
    managed = iam.create_policy(PolicyName="reads-too", PolicyDocument=json.dumps(READS))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=managed)


@dataclass
class Account:
    """moto's account, read once, to compare any code with."""

    folder: Path
    settings: dict[str, Any]
    cloud: Side | None = None

    def code(self, name: str, text: str) -> Side:
        """What a file with this text says."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        (self.folder / name).write_text(text)
        return read_code([str(self.folder)], self.settings, lambda *_: None)

    def drift(self, name: str, text: str) -> Drift:
        """The drift of this code and the account."""
        code = self.code(name, text)
        if self.cloud is None:
            self.cloud = read_cloud("aws", code, Asked(self.settings, "", lambda *_: None))
        return find_drift(code, self.cloud, uncovered_by_collectors())


@pytest.fixture
def account(aws: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account with the stack in it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    make_stack(aws)
    only = ["s3.bucket-*", "ec2.security-group-*", "sqs.*"]
    arguments = {"regions": [REGION], "services": SERVICES, "targets": [], "only": only}
    return Account(tmp_path / "code", load_settings(arguments, environment={}).scan)


def code(kind: str, address: str, properties: dict[str, Any], **more: Any) -> Resource:
    """A resource of the code; `links` are pairs of a property and an address."""
    links = [Link(at, target, "id") for at, target in more.pop("links", ())]
    more.setdefault("source", "terraform")
    return Resource(kind, address, "infra", more.pop("source"), "main.tf", 1, 2, properties, links=links, **more)


def live(kind: str, identity: str, properties: dict[str, Any], region: str = REGION, **more: Any) -> Resource:
    """A live resource."""
    unit = f"aws:{ACCOUNT}"
    metadata = {"region": region, "id": identity, **more.pop("metadata", {})}
    address = more.pop("address", f"arn:aws:test:{region}:{ACCOUNT}:x/{identity}")
    return Resource(kind, address, unit, "aws", f"{unit}/{region}", 0, 0, properties, kind, metadata=metadata, **more)


def mark(*types: str, **unread: dict[str, str]) -> Resource:
    """The mark of an account of which these types were read."""
    unit = f"aws:{ACCOUNT}"
    properties = {"types": dict.fromkeys(types, "region"), "unread": unread, "regions": [REGION], "complete": True}
    return Resource(READ, f"{unit}/read", unit, "aws", unit, 0, 0, properties)


def sides(mine: list[Resource], theirs: list[Resource], **unread: dict[str, str]) -> tuple[Side, Side]:
    """Both sides, with every type read."""
    types = {one.type for one in (*mine, *theirs)}
    return Side("infra", mine), Side("aws", theirs, marks=[mark(*types, **unread)])
