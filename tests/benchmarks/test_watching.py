"""The watch is measured from a file that appears to the line that tells of it."""

import gzip
import json
import queue

import pytest
import watching
from harness.tools import Tool


def test_a_new_file_ends_with_what_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "EVENTS", 20)
    path = watching.write_file(tmp_path / "new.json.gz", "watched-1", 1)
    records = json.loads(gzip.decompress(path.read_bytes()))["Records"]
    assert len({record["eventID"] for record in records}) == 20
    assert records[-1]["eventName"] == "StopLogging"
    assert records[-1]["userIdentity"]["arn"].endswith("user/watched-1")
    assert "errorCode" not in records[-1]


def test_the_first_line_with_the_words_counts():
    lines = queue.Queue()
    for moment, line in ((1.0, "other"), (2.0, "by user/watched-1"), (3.0, "by user/watched-1")):
        lines.put((moment, line))
    assert watching._told(lines, "watched-1") == 2.0


def test_an_alert_that_does_not_come_is_given_up(monkeypatch):
    monkeypatch.setattr(watching, "PATIENCE", 0.01)
    with pytest.raises(TimeoutError, match="no alert about x"):
        watching._told(queue.Queue(), "x")


def test_each_file_is_waited_for_and_the_first_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "EVENTS", 5)
    monkeypatch.setattr(watching.tools, "CACHE", tmp_path / "cache")
    fake = tmp_path / "bastide"  # the watch of the lake tells of as many users as there are new files
    fake.write_text(
        f"""#!/bin/sh
if [ "$1" = ingest ]; then case "$*" in *--watch) sleep 60;; esac; exit; fi
at=0
while sleep 0.05; do
  while [ $at -lt $(find {tmp_path}/trail -name "new-*" | wc -l) ]; do echo "by user/watched-$at"; at=$((at + 1)); done
done
""",
        "utf-8",
    )
    fake.chmod(0o755)
    assert len(watching.measure(Tool("bastide", fake), tmp_path / "trail", tmp_path / "place", 2)) == 2
    assert len(list((tmp_path / "trail").rglob("new-*.json.gz"))) == 3
