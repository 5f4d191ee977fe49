"""Writes the reference pages in `docs/reference` from what the program declares; `--check` only says what is stale.

The same declarations give the same pages on every machine: nothing depends on time, terminal, locale or Python.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # for who imports this file instead of running it

from reference_pages import coverage, library, loop, markdown, program

from bastide.controls.library import read_controls

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by scripts/reference.py from what the program declares: change that, then run `make docs`. -->"
COVERAGE = "../coverage.md"
"""What a user looks for first stands beside the folder."""


def pages() -> dict[str, str]:
    """Every page by its path below `docs/reference`."""
    controls = sorted(read_controls(), key=lambda control: control.id)
    made = {
        "command-line.md": program.command_line(),
        "settings.md": program.settings(),
        "manifest.md": loop.manifest(),
        "formats.md": program.formats(),
        "report.md": program.report(),
        "tables.md": program.tables(),
        "known.md": loop.known(),
        "limits.md": program.limits(),
        "threats.md": loop.threats(),
        "macros.md": library.macro_page(),
        "terraform.md": library.terraform(controls),
        **library.control_pages(controls),
        **library.framework_pages(controls),
        "crosswalk.md": coverage.crosswalk_page(controls),
        COVERAGE: coverage.coverage(controls),
    }
    made["index.md"] = index(made)
    return {path: f"{MADE}\n\n{text.strip()}\n" for path, text in made.items()}


def index(made: dict[str, str]) -> str:
    """The pages that stand for themselves or for their folder, each with its first paragraph, which counts."""
    rows = []
    for path, text in made.items():
        if "/" not in path or path.endswith("/index.md"):
            title, first = text.split("\n\n")[:2]
            rows.append([f"[{title.removeprefix('# ')}]({path})", first])
    return markdown.page(
        "Reference",
        "Made from the program itself, so it is what the program does.",
        markdown.table(["page", "what is there"], rows),
    )


def stale(folder: Path, made: dict[str, str]) -> list[str]:
    """Paths below the folder, and of pages beside it, that are missing, differ, or should not be there."""
    there = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}
    beside = {path: folder / path for path in made if path.startswith("../")}
    there |= {path: file.read_text("utf-8") for path, file in beside.items() if file.exists()}
    return sorted(path for path in {*there, *made} if there.get(path) != made.get(path))


def write(folder: Path, made: dict[str, str]) -> list[str]:
    """Make the folder what it should be; the paths that changed."""
    changed = stale(folder, made)
    for path in changed:
        target = folder / path
        if path in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(made[path], "utf-8")
        else:
            target.unlink()
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with `--check` say which are stale; 1 when one is."""
    parser = argparse.ArgumentParser(description="Write the reference pages.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when a page is stale")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="default: docs/reference")
    options = parser.parse_args(arguments)
    if not options.check:
        print(f"{len(write(options.folder, pages()))} pages changed")
        return 0
    found = stale(options.folder, pages())
    for path in found:
        print(f"{path} is stale: run scripts/reference.py")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
