"""Which files are workflows, told by where they lie."""

from __future__ import annotations


def is_workflow(path: str) -> bool:
    """Whether a file lies where GitHub looks for workflows: directly in `.github/workflows`, in YAML."""
    folder, _, name = path.rpartition("/")
    return name.endswith((".yml", ".yaml")) and (folder == ".github/workflows" or folder.endswith("/.github/workflows"))
