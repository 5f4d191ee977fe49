"""HTTP and WebSocket APIs of API Gateway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPES = ("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage")

MODULE = """
resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_route" "orders" {
  api_id    = aws_apigatewayv2_api.shop.id
  route_key = "$default"
}
resource "aws_apigatewayv2_stage" "live" {
  api_id = aws_apigatewayv2_api.shop.id
  name   = "live"
}
"""


def test_an_api_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("apigatewayv2")
    api = client.create_api(Name="shop", ProtocolType="HTTP")["ApiId"]
    client.create_route(ApiId=api, RouteKey="$default")
    client.create_stage(ApiId=api, StageName="live")
    found = collect(*TYPES)
    assert found.one(TYPES[0]).address == f"arn:aws:apigateway:eu-west-1::/apis/{api}"
    assert found.one(TYPES[1]).properties["ApiId"] == api
    assert found.one(TYPES[2]).address == f"arn:aws:apigateway:eu-west-1::/apis/{api}/stages/live"
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["apigatewayv2.route-requires-authorization"] == {"fail"}
    assert verdicts["apigatewayv2.stage-logs-access"] == {"fail"}


def test_logs_of_a_stage(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    logs = {"DestinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:g", "Format": "$context.requestId"}
    answers = {
        "GetApis": {"Items": [{"ApiId": "a", "Name": "n", "ProtocolType": "HTTP", "RouteSelectionExpression": "x"}]},
        "GetStages": {"Items": [{"StageName": "$default", "AccessLogSettings": logs}]},
    }
    assert judged(answered("apigatewayv2", answers, TYPES[2]))["apigatewayv2.stage-logs-access"] == {"pass"}


def test_apis_that_are_denied_leave_routes_and_stages_unread(answered: Callable[..., Any]) -> None:
    found = answered("apigatewayv2", {"GetApis": "AccessDeniedException"}, *TYPES)
    assert found.resources == []
    assert set(found.unread) == set(TYPES)
