"""What triggers a serverless function or state machine: rules, mappings, subscriptions, permissions, API methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bastide.sources.cloudformation.nodes import Call, Map, Node, as_map
from bastide.sources.cloudformation.sam.build import Output, Properties, Source, get_att, part, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.cloudformation.sam.api import Apis

_MAPPINGS = {
    "SQS": "Queue",
    "Kinesis": "Stream",
    "DynamoDB": "Stream",
    "MSK": "Stream",
    "MQ": "Broker",
    "DocumentDB": "Cluster",
    "SelfManagedKafka": "",
}
"""Event types that are event source mappings, and their name for the source's ARN."""

POLICIES = {
    "SQS": "AWSLambdaSQSQueueExecutionRole",
    "Kinesis": "AWSLambdaKinesisExecutionRole",
    "DynamoDB": "AWSLambdaDynamoDBExecutionRole",
    "MSK": "AWSLambdaMSKExecutionRole",
}
"""The managed policy that a function's role gets for an event type."""


class Event(NamedTuple):
    """An event of a function: `id` begins the logical ids of what it makes."""

    source: Source
    id: str
    properties: Map
    line: int
    out: Output

    @property
    def target(self) -> Call:
        """The ARN of what is triggered."""
        if self.source.type.endswith("StateMachine"):
            return ref(self.source.name, self.line)
        return get_att(self.source.name, "Arn", self.line)

    def start(self) -> Properties:
        """Properties in the making out of the event's."""
        return Properties(self.properties, self.line)

    def make(self, suffix: str, kind: str, properties: Properties) -> str:
        """Adds an entry for the event; its logical id."""
        return self.out.make(self.source, self.id + suffix, kind, properties)

    def arn(self, service: str, *parts: Node) -> Node:
        """The ARN of something in the stack's own account and region."""
        ends = [":", ref("AWS::Region"), ":", ref("AWS::AccountId"), ":"]
        return {"Fn::Join": ["", ["arn:", ref("AWS::Partition"), f":{service}", *ends, *parts]]}

    def permit(self, principal: str, **more: Node) -> None:
        """Lets a service call the function; a state machine is called by roles instead."""
        if self.source.type.endswith("StateMachine"):
            return
        made = self.start().put("Action", "lambda:InvokeFunction").put("FunctionName", self.target)
        made.put("Principal", principal)
        for key, value in more.items():
            if value is not None:
                made.put(key, value)
        self.make("Permission", "AWS::Lambda::Permission", made)


def make_events(source: Source, out: Output, apis: Apis) -> None:
    """Adds the entries that the events of a function or state machine become; unknown types make none."""
    for name, node, line in part(source.properties, "Events").items_with_lines():
        entry = as_map(node)
        kind = entry.get("Type")
        if type(kind) is not str:
            continue
        event = Event(source, source.name + name, part(entry, "Properties"), line, out)
        if kind in ("Api", "HttpApi"):
            apis.connect(event, http=kind == "HttpApi")
        elif kind in _MAPPINGS:
            _mapping(event, _MAPPINGS[kind])
        elif kind in _MAKERS:
            _MAKERS[kind](event)


def _mapping(event: Event, arn: str) -> None:
    made = event.start().put("FunctionName", ref(event.source.name, event.line))
    made.take_all((arn,))
    if arn:
        made.take("EventSourceArn", arn)
    event.make("", "AWS::Lambda::EventSourceMapping", made)


def _rule(event: Event) -> None:
    made = event.start()
    made.take("ScheduleExpression", "Schedule").take("EventPattern", "Pattern").take("EventBusName")
    made.take("Name").take("Name", "RuleName").take("Description").take("State")
    if event.properties.get("Enabled") is False:
        made.put("State", "DISABLED", "Enabled")
    target = event.start().put("Arn", event.target).put("Id", event.id + "Target")
    for key in ("Input", "InputPath", "RetryPolicy", "DeadLetterConfig"):
        target.take(key)
    made.put("Targets", [target.node()])
    rule = event.make("", "AWS::Events::Rule", made)
    event.permit("events.amazonaws.com", SourceArn=get_att(rule, "Arn", event.line))


def _schedule(event: Event) -> None:
    made = event.start().put("FlexibleTimeWindow", {"Mode": "OFF"})
    made.take_all(("Input", "RetryPolicy", "DeadLetterConfig", "RoleArn", "PermissionsBoundary", "OmitName"))
    target = event.start().put("Arn", event.target)
    for key in ("Input", "RetryPolicy", "DeadLetterConfig", "RoleArn"):
        target.take(key)
    event.make("", "AWS::Scheduler::Schedule", made.put("Target", target.node()))


def _topic(event: Event) -> None:
    made = event.start().put("Protocol", "lambda").put("Endpoint", event.target).take("TopicArn", "Topic")
    made.take_all(("Topic", "SqsSubscription"))
    event.make("", "AWS::SNS::Subscription", made)
    event.permit("sns.amazonaws.com", SourceArn=event.properties.get("Topic"))


def _bucket(event: Event) -> None:
    event.permit("s3.amazonaws.com", SourceAccount=ref("AWS::AccountId", event.line))


def _log_group(event: Event) -> None:
    made = event.start().put("DestinationArn", event.target).take("FilterPattern").take("LogGroupName")
    event.make("", "AWS::Logs::SubscriptionFilter", made)
    group = event.properties.get("LogGroupName")
    event.permit("logs.amazonaws.com", SourceArn=event.arn("logs", "log-group:", group, ":*"))


def _iot(event: Event) -> None:
    payload = event.start().take("Sql").take("AwsIotSqlVersion").put("RuleDisabled", value=False)
    payload.put("Actions", [{"Lambda": {"FunctionArn": event.target}}])
    rule = event.make("", "AWS::IoT::TopicRule", event.start().put("TopicRulePayload", payload.node()))
    event.permit("iot.amazonaws.com", SourceArn=get_att(rule, "Arn", event.line))


def _alexa(event: Event) -> None:
    event.permit("alexa-appkit.amazon.com", EventSourceToken=event.properties.get("SkillId"))


def _user_pool(event: Event) -> None:
    pool = event.properties.get("UserPool")
    name = pool.argument if type(pool) is Call and pool.name == "Ref" else pool
    arn = get_att(name, "Arn", event.line) if type(name) is str else event.arn("cognito-idp", "userpool/", pool)
    event.permit("cognito-idp.amazonaws.com", SourceArn=arn)


_MAKERS: dict[str, Callable[[Event], None]] = {
    "AlexaSkill": _alexa,
    "CloudWatchEvent": _rule,
    "CloudWatchLogs": _log_group,
    "Cognito": _user_pool,
    "EventBridgeRule": _rule,
    "IoTRule": _iot,
    "S3": _bucket,
    "SNS": _topic,
    "Schedule": _rule,
    "ScheduleV2": _schedule,
}
