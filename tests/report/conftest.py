"""Reports made by hand: one that looks like real life, and a factory for any other."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from bastide.controls.entry import Control
from bastide.controls.verdict import Compensated, Coverage, Evidence, Exemption, Report, Verdict
from bastide.redact import shown
from bastide.resources.model import Problem, Resource

STARTED = 1_780_000_000.25


def control(id: str = "s3.bucket-blocks-public-access", **changes: Any) -> Control:  # noqa: A002 (the field's name)
    """A control with everything that reports show."""
    values = {
        "title": "S3 buckets block every form of public access",
        "resource": "AWS::S3::Bucket",
        "severity": "high",
        "require": "PublicAccessBlockConfiguration.BlockPublicAcls",
        "rationale": "One bucket policy written in haste is enough to publish data.\nBlocking it is free.",
        "remediation": {
            "terraform": 'Add an aws_s3_bucket_public_access_block with all four settings true.\n\n  bucket = "x"',
            "cloudformation": "Set all four settings of PublicAccessBlockConfiguration to true.",
            "cli": "aws s3api put-public-access-block --bucket NAME",
        },
        "frameworks": {"well-architected": ["SEC03-BP07"], "nist-800-53-r5": ["AC-3", "SC-7"]},
        "attack": ["T1530"],
        "references": ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
        "place": "own/controls/s3.yaml:3",
    }
    return Control(id=id, **(values | changes))


def resource(address: str = "aws_s3_bucket.data", **changes: Any) -> Resource:
    """A Terraform bucket."""
    values: dict[str, Any] = {
        "type": "AWS::S3::Bucket",
        "unit": "infra",
        "source": "terraform",
        "path": "infra/main.tf",
        "line": 12,
        "end_line": 20,
        "properties": {},
        "name": "aws_s3_bucket",
    }
    return Resource(address=address, **(values | changes))


def evidence(property: str = "AccessControl", value: Any = "public-read", **changes: Any) -> Evidence:  # noqa: A002
    """A piece of evidence, its value shown as the engine does; absent with None."""
    values = {"note": "not set" if value is None else "", "path": "infra/main.tf", "line": 14} | changes
    return Evidence(property, None if value is None else shown(property, value), **values)


def verdict(status: str = "fail", of: Control | None = None, on: Resource | None = None, **changes: Any) -> Verdict:
    """A verdict with one piece of evidence."""
    values: dict[str, Any] = {"evidence": (evidence(),)} | changes
    return Verdict(of or control(), status, on or resource(), **values)


def exemption(**changes: Any) -> Exemption:
    """An exemption that holds."""
    values = {
        "control": "s3.bucket-blocks-public-access",
        "by": "ana",
        "until": "2027-03-01",
        "reason": "public web site",
        "place": "infra/main.tf:11",
    }
    return Exemption(**(values | changes))


def report(verdicts: list[Verdict] | None = None, **changes: Any) -> Report:
    """A report on these verdicts; its figures follow from them."""
    verdicts = verdicts or []
    resources = {v.resource.id: v.resource for v in verdicts}
    types: dict[str, int] = {}
    for item in resources.values():
        types[item.type] = types.get(item.type, 0) + 1
    coverage = Coverage({"terraform": 1}, 3, len(resources), len(resources), types)
    values = {
        "version": "0.1.0",
        "started": STARTED,
        "seconds": 0.4123,
        "targets": (".",),
        "verdicts": verdicts,
        "coverage": coverage,
        "controls": list({v.control.id: v.control for v in verdicts}.values()),
    }
    return Report(**(values | changes))


def sample() -> Report:
    """Some of everything: severities, statuses, sources, a module call, a CDK path, exemptions, problems."""
    logs = control("s3.bucket-logs-access", title="S3 buckets log access", severity="low", attack=[])
    ssh = control(
        "ec2.group-closes-ssh",
        title="Security groups let nobody on the internet reach SSH",
        resource="AWS::EC2::SecurityGroup",
        severity="critical",
        remediation={"terraform": "Name the address ranges that need it, or use Session Manager."},
    )
    key = control("sqs.queue-encrypted", title="Queues are encrypted", resource="AWS::SQS::Queue", severity="medium")
    group = resource(
        "module.network.aws_security_group.bastion",
        type="AWS::EC2::SecurityGroup",
        name="aws_security_group",
        path="modules/network/groups.tf",
        line=3,
        call=("infra/main.tf:31 network",),
    )
    queue = resource(
        "JobsQueue8C3A",
        type="AWS::SQS::Queue",
        name="AWS::SQS::Queue",
        source="cloudformation",
        unit="cdk.out/Jobs.template.json",
        path="cdk.out/Jobs.template.json",
        line=40,
        metadata={"cdk_path": "Jobs/Queue/Resource"},
    )
    bucket, site = resource(), resource("aws_s3_bucket.site", line=44)
    cidr = evidence("SecurityGroupIngress[0].CidrIp", "0.0.0.0/0", path="modules/network/groups.tf", line=9)
    unset = Evidence("KmsMasterKeyId", None, "Ref KeyArn: parameter without a default", queue.path, 44)
    verdicts = [
        verdict("fail", ssh, group, evidence=(cidr,)),
        verdict("fail", control(), bucket, evidence=(evidence(), evidence("PublicAccessBlockConfiguration", None))),
        verdict("fail", logs, bucket, evidence=(evidence("LoggingConfiguration", None, line=12),), new=False),
        verdict("fail", logs, site, exemption=exemption(until="2026-01-31", expired=True)),
        verdict("unknown", key, queue, evidence=(unset,)),
        verdict("exempt", control(), site, exemption=exemption()),
        verdict("pass", control("s3.bucket-encrypted", title="S3 buckets are encrypted"), bucket),
    ]
    result = report(verdicts, broken={"iam.role-is-narrow": "took longer than 10 s"})
    result.coverage.units = {"terraform": 2, "cloudformation": 1}
    result.coverage.unmapped = {"aws_fis_experiment_template": 2}
    result.coverage.unjudged = {"AWS::CloudWatch::Dashboard": 3}
    result.coverage.resources = 9
    result.coverage.problems = [
        Problem("unreadable", "infra/broken.tf", 7, "a block is not closed"),
        Problem("partial", "infra/main.tf", 60, "count is not known: var.many has no value"),
        Problem("external", "infra/main.tf", 70, "module registry/vpc/aws was not fetched", 2),
        Problem("unmapped", "infra/main.tf", 80, "aws_fis_experiment_template", 2),
    ]
    return result


def compensated() -> Report:
    """A live bucket that passes by the block of its account only, and one that does without."""
    because = "the account's public access block is on in full"
    layer = Compensated("AWS::S3::AccountPublicAccessBlock", "arn:aws:s3::111111111111:account-public-access-block",
                        because)  # fmt: skip
    places = {"source": "aws", "unit": "aws:111111111111", "path": "aws:111111111111/eu-west-1", "line": 0}
    open_, shut = resource("arn:aws:s3:::open", **places), resource("arn:aws:s3:::shut", **places)
    off = evidence("PublicAccessBlockConfiguration.BlockPublicAcls", value=False, path=open_.path, line=0)
    verdicts = [verdict("pass", on=open_, evidence=(off,), compensated=layer), verdict("pass", on=shut)]
    return report(verdicts, compensated=Counter({layer.type: 1}))


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """The factory: `make.report([make.verdict("fail", on=make.resource("x"))])`, `make.sample()`."""
    functions = (control, resource, evidence, verdict, exemption, report, sample, compensated)
    return SimpleNamespace(**{function.__name__: function for function in functions})
