"""What OSCAL documents are made of: identifiers that stay, metadata, and texts as the format wants them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from bastide import __version__
from bastide.redact import clean

if TYPE_CHECKING:
    from bastide.workload.manifest import Manifest

VERSION = "1.1.3"
"""The version of OSCAL that documents say they follow."""
NAMESPACE = uuid.UUID("6f0c2f3e-5d1b-5c52-9a42-0f6b8d1f7a10")
OWN = "urn:bastide:oscal"
"""The namespace of properties that OSCAL does not define."""


def identity(*parts: str) -> str:
    """A UUID (version 5) that is always the same for the same parts."""
    return str(uuid.uuid5(NAMESPACE, "\0".join(parts)))


def text(value: str, limit: int = 400) -> str:
    """A line as OSCAL wants it: not empty, no space at its ends."""
    return clean(value, limit).strip() or "-"


def prop(name: str, value: str) -> dict[str, str]:
    """A property in bastide's own namespace."""
    return {"name": name, "ns": OWN, "value": text(value)}


def metadata(title: str, manifest: Manifest, at: str) -> dict[str, Any]:
    """Who, what and when; `at` is the time of the scan that the document tells of."""
    found: dict[str, Any] = {
        "title": text(title),
        "last-modified": at,
        "version": at,
        "oscal-version": VERSION,
        "props": [prop("made-by", f"bastide {__version__}")],
    }
    if manifest.owner:
        party = identity("party", manifest.name, manifest.owner)
        found["roles"] = [{"id": "owner", "title": "Owner"}]
        found["parties"] = [{"uuid": party, "type": "organization", "name": text(manifest.owner)}]
        found["responsible-parties"] = [{"role-id": "owner", "party-uuids": [party]}]
    return found
