"""Terraform as teams write it: one root module of some 60 resources, and monorepos of many smaller ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.fill import fill, names, piece
from corpus.text import apart, seeded, write

if TYPE_CHECKING:
    from random import Random

KINDS: dict[str, tuple[str, ...]] = {
    "network": ("vpc", "security_groups"),
    "service": ("security_groups", "alb", "ecs"),
    "worker": ("messaging", "lambda", "dynamodb"),
    "database": ("kms", "rds", "secrets"),
    "aurora": ("aurora", "secrets", "alarms"),
    "website": ("website",),
    "analytics": ("analytics",),
    "cluster": ("eks",),
    "search": ("opensearch", "cache"),
    "api": ("api", "lambda"),
    "bastion": ("ec2", "storage"),
    "audit": ("kms", "cloudtrail", "security"),
    "identity": ("iam",),
    "storage": ("s3", "storage"),
    "delivery": ("delivery",),
    "workflow": ("workflow", "messaging"),
    "streaming": ("streaming", "alarms"),
}
"""What a root module of a monorepo is for, and the pieces (files) that it consists of."""

MODULE = ("vpc", "security_groups", "kms", "iam", "s3", "rds", "alb", "ecs", "workflow")
"""The pieces of the single module, some 60 resources together."""

WORDS = (
    *("orders", "billing", "checkout", "search", "catalog", "notifications", "identity", "reports"),
    *("inventory", "shipping", "pricing", "ledger", "loyalty", "media", "reviews", "support"),
    *("partners", "payouts", "fraud", "onboarding"),
)
PLACES = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-2")

_MAIN = """\
terraform {
  required_version = ">= 1.<<3|5|6>>"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.<<20|31|60>>"
    }
  }
#? 0.7

  backend "s3" {
    bucket = "example-terraform-state"
    key    = "<<env>>/<<name>>/terraform.tfstate"
    region = "<<region>>"
  }
#.
}

provider "aws" {
  region = var.region
#? 0.4

  default_tags {
    tags = local.tags
  }
#.
}

data "aws_caller_identity" "current" {}

locals {
  prefix = "<<name>>-${var.environment}"

  tags = merge(var.extra_tags, {
    Service     = "<<name>>"
    Environment = var.environment
    ManagedBy   = "terraform"
  })
}
"""
_VARIABLES = """\
variable "environment" {
  description = "Stage"
  type        = string
#? 0.3

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "Unknown stage."
  }
#.
}

variable "region" {
  type    = string
  default = "<<region>>"
}

variable "extra_tags" {
  type    = map(string)
  default = {}
}
"""
_TFVARS = """\
environment = "<<env>>"
extra_tags = {
  CostCenter = "<<1000..9999>>"
#? 0.5
  Owner      = "team-<<plain>>"
#.
}
"""
_NETWORK = """
variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  description = "Subnets without a way in"
  type        = list(string)
}

variable "public_subnet_ids" {
  type    = list(string)
  default = []
}
"""
_NETWORK_VALUES = """
vpc_id             = "vpc-0<<100000..999999>>abcdef"
private_subnet_ids = ["subnet-0<<100000..999999>>aaaa", "subnet-0<<100000..999999>>bbbb"]
public_subnet_ids  = ["subnet-0<<100000..999999>>cccc", "subnet-0<<100000..999999>>dddd"]
"""
_NETWORK_STATE = """
data "terraform_remote_state" "network" {
  backend = "s3"

  config = {
    bucket = "example-terraform-state"
    key    = "<<env>>/network/terraform.tfstate"
    region = "<<region>>"
  }
}
"""
_KMS_VARIABLE = """
variable "kms_key_arn" {
  description = "Key for data at rest"
  type        = string
#? 0.3
  default     = "arn:aws:kms:<<region>>:<<account>>:key/11111111-2222-3333-4444-555555555555"
#.
}
"""
_GROUPS = """
variable "security_group_ids" {
  description = "Groups by tier"
  type        = map(string)
  default = {
    app = "sg-0<<100000..999999>>aaaa"
    db  = "sg-0<<100000..999999>>bbbb"
    alb = "sg-0<<100000..999999>>cccc"
  }
}
"""


def write_module(folder: Path, seed: int) -> None:
    """One root module of some 60 resources over several files, with the local modules that it uses."""
    random = seeded("module", seed)
    context = _context(random.choice(WORDS), random.choice(("prod", "staging")), random)
    _write_root(folder, MODULE, context | {"modules": "./modules"}, random)
    _write_modules(folder / "modules", ("s3-bucket", "service-role", "sqs-queue"))


def write_monorepo(folder: Path, count: int, seed: int) -> None:
    """`count` root modules under `live/<stage>/<name>`, with shared modules; a larger count only adds."""
    _write_modules(folder / "modules", ("s3-bucket", "service-role", "sqs-queue"))
    kinds = list(KINDS)
    for number in range(count):
        random = seeded("monorepo", seed, number)
        kind = kinds[number % len(kinds)]
        word = WORDS[(number // len(kinds)) % len(WORDS)]
        round_ = number // (len(kinds) * len(WORDS))
        name = f"{word}-{kind}" + (f"-{round_ + 1}" if round_ else "")
        env = random.choice(("dev", "staging", "prod", "prod"))
        context = _context(name, env, random) | {"modules": "../../../modules"}
        _write_root(folder / "live" / env / name, KINDS[kind], context, random)


def _context(name: str, env: str, random: Random) -> dict[str, str]:
    return {
        "name": name,
        "plain": name.replace("-", ""),
        "env": env,
        "region": random.choice(PLACES),
        "account": "123456789012",
        "cidr": f"10.{random.randint(0, 250)}",
    }


def _write_root(folder: Path, pieces: tuple[str, ...], context: dict[str, str], random: Random) -> None:
    files = {"main.tf": _MAIN, "variables.tf": _VARIABLES, "outputs.tf": "", "terraform.tfvars": _TFVARS}
    bodies = ""
    for name in pieces:
        sections = piece(f"terraform/{name}.tf")
        files[f"{name}.tf"] = sections["body"]
        bodies += sections["body"]
        files["variables.tf"] += apart(sections.get("variables", ""))
        files["outputs.tf"] += apart(sections.get("outputs", ""))
        files["terraform.tfvars"] += apart(sections.get("tfvars", ""))
    context = context | _surroundings(pieces, bodies, files, random)
    if "flow.asl.json" in bodies:
        files["flow.asl.json"] = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}\n'
    for name, text in files.items():
        if text:
            write(folder / name, fill(text, context, random).lstrip("\n"))


def _surroundings(pieces: tuple[str, ...], bodies: str, files: dict[str, str], random: Random) -> dict[str, str]:
    """Where network, key and security groups come from: this module, variables, or another module's state."""
    context: dict[str, str] = {}
    if "vpc" in pieces:
        context |= _network("aws_vpc.main.id", "aws_subnet.{}[*].id")
    elif re.search("<<(vpc_id|private_subnets|public_subnets)>>", bodies):
        if random.random() < 0.3:
            files["main.tf"] += _NETWORK_STATE
            outputs = "data.terraform_remote_state.network.outputs."
            context |= _network(outputs + "vpc_id", outputs + "{}_subnet_ids")
        else:
            files["variables.tf"] += _NETWORK
            context |= _network("var.vpc_id", "var.{}_subnet_ids")
            if random.random() < 0.6:
                files["terraform.tfvars"] += _NETWORK_VALUES
    if "kms" not in pieces and "<<kms_arn>>" in bodies:
        files["variables.tf"] += _KMS_VARIABLE
    context["kms_arn"] = "aws_kms_key.main.arn" if "kms" in pieces else "var.kms_key_arn"
    own = "security_groups" in pieces
    if not own and re.search("<<(app|db|alb)_sg>>", bodies):
        files["variables.tf"] += _GROUPS
    for tier, name in (("app", "app"), ("db", "database"), ("alb", "alb")):
        context[f"{tier}_sg"] = f"aws_security_group.{name}.id" if own else f'var.security_group_ids["{tier}"]'
    return context


def _network(vpc: str, subnets: str) -> dict[str, str]:
    tiers = ("private", "public")
    return {"vpc_id": vpc} | {f"{tier}_subnets": subnets.format(tier) for tier in tiers}


def _write_modules(folder: Path, wanted: tuple[str, ...]) -> None:
    for name in names("terraform-modules"):
        relative = Path(name).relative_to("terraform-modules")
        if relative.parts[0] in wanted:
            write(folder / relative, piece(name)["body"])
