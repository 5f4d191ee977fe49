"""The library's templates of threats: they are whole, and their examples give the instances that they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import pytest

from bastide.controls.frameworks import framework
from bastide.controls.library import load_library
from bastide.objectives.catalogue import by_objective, load_objectives
from bastide.sources.cloudformation import load
from bastide.tables import TABLES, empty, of_resources, read_lines, write_lines
from bastide.threats.bearing import DEPTH, put_bearing, rules
from bastide.threats.entry import STRIDE
from bastide.threats.model import put_model
from bastide.threats.templates import WORKLOAD, instances, load_templates
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bastide.threats.entry import Template

TEMPLATES = load_templates()
TYPE = re.compile(r"[A-Z]\w+::[A-Z]\w+::\w+")
SERVED = by_objective(load_library().summaries)
JUDGED = {summary.id: summary.resource for summary in load_library().summaries}
EXAMPLES = [
    pytest.param(template, number, id=f"{template.id}-{number}")
    for template in TEMPLATES
    for number in range(len(template.examples))
]


@pytest.fixture(scope="module")
def known_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Known]]:
    """What is known of a stack, by its text. Many templates share an example, and none changes what is known."""
    made: dict[str, Known] = {}

    def get(text: str) -> Known:
        if text not in made:
            made[text] = _known(tmp_path_factory.mktemp("stack"), text)
        return made[text]

    yield get
    for known in made.values():
        known.__exit__()


def _known(folder: Path, text: str) -> Known:
    file = folder / "stack.yaml"
    file.write_text(text, "utf-8")
    loaded = load(str(file))
    resources = [resource for one in loaded for resource in one.resources]
    assert resources, [one.problems for one in loaded]
    write_lines(folder, of_resources(resources))
    connection = duckdb.connect()
    for table, columns in TABLES.items():
        lines = folder / f"{table}.jsonl"
        source = read_lines(lines, table) if lines.is_file() else empty(columns)
        connection.execute(f"create table {table} as {source}")
    known = Known(Manifest(), connection)
    put_model(known)
    put_bearing(known)
    return known


def with_parts(types: set[str]) -> set[str]:
    """The types, and those that may be part of them."""
    every, _ = rules()
    parts = [(rule.holder, rule.named) if rule.holder_is_whole else (rule.named, rule.holder) for rule in every]
    for _ in range(DEPTH):
        types |= {part for whole, part in parts if whole in types}
    return types


@pytest.mark.parametrize(("template", "number"), EXAMPLES)
def test_examples(template: Template, number: int, known_of: Callable[[str], Known]) -> None:
    example = template.examples[number]
    assert example.language == "cloudformation"
    found = instances(known_of(example.text), template)
    assert len(found) == example.instances, [threat.element for threat in found]
    for threat in found:
        assert "unknown" not in threat.statement
        assert "{" not in threat.statement
        assert threat.resources or threat.element == WORKLOAD


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_template_is_whole(template: Template) -> None:
    assert set(template.attack) <= set(framework("attack-cloud").requirements)
    assert {aim.id for aim in template.objectives} <= set(SERVED)
    own = [aim.id for aim in template.objectives if aim.scope == "element"]
    texts = [template.when, *(example.text for example in template.examples if example.instances)]
    types = with_parts({kind for text in texts for kind in TYPE.findall(text)})
    unjudged = [name for name in own if not any(JUDGED[control] in types for control in SERVED[name])]
    assert not unjudged, f"no control of these judges {sorted(types)}"
    counts = [example.instances for example in template.examples]
    assert 0 in counts
    assert any(counts)
    assert template.place.startswith(f"library/threats/{template.area}.yaml:")
    for text in (template.title, template.source, template.prerequisites, template.action, template.impact):
        assert text[-1] not in ".,;"


def test_there_are_templates_for_every_objective() -> None:
    aimed = {aim.id for template in TEMPLATES for aim in template.objectives}
    assert aimed == {objective.id for objective in load_objectives()}


def test_there_are_templates_of_every_kind() -> None:
    assert {template.stride for template in TEMPLATES} == set(STRIDE)
    assert len({template.title for template in TEMPLATES}) == len(TEMPLATES)
