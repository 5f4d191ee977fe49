"""Terraform: configurations, evaluated without any provider, and the mapping of what providers call resources.

`load` is imported when it is first used: asking whether a file is Terraform's costs no parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bastide.sources.terraform.source import load, provider_resources

__all__ = ["load", "provider_resources"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from bastide.sources.terraform import source

        return getattr(source, name)
    raise AttributeError(name)
