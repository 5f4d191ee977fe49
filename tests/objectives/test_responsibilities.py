"""Who is responsible for which layer, and how our part stands."""

from __future__ import annotations

from bastide.objectives.responsibilities import TABLE, Cell, cells, load_matrix
from bastide.posture.whole import Whole
from tests.loop import Workload


def cell(whole: Whole, service: str, layer: str) -> Cell:
    (found,) = [one for one in cells(whole.known) if (one.service.id, one.layer.id) == (service, layer)]
    return found


def test_the_first_entry_that_matches_is_the_service_of_a_type() -> None:
    matrix = load_matrix()
    assert matrix.service("AWS::EC2::Instance").id == "ec2"
    assert matrix.service("AWS::EC2::Volume").id == "ebs"
    assert matrix.service("AWS::EC2::SecurityGroup").id == "vpc"
    unknown = matrix.service("AWS::Nimbus::Studio")
    assert (unknown.id, unknown.kind, matrix.who(unknown, "os")) == ("nimbus", "unknown", "unknown")
    assert matrix.who(matrix.service("AWS::Lambda::Function"), "runtime") == "shared"
    assert matrix.who(matrix.service("AWS::RDS::DBInstance"), "os") == "aws"
    assert matrix.who(matrix.service("AWS::EC2::Instance"), "os") == "us"
    assert all(matrix.who(one, "physical") in ("aws", "none") for one in matrix.services)


def test_our_part_stands_by_the_verdicts_on_resources_of_the_service(workload: Workload) -> None:
    with workload.whole() as whole:
        before = cell(whole, "sqs", "crypto"), cell(whole, "s3", "identity")
        assert {one.service.id for one in cells(whole.known)} == {"s3", "sqs"}
        assert cell(whole, "s3", "host").status is None
        assert whole.known.columns("select * from responsibilities") == list(TABLE)
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        after = cell(whole, "sqs", "crypto"), cell(whole, "s3", "identity")
    assert (before[0].status, after[0].status) == (before[0].status, before[0].status)
    assert after[0].counts == before[0].counts
    assert (before[1].status, after[1].status) == ("holds", "broken")
    assert after[1].counts.total == before[1].counts.total


def test_a_verdict_counts_once_in_a_layer(workload: Workload) -> None:
    with workload.whole() as whole:
        for one in cells(whole.known):
            types = "AWS::S3::%" if one.service.id == "s3" else "AWS::SQS::%"
            (row,) = whole.known.run(
                """select count(*) as n from verdicts v join resources r on r.id = v.resource where r.type like ?
                and v.control in (select control from objective_controls o
                where list_contains(?::varchar[], o.objective))
                """,
                [types, list(one.layer.objectives)],
            )
            assert one.counts.total == row["n"]


def test_what_no_control_tells_is_not_said_to_hold(workload: Workload) -> None:
    with workload.whole() as whole:
        assert cell(whole, "sqs", "logs").status in ("no-control", "not-judged")
        assert cell(whole, "sqs", "settings").status == "no-control"


def test_a_service_that_the_library_does_not_know_is_told(workload: Workload) -> None:
    workload.write("odd.yaml", "Resources:\n  X: {Type: AWS::Nimbus::Studio}\n")
    with workload.whole() as whole:
        if not whole.known.run("select 1 as x from resources where type = 'AWS::Nimbus::Studio'"):
            workload.write("odd.yaml", "Resources:\n  X: {Type: AWS::RoboMaker::Fleet}\n")
    with workload.whole() as whole:
        odd = [one for one in cells(whole.known) if one.service.id in ("nimbus", "robomaker")]
        assert odd
        assert all((one.who, one.service.kind) == ("unknown", "unknown") for one in odd)
