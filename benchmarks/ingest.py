"""Ingest measured: realistic CloudTrail is made, then brought into a lake; events a second, CPU seconds and memory.

`python -m benchmarks.ingest [EVENTS] [--jobs N] [--folder DIR]` prints one line of figures.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1")
PER_FILE = 20_000
_FILTER = {"items": [{"name": "tag:app", "valueSet": {"items": [{"value": "shop"}]}}]}
_CREDENTIALS = {"accessKeyId": "ASIAEXAMPLE", "sessionToken": "x" * 300, "expiration": "Nov 27, 2026, 1:11:13 PM"}
_ASSUMED = {"assumedRoleId": "AROAEXAMPLE:i-0abc", "arn": "arn:aws:sts::111111111111:assumed-role/d/i"}
_ASSUME = {"roleArn": "arn:aws:iam::111111111111:role/deploy", "roleSessionName": "i-0abc", "durationSeconds": 3600}
_ACL = {"bucketName": "logs", "Host": "logs.s3.amazonaws.com", "acl": ""}
_CONTEXT = {"aws:s3:arn": "arn:aws:s3:::logs/part-0001"}
_KEY = {"userName": "backup", "accessKeyId": "AKIAEXAMPLE", "status": "Active", "createDate": "Nov 27, 2026"}
_RUN = {"instancesSet": {"items": [{"imageId": "ami-0abc", "minCount": 1}]}, "instanceType": "m6i.large"}
_RAN = {"instancesSet": {"items": [{"instanceId": "i-0abc", "privateIpAddress": "10.0.0.7", "state": {"code": 0}}]}}
CALLS: tuple[tuple[str, str, bool, dict[str, Any], dict[str, Any] | None, int], ...] = (
    ("ec2.amazonaws.com", "DescribeInstances", True, {"instancesSet": {}, "filterSet": _FILTER}, None, 14),
    ("sts.amazonaws.com", "AssumeRole", True, _ASSUME, {"credentials": _CREDENTIALS, "assumedRoleUser": _ASSUMED}, 22),
    ("s3.amazonaws.com", "GetBucketAcl", True, _ACL, None, 9),
    ("kms.amazonaws.com", "Decrypt", True, {"encryptionContext": _CONTEXT}, None, 20),
    ("logs.amazonaws.com", "CreateLogStream", False, {"logGroupName": "/aws/lambda/api"}, None, 8),
    ("lambda.amazonaws.com", "ListFunctions20150331", True, {"maxItems": 50}, None, 6),
    ("iam.amazonaws.com", "ListRoles", True, {"maxItems": 1000}, None, 5),
    ("iam.amazonaws.com", "CreateAccessKey", False, {"userName": "backup"}, {"accessKey": _KEY}, 1),
    ("signin.amazonaws.com", "ConsoleLogin", False, {}, {"ConsoleLogin": "Success"}, 1),
    ("ec2.amazonaws.com", "RunInstances", False, _RUN, _RAN, 2),
    ("dynamodb.amazonaws.com", "DescribeTable", True, {"tableName": "orders"}, None, 7),
    ("monitoring.amazonaws.com", "PutMetricAlarm", False, {"alarmName": "cpu", "threshold": 80.0}, None, 3),
)
"""Source, name, whether it only reads, parameters, answer, and how often it comes."""
AGENTS = (
    "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.173.0",
    "Boto3/1.34.100 md/Botocore#1.34.100 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12.3",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "AWS Internal",
)
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com", "autoscaling.amazonaws.com")


class Events:
    """CloudTrail events that look like a workload's: some 1.3 kB each, one in eight sent by a service."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.calls = random.Random(seed).choices(CALLS, [call[5] for call in CALLS], k=4096)

    def event(self, account: str, region: str, second: int) -> dict[str, Any]:
        """One event of an account and region, so many seconds after 2026-11-01."""
        choose = self.random
        source, name, read_only, request, response, _ = choose.choice(self.calls)
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_793_491_200 + second))
        service = choose.random() < 0.12
        event = {
            "eventVersion": "1.09",
            "userIdentity": self.identity(account, choose.randrange(400), when, service=service),
            "eventTime": when,
            "eventSource": source,
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": choose.choice(SERVICES)
            if service
            else f"10.{choose.randrange(9)}.{choose.randrange(250)}.9",
            "userAgent": choose.choice(AGENTS),
        }
        if choose.random() < 0.03:
            event |= {"errorCode": "AccessDenied", "errorMessage": "User is not authorized to perform: " + name}
        event |= {
            "requestParameters": request or None,
            "responseElements": response,
            "requestID": str(uuid.UUID(int=choose.getrandbits(128), version=4)),
            "eventID": str(uuid.UUID(int=choose.getrandbits(128), version=4)),
            "readOnly": read_only,
        }
        if source == "kms.amazonaws.com":
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

    def identity(self, account: str, who: int, when: str, *, service: bool) -> dict[str, Any]:
        """`userIdentity` of a role's session, of a user, or of a service."""
        if service:
            return {"type": "AWSService", "invokedBy": SERVICES[who % 3]}
        if who < 40:
            return {
                "type": "IAMUser", "principalId": f"AIDA{who:016d}", "arn": f"arn:aws:iam::{account}:user/u{who}",
                "accountId": account, "accessKeyId": f"AKIA{who:016d}", "userName": f"u{who}",
            }  # fmt: skip
        return {
            "type": "AssumedRole",
            "principalId": f"AROA{who:016d}:i-{who:017x}",
            "arn": f"arn:aws:sts::{account}:assumed-role/role-{who}/i-{who:017x}",
            "accountId": account,
            "accessKeyId": f"ASIA{who:016d}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": f"AROA{who:016d}",
                    "arn": f"arn:aws:iam::{account}:role/role-{who}", "accountId": account, "userName": f"role-{who}",
                },
                "attributes": {"creationDate": when, "mfaAuthenticated": "false"},
            },
        }  # fmt: skip


def write_trail(folder: Path, events: int, seed: int = 1, per_file: int = PER_FILE) -> int:
    """CloudTrail files below the folder as a trail writes them, with so many events; their bytes when unpacked."""
    made, total, number = Events(seed), 0, 0
    while events > 0:
        account, region = ACCOUNTS[number % 3], REGIONS[number // 3 % 3]
        count, day = min(per_file, events), number // 9
        start = day * 86_400
        records = [made.event(account, region, start + index * 86_400 // per_file) for index in range(count)]
        text = json.dumps({"Records": records}, separators=(",", ":")).encode()
        place = folder / f"AWSLogs/{account}/CloudTrail/{region}/2026/11/{day + 1:02d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{account}_CloudTrail_{region}_{number:06d}.json.gz").write_bytes(gzip.compress(text, 6))
        total, events, number = total + len(text), events - count, number + 1
    return total


def measure(folder: Path, lake: Path, jobs: int | None = None) -> dict[str, float]:
    """Seconds and CPU seconds of `bastide ingest`, and the memory of its largest process in MB."""
    command = [sys.executable, "-m", "bastide", "ingest", str(folder), "--lake", str(lake)]
    command += ["--jobs", str(jobs)] if jobs else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu_seconds": cpu, "largest_mb": after.ru_maxrss / 1024}


def main() -> None:
    """Make the events, bring them in, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events", type=int, nargs="?", default=600_000)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--folder", type=Path, help="keep the events here, and use those that are there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bastide-ingest-") as scratch:
        folder = arguments.folder or Path(scratch) / "trail"
        if not folder.exists():
            size = write_trail(folder, arguments.events)
            print(f"{arguments.events} events, {size / arguments.events:.0f} bytes each", file=sys.stderr)
        found = measure(folder, Path(scratch) / "lake", arguments.jobs)
    rate, cpu_rate = (arguments.events / found[key] for key in ("seconds", "cpu_seconds"))
    print(
        f"{arguments.events} events: {found['seconds']:.2f} s, {rate:,.0f} events/s; {found['cpu_seconds']:.2f} CPU "
        f"seconds, {cpu_rate:,.0f} events a CPU second; largest process {found['largest_mb']:.0f} MB"
    )


if __name__ == "__main__":
    main()
