"""The command lines of objectives: what must hold, whom it answers, and who is responsible."""

from __future__ import annotations

from typing import Any

from bastide.cli.parsers.base import lazy
from bastide.cli.parsers.loop import loop_options

REQUIREMENT = ("not-met", "unknown", "manual", "no-control", "attested", "met", "not-applicable")
STATUSES = ("broken", "unknown", "holds", "not-judged")


def _format(parser: Any, *names: str) -> None:
    listed = f"{', '.join(names[:-1])} or {names[-1]}"
    parser.add_argument(
        "--format", "-f", choices=names, default=names[0], metavar="FORMAT", help=f"{listed} (default: %(default)s)"
    )


def attest(commands: Any) -> None:
    """Add it."""
    parser = commands.add_parser(
        "attest",
        help="write down that a requirement is met, by whom and until when",
        description="A named person says that a requirement of a framework is met, or that an objective is the right "
        "one and holds, until a day. It stands in the log of decisions and counts until that day. Without a subject, "
        "all attestations are listed.",
        epilog="exit codes: 0 fine; 2 wrong use or configuration",
    )
    parser.add_argument("subject", nargs="?", metavar="SUBJECT", help="FRAMEWORK/REQUIREMENT, an objective, or "
                        "response.exercise")  # fmt: skip
    parser.add_argument("--by", metavar="NAME", help="who answers for it")
    parser.add_argument("--until", metavar="DAY", help="the last day on which it counts, as 2027-03-01")
    parser.add_argument("--statement", metavar="TEXT", help="what is so; with --revoke, why it is so no more")
    parser.add_argument("--evidence", action="append", metavar="URL|FILE", help="where it can be seen; of a file the "
                        "digest is kept (repeatable)")  # fmt: skip
    parser.add_argument("--revoke", action="store_true", help="take it back")
    _format(parser, "terminal", "json")
    loop_options(parser)
    parser.set_defaults(run=lazy("attest"))


def objectives(commands: Any) -> None:
    """Add it."""
    parser = commands.add_parser(
        "objectives",
        help="what must hold: where it comes from, by which controls it is seen, and whether it holds",
        description="List the control objectives of the workload: whether each holds by the last scan of code and the "
        "last of live accounts, since when, and for which share of what was judged. With ids, everything about those: "
        "the requirements and threats that they answer, their controls, and what does not pass.",
        epilog="exit codes: 0 no objective that is listed is broken; 1 some are; 2 wrong use or configuration",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="id of an objective, as `data.encrypted-at-rest`")
    parser.add_argument("--status", choices=STATUSES, metavar="STATUS", help=f"only those: {', '.join(STATUSES)}")
    _format(parser, "terminal", "json")
    loop_options(parser)
    parser.set_defaults(run=lazy("objectives"))


def comply(commands: Any) -> None:
    """Add it."""
    parser = commands.add_parser(
        "comply",
        help="how the workload meets a framework, requirement by requirement, with the evidence",
        description="Without a framework, all of them in a line each, those first that the manifest says the workload "
        "must meet. With one, every requirement: met, not met, unknown, or left to people; which controls tell, what "
        "does not pass, and who attests what no control can see.",
        epilog="exit codes: 0 nothing that is wanted is not met; 1 something is not; 2 wrong use or configuration",
    )
    parser.add_argument("framework", nargs="?", metavar="FRAMEWORK", help="id of a framework, as `cis-aws-5.0`")
    parser.add_argument("--catalog", metavar="FILE", help="instead: a catalog or profile of OSCAL (JSON) with ids "
                        "of NIST SP 800-53")  # fmt: skip
    parser.add_argument("--status", choices=tuple(REQUIREMENT), metavar="STATUS",
                        help=f"only requirements of this status: {', '.join(REQUIREMENT)}")  # fmt: skip
    parser.add_argument("--output", "-o", metavar="FILE", help="write to a file")
    _format(parser, "terminal", "json", "csv", "markdown", "oscal", "oscal-component", "oscal-poam")
    loop_options(parser)
    parser.set_defaults(run=lazy("comply"))


def wa(commands: Any) -> None:
    """Add it."""
    parser = commands.add_parser(
        "wa",
        help="the Security Pillar of Well-Architected: every best practice, answered with evidence",
        description="Every best practice of the Security Pillar: answered, partly, not, or left to people; with what "
        "says so: the controls that name it, what bastide knows of model, decisions and runs, and what people attest.",
        epilog="exit codes: 0 every practice that is listed is answered; 1 some are not; 2 wrong use or configuration",
    )
    parser.add_argument("practices", nargs="*", metavar="PRACTICE", help="a question or a practice, as SEC03 or "
                        "SEC03-BP07")  # fmt: skip
    parser.add_argument("--output", "-o", metavar="FILE", help="write to a file")
    _format(parser, "terminal", "json", "markdown")
    loop_options(parser)
    parser.set_defaults(run=lazy("wa"))


def responsibilities(commands: Any) -> None:
    """Add it."""
    parser = commands.add_parser(
        "responsibilities",
        help="who is responsible for what: AWS, us or both, of the services that are used",
        description="Of each service that the workload uses, layer by layer from the building to the backup: who is "
        "responsible, which objectives cover our part, and whether they hold.",
        epilog="exit codes: 0 no part of ours is broken; 1 some are; 2 wrong use or configuration",
    )
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="short name of a service, as `s3`: in words")
    parser.add_argument("--output", "-o", metavar="FILE", help="write to a file")
    _format(parser, "terminal", "json", "html", "oscal")
    loop_options(parser)
    parser.set_defaults(run=lazy("responsibilities"))
