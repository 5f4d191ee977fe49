"""Each macro does what its sentence says, on values."""

from __future__ import annotations

import pytest

from bastide.controls.engine import connect
from bastide.controls.macros import macros

ENTRY = "{'CidrIp': %s, 'CidrIpv6': %s, 'IpProtocol': %s, 'FromPort': %s, 'ToPort': %s}"
STATEMENT = (
    "{'effect': 'allow', 'actions': %s, 'not_actions': []::varchar[], 'principals': [{'kind': 'aws', 'id': '*'}], "
    "'not_principals': []::struct(kind varchar, id varchar)[], 'resources': ['*'], 'not_resources': []::varchar[], "
    "'conditions': %s}"
)
NO_CONDITION = "[]::struct(operator varchar, key varchar, values varchar[])[]"


def entry(
    cidr: str = "NULL", cidr6: str = "NULL", protocol: str = "'tcp'", low: str = "NULL", high: str = "NULL"
) -> str:
    return ENTRY % (cidr, cidr6, protocol, low, high)


def statement(actions: str = "['s3:get*']", conditions: str = NO_CONDITION) -> str:
    return STATEMENT % (actions, conditions)


def resources(pattern: str) -> str:
    return statement().replace("'resources': ['*']", f"'resources': ['{pattern}']")


def condition(key: str, value: str, operator: str = "stringequals") -> str:
    return statement(conditions=f"[{{'operator': '{operator}', 'key': '{key}', 'values': ['{value}']}}]")


def conditions(*each: str) -> str:
    return statement(conditions=f"[{', '.join(each)}]")


FOR_ALL = "{'operator': 'forallvalues:stringequals', 'key': 'aws:principalorgpaths', 'values': ['o-1/r-1/']}"
NOT_NULL = "{'operator': 'null', 'key': 'aws:principalorgpaths', 'values': ['false']}"

CASES = [
    ("none_of([false, NULL])", True),
    ("none_of([false, true])", False),
    ("none_of(NULL::boolean[])", True),
    ("any_of([false, NULL])", False),
    ("any_of([NULL, true])", True),
    ("any_of([]::boolean[])", False),
    ("all_of([true, true])", True),
    ("all_of([true, NULL])", False),
    ("all_of(NULL::boolean[])", True),
    ("is_public_cidr('0.0.0.0/0')", True),
    ("is_public_cidr('10.0.0.0/8')", False),
    ("is_public_cidr('128.0.0.0/1')", True),
    ("is_public_cidr(NULL)", False),
    ("is_public(" + entry(cidr6="'::/0'") + ")", True),
    ("is_public(" + entry(cidr="'10.0.0.0/8'") + ")", False),
    ("opens_port(" + entry(low="0", high="65535") + ", 22)", True),
    ("opens_port(" + entry(low="23", high="65535") + ", 22)", False),
    ("opens_port(" + entry(protocol="'-1'") + ", 22)", True),
    ("opens_port(" + entry(protocol="'icmp'", low="0", high="65535") + ", 22)", False),
    ("opens_port(" + entry() + ", 22)", False),
    ("opens_everything(" + entry(protocol="'ALL'") + ")", True),
    ("has_tag([{'Key': 'Owner'}], 'owner')", True),
    ("is_reference('${var.x}')", True),
    ("is_reference('plain')", False),
    ("is_plain_text('hunter2')", True),
    ("is_plain_text('{{resolve:secretsmanager:x}}')", False),
    ("is_plain_text('${aws_secret.x}')", False),
    ("is_plain_text('(sensitive)')", False),
    ("is_plain_text('(sensitive, in the source)')", True),
    ("is_plain_text('')", False),
    ("is_plain_text(NULL)", False),
    ("names_a_secret('DB_PASSWORD')", True),
    ("names_a_secret('DB_PASSWORD_ARN')", False),
    ("names_a_secret('TOKEN_TTL')", False),
    ("names_a_secret('TABLE_NAME')", False),
    ("looks_like_a_secret('AKIAIOSFODNN7EXAMPLE')", True),
    ("looks_like_a_secret('postgres://u:hunter22@host/db')", True),
    ("looks_like_a_secret('postgres://host/db')", False),
    ("looks_like_a_secret('export X=(sensitive, in the source)')", True),
    ("looks_like_a_secret('(sensitive)')", False),
    ("covers_action(" + statement() + ", 's3:GetObject')", True),
    ("covers_action(" + statement() + ", 's3:PutObject')", False),
    ("covers_every_action(" + statement("['*']") + ")", True),
    ("covers_every_resource(" + statement() + ")", True),
    ("covers_every_resource(" + resources("arn:aws:*:*:*:*") + ")", True),
    ("covers_every_resource(" + resources("arn:*:*:*:*:*") + ")", True),
    ("covers_every_resource(" + resources("arn:${AWS::Partition}:*") + ")", True),
    ("covers_every_resource(" + resources("arn:*") + ")", True),
    ("covers_every_resource(" + resources("**") + ")", True),
    ("covers_every_resource(" + resources("arn:aws:s3:::*") + ")", False),
    ("covers_every_resource(" + resources("arn:aws:*:*:111122223333:*") + ")", False),
    ("covers_every_resource(" + resources("arn:aws-us-gov:*") + ")", True),
    ("covers_every_resource(" + resources("arn:aws:s3:*") + ")", False),
    ("covers_every_resource(" + resources("arn:aws:iam::*:role/*") + ")", False),
    ("has_anyone(" + statement() + ")", True),
    ("is_open_to_anyone(" + statement() + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "o-1") + ")", False),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "*", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "o-1", "stringequalsifexists") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourceip", "0.0.0.0/0", "ipaddress") + ")", True),
    ("is_open_to_anyone(" + condition("aws:username", "x") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgpaths", "o-1/r-1/", "forallvalues:stringequals") + ")", True),
    ("is_open_to_anyone(" + conditions(FOR_ALL, NOT_NULL) + ")", False),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "o-*", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalaccount", "${aws:PrincipalAccount}") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalaccount", "${aws:ResourceAccount}") + ")", False),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "true", "null") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalisawsservice", "false", "bool") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalisawsservice", "true", "bool") + ")", False),
    ("is_open_to_anyone(" + condition("elasticfilesystem:accessedviamounttarget", "false", "bool") + ")", True),
    ("is_open_to_anyone(" + condition("elasticfilesystem:accessedviamounttarget", "true", "bool") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourceip", "0.0.0.0/1", "ipaddress") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:aws:*", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:aws:sns:*", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:${AWS::Partition}:sns:*:*:*", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:${AWS::Partition}:sns:*", "arnlike") + ")", True),
    ("names_its_source(" + condition("aws:sourcearn", "arn:${AWS::Partition}:*", "arnlike") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:${AWS::Partition}:s3:*:*:logs", "arnlike") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "${aws_sns_topic.t.arn}", "arnlike") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:aws:sns:*:111122223333:*", "arnlike") + ")", False),
    ("names_its_source(" + condition("aws:sourcearn", "arn:aws:sns:*", "arnlike") + ")", False),
    ("names_its_source(" + condition("aws:sourcearn", "arn:aws:sns:*:111122223333:*", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "false", "null") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "true", "null") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgpaths", "o-*/*", "foranyvalue:stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgpaths", "o-1/*", "foranyvalue:stringlike") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourcevpce", "vpce-*", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalaccount", "????????????", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:userid", "*:me", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:userid", "AROAEXAMPLE:*", "stringlike") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourceip", "128.0.0.0/1", "ipaddress") + ")", True),
    ("is_open_to_anyone(" + condition("sns:endpoint", "*@example.com", "stringlike") + ")", False),
    ("is_open_to_anyone(" + condition("sns:endpoint", "*", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalarn", "arn:aws:*", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalarn", "arn:aws:iam::*:role/admin", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:aws:s3:::*", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:aws:s3:*:*:box", "arnlike") + ")", False),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:${AWS::Partition}:sns:*:*:t", "arnlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourcearn", "arn:aws:sns:*:${AWS::AccountId}:*", "arnlike") + ")", False),
    ("is_limited_by_tag(" + condition("aws:resourcetag/team", "orders") + ")", True),
    ("is_limited_by_tag(" + condition("ec2:resourcetag/team", "*", "stringlike") + ")", False),
    ("is_limited_by_tag(" + condition("aws:resourcetag/team", "payroll", "stringnotequals") + ")", False),
    ("is_limited_by_tag(" + condition("aws:resourcetag/team", "false", "null") + ")", False),
    ("is_limited_by_tag(" + condition("aws:requesttag/team", "orders") + ")", False),
    ("reaches_any(" + statement() + ", ':lambda:')", True),
    ("reaches_any(" + condition("aws:resourcetag/team", "orders") + ", ':lambda:')", False),
    ("denies_plain_http(" + condition("aws:securetransport", "false", "bool") + ")", False),
]


@pytest.mark.parametrize(("sql", "wanted"), CASES)
def test_meaning(sql: str, wanted: bool) -> None:
    row = connect().execute(f"select {sql}").fetchone()
    assert row is not None
    assert row[0] is wanted


def test_every_macro_has_a_sentence_and_a_name_of_its_own() -> None:
    assert all(macro.doc.endswith(".") for macro in macros().values())


HARMLESS_VARIABLES = {
    "DB_PASSWORD": [
        "${aws_ssm_parameter.p.value}",
        "{{resolve:ssm-secure:p}}",
        "",
        "changeme",
        "<password>",
        "/shop/db/password",
    ],
    "DB_PASSWORD_SECRET_ARN": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"],
    "SECRET_NAME": ["shop/db"],
    "TOKEN_TTL": ["3600"],
    "TOKEN_URL": ["https://id.example.com/oauth/token"],
    "PASSWORD_POLICY": ["strong"],
    "PASSWORD_MIN_LENGTH": ["14"],
    "REQUIRE_TOKEN": ["true", "required"],
    "SECRETS_MANAGER_ENDPOINT": ["https://secretsmanager.eu-west-1.amazonaws.com"],
    "API_KEY_HEADER": ["x-api-key"],
    "TOKENIZER": ["bert-base-uncased"],
    "COMMIT": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "2c26b46b68ffc68ff99b453c1d30413413422d70"],
    "IMAGE": ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:9f86d081884c7d659a2feaa0c55ad015"],
    "DATABASE_URL": ["postgres://db.example.com/shop", "postgres://shop@db.example.com/shop"],
    "KMS_KEY_ID": ["1234abcd-12ab-34cd-56ef-1234567890ab"],
    "ACCESS_KEY_ROTATION": ["enabled"],
}
SECRET_VARIABLES = {
    "DB_PASSWORD": ["correct-horse-battery"],
    "API_KEY": ["k7Rz0pQx2LmW"],
    "PLAIN": ["AKIAQWERTYUIOPASDFGH", "postgres://shop:s0mething@db.example.com/shop"],
    "STRIPE": ["sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"],
}
HARMLESS_SCRIPTS = [
    "TOKEN=$(aws secretsmanager get-secret-value --secret-id shop)",
    "export PASSWORD=${DB_PASSWORD}",
    "docker login --password-stdin < /run/token",
    "echo 'password rotation is on'",
    "aws ssm get-parameter --name /shop/token --with-decryption",
    "SECRET_ID=shop/db",
    "passwd: files sss",
    "token_endpoint: https://id.example.com/token",
]
SECRET_SCRIPTS = [
    "export DB_PASSWORD=correct-horse-battery",
    "curl -O https://bot:s0mething@repo.example.com/agent.rpm",
    'api_key: "k7Rz0pQx2LmW"',
]
HARMLESS_CODE = [
    'password = event["password"]',
    "token = os.environ['TOKEN']",
    "const secret = await client.send(new GetSecretValueCommand({ SecretId: id }));",
    'raise ValueError("the password is too short")',
    'PASSWORD = "changeme"',
    'token_url = "https://id.example.com/token"',
    'if password == "":',
]
SECRET_CODE = [
    'PASSWORD = "correct-horse-battery"',
    "const apiKey = 'k7Rz0pQx2LmW';",
    '{"client_secret": "k7Rz0pQx2LmW"}',
]


def said(sql: str, *values: str) -> bool:
    row = connect().execute(f"select {sql}", values).fetchone()
    assert row is not None
    return bool(row[0])


def test_variables_that_hold_no_secret_are_no_alarm() -> None:
    pairs = [(name, value) for name, values in HARMLESS_VARIABLES.items() for value in values]
    assert [pair for pair in pairs if said("holds_a_secret(?, ?)", *pair)] == []


def test_variables_that_hold_a_secret_are_found() -> None:
    pairs = [(name, value) for name, values in SECRET_VARIABLES.items() for value in values]
    assert [pair for pair in pairs if not said("holds_a_secret(?, ?)", *pair)] == []


@pytest.mark.parametrize(
    ("macro", "harmless", "secret"),
    [("has_a_secret", HARMLESS_SCRIPTS, SECRET_SCRIPTS), ("code_has_a_secret", HARMLESS_CODE, SECRET_CODE)],
)
def test_scripts_and_programs(macro: str, harmless: list[str], secret: list[str]) -> None:
    assert [text for text in harmless if said(f"{macro}(?)", text)] == []
    assert [text for text in secret if not said(f"{macro}(?)", text)] == []


def test_names_of_secrets_that_a_build_fetches_are_not_its_own_commands() -> None:
    fetched = "version: 0.2\nenv:\n  secrets-manager:\n    NPM_TOKEN: shop/npm:token\n"
    own = "  variables:\n    DB_PASSWORD: correct-horse-battery\n"
    assert not said("has_a_secret(own_commands(?))", fetched + "phases:\n  build:\n    commands: [make]\n")
    assert said("has_a_secret(own_commands(?))", fetched + own)
    assert said("has_a_secret(own_commands(?))", (fetched + own).replace("  ", "    "))
