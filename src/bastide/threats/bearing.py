"""What bears on what: verdicts on a policy, a security group or a role speak of the store or component it is part of.

`library/bearing.yaml` says which property of which type names a part, or the whole. References count, and so do names
that are written out, as those of a live account always are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.cache import compiled
from bastide.library import FOLDER
from bastide.resources.estate import leaves
from bastide.resources.model import without_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bastide.workload.known import Columns, Known

BEARING: Columns = {
    "element": ("VARCHAR", "id of a resource, as elements of the model have in `resource`"),
    "resource": ("VARCHAR", "id of a resource whose verdicts speak of it: itself, its policies, groups, role, …"),
}
DEPTH = 4
"""How many steps from the whole a part may be: a service, its task definition, the role, the role's policy."""


class Rule(Struct, frozen=True):
    """A property of the type `holder` names resources of the type `named`; which of the two is the whole."""

    holder: str
    property: str
    named: str
    holder_is_whole: bool


@cache
def rules() -> tuple[tuple[Rule, ...], dict[str, str]]:
    """The rules of the library, and by type the property that has its name."""
    file = FOLDER / "bearing.yaml"
    value: dict[str, dict[str, Any]] = compiled("bearing", [file], lambda: _read(file))
    found: list[Rule] = []
    for whole, said in value.items():
        found += [Rule(whole, path, part, holder_is_whole=True) for path, part in said.get("names", {}).items()]
        found += [Rule(part, path, whole, holder_is_whole=False) for part, path in said.get("named-by", {}).items()]
    return tuple(found), {kind: said["by"] for kind, said in value.items() if "by" in said}


def _read(file: Path) -> Any:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    return read_yaml(file.read_text("utf-8"), f"library/{file.name}")[0]


def put_bearing(known: Known) -> None:
    """The table `bearing`: for every resource itself, and what is part of it."""
    edges = defaultdict(set)
    for whole, part in _edges(known):
        edges[whole].add(part)
    starts = [row["id"] for row in known.select("select id from resources order by id")]
    rows = ({"element": start, "resource": part} for start in starts for part in _within(start, edges))
    known.put("bearing", BEARING, rows)


def _within(start: str, edges: dict[str, set[str]]) -> list[str]:
    """The whole itself and all its parts, and theirs."""
    found, last = {start: None}, [start]
    for _ in range(DEPTH):
        last = [part for whole in last for part in sorted(edges.get(whole, ())) if part not in found]
        found |= dict.fromkeys(last)
    return list(found)


def _edges(known: Known) -> Iterator[tuple[str, str]]:
    """Whole and part, each by id."""
    every, _ = rules()
    by_path = {(rule.holder, rule.property, rule.named): rule for rule in every}
    for row in known.select(_LINKS):
        rule = _rule(by_path, row["holder"], without_positions(row["property"]), row["named"])
        if rule:
            yield _edge(rule, row["resource"], row["target"])
    yield from _written_out(known, every)


def _rule(by_path: dict[tuple[str, str, str], Rule], holder: str, path: str, named: str) -> Rule | None:
    """The rule of a property, or of one that it lies in."""
    while path and (holder, path, named) not in by_path:
        path = path.rpartition(".")[0]
    return by_path.get((holder, path, named))


def _edge(rule: Rule, holder: str, named: str) -> tuple[str, str]:
    return (holder, named) if rule.holder_is_whole else (named, holder)


def _written_out(known: Known, every: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    """Edges by names that stand as text: within one unit, so that two accounts with one name stay apart."""
    of_holder: dict[str, list[Rule]] = defaultdict(list)
    for rule in every:
        of_holder[rule.holder].append(rule)
    names = _names(known, {rule.named for rule in every})
    listed = ", ".join(f"'{kind}'" for kind in of_holder)
    rows = known.select(f"select id, unit, type, properties from resources where type in ({listed})")  # noqa: S608 (ours)
    for row in rows:
        properties = json.loads(row["properties"])
        for rule in of_holder[row["type"]]:
            for text in leaves(properties, rule.property.split(".")):
                target = names.get((row["unit"], rule.named, text)) or names.get((row["unit"], rule.named, _tail(text)))
                if target:
                    yield _edge(rule, row["id"], target)


def _names(known: Known, kinds: set[str]) -> dict[tuple[str, str, str], str]:
    """Ids by unit, type and any name: the address, the last part of an ARN, and the property that is the name."""
    _, by = rules()
    listed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    cases = " ".join(f"when '{kind}' then properties ->> '$.{path}'" for kind, path in by.items())
    rows = known.select(
        f"select id, unit, type, address, case type {cases} end as name from resources where type in ({listed})"  # noqa: S608 (ours)
    )
    found = {}
    for row in rows:
        for name in (row["address"], _tail(row["address"]), row["name"]):
            if isinstance(name, str) and name:
                found[row["unit"], row["type"], name] = row["id"]
    return found


def _tail(text: str) -> str:
    """The last part of an ARN or a URL; the text itself where it is neither."""
    if not text.startswith(("arn:", "https://")):
        return text
    return text.rpartition(":")[2].rpartition("/")[2]


_LINKS = """
select l.resource, l.property, l.target, h.type as holder, n.type as named
from links l join resources h on h.id = l.resource join resources n on n.id = l.target
"""
