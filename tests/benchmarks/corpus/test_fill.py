"""The language of the pieces: choices, ranges, parts that chance leaves out."""

from random import Random

import pytest
from corpus.fill import fill


def test_values_choices_and_ranges_nest():
    text = fill("<<name>> <<3..3>> <<x|x>> <<a-<<name>>|a-<<name>>>>\n", {"name": "n"}, Random(1))
    assert text == "n 3 x a-n\n"


def test_a_name_that_nobody_gave_is_an_error():
    with pytest.raises(KeyError):
        fill("<<nobody>>", {}, Random(1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n#? 1\nb\n#.\nc", "a\nb\nc\n"),
        ("a\n#? 0\nb\n#.\nc", "a\nc\n"),
        ("#? 0\nb\n#|\nc\n#.", "c\n"),
        ("#? 1\nb\n#|\nc\n#.", "b\n"),
        ("#? 0\n#? 1\nb\n#.\nc\n#.\nd", "d\n"),
        ("#? 1\n#? 0\nb\n#.\nc\n#.\nd", "c\nd\n"),
    ],
)
def test_parts(text, expected):
    assert fill(text, {}, Random(1)) == expected
