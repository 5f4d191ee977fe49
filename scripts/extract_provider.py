"""Write the attributes of the mapped provider types, against which the tests check the mapping tables.

The source is the npm package `@cdktf/provider-aws`, generated from the provider's own schema:
`npm pack @cdktf/provider-aws`, unpack it, then `python scripts/extract_provider.py FOLDER`. Names are all that
is taken: `{"aws_s3_bucket": {"bucket": {}, "versioning": {"enabled": {}}}}`, blocks to a depth of `DEPTH`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "tests" / "sources" / "terraform" / "provider_attributes.json"
DEPTH = 5
ATTRIBUTE = re.compile(r'^\s+"?([a-z0-9_]+)"?: \{\n\s+value: (.*),\n\s+isBlock:', re.MULTILINE)
BLOCK = re.compile(r"^function (\w+)ToHclTerraform\(.*?\n\}", re.MULTILINE | re.DOTALL)
CALLED = re.compile(r"(?<![.\w])(\w+)ToHclTerraform")
RESOURCE = re.compile(r"terraformResourceType: '(aws_\w+)'")


def main() -> None:
    """Read every class of the package, keep what is mapped."""
    from bastide.sources.terraform.mapping import mapped_types

    if len(sys.argv) != 2:
        raise SystemExit("name the folder that the package was unpacked into")
    wanted = set(mapped_types())
    found: dict[str, Any] = {}
    for folder in sorted(Path(sys.argv[1]).rglob("lib/*/")):
        if not folder.name.startswith("data-aws"):
            found |= {name: tree for name, tree in attributes_of(folder).items() if name in wanted}
    lines = [f"{json.dumps(name)}:{json.dumps(found[name], separators=(',', ':'))}" for name in sorted(found)]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{len(found)} types of {len(wanted)} that are mapped")


def attributes_of(folder: Path) -> dict[str, Any]:
    """The provider type of one folder of the package, with its attributes; empty if it has none."""
    text = "\n".join(path.read_text("utf-8").split("//# sourceMap")[0] for path in sorted(folder.glob("index*.js")))
    name = RESOURCE.search(text)
    if name is None:
        return {}
    blocks = {match.group(1): match.group(0) for match in BLOCK.finditer(text)}
    return {name.group(1): members(text[text.find("synthesizeHclAttributes()") :], blocks, 0)}


def members(text: str, blocks: dict[str, str], depth: int) -> dict[str, Any]:
    """The attributes that a piece of the generated code writes, those of blocks inside."""
    found: dict[str, Any] = {}
    for name, value in ATTRIBUTE.findall(text):
        inside = next((called for called in CALLED.findall(value) if called in blocks), None)
        found[name] = members(blocks[inside], blocks, depth + 1) if inside and depth < DEPTH else {}
    return found


if __name__ == "__main__":
    main()
