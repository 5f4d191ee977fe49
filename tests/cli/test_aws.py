"""`bastide aws policy`, and `bastide scan aws` from outside."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run


def test_the_policy_of_the_chosen_controls(run: Run) -> None:
    done = run("aws", "policy", "--only", "control=ec2.volume-is-encrypted")
    assert done.returncode == 0
    (statement,) = json.loads(done.stdout)["Statement"]
    assert statement["Action"] == ["ec2:DescribeRegions", "ec2:DescribeVolumes", "sts:GetCallerIdentity"]


def test_the_template(run: Run) -> None:
    done = run("aws", "policy", "--format", "stackset", "--services", "kms")
    assert done.returncode == 0
    assert set(json.loads(done.stdout)["Resources"]) == {"Reads1", "Role"}


@pytest.mark.parametrize(
    "arguments",
    [("aws", "policy", "--services", "nothing"), ("aws", "policy", "--only", "nothing"), ("aws",),
     ("scan", ".", "--role", "Audit"), ("scan", "aws", "--regions", "nowhere"), ("scan", "aws", "--org")],
)  # fmt: skip
def test_wrong_use(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_of_that_name_is_a_folder(run: Run) -> None:
    done = run("scan", "./aws")
    assert done.returncode == 2  # there is none
    assert "aws" in done.stderr
