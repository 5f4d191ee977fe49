"""The Terraform and the CloudFormation of one thing give equal resources, type by type and property by property.

A pair is `name.tf` and `name.yaml`. References become the type that they lead to (`<AWS::KMS::Key 1>`), whatever the
source calls it and whichever attribute it takes. What may differ all the same stands in `differences.yaml` with its
reason, and an entry there that nothing needs is a mistake.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from bastide.controls.evaluate import Evaluation
from bastide.controls.library import Library, load_library
from bastide.resources.model import Resource
from bastide.sources.cloudformation import load as load_template
from bastide.sources.terraform import load as load_module

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.tf"))
DIFFERENCES: dict[str, dict[str, str]] = yaml.safe_load((HERE / "differences.yaml").read_text("utf-8"))
SIDES = ("terraform", "cloudformation")
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


class Difference(NamedTuple):
    """One place where the two disagree; `side` is the only one that has the property, or `both`."""

    type: str
    path: str
    side: str
    values: tuple[Any, Any]

    @property
    def key(self) -> str:
        """As `differences.yaml` has it."""
        return f"{self.type} {self.path}"


class Named(NamedTuple):
    """What Terraform knows already of something that it refers to: its name, its engine."""

    value: str
    target: str


def read(name: str) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]:
    """The resources of both sides by type, in the order of the file."""
    module, template = load(name)
    return by_type(module), by_type(template)


def load(name: str) -> tuple[list[Resource], list[Resource]]:
    """The resources of both sides."""
    module = load_module(str(HERE), [str(HERE / f"{name}.tf")])
    (template,) = load_template(str(HERE / f"{name}.yaml"))
    assert [p for p in (*module.problems, *template.problems) if p.kind != "note"] == []
    return module.resources, template.resources


def by_type(resources: list[Resource]) -> dict[str, list[dict[str, Any]]]:
    """Properties by type; what is not known is a value, too, since controls see it."""
    ordered = sorted(resources, key=lambda one: one.line)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    names: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for one in ordered:
        numbers[one.type] += 1
        names[one.address] = f"<{one.type} {numbers[one.type]}>"
    for one in ordered:
        links = {link.property: names[link.target] for link in one.links}
        found[one.type].append(plain(one.properties, names, links))
        for path, why in one.unresolved.items():
            found[one.type][-1][f"unresolved {path}"] = bool(why)
    return found


def plain(value: Any, names: dict[str, str], links: dict[str, str], path: str = "") -> Any:
    """With every reference replaced by what it leads to."""
    if isinstance(value, dict):
        return {key: plain(item, names, links, f"{path}.{key}" if path else key) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, names, links, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    replaced = _REFERENCE.sub(lambda match: target(match[1], names), value)
    return Named(value, links[path]) if replaced == value and path in links else replaced


def target(reference: str, names: dict[str, str]) -> str:
    """`aws_kms_key.k.arn`, `Key.Arn` or `Key` as the type and number of what is meant."""
    known = [address for address in names if reference == address or reference.startswith(f"{address}.")]
    return names[max(known, key=len)] if known else f"${{{reference}}}"


def differences(kind: str, left: Any, right: Any, path: str = "") -> list[Difference]:
    """Where two property trees are not the same; positions in lists are no part of the path."""
    if isinstance(left, dict) and isinstance(right, dict):
        found = []
        for key in sorted({*left, *right}):
            found += differences(kind, left.get(key), right.get(key), f"{path}.{key}" if path else key)
        return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [item for a, b in zip(left, right, strict=True) for item in differences(kind, a, b, path)]
    if isinstance(left, Named) and right in left:
        return []
    if left == right and type(left) is type(right):
        return []
    side = "terraform" if right is None else "cloudformation" if left is None else "both"
    return [Difference(kind, path, side, (left, right))]


def compare(name: str) -> list[Difference]:
    """All differences of a pair."""
    left, right = read(name)
    found = []
    for kind in sorted({*left, *right}):
        mine, theirs = left.get(kind, []), right.get(kind, [])
        if len(mine) != len(theirs):
            side = "both" if mine and theirs else "terraform" if mine else "cloudformation"
            found.append(Difference(kind, "", side, (len(mine), len(theirs))))
            continue
        for one, other in zip(mine, theirs, strict=True):
            found += differences(kind, one, other)
    return found


def allowed(difference: Difference) -> bool:
    """Whether the list has it, and on that side."""
    return difference.key in DIFFERENCES.get(difference.side, {})


def test_there_are_pairs_enough() -> None:
    assert len(NAMES) >= 25
    assert sorted(path.stem for path in HERE.glob("*.yaml") if path.stem != "differences") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_give_the_same(name: str) -> None:
    told = [f"{d.side}: {d.key}: {d.values[0]!r} {d.values[1]!r}" for d in compare(name) if not allowed(d)]
    assert told == []


def judged(evaluation: Evaluation, resources: list[Resource]) -> set[str]:
    """Control, type, number of the resource within its type, and status."""
    numbers: Counter[str] = Counter()
    places: dict[str, int] = {}
    for one in sorted(resources, key=lambda one: one.line):
        numbers[one.type] += 1
        places[one.address] = numbers[one.type]
    return {
        f"{v.control.id} of {v.resource.type} {places[v.resource.address]}: {v.status}"
        for v in evaluation.verdicts(resources)
    }


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """All controls, compiled once for all pairs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
        return load_library([])


@pytest.mark.parametrize("name", NAMES)
def test_both_get_the_same_verdicts(name: str, library: Library) -> None:
    left, right = (judged(Evaluation(library.controls, library.compiled), side) for side in load(name))
    assert sorted(left ^ right) == []
    assert left


def test_every_allowed_difference_is_needed_and_has_a_reason() -> None:
    needed = {(d.side, d.key) for name in NAMES for d in compare(name)}
    listed = {(side, key) for side, entries in DIFFERENCES.items() for key in entries}
    assert sorted(listed - needed) == []
    assert set(DIFFERENCES) <= {*SIDES, "both"}
    assert all(len(reason) > 20 for entries in DIFFERENCES.values() for reason in entries.values())
