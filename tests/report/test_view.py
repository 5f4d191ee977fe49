"""The rows of a report: complete, clean, each made once."""

from types import SimpleNamespace

from bastide.report.view import View

HOSTILE = "a\x1b[31m\u202eb\nc AKIAIOSFODNN7EXAMPLE"
CLEAN = "a\\x1b[31m\\u202eb c (sensitive)"


def test_a_row_says_all_of_a_verdict(make: SimpleNamespace) -> None:
    resource = make.resource(call=("main.tf:3 storage",), metadata={"cdk_path": "Stack/Bucket"})
    verdict = make.verdict("exempt", on=resource, exemption=make.exemption(), new=False)
    (row,) = View(make.report([verdict])).verdicts()
    assert (row.control, row.title) == (verdict.control.id, verdict.control.title)
    assert (row.status, row.severity, row.new) == ("exempt", "high", False)
    assert (row.location.path, row.location.line) == ("infra/main.tf", 14)
    assert row.fingerprint == verdict.fingerprint
    assert (row.call, row.cdk_path) == (["main.tf:3 storage"], "Stack/Bucket")
    assert row.exemption is not None
    assert row.exemption.by == "ana"
    assert (row.resource.type, row.resource.unit, row.resource.source) == ("AWS::S3::Bucket", "infra", "terraform")


def test_every_text_is_clean(make: SimpleNamespace) -> None:
    control = make.control(
        "x.y", title=HOSTILE, rationale=HOSTILE, remediation={"terraform": HOSTILE}, references=[HOSTILE]
    )
    resource = make.resource(
        HOSTILE, path=HOSTILE, unit=HOSTILE, name=HOSTILE, call=(HOSTILE,), metadata={"cdk_path": HOSTILE}
    )
    piece = make.evidence(HOSTILE, note=HOSTILE, path=HOSTILE)
    exemption = make.exemption(by=HOSTILE, until=HOSTILE, reason=HOSTILE, place=HOSTILE)
    report = make.report([make.verdict("exempt", control, resource, evidence=(piece,), exemption=exemption)])
    report.broken, report.targets = {HOSTILE: HOSTILE}, (HOSTILE,)
    report.coverage.unmapped = {HOSTILE: 1}
    view = View(report)
    (row,) = view.verdicts()
    assert row.exemption is not None
    texts = view.texts(row)
    found = {
        *(row.title, row.resource.address, row.resource.unit, row.resource.name, row.location.path, *row.call),
        *(row.cdk_path, row.evidence[0].property, row.evidence[0].note, row.evidence[0].path, row.exemption.by),
        *(row.exemption.until, row.exemption.reason, row.exemption.place, *view.broken(), *view.broken().values()),
        *(*view.targets(), *view.coverage().unmapped, *texts.references),
    }
    assert found == {CLEAN}
    for text in (texts.rationale, texts.fix("terraform")):
        assert text == CLEAN.replace("b c", "b\nc")


def test_resources_are_shared(make: SimpleNamespace) -> None:
    resource = make.resource()
    first, second = View(make.report([make.verdict(on=resource), make.verdict("pass", on=resource)])).verdicts()
    assert first.resource is second.resource


def test_statuses_are_chosen_and_order_is_kept(make: SimpleNamespace) -> None:
    view = View(make.sample())
    assert [row.status for row in view.verdicts()] == ["fail"] * 4 + ["unknown", "exempt", "pass"]
    assert [row.status for row in view.verdicts("unknown", "pass")] == ["unknown", "pass"]


def test_evidence_is_not_asked_for_in_vain(make: SimpleNamespace) -> None:
    asked = []

    def evidence() -> tuple[object, ...]:
        asked.append(1)
        return ()

    view = View(make.report([make.verdict("pass", evidence=evidence), make.verdict("fail", evidence=evidence)]))
    assert len(list(view.verdicts("fail"))) == 1
    assert len(asked) == 1


def test_summary(make: SimpleNamespace) -> None:
    summary = View(make.sample()).summary()
    assert summary.verdicts == 7
    assert summary.status == {"pass": 1, "fail": 4, "unknown": 1, "exempt": 1}
    assert summary.failures == {"critical": 1, "high": 1, "medium": 0, "low": 2, "info": 0}
    assert summary.new_failures == 3


def test_coverage_is_worst_first(make: SimpleNamespace) -> None:
    coverage = View(make.sample()).coverage()
    assert [item.kind for item in coverage.problems] == ["unreadable", "partial", "external", "unmapped"]
    assert coverage.incomplete


def test_a_control_is_listed_once(make: SimpleNamespace) -> None:
    one, same = make.control(), make.control()
    view = View(make.report([make.verdict(of=one), make.verdict(of=same, on=make.resource("b"))]))
    assert [texts.row.id for texts in view.controls()] == [one.id]


def test_the_fix_fits_the_source(make: SimpleNamespace) -> None:
    texts = View(make.report()).control(make.control(remediation={"cloudformation": "c", "terraform": "t"}))
    assert [texts.fix(source) for source in ("terraform", "plan", "cloudformation")] == ["t", "t", "c"]
    only = View(make.report()).control(make.control(remediation={"cli": "x"}))
    assert only.fix("terraform") == "x"
    assert View(make.report()).control(make.control(remediation={})).fix("terraform") == ""


def test_times(make: SimpleNamespace) -> None:
    view = View(make.report())
    assert view.started() == "2026-05-28T20:26:40.250Z"
    assert view.started(after=60) == "2026-05-28T20:27:40.250Z"


def test_a_baseline_is_known_by_setting_or_by_verdict(make: SimpleNamespace) -> None:
    assert not View(make.report([make.verdict()])).has_baseline()
    assert View(make.report([make.verdict()], settings={"baseline": "b.json"})).has_baseline()
    assert View(make.report([make.verdict(new=False)])).has_baseline()


def test_texts_of_the_library_are_shown_as_they_are() -> None:
    from bastide.controls.library import load_library
    from bastide.report.view import texts_of

    for control in load_library().controls:
        texts = texts_of(control)
        shown = [texts.row.title, texts.rationale, *texts.remediation.values()]
        assert not [text for text in shown if "(sensitive" in text], control.id
