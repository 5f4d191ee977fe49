"""REST APIs of API Gateway."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

API = {"id": "a1", "name": "shop", "endpointConfiguration": {"types": ["PRIVATE"]}}
TYPES = ("AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGateway::Method")

MODULE = """
resource "aws_api_gateway_rest_api" "shop" { name = "shop" }
resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_stage" "live" {
  rest_api_id           = aws_api_gateway_rest_api.shop.id
  deployment_id         = "d"
  stage_name            = "live"
  cache_cluster_enabled = true
  cache_cluster_size    = "0.5"
}
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"
  settings {
    caching_enabled    = true
    data_trace_enabled = true
  }
}
"""


def make(client: Any) -> str:
    """The API of the module above."""
    api = client.create_rest_api(name="shop")["id"]
    (root,) = client.get_resources(restApiId=api)["items"]
    orders = client.create_resource(restApiId=api, parentId=root["id"], pathPart="orders")["id"]
    client.put_method(restApiId=api, resourceId=orders, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=orders, httpMethod="GET", type="MOCK")
    deployment = client.create_deployment(restApiId=api)["id"]
    client.create_stage(
        restApiId=api, stageName="live", deploymentId=deployment, cacheClusterEnabled=True, cacheClusterSize="0.5"
    )
    settings = {"caching/enabled": "true", "caching/dataEncrypted": "false", "logging/dataTrace": "true"}
    patches = [{"op": "replace", "path": f"/*/*/{name}", "value": value} for name, value in settings.items()]
    client.update_stage(restApiId=api, stageName="live", patchOperations=patches)
    return str(api)


def test_an_api_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    api = make(aws("apigateway"))
    found = collect(*TYPES)
    assert found.one("AWS::ApiGateway::RestApi").address == f"arn:aws:apigateway:eu-west-1::/restapis/{api}"
    stage = found.one("AWS::ApiGateway::Stage")
    assert stage.address == f"arn:aws:apigateway:eu-west-1::/restapis/{api}/stages/live"
    (settings,) = stage.properties["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert (settings["CachingEnabled"], settings["DataTraceEnabled"]) == (True, True)
    method = found.one("AWS::ApiGateway::Method")
    assert method.properties["RestApiId"] == api
    assert method.properties["Integration"]["Type"] == "MOCK"
    assert method.metadata["path"] == "/orders"
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["apigateway.stage-keeps-content-out-of-logs"] == {"fail"}
    assert verdicts["apigateway.stage-encrypts-its-cache"] == {"fail"}
    assert verdicts["apigateway.method-requires-authorization"] == {"fail"}


def test_the_policy_is_read_as_aws_writes_it(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": 'a"b'}]}
    escaped = json.dumps(json.dumps(policy))[1:-1]
    for text in (escaped, json.dumps(policy)):
        found = answered("apigateway", {"GetRestApis": {"items": [{**API, "policy": text}]}}, TYPES[0])
        assert found.one(TYPES[0]).properties["Policy"] == policy
        assert judged(found)["apigateway.private-api-names-its-network"] == {"fail"}


def test_an_api_without_policy(answered: Callable[..., Any]) -> None:
    found = answered("apigateway", {"GetRestApis": {"items": [{**API, "securityPolicy": "TLS_1_0"}]}}, TYPES[0])
    assert "Policy" not in found.one(TYPES[0]).properties
    assert found.one(TYPES[0]).properties["SecurityPolicy"] == "TLS_1_0"
    assert found.one(TYPES[0]).unresolved == {}


def test_an_api_without_methods_is_no_obstacle(answered: Callable[..., Any]) -> None:
    items = [{"id": "r", "path": "/"}, {"id": "s", "path": "/x", "resourceMethods": {"ANY": {"httpMethod": "ANY"}}}]
    answers = {"GetRestApis": {"items": [API]}, "GetResources": {"items": items}}
    found = answered("apigateway", answers, "AWS::ApiGateway::Method")
    assert found.one("AWS::ApiGateway::Method").address.endswith("/restapis/a1/resources/s/methods/ANY")


def test_stages_that_are_denied_are_unread(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {"GetRestApis": {"items": [API]}, "GetStages": "AccessDeniedException"}
    found = answered("apigateway", answers, "AWS::ApiGateway::Stage")
    assert found.resources == []
    assert found.unread == {
        "AWS::ApiGateway::Stage": "apigateway:GetStages is denied (AccessDeniedException): grant apigateway:GET"
    }


def test_domain_names_but_private_ones(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    names = [
        {"domainName": "a.example.com", "securityPolicy": "TLS_1_0", "endpointConfiguration": {"types": ["EDGE"]}},
        {"domainName": "b.example.com", "securityPolicy": "TLS_1_2", "endpointConfiguration": {"types": ["PRIVATE"]}},
    ]
    found = answered("apigateway", {"GetDomainNames": {"items": names}}, "AWS::ApiGateway::DomainName")
    assert found.one("AWS::ApiGateway::DomainName").properties["DomainName"] == "a.example.com"
    assert judged(found)["apigateway.domain-refuses-old-tls"] == {"fail"}
