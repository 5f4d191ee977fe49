"""Measure reading a live account beside Prowler: the same emulated account, regions and services.

`python benchmarks/live.py` prints the figures; `python benchmarks/run.py --inputs live` puts them on the page. Calls
are counted where they arrive, so that retries count, too.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness import tools
from harness.emulated import REGIONS, Account, emulated
from harness.process import timed, weighed

if TYPE_CHECKING:
    from pathlib import Path

EACH = 20
"""Resources of each kind in the account, some 300 in all."""
SERVICES = {
    "cloudtrail": "cloudtrail", "dynamodb": "dynamodb", "ec2": "ec2", "ecr": "ecr", "iam": "iam", "kms": "kms",
    "lambda": "awslambda", "rds": "rds", "s3": "s3", "secretsmanager": "secretsmanager", "sns": "sns", "sqs": "sqs",
    "vpc": "vpc",
}  # fmt: skip
"""What is read: bastide's name of a service, and Prowler's."""
PROGRESS_LIMIT = 60.0

Result = dict[str, Any]


def command(tool: tools.Tool, out: Path) -> list[str]:
    """The command line that scans the account and writes the findings as JSON."""
    if tool.name == "bastide":
        chosen = ["--regions", ",".join(REGIONS), "--services", ",".join(SERVICES)]
        return [str(tool.binary), "scan", "aws", *chosen, "--format", "json", "--output", str(out)]
    chosen = ["--region", *REGIONS, "--service", *SERVICES.values()]
    written = ["--output-formats", "json-ocsf", "--output-directory", str(out.parent), "--output-filename", out.stem]
    return [str(tool.binary), "aws", *chosen, *written]


def environment(account: Account, out: Path) -> dict[str, str]:
    """As every measured command has it, with credentials of nobody, and the emulation instead of AWS."""
    return {
        **tools.environment(),
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "127.0.0.1",
        "XDG_DATA_HOME": str(out.parent / "data"),
        "XDG_STATE_HOME": str(out.parent / "state"),
        "AWS_ENDPOINT_URL": account.url,
        "AWS_ACCESS_KEY_ID": "emulated",
        "AWS_SECRET_ACCESS_KEY": "emulated",
        "AWS_DEFAULT_REGION": REGIONS[0],
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def findings(tool: tools.Tool, out: Path) -> int | None:
    """How many findings were written; None when there is nothing that can be read."""
    try:
        if tool.name == "bastide":
            return tool.findings(out)
        report = json.loads(out.with_suffix(".ocsf.json").read_text("utf-8"))
        return sum(one["status_code"] == "FAIL" for one in report)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def measure(environments: list[tools.Tool], each: int, repeat: int) -> Result:
    """Runs of every tool, alternating: timed, weighed, and cut off at the first byte that a person would see."""
    runs: Result = {}
    with emulated(each) as account:
        for turn in range(repeat + 1):  # the first turn warms the caches
            for tool in environments:
                if turn == 0:
                    runs[tool.name] = {"timed": [], "weighed": [], "progress": []}
                    _run(tool, account, runs[tool.name], weigh=True)
                else:
                    _run(tool, account, runs[tool.name], weigh=False)
                    runs[tool.name]["progress"].append(first_byte(tool, account))
        for name in [name for name, found in runs.items() if found.get("findings") is None]:
            print(f"  {name} is left out: no findings that can be read")
            del runs[name]
    return {"each": each, "regions": list(REGIONS), "services": list(SERVICES), "runs": runs}


def _run(tool: tools.Tool, account: Account, into: Result, *, weigh: bool) -> None:
    out = _fresh(tool)
    account.forget()
    run = (weighed if weigh else timed)(command(tool, out), environment(account, out), out.parent)
    calls = Counter(account.calls())
    into["findings"], into["operations"] = findings(tool, out), dict(calls.most_common())
    into["weighed" if weigh else "timed"].append({**asdict(run), "calls": calls.total()})
    memory = f", {run.memory:.0f} MiB" if run.memory else ""
    print(f"  {tool.name}: {run.seconds:.2f} s, {calls.total():,} calls{memory}, exit {run.exit_code}", flush=True)


def first_byte(tool: tools.Tool, account: Account) -> float:
    """Seconds until the command writes anything on a terminal; it is ended then."""
    out = _fresh(tool)
    ours, theirs = pty.openpty()
    env = {**environment(account, out), "TERM": "xterm-256color"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command(tool, out), env=env, cwd=out.parent, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    try:
        select.select([ours], [], [], PROGRESS_LIMIT)
        return time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
        os.close(theirs)


def _fresh(tool: tools.Tool) -> Path:
    """A place for a tool's findings and data, without those of an earlier run."""
    out = tools.CACHE / "out" / f"live-{tool.name}" / "findings.json"
    shutil.rmtree(out.parent, ignore_errors=True)
    out.parent.mkdir(parents=True)
    return out


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--each", type=int, default=EACH, help="resources of each kind")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--tools", default=",".join(tools.LIVE))
    arguments = parser.parse_args()
    found = measure(tools.prepare(arguments.tools.split(","), tools.LIVE), arguments.each, arguments.repeat)
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
