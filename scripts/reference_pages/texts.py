"""What reference pages say that no declaration in the program carries: meanings of report fields, example settings.

`scripts/reference.py` fails for a field or a setting that is not here, and for one here that is no more.
"""

from __future__ import annotations

REPORT_FIELDS: dict[str, dict[str, str]] = {
    "Document": {
        "schema": "name and version of this format",
        "tool": "the program that wrote the report",
        "started": "when the scan began, UTC, RFC 3339",
        "seconds": "how long the scan took",
        "targets": "folders and files that were to be scanned",
        "summary": "the verdicts, counted",
        "coverage": "what was looked at, and what was not",
        "broken": "ids of controls that could not be run, each with the reason",
        "controls": "the controls that were asked",
        "verdicts": "one entry a control and resource: fail, unknown, exempt, pass; within those worst first",
    },
    "Tool": {"name": "`bastide`", "version": "its version"},
    "Summary": {
        "verdicts": "how many there are",
        "status": "how many there are of each status",
        "failures": "how many failures there are of each severity",
        "new_failures": "failures that the baseline does not know; all of them without one",
        "compensated": "how many pass only by a layer that denies what they would allow",
    },
    "Coverage": {
        "units": "root modules, plans and templates that were read, by source",
        "files": "files that were read",
        "resources": "resources that were found",
        "judged": "resources with at least one verdict",
        "types": "resources by CloudFormation type",
        "unmapped": "resources by Terraform type, of the AWS providers, that bastide does not know",
        "unjudged": "resources by CloudFormation type that no chosen control judges",
        "problems": "what could not be read or judged, is not here, or is good to know",
        "others": "resources of other providers, by provider (`google`)",
        "left_out": "resources that a `path` of `--only` or `--skip` left out",
        "incomplete": "whether something could not be read or judged (exit code 3)",
        "ledger": "what became of the calls to live accounts",
    },
    "Ledger": {
        "account": "account",
        "region": "region, or `global`",
        "service": "service, as AWS's SDK calls it",
        "operation": "operation of its API",
        "outcome": "`read`, `empty`, `absent`, `denied`, `failed`, `skipped` or `not offered`",
        "calls": "how many calls, retries counted",
        "items": "how many things they gave",
        "seconds": "how long they took, waits counted",
        "code": "AWS's error code, empty without one",
        "permission": "permission that a call needs that was denied or failed",
        "remedy": "how to close the gap",
    },
    "Problem": {
        "kind": "`unreadable`, `partial`, `unmapped`, `external` or `note`",
        "path": "file or folder",
        "line": "line; 0 when the whole file is meant",
        "message": "what it is; the type, for `unmapped`",
        "count": "how many times",
    },
    "Control": {
        "id": "id",
        "title": "what holds where it passes",
        "severity": "how bad it is where it does not",
        "resource": "the CloudFormation type that it judges",
        "frameworks": "requirement ids by framework",
        "attack": "ids of ATT&CK techniques that it stands in the way of",
    },
    "Verdict": {
        "control": "id of the control",
        "title": "its title",
        "status": "what it says of the resource",
        "severity": "its severity",
        "resource": "the resource",
        "location": "the line to look at: of the property that decided, else of the resource",
        "evidence": "the properties that decided, the most telling first",
        "fingerprint": "identity of the finding across runs: it survives moved lines and renamed files",
        "new": "false for a finding that the baseline knows",
        "exemption": "who answers for the finding; null when nobody does",
        "call": "the module calls or stacks that made the resource, outermost first, each `path:line name`",
        "cdk_path": "path of the CDK construct; null when there is none",
        "compensated_by": "the layer by which it passes; null when it passes or fails by itself",
    },
    "Resource": {
        "type": "CloudFormation type",
        "address": "Terraform address or logical id, unique in the unit",
        "unit": "root module's folder, or file of the plan or template",
        "name": "the type in the source's own words, `aws_s3_bucket`",
        "source": "`terraform`, `plan` or `cloudformation`",
    },
    "Location": {
        "path": "file, relative to where the scan was started",
        "line": "line; 0 when the whole file is meant",
    },
    "Evidence": {
        "property": "path of the property, `Rules[0].Port`",
        "value": "its value as text, without secrets; null when it is absent or not known",
        "note": "why there is no value, or what else to know",
        "path": "file in which it is written, or would be",
        "line": "line there",
    },
    "Compensated": {
        "type": "CloudFormation type of the layer",
        "address": "its address",
        "because": "which layer it is, and what it denies",
    },
    "Exemption": {
        "by": "who answers for it",
        "until": "last day on which it holds",
        "reason": "why it is acceptable",
        "place": "where that is written, `path:line`",
        "expired": "true after the last day: the finding fails again",
    },
}
"""Meaning of every field of the JSON report, by the object that it belongs to."""

SETTINGS_EXAMPLE: dict[str, dict[str, str]] = {
    "workload": {
        "name": "ticket-shop",
        "owner": "box-office@example.com",
        "description": "Sells tickets and lets people in.",
    },
    "scan": {
        "targets": "[infra, templates]",
        "fail_on": "high",
        "fail_on_unknown": "true",
        "only": '["framework=well-architected"]',
        "skip": '["severity=info", "control=s3.bucket-uses-*"]',
        "exclude": '["test/*", "examples"]',
        "controls": "[security/controls]",
        "var_file": "[production.tfvars]",
        "baseline": "bastide-baseline.json",
        "format": "terminal",
        "output": '["sarif=bastide.sarif", "junit=bastide.junit.xml"]',
        "show_passed": "false",
        "verbose": "false",
        "jobs": "2",
    },
    "exemptions": {
        "control": "s3.bucket-uses-customer-key",
        "resource": "module.trail.*",
        "path": "infra/*",
        "until": '"2027-06-30"',
        "by": "rosa",
        "reason": "Who may read the trail may read all of it; a second lock keeps nobody out.",
    },
}
"""A value, in YAML, for every key that `bastide.yaml` may have."""

TARGETS = "folders and files to scan when the command line names none"
"""Meaning of `scan.targets`, the one setting that is an argument of the command line and no option."""
