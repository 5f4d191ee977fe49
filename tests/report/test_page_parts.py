"""Parts of the page that have rules of their own."""

from types import SimpleNamespace

from bastide.report import page_parts, render
from bastide.report.view import View
from bastide.resources.model import Problem


def test_the_bar_has_a_part_for_each_status_and_says_so(make: SimpleNamespace) -> None:
    text = "\n".join(page_parts.overview(View(make.sample())))
    assert text.count("<rect") == 4
    assert '<rect class="fail" x="0.00" width="571.43" height="10"/>' in text
    assert 'aria-label="4 failed, 1 unknown, 1 exempt, 1 passed"' in text


def test_no_bar_of_nothing(make: SimpleNamespace) -> None:
    assert "<svg" not in "\n".join(page_parts.overview(View(make.report())))


def test_a_complete_scan_has_no_warning(make: SimpleNamespace) -> None:
    assert "warning" not in "\n".join(page_parts.overview(View(make.report())))
    assert "What is missing" in "\n".join(page_parts.overview(View(make.sample())))


def test_a_passed_verdict_is_a_line(make: SimpleNamespace) -> None:
    (row,) = View(make.report([make.verdict("pass")])).verdicts()
    numbers: dict[str, int] = {}
    text = page_parts.verdict(row, numbers)
    assert "details" not in text
    assert numbers == {}


def test_a_control_has_one_number(make: SimpleNamespace) -> None:
    report = make.report([make.verdict(), make.verdict(on=make.resource("b")), make.verdict(of=make.control("x.y"))])
    numbers: dict[str, int] = {}
    for row in View(report).verdicts():
        page_parts.verdict(row, numbers)
    assert numbers == {"s3.bucket-blocks-public-access": 0, "x.y": 1}


def test_only_web_addresses_are_links(make: SimpleNamespace) -> None:
    control = make.control("x.y", references=["https://example.com/a?b&c", "javascript:alert(1)", "a book"])
    text = "\n".join(page_parts.controls(View(make.report([make.verdict(of=control)])), {"x.y": 0}))
    assert text.count("<a ") == 1
    assert 'href="https://example.com/a?b&amp;c"' in text
    assert "<li>javascript:alert(1)</li>" in text


def test_long_tables_are_cut(make: SimpleNamespace) -> None:
    report = make.report()
    report.coverage.problems = [Problem("note", f"{n}.tf", 1, "x") for n in range(page_parts.MAX_LISTED + 3)]
    text = "\n".join(page_parts.coverage(View(report)))
    assert "… and 3 more" in text
    assert text.count("<tr>") == page_parts.MAX_LISTED + 2


def test_what_is_compensated_is_told_beside_the_verdict(make: SimpleNamespace) -> None:
    text = render("html", make.compensated())
    assert "1 finding is compensated: 1 by AWS::S3::AccountPublicAccessBlock" in text
    assert text.count("compensated by AWS::S3::AccountPublicAccessBlock") == 1, text
