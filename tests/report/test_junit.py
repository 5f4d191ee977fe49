"""JUnit XML as the schema of Jenkins' xUnit plugin says it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree

from bastide.report import render

SCHEMA = Path(__file__).parents[1] / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.XMLSchema(etree.parse(SCHEMA))


def parsed(report: Any, schema: Any) -> Any:
    tree = etree.fromstring(render("junit", report).encode())
    schema.assertValid(tree)
    return tree


def test_an_empty_report(make: SimpleNamespace, schema: Any) -> None:
    tree = parsed(make.report(), schema)
    assert tree.get("tests") == "0"
    assert len(tree) == 0


def test_counts_are_those_of_the_cases(make: SimpleNamespace, schema: Any) -> None:
    tree = parsed(make.sample(), schema)
    assert [suite.get("name") for suite in tree] == [
        "infra",
        "cdk.out/Jobs.template.json",
        "bastide: files",
        "bastide: controls",
    ]
    for suite in tree:
        for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == len(suite.findall(f"testcase/{element}"))
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert (tree.get("tests"), tree.get("failures"), tree.get("errors")) == ("10", "3", "3")


def test_a_failure(make: SimpleNamespace, schema: Any) -> None:
    case = parsed(make.sample(), schema)[0][0]
    assert case.get("classname") == "module.network.aws_security_group.bastion"
    assert case.get("name").startswith("ec2.group-closes-ssh: ")
    (failure,) = case
    assert failure.get("type") == "critical"
    assert (
        failure.get("message") == 'critical: SecurityGroupIngress[0].CidrIp = "0.0.0.0/0" (modules/network/groups.tf:9)'
    )
    assert "called from infra/main.tf:31 network\n" in failure.text
    assert failure.text.endswith("fix: Name the address ranges that need it, or use Session Manager.")


def test_what_is_skipped_says_why(make: SimpleNamespace, schema: Any) -> None:
    messages = {
        skipped.get("type"): skipped.get("message") for skipped in parsed(make.sample(), schema).iter("skipped")
    }
    assert messages == {
        "known": "known to the baseline: LoggingConfiguration: not set (infra/main.tf:12)",
        "exempt": "exempt until 2027-03-01 by ana: public web site",
        "unknown": "unknown: KmsMasterKeyId: Ref KeyArn: parameter without a default (cdk.out/Jobs.template.json:44)",
    }


def test_what_could_not_be_read_is_an_error(make: SimpleNamespace, schema: Any) -> None:
    errors = [
        (error.getparent().get("name"), error.get("message")) for error in parsed(make.sample(), schema).iter("error")
    ]
    assert errors == [
        ("infra/broken.tf:7", "a block is not closed"),
        ("infra/main.tf:60", "count is not known: var.many has no value"),
        ("iam.role-is-narrow", "took longer than 10 s"),
    ]


def test_illegal_characters_and_mark_up(make: SimpleNamespace, schema: Any) -> None:
    resource = make.resource('a["\x00\x0b\ufffe<b>&amp;"]', unit="\ud800]]>")
    (case,) = parsed(make.report([make.verdict(on=resource)]), schema).iter("testcase")
    assert case.get("classname") == 'a["\\x00 \\ufffe<b>&amp;"]'
    assert case.getparent().get("name") == "\\ud800]]>"


def test_what_passes_by_a_layer_names_it(make: SimpleNamespace, schema: Any) -> None:
    open_, shut = parsed(make.compensated(), schema).iter("testcase")
    assert "compensated by AWS::S3::AccountPublicAccessBlock" in open_.findtext("system-out")
    assert len(shut) == 0
