"""What a workflow is as a resource; and no input makes the loader raise."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import Resource
from bastide.resources.schema import schema_for
from bastide.sources.workflow.source import TYPE, action, load
from tests.fuzzing import fuzz

_PATH = ".github/workflows/ci.yml"
_COMMIT = "0" * 40


def _load(text: str) -> Resource:
    loaded = load(_PATH, text.encode())
    assert loaded.problems == []
    (resource,) = loaded.resources
    return resource


def _job(text: str, head: str = "on: push") -> dict[str, Any]:
    found: dict[str, Any] = _load(f"{head}\njobs:\n  one: {text}\n").properties["Jobs"][0]
    return found


def test_the_resource_itself() -> None:
    resource = _load("name: CI\non: push\njobs:\n  one:\n    runs-on: x\n    steps:\n      - run: make\n")
    assert (resource.type, resource.source, resource.id) == (TYPE, "workflow", f"{_PATH}#ci.yml")
    assert resource.properties["Name"] == "CI"
    assert resource.locate("Jobs[0].RunsOn") == (_PATH, 4)
    assert resource.locate("Steps[0].Script") == (_PATH, 7)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("push", ["push"]),
        ("[push, pull_request]", ["push", "pull_request"]),
        ("{push: {branches: [main]}, issues: }", ["push", "issues"]),
    ],
)
@pytest.mark.parametrize("key", ["on", "'on'", "true"])
def test_events_in_every_form(key: str, written: str, names: list[str]) -> None:
    resource = _load(f"{key}: {written}\njobs: {{one: {{runs-on: x}}}}\n")
    assert [event["Name"] for event in resource.properties["Events"]] == names


@pytest.mark.parametrize(
    ("written", "granted"),
    [
        ("read-all", [("*", "read")]),
        ("write-all", [("*", "write")]),
        ("{}", []),
        ("{contents: read, id-token: write}", [("contents", "read"), ("id-token", "write")]),
    ],
)
def test_permissions_of_a_job_and_of_the_workflow(written: str, granted: list[tuple[str, str]]) -> None:
    own = _job(f"{{runs-on: x, permissions: {written}}}", "on: push\npermissions: {issues: write}")
    inherited = _job("{runs-on: x}", f"on: push\npermissions: {written}")
    for job in (own, inherited):
        assert [(one["Scope"], one["Access"]) for one in job["Permissions"]] == granted
    assert "Permissions" not in _job("{runs-on: x}")


@pytest.mark.parametrize(
    ("written", "runners"),
    [
        ("runs-on: x", ["x"]),
        ("runs-on: [self-hosted, linux]", ["self-hosted", "linux"]),
        ("runs-on: {group: big, labels: [gpu]}", ["gpu", "self-hosted"]),
        ("runs-on: '${{ matrix.os }}', strategy: {matrix: {os: [a, b]}}", ["a", "b"]),
        ("runs-on: '${{ matrix.os }}', strategy: {matrix: '${{ fromJSON(x) }}'}", [None]),
        ("runs-on: '${{ vars.R }}'", [None]),
    ],
)
def test_runners(written: str, runners: list[object]) -> None:
    assert _job(f"{{{written}}}")["RunsOn"] == runners


def test_what_an_expression_decides_is_unresolved() -> None:
    resource = _load("on: push\njobs: {one: {runs-on: '${{ vars.R }}', environment: {name: '${{ inputs.e }}'}}}\n")
    assert list(resource.unresolved) == ["Jobs[0].RunsOn[0]", "Jobs[0].Environment"]
    assert "${{ vars.R }}" in resource.unresolved["Jobs[0].RunsOn[0]"]


@pytest.mark.parametrize(
    ("uses", "kind", "repository", "ref"),
    [
        ("Actions/Checkout@v5", "action", "actions/checkout", "v5"),
        (f"a/b/path/deeper@{_COMMIT}", "action", "a/b", _COMMIT),
        ("a/b/.github/workflows/x.yml@main", "action", "a/b", "main"),
        ("a/b", "action", "a/b", None),
        ("./.github/actions/x", "local", None, None),
        ("docker://alpine:3", "docker", "alpine:3", None),
        ("docker://alpine@sha256:0", "docker", "alpine", "sha256:0"),
    ],
)
def test_actions(uses: str, kind: str, repository: str | None, ref: str | None) -> None:
    found = action(uses)
    assert (found["Kind"], found.get("Repository"), found.get("Ref")) == (kind, repository, ref)


def test_steps_their_inputs_and_scripts() -> None:
    resource = _load(
        "on: push\nenv: {A: 1}\njobs:\n  one:\n    runs-on: x\n    env: {B: true}\n    steps:\n"
        "      - name: first\n        uses: actions/github-script@v8\n        with:\n          Script: log(1)\n"
        "      - run: |\n          make\n        env: {C: '${{ secrets.C }}'}\n"
    )
    properties = resource.properties
    assert [(step.get("Name"), step.get("Script"), step["Number"]) for step in properties["Steps"]] == [
        ("first", "log(1)", 1),
        (None, "make\n", 2),
    ]
    assert properties["Jobs"][0]["Script"] == "log(1)\nmake\n"
    assert [(one["Name"], one["Value"], one.get("Job"), one.get("Step")) for one in properties["Environment"]] == [
        ("A", "1", None, None),
        ("B", "true", "one", None),
        ("C", "${{ secrets.C }}", "one", "2"),
    ]
    assert resource.locate("InputVariables[0].Value") == (_PATH, 11)


@pytest.mark.parametrize(
    ("steps", "assumes", "keys"),
    [
        ("[{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: r}}]", True, False),
        (
            "[{uses: aws-actions/configure-aws-credentials@v4, with: {aws-access-key-id: k, role-to-assume: r}}]",
            False,
            True,
        ),
        (
            "[{uses: aws-actions/configure-aws-credentials@v4, with: {aws-access-key-id: k, aws-session-token: t}}]",
            False,
            False,
        ),
        ("[{run: aws sts assume-role-with-web-identity}]", True, False),
        ("[{run: x, env: {AWS_ACCESS_KEY_ID: k}}]", False, True),
        ("[{run: x, env: {AWS_ACCESS_KEY_ID: k, AWS_SESSION_TOKEN: t}}]", False, False),
    ],
)
def test_how_a_job_reaches_aws(steps: str, assumes: bool, keys: bool) -> None:
    job = _job(f"{{runs-on: x, steps: {steps}}}")
    assert (job["AssumesRole"], job["UsesAccessKeys"]) == (assumes, keys)


def test_called_workflows() -> None:
    job = _job("{uses: a/b/.github/workflows/x.yml@main, secrets: inherit, if: always()}")
    assert (job["Uses"], job["InheritsSecrets"], job["Condition"]) == (
        "a/b/.github/workflows/x.yml@main",
        True,
        "always()",
    )


def test_every_property_is_in_the_schema() -> None:
    resource = _load(
        "name: n\nx-s: &s {name: n, if: z, uses: a/b@c, with: {d: e}}\non: {push: {types: [a]}}\nenv: {A: 1}\n"
        "permissions: read-all\njobs:\n  a: {uses: ./x, secrets: inherit}\n"
        "  b: {runs-on: x, environment: e, if: y, steps: [*s, {run: f, env: {G: h}}]}\n"
    )
    schema = schema_for(TYPE)
    assert schema is not None
    assert set(resource.properties) == {name for name, _ in schema}
    for name, values in resource.properties.items():
        for value in values if isinstance(values, list) else []:
            for key in value:
                assert schema.property(f"{name}.{key}"), f"{name}.{key}"


@pytest.mark.parametrize("text", ["jobs: {}", "on: push", "on: push\njobs: [", "[]", "", "a\0b"])
def test_files_that_are_no_workflows(text: str) -> None:
    loaded = load(_PATH, text.encode())
    assert loaded.resources == []
    assert [problem.kind for problem in loaded.problems] == ["unreadable"]


_FUZZ = fuzz()
_KEYS = st.sampled_from([
    "on", "jobs", "env", "steps", "uses", "run", "with", "runs-on",
    "strategy", "matrix", "permissions", "if", "secrets", "environment", "name", "labels",
])  # fmt: skip
_LEAVES = st.one_of(
    st.sampled_from(["${{ matrix.os }}", "a/b@c", "docker://", "./", "write-all", "@", ""]), st.integers(), st.none()
)
_TREES: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(_LEAVES, st.lists(_TREES, max_size=3), st.dictionaries(_KEYS, _TREES, max_size=4))
)


@_FUZZ
@given(_TREES, _TREES, st.dictionaries(_KEYS, _TREES, max_size=5))
def test_no_tree_makes_it_raise(on: Any, job: Any, root: dict[str, Any]) -> None:
    text = yaml.safe_dump({**root, "on": on, "jobs": {"one": job, "two": root}})
    loaded = load(_PATH, text.encode())
    assert loaded.resources or loaded.problems


@_FUZZ
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    loaded = load(_PATH, data)
    assert loaded.resources or loaded.problems
