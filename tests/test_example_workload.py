"""The example workload shows what its README says: findings where mistakes were made, unknowns, one exemption."""

import re
import shutil
from pathlib import Path

import pytest

from bastide.controls.verdict import Report, Verdict
from bastide.scan import exit_code, scan
from bastide.settings import load_settings

WORKLOAD = Path(__file__).resolve().parent.parent / "examples" / "workload"
UNTIL = re.compile(r"(until(?:=|: \"))\d{4}-\d\d-\d\d")
BAD = ("critical", "high", "medium")

WRONG = {
    "terraform/storage.tf": ["aws_s3_bucket.posters", "aws_kms_key.newsletter"],
    "terraform/network.tf": ["aws_security_group.jump_host", "aws_instance.jump_host"],
    "terraform/database.tf": [
        "aws_db_instance.reports",
        "aws_dynamodb_table.seats",
        "aws_elasticache_replication_group.baskets",
    ],
    "terraform/messaging.tf": ["aws_sqs_queue.mail", 'aws_sns_topic.news["sales"]'],
    "terraform/shop.tf": [
        "aws_lb.shop",
        "aws_lb_listener.http",
        "aws_ecr_repository.shop",
        "aws_ecs_task_definition.shop",
    ],
    "terraform/edge.tf": ["aws_cloudfront_distribution.shop"],
    "terraform/identity.tf": ["aws_iam_role.shop", "aws_iam_role.deploy"],
    "terraform/logging.tf": ["aws_cloudtrail.this", "aws_cloudwatch_log_group.shop"],
    "app/Dockerfile": ["Dockerfile"],
    ".github/workflows/deploy.yml": ["deploy.yml"],
    "cloudformation/pipeline.yaml": ["Warehouse", "Aggregate", "AggregateRole", "Orders"],
    "cloudformation/checkin-api.yaml": ["Api", "Occupancy", "ScannerAccess"],
}
"""Resources with a mistake, by the file that the README names."""

RIGHT = [
    "aws_kms_key.data",
    "aws_security_group.database",
    "aws_sqs_queue.orders",
    "module.invoices.aws_s3_bucket.this",
    "module.network.aws_flow_log.this",
    "RawEvents",
    "Tickets",
]
"""Resources without one: no control of medium severity or worse fails."""

UNKNOWN = {
    "aws_security_group.jump_host": "var.office_ranges",
    "aws_cloudtrail.this": "var.audit_key_arn",
    "aws_db_instance.orders": "var.protect_orders",
    "Reports": "IsShared",
    "Key": "KeyAdministrator",
    "ScannerAccess": "ScannerNetwork",
}
"""What has no value, and a resource whose judgement waits for it."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    # A copy whose exemptions never end: what the example shows does not depend on the day.
    workload = tmp_path_factory.mktemp("example") / "workload"
    shutil.copytree(WORKLOAD, workload)
    for path in workload.rglob("*"):
        if path.suffix in (".tf", ".yaml"):
            path.write_text(UNTIL.sub(r"\g<1>2999-12-31", path.read_text("utf-8")), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workload)
        settings = load_settings({}, environment={})
        return scan(["."], settings.scan, settings.exemptions).report


def of(report: Report, address: str, *statuses: str) -> list[Verdict]:
    found = [verdict for verdict in report.verdicts if verdict.resource.address == address]
    assert found, f"nothing judges {address}"
    return [verdict for verdict in found if verdict.status in statuses]


@pytest.mark.parametrize(("path", "address"), [(path, address) for path, found in WRONG.items() for address in found])
def test_mistakes_are_found(report: Report, path: str, address: str) -> None:
    failed = of(report, address, "fail")
    assert failed
    assert {verdict.resource.path for verdict in failed} == {path}


@pytest.mark.parametrize("address", RIGHT)
def test_what_is_right_passes(report: Report, address: str) -> None:
    assert [verdict.control.id for verdict in of(report, address, "fail") if verdict.severity in BAD] == []


@pytest.mark.parametrize(("address", "source"), UNKNOWN.items())
def test_missing_values_are_named(report: Report, address: str, source: str) -> None:
    notes = [item.note for verdict in of(report, address, "unknown") for item in verdict.evidence]
    assert any(source in note for note in notes), notes


def test_everything_could_be_read(report: Report) -> None:
    assert [problem for problem in report.coverage.problems if problem.kind in ("unreadable", "partial")] == []
    assert report.broken == {}
    assert report.coverage.units == {"terraform": 1, "cloudformation": 2, "dockerfile": 1, "workflow": 1}


def test_the_remote_module_is_coverage(report: Report) -> None:
    (outside,) = [problem for problem in report.coverage.problems if problem.kind == "external"]
    assert outside.path == "terraform/edge.tf"
    assert "terraform-aws-modules/acm/aws" in outside.message


def test_exemptions_are_needed(report: Report) -> None:
    exempt = [verdict.resource.address for verdict in report.verdicts if verdict.status == "exempt"]
    assert sorted(exempt) == ["Suspects", "aws_lb.shop", "module.site.aws_s3_bucket.this"]
    assert [problem.message for problem in report.coverage.problems if "exemption" in problem.message] == []


def test_findings_over_the_threshold(report: Report) -> None:
    assert report.settings["fail_on"] == "high"
    assert exit_code(report) == 1


def test_readme_names_every_mistake() -> None:
    rows = [row for row in (WORKLOAD / "README.md").read_text("utf-8").splitlines() if row.startswith("| `")]
    for path, addresses in WRONG.items():
        for address in addresses:
            name = address if path.endswith(address) else address.split(".")[-1]
            assert any(f"`{path}`" in row and f"`{name}`" in row for row in rows), f"{path}: {address}"


def test_no_secret_is_real() -> None:
    for path in sorted(WORKLOAD.rglob("*")):
        if path.suffix in (".tf", ".yaml", ".yml") or path.name == "Dockerfile":
            for line in path.read_text("utf-8").splitlines():
                if "not-a-real" not in line:
                    assert not any(word in line for word in ('password = "', "TOKEN: ", '_KEY", value = "', "_KEY=")), (
                        line
                    )
