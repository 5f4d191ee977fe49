from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml

from bastide.sources.cloudformation.detect import HEAD, looks_like_template

_BUCKET = "  B:\n    Type: AWS::S3::Bucket\n"


@pytest.mark.parametrize(
    "text",
    [
        "AWSTemplateFormatVersion: 2010-09-09\n",
        "# comment\n---\n'AWSTemplateFormatVersion' : '2010-09-09'\n",
        f"\ufeffResources:\n{_BUCKET}",
        f"Description: x\r\n\r\nResources:\r\n{_BUCKET}",
        "Resources:\n  B: {Type: 'Custom::Thing'}\n",
        'Resources: # all\n  B:\n    Properties: {}\n    Type: "Org::Team::Thing"\n',
        "---\n  # indented as a whole\n  AWSTemplateFormatVersion: 2010-09-09\n",
        "Transform: AWS::Serverless-2016-10-31\n",
        "Transform:\n  - AWS::LanguageExtensions\n",
        "Parameters:\n  P:\n    Type: AWS::EC2::VPC::Id\n" + "  # long\n" * HEAD,
        '{"AWSTemplateFormatVersion": "2010-09-09"}',
        '\n {"Description": "a \\"{\\" b", "Resources": {"B": {"Type": "AWS::S3::Bucket"}}}',
        '{"Resources": {"B": {"Type":\n"AWS::S3::Bucket"',
        '{"Transform": ["AWS::Serverless-2016-10-31"], "Globals": {}}',
    ],
)
def test_templates_are_found(text: str) -> None:
    assert looks_like_template(text.encode(), "t.template")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "apiVersion: v1\nkind: List\nResources:\n  - a::b\n",
        "service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n",
        "- task:\n    AWSTemplateFormatVersion: 2010-09-09\n",
        "Resources:\n  limits: {cpu: 1}\nimage: registry::x\n",
        "Parameters:\n  Type: AWS::S3\n",
        '{"body": "{\\"AWSTemplateFormatVersion\\": 1}", "Resources": "AWS::"}',
        '{"events": [{"AWSTemplateFormatVersion": "2010-09-09"}]}',
        '{"typeName": "AWS::S3::Bucket", "properties": {}}',
        '["Resources", {"Type": "AWS::S3::Bucket"}]',
        "\x7fELF\0\0AWSTemplateFormatVersion",
    ],
)
def test_other_documents_are_not(text: str) -> None:
    assert not looks_like_template(text.encode(), "t.template")


def test_yaml_in_a_json_file_is_none() -> None:
    text = b"AWSTemplateFormatVersion: 2010-09-09\n"
    assert looks_like_template(text, "a.yml")
    assert not looks_like_template(text, "a.json")


def test_asking_imports_no_parser() -> None:
    code = (
        "import sys, bastide.sources.cloudformation as source\n"
        "source.looks_like_template(b'A::', 't.yaml')\n"
        "sys.exit('yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


FILLER = {f"p{number}": {"Type": "String"} for number in range(4000)}


@pytest.mark.parametrize("section", ["Parameters", "Mappings", "Conditions"])
def test_a_template_whose_resources_come_late(section: str) -> None:
    document = {"Description": "d", section: FILLER, "Resources": {"A": {"Type": "AWS::S3::Bucket"}}}
    late = json.dumps(document).encode()
    assert late.index(b"Resources") > HEAD
    assert looks_like_template(late[:HEAD], "x.json")
    assert not looks_like_template(late[:HEAD].replace(b"Description", b"name"), "x.json")
    written = yaml.safe_dump(document, sort_keys=False).encode()
    assert looks_like_template(written[:HEAD], "x.yaml")
    assert not looks_like_template(written[:HEAD].replace(b"Description", b"name"), "x.yaml")
