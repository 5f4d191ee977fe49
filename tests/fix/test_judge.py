"""Judging what files would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.controls.library import load_library
from bastide.fix.judge import Judge, worse
from bastide.sources.discover import Unit

TOPIC = "sns.topic-is-encrypted"


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    monkeypatch.chdir(tmp_path)
    return Judge(load_library(), {"var_file": []})


def test_drafts_are_judged_in_place_of_files(judge: Judge) -> None:
    Path("main.tf").write_text('resource "aws_sns_topic" "t" {}\n', "utf-8")
    unit = Unit("terraform", ".", ("main.tf",), (".",))
    key = (TOPIC, ".#aws_sns_topic.t")
    before = judge.judge([unit])
    after = judge.judge(
        [unit], {"main.tf": b'resource "aws_sns_topic" "t" {\n  kms_master_key_id = "alias/aws/sns"\n}\n'}
    )
    assert (before.passes(key), after.passes(key)) == (False, True)
    assert worse(before, after) == {}
    assert TOPIC in worse(after, before)[key[1]]
    assert judge.judge([unit]).verdicts[key].status == "fail"


def test_what_is_gone_is_worse_and_what_cannot_be_read_is_told(judge: Judge) -> None:
    Path("t.yaml").write_text("Resources:\n  T: {Type: AWS::SNS::Topic}\n", "utf-8")
    unit = Unit("cloudformation", "t.yaml", (), (".",))
    before, after = judge.judge([unit]), judge.judge([unit], {"t.yaml": b"Resources: ["})
    assert worse(before, after) == {"t.yaml#T": "the resource is gone"}
    assert after.problems - before.problems
