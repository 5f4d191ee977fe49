"""The commit, as git itself tells it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bastide.commit import checked_out


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    return subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_on_a_branch_detached_packed_and_in_a_worktree(tmp_path: Path) -> None:
    repo, tree = tmp_path / "repo", tmp_path / "tree"
    (repo / "deep").mkdir(parents=True)
    git(repo, "init", "-q", "-b", "main/line")
    assert checked_out(str(repo)) == ""
    git(repo, "commit", "-q", "--allow-empty", "-m", "one")
    first = git(repo, "rev-parse", "HEAD")
    assert checked_out(str(repo)) == checked_out(str(repo / "deep")) == first
    git(repo, "pack-refs", "--all")
    assert checked_out(str(repo)) == first
    git(repo, "worktree", "add", "-q", "-b", "side", str(tree))
    git(tree, "commit", "-q", "--allow-empty", "-m", "two")
    assert checked_out(str(tree)) == git(tree, "rev-parse", "HEAD") != first
    git(repo, "checkout", "-q", "--detach")
    assert checked_out(str(repo)) == first


def test_no_repository_and_one_that_lies(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert checked_out(str(tmp_path)) == ""
    for text in ("ref: ../../../etc/passwd", "no commit", "ref: refs/heads/none", ""):
        (tmp_path / ".git" / "HEAD").write_text(text)
        assert checked_out(str(tmp_path)) == ""
