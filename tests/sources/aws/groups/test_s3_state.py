"""What S3 itself says about buckets: whether their policy is public, and MFA Delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bastide.sources.aws.collectors import load_collectors

KIND = "AWS::S3::Bucket"
BUCKET = {"Name": "b", "BucketRegion": "eu-west-1"}


def _bucket(answered: Callable[..., Any], **answers: Any) -> Any:
    calls = next(entry for entry in load_collectors().entries if entry.type == KIND).complete
    nothing: dict[str, Any] = {call.call: call.absent[0] if call.absent else {} for call in calls}
    known = {"ListBuckets": {"Buckets": [BUCKET]}, "GetBucketPolicyStatus": "NoSuchBucketPolicy"}
    return answered("s3", {**nothing, **known, **answers}, KIND).one(KIND)


def test_a_policy_that_is_public_to_aws(answered: Callable[..., Any]) -> None:
    for public in (True, False):
        found = _bucket(answered, GetBucketPolicyStatus={"PolicyStatus": {"IsPublic": public}})
        assert found.properties["PolicyIsPublic"] is public
    assert "PolicyIsPublic" not in _bucket(answered).properties


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
