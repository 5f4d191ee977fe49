"""Workflow commands: escaped, worst first, no more than GitHub shows."""

from types import SimpleNamespace

from bastide.report import render
from bastide.resources.model import Problem


def test_commands(make: SimpleNamespace) -> None:
    lines = render("github", make.sample()).splitlines()
    assert lines[0] == (
        "::warning file=infra/broken.tf,line=7,title=bastide%3A not read%2C so not judged::a block is not closed"
    )
    assert lines[2] == (
        "::error file=modules/network/groups.tf,line=9,title=critical%3A not met%3A Security groups let "
        "nobody on the internet reach SSH (ec2.group-closes-ssh)::module.network.aws_security_group.bastion: "
        'SecurityGroupIngress[0].CidrIp = "0.0.0.0/0"%0Acalled from infra/main.tf:31 network%0A'
        "Fix: Name the address ranges that need it, or use "
        "Session Manager."
    )
    assert [line.split(" ")[0] for line in lines] == ["::warning"] * 2 + ["::error"] * 2 + ["::notice", "bastide:"]


def test_nothing_to_say(make: SimpleNamespace) -> None:
    assert render("github", make.report()) == "bastide: nothing to judge\n"


def test_ten_of_a_level(make: SimpleNamespace) -> None:
    verdicts = []
    for severity in ("critical", "high", "medium", "low", "info"):
        control = make.control(f"x.{severity}", severity=severity)
        verdicts += [make.verdict(of=control, on=make.resource(f"{severity}{n}")) for n in range(7)]
    report = make.report(verdicts)
    report.coverage.problems = [Problem("unreadable", f"{n}.tf", 0, "no HCL") for n in range(8)]
    lines = render("github", report).splitlines()
    kinds = [line.split(" ")[0] for line in lines]
    assert [kinds.count(f"::{level}") for level in ("error", "warning", "notice")] == [10, 10, 10]
    assert "critical6" in lines[11]
    assert lines[-2] == (
        "bastide: 10 further failures, 3 further problems without an annotation: GitHub shows 10 of a level"
    )


def test_names_cannot_write_commands(make: SimpleNamespace) -> None:
    evil = "x\n::set-env name=A::b,c:d%0A"
    piece = make.evidence(path=evil)
    verdict = make.verdict(of=make.control(title=evil), on=make.resource(evil, call=(evil,)), evidence=(piece,))
    command, closing = render("github", make.report([verdict])).splitlines()
    assert command.startswith(
        "::error file=x %3A%3Aset-env name=A%3A%3Ab%2Cc%3Ad%250A,line=14,title=high%3A not met%3A x "
    )
    assert closing.startswith("bastide: 1 failure")


def test_what_the_baseline_knows_is_left_out(make: SimpleNamespace) -> None:
    (line,) = render("github", make.report([make.verdict(new=False)])).splitlines()
    assert line.startswith("bastide: 1 failure")


def test_a_whole_file_has_no_line(make: SimpleNamespace) -> None:
    report = make.report()
    report.coverage.problems = [Problem("partial", "./x.tf", 0, "100% cut")]
    assert "::warning file=x.tf,title=" in render("github", report)
    assert "::100%25 cut\n" in render("github", report)
