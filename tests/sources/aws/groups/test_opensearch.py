"""Domains of OpenSearch, and those with Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

OPENSEARCH, ELASTICSEARCH = "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"
LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:l"
TYPES = (OPENSEARCH, ELASTICSEARCH)
POLICY = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "es:*", "Resource": "*"}]}'
MODULE = """
resource "aws_opensearch_domain" "open" {
  domain_name     = "open"
  engine_version  = "OpenSearch_2.11"
  access_policies = jsonencode({Statement = [
    {Effect = "Allow", Principal = {AWS = "*"}, Action = "es:*", Resource = "*"}]})
  domain_endpoint_options {
    enforce_https       = false
    tls_security_policy = "Policy-Min-TLS-1-0-2019-07"
  }
}
"""


def test_a_domain_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("opensearch").create_domain(
        DomainName="open", EngineVersion="OpenSearch_2.11", AccessPolicies=POLICY,
        DomainEndpointOptions={"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
    )  # fmt: skip
    found = collect(*TYPES)
    assert found.one(OPENSEARCH).address == "arn:aws:es:eu-west-1:123456789012:domain/open"
    assert found.of(ELASTICSEARCH) == []
    expected = judged(written(MODULE))
    assert expected["opensearch.domain-policy-is-not-open"] == {"fail"}
    assert judged(found) == expected


def status(name: str, **more: Any) -> dict[str, Any]:
    """A domain as AWS describes it."""
    arn = f"arn:aws:es:eu-west-1:123456789012:domain/{name}"
    return {"DomainId": f"1/{name}", "DomainName": name, "ARN": arn, **more}


def answers(**more: Any) -> dict[str, Any]:
    """A domain of each engine."""
    sealed = {
        "EncryptionAtRestOptions": {"Enabled": True}, "NodeToNodeEncryptionOptions": {"Enabled": True},
        "DomainEndpointOptions": {"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        "AdvancedSecurityOptions": {"Enabled": True}, "VPCOptions": {"VPCId": "vpc-1", "SubnetIds": ["subnet-1"]},
        "LogPublishingOptions": {"AUDIT_LOGS": {"Enabled": True, "CloudWatchLogsLogGroupArn": LOGS}},
    }  # fmt: skip
    names = [{"DomainName": "odd", "EngineType": "OpenSearch"}, {"DomainName": "even", "EngineType": "Elasticsearch"}]
    old = status(
        "even", ElasticsearchClusterConfig={"InstanceType": "m5.large.elasticsearch"}, ElasticsearchVersion="7.10"
    )
    return {
        "ListDomainNames": {"DomainNames": names},
        "DescribeDomains": {
            "DomainStatusList": [status("odd", ClusterConfig={"InstanceType": "m5.large.search"}, **sealed)]
        },
        "DescribeElasticsearchDomains": {"DomainStatusList": [{**old, **sealed}]},
        "GetResources": {"ResourceTagMappingList": []},
        **more,
    }


def test_domains_of_both_engines(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("opensearch", answers(), *TYPES)
    old = found.one(ELASTICSEARCH).properties
    assert (old["ElasticsearchVersion"], old["VPCOptions"]) == ("7.10", {"SubnetIds": ["subnet-1"]})
    said = judged(found)
    weak = {
        "opensearch.domain-uses-customer-key",
        "elasticsearch.domain-uses-customer-key",
    }
    assert {name for name in weak if said.pop(name) == {"fail"}} == weak
    assert set().union(*said.values()) == {"pass"}
    assert sum(row.calls for row in found.ledger if row.operation == "ListDomainNames") == 1


def test_five_domains_are_one_call(answered: Callable[..., Any]) -> None:
    names = [f"dom{number}" for number in range(7)]
    listed = {"DomainNames": [{"DomainName": name, "EngineType": "OpenSearch"} for name in names]}
    described = lambda given: {"DomainStatusList": [  # noqa: E731
        status(name, ClusterConfig={}, Deleted=name == "dom6") for name in given["DomainNames"]]}  # fmt: skip
    found = answered("opensearch", answers(ListDomainNames=listed, DescribeDomains=described), *TYPES)
    assert [one.properties["DomainName"] for one in found.of(OPENSEARCH)] == names[:-1]  # the last is being deleted
    assert sum(row.calls for row in found.ledger if row.operation == "DescribeDomains") == 2


def test_domains_that_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("opensearch", answers(DescribeDomains="AccessDeniedException"), OPENSEARCH)
    assert "grant es:DescribeDomains" in found.one(OPENSEARCH).unresolved["VPCOptions"]
    assert judged(found)["opensearch.domain-is-in-vpc"] == {"unknown"}
