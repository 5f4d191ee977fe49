"""Which files are Dockerfiles, told by their names alone."""

from __future__ import annotations

_NAMES = ("dockerfile", "containerfile")


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name is one: `Dockerfile`, `api.Dockerfile`, `Dockerfile.api`, `Containerfile`.

    What ends like code in another language (`Dockerfile.md`) or is the list of ignored files is none.
    """
    lowered = name.lower()
    if "ockerfile" not in lowered and "ontainerfile" not in lowered:
        return False
    for word in _NAMES:
        if lowered == word or lowered.endswith(f".{word}"):
            return True
        if lowered.startswith(f"{word}."):
            return not lowered.endswith(_OTHERS)
    return False


_OTHERS = (
    *(".dockerignore", ".containerignore", ".md", ".txt", ".rst", ".html", ".py", ".go", ".js", ".ts", ".rb", ".sh"),
    *(".json", ".yml", ".yaml", ".toml", ".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".erb", ".mustache"),
    *(".bak", ".orig", ".swp", ".lock", ".sum", ".sha256", ".sig", ".png", ".svg"),
)
"""Ends of names whose content is not a Dockerfile, or is one only after a program has filled it in."""
