"""From targets to a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fix.conftest import Planned

TOPIC = 'resource "aws_sns_topic" "t" {}\n'
CONTROL = "sns.topic-is-encrypted"


def test_only_what_is_below_the_targets_is_changed(planned: Planned) -> None:
    files: dict[str, str | bytes] = {"root/main.tf": 'module "m" {\n  source = "../m"\n}\n', "m/main.tf": TOPIC}
    plan = planned(files, CONTROL, targets=["root"])
    assert ["outside of what was named" in one.reason for one in plan.outcomes] == [True]
    assert [one.reason for one in planned(files, CONTROL, targets=["root", "m"]).outcomes] == [""]


def test_links_are_not_written_through(planned: Planned) -> None:
    Path("elsewhere").mkdir()
    Path("elsewhere/main.tf").write_text(TOPIC, "utf-8")
    Path("code").mkdir()
    Path("code/main.tf").symlink_to("../elsewhere/main.tf")
    plan = planned({}, CONTROL, targets=["code"])
    assert ["is a link" in one.reason for one in plan.outcomes] == [True]


def test_steps_are_told(planned: Planned) -> None:
    told: list[tuple[str, int, int]] = []
    planned({"main.tf": TOPIC}, CONTROL, told=lambda *step: told.append(step))
    assert told[-1] == ("trying fixes", 1, 1)
