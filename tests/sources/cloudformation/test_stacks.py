from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from bastide.sources.cloudformation.limits import MAX_STACK_DEPTH
from bastide.sources.cloudformation.stacks import load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the scan starts."""
    start = tmp_path / "start"
    start.mkdir()
    monkeypatch.chdir(start)
    return start


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def _stack(location: str, parameters: str = "{}") -> str:
    return f"{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {location}, Parameters: {parameters}}}}}"


def test_a_template_is_read_from_its_path_or_given(here: Path) -> None:
    _write(here, t="Resources: {A: {Type: 'X::Y::Z'}}")
    (loaded,) = load("t.yaml")
    assert (loaded.unit, loaded.source, loaded.files) == ("t.yaml", "cloudformation", ["t.yaml"])
    (resource,) = loaded.resources
    assert (resource.id, resource.path, resource.source) == ("t.yaml#A", "t.yaml", "cloudformation")
    assert load("t.yaml", b"Resources: {B: {Type: 'X::Y::Z'}}")[0].resources[0].address == "B"


def test_parameters_from_outside() -> None:
    text = b"Parameters: {P: {Default: a}}\nResources: {A: {Type: 'X::Y::Z', Properties: {P: !Ref P}}}"
    assert load("t.yaml", text, {"P": "b"})[0].resources[0].properties == {"P": "b"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"A: [1\nB: 2", 2, "column 2: not YAML"),
        (b'{"A": 1]', 1, "column 8: not YAML"),
        (b"", 1, "empty"),
        (b"\0\1\2", 1, "a binary file"),
    ],
)
def test_what_cannot_be_read_is_a_problem(text: bytes, line: int, message: str) -> None:
    (loaded,) = load("t.yaml", text)
    (problem,) = loaded.problems
    assert (problem.kind, problem.path, problem.line) == ("unreadable", "t.yaml", line)
    assert problem.message.startswith(message)


def test_a_file_that_is_not_there_is_a_problem(here: Path) -> None:
    (loaded,) = load("t.yaml")
    assert [problem.kind for problem in loaded.problems] == ["unreadable"]


def test_a_nested_stack_gets_its_parameters(here: Path) -> None:
    passed = "{Name: !Ref Name, Key: !GetAtt Key.Arn, Asked: !Ref Asked, Secret: !Ref Secret, L: [a, b]}"
    _write(
        here,
        infra__main=f"""\
            Parameters: {{Name: {{Default: n}}, Asked: {{Type: String}}, Secret: {{NoEcho: true, Default: hunter2}}}}
            Resources:
              Key: {{Type: AWS::KMS::Key}}
              Data: {_stack("./parts/data.yaml", passed)}
            """,
        infra__parts__data="""\
            Parameters:
              Name: {Type: String}
              Key: {Type: String}
              Asked: {}
              Secret: {NoEcho: true}
              L: {Type: CommaDelimitedList}
              Own: {Default: o}
            Resources:
              Bucket:
                Type: AWS::S3::Bucket
                Properties:
                  N: !Ref Name
                  K: !Ref Key
                  A: !Ref Asked
                  S: !Ref Secret
                  L: !Ref L
                  O: !Ref Own
                  B: !GetAtt Bucket.Arn
            """,
    )
    outer, inner = load("infra/main.yaml")
    assert [resource.address for resource in outer.resources] == ["Key", "Data"]
    assert (inner.unit, inner.files, inner.problems) == ("infra/main.yaml#Data", ["infra/parts/data.yaml"], [])
    (bucket,) = inner.resources
    assert (bucket.address, bucket.id) == ("Data/Bucket", "infra/main.yaml#Data#Data/Bucket")
    assert (bucket.path, bucket.line, bucket.call) == ("infra/parts/data.yaml", 9, ("infra/main.yaml:4 Data",))
    assert bucket.properties == {
        "N": "n",
        "K": "${Key.Arn}",
        "S": "(sensitive, in the source)",
        "L": ["a", "b"],
        "O": "o",
        "B": "${Data/Bucket.Arn}",
    }
    assert bucket.unresolved == {"A": "Asked: parameter without a default"}
    assert [(link.property, link.target) for link in bucket.links] == [("B", "Data/Bucket")]


def test_stacks_within_stacks_and_the_same_template_twice(here: Path) -> None:
    _write(
        here,
        a=f"Resources:\n  B1: {_stack('b.yaml')}\n  B2: {_stack('b.yaml')}\n",
        b=f"Resources:\n  C: {_stack('c.yaml')}\n",
        c="Resources: {R: {Type: 'X::Y::Z'}}\n",
    )
    units = {loaded.unit: [resource.id for resource in loaded.resources] for loaded in load("a.yaml")}
    assert units == {
        "a.yaml": ["a.yaml#B1", "a.yaml#B2"],
        "a.yaml#B1": ["a.yaml#B1#B1/C"],
        "a.yaml#B2": ["a.yaml#B2#B2/C"],
        "a.yaml#B1/C": ["a.yaml#B1/C#B1/C/R"],
        "a.yaml#B2/C": ["a.yaml#B2/C#B2/C/R"],
    }


def test_circles_end(here: Path) -> None:
    _write(here, a=f"Resources:\n  B: {_stack('b.yaml')}\n", b=f"Resources:\n  A: {_stack('./x/../a.yaml')}\n")
    outer, inner = load("a.yaml")
    assert outer.problems == []
    assert [(problem.kind, problem.message) for problem in inner.problems] == [
        ("external", "A: its template contains itself")
    ]


def test_depth_and_number_are_limited(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for level in range(20):
        _write(here, **{f"t{level}": f"Resources:\n  N: {_stack(f't{level + 1}.yaml')}\n"})
    loaded = load("t0.yaml")
    assert len(loaded) == MAX_STACK_DEPTH + 1
    assert "stacks within stacks" in loaded[-1].problems[0].message
    monkeypatch.setattr("bastide.sources.cloudformation.stacks.MAX_STACKS", 3)
    _write(
        here, leaf="Resources: {}", wide="Resources:\n" + "".join(f"  S{n}: {_stack('leaf.yaml')}\n" for n in range(5))
    )
    loaded = load("wide.yaml")
    assert len(loaded) == 4
    assert [problem.kind for problem in loaded[0].problems] == ["external"] * 2


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://s3.amazonaws.com/b/t.yaml", "not local"),
        ("s3://b/t.yaml", "not local"),
        ("missing.yaml", "not here"),
        ("../outside.yaml", "outside of what is scanned"),
        ("/etc/passwd", "outside of what is scanned"),
        ("link.yaml", "outside of what is scanned"),
        ("!Sub 'https://${AWS::Region}/t.yaml'", "only known at deployment"),
        ("!Ref Asked", "only known at deployment"),
        ("'{{resolve:ssm:/a}}'", "only known at deployment"),
        ('"a\\0b"', "not local"),
        ("folder", "not here"),
        ("[a]", "only known at deployment"),
    ],
)
def test_templates_that_are_not_here_are_told(here: Path, location: str, reason: str) -> None:
    _write(here.parent, outside="Resources: {A: {Type: 'X::Y::Z'}}")
    _write(here, t=f"Parameters: {{Asked: {{}}}}\nResources:\n  S: {_stack(location)}\n")
    (here / "link.yaml").symlink_to("../outside.yaml")
    (here / "folder").mkdir()
    (loaded,) = load("t.yaml")
    (problem,) = loaded.problems
    kind = "partial" if "outside" in reason else "external"
    assert (problem.kind, problem.path, problem.line) == (kind, "t.yaml", 3)
    assert problem.message.startswith("S: ")
    assert reason in problem.message


def test_what_is_scanned_may_lie_elsewhere(here: Path, tmp_path: Path) -> None:
    _write(tmp_path / "other", a=f"Resources:\n  B: {_stack('b.yaml')}\n", b="Resources: {}")
    _write(tmp_path, c="Resources: {}")
    assert [loaded.unit for loaded in load("../other/a.yaml")] == ["../other/a.yaml", "../other/a.yaml#B"]
    absolute = str(tmp_path / "other" / "a.yaml")
    assert [loaded.unit for loaded in load(absolute)] == [absolute, f"{absolute}#B"]
    _write(tmp_path / "other", a=f"Resources:\n  C: {_stack('../c.yaml')}\n")
    assert len(load("../other/a.yaml")) == 1
    assert len(load("../other/a.yaml", root="..")) == 2


def test_a_nested_template_that_cannot_be_read(here: Path) -> None:
    _write(here, a=f"Resources:\n  B: {_stack('b.yaml')}\n  C: {{Type: 'X::Y::Z'}}\n", b="Resources: [")
    outer, inner = load("a.yaml")
    assert [resource.address for resource in outer.resources] == ["B", "C"]
    assert (inner.unit, [problem.kind for problem in inner.problems]) == ("a.yaml#B", ["unreadable"])


def test_stacks_that_do_not_exist_are_not_read(here: Path) -> None:
    stack = "Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}"
    _write(
        here,
        a=f"Conditions: {{No: !Equals [a, b]}}\nResources: {{B: {{Condition: 'No', {stack}}}}}",
        b="Resources: {}",
    )
    assert len(load("a.yaml")) == 1


def test_a_serverless_application_is_a_nested_stack(here: Path) -> None:
    application = "{Type: AWS::Serverless::Application, Properties: {Location: %s, Parameters: {P: given}}}"
    far = "{ApplicationId: x, SemanticVersion: 1.0.0}"
    _write(
        here,
        a=f"Resources:\n  App: {application % 'b.yaml'}\n  Far: {application % far}\n",
        b="Parameters: {P: {}}\nResources: {R: {Type: 'X::Y::Z', Properties: {P: !Ref P}}}",
    )
    outer, inner = load("a.yaml")
    assert [(r.type, r.name) for r in outer.resources] == [
        ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
    ] * 2
    assert inner.resources[0].properties == {"P": "given"}
    assert [problem.message for problem in outer.problems] == ["Far: its template is not local and was not fetched"]


def test_a_parameter_without_a_value_keeps_its_default(here: Path) -> None:
    _write(
        here,
        a=f"Resources:\n  B: {_stack('b.yaml', '{P: !Ref AWS::NoValue, Q: !GetAtt B.X}')}\n",
        b="""\
            Parameters: {P: {Default: own}, Q: {}}
            Conditions: {HasQ: !Not [!Equals [!Ref Q, ""]]}
            Resources: {R: {Type: "X::Y::Z", Condition: HasQ, Properties: {P: !Ref P}}}
            """,
    )
    _, inner = load("a.yaml")
    assert [(resource.properties, resource.metadata) for resource in inner.resources] == [({"P": "own"}, {})]


def test_templates_beside_are_read_in_a_repository_and_below_a_target(here: Path, tmp_path: Path) -> None:
    _write(here, leaf="Resources: {B: {Type: 'AWS::S3::Bucket'}}")
    (here / "stacks").mkdir()
    _write(here / "stacks", t=f"Resources:\n  S: {_stack('../leaf.yaml')}\n")
    path = str(here / "stacks" / "t.yaml")
    assert [problem.kind for problem in load(path)[0].problems] == ["partial"]
    assert [loaded.problems for loaded in load(path, None, None, [str(here)])] == [[], []]
    (here / ".git").mkdir()
    assert [[one.address for one in loaded.resources] for loaded in load(path)] == [["S"], ["S/B"]]
    (here / "stacks" / ".git").mkdir()
    assert [problem.kind for problem in load(path)[0].problems] == ["partial"]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("{Type: AWS::Lambda::Function, Properties: {Code: ./code}}", 1),
        ("{Type: AWS::Serverless::Function, Properties: {Role: r, CodeUri: code/app.py}}", 1),
        ("{Type: AWS::Lambda::Function, Metadata: {'aws:asset:path': code, 'aws:asset:property': Code}}", 1),
        ("{Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: b, S3Key: k}}}", None),
        ("{Type: AWS::Lambda::Function, Properties: {Code: s3://code}}", None),
        ("{Type: AWS::Lambda::Function, Properties: {Code: ../outside}}", None),
        ("{Type: AWS::Lambda::Function, Properties: {Code: !Sub '${X}/code'}}", None),
    ],
)
def test_code_beside_a_template_is_searched(tmp_path: Path, entry: str, found: int | None) -> None:
    for name in ("in/code", "outside"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "app.py").write_text('db_password = "S3cure!horse9"\n')
    text = f"Transform: AWS::Serverless-2016-10-31\nParameters: {{X: {{Type: String}}}}\nResources:\n  F: {entry}\n"
    (loaded,) = load(f"{tmp_path}/in/t.yaml", text.encode())
    secrets = next(one for one in loaded.resources if one.address == "F").properties.get("CodeSecrets")
    assert (secrets and len(secrets)) == found
