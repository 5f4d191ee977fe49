"""An emulated AWS account in a process of its own, that counts the calls which reach it.

`python benchmarks/harness/emulated.py EACH` serves until its standard input ends. Its first line on standard output is
its address. `GET /bench/calls` answers with the calls since the last `DELETE`, by service and operation, as JSON.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DOOR = "/bench/calls"
REGIONS = ("eu-west-1", "us-east-1")
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")


class Counting:
    """A WSGI application that counts what is asked of the one behind it, retries too."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer the bench itself, or count the call and hand it on."""
        if environ["PATH_INFO"] == DOOR:
            body = json.dumps(self.calls).encode()
            if environ["REQUEST_METHOD"] == "DELETE":
                self.calls.clear()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        name = name_of(environ)
        with self._lock:
            self.calls[name] += 1
        found: Iterable[bytes] = self.application(environ, start_response)
        return found


def name_of(environ: dict[str, Any]) -> str:
    """The service that a call was signed for, and its operation, or where the protocol has none the resource asked."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    signed = SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", ""))
    if target := environ.get("HTTP_X_AMZ_TARGET", ""):
        operation = target.rpartition(".")[2]
    elif action := ACTION.search(body):
        operation = action[1].decode()
    else:
        parts = environ["PATH_INFO"].strip("/").split("/")[1:2]
        parts += [word for word in environ.get("QUERY_STRING", "").split("&") if word and "=" not in word.rstrip("=")]
        operation = " ".join([environ["REQUEST_METHOD"], *parts])
    return f"{signed[1] if signed else '-'}:{operation}"


class Account:
    """The account from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def forget(self) -> None:
        """Begin to count anew."""
        self._ask("DELETE")

    def calls(self) -> dict[str, int]:
        """The calls since then, by service and operation."""
        found: dict[str, int] = json.loads(self._ask("GET"))
        return found

    def _ask(self, method: str) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(self.url + DOOR, method=method)) as answer:
            found: bytes = answer.read()
        return found


@contextmanager
def emulated(each: int) -> Iterator[Account]:
    """A running account that has `each` resources of every kind."""
    command = [sys.executable, __file__, str(each)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("the emulated account did not start")
        yield Account(url)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def fill(client: Callable[..., Any], account: str, each: int) -> None:
    """`each` buckets, roles, users, policies, groups, volumes, keys, queues, topics, tables, functions, secrets."""
    import emulate

    network = client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for number in range(each):
        good = number % 2 == 0
        emulate.bucket(client("s3"), f"bench-{account}-{number}", good=good)
        _identities(client("iam"), number, account)
        region = REGIONS[number % len(REGIONS)]
        ec2 = client("ec2", REGIONS[0])
        group = ec2.create_security_group(GroupName=f"bench-{number}", Description="bench", VpcId=network)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8" if good else "0.0.0.0/0"
        )
        ec2.create_volume(AvailabilityZone=f"{REGIONS[0]}a", Size=8, Encrypted=good)
        key = client("kms", region).create_key(Description="bench")["KeyMetadata"]["KeyId"]
        client("sqs", region).create_queue(
            QueueName=f"bench-{number}", Attributes={"KmsMasterKeyId": key} if good else {}
        )
        client("sns", region).create_topic(Name=f"bench-{number}")
        client("secretsmanager", region).create_secret(Name=f"bench-{number}", SecretString="worthless")
        client("ecr", region).create_repository(repositoryName=f"bench-{number}")
        client("dynamodb", region).create_table(
            TableName=f"bench-{number}", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )  # fmt: skip
    emulate.database(client, encrypted=True)
    emulate.function(client, account, {"STAGE": "prod"})
    emulate.network(client, open_port=22)


def _identities(iam: Any, number: int, account: str) -> None:
    import emulate

    trust = emulate.trust({"AWS": f"arn:aws:iam::{account}:root"})
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" if number % 2 else "arn:aws:s3:::bench/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = iam.create_policy(PolicyName=f"bench-{number}", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_role(RoleName=f"bench-{number}", AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName=f"bench-{number}", PolicyArn=policy)
    iam.create_user(UserName=f"bench-{number}")
    iam.create_access_key(UserName=f"bench-{number}")


def main() -> int:
    """Start, fill, say where, serve."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
    import emulate

    os.environ.update(emulate.SETTINGS)
    server, url = emulate.answering(0)
    server.app = counting = Counting(server.app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said, sys.stdout = sys.stdout, sys.stderr  # moto tells every call that it lacks
    client = emulate.client_of(url, None)
    fill(client, client("sts").get_caller_identity()["Account"], int(sys.argv[1]))
    counting.calls.clear()
    print(url, file=said, flush=True)
    sys.stdin.read()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
