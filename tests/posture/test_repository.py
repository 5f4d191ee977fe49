"""What a look at a repository finds, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.posture.repository import look
from tests.posture.conftest import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "ticket-shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_name_and_people(repository: Path) -> None:
    write(repository, {
        ".github/CODEOWNERS": "* @org/old\n*.md @org/docs\n*   @org/shop  # all of it\n",
        "SECURITY.md": "# Security\n\nWrite to <security@example.com>.\n",
        "main.tf": "",
    })  # fmt: skip
    git(repository, "remote", "add", "origin", "git@host.example:org/shop-infra.git")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "x")
    seen = look(repository)
    assert (seen.name.value, seen.name.where) == ("shop-infra", "the name of the git remote")
    assert seen.owner is not None
    assert (seen.owner.value, seen.owner.where) == ("@org/shop", ".github/CODEOWNERS:3")
    security, development = seen.contacts
    assert (security.role, security.email, security.where) == ("security", "security@example.com", "SECURITY.md:3")
    assert (development.name, development.email) == ("Ada", "ada@example.com")


def test_a_folder_of_a_repository_has_its_own_name(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://host.example/org/everything")
    (repository / "checkout").mkdir()
    assert look(repository / "checkout").name.value == "checkout"
    assert look(repository).name.value == "everything"


def test_who_commits_owns_where_nobody_is_named(repository: Path) -> None:
    write(repository, {"main.tf": ""})
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "x")
    for n in range(3):
        git(repository, "commit", "-q", "--allow-empty", "-m", str(n), "--author", "robot[bot] <robot@example.com>")
    seen = look(repository)
    assert seen.owner is not None
    assert (seen.owner.value, seen.owner.where) == ("Ada", "who made most commits of the last year, 1 of 1")


def test_nothing_is_there(tmp_path: Path) -> None:
    seen = look(tmp_path)
    assert (seen.name.value, seen.owner, seen.contacts, seen.stages, seen.accounts) == (tmp_path.name, None, [], [], {})


def test_environments_by_path(tmp_path: Path) -> None:
    write(tmp_path, {
        "envs/prod/main.tf": 'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = ["111122223333"]\n}\n',
        "envs/staging.tfvars": 'account_id = "444455556666"\naws_region = "eu-central-1"\n',
        "modules/x/main.tf": 'principals = ["arn:aws:iam::999988887777:root"]\n',
        "product.tf": "",
    })  # fmt: skip
    stages = {one.name: one for one in look(tmp_path).stages}
    assert list(stages) == ["production", "staging"]
    assert stages["production"].accounts == {"111122223333": "envs/prod/main.tf:3"}
    assert stages["production"].regions == {"eu-west-1": "envs/prod/main.tf:2"}
    assert stages["staging"].accounts == {"444455556666": "envs/staging.tfvars:1"}
    assert stages["staging"].regions == {"eu-central-1": "envs/staging.tfvars:2"}


def test_one_environment_where_no_path_tells(tmp_path: Path) -> None:
    write(tmp_path, {
        "main.tf": 'variable "region" {\n  default = "us-gov-west-1"\n}\n',
        ".github/workflows/deploy.yml": "with:\n  role-to-assume: arn:aws:iam::111122223333:role/d\n",
        "node_modules/x/prod.yaml": "account: 999988887777\n",
        ".hidden/prod.yaml": "account: 999988887777\n",
    })  # fmt: skip
    (one,) = look(tmp_path).stages
    assert (one.name, one.where) == ("production", "nothing in the code names an environment")
    assert one.accounts == {"111122223333": ".github/workflows/deploy.yml:2"}
    assert list(one.regions) == ["us-gov-west-1"]


def test_an_account_of_no_environment_is_named_apart(tmp_path: Path) -> None:
    write(tmp_path, {
        "dev.tfvars": 'account = "111122223333"', "prod.tfvars": "x = 1", "main.tf": 'account_id = "444455556666"',
    })  # fmt: skip
    seen = look(tmp_path)
    assert [(one.name, list(one.accounts)) for one in seen.stages] == [
        ("production", []),
        ("development", ["111122223333"]),
    ]
    assert seen.accounts == {"444455556666": "main.tf:1"}


def test_what_is_hostile(tmp_path: Path) -> None:
    (tmp_path / "loop.tf").symlink_to(tmp_path / "loop.tf")
    (tmp_path / "CODEOWNERS").mkdir()
    (tmp_path / "bytes.tf").write_bytes(b'\xff\xfe region = "eu-west-1"')
    (tmp_path / "SECURITY.md").write_text("a" * 10_000 + "@" * 10_000)
    (tmp_path / "long.tf").write_text("allowed_account_ids = [" + "1" * 300_000)
    assert [list(one.regions) for one in look(tmp_path).stages] == [["eu-west-1"]]
