"""The worker: tasks in, results out, and nothing that a unit does gets out as an exception."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bastide.resources.model import Loaded, Problem
from bastide.sources import worker
from bastide.sources.worker import LENGTH, LOADERS, Task, run, send, serve

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = 'resource "aws_s3_bucket" "b" {}\n'
TEMPLATE = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n"


def results(data: bytes) -> list[tuple[int, list[Loaded]]]:
    found = []
    while data:
        end = LENGTH.size + LENGTH.unpack_from(data)[0]
        found.append(pickle.loads(data[LENGTH.size : end]))
        data = data[end:]
    return found


def test_every_source_has_a_loader(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(BUCKET)
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (terraform,) = run(Task(0, "terraform", (str(tmp_path),)))
    (template,) = run(Task(1, "cloudformation", (str(tmp_path / "t.yaml"),)))
    assert [one.type for one in terraform.resources + template.resources] == ["AWS::S3::Bucket"] * 2


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "reading it takes too much memory"),
        (RuntimeError("hush"), "reading it failed inside bastide (RuntimeError at "),
        (RecursionError(), "reading it failed inside bastide (RecursionError at "),
    ],
)
def test_what_a_loader_raises_is_a_problem(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    def broken(path: str) -> Loaded:
        raise error

    monkeypatch.setitem(LOADERS, "broken", (__name__, "broken"))
    monkeypatch.setattr(worker, "import_module", lambda _: type("Module", (), {"broken": staticmethod(broken)}))
    (loaded,) = run(Task(0, "broken", ("some/path",)))
    (problem,) = loaded.problems
    assert (problem.kind, problem.path, problem.line) == ("unreadable", "some/path", 1)
    assert problem.message.startswith(message)
    assert "hush" not in problem.message


def test_a_kind_that_does_not_exist_is_a_problem() -> None:
    (loaded,) = run(Task(0, "nonsense", ("p",)))
    assert loaded.problems[0].message.startswith("reading it failed inside bastide (KeyError")


def test_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_limit", lambda: None)
    (tmp_path / "main.tf").write_text(BUCKET)
    task_end, tasks = os.pipe()
    result_end, made = os.pipe()
    for number in range(2):
        send(tasks, [(number, "terraform", (str(tmp_path),)), (number + 10, "terraform", ("gone",))])
    os.close(tasks)
    serve(task_end, made)
    os.close(made)
    with os.fdopen(result_end, "rb") as stream:
        found = results(stream.read())
    os.close(task_end)
    assert [number for number, _ in found] == [0, 10, 1, 11]
    assert [len(loaded[0].resources) for _, loaded in found] == [1, 0, 1, 0]
    assert isinstance(found[1][1][0].problems[0], Problem)


def test_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(BUCKET)
    data = pickle.dumps([(7, "terraform", (str(tmp_path),))])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bastide.sources.worker"],
        input=LENGTH.pack(len(data)) + data,
        capture_output=True,
        check=True,
    )
    ((number, loaded),) = results(done.stdout)
    assert (number, loaded[0].resources[0].address) == (7, "aws_s3_bucket.b")
    assert done.stderr == b""


def test_a_message_that_is_cut_short_ends_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_limit", lambda: None)
    task_end, tasks = os.pipe()
    result_end, made = os.pipe()
    os.write(tasks, LENGTH.pack(1000) + b"short")
    os.close(tasks)
    serve(task_end, made)
    os.close(made)
    assert os.read(result_end, 10) == b""
    os.close(task_end)
    os.close(result_end)


def test_a_worker_has_limits() -> None:
    code = (
        "import gc, resource, sys; from bastide.sources import worker, limits; worker._limit();"
        "print(gc.isenabled(), resource.getrlimit(resource.RLIMIT_AS)[0] == limits.UNIT_BYTES, sys.getrecursionlimit())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "3000"]
    assert gc.isenabled()
