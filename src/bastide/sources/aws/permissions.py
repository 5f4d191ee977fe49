"""The IAM permission that a call needs, where a collector does not say another."""

from __future__ import annotations

PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "account": "account",
    "acm-pca": "acm-pca",
    "apigatewayv2": "apigateway",
    "application-autoscaling": "application-autoscaling",
    "autoscaling-plans": "autoscaling-plans",
    "bedrock-agent": "bedrock",
    "cloudhsmv2": "cloudhsm",
    "codestar-connections": "codestar-connections",
    "cognito-identity": "cognito-identity",
    "cognito-idp": "cognito-idp",
    "docdb": "rds",
    "dynamodbstreams": "dynamodb",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "emr-serverless": "emr-serverless",
    "es": "es",
    "kafka": "kafka",
    "lex-models": "lex",
    "macie2": "macie2",
    "mq": "mq",
    "neptune": "rds",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "redshift-serverless": "redshift-serverless",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
    "timestream-influxdb": "timestream-influxdb",
    "waf-regional": "waf-regional",
}
"""IAM's prefix for botocore's service names, where the two differ or one may doubt it."""


def permission_of(service: str, operation: str) -> str:
    """`service:Operation`, by IAM's name of the service."""
    return f"{PREFIXES.get(service, service)}:{operation}"
