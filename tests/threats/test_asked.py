"""What coverage is asked of."""

from __future__ import annotations

from bastide.detect.coverage import Asked
from bastide.threats.asked import asked, names_of
from bastide.threats.templates import Threat, library_templates


def threat(name: str, template: str) -> Threat:
    return Threat(
        name, template, f"title of {name}", "", "", "", "", "", [], ["T1530"], [], "e", "e", None, [], [], 4, 5,
        {"likelihood": [], "impact": []},
    )  # fmt: skip


def test_every_template_is_asked_of() -> None:
    templates = library_templates()
    found = asked(templates, [])
    assert set(found) == {one.id for one in templates}
    first = templates[0]
    assert found[first.id] == Asked((first.id,), first.attack, first.title)


def test_threats_of_no_template_and_those_that_a_detection_names() -> None:
    register = [threat("T-1", "own"), threat("T-2", "imported"), threat("T-3", "a.b"), threat("T-4", "a.b")]
    found = asked([], register, ["T-4", "nobody"])
    assert set(found) == {"T-1", "T-2", "T-4"}
    assert found["T-4"] == Asked(("a.b", "T-4"), ("T1530",), "title of T-4")
    assert names_of(register[2]) == ("a.b", "T-3")
