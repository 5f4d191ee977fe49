"""What actors may do by the last scan, and which data lies where they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.detect.reach import Held, Reach
from bastide.threats.reach import Actor, Reaches, actor_of
from tests.threats.stacks import known_of, live_of, write

ACCOUNT = "111122223333"
MANIFEST = """workload:
  name: shop
  environments: [{name: production, accounts: ["111122223333"]}]
  stores: [{resource: orders, class: restricted}]
"""
BUCKETS = [
    {"type": "AWS::S3::Bucket", "arn": f"arn:aws:s3:::{name}", "properties": {"BucketName": name}}
    for name in ("orders", "site")
]
Load = Callable[..., Reaches]


def identity(actions: list[str], kind: str = "Role", name: str = "web", on: str = "*", **more: Any) -> dict[str, Any]:
    statement = {"property": "Policies[0].PolicyDocument.Statement[0]", "actions": actions, "resources": [on]}
    return {
        "type": f"AWS::IAM::{kind}", "arn": f"arn:aws:iam::{ACCOUNT}:{kind.lower()}/team/{name}",
        "properties": {f"{kind}Name": name, **more}, "statements": [statement] if actions else [],
    }  # fmt: skip


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Reaches over a scan of live accounts with these resources."""
    monkeypatch.chdir(write(tmp_path, {"bastide.yaml": MANIFEST}))

    def load(*rows: dict[str, Any]) -> Reaches:
        monkeypatch.setattr("bastide.workload.known.open_last_scan", lambda: live_of(list(rows))._connection)
        return Reaches()

    return load


def role(name: str = "web", account: str = ACCOUNT) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{name}/i-0a1b2c3d4e5f60718"


@pytest.mark.parametrize(
    ("arn", "actor"),
    [
        (role(), Actor("role", ACCOUNT, "web")),
        (f"arn:aws:iam::{ACCOUNT}:role/team/web", Actor("role", ACCOUNT, "web")),
        (f"arn:aws-us-gov:iam::{ACCOUNT}:user/ann", Actor("user", ACCOUNT, "ann")),
        (f"arn:aws:iam::{ACCOUNT}:root", Actor("root", ACCOUNT)),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/x", None),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role", None),
        (f"arn:aws:s3::{ACCOUNT}:user/ann", None),
        ("ec2.amazonaws.com", None),
        ("", None),
    ],
)
def test_who_an_arn_is(arn: str, actor: Actor | None) -> None:
    assert actor_of(arn) == actor


@pytest.mark.parametrize(
    ("actions", "on", "told"),
    [
        (["*"], "*", {"administrator": True, "changes_iam": True, "writes": ("*",)}),
        (["*:*"], "*", {"administrator": True, "changes_iam": True, "writes": ("*",)}),
        (["*"], "arn:aws:s3:::orders", {"administrator": False, "changes_iam": True, "writes": ("*",)}),
        (["iam:put*"], "*", {"changes_iam": True, "writes": ("iam",)}),
        (["iam:createaccesskey"], "arn:aws:iam::*:user/${aws:username}", {"changes_iam": False, "writes": ("iam",)}),
        (["iam:get*", "iam:list*", "iam:passrole"], "*", {"changes_iam": False, "writes": ("iam",)}),
        (["s3:get*", "ec2:describe*", "kms:decrypt"], "*", {"changes_iam": False, "writes": ()}),
        (["s3:putobject", "sqs:*"], "*", {"writes": ("s3", "sqs")}),
        (["*:delete*"], "*", {"writes": ("*",)}),
    ],
)
def test_broad_strokes(live: Load, actions: list[str], on: str, told: dict[str, Any]) -> None:
    found = live(identity(actions, on=on)).of(role())
    assert {name: getattr(found, name) for name in told} == told
    assert (found.unknown, found.live, found.actions) == ("", True, len(actions))


def test_power_users_are_no_administrators(live: Load) -> None:
    found = live(identity([], ManagedPolicyArns=["arn:aws:iam::aws:policy/PowerUserAccess"])).of(role())
    assert (found.administrator, found.changes_iam, found.writes) == (False, False, ("*",))


def test_data_with_a_class_that_it_may_read(live: Load) -> None:
    found = live(identity(["s3:getobject"]), *BUCKETS).of(role())
    assert found.reads == (Held("orders", "restricted"), Held("site", "public", said=False))
    assert live(identity(["s3:putobject"]), *BUCKETS).of(role()).reads == ()


def test_the_root_user_needs_no_scan() -> None:
    assert Reaches().of(f"arn:aws:iam::{ACCOUNT}:root").administrator


@pytest.mark.parametrize(
    ("arn", "why"),
    [
        (role("other"), "no identity of the last scan is role other"),
        (f"arn:aws:iam::{ACCOUNT}:user/web", "no identity of the last scan is user web"),
        (role(account="999988887777"), "account 999988887777 was not scanned"),
        ("config.amazonaws.com", "the actor is no role and no user"),
    ],
)
def test_what_is_not_known_says_why(live: Load, arn: str, why: str) -> None:
    assert live(identity(["*"])).of(arn) == Reach(unknown=why)


def test_without_a_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = Reaches()
    assert "no scan of this folder is kept" in found.of(role()).unknown
    assert found.touched(["arn:aws:s3:::orders"], [ACCOUNT]) == {}


CODE = """
resource "aws_iam_role" "%s" {
  name               = "web"
  assume_role_policy = "{}"
  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}
resource "aws_ssoadmin_permission_set" "staff" {
  name         = "Staff"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Reaches over a scan of files."""
    monkeypatch.chdir(tmp_path)

    def load(**files: str) -> Reaches:
        manifest = MANIFEST.partition("  stores")[0]
        write(tmp_path, {"bastide.yaml": manifest} | {f"{name}.tf": text for name, text in files.items()})
        monkeypatch.setattr("bastide.workload.known.open_last_scan", lambda: known_of(tmp_path)._connection)
        return Reaches()

    return load


def test_code_is_known_by_name(code: Load) -> None:
    found = code(main=CODE % "one")
    assert (found.of(role()).administrator, found.of(role()).live) == (True, False)
    signed_on = found.of(role("AWSReservedSSO_Staff_0123456789abcdef"))
    assert (signed_on.identity, signed_on.unknown) == ("aws_ssoadmin_permission_set.staff", "")
    other = found.of(role(account="999988887777"))
    assert other.unknown == "account 999988887777 is none of those that the manifest names"


def test_two_of_one_name_are_not_guessed(code: Load) -> None:
    twice = CODE % "one" + (CODE % "two").partition('resource "aws_ssoadmin')[0]
    assert code(main=twice).of(role()).unknown == "2 identities of the last scan are role web"


def test_a_manifest_with_mistakes_hinders_no_alert(code: Load, tmp_path: Path) -> None:
    found = code(main=CODE % "one")
    write(tmp_path, {"bastide.yaml": MANIFEST})
    assert "`orders` matches no store of the last scan" in found.of(role()).unknown


def test_a_policy_that_is_not_known_is_told(live: Load) -> None:
    found = live(identity(["s3:get*"], ManagedPolicyArns=["arn:aws:iam::aws:policy/Rare"])).of(role())
    assert found.vague == ("what Rare allows is in no scan",)


def test_classes_of_what_was_touched(live: Load) -> None:
    found = live(*BUCKETS)
    assert found.touched(["arn:aws:s3:::orders/2026/a.csv", "arn:aws:s3:::site"], [ACCOUNT]) == {"restricted": 1.0}
    assert found.touched(["arn:aws:s3:::orders"], ["999988887777"]) == {}
    assert found.touched(["arn:aws:sqs:eu-west-1:1:orders", "orders", "arn:aws:s3"], [ACCOUNT]) == {}
