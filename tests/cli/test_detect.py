"""`bastide detect`, from files to exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bastide.cli.parser import make_parser
from bastide.detect import outbox
from bastide.detect.events import made
from bastide.detect.replay import START, write
from bastide.errors import UsageError

RULE = """title: Lists
id: 00000000-0000-4000-8000-000000000001
logsource: {product: aws, service: cloudtrail}
detection:
  call: {eventName: ListBuckets}
  condition: call
level: medium
"""
CALL = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "user"))
    (tmp_path / "bastide.yaml").write_text("workload: {name: shop}\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(RULE)
    write(made([CALL], START, "one"), tmp_path / "logs")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    arguments = make_parser(words[0]).parse_args(words)
    code = arguments.run(arguments)
    return code, capsys.readouterr().out


def test_files_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "detect", "--rules", "rules", "--events", "logs", "--format", "json")
    (one,) = json.loads(text)
    assert (code, one["rule_id"], one["table"]) == (1, "00000000-0000-4000-8000-000000000001", "api_activity")


def test_notes_stand_beside_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bastide.yaml").write_text(
        "workload: {name: shop}\ndetections:\n  suppressions:\n"
        "    - {rule: Lists, until: 2020-03-01, by: jo, reason: known}\n"
    )
    arguments = make_parser("detect").parse_args(["detect", "--rules", "rules", "--events", "logs", "--format", "json"])
    assert arguments.run(arguments) == 1
    told = capsys.readouterr()
    assert len(json.loads(told.out)) == 1
    assert "note: " in told.err


STACK = """
resource "aws_iam_user" "alice" { name = "alice" }
resource "aws_iam_user_policy" "alice" {
  user   = aws_iam_user.alice.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}
resource "aws_s3_bucket" "orders" { bucket = "orders-of-the-shop" }
"""
STORES = "  stores: [{resource: aws_s3_bucket.orders, class: restricted}]\n"


def test_what_the_actor_may_do_by_the_last_scan(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("detect", "--rules", "rules", "--events", "logs")
    text = said(capsys, *words)[1]
    assert "what it may do is not known: no scan of this folder is kept" in text
    (project / "main.tf").write_text(STACK)
    (project / "bastide.yaml").write_text("workload:\n  name: shop\n" + STORES)
    touched = {**CALL, "resources": [{"ARN": "arn:aws:s3:::orders-of-the-shop", "type": "AWS::S3::Bucket"}]}
    write(made([touched], START, "one"), project / "logs")
    said(capsys, "scan", ".", "--fail-on", "never")
    text = said(capsys, *words)[1]
    assert "may change IAM; change things in iam (by the scan of code of 2" in text
    assert text.startswith("HIGH      Lists")
    assert "          touched restricted data\n" in text
    assert "          worse, for restricted data was touched\n" in text
    (one,) = json.loads(said(capsys, *words, "--format", "json")[1])
    assert (one["reach"]["changes_iam"], one["reach"]["writes"]) == (True, ["iam"])


def test_without_a_match_nothing_is_read(project: Path) -> None:
    (project / "rules" / "a.yml").write_text(RULE.replace("ListBuckets", "Never"))
    code = (
        "import sys; from bastide.cli.parser import make_parser\n"
        "words = ['detect', '--rules', 'rules', '--events', 'logs']\n"
        "arguments = make_parser('detect').parse_args(words)\n"
        "code = arguments.run(arguments)\n"
        "assert not [name for name in sys.modules if name.startswith(('bastide.threats', 'sqlalchemy'))]\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_only_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "ingest", "logs")[0] == 0
    assert said(capsys, "detect", "--rules", "rules")[0] == 1
    code, text = said(capsys, "detect", "--rules", "rules")
    assert (code, text) == (0, "0 alerts of 0 matches; 1 rule over 0 events\n")
    assert said(capsys, "detect", "--rules", "rules", "--all")[0] == 1
    assert said(capsys, "detect", "--rules", "rules", "--since", "2026-03-03")[0] == 0
    assert said(capsys, "detect", "--rules", "rules", "--since", "2026-03-01", "--fail-on", "high")[0] == 0
    assert said(capsys, "detect", "--rules", "rules", "--all", "--fail-on", "never")[0] == 0


def test_a_file_that_is_no_rule_makes_it_incomplete(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rules" / "b.yml").write_text("not: sigma\n")
    code, text = said(capsys, "detect", "--rules", "rules", "--events", "logs")
    assert code == 3
    assert "MEDIUM    Lists" in text
    assert "not used: rules/b.yml:1: this is no Sigma rule" in text


def test_alerts_are_handed_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("detect", "--rules", "rules", "--events", "logs", "--send", "ocsf:out.jsonl")
    assert said(capsys, *words)[0] == 1
    assert json.loads((project / "out.jsonl").read_text())["class_uid"] == 2004
    assert said(capsys, *words[:-1], "webhook:http://127.0.0.1:1/")[0] == 3


def test_what_was_not_taken_is_judged_and_sent_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "ingest", "logs")
    assert said(capsys, "detect", "--rules", "rules", "--send", "webhook:http://127.0.0.1:1/")[0] == 3
    assert said(capsys, "detect", "--rules", "rules", "--send", "ocsf:out.jsonl")[0] == 1
    assert len((project / "out.jsonl").read_text().splitlines()) == 1
    assert said(capsys, "detect", "--rules", "rules", "--send", "ocsf:out.jsonl")[0] == 0


@pytest.fixture
def theirs(project: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A lake that others write: it has no commits."""
    said(capsys, "ingest", "logs")
    (written,) = (project / ".bastide" / "lake").glob("api_activity/**/*.parquet")
    file = project / "theirs" / "x" / written.relative_to(project / ".bastide" / "lake" / "api_activity")
    file.parent.mkdir(parents=True)
    file.write_bytes(written.read_bytes())
    return file


@pytest.mark.parametrize("words", [("detect", "--watch"), ("lake", "status"), ("lake", "verify")])
def test_a_lake_that_others_write_is_not_empty(
    theirs: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """That nothing was found in it would be no answer."""
    assert theirs.exists()
    with pytest.raises(UsageError, match="others write this lake"):
        said(capsys, *words, "--lake", "theirs")


def test_a_lake_that_others_write_is_judged_since_a_time(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("detect", "--rules", "rules", "--lake", "theirs")
    code, text = said(capsys, *words, "--all", "--format", "json")
    (one,) = json.loads(text)
    assert (code, one["rule_title"], one["operation"]) == (1, "Lists", "ListBuckets")
    assert said(capsys, *words, "--since", "2026-03-01")[0] == 1
    assert said(capsys, *words, "--since", "2026-03-03")[0] == 0
    with pytest.raises(UsageError, match=r"what is new in it is not kept.*--since 24h"):
        said(capsys, *words)
    assert [path.name for path in theirs.parents[4].rglob("*") if path.is_file()] == [theirs.name]


def test_coverage_tells_which_logs_a_lake_of_others_has(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs.with_name("damaged.parquet").write_bytes(b"PAR1")
    arguments = make_parser("coverage").parse_args(["coverage", "--lake", "theirs", "--format", "json"])
    assert arguments.run(arguments) == 0
    told = capsys.readouterr()
    lacking = {log for row in json.loads(told.out)["techniques"] for log in row["lacking"]}
    assert "dns" in lacking
    assert "cloudtrail" not in lacking
    assert "damaged.parquet" in told.err


def test_a_damaged_file_of_others_hides_no_match(theirs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs.with_name("damaged.parquet").write_bytes(b"PAR1")
    code, text = said(capsys, "detect", "--rules", "rules", "--lake", "theirs", "--all")
    assert code == 3
    assert "MEDIUM    Lists" in text
    assert "damaged.parquet: cannot be read: " in text
    assert said(capsys, "hunt", "--lake", "theirs", "select count(*) from api_activity")[0] == 3


def test_watching_judges_no_more_while_too_much_waits_for_a_place(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events wait in the lake then: in memory there would be no end to it."""
    monkeypatch.setattr(outbox, "MANY", 2)
    turns, told = iter(["two", "three", "four"]), []

    def bring(name: str) -> None:
        write(made([{**CALL, "after": "9s"}], START, name), project / "logs" / name)
        said(capsys, "ingest", "logs")

    def next_turn(_: float) -> None:
        told.append(capsys.readouterr())
        if name := next(turns, ""):
            return bring(name)
        raise KeyboardInterrupt

    bring("one")
    monkeypatch.setattr(time, "sleep", next_turn)
    words = ["detect", "--rules", "rules", "--watch", "--format", "json", "--send", "ocsf:none/there"]
    arguments = make_parser("detect").parse_args(words)
    with pytest.raises(KeyboardInterrupt):
        arguments.run(arguments)
    assert [one.out.count("\n") for one in told] == [2, 1, 0, 0]  # two matches, one alert
    assert "not sent to ocsf" in told[0].err


def test_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="there is no lake"):
        said(capsys, "detect")
    with pytest.raises(UsageError, match="--events"):
        said(capsys, "detect", "--events", "logs", "--all")
    for words in (["--all"], ["--since", "1h"]):
        with pytest.raises(UsageError, match="--watch tells of what is new"):
            said(capsys, "detect", "--watch", *words)


def test_which_run_sends_again_what_was_not_taken(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "ingest", "logs")
    told = []
    for words in ([], ["--all"], ["--since", "2020-01-01"], None, ["--all"], []):
        more = [*words, "--send", "ocsf:none/there"] if words is not None else []
        arguments = make_parser("detect").parse_args(["detect", "--rules", "rules", *more])
        arguments.run(arguments)
        told.append(capsys.readouterr().err.strip().rpartition("\n")[2].partition(" once more")[0])
    again, same = "the next run judges the same", "the same run"
    assert told == [again, again, same, "", same, ""]


@pytest.mark.slow
def test_watching(project: Path) -> None:
    """A file that comes is brought in by one process, and another tells what it means."""
    start = [sys.executable, "-m", "bastide"]
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": os.environ}
    bringing = subprocess.Popen([*start, "ingest", "logs", "--watch", "--format", "json"], **pipes)
    telling = subprocess.Popen([*start, "detect", "--rules", "rules", "--watch", "--format", "json"], **pipes)
    signal.signal(signal.SIGINT, ours)
    try:
        assert bringing.stdout
        assert telling.stdout
        assert json.loads(bringing.stdout.readline())["events"] == 1
        assert json.loads(telling.stdout.readline())["rule_title"] == "Lists"
        write(made([{**CALL, "after": "9s"}], START, "two"), project / "logs" / "more")
        assert json.loads(bringing.stdout.readline())["events"] == 1
        assert json.loads(telling.stdout.readline())["time"] == "2026-03-02T09:00:09Z"
    finally:
        time.sleep(0.2)
        for process in (bringing, telling):
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


@pytest.mark.parametrize("content", ['{"Records":[{"eventVersion', "nonsense\n"])
def test_logs_that_hold_what_cannot_be_read_are_incomplete(
    project: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (project / "cut.json").write_text(content)
    code, text = said(capsys, "detect", "--rules", "rules", "--events", "cut.json")
    assert (code, text.splitlines()[1:]) == (3, ["1 record of the logs are no events"])
    arguments = make_parser("detect").parse_args(["detect", "--rules", "rules", "--events", "cut.json", "-f", "json"])
    assert arguments.run(arguments) == 3
    told = capsys.readouterr()
    assert told.out == "[]\n"
    assert "no events" in told.err
