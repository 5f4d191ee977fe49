"""Functions over IP networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('cidrsubnet("10.0.0.0/16", 8, 3)', "10.0.3.0/24"),
        ('cidrsubnet("fd00::/48", 16, 1)', "fd00:0:0:1::/64"),
        ('cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]),
        ('cidrhost("10.0.0.0/24", 5)', "10.0.0.5"),
        ('cidrhost("10.0.0.0/24", -2)', "10.0.0.254"),
        ('cidrnetmask("10.0.0.0/20")', "255.255.240.0"),
        ('cidrcontains("10.0.0.0/8", "10.1.0.0/16")', True),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        'cidrsubnet("10.0.0.0/16", 20, 0)',
        'cidrsubnet("10.0.0.0/16", 1, 2)',
        'cidrsubnet("text", 1, 2)',
        'cidrhost("10.0.0.0/24", 500)',
        'cidrsubnets("10.0.0.0/30", 1, 1, 1)',
        'cidrsubnets("10.0.0.0/30", 10)',
    ],
)
def test_refused(value: Callable[..., Any], expression: str) -> None:
    assert isinstance(value(expression), Unresolved)
