"""The command line of `bastide threats`."""

from __future__ import annotations

from typing import Any

from bastide.cli.parsers.base import Parser, lazy
from bastide.cli.parsers.loop import loop_options
from bastide.cli.parsers.threats_exchange import add_exchange

STATUSES = ("open", "mitigated", "accepted", "transferred", "not-applicable", "closed", "alarm", "all")
_DECISIONS = {
    "accept": "a risk is taken until a day",
    "mitigate": "something is done about it that no control sees",
    "transfer": "somebody else bears it",
    "not-applicable": "it cannot happen here",
    "reopen": "what was decided holds no more",
    "assign": "somebody looks after it",
    "comment": "something to remember",
    "review": "when to look again",
}
_OPTIONS = {
    "by": ("NAME", "who decides"),
    "until": ("DAY", "the last day on which it holds, as 2027-03-01"),
    "why": ("TEXT", "the reason"),
    "owner": ("NAME", "who looks after it from now on"),
    "to": ("NAME", "who bears it"),
    "text": ("TEXT", "what to remember"),
}
_TAKES = {
    "accept": ("by", "until", "why", "owner"),
    "mitigate": ("by", "why", "owner"),
    "transfer": ("by", "to", "why"),
    "not-applicable": ("by", "why"),
    "reopen": ("by", "why"),
    "assign": ("by", "owner"),
    "comment": ("by", "text"),
    "review": ("by", "until"),
}


def threats(commands: Any) -> None:
    """Add it."""
    parser = commands.add_parser(
        "threats",
        help="the threat model and its register: what is feared, what is left of it, what was decided",
        description="List the threats that follow from the resources of the last scan and those of the manifest, the "
        "worst first, with the risk that is left and what was decided. Where nothing was scanned here yet, the "
        "workload's code is scanned first.",
        epilog="exit codes: 0 no risk is over the appetite without a decision; 1 some are; 2 wrong use or "
        "configuration",
    )
    _listing(parser)
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for name, text in _DECISIONS.items():
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}: write it down.")
        action.add_argument("ids", nargs="+", metavar="ID", help="ids of threats, or how they begin")
        for option in _TAKES[name]:
            metavar, meaning = _OPTIONS[option]
            action.add_argument(f"--{option}", metavar=metavar, help=meaning)
        loop_options(action)
        action.set_defaults(run=lazy("threats"), action=name)
    reviewed = actions.add_parser(
        "reviewed",
        help="the threat model was looked through",
        description="Write down that the model and its threats were looked through, by whom and with what result.",
    )
    for option in ("by", "text"):
        metavar, meaning = _OPTIONS[option]
        reviewed.add_argument(f"--{option}", metavar=metavar, required=True, help=meaning)
    loop_options(reviewed)
    reviewed.set_defaults(run=lazy("threats"), action="reviewed")
    add_exchange(actions)


def _listing(parser: Any) -> None:
    parser.add_argument("--explain", metavar="ID", help="everything about one threat: the whole chain to its evidence")
    parser.add_argument("--status", choices=STATUSES, metavar="STATUS",
                        help=f"only those: {', '.join(STATUSES)} (default: all but closed)")  # fmt: skip
    parser.add_argument("--limit", type=int, default=30, metavar="N", help="lines, 0 for all (default: %(default)s)")
    parser.add_argument("--diagram", choices=("mermaid", "svg"), metavar="FORM",
                        help="draw the data flows instead: mermaid or svg")  # fmt: skip
    parser.add_argument("--output", "-o", metavar="FILE", help="write to a file")
    parser.add_argument("--format", "-f", choices=("terminal", "json"), default="terminal", metavar="FORMAT",
                        help="terminal or json")  # fmt: skip
    loop_options(parser)
    parser.set_defaults(run=lazy("threats"), action="")
