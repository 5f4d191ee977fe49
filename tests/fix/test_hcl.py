"""Edits of Terraform's language: as `terraform fmt` would have it, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.fixes import Change
from bastide.fix.draft import Draft, NotFixable
from bastide.fix.hcl import Arg, HclEditor, wanted
from bastide.fix.render import Raw

ONE = 'resource "t" "n" {\n'


def changed(text: str, args: tuple[Arg, ...], verb: Any, value: Any = None) -> str:
    draft = Draft("m.tf", text.encode())
    editor = HclEditor(draft.text, "m.tf")
    draft.apply(editor.change(editor.resource("t", "n"), args, Change(verb, "", value)))
    return draft.text


A, BLOCK, INNER = (Arg("a"),), (Arg("b", block=True), Arg("a")), (Arg("b", block=True), Arg("c", block=True), Arg("a"))


@pytest.mark.parametrize(
    ("before", "args", "verb", "value", "after"),
    [
        ('resource "t" "n" {}', A, "set", True, ONE + "  a = true\n}"),
        ('resource "t" "n" { long = 1 }', A, "set", True, ONE + "  long = 1\n  a    = true\n}"),
        ('resource "t" "n" { long = 1 }', BLOCK, "set", 2, ONE + "  long = 1\n\n  b {\n    a = 2\n  }\n}"),
        (ONE + "  a = false # why\n}\n", A, "set", True, ONE + "  a = true # why\n}\n"),
        (ONE + '  a = "true"\n}\n', A, "set", True, ONE + '  a = "true"\n}\n'),
        (ONE + "  a = null\n}\n", A, "set", True, ONE + "  a = true\n}\n"),
        (ONE + "  x    = 1\n  long = 2 # two\n}\n", A, "set", 3, ONE + "  x    = 1\n  long = 2 # two\n  a    = 3\n}\n"),
        (ONE + "  x = 1\n}\n", (Arg("long"),), "set", 3, ONE + "  x    = 1\n  long = 3\n}\n"),
        (ONE + "  x=1\n  yy = 2\n}\n", (Arg("long"),), "set", 3, ONE + "  x=1\n  yy = 2\n  long = 3\n}\n"),
        (ONE + "  # only a comment\n}\n", A, "set", 3, ONE + "  a = 3\n  # only a comment\n}\n"),
        (ONE + "  b {}\n}\n", A, "set", 3, ONE + "  a = 3\n\n  b {}\n}\n"),
        (ONE + "  b {}\n}\n", BLOCK, "set", 3, ONE + "  b {\n    a = 3\n  }\n}\n"),
        (
            ONE + "  x = 1\n  # end\n}\n",
            INNER,
            "set",
            3,
            ONE + "  x = 1\n  # end\n\n  b {\n    c {\n      a = 3\n    }\n  }\n}\n",
        ),
        (ONE + "  a = 5\n}\n", A, "at_least", 7, ONE + "  a = 7\n}\n"),
        (ONE + '  a = "9"\n}\n', A, "at_least", 7, ONE + '  a = "9"\n}\n'),
        (ONE + '  a = ["x"]\n}\n', A, "add", ["y"], ONE + '  a = ["x", "y"]\n}\n'),
        (ONE + '  a = [\n    "x"\n  ]\n}\n', A, "add", ["y"], ONE + '  a = [\n    "x",\n    "y",\n  ]\n}\n'),
        (ONE + '  a = ["x", "y"]\n}\n', A, "take", ["y"], ONE + '  a = ["x"]\n}\n'),
        (ONE + "  x = 1\n  a = var.a # gone\n}\n", A, "remove", None, ONE + "  x = 1\n}\n"),
        (ONE + "  b {\n    a = 1\n  }\n}\n", (Arg("b", block=True),), "remove", None, ONE + "}\n"),
        (ONE + "}\n", A, "remove", None, ONE + "}\n"),
        (ONE + "}\n", (Arg("b", block=True, selector="there"), Arg("a")), "set", 1, ONE + "}\n"),
        (ONE + "}\n", (Arg("b", block=True, selector="each"), Arg("a")), "set", 1, ONE + "}\n"),
        (
            ONE + '  b {\n    n = "x"\n  }\n}\n',
            (Arg("b", block=True, selector={"n": "y"}), Arg("a")),
            "set",
            1,
            ONE + '  b {\n    n = "x"\n  }\n\n  b {\n    n = "y"\n    a = 1\n  }\n}\n',
        ),
        (
            ONE + "  b {\n  }\n  b {\n    a = 2\n  }\n}\n",
            (Arg("b", block=True, selector="each"), Arg("a")),
            "set",
            1,
            ONE + "  b {\n    a = 1\n  }\n  b {\n    a = 1\n  }\n}\n",
        ),
    ],
)
def test_changes(before: str, args: tuple[Arg, ...], verb: str, value: Any, after: str) -> None:
    assert changed(before, args, verb, value) == after
    assert changed(after, args, verb, value) == after


@pytest.mark.parametrize(
    ("text", "args", "verb", "value", "reason"),
    [
        (ONE + "  a = var.x\n}\n", A, "set", 1, r"a comes from `var.x` \(m.tf:2\)"),
        (ONE + '  a = "${var.x}"\n}\n', A, "set", 1, "comes from"),
        (ONE + '  dynamic "b" {\n    for_each = []\n    content {}\n  }\n}\n', BLOCK, "set", 1, "dynamic block"),
        (ONE + "  b = {}\n}\n", BLOCK, "set", 1, "written as an argument"),
        (ONE + "  a {}\n}\n", A, "set", 1, "written as a block"),
        (ONE + "  b {}\n  b {}\n}\n", BLOCK, "set", 1, "several blocks"),
        (ONE + '  a = ["x"]\n}\n', A, "take", ["x"], "nothing would be left"),
        (ONE + '  a = [\n    "x", # why\n  ]\n}\n', A, "add", ["y"], "comment"),
        (ONE + "  b {\n    # why\n  }\n}\n", (Arg("b", block=True),), "remove", None, "comment"),
        ('resource "t" "m" {}\n', A, "set", 1, "not written"),
        ('resource "t" "n" {\n', A, "set", 1, "cannot be read"),
    ],
)
def test_refusals(text: str, args: tuple[Arg, ...], verb: str, value: Any, reason: str) -> None:
    with pytest.raises(NotFixable, match=reason):
        changed(text, args, verb, value)


def test_a_resource_behind_another() -> None:
    text = 'resource "t" "n" {}\n# next\n'
    draft = Draft("m.tf", text.encode())
    editor = HclEditor(text, "m.tf")
    written = wanted((Arg("b", block=True), Arg("status")), "on")
    written.arguments = {"of": Raw("t.n.id")}
    draft.apply(editor.after(editor.resource("t", "n"), "u", "n", written))
    expected = 'resource "t" "n" {}\n\nresource "u" "n" {\n  of = t.n.id\n\n  b {\n    status = "on"\n  }\n}\n# next\n'
    assert draft.text == expected
