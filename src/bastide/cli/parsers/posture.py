"""The command lines of `init`, `gate`, `audit`, `metrics` and `report`."""

from __future__ import annotations

from typing import Any

from bastide.cli.parsers.base import Parser, lazy
from bastide.cli.parsers.loop import loop_options


def init(commands: Any) -> None:
    """`bastide init`."""
    parser = commands.add_parser(
        "init",
        help="write bastide.yaml from what is there",
        description="Look at the repository, and write what is found of the workload into bastide.yaml: name, owner, "
        "environments, data stores with a proposed class. A file that is there keeps every line that it has; only "
        "what is missing is added. Without --yes the change is shown first.",
        epilog="exit codes: 0 done, or nothing to do; 2 wrong use or a file with mistakes",
    )
    parser.add_argument("--file", default="bastide.yaml", metavar="FILE", help="the file (default: %(default)s)")
    parser.add_argument("--yes", "-y", action="store_true", help="write without asking")
    parser.add_argument("--account", action="store_true", help="look at the account of the current credentials, too")
    parser.add_argument("--profile", metavar="NAME", help="the profile of AWS's configuration files to use for that")
    parser.set_defaults(run=lazy("init"))


def gate(commands: Any) -> None:
    """`bastide gate`."""
    parser = commands.add_parser(
        "gate",
        help="may this workload ship?",
        description="Ask a standard: every criterion is yes, no or unknown, with its evidence and what to do. The run "
        "is written into the log of decisions.",
        epilog="exit codes: 0 yes; 1 no; 2 wrong use or configuration; 3 nothing says no, but something is not known",
    )
    parser.add_argument(
        "about", nargs="?", default="", metavar="ENVIRONMENT|STAGE",
        help="an environment of the manifest, or a stage: then only criteria up to it (default: all)",
    )  # fmt: skip
    parser.add_argument("--standard", metavar="FILE", help="a standard of the library, or a file (default: the "
                        "manifest's `standard`)")  # fmt: skip
    parser.add_argument("--output", "-o", metavar="FILE", help="write the attestation: an in-toto statement, signed")
    parser.add_argument("--key", metavar="FILE", help="the Ed25519 private key that signs it, in PEM (default: one of "
                        "the project's own, made when it is not there)")  # fmt: skip
    _format(parser, "terminal", "json", "markdown")
    loop_options(parser)
    parser.set_defaults(run=lazy("gate"))


def audit(commands: Any) -> None:
    """`bastide audit`."""
    parser = commands.add_parser(
        "audit",
        help="the log of decisions, and whether it and attestations are genuine",
        description="List the log of decisions, or verify its chain and attestations of gates.",
    )
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    parser.set_defaults(run=lazy("audit"), action="log", subject=None)
    _format(parser, "terminal", "json")
    loop_options(parser)
    log = actions.add_parser("log", help="who decided what, when", description="List the log of decisions.")
    log.add_argument("--subject", metavar="ID", help="only what is about this, `T-…` or a pattern")
    verify = actions.add_parser(
        "verify",
        help="that nothing was changed",
        description="Verify the chain of the log of decisions and, given an attestation: its signature, that it is "
        "about the commit that is checked out, that the log has the entry that it names, and that the gate said yes.",
        epilog="exit codes: 0 all of it is so; 1 something is not; 2 wrong use or configuration",
    )
    verify.add_argument("file", nargs="?", metavar="FILE", help="an attestation that `bastide gate --output` wrote")
    verify.add_argument("--public-key", metavar="FILE", help="the key of who signed it, in PEM (default: the "
                        "project's own)")  # fmt: skip
    verify.add_argument("--commit", metavar="HASH", help="the commit that it must be about (default: the one checked "
                        "out)")  # fmt: skip
    verify.add_argument("--no-journal", action="store_true", help="the state is elsewhere: verify the file alone")
    key = actions.add_parser(
        "key",
        help="the public key that attestations are verified with",
        description="Print the public half of the key that signs attestations.",
    )
    key.add_argument("--key", metavar="FILE", help="the private key, in PEM (default: the project's own)")
    for name, action in (("log", log), ("verify", verify), ("key", key)):
        if name != "key":
            _format(action, "terminal", "json")
            loop_options(action)
        action.set_defaults(run=lazy("audit"), action=name)


def metrics(commands: Any) -> None:
    """`bastide metrics`."""
    parser = commands.add_parser(
        "metrics",
        help="figures over time: score, objectives, time to resolve, what was prevented",
        description="Figures from the history of scans and decisions, each with its formula and what it is of.",
    )
    parser.add_argument("names", nargs="*", metavar="METRIC", help="ids of metrics, or patterns (default: all)")
    parser.add_argument("--since", metavar="WHEN", help="only what was since then: a day, or `30d`")
    _format(parser, "terminal", "json", "csv")
    loop_options(parser)
    parser.set_defaults(run=lazy("metrics"))


def report(commands: Any) -> None:
    """`bastide report`."""
    parser = commands.add_parser(
        "report",
        help="for those who answer for it: posture, trend, what is accepted, what to do next",
        description="One page for the CTO and CISO: what runs, how it stands and stood, what was prevented, what is "
        "accepted and by whom, what expires, the top risks with their evidence, and what is not known.",
    )
    parser.add_argument("--output", "-o", metavar="FILE", help="the file; its extension says the format (default: "
                        "standard output, HTML without --format)")  # fmt: skip
    parser.add_argument("--since", metavar="WHEN", default="90d", help="how far back the trend goes: a day, or `30d` "
                        "(default: %(default)s)")  # fmt: skip
    _format(parser, "html", "pdf", "markdown", "json", default=None)
    loop_options(parser)
    parser.set_defaults(run=lazy("report"))


def _format(parser: Any, *forms: str, default: str | None = "") -> None:
    default = forms[0] if default == "" else default
    text = f"{', '.join(forms[:-1])} or {forms[-1]}"
    parser.add_argument("--format", "-f", choices=forms, default=default, metavar="FORMAT", help=text)
