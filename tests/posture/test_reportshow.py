"""The report in its forms: whole, self-contained, and inert whatever the names are."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bastide.posture.brief import Brief, gather
from bastide.posture.reportshow import _aim, as_html, as_json, as_markdown, as_pdf
from bastide.posture.whole import open_whole

HOSTILE = "</title><script>alert(1)</script><img src=//evil.example onerror=x>{{ 7*7 }}|`*\x1b[31m"


@pytest.fixture
def brief(shop: Path) -> Brief:
    """The shop's, with hostile names wherever somebody can put them."""
    manifest = (shop / "bastide.yaml").read_text()
    manifest = manifest.replace("owner: Ada", f"owner: {json.dumps(HOSTILE)}").replace(
        "name: Ada", f"name: {json.dumps(HOSTILE)}"
    )
    (shop / "bastide.yaml").write_text(manifest.replace("  owner:", f"  purpose: {json.dumps(HOSTILE)}\n  owner:"))
    with open_whole() as whole:
        return gather(whole, "0000")


class Tags(HTMLParser):
    """All tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_nothing_and_runs_nothing(brief: Brief) -> None:
    html = as_html(brief)
    tags = Tags(html).tags
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        assert not {"style", "src", "href"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in html.replace("url(#", "")
    assert "49" not in re.findall(r"evil\.example onerror=x&gt;(.{4})", html)
    assert "\x1b" not in html
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in html or f"style-src 'sha256-{digest}'" in html
    assert "default-src" in html


def test_every_figure_has_what_it_is_of(brief: Brief) -> None:
    html = as_html(brief)
    for tile in re.findall(r'<div class="tile.*?</div>', html):
        assert re.search(r"<span>of [\d,]+", tile), tile
    for heading in ("What to do next", "Risks", "How it went", "What must hold", "What is accepted, and by whom",
                    "What runs out in the next 90 days", "What is not known", "What runs"):  # fmt: skip
        assert heading in html
    assert "No account was scanned" in html
    assert "main.tf:" in html


def test_markdown_has_no_mark_up_of_others(brief: Brief) -> None:
    text = as_markdown(brief)
    assert "not tried in replay" in text
    assert "<script" not in text
    assert "<img" not in text
    assert text.startswith("# shop: how securely it runs\n")
    assert "\n\n\n\n" not in text


def test_json_is_for_programs(brief: Brief) -> None:
    found = json.loads(json.dumps(as_json(brief), default=str))
    assert (found["version"], found["since"]) == (1, None)
    assert found["facts"]["workload"][0]["name"] == "shop"
    assert {one["id"] for one in found["figures"]} >= {"score", "prevented"}


@pytest.mark.slow
def test_the_same_as_pdf(brief: Brief) -> None:
    content = as_pdf(as_html(brief))
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page") > 1 or len(content) > 20_000


def test_pdf_asks_for_nothing() -> None:
    """Even if mark-up of somebody else got into a page, nothing is fetched for it."""
    assert as_pdf(
        "<p>x</p><img src='file:///etc/passwd'><link rel=stylesheet href='https://evil.example/x.css'>"
    ).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("passed", "failed", "unknown", "exempt", "low", "word"),
    [
        (2, 0, 0, 0, 1.0, "holds"),
        (2, 1, 0, 0, 0.25, "does not hold"),
        (2, 0, 1, 0, 0.25, "holds in part"),
        (2, 0, 0, 1, 0.25, "holds in part"),
        (0, 0, 1, 0, 0.0, "not known"),
        (0, 0, 1, 1, 0.0, "not known"),
        (0, 0, 0, 2, 0.0, "does not hold"),
        (0, 0, 0, 0, 0.0, "not judged"),
    ],
)
def test_what_is_unknown_holds_no_part(  # noqa: PLR0917 (a row of a table)
    brief: Brief, passed: int, failed: int, unknown: int, exempt: int, low: float, word: str
) -> None:
    counts = {"passed": passed, "failed": failed, "unknown": unknown, "exempt": exempt}
    assert _aim(brief, {"threat": "T-1", "objective": "o", "low": low, **counts})["word"] == word
