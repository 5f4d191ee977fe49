"""The provider's attributes are read from the generated classes: names, and blocks inside blocks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scripts import extract_provider

BUCKET = """
function s3BucketVersioningToHclTerraform(struct) {
    const attrs = {
        enabled: {
            value: cdktf.booleanToHclTerraform(struct.enabled),
            isBlock: false,
        },
    };
}
class S3Bucket {
    constructor() { super({ terraformResourceType: 'aws_s3_bucket' }); }
    synthesizeAttributes() { return { other: cdktf.stringToTerraform(this._other) }; }
    synthesizeHclAttributes() {
        const attrs = {
            bucket: {
                value: cdktf.stringToHclTerraform(this._bucket),
                isBlock: false,
            },
            "versioning": {
                value: cdktf.listMapperHcl(s3BucketVersioningToHclTerraform, true)(this._versioning.internalValue),
                isBlock: true,
            },
        };
    }
}
//# sourceMappingURL=data:application/json;base64,unread: {
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (
        ("s3-bucket", BUCKET),
        ("nothing", "class Nothing {}"),
        ("unmapped", BUCKET.replace("aws_s3_bucket", "aws_nobody_maps_this")),
        ("data-aws-s3-bucket", BUCKET),
    ):
        folder = tmp_path / "package" / "lib" / name
        folder.mkdir(parents=True)
        (folder / "index.js").write_text(text)
    monkeypatch.setattr(extract_provider, "TARGET", tmp_path / "out.json")
    monkeypatch.setattr(sys, "argv", ["extract_provider.py", str(tmp_path)])
    return tmp_path


def test_mapped_types_are_written(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extract_provider.main()
    assert json.loads((package / "out.json").read_text()) == {
        "aws_s3_bucket": {"bucket": {}, "versioning": {"enabled": {}}}
    }
    assert capsys.readouterr().out.startswith("1 types of ")


def test_it_needs_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["extract_provider.py"])
    with pytest.raises(SystemExit):
        extract_provider.main()
