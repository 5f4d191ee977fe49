"""One finding of the history in AWS's Security Finding Format (ASFF, version 2018-10-08), within its published limits.

Texts that are too long are cut with `…`; an id that is too long ends in a hash of its whole. What is closed is
archived, with the compliance that is known: PASSED when it is fixed or compensated, FAILED when somebody answers for
it, and NOT_AVAILABLE when there is nothing any more that could pass.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from bastide.redact import clean
from bastide.sources.aws.accounts import HOMES

if TYPE_CHECKING:
    import datetime as dt

    from bastide.report.texts import ControlTexts

TITLE, DESCRIPTION, ID, RECOMMENDATION, URL, FIELD = 256, 1024, 512, 512, 512, 2048
REQUIREMENT, REQUIREMENTS = 64, 32
_LABELS = {"critical": "CRITICAL", "high": "HIGH", "medium": "MEDIUM", "low": "LOW", "info": "INFORMATIONAL"}
_CLOSED = {"fixed": "PASSED", "compensated": "PASSED", "exempt": "FAILED"}
_TYPES = ["Software and Configuration Checks/AWS Security Best Practices"]
_VOLATILE = ("UpdatedAt", "LastObservedAt")

_NAMES = {
    "ApiGatewayV2": "ApiGatewayV2", "ApiGateway": "ApiGateway", "AutoScaling": "AutoScaling", "Backup": "Backup",
    "CloudFormation": "CloudFormation", "CloudFront": "CloudFront", "CloudTrail": "CloudTrail",
    "CodeBuild": "CodeBuild", "DynamoDB": "DynamoDb", "EC2": "Ec2", "ECR": "Ecr", "ECS": "Ecs", "EFS": "Efs",
    "EKS": "Eks", "IAM": "Iam", "KMS": "Kms", "Lambda": "Lambda", "RDS": "Rds", "Redshift": "Redshift", "S3": "S3",
    "SNS": "Sns", "SQS": "Sqs", "SecretsManager": "SecretsManager",
}  # fmt: skip
_SHARED = {
    "ApiGatewayV2": ("Api", "Stage"), "ApiGateway": ("RestApi", "Stage"), "AutoScaling": ("AutoScalingGroup",),
    "Backup": ("BackupPlan", "BackupVault"), "CloudFormation": ("Stack",), "CloudFront": ("Distribution",),
    "CloudTrail": ("Trail",), "CodeBuild": ("Project",), "DynamoDB": ("Table",),
    "EC2": ("Instance", "LaunchTemplate", "NetworkAcl", "NetworkInterface", "RouteTable", "SecurityGroup", "Subnet",
            "TransitGateway", "Volume"),
    "ECR": ("Repository",), "ECS": ("Cluster", "Service", "TaskDefinition"), "EFS": ("AccessPoint",),
    "EKS": ("Cluster",), "IAM": ("AccessKey", "Group", "Role", "User"), "KMS": ("Key",), "Lambda": ("Function",),
    "RDS": ("EventSubscription",), "Redshift": ("Cluster",), "S3": ("AccessPoint", "Bucket"), "SNS": ("Topic",),
    "SQS": ("Queue",), "SecretsManager": ("Secret",),
}  # fmt: skip
TYPES = {
    **{
        f"AWS::{service}::{name}": f"Aws{_NAMES[service]}{name}" for service, names in _SHARED.items() for name in names
    },
    "AWS::AmazonMQ::Broker": "AwsAmazonMqBroker",
    "AWS::CertificateManager::Certificate": "AwsCertificateManagerCertificate",
    "AWS::CloudWatch::Alarm": "AwsCloudWatchAlarm",
    "AWS::DMS::Endpoint": "AwsDmsEndpoint",
    "AWS::DMS::ReplicationInstance": "AwsDmsReplicationInstance",
    "AWS::EC2::EIP": "AwsEc2Eip",
    "AWS::EC2::VPC": "AwsEc2Vpc",
    "AWS::EC2::VPCPeeringConnection": "AwsEc2VpcPeeringConnection",
    "AWS::ElasticLoadBalancing::LoadBalancer": "AwsElbLoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "AwsElbv2LoadBalancer",
    "AWS::Elasticsearch::Domain": "AwsElasticsearchDomain",
    "AWS::GuardDuty::Detector": "AwsGuardDutyDetector",
    "AWS::IAM::ManagedPolicy": "AwsIamPolicy",
    "AWS::Kinesis::Stream": "AwsKinesisStream",
    "AWS::MSK::Cluster": "AwsMskCluster",
    "AWS::OpenSearchService::Domain": "AwsOpenSearchServiceDomain",
    "AWS::RDS::DBCluster": "AwsRdsDbCluster",
    "AWS::RDS::DBInstance": "AwsRdsDbInstance",
    "AWS::Route53::HostedZone": "AwsRoute53HostedZone",
    "AWS::SageMaker::NotebookInstance": "AwsSageMakerNotebookInstance",
    "AWS::StepFunctions::StateMachine": "AwsStepFunctionStateMachine",
    "AWS::WAFv2::WebACL": "AwsWafv2WebAcl",
}
"""By CloudFormation type, what ASFF calls it; `Other` for everything else."""


class Target(NamedTuple):
    """The account and region whose Security Hub is sent to."""

    account: str
    region: str


class Finding(Struct, frozen=True):
    """A finding as the history has it; times are UTC. `region` may be `global`; `closed` is None while it is open."""

    fingerprint: str
    control: str
    severity: str
    type: str
    resource: str
    account: str
    region: str
    opened: dt.datetime
    last_seen: dt.datetime
    closed: dt.datetime | None
    reason: str | None

    @property
    def address(self) -> str:
        """The address of the resource: what stands behind its unit."""
        return self.resource.partition("#")[2] or self.resource

    @property
    def partition(self) -> str:
        """AWS's partition, as the ARN or else the region says it."""
        parts = self.address.split(":")
        if parts[0] == "arn" and len(parts) > 5 and parts[1] in HOMES:
            return parts[1]
        starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for start, name in starts.items() if self.region.startswith(start)), "aws")

    @property
    def own(self) -> Target:
        """Its account and region; what has no region goes to the partition's home."""
        return Target(self.account, HOMES[self.partition] if self.region == "global" else self.region)


def asff_of(finding: Finding, texts: ControlTexts | None, target: Target, now: dt.datetime) -> dict[str, Any]:
    """The finding for a target. `texts` is None for a control that is in no library any more; `now` is UTC."""
    title = clean(texts.row.title if texts else finding.control, TITLE, secrets=False)
    told = texts.rationale if texts else ""
    labels = {"Severity": {"Label": _LABELS[finding.severity], "Original": finding.severity}, "Types": _TYPES}
    found: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": fitting(f"bastide/{finding.account}/{finding.fingerprint}"),
        "ProductArn": f"arn:{finding.partition}:securityhub:{target.region}:{target.account}:"
        f"product/{target.account}/default",
        "ProductName": "bastide",
        "CompanyName": "bastide",
        "GeneratorId": fitting(finding.control),
        "AwsAccountId": target.account,
        "CreatedAt": _time(finding.opened),
        "FirstObservedAt": _time(finding.opened),
        "LastObservedAt": _time(finding.last_seen),
        "UpdatedAt": _time(now),
        **labels,
        "FindingProviderFields": labels,
        "Title": title,
        "Description": clean(told or title, DESCRIPTION, secrets=False),
        "Resources": [_resource(finding)],
        "Compliance": _compliance(finding, texts),
        "RecordState": "ARCHIVED" if finding.closed else "ACTIVE",
        "ProductFields": _fields(finding, texts),
    }
    if texts and (recommendation := _recommendation(texts)):
        found["Remediation"] = {"Recommendation": recommendation}
    return found


def digest_of(asff: dict[str, Any]) -> str:
    """Equal for what says the same at another time."""
    rest = {name: value for name, value in asff.items() if name not in _VOLATILE}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fitting(text: str, limit: int = ID) -> str:
    """An identity within the limit, and still another's for no other."""
    if len(text) <= limit:
        return text
    return text[: limit - 33] + "-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"


def _resource(finding: Finding) -> dict[str, Any]:
    return {
        "Type": TYPES.get(finding.type, "Other"),
        "Id": fitting(clean(finding.address, 100_000)),
        "Partition": finding.partition,
        "Region": finding.own.region,
    }


def _compliance(finding: Finding, texts: ControlTexts | None) -> dict[str, Any]:
    status = _CLOSED.get(finding.reason or "", "NOT_AVAILABLE") if finding.closed else "FAILED"
    fit = _requirements(texts)[:REQUIREMENTS]
    return {"Status": status} | ({"RelatedRequirements": fit} if fit else {})


def _requirements(texts: ControlTexts | None) -> list[str]:
    if texts is None:
        return []
    named = (f"{name} {item}" for name, items in texts.row.frameworks.items() for item in items)
    return [clean(text, REQUIREMENT, secrets=False) for text in named]


def _fields(finding: Finding, texts: ControlTexts | None) -> dict[str, str]:
    fields = {
        "control": finding.control,
        "resourceType": finding.type,
        "account": finding.account,
        "region": finding.region,
    }
    if finding.closed:
        fields |= {"closed": _time(finding.closed), "reason": finding.reason or "not known"}
    if (left := len(_requirements(texts)) - REQUIREMENTS) > 0:
        fields["requirementsNotListed"] = str(left)
    return {f"bastide/{name}": clean(value, FIELD) for name, value in fields.items()}


def _recommendation(texts: ControlTexts) -> dict[str, str]:
    found = {}
    if text := texts.fix("aws"):
        found["Text"] = clean(text, RECOMMENDATION, secrets=False)
    if link := next((one for one in texts.references if one.startswith("https://") and len(one) <= URL), ""):
        found["Url"] = link
    return found
