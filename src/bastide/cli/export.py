"""`bastide export`."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.cli.progress import progress
from bastide.controls.library import load_library
from bastide.errors import INCOMPLETE, UsageError
from bastide.live import need_extra
from bastide.redact import clean
from bastide.report.words import counted
from bastide.settings import load_settings
from bastide.sources.aws.runs import data_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bastide.controls.entry import Control
    from bastide.export.asff import Target
    from bastide.export.ocsf import LastRun
    from bastide.export.s3 import Bucket
    from bastide.export.securityhub import Counts, Due


def run(arguments: argparse.Namespace) -> int:
    """Send, or say what would be sent."""
    given = {name: getattr(arguments, name, None) for name in ("controls", "role", "external_id", "profile")}
    settings = load_settings(given, arguments.config or "")
    controls = {control.id: control for control in load_library(settings.scan["controls"]).controls}
    command = _securityhub if arguments.action == "securityhub" else _ocsf
    return command(arguments, settings.scan, data_folder(settings.path), controls)


def _securityhub(
    arguments: argparse.Namespace, settings: dict[str, Any], root: Path, controls: dict[str, Control]
) -> int:
    from bastide.export.pending import State
    from bastide.export.securityhub import due, send, target_of
    from bastide.report.texts import texts_of

    into = target_of(arguments.into or "")
    state, now = State(root, "/".join(into or ())), dt.datetime.now(dt.UTC).replace(tzinfo=None)
    texts = {name: texts_of(control) for name, control in controls.items()}
    try:
        planned = _plan(due(state, texts, into, now), arguments.output or "")
    except OSError as error:
        raise UsageError(f"the file cannot be written: {error.strerror}", place=arguments.output or "") from None
    if not arguments.apply:
        return _told(planned, "would be sent; --apply sends them")
    if not planned:
        return _told(planned, "to send")
    need_extra()
    from bastide.sources.aws.client import Stopped
    from bastide.sources.aws.stopping import stoppable
    from bastide.sources.aws.writing import Door

    door = Door("securityhub", settings.get("profile") or "")
    door.enter(sorted({target.account for target in planned}), settings.get("role") or "",
               settings.get("external_id") or "")  # fmt: skip
    try:
        with progress() as tell, stoppable(door.edge.stop), state.held():
            sent = send(due(state, texts, into, now), state, door.call, now, tell)
    except Stopped:
        raise KeyboardInterrupt("`bastide export securityhub --apply` goes on where it stopped") from None
    return _told(sent, "sent")


def _plan(found: Iterator[Due], output: str) -> dict[Target, Counts]:
    """Counts by target; with `output` the findings themselves in a file, whole or not at all."""
    from bastide.export.files import whole_file
    from bastide.export.securityhub import Counts

    planned: dict[Target, Counts] = {}
    with ExitStack() as stack:
        stream = stack.enter_context(stack.enter_context(whole_file(Path(output))).open("wb")) if output else None
        for one in found:
            planned.setdefault(one.target, Counts()).add(one)
            if stream:
                stream.write(msgspec.json.encode(one.asff) + b"\n")
    return planned


def _told(counts: dict[Target, Counts], what: str) -> int:
    from bastide.export.securityhub import PERMISSION

    for target, one in counts.items():
        rest = f", {one.refused:,} not sent" if one.refused else ""
        print(f"{target.account}/{target.region}: {one.active:,} active, {one.archived:,} archived{rest}")
        for why, number in one.why.most_common(5):
            print(f"  {number:,} times {clean(why)}")
    total = sum(one.active + one.archived for one in counts.values())
    print(f"{counted(total, 'finding')} {what}")
    if counts:
        print(f"needed permission: {PERMISSION}, in each account above")
    return INCOMPLETE if any(one.refused for one in counts.values()) else 0


def _ocsf(arguments: argparse.Namespace, settings: dict[str, Any], root: Path, controls: dict[str, Control]) -> int:
    from bastide.export.ocsf import into_folder, last_run, parts
    from bastide.export.s3 import PERMISSIONS, bucket_of

    bucket, last = bucket_of(arguments.destination), last_run(root)
    if bucket and arguments.apply:
        return _into_bucket(last, bucket, settings, controls)
    if bucket:
        for part in parts(last):
            print(f"s3://{bucket.name}/{bucket.key(part.key)}")
        print(f"these files would be sent; --apply sends them\nneeded permissions: {', '.join(PERMISSIONS)}")
        return 0
    written: Counter[str] = Counter()
    try:
        into_folder(last, Path(arguments.destination), controls, lambda part, n: written.update({part.key: n}))
    except OSError as error:
        raise UsageError(f"the files cannot be written: {error.strerror}", place=arguments.destination) from None
    print(f"{counted(written.total(), 'event')} in {counted(len(written), 'file')}")
    return 0


def _into_bucket(last: LastRun, bucket: Bucket, settings: dict[str, Any], controls: dict[str, Control]) -> int:
    need_extra()
    from bastide.export.ocsf import parts, write
    from bastide.export.s3 import upload
    from bastide.sources.aws.client import Stopped
    from bastide.sources.aws.stopping import stoppable
    from bastide.sources.aws.writing import Door

    door = Door("s3", settings.get("profile") or "")
    written, failed = Counter[str](), 0
    try:
        with progress() as tell, stoppable(door.edge.stop), tempfile.TemporaryDirectory() as folder:
            for part in parts(last):
                file = Path(folder) / "part"
                count = write(last, part, controls, file)
                if why := upload(file, bucket, part.key, door.region or part.region, door.plain):
                    print(f"{part.key} was not sent: {clean(why)}")
                    failed += 1
                else:
                    written[part.key] = count
                tell("sending files", len(written), 0)
    except Stopped:
        raise KeyboardInterrupt("the files that were sent are whole; the same command replaces them") from None
    print(f"{counted(written.total(), 'event')} in {counted(len(written), 'file')}")
    return INCOMPLETE if failed else 0
