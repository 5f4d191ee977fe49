"""Values as they may be shown: short, visible, without secrets."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.redact import MAX_DEPTH, block, cell, clean, redacted, shown
from bastide.resources.model import REDACTED, REDACTED_WRITTEN
from tests.fuzzing import fuzz

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("public-read", '"public-read"'),
        (True, "true"),
        (None, "null"),
        (8080, "8080"),
        ([], "[]"),
        ({}, "{}"),
        ({"Port": 22, "Cidrs": ["0.0.0.0/0", None]}, '{"Port": 22, "Cidrs": ["0.0.0.0/0", null]}'),
        ('a "quoted"\nline', '"a \\"quoted\\"\\nline"'),
        (REDACTED, REDACTED),
        (REDACTED_WRITTEN, REDACTED_WRITTEN),
    ],
)
def test_shown(value: Any, text: str) -> None:
    assert shown("Property", value) == text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("MasterUserPassword", "hunter2"),
        ("MasterUserPassword", 12345678),
        ("Users[0].Password", "hunter2"),
        ("Passwords", ["hunter2"]),
        ("Environment.Variables.DB_PASSWORD", "hunter2"),
        ("Environment.EnvironmentVariables[0].Value", "hunter2"),
        ("ContainerDefinitions[0].Environment[1].Value", "hunter2"),
        ("Environment", [{"Name": "API_TOKEN", "Value": "hunter2"}]),
        ("Config", {"credentials": {"password": "hunter2"}}),
        ("UserData", "#!/bin/sh\nexport API_TOKEN='hunter2'\n"),
        ("Value", "hunter2:password=hunter2"),
    ],
)
def test_secrets_are_not_shown(path: str, value: Any) -> None:
    text = shown(path, value)
    assert REDACTED in text
    assert "12345678" not in text
    assert "=hunter2" not in text
    if path != "Value":
        assert "hunter2" not in text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("MetadataOptions.HttpTokens", "optional"),
        ("PasswordPolicy.RequireSymbols", False),
        ("KmsKeyId", "${aws_kms_key.data.arn}"),
        ("MasterUserPassword", "{{resolve:secretsmanager:db:SecretString:password}}"),
        ("MasterUserPassword", "${random_password.db.result}"),
        ("SecretArn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"),
        ("Environment.Variables.LOG_LEVEL", "debug"),
        ("Environment.Variables.TABLE", "orders-0a1b2c3d-1234-5678-9abc-def012345678"),
        ("TokenValidityUnits.RefreshToken", "days"),
        ("GenerateSecret", True),
    ],
)
def test_what_is_no_secret_is_shown(path: str, value: Any) -> None:
    assert REDACTED not in shown(path, value)


def test_a_cut_is_marked_and_within_the_limit() -> None:
    text = shown("Description", "x" * 1000, limit=50)
    assert len(text) == 50
    assert text.endswith("…")


def test_a_long_value_is_seen_to_its_end() -> None:
    rule = {"Description": "Remote help for the staff at the doors, in the cellar and in the bar", "FromPort": 3389}
    rule |= {"ToPort": 3389, "CidrIp": "0.0.0.0/0"}
    text = shown("Rule", rule)
    assert text.startswith('{"Description": "Remote help for the staff at the doors,…", "FromPort": 3389')
    assert text.endswith('"CidrIp": "0.0.0.0/0"}')


def test_a_secret_at_the_cut_is_hidden_whole() -> None:
    text = shown("Description", f"{'x' * 105} ghp_{'a1B2c3D4' * 5}")
    assert "ghp_" not in text


def test_a_huge_value_is_left_early() -> None:
    class Endless(list[int]):
        """Counts how far it was read."""

        read = 0

        def __iter__(self) -> Any:
            while True:
                self.read += 1
                yield self.read

    endless = Endless()
    assert shown("List", endless).endswith("…")
    assert endless.read < 200


@pytest.mark.parametrize(
    "char", ["\x1b", "\x00", "\x7f", "\x9b", "\u202e", "\u200b", "\u2066", "\ufeff", "\ud800", "\u3164"]
)
def test_hidden_characters_are_made_visible(char: str) -> None:
    for text in (clean(f"a{char}b"), shown("P", f"a{char}b"), block(f"a{char}b")):
        assert char not in text
        assert f"{ord(char):02x}" in text
        text.encode()


def test_clean_keeps_other_scripts_and_makes_one_line() -> None:
    assert clean("größe 日本 é") == "größe 日本 é"
    assert clean("one\r\n  two\tthree") == "one two three"
    assert clean("x" * 2000, limit=10) == "xxxxxxxxx…"


def test_block_keeps_lines() -> None:
    assert block("one\r\n\ttwo\x07") == "one\n    two\\x07"


def test_redacted_keeps_what_is_no_secret_as_it_is() -> None:
    tree = {"Name": "x", "Rules": [{"Port": 22}], "PasswordPolicy": {"MinimumLength": 14}}
    assert redacted(tree) is tree


def test_redacted() -> None:
    tree = {
        "MasterUserPassword": "hunter2",
        "Environment": {"Variables": {"API_KEY": "hunter2", "STAGE": "prod"}},
        "Containers": [{"Environment": [{"Name": "DB_PASSWORD", "Value": "hunter2"}, {"Name": "A", "Value": "b"}]}],
        "Options": [{"OptionName": "DBPassword", "Value": 7}],
        "Url": "postgres://u:hunter2@db/x",
        "Tokens": {"Token": True},
    }
    result = redacted(tree)
    assert "hunter2" not in json.dumps(result)
    assert result["Environment"]["Variables"] == {"API_KEY": REDACTED, "STAGE": "prod"}
    assert result["Containers"][0]["Environment"][1] == {"Name": "A", "Value": "b"}
    assert result["Options"][0]["Value"] == REDACTED
    assert redacted({"Name": "colour", "Type": "SecureString", "Value": "hunter2"})["Value"] == REDACTED
    assert redacted({"Name": "colour", "Type": "String", "Value": "green"})["Value"] == "green"
    assert result["Tokens"] == {"Token": True}
    assert tree["MasterUserPassword"] == "hunter2"


def test_depth_is_limited() -> None:
    tree: Any = "hunter2"
    for _ in range(MAX_DEPTH * 3):
        tree = {"a": [tree]}
    assert "hunter2" not in json.dumps(redacted(tree))
    assert "…" in shown("P", tree, limit=10_000)


@given(st.text(max_size=12), PLAIN)
def test_any_value_is_shown_visibly(path: str, value: Any) -> None:
    text = shown(path, value)
    assert len(text) <= 120
    assert text.isprintable()


@given(PLAIN)
def test_redacted_keeps_the_shape(value: Any) -> None:
    def shape(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {key: shape(item) for key, item in tree.items()}
        return [shape(item) for item in tree] if isinstance(tree, list) else None

    assert shape(redacted(value)) == shape(value)


@given(st.text())
def test_clean_is_one_visible_line(text: str) -> None:
    line = clean(text)
    assert len(line) <= 1000
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("##vso[task.setvariable variable=x]y", "#\\x23vso[task.setvariable variable=x]y"),
        ("a ##[error]b", "a #\\x23[error]b"),
        ("::error file=a::b", "\\x3a:error file=a::b"),
        ("  ::add-mask::b", "  \\x3a:add-mask::b"),
        ("::/0", "::/0"),
        ("AWS::S3::Bucket", "AWS::S3::Bucket"),
        ("## heading", "## heading"),
    ],
)
def test_no_command_of_a_pipeline_is_obeyed(text: str, safe: str) -> None:
    assert clean(text) == safe
    assert block(f"x\n{text}") == f"x\n{safe}"
    assert "##vso[" not in shown("Name", [{"a": text, text: 1}])


def test_cells() -> None:
    assert [cell(value) for value in ("-1+1", "  @SUM(A1)", -1.5, None, True, "x")] == [
        "'-1+1", "'  @SUM(A1)", -1.5, "", "yes", "x",
    ]  # fmt: skip


@fuzz()
@given(st.text())
def test_no_text_begins_like_a_formula(text: str) -> None:
    found = cell(text)
    assert isinstance(found, str)
    assert not found.lstrip().startswith(("=", "+", "-", "@", "|", "%", "\t", "\r"))
    assert "\n" not in found
