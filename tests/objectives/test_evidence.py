"""The verdicts behind an objective: counts by control, and what does not pass."""

from __future__ import annotations

from bastide.objectives.evidence import Evidence, bad_json
from bastide.objectives.responsibilities import cells
from tests.loop import Workload

NAMES = ["s3.bucket-blocks-public-access", "sqs.queue-encrypts-messages", "sqs.queue-has-a-dead-letter-queue"]


def test_what_does_not_pass_stands_with_its_place_the_worst_first(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        evidence = Evidence(whole.known)
        first, second = evidence.bad(NAMES)
        assert (first.control, first.severity, first.status, first.address) == (NAMES[0], "high", "fail", "Orders")
        assert first.place.startswith("stack.yaml:")
        assert (second.control, second.severity) == (NAMES[2], "low")
        assert evidence.bad(NAMES, 1) == [first]
        assert evidence.bad([]) == []
        assert bad_json(first)["resource"] == "Orders"


def test_counts_by_control_have_the_most_failing_first(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        found = Evidence(whole.known).counted(NAMES)
    assert [(row["control"], row["passed"], row["failed"]) for row in found] == [
        (NAMES[0], 0, 1), (NAMES[2], 0, 1), (NAMES[1], 1, 0)
    ]  # fmt: skip


TWICE = """
Parameters: {Share: {Type: String}}
Conditions: {Shared: !Equals [!Ref Share, "yes"]}
Resources:
  Twice:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: !If
        - Shared
        - {BlockPublicAcls: true, BlockPublicPolicy: false}
        - {BlockPublicAcls: true, BlockPublicPolicy: true}
"""


def test_a_resource_that_hangs_on_a_condition_is_told_once(workload: Workload) -> None:
    workload.write("twice.yaml", TWICE)
    with workload.whole() as whole:
        assert whole.known.run("select count(*) as n from resources where address = 'Twice'") == [{"n": 2}]
        found = [one for one in Evidence(whole.known).bad(["s3.bucket-refuses-plain-http"]) if one.address == "Twice"]
        (row,) = Evidence(whole.known).counted(["s3.bucket-refuses-plain-http"])
        told = next(one for one in cells(whole.known) if one.service.id == "s3")
    assert len(found) == 1
    assert row["failed"] == 2, "the bucket of the workload, and this one"
    assert told.resources == 2
