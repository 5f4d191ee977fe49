"""Auth policies of services and service networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::VpcLattice::AuthPolicy"
CONTROL = "vpclattice.auth-policy-is-not-open"
ARN = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdef0"
NETWORK = "arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-0123456789abcdef0"
LISTED = {
    "ListServices": {"items": [{"id": "svc-0123456789abcdef0", "arn": ARN, "name": "orders"}]},
    "ListServiceNetworks": {"items": [{"id": "sn-0123456789abcdef0", "arn": NETWORK, "name": "network"}]},
}
OPEN = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'


def test_policies_of_both_are_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    def policy(asked: dict[str, Any]) -> Any:
        return (
            {"policy": OPEN} if asked["resourceIdentifier"] == "sn-0123456789abcdef0" else "ResourceNotFoundException"
        )

    found = answered("vpclattice", {**LISTED, "GetAuthPolicy": policy}, TYPE)
    assert [one.properties["ResourceIdentifier"] for one in found.of(TYPE)] == [ARN, NETWORK]
    assert judged(found)[CONTROL] == {"pass", "fail"}


def test_a_policy_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    assert judged(answered("vpclattice", {**LISTED, "GetAuthPolicy": "AccessDeniedException"}, TYPE))[CONTROL] == {
        "unknown"
    }


def test_services_and_networks_say_who_may_call(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:"
    service = {"id": "svc-00000000000000000", "arn": arn + "service/svc-00000000000000000", "name": "orders"}
    network = {"id": "sn-00000000000000000", "arn": arn + "servicenetwork/sn-00000000000000000", "name": "inside"}
    answers: dict[str, Any] = {
        "ListServices": {"items": [service]},
        "GetService": {**service, "authType": "NONE"},
        "ListServiceNetworks": {"items": [network]},
        "GetServiceNetwork": {**network, "authType": "AWS_IAM"},
    }
    types = ("AWS::VpcLattice::Service", "AWS::VpcLattice::ServiceNetwork")
    verdicts = judged(answered("vpclattice", answers, *types))
    assert verdicts["vpclattice.service-asks-who-calls"] == {"fail"}
    assert verdicts["vpclattice.service-network-asks-who-calls"] == {"pass"}
    denied = answered("vpclattice", {**answers, "GetService": "AccessDeniedException"}, *types)
    assert judged(denied)["vpclattice.service-asks-who-calls"] == {"unknown"}
