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


def condition(key: str, value: str, operator: str = "stringequals") -> str:
    return statement(conditions=f"[{{'operator': '{operator}', 'key': '{key}', 'values': ['{value}']}}]")


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
    ("has_anyone(" + statement() + ")", True),
    ("is_open_to_anyone(" + statement() + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "o-1") + ")", False),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "*", "stringlike") + ")", True),
    ("is_open_to_anyone(" + condition("aws:principalorgid", "o-1", "stringequalsifexists") + ")", True),
    ("is_open_to_anyone(" + condition("aws:sourceip", "0.0.0.0/0", "ipaddress") + ")", True),
    ("is_open_to_anyone(" + condition("aws:username", "x") + ")", True),
    ("denies_plain_http(" + condition("aws:securetransport", "false", "bool") + ")", False),
]


@pytest.mark.parametrize(("sql", "wanted"), CASES)
def test_meaning(sql: str, wanted: bool) -> None:
    row = connect().execute(f"select {sql}").fetchone()
    assert row is not None
    assert row[0] is wanted


def test_every_macro_has_a_sentence_and_a_name_of_its_own() -> None:
    assert all(macro.doc.endswith(".") for macro in macros().values())
