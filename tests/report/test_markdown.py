"""The summary: the worst first, short enough for a comment, no mark-up from outside."""

import re
from types import SimpleNamespace

import markdown as library
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.report import render
from bastide.report.markdown import MAX_CHARACTERS, MAX_FINDINGS, code, fenced, text


def test_the_summary(make: SimpleNamespace) -> None:
    out = render("markdown", make.sample())
    assert out.startswith(
        "### bastide: 4 failures (1 critical, 1 high, 2 low), 3 new, 1 unknown, 1 exempt, 1 passed\n\n"
        "**Not everything could be read; what is missing stands below.**\n\n"
        "| critical | high | medium | low | info | unknown | exempt | passed |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| 1 | 1 | 0 | 2 | 0 | 1 | 1 | 1 |\n\n"
        "| severity | finding | resource | where |\n"
        "| --- | --- | --- | --- |\n"
        "| critical | not met: Security groups let nobody on the internet reach SSH<br>"
        '`SecurityGroupIngress[0].CidrIp = "0.0.0.0/0"` | `module.network.aws_security_group.bastion` | '
        "`modules/network/groups.tf:9` |\n"
    )
    for piece in (
        "1 failure is known to the baseline and not listed.",
        "<summary>1 unknown</summary>",
        "- `aws_s3_bucket.site` `s3.bucket-blocks-public-access` `until 2027-03-01 by ana: public web site`",
        "- `infra/broken.tf:7` not read: `a block is not closed`",
        "- control `iam.role-is-narrow` could not be run: `took longer than 10 s`",
        "- 3 resources judged by no control: `AWS::CloudWatch::Dashboard (3)`",
    ):
        assert piece in out


def test_an_empty_report(make: SimpleNamespace) -> None:
    assert render("markdown", make.report()).startswith("### bastide: nothing to judge\n")


def test_a_long_report_is_cut_to_what_a_comment_holds(make: SimpleNamespace) -> None:
    controls = [
        make.control(f"x.c{n}", rationale="why " * 2000, remediation={"terraform": f"a\n{'b ' * 3000}"})
        for n in range(60)
    ]
    verdicts = [make.verdict(of=item, on=make.resource("a" * 900 + item.id)) for item in controls]
    verdicts += [make.verdict("unknown", of=item, on=make.resource("a" * 900 + item.id)) for item in controls]
    out = render("markdown", make.report(verdicts))
    assert len(out) < 65_536
    assert len(out) <= MAX_CHARACTERS + 100
    assert out.count("<details>") == out.count("</details>")
    assert f"… and {60 - MAX_FINDINGS} more failures." in out


HOSTILE = [
    "[link](https://example.com)",
    "![image](https://example.com/x.png)",
    "<img src=x onerror=alert(1)>",
    "@everyone and #12 and GH-7 https://example.com www.example.com :+1: a_b _c_ **d** ~~e~~ $f$",
    "a|b `c` \\| ``d",
    "- item",
    "1. item",
    "# head",
    "</details><script>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("as_what", [text, code])
def test_nothing_from_outside_is_mark_up(hostile: str, as_what: object) -> None:
    assert callable(as_what)
    html = library.markdown(as_what(hostile), extensions=["tables", "fenced_code"])
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "code"}
    assert not re.search(r"(?<!`)@everyone", as_what(hostile)) or as_what is code


def test_a_cell_stays_one_cell(make: SimpleNamespace) -> None:
    report = make.report([make.verdict(on=make.resource("a | b `c` \\"))])
    (row,) = [line for line in render("markdown", report).splitlines() if line.startswith("| high")]
    assert row.count("|") == 5


def test_a_fence_is_longer_than_any_inside() -> None:
    assert fenced("```\nx\n````") == "`````\n```\nx\n````\n`````"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_as_code_is_code(value: str) -> None:
    html = library.markdown(f"x {code(value.replace(chr(10), ' ').replace(chr(13), ' '))} y")
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "code"}


def test_what_is_compensated_is_folded(make: SimpleNamespace) -> None:
    text = render("markdown", make.compensated())
    assert "<summary>1 finding is compensated: 1 by AWS::S3::AccountPublicAccessBlock</summary>" in text
    assert "account's public access block is on in full" in text
    assert "compensated" not in render("markdown", make.sample())
