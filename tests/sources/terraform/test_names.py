"""Names of configuration files."""

from __future__ import annotations

import pytest

from bastide.sources.terraform.names import effective, is_configuration, is_override


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("main.tf", True),
        ("main.tofu", True),
        ("main.tf.json", True),
        ("main.tofu.json", True),
        ("main.tfvars", False),
        (".hidden.tf", False),
        ("#main.tf", False),
        ("main.tf~", False),
        ("main.tf.bak", False),
        ("main.json", False),
    ],
)
def test_is_configuration(name: str, wanted: bool) -> None:
    assert is_configuration(name) is wanted


def test_files_of_opentofu_stand_for_their_namesakes() -> None:
    assert effective(["m/b.tf", "m/a.tf", "m/a.tofu", "m/c.tf.json", "m/c.tofu.json"]) == [
        "m/a.tofu",
        "m/b.tf",
        "m/c.tofu.json",
    ]


def test_is_override() -> None:
    assert is_override("a/override.tf")
    assert is_override("a/my_override.tf.json")
    assert not is_override("override/main.tf")
