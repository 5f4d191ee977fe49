"""Names, paths and values that try to be something else: terminal codes, mark-up, commands, lines, directions.

`Place.scan` asserts that every format is valid, that nothing in it is invisible, and that no mark-up acts.
"""

from __future__ import annotations

import json
import os
import re

import pytest

from tests.conformance.conftest import Place

pytestmark = pytest.mark.slow

HOSTILE = {
    "terminal": "\x1b[31mred\x1b]8;;https://payload\x07x\x9b2J",
    "markup": "<img src=x onerror=payload()><script>payload()</script>",
    "attribute": "\"' onmouseover='payload()' x=\"",
    "lines": "a\n::error file=b::payload\r\n# heading\n- [x](https://payload)",
    "directions": "safe\u202egnp.exe\u2066\u200b\u2028payload",
    "markdown": "[x](javascript:payload()) ![y](https://payload) @team `a|b` </details> **b** |",
    "command": "$(payload) ; payload && `payload` | %0A::warning::payload",
    "xml": "]]><!--payload--><?xml payload?>&payload;",
    "template": "{{payload}} ${payload} %(payload)s {payload}",
    "pipeline": "##vso[task.setvariable variable=a]payload ##[error]payload",
    "long": "n" * 10_000,
    "surrogate": "\ud800",
    "null": "a\x00b",
}


def harmless(done: object, outputs: dict[str, str]) -> None:
    """What `formats` cannot know: the lines that only a hostile name would have begun."""
    for name in ("terminal", "markdown"):
        for line in outputs[name].splitlines():
            assert not line.lstrip().startswith(("::error", "# heading", "- [x]")), name
        assert "##vso[" not in outputs[name]
    assert not re.search(r"<(img|script)[^>]*(onerror|payload)", outputs["html"])
    assert max(len(line) for line in outputs["terminal"].splitlines()) < 2500
    assert max(len(line) for line in outputs["github"].splitlines()) < 20_000


@pytest.mark.parametrize("name", HOSTILE)
def test_in_a_template(place: Place, name: str) -> None:
    text = HOSTILE[name]
    template = {
        "Description": text,
        "Parameters": {text: {"Type": "String", "Description": text}},
        "Conditions": {text: {"Fn::Equals": [{"Ref": text}, text]}},
        "Resources": {
            text: {
                "Type": "AWS::S3::Bucket",
                "Metadata": {"aws:cdk:path": text, "bastide": {"allow": f"{text} until=2999-01-01 by={text} reason=x"}},
                "Properties": {
                    "BucketName": text,
                    "Tags": [{"Key": text, "Value": text}],
                    "AccessControl": text,
                    text: text,
                },
            },
            f"{text}2": {"Type": f"AWS::S3::{text}"},
            "Group": {
                "Type": "AWS::EC2::SecurityGroup",
                "Condition": text,
                "Properties": {
                    "GroupDescription": text,
                    "SecurityGroupIngress": [
                        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "Description": text},
                        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": {"Ref": text}},
                        {"IpProtocol": text, "FromPort": text, "ToPort": {"Fn::GetAtt": [text, text]}},
                    ],
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": text}]},
                    "Policies": [
                        {
                            "PolicyName": text,
                            "PolicyDocument": {
                                "Statement": {
                                    "Sid": text,
                                    "Effect": "Allow",
                                    "Action": "*",
                                    "Resource": "*",
                                    "Condition": {text: {text: text}},
                                }
                            },
                        }
                    ],
                },
            },
            "Stack": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": text, "Parameters": {text: text}},
            },
        },
    }
    place.write("t.json", json.dumps(template))
    done = place.scan()
    assert "fail" in done.verdicts("Role")
    assert "fail" in done.verdicts("Group") or "unknown" in done.verdicts("Group")
    assert len(done.addresses("AWS::S3::Bucket")) == 1
    harmless(done, done.outputs)


@pytest.mark.parametrize("name", HOSTILE)
def test_in_terraform(place: Place, name: str) -> None:
    text = HOSTILE[name]
    written = text.replace("${", "$${").replace("%{", "%%{")
    document = {
        "variable": {"v": {"default": written}},
        "resource": {
            "aws_s3_bucket": {
                "b": {"for_each": {written: written}, "bucket": "${each.key}", "tags": {written: written}},
                written: {"bucket": written, "acl": "public-read"},
            },
            f"aws_{written}": {"x": {"a": 1}},
            "aws_security_group": {
                "s": {
                    "description": written,
                    "ingress": {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"],
                                "description": "${var.v}"},
                }
            },
        },
        "module": {written: {"source": "./m", "name": written}, "far": {"source": written}},
    }  # fmt: skip
    place.write("x/main.tf.json", json.dumps(document))
    place.write("x/m/main.tf", 'variable "name" {}\nresource "aws_s3_bucket" "inner" {\n  bucket = var.name\n}\n')
    done = place.scan()
    assert "fail" in done.verdicts("aws_security_group.s")
    assert len(done.addresses("AWS::S3::Bucket")) == 3
    harmless(done, done.outputs)


@pytest.mark.parametrize("name", HOSTILE)
def test_in_a_plan(place: Place, name: str) -> None:
    text = HOSTILE[name]
    change = {"actions": ["create"], "after": {"bucket": text, "acl": "public-read", text: text, "tags": {text: text}}}
    changes = [
        {"address": text, "type": "aws_s3_bucket", "module_address": text, "change": change},
        {"address": f"{text}2", "type": text, "change": change},
    ]
    plan = {"format_version": text, "terraform_version": text, "resource_changes": changes}
    place.write("plan.json", json.dumps(plan))
    done = place.scan()
    assert len(done.addresses("AWS::S3::Bucket")) == 1
    harmless(done, done.outputs)


FILES = [
    b"\xff\xfe", b"a\nb", b"::error file=a::payload", b"\x1b[31mred", b"<img src=x onerror=payload>",
    "\u202egpj".encode(), b"a'b\"c", b"a:b,c%25d", b"-rf", b"$(payload)", b"a|b`c`]]>", b"n" * 240, b" ", b"a\\b",
    b"file:", b"http:", "caf\u00e9".encode(), b"..a", b"%2e%2e",
]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_in_paths(place: Place, name: bytes) -> None:
    base = os.fsencode(place.folder)
    os.mkdir(base + b"/" + name)  # noqa: PTH102  a name that is no text
    for path, content in (
        (name + b"/main.tf", b'resource "aws_s3_bucket" "here" {\n  acl = "public-read"\n}\n'),
        (name + b"/broken.tf", b"resource {{{\n"),
        (name + b"/" + name + b".yaml", b"Resources:\n  Here:\n    Type: AWS::S3::Bucket\n"),
        (name + b"/" + name + b"-template.json", b'{"AWSTemplateFormatVersion": "x", "Resources": {"A": {'),
    ):
        with open(base + b"/" + path, "wb") as stream:  # noqa: PTH123  as above
            stream.write(content)
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    assert done.verdicts("aws_s3_bucket.here")
    assert done.verdicts("Here")
    assert len([kind for kind, _, _, _ in done.problems if kind == "unreadable"]) == 2
    harmless(done, done.outputs)
