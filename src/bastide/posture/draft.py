"""A manifest from what was found: new, or added to one that is there without touching a line of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.errors import UsageError
from bastide.redact import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.posture.repository import Seen

HEAD = """\
# What bastide knows of this workload. `bastide init` wrote it on {day} from what it found here; a line that ends in
# `look` says where it is from: see that it is right. docs/reference/settings.md has every field.
"""
ADDED = "# Added by `bastide init` on {day}: a line that ends in `look` says where it is from: see that it is right."
_PLAIN = re.compile(r"(?:[A-Za-z_/@]|\./)[A-Za-z0-9_/.@ *-]*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


class Data(Struct, frozen=True):
    """A data store: `data_class` is what is proposed and `why`, or empty; `said` is whether it needs no proposal."""

    resource: str
    data_class: str
    why: str
    said: bool


Section = tuple[str, list[str]]
"""A key of `workload`, and its lines without indentation."""


def sections(seen: Seen, stores: Iterable[Data], tag: str = "") -> list[Section]:
    """What can be said of a workload, key by key."""
    found: list[Section] = [("name", [_line("name", seen.name.value, seen.name.where)])]
    if seen.owner:
        found.append(("owner", [_line("owner", seen.owner.value, seen.owner.where)]))
    else:
        found.append(("owner", ["# owner: who answers for it; nothing here says so"]))
    found.append(("description", ["# description: what it does, in a sentence"]))
    found.append(("contacts", list(_contacts(seen))))
    found.append(("environments", list(_environments(seen))))
    found.append(("classification", list(_classification(tag))))
    found.append(("stores", list(_stores(list(stores)))))
    found.append(("requirements", _REQUIREMENTS))
    found.append(("standard", ["standard: baseline  # what `bastide gate` asks for"]))
    found.append(("appetite", ["appetite: medium  # a residual risk over it needs a decision"]))
    return found


_REQUIREMENTS = [
    "# requirements: frameworks that it must meet; `bastide comply` lists them all, as",
    "#   - {framework: pci-dss-4.0, why: we take cards}",
]


def _contacts(seen: Seen) -> Iterator[str]:
    if not any(one.role == "security" for one in seen.contacts):
        listed = "contacts:" if seen.contacts else "# contacts:"
        yield f"{listed}  # one with the role `security` is missing: whom to call at night"
    else:
        yield "contacts:"
    for one in seen.contacts:
        words = ", ".join(f"{key}: {scalar(value)}" for key, value in
                          (("role", one.role), ("name", one.name), ("email", one.email)) if value)  # fmt: skip
        yield f"  - {{{words}}}{_from(one.where)}"


def _environments(seen: Seen) -> Iterator[str]:
    if not seen.stages:
        yield "# environments: where it runs, as"
        yield '#   - {name: production, accounts: ["123456789012"], regions: [eu-west-1]}'
    else:
        yield "environments:"
    for stage in seen.stages:
        yield f"  - name: {scalar(stage.name)}{_from(stage.where)}"
        for key, values in (("accounts", stage.accounts), ("regions", stage.regions)):
            if values:
                places = ", ".join(dict.fromkeys(values.values()))
                yield f"    {key}: [{', '.join(json.dumps(v) if v.isdigit() else v for v in values)}]{_from(places)}"
            elif key == "accounts":
                yield "    # accounts: no account id is named in the code"
    if seen.accounts:
        told = ", ".join(f"{account} ({clean(place, 80)})" for account, place in list(seen.accounts.items())[:5])
        yield f"  # also named in the code, for whatever environment: {told}"


def _classification(tag: str) -> Iterator[str]:
    yield "classification:"
    yield "  scale: [public, internal, confidential, restricted]  # the least sensitive first; your own words are fine"
    if tag:
        yield f"  tag: {scalar(tag)}  # resources here have it: it says the class of their data"
    else:
        yield "  # tag: the tag of a resource that says the class of its data"


def _stores(stores: list[Data]) -> Iterator[str]:
    """Proposals; what nothing is known about as comments to fill in."""
    proposed = [one for one in stores if one.data_class and not one.said]
    open_ones = [one for one in stores if not one.data_class and not one.said]
    if not stores:
        yield "# stores: what data lies where, as"
        yield "#   - {resource: aws_s3_bucket.orders, class: confidential, why: orders and addresses}"
        return
    said = sum(one.said for one in stores)
    about = f"  # {said} more have a class by a tag" if said else ""
    yield f"stores:{about}" if proposed else f"# stores:{about}"
    for one in proposed:
        yield f"  - resource: {scalar(one.resource)}"
        yield f"    class: {one.data_class}{_from(one.why)}"
        yield "    guessed: true  # take this line out when you have looked"
    if open_ones:
        yield "  # of these nothing here says what lies in them:"
        for one in open_ones[:200]:
            yield f"  # - {{resource: {scalar(one.resource)}, class: }}"


def _line(key: str, value: str, where: str) -> str:
    return f"{key}: {scalar(value)}{_from(where)}"


def _from(where: str) -> str:
    return f"  # {clean(where, 160)}; look" if where else ""


def scalar(text: str) -> str:
    """A text as YAML reads it back, on one line."""
    text = clean(text, 300)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip() and not text.startswith("@"):
        return text
    return json.dumps(text, ensure_ascii=False)


def fresh(found: Iterable[Section]) -> str:
    """A whole new file."""
    day = dt.datetime.now(dt.UTC).date().isoformat()
    lines = [f"  {line}" for _, block in found for line in block]
    return HEAD.format(day=day) + "workload:\n" + "\n".join(lines) + "\n"


def added(text: str, found: Iterable[Section], place: str) -> str:
    """The file with the sections that it has not; every line of it stays as it is, in its place.

    A section that would only be a comment is added to a new file alone. `UsageError` where nothing can be added.
    """
    node = _mapping(text, place)
    workload = next((value for key, value in node.value if key.value == "workload"), None) if node else None
    wanted = [(key, block) for key, block in found if any(not line.lstrip().startswith("#") for line in block)]
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    day = dt.datetime.now(dt.UTC).date().isoformat()
    if workload is None:
        block = [ADDED.format(day=day), "workload:", *(f"  {line}" for _, part in wanted for line in part)]
        return "".join([*lines, newline if lines else "", *(line + newline for line in block)])
    there, indent, at = _inside(workload, place, node)
    missing = [(key, block) for key, block in wanted if key not in there]
    if not missing:
        return text
    block = [ADDED.format(day=day), *(line for _, part in missing for line in part)]
    return "".join([*lines[:at], *(" " * indent + line + newline for line in block), *lines[at:]])


def _mapping(text: str, place: str) -> Any:
    import yaml

    from bastide.yamltext import read_yaml

    read_yaml(text, place)  # its limits and its errors
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise UsageError("the file is a mapping with `workload` and others", place=place)
    if node is not None and node.flow_style:
        raise UsageError("nothing can be added to a mapping in braces", place=place, remedy="write it line by line")
    return node


def _inside(workload: Any, place: str, node: Any) -> tuple[set[str], int, int]:
    """The keys of `workload`, their indentation, and the line after which more can stand."""
    import yaml

    if isinstance(workload, yaml.ScalarNode) and not workload.value:
        key = next(key for key, value in node.value if value is workload)
        return set(), 2, max(key.end_mark.line, _last_line(workload)) + 1
    if not isinstance(workload, yaml.MappingNode) or workload.flow_style:
        raise UsageError(
            "nothing can be added to `workload`, which is in braces or no mapping",
            place=f"{place}:{workload.start_mark.line + 1}",
            remedy="write its fields line by line",
        )
    keys = {key.value for key, _ in workload.value}
    return keys, workload.value[0][0].start_mark.column, _last_line(workload) + 1


def _last_line(node: Any) -> int:
    """The last line, from 0, that has anything of a node."""
    import yaml

    last: int = node.end_mark.line
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        final = node.value[-1]
        return max(_last_line(part) for part in (final if isinstance(final, tuple) else (final,)))
    if node.end_mark.column == 0 and last > node.start_mark.line:
        last -= 1
    return last
