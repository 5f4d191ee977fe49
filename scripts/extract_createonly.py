"""Write `library/schema/_createonly.json`: the properties of each type that cannot change without a replacement.

Run it with cfn-lint installed (a development dependency), beside `scripts/extract_schema.py`, whose source it reads:
`python scripts/extract_createonly.py`. One line a type, paths as there.
"""

from __future__ import annotations

import json
from typing import Any

from extract_schema import REGION, TARGET, Compact, schemas_folder, write


def main() -> None:
    """Extract every type that has any."""
    source = schemas_folder()
    index = json.loads((source / "providers" / f"{REGION}.json").read_text("utf-8"))
    schemas = (json.loads((source / "resources" / f"{key}.json").read_text("utf-8")) for key in index.values())
    entries = create_only(schemas)
    write(TARGET / "_createonly.json", entries)
    print(f"{len(entries)} types")


def create_only(schemas: Any) -> dict[str, list[str]]:
    """The paths by type, without what only AWS sets."""
    found = {}
    for schema in schemas:
        compact = Compact(schema)
        paths = set(compact.paths("createOnlyProperties")) - set(compact.paths("readOnlyProperties"))
        if paths and schema["typeName"].startswith("AWS::"):
            found[schema["typeName"]] = sorted(paths)
    return found


if __name__ == "__main__":
    main()
