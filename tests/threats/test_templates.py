"""From templates to threats: one for each row, with reasons, under an id that stays."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bastide.errors import UsageError
from bastide.threats.bearing import put_bearing
from bastide.threats.entry import parse_templates
from bastide.threats.model import put_model
from bastide.threats.templates import OWN, Threat, identity_of, instances, load_templates, own_threats
from bastide.workload.known import Known
from bastide.workload.manifest import read_manifest
from tests.loop import Workload
from tests.threats.test_entry import ENTRY

(TEMPLATE,) = parse_templates(ENTRY, "t.yaml")
BUCKETS = "select id as element, name from elements where type = 'AWS::S3::Bucket'"


def modelled(known: Known) -> Known:
    put_model(known)
    put_bearing(known)
    return known


def found(workload: Workload, **changes: object) -> list[Threat]:
    with workload.known() as known:
        return instances(modelled(known), replace(TEMPLATE, **{"when": BUCKETS, **changes}))


def test_a_row_is_a_threat_whose_impact_follows_the_class(workload: Workload) -> None:
    (threat,) = found(workload)
    assert threat.id == identity_of("data.bucket-read", "stack.yaml#Orders")
    assert (threat.title, threat.data_class, threat.impact) == ("Everybody reads Orders", "restricted", 5)
    assert (threat.likelihood, threat.inherent) == (2, 10)
    assert threat.statement == (
        "An attacker who knows Orders can read it, which leads to the restricted data becomes known, resulting in "
        "reduced confidentiality of Orders."
    )
    assert "stack.yaml#Orders" in threat.resources


def test_the_id_stays_when_lines_move_and_the_class_changes(workload: Workload) -> None:
    (before,) = found(workload)
    workload.change("Resources:\n", "Description: more\n\nResources:\n")
    workload.change("class: restricted", "class: public", "bastide.yaml")
    (after,) = found(workload)
    assert (after.id, after.impact) == (before.id, 1)


def test_what_makes_it_worse_says_why(workload: Workload) -> None:
    (raise_,) = TEMPLATE.raises
    (threat,) = found(
        workload, raises=(replace(raise_, when="name = 'Orders'"), replace(raise_, when="exposed is null", by=9))
    )
    assert threat.likelihood == 3.5
    assert threat.because["likelihood"] == ["it is looked for", "+1.5: it is open"]


def test_a_likelihood_stays_on_its_scale(workload: Workload) -> None:
    (raise_,) = TEMPLATE.raises
    (threat,) = found(workload, raises=(replace(raise_, when="true", by=9),))
    assert threat.likelihood == 5


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("select name from elements", "no column `element`"),
        ("select id as element from nowhere", "does not run"),
        ("delete from elements", "t.yaml:1: "),
        ("select id as element from read_csv('/etc/passwd')", "t.yaml:1: "),
    ],
)
def test_sql_that_does_not_do_is_told_with_its_place(workload: Workload, when: str, said: str) -> None:
    with pytest.raises(UsageError) as told:
        found(workload, when=when)
    assert said in told.value.text()
    assert told.value.place == "t.yaml:1"


def test_threats_of_ones_own_are_about_what_they_name(workload: Workload) -> None:
    workload.write(
        "bastide.yaml",
        "workload: {name: shop}\nthreats:\n"
        "  - {id: a, title: Something, likelihood: 2, impact: 3, elements: [Orders], objectives: [data.own-keys]}\n"
        "  - {id: b, title: Another, likelihood: 1, impact: 1, objectives: [response.prepared]}\n",
    )
    with workload.known() as known:
        one, other = own_threats(modelled(known), known.manifest)
    assert (one.id, one.element, one.objectives[0].scope) == (identity_of(OWN, "a"), "stack.yaml#Orders", "element")
    assert (other.element, other.element_name, other.objectives[0].scope) == ("workload", "shop", "workload")


def test_an_element_that_is_not_there_has_a_near_miss(workload: Workload) -> None:
    workload.write(
        "bastide.yaml",
        "workload: {name: shop}\nthreats:\n  - {id: a, title: S, likelihood: 2, impact: 3, elements: [Order]}\n",
    )
    with workload.known() as known, pytest.raises(UsageError) as told:
        own_threats(modelled(known), known.manifest)
    assert (told.value.place, told.value.remedy) == ("bastide.yaml:3", "did you mean `Orders`?")


OWN_THREAT = "workload: {name: shop}\nthreats:\n  - {id: a, title: S, likelihood: 2, impact: 3, elements: [%s]}\n"


def test_an_element_is_named_by_its_address_and_its_parts_bear_on_it(workload: Workload) -> None:
    for folder in ("a", "b"):
        (workload.folder / folder).mkdir()
        workload.write(
            f"{folder}/main.tf",
            'resource "aws_sqs_queue" "jobs" {}\n'
            'resource "aws_sqs_queue_policy" "p" {\n  queue_url = aws_sqs_queue.jobs.id\n  policy    = "{}"\n}\n',
        )
    workload.write("bastide.yaml", OWN_THREAT % "aws_sqs_queue.jobs")
    with workload.known() as known:
        (threat,) = own_threats(modelled(known), known.manifest)
    assert threat.resources == [f"{folder}#aws_sqs_queue{one}" for folder in "ab" for one in (".jobs", "_policy.p")]


def test_an_element_that_another_scan_does_not_look_at_is_left_out(workload: Workload) -> None:
    workload.write("bastide.yaml", OWN_THREAT % "Orders")
    workload.write("other.yaml", "Resources: {Other: {Type: AWS::SNS::Topic}}\n")
    workload.scan("other.yaml")
    with Known(read_manifest()) as known:
        assert own_threats(modelled(known), known.manifest) == []


def test_a_pack_brings_templates_of_its_own(workload: Workload) -> None:
    (workload.folder / "mine" / "threats").mkdir(parents=True)
    workload.write("mine/threats/data.yaml", ENTRY.replace("from elements", "from elements where kind = 'store'"))
    workload.write("bastide.yaml", "workload: {name: shop}\npacks: mine\n")
    with workload.whole() as whole:
        assert {row.threat.element_name for row in whole.register if row.threat.template == "data.bucket-read"} == {
            "Orders",
            "Mail",
        }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY + ENTRY, "mine/threats/data.yaml:15: `data.bucket-read` stands at mine/threats/data.yaml:1, too"),
        (ENTRY.replace("data.no-public-storage", "data.no-public-store"), "did you mean `data.no-public-storage`?"),
        (ENTRY.replace("stride: ", "stride: [] #"), "mine/threats/data.yaml:3: `stride` is text"),
        ("[", "mine/threats/data.yaml:2:1: not YAML"),
    ],
)
def test_a_pack_that_contradicts_itself_is_told(workload: Workload, text: str, said: str) -> None:
    (workload.folder / "mine" / "threats").mkdir(parents=True)
    workload.write("mine/threats/data.yaml", text)
    with pytest.raises(UsageError) as told:
        load_templates(("mine",))
    assert said.lower() in told.value.text().lower()


def test_a_pack_with_nothing_in_it_is_told(workload: Workload) -> None:
    with pytest.raises(UsageError, match="nothing of a pack") as told:
        load_templates(("nowhere",))
    assert told.value.place == "nowhere"


def test_an_objective_that_is_not_there_is_told_with_its_line(workload: Workload) -> None:
    workload.write(
        "bastide.yaml",
        "workload: {name: shop}\nthreats:\n"
        "  - {id: a, title: S, likelihood: 2, impact: 3, objectives: [data.own-kes]}\n",
    )
    with pytest.raises(UsageError, match="own-kes") as told, workload.whole():
        pass
    assert told.value.text() == "bastide.yaml:3: no objective is called `data.own-kes`. Did you mean `data.own-keys`?"


def test_what_suffers_is_listed_as_people_do(workload: Workload) -> None:
    def ending(*goals: str) -> str:
        (threat,) = found(workload, goals=goals)
        return threat.statement.rpartition("reduced ")[2]

    assert ending("integrity", "availability") == "integrity and availability of Orders."
    assert ending("confidentiality", "integrity", "availability") == (
        "confidentiality, integrity and availability of Orders."
    )
