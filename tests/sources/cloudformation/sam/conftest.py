"""What the tests of the serverless transform share."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from bastide.sources.cloudformation.stacks import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource


@pytest.fixture
def serverless() -> Callable[..., dict[str, Resource]]:
    """The resources that a serverless template makes, by address; `text` is the body of `Resources`."""

    def by_address(text: str, sections: str = "") -> dict[str, Resource]:
        head = f"Transform: AWS::Serverless-2016-10-31\n{textwrap.dedent(sections)}\nResources:\n"
        loaded = load("t.yaml", (head + textwrap.indent(textwrap.dedent(text), "  ")).encode())[0]
        assert loaded.problems == []
        return {resource.address: resource for resource in loaded.resources}

    return by_address
