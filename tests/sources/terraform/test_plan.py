"""Plans: values, what is known after apply, what is sensitive, and what refers to what."""

from __future__ import annotations

import copy
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.sources.terraform.plan import load

if TYPE_CHECKING:
    from pathlib import Path

    from bastide.resources.model import Loaded, Resource

DEEP = os.environ.get("BASTIDE_FUZZ") == "deep"
SECRET = "hunter2-in-a-plan"


def change(
    address: str, after: dict[str, Any], unknown: Any = None, sensitive: Any = None, **fields: Any
) -> dict[str, Any]:
    kind, _, name = address.rpartition(".")[0].rpartition(".")[2], ".", address.rpartition(".")[2]
    return {
        "address": address,
        "mode": "data" if ".data." in f".{address}" else "managed",
        "type": kind,
        "name": name,
        "change": {
            "actions": fields.pop("actions", ["create"]),
            "before": None,
            "after": after,
            "after_unknown": unknown or {},
            "after_sensitive": sensitive or {},
        },
        **fields,
    }


PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "resource_changes": [
        change("aws_kms_key.k", {"enable_key_rotation": True}, {"arn": True, "id": True}),
        change("aws_s3_bucket.b", {"bucket": "logs", "force_destroy": False, "tags": None}, {"arn": True, "id": True}),
        change(
            "aws_s3_bucket_server_side_encryption_configuration.b",
            {
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}],
                        "bucket_key_enabled": None,
                    }
                ]
            },
            {"bucket": True, "rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]},
        ),
        change("aws_s3_bucket_versioning.b", {"bucket": "logs", "versioning_configuration": [{"status": "Enabled"}]}),
        change(
            "aws_db_instance.d",
            {"password": SECRET, "username": "app", "storage_encrypted": True, "publicly_accessible": None},
            {"kms_key_id": True, "publicly_accessible": True},
            {"password": True},
        ),
        change("aws_sqs_queue.gone", {"name": "x"}, actions=["delete"]),
        change("module.m[0].aws_sqs_queue.q", {"name": "q"}, {"kms_master_key_id": True}, module_address="module.m[0]"),
        change(
            "data.aws_iam_policy_document.p",
            {"statement": [{"actions": ["s3:*"], "resources": [None], "effect": "Allow"}]},
            {"json": True, "statement": [{"resources": [True]}]},
            actions=["read"],
        ),
        change("aws_iam_policy.p", {"name": "p"}, {"policy": True, "arn": True}),
    ],
    "configuration": {
        "root_module": {
            "resources": [
                {"address": "aws_kms_key.k", "expressions": {"enable_key_rotation": {"constant_value": True}}},
                {"address": "aws_s3_bucket.b", "expressions": {"bucket": {"references": ["var.name"]}}},
                {
                    "address": "aws_s3_bucket_server_side_encryption_configuration.b",
                    "expressions": {
                        "bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]},
                        "rule": [
                            {
                                "apply_server_side_encryption_by_default": [
                                    {
                                        "kms_master_key_id": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]},
                                        "sse_algorithm": {"constant_value": "aws:kms"},
                                    }
                                ]
                            }
                        ],
                    },
                },
                {
                    "address": "aws_s3_bucket_versioning.b",
                    "expressions": {"bucket": {"references": ["aws_s3_bucket.b.bucket", "aws_s3_bucket.b"]}},
                },
                {
                    "address": "aws_db_instance.d",
                    "expressions": {
                        "password": {"references": ["var.p"]},
                        "publicly_accessible": {"references": ["var.x"]},
                    },
                },
                {"address": "data.aws_iam_policy_document.p", "expressions": {"statement": [{"resources": {}}]}},
                {
                    "address": "aws_iam_policy.p",
                    "expressions": {
                        "policy": {
                            "references": ["data.aws_iam_policy_document.p.json", "data.aws_iam_policy_document.p"]
                        }
                    },
                },
            ],
            "module_calls": {
                "m": {
                    "source": "./m",
                    "expressions": {"key": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}},
                    "module": {
                        "resources": [
                            {
                                "address": "aws_sqs_queue.q",
                                "expressions": {"kms_master_key_id": {"references": ["var.key"]}},
                            }
                        ]
                    },
                }
            },
        }
    },
}


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return _load(tmp_path, PLAN)


def _load(folder: Path, plan: Any) -> Loaded:
    file = folder / "plan.json"
    file.write_text(plan if isinstance(plan, str) else json.dumps(plan))
    return load(str(file))


def at(loaded: Loaded, address: str) -> Resource:
    return next(resource for resource in loaded.resources if resource.address == address)


def test_separate_resources_fold_by_reference_known_or_not(loaded: Loaded) -> None:
    bucket = at(loaded, "aws_s3_bucket.b")
    assert bucket.properties["BucketName"] == "logs"
    assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": "${aws_kms_key.k.arn}",
    }
    assert ("aws_kms_key.k", "arn") in {(link.target, link.attribute) for link in bucket.links}


def test_what_nobody_wrote_is_absent_and_what_is_written_is_unresolved(loaded: Loaded) -> None:
    database = at(loaded, "aws_db_instance.d")
    assert "KmsKeyId" not in database.properties
    assert list(database.unresolved) == ["PubliclyAccessible"]


def test_a_sensitive_value_never_leaves(loaded: Loaded) -> None:
    database = at(loaded, "aws_db_instance.d")
    assert database.properties["MasterUserPassword"] == "(sensitive)"
    assert SECRET not in repr(loaded)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ({"constant_value": SECRET}, "(sensitive, in the source)"),
        ({"references": ["var.default"]}, "(sensitive, in the source)"),
        ({"references": ["var.other"]}, "(sensitive)"),
        ({"references": ["var.unset"]}, "(sensitive)"),
        ({"references": ["var.default", "var.unset"]}, "(sensitive)"),
        ({"references": ["random_password.p.result", "random_password.p"]}, "(sensitive)"),
        ({}, "(sensitive)"),
    ],
)
def test_a_sensitive_value_that_stands_in_the_configuration_is_told(
    tmp_path: Path, written: dict[str, Any], wanted: str
) -> None:
    variables = {"default": {"default": SECRET}, "other": {"default": "x"}, "unset": {}}
    resource = {"address": "aws_db_instance.d", "expressions": {"password": written}}
    inner = {"variables": {"given": {"default": "x"}}, "resources": [{**resource}]}
    inner["resources"][0]["expressions"] = {"password": {"references": ["var.given"]}}  # type: ignore[index]
    calls = {"m": {"expressions": {"given": written}, "module": inner}}
    plan = {
        "resource_changes": [
            change(address, {"password": SECRET, "engine": "x"}, None, {"password": True})
            for address in ("aws_db_instance.d", "module.m.aws_db_instance.d")
        ],
        "configuration": {"root_module": {"variables": variables, "resources": [resource], "module_calls": calls}},
    }
    (tmp_path / "p.json").write_text(json.dumps(plan))
    found = load(str(tmp_path / "p.json"))
    assert [one.properties["MasterUserPassword"] for one in found.resources] == [wanted, wanted]
    assert SECRET not in repr(found)


def test_references_go_through_variables_of_modules(loaded: Loaded) -> None:
    queue = at(loaded, "module.m[0].aws_sqs_queue.q")
    assert queue.properties["KmsMasterKeyId"] == "${aws_kms_key.k.arn}"
    assert queue.call == ("module.m[0]",)


def test_deleted_resources_are_not_there(loaded: Loaded) -> None:
    assert not [resource for resource in loaded.resources if "gone" in resource.address]


def test_a_policy_document_that_waits_is_judged_as_far_as_it_is_known(loaded: Loaded) -> None:
    policy = at(loaded, "aws_iam_policy.p")
    (statement,) = policy.properties["PolicyDocument"]["Statement"]
    assert statement["Action"] == "s3:*" or statement["Action"] == ["s3:*"]
    assert any(path.startswith("PolicyDocument.Statement[0].Resource") for path in policy.unresolved)


def test_what_a_waiting_statement_denies_is_more_than_what_it_refers_to(tmp_path: Path) -> None:
    bucket = {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}

    def statement(effect: str) -> dict[str, Any]:
        return {"effect": effect, "actions": ["s3:*"], "resources": [None, "arn:aws:s3:::x/*"]}

    plan = {
        "format_version": "1.2",
        "resource_changes": [
            change("aws_s3_bucket.b", {}, {"arn": True}),
            change(
                "data.aws_iam_policy_document.p",
                {"statement": [statement("Deny"), statement("Allow")]},
                {"json": True, "statement": [{"resources": [True, False]}, {"resources": [True, False]}]},
                actions=["read"],
            ),
            change("aws_s3_bucket_policy.p", {"bucket": "b"}, {"policy": True}),
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": "data.aws_iam_policy_document.p",
                        "expressions": {"statement": [{"resources": bucket}, {"resources": bucket}]},
                    },
                    {
                        "address": "aws_s3_bucket_policy.p",
                        "expressions": {"policy": {"references": ["data.aws_iam_policy_document.p.json"]}},
                    },
                ]
            }
        },
    }
    policy = at(_load(tmp_path, plan), "aws_s3_bucket_policy.p")
    denial, allowance = policy.properties["PolicyDocument"]["Statement"]
    assert policy.unresolved == {
        "PolicyDocument.Statement[0].Resource[0]": "aws_s3_bucket.b.arn: known only after apply"
    }
    assert denial["Resource"] == [None, "arn:aws:s3:::x/*"]
    assert allowance["Resource"] == ["${aws_s3_bucket.b.arn}", "arn:aws:s3:::x/*"]


def test_outputs_of_modules_and_keys_of_instances(tmp_path: Path) -> None:
    plan = {
        "format_version": "1.2",
        "resource_changes": [
            change('module.k["a"].aws_kms_key.k', {}, {"arn": True}, module_address='module.k["a"]'),
            change('module.k["b"].aws_kms_key.k', {}, {"arn": True}, module_address='module.k["b"]'),
            change('aws_sqs_queue.q["a"]', {}, {"kms_master_key_id": True}),
            change('aws_s3_bucket.b["x"]', {"bucket": "one"}),
            change('aws_s3_bucket.b["y"]', {"bucket": "two"}),
            change(
                'aws_s3_bucket_versioning.v["y"]',
                {"bucket": "two", "versioning_configuration": [{"status": "Enabled"}]},
            ),
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_sqs_queue.q",
                        "expressions": {"kms_master_key_id": {"references": ['module.k["a"].arn', 'module.k["a"]']}},
                    },
                    {
                        "address": "aws_s3_bucket_versioning.v",
                        "expressions": {"bucket": {"references": ["aws_s3_bucket.b", "each.key"]}},
                    },
                ],
                "module_calls": {
                    "k": {
                        "module": {
                            "outputs": {"arn": {"expression": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}},
                            "resources": [{"address": "aws_kms_key.k", "expressions": {}}],
                        }
                    }
                },
            }
        },
    }
    for item in plan["resource_changes"]:
        item["type"] = item["address"].split(".")[-2]
    found = _load(tmp_path, plan)
    assert at(found, 'aws_sqs_queue.q["a"]').properties["KmsMasterKeyId"] == '${module.k["a"].aws_kms_key.k.arn}'
    assert "VersioningConfiguration" not in at(found, 'aws_s3_bucket.b["x"]').properties
    assert at(found, 'aws_s3_bucket.b["y"]').properties["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ('{"format_version": "1.2",\n "resource_changes": [}', "not JSON"),
        ("[]", "JSON object"),
        ('{"format_version": "1.2"}', "without resource_changes"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": NaN, "b": "\udcff"}', "not JSON"),
    ],
)
def test_what_is_no_plan_is_a_problem(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    (problem,) = load(str(file)).problems
    assert problem.kind == "unreadable"
    assert said in problem.message


@pytest.mark.parametrize("name", ["user_data", "user_data_base64"])
def test_a_script_that_is_known_later_is_more_than_what_it_refers_to(tmp_path: Path, name: str) -> None:
    written = {name: {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}
    plan = {
        "resource_changes": [change("aws_kms_key.k", {}, {"arn": True}), change("aws_instance.i", {}, {name: True})],
        "configuration": {"root_module": {"resources": [{"address": "aws_instance.i", "expressions": written}]}},
    }
    instance = at(_load(tmp_path, plan), "aws_instance.i")
    assert "UserData" not in instance.properties
    assert instance.unresolved == {"UserData": f"{name}: known only after apply"}


def test_a_plan_that_ended_in_an_error_is_partial(tmp_path: Path) -> None:
    assert [p.kind for p in _load(tmp_path, {**PLAN, "errored": True}).problems if p.kind != "unmapped"] == ["partial"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, item in items for path in _paths(item, (*at, key)))]


PATHS = [path for path in _paths(PLAN) if path]


@settings(max_examples=600 if DEEP else 60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON), min_size=1, max_size=3))
def test_any_part_may_be_anything(
    tmp_path_factory: pytest.TempPathFactory, swaps: list[tuple[tuple[Any, ...], Any]]
) -> None:
    plan = copy.deepcopy(PLAN)
    for path, value in swaps:
        holder: Any = plan
        try:
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = value
        except (TypeError, KeyError, IndexError):
            continue
    found = _load(tmp_path_factory.mktemp("plan"), plan)
    assert all(problem.message for problem in found.problems)
