"""Guardrails and agents of Bedrock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GUARDRAIL, AGENT = "AWS::Bedrock::Guardrail", "AWS::Bedrock::Agent"
ARN = "arn:aws:bedrock:eu-west-1:123456789012:guardrail/g1"
SUMMARY = {
    "id": "g1",
    "arn": ARN,
    "status": "READY",
    "name": "chat",
    "version": "DRAFT",
    "createdAt": 0,
    "updatedAt": 0,
}
LISTED = {"ListGuardrails": {"guardrails": [SUMMARY]}}
MODULE = """
resource "aws_bedrock_guardrail" "chat" {
  name                      = "chat"
  blocked_input_messaging   = "No."
  blocked_outputs_messaging = "No."
  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "%s"
      output_strength = "NONE"
    }
  }
}
"""
AGENTS = """
resource "aws_bedrockagent_agent" "helper" {
  agent_name                  = "helper"
  agent_resource_role_arn     = "arn:aws:iam::123456789012:role/helper"
  foundation_model            = "m"
  customer_encryption_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
}
"""


def guardrail(strength: str, **more: Any) -> dict[str, Any]:
    """The answer of GetGuardrail."""
    told = {"type": "PROMPT_ATTACK", "inputStrength": strength, "outputStrength": "NONE", "inputAction": "BLOCK"}
    return {
        "name": "chat",
        "guardrailId": "g1",
        "guardrailArn": ARN,
        "version": "DRAFT",
        "status": "READY",
        "createdAt": 0,
        "updatedAt": 0,
        "blockedInputMessaging": "No.",
        "blockedOutputsMessaging": "No.",
        "contentPolicy": {"filters": [{**told, "inputEnabled": True}], "tier": {"tierName": "CLASSIC"}},
        **more,
    }


def test_a_guardrail_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    words = {"wordPolicy": {"words": [{"text": "x"}], "managedWordLists": [{"type": "PROFANITY"}]}}
    found = answered("bedrock", {**LISTED, "GetGuardrail": guardrail("HIGH", **words)}, GUARDRAIL)
    one = found.one(GUARDRAIL)
    assert (one.address, one.metadata["id"]) == (ARN, "g1")
    assert one.properties["ContentPolicyConfig"]["ContentFiltersTierConfig"] == {"TierName": "CLASSIC"}
    assert one.properties["WordPolicyConfig"] == {
        "WordsConfig": [{"Text": "x"}],
        "ManagedWordListsConfig": [{"Type": "PROFANITY"}],
    }
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE % "HIGH"))
    assert verdicts["bedrock.guardrail-blocks-prompt-attacks"] == {"pass"}
    found = answered("bedrock", {**LISTED, "GetGuardrail": guardrail("NONE")}, GUARDRAIL)
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE % "NONE"))
    assert verdicts["bedrock.guardrail-blocks-prompt-attacks"] == {"fail"}


def test_a_guardrail_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("bedrock", {**LISTED, "GetGuardrail": "AccessDeniedException"}, GUARDRAIL)
    assert "grant bedrock:GetGuardrail" in found.one(GUARDRAIL).unresolved["ContentPolicyConfig"]
    assert set(map(tuple, judged(found).values())) == {("unknown",)}


def test_an_agent_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    agent = aws("bedrock-agent").create_agent(
        agentName="helper",
        agentResourceRoleArn="arn:aws:iam::123456789012:role/helper",
        foundationModel="m",
        customerEncryptionKeyArn="arn:aws:kms:eu-west-1:123456789012:key/k",
    )["agent"]
    found = collect(AGENT)
    assert found.one(AGENT).address == agent["agentArn"]
    verdicts = judged(found)
    assert verdicts == judged(written(AGENTS))
    assert verdicts == {"bedrock.agent-has-a-guardrail": {"fail"}, "bedrock.agent-uses-customer-key": {"pass"}}


def test_an_agent_that_is_denied_keeps_what_the_list_said(answered: Callable[..., Any]) -> None:
    summary = {"agentId": "a1", "agentName": "helper", "agentStatus": "PREPARED", "updatedAt": 0}
    summary["guardrailConfiguration"] = {"guardrailIdentifier": "g1", "guardrailVersion": "1"}
    answers = {"ListAgents": {"agentSummaries": [summary]}, "GetAgent": "AccessDeniedException"}
    agent = answered("bedrock", answers, AGENT).one(AGENT)
    assert agent.address == "arn:aws:bedrock:eu-west-1:123456789012:agent/a1"
    assert agent.properties["GuardrailConfiguration"]["GuardrailIdentifier"] == "g1"
    assert "grant bedrock:GetAgent" in agent.unresolved["CustomerEncryptionKeyArn"]
