"""The least IAM policy of a collection, and a CloudFormation template of a role that has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.sources.aws.asking import needed, unasked
from bastide.sources.aws.permissions import permission_of

if TYPE_CHECKING:
    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.aws.engine import Wanted

ALWAYS = ("ec2:DescribeRegions", "sts:GetCallerIdentity")
"""What every scan calls before it collects anything."""
ROLE = "bastide-audit"
MAX_MANAGED = 6_000
"""Characters of one managed policy, of AWS's limit of 6,144."""


def actions(collectors: Collectors, wanted: Wanted) -> list[str]:
    """The permissions of all calls that a scan may make, sorted."""
    found = set(ALWAYS)
    for group in collectors.groups():
        if wanted.groups and group not in wanted.groups:
            continue
        entries = needed([entry for entry in collectors.entries if entry.group == group], wanted.types)
        for entry in entries:
            reads, mine = wanted.asked.get(entry.type), entry.type in wanted.types
            left_out = [entry.complete[number] for number in unasked(entry, reads, entries, wanted=mine)]
            for call in (call for call in entry.calls if call.call and call not in left_out):
                found.add(call.permission or permission_of(entry.service_of(call), call.call))
    return sorted(found)


def policy(names: list[str]) -> dict[str, Any]:
    """The policy that allows these, on everything: calls that list and describe know no resources."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "BastideReads", "Effect": "Allow", "Action": names, "Resource": "*"}],
    }


def policy_text(names: list[str]) -> str:
    """The policy as JSON with a line break at its end."""
    return json.dumps(policy(names), indent=2) + "\n"


def template(names: list[str]) -> dict[str, Any]:
    """A CloudFormation template of the role, in as many managed policies as AWS's limit of their size needs."""
    parts = _parts(names)
    policies = {
        f"Reads{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Description": "What bastide reads of this account", "PolicyDocument": policy(part)},
        }
        for number, part in enumerate(parts, 1)
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A role with which bastide reads this account; it can change nothing.",
        "Parameters": _PARAMETERS,
        "Conditions": {"HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]}},
        "Resources": {
            **policies,
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "RoleName"},
                    "Description": "bastide reads this account with it",
                    "MaxSessionDuration": 3600,
                    "ManagedPolicyArns": [{"Ref": name} for name in policies],
                    "AssumeRolePolicyDocument": _TRUST,
                },
            },
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }


def template_text(names: list[str]) -> str:
    """The template as JSON with a line break at its end."""
    return json.dumps(template(names), indent=2) + "\n"


def _parts(names: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for name in names:
        if len(json.dumps(policy([*parts[-1], name]), separators=(",", ":"))) > MAX_MANAGED:
            parts.append([])
        parts[-1].append(name)
    return parts


_PARAMETERS = {
    "RoleName": {"Type": "String", "Default": ROLE, "Description": "Name of the role, for --role"},
    "TrustedPrincipal": {
        "Type": "String",
        "AllowedPattern": "arn:aws[a-z-]*:iam::[0-9]{12}:(root|role/.+|user/.+)",
        "Description": "ARN of the role that scans; an account's root trusts everybody there who may assume roles",
    },
    "ExternalId": {"Type": "String", "Default": "", "Description": "For --external-id; may be empty"},
}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Ref": "TrustedPrincipal"}},
            "Action": "sts:AssumeRole",
            "Condition": {
                "Fn::If": [
                    "HasExternalId",
                    {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
                    {"Ref": "AWS::NoValue"},
                ]
            },
        }
    ],
}
