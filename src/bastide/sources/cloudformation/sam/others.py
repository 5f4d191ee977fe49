"""The smaller serverless types: tables, layers, state machines and nested applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.sources.cloudformation.nodes import Map
from bastide.sources.cloudformation.sam.build import (
    Output,
    Properties,
    Source,
    get_att,
    part,
    s3_location,
    tag_list,
)
from bastide.sources.cloudformation.sam.events import make_events
from bastide.sources.cloudformation.sam.roles import make_role

if TYPE_CHECKING:
    from bastide.sources.cloudformation.sam.api import Apis

_KEEP = ("DeletionPolicy", "UpdateReplacePolicy")
_ATTRIBUTE_TYPES = {"String": "S", "Number": "N", "Binary": "B"}
_MACHINE = {
    "StateMachineName": "Name",
    "StateMachineType": "Type",
    "LoggingConfiguration": "Logging",
    "TracingConfiguration": "Tracing",
}
_MACHINE_OWN = frozenset(
    [
        "AutoPublishAlias",
        "DefinitionUri",
        "DeploymentPreference",
        "Events",
        "Logging",
        "Name",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "Role",
        "RolePath",
        "Tags",
        "Tracing",
        "Type",
        "UseAliasAsEventTarget",
    ]
)


def make_table(source: Source, out: Output) -> None:
    """Adds the table of a `SimpleTable`: one key, paid by request unless it says otherwise."""
    properties = source.properties
    made = Properties(properties, source.line).take_all(("PrimaryKey", "Tags"))
    key = part(properties, "PrimaryKey")
    name, kind = key.get("Name", "id"), key.get("Type", "String")
    kind = _ATTRIBUTE_TYPES.get(kind, kind) if type(kind) is str else kind
    made.put("AttributeDefinitions", [{"AttributeName": name, "AttributeType": kind}], "PrimaryKey")
    made.put("KeySchema", [{"AttributeName": name, "KeyType": "HASH"}], "PrimaryKey")
    if "ProvisionedThroughput" not in properties:
        made.put("BillingMode", "PAY_PER_REQUEST")
    if "Tags" in properties:
        made.put("Tags", tag_list(properties["Tags"]), "Tags")
    out.make(source, source.name, "AWS::DynamoDB::Table", made, _KEEP)


def make_layer(source: Source, out: Output) -> None:
    """Adds the layer of a `LayerVersion`."""
    properties = source.properties
    made = Properties(properties, source.line).put("LayerName", source.name)
    made.take_all(("ContentUri", "RetentionPolicy", "PublishLambdaVersion"))
    location = s3_location(properties.get("ContentUri"), ("S3Bucket", "S3Key", "S3ObjectVersion"))
    if location is not None:
        made.put("Content", location, "ContentUri")
    out.make(source, source.name, "AWS::Lambda::LayerVersion", made, _KEEP)


def make_state_machine(source: Source, out: Output, apis: Apis) -> None:
    """Adds the state machine, its role when it names none, and what its events make."""
    properties = source.properties
    made = Properties(properties, source.line).take_all(_MACHINE_OWN)
    for key, old in _MACHINE.items():
        made.take(key, old)
    location = s3_location(properties.get("DefinitionUri"), ("Bucket", "Key", "Version"))
    if location is not None:
        made.put("DefinitionS3Location", location, "DefinitionUri")
    if "Role" in properties:
        made.take("RoleArn", "Role")
    else:
        role = make_role(source, out, "states.amazonaws.com", [])
        made.put("RoleArn", get_att(role, "Arn", source.line))
    if "Tags" in properties:
        made.put("Tags", tag_list(properties["Tags"]), "Tags")
    out.make(source, source.name, "AWS::StepFunctions::StateMachine", made, _KEEP)
    make_events(source, out, apis)


def make_application(source: Source, out: Output) -> None:
    """Adds the nested stack of an `Application`; one of the application repository is not local."""
    properties = source.properties
    made = Properties(properties, source.line).take_all(("Location", "Tags"))
    location = properties.get("Location")
    if type(location) is Map:
        application = location.get("ApplicationId")
        location = f"serverlessrepo://{application}" if type(application) is str else application
    made.put("TemplateURL", location, "Location")
    if "Tags" in properties:
        made.put("Tags", tag_list(properties["Tags"]), "Tags")
    out.make(source, source.name, "AWS::CloudFormation::Stack", made, _KEEP)
