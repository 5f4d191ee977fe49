"""A workload of a few files for tests of the loop: scanned, and opened with all that is known of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bastide.lastscan import Keeper
from bastide.posture.whole import Whole, open_whole
from bastide.scan import scan
from bastide.settings import load_settings
from bastide.workload.known import Known
from bastide.workload.manifest import read_manifest

MANIFEST = """\
workload:
  name: shop
  classification: {default: internal}
  stores: [{resource: Orders, class: restricted, why: names}]
"""
STACK = """\
Resources:
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]
      PublicAccessBlockConfiguration:
        {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
  Mail:
    Type: AWS::SQS::Queue
    Properties: {SqsManagedSseEnabled: true}
"""


class Workload:
    """A folder with a manifest and code, in which commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        """A file of the folder."""
        (self.folder / name).write_text(text)

    def change(self, before: str, after: str, name: str = "stack.yaml") -> None:
        """A text that is there once becomes another."""
        text = (self.folder / name).read_text()
        assert text.count(before) == 1, before
        self.write(name, text.replace(before, after))

    def scan(self, *targets: str) -> None:
        """As `bastide scan` does, keeping the tables."""
        settings = load_settings({})
        keeper = Keeper()
        try:
            keeper.report(scan(list(targets) or ["."], settings.scan, settings.exemptions))
        finally:
            keeper.close()

    @contextlib.contextmanager
    def known(self) -> Iterator[Known]:
        """The tables of a fresh scan and the manifest, alone."""
        self.scan()
        with Known(read_manifest()) as known:
            yield known

    @contextlib.contextmanager
    def whole(self) -> Iterator[Whole]:
        """Everything, after a fresh scan."""
        self.scan()
        with open_whole() as whole:
            yield whole


def make_workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workload:
    """An empty repository of one's own with `MANIFEST` and `STACK`, and the working directory."""
    folder = tmp_path / "workload"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    found = Workload(folder)
    found.write("bastide.yaml", MANIFEST)
    found.write("stack.yaml", STACK)
    return found
