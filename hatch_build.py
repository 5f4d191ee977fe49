"""Puts what the library compiles to into the wheel, so that the first scan does not have to compile it."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledLibrary(BuildHookInterface):  # type: ignore[misc, type-arg]
    """For wheels only: where the files can change, they are compiled when they have."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a cache of its own, and have the wheel include it (`bastide.cache.compiled`)."""
        if version == "editable":
            return
        self._cache = tempfile.TemporaryDirectory(prefix="bastide-library-")
        os.environ["XDG_CACHE_HOME"] = self._cache.name
        sys.path.insert(0, str(Path(self.root, "src")))
        from bastide.controls.frameworks import frameworks_compiled
        from bastide.controls.library import load_library
        from bastide.detect.compiled import compiled_rules
        from bastide.lake.source import sources
        from bastide.objectives.catalogue import load_objectives
        from bastide.objectives.responsibilities import load_matrix
        from bastide.objectives.wellarchitected import load_practices
        from bastide.sources.aws.collectors import load_collectors
        from bastide.sources.terraform.mapping import entries
        from bastide.threats.bearing import rules
        from bastide.threats.model.rules import load_rules
        from bastide.threats.templates import library_templates

        load_library()
        frameworks_compiled()
        entries()
        load_collectors()
        load_objectives()
        load_rules()
        rules()
        library_templates()
        load_practices()
        load_matrix()
        compiled_rules()
        sources()
        for file in Path(self._cache.name, "bastide").iterdir():
            name = file.name.rpartition("-")[0]
            build_data["force_include"][str(file)] = f"bastide/library/compiled/{name}.json"

    def finalize(self, _: str, __: dict[str, Any], ___: str) -> None:
        """Take the cache away."""
        if hasattr(self, "_cache"):
            self._cache.cleanup()
