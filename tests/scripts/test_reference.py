"""The reference pages are what the program declares now, and name all of it."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest
import yaml

from bastide.cli.parser import EXIT_CODES
from bastide.controls.entry import CONCERNS
from bastide.controls.library import read_controls
from bastide.controls.macros import macros
from bastide.report import FORMATS
from bastide.settings import EXEMPTION, SCAN, WORKLOAD, load_settings
from bastide.sources import limits
from bastide.sources.cloudformation import limits as templates
from bastide.sources.terraform.mapping import Fold, Table, mapped_types
from bastide.tables import TABLES
from scripts import reference

library, program, markdown, coverage = reference.library, reference.program, reference.markdown, reference.coverage
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference.pages()


# The pages in docs/reference


def test_committed_pages_are_what_the_program_declares(pages: dict[str, str]) -> None:
    assert reference.stale(reference.FOLDER, pages) == [], "run scripts/reference.py, and commit docs/reference"


def test_pages_are_the_same_each_time(pages: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("BASTIDE_FAIL_ON", "critical")
    assert reference.pages() == pages


def test_check_says_what_is_stale_and_writing_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, tmp_path = tmp_path, tmp_path / "reference"
    check = ["--check", "--folder", str(tmp_path)]
    assert reference.main(["--folder", str(tmp_path)]) == 0
    assert reference.main(check) == 0
    assert "changed" in capsys.readouterr().out
    (tmp_path / "formats.md").write_text("old")
    (tmp_path / "macros.md").unlink()
    (base / "coverage.md").write_text("old")
    (tmp_path / "controls" / "gone.md").write_text("of a service that is no more")
    assert reference.main(check) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "../coverage.md",
        "controls/gone.md",
        "formats.md",
        "macros.md",
    ]
    assert (tmp_path / "formats.md").read_text() == "old"
    assert reference.main(["--folder", str(tmp_path)]) == 0
    assert reference.main(check) == 0


def test_index_names_every_page_that_is_no_detail(pages: dict[str, str]) -> None:
    linked = set(re.findall(r"\]\(([\w/-]+\.md)\)", pages["index.md"]))
    assert linked == {path for path in pages if "/" not in path or path.endswith("/index.md")} - {"index.md"}


# What they name


def test_command_line_has_every_option_and_exit_code(pages: dict[str, str]) -> None:
    page = pages["command-line.md"]
    for option in SCAN:
        assert f"`{option.flag}" in page
    for number, meaning in EXIT_CODES.items():
        assert f"| `{number}` | {meaning} |" in page
    for command in ("scan", "baseline", "controls list", "controls show", "controls test", "query"):
        assert f"\n## bastide {command}\n" in page
    assert "bastide controls show [OPTION ...] ID ..." in page
    assert re.search(r"^\| `--fail-on SEVERITY` \| `low` \|.*`critical`.*`never`", page, re.MULTILINE)
    assert re.search(r"^\| `--file FILE` \| `bastide-baseline.json` \|", page, re.MULTILINE)
    assert re.search(r"^\| `--format FORMAT`, `-f` \| `terminal` \|", page, re.MULTILINE)
    assert "(default" not in page


def test_settings_have_every_key_and_variable(pages: dict[str, str]) -> None:
    page = pages["settings.md"]
    for option in SCAN:
        assert f"| `scan.{option.name}` | `{option.flag}" in page
        assert f"| `{option.env}` |" in page
    for key in (*(f"workload.{key}" for key in WORKLOAD), *EXEMPTION):
        assert f"| `{key}` |" in page


def test_example_settings_are_settings(tmp_path: Path, pages: dict[str, str]) -> None:
    (found,) = re.findall(r'```yaml title="bastide.yaml"\n(.*?)```', pages["settings.md"], re.DOTALL)
    file = tmp_path / "bastide.yaml"
    file.write_text(found)
    settings = load_settings({}, str(file), {})
    plain = yaml.safe_load(found)
    assert plain.keys() == {"workload", "scan", "exemptions"}
    assert plain["scan"].keys() == {"targets", *(option.name for option in SCAN)}
    assert plain["workload"] == settings.workload
    assert [{**item, "place": f"{file}:{found.count(chr(10), 0, found.index('- control')) + 1}"}
            for item in plain["exemptions"]] == settings.exemptions  # fmt: skip
    assert settings.scan["fail_on"] == "high"
    assert settings.targets == ["infra", "templates"]
    assert found.count("#") >= len(SCAN) + len(WORKLOAD) + len(EXEMPTION) + 1


def test_tables_and_formats_are_all_there(pages: dict[str, str]) -> None:
    for name, columns in TABLES.items():
        section = pages["tables.md"].split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(columns)
    assert re.findall(r"^\| `(\w+)`", pages["formats.md"], re.MULTILINE) == list(FORMATS)


def test_every_limit_is_there(pages: dict[str, str]) -> None:
    for module in (limits, templates):
        names = [name for name in vars(module) if name.isupper()]
        section = pages["limits.md"].split("\n## ")[1 if module is limits else 2]
        assert len(re.findall(r"^\| [\d,]+( s| MB)? \|", section, re.MULTILINE)) == len(names)
    assert "| 60 s |" in pages["limits.md"]
    assert "| 5 MB | Bytes of one Terraform file" in pages["limits.md"]


def test_report_explains_every_field_of_the_schema(pages: dict[str, str]) -> None:
    schema = json.loads(resources.files("bastide.report").joinpath("report-1.schema.json").read_text("utf-8"))
    for entry in schema["$defs"].values():
        section = pages["report.md"].split(f"\n## {entry['title']}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(entry["properties"])


def test_library_is_all_there(pages: dict[str, str]) -> None:
    controls = read_controls()
    for macro in macros().values():
        assert f"`{macro.name}({', '.join(macro.parameters)})`" in pages["macros.md"]
    for name in mapped_types():
        assert f"\n| `{name}` |" in pages["terraform.md"]
    for control in controls:
        target = f"{control.service}.md#{markdown.anchor(control.id)}"
        assert f"[`{control.id}`]({target})" in pages["controls/index.md"]
        section = pages[f"controls/{control.service}.md"].split(f"\n## {control.id}\n")[1].split("\n## ")[0]
        assert control.require.strip() in section
        assert control.resource in section
        for framework, ids in control.frameworks.items():
            assert not ids or f"](../controls/{target})" in pages[f"frameworks/{framework}.md"]
    services = len({control.service for control in controls})
    assert f"{len(controls)} controls over {services} services" in pages["controls/index.md"]


def test_a_requirement_is_served_or_said_to_lack_a_control(pages: dict[str, str]) -> None:
    for framework in library.frameworks():
        page = pages[f"frameworks/{framework['id']}.md"]
        rows = re.findall(r"^\| (.+?) \| .+ \| (.+) \|$", page, re.MULTILINE)
        served = [name for name, controls in rows if "](" in controls or "`bastide controls list" in controls]
        lines = re.findall(r"^(?:For people|Without a control): (.*)\.$", page, re.MULTILINE)
        lacking = [name for line in lines for name in line.split(", ")]
        assert sorted([*served, *lacking]) == sorted(entry["id"] for entry in framework["requirements"])
        assert f"{len(served)} of {len(framework['requirements'])} requirements" in page


def test_crosswalk_has_every_requirement_once(pages: dict[str, str]) -> None:
    for one in library.frameworks():
        section = pages["crosswalk.md"].split(f"\n## {one['id']}\n")[1].split("\n## ")[0]
        named = re.findall(r"^\| (.+?) \| .+ \| (technical|shared) \|", section, re.MULTILINE)
        people = re.search(r"^For people: (.*)\.$", section, re.MULTILINE)
        listed = [name for name, _ in named] + (people.group(1).split(", ") if people else [])
        assert sorted(listed) == sorted(entry["id"] for entry in one["requirements"])


def test_coverage_counts_every_control_and_explains_every_gap(pages: dict[str, str]) -> None:
    controls = read_controls()
    page = pages[reference.COVERAGE]
    rows = dict(re.findall(r"^\| \[(\w+)\]\(reference/controls/\w+\.md\) \| (.*) \|$", page, re.MULTILINE))
    assert rows.keys() == {control.service for control in controls}
    cells = [cell.strip() for row in rows.values() for cell in row.split("|")]
    assert sum(int(cell) for cell in cells if cell.isdigit()) == len(controls)
    assert len(cells) == len(rows) * len(CONCERNS)
    why = page.split("## Why there is no control")[1]
    assert len(re.findall(r"`\w+`", why)) == sum(not cell.isdigit() for cell in cells)


def test_no_reason_for_a_gap_is_stale() -> None:
    assert coverage.stale(read_controls()) == []


def test_no_page_has_markup_of_a_stranger(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        prose = re.sub(r"`[^`\n]*`|<https://[^<>\s]+>|\\<", "", FENCE.sub("", text.removeprefix(reference.MADE)))
        assert "<" not in prose, path


# Their parts


def test_a_field_without_a_meaning_and_a_meaning_without_a_field_are_refused() -> None:
    assert markdown.explained({"a": "1", "b": "2"}, ["b", "a"], "letters") == [("b", "2"), ("a", "1")]
    for names in (["a"], ["a", "b", "c"]):
        with pytest.raises(SystemExit, match=r"letters: [bc]:"):
            markdown.explained({"a": "1", "b": "2"}, names, "letters")


def test_words_are_no_markup_but_for_code() -> None:
    assert markdown.words("a *b* <i> [x](y) `*c*`\n  d_e") == r"a \*b\* \<i\> \[x\](y) `*c*` d\_e"
    assert markdown.code("x") == "`x`"
    assert markdown.code("") == markdown.code(None) == ""


def test_cells_keep_their_pipes() -> None:
    assert markdown.table(["a"], [["x|y"]]).splitlines() == ["| a |", "| --- |", "| x\\|y |"]


def test_counts_and_anchors() -> None:
    assert [markdown.count(number, "control") for number in (0, 1, 1200)] == [
        "0 controls",
        "1 control",
        "1,200 controls",
    ]
    assert markdown.anchor("s3.bucket-x") == "s3bucket-x"
    assert markdown.anchor("1 Identity, and Access") == "1-identity-and-access"


def test_what_a_terraform_type_becomes() -> None:
    policy = Fold("AWS::IAM::Role", "role", "Policies")
    whole = Fold("AWS::S3::Bucket", "bucket")
    assert library.becomes(Table("a", "AWS::A::B")) == ("AWS::A::B", "`AWS::A::B`")
    assert library.becomes(Table("a", folds=(whole,))) == ("AWS::S3::Bucket", "part of `AWS::S3::Bucket`")
    assert library.becomes(Table("a", "AWS::IAM::RolePolicy", folds=(policy,))) == (
        "AWS::IAM::Role",
        "part of `AWS::IAM::Role`, `Policies`, or `AWS::IAM::RolePolicy` where that is not in the code",
    )
    cases = {"x": Table("a/x", "AWS::A::X"), "y": Table("a/y", "AWS::A::Y")}
    assert library.becomes(Table("a", switch="kind", cases=cases)) == (
        "AWS::A::X",
        "`AWS::A::X` for `kind = x`; `AWS::A::Y` for `kind = y`",
    )


def test_kinds_of_fields() -> None:
    schema = {"$defs": {"ToolRow": {"title": "Tool"}}}
    link = {"$ref": "#/$defs/ToolRow"}
    assert program.kind_of(link, schema) == "[Tool](#tool)"
    assert program.kind_of({"type": "array", "items": link}, schema) == "list of [Tool](#tool)"
    assert program.kind_of({"anyOf": [{"type": "string"}, {"type": "null"}]}, schema) == "text or null"
    assert (
        program.kind_of({"type": "object", "additionalProperties": {"type": "integer"}}, schema)
        == "whole number by name"
    )
    assert program.kind_of({"enum": ["low", "critical", "high"]}, schema) == "`critical`, `high`, `low`"
