"""The lake that detection is measured on is made once, by another process."""

import os

import pytest

from bastide.beside import may_fork
from bastide.lake.store import Lake
from benchmarks import detect


@pytest.mark.slow
def test_a_lake_is_made_once_and_leaves_no_threads_here(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("src", ".")))
    could = may_fork()
    lake = detect.lake_of(50, tmp_path)
    assert may_fork() == could
    commits = Lake(lake).commits()
    assert detect.lake_of(50, tmp_path) == lake
    assert Lake(lake).commits() == commits


def test_copies_are_rules_of_their_own(tmp_path):
    assert len(list(detect.copies(tmp_path / "copies", 3).glob("*.yml"))) == 3
