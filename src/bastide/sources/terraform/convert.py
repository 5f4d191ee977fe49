"""Provider resources into CloudFormation resources, by the mapping tables in `library/mappings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.resources.model import SourceKind
    from bastide.sources.terraform.provider import Converted, ProviderResource


def convert(resources: Iterable[ProviderResource], unit: str, source: SourceKind) -> Converted:
    """CloudFormation resources of one unit: settled, separate resources folded into their parents.

    Every link's target is the address of a resource in the result. A type that no table maps gives one
    `unmapped` problem with its count. Never raises on any attribute tree.
    """
    raise NotImplementedError
