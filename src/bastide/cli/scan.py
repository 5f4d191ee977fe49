"""`bastide scan`."""

from __future__ import annotations

import gc
import io
import sys
from functools import cache, partial
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.errors import BastideError, UsageError
from bastide.report import check_format, format_of, render, render_terminal
from bastide.scan import exit_code, scan
from bastide.settings import LIVE, load_settings
from bastide.sources.files import write_whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bastide.controls.verdict import Report
    from bastide.lastscan import Keeper
    from bastide.report import Format
    from bastide.resources.model import Resource
    from bastide.scan import ScanResult
    from bastide.settings import Settings


def run(arguments: argparse.Namespace) -> int:
    """Scan, print, write the files that were asked for."""
    # One scan, then the process ends: looking for cycles among a million live objects only takes time.
    gc.disable()
    settings = load_settings(vars(arguments), arguments.config or "")
    outputs = _outputs(settings)
    check_format(settings.scan["format"])
    targets = arguments.targets or settings.targets or ["."]
    keeper = cache(_keeper)
    try:
        with progress() as told:
            meanwhile = partial(_import, outputs, settings, keeper)
            result = scan_targets(
                targets, settings, told, meanwhile=meanwhile, seen=lambda read: keeper().resources(read)
            )
            _last[:] = [result]
            told("writing", 0, 0)
            keeper().report(result, looked_at=any(check_format(name).looks for name, _ in outputs))
            for name, path in outputs:
                _write(path, check_format(name), result.report)
        if not any(path in _STDOUT for _, path in outputs):
            _print(result.report, settings)
    finally:
        keeper().close()
    _follow(settings)
    return exit_code(result.report)


def _follow(settings: Settings) -> None:
    """Tell which threats came and went with this scan, where a register is kept: what is wrong there is only told."""
    if not settings.path:
        return
    from bastide.workload.place import has_register

    if not has_register(settings.path):
        return
    from bastide.cli.threats import announce
    from bastide.posture.whole import is_of_all, open_whole
    from bastide.workload.manifest import read_manifest

    try:
        if is_of_all(load_settings({}, settings.path), read_manifest(settings.path)):
            with open_whole(settings.path) as whole:
                announce(whole)
    except BastideError as error:
        print(f"the register could not follow: {error}", file=sys.stderr)


_last: list[ScanResult] = []
"""The newest result, which lives as long as the process: ending is quicker than giving back all that is in it."""


def scan_targets(
    targets: list[str],
    settings: Settings,
    told: Callable[[str, int, int], None],
    *,
    meanwhile: Callable[[], object] | None = None,
    seen: Callable[[list[Resource]], object] | None = None,
) -> ScanResult:
    """`aws` alone is the live account; together with anything else, or as `./aws`, it is a folder."""
    if targets == ["aws"]:
        from bastide.live import scan_live

        return scan_live(settings.scan, settings.exemptions, told, settings.path)
    recorded = targets[0] == "config-snapshot"
    for option in LIVE:
        of_both = recorded and option.name in ("services", "everything")
        if settings.scan.get(option.name) and option.name in settings.given and not of_both:
            raise UsageError(f"{option.flag} is for live accounts", remedy="run `bastide scan aws`")
    if recorded:
        from bastide.recorded import scan_recorded

        return scan_recorded(targets[1:], settings.scan, settings.exemptions, told, settings.path)
    return scan(targets, settings.scan, settings.exemptions, told, meanwhile=meanwhile, seen=seen)


def _keeper() -> Keeper:
    from bastide.lastscan import Keeper  # while others read

    return Keeper()


def _import(outputs: list[tuple[str, str]], settings: Settings, keeper: Callable[[], Keeper]) -> None:
    """What will be needed to write, now that there is something to wait for."""
    keeper()
    for name in {settings.scan["format"], *(name for name, _ in outputs)}:
        check_format(name).load()


def _outputs(settings: Settings) -> list[tuple[str, str]]:
    """Format and file of every `--output`: its own format, else a `--format` that was given, else by its extension."""
    found = []
    for text in settings.scan["output"]:
        name, equals, path = text.partition("=")
        if not equals:
            path = text
            name = settings.scan["format"] if "format" in settings.given or path in _STDOUT else format_of(path)
        check_format(name)
        if not path:
            raise UsageError(f"--output {text}: no file is named")
        found.append((name, path))
    return found


_STDOUT = ("-", "/dev/stdout")


def _print(report: Report, settings: Settings) -> None:
    """For a person, or in the format that was asked for unless an `--output` has taken that."""
    name = settings.scan["format"]
    if name == "terminal":
        render_terminal(report, verbose=settings.scan["verbose"], show_passed=settings.scan["show_passed"])
    elif all("=" in text for text in settings.scan["output"]):
        _put(render(name, report))


def _put(text: str) -> None:
    """On standard output in UTF-8, whatever the locale: a format for programs says what its encoding is."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(text)


def _write(path: str, chosen: Format, report: Report) -> None:
    """To standard output, or a file that is whole or not there at all."""
    if path in _STDOUT:
        _put(chosen.render(report))
        return
    try:
        write_whole(path, chosen.encoded(report))
    except OSError as error:
        raise UsageError(f"the report cannot be written: {error.strerror}", place=path) from None
