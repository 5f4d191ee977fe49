"""Properties of common resource types, under CloudFormation's names, good and bad settings mixed by chance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Properties = dict[str, Any]

_ACCOUNT = "123456789012"
_KEY = f"arn:aws:kms:eu-west-1:{_ACCOUNT}:key/11111111-2222-3333-4444-{{:012d}}"
_TEAMS = ("orders", "billing", "search", "identity", "media", "platform")


def _kms(random: Random) -> str:
    return _KEY.format(random.randrange(10**6))


def _name(random: Random) -> str:
    return f"{random.choice(_TEAMS)}-{random.choice(('dev', 'prod'))}-{random.randrange(10**6)}"


def _tags(random: Random) -> list[dict[str, str]]:
    tags = [{"Key": "Team", "Value": random.choice(_TEAMS)}, {"Key": "Stage", "Value": random.choice(("dev", "prod"))}]
    return tags[: random.randint(1, 2)]


def _chance(random: Random, part: float, properties: Properties) -> Properties:
    """The properties, with that probability; else none, as when nobody wrote them."""
    return properties if random.random() < part else {}


def _statement(random: Random, actions: list[str], resource: str) -> Properties:
    return {
        "Effect": "Allow",
        "Action": random.choice([*actions, [actions[0]], actions]),
        "Resource": random.choice(["*", resource, [resource, f"{resource}/*"]]),
    }


def _resource_policy(random: Random, action: str) -> Properties:
    service = {"Service": random.choice(("sns.amazonaws.com", "events.amazonaws.com"))}
    account = {"AWS": f"arn:aws:iam::{_ACCOUNT}:root"}
    statement = {
        "Effect": "Allow",
        "Principal": random.choice(("*", {"AWS": "*"}, service, account, account)),
        "Action": action,
        "Resource": "*",
        **_chance(random, 0.4, {"Condition": {"StringEquals": {"aws:SourceAccount": _ACCOUNT}}}),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def bucket(random: Random) -> Properties:
    """AWS::S3::Bucket."""
    algorithm = random.choice(({"SSEAlgorithm": "AES256"}, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _kms(random)}))
    blocked = {
        name: random.random() < 0.8
        for name in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    }
    encryption = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": algorithm}]}
    return {
        "BucketName": _name(random),
        "Tags": _tags(random),
        **_chance(random, 0.7, {"PublicAccessBlockConfiguration": blocked}),
        **_chance(random, 0.6, {"BucketEncryption": encryption}),
        **_chance(random, 0.5, {"VersioningConfiguration": {"Status": random.choice(("Enabled", "Suspended"))}}),
        **_chance(random, 0.3, {"LoggingConfiguration": {"DestinationBucketName": "logs", "LogFilePrefix": "a/"}}),
        **_chance(random, 0.1, {"WebsiteConfiguration": {"IndexDocument": "index.html"}}),
        **_chance(random, 0.2, {"AccessControl": random.choice(("Private", "PublicRead"))}),
    }


def security_group(random: Random) -> Properties:
    """AWS::EC2::SecurityGroup."""
    rules = []
    for port in random.sample((22, 80, 443, 3306, 3389, 5432, 6379, 8080), random.randint(0, 5)):
        source = random.choice(({"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}, {"CidrIpv6": "::/0"}))
        described = _chance(random, 0.5, {"Description": f"port {port}"})
        rules.append({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source, **described})
    return {
        "GroupDescription": _name(random),
        "VpcId": f"vpc-{random.randrange(16**8):08x}",
        "Tags": _tags(random),
        **_chance(random, 0.9, {"SecurityGroupIngress": rules}),
        **_chance(random, 0.5, {"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]}),
    }


def instance(random: Random) -> Properties:
    """AWS::EC2::Instance."""
    volume = {"VolumeSize": random.choice((8, 20, 100)), **_chance(random, 0.6, {"Encrypted": random.random() < 0.7})}
    interface = {"DeviceIndex": "0", "AssociatePublicIpAddress": random.random() < 0.4}
    return {
        "ImageId": f"ami-{random.randrange(16**8):08x}",
        "InstanceType": random.choice(("t3.micro", "m6i.large", "c6g.xlarge")),
        "Tags": _tags(random),
        **_chance(random, 0.6, {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": volume}]}),
        **_chance(random, 0.4, {"Monitoring": random.random() < 0.5}),
        **_chance(random, 0.5, {"IamInstanceProfile": _name(random)}),
        **_chance(random, 0.3, {"NetworkInterfaces": [interface]}),
        **_chance(random, 0.3, {"UserData": "IyEvYmluL2Jhc2gKZWNobyBoZWxsbwo="}),
    }


def database(random: Random) -> Properties:
    """AWS::RDS::DBInstance."""
    encrypted = {"StorageEncrypted": True, **_chance(random, 0.4, {"KmsKeyId": _kms(random)})}
    return {
        "Engine": random.choice(("postgres", "mysql", "mariadb")),
        "DBInstanceClass": random.choice(("db.t3.medium", "db.r6g.large")),
        "AllocatedStorage": str(random.choice((20, 100, 500))),
        "MasterUsername": random.choice(("admin", "app", "postgres")),
        "Tags": _tags(random),
        **random.choice((encrypted, encrypted, {"StorageEncrypted": False}, {})),
        **_chance(random, 0.5, {"PubliclyAccessible": random.random() < 0.2}),
        **_chance(random, 0.8, {"BackupRetentionPeriod": random.choice((0, 1, 7, 35))}),
        **_chance(random, 0.6, {"MultiAZ": random.random() < 0.5}),
        **_chance(random, 0.5, {"DeletionProtection": random.random() < 0.7}),
        **_chance(random, 0.3, {"EnableIAMDatabaseAuthentication": True}),
        **_chance(random, 0.3, {"AutoMinorVersionUpgrade": random.random() < 0.7}),
        **_chance(random, 0.3, {"ManageMasterUserPassword": True}),
        **_chance(random, 0.3, {"EnableCloudwatchLogsExports": ["error"]}),
    }


def table(random: Random) -> Properties:
    """AWS::DynamoDB::Table."""
    recovery = {"PointInTimeRecoveryEnabled": random.random() < 0.8}
    encryption = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": _kms(random)}
    return {
        "TableName": _name(random),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": random.choice("SN")}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "Tags": _tags(random),
        **_chance(random, 0.6, {"PointInTimeRecoverySpecification": recovery}),
        **_chance(random, 0.5, {"SSESpecification": random.choice((encryption, {"SSEEnabled": False}))}),
        **_chance(random, 0.4, {"DeletionProtectionEnabled": random.random() < 0.7}),
    }


def queue(random: Random) -> Properties:
    """AWS::SQS::Queue."""
    dead = {"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:{_ACCOUNT}:dead", "maxReceiveCount": 5}
    return {
        "QueueName": _name(random),
        "VisibilityTimeout": random.choice((30, 60, 300)),
        "Tags": _tags(random),
        **_chance(random, 0.4, {"KmsMasterKeyId": random.choice(("alias/aws/sqs", _kms(random)))}),
        **_chance(random, 0.3, {"SqsManagedSseEnabled": random.random() < 0.6}),
        **_chance(random, 0.6, {"RedrivePolicy": dead}),
    }


def topic(random: Random) -> Properties:
    """AWS::SNS::Topic."""
    return {
        "TopicName": _name(random),
        "Tags": _tags(random),
        **_chance(random, 0.4, {"KmsMasterKeyId": random.choice(("alias/aws/sns", _kms(random)))}),
        **_chance(random, 0.3, {"DisplayName": random.choice(_TEAMS)}),
    }


def function(random: Random) -> Properties:
    """AWS::Lambda::Function."""
    variables = {"STAGE": "prod", "LOG_LEVEL": "info", **_chance(random, 0.1, {"API_TOKEN": "not-a-real-token"})}
    network = {"SubnetIds": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0a1b2c3d"]}
    return {
        "FunctionName": _name(random),
        "Role": f"arn:aws:iam::{_ACCOUNT}:role/{_name(random)}",
        "Runtime": random.choice(("python3.12", "python3.8", "nodejs20.x", "nodejs14.x", "java21")),
        "Handler": "app.handler",
        "Code": {"S3Bucket": "artifacts", "S3Key": f"{_name(random)}.zip"},
        "Tags": _tags(random),
        **_chance(random, 0.7, {"Environment": {"Variables": variables}}),
        **_chance(random, 0.5, {"TracingConfig": {"Mode": random.choice(("Active", "PassThrough"))}}),
        **_chance(random, 0.3, {"VpcConfig": network}),
        **_chance(random, 0.2, {"KmsKeyArn": _kms(random)}),
        **_chance(random, 0.3, {"ReservedConcurrentExecutions": random.choice((5, 50))}),
    }


def role(random: Random) -> Properties:
    """AWS::IAM::Role."""
    service = random.choice(("lambda", "ec2", "ecs-tasks"))
    principal = random.choice(
        ({"Service": f"{service}.amazonaws.com"}, {"AWS": f"arn:aws:iam::{_ACCOUNT}:root"}, {"AWS": "*"})
    )
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    actions = random.choice((["s3:GetObject", "s3:*"], ["dynamodb:GetItem", "dynamodb:*"], ["*", "iam:PassRole"]))
    statements = [_statement(random, actions, f"arn:aws:s3:::{_name(random)}") for _ in range(random.randint(1, 4))]
    policy = {"PolicyName": "access", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    managed = f"arn:aws:iam::aws:policy/{random.choice(('AdministratorAccess', 'ReadOnlyAccess'))}"
    return {
        "RoleName": _name(random),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Tags": _tags(random),
        **_chance(random, 0.7, {"Policies": [policy]}),
        **_chance(random, 0.4, {"ManagedPolicyArns": [managed]}),
        **_chance(random, 0.2, {"PermissionsBoundary": f"arn:aws:iam::{_ACCOUNT}:policy/boundary"}),
    }


def key(random: Random) -> Properties:
    """AWS::KMS::Key."""
    return {
        "Description": _name(random),
        "KeyPolicy": _resource_policy(random, "kms:*"),
        "Tags": _tags(random),
        **_chance(random, 0.7, {"EnableKeyRotation": random.random() < 0.7}),
        **_chance(random, 0.3, {"PendingWindowInDays": random.choice((7, 30))}),
    }


def log_group(random: Random) -> Properties:
    """AWS::Logs::LogGroup."""
    return {
        "LogGroupName": f"/aws/lambda/{_name(random)}",
        "Tags": _tags(random),
        **_chance(random, 0.7, {"RetentionInDays": random.choice((1, 7, 30, 365))}),
        **_chance(random, 0.3, {"KmsKeyId": _kms(random)}),
    }


def volume(random: Random) -> Properties:
    """AWS::EC2::Volume."""
    return {
        "AvailabilityZone": random.choice(("eu-west-1a", "eu-west-1b")),
        "Size": random.choice((8, 50, 500)),
        "VolumeType": random.choice(("gp2", "gp3", "io2")),
        "Tags": _tags(random),
        **_chance(random, 0.7, {"Encrypted": random.random() < 0.7}),
        **_chance(random, 0.3, {"KmsKeyId": _kms(random)}),
    }


MAKERS: dict[str, tuple[int, Callable[[Random], Properties]]] = {
    "AWS::S3::Bucket": (10, bucket),
    "AWS::EC2::SecurityGroup": (14, security_group),
    "AWS::EC2::Instance": (12, instance),
    "AWS::RDS::DBInstance": (4, database),
    "AWS::DynamoDB::Table": (6, table),
    "AWS::SQS::Queue": (8, queue),
    "AWS::SNS::Topic": (5, topic),
    "AWS::Lambda::Function": (10, function),
    "AWS::IAM::Role": (14, role),
    "AWS::KMS::Key": (3, key),
    "AWS::Logs::LogGroup": (10, log_group),
    "AWS::EC2::Volume": (4, volume),
}
"""How common each type is, and what makes its properties."""


def distinct(make: Callable[[Random], Properties], count: int, random: Random) -> list[str]:
    """`count` property sets as JSON text."""
    return [json.dumps(make(random), separators=(",", ":")) for _ in range(count)]
