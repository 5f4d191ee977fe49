"""All commands and their options; the reference page is made from this parser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bastide import __version__
from bastide.cli.parsers.base import EXIT_CODES, Parser, add_options, lazy
from bastide.settings import LIVE, SCAN

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def make_parser(command: str = "") -> argparse.ArgumentParser:
    """The whole command line; of a `command` that there is, only what it takes: a scan need not know of the others."""
    parser = Parser(
        prog="bastide",
        description="Operate a workload on AWS securely: judge its code, and see why.",
        epilog="exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()),
    )
    parser.add_argument("--version", action="version", version=f"bastide {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    every = () if command == "--version" else (*_COMMANDS, *_ELSEWHERE)
    for name in [command] if command in every else every:
        _adder(name)(commands)
    return parser


def _scan_options(parser: argparse.ArgumentParser, leave_out: tuple[str, ...] = ()) -> None:
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="folders and files (default: the current folder)")
    parser.add_argument(
        "--config", metavar="FILE", help="settings (default: the nearest bastide.yaml, else that of the one target)"
    )
    add_options(parser, (option for option in SCAN if option.name not in leave_out))


def _scan(commands: Any) -> None:
    parser = commands.add_parser(
        "scan",
        help="judge Terraform, plans, CloudFormation, and live accounts",
        description="Find Terraform root modules, Terraform plans, CloudFormation and SAM templates and CDK output "
        "below the targets, and judge them: that needs no account, no network and no configuration. `aws` as the "
        "target is the live account of the current credentials (a folder of that name is ./aws), and "
        "`config-snapshot FILE…` what AWS Config has recorded.",
        epilog="exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()),
    )
    _scan_options(parser)
    add_options(parser.add_argument_group("live accounts (bastide scan aws)"), LIVE)
    parser.set_defaults(run=lazy("scan"))


def _baseline(commands: Any) -> None:
    parser = commands.add_parser(
        "baseline",
        help="write down the findings that are known already",
        description="Scan, and write the findings to a file to commit; `bastide scan --baseline FILE` then reports "
        "only new ones.",
    )
    _scan_options(parser, ("format", "output", "show_passed", "verbose", "baseline", "fail_on"))
    parser.add_argument(
        "--file", default="bastide-baseline.json", metavar="FILE", help="the file to write (default: %(default)s)"
    )
    group = parser.add_argument_group("live accounts (bastide baseline aws)")
    add_options(group, tuple(option for option in LIVE if option.name != "new_since"))
    parser.set_defaults(run=lazy("baseline"))


def _fix(commands: Any) -> None:
    parser = commands.add_parser(
        "fix",
        help="patches after which controls pass",
        description="Scan Terraform and CloudFormation, and print a patch for every failing control that has a fix, "
        "where the change is local and unambiguous. Each is tried first: the control passes with it, and nothing else "
        "gets worse. Nothing is written without --apply.",
        epilog="exit codes: 0 nothing is left to do; 1 findings that are not fixed (without --apply all); "
        "2 wrong use or configuration; 3 something could not be read or written",
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="folders and files (default: the current folder)")
    parser.add_argument("--apply", action="store_true", help="write the changes to the files")
    parser.add_argument("--output", "-o", metavar="FILE", help="write the patch to a file, for `git apply`")
    parser.add_argument("--replace", action="store_true", help="also what makes a deployment replace the resource")
    parser.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
    wanted = ("only", "skip", "exclude", "controls", "var_file", "baseline", "jobs", "verbose")
    add_options(parser, (option for option in SCAN if option.name in wanted))
    parser.set_defaults(run=lazy("fix"))


def _controls(commands: Any) -> None:
    parser = commands.add_parser("controls", help="list, show and test controls", description="Look at the controls.")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for name, text in (("list", "one line a control"), ("show", "all about one control"), ("test", "run the examples")):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        action.add_argument("--controls", action="append", metavar="DIR", help="controls of your own")
        if name == "show":
            action.add_argument("id", nargs="+", metavar="ID", help="id of a control, as in `controls list`")
        else:
            action.add_argument(
                "patterns", nargs="*", metavar="PATTERN", help="ids, wildcards allowed; `kms` is `kms.*` (default: all)"
            )
        if name == "list":
            _filters(action)
        if name == "test":
            action.add_argument("--lint", action="store_true", help="check coherence too: examples on both sides, "
                                "framework ids, texts")  # fmt: skip
            action.add_argument("--mutate", action="store_true", help="change the expressions a little, one change at "
                                "a time, and tell of each that no example notices")  # fmt: skip
        else:
            action.add_argument("--format", "-f", choices=("text", "json"), default="text", metavar="FORMAT",
                                help="text or json")  # fmt: skip
        action.set_defaults(run=lazy("controls"), action=name)
    text = "frameworks with counts, or the requirements of one with the controls that serve them"
    action = actions.add_parser("frameworks", help=text, description=f"{text[0].upper()}{text[1:]}.")
    action.add_argument("--controls", action="append", metavar="DIR", help="controls of your own")
    action.add_argument("names", nargs="*", metavar="NAME", help="id of a framework (default: one line for each)")
    action.add_argument("--format", "-f", choices=("text", "json"), default="text", metavar="FORMAT",
                        help="text or json")  # fmt: skip
    action.set_defaults(run=lazy("frameworks"))


def _filters(action: Any) -> None:
    action.add_argument("--service", action="append", metavar="NAME", help="only those of a service, as `s3`")
    action.add_argument("--concern", action="append", metavar="NAME", help="only those about one thing, as "
                        "`encryption-at-rest`")  # fmt: skip
    action.add_argument("--framework", action="append", metavar="NAME[/ID]", help="only those that serve a framework "
                        "or one requirement of it, as `iso-27001-2022/A.8.24`")  # fmt: skip


def _history(commands: Any) -> None:
    parser = commands.add_parser(
        "history",
        help="runs over live accounts, and findings opened and closed between them",
        description="List the runs of `bastide scan aws` that were made here, or the findings of all of them: when "
        "each was opened, last seen and closed, and why.",
    )
    parser.add_argument("--findings", choices=("open", "closed", "all"), metavar="STATE", help="list findings: open, "
                        "closed or all")  # fmt: skip
    parser.add_argument("--since", metavar="WHEN", help="only findings opened or closed since then: a date, `7d`, "
                        "`12h`, or `last` run")  # fmt: skip
    parser.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
    parser.add_argument("--format", "-f", choices=("text", "json"), default="text", metavar="FORMAT",
                        help="text or json")  # fmt: skip
    parser.set_defaults(run=lazy("history"))


def _drift(commands: Any) -> None:
    parser = commands.add_parser(
        "drift",
        help="what the code says and the cloud does not, and the other way round",
        description="Compare code with a cloud, property by property: `bastide drift infra/ aws` reads the live "
        "account, `config-snapshot:FILE` what AWS Config has recorded, `--last` what the last `bastide scan aws` here "
        "has read. "
        "Controls that pass on one side and fail on the other stand first.",
        epilog="exit codes: 0 no drift; 1 drift; 2 wrong use or configuration; 3 something could not be read",
    )
    parser.add_argument("targets", nargs="+", metavar="TARGET", help="folders and files of code, then the cloud")
    parser.add_argument("--last", action="store_true", help="compare with the newest finished run, without any call")
    parser.add_argument("--unmanaged", action="store_true", help="resources that are in no code are drift, too")
    parser.add_argument("--format", "-f", choices=("text", "json"), default="text", metavar="FORMAT",
                        help="text or json")  # fmt: skip
    parser.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
    wanted = ("only", "skip", "exclude", "controls", "var_file", "jobs", "verbose")
    add_options(parser, (option for option in SCAN if option.name in wanted))
    left_out = ("everything", "new_since")
    group = parser.add_argument_group("live accounts (bastide drift CODE aws)")
    add_options(group, (option for option in LIVE if option.name not in left_out))
    parser.set_defaults(run=lazy("drift"))


def _query(commands: Any) -> None:
    parser = commands.add_parser(
        "query",
        help="ask the tables of the last scan with SQL",
        description="Run one SQL query over resources, unresolved, links, statements, verdicts, controls and coverage "
        "of the last scan of this folder.",
    )
    parser.add_argument("sql", nargs="?", metavar="SQL", help="without it, the tables and their columns are listed")
    parser.add_argument("--format", "-f", choices=("table", "json", "csv"), default="table", metavar="FORMAT",
                        help="table, json or csv")  # fmt: skip
    parser.set_defaults(run=lazy("query"))


def _export(commands: Any) -> None:
    parser = commands.add_parser(
        "export",
        help="findings of live accounts to Security Hub, a folder or a bucket",
        description="Hand on what `bastide scan aws` found. Nothing is sent without --apply: what would be is told.",
    )
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    hub = actions.add_parser(
        "securityhub",
        help="what changed since the last export, to AWS Security Hub",
        description="Send findings to AWS Security Hub, each to its own account and region: those that were opened or "
        "changed since the last export, and as archived those that were closed.",
        epilog="exit codes: 0 done; 2 wrong use or configuration; 3 something was not sent",
    )
    hub.add_argument("--into", metavar="ACCOUNT/REGION", help="send all of them there")
    hub.add_argument("--output", "-o", metavar="FILE", help="write what would be sent, one finding in ASFF a line")
    ocsf = actions.add_parser(
        "ocsf",
        help="the verdicts of the last run as OCSF, to a folder or a bucket",
        description="Write the verdicts of the last run as OCSF Compliance Findings, in compressed files by region, "
        "account and day.",
        epilog="exit codes: 0 done; 2 wrong use or configuration; 3 something was not sent",
    )
    ocsf.add_argument("destination", metavar="DEST", help="a folder, or s3://BUCKET/PREFIX")
    for action, name, live in ((hub, "securityhub", ("role", "external_id", "profile")), (ocsf, "ocsf", ("profile",))):
        action.add_argument("--apply", action="store_true", help="send it")
        action.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
        add_options(action, (option for option in SCAN if option.name == "controls"))
        add_options(action, (option for option in LIVE if option.name in live))
        action.set_defaults(run=lazy("export"), action=name)


def _aws(commands: Any) -> None:
    parser = commands.add_parser("aws", help="what scans of live accounts need", description="Prepare live accounts.")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    action = actions.add_parser(
        "policy",
        help="the least permissions for a scan",
        description="Print the least IAM policy with which `bastide scan aws` can read all that the chosen controls "
        "need, or a CloudFormation template of a role that has it, ready for a StackSet.",
    )
    wanted = {"only", "skip", "controls"}
    add_options(action, (option for option in SCAN if option.name in wanted))
    add_options(action, (option for option in LIVE if option.name in ("services", "everything")))
    action.add_argument("--format", "-f", choices=("json", "stackset"), default="json", metavar="FORMAT",
                        help="json: the policy; stackset: the template of a role")  # fmt: skip
    action.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
    action.set_defaults(run=lazy("aws"))


_COMMANDS: dict[str, Callable[[Any], None]] = {
    "scan": _scan,
    "baseline": _baseline,
    "fix": _fix,
    "controls": _controls,
    "query": _query,
    "history": _history,
    "drift": _drift,
    "export": _export,
    "aws": _aws,
}
_ELSEWHERE: dict[str, str] = {
    "ingest": "lake",
    "lake": "lake",
    "hunt": "lake",
    "detect": "detect",
    "detections": "detect",
    "replay": "detect",
    "coverage": "detect",
    "threats": "threats",
    "objectives": "objectives",
    "attest": "objectives",
    "comply": "objectives",
    "wa": "objectives",
    "responsibilities": "objectives",
    "init": "posture",
    "gate": "posture",
    "audit": "posture",
    "metrics": "posture",
    "report": "posture",
}
"""Commands whose parsers stand in a module of `bastide.cli.parsers`, by that module: there a function of the command's
name (`_` for `-`) adds it."""


def _adder(name: str) -> Callable[[Any], None]:
    if name in _COMMANDS:
        return _COMMANDS[name]
    found: Callable[[Any], None] = getattr(
        import_module(f"bastide.cli.parsers.{_ELSEWHERE[name]}"), name.replace("-", "_")
    )
    return found
