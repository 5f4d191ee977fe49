"""`bastide lake`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse

    from bastide.lake.compact import Compacted
    from bastide.lake.expire import Expired
    from bastide.lake.status import Status
    from bastide.lake.verify import Verified

FAILED = 1


def run(arguments: argparse.Namespace) -> int:
    """Do what the sub-command says, and show it."""
    import msgspec

    from bastide.cli.progress import progress
    from bastide.lake.extra import needed

    needed()
    found: Any
    code: int
    with progress() as told:
        found, code = _ACTIONS[arguments.action](arguments, told)
    if arguments.format == "json":
        print(json.dumps({"version": 1, **_cleaned(msgspec.to_builtins(found))}, indent=2))
    else:
        print(_SHOWN[arguments.action](found, arguments))
    return code


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value


def _status(arguments: argparse.Namespace, told: Any) -> tuple[Status, int]:
    from bastide.lake.status import status
    from bastide.lake.store import own

    del told
    return status(own(arguments.lake)), 0


def _compact(arguments: argparse.Namespace, told: Any) -> tuple[Compacted, int]:
    from bastide.detect.newest import unjudged
    from bastide.lake.compact import compact
    from bastide.lake.store import own

    return compact(own(arguments.lake), arguments.size * 1024 * 1024, told, unjudged), 0


def _expire(arguments: argparse.Namespace, told: Any) -> tuple[Expired, int]:
    from bastide.lake.expire import day_of, expire
    from bastide.lake.store import own

    del told
    day = day_of(arguments.before)
    return expire(own(arguments.lake), day, arguments.table or (), apply=arguments.apply), 0


def _verify(arguments: argparse.Namespace, told: Any) -> tuple[Verified, int]:
    from bastide.lake.store import own
    from bastide.lake.verify import verify

    found = verify(own(arguments.lake), told)
    return found, FAILED if found.faults else 0


def _show_status(found: Status, arguments: argparse.Namespace) -> str:
    what = f"{counted(found.events, 'event')} in {counted(found.files, 'file')}, {_size(found.bytes)}"
    lines = [f"{clean(found.place, 300)}: {what}, {counted(found.commits, 'commit')}"]
    for name, count in sorted(found.tables.items()):
        lines.append(f"  {name:<32} {count:>14,}")
    lines.append("")
    for one in found.sources:
        span = one.first if one.first == one.last else f"{one.first}-{one.last}"
        told = f"  no events on {', '.join(one.gaps[:6])}{' …' if len(one.gaps) > 6 else ''}" if one.gaps else ""
        told += f"  silent for {counted(one.silent, 'day')}" if one.silent else ""
        where = f"{one.source:<20} {one.account:<13} {one.region:<15} {span:<18}"
        lines.append(f"{where} {one.events:>12,} {_size(one.bytes):>9}{told}")
        if arguments.days:
            lines += [f"{'':50} {day:<18} {count:>12,}" for day, count in one.days.items()]
    if found.small:
        lines += ["", f"{counted(found.small, 'small file')}: `bastide lake compact` puts them together"]
    if found.quarantine:
        lines += ["", f"{counted(sum(found.quarantine.values()), 'record')} in the quarantine:"]
        for reason, count in sorted(found.quarantine.items()):
            lines.append(f"  {count:>8,}  {clean(reason, 200)}")
            lines += [f"{'':12}{clean(place, 300)}" for place in found.examples[reason]]
            lines += [f"{'':12}…"] if count > len(found.examples[reason]) else []
    return "\n".join(lines)


def _show_compact(found: Compacted, arguments: argparse.Namespace) -> str:
    del arguments
    if not found.before:
        return "nothing to put together"
    sizes = f"{_size(found.bytes_before)} to {_size(found.bytes_after)}"
    return f"{counted(found.before, 'file')} put together into {found.after}; {sizes}"


def _show_expire(found: Expired, arguments: argparse.Namespace) -> str:
    del arguments
    what = f"{counted(found.events, 'event')} in {counted(found.files, 'file')} ({_size(found.bytes)})"
    lines = [f"{what} before {found.before} {'deleted' if found.applied else 'would go; --apply deletes them'}"]
    return "\n".join(lines + [f"  {name:<32} {count:>14,}" for name, count in sorted(found.tables.items())])


def _show_verify(found: Verified, arguments: argparse.Namespace) -> str:
    del arguments
    lines = [f"{counted(found.commits, 'commit')}, {counted(found.files, 'file')}, {_size(found.bytes)} compared"]
    lines += [f"{one.kind}: {clean(one.path, 400)}: {one.text}" for one in found.faults]
    return "\n".join([*lines, f"{counted(len(found.faults), 'fault')}; head {found.head}"])


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


_ACTIONS: dict[str, Any] = {"status": _status, "compact": _compact, "expire": _expire, "verify": _verify}
_SHOWN: dict[str, Any] = {
    "status": _show_status,
    "compact": _show_compact,
    "expire": _show_expire,
    "verify": _show_verify,
}
