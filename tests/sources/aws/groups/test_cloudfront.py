"""Distributions of CloudFront."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::CloudFront::Distribution"

MODULE = """
resource "aws_cloudfront_distribution" "shop" {
  enabled = true
  origin {
    domain_name = "shop.s3.eu-west-1.amazonaws.com"
    origin_id   = "files"
    s3_origin_config { origin_access_identity = "" }
  }
  origin {
    domain_name = "api.example.com"
    origin_id   = "api"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "match-viewer"
      origin_ssl_protocols   = ["TLSv1", "TLSv1.2"]
    }
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "files"
    viewer_protocol_policy = "redirect-to-https"
    forwarded_values {
      query_string = false
      cookies { forward = "none" }
    }
  }
  ordered_cache_behavior {
    path_pattern           = "/api/*"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "api"
    viewer_protocol_policy = "allow-all"
    forwarded_values {
      query_string = false
      cookies { forward = "none" }
    }
  }
  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = ["IE"]
    }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
"""


def behaviour(origin: str, policy: str) -> dict[str, Any]:
    """A cache behaviour as the API has it."""
    methods = {"Quantity": 2, "Items": ["GET", "HEAD"]}
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": policy,
        "AllowedMethods": {**methods, "CachedMethods": methods},
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }


def configuration() -> dict[str, Any]:
    """The distribution of the module above as the API has it."""
    files = {
        "Id": "files",
        "DomainName": "shop.s3.eu-west-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    protocols = {"Quantity": 2, "Items": ["TLSv1", "TLSv1.2"]}
    custom = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "match-viewer",
        "OriginSslProtocols": protocols,
    }
    api = {"Id": "api", "DomainName": "api.example.com", "CustomOriginConfig": custom}
    return {
        "CallerReference": "r",
        "Comment": "",
        "Enabled": True,
        "DefaultRootObject": "",
        "WebACLId": "",
        "Aliases": {"Quantity": 0},
        "Origins": {"Quantity": 2, "Items": [files, api]},
        "DefaultCacheBehavior": behaviour("files", "redirect-to-https"),
        "CacheBehaviors": {"Quantity": 1, "Items": [{"PathPattern": "/api/*", **behaviour("api", "allow-all")}]},
        "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["IE"]}},
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
    }


def test_a_distribution_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    made = aws("cloudfront").create_distribution(DistributionConfig=configuration())["Distribution"]
    found = collect(TYPE)
    shop = found.one(TYPE)
    assert shop.address == made["ARN"]
    assert shop.metadata["region"] == "global"
    config = shop.properties["DistributionConfig"]
    assert config["DefaultCacheBehavior"]["CachedMethods"] == ["GET", "HEAD"]
    assert config["Origins"][1]["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1", "TLSv1.2"]
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert {name for name, status in verdicts.items() if status == {"fail"}} >= {
        "cloudfront.distribution-refuses-plain-http",
        "cloudfront.distribution-refuses-old-tls",
        "cloudfront.distribution-logs-requests",
        "cloudfront.distribution-has-web-acl",
        "cloudfront.s3-origin-needs-an-identity",
        "cloudfront.origin-connection-is-encrypted",
        "cloudfront.origin-refuses-old-tls",
        "cloudfront.distribution-has-default-root-object",
    }


def read(answered: Callable[..., Any], answer: Any) -> Any:
    """A collection of one distribution with this configuration."""
    summary = {"Id": "E1", "ARN": "arn:aws:cloudfront::123456789012:distribution/E1", "DomainName": "d.example.net"}
    unread = {
        "Status": "Deployed",
        "LastModifiedTime": 0,
        "Comment": "",
        "PriceClass": "PriceClass_All",
        "Enabled": True,
        "WebACLId": "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": True,
        "Staging": False,
        "CustomErrorResponses": {"Quantity": 0},
    }
    config = configuration()
    names = ("Aliases", "Origins", "DefaultCacheBehavior", "CacheBehaviors", "ViewerCertificate", "Restrictions")
    item = {**summary, **unread, **{name: config[name] for name in names}}
    listed = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 1, "Items": [item]}
    answers = {"ListDistributions": {"DistributionList": listed}, "GetDistributionConfig": answer}
    return answered("cloudfront", answers, TYPE)


def test_logs_and_restrictions(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    logs = {"Enabled": True, "IncludeCookies": False, "Bucket": "logs.s3.amazonaws.com", "Prefix": ""}
    found = read(answered, {"DistributionConfig": {**configuration(), "Logging": logs}})
    config = found.one(TYPE).properties["DistributionConfig"]
    assert config["Restrictions"] == {"GeoRestriction": {"RestrictionType": "whitelist", "Locations": ["IE"]}}
    assert judged(found)["cloudfront.distribution-logs-requests"] == {"pass"}


def test_a_configuration_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = read(answered, "AccessDenied")
    assert "grant cloudfront:GetDistributionConfig" in found.one(TYPE).unresolved["DistributionConfig"]
    verdicts = judged(found)
    assert verdicts["cloudfront.distribution-has-web-acl"] == {"unknown"}
    assert verdicts["cloudfront.distribution-logs-requests"] == {"unknown"}


def test_a_delivery_of_the_new_kind_counts_as_logs(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = read(answered, {"DistributionConfig": configuration()})
    source = {
        "name": "s",
        "arn": "arn:aws:logs:us-east-1:123456789012:delivery-source:s",
        "resourceArns": [found.one(TYPE).address],
        "service": "cloudfront",
        "logType": "ACCESS_LOGS",
    }
    answers = {"DescribeDeliverySources": {"deliverySources": [source]}}
    found.resources += answered("logs", answers, "AWS::Logs::DeliverySource", region="us-east-1").resources
    assert found.one("AWS::Logs::DeliverySource").properties["ResourceArn"] == found.one(TYPE).address
    assert judged(found)["cloudfront.distribution-logs-requests"] == {"pass"}
