"""The controls in use: the library's, those of the settings, and those that the last scan had."""

from __future__ import annotations

from bastide.objectives.inuse import controls_known
from tests.loop import MANIFEST, Workload

OWN = """\
- id: own.queue-is-named
  title: Queues have a name
  resource: AWS::SQS::Queue
  severity: low
  concern: encryption-at-rest
  require: QueueName is not null
  rationale: So that they can be told apart.
  remediation: {terraform: name it}
  frameworks: {well-architected: [SEC08-BP02]}
"""


def test_controls_of_ones_own_serve_objectives(workload: Workload) -> None:
    workload.write("own.yaml", OWN)
    workload.write("bastide.yaml", MANIFEST + "scan: {controls: [own.yaml]}\n")
    with workload.whole() as whole:
        known = {one.id: one for one in controls_known(whole.known)}
        assert known["own.queue-is-named"].concern == "encryption-at-rest"
        (row,) = whole.known.run("select failed from objectives where id = 'data.encrypted-at-rest'")
        assert row["failed"] == 1
    workload.write("bastide.yaml", MANIFEST)
    from bastide.workload.known import Known
    from bastide.workload.manifest import read_manifest

    with Known(read_manifest()) as known_again:
        (left,) = [one for one in controls_known(known_again) if one.id == "own.queue-is-named"]
        assert left.frameworks == {"well-architected": ["SEC08-BP02"]}
