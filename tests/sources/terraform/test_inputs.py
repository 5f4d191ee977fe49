"""Values of variables: which files give them, and which wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SHOW = 'variable "v" {\n  default = "default"\n}\nresource "aws_a" "a" {\n  v = var.v\n}\n'


def test_later_files_win(configuration: Callable[..., Any]) -> None:
    files = {"main.tf": SHOW}
    assert configuration(files).of("aws_a.a")["v"] == "default"
    order = {
        "terraform.tfvars": 'v = "plain"\n',
        "terraform.tfvars.json": '{"v": "json"}',
        "a.auto.tfvars": 'v = "auto a"\n',
        "b.auto.tfvars.json": '{"v": "auto b"}',
    }
    for name, text in order.items():
        files[name] = text
        assert configuration(files).of("aws_a.a")["v"] in text
    files["prod.tfvars"] = 'v = "named"\n'
    found = configuration(files, var_files=["prod.tfvars"])
    assert found.of("aws_a.a")["v"] == "named"
    assert set(files) == set(found.files)


def test_values_of_every_kind(configuration: Callable[..., Any]) -> None:
    found = configuration({"main.tf": SHOW, "terraform.tfvars": 'v = {\n  a = [1, true, null]\n  b = "c"\n}\n'})
    assert found.of("aws_a.a")["v"] == {"a": [1, True, None], "b": "c"}


def test_a_file_that_is_named_but_not_there(configuration: Callable[..., Any]) -> None:
    found = configuration(SHOW, var_files=["gone.tfvars"])
    assert found.told() == ["unreadable gone.tfvars:1 No such file or directory"]
    assert found.of("aws_a.a")["v"] == "default"


def test_bad_files_are_told_with_their_line(configuration: Callable[..., Any]) -> None:
    found = configuration({"main.tf": SHOW, "a.auto.tfvars": "x = 1\nv = [\n", "b.auto.tfvars.json": '{"v":\n]'})
    assert found.told() == [
        "unreadable a.auto.tfvars:3 an expression is wanted here",
        "unreadable b.auto.tfvars.json:2 Expecting value",
    ]


def test_json_that_is_no_object_or_too_deep(configuration: Callable[..., Any]) -> None:
    found = configuration({"main.tf": SHOW, "a.auto.tfvars.json": "[1]", "b.auto.tfvars.json": "[" * 100_000})
    assert [one.message for one in found.problems] == ["an object is wanted", "it is nested too deep"]
