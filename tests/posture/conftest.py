"""A workload of its own, in a git repository, with all that is known of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bastide.posture.whole import Whole, open_whole

MANIFEST = """\
workload:
  name: shop
  owner: Ada
  contacts:
    - {role: security, name: Ada, email: ada@example.com}
  environments:
    - {name: production, accounts: ["111122223333"], regions: [eu-west-1]}
  stores:
    - {resource: aws_s3_bucket.orders, class: confidential}
"""
MAIN = """\
resource "aws_s3_bucket" "orders" {
  bucket = "orders-of-the-shop"
}
resource "aws_security_group" "open" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""


def git(folder: Path, *words: str) -> str:
    """Git, as somebody in particular."""
    command = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository with a manifest and a bucket, all committed."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "bastide.yaml").write_text(MANIFEST)
    (folder / "main.tf").write_text(MAIN)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    return folder


@pytest.fixture
def opened(shop: Path) -> Callable[[], AbstractContextManager[Whole]]:
    """`open_whole` in the shop."""
    return open_whole


@pytest.fixture
def whole(shop: Path) -> Iterator[Whole]:
    """All that is known of the shop, which was scanned."""
    with open_whole() as found:
        yield found
