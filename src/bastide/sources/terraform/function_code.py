"""The code of Lambda functions that a configuration packs itself: searched for secrets where it lies."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from bastide.resources.model import Reference
from bastide.sources.code.folder import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.resources.model import Loaded
    from bastide.sources.terraform.provider import ProviderResource

_SOURCES = ("source_dir", "source_file")


def search_code(loaded: Loaded, resources: Sequence[ProviderResource], roots: Sequence[str]) -> None:
    """Writes what is found into the functions whose `filename` is the output of an `archive_file`.

    Only below `roots`, which are real paths. A path is that of the root module's folder, as for Terraform itself.
    """
    archives = {one.address: one for one in resources if one.type == "archive_file"}
    places = {}
    for one in resources:
        filename = one.attributes.get("filename")
        if one.type == "aws_lambda_function" and isinstance(filename, Reference):
            for target, _ in filename.targets:
                if archive := archives.get(target):
                    places[one.address] = next(
                        (text for name in _SOURCES if isinstance(text := archive.attributes.get(name), str)), ""
                    )
    search = Search(lambda real: any(os.path.commonpath((real, root)) == root for root in roots))
    for resource in loaded.resources:
        if place := places.get(resource.address):
            search.attach(resource, posixpath.join(loaded.unit, place))
    search.tell(loaded)
