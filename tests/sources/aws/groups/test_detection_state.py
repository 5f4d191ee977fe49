"""What only a live account knows of its detective services: what they deliver, who administers them, what is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

DETECTOR = "AWS::GuardDuty::Detector"
HUB = "AWS::SecurityHub::Hub"
RECORDER, CHANNEL = "AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel"
SESSION = "AWS::Macie::Session"
ENABLER = "AWS::InspectorV2::Enabler"
REGION = "AWS::Detective::Region"
LAKE = "AWS::SecurityLake::DataLake"
ADMINISTRATOR = "444455556666"
WATCHED: dict[str, Any] = {
    "ListDetectors": {"DetectorIds": ["d1"]},
    "GetDetector": {"ServiceRole": "arn:aws:iam::123456789012:role/x", "Status": "ENABLED"},
    "GetAdministratorAccount": {"Administrator": {"AccountId": ADMINISTRATOR}},
    "ListPublishingDestinations": {
        "Destinations": [{"DestinationId": "p", "DestinationType": "S3", "Status": "PUBLISHING"}]
    },
    "DescribeOrganizationConfiguration": "BadRequestException",
    "GetFindingsStatistics": {
        "FindingStatistics": {"GroupedByDate": [{"Date": "2026-11-20T00:00:00Z"}, {"Date": "2026-11-02T00:00:00Z"}]}
    },
    "ListRules": {
        "Rules": [
            {"Name": "findings", "State": "ENABLED", "EventPattern": '{"source": ["aws.guardduty"]}'},
            {"Name": "off", "State": "DISABLED", "EventPattern": '{"source": ["aws.guardduty"]}'},
            {"Name": "nightly", "State": "ENABLED", "ScheduleExpression": "rate(1 day)"},
        ]
    },
}


def test_a_detector_knows_who_administers_it_what_it_exports_and_what_is_open(answered: Callable[..., Any]) -> None:
    asked: list[dict[str, Any]] = []

    def statistics(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(given)
        found: dict[str, Any] = WATCHED["GetFindingsStatistics"]
        return found

    found = answered("guardduty", {**WATCHED, "GetFindingsStatistics": statistics}, DETECTOR).one(DETECTOR)
    assert found.unresolved == {}
    assert found.properties["AdministratorId"] == ADMINISTRATOR
    assert found.properties["PublishingStatus"] == ["PUBLISHING"]
    assert found.properties["OldestOpenHighFinding"].startswith("2026-11-02")
    assert found.properties["ForwardingRules"] == ["findings"]
    assert "OrganizationAutoEnable" not in found.properties
    criteria = asked[0]["FindingCriteria"]["Criterion"]
    assert criteria == {"severity": {"GreaterThanOrEqual": 7}, "service.archived": {"Equals": ["false"]}}


def test_a_detector_of_the_administrator_and_nothing_open(answered: Callable[..., Any]) -> None:
    features = [{"Name": "S3_DATA_EVENTS", "AutoEnable": "NONE"}]
    organization = {"MemberAccountLimitReached": False, "AutoEnableOrganizationMembers": "NEW", "Features": features}
    answers = {
        **WATCHED,
        "GetAdministratorAccount": {"Administrator": {}},
        "DescribeOrganizationConfiguration": organization,
        "GetFindingsStatistics": {"FindingStatistics": {"GroupedByDate": []}},
    }
    found = answered("guardduty", answers, DETECTOR).one(DETECTOR)
    assert (found.properties["OrganizationAutoEnable"], found.properties["OrganizationFeatures"]) == ("NEW", features)
    assert not {"AdministratorId", "OldestOpenHighFinding"} & (found.properties.keys() | found.unresolved.keys())


def test_of_a_region_without_a_detector_nothing_more_is_asked(answered: Callable[..., Any]) -> None:
    found = answered("guardduty", {"ListDetectors": {"DetectorIds": []}}, DETECTOR).one(DETECTOR)
    assert (found.properties["Enable"], found.unresolved) == (False, {})


def test_findings_and_rules_that_are_denied_are_unknown(answered: Callable[..., Any]) -> None:
    denied = "AccessDeniedException"
    found = answered("guardduty", {**WATCHED, "GetFindingsStatistics": denied, "ListRules": denied}, DETECTOR)
    unresolved = found.one(DETECTOR).unresolved
    assert "grant guardduty:GetFindingsStatistics" in unresolved["OldestOpenHighFinding"]
    assert "grant events:ListRules" in unresolved["ForwardingRules"]
    assert found.one(DETECTOR).properties["Enable"] is True


def test_a_hub_knows_its_standards_and_where_findings_go(answered: Callable[..., Any]) -> None:
    standard = {
        "StandardsSubscriptionArn": "arn:aws:securityhub:eu-west-1:123456789012:subscription/x",
        "StandardsArn": "arn:aws:securityhub:eu-west-1::standards/x",
        "StandardsInput": {},
        "StandardsStatus": "INCOMPLETE",
    }
    product = "arn:aws:securityhub:eu-west-1:123456789012:product-subscription/aws/guardduty"
    organization = {"AutoEnable": False, "OrganizationConfiguration": {"ConfigurationType": "CENTRAL"}}
    answers = {
        "DescribeHub": {
            "HubArn": "arn:aws:securityhub:eu-west-1:123456789012:hub/default",
            "SubscribedAt": "2024-01-01",
        },
        "GetAdministratorAccount": "ResourceNotFoundException",
        "GetEnabledStandards": {"StandardsSubscriptions": [standard]},
        "ListFindingAggregators": "AccessDeniedException",
        "ListEnabledProductsForImport": {"ProductSubscriptions": [product]},
        "DescribeOrganizationConfiguration": organization,
    }
    found = answered("securityhub", answers, HUB).one(HUB)
    assert [one["StandardsStatus"] for one in found.properties["Standards"]] == ["INCOMPLETE"]
    assert found.properties["Products"] == [product]
    assert (found.properties["OrganizationAutoEnable"], found.properties["OrganizationConfigurationType"]) == (
        False,
        "CENTRAL",
    )
    assert "AdministratorId" not in found.properties
    assert "grant securityhub:ListFindingAggregators" in found.unresolved["FindingAggregators"]


def test_a_recorder_that_fails_and_a_channel_that_delivers_only_half(answered: Callable[..., Any]) -> None:
    failed, done = {"lastStatus": "FAILURE", "lastErrorCode": "AccessDenied"}, {"lastStatus": "SUCCESS"}
    answers = {
        "DescribeConfigurationRecorders": {"ConfigurationRecorders": [{"name": "default"}]},
        "DescribeConfigurationRecorderStatus": {
            "ConfigurationRecordersStatus": [{"name": "default", "recording": True, **failed}]
        },
        "DescribeDeliveryChannels": {"DeliveryChannels": [{"name": "default", "s3BucketName": "logs"}]},
        "DescribeDeliveryChannelStatus": {
            "DeliveryChannelsStatus": [
                {"name": "default", "configHistoryDeliveryInfo": done, "configStreamDeliveryInfo": failed}
            ]
        },
    }
    found = answered("config", answers, RECORDER, CHANNEL)
    recorder, channel = found.one(RECORDER).properties, found.one(CHANNEL).properties
    assert (recorder["LastStatus"], recorder["LastErrorCode"]) == ("failure", "AccessDenied")
    assert recorder["DeliveryChannels"] == ["default"]
    assert (channel["HistoryStatus"], channel["StreamStatus"]) == ("success", "failure")
    assert "SnapshotStatus" not in channel
    denied = answered("config", {**answers, "DescribeDeliveryChannelStatus": "AccessDeniedException"}, CHANNEL)
    assert "grant config:DescribeDeliveryChannelStatus" in denied.one(CHANNEL).unresolved["HistoryStatus"]


def test_a_session_of_a_member_leaves_discovery_to_its_administrator(answered: Callable[..., Any]) -> None:
    destination = {"bucketName": "r", "kmsKeyArn": "k"}
    answers = {
        "GetMacieSession": {"status": "ENABLED"},
        "GetAdministratorAccount": {"administrator": {"accountId": ADMINISTRATOR}},
        "GetClassificationExportConfiguration": {"configuration": {"s3Destination": destination}},
        "GetFindingsPublicationConfiguration": {"securityHubConfiguration": {
            "publishClassificationFindings": False, "publishPolicyFindings": True}},
        "DescribeBuckets": {"buckets": []},
    }  # fmt: skip
    found = answered("macie", answers, SESSION).one(SESSION)
    assert found.properties["AdministratorId"] == ADMINISTRATOR
    assert (found.properties["ResultsBucket"], found.properties["PublishesSensitiveDataFindings"]) == ("r", False)
    assert "AutomatedDiscoveryStatus" not in found.properties
    alone = {**answers, "GetAdministratorAccount": {}, "GetAutomatedDiscoveryConfiguration": {"status": "DISABLED"}}
    assert answered("macie", alone, SESSION).one(SESSION).properties["AutomatedDiscoveryStatus"] == "DISABLED"
    denied = answered("macie", {**alone, "GetAutomatedDiscoveryConfiguration": "AccessDeniedException"}, SESSION)
    assert (
        "grant macie2:GetAutomatedDiscoveryConfiguration" in denied.one(SESSION).unresolved["AutomatedDiscoveryStatus"]
    )


def test_inspector_names_errors_and_not_what_is_under_way(answered: Callable[..., Any]) -> None:
    def state(code: str) -> dict[str, str]:
        return {"status": "ENABLED", "errorCode": code, "errorMessage": "x"}

    states = {"ec2": state("SSM_UNAVAILABLE"), "ecr": state("ALREADY_ENABLED"), "lambda": state("ENABLE_IN_PROGRESS")}
    told = {"accountId": "123456789012", "state": state("ALREADY_ENABLED"), "resourceState": states}
    found = answered("inspectorv2", {"BatchGetAccountStatus": {"accounts": [told]}}, ENABLER).one(ENABLER)
    assert found.properties["Errors"] == ["SSM_UNAVAILABLE"]


def test_graphs_of_ones_own_and_of_others(answered: Callable[..., Any]) -> None:
    arn = "arn:aws:detective:eu-west-1:444455556666:graph:%s"
    invitations = [{"GraphArn": arn % "a", "Status": "ENABLED"}, {"GraphArn": arn % "b", "Status": "INVITED"}]
    answers = {"ListGraphs": {"GraphList": []}, "ListInvitations": {"Invitations": invitations}}
    found = answered("detective", answers, REGION).one(REGION)
    assert (found.properties["Graphs"], found.properties["Memberships"]) == ([], [arn % "a"])
    denied = answered("detective", {**answers, "ListInvitations": "AccessDeniedException"}, REGION).one(REGION)
    assert "grant detective:ListInvitations" in denied.unresolved["Memberships"]


def test_a_lake_and_its_sources(answered: Callable[..., Any]) -> None:
    lake = {"dataLakeArn": "arn:aws:securitylake:eu-west-1:123456789012:data-lake/default", "region": "eu-west-1",
            "createStatus": "COMPLETED", "updateStatus": {"status": "FAILED"}}  # fmt: skip
    own = {"provider": {"location": "s3://x", "roleArn": "r"}, "sourceName": "ours"}
    sources = [{"sources": [{"awsLogSource": {"sourceName": "VPC_FLOW"}}, {"customLogSource": own}]}]
    answers = {"ListDataLakes": {"dataLakes": [lake]}, "ListLogSources": {"sources": sources}}
    found = answered("securitylake", answers, LAKE).one(LAKE)
    assert found.properties["SourceNames"] == ["VPC_FLOW"]
    assert (found.properties["CreateStatus"], found.properties["UpdateStatus"]) == ("COMPLETED", "FAILED")
    denied = answered("securitylake", {**answers, "ListLogSources": "AccessDeniedException"}, LAKE).one(LAKE)
    assert "grant securitylake:ListLogSources" in denied.unresolved["SourceNames"]
