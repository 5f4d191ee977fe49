"""How a requirement stands: what fails is not met, what nobody looked at is unknown, what people do is attested."""

from __future__ import annotations

import pytest

from bastide.controls.entry import Summary
from bastide.controls.frameworks import Framework, Requirement, framework
from bastide.errors import UsageError
from bastide.objectives.counts import Counts
from bastide.objectives.requirements import Attested, check_required, is_required, stand, subject_of
from bastide.workload.manifest import Manifest, Required
from tests.objectives.test_catalogue import control

CODE = [control("s3.a", concern="keys")]
LIVE = [control("s3.b", concern="keys", live=True)]
TRAIL = [control("cloudtrail.a", concern="logging", resource="AWS::CloudTrail::Trail")]
WORD = Attested("Ada", "2027-01-01")


@pytest.mark.parametrize(
    ("kind", "serving", "counts", "word", "status"),
    [
        ("technical", CODE, Counts(passed=3), None, "met"),
        ("technical", CODE, Counts(passed=3, exempt=1), None, "met"),
        ("technical", CODE, Counts(passed=3, failed=1), None, "not-met"),
        ("technical", CODE, Counts(passed=3, failed=1), WORD, "not-met"),
        ("technical", CODE, Counts(passed=3, unknown=1), None, "unknown"),
        ("technical", CODE, Counts(passed=3, unknown=1), WORD, "attested"),
        ("technical", CODE, Counts(), None, "not-applicable"),
        ("technical", TRAIL, Counts(), None, "unknown"),
        ("technical", LIVE, Counts(), None, "unknown"),
        ("technical", CODE + LIVE, Counts(passed=3), None, "unknown"),
        ("technical", [], Counts(), None, "no-control"),
        ("technical", [], Counts(), WORD, "attested"),
        ("shared", CODE, Counts(passed=3), None, "manual"),
        ("shared", CODE, Counts(passed=3), WORD, "met"),
        ("shared", CODE + LIVE, Counts(passed=3), WORD, "attested"),
        ("shared", CODE, Counts(failed=3), WORD, "not-met"),
        ("shared", CODE, Counts(), None, "manual"),
        ("shared", [], Counts(), None, "manual"),
        ("procedural", [], Counts(), None, "manual"),
        ("procedural", [], Counts(), WORD, "attested"),
    ],
)
def test_how_it_stands(kind: str, serving: list[Summary], counts: Counts, word: Attested | None, status: str) -> None:
    requirement = Requirement("A-1", "a name", "A", kind)  # type: ignore[arg-type]
    found, because = stand(requirement, serving, counts, word, scanned_live=False)
    assert found == status
    assert because


def test_with_a_live_account_scanned_what_it_does_not_have_takes_nothing_away() -> None:
    requirement = Requirement("A-1", "a name", "A", "technical")
    assert stand(requirement, CODE + LIVE, Counts(passed=3), None, scanned_live=True)[0] == "met"
    assert stand(requirement, LIVE, Counts(), None, scanned_live=True)[0] == "unknown"


def test_nothing_is_absent_while_accounts_could_not_be_entered() -> None:
    requirement = Requirement("1", "what holds", "g", "technical")
    assert stand(requirement, CODE, Counts(), None, scanned_live=True)[0] == "not-applicable"
    found = stand(requirement, CODE, Counts(), None, scanned_live=True, unseen=2)
    assert found[0] == "unknown"
    assert "2 accounts could not be entered" in found[1]


def test_what_is_attested_of_a_framework_of_ones_own_is_what_it_follows() -> None:
    own = Framework("file:own", "Own", "1", "", "publisher", "", {"A": "A"}, {})
    follows = Requirement("AC-6", "least privilege", "A", "shared", {"nist-800-53-r5": ("AC-6",)})
    assert subject_of(own, follows) == "nist-800-53-r5/AC-6"
    assert subject_of(own, Requirement("X-1", "a name", "A", "shared")) == ""
    gdpr = framework("gdpr")
    assert all(subject_of(gdpr, one) == f"gdpr/{one.id}" for one in gdpr.requirements.values())


def test_what_the_manifest_wants_is_there() -> None:
    check_required(Manifest(requirements=(Required("cis-aws-5.0", ("2.1.*", "2.2.1")), Required("gdpr"))))
    with pytest.raises(UsageError, match=r"`2\.1\.99` is no requirement of cis-aws-5.0"):
        check_required(Manifest(requirements=(Required("cis-aws-5.0", ("2.1.4", "2.1.99")),)))


def test_what_the_manifest_wants() -> None:
    manifest = Manifest(requirements=(Required("a"), Required("b", ("1.*",))))
    assert is_required(manifest, "a", "9")
    assert is_required(manifest, "b", "1.4")
    assert not is_required(manifest, "b", "2.1")
    assert not is_required(manifest, "c", "1")
