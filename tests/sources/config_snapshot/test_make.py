"""What AWS Config records is what the live source reads: equal properties, or unknown; never otherwise."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from bastide.resources.model import Resource, without_positions
from bastide.resources.schema import schema_for
from bastide.sources.aws.answers import plain
from bastide.sources.aws.shapes import ANY, SCALAR, listed, structure
from bastide.sources.config_snapshot.item import read_item
from bastide.sources.config_snapshot.make import (
    NOT_RECORDED,
    NOT_SELECTED,
    OTHER_FORM,
    Made,
    Makers,
    is_of_schema,
    renamed,
)
from tests.sources.aws.conftest import ACCOUNT, REGION, Collected
from tests.sources.config_snapshot.conftest import config_item

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
                                               "Action": "sts:AssumeRole"}]}  # fmt: skip


def recorded(value: Any) -> Any:
    """An answer of the API with the names that AWS Config gives its members; keys of tags and the like stay."""
    if isinstance(value, dict):
        return {f"{key[:1].lower()}{key[1:]}": recorded(one) for key, one in value.items()}
    return [recorded(one) for one in value] if isinstance(value, list) else value


def make(makers: Callable[..., Makers], item: dict[str, Any], *types: str) -> Made:
    read = read_item(json.loads(json.dumps(item)))
    assert read is not None
    return makers(*types).make(read)


def assert_equal(live: Resource, found: Resource, *unknown: str) -> None:
    """The same resource with the same properties; what the item does not have is unknown, and only that."""
    assert (found.type, found.address, found.unit, found.path) == (live.type, live.address, live.unit, live.path)
    assert found.metadata == live.metadata
    assert found.source == "aws"
    tops = {without_positions(path).partition(".")[0] for path in found.unresolved if path not in live.unresolved}
    assert set(unknown) == tops & (live.properties.keys() | set(unknown))
    known = {name: value for name, value in live.properties.items() if name not in unknown}
    assert {name: found.properties.get(name) for name in known} == known
    assert found.properties.keys() <= live.properties.keys()


def test_a_security_group(aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    ranges = {"IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **ranges}]
    )
    ec2.create_tags(Resources=[group], Tags=[{"Key": "Name", "Value": "n"}])
    answer = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    configuration = recorded(plain(answer))
    for name in ("ipPermissions", "ipPermissionsEgress"):
        for one in configuration[name]:
            one["ipv4Ranges"], one["ipRanges"] = one["ipRanges"], [it["cidrIp"] for it in one["ipRanges"]]
    live = next(one for one in collect("AWS::EC2::SecurityGroup").resources if one.metadata["id"] == group)
    item = config_item("AWS::EC2::SecurityGroup", group, configuration, ARN=live.address, tags={"Name": "n"})
    (found,) = make(makers, item, "AWS::EC2::SecurityGroup").resources
    assert_equal(live, found)
    assert len(found.properties["SecurityGroupIngress"]) == 2


def test_what_ec2_describes(aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, Encrypted=True)["VolumeId"]
    answers = {
        "AWS::EC2::VPC": (vpc, ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0], ()),
        "AWS::EC2::Subnet": (subnet, ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0], ()),
        "AWS::EC2::Volume": (volume, ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0], ()),
    }
    live = collect(*answers)
    for kind, (identity, answer, unknown) in answers.items():
        wanted = next(one for one in live.of(kind) if one.metadata["id"] == identity)
        item = config_item(kind, identity, recorded(plain(answer)), ARN=wanted.address)
        (found,) = make(makers, item, kind).resources
        assert_equal(wanted, found, *unknown)


def test_roles_users_groups_and_policies(
    aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]
) -> None:
    iam = aws("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)
    policy = iam.create_policy(PolicyName="m", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    iam.create_group(GroupName="g")
    iam.create_user(UserName="u", Tags=[{"Key": "team", "Value": "a"}])
    iam.add_user_to_group(GroupName="g", UserName="u")
    details = plain(iam.get_account_authorization_details(Filter=["User", "Role", "Group", "LocalManagedPolicy"]))
    kinds = {"Role": "RoleDetailList", "User": "UserDetailList", "Group": "GroupDetailList", "Policy": "Policies"}
    live = collect("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy")
    for name, member in kinds.items():
        kind = "AWS::IAM::ManagedPolicy" if name == "Policy" else f"AWS::IAM::{name}"
        configuration = recorded(details[member][0])
        for key in ("assumeRolePolicyDocument",):
            if key in configuration:
                configuration[key] = quote(json.dumps(details[member][0]["AssumeRolePolicyDocument"]))
        for one in (*configuration.get("rolePolicyList", ()), *configuration.get("policyVersionList", ())):
            key = "policyDocument" if "policyDocument" in one else "document"
            one[key] = quote(document)
        wanted = live.one(kind)
        tags = {"team": "a"} if name == "User" else {}
        item = config_item(f"AWS::IAM::{name}", "ID", configuration, ARN=wanted.address, awsRegion="global", tags=tags)
        (found,) = make(makers, item, kind).resources
        schema = schema_for(kind)
        assert schema is not None
        assert_equal(wanted, found, *((schema.live & wanted.properties.keys()) - found.properties.keys()))


def test_a_key(aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]) -> None:
    kms = aws("kms")
    key = kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    configuration = recorded(plain(kms.describe_key(KeyId=key)["KeyMetadata"]))
    del configuration["keySpec"]  # its older name is what is recorded
    wanted = collect("AWS::KMS::Key").one("AWS::KMS::Key")
    more = {"KeyRotationStatus": "true", "Policy": json.dumps('{"Version": "2012-10-17", "Statement": []}')}
    item = config_item("AWS::KMS::Key", key, configuration, ARN=wanted.address, supplementaryConfiguration=more)
    (found,) = make(makers, item, "AWS::KMS::Key").resources
    assert_equal(wanted, found, "RotationPeriodInDays")
    less = {**item, "supplementaryConfiguration": {}}
    (found,) = make(makers, less, "AWS::KMS::Key").resources
    assert found.unresolved["KeyPolicy"] == found.unresolved["EnableKeyRotation"] == NOT_RECORDED


def test_a_key_of_aws_is_none_of_ours(makers: Callable[..., Makers]) -> None:
    item = config_item("AWS::KMS::Key", "k", {"keyId": "k", "arn": "arn:aws:kms:::key/k", "keyManager": "AWS"})
    assert make(makers, item, "AWS::KMS::Key").resources == []


def test_queues_topics_and_their_policies(
    aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]
) -> None:
    policy = json.dumps(TRUST)
    url = aws("sqs").create_queue(QueueName="q", Attributes={"Policy": policy, "KmsMasterKeyId": "alias/x"})["QueueUrl"]
    topic = aws("sns").create_topic(Name="t", Attributes={"Policy": policy})["TopicArn"]
    kinds = ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy")
    live = collect(*kinds)
    queue = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    attributes = aws("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    items = {
        "AWS::SQS::Queue": config_item("AWS::SQS::Queue", url, {**queue, "QueueUrl": url}, ARN=queue["QueueArn"]),
        "AWS::SNS::Topic": config_item("AWS::SNS::Topic", topic, attributes, ARN=topic),
    }
    for kind, item in items.items():
        made = {one.type: one for one in make(makers, item, *kinds).resources}
        assert set(made) == {kind, f"{kind}Policy"}
        for name, found in made.items():
            assert_equal(live.one(name), found)


def test_a_table_a_function_a_database(
    aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]
) -> None:
    aws("dynamodb").create_table(
        TableName="t",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.py", "")
    aws("lambda").create_function(
        FunctionName="f", Runtime="python3.13", Role=role, Handler="a.h", Code={"ZipFile": content.getvalue()}
    )
    aws("rds").create_db_instance(
        DBInstanceIdentifier="d", DBInstanceClass="db.m5.large", Engine="mysql", AllocatedStorage=20,
        MasterUsername="u", MasterUserPassword="not-a-secret-1",
    )  # fmt: skip
    answers: dict[str, tuple[Any, dict[str, Any], tuple[str, ...]]] = {
        "AWS::DynamoDB::Table": (
            aws("dynamodb").describe_table(TableName="t")["Table"],
            {
                "ContinuousBackupsDescription": {
                    "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": "DISABLED"}
                }
            },
            ("TimeToLiveSpecification", "ResourcePolicy"),
        ),
        "AWS::Lambda::Function": (aws("lambda").list_functions()["Functions"][0], {}, ("CodeSigningConfigArn",)),
        "AWS::RDS::DBInstance": (aws("rds").describe_db_instances()["DBInstances"][0], {}, ()),
    }
    live = collect(*answers)
    for kind, (answer, supplementary, unknown) in answers.items():
        wanted = live.one(kind)
        if "LatestRestorableTime" in answer:  # moto's is always now
            answer["LatestRestorableTime"] = wanted.properties["LatestRestorableTime"]
        item = config_item(
            kind, "x", recorded(plain(answer)), ARN=wanted.address, supplementaryConfiguration=supplementary
        )
        (found,) = make(makers, item, kind).resources
        told = {without_positions(path).partition(".")[0] for path in found.unresolved}
        assert set(unknown) <= told
        assert_equal(wanted, found, *({name for name in wanted.properties if name in told} | set(unknown)))


BUCKET = {
    "AccessControlList": json.dumps({"grantList": [
        {"grantee": {"id": "x"}, "permission": "FullControl"}, {"grantee": "AllUsers", "permission": "Read"}]}),
    "BucketLoggingConfiguration": {"destinationBucketName": "logs", "logFilePrefix": None},
    "BucketPolicy": {"policyText": json.dumps(TRUST)},
    "BucketVersioningConfiguration": {"status": "Off", "isMfaDeleteEnabled": None},
    "PublicAccessBlockConfiguration": {"blockPublicAcls": True, "ignorePublicAcls": True, "blockPublicPolicy": True,
                                       "restrictPublicBuckets": False},
    "ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms",
                                          "kmsMasterKeyID": "k"}, "bucketKeyEnabled": True}]},
}  # fmt: skip


def test_a_bucket_equals_the_live_one(
    aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]
) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": REGION}, ACL="public-read")
    s3.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": REGION}, ACL="log-delivery-write")
    s3.put_public_access_block(
        Bucket="data",
        PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True,
                                        "RestrictPublicBuckets": False},
    )  # fmt: skip
    s3.put_bucket_encryption(
        Bucket="data",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}, "BucketKeyEnabled": True}]},
    )  # fmt: skip
    s3.put_bucket_policy(Bucket="data", Policy=json.dumps(TRUST))
    s3.put_bucket_logging(
        Bucket="data", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}
    )
    kinds = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")
    live = collect(*kinds)
    item = config_item(
        "AWS::S3::Bucket", "data", {"name": "data"}, ARN="arn:aws:s3:::data", supplementaryConfiguration=BUCKET
    )
    made = {one.type: one for one in make(makers, item, *kinds).resources}
    wanted = {kind: next(one for one in live.of(kind) if one.metadata["id"] == "data") for kind in kinds}
    assert_equal(wanted["AWS::S3::BucketPolicy"], made["AWS::S3::BucketPolicy"])
    assert_equal(wanted["AWS::S3::Bucket"], made["AWS::S3::Bucket"], "OwnershipControls", "PolicyIsPublic")


def test_a_bucket_of_which_nothing_more_is_recorded_is_unknown_and_has_no_policy_that_is_known(
    makers: Callable[..., Makers],
) -> None:
    item = config_item("AWS::S3::Bucket", "b", {"name": "b"}, ARN="arn:aws:s3:::b", supplementaryConfiguration=None)
    made = make(makers, item, "AWS::S3::Bucket", "AWS::S3::BucketPolicy")
    (bucket,) = made.resources
    assert {"PublicAccessBlockConfiguration", "BucketEncryption", "AccessControl"} <= bucket.unresolved.keys()
    assert made.unread == {"AWS::S3::BucketPolicy": NOT_RECORDED}


def test_names_of_the_resource_schema_are_taken_as_they_are(makers: Callable[..., Makers]) -> None:
    configuration = {"ClusterName": "c", "ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]}
    item = config_item("AWS::ECS::Cluster", "c", configuration, tags={"a": "b"})
    (found,) = make(makers, item, "AWS::ECS::Cluster").resources
    assert found.properties == {**configuration, "Tags": [{"Key": "a", "Value": "b"}]}
    assert found.unresolved == {"ServiceConnectDefaults": NOT_RECORDED}
    assert found.address == item["ARN"]


def test_what_was_not_selected_is_all_unknown(makers: Callable[..., Makers]) -> None:
    for configuration in (None, "no JSON", 7):
        item = config_item("AWS::EC2::VPC", "vpc-1", configuration)
        (found,) = make(makers, item, "AWS::EC2::VPC").resources
        assert found.properties == {}
        assert set(found.unresolved.values()) == {NOT_SELECTED}


def test_a_form_that_nobody_knows_is_unknown(makers: Callable[..., Makers]) -> None:
    item = config_item("AWS::WAF::WebACL", "w", {"webACLId": "w", "rules": []})
    (found,) = make(makers, item, "AWS::WAF::WebACL").resources
    assert set(found.unresolved.values()) == {OTHER_FORM}


def test_entries_of_a_network_acl(aws: Any, collect: Callable[..., Collected], makers: Callable[..., Makers]) -> None:
    ec2 = aws("ec2")
    kind = "AWS::EC2::NetworkAclEntry"
    live = {one.address: one for one in collect(kind).resources}
    found = {}
    for acl in ec2.describe_network_acls()["NetworkAcls"]:
        item = config_item("AWS::EC2::NetworkAcl", acl["NetworkAclId"], recorded(plain(acl)))
        found.update({one.address: one for one in make(makers, item, kind).resources})
    assert found.keys() == live.keys()
    for address, one in found.items():
        assert_equal(live[address], one)


def test_only_what_is_wanted_is_looked_at(makers: Callable[..., Makers]) -> None:
    made = makers("AWS::S3::BucketPolicy")
    assert made.is_wanted("AWS::S3::Bucket")
    assert not made.is_wanted("AWS::SQS::Queue")
    assert makers("AWS::IAM::ManagedPolicy").is_wanted("AWS::IAM::Policy")


@pytest.mark.parametrize(
    ("configuration", "told"),
    [
        ({"ClusterName": "c", "Newer": 1, "Arn": "a"}, True),
        ({"clusterName": "c"}, False),
        ({"Foo": 1}, False),
        ({}, False),
    ],
)
def test_which_names_a_configuration_has(configuration: dict[str, Any], told: bool) -> None:
    schema = schema_for("AWS::ECS::Cluster")
    assert schema is not None
    assert is_of_schema(schema, configuration) is told


def test_names_are_made_those_of_the_api_and_maps_stay() -> None:
    form = structure({"DBName": SCALAR, "Tags": listed(structure({"Key": SCALAR})), "Free": ANY})
    value = {"dBName": 1, "tags": [{"key": "dbname"}], "free": {"dBName": 2}, "else": 3}
    assert renamed(value, form) == {"DBName": 1, "Tags": [{"Key": "dbname"}], "Free": {"dBName": 2}, "else": 3}
    assert ACCOUNT


def test_a_stage_has_an_item_of_its_own(makers: Callable[..., Makers]) -> None:
    arn = f"arn:aws:apigateway:{REGION}::/restapis/a/stages/prod"
    configuration = {"stageName": "prod", "tracingEnabled": True, "accessLogSettings": {"destinationArn": "d"}}
    item = config_item("AWS::ApiGateway::Stage", arn, configuration, ARN=arn, tags={"a": "b"})
    (found,) = make(makers, item, "AWS::ApiGateway::Stage").resources
    assert found.address == arn
    assert found.properties["AccessLogSetting"] == {"DestinationArn": "d"}
    assert found.properties["TracingEnabled"] is True
    assert found.unresolved["RestApiId"] == NOT_RECORDED


def test_a_distribution_has_its_configuration_in_one_piece(makers: Callable[..., Makers]) -> None:
    inner = {"enabled": True, "aliases": {"quantity": 1, "items": ["a.example"]}, "webACLId": "w",
             "viewerCertificate": {"minimumProtocolVersion": "TLSv1.2_2021"}}  # fmt: skip
    configuration = {"id": "E1", "aRN": "arn:aws:cloudfront::1:distribution/E1", "distributionConfig": inner}
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
    item = config_item("AWS::CloudFront::Distribution", "E1", configuration, ARN=arn, awsRegion="global")
    (found,) = make(makers, item, "AWS::CloudFront::Distribution").resources
    assert found.address == arn
    assert found.properties["DistributionConfig"]["Aliases"] == ["a.example"]
    assert found.properties["DistributionConfig"]["ViewerCertificate"] == {"MinimumProtocolVersion": "TLSv1.2_2021"}


def test_a_classic_balancer_and_a_warehouse(makers: Callable[..., Makers]) -> None:
    listener = {"listener": {"protocol": "HTTPS", "loadBalancerPort": 443, "instancePort": 80}, "policyNames": ["p"]}
    policies = [{"policyName": "p", "policyTypeName": "SSLNegotiationPolicyType", "policyAttributeDescriptions": []}]
    item = config_item("AWS::ElasticLoadBalancing::LoadBalancer", "b",
                       {"loadBalancerName": "b", "listenerDescriptions": [listener]},
                       supplementaryConfiguration={"LoadBalancerPolicies": policies})  # fmt: skip
    (found,) = make(makers, item, "AWS::ElasticLoadBalancing::LoadBalancer").resources
    assert found.properties["Policies"][0]["PolicyType"] == "SSLNegotiationPolicyType"
    assert found.properties["Listeners"][0]["PolicyNames"] == ["p"]
    assert found.unresolved["AccessLoggingPolicy"] == NOT_RECORDED
    more = {"LoggingStatus": {"loggingEnabled": True, "bucketName": "logs"}}
    configuration = {"clusterIdentifier": "c", "encrypted": True}
    item = config_item("AWS::Redshift::Cluster", "c", configuration, supplementaryConfiguration=more)
    (found,) = make(makers, item, "AWS::Redshift::Cluster").resources
    assert found.properties["LoggingProperties"]["BucketName"] == "logs"
