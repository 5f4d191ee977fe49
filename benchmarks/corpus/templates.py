"""CloudFormation as teams write it: hand-made YAML and JSON, SAM, and JSON as the CDK synthesizes it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import yaml

from corpus.fill import fill, piece
from corpus.stacks import WORDS
from corpus.text import apart, seeded, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from random import Random

KINDS: dict[str, tuple[str, ...]] = {
    "network": ("network", "groups"),
    "storage": ("key", "bucket", "queues"),
    "database": ("groups", "database", "key"),
    "aurora": ("aurora", "table", "nested"),
    "worker": ("queues", "function", "table"),
    "api": ("api", "function", "table"),
    "service": ("groups", "service", "queues"),
    "platform": ("network", "groups", "key", "database", "service", "cache"),
    "fleet": ("groups", "instances"),
    "audit": ("trail", "key", "nested"),
    "website": ("website", "function"),
    "analytics": ("analytics", "bucket"),
    "cache": ("groups", "cache", "queues"),
    "identity": ("people", "key"),
    "delivery": ("delivery", "nested", "bucket"),
    "serverless": ("serverless",),
}
"""What a template is for, and the pieces that it consists of."""

FORMATS = ("yaml", "yaml", "yaml", "json", "cdk")
"""How templates are written, by frequency; SAM is always YAML."""

_STAGE = """\
  Stage:
    Type: String
    Default: <<dev|prod>>
    AllowedValues: [dev, prod]
#? 0.5
    Description: Where this runs
#.
"""
_VPC = """\
  VpcId:
    Type: AWS::EC2::VPC::Id
"""
_SUBNETS = """\
  SubnetIds:
    Type: List<AWS::EC2::Subnet::Id>
"""
_GROUP = """\
  {0}:
    Type: AWS::EC2::SecurityGroup::Id
"""
_KEY = """\
  KmsKeyArn:
    Type: String
#? 0.5
    Default: arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555
#.
"""
_GLOBALS = """\
Globals:
  Function:
    Runtime: <<python3.12|python3.11|nodejs20.x>>
    Timeout: <<3|10|30>>
#? 0.5
    Tracing: <<Active|PassThrough>>
#.
    Environment:
      Variables:
        STAGE: !Ref Stage
"""


def write_templates(folder: Path, count: int, seed: int) -> None:
    """`count` templates in folders by what they are for; a larger count only adds templates."""
    kinds = list(KINDS)
    for number in range(count):
        random = seeded("templates", seed, number)
        kind = kinds[number % len(kinds)]
        turn, word = divmod(number // len(kinds), len(WORDS))
        name = f"{WORDS[word]}-{kind}" + (f"-{turn + 1}" if turn else "")
        style = "yaml" if kind == "serverless" else random.choice(FORMATS)
        text = _template(KINDS[kind], name, random)
        if style == "yaml":
            write(folder / kind / f"{name}.{random.choice(('yaml', 'yaml', 'yml'))}", text)
        elif style == "json":
            write(folder / kind / f"{name}.json", _json(yaml.load(text, _Loader), random.choice((2, 4))))
        else:
            stack = synthesized(yaml.load(text, _Loader), name)
            write(folder / "cdk.out" / f"{name}.template.json", _json(stack, 1))


def write_assembly(folder: Path, count: int, seed: int) -> None:
    """`count` stacks as `cdk synth` leaves them: a cloud assembly whose manifest names their templates."""
    kinds = [kind for kind in KINDS if kind != "serverless"]
    artifacts = {}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        name = f"{WORDS[number // len(kinds) % len(WORDS)]}-{kind}"
        text = _template(KINDS[kind], name, seeded("assembly", seed, number))
        write(folder / f"{name}.template.json", _json(synthesized(yaml.load(text, _Loader), name), 1))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": f"{name}.template.json"},
        }
    write(folder / "manifest.json", _json({"version": "36.0.0", "artifacts": artifacts}, 2))
    write(folder / "cdk.out", '{"version":"36.0.0"}')


def _template(pieces: tuple[str, ...], name: str, random: Random) -> str:
    """The YAML of one template."""
    sections = {"parameters": _STAGE, "mappings": "", "conditions": "", "resources": "", "outputs": ""}
    for part in pieces:
        for section, text in piece(f"cloudformation/{part}.yaml").items():
            sections[section] += apart(text) if section == "resources" else text
    context = {"name": name, "plain": name.replace("-", "")}
    context |= _surroundings(sections, pieces)
    head = 'AWSTemplateFormatVersion: "2010-09-09"\n'
    sam = "serverless" in pieces
    head += "Transform: AWS::Serverless-2016-10-31\n" if sam else ""
    head += f"Description: <<{name}|Stack of {name}|{name}, owned by the platform team>>\n"
    text = head + (f"\n{_GLOBALS}" if sam else "")
    for section, body in sections.items():
        text += f"\n{section.capitalize()}:\n" + body.lstrip("\n") if body else ""
    return fill(text, context, random)


def _surroundings(sections: dict[str, str], pieces: tuple[str, ...]) -> dict[str, str]:
    """Network, key and security groups: of this template, or parameters that it then declares."""
    body = sections["resources"]
    context = {"kms": "!GetAtt DataKey.Arn" if "key" in pieces else "!Ref KmsKeyArn"}
    if "network" in pieces:
        context |= {"vpc_id": "!Ref VPC", "subnets": "[!Ref PrivateSubnetA, !Ref PrivateSubnetB]"}
    else:
        context |= {"vpc_id": "!Ref VpcId", "subnets": "!Ref SubnetIds"}
        sections["parameters"] += _VPC if "<<vpc_id>>" in body else ""
        sections["parameters"] += _SUBNETS if "<<subnets>>" in body else ""
    if "key" not in pieces and "<<kms>>" in body:
        sections["parameters"] += _KEY
    for mark, name in (("app_sg", "AppSecurityGroup"), ("db_sg", "DatabaseSecurityGroup")):
        context[mark] = f"!Ref {name}" if "groups" not in pieces else f"!GetAtt {name}.GroupId"
        if "groups" not in pieces and f"<<{mark}>>" in body:
            sections["parameters"] += _GROUP.format(name)
    return context


def synthesized(template: dict[str, Any], stack: str) -> dict[str, Any]:
    """The same template as the CDK would write it: hashed logical ids, paths in metadata, its own parameter."""
    ids = {
        logical: logical + hashlib.sha256(f"{stack}/{logical}".encode()).hexdigest()[:8].upper()
        for logical in template["Resources"]
    }
    made: dict[str, Any] = _renamed({key: template[key] for key in template if key != "Description"}, ids)
    made["Resources"] = {ids[logical]: resource for logical, resource in made["Resources"].items()}
    for logical, name in ids.items():
        made["Resources"][name]["Metadata"] = {"aws:cdk:path": f"{stack}/{logical}/Resource"}
    made["Resources"]["CDKMetadata"] = {
        "Type": "AWS::CDK::Metadata",
        "Properties": {"Analytics": "v2:deflate64:H4sIAAAAAAAA/w=="},
        "Metadata": {"aws:cdk:path": f"{stack}/CDKMetadata/Default"},
    }
    made["Parameters"]["BootstrapVersion"] = {
        "Type": "AWS::SSM::Parameter::Value<String>",
        "Default": "/cdk-bootstrap/hnb659fds/version",
        "Description": "Version of the bootstrap resources in this environment",
    }
    return made


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    """The tree with every reference to a logical id following its new name."""
    if isinstance(value, list):
        return [_renamed(item, ids) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key == "Ref":
            result[key] = ids.get(item, item)
        elif key == "Fn::GetAtt":
            result[key] = [ids.get(item[0], item[0]), *item[1:]]
        elif key == "DependsOn":
            result[key] = [ids[name] for name in ([item] if isinstance(item, str) else item)]
        elif key == "Fn::Sub":
            result[key] = _renamed_text(item, ids)
        else:
            result[key] = _renamed(item, ids)
    return result


def _renamed_text(text: str, ids: Mapping[str, str]) -> str:
    for logical, name in ids.items():
        text = text.replace(f"${{{logical}}}", f"${{{name}}}").replace(f"${{{logical}.", f"${{{name}.")
    return text


def _json(template: dict[str, Any], indent: int) -> str:
    return json.dumps(template, indent=indent) + "\n"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms as their long ones."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)
