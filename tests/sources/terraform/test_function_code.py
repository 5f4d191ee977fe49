from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.sources.terraform.source import load

if TYPE_CHECKING:
    from pathlib import Path

_FUNCTION = """\
data "archive_file" "code" {
  type        = "zip"
  SOURCE
  output_path = "code.zip"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  filename      = data.archive_file.code.output_path
}
"""


def _load(folder: Path, source: str) -> tuple[object, list[str]]:
    folder.mkdir(exist_ok=True)
    (folder / "main.tf").write_text(_FUNCTION.replace("SOURCE", source))
    loaded = load(str(folder), within=[str(folder)])
    return loaded.resources[0].properties.get("CodeSecrets"), [one.kind for one in loaded.problems]


@pytest.mark.parametrize("source", ['source_dir = "${path.module}/src"', 'source_file = "src/app.py"'])
def test_code_that_is_packed_here_is_searched(tmp_path: Path, source: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text('db_password = "S3cure!horse9"\n')
    found, problems = _load(tmp_path, source)
    kind = "literal under the name of a secret"
    assert found == [{"Path": f"{tmp_path}/src/app.py", "Line": 1, "Kind": kind}]
    assert problems == ["note"]


def test_code_outside_of_what_is_scanned_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text('db_password = "S3cure!horse9"\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert _load(inner, 'source_file = "../app.py"') == (None, [])


def test_a_source_that_is_not_known(tmp_path: Path) -> None:
    assert _load(tmp_path, "source_dir = var.nowhere")[0] is None
