"""Modules: variables, locals, outputs, and names that mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Sensitive, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable

CHILD = """
variable "a" {}
variable "b" {
  default = "b"
}
variable "c" {
  default  = "c"
  nullable = false
}
resource "aws_a" "a" {
  a = var.a
  b = var.b
  c = var.c
}
output "arn" {
  value = aws_a.a.arn
}
output "text" {
  value = "<${var.a}>"
}
output "hidden" {
  value     = var.a
  sensitive = true
}
"""


def test_arguments_defaults_and_null(configuration: Callable[..., Any]) -> None:
    call = 'module "m" {\n  source = "./m"\n  a = local.x\n  b = null\n  c = null\n}\nlocals {\n  x = 1\n}\n'
    found = configuration({"main.tf": call, "m/main.tf": CHILD})
    assert found.of("module.m.aws_a.a") == {"a": 1, "c": "c"}
    resource = found.resources["module.m.aws_a.a"]
    assert resource.call == ("main.tf:1 module.m",)
    assert (resource.path, resource.line) == ("m/main.tf", 10)


def test_outputs(configuration: Callable[..., Any]) -> None:
    names = {"arn": "arn", "text": "text", "hid": "hidden", "no": "no"}
    lines = "".join(f"  {name} = module.m.{output}\n" for name, output in names.items())
    show = f'resource "aws_b" "b" {{\n{lines}}}\n'
    call = 'module "m" {\n  source = "./m"\n  a = "x"\n}\n'
    found = configuration({"main.tf": call + show, "m/main.tf": CHILD})
    assert found.of("aws_b.b") == {
        "arn": Reference("${module.m.aws_a.a.arn}", (("module.m.aws_a.a", "arn"),)),
        "text": "<x>",
        "hid": Sensitive(written=True),
        "no": Unresolved("module.m.no", "not declared in this configuration"),
    }


def test_instances_of_modules(configuration: Callable[..., Any]) -> None:
    calls = """
    variable "u" {}
    module "c" {
      source = "./m"
      count  = 2
      a      = count.index
    }
    module "e" {
      source   = "./m"
      for_each = { x = "one" }
      a        = each.value
    }
    module "u" {
      source   = "./m"
      for_each = var.u
      a        = each.key
    }
    resource "aws_b" "b" {
      c = module.c[*].text
      e = module.e["x"].text
      all = [for one in module.e : one.text]
    }
    """
    found = configuration({"main.tf": calls, "m/main.tf": CHILD})
    assert found.of("aws_b.b") == {"c": ["<0>", "<1>"], "e": "<one>", "all": ["<one>"]}
    assert found.of('module.e["x"].aws_a.a')["a"] == "one"
    assert found.of("module.c[1].aws_a.a")["a"] == 1
    assert isinstance(found.of('module.u["?"].aws_a.a')["a"], Unresolved)


def test_modules_within_modules(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": 'module "o" {\n  source = "./o"\n  v = aws_k.k.arn\n}\nresource "aws_k" "k" {}\n',
            "o/main.tf": 'variable "v" {}\n\nmodule "i" {\n  source = "../i"\n  v = var.v\n}\n',
            "i/main.tf": 'variable "v" {}\nresource "aws_a" "a" {\n  v = var.v\n  here = path.module\n}\n',
        }
    )
    inner = found.resources["module.o.module.i.aws_a.a"]
    assert inner.call == ("main.tf:1 module.o", "o/main.tf:3 module.i")
    assert inner.attributes == {"v": Reference("${aws_k.k.arn}", (("aws_k.k", "arn"),)), "here": "i"}


def test_a_whole_resource_as_an_argument(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": 'resource "aws_v" "v" {}\nmodule "m" {\n  source = "./m"\n  v = aws_v.v\n}\n',
            "m/main.tf": 'variable "v" {}\nresource "aws_a" "a" {\n  v = var.v.id\n}\n',
        }
    )
    assert found.of("module.m.aws_a.a")["v"] == Reference("${aws_v.v.id}", (("aws_v.v", "id"),))


def test_secret_variables(value: Callable[..., Any]) -> None:
    declared = """
    variable "s" {
      default   = { password = "hush", none = null }
      sensitive = true
    }
    variable "unset" { sensitive = true }
    variable "null" {
      default   = null
      sensitive = true
    }
    """
    written = Sensitive(written=True)
    assert value("var.s.password", declared) == written
    assert value('"x-${var.s.password}"', declared) == written
    assert value('"x-${var.s.password}-${aws_b.b.id}"', declared) == written
    assert value("base64encode(var.s.password)", declared) == written
    assert value('jsonencode({ p = var.s.password, q = "r" })', declared) == {"p": written, "q": "r"}
    assert value("[for k, v in var.s : v]", declared) == written
    assert value('var.s.password != ""', declared) is True
    assert value("var.unset", declared) == Sensitive()
    assert value('"x-${var.unset}"', declared) == Sensitive()
    assert value("var.null", declared) is None
    assert value("var.s.none", declared) is None
    assert value('sensitive("x")') == written
    assert value("nonsensitive(var.s.password)", declared) == "hush"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("path.module", "."),
        ("path.root", "."),
        ("terraform.workspace", Unresolved("terraform.workspace", "chosen when it is run")),
        ("local.none", Unresolved("local.none", "not declared in this configuration")),
        ("var.none", Unresolved("var.none", "not declared in this configuration")),
        ("each.key", Unresolved("each.key", "it means nothing here")),
        ("var", Unresolved("var", "it means nothing here")),
    ],
)
def test_names(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


def test_locals_that_refer_to_themselves(value: Callable[..., Any]) -> None:
    found = value("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n")
    assert isinstance(found, Unresolved)
    assert found.reason == "it refers to itself"


def test_templates_see_only_what_they_are_given(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": 'resource "aws_a" "a" {\n  v = templatefile("./t.tpl", { n = "x", l = [1, 2] })\n}\n',
            "t.tpl": "${n}: %{ for i in l }${i} %{ endfor }${upper(n)}",
        }
    )
    assert found.of("aws_a.a")["v"] == "x: 1 2 X"
    assert "t.tpl" in found.files
    bad = configuration({"t.tpl": "${local.n}"}).of("aws_a.a")["v"]
    assert bad == Unresolved("local.n", "the template was not given it")
    broken = configuration({"t.tpl": "${"}).of("aws_a.a")["v"]
    assert broken.reason.startswith("the template is not well formed")


def test_a_policy_in_a_template_file_keeps_what_is_known(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": 'variable "u" {}\nresource "aws_a" "a" {\n  v = templatefile("p.json", { arn = var.u })\n}\n',
            "p.json": '{"Statement": [{"Action": "*", "Resource": "${arn}"}]}',
        }
    )
    unset = Unresolved("var.u", "variable without a value")
    assert found.of("aws_a.a")["v"] == {"Statement": [{"Action": "*", "Resource": unset}]}


@pytest.mark.parametrize(
    ("default", "wanted"),
    [
        ('""', ""),
        ("[]", []),
        ('"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"', Sensitive()),
        ("{ password = aws_r.r.result }", Sensitive()),
        ("4711", Sensitive(written=True)),
    ],
)
def test_what_is_declared_secret_and_written_is_told_apart_from_what_only_points_to_one(
    configuration: Callable[..., Any], default: str, wanted: Any
) -> None:
    call = f'module "m" {{\n  source = "./m"\n  s = {default}\n}}\nresource "aws_r" "r" {{}}\n'
    child = 'variable "s" { sensitive = true }\nresource "aws_a" "a" {\n  v = var.s\n}\n'
    assert configuration({"main.tf": call, "m/main.tf": child}).of("module.m.aws_a.a")["v"] == wanted


def test_a_secret_in_a_file_of_values_is_written(configuration: Callable[..., Any]) -> None:
    declared = 'variable "s" { sensitive = true }\nresource "aws_a" "a" {\n  v = var.s\n}\n'
    found = configuration({"main.tf": declared, "terraform.tfvars": 's = "hush"\n'})
    assert found.of("aws_a.a")["v"] == Sensitive(written=True)
