"""Says where the tree departs from its layout; prints nothing and exits 0 when it does not.

Tests mirror the source: `src/bastide/x/y.py` has `tests/x/test_y.py`, `scripts/y.py` has `tests/scripts/test_y.py`,
and a test without a source is a mistake. No source file has more than `LONGEST` lines. Exceptions stand below with
their reasons, and one that is no longer needed is a mistake, too.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 400

ROOTS = {"src/bastide": "tests", "scripts": "tests/scripts", "benchmarks": "tests/benchmarks"}
"""Folders with source, and where their tests are. Only the first must have a test for each file."""

WITHOUT_TEST = {
    "src/bastide/state/migrations/env.py": "Alembic runs it; tests/state/test_database.py makes every state by it",
    "src/bastide/state/migrations/versions/0001_first.py": "tests/state/test_database.py compares it with the tables",
}
"""Source files that need no test file of their own, and why."""

WITHOUT_SOURCE = {
    "tests/sources/cloudformation/test_fuzz.py": "hostile bytes through the whole loader, which is many files",
    "tests/sources/aws/test_faults.py": "whole scans through a proxy that injects faults, and kill -9",
    "tests/test_organization.py": "the loop over an emulated organization: commands, one after the other",
    "tests/test_docs.py": "tests docs: commands, output, queries and links of the pages for users",
    "tests/test_example_workload.py": "tests examples/workload: what its README says is what a scan finds",
    "tests/test_layout.py": "tests scripts/check_layout.py on trees of its own and on this one",
    "tests/test_repository.py": "tests what lies around the code: pipelines, hooks, Makefile, example workload",
}
"""Tests of something that is no single source file, and of what."""

WHOLE = {
    "tests/conformance": "the program as a whole, from outside: hostile input, secrets, other tools' formats",
    "tests/golden": "pairs of one thing in Terraform and in CloudFormation, through everything",
    "tests/sources/aws/groups": "collectors are data: one file of tests for each file of them",
    "tests/library": "what `library` holds is data: its shape, its completeness, its examples",
}
"""Folders of tests that mirror nothing, and why."""


@dataclass(frozen=True)
class Layout:
    """The rules; a test gives its own."""

    roots: dict[str, str] = field(default_factory=lambda: ROOTS)
    without_test: dict[str, str] = field(default_factory=lambda: WITHOUT_TEST)
    without_source: dict[str, str] = field(default_factory=lambda: WITHOUT_SOURCE)
    whole: dict[str, str] = field(default_factory=lambda: WHOLE)
    longest: int = LONGEST


def check(root: Path, layout: Layout | None = None) -> list[str]:
    """One sentence a mistake, each with its path first; empty when the tree is as it should be."""
    layout = layout or Layout()
    return [
        *_untested(root, layout),
        *_orphans(root, layout),
        *_long(root, layout),
        *_stale(root, layout),
    ]


def _untested(root: Path, layout: Layout) -> list[str]:
    source_root, test_root = next(iter(layout.roots.items()))
    wanted = {path: _test_of(path, source_root, test_root) for path in _modules(root, source_root)}
    return [
        f"{path}: has no test; {test} is where it belongs"
        for path, test in wanted.items()
        if path not in layout.without_test and not (root / test).is_file()
    ]


def _orphans(root: Path, layout: Layout) -> list[str]:
    sources = {
        _test_of(path, source_root, test_root)
        for source_root, test_root in layout.roots.items()
        for path in _modules(root, source_root)
    }
    return [
        f"{path}: tests no source file; move it, or say in scripts/check_layout.py what it tests"
        for path in _tests(root, layout)
        if path not in sources and path not in layout.without_source
    ]


def _long(root: Path, layout: Layout) -> list[str]:
    lengths = {path: len((root / path).read_text("utf-8").splitlines()) for path in _python(root, *layout.roots)}
    return [
        f"{path}: has {length} lines, more than {layout.longest}; divide it"
        for path, length in lengths.items()
        if length > layout.longest
    ]


def _stale(root: Path, layout: Layout) -> list[str]:
    source_root, test_root = next(iter(layout.roots.items()))
    mistakes = []
    for path in layout.without_test:
        if not (root / path).is_file():
            mistakes.append(f"{path}: excused from having a test, but is not there; remove the excuse")
        elif (root / _test_of(path, source_root, test_root)).is_file():
            mistakes.append(f"{path}: excused from having a test, but has one; remove the excuse")
    mistakes += [
        f"{path}: excused from having a source, but is not there; remove the excuse"
        for path in layout.without_source
        if not (root / path).is_file()
    ]
    mistakes += [
        f"{path}: excused as a whole folder, but is not there; remove the excuse"
        for path in layout.whole
        if not (root / path).is_dir()
    ]
    return mistakes


def _modules(root: Path, source_root: str) -> list[str]:
    """Python files with something to test: no empty or purely descriptive `__init__.py`."""
    return [
        path
        for path in _python(root, source_root)
        if not path.endswith("/__init__.py") or _has_code((root / path).read_text("utf-8"))
    ]


def _has_code(text: str) -> bool:
    return any(line.startswith(("def ", "class ", "async def ")) for line in text.splitlines())


def _tests(root: Path, layout: Layout) -> list[str]:
    whole = tuple(f"{folder}/" for folder in layout.whole)
    return [
        path
        for path in _python(root, "tests")
        if path.rsplit("/", 1)[-1].startswith("test_") and not path.startswith(whole)
    ]


def _python(root: Path, *folders: str) -> list[str]:
    """Paths of the Python files in these folders; what lies in a hidden folder is a cache, not ours."""
    found = [path.relative_to(root).as_posix() for folder in folders for path in (root / folder).rglob("*.py")]
    return sorted(path for path in found if "/." not in path)


def _test_of(path: str, source_root: str, test_root: str) -> str:
    """`src/bastide/x/y.py` as `tests/x/test_y.py`; a package is tested as `tests/x/test_init.py`."""
    folder, _, name = path.removeprefix(f"{source_root}/").rpartition("/")
    parts = [test_root, folder, f"test_{name.replace('__', '')}"]
    return "/".join(part for part in parts if part)


def main() -> int:
    """Print the mistakes; 1 when there is one."""
    mistakes = check(Path(__file__).resolve().parent.parent)
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
