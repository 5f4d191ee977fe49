"""Which resource an attribute names."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.mapping import Fold
from bastide.sources.terraform.mapping_families import Families, base_of, module_of, name_key, outside
from bastide.sources.terraform.mapping_folds import Pending
from tests.sources.terraform.trees import marked, resource

FOLD = Fold("AWS::S3::Bucket", "bucket", "VersioningConfiguration")


def families(*others: Any, **buckets: Any) -> Families:
    """Buckets by name (`x_0` is `aws_s3_bucket.x[0]`) and other resources of the unit."""
    pending = []
    for name, bucket in buckets.items():
        base, _, key = name.partition("_")
        address = f"aws_s3_bucket.{base}" + (f"[{key}]" if key else "")
        source = resource(address, {"bucket": bucket})
        pending.append(Pending(source, "AWS::S3::Bucket", address, {"BucketName": marked(bucket)}))
    return Families(pending, [*(one.source for one in pending), *others])


def found(all_of: Families, value: Any, address: str = "aws_s3_bucket_versioning.v") -> tuple[list[str], list[str]]:
    parents = all_of.parents(FOLD, marked(value), address)
    return [one.address for one in parents.certain], [one.address for one in parents.possible]


@pytest.mark.parametrize(
    ("value", "certain", "possible"),
    [
        ("${aws_s3_bucket.a.id}", ["aws_s3_bucket.a"], []),
        ("one", ["aws_s3_bucket.a"], []),
        ("arn:aws:s3:::one", ["aws_s3_bucket.a"], []),
        ("same", [], ["aws_s3_bucket.b", "aws_s3_bucket.c"]),
        ("${aws_s3_bucket.x[1].id}", ["aws_s3_bucket.x[1]"], []),
        ("${aws_s3_bucket.x.id}", [], ["aws_s3_bucket.x[0]", "aws_s3_bucket.x[1]"]),
        ("${aws_s3_bucket.a.id}${aws_s3_bucket.b.id}", [], ["aws_s3_bucket.a", "aws_s3_bucket.b"]),
        ("elsewhere", [], []),
        ("${data.aws_s3_bucket.d.id}", [], []),
        ("?data.aws_s3_bucket.d.id", [], []),
        ("?var.name", ["aws_s3_bucket.v"], []),
        ("${random_id.r.hex}-logs", ["aws_s3_bucket.r"], []),
    ],
)
def test_parents(value: str, certain: list[str], possible: list[str]) -> None:
    all_of = families(a="one", b="same", c="same", x_0="x0", x_1="x1", v="?var.name", r="${random_id.r.hex}-logs")
    assert found(all_of, value) == (certain, possible)


def test_of_several_that_a_plan_refers_to_the_name_that_it_knows_tells_which() -> None:
    all_of = families(x_0="x0", x_1="x1", y="x1")
    targets = (("aws_s3_bucket.x[0]", "bucket"), ("aws_s3_bucket.x[1]", "bucket"))
    assert found(all_of, Reference("x0", targets)) == (["aws_s3_bucket.x[0]"], [])
    assert found(all_of, Reference("x1", targets)) == ([], ["aws_s3_bucket.x[0]", "aws_s3_bucket.x[1]"])


def test_what_cannot_be_told_may_be_any() -> None:
    assert found(families(a="one", b="two"), "?var.other") == ([], ["aws_s3_bucket.a", "aws_s3_bucket.b"])
    assert found(families(a="one"), "${random_id.r.hex}") == ([], ["aws_s3_bucket.a"])


def test_the_same_words_in_another_module_are_not_the_same() -> None:
    all_of = families(a="?var.name", b="b")
    assert found(all_of, "?var.name", "module.m.aws_s3_bucket_versioning.v")[0] == []


def test_another_resource_may_name_the_parent() -> None:
    policy = resource("aws_s3_bucket_acl.p", {"bucket": "${aws_s3_bucket.a.id}"})
    assert found(families(policy, a="one", b="two"), "${aws_s3_bucket_acl.p.id}") == (["aws_s3_bucket.a"], [])
    assert found(families(policy, a="one", b="two"), "${aws_s3_bucket_acl.p.bucket}") == (["aws_s3_bucket.a"], [])


def test_circles_of_names_end() -> None:
    first = resource("aws_s3_bucket_acl.a", {"bucket": "${aws_s3_bucket_acl.b.bucket}"})
    second = resource("aws_s3_bucket_acl.b", {"bucket": "${aws_s3_bucket_acl.a.bucket}"})
    assert found(families(first, second, a="one"), "${aws_s3_bucket_acl.a.bucket}") == ([], ["aws_s3_bucket.a"])


@pytest.mark.parametrize(
    ("address", "module", "base"),
    [
        ("aws_a.b", "", "aws_a.b"),
        ("aws_a.b[0]", "", "aws_a.b"),
        ('aws_a.b["x.y"]', "", "aws_a.b"),
        ("module.m.aws_a.b", "module.m.", "module.m.aws_a.b"),
        (
            'module.m["k.l"].module.n[0].data.aws_a.b',
            'module.m["k.l"].module.n[0].',
            'module.m["k.l"].module.n[0].data.aws_a.b',
        ),
    ],
)
def test_parts_of_addresses(address: str, module: str, base: str) -> None:
    assert module_of(address) == module
    assert base_of(address) == base


def test_name_keys() -> None:
    assert name_key("b", "x") == "b"
    assert name_key(Reference("${a.b}-c"), "x") == "${a.b}-c"
    assert name_key(Unresolved("var.a"), "module.m.aws_a.b") == "module.m.\0var.a"
    assert name_key(Unresolved(""), "x") == ""
    assert name_key(7, "x") == ""


def test_outside() -> None:
    assert outside("literal")
    assert outside(Unresolved("module.m.data.aws_a.b.id"))
    assert not outside(Unresolved("var.a"))
    assert not outside(Reference("${aws_a.b.id}", (("aws_a.b", "id"),)))
    assert not outside(Reference("text"))
