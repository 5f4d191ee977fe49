"""`bastide threats import` and `bastide threats export`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.cli.progress import progress
from bastide.cli.threats import actor, put
from bastide.errors import UsageError, near_miss
from bastide.posture.whole import open_whole
from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse

    from bastide.posture.whole import Whole
    from bastide.threats.exchange import Imported, Told
    from bastide.threats.register import Row


def run(arguments: argparse.Namespace) -> int:
    """Take a file in, or write one."""
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        if arguments.action == "import":
            return _import(arguments, whole)
        return put(_exported(arguments, whole), arguments.output)


def _import(arguments: argparse.Namespace, whole: Whole) -> int:
    from bastide.threats.exchange import read_file, take_in

    name = "standard input" if arguments.file == "-" else Path(arguments.file).name
    statuses = {row.threat.id: row.status for row in whole.register}
    file = read_file(arguments.format, _text(arguments.file), name, statuses)
    taken = take_in(whole.state, actor(), whole.journal, file, statuses)
    if not taken.changed:
        print(f"{clean(name, 200)} was taken in before, as it is")
        return 0
    print(f"{counted(len(taken.threats), 'threat')} of {clean(file.model, 200)} ({file.format}) taken in")
    if taken.ours:
        print(f"{counted(len(taken.ours), 'threat')} came from this register")
    if taken.decided:
        print(f"{counted(taken.decided, 'decision')} of the file written down: bastide audit")
    print("see them with: bastide threats --status all")
    return 0


def _text(file: str) -> str:
    from bastide.threats.exchange import MAX_BYTES

    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", place=file) from None
    except UnicodeDecodeError:
        raise UsageError("the file is not UTF-8", place=file) from None


def _exported(arguments: argparse.Namespace, whole: Whole) -> str:
    from bastide.threats.exchange import IMPORTED

    if arguments.format in ("csv", "json"):
        from bastide.threats.show import as_json
        from bastide.threats.table import as_csv

        rows = [row for row in whole.register if arguments.only == "all" or
                (row.threat.template == IMPORTED) == (arguments.only == "imported")]  # fmt: skip
        return as_csv(rows) if arguments.format == "csv" else json.dumps(as_json(rows), indent=2)
    from bastide.threats import otm, threat_composer

    base = _base(arguments, whole)
    if base is None and arguments.only == "imported":
        raise UsageError(f"nothing of the format {arguments.format} was taken in")
    make = otm.exported if arguments.format == "otm" else threat_composer.exported
    # A file of another tool is given back as it was; on a terminal nothing of it may act, so there it is ASCII.
    ascii_only = arguments.output in (None, "-")
    return json.dumps(make(_told(whole), base, arguments.only), indent=2, ensure_ascii=ascii_only)


def _base(arguments: argparse.Namespace, whole: Whole) -> Imported | None:
    """The file of that format that was taken in, the one that is named or the newest."""
    from bastide.threats.exchange import imports

    found = [one for one in imports(whole.journal) if one.format == arguments.format]
    if not arguments.model:
        return found[-1] if found else None
    named = [one for one in found if one.model == arguments.model]
    if not named:
        remedy = near_miss(arguments.model, [one.model for one in found])
        raise UsageError(f"no model `{arguments.model}` of the format {arguments.format} was taken in", remedy=remedy)
    return named[0]


def _told(whole: Whole) -> Told:
    from bastide.threats.exchange import Told

    rows: list[dict[str, Any]] = whole.known.select("select id, title, status, share from objectives")
    classes = {name: whole.manifest.sensitivity(name) for name in whole.manifest.scale}
    register: list[Row] = whole.register
    return Told(
        workload=whole.manifest.name,
        owner=whole.manifest.owner,
        purpose=whole.manifest.purpose,
        rows=register,
        objectives={row["id"]: row for row in rows},
        sensitivity=classes,
        model=whole.model,
    )
