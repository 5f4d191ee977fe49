"""Which tables of the lake a rule's `logsource` means; what it means elsewhere is not for this lake."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (msgspec reads the annotations)
from typing import Any

from msgspec import Struct, field, structs

from bastide.detect import names
from bastide.detect.names import Several  # noqa: TC001 (msgspec reads the annotations)
from bastide.errors import near_miss

AWS = ("aws", "amazon")


class Source(Struct, frozen=True):
    """A kind of log: the tables in which its events lie, those of its products only, and what its fields are called.

    `lake` are the lake's own names of what gives such events.
    Fields that no column has are read from the JSON of the event, where the event is JSON (`json`). Those of `native`
    are there even where OCSF has a column of that name: it holds something else. With `record`, in lower case, no event
    has a field that begins otherwise. `lists` are fields with several values; for those of `words` the log has
    other words than the column. Logs that are `blank` do not tell an empty text from one that is not there.
    """

    name: str
    tables: tuple[str, ...]
    products: tuple[str, ...] = ()
    lake: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    json: bool = True
    native: frozenset[str] = frozenset()
    record: frozenset[str] = frozenset()
    lists: Mapping[str, Several] = field(default_factory=dict)
    blank: bool = False
    words: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def is_cloudtrail(self) -> bool:
        """Whether CloudTrail's record and its names are meant."""
        return self.name == "cloudtrail"


CLOUDTRAIL = Source(
    "cloudtrail", ("api_activity", "account_change", "authentication"), ("CloudTrail",), ("cloudtrail",)
)
EKS = Source(
    "eks-audit",
    ("api_activity",),
    ("Amazon EKS", "EKS", "Kubernetes"),
    ("eks-audit",),
    names.EKS,
    record=names.EKS_RECORD,
)
NETWORK = Source(
    "network",
    ("network_activity",),
    (),
    ("vpc-flow", "nlb"),
    names.FLOW,
    json=False,
    lists=names.FLOW_LISTS,
    words=names.FLOW_WORDS,
)
FLOW = structs.replace(NETWORK, name="flow-logs", products=("Amazon VPC",), lake=("vpc-flow",))
DNS = Source(
    "dns", ("dns_activity",), (), ("route53-resolver",), names.DNS, record=names.DNS_RECORD, lists=names.DNS_LISTS
)
HTTP = Source(
    "http",
    ("http_activity",),
    (),
    ("waf", "alb", "clb", "cloudfront"),
    names.HTTP,
    json=False,
    lists=names.HTTP_LISTS,
    words=names.HTTP_WORDS,
    blank=True,
)
WAF = structs.replace(
    HTTP,
    name="waf",
    products=("WAF", "AWS WAF"),
    lake=("waf",),
    names={**names.HTTP, **names.WAF},
    json=True,
    record=names.WAF_RECORD,
)
BALANCER = structs.replace(
    HTTP, name="elb", products=("Elastic Load Balancing",), lake=("alb", "clb"), names={**names.HTTP, **names.BALANCER}
)
CLOUDFRONT = structs.replace(
    HTTP, name="cloudfront", products=("CloudFront",), lake=("cloudfront",), names={**names.HTTP, **names.CLOUDFRONT}
)
GUARDDUTY = Source(
    "guardduty",
    ("detection_finding",),
    ("GuardDuty",),
    ("guardduty",),
    native=frozenset(
        {"severity", "resource", "service", "type", "id", "arn", "region", "title", "confidence", "count"}
    ),
)
SECURITY_HUB = Source(
    "securityhub",
    ("detection_finding", "vulnerability_finding", "compliance_finding"),
    ("Security Hub",),
    ("securityhub",),
    native=frozenset({"Severity", "Resources", "Compliance", "Remediation", "Confidence", "Action", "Vulnerabilities"}),
)
LOGS = (CLOUDTRAIL, EKS, FLOW, NETWORK, DNS, HTTP, WAF, BALANCER, CLOUDFRONT, GUARDDUTY, SECURITY_HUB)
"""All kinds of log that rules can be about."""

_SERVICES = {
    "cloudtrail": CLOUDTRAIL,
    "": CLOUDTRAIL,
    "guardduty": GUARDDUTY,
    "securityhub": SECURITY_HUB,
    "security_hub": SECURITY_HUB,
    "vpcflow": FLOW,
    "vpc_flow": FLOW,
    "vpcflowlogs": FLOW,
    "flowlogs": FLOW,
    "vpc": FLOW,
    "route53": DNS,
    "route53resolver": DNS,
    "route53_resolver": DNS,
    "waf": WAF,
    "elb": BALANCER,
    "alb": BALANCER,
    "cloudfront": CLOUDFRONT,
    "eks": EKS,
    "eks_audit": EKS,
}
_OWN = frozenset({"cloudtrail", "guardduty", "securityhub", "security_hub", "vpcflowlogs"})
"""Services that are of AWS whether a rule says so or not."""
_CATEGORIES = {"dns": DNS, "proxy": HTTP, "webserver": HTTP, "firewall": NETWORK}


def service_meant(logsource: Mapping[str, Any]) -> str:
    """What is to be told of AWS's logs that are not here, if their service only looks misspelt."""
    product, service = (str(logsource.get(key) or "").lower() for key in ("product", "service"))
    if product not in AWS or not service or service in _SERVICES:
        return ""
    hint = near_miss(service, [name for name in _SERVICES if name], cutoff=0.8)
    return hint and f"there are no logs of the service `{service}`, {hint}"


def source_of(product: str | None, service: str | None, category: str | None) -> Source | None:
    """What a rule's `logsource` means here; None when its events do not come into this lake."""
    product, service, category = ((word or "").lower() for word in (product, service, category))
    if product in AWS or (not product and service in _OWN):
        return _CATEGORIES.get(category) if category and not service else _SERVICES.get(service)
    if product in ("kubernetes", "eks") and service in ("audit", ""):
        return EKS if category in ("", "audit", "application") else None
    if not product and not service:
        return _CATEGORIES.get(category)
    return None
