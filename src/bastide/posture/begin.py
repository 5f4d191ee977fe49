"""The manifest that `bastide init` proposes: what the repository, its last scan and the account tell, made valid."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bastide.posture.draft import Data, added, fresh, sections
from bastide.posture.repository import Contact, Seen, Stage, look
from bastide.posture.whole import scan_first
from bastide.settings import load_settings
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.posture.account import OfAccount

    Told = Callable[[str, int, int], None]


def proposed(file: Path, before: str | None, *, account: bool = False, profile: str = "", told: Told) -> str:
    """The text of the manifest: new, or `before` with what it has not.

    Raises `UsageError` for a manifest that has mistakes, and when the account cannot be asked.
    """
    written = _checked(str(file)) if before is not None else None
    told("looking at the repository", 0, 0)
    seen = look(Path.cwd())
    manifest = written or Manifest(seen.name.value)
    if account:
        from bastide.posture.account import ask_account

        told("asking the account", 0, 0)
        with_account(seen, ask_account(profile))
    scan_first(manifest, told)
    with Known(manifest) as known:
        found = sections(seen, stores_of(known, manifest), tag_of(known))
    after = fresh(found) if before is None else added(before, found, str(file))
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, file.name)
        draft.write_text(after, "utf-8", newline="")
        _checked(str(draft))
    return after


def _checked(path: str) -> Manifest:
    """The manifest of a file that is good for scans, too."""
    load_settings({}, path)
    return read_manifest(path)


def with_account(seen: Seen, found: OfAccount) -> None:
    """Put what the account says of itself beside what the code says."""
    account, where = found.account, found.where
    if not any(account in stage.accounts for stage in seen.stages):
        named = next((stage for stage in seen.stages if not stage.accounts), None)
        if named is None:
            named = Stage("production", where)
            seen.stages.append(named)
        named.accounts[account] = where
        seen.accounts.pop(account, None)
        if not named.regions and found.region:
            named.regions[found.region] = where
    name, mail = found.contact
    if mail and not any(one.role == "security" for one in seen.contacts):
        seen.contacts.insert(0, Contact("security", name or "Security", mail, "the security contact of the account"))


_STORES = """
select distinct coalesce(r.address, e.name) as resource, e.class as data_class, e.class_from as said_by,
  e.class_hint, e.name, e.type
from elements e left join resources r on r.id = e.resource
where e.kind = 'store' and e.resource is not null order by resource
"""
_BY = {"hint": "{} suggests it", "flow": "such data flows into it", "default": ""}


def stores_of(known: Known, manifest: Manifest) -> list[Data]:
    """The data stores of the last scan that the manifest says nothing about, with the class that is proposed."""
    from bastide.threats.model import put_model

    put_model(known)
    found = []
    for row in known.select(_STORES):
        if row["said_by"] == "manifest":
            continue
        why = _BY.get(row["said_by"] or "", "").format(row["class_hint"])
        known_class = row["data_class"] if why and row["data_class"] in manifest.scale else ""
        found.append(Data(row["resource"], known_class, f"{row['type']}: {why}", row["said_by"] == "tag"))
    return found


_TAGS = (
    "data-classification",
    "dataclassification",
    "data_classification",
    "dataclass",
    "data-class",
    "classification",
)
_TAG = """
select tag from (
  select unnest(coalesce(
    json_extract_string(properties, '$.Tags[*].Key'), []) || coalesce(json_keys(properties, '$.Tags'), [])) as tag
  from resources) where lower(tag) in ({}) group by tag
"""


def tag_of(known: Known) -> str:
    """The tag that says the class of data here; empty when no resource has one, or when there are several.

    A manifest that names one has all others say nothing.
    """
    rows = known.select(_TAG.format(", ".join(f"'{tag}'" for tag in _TAGS)))
    return str(rows[0]["tag"]) if len(rows) == 1 else ""
