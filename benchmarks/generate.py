"""Write realistic input for the bench: `python benchmarks/generate.py OUT --kind monorepo --count 100`.

The same kind, count and seed give the same bytes. OUT must not exist yet or be empty.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from corpus import stacks, templates

COUNTS = {"module": 1, "monorepo": 100, "templates": 300}
"""What is measured, and in how many root modules or templates."""
DEFAULTS = {**COUNTS, "cdk": 30}
"""What each kind is made in when nobody says how many: root modules, templates or stacks."""


def generate(out: Path, kind: str, count: int, seed: int) -> None:
    """Fill the folder; a `count` of a module beyond 1 makes as many, each in a folder of its own."""
    if kind == "monorepo":
        stacks.write_monorepo(out, count, seed)
    elif kind == "templates":
        templates.write_templates(out, count, seed)
    elif kind == "cdk":
        templates.write_assembly(out / "cdk.out", count, seed)
    elif count == 1:
        stacks.write_module(out, seed)
    else:
        for number in range(count):
            stacks.write_module(out / f"module-{number:03}", seed + number)


def main() -> int:
    """Parse, generate, say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kind", choices=list(DEFAULTS), required=True)
    parser.add_argument("--count", type=int, help="root modules, templates or stacks")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.out.exists() and any(arguments.out.iterdir()):
        parser.error(f"{arguments.out} is not empty")
    generate(arguments.out, arguments.kind, arguments.count or DEFAULTS[arguments.kind], arguments.seed)
    files = [path for path in arguments.out.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {size / 1000:,.0f} kB in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
