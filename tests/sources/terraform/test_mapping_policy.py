"""Policy documents: rendered as AWS reads them, with marks where something is not known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.terraform.mapping_policy import MAX_JSON, Documents, conditions, with_references
from tests.sources.terraform.trees import marked, resource

DOCUMENT = "data.aws_iam_policy_document.d"


def rendered(**attributes: Any) -> Any:
    return Documents(lambda _: None).render(resource(DOCUMENT, attributes))


def test_a_statement_has_all_its_parts() -> None:
    assert rendered(
        policy_id="p",
        statement=[
            {
                "sid": "One",
                "effect": "Deny",
                "actions": ["s3:Get*", "s3:Put*"],
                "not_resources": ["arn:aws:s3:::b/&{aws:username}/*"],
                "principals": [
                    {"type": "AWS", "identifiers": ["arn:a"]},
                    {"type": "AWS", "identifiers": ["arn:b"]},
                    {"type": "Service", "identifiers": ["ec2.amazonaws.com"]},
                ],
                "condition": [
                    {"test": "StringEquals", "variable": "aws:a", "values": ["x"]},
                    {"test": "StringEquals", "variable": "aws:b", "values": ["y", "z"]},
                ],
            }
        ],
    ) == {
        "Version": "2012-10-17",
        "Id": "p",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Deny",
                "Action": ["s3:Get*", "s3:Put*"],
                "NotResource": "arn:aws:s3:::b/${aws:username}/*",
                "Principal": {"AWS": ["arn:a", "arn:b"], "Service": "ec2.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:a": "x", "aws:b": ["y", "z"]}},
            }
        ],
    }


def test_everybody_and_the_default_effect() -> None:
    (statement,) = rendered(
        version="2008-10-17",
        statement=[
            {
                "actions": ["*"],
                "resources": ["*"],
                "principals": [{"type": "*", "identifiers": ["*"]}],
                "not_principals": [{"type": "AWS", "identifiers": ["arn:a"]}],
            }
        ],
    )["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Principal": "*",
        "NotPrincipal": {"AWS": "arn:a"},
    }


def test_sources_come_first_and_overrides_replace_by_sid() -> None:
    base = json.dumps({"Statement": [{"Sid": "a", "Effect": "Allow"}, {"Sid": "b", "Effect": "Allow"}]})
    over = json.dumps({"Statement": {"Sid": "b", "Effect": "Deny", "Action": "x"}})
    document = rendered(
        source_policy_documents=[base],
        statement=[{"sid": "a", "effect": "Deny"}, {"sid": "c"}],
        override_policy_documents=[over, ""],
    )
    assert document["Statement"] == [
        {"Sid": "a", "Effect": "Deny"},
        {"Sid": "b", "Effect": "Deny", "Action": "x"},
        {"Sid": "c", "Effect": "Allow"},
    ]


def test_one_document_includes_another_and_not_itself() -> None:
    inner = resource("data.aws_iam_policy_document.inner", {"statement": [{"sid": "i", "actions": ["x"]}]})
    outer = resource(
        DOCUMENT,
        {
            "source_policy_documents": [
                "${data.aws_iam_policy_document.inner.json}",
                f"${{{DOCUMENT}.json}}",
                "${aws_iam_policy.other.policy}",
                "?var.more",
            ]
        },
    )
    documents = Documents({one.address: one for one in (inner, outer)}.get)
    statements = documents.follow(marked(f"${{{DOCUMENT}.json}}"))["Statement"]
    assert statements[0] == {"Sid": "i", "Effect": "Allow", "Action": "x"}
    assert [type(one) for one in statements[1:]] == [Unresolved] * 3
    assert "includes itself" in statements[1].reason


def test_what_is_not_known_stays_in_its_place() -> None:
    document = rendered(
        statement=[
            "?local.statements",
            {"effect": "?var.effect", "actions": "?var.actions", "principals": "?var.p", "condition": "?var.c"},
            {"principals": [{"type": "?var.t", "identifiers": ["a"]}], "condition": [{"test": "?var.t"}]},
        ]
    )
    first, second, third = document["Statement"]
    assert first.expression == "local.statements"
    assert {key: value.expression for key, value in second.items()} == {
        "Effect": "var.effect",
        "Action": "var.actions",
        "Principal": "var.p",
        "Condition": "var.c",
    }
    assert isinstance(third["Principal"], Unresolved)
    assert isinstance(third["Condition"], Unresolved)


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        (Reference("token.example.com:sub", (("aws_iam_openid_connect_provider.x", "url"),)), "token.example.com:sub"),
        (Reference("${module.eks.oidc_provider}:sub"), "${module.eks.oidc_provider}:sub"),
        (Reference('${replace(aws_a.b.url, "…", "")}:aud'), '${replace(aws_a.b.url, "…", "")}:aud'),
    ],
)
def test_a_condition_on_a_key_that_is_known_in_part(variable: Reference, key: str) -> None:
    blocks = [{"test": "StringLike", "variable": variable, "values": ["a"]}]
    assert conditions(blocks) == {"StringLike": {key: "a"}}


@pytest.mark.parametrize("variable", [Reference("${aws_a.b.key}"), Reference("aws:${aws_a.b.key}"), Sensitive()])
def test_a_condition_on_a_key_that_is_not_known(variable: Any) -> None:
    assert isinstance(conditions([{"test": "StringLike", "variable": variable, "values": ["a"]}]), Unresolved)
    assert isinstance(conditions([{"test": Reference("${var.t}:x"), "variable": "a", "values": ["a"]}]), Unresolved)


def test_references_stay_where_they_are_in_a_text() -> None:
    text = '{"Statement":[{"Resource":["${aws_s3_bucket.b.arn}/*","arn:x","${aws:username}"]}]}'
    found = Documents(lambda _: None).follow(Reference(text, (("aws_s3_bucket.b", "arn"), ("aws_x.y", "id"))))
    assert found["Statement"][0]["Resource"] == [
        Reference("${aws_s3_bucket.b.arn}/*", (("aws_s3_bucket.b", "arn"),)),
        "arn:x",
        "${aws:username}",
    ]


def test_a_reference_to_something_else_stays_one() -> None:
    reference = Reference("${aws_iam_policy.p.policy}", (("aws_iam_policy.p", "policy"),))
    assert Documents(lambda _: None).follow(reference) is reference
    looked_up = Reference(f"${{{DOCUMENT}.json}}", ((DOCUMENT, "json"),))
    assert Documents(lambda _: None).follow(looked_up) is looked_up


def test_texts_that_are_no_documents() -> None:
    documents = Documents(lambda _: None)
    for text in ("", "hello", "7", '"a"', "{", "[" * 100_000, "{" + " " * MAX_JSON + "}"):
        assert isinstance(documents.parse(text), Unresolved)
    assert isinstance(documents.follow(Reference("{${a.b}}", ())), Unresolved)


def test_with_references_keeps_everything_else() -> None:
    tree = {"a": [1, True, None, "x"], "b": "${p.q.r}"}
    assert with_references(tree, (("p.q", "r"),)) == {**tree, "b": Reference("${p.q.r}", (("p.q", "r"),))}
