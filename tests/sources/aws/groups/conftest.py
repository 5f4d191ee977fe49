"""What the library's controls say of collected resources, and of the same things written in Terraform."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.controls.evaluate import Evaluation
from bastide.controls.library import Library, load_library
from bastide.resources.estate import READ
from bastide.resources.model import Resource
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.terraform import load as load_module

UNIT = "aws:123456789012"


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """All controls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
        return load_library([])


@pytest.fixture
def judged(library: Library) -> Callable[..., dict[str, set[str]]]:
    """`judged(found)`: by control, the statuses of what a collection found; or of a list of resources.

    Everything counts as read of the account, in all of its regions, except what the collection says that it was not.
    Controls that ask what only a live account can answer stay out of it.
    """
    evaluation = Evaluation(library.controls, [one for one in library.compiled if not one.live])

    def judge(found: Any, *, region: str = "eu-west-1") -> dict[str, set[str]]:
        resources = list(getattr(found, "resources", found))
        unread = {name: {region: why} for name, why in getattr(found, "unread", {}).items()}
        statuses: dict[str, set[str]] = {}
        for verdict in evaluation.verdicts([*resources, mark(unread, region)]):
            statuses.setdefault(verdict.control.id, set()).add(verdict.status)
        return statuses

    return judge


def mark(unread: dict[str, dict[str, str]], region: str) -> Resource:
    """As the engine leaves it for an account."""
    collectors = load_collectors()
    types = {**dict.fromkeys(collectors.part_of, "global"), **{one.type: one.scope for one in collectors.entries}}
    properties = {"types": types, "unread": unread, "regions": [region], "complete": True}
    return Resource(READ, f"{UNIT}/read", UNIT, "aws", UNIT, 0, 0, properties)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], list[Resource]]:
    """The resources of a Terraform module, given as text."""

    def load(text: str) -> list[Resource]:
        (tmp_path / "main.tf").write_text(text, "utf-8")
        module = load_module(str(tmp_path), [str(tmp_path / "main.tf")])
        assert [problem for problem in module.problems if problem.kind != "note"] == []
        return module.resources

    return load
