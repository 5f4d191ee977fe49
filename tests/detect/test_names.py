"""Names of fields in three vocabularies."""

from __future__ import annotations

import pytest

from bastide.detect import names
from bastide.lake.classes import table
from bastide.lake.source import source


@pytest.mark.parametrize(
    ("given", "cloudtrail"),
    [
        ("eventName", "eventName"),
        ("event.action", "eventName"),
        (
            "aws.cloudtrail.user_identity.session_context.session_issuer.arn",
            "userIdentity.sessionContext.sessionIssuer.arn",
        ),
        ("aws.cloudtrail.flattened.request_parameters.policyArn", "requestParameters.policyArn"),
        ("aws.cloudtrail.console_login.additional_eventdata.mfa_used", "additionalEventData.MFAUsed"),
        ("Source.IP", "sourceIPAddress"),
        ("requestParameters.source.ip", "requestParameters.source.ip"),
    ],
)
def test_cloudtrails_own_name(given: str, cloudtrail: str) -> None:
    assert names.cloudtrail_name(given) == cloudtrail


def test_every_path_is_a_column() -> None:
    api = table("api_activity")
    paths = [*names.CLOUDTRAIL.values(), *names.JSON_COLUMNS.values()]
    paths += [path for _, reads in names.COMPUTED.values() for path in reads]
    assert [path for path in paths if api.kind(path) is None] == []
    web = {**names.HTTP, **names.WAF, **names.BALANCER, **names.CLOUDFRONT}
    for kind, known in (("network_activity", names.FLOW), ("dns_activity", names.DNS), ("http_activity", web)):
        paths = [path for path in known.values() if not path.startswith("unmapped.")]
        assert [path for path in paths if table(kind).kind(path) is None] == []


@pytest.mark.parametrize(
    ("log", "known"), [("vpc-flow", names.FLOW), ("alb", names.BALANCER), ("cloudfront", names.CLOUDFRONT)]
)
def test_what_is_said_to_be_unmapped_is_kept_so(log: str, known: dict[str, str]) -> None:
    paths = {path.removeprefix("unmapped.") for path in known.values() if path.startswith("unmapped.")}
    assert paths
    assert paths <= set(source(log).unmapped)
