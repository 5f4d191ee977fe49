"""`scripts/check_layout.py` finds each kind of departure, and finds none in this repository."""

from pathlib import Path

import pytest

from scripts import check_layout

ROOT = Path(__file__).resolve().parent.parent
RULES = {"without_test": {}, "without_source": {}, "whole": {}}


def mistakes(root: Path, **changes: object) -> list[str]:
    return check_layout.check(root, check_layout.Layout(**{**RULES, **changes}))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree without a mistake."""
    for path in ("src/bastide/__init__.py", "src/bastide/x/__init__.py", "tests/conftest.py"):
        write(tmp_path, path, '"""Nothing to test."""\n')
    for path in ("src/bastide/a.py", "src/bastide/x/y.py", "tests/test_a.py", "tests/x/test_y.py"):
        write(tmp_path, path)
    write(tmp_path, "scripts/untested.py")
    return tmp_path


def write(root: Path, path: str, text: str = "def f(): ...\n") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_this_repository() -> None:
    assert check_layout.check(ROOT) == []


def test_no_mistake(tree: Path) -> None:
    assert mistakes(tree) == []


def test_source_without_test(tree: Path) -> None:
    (tree / "tests/x/test_y.py").unlink()
    assert mistakes(tree) == ["src/bastide/x/y.py: has no test; tests/x/test_y.py is where it belongs"]


def test_package_with_code_needs_a_test(tree: Path) -> None:
    write(tree, "src/bastide/x/__init__.py")
    assert mistakes(tree) == ["src/bastide/x/__init__.py: has no test; tests/x/test_init.py is where it belongs"]


def test_test_without_source(tree: Path) -> None:
    write(tree, "tests/x/test_z.py")
    write(tree, "tests/scripts/test_untested.py")
    (found,) = mistakes(tree)
    assert found.startswith("tests/x/test_z.py: tests no source file")


def test_excuses(tree: Path) -> None:
    (tree / "tests/x/test_y.py").unlink()
    write(tree, "tests/test_other.py")
    write(tree, "tests/golden/test_pairs.py")
    excused = mistakes(
        tree,
        without_test={"src/bastide/x/y.py": "why"},
        without_source={"tests/test_other.py": "why"},
        whole={"tests/golden": "why"},
    )
    assert excused == []


def test_stale_excuses(tree: Path) -> None:
    found = mistakes(
        tree,
        without_test={"src/bastide/a.py": "why", "src/bastide/gone.py": "why"},
        without_source={"tests/test_gone.py": "why"},
        whole={"tests/gone": "why"},
    )
    assert found == [
        "src/bastide/a.py: excused from having a test, but has one; remove the excuse",
        "src/bastide/gone.py: excused from having a test, but is not there; remove the excuse",
        "tests/test_gone.py: excused from having a source, but is not there; remove the excuse",
        "tests/gone: excused as a whole folder, but is not there; remove the excuse",
    ]


def test_long_file(tree: Path) -> None:
    write(tree, "scripts/untested.py", "x = 1\n" * 11)
    assert mistakes(tree, longest=10) == ["scripts/untested.py: has 11 lines, more than 10; divide it"]
    assert mistakes(tree, longest=11) == []


def test_caches_are_not_ours(tree: Path) -> None:
    write(tree, "scripts/.cache/venv/long.py", "x = 1\n" * 1000)
    assert mistakes(tree) == []
