"""Secrets in the text of programs: where they are and of which kind, never what they are.

By form, where a form leaves no doubt; by the name that a literal is given and by its entropy, where it does not. What
only looks like one is left out: examples of documentation, placeholders, references, text that is made of words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

from bastide.secret import is_harmless, is_random, names_secret
from bastide.sources.code.limits import MAX_FOUND, MAX_LINE


class Secret(NamedTuple):
    """The line of a secret, from one, and its kind."""

    line: int
    kind: str


_HINTS = re.compile(
    rb"A[KS]IA|-----BEGIN|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|hooks\.slack\.com|AIza|k_live_|hv[sb]\.|SG\.|npm_"
    rb"|pypi-A|AccountKey=|sk-|://[^\s/:@]*:[^\s/@]+@|(?i:passw|passphrase|pwd|secret|token|api_?key|access_?key|private_?key)"
)
"""What a text has somewhere if it has a secret; most have nothing of it."""
_TEXT_HINTS = re.compile(_HINTS.pattern.decode())

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("AWS access key", re.compile(r"(?<![A-Z0-9])A(?:KI|SI)A[A-Z2-7]{16}(?![A-Z0-9])")),
    ("GitHub token", re.compile(r"(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})")),
    ("GitLab token", re.compile(r"(?<!\w)glpat-[\w-]{20,}")),
    ("Slack token", re.compile(r"(?<!\w)xox[abposr]-\d+-[\w-]{16,}")),
    ("Slack webhook", re.compile(r"hooks\.slack\.com/(?:services|workflows)/T\w{6,}/\w{6,}/\w{16,}")),
    ("Google API key", re.compile(r"(?<!\w)AIza[\w-]{35}(?!\w)")),
    ("Stripe key", re.compile(r"(?<!\w)[sr]k_live_[A-Za-z0-9]{16,}")),
    ("Vault token", re.compile(r"(?<!\w)hv[sb]\.[\w-]{24,}")),
    ("SendGrid key", re.compile(r"(?<!\w)SG\.[\w-]{16,32}\.[\w-]{32,64}")),
    ("npm token", re.compile(r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)")),
    ("PyPI token", re.compile(r"(?<!\w)pypi-AgE[\w-]{40,}")),
    ("Azure storage key", re.compile(r"AccountKey=[A-Za-z0-9+/]{80,}={0,2}")),
    ("model provider key", re.compile(r"(?<![\w-])sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,}")),
)
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{40,}")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://([^\s/:@\"'<>{}$%]{1,64}):([^\s/@\"'<>]{3,128})@([^\s/:\"'<>]+)")
_LOCAL = re.compile(
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|(?:.*\.)?example(?:\.\w+)?|host|hostname|db|postgres|redis|mysql"
)
_ASSIGNED = re.compile(
    r"(?<![\w.-])([A-Za-z_][\w.-]{2,60})[\"']?\]?\s{0,4}(?::\s{0,4}[A-Za-z_][\w\[\], |]{0,40})?(?:=>|:=|=|:)\s{0,4}"
    r"[rbu]{0,2}([\"'`])([^\"'`\s]{8,200})\2"
)
_PLACEHOLDER = re.compile(
    r".*(?:example|placeholder|change[-_]?me|your[-_]|dummy|sample|fake|todo|redacted|not[-_]a[-_]real|test|xxx|\*\*\*|\.\.\.|12345|abcde).*"
    r"|.*[<{$%\[(].*|(.)\1+",
    re.IGNORECASE | re.DOTALL,
)
_POINTER = re.compile(
    r"/?[\w.-]+(?:[/:][\w.-]+)+/?|[a-z]+(?:[-_. ][a-z]+)*|[A-Z]+(?:_[A-Z]+)*|[a-z]+(?:[A-Z][a-z]+)*|(?:[A-Z][a-z]+)+"
)
"""Names of parameters, paths, words in any case: what points to a secret or names one."""


def find(text: str, *, loose: bool = True) -> list[Secret]:
    """The secrets of a text by line, at most one a line; without `loose` only those that have a sure form."""
    found: list[Secret] = []
    number, end = 1, -1
    for hint in _TEXT_HINTS.finditer(text):
        if hint.start() < end:
            continue  # this line was searched
        start = text.rfind("\n", 0, hint.start()) + 1
        number += text.count("\n", max(end, 0), start)
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        kind = _kind(text, start, end, loose=loose) if end - start <= MAX_LINE else ""
        if kind:
            found.append(Secret(number, kind))
            if len(found) >= MAX_FOUND:
                break
    return found


def _kind(text: str, start: int, end: int, *, loose: bool) -> str:
    line = text[start:end]
    return _form(line) or _private_key(line, text[end : end + 400]) or _url(line) or (_assigned(line) if loose else "")


def may_have(data: bytes) -> bool:
    """Whether it is worth reading a text for secrets: quick, and never wrong in saying no."""
    return _HINTS.search(data) is not None


def _form(line: str) -> str:
    for kind, form in _FORMS:
        if (match := form.search(line)) and not _is_example(match[0], kind):
            return kind
    return ""


def _is_example(text: str, kind: str) -> bool:
    if kind == "model provider key":
        return not is_random(text)
    return "EXAMPLE" in text or re.search(r"(.)\1{5}|x{4}|1234567|abcdefg", text, re.IGNORECASE) is not None


def _private_key(line: str, following: str) -> str:
    """The mark alone is in every program that reads keys; a key has its body behind it or on the next lines."""
    begin = _BEGIN.search(line) if "-----BEGIN" in line else None
    if begin is None:
        return ""
    rest = line[begin.end() : begin.end() + 200]
    return "private key" if _KEY_BODY.search(rest) or _KEY_BODY.search(following) else ""


def _url(line: str) -> str:
    if "://" not in line or "@" not in line:
        return ""
    for match in _URL.finditer(line):
        user, password, host = match.groups()
        if not (_LOCAL.fullmatch(host.lower()) or _PLACEHOLDER.fullmatch(password) or password.lower() in _WORDS):
            return "password in a URL" if password != user else ""
    return ""


_WORDS = frozenset({"password", "passwd", "pass", "pwd", "secret", "token", "user", "username", "admin", "root"})


def _assigned(line: str) -> str:
    for match in _ASSIGNED.finditer(line):
        name, value = match[1].rpartition(".")[2], match[3]
        if names_secret(name) and _is_literal_secret(value):
            return "literal under the name of a secret"
    return ""


def _is_literal_secret(value: str) -> bool:
    """Whether a literal is no placeholder, no reference and no word, and has enough chance in it."""
    if is_harmless(value) or _PLACEHOLDER.fullmatch(value) or _POINTER.fullmatch(value) or "://" in value:
        return False
    classes = sum(bool(re.search(one, value)) for one in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"))
    counts = Counter(value).values()
    entropy = -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
    return classes >= 2 and bool(re.search(r"[0-9]|[^\w.-]", value)) and entropy >= 2.7
