"""Component definition, assessment results and plan of action: valid by NIST's schema, and they say what is so."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from bastide.controls.frameworks import framework
from bastide.objectives.attest import attest
from bastide.objectives.comply import assess
from bastide.objectives.oscal.documents import KINDS, document
from bastide.posture.whole import Whole, open_whole
from tests.loop import MANIFEST, Workload
from tests.objectives.oscal.conftest import Valid

pytestmark = pytest.mark.slow
LATER = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
EXEMPT = """\
exemptions:
  - {control: sqs.queue-has-a-dead-letter-queue, resource: Mail, until: "2099-01-01", by: Ada, reason: "not needed"}
"""


def made(whole: Whole, kind: str, name: str) -> dict[str, Any]:
    (found,) = assess(whole.known, [framework(name)])
    (value,) = document(kind, whole.known, found, whole.scanned.at).values()
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("name", ["cis-aws-5.0", "nist-800-53-r5", "gdpr"])
def test_they_are_valid(workload: Workload, valid: Valid, name: str) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    workload.write("evil.tf", 'resource "aws_sqs_queue" "q" {\n  for_each = toset([" \\u001b[31m\\n<x> "])\n}\n')
    with workload.whole() as whole:
        for kind in KINDS:
            (found,) = assess(whole.known, [framework(name)])
            valid(document(kind, whole.known, found, whole.scanned.at))


def test_findings_say_what_stands_and_lead_to_the_evidence(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    subject = "cis-aws-5.0/2.1.3"
    with workload.whole() as whole:
        attest(whole.state, "root", subject, by="Ada", until=LATER, statement="It is")
    with open_whole() as whole:
        (result,) = made(whole, "results", "cis-aws-5.0")["results"]
    findings = {one["target"]["target-id"]: one for one in result["findings"]}
    observations = {one["uuid"]: one for one in result["observations"]}
    items = {one["uuid"]: one for one in result["local-definitions"]["inventory-items"]}
    broken = findings["_2.1.4"]
    assert broken["target"]["status"]["state"] == "not-satisfied"
    assert broken["target"]["status"]["reason"] == "fail"
    told = [observations[one["observation-uuid"]] for one in broken["related-observations"]]
    (one,) = [each for each in told if "s3.bucket-blocks-public-access" in each["description"]]
    assert "stack.yaml:" in one["relevant-evidence"][0]["description"]
    assert items[one["subjects"][0]["subject-uuid"]]["description"] == "Orders"
    person = findings["_2.1.3"]
    assert person["target"]["status"]["state"] == "satisfied"
    word = observations[person["related-observations"][0]["observation-uuid"]]
    assert (word["methods"], word["expires"]) == (["INTERVIEW"], f"{LATER}T23:59:59Z")
    assert findings["_2.3.1"]["target"]["implementation-status"] == {"state": "not-applicable"}


def test_identifiers_stay_from_scan_to_scan(workload: Workload) -> None:
    def uuids() -> tuple[str, set[str]]:
        with workload.whole() as whole:
            value = made(whole, "results", "cis-aws-5.0")
        return value["uuid"], {one["uuid"] for one in value["results"][0]["findings"]}

    first, second = uuids(), uuids()
    assert first[0] != second[0]
    assert first[1] == second[1]


def test_a_plan_has_what_fails_and_what_is_exempt_with_its_end(workload: Workload, valid: Valid) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    workload.write("bastide.yaml", MANIFEST + EXEMPT)
    with workload.whole() as whole:
        found = made(whole, "poam", "well-architected")
    risks = {one["uuid"]: one for one in found["risks"]}
    items = {one["props"][0]["value"]: one for one in found["poam-items"]}
    broken = risks[items["s3.bucket-blocks-public-access"]["related-risks"][0]["risk-uuid"]]
    exempt = risks[items["sqs.queue-has-a-dead-letter-queue"]["related-risks"][0]["risk-uuid"]]
    assert (broken["status"], "deadline" in broken) == ("open", False)
    assert (exempt["status"], exempt["deadline"]) == ("deviation-approved", "2099-01-01T23:59:59Z")
    assert "Ada until 2099-01-01: not needed" in exempt["description"]
    assert items["SEC10-BP02"]["description"] == "people see to it; nobody attests it"


def test_a_plan_has_every_control_that_fails_however_much_fails(workload: Workload, valid: Valid) -> None:
    queues = "".join(f"  Q{number}: {{Type: AWS::SQS::Queue, Properties: {{SqsManagedSseEnabled: false}}}}\n"
                     for number in range(60))  # fmt: skip
    buckets = "".join(f"  B{number}: {{Type: AWS::S3::Bucket}}\n" for number in range(60))
    workload.write("stack.yaml", f"Resources:\n{queues}{buckets}")
    workload.write("bastide.yaml", "workload: {name: shop}\n")
    with workload.whole() as whole:
        (one,) = assess(whole.known, [framework("nist-800-53-r5")])
        plan = document("poam", whole.known, one, whole.scanned.at)
        found = plan["plan-of-action-and-milestones"]
        serving = {name for each in one.wanted for name in each.controls}
        failing = {row["control"]: row["n"] for row in whole.known.select(
            "select control, count(*) as n from verdicts where status = 'fail' group by control")}  # fmt: skip
    valid(plan)
    planned = {item["props"][0]["value"] for item in found["poam-items"] if item["props"][0]["name"] == "control"}
    assert planned == failing.keys() & serving
    told = {one["description"].split(" fails for ")[0]: one["description"] for one in found["risks"]}
    assert all(told[name].startswith(f"{name} fails for {failing[name]},") for name in planned)


def test_a_component_says_what_its_controls_tell(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        found = made(whole, "component", "cis-aws-5.0")
    components = {one["title"]: one for one in found["components"]}
    told = components["s3"]["control-implementations"][0]["implemented-requirements"]
    (one,) = [each for each in told if each["control-id"] == "_2.1.4"]
    props = [(each["name"], each["value"]) for each in one["props"]]
    assert ("holds", "no") in props
    assert ("control", "s3.bucket-blocks-public-access") in props


def test_the_schema_is_the_published_one() -> None:
    """Its digest stands in the README beside it."""
    import hashlib

    from tests.objectives.oscal.conftest import SCHEMA

    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    assert digest in Path(SCHEMA.parent / "README.md").read_text("utf-8")
    assert json.loads(SCHEMA.read_text("utf-8"))["$id"].endswith("/1.2.3/oscal-complete-schema.json")
