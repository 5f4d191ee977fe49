"""What other expressions see of a resource, and what is known of its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Sensitive, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable

SEEN = """
variable "u" {}
variable "s" {
  default   = "hush"
  sensitive = true
}
resource "aws_s" "s" {
  name   = "known"
  port   = 5432
  on     = true
  unset  = var.u
  none   = null
  secret = var.s
  list   = ["a", aws_t.t.arn]
  linked = aws_t.t.id
  tags   = { a = "b" }
  block {
    in = "x"
  }
}
resource "aws_t" "t" {}
"""


def link(attribute: str, text: str = "", address: str = "aws_s.s") -> Reference:
    return Reference(text or "${" + f"{address}.{attribute}" + "}", ((address, attribute),))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("aws_s.s.arn", link("arn")),
        ("aws_s.s.id", link("id")),
        ("aws_s.s.name", link("name", "known")),
        ("aws_s.s.port", 5432),
        ("aws_s.s.on", True),
        ("aws_s.s.unset", link("unset")),
        ("aws_s.s.none", link("none")),
        ("aws_s.s.secret", Sensitive(written=True)),
        ("aws_s.s.list[1]", link("arn", address="aws_t.t")),
        ("aws_s.s.linked", link("id", address="aws_t.t")),
        ("aws_s.s.tags.a", "b"),
        ("aws_s.s.block[0].in", "x"),
        ("aws_s.s.computed[0].x", Reference("${aws_s.s.computed[0].x}", (("aws_s.s", "computed[0].x"),))),
        ("aws_s.s", link("id")),
        ("[aws_s.s.arn]", [link("arn")]),
        ("data.aws_d.gone", None),
    ],
)
def test_attributes(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    found = value(expression, SEEN)
    assert found == wanted if wanted is not None else found.reason == "not declared in this configuration"


def test_data_sources_are_there(configuration: Callable[..., Any]) -> None:
    found = configuration('data "aws_d" "d" {\n  q = 1\n}\nresource "aws_a" "a" {\n  v = data.aws_d.d.json\n}\n')
    assert found.of("aws_a.a")["v"] == Reference("${data.aws_d.d.json}", (("data.aws_d.d", "json"),))
    source = found.resources["data.aws_d.d"]
    assert (source.data, source.type, source.attributes) == (True, "aws_d", {"q": 1})
    assert found.resources["aws_a.a"].data is False


def test_resources_that_name_each_other_come_to_an_end(configuration: Callable[..., Any]) -> None:
    found = configuration('resource "aws_a" "a" {\n  v = aws_b.b.v\n}\nresource "aws_b" "b" {\n  v = aws_a.a.v\n}\n')
    assert found.of("aws_a.a")["v"] == link("v", address="aws_b.b")


PROVIDERS = """
provider "aws" {
  region     = "eu-west-1"
  access_key = "never shown"
  default_tags {
    tags = { Owner = "team" }
  }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
"""


def test_providers(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": PROVIDERS
            + 'resource "aws_a" "plain" {}\nresource "aws_a" "us" {\n  provider = aws.us\n}\n'
            + 'resource "other_a" "o" {}\n'
            + 'module "m" {\n  source = "./m"\n  providers = { aws = aws.us, aws.second = aws }\n}\n'
            + 'module "n" {\n  source = "./m"\n}\n',
            "m/main.tf": 'resource "aws_a" "a" {}\nresource "aws_a" "b" {\n  provider = aws.second\n}\n',
        }
    )
    main = {"region": "eu-west-1", "default_tags": {"Owner": "team"}}
    us = {"alias": "us", "region": "us-east-1"}
    assert {address: one.provider for address, one in found.resources.items()} == {
        "aws_a.plain": main,
        "aws_a.us": us,
        "other_a.o": {},
        "module.m.aws_a.a": us,
        "module.m.aws_a.b": main,
        "module.n.aws_a.a": main,
        "module.n.aws_a.b": {},
    }


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('name = "AdministratorAccess"', "arn:aws:iam::aws:policy/AdministratorAccess"),
        ("name = local.name", "arn:aws:iam::aws:policy/PowerUserAccess"),
        (
            'arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"',
            "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        ),
        ('name = "OwnAccess"', "${data.aws_iam_policy.p.arn}"),
        ("name = var.unset", "${data.aws_iam_policy.p.arn}"),
        ('name = "AdministratorAccess"\npath_prefix = "/own/"', "${data.aws_iam_policy.p.arn}"),
    ],
)
def test_a_policy_of_aws_that_is_looked_up_by_name(value: Callable[..., Any], written: str, wanted: str) -> None:
    declared = 'variable "unset" {}\nlocals {\n  name = "PowerUserAccess"\n}\n'
    declared += f'data "aws_iam_policy" "p" {{\n{written}\n}}\n'
    found = value("data.aws_iam_policy.p.arn", declared)
    assert found == Reference(wanted, (("data.aws_iam_policy.p", "arn"),))


@pytest.mark.parametrize("attribute", ["arn", "id", "target_key_arn", "target_key_id"])
def test_a_key_of_aws_that_is_looked_up_by_its_alias(value: Callable[..., Any], attribute: str) -> None:
    declared = 'locals {\n  alias = "alias/aws/rds"\n}\ndata "aws_kms_alias" "k" {\n  name = local.alias\n}\n'
    found = value(f"data.aws_kms_alias.k.{attribute}", declared)
    assert found == Reference("alias/aws/rds", (("data.aws_kms_alias.k", attribute),))


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("alias/aws/rds", "alias/aws/rds"),
        ("arn:aws:kms:eu-west-1:111122223333:alias/aws/rds", "arn:aws:kms:eu-west-1:111122223333:alias/aws/rds"),
        ("alias/aws-own", "${data.aws_kms_key.k.arn}"),
        ("alias/own/alias/aws/rds", "${data.aws_kms_key.k.arn}"),
    ],
)
def test_a_key_that_is_looked_up_is_of_aws_by_its_alias_alone(value: Callable[..., Any], key: str, wanted: str) -> None:
    found = value("data.aws_kms_key.k.arn", f'data "aws_kms_key" "k" {{\n  key_id = "{key}"\n}}\n')
    assert found == Reference(wanted, (("data.aws_kms_key.k", "arn"),))


def test_a_key_of_aws_is_looked_up_not_made(value: Callable[..., Any]) -> None:
    found = value("aws_kms_alias.k.target_key_arn", 'resource "aws_kms_alias" "k" {\n  name = "alias/aws/rds"\n}\n')
    assert found == Reference("${aws_kms_alias.k.target_key_arn}", (("aws_kms_alias.k", "target_key_arn"),))


@pytest.mark.parametrize("kind", ["cloudinit_config", "template_file"])
def test_what_a_data_source_renders_is_not_only_a_reference(value: Callable[..., Any], kind: str) -> None:
    found = value(f"data.{kind}.c.rendered", f'data "{kind}" "c" {{}}\n')
    assert found == Unresolved(f"data.{kind}.c.rendered", "a data source renders it")
