"""What every format must be, whatever stood in the files: valid, whole, and nothing in it that acts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
from lxml import etree

SCHEMAS = Path(__file__).parents[1] / "schemas"
SCRIPT = "payload"
"""What hostile names of these tests try to run."""


@cache
def _sarif() -> Any:
    return jsonschema_rs.validator_for(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")))


@cache
def _junit() -> Any:
    return etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))


@cache
def _ocsf() -> Any:
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    from bastide.report.ocsf import VERSION

    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))
    return jsonschema_rs.validator_for(schemas.get_class_schema(class_name="compliance_finding"))


def _visible(text: str) -> None:
    hidden = {char for char in text if not char.isprintable() and char != "\n"}
    assert not hidden, hidden


def check_json(text: str) -> None:
    """A document with the keys that the issue names."""
    _visible(text)
    document = json.loads(text)
    assert document["schema"].startswith("bastide/report/")
    for verdict in document["verdicts"]:
        assert {"control", "status", "severity", "resource", "location", "evidence"} <= verdict.keys()
        assert verdict["location"]["line"] >= 1
    for problem in document["coverage"]["problems"]:
        assert problem["path"]
        assert problem["line"] >= 0
        assert problem["message"]


def check_sarif(text: str) -> None:
    """As its schema says; locations are relative."""
    _visible(text)
    log = json.loads(text)
    _sarif().validate(log)
    for result in log["runs"][0]["results"]:
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w.~!$&'()*+,;=:@/%-]+", uri), uri


def check_junit(text: str) -> None:
    """As the schema of Jenkins' plugin says."""
    _visible(text)
    _junit().assertValid(etree.fromstring(text.encode()))


def check_ocsf(text: str) -> None:
    """A Compliance Finding a line. The schema is slow, so the first ones stand for all."""
    lines = text.splitlines()
    _visible(text)
    for number, line in enumerate(lines):
        event = json.loads(line)
        if number < 50:
            _ocsf().validate(event)


def check_github(text: str) -> None:
    """Annotations, one a line, and lines that are plainly ours."""
    _visible(text)
    for line in text.splitlines():
        assert line.startswith(("::error ", "::warning ", "::notice ", "bastide: ")), line


def check_markdown(text: str) -> None:
    """No mark-up but our own: a `<` begins a tag of ours or stands in code."""
    _visible(text)
    without_code = re.sub(r"(`+)[^`].*?\1", "", text)
    tags = set(re.findall(r"<\s*/?\s*([^\s>/]*)", without_code))
    assert tags <= {"details", "summary", "code", "br"}, tags
    assert not re.search(r"!?\]\((?!https://docs\.aws)", without_code)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("img", "iframe", "object", "embed", "base", "link"), tag
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "srcset")]
        self.scripts += tag == "script"
        if tag not in ("meta", "input", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "input", "rect"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            assert SCRIPT not in data


def check_html(text: str) -> None:
    """Balanced, with the one script of its own, and nothing that loads or runs anything else."""
    _visible(text)
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.scripts <= 1


def check_terminal(text: str) -> None:
    """Nothing that a terminal would obey."""
    _visible(text)
    assert "Summary" in text or "Covered" in text


CHECKS: dict[str, Callable[[str], None]] = {
    "json": check_json,
    "sarif": check_sarif,
    "junit": check_junit,
    "ocsf": check_ocsf,
    "github": check_github,
    "markdown": check_markdown,
    "html": check_html,
    "terminal": check_terminal,
}
