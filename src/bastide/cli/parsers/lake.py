"""The command lines of the lake: ingest, lake, hunt."""

from __future__ import annotations

from typing import Any

from bastide.cli.parsers.base import Parser, lazy


def ingest(commands: Any) -> None:
    parser = commands.add_parser(
        "ingest",
        help="bring AWS logs into the lake, as OCSF",
        description="Read CloudTrail, VPC flow logs and other logs of AWS, or events that are OCSF already, and add "
        "what is new to a lake of Parquet files in the layout of Amazon Security Lake. The kind of a log is found by "
        "its content. What is no event goes to the quarantine, with the reason.",
        epilog="exit codes: 0 done; 2 wrong use; 3 something could not be read, or went to the quarantine",
    )
    parser.add_argument("targets", nargs="*", metavar="PATH", help="files, folders, s3://BUCKET/PREFIX")
    _lake(parser)
    parser.add_argument("--source", metavar="NAME", help="what the files are, where their content does not tell; "
                        "`list` names all")  # fmt: skip
    parser.add_argument("--sources", metavar="DIR", help="a folder with sources of your own")
    parser.add_argument("--jobs", "-j", type=int, default=0, metavar="N", help="processes (default: one a core)")
    parser.add_argument("--watch", action="store_true", help="go on, and bring in files as they come, until "
                        "interrupted")  # fmt: skip
    parser.add_argument("--reread", action="store_true", help="read files again that the lake knows; what it has is "
                        "not added twice")  # fmt: skip
    parser.add_argument("--quarantined", action="store_true", help="try what is in the quarantine once more, instead "
                        "of files")  # fmt: skip
    parser.add_argument("--trust-accounts", action="store_true", help="take events whose account is not that of the "
                        "folder they lie in")  # fmt: skip
    _format(parser)
    parser.set_defaults(run=lazy("ingest"))


def lake(commands: Any) -> None:
    parser = commands.add_parser("lake", help="look after the lake", description="See and look after the lake.")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    status = actions.add_parser(
        "status",
        help="what is there, and what is missing",
        description="Events by source, account, region and day, sizes, days on which a region fell silent, and the "
        "quarantine by reason.",
    )
    status.add_argument("--days", action="store_true", help="a line a day instead of one for each account and region")
    compact = actions.add_parser(
        "compact",
        help="make large files of many small ones",
        description="Put the small files of a day, account and region together, sorted by time, without a change of "
        "any event.",
    )
    compact.add_argument(
        "--size", type=int, default=256, metavar="MB", help="files get no larger (default: %(default)s)"
    )
    expire = actions.add_parser(
        "expire",
        help="delete days that are older than they must be kept",
        description="Delete whole days that lie before a date, and what came into the quarantine before it. Without "
        "--apply it only tells what would go.",
    )
    expire.add_argument("--before", required=True, metavar="WHEN", help="a date, or an age such as `400d`")
    expire.add_argument("--table", action="append", metavar="NAME", help="only this table, or `quarantine`")
    expire.add_argument("--apply", action="store_true", help="delete")
    verify = actions.add_parser(
        "verify",
        help="show that nothing was changed since it was brought in",
        description="Compare every file with the hash in its commit, and every commit with the one after it.",
        epilog="exit codes: 0 all as it was; 1 something was changed, is missing, or is in no commit; 2 wrong use",
    )
    for name, action in (("status", status), ("compact", compact), ("expire", expire), ("verify", verify)):
        _lake(action)
        _format(action)
        action.set_defaults(run=lazy("lake"), action=name)


def hunt(commands: Any) -> None:
    parser = commands.add_parser(
        "hunt",
        help="ask the lake with SQL",
        description="Run one `select` over the tables of the lake. It reads the lake and nothing else.",
    )
    parser.add_argument("sql", nargs="?", metavar="SQL", help="without it, the tables and their columns are listed")
    _lake(parser)
    parser.add_argument("--table", metavar="NAME", help="list the columns of this table")
    parser.add_argument("--since", metavar="WHEN", help="only files with events since a date, `7d`, `12h`")
    parser.add_argument("--explain", action="store_true", help="say what would be read, and how")
    parser.add_argument("--save", metavar="NAME", help="keep the query under a name")
    parser.add_argument("--saved", metavar="NAME", help="run a query that was kept; `list` names all")
    parser.add_argument("--limit", type=int, default=1000, metavar="N", help="rows at most (default: %(default)s)")
    parser.add_argument("--format", "-f", choices=("terminal", "json", "csv"), default="terminal", metavar="FORMAT",
                        help="terminal, json or csv")  # fmt: skip
    parser.set_defaults(run=lazy("hunt"))


def _lake(parser: Any) -> None:
    parser.add_argument("--lake", metavar="PLACE", help="a folder or s3://BUCKET/PREFIX (default: the project's data)")


def _format(parser: Any) -> None:
    parser.add_argument("--format", "-f", choices=("terminal", "json"), default="terminal", metavar="FORMAT",
                        help="terminal or json")  # fmt: skip
