"""No secret that stands in the input stands in any output, nor in what is kept of the scan.

Every planted secret is a word of its own, so that whichever leaks is named.
"""

from __future__ import annotations

import base64
import json

import pytest

from tests.conformance.conftest import Outcome, Place

pytestmark = pytest.mark.slow

PEM = "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----"


class Planted:
    """Makes secrets, each its own, and knows them all."""

    def __init__(self) -> None:
        self.all: dict[str, str] = {}

    def password(self, where: str) -> str:
        """A word that a person might have chosen; only the name beside it tells what it is."""
        return self._new(where, f"Hunter-{len(self.all)}-Tr0ub4dor&3x")

    def key(self, where: str) -> str:
        """An access key id."""
        return self._new(where, f"AKIA{len(self.all):02d}Q7ZJ3MPLRT4WXQ".replace("0", "Z").replace("1", "Y"))

    def random(self, where: str) -> str:
        """An AWS secret key: forty random characters."""
        return self._new(where, f"wJalrXUtnFEMI{len(self.all):02d}K7MDENGbPxRfiCYzEQ9vTs6h")

    def pem(self, where: str) -> str:
        """A private key."""
        return PEM.format(
            self._new(where, f"MIIEpAIBAAKCAQEA{len(self.all):02d}vT8kqJ3nXz5LwQeRtYuIoPaSdFgHjKlZxCvBnM")
        )

    def _new(self, where: str, secret: str) -> str:
        assert secret not in self.all.values()
        self.all[where] = secret
        return secret

    def assert_nowhere(self, outcome: Outcome) -> None:
        """In no format, not on the terminal, not on standard error, not in the kept state."""
        leaks = [
            (where, name, text[max(0, text.find(secret) - 150) : text.find(secret) + 30])
            for name, text in outcome.everything().items()
            for where, secret in self.all.items()
            if secret in text or json.dumps(secret)[1:-1] in text
        ]
        told = "\n".join(f"{where} in {name}: …{around}" for where, name, around in leaks)
        assert not leaks, told


TERRAFORM = """
variable "db_password" {{
  default = "{var_default}"
}}
variable "declared" {{
  sensitive = true
  default   = "{sensitive_default}"
}}
variable "from_file" {{}}
variable "token" {{
  sensitive = true
}}
locals {{
  connection = "postgres://app:{connection}@db.example.com:5432/app"
}}
provider "aws" {{
  access_key = "{provider_key}"
  secret_key = "{provider_secret}"
}}
resource "aws_db_instance" "d" {{
  password            = "{db}"
  publicly_accessible = true
}}
resource "aws_db_instance" "v" {{
  password = var.db_password
  username = var.declared
}}
resource "aws_rds_cluster" "c" {{
  master_password = var.from_file
}}
resource "aws_elasticache_replication_group" "r" {{
  auth_token = var.token
}}
resource "aws_redshift_cluster" "r" {{
  master_password = format("%s-%s", "{formatted}", "x")
}}
resource "aws_lambda_function" "l" {{
  environment {{
    variables = {{
      DB_PASSWORD           = "{lambda_password}"
      DATABASE_URL          = local.connection
      AWS_ACCESS_KEY_ID     = "{lambda_key}"
      AWS_SECRET_ACCESS_KEY = "{lambda_secret}"
      CERT                  = <<-EOT
{lambda_pem}
      EOT
    }}
  }}
}}
resource "aws_instance" "i" {{
  user_data = <<-EOT
    #!/bin/sh
    export AWS_SECRET_ACCESS_KEY={userdata_secret}
    mysql --password='{userdata_password}' -h db
  EOT
}}
resource "aws_instance" "encoded" {{
  user_data_base64 = base64encode("export DB_PASSWORD={userdata_encoded}")
}}
resource "aws_launch_template" "t" {{
  user_data = "{userdata_base64}"
}}
resource "aws_ecs_task_definition" "t" {{
  container_definitions = jsonencode([{{
    name        = "app"
    image       = "app"
    environment = [{{ name = "API_TOKEN", value = "{task_token}" }}, {{ name = "PLAIN", value = "{task_key}" }}]
    command     = ["--db-password={task_command}"]
  }}])
}}
resource "aws_ssm_parameter" "p" {{
  name  = "/app/password"
  type  = "SecureString"
  value = "{ssm}"
}}
resource "aws_ssm_parameter" "open" {{
  name  = "/app/db-password"
  type  = "String"
  value = "{ssm_open}"
}}
resource "aws_secretsmanager_secret_version" "s" {{
  secret_id     = "x"
  secret_string = jsonencode({{ username = "app", password = "{secret_version}" }})
}}
resource "aws_iam_user_login_profile" "u" {{
  user     = "u"
  password = "{login}"
}}
resource "aws_codebuild_project" "b" {{
  environment {{
    environment_variable {{
      name  = "DEPLOY_KEY"
      value = "{codebuild}"
    }}
  }}
}}
resource "aws_dms_endpoint" "e" {{
  password = "{dms}"
}}
resource "aws_s3_bucket" "each" {{
  for_each = toset(["{each_key}"])
  bucket   = each.key
  tags     = {{ Password = "{tag}" }}
}}
resource "aws_sns_topic_subscription" "s" {{
  endpoint = "https://user:{subscription}@example.com/hook"
}}
resource "aws_transfer_ssh_key" "k" {{
  body = "{transfer_pem_line}"
}}
module "m" {{
  source   = "./m"
  password = "{module_argument}"
}}
resource "aws_apigatewayv2_stage" "s" {{
  stage_variables = {{ apiKey = "{stage}" }}
}}
resource "aws_unknown_thing" "u" {{
  password = "{unmapped}"
}}
resource "aws_docdb_cluster" "d" {{
  master_password = "${{var.nowhere}}-{half_known}"
}}
"""


def fill(template: str, planted: Planted) -> str:
    """The template with a secret in every gap; the name of the gap tells of which kind it is."""
    import re
    import string

    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    values = {}
    for name in dict.fromkeys(names):
        kinds = {"key": planted.key, "secret": planted.random, "pem": planted.pem}
        last = name.rsplit("_", 1)[-1]
        values[name] = kinds.get(last, planted.password)(name) if name != "userdata_base64" else ""
    if "userdata_base64" in values:
        plain = planted.password("userdata_base64")
        values["userdata_base64"] = base64.b64encode(f"export DB_PASSWORD={plain}".encode()).decode()
        planted.all["userdata_base64 as it stands"] = values["userdata_base64"]
    if "lambda_pem" in values:
        values["lambda_pem"] = re.sub("^", "      ", values["lambda_pem"], flags=re.MULTILINE)
    return template.format(**values)


def test_in_terraform(place: Place) -> None:
    planted = Planted()
    place.write("x/main.tf", fill(TERRAFORM, planted))
    place.write(
        "x/m/main.tf", 'variable "password" {}\nresource "aws_db_instance" "m" {\n  password = var.password\n}\n'
    )
    place.write(
        "x/terraform.tfvars", f'from_file = "{planted.password("tfvars")}"\ntoken = "{planted.key("tfvars 2")}"\n'
    )
    place.write("x/env.auto.tfvars.json", json.dumps({"nobody_asks": planted.key("tfvars json")}))
    place.write(
        "x/broken.tf", f'locals {{\n  password = "{planted.password("broken")}" "{planted.key("broken 2")}\n}}\n'
    )
    done = place.scan("--show-passed", "--verbose")
    assert "fail" in done.verdicts("aws_db_instance.d")
    assert len(done.report["verdicts"]) > 60
    planted.assert_nowhere(done)


def sensitive_plan(planted: Planted) -> dict[str, object]:
    """A plan as `terraform show -json` writes it: with every value, sensitive or not, in plain text."""
    given = planted.password("plan variable")
    after = {
        "password": planted.password("plan password"),
        "username": "app",
        "publicly_accessible": True,
        "address": planted.password("plan by mark"),
        "tags": {"Note": planted.password("plan tag by mark")},
    }
    change = {
        "actions": ["update"],
        "before": {"password": planted.password("plan before")},
        "after": after,
        "after_unknown": {},
        "after_sensitive": {"address": True, "tags": True},
        "before_sensitive": {"password": True},
    }
    task = [{"name": "a", "environment": [{"name": "DB_PASSWORD", "value": planted.password("plan task")}]}]
    function = {"environment": [{"variables": {"KEY": planted.key("plan key"), "S": planted.random("plan secret")}}]}
    whole = {"secret_string": planted.password("plan secret string"), "secret_id": "x"}
    data = {"user_data": f"#!/bin/sh\necho {planted.pem('plan user data')}"}

    def made(kind: str, name: str, values: object) -> dict[str, object]:
        will = {"actions": ["create"], "after": values, "after_unknown": {}, "after_sensitive": {}}
        return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "change": will}

    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "variables": {"db_password": {"value": given}},
        "planned_values": {"outputs": {"o": {"sensitive": True, "value": planted.password("plan output")}}},
        "resource_changes": [
            {
                "address": "aws_db_instance.d",
                "mode": "managed",
                "type": "aws_db_instance",
                "name": "d",
                "change": change,
            },
            made("aws_ecs_task_definition", "t", {"container_definitions": json.dumps(task)}),
            made("aws_lambda_function", "l", function),
            made("aws_secretsmanager_secret_version", "s", whole),
            made("aws_instance", "i", data),
            made(
                "aws_ssm_parameter",
                "p",
                {"name": "/db/password", "type": "String", "value": planted.password("plan ssm")},
            ),
        ],
        "configuration": {"root_module": {"variables": {"db_password": {"default": planted.password("plan default")}}}},
    }


def test_in_a_plan(place: Place) -> None:
    planted = Planted()
    place.write("plan.json", json.dumps(sensitive_plan(planted)))
    done = place.scan("--show-passed", "--verbose")
    assert "fail" in done.verdicts("aws_db_instance.d")
    planted.assert_nowhere(done)


TEMPLATE = """
Description: "connect with postgres://app:{description}@db/app"
Parameters:
  Hidden: {{Type: String, NoEcho: true, Default: "{noecho}"}}
  DbPassword: {{Type: String, Default: "{parameter}"}}
  Listed: {{Type: String, NoEcho: true, AllowedValues: ["{allowed}"], Default: "{listed}"}}
Mappings:
  Keys: {{eu: {{secret: "{mapping}"}}}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      PubliclyAccessible: true
      MasterUsername: !Ref Hidden
      MasterUserPassword: !Ref DbPassword
  Db2:
    Type: AWS::RDS::DBInstance
    Properties: {{MasterUserPassword: "{master}", PubliclyAccessible: true}}
  Db3:
    Type: AWS::RDS::DBInstance
    Properties: {{MasterUserPassword: !Sub "{sub}-${{AWS::Region}}-${{Hidden}}"}}
  Db4:
    Type: AWS::RDS::DBCluster
    Properties: {{MasterUserPassword: !FindInMap [Keys, eu, secret], MasterUsername: !Ref Listed}}
  Db5:
    Type: AWS::Redshift::Cluster
    Properties: {{MasterUserPassword: !Join ["", ["{joined}", !Ref "AWS::StackName"]]}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          API_KEY: "{function_key}"
          APP_SECRET: "{function_secret}"
          DATABASE_URL: !Sub "mysql://root:{function_url}@${{Db.Endpoint.Address}}/x"
          HIDDEN: !Sub "x-${{Hidden}}"
      Code:
        ZipFile: |
          import boto3
          client = boto3.client("s3", aws_secret_access_key="{code_secret}")
  Machine:
    Type: AWS::EC2::Instance
    Properties:
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          export DB_PASSWORD="{userdata}"
          aws configure set aws_secret_access_key {userdata_secret}
  Machine2:
    Type: AWS::EC2::Instance
    Metadata:
      AWS::CloudFormation::Init:
        config: {{files: {{/etc/x: {{content: "password={init}"}}}}}}
    Properties: {{UserData: "{userdata_base64}"}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: a
          Image: b
          Environment: [{{Name: DB_PASS, Value: "{task}"}}, {{Name: X, Value: "{task_key}"}}]
  Parameter:
    Type: AWS::SSM::Parameter
    Properties: {{Type: String, Name: /app/token, Value: "{ssm}"}}
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {{SecretString: '{{"password": "{secret_string}"}}'}}
  User:
    Type: AWS::IAM::User
    Properties: {{LoginProfile: {{Password: "{login}"}}}}
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Environment: {{EnvironmentVariables: [{{Name: GH_TOKEN, Type: PLAINTEXT, Value: "{build}"}}]}}
  Directory:
    Type: AWS::DirectoryService::MicrosoftAD
    Properties: {{Password: "{directory}"}}
  Custom:
    Type: Custom::Thing
    Properties: {{ServiceToken: x, Password: "{custom}", Note: "{custom_key}"}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {{BucketName: !Ref Hidden, Tags: [{{Key: Password, Value: "{tag}"}}]}}
  Certificate:
    Type: AWS::IAM::ServerCertificate
    Properties: {{PrivateKey: "{certificate_password}"}}
Outputs:
  O: {{Value: "{output}"}}
"""


def test_in_a_template(place: Place) -> None:
    planted = Planted()
    place.write("stacks/t.yaml", fill(TEMPLATE, planted))
    place.write(
        "stacks/broken.yaml",
        f'Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Password: ["{planted.password("broken")}"\n',
    )
    done = place.scan("--show-passed", "--verbose")
    assert "fail" in done.verdicts("Db2")
    assert len(done.report["verdicts"]) > 60
    planted.assert_nowhere(done)


def test_in_an_assembly_and_a_serverless_template(place: Place) -> None:
    planted = Planted()
    function = {
        "Type": "AWS::Lambda::Function",
        "Metadata": {"aws:cdk:path": "App/Fn/Resource"},
        "Properties": {"Environment": {"Variables": {"TOKEN": planted.password("cdk"), "K": planted.key("cdk 2")}}},
    }
    manifest = {
        "version": "36.0.0",
        "artifacts": {
            "App": {
                "type": "aws:cloudformation:stack",
                "properties": {
                    "templateFile": "App.template.json",
                    "parameters": {"Password": planted.password("manifest")},
                },
            }
        },
    }
    parameters = {"Password": {"Type": "String", "NoEcho": True}}
    database = {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": {"Ref": "Password"}}}
    template = {"Parameters": parameters, "Resources": {"Fn": function, "Db": database}}
    place.write("cdk.out/manifest.json", json.dumps(manifest))
    place.write("cdk.out/App.template.json", json.dumps(template))
    place.write("sam.yaml", f"""
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Environment: {{Variables: {{DB_PASSWORD: "{planted.password('globals')}"}}}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "password = '{planted.password('inline')}'"
      Environment: {{Variables: {{STRIPE: "{planted.key('sam key')}"}}}}
      Events:
        A: {{Type: Api, Properties: {{Path: /, Method: get}}}}
""")  # fmt: skip
    done = place.scan("--show-passed", "--verbose")
    assert done.verdicts("F")
    assert done.verdicts("Fn")
    planted.assert_nowhere(done)


def test_in_a_baseline_and_a_query(place: Place) -> None:
    planted = Planted()
    place.write("x/main.tf", fill(TERRAFORM, planted))
    place.write("t.yaml", fill(TEMPLATE.replace("{", "{{").replace("}", "}}"), Planted()))
    made = place.run("baseline", "--file", "baseline.json", ".")
    assert made.returncode in (0, 3), made.stderr
    place.run("scan", ".")
    tables = ("resources", "unresolved", "links", "statements", "verdicts", "controls", "coverage")
    texts = [place.run("query", f"from {table}", "-f", "json").stdout.decode() for table in tables]
    texts += [(place.folder / "baseline.json").read_text(), made.stdout.decode(), made.stderr.decode()]
    assert len(texts[0]) > 1000
    for where, secret in planted.all.items():
        assert not [number for number, text in enumerate(texts) if secret in text], where
