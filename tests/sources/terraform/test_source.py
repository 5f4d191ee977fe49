"""The whole source: from a folder to resources, on configurations that are good, bad and random."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bastide.resources.model import Loaded, Unresolved
from bastide.sources.terraform import load, provider_resources
from bastide.sources.worker import Task, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

DEEP = os.environ.get("BASTIDE_FUZZ") == "deep"
FUZZ = settings(
    max_examples=3000 if DEEP else 40,
    deadline=None,
    derandomize=not DEEP,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

EVERYTHING = """
terraform {
  required_version = ">= 1.5"
}
variable "u" {}
variable "ports" {
  type    = list(number)
  default = [22, 80]
}
locals {
  name = "shop-${var.u}"
  tags = merge({ A = "b" }, { for k, v in { x = 1 } : upper(k) => "${v}" })
  when = length(var.ports) > 1 && !false ? "many" : "few"
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
  }
}
resource "aws_s3_bucket" "b" {
  bucket = local.name
  tags   = local.tags
}
resource "aws_s3_bucket_policy" "b" {
  count  = 2
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [{ Action = "s3:*", Resource = var.u }] })
}
resource "aws_iam_role" "r" {
  for_each           = toset(["a", "b"])
  name               = each.key
  assume_role_policy = <<-E
    {"Statement": [{"Principal": "${each.value}", "Effect": "Allow"}]}
  E
}
resource "aws_security_group" "g" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port   = ingress.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}
module "m" {
  source = "./m"
  a      = try(local.tags["A"], null)
}
output "o" {
  value = module.m.x[*]
}
"""
CHILD = """
variable "a" {}
resource "aws_sqs_queue" "q" {
  name = var.a == null ? "none" : format("%s-q", var.a)
}
output "x" {
  value = aws_sqs_queue.q.arn
}
"""


def test_everything_together(configuration: Callable[..., Any]) -> None:
    found = configuration({"main.tf": EVERYTHING, "m/main.tf": CHILD})
    assert found.told() == []
    assert found.files == ["main.tf", "m/main.tf"]
    assert found.of("module.m.aws_sqs_queue.q") == {"name": "b-q"}
    assert found.of("aws_s3_bucket.b")["tags"] == {"A": "b", "X": 1}
    assert [one["from_port"] for one in found.of("aws_security_group.g")["ingress"]] == [22, 80]
    assert len(found.resources) == 8


KNOWN = """
locals {
  n = 7
  l = ["b", "a", "c"]
  m = { x = 1, y = "two", z = [true, null] }
}
resource "aws_a" "a" {
  arithmetic = (local.n + 3) * 2 - 8 / 4 % 3
  compared   = local.n >= 7 && local.n != 8 || false
  chosen     = local.n > 5 ? "large" : "small"
  sorted     = sort(local.l)
  shouted    = [for s in local.l : upper(s) if s != "b"]
  swapped    = { for i, s in local.l : s => i }
  grouped    = { for s in ["aa", "ab", "b"] : substr(s, 0, 1) => s... }
  merged     = merge(local.m, { x = 2 }, { w = 3 })
  splat      = [{ v = 1 }, { v = 2 }][*].v
  subnet     = cidrsubnet("10.0.0.0/16", 8, 5)
  subnets    = cidrsubnets("10.1.0.0/16", 4, 4, 8)
  host       = cidrhost("10.0.0.0/24", 5)
  encoded    = jsonencode({ b = [1, 2.5], a = { c = "d" } })
  decoded    = jsondecode("{\\"a\\": [1, {\\"b\\": true}]}")
  formatted  = format("%s-%03d-%.2f", "x", 7, 1.5)
  listed     = formatlist("%s!", ["a", "b"])
  hashed     = sha256("abc")
  based      = base64encode("abc")
  replaced   = replace("a-b-c", "/-(.)/", "_$1")
  matched    = regex("([a-z]+)([0-9]+)", "abc123")
  flat       = flatten([[1, [2]], [], 3])
  united     = setunion(["a"], ["b", "a"])
  product    = setproduct(["a", "b"], ["x"])
  looked     = lookup({ a = "b" }, "c", "none")
  tried      = try(local.m.none, "fallback")
  trimmed    = trimspace("  a ")
  joined     = join(",", concat(["a"], ["b"]))
  zipped     = zipmap(["a", "b"], [1, 2])
  heredoc    = <<-E
    one
      two ${local.n}
  E
  titled     = title("hello world")
  ranged     = range(1, 8, 3)
  chunked    = chunklist(["a", "b", "c"], 2)
  coalesced  = coalesce("", "x")
  element    = element(["a", "b"], 3)
  block {
    nested = length(local.l)
  }
}
resource "aws_a" "many" {
  for_each = { one = 1, two = 2 }
  v        = "${each.key}=${each.value}"
}
"""


def test_values_are_those_of_another_evaluator(configuration: Callable[..., Any]) -> None:
    """What Trivy's evaluator makes of a configuration that is known in full, attribute by attribute."""
    import tfparse

    found = configuration(KNOWN)
    theirs = {row["__tfmeta"]["path"]: row for row in tfparse.load_from_path(".")["aws_a"]}
    compared = 0
    for address, resource in found.resources.items():
        for name, ours in resource.attributes.items():
            other = theirs[address][name]
            assert (name, ours) == (name, [{"nested": other["nested"]}] if name == "block" else other)
            compared += 1
    assert compared == len(found.of("aws_a.a")) + 2 == 37


def test_load_gives_settled_resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "live").mkdir()
    (tmp_path / "live/main.tf").write_text(
        'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\nresource "nope_x" "y" {}\n'
    )
    loaded = load("live", ["live/main.tf"])
    assert (loaded.unit, loaded.source, loaded.files) == ("live", "terraform", ["live/main.tf"])
    (bucket,) = loaded.resources
    assert (bucket.type, bucket.address, bucket.unit, bucket.path) == (
        "AWS::S3::Bucket",
        "aws_s3_bucket.b",
        "live",
        "live/main.tf",
    )
    assert bucket.properties["BucketName"] == "x"
    assert bucket.locate("BucketName") == ("live/main.tf", 2)


def test_separate_resources_find_their_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(
        """
        variable "name" {}
        variable "names" { type = set(string) }
        resource "aws_s3_bucket" "a" { bucket = var.name }
        resource "aws_s3_bucket_versioning" "a" {
          bucket = aws_s3_bucket.a.bucket
          versioning_configuration { status = "Enabled" }
        }
        resource "aws_s3_bucket" "c" { count = 2 }
        resource "aws_s3_bucket_versioning" "c" {
          count  = 2
          bucket = aws_s3_bucket.c[count.index].id
          versioning_configuration { status = count.index == 0 ? "Enabled" : "Suspended" }
        }
        resource "aws_s3_bucket" "e" { for_each = var.names }
        resource "aws_s3_bucket_versioning" "e" {
          for_each = aws_s3_bucket.e
          bucket   = each.value.id
          versioning_configuration { status = "Enabled" }
        }
        """
    )
    status = {one.address: one.properties["VersioningConfiguration"]["Status"] for one in load(".").resources}
    assert status == {
        "aws_s3_bucket.a": "Enabled",
        "aws_s3_bucket.c[0]": "Enabled",
        "aws_s3_bucket.c[1]": "Suspended",
        'aws_s3_bucket.e["?"]': "Enabled",
    }


def test_a_folder_that_is_not_there() -> None:
    _, problems, _ = provider_resources("no/such/folder")
    assert [(one.kind, one.path) for one in problems] == [("unreadable", "no/such/folder")]


def test_nothing_of_a_value_is_made_up(configuration: Callable[..., Any]) -> None:
    """Without a value for `u`, nothing that hangs on it may come out as a plain value."""
    text = "variable \"u\" {}\nresource \"aws_a\" \"a\" {\n" + "".join(
        f"  v{number} = {expression}\n"
        for number, expression in enumerate(
            ["var.u", "!var.u", "var.u + 1", "var.u ? 1 : 0", "length(var.u)", "[for x in var.u : 1]", "var.u[0]",
             "upper(var.u)", "var.u == null", "lookup(var.u, \"a\", 1)", "merge(var.u, {})", "split(\",\", var.u)",
             "tonumber(var.u)", "coalesce(var.u, 1)", "contains(var.u, 1)", "keys(var.u)", "var.u.a.b", "-var.u",
             "var.u > 1", "var.u && true", "cidrsubnet(var.u, 1, 1)", "jsondecode(var.u)", "try(var.u.x, 1)",
             "can(var.u.x)", "one(var.u)", "element(var.u, 0)", "alltrue(var.u)", "sum(var.u)", "max(var.u, 1)"]
        )
    ) + "}\n"  # fmt: skip
    values = configuration(text).of("aws_a.a")
    assert len(values) == 29
    assert [name for name, one in values.items() if not isinstance(one, Unresolved)] == []


def loaded(folder: Path, files: dict[str, bytes]) -> Loaded:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (result,) = run(Task(0, "terraform", (str(folder),)))
    for problem in result.problems:
        assert "inside bastide" not in problem.message, problem
        assert problem.line >= 1
    return result


@FUZZ
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 12))
def test_fuzz_bytes(tmp_path: Path, seed: int, changes: int) -> None:
    """Whatever bytes are changed, there are resources and problems and nothing else."""
    chance = random.Random(seed)
    content = bytearray(EVERYTHING.encode())
    for _ in range(changes):
        at = chance.randrange(len(content))
        piece = content[at : at + chance.randrange(40)]
        to = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randrange(30)]
            case 2:
                content[to:to] = piece
            case _:
                content[to:to] = chance.choice(
                    [b"${", b"}", b'"', b"[", b"(", b"<<E\n", b"%{", b"\\", b"*", b"\n", b"..."]
                )
    loaded(tmp_path, {"main.tf": bytes(content), "m/main.tf": CHILD.encode()})


NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(st.integers(-5, 50).map(str), st.sampled_from(["true", "false", "null", '"x"', '""', '"10"']))
ROOTS = st.one_of(
    NAMES.map("var.{}".format),
    NAMES.map("local.{}".format),
    NAMES.map("aws_a.{}".format),
    NAMES.map("aws_a.{}.id".format),
    st.sampled_from(["each.value", "count.index", "module.m.x", "path.module", "data.aws_d.a.y"]),
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    functions = "length merge concat jsonencode toset flatten try can keys values one join lookup format upper"
    functions += " cidrsubnet element coalesce setproduct range"
    operators = ["+", "-", "*", "/", "%", "==", "!=", "<", "&&", "||"]
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{ " + ", ".join(f"k{i} = {item}" for i, item in enumerate(items)) + " }"
        ),
        st.tuples(inner, st.sampled_from(operators), inner).map(" ".join).map("({})".format),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
        st.tuples(st.sampled_from(functions.split()), st.lists(inner, max_size=3)).map(
            lambda f: f"{f[0]}({', '.join(f[1])})"
        ),
        inner.map(lambda item: f'"x${{{item}}}y"'),
        st.tuples(inner, inner).map(lambda two: f"[for k, v in {two[0]} : {two[1]} if v != null]"),
        st.tuples(inner, inner).map(lambda two: f"{{ for k, v in {two[0]} : k => {two[1]}... }}"),
        st.tuples(ROOTS, inner).map(lambda two: f"{two[0]}[{two[1]}]"),
        ROOTS.map("{}[*].a".format),
        inner.map("!{}".format),
    )


EXPRESSIONS = st.recursive(st.one_of(SCALARS, ROOTS), compound, max_leaves=12)


@FUZZ
@given(
    locals_=st.lists(EXPRESSIONS, min_size=3, max_size=3),
    defaults=st.lists(SCALARS, min_size=2, max_size=2),
    attributes=st.lists(EXPRESSIONS, min_size=6, max_size=6),
    expansion=st.sampled_from(["count", "for_each", "x"]),
)
def test_fuzz_configurations(
    tmp_path: Path, locals_: list[str], defaults: list[str], attributes: list[str], expansion: str
) -> None:
    """Any expression anywhere evaluates to a value or a mark; the resources beside it are there."""
    text = 'variable "c" {}\n'
    text += "".join(f'variable "{name}" {{\n  default = {one}\n}}\n' for name, one in zip("ab", defaults, strict=True))
    text += "locals {\n" + "".join(f"  {name} = {one}\n" for name, one in zip("abc", locals_, strict=True)) + "}\n"
    for name, one, other in zip("abc", attributes[:3], attributes[3:], strict=True):
        text += f'resource "aws_a" "{name}" {{\n  {expansion} = {one}\n  v = {other}\n'
        text += f'  dynamic "d" {{\n    for_each = {one}\n    content {{\n      w = d.value\n    }}\n  }}\n}}\n'
    text += 'resource "aws_s3_bucket" "there" {}\nmodule "m" {\n  source = "./m"\n  a = local.a\n}\n'
    result = loaded(tmp_path, {"main.tf": text.encode(), "m/main.tf": CHILD.encode()})
    assert not [one for one in result.problems if one.kind == "unreadable"], result.problems
    assert "aws_s3_bucket.there" in [one.address for one in result.resources]
