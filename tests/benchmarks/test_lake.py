"""The lake is measured from made files to alerts; peers that cannot do it are told with the reason."""

import gzip
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import lake
import pytest
from harness.tools import ROOT, Tool
from trail import write_trail

EVENTS = 300


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(lake.tools, "CACHE", tmp_path / "cache")


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    return lake.Trail(tmp_path_factory.mktemp("trail"), [200, EVENTS])


def test_a_part_has_the_first_events(trail):
    def records(folder):
        texts = (subprocess.check_output(["gunzip", "-c", path]) for path in sorted(folder.rglob("*.gz")))
        return [one["eventID"] for text in texts for one in json.loads(text)["Records"]]

    assert trail.per_file == 100
    assert len(records(trail.part(EVENTS))) == EVENTS
    assert len(records(trail.part(200))) == 200
    assert set(records(trail.part(200))) < set(records(trail.part(EVENTS)))


def test_a_file_lies_in_the_folder_of_its_day_however_long_the_trail(tmp_path):
    write_trail(tmp_path, 90 * 9, per_file=1)
    days = set()
    for path in tmp_path.rglob("*.gz"):
        (record,) = json.loads(gzip.decompress(path.read_bytes()))["Records"]
        days.add("-".join(path.parts[-4:-1]))
        assert record["eventTime"].startswith("-".join(path.parts[-4:-1]))
        assert (record["recipientAccountId"], record["awsRegion"]) == (path.parts[-7], path.parts[-5])
    assert (min(days), max(days), len(days)) == ("2026-11-01", "2027-01-29", 90)


def test_a_disk_without_room_is_told_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(lake.shutil, "disk_usage", lambda _: SimpleNamespace(free=3_999_999_999))
    lake._room(tmp_path, 9_000_000)
    with pytest.raises(SystemExit, match=r"10,000,000 events need 4.0 GB of disk at .* and 4.0 are free"):
        lake._room(tmp_path, 10_000_000)


def test_peers_are_run_on_the_same_files(trail, tmp_path):
    said = json.dumps({"events": EVENTS, "rules": 3, "matches": 2, "failed": {}, "left_out": ["x"]})
    good = Tool("pypanther", script(tmp_path / "python", f"echo '{said}' > \"$3\""))
    refused = {}
    runs = lake._beside([good], refused, trail.part(EVENTS), EVENTS, 2)
    assert refused == {}
    assert len(runs["pypanther"]["timed"]) == 2
    assert runs["pypanther"]["left_out"] == ["x"]
    assert runs["pypanther"]["weighed"][0]["exit_code"] == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [("exit 3", "exit 3"), ("""echo '{"events": 2}' > "$3" """, "2 of 300 events were judged"), ("", "No such file")],
)
def test_a_peer_that_cannot_is_left_out_with_the_reason(text, reason, trail, tmp_path):
    bad, refused = Tool("pypanther", script(tmp_path / "python", text)), {}
    assert lake._beside([bad], refused, trail.part(EVENTS), EVENTS, 1) == {}
    assert reason in refused["pypanther"]


def test_rules_that_cannot_be_compiled_leave_the_peer_out(trail, tmp_path):
    bad, refused = Tool("zargunlite", script(tmp_path / "python", "echo no pysigma >&2; exit 1")), {}
    assert lake._beside([bad], refused, trail.part(EVENTS), EVENTS, 1) == {}
    assert refused == {"zargunlite": "no pysigma"}


def test_without_bastide_nothing_is_measured():
    assert lake.measure([], {}, [100], 100, 1) == {}


def test_a_failed_command_has_no_figures(tmp_path):
    with pytest.raises(SystemExit, match="ingest failed: exit 2"):
        lake._runs("ingest", [str(script(tmp_path / "bad", "exit 2"))], tmp_path, 1, lambda: None)


@pytest.fixture
def own(tmp_path):
    """bastide of this tree, and the interpreter beside it, as an environment has them."""
    path = os.pathsep.join(str(folder) for folder in (ROOT / "src", ROOT))
    script(tmp_path / "python", f'PYTHONPATH={path} exec {sys.executable} "$@"')
    return Tool("bastide", script(tmp_path / "bastide", f'PYTHONPATH={path} exec {sys.executable} -m bastide "$@"'))


@pytest.mark.slow
def test_bastide_is_measured_from_files_to_alerts(own, monkeypatch):
    monkeypatch.setattr(lake, "WATCHED", 1)
    monkeypatch.setattr(lake.watching, "EVENTS", 50)
    found = lake.measure([own], {"pypanther": "no"}, [100, 200], 100, 1)
    assert [size["events"] for size in found["sizes"]] == [100, 200]
    assert [size["judged"][0]["events"] for size in found["sizes"]] == [100, 200]
    assert found["peers"]["bastide"]["rules"] > 200
    assert found["refused"] == {"pypanther": "no"}
    assert len(found["watch"]["seconds"]) == 1
