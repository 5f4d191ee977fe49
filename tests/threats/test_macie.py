"""What Macie found, from files as its API and EventBridge write them, broken ones among them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.threats import macie
from bastide.threats.classes import Facts, classify
from bastide.threats.macie import BUCKET, SESSION, SOME, TYPES, read_findings, sensitive_data
from bastide.threats.model import Element, model_of
from bastide.threats.model.rules import load_rules
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest
from tests.loop import Workload

CATEGORIES = [one for each in load_rules().hints.macie.values() for one in each]
SAMPLE = "AKIA-what-was-in-the-object"


def finding(name: str = "f1", bucket: str = "orders-live", **more: Any) -> dict[str, Any]:
    """A finding as `GetFindings` answers, cut to what matters and what must not get out."""
    result = {
        "mimeType": "text/csv",
        "status": {"code": "COMPLETE"},
        "sensitiveData": [
            {
                "category": "CREDENTIALS",
                "totalCount": 3,
                "detections": [{"type": "AWS_CREDENTIALS", "count": 3, "occurrences": {"cells": [{"row": SAMPLE}]}}],
            }
        ],
        "customDataIdentifiers": {"totalCount": 0, "detections": []},
    }
    return {
        "id": name,
        "category": "CLASSIFICATION",
        "type": "SensitiveData:S3Object/Credentials",
        "title": SAMPLE,
        "archived": False,
        "sample": False,
        "updatedAt": "2026-11-01T10:00:00Z",
        "severity": {"description": "High", "score": 3},
        "resourcesAffected": {
            "s3Bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}", "owner": {"displayName": SAMPLE}},
            "s3Object": {"key": SAMPLE, "path": f"{bucket}/{SAMPLE}"},
        },
        "classificationDetails": {"jobId": "j", "result": result},
        **more,
    }


def personal(name: str, count: int, **more: Any) -> dict[str, Any]:
    data = {"sensitiveData": [{"category": "PERSONAL_INFORMATION", "totalCount": count}]}
    return finding(
        name,
        type="SensitiveData:S3Object/Personal",
        severity={"description": "Medium"},
        classificationDetails={"result": data},
        **more,
    )


def event(detail: dict[str, Any], source: str = "aws.macie") -> dict[str, Any]:
    return {"version": "0", "detail-type": "Macie Finding", "source": source, "detail": detail}


def read(folder: Path, *texts: Any) -> dict[str, macie.Sensitive]:
    files = []
    for number, text in enumerate(texts):
        file = folder / f"{number}.json"
        file.write_text(text if isinstance(text, str) else json.dumps(text))
        files.append(str(file))
    return read_findings(files, CATEGORIES)


def test_the_answer_of_the_api(tmp_path: Path) -> None:
    found = read(tmp_path, {"findings": [finding(), personal("f2", 40), finding("f3", "mail")]})
    assert found.keys() == {"orders-live", "mail"}
    assert found["orders-live"].text == (
        "what Macie found (personal information: 40, credentials: 3 in 2 objects, high)"
    )
    assert found["mail"].text == "what Macie found (credentials: 3 in 1 object, high)"


@pytest.mark.parametrize(
    "text",
    [
        finding(),
        [finding()],
        event(finding()),
        [event(finding()), event({"anything": 1}, "aws.s3")],
        f"{json.dumps(event(finding()))}\n\n{json.dumps(event({}, 'aws.s3'))}\n",
    ],
    ids=["one", "list", "event", "events", "lines"],
)
def test_other_forms_say_the_same(text: Any, tmp_path: Path) -> None:
    assert read(tmp_path, text) == read(tmp_path, {"findings": [finding()]})


def test_of_a_finding_that_stands_twice_the_newest_counts(tmp_path: Path) -> None:
    new, old = personal("f1", 9, updatedAt="2026-11-02T10:00:00Z"), personal("f1", 4)
    for texts in ([old, new], [new, old]):
        assert read(tmp_path, *texts)["orders-live"].counts == {"PERSONAL_INFORMATION": 9}


def test_what_counts_not(tmp_path: Path) -> None:
    policy = {"id": "p", "category": "POLICY", "type": "Policy:IAMUser/S3BucketPublic", "policyDetails": {}}
    left_out = [policy, finding("a", archived=True), finding("s", sample=True)]
    assert read(tmp_path, {"findings": left_out}, {"findings": []}) == {}


@pytest.mark.parametrize(("word", "category"), [*TYPES.items(), ("Multiple", SOME), ("FromTheFuture", SOME)])
def test_without_details_the_type_tells(word: str, category: str, tmp_path: Path) -> None:
    for details in (None, {}, {"result": None}, {"result": {"sensitiveData": None}}):
        one = finding(type=f"SensitiveData:S3Object/{word}", classificationDetails=details)
        assert dict(read(tmp_path, one)["orders-live"].counts) == {category: 0}


def test_identifiers_of_ones_own_and_categories_that_nobody_knows(tmp_path: Path) -> None:
    result = {
        "sensitiveData": [{"category": "NEW\x1b[31m", "totalCount": 2}],
        "customDataIdentifiers": {"totalCount": 5, "detections": [{"name": SAMPLE, "count": 5}]},
    }
    found = read(tmp_path, finding(classificationDetails={"result": result}, severity={"description": "\x1b"}))
    assert found["orders-live"].text == "what Macie found (custom identifier: 5, sensitive data: 2 in 1 object)"


def test_a_bucket_that_only_its_arn_names(tmp_path: Path) -> None:
    assert read(tmp_path, finding(resourcesAffected={"s3Bucket": {"arn": "arn:aws-cn:s3:::x"}})).keys() == {"x"}


def test_all_mistakes_of_all_files_at_once_and_nothing_of_what_they_hold(tmp_path: Path) -> None:
    wrong = [
        finding(resourcesAffected={"s3Object": {"key": SAMPLE}}),
        finding(severity=SAMPLE),
        personal("x", -1),
        SAMPLE,
        finding(),
    ]
    with pytest.raises(UsageError) as raised:
        read(tmp_path, {"findings": wrong}, "{", f"{json.dumps(finding())}\n{SAMPLE}", {"findings": SAMPLE}, "")
    text = str(raised.value)
    at = f"{tmp_path}/"
    for part in (
        "8 mistakes",
        f"{at}0.json: finding 1: it names no bucket",
        f"{at}0.json: finding 2: no finding of Macie: Expected `object`, got `str` - at `$.severity`",
        f"{at}0.json: finding 3: no finding of Macie: Expected `int` >= 0",
        f"{at}0.json: finding 4: no finding of Macie",
        f"{at}1.json: not JSON",
        f"{at}2.json:2: not JSON",
        f"{at}3.json: no findings of Macie",
        f"{at}4.json: not JSON",
        "`aws macie2 get-findings`",
    ):
        assert part in text
    assert SAMPLE not in text


@pytest.mark.parametrize("text", ["[" * 200_000, "[1e999999]", '"\\ud800"', "\xff", '{"findings": {"a": 1}}', "3"])
def test_hostile_files_are_mistakes(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"0\.json: no"):
        read(tmp_path, text)


def test_what_is_no_file_is_told_with_the_others(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2 mistakes") as raised:
        read_findings([str(tmp_path), str(tmp_path / "none.json")], CATEGORIES)
    assert "not a regular file" in str(raised.value)
    assert "No such file" in str(raised.value)


def test_too_large_and_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(macie, "MAX_FINDINGS", 1)
    with pytest.raises(UsageError, match="over 1 findings"):
        read(tmp_path, [finding("a"), finding("b")])
    monkeypatch.setattr(macie, "MAX_TOLD", 2)
    with pytest.raises(UsageError, match="and 3 more"):
        read(tmp_path, [1, 2, 3, 4, 5])
    monkeypatch.setattr(macie, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="larger than"):
        read(tmp_path, finding())


_KEYS = st.sampled_from([*finding(), "detail", "s3Bucket", "name", "arn", "result", "sensitiveData"])
_PLAIN = st.sampled_from([None, True, -1, 3, 10**30, 0.5, "", "x", "CLASSIFICATION", {}, [], [{}]])
_JSON = _PLAIN | st.dictionaries(_KEYS, _PLAIN | st.dictionaries(_KEYS, _PLAIN, max_size=3), max_size=3)


@given(st.dictionaries(st.sampled_from(list(finding())), _JSON))
def test_only_our_own_error_leaves(changed: dict[str, Any]) -> None:
    mistakes: list[str] = []
    for place, value in macie._findings({**finding(), **changed}, "f", mistakes):
        found = macie._finding(value, place, mistakes)
        assert found is None or found.bucket
    assert all(one.startswith("f: ") for one in mistakes)


def scored(file: Path, *properties: Any) -> dict[str, macie.Sensitive]:
    """What is known where live accounts have sessions of Macie with these properties, and the manifest this file."""
    columns = {"type": ("VARCHAR", ""), "properties": ("JSON", "")}
    with Known(Manifest("shop", macie=(str(file),)), duckdb.connect()) as known:
        rows = [{"type": SESSION, "properties": json.dumps(one)} for one in properties]
        known.put("resources", columns, [*rows, {"type": BUCKET, "properties": json.dumps(properties[0])}])
        return sensitive_data(known, CATEGORIES)


def test_live_accounts_tell_scores_and_findings_tell_more(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text(json.dumps(finding(bucket="mail")))
    buckets = [{"Bucket": "mail", "Score": 99}, {"Bucket": "orders", "Score": 87}, {"Bucket": "x", "Score": 50}]
    found = scored(file, {"SensitiveBuckets": buckets}, {"SensitiveBuckets": [{"Bucket": "orders", "Score": 60}]}, {})
    assert {name: one.text for name, one in found.items()} == {
        "mail": "what Macie found (credentials: 3 in 1 object, high)",
        "orders": "Macie's score of it, 87 of 100,",
    }
    element = Element(id="b", kind="store", name="b", type=BUCKET)
    facts = {"b": Facts("arn:aws:s3:::orders")}
    classify(Manifest("shop"), load_rules().hints, {"b": element}, facts, strict=True, sensitive=found)
    assert (element.classification, element.class_hint) == ("confidential", "Macie's score of it, 87 of 100,")


@pytest.mark.parametrize("value", [None, "?", [], [None, 3, {}], [{"Bucket": "b", "Score": "x"}, {"Bucket": "c"}], {}])
def test_scores_that_are_not_known_suggest_nothing(value: Any, tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text("[]")
    assert scored(file, {"SensitiveBuckets": value}) == {}


def classed(workload: Workload, manifest: str) -> tuple[str | None, ...]:
    workload.write("bastide.yaml", manifest)
    with workload.known() as known:
        (one,) = (one for one in model_of(known).elements if one.name == "Orders")
    return one.classification, one.class_from, one.class_hint, one.class_conflict


def test_what_macie_found_is_a_hint_and_never_overrides_a_person(workload: Workload) -> None:
    workload.change("Properties:\n      BucketEnc", "Properties:\n      BucketName: orders-live\n      BucketEnc")
    workload.write("macie.json", json.dumps(finding()))
    told = "what Macie found (credentials: 3 in 1 object, high)"
    head = "workload:\n  name: shop\n  classification: {macie: macie.json}\n"
    assert classed(workload, head) == ("restricted", "hint", told, None)
    said = f"{head}  stores: [{{resource: Orders, class: internal}}]\n"
    conflict = f"{told} suggests `restricted`"
    place, cause, hint, others = classed(workload, said)
    assert (place, cause, hint) == ("internal", "manifest", None)
    assert others is not None
    assert conflict in others
    guessed = said.replace("internal}", "internal, guessed: true}")
    assert classed(workload, guessed)[:3] == ("restricted", "hint", told)
    # A name that suggests more stays.
    workload.write("macie.json", json.dumps(personal("f", 1)))
    guessed = said.replace("internal}", "restricted, guessed: true}")
    assert classed(workload, guessed)[:2] == ("restricted", "hint")


def test_a_bucket_elsewhere_says_nothing_of_one_that_is_called_alike_in_code(workload: Workload) -> None:
    workload.write("macie.json", json.dumps(finding(bucket="Orders")))
    head = "workload:\n  name: shop\n  classification: {macie: macie.json}\n"
    assert classed(workload, head)[:2] == ("confidential", "hint")
