"""Notebook instances, domains and models of SageMaker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NOTEBOOK, DOMAIN, MODEL = "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::Domain", "AWS::SageMaker::Model"
ROLE = "arn:aws:iam::123456789012:role/lab"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k-1"
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:"
MODULE = """
resource "aws_sagemaker_notebook_instance" "lab" {
  name                   = "lab"
  instance_type          = "ml.t2.medium"
  role_arn               = "arn:aws:iam::123456789012:role/lab"
  subnet_id              = "subnet-1"
  security_groups        = ["sg-1"]
  direct_internet_access = "Disabled"
  root_access            = "Enabled"
}
resource "aws_sagemaker_model" "scores" {
  name                     = "scores"
  execution_role_arn       = "arn:aws:iam::123456789012:role/lab"
  primary_container { image = "i" }
}
"""


def test_a_notebook_and_a_model_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("sagemaker")
    client.create_notebook_instance(
        NotebookInstanceName="lab",
        InstanceType="ml.t2.medium",
        RoleArn=ROLE,
        SubnetId="subnet-1",
        SecurityGroupIds=["sg-1"],
        DirectInternetAccess="Disabled",
        RootAccess="Enabled",
    )
    client.create_model(ModelName="scores", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
    found = collect(NOTEBOOK, MODEL)
    lab = found.one(NOTEBOOK)
    assert (lab.address, lab.metadata["id"]) == (f"{ARN}notebook-instance/lab", "lab")
    assert lab.properties["SecurityGroupIds"] == ["sg-1"]
    assert found.one(MODEL).address.startswith(f"{ARN}model/scores")
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["sagemaker.notebook-has-no-direct-internet-access"] == {"pass"}
    assert verdicts["sagemaker.notebook-gives-no-root"] == {"fail"}
    assert verdicts["sagemaker.model-is-isolated"] == {"fail"}


def test_a_domain_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    made = aws("sagemaker").create_domain(
        DomainName="lab",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": ROLE},
        SubnetIds=["subnet-1"],
        VpcId="vpc-1",
        AppNetworkAccessType="VpcOnly",
        KmsKeyId=KEY,
    )
    found = collect(DOMAIN)
    domain = found.one(DOMAIN)
    assert domain.address == made["DomainArn"]
    assert domain.properties["KmsKeyId"] == KEY
    module = 'resource "aws_sagemaker_domain" "lab" {\n domain_name = "lab"\n app_network_access_type = "VpcOnly"\n'
    verdicts = judged(found)
    assert verdicts == judged(written(f'{module} kms_key_id = "{KEY}"\n}}'))
    assert verdicts["sagemaker.domain-stays-in-the-vpc"] == {"pass"}


def notebook(status: str = "InService") -> dict[str, Any]:
    """The answer of ListNotebookInstances with one notebook instance."""
    one = {"NotebookInstanceName": "lab", "NotebookInstanceArn": f"{ARN}notebook-instance/lab"}
    return {"ListNotebookInstances": {"NotebookInstances": [{**one, "NotebookInstanceStatus": status}]}}


def test_whose_key_it_is(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    control = "sagemaker.notebook-uses-customer-key"
    described = {**notebook(), "DescribeNotebookInstance": {"KmsKeyId": "k-1", "RootAccess": "Disabled"}}
    managed = {"AliasName": "alias/aws/sagemaker", "AliasArn": f"{ARN}alias/aws/sagemaker", "TargetKeyId": "k-1"}
    found = answered("sagemaker", {**described, "ListAliases": {"Aliases": [managed]}}, NOTEBOOK)
    assert judged(found)[control] == {"fail"}
    found = answered("sagemaker", {**described, "ListAliases": {"Aliases": []}}, NOTEBOOK)
    assert found.one(NOTEBOOK).properties["KmsKeyId"] == "k-1"
    assert judged(found)[control] == {"pass"}
    found = answered("sagemaker", {**described, "ListAliases": "AccessDeniedException"}, NOTEBOOK)
    assert judged(found)[control] == {"unknown"}
    assert judged(found)["sagemaker.notebook-gives-no-root"] == {"pass"}


def test_without_a_key_nobody_asks_for_its_name(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("sagemaker", {**notebook(), "DescribeNotebookInstance": {"RootAccess": "Disabled"}}, NOTEBOOK)
    assert judged(found)["sagemaker.notebook-uses-customer-key"] == {"fail"}


def test_what_goes_away_is_left_out(answered: Callable[..., Any]) -> None:
    found = answered("sagemaker", {**notebook("Deleting"), "DescribeNotebookInstance": {}}, NOTEBOOK)
    assert (found.resources, found.unread) == ([], {})


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        **notebook(),
        "DescribeNotebookInstance": "AccessDeniedException",
        "ListDomains": {"Domains": [{"DomainArn": f"{ARN}domain/d-1", "DomainId": "d-1"}]},
        "DescribeDomain": "AccessDeniedException",
        "ListModels": {"Models": [{"ModelName": "scores", "ModelArn": f"{ARN}model/scores", "CreationTime": 0}]},
        "DescribeModel": "AccessDeniedException",
    }
    found = answered("sagemaker", answers, NOTEBOOK, DOMAIN, MODEL)
    assert "grant sagemaker:DescribeNotebookInstance" in found.one(NOTEBOOK).unresolved["KmsKeyId"]
    assert "grant sagemaker:DescribeDomain" in found.one(DOMAIN).unresolved["AppNetworkAccessType"]
    assert "grant sagemaker:DescribeModel" in found.one(MODEL).unresolved["EnableNetworkIsolation"]
    assert {status for statuses in judged(found).values() for status in statuses} == {"unknown"}


def test_a_model_that_is_isolated(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    one = {"ModelName": "scores", "ModelArn": f"{ARN}model/scores", "CreationTime": 0}
    answers = {"ListModels": {"Models": [one]}, "DescribeModel": {**one, "EnableNetworkIsolation": True}}
    assert judged(answered("sagemaker", answers, MODEL))["sagemaker.model-is-isolated"] == {"pass"}


def test_a_model_that_is_gone_by_now(answered: Callable[..., Any]) -> None:
    listed = {"Models": [{"ModelName": "scores", "ModelArn": f"{ARN}model/scores", "CreationTime": 0}]}
    gone = 'ValidationException: Could not find model "scores".'
    assert answered("sagemaker", {"ListModels": listed, "DescribeModel": gone}, MODEL).resources == []
    broken = answered("sagemaker", {"ListModels": listed, "DescribeModel": "ValidationException"}, MODEL)
    assert "failed" in broken.one(MODEL).unresolved["EnableNetworkIsolation"]


def test_keys_of_volumes_behind_endpoints(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/score"
    listed = {"EndpointConfigName": "score", "EndpointConfigArn": arn, "CreationTime": 0}
    variant = {"VariantName": "a", "ModelName": "m", "InstanceType": "ml.m5.large"}
    alias = {"AliasName": "alias/aws/sagemaker", "TargetKeyId": "k"}
    alias["AliasArn"] = "arn:aws:kms:eu-west-1:123456789012:alias/aws/sagemaker"
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    answers: dict[str, Any] = {
        "ListEndpointConfigs": {"EndpointConfigs": [listed]},
        "DescribeEndpointConfig": {**listed, "ProductionVariants": [variant], "KmsKeyId": key},
        "ListAliases": {"Aliases": [alias]},
    }
    control = "sagemaker.endpoint-volumes-use-customer-key"
    assert judged(answered("sagemaker", answers, "AWS::SageMaker::EndpointConfig"))[control] == {"fail"}
    answers["ListAliases"] = {"Aliases": []}
    assert judged(answered("sagemaker", answers, "AWS::SageMaker::EndpointConfig"))[control] == {"pass"}
