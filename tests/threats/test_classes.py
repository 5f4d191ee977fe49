"""Classes of data: who says what, what contradicts, and how far data carries its class."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bastide.threats.classes import Facts, Scale, classify, spread, words_of
from bastide.threats.model import Element, Flow, model_of
from bastide.threats.model.rules import load_rules
from bastide.workload.manifest import Manifest, Store
from tests.loop import Workload

HINTS = load_rules().hints


def store(name: str, kind: str = "AWS::S3::Bucket") -> Element:
    return Element(id=name, kind="store", name=name, type=kind)


def classed(element: Element, manifest: Manifest, facts: Facts | None = None) -> tuple[str | None, str | None]:
    classify(manifest, HINTS, {element.id: element}, {element.id: facts or Facts(element.id)}, strict=True)
    return element.classification, element.class_from


def said(resource: str, name: str) -> Manifest:
    return Manifest("shop", stores=(Store(resource, name, line=4),), path="bastide.yaml")


def test_the_manifest_is_before_tags_and_those_before_names() -> None:
    tagged = Facts("b", tags={"DataClassification": "Restricted"})
    assert classed(store("customers"), said("customers", "internal"), tagged) == ("internal", "manifest")
    assert classed(store("customers"), Manifest("shop"), tagged) == ("restricted", "tag")
    assert classed(store("customers"), Manifest("shop")) == ("confidential", "hint")
    assert classed(store("x"), Manifest("shop")) == (None, None)


def test_contradictions_are_told() -> None:
    element = store("customers")
    classed(element, said("cust*", "internal"), Facts("b", tags={"data-class": "restricted", "classification": "odd"}))
    assert element.class_conflict == (
        "tag classification says `odd`, which is no class; tag data-class says `restricted`; "
        "the word customer in its name suggests `confidential`"
    )
    modest = store("site")
    classed(modest, said("site", "restricted"))
    assert modest.class_conflict is None


def test_the_tag_that_the_manifest_names_is_the_only_one() -> None:
    facts = Facts("b", tags={"classification": "restricted", "schutz": "public"})
    assert classed(store("x"), Manifest("shop", class_tag="schutz"), facts) == ("public", "tag")


def test_the_name_of_the_workload_suggests_nothing() -> None:
    facts = Facts("b", names=["customer-portal-assets-7"])
    assert classed(store("x"), Manifest("customer-portal"), facts) == ("public", "hint")


def test_a_scale_of_ones_own_takes_suggestions_by_rank() -> None:
    manifest = Manifest("shop", scale=("open", "closed"))
    assert classed(store("customers"), manifest) == ("closed", "hint")
    assert classed(store("site"), manifest) == ("open", "hint")


def spread_over(
    flows: list[tuple[str, str, str]], classes: dict[str, str], said_by: str = "hint"
) -> dict[str, Element]:
    names = {name for one in flows for name in one[:2]}
    elements = {
        name: Element(
            id=name, kind="store" if name.startswith("s") else "component", name=name,
            classification=classes.get(name), class_from=said_by if name in classes else None,  # type: ignore[arg-type]
        )
        for name in names
    }  # fmt: skip
    made = [Flow(id=str(n), source=a, target=b, kind=kind) for n, (a, b, kind) in enumerate(flows)]  # type: ignore[arg-type]
    spread(Manifest("shop", default_class="internal"), elements, made, {"9"})
    return elements


def test_a_class_goes_with_the_data_and_to_who_asks_for_it() -> None:
    found = spread_over(
        [("s1", "c1", "event"), ("c1", "s2", "data"), ("c2", "s1", "request"), ("c2", "s3", "request"),
         ("s1", "s4", "log"), ("c3", "c2", "request")],
        {"s1": "restricted"},
    )  # fmt: skip
    assert {name: one.classification for name, one in found.items()} == {
        "s1": "restricted", "c1": "restricted", "s2": "restricted", "c2": "restricted", "c3": "restricted",
        "s3": "internal", "s4": "internal",
    }  # fmt: skip
    assert found["s2"].class_from == "flow"
    assert found["s3"].class_from == "default"


def test_the_highest_wins_and_what_was_said_stays() -> None:
    found = spread_over(
        [("s1", "s2", "data"), ("s3", "s2", "data")], {"s1": "restricted", "s3": "public", "s2": "internal"}
    )
    assert found["s2"].classification == "restricted"
    assert found["s3"].classification == "public"
    kept = spread_over([("s1", "s2", "replication")], {"s1": "restricted", "s2": "internal"}, "manifest")["s2"]
    assert kept.classification == "internal"
    assert kept.class_conflict == "data of class `restricted` flows in from s1"


_NAMES = st.sampled_from(["s1", "s2", "s3", "c1", "c2"])
_FLOWS = st.lists(st.tuples(_NAMES, _NAMES, st.sampled_from(["data", "event", "request", "log"])), max_size=9)
_CLASSES = st.dictionaries(_NAMES, st.sampled_from(["public", "internal", "confidential", "restricted"]))


@given(_FLOWS, _CLASSES)
def test_no_class_is_ever_lowered_and_none_is_invented(
    flows: list[tuple[str, str, str]], classes: dict[str, str]
) -> None:
    scale = Scale(Manifest().scale)
    found = spread_over(flows, classes)
    for name, element in found.items():
        assert scale.rank(element.classification) >= scale.rank(classes.get(name))
        assert element.classification in {*classes.values(), "internal", None}
    for source, target, kind in flows:
        if kind in ("data", "event") and found[source].class_from != "default":
            assert scale.rank(found[target].classification) >= scale.rank(found[source].classification)


def test_words() -> None:
    assert words_of("customerOrders-2026_addressBook") == ["customer", "order", "2026", "address", "book"]


def test_a_class_that_was_guessed_is_a_hint_until_somebody_has_looked(workload: Workload) -> None:
    def class_of_orders(store: str) -> tuple[str, str]:
        workload.write("bastide.yaml", f"workload:\n  name: shop\n  stores: [{store}]\n")
        with workload.known() as known:
            (found,) = (one for one in model_of(known).elements if one.name == "Orders")
        return str(found.classification), str(found.class_from)

    assert class_of_orders("{resource: Orders, class: restricted, guessed: true}") == ("restricted", "hint")
    assert class_of_orders("{resource: Orders, class: restricted, guessed: false}") == ("restricted", "manifest")
    assert class_of_orders("{resource: Orders, class: restricted}") == ("restricted", "manifest")
