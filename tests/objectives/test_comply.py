"""Frameworks as a workload meets them."""

from __future__ import annotations

from bastide.controls.frameworks import ATTACK, framework, framework_names
from bastide.objectives.comply import assess, chosen, detail_json, overview_json, proofs
from tests.loop import Workload

REQUIRED = """\
workload:
  name: shop
  requirements:
    - {framework: pci-dss-4.0, why: card payments}
    - {framework: cis-aws-5.0, only: ["2.1.*"]}
"""


def test_all_frameworks_are_told_the_required_first(workload: Workload) -> None:
    workload.write("bastide.yaml", REQUIRED)
    with workload.whole() as whole:
        found = assess(whole.known, chosen(whole.known))
    assert [one.framework.id for one in found[:2]] == ["pci-dss-4.0", "cis-aws-5.0"]
    assert {one.framework.id for one in found} == set(framework_names()) - {ATTACK}
    rows = {row["id"]: row for row in overview_json(found)["frameworks"]}
    assert rows["pci-dss-4.0"]["why"] == "card payments"
    assert rows["cis-aws-5.0"]["total"] == 4
    assert rows["soc-2"]["required"] is False
    for row in rows.values():
        assert sum(row["statuses"].values()) == row["total"]


def test_a_requirement_has_its_evidence(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        (found,) = assess(whole.known, [framework("cis-aws-5.0")])
        requirements = {one["id"]: one for one in detail_json(whole.known, found)["requirements"]}
        (standing,) = [one for one in found.standings if one.requirement.id == "2.1.4"]
        assert proofs(whole.known, [standing])[0].bad[0].control == "s3.bucket-blocks-public-access"
    one = requirements["2.1.4"]
    assert (one["status"], one["kind"], one["attested"]) == ("not-met", "technical", None)
    assert one["not_passing"][0]["place"].startswith("stack.yaml:")
    assert {row["control"] for row in one["controls"]} | set(one["not_judged"]) == set(standing.controls)
    assert requirements["1.3"]["status"] == "unknown"
    assert "live account" in requirements["1.3"]["because"]
