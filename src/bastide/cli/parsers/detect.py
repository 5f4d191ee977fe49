"""The command lines of detections: detect, detections, replay, coverage."""

from __future__ import annotations

from typing import Any

from bastide.cli.parsers.base import Parser, lazy
from bastide.cli.parsers.loop import loop_options

LEVELS = ("informational", "low", "medium", "high", "critical", "never")


def detect(commands: Any) -> None:
    parser = commands.add_parser(
        "detect",
        help="judge the logs of the lake with Sigma rules",
        description="Judge what came into the lake since the last time, with the detections that bastide brings or "
        "with rules of your own (a checkout of SigmaHQ's repository will do), and group what matches into alerts.",
        epilog="exit codes: 0 nothing at or over the threshold; 1 alerts; 2 wrong use; 3 a rule could not be used",
    )
    _lake(parser)
    _rules(parser)
    parser.add_argument("--events", nargs="+", metavar="FILE", help="judge these log files instead of a lake")
    parser.add_argument("--since", metavar="WHEN", help="judge all events since then: a date, or `12h`, `7d`")
    parser.add_argument("--all", action="store_true", help="judge everything that is there, not only what is new")
    parser.add_argument("--watch", action="store_true", help="go on, and tell of what comes in until interrupted")
    parser.add_argument("--send", action="append", metavar="WHERE", help="hand alerts on: `ocsf:FILE`, "
                        "`webhook:URL`, `slack:URL`, `sns:ARN`, `syslog:HOST:PORT`, `securityhub`")  # fmt: skip
    parser.add_argument("--fail-on", choices=LEVELS, default="low", metavar="LEVEL",
                        help="exit with 1 for alerts of this level or worse (default: %(default)s)")  # fmt: skip
    parser.add_argument("--jobs", "-j", type=int, metavar="N", help="processes (default: one a core)")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", metavar="ENGINE",
                        help="`local`, or `ray`: on a cluster (RAY_ADDRESS, else one on this machine)")  # fmt: skip
    parser.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
    _format(parser)
    parser.set_defaults(run=lazy("detect"))


def detections(commands: Any) -> None:
    parser = commands.add_parser("detections", help="list, show and test detections", description="Look at rules.")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for name, text in (
        ("list", "one line a rule"),
        ("show", "all about one rule, with the SQL that it becomes"),
        ("test", "run the rules over their own events"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        _rules(action)
        action.add_argument("patterns", nargs="+" if name == "show" else "*", metavar="PATTERN",
                            help="ids, titles or names, wildcards allowed")  # fmt: skip
        action.add_argument("--config", metavar="FILE", help="settings (default: the nearest bastide.yaml)")
        _format(action)
        action.set_defaults(run=lazy("detections"), action=name)


def replay(commands: Any) -> None:
    parser = commands.add_parser(
        "replay",
        help="play attacks through ingest and detections",
        description="Make CloudTrail of scenarios of attacks, bring it into a lake of its own and judge it: which "
        "detections fired, how soon, and what else did. What was seen is kept for `bastide coverage` and "
        "`bastide threats`.",
        epilog="exit codes: 0 every expected detection fired; 1 one did not; 2 wrong use; 3 a rule could not be used",
    )
    parser.add_argument("scenarios", nargs="*", metavar="NAME|FILE", help="names of scenarios, files or folders "
                        "(default: all that bastide brings)")  # fmt: skip
    _rules(parser)
    parser.add_argument("--write", metavar="DIR", help="only write the CloudTrail files there")
    loop_options(parser)
    _format(parser)
    parser.set_defaults(run=lazy("replay"))


def coverage(commands: Any) -> None:
    parser = commands.add_parser(
        "coverage",
        help="which techniques of attack would be seen, and where one is blind",
        description="ATT&CK techniques and threats with the detections for them, the logs that those need, whether the "
        "lake has these logs, whether a replay has seen them, and what was seen once and is not any more.",
    )
    _lake(parser)
    _rules(parser)
    parser.add_argument("--blind", action="store_true", help="only what would not be seen")
    loop_options(parser)
    _format(parser)
    parser.set_defaults(run=lazy("coverage"))


def _lake(parser: Any) -> None:
    parser.add_argument("--lake", metavar="DIR", help="the lake: a folder or s3://BUCKET/PREFIX (default: the "
                        "project's)")  # fmt: skip


def _rules(parser: Any) -> None:
    parser.add_argument("--rules", action="append", metavar="DIR", help="rules of this folder or file instead of "
                        "those that bastide brings; `library` for those, too")  # fmt: skip


def _format(parser: Any) -> None:
    parser.add_argument("--format", "-f", choices=("terminal", "json"), default="terminal", metavar="FORMAT",
                        help="terminal or json")  # fmt: skip
