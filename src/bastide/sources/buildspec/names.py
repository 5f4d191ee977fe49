"""Which files may be build specifications, told by their names, and which are, by their beginning."""

from __future__ import annotations

import re

_NAME = re.compile(r"(?:.*[._-])?build-?spec(?:[._-].*)?\.ya?ml", re.IGNORECASE)
_VERSION = re.compile(rb"^version[ \t]*:[ \t]*[\"']?0\.[12]", re.MULTILINE)
_BODY = re.compile(rb"^(?:phases|batch)[ \t]*:", re.MULTILINE)


def may_be_buildspec(name: str) -> bool:
    """Whether a file of this name may be one: `buildspec.yml`, `buildspec-deploy.yaml`, `api.buildspec.yml`."""
    return "build" in name.lower() and _NAME.fullmatch(name) is not None


def looks_like_buildspec(head: bytes) -> bool:
    """Whether a file that begins with this has the version and the phases of a build specification."""
    return _VERSION.search(head) is not None and _BODY.search(head) is not None
