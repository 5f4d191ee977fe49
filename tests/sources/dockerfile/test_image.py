from __future__ import annotations

import pytest

from bastide.resources.model import ABSENT, Unresolved
from bastide.sources.dockerfile.image import HUB, image_of, user_of
from bastide.sources.dockerfile.words import HOLE

_DARK = Unresolved("$X", "not given")
_X = f"{HOLE}0{HOLE}"


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("python", (HUB, "python", "", "")),
        ("docker.io/library/python:3.13", (HUB, "python", "3.13", "")),
        ("team/app:1@sha256:00", (HUB, "team/app", "1", "sha256:00")),
        ("localhost:5000/team/app", ("localhost:5000", "team/app", "", "")),
        ("gcr.io/distroless/static:nonroot", ("gcr.io", "distroless/static", "nonroot", "")),
        (f"python:{_X}", (HUB, "python", _DARK, _DARK)),
        (f"python:3-{_X}@sha256:00", (HUB, "python", _DARK, "sha256:00")),
        (_X, (_DARK, _DARK, _DARK, _DARK)),
        (f"gcr.io/{_X}:1", ("gcr.io", _DARK, "1", "")),
        (f"{_X}/app:1", (_DARK, _DARK, "1", "")),
    ],
)
def test_parts_of_a_name(word: str, parts: tuple[object, ...]) -> None:
    assert tuple(image_of(word, _DARK)) == parts


def test_what_is_not_written_is_absent() -> None:
    assert image_of("python", _DARK).tree() == {
        "Registry": HUB,
        "Repository": "python",
        "Tag": ABSENT,
        "Digest": ABSENT,
    }


@pytest.mark.parametrize(
    "name", ["python:3", "scratch", "public.ecr.aws/docker/library/node:22", "gcr.io/distroless/cc"]
)
def test_images_that_are_known_to_run_as_root(name: str) -> None:
    assert user_of(image_of(name, _DARK)) is ABSENT


def test_images_with_a_user_of_their_own() -> None:
    assert user_of(image_of("gcr.io/distroless/static:nonroot-amd64", _DARK)) == "nonroot"


@pytest.mark.parametrize(
    "name", ["memcached", "team/python", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/python", _X]
)
def test_images_of_which_nobody_knows(name: str) -> None:
    assert isinstance(user_of(image_of(name, _DARK)), Unresolved)
