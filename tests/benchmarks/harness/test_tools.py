"""How tools are called, and how their findings are counted."""

import json
from pathlib import Path

import pytest
from harness import tools
from harness.tools import Tool, disk_use, environment

REPORTS = {
    "bastide": {"verdicts": [{"status": "fail"}, {"status": "pass"}, {"status": "unknown"}]},
    "trivy": {
        "SchemaVersion": 2,
        "Results": [{"MisconfSummary": {"Failures": 1}}, {"MisconfSummary": {"Failures": 0}}],
    },
    "checkov": [{"summary": {"failed": 1}}],
}


@pytest.mark.parametrize("name", REPORTS)
def test_findings_are_counted(name, tmp_path):
    tool, out = Tool(name, Path("tool")), tmp_path / "findings.json"
    tool.written(out).write_text(json.dumps(REPORTS[name]), "utf-8")
    assert tool.findings(out) == 1


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"SchemaVersion": 2, "Results": [1]}', '{"verdicts": 3}'])
@pytest.mark.parametrize("name", ["bastide", "trivy"])
def test_what_cannot_be_read_is_no_count(name, text, tmp_path):
    out = tmp_path / "findings.json"
    if text is not None:
        out.write_text(text, "utf-8")
    assert Tool(name, Path("tool")).findings(out) is None


@pytest.mark.parametrize(("kind", "framework"), [("monorepo", "terraform"), ("templates", "cloudformation")])
def test_peers_look_for_one_kind_only(kind, framework):
    for name in ("trivy", "checkov"):
        command = Tool(name, Path("tool")).scan(kind, Path("in"), Path("out/findings.json"))
        assert framework in command
        assert "in" in command


def test_measured_commands_have_no_network_and_may_keep_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    env = environment()
    assert env["https_proxy"] == env["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert not [name for name in env if name.startswith("PYTHON")]


def test_disk_use_counts_blocks_and_follows_no_links(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "file").write_bytes(b"x" * 10_000)
    (tmp_path / "away").write_bytes(b"x" * 1_000_000)
    before = disk_use(tmp_path / "inside")
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "away")
    assert 10_000 <= before <= disk_use(tmp_path / "inside") < 100_000


def test_libraries_say_their_version_through_their_interpreter():
    assert tools._asking("checkov") == ["--version"]
    assert "version('pypanther')" in tools._asking("pypanther")[1]


def test_who_cannot_be_prepared_is_refused_with_the_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(tools, "CACHE", tmp_path)
    monkeypatch.setattr(tools, "_install", lambda name: tmp_path / name)
    refused = {}
    assert tools.prepare(["bastide"], {"bastide": "bastide-lake"}, refused) == []
    assert "bastide-lake" in refused["bastide"]
