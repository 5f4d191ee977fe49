"""What refers to what: by reference, by name, within a unit."""

from __future__ import annotations

from typing import Any

from bastide.resources.estate import READ, Estate, leaves
from bastide.resources.model import Reference, Resource, Unresolved, settle


def item(type_: str, address: str, properties: Any, unit: str = "u") -> Resource:
    plain, unresolved, links = settle(properties)
    return Resource(type_, address, unit, "terraform", "m.tf", 1, 2, plain, unresolved=unresolved, links=links)


BUCKET, TRAIL = "AWS::S3::Bucket", "AWS::CloudTrail::Trail"
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"


def trail(value: Any, unit: str = "u") -> Resource:
    return item(TRAIL, "t", {"S3BucketName": value}, unit)


def test_by_reference() -> None:
    bucket, refers = item(BUCKET, "b", {}), trail(Reference("${b}", (("b", "Ref"),)))
    estate = Estate([bucket, refers])
    assert estate.referred(refers, "S3BucketName", BUCKET) == ([bucket], "")
    assert estate.referring(bucket, "S3BucketName", TRAIL) == ([refers], "")


def test_by_name() -> None:
    bucket, refers = item(BUCKET, "b", {"BucketName": "logs"}), trail("logs")
    assert Estate([bucket, refers]).referred(refers, "S3BucketName", BUCKET) == ([bucket], "")


def test_by_an_arn_that_is_written_out_or_put_together() -> None:
    topic, alarm = "AWS::SNS::Topic", "AWS::CloudWatch::Alarm"
    alarms = item(topic, "t", {"TopicName": "alarms"})
    other = item(topic, "o", {"TopicName": "other"})
    for arn in (
        "arn:aws:sns:eu-west-1:111122223333:alarms",
        Reference("arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:alarms"),
    ):
        tells = item(alarm, "a", {"AlarmActions": [arn]})
        estate = Estate([other, alarms, tells])
        assert estate.referred(tells, "AlarmActions", topic) == ([alarms], "")
        assert estate.referring(alarms, "AlarmActions", alarm) == ([tells], "")
        assert estate.referring(other, "AlarmActions", alarm) == ([], "")


def test_an_arn_of_another_service_is_not_what_has_its_name() -> None:
    queue, topic = item("AWS::SQS::Queue", "q", {"QueueName": "alarms"}), "AWS::SNS::Topic"
    tells = item("AWS::CloudWatch::Alarm", "a", {"AlarmActions": ["arn:aws:sqs:eu-west-1:111122223333:alarms"]})
    named = item(topic, "t", {"TopicName": "alarms"})
    found, why = Estate([queue, named, tells]).referred(tells, "AlarmActions", topic)
    assert not found
    assert "is not among" in why


def test_what_stands_beside_it() -> None:
    registry, repository = "AWS::ECR::RegistryScanningConfiguration", item("AWS::ECR::Repository", "r", {})
    here, elsewhere = item(registry, "c", {}), item(registry, "c", {}, "other")
    assert Estate([elsewhere, here, repository]).beside(repository, registry) == [here]
    assert Estate([elsewhere, repository]).beside(repository, registry) == []


def test_what_has_no_name_is_not_found_by_none() -> None:
    bucket, refers = item(BUCKET, "b", {"BucketName": ""}), trail("arn:aws:s3:::")
    assert Estate([bucket, refers]).referred(refers, "S3BucketName", BUCKET)[0] == []


def test_a_name_that_is_not_primary() -> None:
    template = item("AWS::EC2::LaunchTemplate", "t", {"LaunchTemplateName": "web"})
    instance = item("AWS::EC2::Instance", "i", {"LaunchTemplate": {"LaunchTemplateName": "web"}})
    found = Estate([template, instance]).referred(instance, "LaunchTemplate.LaunchTemplateName", template.type)
    assert found == ([template], "")


def test_another_unit_is_another_world() -> None:
    bucket, refers = item(BUCKET, "b", {"BucketName": "logs"}, "other"), trail("logs")
    found, why = Estate([bucket, refers]).referred(refers, "S3BucketName", BUCKET)
    assert not found
    assert "logs is not among" in why


def test_what_is_unresolved_may_be_anything() -> None:
    bucket, refers = item(BUCKET, "b", {}), trail(Unresolved("var.bucket", "variable without a value"))
    estate = Estate([bucket, refers])
    assert "var.bucket" in estate.referred(refers, "S3BucketName", BUCKET)[1]
    assert "t may refer to it" in estate.referring(bucket, "S3BucketName", TRAIL)[1]


def test_what_is_unresolved_is_not_the_resource_that_it_stands_in() -> None:
    def bucket(address: str, name: Any) -> Resource:
        logging = {"DestinationBucketName": Unresolved("var.logs", "variable without a value")}
        return item(BUCKET, address, {"BucketName": name, "LoggingConfiguration": logging})

    def why(of: Resource, *others: Resource) -> str:
        return Estate([of, *others]).referring(of, "LoggingConfiguration.DestinationBucketName", BUCKET)[1]

    one, another = bucket("one", "one"), bucket("another", "another")
    assert why(one) == ""
    assert "another may refer to it" in why(one, another)
    assert "one may refer to it" in why(another, one)
    assert "one may refer to it" in why(bucket("one", Unresolved("var.logs", "variable without a value")))


def test_a_reference_to_another_type_is_not_what_was_asked_for() -> None:
    key, refers = item("AWS::KMS::Key", "k", {}), trail(Reference("${k.Arn}", (("k", "Arn"),)))
    found, why = Estate([key, refers]).referred(refers, "S3BucketName", BUCKET)
    assert (found, bool(why)) == ([], True)


def test_an_arn_that_is_put_together_names_a_stage_of_an_api() -> None:
    def stage(address: str, api: Any, name: Any) -> Resource:
        return item("AWS::ApiGateway::Stage", address, {"RestApiId": api, "StageName": name})

    def found(end: str, *stages: Resource) -> list[str]:
        arn = Reference(f"arn:aws:apigateway:${{AWS::Region}}::/restapis/{end}", (("Api", "Ref"),))
        association = item("AWS::WAFv2::WebACLAssociation", "w", {"ResourceArn": arn})
        estate = Estate([item("AWS::ApiGateway::RestApi", "Api", {}), association, *stages])
        return [one.address for one in estate.referred(association, "ResourceArn", "AWS::ApiGateway::Stage")[0]]

    api = Reference("${Api}", (("Api", "Ref"),))
    one, another = stage("one", api, "prod"), stage("another", "abc", "prod")
    assert found("${Api}/stages/prod", one, another) == ["one"]
    assert found("abc/stages/prod", one, another) == ["another"]
    assert found("${Api}/stages/test", one, another) == []
    assert found("${Api}/stages/${Api.Stage}", one, another) == []
    unnamed = stage("unnamed", Unresolved("var.api", "variable without a value"), "prod")
    made = stage("made", api, Unresolved("S", "parameter without a default"))
    made.name = "AWS::Serverless::Api"
    assert found("${Api}/stages/${Api.Stage}", unnamed, made) == ["made"]


def test_what_is_attached_to_a_secret_stands_for_it() -> None:
    secret = item("AWS::SecretsManager::Secret", "s", {})
    attached = item(ATTACHMENT, "a", {"SecretId": Reference("${s}", (("s", "Ref"),))})
    schedule = item("AWS::SecretsManager::RotationSchedule", "r", {"SecretId": Reference("${a}", (("a", "Ref"),))})
    estate = Estate([secret, attached, schedule])
    assert estate.referred(schedule, "SecretId", secret.type) == ([secret], "")
    assert estate.referring(secret, "SecretId", schedule.type) == ([schedule], "")
    assert estate.referred(schedule, "SecretId", attached.type) == ([attached], "")


def test_what_stands_for_itself_stands_for_nothing() -> None:
    attached = item(ATTACHMENT, "a", {"SecretId": Reference("${a}", (("a", "Ref"),))})
    assert Estate([attached]).referred(attached, "SecretId", "AWS::SecretsManager::Secret")[0] == []


def test_leaves_go_through_lists() -> None:
    assert list(leaves({"A": [{"B": "x"}, {"B": ["y", {"C": "z"}]}], "D": "w"}, ["A", "B"])) == ["x", "y", "z"]


def test_names_in_the_rule_of_a_composite_alarm() -> None:
    alarms = [
        item("AWS::CloudWatch::Alarm", name, {"AlarmName": name}) for name in ("errors", "too slow (p99)", "disk")
    ]
    rule = 'ALARM(errors) AND NOT (OK("too slow (p99)") OR INSUFFICIENT_DATA("gone"))'
    composite = item("AWS::CloudWatch::CompositeAlarm", "c", {"AlarmRule": rule})
    estate = Estate([*alarms, composite])
    found = [estate.referring(alarm, "AlarmRule", composite.type) for alarm in alarms]
    assert found == [([composite], ""), ([composite], ""), ([], "")]


ACCOUNT = "aws:111111111111"


def live(type_: str, address: str, properties: Any, region: str = "eu-west-1", id_: str = "") -> Resource:
    metadata = {"region": region, "id": id_}
    return Resource(type_, address, ACCOUNT, "aws", f"{ACCOUNT}/{region}", 0, 0, properties, type_, metadata=metadata)


def mark(unread: Any = None, *, complete: bool = True, **types: str) -> Resource:
    """What the engine says was read: `Trail="region"`, `Bucket="global"`."""
    names = {"Trail": TRAIL, "Bucket": BUCKET, "Group": "AWS::RDS::DBParameterGroup"}
    read = {names[name]: scope for name, scope in types.items()}
    regions = ["eu-west-1", "us-east-1"]
    properties = {"types": read, "unread": unread or {}, "regions": regions, "complete": complete}
    return Resource(READ, f"{ACCOUNT}/read", ACCOUNT, "aws", ACCOUNT, 0, 0, properties)


LOGS = live(BUCKET, "arn:aws:s3:::logs", {"BucketName": "logs"}, "us-east-1", "logs")


def test_live_resources_are_found_by_arn_and_by_id() -> None:
    by_name, by_arn = live(TRAIL, "t1", {"S3BucketName": "logs"}), live(TRAIL, "t2", {"S3BucketName": LOGS.address})
    estate = Estate([LOGS, by_name, by_arn, mark(Bucket="global", Trail="region")])
    assert estate.referred(by_name, "S3BucketName", BUCKET) == ([LOGS], "")  # a bucket's name is good everywhere
    assert estate.referred(by_arn, "S3BucketName", BUCKET) == ([LOGS], "")
    assert estate.referring(LOGS, "S3BucketName", TRAIL) == ([by_name, by_arn], "")


def test_the_same_name_in_two_regions() -> None:
    group = "AWS::RDS::DBParameterGroup"
    here = live(group, "arn:1", {"DBParameterGroupName": "default"})
    there = live(group, "arn:2", {"DBParameterGroupName": "default"}, "us-east-1")
    database = live("AWS::RDS::DBInstance", "db", {"DBParameterGroupName": "default"})
    estate = Estate([here, there, database, mark(Group="region")])
    assert estate.referred(database, "DBParameterGroupName", group) == ([here], "")


def test_a_name_of_nothing_is_known_to_be_that_when_all_was_read() -> None:
    gone = live(TRAIL, "t", {"S3BucketName": "gone"})
    assert Estate([gone, mark(Bucket="global")]).referred(gone, "S3BucketName", BUCKET) == ([], "")
    assert "not among" in Estate([gone, mark(Trail="region")]).referred(gone, "S3BucketName", BUCKET)[1]
    unread = mark({BUCKET: {"global": "denied"}}, Bucket="global")
    assert "not among" in Estate([gone, unread]).referred(gone, "S3BucketName", BUCKET)[1]
    assert "not among" in Estate([gone]).referred(gone, "S3BucketName", BUCKET)[1]


def test_an_arn_of_another_account_or_region_is_not_known() -> None:
    for value in ("arn:aws:kms:eu-west-1:222222222222:key/k", "arn:aws:kms:ap-south-1:111111111111:key/k"):
        refers = live(TRAIL, "t", {"KMSKeyId": value})
        assert "not among" in Estate([refers, mark(Bucket="global")]).referred(refers, "KMSKeyId", BUCKET)[1]


def test_what_refers_to_it_is_known_as_far_as_it_was_read() -> None:
    def why(*marks: Resource) -> str:
        return Estate([LOGS, *marks]).referring(LOGS, "S3BucketName", TRAIL)[1]

    assert why(mark(Trail="region", Bucket="global")) == ""
    assert "was not read of" in why(mark(Bucket="global"))
    assert "was not read of" in why()
    assert "denied" in why(mark({TRAIL: {"eu-west-1": "denied"}}, Trail="region", Bucket="global"))
    assert "in every region" in why(mark(Trail="region", Bucket="global", complete=False))


def test_only_its_own_region_counts_for_what_is_regional() -> None:
    group = "AWS::RDS::DBParameterGroup"
    one = live(group, "arn:1", {"DBParameterGroupName": "own"})
    names = ("DBParameterGroupName", TRAIL)
    elsewhere = mark({TRAIL: {"us-east-1": "denied"}}, Trail="region", Group="region", complete=False)
    assert Estate([one, elsewhere]).referring(one, *names) == ([], "")
    here = mark({TRAIL: {"eu-west-1": "denied"}}, Trail="region", Group="region")
    assert "denied" in Estate([one, here]).referring(one, *names)[1]


def test_one_of_several() -> None:
    def named(text: str, source: Any = "terraform") -> bool:
        reference = Reference(text, (("a", "id"), ("b", "id"), ("t", "id")))
        one = trail({"S3BucketName": reference})
        one.source = source
        first, second = item(BUCKET, "a", {}), item(BUCKET, "b", {})
        other = item("AWS::SNS::Topic", "t", {})
        estate = Estate([one, first, second, other])
        assert not estate.is_one_of_several(one, "S3BucketName", other)
        assert not estate.is_one_of_several(one, "S3KeyPrefix", first)
        return estate.is_one_of_several(one, "S3BucketName", first)

    assert named("${var.x ? a.id : b.id}")
    assert named("${a.id}${b.id}", "plan")
    assert not named("${a.id},${b.id},${t.id}")
