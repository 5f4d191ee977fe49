"""`AWS::Serverless::Function`: the function, its role, URL, alias, and what its events make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.sources.cloudformation.nodes import Map, Node, as_map
from bastide.sources.cloudformation.sam.build import (
    Output,
    Properties,
    Source,
    get_att,
    part,
    ref,
    s3_location,
    tag_list,
    through,
)
from bastide.sources.cloudformation.sam.events import POLICIES, make_events
from bastide.sources.cloudformation.sam.roles import make_role

if TYPE_CHECKING:
    from bastide.sources.cloudformation.sam.api import Apis

_OWN = frozenset(
    [
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CodeUri",
        "DeadLetterQueue",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "ImageUri",
        "InlineCode",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "PublishToLatestPublished",
        "Role",
        "RolePath",
        "Tags",
        "Tracing",
        "VersionDeletionPolicy",
        "VersionDescription",
    ]
)


def make_function(source: Source, out: Output, apis: Apis) -> None:
    """Adds the entries that a serverless function becomes."""
    properties = source.properties
    made = Properties(properties, source.line).take_all(_OWN)
    _code(made, properties)
    if "Role" in properties:
        made.take("Role")
    else:
        role = make_role(source, out, "lambda.amazonaws.com", _managed(properties))
        made.put("Role", get_att(role, "Arn", source.line))
    if "Tags" in properties:
        made.put("Tags", tag_list(properties["Tags"]), "Tags")
    if properties.get("Tracing", "Disabled") != "Disabled":
        made.put("TracingConfig", through(properties["Tracing"], lambda mode: _object("Mode", mode)), "Tracing")
    if queue := part(properties, "DeadLetterQueue"):
        target = Properties(queue, properties.line_of("DeadLetterQueue")).take("TargetArn")
        made.put("DeadLetterConfig", target.node(), "DeadLetterQueue")
    out.make(source, source.name, "AWS::Lambda::Function", made, ("DeletionPolicy", "UpdateReplacePolicy"))
    _alias(source, out)
    _url(source, out)
    _invoke_config(source, out)
    make_events(source, out, apis)


def _object(key: str, value: Node) -> dict[str, Node]:
    return {key: value}


def _managed(properties: Map) -> list[str]:
    """The policies that the role of a function gets for what the function is set up to do."""
    names = ["AWSLambdaBasicExecutionRole"]
    if "VpcConfig" in properties:
        names = ["AWSLambdaVPCAccessExecutionRole"]
    if properties.get("Tracing", "Disabled") != "Disabled":
        names.append("AWSXrayWriteOnlyAccess")
    for event in part(properties, "Events").values():
        name = POLICIES.get(str(as_map(event).get("Type")))
        if name is not None and name not in names:
            names.append(name)
    return names


def _code(made: Properties, properties: Map) -> None:
    if "InlineCode" in properties:
        made.put("Code", {"ZipFile": properties["InlineCode"]}, "InlineCode")
    elif "ImageUri" in properties:
        made.put("Code", {"ImageUri": properties["ImageUri"]}, "ImageUri")
    else:
        location = s3_location(properties.get("CodeUri"), ("S3Bucket", "S3Key", "S3ObjectVersion"))
        if location is not None:
            made.put("Code", location, "CodeUri")
        elif type(properties.get("CodeUri")) is str:
            made.put("CodeFolder", properties["CodeUri"], "CodeUri")


def _alias(source: Source, out: Output) -> None:
    alias = source.properties.get("AutoPublishAlias")
    if alias is None:
        return
    name = source.name
    version = Properties(source.properties, source.line).put("FunctionName", ref(name), "AutoPublishAlias")
    version.take("Description", "VersionDescription")
    out.make(source, f"{name}Version", "AWS::Lambda::Version", version)
    made = Properties(source.properties, source.line).put("Name", alias, "AutoPublishAlias")
    made.put("FunctionName", ref(name)).put("FunctionVersion", get_att(f"{name}Version", "Version"))
    made.take("ProvisionedConcurrencyConfig")
    suffix = alias if type(alias) is str and alias.isalnum() else ""
    out.make(source, f"{name}Alias{suffix}", "AWS::Lambda::Alias", made)


def _url(source: Source, out: Output) -> None:
    config = source.properties.get("FunctionUrlConfig")
    if type(config) is not Map:
        return
    line = source.properties.line_of("FunctionUrlConfig")
    url = Properties(config, line).take("AuthType").take("Cors").take("InvokeMode")
    url.put("TargetFunctionArn", ref(source.name, line))
    out.make(source, f"{source.name}Url", "AWS::Lambda::Url", url)
    if config.get("AuthType") == "NONE":
        permission = Properties(config, line).put("Action", "lambda:InvokeFunctionUrl")
        permission.put("FunctionName", ref(source.name, line)).put("FunctionUrlAuthType", "NONE", "AuthType")
        permission.put("Principal", "*")
        out.make(source, f"{source.name}UrlPublicPermissions", "AWS::Lambda::Permission", permission)


def _invoke_config(source: Source, out: Output) -> None:
    config = source.properties.get("EventInvokeConfig")
    if type(config) is not Map:
        return
    made = Properties(config, source.properties.line_of("EventInvokeConfig")).take_all(())
    made.put("FunctionName", ref(source.name)).put("Qualifier", "$LATEST")
    out.make(source, f"{source.name}EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", made)
