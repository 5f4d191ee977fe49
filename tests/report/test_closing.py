"""The end of the report says how much was looked at, what is missing, and what to do."""

import io
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from bastide.report.closing import MAX_PROBLEMS, close
from bastide.report.coloured import Coloured
from bastide.report.lines import Lines
from bastide.report.view import View
from bastide.resources.model import Problem


def closed(report: Any, *, verbose: bool = False) -> str:
    file = io.StringIO()
    lines = Lines(Coloured(Console(file=file, width=120, force_terminal=True, color_system=None, legacy_windows=False)))
    close(View(report), lines, verbose=verbose)
    lines.flush()
    return file.getvalue()


def test_everything(make: SimpleNamespace) -> None:
    assert closed(make.sample()) == (
        "Not everything could be read\n"
        "  infra/broken.tf:7  not read: a block is not closed\n"
        "  infra/main.tf:60  read in part: count is not known: var.many has no value\n"
        "\n"
        "Worth knowing\n"
        "  infra/main.tf:70  not here: module registry/vpc/aws was not fetched (2 times)\n"
        "\n"
        "Summary   4 failures, 3 new: 1 critical, 1 high, 2 low\n"
        "          1 unknown, 1 exempt, 1 passed\n"
        "          1 failure is known to the baseline, shown with --verbose\n"
        "Covered   9 resources of 3 types in 3 files: 1 CloudFormation template, 2 Terraform root modules  0.4 s\n"
        "          3 resources judged by no control: AWS::CloudWatch::Dashboard (3)\n"
        "          2 resources of types not mapped yet: aws_fis_experiment_template (2)\n"
        "Broken    iam.role-is-narrow: took longer than 10 s; nothing was judged by it\n"
        "Next      bastide controls show ec2.group-closes-ssh  why it matters, and the fix in full\n"
        '          # bastide: allow CONTROL until=YYYY-MM-DD by=NAME reason="…"  above a resource exempts it\n'
    )


def test_all_is_well(make: SimpleNamespace) -> None:
    text = closed(make.report([make.verdict("pass")]))
    assert text.startswith(
        "Summary   No failures\n          0 unknown, 0 exempt, 1 passed\nCovered   1 resource of 1 type"
    )
    assert "Next" not in text


def test_nothing_was_found(make: SimpleNamespace) -> None:
    text = closed(make.report(targets=("src", "lib")))
    assert "Summary   Nothing was judged\n" in text
    assert "no Terraform or CloudFormation resources of AWS in src, lib\n" in text
    assert "Next      bastide scan DIR" in text


def test_what_is_no_gap_is_no_warning(make: SimpleNamespace) -> None:
    report = make.report([make.verdict("pass")])
    report.coverage.problems = [Problem("external", "main.tf", 3, "a module that is not here")]
    assert closed(report).startswith("Worth knowing\n  main.tf:3  not here: a module that is not here\n")


def test_many_problems_are_counted(make: SimpleNamespace) -> None:
    report = make.report()
    report.coverage.problems = [Problem("unreadable", f"f{n:03}.tf", 1, "no HCL") for n in range(MAX_PROBLEMS + 5)]
    assert "  … 5 more; --verbose shows all\n" in closed(report)
    assert "f024.tf" in closed(report, verbose=True)


def test_a_baseline_is_offered_to_who_needs_one(make: SimpleNamespace) -> None:
    many = [make.verdict(on=make.resource(f"b{n}")) for n in range(21)]
    assert "bastide baseline  accepts" in closed(make.report(many))
    assert "bastide baseline" not in closed(make.report(many[:20]))
    assert "bastide baseline" not in closed(make.report(many, settings={"baseline": "b.json"}))


def test_unknown_alone_asks_for_values(make: SimpleNamespace) -> None:
    assert "Next      bastide scan --var-file FILE" in closed(make.report([make.verdict("unknown")]))
