"""Secrets are found by name, form and entropy; what merely looks odd stays."""

import base64
import random
import string
import uuid
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import REDACTED, REDACTED_WRITTEN
from bastide.secret import hide, is_harmless, is_random, names_secret

AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLW9mLXRva2Vu"
HEX_TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "MasterUserPassword",
            "DB_PASSWORD",
            "password2",
            "admin_pass",
            "apiKey",
            "APIKey",
            "x-api-key",
            "SecretString",
        ),
        *(
            "OAuthToken",
            "PrivateKey",
            "ConnectionString",
            "AuthToken",
            "client_secret",
            "SecretAccessKey",
            "PreSharedKey",
        ),
        *("GITHUB_TOKEN", "credentials", "passwordBase64", "DATABASE_URL", "Authorization"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "KmsKeyId",
            "SecretArn",
            "TokenValidity",
            "PasswordPolicy",
            "HttpTokens",
            "SecretId",
            "AuthType",
            "PublicKey",
        ),
        *("MinimumPasswordLength", "AuthTokenUpdateStrategy", "Key", "Value", "KeyName", "PasswordResetRequired"),
        *("AccessKeyId", "compass", "bypass", "SecretsManagerArn", "ImagePullCredentialsType", "", "64"),
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    "text",
    [
        *("${aws_secretsmanager_secret.db.arn}", "{{resolve:secretsmanager:db:SecretString:password}}", "var.password"),
        *("${a.b}:${c.d}", "random_password.db.result", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "required"),
        *("$DB_PASSWORD", "$(aws ssm get-parameter)", "<your token>", "****", "true", REDACTED, REDACTED_WRITTEN, ""),
    ],
)
def test_harmless(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize("text", ["hunter2", "pre${a}", "Password1", "arn of mine", "truer"])
def test_not_harmless(text: str) -> None:
    assert not is_harmless(text)


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        AWS_SECRET,
        JWT,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaC1rZXk",
        "ghp_" + "a1B2c3D4e5" * 4,
        "github_pat_" + "11AAAAAAA0" * 5,
        "glpat-" + "aBcDeFgHiJkLmNoPqRsT",
        "xoxb-1234567890-abcdefghij",
        "sk_live_" + "a1b2c3d4e5f6g7h8",
        "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
        "sk-proj-" + "aB3dE5fG7hJ9kL1mN2pQ4",
        "key-" + "0123456789abcdef" * 2,
        "npm_" + "a1B2c3D4e5F6" * 3,
        "hvs." + "CAESIJ1234567890abcdefgh",
        "SG." + "abcdefghijklmnop." + "qrstuvwxyz0123456789",
    ],
)
@pytest.mark.parametrize("around", ["{}", "key: {} in a sentence", "x={}&y", "['{}']"])
def test_forms(secret: str, around: str) -> None:
    hidden = hide(around.format(secret))
    assert secret not in hidden
    assert REDACTED in hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgres://app:hunter2@db:5432/x", f"postgres://app:{REDACTED}@db:5432/x"),
        ("redis://:hunter2@cache", f"redis://:{REDACTED}@cache"),
        ("https://app:${random_password.db.result}@db", "https://app:${random_password.db.result}@db"),
        (f"https://{HEX_TOKEN}:x-oauth-basic@git/x", f"https://{REDACTED}:{REDACTED}@git/x"),
        (f"https://{HEX_TOKEN}:@git/x", f"https://{REDACTED}:@git/x"),
        (f"https://{HEX_TOKEN[:24]}@git/x", f"https://{REDACTED}@git/x"),
        ("https://a-long-name-of-a-team:hunter2@git/x", f"https://a-long-name-of-a-team:{REDACTED}@git/x"),
        ("export DB_PASSWORD=hunter2 && run", f"export DB_PASSWORD={REDACTED} && run"),
        ("Server=x;Password=hunter2;Port=1", f"Server=x;Password={REDACTED};Port=1"),
        ('{"password": "hunter2", "user": "u"}', f'{{"password": "{REDACTED}", "user": "u"}}'),
        ('{\\"token\\":\\"hunter2\\"}', f'{{\\"token\\":\\"{REDACTED}\\"}}'),
        ('{"name":"DB_PASSWORD","value":"hunter2"}', f'{{"name":"DB_PASSWORD","value":"{REDACTED}"}}'),
        ("mysql --password hunter2 -u u", f"mysql --password {REDACTED} -u u"),
        ("https://x/?token=hunter2&page=2", f"https://x/?token={REDACTED}&page=2"),
        ("PASSWORD=$DB_PASSWORD", "PASSWORD=$DB_PASSWORD"),
        ("curl -H 'X: Bearer abcdefghijklmnop1234'", f"curl -H 'X: Bearer {REDACTED}'"),
    ],
)
def test_assigned(text: str, hidden: str) -> None:
    assert hide(text) == hidden


def test_a_sentence_is_no_assignment_but_a_value_is() -> None:
    text = "var.db_password: variable without a value"
    assert hide(text) == text
    assert hide("db_password: hunter2", value=True) == f"db_password: {REDACTED}"


READABLE = [
    "kms.key-policy-names-who-may-manage-the-key",
    "sk-checkout-production-eu-west-1-cluster",
    "risk_test_environment_of_the_team",
    "npm_config_registry_of_the_whole_company",
    "codecommit://my-profile-of-the-platform-team@repository",
    "arn:aws:iam::123456789012:role/service-role/MyLambdaExecutionRole2024",
    "ami-0abcdef1234567890",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:" + "0123456789abcdef" * 4,
    "0a1b2c3d-1234-5678-9abc-def012345678",
    "getObjectEncryptionConfigurationV2",
    "prod-web-server-2-eu-west-1a-blue",
    base64.b64encode(b"hello world, hello moon").decode(),
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "https://sqs.eu-west-1.amazonaws.com/123456789012/MyQueueName",
    "AROA3XFRBF535PLBIFPI4",
    "my-bucket-20240101T000000Z-logs",
    "AWSManagedRulesCommonRuleSet",
    "java.util.concurrent.ConcurrentHashMap",
    "MyStack-Bucket-1ABCDEFGHIJKL",
    "com.amazonaws.eu-west-1.execute-api",
    '{"Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}',
    "s3://bucket/path/To/Object2024/File01.json",
]


@pytest.mark.parametrize("text", READABLE)
def test_readable(text: str) -> None:
    assert hide(text, value=True, dense=True) == text


def test_entropy_counts_only_where_secrets_are_kept() -> None:
    key = "Zx8Qv2Lm9Tr4Wp7Kd1Ys6Bn3"
    assert hide(key) == key
    assert hide(key, dense=True) == REDACTED


def test_base64_is_judged_by_what_it_says() -> None:
    inner = base64.b64encode(b"#!/bin/sh\nexport API_TOKEN=hunter2\n").decode()
    assert is_random(inner)
    assert not is_random(base64.b64encode(b"#!/bin/sh\nyum install nginx\n").decode())


def test_the_library_has_no_secrets() -> None:
    """Words of real controls are the words that false alarms would be about."""
    library = files("bastide.library") / "controls"
    texts = [line.strip() for path in library.iterdir() for line in path.read_text("utf-8").splitlines()]
    names = {line.split(": ", 1)[1] for line in texts if line.startswith(("- id: ", "title: ", "resource: "))}
    assert len(names) > 100
    assert [name for name in names if hide(name) != name] == []


def test_random_keys_are_nearly_all_seen() -> None:
    chance = random.Random(7)
    letters = string.ascii_letters + string.digits
    keys = ["".join(chance.choices(letters, k=32)) for _ in range(500)]
    assert sum(map(is_random, keys)) >= 480


def test_uuids_are_never_taken_for_keys() -> None:
    chance = random.Random(7)
    assert not any(is_random(str(uuid.UUID(int=chance.getrandbits(128)))) for _ in range(500))


@given(st.text())
def test_any_text(text: str) -> None:
    hidden = hide(text, value=True, dense=True)
    assert hide(hidden, value=True, dense=True).count(REDACTED) >= hidden.count(REDACTED)


@given(
    st.text("abcABC123 .,_-", max_size=60).filter(lambda text: not names_secret(text)),
    st.from_regex(r"\AAKIA[A-Z0-9]{16}\Z"),
)
def test_a_key_id_anywhere(text: str, key: str) -> None:
    assert key not in hide(f"{text} {key} {text}")


def test_the_password_of_a_call_of_curl() -> None:
    assert (
        hide("RUN curl -fsS -u shop:hunter2 https://x.example.com")
        == f"RUN curl -fsS -u shop:{REDACTED} https://x.example.com"
    )
    assert hide("curl --user=shop:$PASSWORD https://x") == "curl --user=shop:$PASSWORD https://x"
