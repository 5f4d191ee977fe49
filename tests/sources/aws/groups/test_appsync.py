"""GraphQL APIs of AppSync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::AppSync::GraphQLApi"
MODULE = """
resource "aws_appsync_graphql_api" "shop" {
  name                = "shop"
  authentication_type = "AWS_IAM"
  additional_authentication_provider { authentication_type = "API_KEY" }
  log_config {
    cloudwatch_logs_role_arn = "arn:aws:iam::123456789012:role/logs"
    field_log_level          = "ERROR"
  }
}
"""


def test_an_api_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    api = aws("appsync").create_graphql_api(
        name="shop",
        authenticationType="AWS_IAM",
        additionalAuthenticationProviders=[{"authenticationType": "API_KEY"}],
        logConfig={"fieldLogLevel": "ERROR", "cloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/logs"},
        tags={"a": "b"},
    )["graphqlApi"]
    found = collect(TYPE)
    one = found.one(TYPE)
    assert (one.address, one.metadata["id"]) == (api["arn"], api["apiId"])
    assert one.properties["LogConfig"]["CloudWatchLogsRoleArn"] == "arn:aws:iam::123456789012:role/logs"
    assert one.properties["GraphQLUrl"] == api["uris"]["GRAPHQL"]
    assert one.properties["Tags"] == [{"Key": "a", "Value": "b"}]
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["appsync.api-does-not-rely-on-keys"] == {"fail"}
    assert verdicts["appsync.api-logs-resolvers"] == {"pass"}


def test_an_api_without_logs(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    api = {"apiId": "a", "arn": "arn:aws:appsync:eu-west-1:123456789012:apis/a", "authenticationType": "AWS_IAM"}
    found = answered("appsync", {"ListGraphqlApis": {"graphqlApis": [api]}}, TYPE)
    verdicts = judged(found)
    assert verdicts["appsync.api-does-not-rely-on-keys"] == {"pass"}
    assert verdicts["appsync.api-logs-resolvers"] == {"fail"}


def test_a_list_that_is_denied_leaves_the_type_unread(answered: Callable[..., Any]) -> None:
    found = answered("appsync", {"ListGraphqlApis": "UnauthorizedException"}, TYPE)
    assert "grant appsync:ListGraphqlApis" in found.unread[TYPE]


def test_caches_and_apis_without_one(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    apis = [
        {"apiId": name, "arn": f"arn:aws:appsync:eu-west-1:123456789012:apis/{name}", "authenticationType": "AWS_IAM"}
        for name in ("a", "b")
    ]
    caches = {"a": {"apiCache": {"ttl": 1, "transitEncryptionEnabled": True, "atRestEncryptionEnabled": False}}}
    answers = {
        "ListGraphqlApis": {"graphqlApis": apis},
        "GetApiCache": lambda asked: caches.get(asked["apiId"], "NotFoundException"),
    }
    found = answered("appsync", answers, TYPE, "AWS::AppSync::ApiCache")
    assert found.one("AWS::AppSync::ApiCache").properties["ApiId"] == "a"
    verdicts = judged(found)
    assert verdicts["appsync.cache-is-encrypted-at-rest"] == {"fail"}
    assert verdicts["appsync.cache-is-encrypted-in-transit"] == {"pass"}
