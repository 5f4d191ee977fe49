"""Private certificate authorities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::ACMPCA::CertificateAuthority"
ARN = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/"
CONTROL = "acmpca.authority-publishes-revocation"
MODULE = """
resource "aws_acmpca_certificate_authority" "a" {
  certificate_authority_configuration {
    key_algorithm     = "RSA_4096"
    signing_algorithm = "SHA512WITHRSA"
    subject { common_name = "example.com" }
  }
  revocation_configuration {
    ocsp_configuration { enabled = true }
  }
}
"""


def test_an_authority_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    configuration = {
        "KeyAlgorithm": "RSA_4096", "SigningAlgorithm": "SHA512WITHRSA", "Subject": {"CommonName": "example.com"},
    }  # fmt: skip
    one = {"Arn": ARN + "1", "Type": "SUBORDINATE", "CertificateAuthorityConfiguration": configuration}
    revocation = {"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": True}}
    gone = {"Arn": ARN + "2", "Status": "DELETED"}
    answers = {
        "ListCertificateAuthorities": {"CertificateAuthorities": [{**one, "RevocationConfiguration": revocation}, gone]}
    }
    found = answered("acmpca", answers, TYPE)
    assert found.one(TYPE).properties["KeyAlgorithm"] == "RSA_4096"
    assert judged(found)[CONTROL] == judged(written(MODULE))[CONTROL] == {"pass"}
    revocation["OcspConfiguration"] = {"Enabled": False}
    assert judged(answered("acmpca", answers, TYPE))[CONTROL] == {"fail"}


def test_a_list_that_is_denied(answered: Callable[..., Any]) -> None:
    found = answered("acmpca", {"ListCertificateAuthorities": "AccessDeniedException"}, TYPE)
    assert "grant acm-pca:ListCertificateAuthorities" in found.unread[TYPE]
