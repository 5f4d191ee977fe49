"""Bad input, end to end: it is told with its place, it costs little, and it hides nothing of the rest.

`Place.scan` asserts of every scan here that both innocent findings are in all eight formats, that the formats are
valid, that nothing is on standard error, and that time and memory stay within limits.
"""

from __future__ import annotations

import json
import os
import random
import socket

import pytest

from tests.conformance.conftest import Place

pytestmark = pytest.mark.slow

BUCKET = 'resource "aws_s3_bucket" "here" {\n  bucket = "x"\n}\n'
TEMPLATE = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n"
PLAN = '{"format_version": "1.2", '


def aliases(width: int, height: int) -> str:
    """A text of some hundred characters that stands for `width ** height` values."""
    lines = [f"  a0: &a0 [{','.join('x' * width)}]"]
    lines += [f"  a{n}: &a{n} [{','.join([f'*a{n - 1}'] * width)}]" for n in range(1, height)]
    return "Metadata:\n" + "\n".join(lines) + f"\n{TEMPLATE}    Properties: {{BucketName: *a{height - 1}}}\n"


def merges(height: int) -> str:
    """Merge keys that double at every line."""
    lines = ["  a0: &a0 {x: 1}", *(f"  a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, height))]
    return "Metadata:\n" + "\n".join(lines) + f"\n{TEMPLATE}    Properties:\n      <<: *a{height - 1}\n"


NOISE = random.Random(1).randbytes(4000)
UNREADABLE: dict[str, tuple[str, str | bytes, int]] = {
    "hcl that stops": ("x/main.tf", 'resource "aws_s3_bucket" "c" {\n  bucket =\n', 2),
    "hcl that is none": ("x/main.tf", BUCKET + "}}}\nfoo = = \n", 4),
    "an open heredoc": ("x/main.tf", 'locals {\n  a = <<EOT\nfoo\n', 2),
    "an open string": ("x/main.tf", 'locals {\n  a = "foo\n}\n', 2),
    "an open comment": ("x/main.tf", BUCKET + "/* and so on\n", 4),
    "a number too large": ("x/main.tf", "locals {\n  a = 1e999999999\n}\n", 2),
    "json of terraform": ("x/main.tf.json", '{"resource":\n  {"aws_s3_bucket": {"b": {,}}}}', 2),
    "an empty file that is to be json": ("x/main.tf.json", "", 1),
    "bytes named .tf": ("x/main.tf", bytes(range(256)) * 40, 1),
    "a program named .tf": ("x/main.tf", b"\x7fELF\x02\x01\x01" + NOISE, 1),
    "another encoding in .tf": ("x/main.tf", 'locals {\n  a = "caf\xe9"\n}\n'.encode("latin-1"), 2),
    "utf-16 in .tf": ("x/main.tf", BUCKET.encode("utf-16"), 1),
    "yaml that is none": ("x.yaml", TEMPLATE + "   wrong: [\n", 4),
    "yaml with tabs": ("x.yaml", TEMPLATE + "\tProperties: {}\n", 4),
    "yaml with bytes": ("x.yaml", TEMPLATE.encode() + b"\0" + NOISE, 1),
    "another encoding in yaml": ("x.yaml", TEMPLATE.encode() + b"Description: caf\xe9 au lait\n", 4),
    "json that is none": ("x.json", '{"AWSTemplateFormatVersion": "2010-09-09",\n"Resources": {"A": [}}', 2),
    "a template that is a list": ("x.template", "- 'AWS::S3::Bucket'\n- x\nAWSTemplateFormatVersion: y\n", 3),
    "utf-16 without a mark": ("x.yaml", TEMPLATE.encode("utf-16-le"), 1),
    "a plan that stops": ("plan.json", PLAN + '\n"resource_changes": [', 2),
    "a plan of nothing": ("plan.json", PLAN + '"resource_changes": {"a": 1}}', 1),
    "aliases of aliases": ("x.yaml", aliases(10, 12), 7),
    "merges of merges": ("x.yaml", merges(40), 19),
    "an alias within itself": ("x.yaml", TEMPLATE + "    Properties: &p\n      Tags: [*p]\n", 5),
    "deep yaml": ("x.yaml", TEMPLATE + "    Properties: {Tags: " + "[" * 20_000 + "]" * 20_000 + "}\n", 4),
    "deep blocks of yaml": ("x.yaml", TEMPLATE + "    Properties:\n"
                            + "".join(f"{' ' * (6 + n)}a:\n" for n in range(3000)), 100),
    "deep json": ("x.json", '{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": '
                  + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}}}", 1),
    "a deep plan": ("plan.json", PLAN + '"planned_values": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}", 1),
    "deep brackets": ("x/main.tf", "locals {\n  a = " + "[" * 50_000 + "]" * 50_000 + "\n}\n", 2),
    "deep parentheses": ("x/main.tf", "locals {\n  a = " + "(" * 50_000 + "1" + ")" * 50_000 + "\n}\n", 2),
    "deep negation": ("x/main.tf", "locals {\n  a = " + "!" * 50_000 + "true\n}\n", 2),
    "deep templates": ("x/main.tf", "locals {\n  a = " + '"${' * 5000 + "1" + '}"' * 5000 + "\n}\n", 2),
    "deep blocks": ("x/main.tf", "a {\n" * 20_000 + "}\n" * 20_000, 60),
    "deep json of terraform": ("x/main.tf.json", '{"locals": {"a": ' + "[" * 50_000 + "]" * 50_000 + "}}", 1),
    "too many values": ("x.yaml", "Resources:\n" + "  A: {Type: 'AWS::S3::Bucket'}\n" * 3 + "Metadata:\n  a: ["
                        + "1," * 1_100_000 + "]\n", 6),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_with_its_line(place: Place, name: str) -> None:
    path, content, line = UNREADABLE[name]
    place.write(path, content)
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    kind, found, message = done.problem(path)
    assert kind == "unreadable"
    assert message
    assert abs(found - line) <= (4 if line > 50 else 0), (found, message)
    for name_, text in done.outputs.items():
        assert path in text or name_ == "ocsf", name_


def test_a_file_that_is_not_read_hides_no_file_beside_it(place: Place) -> None:
    place.write("x/main.tf", "resource {{{\n")
    place.write("x/other.tf", BUCKET)
    done = place.scan()
    assert done.code == 1
    assert done.verdicts("aws_s3_bucket.here")


SIZES = {"h/main.tf": BUCKET, "h.yaml": TEMPLATE, "h.template": json.dumps({"Resources": {"A": {"Type": "A::B::C"}}}),
         "plan.json": PLAN + '"planned_values": {}, "resource_changes": ['}  # fmt: skip


def test_huge_files_are_not_read(place: Place) -> None:
    for path, begin in SIZES.items():
        with place.write(path, begin).open("ab") as stream:
            stream.truncate(101 * 1024 * 1024)
    place.write("h/other.tf", BUCKET)
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    for path in SIZES:
        kind, line, message = done.problem(path)
        assert (kind, line) == ("unreadable", 1)
        assert "MB" in message
    assert done.verdicts("aws_s3_bucket.here")


def test_links_that_go_round_or_nowhere(place: Place) -> None:
    (place.folder / "loop").symlink_to(".")
    (place.folder / "innocent" / "up").symlink_to("../..")
    (place.folder / "stack.yaml").symlink_to("stack.yaml")
    (place.folder / "gone.template").symlink_to("nowhere/x.yaml")
    (place.folder / "zero.yaml").symlink_to("/dev/zero")
    for name, target in (("a", "main.tf"), ("b", "/dev/zero"), ("c", "/dev/tty")):
        (place.folder / name).mkdir()
        (place.folder / name / "main.tf").symlink_to(target)
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    for path in ("stack.yaml", "gone.template", "a/main.tf", "b/main.tf", "c/main.tf"):
        assert done.problem(path)[0] == "unreadable"
    assert done.problem("zero.yaml")[0] == "note"
    assert len(done.addresses("AWS::EC2::SecurityGroup")) == 2


def test_what_is_no_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.folder / "dir" / "main.tf").mkdir(parents=True)
    (place.folder / "dir.yaml").mkdir()
    place.write("pipe/other.tf", BUCKET)
    monkeypatch.chdir(place.folder)
    for path in ("pipe/main.tf", "pipe-template.yaml"):
        os.mkfifo(path)
    (place.folder / "socket").mkdir()
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
        one.bind("socket/main.tf")
        other.bind("socket-template.yaml")
        done = place.scan("--fail-on", "never")
    assert done.code == 3
    for path in ("pipe/main.tf", "pipe-template.yaml", "socket/main.tf", "socket-template.yaml"):
        assert done.problem(path)[0] == "unreadable"
    assert done.verdicts("aws_s3_bucket.here")


@pytest.mark.parametrize("path", ["x/main.tf", "template.yaml", "plan.json", "x/terraform.tfvars"])
def test_files_without_permission(place: Place, path: str) -> None:
    place.write("x/other.tf", BUCKET)
    place.write(path, "a = 1").chmod(0)
    done = place.scan("--fail-on", "never", humble=True)
    assert done.code == 3
    assert done.problem(path)[0] in ("unreadable", "partial")
    assert "ermission" in done.problem(path)[2]
    assert done.verdicts("aws_s3_bucket.here")


def test_a_folder_without_permission(place: Place) -> None:
    place.write("closed/main.tf", BUCKET)
    (place.folder / "closed").chmod(0)
    done = place.scan("--fail-on", "never", humble=True)
    assert done.code == 3
    assert done.problem("closed")[0] == "unreadable"


def test_modules_that_call_each_other(place: Place) -> None:
    place.write("a/main.tf", 'module "b" {\n  source = "../b"\n}\n' + BUCKET)
    place.write("b/main.tf", 'module "a" {\n  source = "../a"\n}\n')
    place.write("s/main.tf", '\nmodule "s" {\n  source = "./"\n}\n' + BUCKET)
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    assert done.problem("a")[0] == "partial"
    assert done.problem("b/main.tf")[:2] == ("partial", 1)
    assert done.problem("s/main.tf")[:2] == ("partial", 2)
    assert "itself" in done.problem("s/main.tf")[2]
    assert len([a for a in done.addresses("AWS::S3::Bucket") if a == "aws_s3_bucket.here"]) == 1


def test_modules_and_files_outside_are_left_alone(place: Place) -> None:
    (place.aside / "outside").mkdir()
    (place.aside / "outside" / "main.tf").write_text(BUCKET.replace("here", "outside"))
    (place.aside / "outside" / "words.txt").write_text("words-of-outside")
    (place.aside / "outside" / "stack.yaml").write_text(TEMPLATE.replace("A:", "Outside:"))
    place.write("m/main.tf", 'module "o" {\n  source = "../../outside"\n}\nmodule "e" {\n  source = "/etc"\n}\n'
                'module "l" {\n  source = "./link"\n}\n'
                'resource "aws_s3_bucket" "words" {\n  bucket = file("../../outside/words.txt")\n'
                '  tags = { a = file("/etc/passwd"), b = join(",", fileset("/", "*")) }\n}\n')  # fmt: skip
    (place.folder / "m" / "link").symlink_to("../../outside")
    place.write("t.yaml", "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
                "      TemplateURL: ../outside/stack.yaml\n")  # fmt: skip
    done = place.scan("--fail-on", "never")
    assert sorted((line, kind) for kind, path, line, _ in done.problems if path == "m/main.tf") == [
        (1, "partial"), (4, "external"), (7, "partial"),
    ]  # fmt: skip
    assert done.code == 3
    assert done.problem("t.yaml")[0] == "partial"
    for text in done.everything().values():
        assert "words-of-outside" not in text
        assert "root:x:0" not in text
        assert "aws_s3_bucket.outside" not in text
    assert done.addresses("AWS::S3::Bucket") == ["aws_s3_bucket.words"]


def test_too_many_instances(place: Place) -> None:
    place.write("x/main.tf", BUCKET
                + 'resource "aws_s3_bucket" "many" {\n  count  = 10000000\n  bucket = "x${count.index}"\n}\n'
                + 'resource "aws_s3_bucket" "each" {\n  for_each = toset([for n in range(900): tostring(n)])\n'
                "  bucket   = each.key\n}\n"
                + 'resource "aws_s3_bucket" "more" {\n  for_each = { for n in range(1024): '
                'n => setproduct(range(1000), range(1000), range(1000)) }\n  bucket   = each.key\n}\n')  # fmt: skip
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    told = {line: text for kind, path, line, text in done.problems if kind == "partial"}
    assert sorted(told) == [4, 12]
    assert "10000000" in told[4]
    found = done.addresses("AWS::S3::Bucket")
    assert len([address for address in found if address.startswith("aws_s3_bucket.each")]) == 900
    assert any(address.startswith("aws_s3_bucket.more") for address in found)


def test_modules_that_double(place: Place) -> None:
    """Two calls a level make 2 ** 15 instances of the last; what is over the limit is told."""
    for level in range(15):
        calls = "".join(f'module "{name}" {{\n  source = "../m{level + 1}"\n}}\n' for name in "ab")
        place.write(f"m{level}/main.tf", calls)
    place.write("m15/main.tf", BUCKET)
    done = place.scan("--fail-on", "never", "--only", "s3.bucket-keeps-versions", "--only", "ec2.*")
    assert done.code == 3
    assert [kind for kind, _, _, _ in done.problems] == ["partial"]


def test_ten_thousand_resources_in_a_template(place: Place) -> None:
    many = "".join(f"  A{n}:\n    Type: AWS::S3::Bucket\n" for n in range(10_003))
    place.write("t.yaml", f"Resources:\n{many}")
    done = place.scan("--fail-on", "never", "--only", "s3.bucket-keeps-versions", "--only", "ec2.*")
    assert done.code == 3
    assert len(done.addresses("AWS::S3::Bucket")) == 10_000
    assert done.problem("t.yaml")[0] == "partial"
    assert done.problem("t.yaml")[1] == pytest.approx(20_002, abs=1)


def test_loops_within_loops_in_a_template(place: Place) -> None:
    names = "[" + ",".join(f"a{n}" for n in range(3000)) + "]"
    place.write("t.yaml", f"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n    - X\n    - {names}\n"
                f"    - Fn::ForEach::B:\n        - Y\n        - {names}\n"
                "        - B${X}${Y}: {Type: 'AWS::S3::Bucket'}\n")  # fmt: skip
    done = place.scan("--fail-on", "never", "--only", "s3.bucket-keeps-versions", "--only", "ec2.*")
    assert done.code == 3
    assert done.problem("t.yaml")[0] in ("partial", "unreadable")


def test_stacks_within_themselves(place: Place) -> None:
    place.write(
        "t.yaml", f"{TEMPLATE}  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: t.yaml\n"
    )
    done = place.scan("--fail-on", "never")
    assert done.problem("t.yaml")[:2] == ("external", 4)
    assert done.verdicts("A")


HEAVY = {
    "a text that doubles": "locals {\n  a0 = \"xxxxxxxx\"\n"
    + "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 60))
    + "}\nresource \"aws_s3_bucket\" \"heavy\" {\n  bucket = local.a59\n}\n",
    "locals in a circle": "locals {\n  a = local.b\n  b = local.a\n}\nresource \"aws_s3_bucket\" \"heavy\" {\n"
    "  bucket = local.a\n}\n",
    "an expression that backtracks": "resource \"aws_s3_bucket\" \"heavy\" {\n  bucket = replace(\""
    + "a" * 5000 + "b\", \"/^(a|a)*(a|a)*(a|a)*$/\", regex(\"^(a+)+$\", \"" + "a" * 5000 + "!\"))\n}\n",
    "a sum of many": "locals {\n  a = 1" + "+1" * 50_000 + "\n}\nresource \"aws_s3_bucket\" \"heavy\" {\n"
    "  bucket = \"x${local.a}\"\n}\n",
    "text that decodes into much": "resource \"aws_s3_bucket\" \"heavy\" {\n  bucket = jsondecode(\"" + "[" * 3000
    + "]" * 3000 + "\")\n}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HEAVY)
def test_values_that_cost_too_much_are_not_known(place: Place, name: str) -> None:
    place.write("x/main.tf", HEAVY[name] + BUCKET)
    done = place.scan("--fail-on", "never")
    assert done.verdicts("aws_s3_bucket.heavy") or done.code == 3
    assert done.verdicts("aws_s3_bucket.here")


def test_a_plan_with_nonsense_among_its_changes(place: Place) -> None:
    after = {"bucket": "x", "tags": [1, {"a": []}], "versioning": 7}
    good = {
        "address": "aws_s3_bucket.good",
        "type": "aws_s3_bucket",
        "mode": "managed",
        "name": "good",
        "change": {"actions": ["create"], "after": after},
    }
    wrong = [1, None, {"a": 1}, {"type": "aws_s3_bucket"}, {"type": 3, "address": 4, "change": 5}, [[]],
             {"address": "x", "type": "aws_s3_bucket", "change": {"actions": ["create"], "after": [1]}}]  # fmt: skip
    plan = {"format_version": {"a": 1}, "planned_values": 7, "configuration": ["x"], "variables": 3,
            "resource_changes": [*wrong, good], "prior_state": "?", "errored": 1}  # fmt: skip
    place.write("plan.json", json.dumps(plan))
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    assert any(path == "plan.json" and "none" in text for kind, path, _, text in done.problems if kind == "partial")
    assert done.verdicts("aws_s3_bucket.good")


def test_a_template_with_nonsense_among_its_resources(place: Place) -> None:
    place.write("t.yaml", """\
Parameters: [7]
Conditions: {C: {Fn::Equals: [1]}, D: {Condition: D}, E: 7}
Mappings: {M: 7}
Outputs: [x]
Resources:
  A: {Type: 3}
  B: {Type: [a]}
  C: 7
  D:
  E: {Type: 'AWS::S3::Bucket', Properties: 8}
  F: {Properties: {}}
  1: {Type: 'AWS::S3::Bucket', Condition: C}
  G:
    Type: AWS::S3::Bucket
    Condition: D
    Properties:
      BucketName: {Ref: 7}
      Tags: {'Fn::If': [1]}
      VersioningConfiguration: on
      PublicAccessBlockConfiguration: [1, 2]
      BucketEncryption: {ServerSideEncryptionConfiguration: {'Fn::GetAtt': [[]]}}
  H: {Type: 'AWS::EC2::SecurityGroup', Properties: {SecurityGroupIngress: 7}}
  I: {Type: 'AWS::EC2::SecurityGroup', Properties: {SecurityGroupIngress: [7, [8], {FromPort: x, CidrIp: [c]}]}}
  J:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: hello
      Policies: [{PolicyDocument: {Statement: [7, {Effect: 3, Action: {a: b}, Condition: [x], Principal: 9}]}}]
  K:
    Type: AWS::RDS::DBInstance
    Properties: {BackupRetentionPeriod: 99999999999999999999999, AllocatedStorage: .nan, StorageEncrypted: .inf}
""")  # fmt: skip
    done = place.scan("--fail-on", "never")
    assert done.code == 3
    told = {line for kind, path, line, _ in done.problems if path == "t.yaml" and kind == "partial"}
    assert {6, 7, 8, 9, 11} <= told
    for address in "EGHIJK":
        assert done.verdicts(address), address
    assert set(done.verdicts("E")) == {"unknown"}


def test_terraform_with_nonsense_among_its_attributes(place: Place) -> None:
    place.write("x/main.tf", """\
resource "aws_s3_bucket" {
}
resource {
}
resource "a" "b" "c" {
}
resource "aws_s3_bucket" "b" {
  bucket     = ["a"]
  versioning = 3
  tags       = "x"
}
resource "aws_security_group" "s" {
  ingress = "x"
}
resource "aws_security_group" "t" {
  ingress {
    from_port   = "abc"
    cidr_blocks = { a = "b" }
  }
}
resource "aws_iam_role" "r" {
  assume_role_policy  = 7
  managed_policy_arns = "x"
}
resource "aws_iam_role" "d" {
  assume_role_policy = "{\\"Statement\\": [7, {\\"Principal\\": [1]}]}"
}
resource "aws_db_instance" "d" {
  backup_retention_period = -999999999999999999999999999
  allocated_storage       = null
}
module "m" {
  source = 7
}
module "n" {
}
variable "v" {
  type = nonsense(string)
}
""" + BUCKET)  # fmt: skip
    done = place.scan("--fail-on", "never")
    for address in (
        "aws_s3_bucket.b",
        "aws_security_group.s",
        "aws_iam_role.r",
        "aws_db_instance.d",
        "aws_s3_bucket.here",
    ):
        assert done.verdicts(address), address


def test_encodings_that_can_be_read(place: Place) -> None:
    mark = b"\xef\xbb\xbf"
    windows = BUCKET.replace("here", "windows").replace("\n", "\r\n")
    place.write("a/main.tf", mark + BUCKET.encode() + b"\r\n" + windows.encode())
    place.write("a/x.tf.json", mark + b'{"resource": {"aws_s3_bucket": {"json": {"bucket": "y"}}}}')
    place.write("a.yaml", mark + TEMPLATE.replace("A:", "Marked:").replace("\n", "\r\n").encode())
    place.write("b.yaml", TEMPLATE.replace("A:", "Wide:").encode("utf-16"))
    place.write("c.json", json.dumps({"Resources": {"WideJson": {"Type": "AWS::S3::Bucket"}}}).encode("utf-16"))
    change = {"address": "aws_s3_bucket.plan", "type": "aws_s3_bucket", "change": {"actions": ["create"], "after": {}}}
    plan = json.dumps({"format_version": "1.2", "resource_changes": [change]})
    place.write("plan.json", plan.encode("utf-16"))
    place.write("plan2.json", mark + plan.replace("bucket.plan", "bucket.marked").encode())
    done = place.scan()
    assert done.problems == []
    for address in ("here", "windows", "json", "plan", "marked"):
        assert done.verdicts(f"aws_s3_bucket.{address}"), address
    for address in ("Marked", "Wide", "WideJson"):
        assert done.verdicts(address), address
    lines = {v["resource"]["address"]: v["location"]["line"] for v in done.report["verdicts"]}
    assert lines["aws_s3_bucket.windows"] == 5


def test_empty_files_are_nothing(place: Place) -> None:
    for path in ("a/main.tf", "a/terraform.tfvars", "a.yaml", "a.json", "a.template", "plan.json"):
        place.write(path, "")
    place.write("b.yaml", "\n\n   \n---\n")
    place.write("c.yaml", "Resources:\n")
    done = place.scan()
    assert done.code == 1
    assert done.problems == []


@pytest.mark.parametrize("path", ["x/main.tf", "t.yaml", "plan.json"])
def test_a_file_that_goes_away_between_finding_and_reading(place: Place, path: str) -> None:
    place.write("x/other.tf", BUCKET)
    place.write("x/main.tf", BUCKET.replace("here", "gone"))
    place.write("t.yaml", TEMPLATE)
    place.write("plan.json", PLAN + '"resource_changes": []}')
    program = (
        "import os, sys, bastide.scan as scanning\n"
        "find = scanning.discover\n"
        f"def found(*given):\n    units = find(*given)\n    os.unlink({path!r})\n    return units\n"
        "scanning.discover = found\n"
        "from bastide.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = place.scan("--fail-on", "never", program=program)
    assert done.verdicts("aws_s3_bucket.here")
    if path == "x/main.tf":  # was read when it was found, and is judged as it was then
        assert done.verdicts("aws_s3_bucket.gone")
    else:
        assert done.code == 3
        assert done.problem(path)[0] == "unreadable"


def test_settings_controls_and_baselines_that_are_hostile(place: Place) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n" + "[" * 200
    for name, arguments in (
        ("bastide.yaml", ()),
        ("own.yaml", ("--controls", "own.yaml")),
        ("baseline.json", ("--baseline", "baseline.json")),
    ):
        for content in (bomb, "\x1b[31m: <b>\n", b"\xff\xfe\0", "[" * 100_000, "{" * 100_000):
            path = place.write(name, content)
            done = place.run("scan", "innocent", *arguments)
            stderr = done.stderr.decode()
            assert done.returncode == 2, (name, content[:20], stderr)
            assert stderr.startswith("bastide: ")
            assert name in stderr
            assert "\x1b" not in stderr
            assert "Traceback" not in stderr
            path.unlink()


def test_words_on_standard_error_are_visible(place: Place) -> None:
    done = place.run("scan", "\x1b[31mnowhere")
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"\\x1b[31mnowhere" in done.stderr
