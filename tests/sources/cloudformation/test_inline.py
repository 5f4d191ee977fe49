"""A policy of one queue or topic is a policy like one of several."""

from __future__ import annotations

import pytest

from bastide.sources.cloudformation import load

TEXT = b"""Conditions:
  Never: !Equals [a, b]
Resources:
  Jobs:
    Type: AWS::SQS::Queue
  Open:
    Type: AWS::SQS::QueueInlinePolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "sqs:*", Resource: "*"}]}
      Queue: !Ref Jobs
  Events:
    Type: AWS::SNS::TopicInlinePolicy
    Properties:
      TopicArn: arn:aws:sns:eu-west-1:111122223333:events
      PolicyDocument: !If [Never, {Statement: []}, {Version: "2012-10-17"}]
"""


def test_it_is_read_as_the_other_type() -> None:
    loaded = load("t.yaml", TEXT)[0]
    jobs, opened, events = loaded.resources
    assert (opened.type, opened.name) == ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy")
    assert opened.properties["Queues"] == ["${Jobs}"]
    assert "Queue" not in opened.properties
    assert [link.target for link in opened.links] == [jobs.address]
    assert opened.origins["Queues"].line == 10
    assert (events.type, events.properties["Topics"]) == (
        "AWS::SNS::TopicPolicy",
        ["arn:aws:sns:eu-west-1:111122223333:events"],
    )


@pytest.mark.parametrize(
    "properties", ["", "    Properties: !If [Never, {Queue: a}, {Queue: b}]\n", "    Properties: 7\n"]
)
def test_what_has_no_object_of_properties_is_left_alone(properties: str) -> None:
    start = "Conditions:\n  Never: !Equals [a, b]\nResources:\n"
    text = f"{start}  Open:\n    Type: AWS::SQS::QueueInlinePolicy\n{properties}"
    assert [one.type for one in load("t.yaml", text.encode())[0].resources] == ["AWS::SQS::QueueInlinePolicy"]
