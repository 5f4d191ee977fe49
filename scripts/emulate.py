"""An AWS organization on this machine, to try bastide on live accounts without AWS: `make emulate`.

Starts moto's server on loopback, fills it with an organization of six accounts (some of it right, some of it wrong on
purpose), says what to type, and serves until Ctrl-C. Nothing leaves the machine. `--once COMMAND …` runs a command
against it instead, and ends with its exit code.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

PORT = 4577
SETTINGS = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
"""What moto looks up in the environment when an account is first used: AWS's own images are not the account's."""
REGIONS = ("eu-west-1", "us-east-1")
ROLE = "Audit"
Client = Callable[..., Any]
"""`client("s3")` or `client("ec2", "us-east-1")`, of one account."""


@dataclass(slots=True)
class Emulation:
    """A running server, and the accounts that were made: their ids by name."""

    url: str
    accounts: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What makes the AWS SDKs talk to it, as the management account."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_DEFAULT_REGION": REGIONS[0],
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def client_of(url: str, account: str | None) -> Client:
    """Clients of an account, entered through its role; of the management account without one."""
    keys = {"aws_access_key_id": "emulated", "aws_secret_access_key": "emulated"}
    if account:
        sts = boto3.client("sts", endpoint_url=url, region_name=REGIONS[0], **keys)
        given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="seed")["Credentials"]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def client(service: str, region: str = REGIONS[0]) -> Any:
        made = boto3.client(service, endpoint_url=url, region_name=region, **keys)
        made.meta.events.register_first("before-sign", lambda request, **_: _at_the_server(request, url))
        return made

    return client


def _at_the_server(request: Any, url: str) -> None:
    """S3 Control puts the account before the host's name, and an address has no such names."""
    server, asked = urlsplit(url), urlsplit(request.url)
    if asked.hostname != server.hostname and str(asked.hostname).endswith(f".{server.hostname}"):
        request.url = urlunsplit(asked._replace(netloc=server.netloc))


def seed(url: str) -> Emulation:
    """Fill an empty server; the same each time, but for the ids that it makes up."""
    management = client_of(url, None)
    accounts = {"management": management("sts").get_caller_identity()["Account"], **_organization(management)}
    for name, account in accounts.items():
        client = management if name == "management" else client_of(url, account)
        _everywhere(client, account)
        for fill in _FILLINGS.get(name, ()):
            fill(client, account)
    return Emulation(url, accounts)


def _organization(client: Client) -> dict[str, str]:
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
    units = {
        name: organizations.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]
        for name in ("Security", "Workloads", "Sandbox")
    }
    denied = ["cloudtrail:StopLogging", "organizations:LeaveOrganization", "rds:DeleteDBInstance"]
    guardrails = {"Effect": "Deny", "Action": denied, "Resource": "*"}
    _attach(organizations, "guardrails", "SERVICE_CONTROL_POLICY", guardrails, units["Workloads"])
    outsiders = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"},
                 "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}  # fmt: skip
    perimeter = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": outsiders}
    _attach(organizations, "perimeter", "RESOURCE_CONTROL_POLICY", perimeter, units["Workloads"])
    accounts = {}
    for name, unit in (
        ("log-archive", "Security"), ("audit", "Security"), ("shop-prod", "Workloads"), ("shop-dev", "Workloads"),
        ("playground", "Sandbox"),
    ):  # fmt: skip
        made = organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]
        accounts[name] = made["AccountId"]
        organizations.move_account(AccountId=made["AccountId"], SourceParentId=root, DestinationParentId=units[unit])
    return accounts


def _attach(organizations: Any, name: str, kind: str, statement: dict[str, Any], target: str) -> None:
    """Make a policy of the organization out of a statement, and bind what is below a target with it."""
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = organizations.create_policy(Name=name, Description=f"The {name} of workloads", Type=kind, Content=content)
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def trust(principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _everywhere(client: Client, account: str) -> None:
    """What every account has: the role that reads it, and some people."""
    client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{account}:root"}))


def _log_archive(client: Client, account: str) -> None:
    bucket(client("s3"), f"logs-{account}", good=True)


def _audit(client: Client, _: str) -> None:
    for region in REGIONS:
        client("guardduty", region).create_detector(Enable=True)
    client("securityhub").enable_security_hub()
    client("iam").update_account_password_policy(
        MinimumPasswordLength=14, RequireSymbols=True, RequireNumbers=True, RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True, PasswordReusePrevention=24,
    )  # fmt: skip


def _production(client: Client, account: str) -> None:
    key = client("kms").create_key(Description="shop")["KeyMetadata"]["KeyId"]
    client("kms").enable_key_rotation(KeyId=key)
    s3 = client("s3")
    bucket(s3, f"shop-orders-{account}", good=True)
    bucket(s3, f"shop-trail-{account}", good=True)
    trail = client("cloudtrail")
    trail.create_trail(Name="shop", S3BucketName=f"shop-trail-{account}", IsMultiRegionTrail=True,
                       EnableLogFileValidation=True)  # fmt: skip
    trail.start_logging(Name="shop")
    client("dynamodb").create_table(
        TableName="carts", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], DeletionProtectionEnabled=True,
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )  # fmt: skip
    client("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})
    client("sns").create_topic(Name="alarms", Attributes={"KmsMasterKeyId": key})
    client("secretsmanager").create_secret(Name="shop/database", SecretString="emulated-and-worthless", KmsKeyId=key)
    database(client, encrypted=True)
    network(client, open_port=443)
    function(client, account, {"STAGE": "prod"})


def _development(client: Client, account: str) -> None:
    s3 = client("s3")
    bucket(s3, f"shop-dev-{account}", good=False)
    database(client, encrypted=False)
    network(client, open_port=22)
    function(client, account, {"DB_PASSWORD": "Sup3r-worthless-1"})
    # Each of these three is made up for by a layer: the account's block, the perimeter and the guardrails.
    client("s3control").put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=_BLOCK)
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    client("sqs").create_queue(QueueName="orders-dev", Attributes={"Policy": document})
    client("logs").create_log_group(logGroupName="/shop/dev")
    client("kms").create_key(Description="dev, never rotated")
    client("ecr").create_repository(repositoryName="shop")


def _playground(client: Client, account: str) -> None:
    iam = client("iam")
    for name in ("ana", "ben"):
        iam.create_user(UserName=name)
        iam.create_login_profile(UserName=name, Password="Emulated-1-worthless")
        iam.create_access_key(UserName=name)
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="ben", PolicyName="everything", PolicyDocument=json.dumps(everything))
    public = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::play-{account}/*",
    }
    s3 = client("s3")
    bucket(s3, f"play-{account}", good=False)
    s3.put_bucket_policy(Bucket=f"play-{account}", Policy=json.dumps({"Version": "2012-10-17", "Statement": [public]}))
    network(client, open_port=3389)


_BLOCK = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def bucket(s3: Any, name: str, *, good: bool) -> None:
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGIONS[0]})
    if not good:
        return
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_BLOCK)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    tls = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources,
           "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls]}))


def database(client: Client, *, encrypted: bool) -> None:
    client("rds").create_db_instance(
        DBInstanceIdentifier="shop", Engine="postgres", EngineVersion="16.3", DBInstanceClass="db.t4g.medium",
        AllocatedStorage=20, MasterUsername="shop", MasterUserPassword="emulated-worthless", StorageEncrypted=encrypted,
        PubliclyAccessible=not encrypted, DeletionProtection=encrypted, MultiAZ=encrypted,
        BackupRetentionPeriod=14 if encrypted else 0, EnableIAMDatabaseAuthentication=encrypted,
    )  # fmt: skip


def network(client: Client, open_port: int) -> None:
    ec2 = client("ec2")
    network = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=network, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=network)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=open_port, ToPort=open_port, CidrIp="0.0.0.0/0"
    )
    image = ec2.register_image(Name="web", RootDeviceName="/dev/xvda", Architecture="arm64")["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group],
                      MetadataOptions={"HttpTokens": "required" if open_port == 443 else "optional"})  # fmt: skip
    ec2.create_volume(AvailabilityZone=f"{REGIONS[0]}a", Size=8, Encrypted=open_port == 443)


def function(client: Client, account: str, variables: dict[str, str]) -> None:
    trusted = trust({"Service": "lambda.amazonaws.com"})
    client("iam").create_role(RoleName="checkout", AssumeRolePolicyDocument=trusted)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return None\n")
    client("lambda").create_function(
        FunctionName="checkout", Runtime="python3.13" if "STAGE" in variables else "python3.8", Handler="main.handler",
        Role=f"arn:aws:iam::{account}:role/checkout", Code={"ZipFile": code.getvalue()},
        Environment={"Variables": variables},
    )  # fmt: skip


_FILLINGS: dict[str, tuple[Callable[[Client, str], None], ...]] = {
    "log-archive": (_log_archive,),
    "audit": (_audit,),
    "shop-prod": (_production,),
    "shop-dev": (_development,),
    "playground": (_playground,),
}


def answering(port: int) -> tuple[BaseWSGIServer, str]:
    """A server on the port, or on a free one where that is taken; it answers as soon as it is served by a thread."""
    for log in ("werkzeug", "moto"):
        logging.getLogger(log).setLevel(logging.CRITICAL)
    application = _Emulated(DomainDispatcherApplication(create_backend_app))
    for candidate in (port, 0):
        try:
            server = make_server("127.0.0.1", candidate, application, threaded=True)
        except (OSError, SystemExit):
            continue
        return server, f"http://127.0.0.1:{server.server_port}"
    raise SystemExit("emulate: no port on loopback can be had")


class _Emulated:
    """moto's application; a call that it does not have is refused at once, in the words of the API's protocol.

    moto answers such calls with pages for people, which a client takes for a server in trouble and asks again.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            response = Response.from_app(self.application, environ)
        except Exception:  # noqa: BLE001 (moto raises anything where it has no backend)
            response = _refusal(environ)
        if "max-buckets=" in environ.get("QUERY_STRING", ""):
            response.set_data(_with_regions(response.get_data(as_text=True)))
        page = response.get_data()
        if response.status_code in (404, 500, 501) and page.lstrip()[:9].lower() == b"<!doctype":
            response = _refusal(environ)
        return response(environ, start_response)


def _with_regions(listed: str) -> str:
    """A list of buckets with what S3 says of each besides where a page is asked for, and moto does not: its region."""

    def told(found: re.Match[str]) -> str:
        partition, account = s3_backends.bucket_accounts[found[1]]
        return f"{found[0]}<BucketRegion>{s3_backends[account][partition].buckets[found[1]].region_name}</BucketRegion>"

    return re.sub("<Name>([^<]+)</Name>", told, listed)


def _refusal(environ: dict[str, Any]) -> Response:
    told = "the emulation does not have this call"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        error = f"<Error><Code>NotEmulated</Code><Message>{told}</Message></Error>"
        return Response(f"<Response><Errors>{error}</Errors>{error}</Response>", 400, content_type="text/xml")
    headers = {"x-amzn-errortype": "NotEmulated"}
    return Response(
        json.dumps({"__type": "NotEmulated", "message": told}), 400, headers, content_type="application/json"
    )


def main() -> int:
    """Start, fill, tell, serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--once", nargs=argparse.REMAINDER, metavar="COMMAND", help="run this against it, then end")
    arguments = parser.parse_args()
    os.environ.update(SETTINGS)
    server, url = answering(arguments.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Path(os.devnull).open("w") as nowhere:
        stream, sys.stdout = sys.stdout, nowhere  # moto tells every call that it lacks
        try:
            emulation = seed(url)
            if arguments.once:
                return subprocess.run(
                    arguments.once, env={**os.environ, **emulation.environment}, check=False
                ).returncode
            print(_told(emulation), file=stream, flush=True)
            threading.Event().wait()
        except ClientError as error:
            raise SystemExit(f"emulate: the server refused to be filled: {error}") from None
        except KeyboardInterrupt:
            print(file=stream)
        finally:
            sys.stdout = stream
            server.shutdown()
    return 0


def _told(emulation: Emulation) -> str:
    return "\n".join([
        f"An organization of {len(emulation.accounts)} accounts answers at {emulation.url} until Ctrl-C:",
        *(f"  {account}  {name}" for name, account in emulation.accounts.items()),
        "\nIn another terminal:\n",
        *(f"  export {name}={value}" for name, value in emulation.environment.items()),
        f"  bastide scan aws --org --role {ROLE} --regions {','.join(REGIONS)}",
        "  bastide history",
        "  bastide aws policy",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
