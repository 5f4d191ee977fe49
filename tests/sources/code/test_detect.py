"""What is a secret in code and what only looks like one. Nothing here is a real one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.sources.code.detect import find, may_have
from bastide.sources.code.limits import MAX_FOUND, MAX_LINE
from tests.fuzzing import fuzz

_BODY = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn0000000000000000000000000000000000"


def _kinds(text: str, *, loose: bool = True) -> list[tuple[int, str]]:
    found = [tuple(one) for one in find(text, loose=loose)]
    assert not found or may_have(text.encode())
    return found


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("key = 'AKIA" + "Q3EGPVM7TZ2LKHND'", "AWS access key"),
        ("t: ghp_" + "aB3" * 12, "GitHub token"),
        ("t = glpat-" + "x7K-" * 6, "GitLab token"),
        ("t = 'xoxb-" + "902741836501-" + "aB3dE5fG7hJ9kL1m'", "Slack token"),
        ("https://hooks.slack.com/services/" + "T0A1B2C3D/B0A1B2C3D/aB3dE5fG7hJ9kL1m", "Slack webhook"),
        ("AIza" + "SyA-b3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY", "Google API key"),
        ("sk_live_" + "aB3dE5fG7hJ9kL1m", "Stripe key"),
        ("hvs." + "CAESIJ" + "aB3dE5fG7hJ9kL1mN2pQ", "Vault token"),
        ("npm_" + "aB3dE5fG7hJ9" * 3, "npm token"),
        ("DefaultEndpoints;AccountKey=" + "aB3dE5fG7hJ9kL1mN2pQ" * 4 + "==", "Azure storage key"),
        ("sk-proj-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY", "model provider key"),
        ('k = "-----BEGIN RSA PRIVATE KEY-----\\n' + _BODY + '"', "private key"),
        ("url = 'mysql://shop:Corr7ecthorse@db1.internal/x'", "password in a URL"),
        ('db_password = "S3cure!horse9"', "literal under the name of a secret"),
        ("  'apiKey': 'b7d0c2f4a9e1c3d5',", "literal under the name of a secret"),
        ('String secretKey = "b7d0c2f4a9e1c3d5";', "literal under the name of a secret"),
        ("const token: string = `b7d0c2f4a9e1c3d5`", "literal under the name of a secret"),
        ('self.conn["password"] = "S3cure!horse9"', "literal under the name of a secret"),
    ],
)
def test_secrets(line: str, kind: str) -> None:
    assert _kinds(f"import os\n\n{line}\nend\n") == [(3, kind)]


def test_a_key_over_several_lines() -> None:
    text = f'KEY = """\n-----BEGIN PRIVATE KEY-----\n{_BODY}\n-----END PRIVATE KEY-----"""\n'
    assert _kinds(text) == [(2, "private key")]


@pytest.mark.parametrize(
    "line",
    [
        'password = os.environ["PASSWORD"]',
        'password = "changeme-please"',
        'password = "${DB_PASSWORD}"',
        'password = "<your-password>"',
        'api_key = "your-api-key-1"',
        'SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x"',
        'token = "/shop/prod/token2"',
        'password_field = "passwordInput1"',
        'token_type = "Bearer-v2.0!"',
        'const PASSWORD = "DB_PASSWORD"',
        'secret = "shop/db-password"',
        'secret = "mySecretName"',
        'key = "AKIAIOSFODNN7EXAMPLE"',
        "key = 'AKIA2222222222222222'",
        "marker = '-----BEGIN PRIVATE KEY-----'",
        "url = f'mysql://{user}:{password}@{host}/x'",
        "url = 'mysql://root:root@db/x'",
        "url = 'mysql://shop:Corr7ecthorse@localhost/x'",
        "url = 'https://example.com/@scope/name:1@2'",
        "max_tokens = '4096 tokens'",
        'token = "xxxxxxxxxxxx1"',
        "sk-" + "this-is-a-name-made-of-words-only-and-long",
        "# the password is checked against the 'b7d0c2f4a9e1' table",
    ],
)
def test_what_is_none(line: str) -> None:
    assert _kinds(f"{line}\n") == []


def test_only_sure_forms_where_literals_are_made_up() -> None:
    text = 'password = "S3cure!horse9"\nkey = "AKIA' + 'Q3EGPVM7TZ2LKHND"\n'
    assert _kinds(text, loose=False) == [(2, "AWS access key")]


def test_limits_of_lines_and_of_findings() -> None:
    assert _kinds("x" * MAX_LINE + ' password = "S3cure!horse9"\n') == []
    many = 'password = "S3cure!horse9"\n' * (MAX_FOUND + 5)
    assert len(find(many)) == MAX_FOUND


@fuzz()
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["\n", 'password = "S3cure!horse9"', "AKIA", "-----BEGIN PRIVATE KEY-----", "://a:b@", "secret:", "'"]
            ),
            st.text(max_size=4),
        ),
        max_size=30,
    ).map("".join)
)
def test_lines_are_those_of_the_text(text: str) -> None:
    lines = text.split("\n")
    for one in find(text):
        assert re.search(r"S3cure|BEGIN|://|secret|pass", lines[one.line - 1])
