"""Draws docs/images/scan.svg: what `bastide scan` prints for a part of the example workload."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from rich.console import Console

from bastide.report import render_terminal
from bastide.scan import scan
from bastide.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Scan, draw, write."""
    os.chdir(ROOT / "examples" / "workload")
    settings = load_settings({"only": ["severity=critical,high"]}, "", {})
    result = scan(["cloudformation"], settings.scan, [])
    console = Console(record=True, width=104, file=io.StringIO(), force_terminal=True)
    render_terminal(result.report, console)
    picture = console.export_svg(title="bastide scan cloudformation --only severity=critical,high")
    # The picture is self-contained: no font is fetched from anywhere.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL).replace("Fira Code", "monospace")
    picture = re.sub(r"<!--.*?-->\s*", "", picture, flags=re.DOTALL)
    target = ROOT / "docs" / "images" / "scan.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(line.rstrip() for line in picture.splitlines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
