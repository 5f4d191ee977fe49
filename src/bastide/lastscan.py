"""The tables of the last scan of a folder, for `bastide query`: JSON lines in the user's state folder.

One folder for each working directory; a new scan replaces the files whole, so a reader never sees half of one.
Values are redacted before they are written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.errors import UsageError
from bastide.redact import clean, redacted
from bastide.secret import hide
from bastide.sources.pool import may_fork

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from bastide.scan import ScanResult

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
    "coverage": {
        "kind": ("VARCHAR", "unreadable, partial, unmapped, external or note"),
        "path": ("VARCHAR", "file or folder"),
        "line": ("INTEGER", "line, 0 when it is about the whole file"),
        "message": ("VARCHAR", "what was not looked at, and why"),
        "count": ("INTEGER", "how many times"),
    },
}
"""Tables, their columns, types and meaning; the reference page is made from it."""


WORTH_A_PROCESS = 2_000
"""Verdicts from which keeping the tables takes longer than starting a process."""


def folder_of_last_scan() -> Path:
    """Where the last scan of the current directory is kept."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    key = hashlib.sha256(str(Path.cwd()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(base) / "bastide" / "scans" / key


def save(result: ScanResult) -> None:
    """Keep the tables of a scan; a state folder that cannot be written is as if nobody wanted them kept."""
    with contextlib.suppress(OSError, RuntimeError):
        target = folder_of_last_scan()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
        try:
            for name, rows in _tables(result):
                with (fresh / f"{name}.jsonl").open("wb") as stream:
                    stream.writelines(map(_line, rows))
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


_encode = msgspec.json.Encoder().encode
_encode_oddly = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def _line(row: dict[str, Any]) -> bytes:
    try:
        return _encode(row) + b"\n"
    except (UnicodeEncodeError, OverflowError):
        # Half a pair of surrogates, which stands in names that are no text, is no JSON for DuckDB.
        return (_encode_oddly(row) + "\n").encode("utf-8", "replace")


@contextlib.contextmanager
def saving(result: ScanResult) -> Iterator[None]:
    """`save` beside what is done within: in a process of its own where there is much of it and a fork is safe."""
    if len(result.report.verdicts) < WORTH_A_PROCESS or not may_fork():
        save(result)
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if not process:
        try:
            save(result)
        finally:
            os._exit(0)
    try:
        yield
    finally:
        os.waitpid(process, 0)


def _tables(result: ScanResult) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    report, resources = result.report, result.resources
    yield "resources", (
        {"id": _id(r.id), "type": r.type, "name": r.name, "address": _id(r.address), "unit": r.unit,
         "source": r.source, "path": r.path, "line": r.line, "properties": redacted(r.properties)}
        for r in resources
    )  # fmt: skip
    yield "unresolved", (
        {"resource": _id(r.id), "property": path, "reason": clean(why)}
        for r in resources for path, why in r.unresolved.items()
    )  # fmt: skip
    yield "links", (
        {"resource": _id(r.id), "property": link.property, "target": _id(f"{r.unit}#{link.target}"),
         "attribute": link.attribute}
        for r in resources for link in r.links
    )  # fmt: skip
    yield "statements", _statements(result)
    yield "verdicts", (
        {"control": v.control.id, "status": v.status, "severity": v.severity, "resource": _id(v.resource.id),
         "path": v.location[0], "line": v.location[1], "fingerprint": v.fingerprint, "new": v.new}
        for v in report.verdicts
    )  # fmt: skip
    yield "controls", (
        {"id": c.id, "title": c.title, "severity": c.severity, "type": c.resource, "frameworks": c.frameworks,
         "attack": c.attack}
        for c in report.controls
    )  # fmt: skip
    yield (
        "ledger",
        (
            {name: clean(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in report.coverage.ledger
        ),
    )
    yield "coverage", (
        {"kind": p.kind, "path": p.path, "line": p.line, "message": clean(p.message), "count": p.count}
        for p in report.coverage.problems
    )  # fmt: skip


def _statements(result: ScanResult) -> Iterator[dict[str, Any]]:
    from bastide.resources.policies import has_policies, statements_of

    for resource in result.resources:
        if has_policies(resource.type):
            for statement in statements_of(resource.type, resource.properties, {})[0]:
                yield {"resource": _id(resource.id), **redacted(statement)}


@lru_cache(maxsize=16_384)
def _id(text: str) -> str:
    """As it is: cut, it would be another's. But the keys of a `for_each` may be secrets."""
    return hide(text)


def open_last_scan() -> duckdb.DuckDBPyConnection:
    """A connection with the tables of the last scan of this folder, locked: no file, no network, no settings."""
    import duckdb

    folder = folder_of_last_scan()
    if not folder.is_dir():
        raise UsageError("no scan of this folder is kept", remedy="run `bastide scan` here first")
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    for table, columns in TABLES.items():
        described = ", ".join(
            f"'{name}': '{kind.replace(chr(39), chr(39) * 2)}'" for name, (kind, _) in columns.items()
        )
        if not (folder / f"{table}.jsonl").exists():  # kept by a version that did not have it
            own = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
            connection.execute(f"create table {table} ({own})")
            continue
        quoted = ", ".join(f'"{name}"' for name in columns)
        file = str(folder / f"{table}.jsonl").replace("'", "''")
        connection.execute(
            f"create table {table} as select {quoted} from "  # noqa: S608 (names are from TABLES, the path is quoted)
            f"read_json('{file}', format='newline_delimited', columns={{{described}}}, maximum_object_size=67108864)"
        )
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection
