"""What a scan found as tables: their columns, and their rows as they are written to disk, without secrets.

A table is JSON lines, or Parquet made of them. A folder has them whole or not at all: it is written beside its place
and renamed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
import weakref
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.commit import checked_out
from bastide.redact import clean
from bastide.rowtext import line, properties_text, statement_lines
from bastide.secret import hide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

    from bastide.controls.verdict import Report, Verdict
    from bastide.resources.model import Resource

    Rows = Iterator[dict[str, Any] | bytes]
    """Rows, or lines of JSON that they are already."""

TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "resources": {
        "id": ("VARCHAR", "unique in the scan: unit and address"),
        "type": ("VARCHAR", "CloudFormation type"),
        "name": ("VARCHAR", "type as the source calls it"),
        "address": ("VARCHAR", "Terraform address, logical id or ARN"),
        "unit": ("VARCHAR", "root module, plan, template or account"),
        "source": ("VARCHAR", "terraform, plan, cloudformation or aws"),
        "path": ("VARCHAR", "file"),
        "line": ("INTEGER", "first line"),
        "properties": ("JSON", "properties of the type, secrets redacted"),
    },
    "unresolved": {
        "resource": ("VARCHAR", "id of the resource"),
        "property": ("VARCHAR", "path of the property that is not known"),
        "reason": ("VARCHAR", "why"),
    },
    "links": {
        "resource": ("VARCHAR", "id of the resource that refers"),
        "property": ("VARCHAR", "path of the property that does"),
        "target": ("VARCHAR", "id of the resource that is referred to"),
        "attribute": ("VARCHAR", "attribute that is taken of it"),
    },
    "statements": {
        "resource": ("VARCHAR", "id of the resource whose policy it is"),
        "property": ("VARCHAR", "where in the resource"),
        "sid": ("VARCHAR", "statement id, NULL when it has none"),
        "effect": ("VARCHAR", "allow or deny"),
        "actions": ("VARCHAR[]", "lower case"),
        "not_actions": ("VARCHAR[]", "lower case"),
        "principals": ("STRUCT(kind VARCHAR, id VARCHAR)[]", "who"),
        "not_principals": ("STRUCT(kind VARCHAR, id VARCHAR)[]", "who not"),
        "resources": ("VARCHAR[]", "on what"),
        "not_resources": ("VARCHAR[]", "on what not"),
        "conditions": (
            'STRUCT("operator" VARCHAR, "key" VARCHAR, "values" VARCHAR[])[]',
            "when; lower-case operators and keys",
        ),
    },
    "verdicts": {
        "control": ("VARCHAR", "id of the control"),
        "status": ("VARCHAR", "pass, fail, unknown or exempt"),
        "severity": ("VARCHAR", "critical, high, medium, low or info"),
        "resource": ("VARCHAR", "id of the resource"),
        "path": ("VARCHAR", "file of what decided"),
        "line": ("INTEGER", "line of what decided"),
        "fingerprint": ("VARCHAR", "identity of the finding across runs"),
        "new": ("BOOLEAN", "false when the baseline knows it"),
        "compensated_by": ("VARCHAR", "address of the layer without which it would not pass; NULL for all others"),
    },
    "controls": {
        "id": ("VARCHAR", "id"),
        "title": ("VARCHAR", "what holds"),
        "severity": ("VARCHAR", "critical, high, medium, low or info"),
        "type": ("VARCHAR", "resource type that it judges"),
        "frameworks": ("JSON", "requirement ids by framework"),
        "attack": ("VARCHAR[]", "ATT&CK technique ids"),
    },
    "ledger": {
        "account": ("VARCHAR", "id of the live account"),
        "region": ("VARCHAR", "region whose endpoint was called"),
        "service": ("VARCHAR", "service as botocore calls it"),
        "operation": ("VARCHAR", "operation of its API"),
        "outcome": ("VARCHAR", "read, empty, absent, denied, failed, skipped or not offered"),
        "calls": ("INTEGER", "how many calls, retries counted"),
        "items": ("INTEGER", "how many things they gave"),
        "seconds": ("DOUBLE", "how long they took, waits counted"),
        "code": ("VARCHAR", "AWS's error code, empty without"),
        "permission": ("VARCHAR", "permission that a call needs that was denied or failed"),
        "remedy": ("VARCHAR", "how to close the gap"),
    },
    "reads": {
        "account": ("VARCHAR", "account"),
        "region": ("VARCHAR", "region; `*` for a type that is read once an account"),
        "type": ("VARCHAR", "CloudFormation type of which everything was read"),
    },
    "unread": {
        "account": ("VARCHAR", "account"),
        "region": ("VARCHAR", "region, or `global`"),
        "type": ("VARCHAR", "CloudFormation type of which not everything could be listed"),
        "reason": ("VARCHAR", "why: the operation that was denied or failed"),
    },
    "exemptions": {
        "fingerprint": ("VARCHAR", "of the finding"),
        "control": ("VARCHAR", "id of the control"),
        "resource": ("VARCHAR", "id of the resource"),
        "by": ("VARCHAR", "who answers for it"),
        "until": ("VARCHAR", "last day on which it holds"),
        "reason": ("VARCHAR", "why it is acceptable"),
        "place": ("VARCHAR", "where it is written"),
        "expired": ("BOOLEAN", "whether that day has passed"),
    },
    "scan": {
        "id": ("VARCHAR", "32 hex digits, different for every scan"),
        "started": ("BIGINT", "milliseconds since 1970, UTC"),
        "seconds": ("DOUBLE", "how long it took"),
        "version": ("VARCHAR", "of bastide"),
        "targets": ("VARCHAR[]", "what was asked for"),
        "choice": ("VARCHAR[]", "what `only`, `skip` and `exclude` said, as in `skip=s3.*`"),
        "live": ("BOOLEAN", "whether it read live accounts or their records, not code"),
        "whole": ("BOOLEAN", "whether nothing was left out by a path, and everything could be read"),
        "commit": ("VARCHAR", "commit that was checked out, empty outside a repository"),
    },
    "coverage": {
        "kind": ("VARCHAR", "unreadable, partial, unmapped, external or note"),
        "path": ("VARCHAR", "file or folder"),
        "line": ("INTEGER", "line, 0 when it is about the whole file"),
        "message": ("VARCHAR", "what was not looked at, and why"),
        "count": ("INTEGER", "how many times"),
    },
}
"""Tables, their columns, types and meaning; the reference page is made from it."""
_KEPT = {
    **TABLES,
    "verdicts": {**TABLES["verdicts"], "type": ("VARCHAR", "of the resource; where it is, `fingerprint` need not be")},
}
"""Columns of the Parquet files, which `as_kept` reads: a fingerprint takes more room than all else of a verdict."""
FINGERPRINT = """coalesce(fingerprint, substr(sha256(
  control || chr(0) || "type" || chr(0) || substr(resource, strpos(resource, '#') + 1)), 1, 32))"""
"""What `Verdict.fingerprint` says, where the id of the resource is its unit and its address as they are.

It costs more than reading a verdict does: who wants few of them filters `as_kept` first.
"""


class VerdictLine(Struct):
    """A row of the table of verdicts, of which there are most."""

    control: str
    status: str
    severity: str
    resource: str
    path: str
    line: int
    fingerprint: str
    new: bool
    compensated_by: str | None


def of_resources(resources: Iterable[Resource]) -> Iterator[tuple[str, Rows]]:
    """The tables about resources alone; `resources` is gone through once for each."""
    yield "resources", (
        {"id": identity_of(r), "type": r.type, "name": r.name, "address": identity(r.address), "unit": r.unit,
         "source": r.source, "path": r.path, "line": r.line,
         "properties": properties_text(r.properties)}
        for r in resources
    )  # fmt: skip
    yield "unresolved", (
        {"resource": identity_of(r), "property": path, "reason": clean(why)}
        for r in resources for path, why in r.unresolved.items()
    )  # fmt: skip
    yield "links", (
        {"resource": identity_of(r), "property": link.property, "target": identity(f"{r.unit}#{link.target}"),
         "attribute": link.attribute}
        for r in resources for link in r.links
    )  # fmt: skip
    yield "statements", (text for r in resources for text in statement_lines(r, identity_of(r)))


def of_verdicts(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, Rows]]:
    """The table of verdicts."""
    yield "verdicts", (
        line(VerdictLine(v.control.id, v.status, v.control.severity, identity_of(v.resource), *v.location,
                         v.fingerprint, v.new, identity(v.compensated.address) if v.compensated else None))
        for v in verdicts
    )  # fmt: skip


def of_ledger(ledger: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Rows]]:
    """The table of what became of the calls to live accounts."""
    rows = ({name: clean(value) if isinstance(value, str) else value for name, value in row.items()} for row in ledger)
    yield "ledger", rows


def of_report(report: Report) -> Iterator[tuple[str, Rows]]:
    """The tables about a scan as a whole."""
    yield "exemptions", (
        {"fingerprint": v.fingerprint, "control": v.control.id, "resource": identity(v.resource.id),
         "by": clean(e.by), "until": e.until, "reason": clean(e.reason), "place": e.place, "expired": e.expired}
        for v in report.verdicts if (e := v.exemption)
    )  # fmt: skip
    started = round(report.started * 1000)
    live = bool(report.targets) and report.targets[0] in ("aws", "config-snapshot")
    key = f"{started}\0{report.seconds}\0{os.getpid()}".encode()
    yield "scan", iter(({"id": hashlib.sha256(key).hexdigest()[:32], "started": started, "seconds": report.seconds,
                         "version": report.version, "targets": [clean(target) for target in report.targets],
                         "choice": [clean(text) for text in choice_of(report.settings)], "live": live,
                         "whole": not report.coverage.left_out and not report.coverage.incomplete,
                         "commit": checked_out()},))  # fmt: skip
    yield "controls", (
        {"id": c.id, "title": c.title, "severity": c.severity, "type": c.resource, "frameworks": c.frameworks,
         "attack": c.attack}
        for c in report.controls
    )  # fmt: skip
    yield "coverage", (
        {"kind": p.kind, "path": p.path, "line": p.line, "message": clean(p.message), "count": p.count}
        for p in report.coverage.problems
    )  # fmt: skip


def choice_of(settings: Mapping[str, Any]) -> list[str]:
    """What settings of a scan choose of what there is to judge, sorted; empty for all of it."""
    return sorted(f"{key}={text}" for key in ("only", "skip", "exclude") for text in settings.get(key) or ())


@lru_cache(maxsize=16_384)
def identity(text: str) -> str:
    """As it is: cut, it would be another's. But the keys of a `for_each` may be secrets."""
    return hide(text)


def identity_of(resource: Resource) -> str:
    """`identity` of its id. That of an account has no secret in it, and its `#` ends whatever secret there is."""
    unit = resource.unit
    return f"{unit}#{identity(resource.address)}" if _is_account(unit) else identity(resource.id)


@lru_cache(maxsize=256)
def _is_account(unit: str) -> bool:
    return re.fullmatch(r"aws:[0-9]{1,20}", unit) is not None


def _line(row: dict[str, Any] | bytes) -> bytes:
    return row if isinstance(row, bytes) else line(row)


def write_lines(folder: Path, tables: Iterable[tuple[str, Rows]]) -> None:
    """Every table as `NAME.jsonl` in the folder, which must be there."""
    for name, rows in tables:
        with (folder / f"{name}.jsonl").open("wb") as stream:
            stream.writelines(map(_line, rows))


def read_lines(file: Path, name: str, *, kept: bool = False) -> str:
    """The SQL that reads a table from its JSON lines, with its columns and their types; or those that are `kept`."""
    table = (_KEPT if kept else TABLES)[name]
    described = ", ".join(f"{quoted(column)}: {quoted(kind)}" for column, (kind, _) in table.items())
    columns = ", ".join(f'"{column}"' for column in table)
    return (
        f"select {columns} from read_json({quoted(str(file))}, format='newline_delimited', "  # noqa: S608
        f"columns={{{described}}}, maximum_object_size=67108864)"
    )


def of_files(folder: Path, name: str, inside: str = "*/") -> str:
    """The SQL of a table as a run keeps it in Parquet files: of all accounts, or `inside` one folder of them."""
    columns = ", ".join(
        f'{FINGERPRINT} as "{column}"' if column == "fingerprint" and name == "verdicts" else f'"{column}"'
        for column in TABLES[name]
    )
    return f"select {columns} from ({as_kept(folder, name, inside)})"  # noqa: S608 (our own)


def as_kept(folder: Path, name: str, inside: str = "*/") -> str:
    """The same as the files have it: `FINGERPRINT` says from the columns of a verdict what `of_files` says.

    What the files of an older run do not have is NULL.
    """
    none = empty(_KEPT[name])
    if not any(folder.glob(f"{inside}{name}.parquet")):
        return none
    files = quoted(f"{folder}/{inside}{name}.parquet")
    return f"{none} union all by name select * from read_parquet({files})"  # noqa: S608 (quoted)


def empty(columns: dict[str, tuple[str, str]]) -> str:
    """The SQL of a table without rows, with columns as `TABLES` has them."""
    nulls = ", ".join(f'null::{kind} as "{name}"' for name, (kind, _) in columns.items())
    return f"select {nulls} where false"


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def spill_apart(connection: duckdb.DuckDBPyConnection) -> None:
    """What does not fit into memory goes to a private folder, which is there as long as the connection; before locking.

    By itself DuckDB takes `.tmp` in the working directory, and a locked connection may read what is there: in the
    folder of a stranger, a link to anywhere.
    """
    folder = ""
    with suppress(OSError):
        folder = tempfile.mkdtemp(prefix="bastide-")
        weakref.finalize(connection, shutil.rmtree, folder, ignore_errors=True)
    connection.execute(f"set temp_directory = {quoted(folder)}")


def write_parquet(folder: Path, tables: Iterable[tuple[str, Rows]], connection: duckdb.DuckDBPyConnection) -> None:
    """Every table that has rows as `NAME.parquet` in the folder, which must be there."""
    for name, rows in tables:
        lines = folder / f"{name}.jsonl"
        with lines.open("wb") as stream:
            stream.writelines(map(_line, rows))
        if lines.stat().st_size:
            target = quoted(str(folder / f"{name}.parquet"))
            source = read_lines(lines, name, kept=True)
            connection.execute(f"copy ({source}) to {target} (format parquet, compression zstd, compression_level 1)")
        lines.unlink()


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of `target` when all went well."""
    fresh = fresh_folder(target)
    try:
        yield fresh
        put_in_place(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def fresh_folder(target: Path) -> Path:
    """An empty folder beside a place, to be put there."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.parent / f".part-{os.getpid()}-{time.monotonic_ns()}"
    fresh.mkdir(mode=0o700)
    return fresh


def put_in_place(fresh: Path, target: Path) -> None:
    """The folder in the place of another, which goes."""
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
