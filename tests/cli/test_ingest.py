"""`bastide ingest` as a person runs it."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path

from tests.cli.conftest import Run
from tests.lake.conftest import event, text_of
from tests.lake.samples import EKS


def trail(project: Path, name: str, *events: object) -> None:
    (project / "logs").mkdir(exist_ok=True)
    (project / "logs" / name).write_bytes(gzip.compress(text_of(list(events))))


def test_from_files_to_rows(run: Run, project: Path) -> None:
    trail(project, "a.json.gz", event(1), event(2))
    done = run("ingest", "logs", "--lake", "lake")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 file read, 0 known already" in done.stdout
    assert "2 events added, 0 duplicates left out" in done.stdout
    assert (project / "lake/api_activity/region=eu-west-1/accountId=111111111111/eventDay=20261101").is_dir()
    again = json.loads(run("ingest", "logs", "--lake", "lake", "--format", "json").stdout)
    assert (again["version"], again["files"], again["known"], again["events"]) == (1, 0, 1, 0)


def test_the_quarantine_is_told_and_tried_again(run: Run, project: Path) -> None:
    trail(project, "a.json.gz", event(1), {**event(2), "eventTime": "\x1b[31mnever"})
    done = run("ingest", "logs", "--lake", "lake")
    assert done.returncode == 3
    assert "1 record to the quarantine:\n         1  no time" in done.stdout
    again = run("ingest", "--quarantined", "--lake", "lake", "-f", "json")
    assert (again.returncode, json.loads(again.stdout)["reasons"]) == (3, {"no time": 1})


def test_a_lake_without_a_name_is_the_project_s(run: Run, project: Path) -> None:
    (project / "bastide.yaml").write_text("only: []\n")
    trail(project, "a.json.gz", event(1))
    assert run("ingest", "logs").returncode == 0
    assert "1 event in 1 file" in run("lake", "status").stdout
    assert (project / ".bastide/lake/api_activity").is_dir()
    assert stat.S_IMODE((project / ".bastide").stat().st_mode) == 0o700
    assert (project / ".bastide/.gitignore").read_text() == "*\n"


def test_wrong_use(run: Run, project: Path) -> None:
    for arguments, told in (
        (["ingest"], "nothing to bring in"),
        (["ingest", "nowhere"], "no such file"),
        (["ingest", ".", "--source", "cloudtrial"], "Did you mean `cloudtrail`"),
        (["ingest", "--quarantined"], "there is no lake"),
        (["ingest", "s3://No_Bucket"], "S3 refuses"),
    ):
        done = run(*arguments)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr


def test_sources_are_listed(run: Run) -> None:
    done = run("ingest", "--source", "list")
    assert "cloudtrail               AWS CloudTrail" in done.stdout
    assert "ocsf-api-activity" in done.stdout


def test_a_source_of_one_s_own(run: Run, project: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "lake.md"
    (project / "own").mkdir()
    (project / "own" / "shop.yaml").write_text(page.read_text("utf-8").split("```yaml\n")[1].split("```")[0])
    (project / "logins.json").write_text('{"ts":"2026-11-01T10:00:00Z","login":"ana","outcome":"ok"}')
    assert run("ingest", "logins.json", "--lake", "lake").returncode == 3
    done = run("ingest", "logins.json", "--lake", "lake", "--sources", "own", "--reread")
    assert (done.returncode, "authentication                              1" in done.stdout) == (0, True), (
        done.stdout + done.stderr
    )
    assert "shop-logins" in run("ingest", "--source", "list", "--sources", "own").stdout
    assert "no source in this folder" in run("ingest", "x", "--sources", ".").stderr


def test_lines_that_are_no_events_of_their_log_are_counted(run: Run, project: Path) -> None:
    line = "I1101 10:00:00.123456       1 scheduler.go:601] bound"
    (project / "logs").mkdir()
    (project / "logs/a.log").write_text(f"{line}\n{line}\n{json.dumps(EKS)}\n")
    done = run("ingest", "logs", "--lake", "lake")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 lines left out and not kept, no events of a log:\n         2  lines of components of Kuber" in done.stdout
    again = json.loads(run("ingest", "logs", "--reread", "--lake", "lake", "--format", "json").stdout)
    assert (again["apart"], again["reasons"]) == ({"lines of components of Kubernetes that are no audit events": 2}, {})
