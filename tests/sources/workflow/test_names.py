from __future__ import annotations

import pytest

from bastide.sources.workflow.names import is_workflow


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", "a/b/.github/workflows/x.yaml"])
def test_where_workflows_lie(path: str) -> None:
    assert is_workflow(path)


@pytest.mark.parametrize(
    "path",
    [".github/dependabot.yml", ".github/workflows/a/b.yml", ".github/workflows/x.md", "x.github/workflows/a.yml"],
)
def test_where_they_do_not(path: str) -> None:
    assert not is_workflow(path)
