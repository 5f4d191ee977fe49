from __future__ import annotations

import pytest

from bastide.sources import cloudformation
from bastide.sources.cloudformation.cdk import load_cdk
from bastide.sources.cloudformation.stacks import load


def test_the_functions_are_found_when_they_are_used() -> None:
    assert cloudformation.load is load
    assert cloudformation.load_cdk is load_cdk
    assert set(cloudformation.__all__) == {"HEAD", "load", "load_cdk", "looks_like_template"}


def test_there_is_nothing_else() -> None:
    with pytest.raises(AttributeError, match="loads"):
        _ = cloudformation.loads  # type: ignore[attr-defined]
