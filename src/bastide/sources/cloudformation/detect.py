"""Whether a file looks like a CloudFormation template, from its first bytes and without parsing."""

from __future__ import annotations

import re

HEAD = 64 * 1024
"""How many bytes of a file `looks_like_template` wants to see; more are not looked at."""

_SECTION = re.compile(rb"^( *)[\"']?(AWSTemplateFormatVersion|Transform|Resources)[\"']?[ \t]*:(.*)$", re.MULTILINE)
_SECTIONS = {
    *(b"AWSTemplateFormatVersion", b"Description", b"Metadata", b"Parameters", b"Rules", b"Mappings", b"Conditions"),
    *(b"Transform", b"Hooks", b"Globals", b"Outputs", b"Resources"),
}
_KEY = re.compile(rb"^( *)[\"']?([^\s#:\"'-][^\s:\"']*)[\"']?[ \t]*:", re.MULTILINE)
_FIRST = re.compile(rb"^( *)(?!---)[\w\"'-]", re.MULTILINE)
_TYPE = re.compile(rb"\bType[\"']?\s*:\s*[\"']?\w+::\w")
_TRANSFORM = re.compile(rb"AWS::(Serverless|LanguageExtensions|Include)\b")
_TOKEN = re.compile(rb'"([^"\\]*)(?:\\.[^"\\]*)*"(\s*:)?|[{}\[\]]')


def looks_like_template(head: bytes, name: str) -> bool:
    """Whether a file that begins with `head` (see `HEAD`) is worth loading as a template.

    True when its top level has `AWSTemplateFormatVersion`, a `Transform` of AWS, or `Resources` of which one has a
    type like `AWS::S3::Bucket`. The content decides between JSON and YAML, since `.template` files come in both;
    `name` only rules out YAML in a `.json` file.
    """
    head = head[:HEAD]
    whole = len(head) < HEAD
    if whole and b"AWSTemplateFormatVersion" not in head and b"::" not in head:
        return False
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _json(head, whole=whole)
    return not name.endswith(".json") and _yaml(head)


def _yaml(head: bytes) -> bool:
    head = head.removeprefix(b"\xef\xbb\xbf")
    first = _FIRST.search(head)  # the whole of a document may be indented
    last_type = max((match.start() for match in _TYPE.finditer(head)), default=-1)
    for match in _SECTION.finditer(head):
        indent, section, rest = match.groups()
        if first is None or indent != first[1]:
            continue
        if section == b"AWSTemplateFormatVersion":
            return True
        # A list of transforms stands on the lines below; nobody else has a key like this.
        if section == b"Transform" and _TRANSFORM.search(rest or head[match.end() : match.end() + 200]):
            return True
        if section == b"Resources" and last_type > match.start():
            return True
    # So long that its resources come later.
    return len(head) == HEAD and first is not None and _begins({m[2] for m in _KEY.finditer(head) if m[1] == first[1]})


def _begins(keys: set[bytes]) -> bool:
    """Whether the top of a document has nothing but sections of a template, those with values among them."""
    return keys <= _SECTIONS and not keys.isdisjoint((b"Parameters", b"Mappings", b"Conditions"))


def _json(head: bytes, *, whole: bool) -> bool:
    keys = _top_keys(head)
    if not whole and _begins(keys):
        return True
    if b"AWSTemplateFormatVersion" in keys:
        return True
    if b"Resources" in keys:
        return _TYPE.search(head) is not None
    return b"Transform" in keys and _TRANSFORM.search(head) is not None


def _top_keys(head: bytes) -> set[bytes]:
    """The keys of the outermost object, as far as the head reaches."""
    keys, depth = set(), 0
    for match in _TOKEN.finditer(head):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and match[2]:
            keys.add(match[1])
    return keys
