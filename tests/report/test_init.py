"""What holds of every format: it is found by name, it takes anything, and no secret is in it."""

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bastide.errors import UsageError
from bastide.report import FORMATS, check_format, render, render_terminal
from bastide.resources.model import Problem


def test_an_unknown_format_has_a_suggestion() -> None:
    with pytest.raises(UsageError) as caught:
        render("serif", None)  # type: ignore[arg-type]
    assert "unknown format 'serif'" in str(caught.value)
    assert "sarif" in str(caught.value)
    with pytest.raises(UsageError, match="Known: terminal, json"):
        check_format("zzz")


def test_formats_say_what_they_are() -> None:
    assert list(FORMATS) == ["terminal", "json", "sarif", "junit", "ocsf", "github", "markdown", "html"]
    for name, entry in FORMATS.items():
        assert entry.name == name
        assert entry.extension.startswith(".")
        assert "/" in entry.media_type
        assert entry.description


def test_importing_the_package_imports_no_format() -> None:
    code = "import sys, bastide.report; print(sorted({'rich', 'duckdb'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_terminal_prints_to_standard_output(make: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    render_terminal(make.sample())
    assert capsys.readouterr().out == render("terminal", make.sample())


def test_a_pipe_needs_no_rich(make: SimpleNamespace) -> None:
    code = (
        "import sys; from bastide.controls.verdict import Coverage, Report\n"
        "from bastide.report import render_terminal\n"
        "render_terminal(Report('1', 0.0, 0.0, (), [], Coverage(), [])); print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\nFalse\n")


def everywhere(make: SimpleNamespace, text: str) -> Any:
    """A report with the text wherever text of others can stand."""
    control = make.control(
        "x.y",
        title=text,
        rationale=text,
        remediation={"terraform": text, "cli": text},
        frameworks={text: [text]},
        attack=[text],
        references=[text],
    )
    resource = make.resource(
        text, type=text, unit=text, path=text, name=text, call=(text,), metadata={"cdk_path": text, "other": text}
    )
    resource.properties = {"Password": text}
    pieces = (make.evidence("Setting", text, note=text, path=text), make.evidence(text, None, note=text))
    exemption = make.exemption(by=text, until=text, reason=text, place=f"{text}:3")
    verdicts = [make.verdict(status, control, resource, evidence=pieces) for status in ("fail", "unknown", "pass")]
    verdicts.append(make.verdict("exempt", control, resource, evidence=pieces, exemption=exemption))
    report = make.report(verdicts, targets=(text,), broken={text: text, "x.y": text}, settings={"baseline": text})
    report.coverage.unmapped, report.coverage.unjudged = {text: 1}, {text: 2}
    kinds = ("unreadable", "partial", "external", "note", "unmapped")
    report.coverage.problems = [Problem(kind, text, 1, text) for kind in kinds]
    return report


@settings(deadline=None, max_examples=40)
@given(text=st.text(max_size=60))
def test_any_text_in_any_format(make: SimpleNamespace, text: str) -> None:
    report = everywhere(make, text)
    outputs = {name: render(name, report) for name in FORMATS}
    for name, output in outputs.items():
        output.encode()
        hidden = [char for char in output if not char.isprintable() and char != "\n"]
        assert not hidden, name
    assert len(json.loads(outputs["json"])["verdicts"]) == 4
    assert json.loads(outputs["sarif"])["version"] == "2.1.0"
    assert len(outputs["ocsf"].splitlines()) == 4
    assert etree.fromstring(outputs["junit"].encode()).tag == "testsuites"
    for line in outputs["github"].splitlines():
        assert line.startswith(("::error ", "::warning ", "::notice ", "bastide: "))


ALPHANUMERIC = st.text("ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789", min_size=24, max_size=40)
FORMED = st.one_of(
    st.from_regex(r"\A(AKIA|ASIA)[A-Z2-7]{16}\Z"),
    ALPHANUMERIC.map(lambda key: f"ghp_{key}"),
    ALPHANUMERIC.map(lambda key: f"xoxb-{key}"),
    ALPHANUMERIC.map(lambda key: f"sk_live_{key}"),
    ALPHANUMERIC.map(lambda key: f"eyJhbGciOiJIUzI1NiJ9.eyJ{key}.{key}"),
    ALPHANUMERIC.map(lambda key: f"-----BEGIN PRIVATE KEY-----\n{key}"),
)


@settings(deadline=None, max_examples=30)
@given(secret=FORMED, around=st.sampled_from(["{}", "x {} y", 'a["{}"]', "url?k={}&b"]))
def test_a_secret_of_a_known_form_is_in_no_format(make: SimpleNamespace, secret: str, around: str) -> None:
    report = everywhere(make, around.format(secret))
    core = secret.partition("\n")[2] or secret
    for name in FORMATS:
        assert core not in render(name, report), name


@settings(deadline=None, max_examples=30)
@given(secret=ALPHANUMERIC.map(lambda key: f"p-{key}"))
def test_a_password_is_in_no_format(make: SimpleNamespace, secret: str) -> None:
    pieces = (
        make.evidence("MasterUserPassword", secret),
        make.evidence("Environment.Variables.API_TOKEN", secret),
        make.evidence("Users", [{"Name": "app", "Password": secret}]),
        make.evidence("Endpoint", f"postgres://app:{secret}@db/app"),
        make.evidence("UserData", f"#!/bin/sh\nexport DB_PASSWORD='{secret}'\n"),
    )
    resource = make.resource(properties={"MasterUserPassword": secret})
    verdicts = [make.verdict(status, on=resource, evidence=pieces) for status in ("fail", "unknown", "exempt", "pass")]
    report = make.report(verdicts)
    report.coverage.problems = [Problem("note", "main.tf", 1, f"password={secret}")]
    for name in FORMATS:
        assert secret not in render(name, report), name
