"""Functions that encode, decode and hash, and those whose value is made at deployment.

What only few configurations ask for is imported when they do.
"""

from __future__ import annotations

import json
from typing import Any

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.functions.registry import Context, function
from bastide.sources.terraform.values import (
    MARKS,
    Beyond,
    Document,
    Refused,
    Secret,
    known,
    marks,
    secret,
    text_of,
    unknown,
)


@function("jsonencode", needs="none", context=True)
def json_encode(context: Context, value: Any) -> Any:
    """`jsonencode`; over what is not known, a `Document` that keeps the rest."""
    if isinstance(value, Unresolved):
        return value
    if not known(value, context.budget):
        return Document(value)
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


@function("jsondecode", needs="none", context=True)
def json_decode(context: Context, value: Any) -> Any:
    """`jsondecode`, also of a text that is known only in part."""
    if isinstance(value, Document):
        return value.tree
    if isinstance(value, str):
        return _json(value)
    found = list(marks(value, context.budget))
    return unknown("jsondecode(…)", found, present=bool(found))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise Beyond("it is nested too deep") from None


@function("yamldecode")
def yaml_decode(value: str) -> Any:
    """`yamldecode`, without aliases."""
    import yaml  # rarely wanted, and slow to import

    if len(value) > 256 * 1024:
        raise Beyond("the text is too long")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(value, yaml.CSafeLoader)):
            raise Beyond("aliases are not followed")
        return json.loads(json.dumps(yaml.load(value, yaml.CSafeLoader), default=str))
    except (yaml.YAMLError, RecursionError):
        raise Refused("it is no YAML") from None


@function("csvdecode")
def csv_decode(value: str) -> list[dict[str, str]]:
    """`csvdecode`."""
    import csv
    import io

    try:
        return [{str(key): item or "" for key, item in row.items()} for row in csv.DictReader(io.StringIO(value))]
    except csv.Error:
        raise Refused("it is no CSV") from None


@function("base64encode", needs="none")
def base64_encode(value: Any) -> Any:
    """`base64encode`; a text that is known in part stands for its Base64, so that what is written in it is seen."""
    from base64 import b64encode

    if isinstance(value, Secret):
        return secret(base64_encode(value.value))
    if isinstance(value, Reference):
        return value if "${" in value.text else Reference(base64_encode(value.text), value.targets)
    if isinstance(value, MARKS):
        return unknown("base64encode(…)", [value])
    return b64encode(text_of(value).encode()).decode()


@function("base64decode")
def base64_decode(value: str) -> str:
    """`base64decode`."""
    from base64 import b64decode

    return b64decode(value, validate=True).decode()


@function("urlencode")
def url_encode(value: Any) -> str:
    """`urlencode`."""
    from urllib.parse import quote_plus

    return quote_plus(text_of(value))


@function("urldecode")
def url_decode(value: Any) -> str:
    """`urldecode`."""
    from urllib.parse import unquote_plus

    return unquote_plus(text_of(value))


def digest(kind: str, data: bytes, *, based: bool = False) -> str:
    """A hash in hexadecimal digits, or in base 64."""
    import hashlib
    from base64 import b64encode

    made = hashlib.new(kind, data, usedforsecurity=False)
    return b64encode(made.digest()).decode() if based else made.hexdigest()


def _hashes() -> None:
    for name in ("md5", "sha1", "sha256", "sha512"):

        def hexadecimal(value: Any, kind: str = name) -> str:
            return digest(kind, text_of(value).encode())

        def in_base64(value: Any, kind: str = name) -> str:
            return digest(kind, text_of(value).encode(), based=True)

        function(name)(hexadecimal)
        if name in ("sha256", "sha512"):
            function(f"base64{name}")(in_base64)


def _made_at_deployment() -> None:
    for name in ("timestamp", "plantimestamp", "uuid", "uuidv5", "bcrypt", "rsadecrypt", "base64gzip"):

        def made(*_: Any, called: str = name) -> Reference:
            return Reference("${" + called + "(…)}")

        function(name, needs="none")(made)
    for name in ("timeadd", "formatdate"):

        def dated(*_: Any, called: str = name) -> Reference:
            return Reference("${" + called + "(…)}")

        function(name)(dated)


_hashes()
_made_at_deployment()
