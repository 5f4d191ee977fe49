"""Secrets in text, recognised by the name they stand under, by their form, and by their entropy.

Everything here is linear in the length of the text, and quick on text that has no secret in it: `hide` first looks
for literal pieces that every form has. It errs towards hiding; what must stay readable (ARNs, ids, digests, references)
is named.
"""

from __future__ import annotations

import binascii
import math
import re
from collections import Counter
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from bastide.resources.model import REDACTED, REDACTED_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOUNS = {
    *("password", "passwords", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "token"),
    *("credential", "credentials", "authorization", "apikey", "psk", "dsn", "privatekey", "accesskey", "secretkey"),
    *("connectionstring", "authtoken", "dbpassword", "pgpassword", "sessiontoken", "securitytoken", "clientsecret"),
}
_PAIRS = {
    *(("api", "key"), ("private", "key"), ("access", "key"), ("secret", "key"), ("signing", "key"), ("account", "key")),
    *(("shared", "key"), ("master", "key"), ("connection", "string"), ("auth", "key"), ("client", "key")),
    *(("connection", "uri"), ("database", "url"), ("webhook", "url"), ("auth", "tokens"), ("access", "tokens")),
    *(("deploy", "key"), ("license", "key")),
}
_TRAILING = {
    "value",
    "string",
    "text",
    "plaintext",
    "plain",
    "data",
    "base",
    "binary",
    "old",
    "new",
    "current",
    "previous",
    "b",
}
_PASS = {"pass", "db", "user", "admin", "root", "master"}


@lru_cache(maxsize=8192)
def names_secret(name: str) -> bool:
    """Whether a property, variable or option of this name holds a secret: `MasterUserPassword`, not `SecretArn`.

    What counts is the last word that says something: `SecretString` is one, `TokenValidity` is none.
    """
    words = [word.lower() for word in _WORDS.findall(name[-200:])]
    while words and (words[-1] in _TRAILING or words[-1].isdigit()):
        if tuple(words[-2:]) in _PAIRS:
            return True
        words.pop()
    if not words:
        return False
    if words[-1] == "pass":
        return len(words) > 1 and words[-2] in _PASS
    return words[-1] in _NOUNS or tuple(words[-2:]) in _PAIRS


_REFERENCE = re.compile(
    r"(?:\$\{[^}]*\}|\{\{resolve:[^}]*\}\}|[\s:/,.@-])+|\$\(.*|\$\w*|<[\w -]*>|\*+|x{3,}"
    r"|(?:var|local|data|module|each|self|path|random_\w+|aws_\w+)\.[\w.\[\]\"*-]+|arn:aws[\w-]*:.*|alias/.*",
    re.DOTALL | re.IGNORECASE,
)
_HARMLESS = {
    *("", "true", "false", "null", "none", "yes", "no", "required", "optional", "enabled", "disabled", "default"),
    *("auto", "always", "never", "days", "hours", "minutes", "seconds", "string", "[]", "{}", REDACTED),
    REDACTED_WRITTEN,
}


def is_harmless(text: str) -> bool:
    """Whether a value that stands where a secret would is none: a reference, an ARN, a switch, a placeholder."""
    return len(text) < 2048 and (text.lower() in _HARMLESS or _REFERENCE.fullmatch(text) is not None)


def _whole(_: re.Match[str]) -> str:
    return REDACTED


def _second(match: re.Match[str]) -> str:
    return match[0] if is_harmless(match[2]) else f"{match[1]}{REDACTED}"


def _odd(match: re.Match[str]) -> str:
    """Hidden unless it is made of words: `sk-`, `key-` and a user name begin names, too."""
    return REDACTED if re.search(r"[0-9a-f]{20}", match[0]) or is_random(match[0]) else match[0]


def _pair(match: re.Match[str]) -> str:
    return (
        match[0] if not names_secret(match[2]) or is_harmless(match[4]) else f"{match[1]}{match[2]}{match[3]}{REDACTED}"
    )


_FORMS: tuple[tuple[tuple[str, ...], str, Callable[[re.Match[str]], str]], ...] = (
    (
        ("-----BEGIN",),
        (
            r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:.*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|.*)"
        ),
        _whole,
    ),
    (("AKIA", "ASIA", "ABIA", "ACCA"), r"(?<![A-Z0-9])A(?:KI|SI|BI|CC)A[A-Z0-9]{16}(?![A-Z0-9])", _whole),
    (("eyJ",), r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}", _whole),
    (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "npm_", "hf_", "_v1_"),
        r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|(?:npm|hf)_[A-Za-z0-9]{30,}|dop_v1_[0-9a-f]{40,}",
        _whole,
    ),
    (
        ("k_live_", "k_test_", "whsec_"),
        r"(?<![A-Za-z0-9])(?:[srp]k_(?:live|test)|whsec)_[A-Za-z0-9+/]{10,}",
        _whole,
    ),
    (("xox", "xapp-"), r"(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[\w-]{10,}", _whole),
    (("hooks.slack.com",), r"(hooks\.slack\.com/(?:services|workflows|triggers)/)([\w/-]{10,})", _second),
    (("AIza", "ya29.", "GOCSPX-"), r"(?<!\w)(?:AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})", _whole),
    (("glpat-", "pypi-A"), r"(?<!\w)(?:glpat-|pypi-AgE)[\w-]{20,}", _whole),
    (("sk-", "key-"), r"(?<![\w-])(?:sk-(?:ant-|proj-)?[\w-]{20,}|key-[0-9a-f]{32})(?![\w-])", _odd),
    (("hvs.", "hvb.", "SG."), r"(?<!\w)(?:hv[sb]\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,})", _whole),
    (("AGE-SECRET-KEY",), r"AGE-SECRET-KEY-1\w{20,}", _whole),
    (
        ("curl ",),
        r"(\bcurl [^|;&\n]{0,300}?(?:-u|--user)[ =]{0,2}[\"']?[\w.@+-]{1,64}:)([^\s\"']{3,512})",
        _second,
    ),
    (("earer ", "asic "), r"(\b[Bb](?:earer|asic)\s{1,4})([\w.~+/=-]{16,})", _second),
    (
        ("://",),
        r"(://[^\s/:@?#\"']{0,256}:)(\{\{[^}]{1,512}\}\}|\$\{[^}]{1,512}\}|[^\s/\"']{1,512})(?=@)",
        _second,
    ),
    (("://",), r"(?<=://)[\w-]{20,256}(?=(?::[^\s/@]{0,512})?@)", _odd),
    (
        ("X-Amz-", "x-amz-"),
        r"([Xx]-[Aa]mz-(?:[Ss]ignature|[Cc]redential|[Ss]ecurity-[Tt]oken)=)([^\s&\"']+)",
        _second,
    ),
    (
        ("alue",),
        (
            r"((?:\\?[\"'])(?:[Nn]ame|[Kk]ey)(?:\\?[\"'])\s{0,8}:\s{0,8}\\?[\"'])([\w.-]{1,100})"
            r"(\\?[\"']\s{0,8},\s{0,8}\\?[\"'][Vv]alue\\?[\"']\s{0,8}:\s{0,8}\\?[\"'])((?:[^\"'\\]|\\[^\"'])+)"
        ),
        _pair,
    ),
)
_form = cache(re.compile)
"""The forms are compiled when a text first has a piece of one: most runs meet few of them."""
_SHORT = re.compile(r"://|[=:]|--")
"""What a secret shorter than every form needs around it."""
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])")
_RUN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")


def hide(text: str, *, value: bool = False, dense: bool = False) -> str:
    """The text with every secret in it replaced by the mark.

    `value` says that the text is a property's value, where `password: x` is an assignment and not a sentence;
    `dense` that it stands where secrets are kept (environments, user data), so that high entropy alone is enough.
    """
    if len(text) < 16 and not _SHORT.search(text):
        return text
    return (_hidden_word if len(text) <= _LONGEST_WORD else _hidden)(text, value, dense)


_LONGEST_WORD = 128
"""Letters of a text of which it is remembered what it became: names and ARNs occur again and again."""


def _hidden(text: str, value: bool, dense: bool) -> str:  # noqa: FBT001 (what `hide` was told)
    for pieces, form, mark in _FORMS:
        for piece in pieces:
            if piece in text:
                text = _form(form).sub(mark, text)
                break
    if "=" in text or ": " in text or '":' in text or "--" in text:
        text = _hide_assigned(text, value=value)
    if len(text) >= 40:
        text = _AWS_SECRET.sub(_aws_secret, text)
    if dense and len(text) >= 20:
        text = _RUN.sub(_random_only, text)
    return text


_hidden_word = lru_cache(maxsize=16_384)(_hidden)
_KEY = re.compile(
    r"(?<![\w.-])([\w.-]{2,100})(?:(\s{0,8}=\s{0,8}|\\?[\"']\s{0,8}[=:]\s{0,8}(?=\\?[\"']))|(:\s{1,8})|(?<=\w)(\s{1,8}))(?=[^\s=])"
)
_VALUE = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|\\\"[^\"\\]*(?:\\\")?|(?:\$\{[^}]{0,200}\}|[^\s\"',;&|<>()\[\]{}\\])+"
)
_QUOTE = re.compile(r"\\?[\"']")
_TELLING = re.compile(r"pass|pwd|secret|token|key|cred|auth|psk|dsn|connection|webhook|database", re.IGNORECASE)


def _hide_assigned(text: str, *, value: bool) -> str:
    """Without what is assigned to names of secrets: `PASSWORD=x`, `"token": "x"`, `--token x`; in values `token: x`."""
    if not _TELLING.search(text):
        return text
    parts: list[str] = []
    done = 0
    for key in _KEY.finditer(text):
        if key.start() < done or not names_secret(key[1]):
            continue
        if (key[3] and not value) or (key[4] and not key[1].startswith("--")):
            continue
        assigned = _VALUE.match(text, key.end())
        if assigned is None or is_harmless(assigned[0].strip("\\\"'")):
            continue
        quote = _QUOTE.match(assigned[0])
        mark = f"{quote[0]}{REDACTED}{quote[0]}" if quote else REDACTED
        parts += (text[done : key.end()], mark)
        done = assigned.end()
    return "".join((*parts, text[done:])) if parts else text


def _random_only(match: re.Match[str]) -> str:
    return REDACTED if is_random(match[0]) else match[0]


def _aws_secret(match: re.Match[str]) -> str:
    """Forty of these characters stand nowhere by themselves but in a secret key or a digest: less chance is enough."""
    return REDACTED if is_random(match[0], least=0.18) else match[0]


_SEGMENTS = re.compile(r"[A-Za-z0-9]+")
_DIGITS = re.compile(r"[0-9a-f]{8,}|[0-9A-F]{8,}|[0-9a-fA-F]{32,}|(?:AIDA|AROA|AGPA|ANPA|AIPA|APKA)[A-Z0-9]{12,}|\d+")
"""Segments that are an id or a digest: hexadecimal, the unique ids of IAM principals, plain numbers."""
_KINDS = {
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyz", "a"),
    **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A"),
    **dict.fromkeys("0123456789", "0"),
}


def is_random(run: str, least: float = 0.24) -> bool:
    """Whether 20 or more letters and digits look drawn by chance, as keys are, and not written, as names are.

    Letters of both cases and digits alternate in a random text about at every second place, in names seldom (`least`
    is the share of places that is taken for chance); and base64 of readable text is judged by that text.
    """
    if (decoded := _readable(run)) is not None:
        return hide(decoded, value=True) != decoded
    segments = [part for part in _SEGMENTS.findall(run) if not _DIGITS.fullmatch(part)]
    length = sum(map(len, segments))
    if length < 16:
        return False
    kinds = ["".join([_KINDS[letter] for letter in part]) for part in segments]
    changes = sum(first != second and first + second != "Aa" for part in kinds for first, second in pairwise(part))
    frequencies = Counter("".join(segments)).values()
    entropy = -sum(count / length * math.log2(count / length) for count in frequencies)
    return changes >= least * length and entropy >= min(3.5, 0.8 * math.log2(length))


def _readable(run: str) -> str | None:
    """What the run says, if it is base64 of text."""
    padded = run.rstrip("=")
    if len(run) % 4 and len(run) != len(padded):
        return None
    try:
        decoded = binascii.a2b_base64(padded + "=" * (-len(padded) % 4), strict_mode=True).decode()
    except ValueError:
        return None
    return decoded if decoded.replace("\n", "").replace("\r", "").replace("\t", "").isprintable() else None
