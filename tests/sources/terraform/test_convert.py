"""The whole conversion: what is folded where, what is counted, where things were written; nothing breaks it."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bastide.resources.model import Origin, Reference, Resource, Sensitive, Unresolved
from bastide.sources.terraform.convert import convert
from bastide.sources.terraform.mapping import mapped_types, table_for
from bastide.sources.terraform.provider import ProviderResource
from bastide.sources.terraform.values import Maybe
from tests.sources.terraform.trees import by_address, converted, resource


def test_a_resource_keeps_where_it_comes_from() -> None:
    one = resource("module.m.aws_s3_bucket.b[0]", {"bucket": "b"}, line=7)
    one.call = ("main.tf:3 m",)
    one.provider = {"region": "eu-west-1", "default_tags": {"Owner": "x"}}
    (found,) = convert([one], "app", "plan").resources
    assert (found.address, found.unit, found.source) == ("module.m.aws_s3_bucket.b[0]", "app", "plan")
    assert (found.path, found.line, found.end_line, found.name) == ("main.tf", 7, 15, "aws_s3_bucket")
    assert found.call == ("main.tf:3 m",)
    assert found.metadata == {"region": "eu-west-1"}
    assert found.properties["Tags"] == [{"Key": "Owner", "Value": "x"}]


def test_types_without_a_table_are_counted_at_the_first_place() -> None:
    found = converted({"aws_nothing.a": {}, "aws_nothing.b": {}, "aws_else.c": {}, "random_id.r": {}})
    assert not found.resources
    assert [(one.kind, one.message, one.line, one.count) for one in found.problems] == [
        ("unmapped", "aws_nothing", 1, 2),
        ("unmapped", "aws_else", 21, 1),
        ("unmapped", "random_id", 31, 1),
    ]


def test_data_sources_are_no_resources() -> None:
    assert not converted({"data.aws_s3_bucket.b": {"bucket": "b"}}).resources


def test_unknown_values_are_unresolved_properties() -> None:
    found = by_address(
        {
            "aws_s3_bucket.b": {"bucket": "?var.name", "versioning": "?var.v", "tags": {"a": "?var.t"}},
            "aws_security_group.g": {
                "ingress": [{"from_port": "?var.p", "cidr_blocks": "?var.c", "protocol": "tcp"}],
                "egress": "?var.e",
            },
        }
    )
    assert found["aws_s3_bucket.b"].unresolved == {
        "BucketName": "var.name: variable without a value",
        "VersioningConfiguration.Status": "var.v: variable without a value",
        "Tags[0].Value": "var.t: variable without a value",
    }
    assert found["aws_security_group.g"].unresolved == {
        "SecurityGroupIngress[0].FromPort": "var.p: variable without a value",
        "SecurityGroupIngress[0].CidrIp": "var.c: variable without a value",
        "SecurityGroupEgress": "var.e: variable without a value",
    }


UNKNOWN = Unresolved("var.rules", "variable without a value")


def test_a_block_that_may_be_there_is_an_element_that_may_be_there() -> None:
    block = Maybe("var.rules", UNKNOWN.reason, {"from_port": 22, "cidr_blocks": ["a", "b"], "description": UNKNOWN})
    group = resource("aws_security_group.g", {})
    group.attributes.update(ingress=[{"from_port": 80}, block], egress=[Maybe("var.rules", UNKNOWN.reason)])
    (found,) = convert([group], "app", "terraform").resources
    assert found.properties["SecurityGroupIngress"] == [
        {"FromPort": 80},
        {"FromPort": 22, "CidrIp": "a"},
        {"FromPort": 22, "CidrIp": "b"},
    ]
    assert set(found.unresolved) == {
        *("SecurityGroupIngress[1]", "SecurityGroupIngress[1].Description"),
        *("SecurityGroupIngress[2]", "SecurityGroupIngress[2].Description", "SecurityGroupEgress[0]"),
    }
    assert found.metadata["perhaps"] == "SecurityGroupIngress[1]\nSecurityGroupIngress[2]"


def test_a_block_that_may_be_there_is_not_known_where_there_is_room_for_one() -> None:
    bucket = resource("aws_s3_bucket.b", {"bucket": "b"})
    bucket.attributes["logging"] = [Maybe("var.rules", UNKNOWN.reason, {"target_bucket": "logs"})]
    (found,) = convert([bucket], "app", "terraform").resources
    assert found.unresolved == {"LoggingConfiguration": "var.rules: variable without a value"}
    assert found.properties == {"BucketName": "b"}
    assert found.metadata == {}


def test_what_is_made_of_a_block_that_may_be_there_is_there_and_of_an_unknown_one_is_not_known() -> None:
    acl, other = resource("aws_network_acl.a", {}), resource("aws_network_acl.b", {"ingress": "?var.rules"})
    acl.attributes["ingress"] = [Maybe("var.rules", UNKNOWN.reason, {"cidr_block": "0.0.0.0/0", "action": "allow"})]
    found = {one.address: one for one in convert([acl, other], "app", "terraform").resources}
    entry = found["aws_network_acl.a.ingress[0]"]
    assert (entry.properties["CidrBlock"], entry.unresolved) == ("0.0.0.0/0", {})
    unknown = found["aws_network_acl.b.ingress"]
    assert {"CidrBlock", "RuleAction", "PortRange"} <= set(unknown.unresolved)
    assert set(unknown.properties) == {"Egress", "NetworkAclId"}


def test_a_child_of_an_unknown_parent_makes_all_candidates_unknown() -> None:
    found = by_address(
        {
            "aws_s3_bucket.own": {"bucket": "own"},
            "aws_s3_bucket.other": {"bucket": "other"},
            "aws_s3_bucket_versioning.own": {
                "bucket": "own",
                "versioning_configuration": [{"status": "Suspended"}],
            },
            "aws_s3_bucket_versioning.which": {
                "bucket": "?var.bucket",
                "versioning_configuration": [{"status": "Enabled"}],
            },
        }
    )
    assert found["aws_s3_bucket.own"].properties["VersioningConfiguration"] == {"Status": "Suspended"}
    assert "VersioningConfiguration" not in found["aws_s3_bucket.other"].properties
    reason = found["aws_s3_bucket.other"].unresolved["VersioningConfiguration"]
    assert reason.startswith("var.bucket: aws_s3_bucket_versioning.which may set it")


def test_the_same_expression_in_the_same_module_is_the_same_name() -> None:
    found = by_address(
        {
            "aws_s3_bucket.b": {"bucket": "?var.name"},
            "aws_s3_bucket.c": {"bucket": "c"},
            "aws_s3_bucket_versioning.b": {
                "bucket": "?var.name",
                "versioning_configuration": [{"status": "Enabled"}],
            },
            "module.m.aws_s3_bucket_accelerate_configuration.b": {"bucket": "?var.name", "status": "Enabled"},
        }
    )
    assert found["aws_s3_bucket.b"].properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "AccelerateConfiguration" in found["aws_s3_bucket.b"].unresolved
    assert set(found["aws_s3_bucket.c"].unresolved) == {"AccelerateConfiguration"}


def test_a_child_that_may_not_be_there_makes_unknown_what_it_sets_and_an_element_perhaps() -> None:
    def judged(*own: str) -> dict[str, Resource]:
        tree = {
            "aws_iam_role.r": {},
            "aws_iam_role_policy_attachment.a": {
                "role": "${aws_iam_role.r.name}",
                "policy_arn": "arn:aws:iam::aws:policy/x",
            },
            "aws_s3_bucket.b": {},
            "aws_s3_bucket_versioning.b": {
                "bucket": "${aws_s3_bucket.b.id}",
                "versioning_configuration": [{"status": "Enabled"}],
            },
        }
        resources = [resource(address, attributes) for address, attributes in tree.items()]
        for parent, child in zip(resources[::2], resources[1::2], strict=True):
            parent.conditions, child.conditions = own, ("count = var.u ? 1 : 0",)
        return {one.address: one for one in convert(resources, "app", "terraform").resources}

    found = judged()
    role, bucket = found["aws_iam_role.r"], found["aws_s3_bucket.b"]
    assert role.properties == {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/x"]}
    assert role.metadata["perhaps"] == "ManagedPolicyArns[0]"
    assert "VersioningConfiguration" not in bucket.properties
    assert bucket.unresolved == {
        "VersioningConfiguration": "aws_s3_bucket_versioning.b: depends on count = var.u ? 1 : 0"
    }
    found = judged("count = var.u ? 1 : 0")
    assert not found["aws_iam_role.r"].unresolved
    assert found["aws_s3_bucket.b"].properties == {"VersioningConfiguration": {"Status": "Enabled"}}
    assert found["aws_s3_bucket.b"].metadata["condition"] == "count = var.u ? 1 : 0"


def test_a_child_of_one_of_several_parents_is_perhaps_an_element_of_each() -> None:
    ssm, admin = "arn:aws:iam::aws:policy/SSM", "arn:aws:iam::aws:policy/Admin"
    found = by_address(
        {
            "aws_iam_role.a": {},
            "aws_iam_role.b": {},
            "aws_iam_role.c": {},
            "aws_iam_role_policy_attachment.own": {"role": "${aws_iam_role.a.name}", "policy_arn": ssm},
            "aws_iam_role_policy_attachment.any": {
                "role": "${aws_iam_role.a.name}${aws_iam_role.b.name}",
                "policy_arn": admin,
            },
        }
    )
    roles = [found[f"aws_iam_role.{name}"] for name in "abc"]
    assert [role.properties.get("ManagedPolicyArns") for role in roles] == [[ssm, admin], [admin], None]
    assert [role.metadata.get("perhaps") for role in roles] == ["ManagedPolicyArns[1]", "ManagedPolicyArns[0]", None]


def test_a_child_of_a_kind_that_is_not_known_is_perhaps_an_element() -> None:
    rule = {"type": "?var.type", "security_group_id": "${aws_security_group.g.id}", "from_port": 22}
    group = by_address({"aws_security_group.g": {}, "aws_security_group_rule.r": rule})["aws_security_group.g"]
    assert group.properties["SecurityGroupIngress"] == [{"FromPort": 22}]
    assert group.metadata["perhaps"] == "SecurityGroupIngress[0]"
    assert "type = var.type" in group.unresolved["SecurityGroupIngress[0]"]


def test_a_child_whose_parent_is_elsewhere_is_noted_or_stands_alone() -> None:
    found = converted(
        {
            "aws_s3_bucket.b": {"bucket": "b"},
            "aws_s3_bucket_versioning.v": {"bucket": "far", "versioning_configuration": [{"status": "Enabled"}]},
            "aws_s3_bucket_versioning.w": {"bucket": "?data.aws_s3_bucket.x.id"},
            "aws_iam_role_policy.p": {"role": "far", "name": "p", "policy": "{}"},
        }
    )
    assert {one.address: one.type for one in found.resources} == {
        "aws_s3_bucket.b": "AWS::S3::Bucket",
        "aws_iam_role_policy.p": "AWS::IAM::RolePolicy",
    }
    assert not found.resources[0].unresolved
    (note,) = found.problems
    assert (note.kind, note.count) == ("note", 2)
    assert "aws_s3_bucket_versioning" in note.message


def test_links_lead_to_resources_that_came_out() -> None:
    found = by_address(
        {
            "aws_s3_bucket.b": {"bucket": "b"},
            "aws_s3_bucket_versioning.v": {"bucket": "${aws_s3_bucket.b.id}"},
            "aws_cloudtrail.t": {
                "s3_bucket_name": "${aws_s3_bucket_versioning.v.bucket}",
                "kms_key_id": "${random_id.r.hex}",
                "sns_topic_name": "${aws_sns_topic.t.name}",
            },
            "aws_sns_topic.t[0]": {"name": "a"},
            "aws_sns_topic.t[1]": {"name": "b"},
        }
    )
    links = [(one.property, one.target, one.attribute) for one in found["aws_cloudtrail.t"].links]
    assert links == [
        ("S3BucketName", "aws_s3_bucket.b", "bucket"),
        ("SnsTopicName", "aws_sns_topic.t[0]", "name"),
        ("SnsTopicName", "aws_sns_topic.t[1]", "name"),
    ]


def test_folded_properties_keep_the_place_of_the_child() -> None:
    found = by_address(
        {
            "aws_s3_bucket.b": {"bucket": "b"},
            "aws_s3_bucket_versioning.v": {
                "bucket": "${aws_s3_bucket.b.id}",
                "versioning_configuration": [{"status": "Enabled"}],
            },
        }
    )["aws_s3_bucket.b"]
    assert found.origins["BucketName"] == Origin("main.tf", 1, 9, "bucket")
    assert found.origins["VersioningConfiguration"] == Origin("main.tf", 11, 19)
    assert found.origins["VersioningConfiguration.Status"] == Origin("main.tf", 11, 19, "status")


def test_secrets_stay_marked() -> None:
    one = resource("aws_db_instance.d", {})
    one.attributes["password"] = Sensitive()
    (found,) = convert([one], "app", "plan").resources
    assert found.properties["MasterUserPassword"] == "(sensitive)"


def test_what_is_nested_too_deeply_costs_one_resource_only() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": [deep]}
    topic, queue = resource("aws_sns_topic.a", {}), resource("aws_sqs_queue.q", {}, line=11)
    topic.attributes["archive_policy"] = deep
    found = convert([topic, queue], "app", "terraform")
    assert [one.address for one in found.resources] == ["aws_sqs_queue.q"]
    assert [(one.kind, one.line) for one in found.problems] == [("partial", 1)]


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["{", "[1]", '{"Statement":[]}', "${x}", "true", "0", "aws_s3_bucket.b"]),
    st.builds(Unresolved, st.sampled_from(["var.x", "", "data.y.z"])),
    st.builds(lambda t: Reference(f"${{{t}.id}}", ((t, "id"),)), st.sampled_from(["aws_s3_bucket.b", "aws_a.b"])),
    st.just(Sensitive()),
    st.builds(Maybe, st.just("var.x"), st.just("why"), st.fixed_dictionaries({}, optional={"name": st.text()})),
)


@st.composite
def resources(draw: st.DrawFn) -> ProviderResource:
    """A resource of a mapped type with attributes that its table knows, and with any values in them."""
    kind = draw(st.sampled_from(mapped_types()))
    table = table_for(kind)
    assert table is not None
    known = [*table.rename, *table.values, *table.defaults, *(one.by for one in table.folds), *table.emit]
    names = st.sampled_from([part for path in known for part in path.split(".")] or ["name"])
    keys = st.one_of(names, st.sampled_from(["name", "tags", "policy", "key", "value", "type", "bucket", "*", ""]))
    tree = st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )
    attributes = draw(st.dictionaries(keys, tree, max_size=6))
    number = draw(st.integers(0, 2))
    places = {name: Origin("main.tf", 1, 2) for name in attributes}
    return ProviderResource(kind, f"{kind}.r[{number}]", attributes, "main.tf", 1, 9, places)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(resources(), max_size=4))
def test_no_attribute_tree_breaks_it(given_resources: list[ProviderResource]) -> None:
    found = convert(given_resources, "app", "terraform")
    addresses = {one.address for one in found.resources}
    for one in found.resources:
        assert one.type.startswith("AWS::")
        assert all(link.target in addresses for link in one.links)
        assert all(isinstance(place, Origin) for place in one.origins.values())
