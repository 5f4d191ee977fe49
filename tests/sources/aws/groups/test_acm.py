"""Certificates of ACM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::CertificateManager::Certificate"
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/"
CLEAR = {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"}

MODULE = """
resource "aws_acm_certificate" "shop" {
  domain_name       = "shop.example.com"
  validation_method = "DNS"
}
"""


def certificate(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A certificate as it is described."""
    return {"CertificateArn": ARN + name, "DomainName": f"{name}.example.com", "Type": kind, "Status": "ISSUED", **more}


def read(answered: Callable[..., Any], *certificates: dict[str, Any]) -> Any:
    """A collection of these."""
    by_arn = {one["CertificateArn"]: one for one in certificates}
    names = ("CertificateArn", "DomainName", "Type", "Status")
    listed = [{name: one[name] for name in names} for one in certificates]
    answers = {
        "ListCertificates": {"CertificateSummaryList": listed},
        "DescribeCertificate": lambda asked: {"Certificate": by_arn[asked["CertificateArn"]]},
    }
    return answered("acm", answers, TYPE)


def test_a_certificate_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    arn = aws("acm").request_certificate(DomainName="shop.example.com", ValidationMethod="DNS")["CertificateArn"]
    found = collect(TYPE)
    assert found.one(TYPE).address == arn
    assert found.one(TYPE).properties["ValidationMethod"] == "DNS"
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["acm.certificate-renews-itself"] == {"pass"}


def test_one_that_was_imported_or_has_an_authority_is_not_judged(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    authority = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/c"
    found = read(
        answered,
        certificate("imported", "IMPORTED"),
        certificate("private", "PRIVATE", CertificateAuthorityArn=authority),
        certificate("failed", "AMAZON_ISSUED") | {"Status": "FAILED"},
    )
    imported, private = found.of(TYPE)
    assert "DomainName" not in imported.properties
    assert imported.metadata["kind"] == "IMPORTED"
    assert private.properties["DomainName"] == "private.example.com"
    assert judged(found) == {}


def test_ways_of_validation(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for method, status in (("DNS", "pass"), ("EMAIL", "fail")):
        validated = [{"DomainName": "shop.example.com", "ValidationMethod": method}]
        shop = certificate("shop", "AMAZON_ISSUED", DomainValidationOptions=validated, Options=CLEAR)
        verdicts = judged(read(answered, shop))
        assert verdicts["acm.certificate-renews-itself"] == {status}
        assert verdicts["acm.certificate-is-logged-publicly"] == {"pass"}


def test_a_description_that_is_denied(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {name: certificate("shop", "AMAZON_ISSUED")[name] for name in ("CertificateArn", "DomainName", "Type")}
    answers = {
        "ListCertificates": {"CertificateSummaryList": [{**listed, "Status": "ISSUED"}]},
        "DescribeCertificate": "AccessDeniedException",
    }
    found = answered("acm", answers, TYPE)
    assert "grant acm:DescribeCertificate" in found.one(TYPE).unresolved["ValidationMethod"]
    assert set().union(*judged(found).values()) == {"unknown"}


def test_keys_of_every_kind_are_asked_for(answered: Callable[..., Any]) -> None:
    asked = []

    def listed(parameters: dict[str, Any]) -> Any:
        asked.append(parameters)
        return {"CertificateSummaryList": []}

    answered("acm", {"ListCertificates": listed}, TYPE)
    assert {"RSA_4096", "EC_prime256v1"} <= set(asked[0]["Includes"]["keyTypes"])
