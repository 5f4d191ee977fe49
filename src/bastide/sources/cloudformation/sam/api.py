"""`AWS::Serverless::Api` and `HttpApi`, those that events imply, and the methods that events add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bastide.resources.model import Unresolved
from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq, as_map
from bastide.sources.cloudformation.sam.build import (
    Output,
    Properties,
    Source,
    part,
    ref,
    s3_location,
    tag_list,
    through,
)
from bastide.sources.cloudformation.sam.merge import with_globals

if TYPE_CHECKING:
    from bastide.sources.cloudformation.sam.events import Event

_REST, _HTTP = "AWS::Serverless::Api", "AWS::Serverless::HttpApi"
_IMPLICIT = {_REST: "ServerlessRestApi", _HTTP: "ServerlessHttpApi"}
_REST_STAGE = [
    "AccessLogSetting",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "MethodSettings",
    "StageName",
    "TracingEnabled",
    "Variables",
]
_REST_API = [
    "ApiKeySourceType",
    "BinaryMediaTypes",
    "Description",
    "DisableExecuteApiEndpoint",
    "FailOnWarnings",
    "MinimumCompressionSize",
    "Mode",
    "Name",
    "Parameters",
    "SecurityPolicy",
    "EndpointAccessMode",
]
_HTTP_STAGE = ["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageName", "StageVariables"]
_HTTP_API = ["CorsConfiguration", "Description", "DisableExecuteApiEndpoint", "FailOnWarnings", "IpAddressType", "Name"]


class _Auth(NamedTuple):
    """How an API knows its callers; `known` is False when that is decided by a function."""

    default: Node
    authorizers: Map
    key_required: Node
    known: bool


class Apis:
    """The APIs of a template: those that are written, and those that events without one imply."""

    def __init__(self, sources: list[Source], shared: Map, out: Output) -> None:
        self.shared, self.out = shared, out
        self.auth: dict[object, _Auth] = {
            source.name: _auth_of(source.properties) for source in sources if source.type in _IMPLICIT
        }

    def connect(self, event: Event, *, http: bool) -> None:
        """Adds the method or route that an event makes, and lets the API call the function."""
        named = event.properties.get("ApiId" if http else "RestApiId")
        if named is None:
            named = ref(self.implied(event.source, _HTTP if http else _REST), event.line)
        name = named.argument if type(named) is Call and named.name == "Ref" else named
        auth = self.auth.get(name if type(name) is str else None)
        own = event.properties.get("Auth")
        made = _route(event, named) if http else _method(event, named)
        made.put("AuthorizationType", _authorization(auth, own, http=http), "Auth")
        if not http and (required := part(event.properties, "Auth").get("ApiKeyRequired", auth and auth.key_required)):
            made.put("ApiKeyRequired", required, "Auth")
        event.make("Route" if http else "Method", f"AWS::ApiGateway{'V2::Route' if http else '::Method'}", made)
        event.permit("apigateway.amazonaws.com", SourceArn=event.arn("execute-api", named, "/*"))

    def implied(self, source: Source, kind: str) -> str:
        """The API of an event that names none: one for all of a template, made when it is first met."""
        name = _IMPLICIT[kind]
        if name not in self.auth:
            empty = as_map(None)
            properties = with_globals(kind, empty, self.shared)
            implied = Source(name, kind, Properties(empty, source.line).node(), source.line, properties)
            implied.node.end = source.node.end
            self.auth[name] = _auth_of(properties)
            (make_http_api if kind == _HTTP else make_api)(implied, self.out)
        return name


def make_api(source: Source, out: Output) -> None:
    """Adds the REST API, its deployment and stage, and its domain name."""
    properties, name = source.properties, source.name
    api = Properties(properties, source.line).put("Name", name)
    for key in _REST_API:
        api.take(key)
    api.take("Body", "DefinitionBody")
    if (location := s3_location(properties.get("DefinitionUri"), ("Bucket", "Key", "Version"))) is not None:
        api.put("BodyS3Location", location, "DefinitionUri")
    if "EndpointConfiguration" in properties:
        api.put(
            "EndpointConfiguration", through(properties["EndpointConfiguration"], _endpoint), "EndpointConfiguration"
        )
    if policy := part(properties, "Auth").get("ResourcePolicy"):
        api.put("Policy", _policy(policy), "Auth")
    _tags(api, properties)
    out.make(source, name, "AWS::ApiGateway::RestApi", api)
    deployment = Properties(properties, source.line).put("RestApiId", ref(name, source.line))
    out.make(source, f"{name}Deployment", "AWS::ApiGateway::Deployment", deployment)
    stage = Properties(properties, source.line).put("RestApiId", ref(name, source.line)).put("StageName", "Prod")
    stage.put("DeploymentId", ref(f"{name}Deployment", source.line))
    for key in _REST_STAGE:
        stage.take(key)
    _tags(stage, properties)
    out.make(source, f"{name}{_stage_id(properties, 'Prod')}Stage", "AWS::ApiGateway::Stage", stage)
    _domain(source, out)


def make_http_api(source: Source, out: Output) -> None:
    """Adds the HTTP API, its stage and its domain name."""
    properties, name = source.properties, source.name
    api = Properties(properties, source.line).put("Name", name).put("ProtocolType", "HTTP")
    for key in _HTTP_API:
        api.take(key)
    api.take("Body", "DefinitionBody")
    _tags(api, properties, as_list=False)
    out.make(source, name, "AWS::ApiGatewayV2::Api", api)
    stage = Properties(properties, source.line).put("ApiId", ref(name, source.line))
    stage.put("StageName", "$default").put("AutoDeploy", value=True)
    for key in _HTTP_STAGE:
        stage.take(key)
    _tags(stage, properties, as_list=False)
    stage_id = _stage_id(properties, "ApiGatewayDefault")
    out.make(source, f"{name}{stage_id}Stage", "AWS::ApiGatewayV2::Stage", stage)
    _http_domain(source, out)


def _stage_id(properties: Map, default: str) -> str:
    """What stands for the stage in a logical id: nothing when its name is not known."""
    name = properties.get("StageName", default)
    return "".join(filter(str.isalnum, name)) if type(name) is str else ""


def _tags(made: Properties, properties: Map, *, as_list: bool = True) -> None:
    if "Tags" in properties:
        made.put("Tags", tag_list(properties["Tags"]) if as_list else properties["Tags"], "Tags")


def _endpoint(node: Node) -> Node:
    if type(node) is str:
        return {"Types": [node]}
    if type(node) is not Map:
        return node
    made = Properties(node, node.lines[0] if node.lines else 1)
    if "Type" in node:
        made.put("Types", [node["Type"]], "Type")
    return made.take("VpcEndpointIds", "VPCEndpointIds").take("IpAddressType").node()


def _policy(node: Node) -> Node:
    """The resource policy of an API when it is written out; lists of addresses and accounts are not turned into one."""
    if type(node) is Map and list(node) == ["CustomStatements"]:
        statements = node["CustomStatements"]
        return {"Version": "2012-10-17", "Statement": statements if type(statements) is Seq else [statements]}
    return Unresolved("Auth.ResourcePolicy", "made by the serverless transform")


def _domain(source: Source, out: Output) -> None:
    domain = part(source.properties, "Domain")
    if not domain:
        return
    made = Properties(domain, source.properties.line_of("Domain")).take("DomainName")
    kind = domain.get("EndpointConfiguration", "REGIONAL")
    made.put("EndpointConfiguration", through(kind, _endpoint), "EndpointConfiguration")
    made.take("RegionalCertificateArn" if kind != "EDGE" else "CertificateArn", "CertificateArn")
    made.take("SecurityPolicy").take("MutualTlsAuthentication")
    out.make(source, f"{source.name}DomainName", "AWS::ApiGateway::DomainName", made)


def _http_domain(source: Source, out: Output) -> None:
    domain = part(source.properties, "Domain")
    if not domain:
        return
    line = source.properties.line_of("Domain")
    setup = Properties(domain, line).put("EndpointType", "REGIONAL").take("EndpointType", "EndpointConfiguration")
    setup.take("CertificateArn").take("SecurityPolicy")
    made = Properties(domain, line).take("DomainName").take("MutualTlsAuthentication")
    made.put("DomainNameConfigurations", [setup.node()])
    out.make(source, f"{source.name}DomainName", "AWS::ApiGatewayV2::DomainName", made)


def _method(event: Event, api: Node) -> Properties:
    verb = event.properties.get("Method")
    made = event.start().put("RestApiId", api, "RestApiId").take("ResourceId", "Path")
    if verb is not None:
        made.put("HttpMethod", verb.upper() if type(verb) is str else verb, "Method")
    return made


def _route(event: Event, api: Node) -> Properties:
    verb, path = event.properties.get("Method", "ANY"), event.properties.get("Path")
    key: Node = "$default"
    if type(path) is str and type(verb) is str:
        key = f"{verb.upper()} {path}"
    elif path is not None:
        key = Unresolved("RouteKey", "made of a method and a path that are not written out")
    return event.start().put("ApiId", api, "ApiId").put("RouteKey", key, "Path")


def _auth_of(properties: Map) -> _Auth:
    node = properties.get("Auth")
    auth = node if type(node) is Map else as_map(None)
    return _Auth(
        auth.get("DefaultAuthorizer"),
        part(auth, "Authorizers"),
        auth.get("ApiKeyRequired"),
        node is None or type(node) is Map,
    )


def _authorization(auth: _Auth | None, own: Node, *, http: bool) -> Node:
    """The `AuthorizationType` of a method: from the event's own authorizer, else the API's default one."""
    if (auth is not None and not auth.known) or type(own) is Call:
        return Unresolved("Auth", "decided by a function")
    chosen = as_map(own).get("Authorizer", auth.default if auth else None)
    if chosen is None or chosen == "NONE":
        return "NONE"
    if type(chosen) is not str:
        return Unresolved("Auth.Authorizer", "decided by a function")
    if chosen == "AWS_IAM":
        return chosen
    setup = part(auth.authorizers, chosen) if auth else as_map(None)
    if http:
        return "CUSTOM" if "FunctionArn" in setup else "JWT"
    return "COGNITO_USER_POOLS" if "UserPoolArn" in setup else "CUSTOM"
