"""What a person reads: the worst first, nothing twice, nothing cut off in silence."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from bastide.report import render, render_terminal
from bastide.report.lines import Plain
from bastide.report.terminal import MAX_BLOCKS, MAX_EXEMPT, show


def printed(report: Any, width: int = 100, **options: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None, legacy_windows=False)
    render_terminal(report, console, **options)
    return file.getvalue()


def test_a_failure(make: SimpleNamespace) -> None:
    assert printed(make.sample()).startswith(
        "module.network.aws_security_group.bastion  AWS::EC2::SecurityGroup\n"
        "  called from infra/main.tf:31 network\n"
        "  CRITICAL  not met: Security groups let nobody on the internet reach SSH\n"
        "            modules/network/groups.tf:9  ec2.group-closes-ssh\n"
        '            SecurityGroupIngress[0].CidrIp = "0.0.0.0/0"\n'
        "            fix  Name the address ranges that need it, or use Session Manager.\n"
        "\n"
        "aws_s3_bucket.data  AWS::S3::Bucket\n"
    )


def test_a_narrow_terminal(make: SimpleNamespace) -> None:
    text = printed(make.sample(), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "  CRITICAL not met: Security groups let nobody on the\n    internet reach SSH\n" in text


def test_a_pipe_wraps_nothing_and_has_no_escapes(make: SimpleNamespace) -> None:
    text = render("terminal", make.report([make.verdict(of=make.control(title="word " * 60))]))
    assert "word " * 59 in text
    assert "\x1b" not in text


def test_colour_is_never_alone(make: SimpleNamespace) -> None:
    file = io.StringIO()
    console = Console(file=file, width=100, force_terminal=True, color_system="truecolor", legacy_windows=False)
    render_terminal(make.sample(), console)
    assert "\x1b[" in file.getvalue()
    for word in ("CRITICAL", "HIGH", "LOW", "UNKNOWN", "EXEMPT"):
        assert word in file.getvalue()


def test_what_the_baseline_knows_is_shown_on_request(make: SimpleNamespace) -> None:
    assert "LoggingConfiguration" not in printed(make.sample())
    assert "1 failure is known to the baseline" in printed(make.sample())
    assert "(known to the baseline)" in printed(make.sample(), verbose=True)


def test_verbose_gives_rationale_and_remedy_in_full_once(make: SimpleNamespace) -> None:
    control = make.control()
    report = make.report([make.verdict(of=control, on=make.resource(f"b{n}", line=n)) for n in range(3)])
    text = printed(report, verbose=True)
    assert text.count("Blocking it is free.") == 1
    assert text.count('bucket = "x"') == 1
    assert text.count("see  https://docs.aws.amazon.com/") == 1
    assert printed(report).count("four settings true. …") == 3


def test_an_exemption_that_ended(make: SimpleNamespace) -> None:
    assert "exemption ended 2026-01-31 by ana: public web site (infra/main.tf:11)" in printed(make.sample())


def test_instances_of_one_block_stand_once(make: SimpleNamespace) -> None:
    control = make.control()
    many = [make.resource(f'module.m[{n}].aws_s3_bucket.b["k{n}"]') for n in range(5)]
    other = make.resource("aws_s3_bucket.c")
    text = printed(make.report([make.verdict(of=control, on=item) for item in (*many, other)]))
    assert 'module.m[0].aws_s3_bucket.b["k0"]  AWS::S3::Bucket  and 4 more of the same block\n' in text
    assert "k1" not in text
    assert "aws_s3_bucket.c  AWS::S3::Bucket\n" in text
    assert "6 failures" in text


def test_instances_with_other_failures_stand_apart(make: SimpleNamespace) -> None:
    first, second = make.resource("b[0]"), make.resource("b[1]")
    verdicts = [make.verdict(on=first), make.verdict(on=second), make.verdict(of=make.control("x.y"), on=second)]
    assert "of the same block" not in printed(make.report(verdicts))


def test_a_long_list_is_cut_and_says_so(make: SimpleNamespace) -> None:
    control = make.control()
    resources = [make.resource(f"aws_s3_bucket.b{n}", line=n) for n in range(MAX_BLOCKS + 7)]
    report = make.report([make.verdict(of=control, on=item) for item in resources])
    text = printed(report)
    assert "… 7 more failures on 7 resources. --verbose shows all" in text
    assert f"b{MAX_BLOCKS} " not in text
    assert f"b{MAX_BLOCKS + 6} " in printed(report, verbose=True)


def test_unknown_is_grouped_by_what_is_not_known(make: SimpleNamespace) -> None:
    def unknown(address: str, note: str) -> Any:
        piece = make.evidence("KmsKeyId", None, note=note)
        return make.verdict("unknown", on=make.resource(address), evidence=(piece,))

    verdicts = [unknown("a", "var.acl: variable without a value")]
    verdicts += [unknown(f"k{number}", "var.key: variable without a value") for number in range(6)]
    text = printed(make.report(verdicts))
    assert "UNKNOWN  7 verdicts wait for what is not known yet\n  var.key: variable without a value\n    k0  " in text
    assert "    … 2 more resources\n  var.acl" in text
    assert "k5" in printed(make.report(verdicts), verbose=True)


def test_exempt_ones_are_listed_briefly(make: SimpleNamespace) -> None:
    verdicts = [
        make.verdict("exempt", on=make.resource(f"b{n}"), exemption=make.exemption()) for n in range(MAX_EXEMPT + 2)
    ]
    text = printed(make.report(verdicts))
    assert "  b0  s3.bucket-blocks-public-access  until 2027-03-01 by ana: public web site\n" in text
    assert "  … 2 more; --verbose shows all\n" in text


def test_passed_ones_on_request(make: SimpleNamespace) -> None:
    assert "PASSED" not in printed(make.sample())
    text = printed(make.sample(), show_passed=True)
    assert (
        "PASSED  1 verdict\n  aws_s3_bucket.data  infra/main.tf:12\n    s3.bucket-encrypted  S3 buckets are encrypted\n"
        in text
    )


def test_more_evidence_is_counted(make: SimpleNamespace) -> None:
    pieces = tuple(make.evidence(f"P{number}", line=number) for number in range(5))
    text = printed(make.report([make.verdict(evidence=pieces)]))
    assert 'P0 = "public-read"\n            P1 = "public-read"  infra/main.tf:1\n' in text
    assert "            … 2 more\n" in text


@pytest.mark.parametrize("width", [40, 79, 80, 200])
def test_any_width(make: SimpleNamespace, width: int) -> None:
    assert "Summary" in printed(make.sample(), width=width, verbose=True, show_passed=True)


def test_the_same_address_in_another_unit_names_the_unit(make: SimpleNamespace) -> None:
    both = [make.resource("module.m.aws_s3_bucket.b", unit=unit) for unit in ("prod", "staging")]
    text = printed(make.report([make.verdict(on=item) for item in both]), verbose=True)
    assert "  module.m.aws_s3_bucket.b of staging\n" in text


def test_what_is_compensated_is_counted_and_listed_when_everything_is_asked_for(make: SimpleNamespace) -> None:
    text = io.StringIO()
    show(make.compensated(), Plain(text))
    assert "1 finding is compensated: 1 by AWS::S3::AccountPublicAccessBlock" in text.getvalue()
    assert "COMPENSATED" not in text.getvalue()
    for shown in ({"verbose": True}, {"show_passed": True}):
        text = io.StringIO()
        show(make.compensated(), Plain(text), **shown)
        listed = text.getvalue().partition("COMPENSATED")[2].partition("\n\n")[0]
        assert "arn:aws:s3:::open" in listed
        assert "arn:aws:s3:::shut" not in listed
        assert "PublicAccessBlockConfiguration.BlockPublicAcls = false" in listed
        assert (
            "compensated by AWS::S3::AccountPublicAccessBlock arn:aws:s3::111111111111:account-public-access-block"
            in (listed)
        )
