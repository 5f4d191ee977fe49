"""What `bastide init` proposes, from code, git and the account together."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.posture.account import OfAccount
from bastide.posture.begin import proposed, tag_of, with_account
from bastide.posture.repository import Contact, Named, Seen, Stage
from bastide.posture.whole import open_whole
from bastide.workload.manifest import read_manifest


def silent(step: str, done: int, total: int) -> None:
    del step, done, total


def test_a_manifest_from_nothing(shop: Path) -> None:
    (shop / "bastide.yaml").unlink()
    (shop / "prod.tfvars").write_text('region = "eu-west-1"\n')
    text = proposed(Path("bastide.yaml"), None, told=silent)
    assert "aws_s3_bucket.orders" in text
    (shop / "bastide.yaml").write_text(text)
    manifest = read_manifest()
    assert (manifest.name, manifest.owner) == ("shop", "Ada")
    assert [(one.name, one.regions) for one in manifest.environments] == [("production", ("eu-west-1",))]
    assert proposed(Path("bastide.yaml"), text, told=silent) == text
    with open_whole() as whole:
        assert whole.manifest.name == "shop"


def test_the_name_of_the_workload_says_nothing_of_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "main.tf").write_text('resource "aws_s3_bucket" "uploads" {\n  bucket = "acme-web-uploads"\n}\n')
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    text = proposed(Path("bastide.yaml"), None, told=silent)
    assert "# - {resource: aws_s3_bucket.uploads, class: }" in text
    assert "class: public" not in text


def test_what_the_manifest_has_is_not_proposed_again(shop: Path) -> None:
    before = (shop / "bastide.yaml").read_text()
    after = proposed(Path("bastide.yaml"), before, told=silent)
    assert set(before.splitlines()) <= set(after.splitlines())
    assert after.count("aws_s3_bucket.orders") == 1
    assert "  appetite: medium" in after


def test_a_manifest_with_mistakes_is_left_to_its_owner(shop: Path) -> None:
    (shop / "bastide.yaml").write_text("workload:\n  nme: x\n")
    with pytest.raises(UsageError, match="nme"):
        proposed(Path("bastide.yaml"), (shop / "bastide.yaml").read_text(), told=silent)


def test_the_tag_that_classes(shop: Path) -> None:
    (shop / "main.tf").write_text(
        'resource "aws_s3_bucket" "orders" {\n  tags = { DataClass = "public", Name = "x" }\n}\n'
        'resource "aws_ssm_parameter" "b" {\n  name = "b"\n  type = "String"\n  value = "x"\n'
        '  tags = { DataClass = "public" }\n}\n'
    )
    with open_whole() as whole:
        assert tag_of(whole.known) == "DataClass"


def test_of_two_tags_that_class_none_is_named_so_that_both_count(shop: Path) -> None:
    (shop / "main.tf").write_text(
        'resource "aws_s3_bucket" "a" {\n  tags = { DataClass = "public" }\n}\n'
        'resource "aws_s3_bucket" "b" {\n  tags = { classification = "restricted" }\n}\n'
    )
    (shop / "bastide.yaml").write_text("workload: {name: shop}\n")
    with open_whole() as whole:
        assert tag_of(whole.known) == ""
        stores = whole.known.select("select class from elements where kind = 'store' order by class")
    assert [row["class"] for row in stores] == ["public", "restricted"]


def seen(*stages: Stage) -> Seen:
    return Seen(Named("x", "here"), stages=list(stages), accounts={"111122223333": "x.tf:1"})


def test_the_account_beside_the_code() -> None:
    found = OfAccount("111122223333", "eu-west-1", "shop-prod", ("Ada", "ada@example.com"))
    one = seen()
    with_account(one, found)
    (stage,) = one.stages
    assert (stage.name, list(stage.accounts), list(stage.regions)) == ("production", ["111122223333"], ["eu-west-1"])
    assert "shop-prod" in stage.where
    assert one.accounts == {}
    assert [(c.role, c.name, c.email) for c in one.contacts] == [("security", "Ada", "ada@example.com")]
    # Known already: nothing is added, and a contact that the code names stays.
    other = seen(Stage("test", "t", {"111122223333": "x"}))
    other.contacts = [Contact("security", "Bo", "bo@example.com", "")]
    with_account(other, found)
    assert len(other.stages) == len(other.contacts) == 1
    # It goes to the first environment without an account.
    third = seen(Stage("production", "p", {"999988887777": "x"}), Stage("test", "t"))
    with_account(third, found)
    assert list(third.stages[1].accounts) == ["111122223333"]
