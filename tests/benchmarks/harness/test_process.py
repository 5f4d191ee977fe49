"""A measured command is charged for its whole process tree."""

import os
import sys
from pathlib import Path

from harness import process
from harness.process import timed, tree, weighed

FAMILY = """
import os, sys, time
ballast = bytearray(os.urandom(1)) * (40 << 20)
if os.fork() == 0:
    more = bytearray(os.urandom(1)) * (60 << 20)
    time.sleep(0.5)
    os._exit(0)
os.wait()
sys.exit(3)
"""
ORPHAN = """
import os, time
if os.fork() == 0:
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
"""


DAEMON = """
import os, time
if child := os.fork():
    open("child", "w").write(str(child))
else:
    time.sleep(1000)
"""


def run(measure, code, tmp_path):
    return measure([sys.executable, "-c", code], dict(os.environ), tmp_path)


def test_memory_is_of_the_tree_with_shared_pages_once(tmp_path):
    found = run(weighed, FAMILY, tmp_path)
    assert found.exit_code == 3
    assert 100 < found.memory < 135  # the first 40 MiB are shared by both
    assert 95 < found.largest < 135


def test_time_of_a_child_that_is_left_behind_is_counted(tmp_path):
    found = run(timed, ORPHAN, tmp_path)
    assert found.cpu >= 0.4
    assert found.memory is None
    assert found.exit_code == 0


def test_what_does_not_end_by_itself_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "LEFT_BEHIND_SECONDS", 0.0)
    assert run(timed, DAEMON, tmp_path).exit_code == 0
    child = (tmp_path / "child").read_text("ascii")
    assert not Path("/proc", child).exists()


def test_the_environment_is_the_one_given(tmp_path):
    code = "import os, sys; sys.exit(int(os.environ['ONLY']) + ('HOME' in os.environ))"
    assert timed([sys.executable, "-c", code], {"ONLY": "4"}, tmp_path).exit_code == 4


def test_a_tree_has_its_root_and_survives_its_end():
    assert next(tree(os.getpid())) == os.getpid()
    gone = int(Path("/proc/sys/kernel/pid_max").read_text("ascii")) + 1
    assert list(tree(gone)) == [gone]
