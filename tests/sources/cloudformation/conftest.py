"""What the tests of the CloudFormation source share: small templates in, resources and values out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from bastide.sources.cloudformation.stacks import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Loaded, Resource


class Result(NamedTuple):
    """What a property `P` became."""

    value: Any
    unresolved: dict[str, str]
    links: list[tuple[str, str, str]]


def _load(text: str, parameters: dict[str, str] | None = None) -> Loaded:
    return load("t.yaml", textwrap.dedent(text).encode(), parameters)[0]


@pytest.fixture
def template() -> Callable[..., Loaded]:
    """What a template gives, whatever its problems."""
    return _load


@pytest.fixture
def resources() -> Callable[..., dict[str, Resource]]:
    """The resources of a template without problems, by address; there are no variants."""

    def by_address(text: str, parameters: dict[str, str] | None = None) -> dict[str, Resource]:
        loaded = _load(text, parameters)
        assert loaded.problems == []
        found = {resource.address: resource for resource in loaded.resources}
        assert len(found) == len(loaded.resources)
        return found

    return by_address


@pytest.fixture
def evaluate() -> Callable[..., Result]:
    """What the property `P: <expression>` of a resource becomes, beside other sections of its template."""

    def result(expression: str, sections: str = "") -> Result:
        head = f"{textwrap.dedent(sections)}\nResources:\n  Other: {{Type: 'AWS::S3::Bucket'}}\n"
        loaded = _load(f"{head}  It: {{Type: 'X::Y::Z', Properties: {{P: {expression}}}}}\n")
        assert loaded.problems == []
        (resource,) = [resource for resource in loaded.resources if resource.address == "It"]
        links = [(link.property, link.target, link.attribute) for link in resource.links]
        return Result(resource.properties.get("P"), resource.unresolved, links)

    return result
