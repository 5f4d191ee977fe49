"""Objectives, responsibilities and answers of the library: their own linters, and what the issue asks of the corpus."""

from __future__ import annotations

from bastide.controls.frameworks import framework, framework_names
from bastide.controls.library import load_library
from bastide.objectives.catalogue import AREAS, by_objective, load_objectives
from bastide.objectives.lint import lint_objectives
from bastide.objectives.responsibilities import lint_responsibilities, load_matrix
from bastide.objectives.wellarchitected import lint_practices, load_practices

CONTRACT = """
identity.root-is-locked-away identity.people-use-strong-factors identity.credentials-are-short-lived
identity.permissions-are-least identity.no-way-to-escalate identity.trust-is-narrow identity.unused-access-is-removed
identity.identities-are-central secrets.kept-in-a-vault secrets.rotate organization.guardrails-hold
organization.accounts-separate-workloads organization.contacts-are-current network.not-open-to-everybody
network.admin-ports-are-closed network.layers-are-divided network.traffic-is-inspected network.egress-is-controlled
edge.protected-from-attack api.callers-are-known messaging.only-known-senders data.no-public-storage
data.encrypted-at-rest data.own-keys data.encrypted-in-transit data.keys-are-guarded data.policies-are-narrow
data.can-be-restored data.not-deleted-by-accident data.known-and-classed data.shared-with-known-accounts-only
compute.runs-patched compute.hardened compute.least-privilege compute.no-direct-access supply.pipelines-are-trusted
supply.images-are-scanned-and-pinned supply.code-is-verified logging.account-activity-is-recorded logging.services-log
logging.logs-are-guarded logging.kept-long-enough detection.services-are-on detection.alarms-on-sensitive-acts
detection.configuration-is-recorded response.prepared availability.redundant availability.throttled
"""
"""Ids that threats, standards and attestations name: they stay."""


def test_objectives_cohere_and_every_control_serves_one() -> None:
    assert lint_objectives(load_library().summaries) == []


def test_ids_that_others_name_are_there() -> None:
    assert set(CONTRACT.split()) <= {one.id for one in load_objectives()}
    assert {one.area for one in load_objectives()} == set(AREAS)


def test_an_objective_is_about_one_thing() -> None:
    """None takes a third of the library, which would say nothing."""
    serving = by_objective(load_library().summaries)
    everything = len(load_library().summaries)
    assert all(0 < len(ids) < everything / 3 for ids in serving.values())


def test_a_control_that_names_an_objective_serves_it() -> None:
    serving = by_objective(load_library().summaries)
    named = [(one.id, name) for one in load_library().summaries for name in one.objectives]
    assert named
    assert all(control in serving[name] for control, name in named)


def test_every_best_practice_has_an_entry() -> None:
    assert lint_practices() == []
    assert list(load_practices()) == list(framework("well-architected").requirements)
    assert len(load_practices()) == 63


def test_responsibilities_cohere_and_know_every_type_that_is_judged() -> None:
    assert lint_responsibilities() == []
    matrix = load_matrix()
    unknown = {one.resource for one in load_library().summaries if matrix.service(one.resource).kind == "unknown"}
    assert unknown == set()


def test_the_frameworks_that_teams_are_asked_for_are_there() -> None:
    wanted = {"well-architected", "cis-aws-3.0", "cis-aws-5.0", "fsbp", "nist-800-53-r5", "nist-csf-2.0", "pci-dss-4.0",
              "hipaa-security-rule", "gdpr", "iso-27001-2022", "soc-2", "fedramp-moderate-r5"}  # fmt: skip
    assert wanted <= set(framework_names())
