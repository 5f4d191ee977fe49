"""The same tasks on a cluster of Ray: each is done by some worker, once more by another where that one is lost.

Workers have bastide installed and reach the lake as this process does: a folder by the same path, a bucket by
credentials of their own environment or instance, which one that this starts has from here. They are never handed on:
what Ray is told of a task's environment stands in its logs and in the command lines of its workers. Ray is taken from
`RAY_ADDRESS`, else one is started on this machine for the time of the run.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.detect.pool import DONE, HITS, Task, do
from bastide.errors import BastideError, UsageError
from bastide.lake.storage import SETTINGS
from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bastide.detect.plan import Pass

    Work = Callable[[Sequence[Pass], Task, int, Mapping[str, str]], tuple[bytes, bytes]]

AGAIN = 3
"""How often a task is done again that was lost with its worker."""
PATIENCE = 10
"""Seconds that a cluster may take to answer."""


@contextlib.contextmanager
def cluster() -> Iterator[Any]:
    """Ray, ready; `UsageError` when it is not installed or does not answer. What this started is stopped."""
    try:
        import ray
    except ImportError:
        raise UsageError(
            "`--engine ray` needs the extra `ray`", remedy="install it: pip install 'bastide[ray]'"
        ) from None
    own = not ray.is_initialized()
    if own:
        place = os.environ.get("RAY_ADDRESS", "")
        try:
            _reached(place)
            address = place or "local"  # and none that somebody else runs on this machine
            ray.init(address, logging_level=logging.WARNING, log_to_driver=False, include_dashboard=False)
        except (ConnectionError, OSError, ValueError, RuntimeError) as error:
            reason = (str(error).splitlines() or ["no reason is known"])[0]
            raise UsageError(f"the cluster does not answer: {reason}", place=place, remedy="see RAY_ADDRESS") from None
    try:
        yield ray
    finally:
        if own:
            ray.shutdown()


def _reached(address: str) -> None:
    """`OSError` when nobody listens at `HOST:PORT`: Ray itself would go on asking for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()


def size(ray: Any) -> int:
    """How many tasks it does at once."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def done_there(passes: Sequence[Pass], task: Task, since: int, settings: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Do one task, on a worker; what matched, as Parquet, and which rules broke, as JSON.

    `settings` go into its environment: they say where S3 is. Credentials are the worker's own.
    """
    from bastide.detect.judge import session

    os.environ.update(settings)
    with tempfile.TemporaryDirectory(prefix="bastide-detect-") as folder:
        place = Path(folder) / "0"
        with contextlib.closing(session(1, Path(folder) / "spill")) as connection:
            do(connection, passes, task, place, since)
        return place.with_suffix(HITS).read_bytes(), place.with_suffix(DONE).read_bytes()


def spread(
    ray: Any, passes: Sequence[Pass], tasks: Sequence[Task], folder: Path, *, since: int = 0, work: Work = done_there
) -> list[str]:
    """Do tasks on the cluster; what each came to lies in the folder as if it had been done here.

    A task that no worker brings to its end is left out: whoever asked finds nothing of it. Returns what is to be told
    of those: how many, and why.
    """
    settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    remote = ray.remote(num_cpus=1, max_retries=AGAIN)(work)
    shared = ray.put(list(passes))
    waiting = {remote.remote(shared, _from_anywhere(task), since, settings): at for at, task in enumerate(tasks)}
    lost: Counter[str] = Counter()
    while waiting:
        ready, _ = ray.wait(list(waiting), num_returns=1)
        at = waiting.pop(ready[0])
        try:
            hits, broken = ray.get(ready[0])
        except ray.exceptions.RayError as error:
            lost[_reason(error)] += 1
            continue
        (folder / f"{at}{HITS}").write_bytes(hits)
        (folder / f"{at}{DONE}").write_bytes(broken)
    return [f"{number} of {counted(len(tasks), 'task')} not done by the cluster but here: {why}"
            for why, number in lost.items()]  # fmt: skip


def _reason(error: Exception) -> str:
    """Why a task came to nothing, in a line: what broke on the worker, or that it was lost; never its credentials."""
    cause = getattr(error, "cause", None)
    text = cause.text() if isinstance(cause, BastideError) else str(cause or error)
    line = (text.splitlines() or [""])[0]
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"):
        if secret := os.environ.get(name):
            line = line.replace(secret, "…")
    kind = type(cause or error).__name__
    return clean(line if isinstance(cause, BastideError) else f"{kind}: {line}", 200)


def _from_anywhere(task: Task) -> Task:
    if task.files.remote:
        return task
    paths = tuple(str(Path(path).absolute()) for path in task.files.paths)
    return msgspec.structs.replace(task, files=msgspec.structs.replace(task.files, paths=paths))
