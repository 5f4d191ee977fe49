"""Both forms of the diagram: of the example, of nothing, of a circle, and with names that want to be more."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.threats.diagram import FORMS, diagram, escaped
from bastide.threats.model import Boundary, Element, Flow, Model, model_of
from tests.threats.stacks import known_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "workload"
SVG = "{http://www.w3.org/2000/svg}"
EVIL = '"]; click a "javascript:alert(1)" %%{init}%% <script>alert(1)</script> | end subgraph --> & `x` \u202e'

_TEXT = r'"(?:[A-Za-z0-9 _.,:/()\u00d7…-]|#\d+;|<br/>)*"'
_NODE = rf"n\d+(?:\[{_TEXT}\]|\({_TEXT}\)|\[\({_TEXT}\)\]|\{{\{{{_TEXT}\}}\}})"
_LINE = re.compile(rf"\s*(?:{_NODE}|subgraph b\d+\[{_TEXT}\]|end|n\d+ (?:-->|-\.->)(?:\|{_TEXT}\|)? n\d+)")


def parsed(text: str) -> tuple[int, int]:
    """How many nodes and arrows Mermaid's grammar sees; fails for a line that is none of it."""
    first, *lines = text.splitlines()
    assert first == "flowchart LR"
    depth = nodes = arrows = 0
    for line in lines:
        assert _LINE.fullmatch(line), line
        depth += line.strip().startswith("subgraph") - (line.strip() == "end")
        assert depth >= 0
        nodes += re.match(r"\s*n\d+[\[({]", line) is not None
        arrows += re.match(r"\s*n\d+ -", line) is not None
    assert depth == 0
    return nodes, arrows


def shapes(text: str) -> tuple[int, int]:
    """How many nodes and arrows an SVG has; fails for what is no XML or reaches for something else."""
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text"}
    values = [value for one in root.iter() for value in one.attrib.values()]
    assert not [value for value in values if "url(" in value and not value.startswith("url(#")]
    return len(root.findall(f"{SVG}g")), sum("marker-end" in one.attrib for one in root.iter())


def small(name: str) -> Model:
    elements = (
        Element(id="a", kind="entity", name=name, boundary="i", why=name),
        Element(id="b", kind="component", name=name, boundary="x", why=name, exposed=True),
        Element(id="c", kind="store", name=name, boundary="x", classification=name),
    )
    flows = (
        Flow(
            id="1", source="a", target="b", kind="request", protocol=name, encrypted=False, resource=name, property=name
        ),
        Flow(id="2", source="b", target="c", kind="request"),
        Flow(id="3", source="c", target="b", kind="event"),
    )
    return Model((Boundary("i", "internet", name), Boundary("x", "aws", name)), elements, flows)


def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    with known_of(tmp_path) as known:
        model = model_of(known)
    nodes, arrows = parsed(diagram(model, "mermaid"))
    assert (nodes, arrows) == shapes(diagram(model, "svg"))
    assert nodes > 30
    assert arrows > 25
    assert "HTTP unencrypted" in diagram(model, "svg")
    assert diagram(model, "svg") == diagram(model, "svg")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_drawn_as_nothing(form: str) -> None:
    text = diagram(Model((Boundary("internet", "internet", "internet"),), (), ()), form)
    assert (parsed if form == "mermaid" else shapes)(text) == (0, 0)


def test_hostile_names_are_names() -> None:
    assert parsed(diagram(small(EVIL), "mermaid")) == (3, 3)
    text = diagram(small(EVIL), "svg")
    assert shapes(text) == (3, 3)
    assert "<script" not in text
    assert "\u202e" not in text


@given(st.text(max_size=60))
def test_any_name_is_a_name(name: str) -> None:
    assert parsed(diagram(small(name), "mermaid"))[0] == 3
    assert shapes(diagram(small(name), "svg"))[0] == 3


def test_long_texts_are_cut_and_signs_are_numbers() -> None:
    assert escaped('a"b#;') == "a#34;b#35;#59;"
    assert len(escaped("x" * 500)) == 40


def test_another_form() -> None:
    with pytest.raises(UsageError, match="`png` is no form"):
        diagram(small("x"), "png")
