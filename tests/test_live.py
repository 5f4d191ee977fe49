"""`bastide scan aws` as a whole: what live accounts are judged by, and what is said of what they did not tell."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bastide.controls.library import load_library
from bastide.errors import UsageError
from bastide.live import reads_of, scan_live, scope_of
from bastide.report import render
from bastide.scan import ScanResult
from bastide.settings import load_settings
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.client import Edge, _without_account
from bastide.sources.aws.errors import outcome_of
from tests.sources.aws import conftest as fixtures

moto_url, credentials, aws = fixtures.moto_url, fixtures.credentials, fixtures.aws

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open-bucket/*"}
BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Operations that are refused, and with which code; whoever waits for another try waits for nothing."""
    codes: dict[str, str] = {}
    true = Edge.raw

    def raw(edge: Edge, keys: Any, account: str, request: Request) -> tuple[Any, Answer]:
        if code := codes.get(request.operation):
            return None, Answer(outcome_of(code, request.absent, request.not_offered), code=code)
        return true(edge, keys, account, request)

    monkeypatch.setattr(Edge, "raw", raw)
    return codes


@pytest.fixture
def scanned(
    aws: Callable[..., Any], denied: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ScanResult]:
    """An account with a good bucket and an open one, and a way to scan it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    s3 = aws("s3")
    for name in ("good-bucket", "open-bucket"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_public_access_block(Bucket="good-bucket", PublicAccessBlockConfiguration=BLOCKED)
    s3.put_bucket_policy(Bucket="open-bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [OPEN]}))

    def scan(*only: str, **settings: Any) -> ScanResult:
        given = {"only": list(only), "regions": ["eu-west-1"], "services": ["s3"], **settings}
        return scan_live(load_settings(given, environment={}).scan, (), lambda *_: None)

    return scan


def statuses(result: ScanResult, control: str) -> dict[str, str]:
    """Status by address."""
    found = [verdict for verdict in result.report.verdicts if verdict.control.id == control]
    return {verdict.resource.address: verdict.status for verdict in found}


def test_what_calls_leave_behind_is_collected_while_an_account_is_read(
    scanned: Callable[..., ScanResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    true = Edge.raw

    def raw(edge: Edge, keys: Any, account: str, request: Request) -> tuple[Any, Answer]:
        for _ in range(150):
            found = true(edge, keys, account, request)
        left.append(sum(type(one).__name__.endswith("Parser") for one in gc.get_objects()))
        return found

    monkeypatch.setattr(Edge, "raw", raw)
    monkeypatch.setattr("bastide.sources.apart.may_be_apart", lambda: False)
    gc.disable()
    try:
        scanned("s3.bucket-keeps-versions")
        assert left
        assert max(left) < 1000
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_controls_of_code_judge_the_account(scanned: Callable[..., ScanResult]) -> None:
    result = scanned("s3.*")
    blocks = statuses(result, "s3.bucket-blocks-public-access")
    assert blocks == {"arn:aws:s3:::good-bucket": "pass", "arn:aws:s3:::open-bucket": "fail"}
    assert statuses(result, "s3.bucket-policy-is-not-open") == {"arn:aws:s3:::open-bucket/policy": "fail"}
    coverage = result.report.coverage
    assert coverage.units == {"aws": 1}
    assert not coverage.incomplete
    ledger = {(row["operation"], row["outcome"]) for row in coverage.ledger}
    assert ("ListBuckets", "read") in ledger
    assert ("GetPublicAccessBlock", "absent") in ledger


def test_a_denied_call_makes_unknown_what_reads_it_and_says_how_to_close_the_gap(
    scanned: Callable[..., ScanResult], denied: dict[str, str]
) -> None:
    denied["GetPublicAccessBlock"] = "AccessDenied"
    result = scanned("s3.bucket-blocks-public-access", "s3.bucket-keeps-versions")
    assert set(statuses(result, "s3.bucket-blocks-public-access").values()) == {"unknown"}
    verdict = next(v for v in result.report.verdicts if v.status == "unknown")
    assert "grant s3:GetBucketPublicAccessBlock" in " ".join(item.note for item in verdict.evidence)
    for name in ("terminal", "json", "markdown", "html"):
        if name != "terminal":
            assert "s3:GetBucketPublicAccessBlock" in render(name, result.report)
    rows = json.loads(render("json", result.report))["coverage"]["ledger"]
    assert [row["remedy"] for row in rows if row["outcome"] == "denied"] == [
        "grant s3:GetBucketPublicAccessBlock",
        "grant s3:GetAccountPublicAccessBlock",
    ]
    assert "AWS::S3::AccountPublicAccessBlock compensates" in " ".join(item.property for item in verdict.evidence)


def test_a_list_that_is_denied_makes_the_scan_incomplete(
    scanned: Callable[..., ScanResult], denied: dict[str, str]
) -> None:
    denied["ListBuckets"] = "AccessDenied"
    result = scanned("s3.*")
    assert result.report.coverage.incomplete
    (problem,) = {p.message for p in result.report.coverage.problems if p.message.startswith("AWS::S3::Bucket:")}
    assert "grant s3:ListAllMyBuckets" in problem
    assert statuses(result, "s3.bucket-blocks-public-access") == {}


def test_what_hangs_on_something_that_was_not_read_is_unknown(
    aws: Callable[..., Any], scanned: Callable[..., ScanResult]
) -> None:
    aws("logs").create_log_group(logGroupName="trail")
    told = scanned("type=AWS::Logs::LogGroup", services=["logs"])
    unknown = {v.control.id: v for v in told.report.verdicts if v.status == "unknown"}
    assert unknown
    notes = " ".join(item.note for v in unknown.values() for item in v.evidence)
    assert "AWS::CloudTrail::Trail was not read" in notes
    whole = scanned("type=AWS::Logs::LogGroup", services=["logs", "cloudtrail"])
    assert not [v for v in whole.report.verdicts if v.status == "unknown"]


def test_secrets_are_nowhere_on_disk(
    aws: Callable[..., Any], scanned: Callable[..., ScanResult], tmp_path: Path
) -> None:
    secret = "hunter2hunter2hunter2"
    aws("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, UserData=f"export DB_PASSWORD={secret}\n")
    result = scanned("ec2.instance-user-data-has-no-secrets", services=["ec2"])
    assert [verdict.status for verdict in result.report.verdicts] == ["fail"]
    kept = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert any(path.suffix == ".msgpack" for path in kept)
    for path in kept:
        assert secret.encode() not in path.read_bytes()
    assert secret not in render("json", result.report)


def test_paths_narrow_what_is_judged(scanned: Callable[..., ScanResult]) -> None:
    result = scanned("s3.*", "path=aws:*/eu-central-1")
    assert result.report.verdicts == []
    assert result.report.coverage.left_out > 0


def test_exemptions_and_notes(scanned: Callable[..., ScanResult], tmp_path: Path) -> None:
    entry = "{control: s3.*, resource: 'arn:*:open-bucket*', until: '2099-01-01', by: me, reason: it is}"
    (tmp_path / "bastide.yaml").write_text(f"exemptions:\n- {entry}\n")
    settings = load_settings({"only": ["s3.bucket-blocks-public-access"], "regions": ["eu-west-1"], "services": ["s3"]})
    result = scan_live(settings.scan, settings.exemptions, lambda *_: None, settings.path)
    assert statuses(result, "s3.bucket-blocks-public-access")["arn:aws:s3:::open-bucket"] == "exempt"
    assert (tmp_path / ".bastide" / "aws").is_dir()


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"services": ["s4"]}, "--services: `s4`"), ({"regions": ["x"]}, "no region"), ({"org": True}, "--role")],
)
def test_wrong_use(scanned: Callable[..., ScanResult], settings: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        scanned("s3.*", **settings)


def test_lists_take_commas() -> None:
    scope = scope_of({"regions": ["eu-west-1,eu-west-2", "us-east-1"], "accounts": ["111111111111"], "role": "R"})
    assert scope.regions == ("eu-west-1", "eu-west-2", "us-east-1")
    assert scope.accounts == ("111111111111",)


def test_what_controls_read() -> None:
    reads = reads_of(load_library().compiled)
    assert "PublicAccessBlockConfiguration.BlockPublicAcls" in reads["AWS::S3::Bucket"]
    assert "Bucket" in reads["AWS::S3::BucketPolicy"]  # by which a bucket's policy is found
    assert "PolicyDocument" in reads["AWS::S3::BucketPolicy"]  # whose statements are read
    assert "S3BucketName" in reads["AWS::CloudTrail::Trail"]
    assert all("statements" not in paths for paths in reads.values())
    assert "IgnorePublicAcls" in reads["AWS::S3::AccountPublicAccessBlock"]  # a layer that compensates
    assert {"TargetIds", "Content", "Type"} <= reads["AWS::Organizations::Policy"]


def test_the_block_of_the_account_compensates_and_is_told(
    scanned: Callable[..., ScanResult], aws: Callable[..., Any]
) -> None:
    control = "s3.bucket-blocks-public-access"
    assert "fail" in statuses(scanned(control), control).values()
    account = aws("sts").get_caller_identity()["Account"]
    s3control = aws("s3control")
    s3control.meta.events.register_first("before-sign", _without_account)
    s3control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=BLOCKED)
    result = scanned(control)
    assert set(statuses(result, control).values()) == {"pass"}
    assert result.report.compensated == {"AWS::S3::AccountPublicAccessBlock": 1}
    (layer,) = [verdict.compensated for verdict in result.report.verdicts if verdict.compensated]
    assert layer.address == f"arn:aws:s3::{account}:account-public-access-block"
