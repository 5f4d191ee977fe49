"""Measure a scan of what AWS Config has recorded: snapshots of an organization: `python benchmarks/recorded.py`.

Makes a snapshot for each of 10 accounts and 4 regions of 2,000 resources each, as AWS Config delivers them, then scans
the folder twice: for the time, and for the memory of all its processes. `--source FOLDER` measures another checkout's
`src`. The figures are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluate import resources
from harness.process import timed, weighed

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")


def items(account: str, region: str, each: int, seed: int) -> Iterator[dict[str, Any]]:
    """Configuration items of one account and region, with the names of the resource schema."""
    for number, (kind, properties) in enumerate(resources(each, seed)):
        yield {
            "configurationItemVersion": "1.3",
            "configurationItemCaptureTime": "2026-01-02T03:04:05.678Z",
            "configurationItemStatus": "OK",
            "awsAccountId": account,
            "awsRegion": region,
            "ARN": f"arn:aws:x:{region}:{account}:{number}",
            "resourceType": kind,
            "resourceId": f"{region}-{number}",
            "tags": {},
            "relationships": [],
            "configuration": properties,
            "supplementaryConfiguration": {},
        }


def make(folder: Path, accounts: int, each: int) -> int:
    """Write the snapshots, a file for each account and region; returns how many bytes they have."""
    size = 0
    for at in range(accounts):
        account = f"{at + 1:012}"
        for number, region in enumerate(REGIONS):
            file = folder / f"{account}_Config_{region}_ConfigSnapshot.json"
            with file.open("w", encoding="utf-8") as stream:
                stream.write('{"fileVersion":"1.0","configSnapshotId":"bench","configurationItems":[')
                for place, item in enumerate(items(account, region, each, at * len(REGIONS) + number)):
                    stream.write("," * (place > 0) + json.dumps(item))
                stream.write("]}")
            size += file.stat().st_size
    return size


def main() -> int:
    """Make, scan, print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--each", type=int, default=2000, help="resources in a region")
    parser.add_argument("--source", default="", help="the `src` folder to measure; this one's without")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bastide-recorded-") as place:
        folder = Path(place)
        (folder / "snapshots").mkdir()
        size = make(folder / "snapshots", arguments.accounts, arguments.each)
        env = {**os.environ, **{f"XDG_{name}_HOME": str(folder / name) for name in ("DATA", "STATE", "CACHE")}}
        if arguments.source:
            env["PYTHONPATH"] = str(Path(arguments.source).resolve())
        command = (sys.executable, "-m", "bastide", "scan", "config-snapshot", "snapshots", "--format", "json")
        timed(command, env, folder)  # which fills the cache of compiled controls
        time_taken, memory = timed(command, env, folder), weighed(command, env, folder)
        kept = [path for name in ("DATA", "STATE") for path in (folder / name).rglob("*") if path.is_file()]
        figures = {
            "accounts": arguments.accounts,
            "resources": arguments.accounts * len(REGIONS) * arguments.each,
            "MB of snapshots": round(size / 1e6, 1),
            "exit code": time_taken.exit_code,
            "seconds": round(time_taken.seconds, 1),
            "seconds of processor time": round(time_taken.cpu, 1),
            "peak MiB of all processes": round(memory.memory or 0),
            "peak MiB of the largest process": round(memory.largest or 0),
            "MB kept": round(sum(path.stat().st_size for path in kept) / 1e6, 1),
        }
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
