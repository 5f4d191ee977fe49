"""Texts with parts that are not known: references, secrets, and JSON documents whose shape is known all the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.limits import MAX_TEXT
from bastide.sources.terraform.render import render
from bastide.sources.terraform.values import Budget, Document, Failed, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET = Reference("${aws_s3_bucket.b.arn}", (("aws_s3_bucket.b", "arn"),))
UNSET = Unresolved("var.u", "why")
DECLARED = 'variable "u" {}\nresource "aws_s3_bucket" "b" {\n  bucket = "name"\n}\n'


def test_a_text_with_references_keeps_them() -> None:
    assert render([BUCKET, "/*"], "w", Budget()) == Reference("${aws_s3_bucket.b.arn}/*", BUCKET.targets)
    assert render(["a-", UNSET], "w", Budget()) == Reference("a-${var.u}", ())


def test_a_secret_part_makes_the_text_secret() -> None:
    made = render(["a", Secret("s")], "w", Budget())
    assert isinstance(made, Secret)
    assert made.value == "as"
    assert render(["a", Secret("s"), UNSET], "w", Budget()) == Sensitive(written=True)
    assert render(["a", Sensitive(), UNSET], "w", Budget()) == Sensitive()


def test_what_cannot_be_in_a_text_fails() -> None:
    assert isinstance(render(["a", None], "w", Budget()), Failed)
    assert isinstance(render(["a", [1]], "w", Budget()), Failed)
    assert isinstance(render(["a" * MAX_TEXT, "b"], "w", Budget()), Failed)


def test_json_keeps_its_shape_around_what_is_not_known() -> None:
    made = render(['{"a": "x', UNSET, '", "b": ', UNSET, ', "c": [', BUCKET, '], "', UNSET, '": 1}'], "w", Budget())
    assert isinstance(made, Document)
    assert made.tree == {"a": Reference("x${var.u}", ()), "b": UNSET, "c": [BUCKET], "${var.u}": 1}


def test_what_only_begins_like_json_is_a_text() -> None:
    assert render(["{not json ", UNSET], "w", Budget()) == Reference("{not json ${var.u}", ())


def test_a_text_in_brackets_is_no_list() -> None:
    assert render(["[", UNSET, "]"], "w", Budget()) == Reference("[${var.u}]", ())


def test_escaped_quotes_do_not_end_a_string() -> None:
    made = render(['{"a": "say \\"', UNSET, '\\" twice"}'], "w", Budget())
    assert made.tree == {"a": Reference('say "${var.u}" twice', ())}


def test_a_policy_in_a_heredoc_keeps_what_is_known(value: Callable[..., Any]) -> None:
    policy = """<<E
    {"Statement": [{"Action": "s3:*", "Resource": "${aws_s3_bucket.b.arn}/*", "Principal": ${jsonencode(var.u)}}]}
    E"""
    assert value(policy, DECLARED) == {
        "Statement": [
            {
                "Action": "s3:*",
                "Resource": Reference("${aws_s3_bucket.b.arn}/*", (("aws_s3_bucket.b", "arn"),)),
                "Principal": Unresolved("var.u", "variable without a value"),
            }
        ]
    }


def test_a_policy_made_by_directives_keeps_what_is_known(value: Callable[..., Any]) -> None:
    policy = """<<E
    {"Statement": [%{ for i, w in ["*", "111122223333"] }
      {"Principal": "${w}", "Resource": "${aws_s3_bucket.b.arn}/*"}%{ if i < 1 },%{ endif ~}
    %{ endfor }]}
    E"""
    bucket = Reference("${aws_s3_bucket.b.arn}/*", (("aws_s3_bucket.b", "arn"),))
    assert value(policy, DECLARED) == {
        "Statement": [{"Principal": "*", "Resource": bucket}, {"Principal": "111122223333", "Resource": bucket}]
    }


def test_jsonencode_keeps_what_is_known(value: Callable[..., Any]) -> None:
    found = value('jsonencode({ Statement = [{ Action = "s3:*", Resource = var.u }] })', DECLARED)
    assert found == {"Statement": [{"Action": "s3:*", "Resource": Unresolved("var.u", "variable without a value")}]}
    assert value('jsonencode({ b = "1", a = [true] })') == json.dumps({"a": [True], "b": "1"}, separators=(",", ":"))
    assert value("jsondecode(jsonencode({ a = var.u })).a", DECLARED).expression == "var.u"


def test_a_known_name_keeps_its_link(value: Callable[..., Any]) -> None:
    assert value('"${aws_s3_bucket.b.bucket}-logs"', DECLARED) == Reference(
        "name-logs", (("aws_s3_bucket.b", "bucket"),)
    )
