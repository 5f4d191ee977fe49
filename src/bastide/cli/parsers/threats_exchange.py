"""The command line of `bastide threats import` and `bastide threats export`."""

from __future__ import annotations

from typing import Any

from bastide.cli.parsers.base import lazy
from bastide.cli.parsers.loop import loop_options

IMPORTS = ("threat-composer", "otm")
EXPORTS = (*IMPORTS, "csv", "json")
ONLY = ("all", "derived", "imported")


def add_exchange(actions: Any) -> None:
    """Add both to the commands of `bastide threats`."""
    taken = actions.add_parser(
        "import",
        help="take in a threat model of another tool",
        description="Keep the file of another tool whole, make its threats threats of the register, and what it says "
        "of them decisions. A newer file of the same model takes the older one's place.",
    )
    taken.add_argument("file", metavar="FILE", help="the file, - for standard input")
    taken.add_argument("--format", "-f", choices=IMPORTS, default="", metavar="FORMAT",
                       help=f"{' or '.join(IMPORTS)} (default: what it looks like)")  # fmt: skip
    loop_options(taken)
    taken.set_defaults(run=lazy("threats_exchange"), action="import")
    given = actions.add_parser(
        "export",
        help="write the register in a format of other tools",
        description="Write the model and the register for another tool. What was taken in of that tool comes back as "
        "it was, with what was decided since.",
    )
    given.add_argument("--format", "-f", choices=EXPORTS, required=True, metavar="FORMAT", help=", ".join(EXPORTS))
    given.add_argument("--output", "-o", metavar="FILE", help="write to a file (default: standard output)")
    given.add_argument("--only", choices=ONLY, default="all", metavar="WHICH",
                       help="all, derived (what bastide found) or imported threats (default: %(default)s)")  # fmt: skip
    given.add_argument("--model", metavar="NAME", help="which of several models that were taken in")
    loop_options(given)
    given.set_defaults(run=lazy("threats_exchange"), action="export")
