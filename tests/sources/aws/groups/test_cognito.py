"""User pools, their clients and identity pools of Cognito."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

POOL, CLIENT, IDENTITIES = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::IdentityPool"
MODULE = """
resource "aws_cognito_user_pool" "users" {
  name                = "users"
  mfa_configuration   = "OPTIONAL"
  deletion_protection = "ACTIVE"
  password_policy { minimum_length = 14 }
  software_token_mfa_configuration { enabled = true }
}
resource "aws_cognito_user_pool_client" "web" {
  name                          = "web"
  user_pool_id                  = aws_cognito_user_pool.users.id
  generate_secret               = true
  allowed_oauth_flows           = ["code", "implicit"]
  callback_urls                 = ["http://app.example.com/callback"]
  prevent_user_existence_errors = "ENABLED"
}
resource "aws_cognito_identity_pool" "app" {
  identity_pool_name               = "app"
  allow_unauthenticated_identities = true
}
"""


def make(aws: Callable[..., Any]) -> tuple[str, str, str]:
    """What the module has; the ids of the pool, the client and the identity pool."""
    client = aws("cognito-idp")
    pool = client.create_user_pool(
        PoolName="users",
        MfaConfiguration="OPTIONAL",
        DeletionProtection="ACTIVE",
        Policies={"PasswordPolicy": {"MinimumLength": 14}},
        UserPoolTags={"a": "b"},
    )["UserPool"]["Id"]
    web = client.create_user_pool_client(
        UserPoolId=pool,
        ClientName="web",
        GenerateSecret=True,
        AllowedOAuthFlows=["code", "implicit"],
        CallbackURLs=["http://app.example.com/callback"],
        PreventUserExistenceErrors="ENABLED",
    )["UserPoolClient"]["ClientId"]
    identities = aws("cognito-identity").create_identity_pool(
        IdentityPoolName="app", AllowUnauthenticatedIdentities=True
    )
    return pool, web, identities["IdentityPoolId"]


def test_pools_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    pool, web, identities = make(aws)
    found = collect(POOL, CLIENT, IDENTITIES)
    arn = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{pool}"
    assert (found.one(POOL).address, found.one(POOL).metadata["id"]) == (arn, pool)
    assert found.one(POOL).properties["UserPoolName"] == "users"
    assert found.one(POOL).properties["UserPoolTags"] == {"a": "b"}
    client = found.one(CLIENT)
    assert (client.address, client.metadata["id"]) == (f"{arn}/client/{web}", web)
    assert client.properties["UserPoolId"] == pool
    assert client.properties["GenerateSecret"] is True
    assert "ClientSecret" not in client.properties
    assert found.one(IDENTITIES).metadata["id"] == identities
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["cognito.user-pool-wants-long-passwords"] == {"pass"}
    assert verdicts["cognito.user-pool-requires-mfa"] == {"fail"}
    assert verdicts["cognito.user-pool-is-protected-from-deletion"] == {"pass"}
    assert verdicts["cognito.client-has-no-implicit-flow"] == {"fail"}
    assert verdicts["cognito.client-calls-back-over-https"] == {"fail"}
    assert verdicts["cognito.identity-pool-has-no-guests"] == {"fail"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        "ListUserPools": {"UserPools": [{"Id": "eu-west-1_a", "Name": "users"}]},
        "DescribeUserPool": "NotAuthorizedException",
        "ListUserPoolClients": {
            "UserPoolClients": [{"ClientId": "c", "UserPoolId": "eu-west-1_a", "ClientName": "web"}]
        },
        "DescribeUserPoolClient": "NotAuthorizedException",
        "ListIdentityPools": {"IdentityPools": [{"IdentityPoolId": "eu-west-1:1", "IdentityPoolName": "app"}]},
        "DescribeIdentityPool": "NotAuthorizedException",
    }
    found = answered("cognito", answers, POOL, CLIENT, IDENTITIES)
    assert "grant cognito-idp:DescribeUserPool" in found.one(POOL).unresolved["MfaConfiguration"]
    assert "grant cognito-idp:DescribeUserPool" in found.unread[CLIENT]
    denied = found.one(IDENTITIES).unresolved["AllowUnauthenticatedIdentities"]
    assert "grant cognito-identity:DescribeIdentityPool" in denied
    assert {status for statuses in judged(found).values() for status in statuses} == {"unknown"}
    found = answered("cognito", {**answers, "DescribeUserPool": {"UserPool": {"Id": "eu-west-1_a"}}}, CLIENT)
    assert "grant cognito-idp:DescribeUserPoolClient" in found.one(CLIENT).unresolved["AllowedOAuthFlows"]
    assert "grant cognito-idp:DescribeUserPoolClient" in found.one(CLIENT).unresolved["GenerateSecret"]


def test_a_client_without_secret(answered: Callable[..., Any]) -> None:
    client = {"ClientId": "c", "UserPoolId": "eu-west-1_a", "ClientName": "web"}
    answers = {
        "ListUserPools": {"UserPools": [{"Id": "eu-west-1_a", "Name": "users"}]},
        "DescribeUserPool": {"UserPool": {"Id": "eu-west-1_a"}},
        "ListUserPoolClients": {"UserPoolClients": [client]},
        "DescribeUserPoolClient": {"UserPoolClient": client},
    }
    assert answered("cognito", answers, CLIENT).one(CLIENT).properties["GenerateSecret"] is False
