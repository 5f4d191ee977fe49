"""What the tests of the Terraform source share: configurations written to a folder and evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bastide.sources.terraform import provider_resources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bastide.resources.model import Problem
    from bastide.sources.terraform.provider import ProviderResource


@dataclass
class Evaluated:
    """Resources by address, problems, and the files that were read."""

    resources: dict[str, ProviderResource]
    problems: list[Problem]
    files: list[str]

    def of(self, address: str) -> dict[str, Any]:
        """The attributes of one resource."""
        return self.resources[address].attributes

    def told(self) -> list[str]:
        """The problems as `kind path:line message`."""
        return [f"{one.kind} {one.path}:{one.line} {one.message}" for one in self.problems]


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Evaluated]:
    """Evaluates files (`main.tf` alone when a text is given); the working directory is the root module's."""
    monkeypatch.chdir(tmp_path)

    def evaluated(files: str | dict[str, str], folder: str = ".", **options: Any) -> Evaluated:
        for name, text in ({"main.tf": files} if isinstance(files, str) else files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        resources, problems, read = provider_resources(folder, **options)
        return Evaluated({one.address: one for one in resources}, problems, read)

    return evaluated


@pytest.fixture
def value(configuration: Callable[..., Evaluated]) -> Callable[..., Any]:
    """The value of one expression, after declarations that it may use; None when it is null."""

    def of(expression: str, declarations: str = "") -> Any:
        found = configuration(f'{declarations}\nresource "aws_a" "a" {{\n  v = {expression}\n}}\n')
        assert not [one for one in found.problems if one.kind == "unreadable"], found.told()
        return found.of("aws_a.a").get("v")

    return of
