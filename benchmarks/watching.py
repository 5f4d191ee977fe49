"""Measure the watch: from a new log file that appears to the alert that `bastide detect --watch` prints.

As a user has it: `bastide ingest --watch` looks at the folder of the trail, `bastide detect --watch` at the lake.
"""

from __future__ import annotations

import gzip
import json
import os
import queue
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from harness import tools
from trail import ACCOUNTS, REGIONS, Events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENTS = 1_000
"""How many events a new file has, one of which is what the watch is to tell of."""
PATIENCE = 120.0
"""Seconds after which an alert is given up."""
SECOND = 80_000
"""When in the trail's first day the new events are: correlations look at those around them, too."""


def measure(own: tools.Tool, trail: Path, place: Path, times: int) -> list[float]:
    """Seconds from file to alert for each new file; `TimeoutError` when an alert does not come."""
    place.mkdir(parents=True)
    lake = place / "lake"
    ingest, detect = ([str(own.binary), verb, "--lake", str(lake)] for verb in ("ingest", "detect"))
    subprocess.run([*ingest, str(trail)], env=tools.environment(), cwd=place, check=True, stdout=subprocess.DEVNULL)
    seconds = []
    with _watching([*ingest, str(trail), "--watch"], place), _watching([*detect, "--watch"], place) as lines:
        for turn in range(times + 1):
            new = write_file(place / "new.json.gz", f"watched-{turn}", turn)
            target = trail / f"AWSLogs/{ACCOUNTS[0]}/CloudTrail/{REGIONS[0]}/2026/11/01/new-{turn}.json.gz"
            target.parent.mkdir(parents=True, exist_ok=True)
            new.replace(target)
            begun = time.perf_counter()
            told = _told(lines, f"user/watched-{turn}")
            if turn:  # before the first, they had everything else to look at
                seconds.append(told - begun)
                print(f"    watch: {seconds[-1]:.2f} s", flush=True)
    return seconds


def write_file(path: Path, user: str, seed: int) -> Path:
    """A file of ordinary calls, the last of which silences a trail; done by a user of that name."""
    made, account, region = Events(seed + 1000), ACCOUNTS[0], REGIONS[0]
    records = [made.event(account, region, SECOND + number) for number in range(EVENTS)]
    records[-1] = silenced(records[-1], account, user)
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode()))
    return path


def silenced(event: dict[str, Any], account: str, user: str) -> dict[str, Any]:
    """The event as one in which a user stops CloudTrail's logging."""
    event = {key: value for key, value in event.items() if key not in ("errorCode", "errorMessage", "resources")}
    arn = f"arn:aws:iam::{account}:user/{user}"
    return event | {
        "userIdentity": {"type": "IAMUser", "principalId": user, "arn": arn, "accountId": account, "userName": user},
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging",
        "requestParameters": {"name": "organization"},
        "responseElements": None,
        "readOnly": False,
        "eventType": "AwsApiCall",
    }


@contextmanager
def _watching(command: list[str], place: Path) -> Iterator[queue.Queue[tuple[float, str]]]:
    """The lines that a watch prints, each with the moment it came; the watch is ended afterwards."""
    lines: queue.Queue[tuple[float, str]] = queue.Queue()
    process = subprocess.Popen(
        command, env=tools.environment(), cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        yield lines
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join()
        process.stdout.close()


def _read(stream: IO[str], lines: queue.Queue[tuple[float, str]]) -> None:
    for line in stream:
        lines.put((time.perf_counter(), line))


def _told(lines: queue.Queue[tuple[float, str]], words: str) -> float:
    """When the first line with these words came."""
    deadline = time.perf_counter() + PATIENCE
    while (left := deadline - time.perf_counter()) > 0:
        try:
            moment, line = lines.get(timeout=left)
        except queue.Empty:
            break
        if words in line:
            return moment
    raise TimeoutError(f"no alert about {words} within {PATIENCE:.0f} s")
