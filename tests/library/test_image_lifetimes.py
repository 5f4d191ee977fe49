"""`dockerfile.base-images-are-supported` is what the table of lifetimes says, and says when that was looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bastide.controls.evaluate import Evaluation
from bastide.controls.library import load_library, read_controls
from bastide.sources.discover import Unit
from bastide.sources.pool import load_all

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("image_lifetimes.yaml").read_text("utf-8"))
CONTROL = "dockerfile.base-images-are-supported"
LOOKED_AT: str = TABLE["looked_at"]


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The verdict on a Dockerfile from each image of the table."""
    folder = tmp_path_factory.mktemp("images")
    units, images = [], {}
    for name, known in TABLE["images"].items():
        for version in {**known["ended"], **known.get("supported", {})}:
            for tag in (version, f"{version}-slim"):
                path = folder / f"{name}-{tag}" / "Dockerfile"
                path.parent.mkdir()
                path.write_text(f"FROM {name}:{tag}\n", "utf-8")
                units.append(Unit("dockerfile", str(path)))
                images[str(path)] = f"{name}:{tag}"
    resources = [one for unit in load_all(units, jobs=1) for one in unit.resources]
    controls, compiled = load_library([]).of({one.type for one in resources}, live=False)
    evaluation = Evaluation(controls, compiled)
    verdicts = evaluation.verdicts(resources)
    evaluation.close()
    return {images[one.resource.path]: one.status for one in verdicts if one.control.id == CONTROL}


@pytest.mark.parametrize("name", TABLE["images"])
def test_versions_are_judged_as_the_table_says(statuses: dict[str, str], name: str) -> None:
    known = TABLE["images"][name]
    for kind, wanted in (("ended", "fail"), ("supported", "pass")):
        for version in known.get(kind, {}):
            assert statuses[f"{name}:{version}"] == statuses[f"{name}:{version}-slim"] == wanted, f"{name}:{version}"


def test_the_table_agrees_with_its_day() -> None:
    for known in TABLE["images"].values():
        assert all(end <= LOOKED_AT for end in known["ended"].values())
        assert all(end > LOOKED_AT for end in known.get("supported", {}).values())


def test_the_text_says_when_that_was_looked_at() -> None:
    (control,) = (one for one in read_controls() if one.id == CONTROL)
    assert f"last looked at on {LOOKED_AT}" in " ".join(control.rationale.split())
