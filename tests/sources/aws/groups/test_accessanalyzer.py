"""Analyzers of IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::AccessAnalyzer::Analyzer"
ARN = "arn:aws:access-analyzer:eu-west-1:123456789012:analyzer/account"
LISTED = {
    "ListAnalyzers": {
        "analyzers": [
            {"arn": ARN, "name": "account", "type": "ACCOUNT", "createdAt": 0, "status": "ACTIVE", "tags": {"a": "b"}}
        ]
    }
}
MODULE = """
resource "aws_accessanalyzer_analyzer" "account" { analyzer_name = "account" }
resource "aws_accessanalyzer_archive_rule" "public" {
  analyzer_name = aws_accessanalyzer_analyzer.account.analyzer_name
  rule_name     = "public"
  filter {
    criteria = "isPublic"
    eq       = ["true"]
  }
}
"""


def rules(**filters: Any) -> dict[str, Any]:
    """The answer of ListArchiveRules with one rule."""
    return {"archiveRules": [{"ruleName": "public", "filter": filters, "createdAt": 0, "updatedAt": 0}]}


def test_an_analyzer_and_its_archive_rules(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    answers = {**LISTED, "ListArchiveRules": rules(isPublic={"eq": ["true"]})}
    found = answered("accessanalyzer", answers, TYPE)
    analyzer = found.one(TYPE)
    assert (analyzer.address, analyzer.metadata["id"]) == (ARN, "account")
    assert analyzer.properties["Type"] == "ACCOUNT"
    assert analyzer.properties["Tags"] == [{"Key": "a", "Value": "b"}]
    assert analyzer.properties["ArchiveRules"] == [
        {"RuleName": "public", "Filter": [{"Property": "isPublic", "Eq": ["true"]}]}
    ]
    assert judged(found) == judged(written(MODULE)) == {"accessanalyzer.archive-rules-keep-public-access": {"fail"}}


def test_a_rule_for_one_resource_passes(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    filters = rules(isPublic={"eq": ["true"]}, resource={"contains": ["www"]}, error={"exists": False})
    found = answered("accessanalyzer", {**LISTED, "ListArchiveRules": filters}, TYPE)
    assert {"Property": "error", "Exists": False} in found.one(TYPE).properties["ArchiveRules"][0]["Filter"]
    assert judged(found) == {"accessanalyzer.archive-rules-keep-public-access": {"pass"}}


def test_what_an_analyzer_of_unused_access_looks_at(answered: Callable[..., Any]) -> None:
    unused = {"unusedAccessAge": 90, "analysisRule": {"exclusions": [{"accountIds": ["111122223333"]}]}}
    one = {**LISTED["ListAnalyzers"]["analyzers"][0], "configuration": {"unusedAccess": unused}}
    found = answered("accessanalyzer", {"ListAnalyzers": {"analyzers": [one]}, "ListArchiveRules": rules()}, TYPE)
    assert found.one(TYPE).properties["AnalyzerConfiguration"] == {
        "UnusedAccessConfiguration": {
            "UnusedAccessAge": 90,
            "AnalysisRule": {"Exclusions": [{"AccountIds": ["111122223333"]}]},
        }
    }


def test_a_region_without_analyzer_has_one_without_type(answered: Callable[..., Any]) -> None:
    found = answered("accessanalyzer", {"ListAnalyzers": {"analyzers": []}}, TYPE)
    analyzer = found.one(TYPE)
    assert analyzer.address == "arn:aws:access-analyzer:eu-west-1:123456789012:analyzer/none"
    assert (analyzer.properties, analyzer.unresolved) == ({}, {})


def test_archive_rules_that_are_denied_are_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("accessanalyzer", {**LISTED, "ListArchiveRules": "AccessDeniedException"}, TYPE)
    assert "grant access-analyzer:ListArchiveRules" in found.one(TYPE).unresolved["ArchiveRules"]
    assert judged(found) == {"accessanalyzer.archive-rules-keep-public-access": {"unknown"}}


def test_a_list_that_is_denied_is_not_a_region_without_analyzer(answered: Callable[..., Any]) -> None:
    found = answered("accessanalyzer", {"ListAnalyzers": "AccessDeniedException"}, TYPE)
    assert found.resources == []
    assert "grant access-analyzer:ListAnalyzers" in found.unread[TYPE]
