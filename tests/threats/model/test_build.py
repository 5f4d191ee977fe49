"""The model as a whole: that of a known stack, the same from Terraform and CloudFormation, and of what is odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.threats.model import TABLES, Model, model_of, put_model
from bastide.workload.manifest import Manifest, Store
from tests.threats.stacks import known_of, live_of, write

HERE = Path(__file__).parent
EXAMPLE = Path(__file__).parents[3] / "examples" / "workload"


def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], manifest: Manifest) -> Model:
    monkeypatch.chdir(write(tmp_path, files))
    with known_of(tmp_path, manifest) as known:
        return model_of(known)


def told(model: Model) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
    """Elements and flows by names: what must be the same whatever language a stack is written in."""
    names = {element.id: element.name for element in model.elements}
    kinds = {boundary.id: boundary.kind for boundary in model.boundaries}
    elements = {
        (e.kind, e.name, e.type, kinds.get(e.boundary or ""), e.classification, e.class_from, e.exposed)
        for e in model.elements
    }
    flows = {
        (names[f.source], names[f.target], f.kind, f.protocol, f.encrypted, f.authenticated, f.classification,
         tuple(kinds[one] for one in f.crosses))
        for f in model.flows
    }  # fmt: skip
    return elements, flows


SHOP = Manifest("shop", default_class="internal")


def test_both_languages_give_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = [
        model(tmp_path / suffix, monkeypatch, {f"main.{suffix}": (HERE / f"shop.{suffix}").read_text("utf-8")}, SHOP)
        for suffix in ("tf", "yaml")
    ]
    assert told(sides[0]) == told(sides[1])


def test_the_model_of_the_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (HERE / "shop.yaml").read_text("utf-8")
    elements, flows = told(model(tmp_path, monkeypatch, {"main.yaml": text}, SHOP))
    assert {one[:5] + one[6:] for one in elements} == {
        ("entity", "anybody on the internet", None, "internet", None, False),
        ("entity", "account 999988887777", None, "account", None, False),
        ("entity", "AWS service ecs-tasks.amazonaws.com", None, "aws", None, False),
        ("component", "front", "AWS::ElasticLoadBalancingV2::LoadBalancer", "subnet", "confidential", True),
        ("component", "shop", "AWS::ECS::Service", "subnet", "confidential", False),
        ("identity", "acting", "AWS::IAM::Role", "account", None, False),
        ("identity", "auditor", "AWS::IAM::Role", "account", None, False),
        ("store", "customers", "AWS::RDS::DBInstance", "subnet", "confidential", False),
        ("store", "invoices", "AWS::S3::Bucket", "account", "confidential", False),
        ("store", "orders", "AWS::SQS::Queue", "account", "confidential", False),
        ("store", "failed", "AWS::SQS::Queue", "account", "confidential", False),
    }
    assert {one[:5] for one in flows} == {
        ("anybody on the internet", "front", "request", "HTTPS", True),
        ("front", "shop", "request", "HTTP", False),
        ("shop", "customers", "request", "PostgreSQL", None),
        ("shop", "orders", "request", "HTTPS", True),
        ("shop", "invoices", "request", "HTTPS", True),
        ("shop", "acting", "acts-as", None, None),
        ("orders", "failed", "event", "HTTPS", True),
        ("acting", "invoices", "access", "HTTPS", True),
        ("account 999988887777", "auditor", "assume", "HTTPS", True),
        ("AWS service ecs-tasks.amazonaws.com", "acting", "assume", "HTTPS", True),
    }
    crossed = {(one[0], one[1]): one[7] for one in flows}
    assert crossed["anybody on the internet", "front"] == ("internet", "aws", "account", "vpc", "subnet")
    assert crossed["front", "shop"] == ("subnet", "subnet")
    assert crossed["shop", "customers"] == ()
    assert crossed["account 999988887777", "auditor"] == ("account", "account")


def test_every_row_says_what_justifies_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (HERE / "shop.yaml").read_text("utf-8")
    monkeypatch.chdir(write(tmp_path, {"main.yaml": text}))
    with known_of(tmp_path, SHOP) as known:
        put_model(known)
        assert not known.select("select * from flows where resource is null or property is null")
        assert not known.select("select * from flows f anti join resources r on r.id = f.resource")
        assert not known.select("select * from elements where why = ''")
        assert not known.select("select * from flows f anti join elements e on e.id = f.source")
        assert not known.select("select * from flows f anti join elements e on e.id = f.target")
        assert {name: known.columns(f"from {name}") for name in TABLES} == {n: list(c) for n, c in TABLES.items()}
        left = known.run("select table_name from information_schema.tables where starts_with(table_name, 'm_')")
        assert left == []


def test_the_example_workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    with known_of(tmp_path) as known:
        found = model_of(known)
    elements, flows = told(found)
    exposed = {(one[1], one[2]) for one in elements if one[6]}
    assert exposed == {
        ("Api", "AWS::ApiGateway::RestApi"), ("Occupancy", "AWS::Lambda::Function"),
        ("Warehouse", "AWS::Redshift::Cluster"), ("shop", "AWS::CloudFront::Distribution"),
        ("reports", "AWS::RDS::DBInstance"), ("jump_host", "AWS::EC2::Instance"), ("posters", "AWS::S3::Bucket"),
        ("shop", "AWS::ElasticLoadBalancingV2::LoadBalancer"), ("mail", "AWS::SQS::Queue"),
    }  # fmt: skip
    drawn = {one[:4] for one in flows}
    assert ("anybody on the internet", "jump_host", "admin", "SSH") in drawn
    assert ("people who administer", "jump_host", "admin", "RDP") in drawn
    assert ("GitHub", "deploy", "assume", "HTTPS") in drawn
    assert ("Orders", "Delivery", "data", "HTTPS") in drawn
    assert ("Delivery", "RawEvents", "data", "HTTPS") in drawn
    assert ("Tickets", "Fraud", "event", "HTTPS") in drawn
    assert ("shop", "orders", "request", "PostgreSQL") in drawn
    assert ("this", "trail", "log", "HTTPS") not in drawn
    classes = {(one[1], one[2]): one[4:6] for one in elements}
    assert classes["RawEvents", "AWS::S3::Bucket"] == ("confidential", "flow")
    assert classes["payment", "AWS::SecretsManager::Secret"] == ("restricted", "manifest")
    assert classes["site", "AWS::S3::Bucket"] == ("public", "manifest")


def test_nothing_is_a_model_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = model(tmp_path, monkeypatch, {}, Manifest("none", stores=(Store("no such store", "public", line=3),)))
    assert [element.id for element in found.elements] == []
    assert found.flows == ()


def test_circles_of_parts_and_flows_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
Resources:
  a: {Type: "AWS::SQS::Queue", Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt b.Arn}}}
  b: {Type: "AWS::SQS::Queue", Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt a.Arn}}}
  c: {Type: "AWS::RDS::DBInstance", Properties: {DBClusterIdentifier: !Ref d}}
  d: {Type: "AWS::RDS::DBCluster", Properties: {DBSubnetGroupName: !Ref c}}
"""
    found = model(tmp_path, monkeypatch, {"t.yaml": text}, SHOP)
    assert {(one.source[-1], one.target[-1]) for one in found.flows} == {("a", "b"), ("b", "a")}


def test_a_store_of_the_manifest_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Manifest("shop", stores=(Store("invoicse", "restricted", line=7),), path="bastide.yaml")
    with pytest.raises(UsageError) as raised:
        model(tmp_path, monkeypatch, {"main.yaml": (HERE / "shop.yaml").read_text("utf-8")}, manifest)
    assert raised.value.place == "bastide.yaml:7"
    assert "`invoices`" in raised.value.remedy


def test_a_scan_of_a_part_or_of_an_account_refuses_no_name_of_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = Manifest("shop", stores=(Store("elsewhere", "restricted", line=7),), path="bastide.yaml")
    monkeypatch.chdir(write(tmp_path, {"part/main.yaml": (HERE / "shop.yaml").read_text("utf-8")}))
    with known_of(tmp_path, manifest, ("part",)) as known:
        assert model_of(known).elements
    with live_of([{"type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::b"}], manifest) as known:
        assert [one.name for one in model_of(known).elements] == ["b"]
