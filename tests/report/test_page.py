"""The page is one file that asks for nothing, runs nothing but its own script, and is whole without it."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from bastide.report import page, render

VOID = {"meta", "input", "rect"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article", "script"),
    *("h1", "h2", "h3", "h4", "p", "ul", "li", "b", "strong", "code", "pre", "a", "span", "div", "details", "summary"),
    *("form", "fieldset", "legend", "label", "input", "select", "option", "button", "output", "svg", "rect"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}


class Page(HTMLParser):
    """What a page is made of; refuses what is not balanced."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def page_of(report: Any) -> Page:
    parsed = Page(render("html", report))
    assert {tag for tag, _ in parsed.tags} <= ALLOWED
    for _, attributes in parsed.tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset", "action")
        ]
        assert (attributes.get("href") or "#").startswith(("#", "https://", "http://"))
    return parsed


def test_an_empty_report(make: SimpleNamespace) -> None:
    assert "0 resources in 3 files" in page_of(make.report()).text


def test_everything_is_on_it(make: SimpleNamespace) -> None:
    text = page_of(make.sample()).text
    for piece in (
        "module.network.aws_security_group.bastion",
        'SecurityGroupIngress[0].CidrIp = "0.0.0.0/0"',
        "modules/network/groups.tf:9",
        "infra/main.tf:31 network",
        "Jobs/Queue/Resource",
        "KmsMasterKeyId: Ref KeyArn: parameter without a default",
        "Exemption until 2027-03-01 by ana: public web site (infra/main.tf:11)",
        "Known to the baseline",
        "infra/broken.tf:7",
        "a block is not closed",
        "took longer than 10 s",
        "aws_fis_experiment_template",
        "AWS::CloudWatch::Dashboard",
        "aws s3api put-public-access-block --bucket NAME",
    ):
        assert piece in text


def test_the_policy_allows_its_own_style_and_script_only(make: SimpleNamespace) -> None:
    text = render("html", make.sample())
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (inner,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_severity_and_status_are_words(make: SimpleNamespace) -> None:
    parsed = page_of(make.sample())
    for word in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN", "EXEMPT", "PASS"):
        assert word in parsed.texts


def test_every_fix_is_there_once_and_is_found(make: SimpleNamespace) -> None:
    parsed = page_of(make.sample())
    wanted = {attributes["data-control"] for tag, attributes in parsed.tags if tag == "details"}
    found = [attributes["id"] for tag, attributes in parsed.tags if tag == "article" and attributes.get("id")]
    assert sorted(found) == sorted(f"control-{number}" for number in wanted)
    languages = {attributes["data-language"] for tag, attributes in parsed.tags if tag == "details"}
    assert languages == {"terraform", "cloudformation"}


@pytest.mark.parametrize(
    "evil", ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<!--", "]]>", "&lt;b&gt;"]
)
def test_names_are_text(make: SimpleNamespace, evil: str) -> None:
    control = make.control(
        evil, title=evil, rationale=evil, remediation={evil: evil}, references=[evil, f"javascript:{evil}"]
    )
    resource = make.resource(evil, path=evil, unit=evil, name=evil, type=f"A::{evil}::B", call=(evil,))
    exemption = make.exemption(by=evil, reason=evil)
    verdict = make.verdict("exempt", control, resource, evidence=(make.evidence(evil),), exemption=exemption)
    report = make.report([verdict], targets=(evil,), broken={evil: evil})
    report.coverage.unmapped = {evil: 1}
    parsed = page_of(report)
    assert parsed.text.count(evil) > 10
    assert [tag for tag, _ in parsed.tags].count("script") == 1


def test_services_can_be_chosen(make: SimpleNamespace) -> None:
    options = [attributes["value"] for tag, attributes in page_of(make.sample()).tags if tag == "option"]
    assert [value for value in options if value in ("EC2", "S3", "SQS")] == ["EC2", "S3", "SQS"]


def test_too_many_verdicts_leave_out_passed_ones(make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_VERDICTS", 6)
    parsed = page_of(make.sample())
    statuses = [attributes.get("data-status") for tag, attributes in parsed.tags if tag == "li"]
    assert "pass" not in statuses
    assert statuses.count("fail") == 4
    assert "1 further verdicts are not on this page" in parsed.text
