"""Shared responsibility as a system security plan of OSCAL."""

from __future__ import annotations

from bastide.objectives.oscal.plan import security_plan
from bastide.objectives.responsibilities import cells
from tests.loop import Workload
from tests.objectives.oscal.conftest import Valid


def test_every_layer_is_a_statement_of_its_component(workload: Workload, valid: Valid) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        found = cells(whole.known)
        document = security_plan(whole.known, found, whole.scanned.at)
    valid(document)
    plan = document["system-security-plan"]
    titles = {one["uuid"]: one["title"] for one in plan["system-implementation"]["components"]}
    statements = [
        (titles[each["component-uuid"]], each)
        for one in plan["control-implementation"]["implemented-requirements"]
        for each in one["by-components"]
    ]
    broken = {
        (name, each["props"][0]["value"])
        for name, each in statements
        if each.get("implementation-status", {}).get("state") == "partial"
    }
    assert broken == {(one.service.name, one.layer.id) for one in found if one.status == "broken"}
    assert all("AWS" in each["description"] for _, each in statements if each["props"][1]["value"] == "shared")
