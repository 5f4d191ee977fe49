"""The manifest: all of it read, all mistakes told, and a scan not troubled by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.settings import MANIFEST as SECTIONS
from bastide.settings import OF_WORKLOAD, WORKLOAD, load_settings
from bastide.workload.manifest import FIELDS, SCALE, Environment, Manifest, Required, Store, read_manifest

WHOLE = """\
workload:
  name: shop
  owner: rosa@example.com
  description: Sells.
  contacts: [{role: security, name: Rosa, email: rosa@example.com}]
  code: infra
  environments:
    - {name: production, accounts: "111122223333", regions: [eu-west-1, us-gov-west-1]}
    - {name: test}
  classification: {scale: [open, ours, secret], tag: class, default: ours}
  stores:
    - {resource: aws_s3_bucket.orders, class: secret, why: names}
  requirements: [hipaa-security-rule, {framework: cis-aws-5.0, only: ["1.*"], why: the board}]
  standard: mine.yaml
  appetite: low
model:
  elements: [{name: till, kind: entity, class: open}]
  flows: [{source: till, target: shop, encrypted: true, class: secret}]
  boundaries: [{name: office}]
threats:
  - {id: till-stolen, title: The till is stolen, likelihood: 2, impact: 3.5}
state: postgresql://db/state
scan:
  fail_on: high
"""


def manifest(text: str, folder: Path) -> Manifest:
    (folder / "bastide.yaml").write_text(text)
    return read_manifest(str(folder / "bastide.yaml"))


def test_everything_is_read(tmp_path: Path) -> None:
    found = manifest(WHOLE, tmp_path)
    assert (found.name, found.owner, found.purpose, found.code) == ("shop", "rosa@example.com", "Sells.", ("infra",))
    assert found.environments == (
        Environment("production", ("111122223333",), ("eu-west-1", "us-gov-west-1")),
        Environment("test"),
    )
    assert found.stores == (Store("aws_s3_bucket.orders", "secret", "names", 12),)
    assert found.requirements == (Required("hipaa-security-rule"), Required("cis-aws-5.0", ("1.*",), "the board"))
    assert (found.standard, found.appetite, found.state) == ("mine.yaml", "low", "postgresql://db/state")
    assert [found.sensitivity(name) for name in ("open", "ours", "secret", "what")] == [0, 0.5, 1, 0.5]
    assert found.elements[0]["line"] == 17
    assert found.threats[0] == {
        "id": "till-stolen", "title": "The till is stolen", "likelihood": 2, "impact": 3.5, "line": 21,
    }  # fmt: skip


def test_a_scan_takes_its_part_of_the_file(tmp_path: Path) -> None:
    manifest(WHOLE, tmp_path)
    settings = load_settings({}, str(tmp_path / "bastide.yaml"))
    assert settings.scan["fail_on"] == "high"
    assert settings.workload == {"name": "shop", "owner": "rosa@example.com", "description": "Sells."}


def test_the_settings_know_every_section_that_there_is() -> None:
    assert set(FIELDS) - {"workload"} <= set(SECTIONS)
    assert set(FIELDS["workload"].of or ()) == {*WORKLOAD, *OF_WORKLOAD}


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = """\
workload:
  owner: me
  classification: {scale: [a, a], default: b}
  stores: [{resource: x, class: secret}]
model:
  elements: [{name: e, kind: entity}, {name: e, kind: thing}]
threats:
  - {id: a, title: b, likelihood: 9, impact: 1}
"""
    with pytest.raises(UsageError) as told:
        manifest(text, tmp_path)
    lines = [line.partition("bastide.yaml:")[2] for line in told.value.text().splitlines()[1:]]
    assert lines == [
        "1: `workload` needs `name`: what the workload is called",
        "3: `b` is no class of the scale a, a",
        "3: a scale has at least two classes, each once",
        "4: `secret` is no class of the scale a, a",
        "6: `e` stands here twice",
        "6: `thing` is none of component, store, entity, identity",
        "8: `likelihood` is from 1 to 5",
    ]


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    found = read_manifest()
    assert (found.name, found.scale, found.path) == (tmp_path.name, SCALE, "")
