"""The loop over an emulated organization: what a scan of live accounts means for everything that is made of it."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Response

from bastide.cli.parser import make_parser
from bastide.controls.frameworks import Crosswalk, framework
from bastide.controls.library import load_library
from bastide.objectives.catalogue import by_objective
from scripts import emulate

MANIFEST = "workload:\n  name: shop\n  classification: {default: internal}\n"
DENIED = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"


@dataclass
class Organization:
    """The accounts by name, those whose role nobody may assume now, and the actions that nobody may call."""

    url: str
    accounts: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def client(self, account: str, service: str) -> Any:
        """A client of an account, by its name."""
        return emulate.client_of(self.url, self.accounts[account])(service)


class Doors:
    """A server's application that refuses to let anybody into the accounts that are closed, and what is refused."""

    def __init__(self, application: Any, organization: Organization) -> None:
        self.application, self.organization = application, organization

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if b"Action=AssumeRole" in body and any(one.encode() in body for one in self.organization.closed):
            return Response(DENIED, 403, content_type="text/xml")(environ, start_response)
        if any(f"Action={action}&".encode() in body for action in self.organization.refused):
            return Response(DENIED, 403, content_type="text/xml")(environ, start_response)
        found: Iterable[bytes] = self.application(environ, start_response)
        return found


@pytest.fixture
def organization(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organization]:
    """A filled organization, and a folder with a manifest as the working directory."""
    for name, value in emulate.SETTINGS.items():
        monkeypatch.setenv(name, value)
    server, url = emulate.answering(0)
    found = Organization(url)
    server.app = Doors(server.app, found)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _post(f"{url}/moto-api/reset")
    emulation = emulate.seed(url)
    found.accounts.update(emulation.accounts)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE", "BASTIDE_STATE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, value in emulation.environment.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "bastide.yaml").write_text(MANIFEST)
    monkeypatch.chdir(folder)
    yield found
    _post(f"{url}/moto-api/reset")
    server.shutdown()
    thread.join()
    server.server_close()


def _post(url: str) -> None:
    from urllib.request import Request, urlopen

    urlopen(Request(url, method="POST")).close()


@dataclass
class Loop:
    """Commands, run in this process."""

    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code of a command, and what it prints."""
        self.capsys.readouterr()
        given = make_parser(arguments[0]).parse_args(list(arguments))
        code = given.run(given)
        return code, self.capsys.readouterr().out

    def json(self, *arguments: str) -> Any:
        """What a command says in JSON."""
        return json.loads(self.run(*arguments, "--format", "json")[1])

    def scan(self, services: str) -> dict[str, Any]:
        """The JSON report of a scan of the organization."""
        self.run("scan", "aws", "--org", "--role", emulate.ROLE, "--regions", "eu-west-1", "--services", services,
                 "--output", "json=report.json")  # fmt: skip
        found: dict[str, Any] = json.loads(Path("report.json").read_text("utf-8"))
        return found


@pytest.fixture
def loop(capsys: pytest.CaptureFixture[str]) -> Loop:
    """What runs commands."""
    return Loop(capsys)


def by_id(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def statuses(frameworks: Any) -> dict[str, int]:
    """How many requirements of all frameworks have each status."""
    found: dict[str, int] = {}
    for one in frameworks["frameworks"]:
        for status, number in one["statuses"].items():
            found[status] = found.get(status, 0) + number
    return found


def moved(before: dict[Any, Any], after: dict[Any, Any]) -> set[Any]:
    """The keys whose values are not the same; both have the same keys."""
    assert before.keys() == after.keys()
    return {key for key in before if before[key] != after[key]}


@pytest.mark.slow
def test_an_account_that_could_not_be_entered_is_unknown_everywhere_and_never_green(
    organization: Organization, loop: Loop
) -> None:
    playground, services = organization.accounts["playground"], "s3,iam,organizations"
    loop.scan(services)
    whole = by_id(loop.json("objectives")["objectives"])
    assert whole["identity.no-way-to-escalate"]["status"] == "broken"  # by a user of the playground alone
    assert whole["secrets.kept-in-a-vault"]["status"] == "holds"
    assert statuses(loop.json("comply"))["met"] > 0
    threats = by_id(loop.json("threats")["threats"])
    theirs = {name for name, one in threats.items() if one["element_name"] in ("ana", "ben", f"play-{playground}")}
    assert theirs

    organization.closed.add(playground)
    report = loop.scan(services)
    assert report["coverage"]["incomplete"]
    (told,) = (one["message"] for one in report["coverage"]["problems"] if one["path"] == f"aws:{playground}")
    assert "the account was not entered" in told
    now = by_id(loop.json("objectives")["objectives"])
    assert {one["in_accounts"] for one in now.values()} == {"broken", "unknown", "not-judged"}
    for name in ("identity.no-way-to-escalate", "secrets.kept-in-a-vault"):
        assert (now[name]["status"], now[name]["failed"], now[name]["unknown"] > 0) == ("unknown", 0, True)
    counts = statuses(loop.json("comply"))
    assert (counts["met"], counts["not-applicable"]) == (0, 0)
    judged = [one for one in loop.json("wa")["practices"] if one["controls"]]
    assert judged
    # Of these, only that there are objectives does not hang on what was read.
    assert [one["id"] for one in judged if one["answer"] == "answered"] == ["SEC01-BP03"]
    # What was not looked at is not gone.
    kept = by_id(loop.json("threats")["threats"])
    assert {name for name in theirs if kept[name]["status"] == "closed"} == set()


@pytest.mark.slow
def test_what_could_not_be_listed_is_unknown_and_never_green(organization: Organization, loop: Loop) -> None:
    loop.scan("iam")
    before = by_id(loop.json("objectives")["objectives"])
    assert before["identity.no-way-to-escalate"]["failed"]
    met = statuses(loop.json("comply")).get("met", 0)

    organization.refused.add("GetAccountAuthorizationDetails")
    assert loop.scan("iam")["coverage"]["incomplete"]
    now = by_id(loop.json("objectives")["objectives"])["identity.no-way-to-escalate"]
    assert (now["status"], now["failed"], now["unknown"] > 0) == ("unknown", 0, True)
    assert statuses(loop.json("comply")).get("met", 0) <= met
    holding = {one["id"] for one in before.values() if one["status"] == "holds"}
    after = by_id(loop.json("objectives")["objectives"])
    assert {one["id"] for one in after.values() if one["status"] == "holds"} <= holding


@pytest.mark.slow
def test_a_threat_has_evidence_that_names_the_account(organization: Organization, loop: Loop) -> None:
    loop.scan("s3")
    playground = organization.accounts["playground"]
    bucket = f"arn:aws:s3:::play-{playground}"
    (read,) = (
        one for one in loop.json("threats")["threats"]
        if (one["template"], one["element"]) == ("data.bucket-is-read-by-everybody", f"aws:{playground}#{bucket}")
    )  # fmt: skip
    text = loop.run("threats", "--explain", read["id"])[1]
    assert f"{bucket}/policy  aws:{playground}/eu-west-1" in text
    assert "s3.bucket-policy-is-not-open" in text


def known(loop: Loop, report: dict[str, Any]) -> dict[str, dict[Any, Any]]:
    """What there is to say after a scan."""
    framework = loop.json("comply", "well-architected")["requirements"]
    return {
        "verdicts": {(v["control"], v["resource"]["address"]): v["status"] for v in report["verdicts"]},
        "objectives": {
            name: (one["status"], one["passed"], one["failed"], one["unknown"])
            for name, one in by_id(loop.json("objectives")["objectives"]).items()
        },
        "threats": {name: one["residual"] for name, one in by_id(loop.json("threats")["threats"]).items()},
        "requirements": {name: (one["status"], one["because"]) for name, one in by_id(framework).items()},
    }


@pytest.mark.slow
def test_breaking_and_mending_one_live_setting_moves_exactly_what_depends_on_it(
    organization: Organization, loop: Loop
) -> None:
    control, account = "s3.bucket-blocks-public-access", organization.accounts["shop-prod"]
    bucket = f"shop-orders-{account}"
    s3 = organization.client("shop-prod", "s3")
    before = known(loop, loop.scan("s3"))
    blocks = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={**blocks, "IgnorePublicAcls": False})
    broken = known(loop, loop.scan("s3"))
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocks)
    assert known(loop, loop.scan("s3")) == before

    one = (control, f"arn:aws:s3:::{bucket}")
    assert moved(before["verdicts"], broken["verdicts"]) == {one}
    assert (before["verdicts"][one], broken["verdicts"][one]) == ("pass", "fail")
    summaries = load_library().summaries
    serving = {name for name, ids in by_objective(summaries).items() if control in ids}
    assert moved(before["objectives"], broken["objectives"]) == serving != set()
    requirements = Crosswalk(summaries).requirements_of(control, ["well-architected"])["well-architected"]
    kinds = {name for name in requirements if framework("well-architected").requirements[name].kind != "procedural"}
    assert moved(before["requirements"], broken["requirements"]) == kinds != set()
    resource = f"aws:{account}#{one[1]}"
    rows = loop.json("threats")["threats"]
    dependent = {
        row["id"] for row in rows for aim in row["objectives"]
        if aim["id"] in serving and (aim["scope"] == "workload" or resource in row["resources"])
    }  # fmt: skip
    changed = moved(before["threats"], broken["threats"])
    assert changed == dependent != set()
    assert all(broken["threats"][name][1] > before["threats"][name][1] for name in changed)
