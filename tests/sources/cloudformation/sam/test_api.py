from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource


def _function(kind: str, properties: str) -> str:
    return (
        "F: {Type: AWS::Serverless::Function, Properties: "
        f"{{Role: r, Events: {{E: {{Type: {kind}, Properties: {properties}}}}}}}}}\n"
    )


def test_a_rest_api_with_stage_and_domain(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        Api:
          Type: AWS::Serverless::Api
          Properties:
            StageName: v1
            Name: mine
            TracingEnabled: true
            EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [vpce-1]}
            AccessLogSetting: {DestinationArn: d}
            MethodSettings: [{HttpMethod: "*", LoggingLevel: INFO}]
            DefinitionBody: {openapi: 3.0.1}
            Tags: {a: b}
            Auth: {ResourcePolicy: {CustomStatements: {Effect: Allow}}}
            Domain: {DomainName: d.example, CertificateArn: c, SecurityPolicy: TLS_1_2}
        """
    )
    assert [(name, resource.type) for name, resource in found.items()] == [
        ("Api", "AWS::ApiGateway::RestApi"),
        ("ApiDeployment", "AWS::ApiGateway::Deployment"),
        ("Apiv1Stage", "AWS::ApiGateway::Stage"),
        ("ApiDomainName", "AWS::ApiGateway::DomainName"),
    ]
    assert found["Api"].properties == {
        "Name": "mine",
        "Body": {"openapi": "3.0.1"},
        "EndpointConfiguration": {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-1"]},
        "Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert found["Apiv1Stage"].properties == {
        "RestApiId": "${Api}",
        "StageName": "v1",
        "DeploymentId": "${ApiDeployment}",
        "AccessLogSetting": {"DestinationArn": "d"},
        "MethodSettings": [{"HttpMethod": "*", "LoggingLevel": "INFO"}],
        "TracingEnabled": True,
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert found["Apiv1Stage"].locate("TracingEnabled")[1] == 10
    assert found["ApiDomainName"].properties == {
        "DomainName": "d.example",
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "RegionalCertificateArn": "c",
        "SecurityPolicy": "TLS_1_2",
    }


def test_an_http_api_with_stage_and_domain(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        Api:
          Type: AWS::Serverless::HttpApi
          Properties:
            AccessLogSettings: {DestinationArn: d}
            DefaultRouteSettings: {ThrottlingRateLimit: 5}
            CorsConfiguration: {AllowOrigins: ["*"]}
            Domain: {DomainName: d.example, CertificateArn: c}
            Tags: {a: b}
        """
    )
    assert found["Api"].properties == {
        "Name": "Api",
        "ProtocolType": "HTTP",
        "CorsConfiguration": {"AllowOrigins": ["*"]},
        "Tags": {"a": "b"},
    }
    assert found["ApiApiGatewayDefaultStage"].properties == {
        "ApiId": "${Api}",
        "StageName": "$default",
        "AutoDeploy": True,
        "AccessLogSettings": {"DestinationArn": "d"},
        "DefaultRouteSettings": {"ThrottlingRateLimit": 5},
        "Tags": {"a": "b"},
    }
    assert found["ApiDomainName"].properties["DomainNameConfigurations"] == [
        {"EndpointType": "REGIONAL", "CertificateArn": "c"}
    ]


def test_events_without_an_api_share_one(serverless: Callable[..., dict[str, Resource]]) -> None:
    text = "".join(
        _function(kind, "{Path: /x, Method: get}").replace("F:", f"{name}:", 1)
        for name, kind in (("A", "Api"), ("B", "Api"), ("C", "HttpApi"))
    )
    found = serverless(text, "Globals: {Api: {TracingEnabled: true}}")
    stage = found["ServerlessRestApiProdStage"]
    assert (stage.type, stage.name, stage.line) == ("AWS::ApiGateway::Stage", "AWS::Serverless::Api", 4)
    assert stage.properties["TracingEnabled"] is True
    assert found["ServerlessHttpApiApiGatewayDefaultStage"].properties["StageName"] == "$default"
    assert [resource.type for resource in found.values()].count("AWS::ApiGateway::RestApi") == 1
    assert found["AEMethod"].properties == {
        "RestApiId": "${ServerlessRestApi}",
        "ResourceId": "/x",
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
    }
    assert found["CERoute"].properties == {
        "ApiId": "${ServerlessHttpApi}",
        "RouteKey": "GET /x",
        "AuthorizationType": "NONE",
    }


@pytest.mark.parametrize(
    ("api_auth", "event_auth", "authorization"),
    [
        ("{}", "{}", "NONE"),
        ("{DefaultAuthorizer: AWS_IAM}", "{}", "AWS_IAM"),
        ("{DefaultAuthorizer: AWS_IAM}", "{Authorizer: NONE}", "NONE"),
        ("{DefaultAuthorizer: Pool, Authorizers: {Pool: {UserPoolArn: p}}}", "{}", "COGNITO_USER_POOLS"),
        ("{DefaultAuthorizer: Own, Authorizers: {Own: {FunctionArn: f}}}", "{}", "CUSTOM"),
        ("{Authorizers: {Pool: {UserPoolArn: p}}}", "{}", "NONE"),
        ("{Authorizers: {Pool: {UserPoolArn: p}}}", "{Authorizer: Pool}", "COGNITO_USER_POOLS"),
        ("!If [C, {DefaultAuthorizer: AWS_IAM}, {}]", "{}", None),
        ("{DefaultAuthorizer: !Ref P}", "{}", None),
        ("{}", "!If [C, {Authorizer: AWS_IAM}, {}]", None),
    ],
)
def test_how_a_method_knows_its_callers(
    serverless: Callable[..., dict[str, Resource]], api_auth: str, event_auth: str, authorization: str | None
) -> None:
    found = serverless(
        f"Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1, Auth: {api_auth}}}}}\n"
        + _function("Api", f"{{RestApiId: !Ref Api, Path: /, Method: post, Auth: {event_auth}}}"),
        "Parameters: {P: {}}\nConditions: {C: !Equals [!Ref P, x]}",
    )
    method = found["FEMethod"]
    assert method.properties.get("AuthorizationType") == authorization
    assert ("AuthorizationType" in method.unresolved) == (authorization is None)


def test_keys_of_a_method(serverless: Callable[..., dict[str, Resource]]) -> None:
    api = "Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1, Auth: {ApiKeyRequired: true}}}\n"
    found = serverless(api + _function("Api", "{RestApiId: Api, Path: /, Method: post}"))
    assert found["FEMethod"].properties["ApiKeyRequired"] is True


@pytest.mark.parametrize(
    ("authorizer", "authorization"),
    [("{JwtConfiguration: {issuer: i}}", "JWT"), ("{FunctionArn: f}", "CUSTOM")],
)
def test_how_a_route_knows_its_callers(
    serverless: Callable[..., dict[str, Resource]], authorizer: str, authorization: str
) -> None:
    auth = f"{{DefaultAuthorizer: A, Authorizers: {{A: {authorizer}}}}}"
    api = f"Api: {{Type: AWS::Serverless::HttpApi, Properties: {{Auth: {auth}}}}}\n"
    found = serverless(api + _function("HttpApi", "{ApiId: !Ref Api}"))
    assert found["FERoute"].properties == {
        "ApiId": "${Api}",
        "RouteKey": "$default",
        "AuthorizationType": authorization,
    }


def test_an_api_that_is_no_serverless_one(serverless: Callable[..., dict[str, Resource]]) -> None:
    api = "Api: {Type: AWS::ApiGateway::RestApi}\n"
    found = serverless(api + _function("Api", "{RestApiId: !Ref Api, Path: /, Method: any}"))
    assert found["FEMethod"].properties["AuthorizationType"] == "NONE"
    assert "ServerlessRestApi" not in found


def test_a_resource_policy_of_addresses_is_not_known(serverless: Callable[..., dict[str, Resource]]) -> None:
    policy = "{IpRangeWhitelist: [10.0.0.0/8]}"
    found = serverless(
        f"Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: !Ref P, Auth: {{ResourcePolicy: {policy}}}}}}}",
        "Parameters: {P: {}}",
    )
    assert set(found["Api"].unresolved) == {"Policy"}
    assert found["ApiStage"].unresolved == {"StageName": "P: parameter without a default"}
