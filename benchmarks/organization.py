"""Measure judging a whole organization: accounts of synthetic resources, as `bastide scan aws` has them on disk when
calls are answered: `python benchmarks/organization.py`.

Makes a run of 200 accounts with 4 regions of 2,000 resources each, then judges it on all cores, once for the verdicts
alone, and once as a scan does, which keeps tables and history. The figures go to benchmarks/.cache/organization.json,
from where `run.py` takes them.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from functools import cache, partial
from pathlib import Path

from evaluate import resources
from harness.process import Peak

from bastide.controls.evaluate import Evaluation
from bastide.controls.library import load_library
from bastide.history.accounts import Found, Judging, judge_accounts
from bastide.history.findings import record
from bastide.history.outcome import Outcome
from bastide.resources.estate import READ
from bastide.resources.model import Resource
from bastide.sources.aws.calls import LedgerRow, Work
from bastide.sources.aws.engine import Live
from bastide.sources.aws.runs import Run, packed

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")
GROUP = "bench"


def work_of(account: int, region: str) -> Work:
    """The unit of work of an account in a region."""
    return Work(f"{account:012}", region, GROUP, "aws", region)


def make(task: tuple[str, int, int]) -> None:
    """Write the units of one account."""
    folder, account, each = task
    run, unit = Run(Path(folder)), f"aws:{account:012}"
    for at, region in enumerate(REGIONS):
        work, path = work_of(account, region), f"{unit}/{region}"
        made = [
            Resource(kind, f"arn:aws:x:{region}:{account:012}:{number}", unit, "aws", path, 0, 0, properties, kind)
            for number, (kind, properties) in enumerate(resources(each, account * len(REGIONS) + at))
        ]
        run.save(work, packed(work, made, [LedgerRow(work.account, region, "x", "List", "read", 1, each, 0.1)], {}))


def load(run: Run, account: int) -> Live:
    """An account as the engine gives it."""
    found = Live(f"{account:012}")
    for region in REGIONS:
        unit = run.load(work_of(account, region))
        assert unit is not None
        some, rows = unit.unpack()
        found.resources += some
        found.ledger += rows
    types = {one.type: "region" for one in found.resources}
    properties = {"types": types, "unread": {}, "regions": list(REGIONS), "complete": True}
    name = f"aws:{found.account}"
    found.marks.append(Resource(READ, f"{name}/read", name, "aws", name, 0, 0, properties))
    return found


@cache
def evaluation() -> Evaluation:
    """One for each process."""
    library = load_library()
    return Evaluation(library.controls, library.compiled)


def evaluated(run: Run, account: int) -> int:
    """How many verdicts there are on an account."""
    live = load(run, account)
    return Outcome.of(evaluation(), live.resources, live.marks, lambda _: False).counts().total()


def main() -> int:
    """Make, judge, print and keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--each", type=int, default=2000, help="resources in a region")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bastide-organization-"))
    try:
        tasks = [(str(folder), account, arguments.each) for account in range(arguments.accounts)]
        with multiprocessing.get_context("spawn").Pool() as pool:
            pool.map(make, tasks)
        figures = _judge(folder, arguments.accounts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    kept = Path(__file__).parent / ".cache" / "organization.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))
    return 0


def _judge(folder: Path, accounts: int) -> dict[str, float]:
    gc.disable()  # as the command does
    run, library, found = Run(folder), load_library(), Found()
    judging = Judging(library, [], lambda _: True)
    peak = Peak(os.getpid())
    peak.start()
    began = time.perf_counter()
    with multiprocessing.get_context("fork").Pool() as pool:
        verdicts = sum(pool.imap_unordered(partial(evaluated, run), range(accounts)))
    started = time.perf_counter()
    for one in judge_accounts(judging, lambda account: load(run, account), accounts, run.tables):
        found.add(one)
    judged = time.perf_counter()
    record(folder, run.tables, "bench", time.time())
    recorded = time.perf_counter()
    peak.done.set()
    peak.join()
    assert verdicts == found.counts.total()
    size = sum(path.stat().st_size for path in run.tables.rglob("*.parquet"))
    return {
        "accounts": accounts,
        "resources": found.types.total(),
        "verdicts": verdicts,
        "seconds to read and evaluate them": round(started - began, 1),
        "seconds to do so and keep the tables": round(judged - started, 1),
        "seconds to bring the history up to date": round(recorded - judged, 1),
        "peak MiB of all processes": round(peak.tree / 2**20, 1),
        "MB of Parquet": round(size / 1e6, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
