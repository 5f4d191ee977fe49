"""Servers of Transfer Family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::Transfer::Server"
ARN = "arn:aws:transfer:eu-west-1:123456789012:server/s-0123456789abcdef0"

MODULE = """
resource "aws_transfer_server" "files" {
  protocols            = ["SFTP", "FTP"]
  endpoint_type        = "PUBLIC"
  security_policy_name = "TransferSecurityPolicy-2018-11"
}
"""


def test_a_server_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("transfer").create_server(
        Protocols=["SFTP", "FTP"],
        EndpointType="PUBLIC",
        SecurityPolicyName="TransferSecurityPolicy-2018-11",
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    found = collect(TYPE)
    server = found.one(TYPE)
    assert server.address == server.properties["Arn"]
    assert server.properties["Tags"] == [{"Key": "team", "Value": "shop"}]
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert set().union(*verdicts.values()) == {"fail"}
    assert len(verdicts) == 4


def test_a_description_that_is_denied(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {"Arn": ARN, "ServerId": "s-0123456789abcdef0", "EndpointType": "VPC"}
    answers = {"ListServers": {"Servers": [listed]}, "DescribeServer": "AccessDeniedException"}
    found = answered("transfer", answers, TYPE)
    assert "grant transfer:DescribeServer" in found.one(TYPE).unresolved["Protocols"]
    verdicts = judged(found)
    assert verdicts["transfer.server-is-in-a-vpc"] == {"pass"}
    assert verdicts["transfer.server-refuses-plain-ftp"] == {"unknown"}
    assert verdicts["transfer.server-logs-sessions"] == {"unknown"}


def test_users_of_a_server(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:transfer:eu-west-1:123456789012:"
    user = {"Arn": arn + "user/s-00000000000000000/acme", "UserName": "acme"}
    answers: dict[str, Any] = {
        "ListServers": {"Servers": [{"Arn": arn + "server/s-00000000000000000", "ServerId": "s-00000000000000000"}]},
        "DescribeServer": {"Server": {"Arn": arn + "server/s-00000000000000000", "ServerId": "s-00000000000000000"}},
        "ListUsers": {"ServerId": "s-00000000000000000", "Users": [user]},
        "DescribeUser": {"ServerId": "s-00000000000000000", "User": {**user, "HomeDirectoryType": "PATH"}},
    }
    types = ("AWS::Transfer::Server", "AWS::Transfer::User")
    found = answered("transfer", answers, *types)
    assert found.one("AWS::Transfer::User").properties["ServerId"] == "s-00000000000000000"
    assert judged(found)["transfer.user-is-kept-in-its-directory"] == {"fail"}
    answers["DescribeUser"] = "AccessDeniedException"
    assert judged(answered("transfer", answers, *types))["transfer.user-is-kept-in-its-directory"] == {"unknown"}
