"""Draws the pictures of docs/images: what `bastide scan` prints for a part of the example workload, and with
`python scripts/emulate.py --once python scripts/picture.py live` for a part of the emulated organization."""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bastide.cli.parser import make_parser
from bastide.live import scan_live
from bastide.report import render_terminal
from bastide.scan import scan
from bastide.settings import load_settings

if TYPE_CHECKING:
    from bastide.controls.verdict import Report

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Scan and draw: `scan.svg`, or with the word `live` what a live organization gives, `live.svg`."""
    if "live" in sys.argv[1:]:
        words = ["scan", "aws", "--org", "--role", "Audit", "--services", "s3,ec2", "--regions", "eu-west-1", "--only"]
        words.append("s3.bucket-policy-is-not-open,ec2.account-blocks-public-snapshots")
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {"HOME": folder, "XDG_DATA_HOME": folder, "XDG_STATE_HOME": folder}
            os.chdir(folder)
            arguments = make_parser().parse_args(words)
            result = scan_live(load_settings(vars(arguments)).scan, [], lambda *_: None)
        draw("live", f"bastide {' '.join(words)}", result.report)
        return
    os.chdir(ROOT / "examples" / "workload")
    settings = load_settings({"only": ["severity=critical,high"]}, "", {})
    result = scan(["cloudformation"], settings.scan, [])
    draw("scan", "bastide scan cloudformation --only severity=critical,high", result.report)


def draw(name: str, title: str, report: Report) -> None:
    """Write the picture of a report as the terminal shows it."""
    console = Console(record=True, width=104, file=io.StringIO(), force_terminal=True)
    render_terminal(report, console)
    picture = console.export_svg(title=title)
    # The picture is self-contained: no font is fetched from anywhere.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL).replace("Fira Code", "monospace")
    picture = re.sub(r"<!--.*?-->\s*", "", picture, flags=re.DOTALL)
    target = ROOT / "docs" / "images" / f"{name}.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(line.rstrip() for line in picture.splitlines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
