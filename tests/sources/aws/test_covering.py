"""Which properties a collector fills at all."""

from __future__ import annotations

from copy import copy

import pytest
from botocore.session import Session

from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.covering import NOT_READ, Forms, covers, uncovered, uncovered_of


@pytest.fixture(scope="module")
def forms(models: Session) -> Forms:
    """The forms of the library's collectors."""
    return Forms(models.get_service_model, load_collectors().entries)


@pytest.mark.parametrize(
    ("resource_type", "path", "covered"),
    [
        ("AWS::EC2::Instance", "MetadataOptions.HttpTokens", True),
        ("AWS::EC2::Instance", "BlockDeviceMappings.Ebs.Encrypted", True),
        ("AWS::EC2::Instance", "UserData", True),
        ("AWS::EC2::Instance", "LaunchTemplate.LaunchTemplateId", True),  # in `never`: absent, and known
        ("AWS::EC2::Instance", "CreditSpecification.CPUCredits", False),
        ("AWS::EC2::SecurityGroup", "SecurityGroupIngress.CidrIpv6", True),
        ("AWS::S3::Bucket", "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault", True),
        ("AWS::S3::Bucket", "AnalyticsConfigurations", False),
        ("AWS::SQS::Queue", "KmsMasterKeyId", True),
        ("AWS::SQS::QueuePolicy", "PolicyDocument", True),
        ("AWS::Logs::LogGroup", "Tags", False),
        ("AWS::Config::ConfigurationRecorder", "RecordingGroup.RecordingStrategy.UseOnly", True),  # and in `otherwise`
        ("AWS::EC2::Volume", "NoSuchProperty", True),  # for the linter of controls to say
    ],
)
def test_covers(forms: Forms, resource_type: str, path: str, covered: bool) -> None:
    entry = next(one for one in load_collectors().entries if one.type == resource_type)
    assert covers(entry, path, forms) is covered


def test_reasons(forms: Forms) -> None:
    entry = next(one for one in load_collectors().entries if one.type == "AWS::RDS::DBInstance")
    found = uncovered(entry, ["MasterUserAuthenticationType", "BackupTarget", "UseLatestRestorableTime"], forms)
    assert found["UseLatestRestorableTime"] == NOT_READ
    assert "do not say it" in found["MasterUserAuthenticationType"]
    assert "BackupTarget" not in found
    reads = {"AWS::RDS::DBInstance": ["UseLatestRestorableTime"]}
    assert uncovered_of([entry], reads, forms) == {"AWS::RDS::DBInstance": {"UseLatestRestorableTime": NOT_READ}}


def test_an_entry_that_is_gone_leaves_its_form_to_no_other(forms: Forms) -> None:
    """The next object may have the same id."""
    wanted = ("AWS::RDS::DBInstance", "AWS::SQS::Queue")
    kept = [next(one for one in load_collectors().entries if one.type == name) for name in wanted]
    expected = [set(forms.item(one).members) for one in kept]
    for _ in range(20):
        assert [set(forms.item(copy(one)).members) for one in kept] == expected


def test_a_type_that_hangs_on_itself(forms: Forms) -> None:
    units = [one for one in load_collectors().entries if one.type == "AWS::Organizations::OrganizationalUnit"]
    assert [covers(one, "ParentId", forms) for one in units] == [True] * 5
    assert "Depth" in forms.parent(units[-1]).members
    assert "Depth" not in forms.parent(units[0]).members
