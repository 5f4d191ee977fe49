"""Nested values of CloudTrail Lake, and those that could mean two things."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.lake.read.loose import MAP, SHAPES, Unreadable, moment, read

ROLE = (
    "{type=AssumedRole, principalid=AROAX:ana, arn=arn:aws:sts::111111111111:assumed-role/deploy/ana, "
    "accountid=111111111111, accesskeyid=ASIAX, username=null, sessioncontext={attributes={creationdate=2026-11-01 "
    "08:00:00.000, mfaauthenticated=true}, sessionissuer={type=Role, principalid=AROAX, "
    "arn=arn:aws:iam::111111111111:role/deploy, accountid=111111111111, username=deploy}, webidfederationdata=null, "
    "sourceidentity=null, ec2roledelivery=2.0, ec2issuedinvpc=null}, invokedby=null, identityprovider=null}"
)
ISSUER = {
    "type": "Role", "principalId": "AROAX", "arn": "arn:aws:iam::111111111111:role/deploy",
    "accountId": "111111111111", "userName": "deploy",
}  # fmt: skip


def test_a_struct_is_an_object_with_the_names_of_cloudtrail() -> None:
    assert read(ROLE, SHAPES["userIdentity"]) == {
        "type": "AssumedRole",
        "principalId": "AROAX:ana",
        "arn": "arn:aws:sts::111111111111:assumed-role/deploy/ana",
        "accountId": "111111111111",
        "accessKeyId": "ASIAX",
        "sessionContext": {
            "attributes": {"creationDate": "2026-11-01 08:00:00.000", "mfaAuthenticated": "true"},
            "sessionIssuer": ISSUER,
            "ec2RoleDelivery": "2.0",
        },
    }


def test_what_later_data_stores_have_beside() -> None:
    later = (
        ROLE[:-1] + ", onbehalfof=null, inscopeof={sourcearn=a, sourceaccount=1, issuertype=t, credentiaisissuedto=c}}"
    )
    found = read(later, SHAPES["userIdentity"])
    assert found["inScopeOf"] == {"sourceArn": "a", "sourceAccount": "1", "issuerType": "t", "credentialsIssuedTo": "c"}


def test_arrays() -> None:
    text = "[{accountid=1, type=AWS::S3::Bucket, arn=arn:aws:s3:::a}, {accountid=null, type=x, arn=y, arnprefix=z}]"
    assert read(text, SHAPES["resources"]) == [
        {"accountId": "1", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::a"},
        {"type": "x", "ARN": "y", "ARNPrefix": "z"},
    ]
    assert read("[]", SHAPES["resources"]) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("null", None),
        ("{}", {}),
        ("{bucketName=data}", {"bucketName": "data"}),
        ("{note=a, b}", {"note": "a, b"}),
        ("{x=null}", {"x": None}),
        ('{"bucketName": "data", "n": {"a": [1]}}', {"bucketName": "data", "n": {"a": [1]}}),
    ],
)
def test_maps(text: str, value: Any) -> None:
    assert read(text, MAP) == value


def test_json_gets_the_names_of_cloudtrail_as_well() -> None:
    text = '{"type": "Root", "ACCOUNTID": "1", "sessioncontext": {"sessionissuer": {"username": "u"}}, "more": 1}'
    assert read(text, SHAPES["userIdentity"]) == {
        "type": "Root", "accountId": "1", "sessionContext": {"sessionIssuer": {"userName": "u"}}, "more": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shape", "why"),
    [
        ("{bucketName=data, key=a}", MAP, "where one of several entries ends"),
        ("{key=x=y}", MAP, "where one of several entries ends"),
        ("data", MAP, "does not stand in {}"),
        ("[1]", MAP, "JSON of another kind"),
        ("{}", SHAPES["resources"], "JSON of another kind"),
        ("{tlsversion=a, ciphersuite=b, clientprovidedhostheader=c=d}", SHAPES["tlsDetails"], "an equals sign"),
        ("{tlsversion=a, ciphersuite=b, x, clientprovidedhostheader=c}", SHAPES["tlsDetails"], "a comma in it"),
        ("{tlsversion=a, ciphersuite=b}", SHAPES["tlsDetails"], "`clientProvidedHostHeader` is not in it"),
        ("{tlsversion=a, ciphersuite=b, ciphersuite=c}", SHAPES["tlsDetails"], "stands in it twice"),
        ("{tlsversion={, ciphersuite=b, clientprovidedhostheader=c}", SHAPES["tlsDetails"], "not closed"),
        ("{tlsversion=}, ciphersuite=b, clientprovidedhostheader={c}", SHAPES["tlsDetails"], "not opened"),
        (ROLE.replace("username=null", "username=x, arn=arn:aws:iam::1:root"), SHAPES["userIdentity"], "twice"),
        (ROLE.replace("AROAX:ana,", "AROAX:a=b,"), SHAPES["userIdentity"], "an equals sign"),
        (ROLE.replace("AROAX:ana,", "AROAX:a, b,"), SHAPES["userIdentity"], "a comma in it"),
        (ROLE[:-1] + ", onbehalfof={userid=evil, identitystorearn=x}}", SHAPES["userIdentity"], "`inScopeOf` is not"),
        (ROLE[:-1], SHAPES["userIdentity"], "does not stand in {}"),
    ],
)
def test_what_would_have_to_be_guessed(text: str, shape: Any, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(text, shape)


_word = st.text("abc:/-., =", min_size=1, max_size=8).filter(lambda text: text != "null" and text == text.strip())


@given(st.tuples(_word, _word, _word))
def test_what_is_read_is_what_was_written(values: tuple[str, str, str]) -> None:
    names = ("tlsVersion", "cipherSuite", "clientProvidedHostHeader")
    text = "{" + ", ".join(f"{name.lower()}={value}" for name, value in zip(names, values, strict=True)) + "}"
    try:
        found = read(text, SHAPES["tlsDetails"])
    except Unreadable:
        assert any("=" in value or ", " in value or value.endswith(",") for value in values)
    else:
        assert found == dict(zip(names, values, strict=True))


@given(st.text('{}[]=, abnul"', max_size=40), st.sampled_from([*SHAPES.values()]))
def test_anything_at_all(text: str, shape: Any) -> None:
    with contextlib.suppress(Unreadable):
        read(text, shape)


def test_a_text_that_is_nested_without_end() -> None:
    for text in ("[" * 100_000, "{a=" * 5000 + "}" * 5000, '{"a":' * 100_000):
        with pytest.raises(Unreadable):
            read(text, SHAPES["userIdentity"])
        with pytest.raises(Unreadable):
            read(text, SHAPES["resources"])


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-01 10:00:00.000", "2026-11-01T10:00:00Z"),
        ("2026-11-01 10:00:00", "2026-11-01T10:00:00Z"),
        ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
        ("2026-11-01 10:00:00.125 UTC", "2026-11-01T10:00:00.125Z"),
        ("yesterday", "yesterday"),
    ],
)
def test_times(text: str, time: str) -> None:
    assert moment(text) == time
