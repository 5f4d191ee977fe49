"""Where a property was written, whatever the table did with it."""

from __future__ import annotations

from bastide.resources.model import Origin
from bastide.sources.terraform.convert import convert
from tests.sources.terraform.trees import resource


def test_known_places_go_with_their_values() -> None:
    one = resource(
        "aws_s3_bucket.b",
        {
            "bucket": "b",
            "logging": [{"target_bucket": "l"}],
            "lifecycle_rule": [{"id": "x"}, {"id": "y", "transition": [{"days": 1}]}],
            "server_side_encryption_configuration": [
                {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]}
            ],
        },
    )
    rule = "server_side_encryption_configuration[0].rule[0]"
    lines = {
        "bucket": 2,
        "logging[0]": 3,
        "logging[0].target_bucket": 4,
        "lifecycle_rule[1]": 5,
        "lifecycle_rule[1].transition[0].days": 6,
        rule: 7,
        f"{rule}.apply_server_side_encryption_by_default[0].sse_algorithm": 8,
        "force_destroy": 9,
        "nothing[0].deeper": 10,
    }
    one.origins = {path: Origin("main.tf", line, line) for path, line in lines.items()}
    (found,) = convert([one], "app", "terraform").resources
    encryption = "BucketEncryption.ServerSideEncryptionConfiguration[0]"
    assert {path: origin.line for path, origin in found.origins.items() if not origin.name} == {
        "BucketName": 2,
        "LoggingConfiguration": 3,
        "LoggingConfiguration.DestinationBucketName": 4,
        "LifecycleConfiguration.Rules[1]": 5,
        "LifecycleConfiguration.Rules[1].Transitions[0].TransitionInDays": 6,
        encryption: 7,
        f"{encryption}.ServerSideEncryptionByDefault.SSEAlgorithm": 8,
    }


def test_a_place_is_found_whenever_its_attribute_is_first_met() -> None:
    first, second = resource("aws_sns_topic.a", {}), resource("aws_sns_topic.b", {"display_name": "x"})
    first.origins = second.origins = {"display_name": Origin("main.tf", 3, 3)}
    found = convert([first, second], "app", "terraform").resources
    assert [one.origins["DisplayName"].line for one in found] == [3, 3]


def test_blocks_that_were_taken_apart_share_their_place() -> None:
    one = resource(
        "aws_security_group.g",
        {"ingress": [{"cidr_blocks": ["a", "b"]}, {"cidr_blocks": ["c"], "self": True}, {}]},
    )
    one.origins = {f"ingress[{at}]": Origin("main.tf", 10 + at, 10 + at) for at in range(4)}
    (found,) = convert([one], "app", "terraform").resources
    lines = {path: origin.line for path, origin in found.origins.items() if path.startswith("SecurityGroupIngress[")}
    assert lines == {f"SecurityGroupIngress[{at}]": line for at, line in enumerate([10, 10, 11, 11, 12])}


def test_what_is_not_known_is_searched_for_by_name() -> None:
    one = resource("aws_s3_bucket.b", {"bucket": "b", "versioning": [{"enabled": True}], "acl": None})
    (found,) = convert([one], "app", "terraform").resources
    assert found.origins == {
        "BucketName": Origin("main.tf", 1, 9, "bucket"),
        "VersioningConfiguration.Status": Origin("main.tf", 1, 9, "enabled"),
    }


def test_what_is_made_of_an_attribute_has_its_place() -> None:
    one = resource("aws_sqs_queue.q", {"name": "q", "policy": "{}"})
    one.origins = {"policy": Origin("main.tf", 5, 7)}
    found = {made.address: made for made in convert([one], "app", "terraform").resources}
    assert found["aws_sqs_queue.q.policy"].line == 5
    assert found["aws_sqs_queue.q.policy"].locate("PolicyDocument.Statement") == ("main.tf", 5)
