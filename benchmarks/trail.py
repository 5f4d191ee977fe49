"""CloudTrail as a workload's accounts write it, made: what comes often comes often, hundreds of calls come rarely.

Nine tenths of the events are some forty calls of services, of code in roles and of pipelines (`OFTEN`); the rest are
the operations of many services, taken from botocore's models with parameters by their names. Actors are roles of
instances, of functions and of pipelines, services, people by single sign-on, and a few users with keys.
"""

from __future__ import annotations

import gzip
import random
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1")
PER_FILE = 20_000
MOSTLY = 0.7
"""The share of roles that services assume, for instances and functions."""
START = 1_793_491_200
"""2026-11-01 in seconds."""
DAY = 86_400

_CREDENTIALS = {"accessKeyId": "ASIAEXAMPLE", "sessionToken": "x" * 300, "expiration": "Nov 27, 2026, 1:11:13 PM"}
_ASSUMED = {"assumedRoleId": "AROAEXAMPLE:i-0abc", "arn": "arn:aws:sts::111111111111:assumed-role/d/i"}
_FILTER = {"items": [{"name": "tag:app", "valueSet": {"items": [{"value": "shop"}]}}]}
OFTEN: tuple[tuple[str, str, bool, dict[str, Any], dict[str, Any] | None, float], ...] = (
    ("sts", "AssumeRole", True, {"roleArn": "arn:aws:iam::111111111111:role/{n}", "roleSessionName": "s-{n}"},
     {"credentials": _CREDENTIALS, "assumedRoleUser": _ASSUMED}, 22),
    ("kms", "Decrypt", True, {"encryptionContext": {"aws:s3:arn": "arn:aws:s3:::logs/{n}"}}, None, 12),
    ("kms", "GenerateDataKey", True, {"keySpec": "AES_256", "keyId": "arn:aws:kms:::key/{n}"}, None, 7),
    ("ssm", "UpdateInstanceInformation", False, {"instanceId": "i-{n}", "agentVersion": "3.3.1"}, None, 6),
    ("ssm", "ListInstanceAssociations", True, {"instanceId": "i-{n}", "maxResults": 20}, None, 3),
    ("ssm", "OpenDataChannel", False, {"instanceId": "i-{n}"}, None, 1),
    ("ssm", "GetParameter", True, {"name": "/shop/{n}", "withDecryption": True}, None, 1.5),
    ("ssm", "GetParametersByPath", True, {"path": "/shop/", "recursive": True}, None, 0.6),
    ("logs", "CreateLogStream", False, {"logGroupName": "/aws/lambda/api", "logStreamName": "{n}"}, None, 5),
    ("logs", "DescribeLogStreams", True, {"logGroupName": "/aws/lambda/api"}, None, 1),
    ("logs", "DescribeLogGroups", True, {"limit": 50}, None, 0.8),
    ("s3", "GetBucketAcl", True, {"bucketName": "logs", "Host": "logs.s3.amazonaws.com", "acl": ""}, None, 3),
    ("s3", "GetBucketLocation", True, {"bucketName": "b-{n}", "location": ""}, None, 1.2),
    ("s3", "HeadBucket", True, {"bucketName": "b-{n}"}, None, 1.2),
    ("s3", "ListBuckets", True, {"Host": "s3.amazonaws.com"}, None, 0.3),
    ("ec2", "DescribeInstances", True, {"instancesSet": {}, "filterSet": _FILTER}, None, 5),
    ("ec2", "DescribeInstanceStatus", True, {"instancesSet": {}, "includeAllInstances": True}, None, 2),
    ("ec2", "DescribeVolumes", True, {"volumeSet": {}, "filterSet": _FILTER}, None, 1),
    ("ec2", "DescribeSecurityGroups", True, {"securityGroupSet": {}, "filterSet": _FILTER}, None, 1),
    ("ec2", "DescribeNetworkInterfaces", True, {"networkInterfaceIdSet": {}, "filterSet": _FILTER}, None, 1.5),
    ("ec2", "CreateNetworkInterface", False, {"subnetId": "subnet-{n}"}, {"networkInterface": {"id": "{n}"}}, 0.5),
    ("ec2", "DeleteNetworkInterface", False, {"networkInterfaceId": "eni-{n}"}, {"_return": True}, 0.5),
    ("ec2", "CreateTags", False, {"resourcesSet": {"items": [{"resourceId": "i-{n}"}]}}, {"_return": True}, 0.4),
    ("ec2", "RunInstances", False, {"instancesSet": {"items": [{"imageId": "ami-{n}"}]}, "instanceType": "m6i.large"},
     {"instancesSet": {"items": [{"instanceId": "i-{n}", "privateIpAddress": "10.0.0.7"}]}}, 0.08),
    ("ec2", "TerminateInstances", False, {"instancesSet": {"items": [{"instanceId": "i-{n}"}]}}, None, 0.08),
    ("ecs", "RegisterContainerInstance", False, {"cluster": "shop"}, None, 0.3),
    ("ecs", "DiscoverPollEndpoint", True, {"containerInstance": "{n}"}, None, 1.5),
    ("ecs", "SubmitTaskStateChange", False, {"cluster": "shop", "status": "RUNNING"}, None, 0.8),
    ("ecr", "BatchGetImage", True, {"repositoryName": "shop", "imageIds": [{"imageTag": "{n}"}]}, None, 1),
    ("ecr", "GetAuthorizationToken", True, {}, None, 0.8),
    ("elasticloadbalancing", "DescribeTargetHealth", True, {"targetGroupArn": "arn:tg/{n}"}, None, 2),
    ("elasticloadbalancing", "DescribeLoadBalancers", True, {"pageSize": 100}, None, 1),
    ("dynamodb", "DescribeTable", True, {"tableName": "orders"}, None, 2),
    ("lambda", "ListFunctions20150331", True, {"maxItems": 50}, None, 0.6),
    ("lambda", "GetFunction20150331v2", True, {"functionName": "f-{n}"}, None, 0.7),
    ("monitoring", "DescribeAlarms", True, {"maxRecords": 100}, None, 1.5),
    ("autoscaling", "DescribeAutoScalingGroups", True, {"maxRecords": 100}, None, 1.2),
    ("secretsmanager", "GetSecretValue", True, {"secretId": "shop/{n}"}, None, 1.2),
    ("sts", "GetCallerIdentity", True, {}, None, 0.8),
    ("sts", "AssumeRoleWithWebIdentity", True, {"roleArn": "arn:aws:iam::111111111111:role/{n}"}, None, 2),
    ("iam", "GetRole", True, {"roleName": "role-{n}"}, None, 0.5),
    ("iam", "ListRoles", True, {"maxItems": 1000}, None, 0.15),
    ("cloudformation", "DescribeStacks", True, {"stackName": "shop"}, None, 0.6),
    ("rds", "DescribeDBInstances", True, {"maxRecords": 100}, None, 0.4),
    ("config", "PutEvaluations", False, {"evaluations": [{"complianceType": "COMPLIANT"}]}, None, 0.5),
    ("signin", "ConsoleLogin", False, {}, {"ConsoleLogin": "Success"}, 0.02),
)  # fmt: skip
"""Service, name, whether it only reads, parameters, answer, and how often it comes in a hundred."""
RARE = (
    "iam", "s3", "ec2", "rds", "lambda", "kms", "secretsmanager", "ssm", "cloudtrail", "guardduty", "config", "logs",
    "organizations", "ecs", "ecr", "eks", "dynamodb", "sns", "sqs", "cloudformation", "route53", "events", "glue",
    "athena", "sagemaker", "bedrock", "ses", "cloudfront", "wafv2", "codebuild", "backup", "efs", "redshift", "acm",
)  # fmt: skip
"""Services whose operations come rarely, each as rarely as the others."""
AGENTS = (
    "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.173.0",
    "Boto3/1.34.100 md/Botocore#1.34.100 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12.3",
    "aws-sdk-java/2.25.40 Linux/5.10 OpenJDK_64-Bit_Server_VM/17.0.11 vendor/Amazon.com_Inc. io/async http/NettyNio",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 terraform-provider-aws/5.60.0 aws-sdk-go-v2/1.30.3",
    "aws-cli/2.17.20 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.8",
    "AWS Internal",
)
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com", "autoscaling.amazonaws.com", "config.amazonaws.com")
Call = tuple[str, str, bool, dict[str, Any], dict[str, Any] | None]


@cache
def rare() -> list[Call]:
    """The operations of `RARE`, as CloudTrail names them nearly always, with a few of their parameters."""
    import botocore.session

    session = botocore.session.get_session()
    found: list[Call] = []
    for service in RARE:
        model = session.get_service_model(service)
        for name in model.operation_names:
            shape = model.operation_model(name).input_shape
            members = list(shape.members)[:3] if shape else []
            given = {f"{word[0].lower()}{word[1:]}": "value-{n}" for word in members}
            found.append((service, name, name.startswith(("Get", "List", "Describe")), given, None))
    return found


class Events:
    """Events of some 1.3 kB each."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        often = [call[:5] for call in OFTEN]
        total = sum(call[5] for call in OFTEN)
        once = (100 - total) / len(rare()) if total < 100 else 0.01
        self.calls = random.Random(seed).choices(
            [*often, *rare()], [*(call[5] for call in OFTEN), *(once for _ in rare())], k=1 << 16
        )

    def event(self, account: str, region: str, second: int) -> dict[str, Any]:
        """One event of an account and region, so many seconds after 2026-11-01."""
        choose = self.random
        service, name, read_only, request, response = choose.choice(self.calls)
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + second))
        who, number = choose.random(), choose.randrange(400)
        if name == "AssumeRole" and choose.random() < MOSTLY:
            who = 0.0
        source = f"{service}.amazonaws.com"
        event = {
            "eventVersion": "1.09",
            "userIdentity": self.identity(account, who, number, when),
            "eventTime": when,
            "eventSource": source,
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": SERVICES[number % 4]
            if who < 0.15
            else f"10.{number % 9}.{number % 250}.{number % 3}"
            if who < 0.9
            else f"203.0.113.{number % 60}",
            "userAgent": SERVICES[number % 4] if who < 0.15 else AGENTS[number % len(AGENTS)],
        }
        if choose.random() < 0.03:
            event |= {"errorCode": "AccessDenied", "errorMessage": "User is not authorized to perform: " + name}
        several = f"{7 * number + choose.randrange(3):04x}"  # who does something does it again with the same things
        event |= {
            "requestParameters": _filled(request, several) or None,
            "responseElements": _filled(response, several),
            "requestID": str(uuid.UUID(int=choose.getrandbits(128), version=4)),
            "eventID": str(uuid.UUID(int=choose.getrandbits(128), version=4)),
            "readOnly": read_only,
        }
        if service == "kms":
            arn = f"arn:aws:kms:{region}:{account}:key/0000"
            event["resources"] = [{"accountId": account, "type": "AWS::KMS::Key", "ARN": arn}]
        event |= {
            "eventType": "AwsConsoleSignIn" if name == "ConsoleLogin" else "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": account,
            "eventCategory": "Management",
            "tlsDetails": {
                "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": source,
            },
        }  # fmt: skip
        if name == "ConsoleLogin":
            event["additionalEventData"] = {"MFAUsed": choose.choice(("Yes", "No")), "MobileVersion": "No"}
        return event

    @staticmethod
    def identity(account: str, who: float, number: int, when: str) -> dict[str, Any]:
        """`userIdentity` of a service, of a role's session (an instance's, a function's, a person's), or of a user."""
        if who < 0.15:
            return {"type": "AWSService", "invokedBy": SERVICES[number % 4]}
        if who >= 0.97:
            name = f"u{number % 20}"
            return {
                "type": "IAMUser", "principalId": f"AIDA{number % 20:016d}", "userName": name, "accountId": account,
                "arn": f"arn:aws:iam::{account}:user/{name}", "accessKeyId": f"AKIA{number % 20:016d}",
            }  # fmt: skip
        session = (
            f"i-{number:017x}" if who < 0.5 else f"function-{number}" if who < 0.9 else f"jo{number % 60}@example.com"
        )
        role = f"role-{number}" if who < 0.9 else "AWSReservedSSO_Developer_0123456789abcdef"
        return {
            "type": "AssumedRole",
            "principalId": f"AROA{number:016d}:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "accountId": account,
            "accessKeyId": f"ASIA{number:016d}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": f"AROA{number:016d}",
                    "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account, "userName": role,
                },
                "attributes": {"creationDate": when, "mfaAuthenticated": "false"},
            },
        }  # fmt: skip


def _filled(value: Any, several: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, several) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, several) for inner in value]
    return value.replace("{n}", several) if isinstance(value, str) else value


def write_trail(folder: Path, events: int, seed: int = 1, per_file: int = PER_FILE) -> int:
    """CloudTrail files below the folder as a trail writes them, with so many events; their bytes when unpacked.

    However many there are, a file's events are in memory, and the one before as text: it is packed meanwhile.
    """
    made, total, number = Events(seed), 0, 0
    with ThreadPoolExecutor(1) as beside:
        packed: Future[None] | None = None
        while events > 0:
            account, region = ACCOUNTS[number % 3], REGIONS[number // 3 % 3]
            count, start = min(per_file, events), number // 9 * DAY
            records = [made.event(account, region, start + index * DAY // per_file) for index in range(count)]
            text = msgspec.json.encode({"Records": records})
            day = time.strftime("%Y/%m/%d", time.gmtime(START + start))
            place = folder / f"AWSLogs/{account}/CloudTrail/{region}/{day}"
            if packed:
                packed.result()
            packed = beside.submit(_write, place / f"{account}_CloudTrail_{region}_{number:06d}.json.gz", text)
            total, events, number = total + len(text), events - count, number + 1
        if packed:
            packed.result()
    return total


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text, 6))
