"""Tables compiled against the schema: one small table a feature of the language."""

from __future__ import annotations

from typing import Any

from bastide.resources.model import Reference, Unresolved
from bastide.resources.schema import schema_for
from bastide.sources.terraform.mapping import build_table, normal
from bastide.sources.terraform.mapping_policy import Documents
from bastide.sources.terraform.mapping_rules import Node
from bastide.sources.terraform.mapping_values import Context

UNKNOWN = Unresolved("var.x", "why")


def node_of(entry: dict[str, Any]) -> Node:
    table = build_table("t", normal(entry))
    schema = schema_for(table.type)
    assert schema is not None
    return Node(table, "", schema.properties, table.type.rpartition("::")[2], schema.readonly)


def filled(entry: dict[str, Any], attributes: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    return node_of(entry).fill(attributes, tree, Context(None, Documents(lambda _: None), tree))


BUCKET = {"type": "AWS::S3::Bucket"}


def test_names_by_rule_need_no_table() -> None:
    assert filled(BUCKET, {"bucket_name": "b", "tags": {"a": 1}, "id": "x", "arn": "y", "nothing": 1}) == {
        "BucketName": "b",
        "Tags": [{"Key": "a", "Value": "1"}],
    }


def test_what_aws_makes_itself_is_no_target_of_the_rule() -> None:
    assert filled(BUCKET, {"domain_name": "x"}) == {}
    assert filled({**BUCKET, "rename": {"arn": "BucketName"}}, {"arn": "x"}) == {"BucketName": "x"}


def test_ignored_attributes_are_left_out() -> None:
    assert filled({**BUCKET, "ignore": ["bucket_name"]}, {"bucket_name": "b"}) == {}


def test_a_block_goes_into_an_object_or_a_list() -> None:
    entry = {**BUCKET, "rename": {"versioning": "VersioningConfiguration", "cors": "CorsConfiguration.CorsRules"}}
    assert filled(entry, {"versioning": [{"status": "Enabled"}], "cors": [{"max_age": "3"}]}) == {
        "VersioningConfiguration": {"Status": "Enabled"},
        "CorsConfiguration": {"CorsRules": [{"MaxAge": 3}]},
    }
    assert filled(entry, {"versioning": [], "cors": []}) == {"CorsConfiguration": {"CorsRules": []}}


def test_two_blocks_for_one_object_are_not_known() -> None:
    entry = {**BUCKET, "rename": {"versioning": "VersioningConfiguration"}}
    found = filled(entry, {"versioning": [{"status": "Enabled"}, {"status": "Suspended"}]})
    assert isinstance(found["VersioningConfiguration"], Unresolved)
    assert isinstance(filled(entry, {"versioning": 7})["VersioningConfiguration"], Unresolved)


def test_a_dot_puts_the_members_of_a_block_around_it() -> None:
    entry = {**BUCKET, "rename": {"a": ".", "a.b": ".", "a.b.c": "BucketName", "a.b.d": "AccessControl"}}
    assert filled(entry, {"a": [{"b": [{"c": "x"}]}]}) == {"BucketName": "x"}
    assert filled(entry, {"a": [{"b": UNKNOWN}]}) == {"BucketName": UNKNOWN, "AccessControl": UNKNOWN}


def test_a_star_names_the_object_for_all_others() -> None:
    entry = {"type": "AWS::CloudFront::KeyGroup", "rename": {"*": "KeyGroupConfig"}}
    assert filled(entry, {"name": "n", "items": ["k"]}) == {"KeyGroupConfig": {"Name": "n", "Items": ["k"]}}


def test_a_slash_starts_at_the_resource() -> None:
    entry = {**BUCKET, "rename": {"versioning": "VersioningConfiguration", "versioning.name": "/BucketName"}}
    assert filled(entry, {"versioning": [{"name": "b"}]})["BucketName"] == "b"


def test_each_item_gets_an_element_of_its_own() -> None:
    entry = {"type": "AWS::EKS::Cluster", "rename": {"types": "Logging.ClusterLogging.EnabledTypes[].Type"}}
    assert filled(entry, {"types": ["api", "audit"]}) == {
        "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": "api"}, {"Type": "audit"}]}}
    }


def test_defaults_hold_where_nothing_is_said() -> None:
    entry = {
        **BUCKET,
        "rename": {"versioning": "VersioningConfiguration"},
        "defaults": {"bucket_name": "d", "versioning.status": "Suspended"},
    }
    assert filled(entry, {}) == {"BucketName": "d"}
    assert filled(entry, {"bucket_name": None, "versioning": [{}]}) == {
        "BucketName": "d",
        "VersioningConfiguration": {"Status": "Suspended"},
    }
    assert filled(entry, {"bucket_name": "b"}) == {"BucketName": "b"}
    assert filled(entry, {"bucket_name": UNKNOWN}) == {"BucketName": UNKNOWN}


def test_also_sets_more_where_an_attribute_is_set() -> None:
    entry = {"type": "AWS::EC2::FlowLog", "rename": {"v": "ResourceId"}, "also": {"v": {"ResourceType": "VPC"}}}
    assert filled(entry, {"v": "vpc-1"}) == {"ResourceId": "vpc-1", "ResourceType": "VPC"}
    assert filled(entry, {}) == {}


def test_values_and_invert_translate() -> None:
    entry = {
        **BUCKET,
        "rename": {"on": "VersioningConfiguration.Status", "off": "ObjectLockEnabled"},
        "values": {"on": {True: "Enabled", False: "Suspended"}},
        "invert": ["off"],
    }
    assert filled(entry, {"on": True, "off": True}) == {
        "VersioningConfiguration": {"Status": "Enabled"},
        "ObjectLockEnabled": False,
    }


def test_enabled_by_drops_a_block_that_is_off() -> None:
    entry = {
        **BUCKET,
        "rename": {"v": "VersioningConfiguration"},
        "enabled_by": {"v": "on"},
    }
    assert filled(entry, {"v": [{"on": False, "status": "Enabled"}]}) == {}
    assert filled(entry, {"v": [{"on": UNKNOWN}]}) == {"VersioningConfiguration": UNKNOWN}


def test_json_texts_are_parsed_and_converted_by_type() -> None:
    entry = {"type": "AWS::ECS::TaskDefinition", "json": ["container_definitions"]}
    text = '[{"name":"a","image":"${aws_a.b.c}","cpu":"10"}]'
    reference = Reference(text, (("aws_a.b", "c"),))
    expected = [{"Name": "a", "Image": Reference("${aws_a.b.c}", (("aws_a.b", "c"),)), "Cpu": 10}]
    assert filled(entry, {"container_definitions": reference}) == {"ContainerDefinitions": expected}
    broken = filled(entry, {"container_definitions": "nonsense"})
    assert isinstance(broken["ContainerDefinitions"], Unresolved)


def test_keyed_blocks_become_a_map_of_objects() -> None:
    entry = {"type": "AWS::OpenSearchService::Domain", "keyed": {"log_publishing_options": "kind"}}
    assert filled(entry, {"log_publishing_options": [{"kind": "AUDIT", "enabled": "true"}]}) == {
        "LogPublishingOptions": {"AUDIT": {"Enabled": True}}
    }


def test_exploded_blocks_keep_what_they_share() -> None:
    entry = {
        "type": "AWS::EC2::SecurityGroup",
        "rename": {"ingress": "SecurityGroupIngress", "ingress.protocol": "IpProtocol"},
        "explode": {"ingress": {"cidrs": "CidrIp", "self": "SourceSecurityGroupId"}},
    }
    node = node_of(entry)
    tree: dict[str, Any] = {}
    context = Context("me", Documents(lambda _: None), tree)
    blocks = [{"protocol": "tcp", "cidrs": ["a", UNKNOWN], "self": True}, {"protocol": "udp"}, UNKNOWN]
    node.fill({"ingress": blocks}, tree, context)
    assert tree["SecurityGroupIngress"] == [
        {"IpProtocol": "tcp", "CidrIp": "a"},
        {"IpProtocol": "tcp", "CidrIp": UNKNOWN},
        {"IpProtocol": "tcp", "SourceSecurityGroupId": "me"},
        {"IpProtocol": "udp"},
        UNKNOWN,
    ]
    assert context.spread == {"ingress": [3, 1, 1]}


def test_a_map_that_looks_like_an_entry_is_one() -> None:
    assert filled(BUCKET, {"tags": [{"key": "a", "value": "b"}]}) == {"Tags": [{"Key": "a", "Value": "b"}]}
    assert filled(BUCKET, {"tags": {"key": "a", "value": "b"}}) == {"Tags": [{"Key": "a", "Value": "b"}]}
    assert filled(BUCKET, {"tags": {"Value": "b"}}) == {"Tags": [{"Key": "Value", "Value": "b"}]}
