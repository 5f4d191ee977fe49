"""The Security Pillar for people and programs."""

from __future__ import annotations

from bastide.objectives.washow import as_json, as_markdown, listing
from bastide.objectives.wellarchitected import answers
from tests.loop import Workload
from tests.objectives.test_show import printed


def test_a_table_a_question_and_a_summary(workload: Workload) -> None:
    workload.write(
        "other.yaml", "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false}}\n"
    )
    with workload.whole() as whole:
        found = answers(whole.known, ["SEC08", "SEC11-BP01"])
    text = printed(listing, found)
    lines = text.splitlines()
    assert lines[0] == "SEC08 Protecting data at rest"
    at = next(number for number, line in enumerate(lines) if "SEC08-BP02  encrypt everything stored" in line)
    assert lines[at].split()[0] == "partly"
    assert lines[at + 1].strip().startswith("yes ")
    assert lines[at + 2].strip().startswith("no  ")
    assert "-   nobody attests that builders are trained in the security of applications" in text
    assert "Summary   5 best practices: " in text
    assert "| **SEC08-BP02** encrypt everything stored | partly | yes: " in as_markdown(found)
    rows = {row["id"]: row for row in as_json(found)["practices"]}
    assert rows["SEC08-BP02"]["answer"] == "partly"
    assert [one["ok"] for one in rows["SEC08-BP02"]["evidence"]] == [True, False]
    assert rows["SEC11-BP01"]["missing"] == "nobody attests that builders are trained in the security of applications"
