"""What S3 itself says about buckets: whether their policy is public, and MFA Delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bastide.sources.aws.collectors import load_collectors

KIND = "AWS::S3::Bucket"
BUCKET = {"Name": "b", "BucketRegion": "eu-west-1"}
NO_OWNERSHIP = "OwnershipControlsNotFoundError"


def unasked(_: Any) -> str:
    """An answer to what must not be asked."""
    raise AssertionError("nobody need ask that")


def _bucket(answered: Callable[..., Any], **answers: Any) -> Any:
    calls = next(entry for entry in load_collectors().entries if entry.type == KIND).complete
    nothing: dict[str, Any] = {call.call: call.absent[0] if call.absent else {} for call in calls}
    known = {"ListBuckets": {"Buckets": [BUCKET]}, "GetBucketPolicy": {"Policy": "{}"}}
    known["GetBucketVersioning"] = {"Status": "Enabled"}
    return answered("s3", {**nothing, **known, **answers}, KIND, "AWS::S3::BucketPolicy").one(KIND)


def test_a_policy_that_is_public_to_aws(answered: Callable[..., Any]) -> None:
    for public in (True, False):
        found = _bucket(answered, GetBucketPolicyStatus={"PolicyStatus": {"IsPublic": public}})
        assert found.properties["PolicyIsPublic"] is public
    assert "PolicyIsPublic" not in _bucket(answered).properties
    told = _bucket(answered, GetBucketPolicy="NoSuchBucketPolicy", GetBucketPolicyStatus=unasked)
    assert "PolicyIsPublic" not in {*told.properties, *told.unresolved}


def test_a_status_is_asked_for_where_the_policy_is_denied(answered: Callable[..., Any]) -> None:
    found = _bucket(
        answered, GetBucketPolicy="AccessDenied", GetBucketPolicyStatus={"PolicyStatus": {"IsPublic": True}}
    )
    assert found.properties["PolicyIsPublic"] is True


PUBLIC = {"Grants": [{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}]}
PUBLIC["Grants"][0]["Permission"] = "READ"


@pytest.mark.parametrize(
    ("ownership", "acl", "control"),
    [
        ("BucketOwnerEnforced", unasked, "Private"),
        ("BucketOwnerPreferred", PUBLIC, "PublicRead"),
        (None, PUBLIC, "PublicRead"),
    ],
)
def test_an_access_list_is_asked_for_where_it_counts(
    answered: Callable[..., Any], ownership: str | None, acl: Any, control: str
) -> None:
    owned = {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}} if ownership else NO_OWNERSHIP
    found = _bucket(answered, GetBucketOwnershipControls=owned, GetBucketAcl=acl)
    assert found.properties["AccessControl"] == control


def test_where_versions_are_not_kept_nobody_asks_for_locks_or_replication(answered: Callable[..., Any]) -> None:
    for status in ({}, {"Status": "Suspended"}):
        found = _bucket(
            answered, GetBucketVersioning=status, GetObjectLockConfiguration=unasked, GetBucketReplication=unasked
        )
        known = {*found.properties, *found.unresolved}
        assert not {"ObjectLockConfiguration", "ObjectLockEnabled", "ReplicationConfiguration"} & known


def test_a_status_that_is_denied(answered: Callable[..., Any]) -> None:
    found = _bucket(answered, GetBucketPolicyStatus="AccessDenied")
    assert found.unresolved == {
        "PolicyIsPublic": "s3:GetBucketPolicyStatus is denied (AccessDenied): grant s3:GetBucketPolicyStatus"
    }


def test_mfa_delete_and_the_block_of_the_account(answered: Callable[..., Any]) -> None:
    found = _bucket(answered, GetBucketVersioning={"Status": "Enabled", "MFADelete": "Enabled"}).properties
    assert found["MfaDelete"] == "Enabled"
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert found["AccountBlock"] == "arn:aws:s3::123456789012:account-public-access-block"
    assert "MfaDelete" not in _bucket(answered, GetBucketVersioning={}).properties
