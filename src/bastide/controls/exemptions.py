"""Exemptions: findings that somebody answers for until a day, written beside the code or in `bastide.yaml`.

In code, in any language with `#`, `//` or `/* */` comments, in the block of a resource or right above it:
`# bastide: allow s3.bucket-logs-access until=2027-03-01 by=jo reason="public web site"`.
"""

from __future__ import annotations

import datetime as dt
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.controls.verdict import Exemption, Verdict
from bastide.resources.model import Problem
from bastide.sources.files import head
from bastide.sources.marks import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MARK = re.compile(r"(?:#|//|/\*)\s*bastide:\s*allow\b(.*)", re.IGNORECASE)
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*(\"?)|'[^']*('?)")
"""A text in quotes, with the quote that ends it if one does: what was read once is not tried again."""
_FIELD = re.compile(r"(until|by|reason)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_COMMENT = re.compile(r"\s*(#|//|/\*|\*|$)")


class Allow(Struct, frozen=True):
    """One exemption as written: patterns of control, resource and path, and for a comment the lines it stands for."""

    exemption: Exemption
    resource: str = "*"
    path: str = "*"
    line: int = 0  # of the comment; 0 for one in the settings
    next_line: int = 0  # the first line below it that is no comment

    def covers(self, verdict: Verdict) -> bool:
        """Whether it is meant for this verdict."""
        if not fnmatchcase(verdict.control.id, self.exemption.control):
            return False
        resource = verdict.resource
        if self.line:
            return self._stands_at(verdict)
        named = any(
            fnmatchcase(name, self.resource)
            for name in (resource.address, resource.id, resource.metadata.get("cdk_path", ""))
        )
        return named and fnmatchcase(resource.path, self.path)

    def _stands_at(self, verdict: Verdict) -> bool:
        resource = verdict.resource
        places = [(resource.path, resource.line, resource.end_line)]
        places += [(origin.path, origin.line, origin.end_line) for origin in resource.origins.values()]
        for path, line, end_line in places:
            if path == self.path and (line <= self.line <= end_line or self.next_line == line):
                return True
        return False


def apply_exemptions(
    verdicts: list[Verdict],
    settings: Iterable[dict[str, str]],
    files: Iterable[str],
    today: dt.date | None = None,
    *,
    unasked: Collection[str] = (),
    whole: bool = True,
    used: set[str] | None = None,
) -> list[Problem]:
    """Make the failed and unknown verdicts that somebody answers for `exempt`; returns what is wrong with exemptions.

    One that is over stays in the verdict, which fails. One that is incomplete, or that no verdict needs, is a note.
    Whether it is needed nobody knows when one of the `unasked` controls may need it, or when the verdicts are not
    `whole`: of some of the resources only. The places of those that were needed are added to `used`.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    problems: list[Problem] = []
    allows = [allow for item in settings if (allow := _from_settings(item, today, problems))]
    allows += [allow for path in sorted(set(files)) for allow in _from_file(path, today, problems)]
    needed: set[int] = set()
    by_path: dict[str, list[Allow]] = {}
    for allow in allows:
        by_path.setdefault(allow.path if allow.line else "", []).append(allow)
    for verdict in verdicts:
        if verdict.status in ("fail", "unknown"):
            _apply(verdict, _candidates(verdict, by_path, today, problems), needed)
    if used is not None:
        used |= {allow.exemption.place for allow in allows if id(allow) in needed}
    for allow in allows if whole else ():
        if id(allow) not in needed and not allow.exemption.expired:
            problems += _not_needed(allow.exemption.control, allow.exemption.place, unasked)
    return problems


def not_needed(settings: Iterable[dict[str, str]], used: Collection[str], unasked: Collection[str]) -> list[Problem]:
    """Notes about exemptions of the settings whose place is not among those `used`, and that are not over."""
    today = dt.datetime.now(dt.UTC).date()
    open_ = [item for item in settings if item["place"] not in used and (_date(item["until"]) or today) >= today]
    return [problem for item in open_ for problem in _not_needed(item["control"], item["place"], unasked)]


def _not_needed(control: str, place: str, unasked: Collection[str]) -> list[Problem]:
    if any(fnmatchcase(other, control) for other in unasked):
        return []
    path, _, line = place.rpartition(":")
    return [Problem("note", path, int(line), f"exemption of {control} is not needed")]


def _candidates(
    verdict: Verdict, by_path: dict[str, list[Allow]], today: dt.date, problems: list[Problem]
) -> Iterable[Allow]:
    yield from by_path.get("", ())
    resource = verdict.resource
    if len(by_path) > (1 if "" in by_path else 0):
        paths = {resource.path, *(origin.path for origin in resource.origins.values())}
        for path in paths:
            yield from by_path.get(path, ())
    for line in resource.metadata.get("allow", "").splitlines():
        exemption = _parse(line, f"{resource.path}:{resource.line}", today, problems)
        for one in exemption:
            yield Allow(one, resource.address, resource.path)


def _apply(verdict: Verdict, allows: Iterable[Allow], used: set[int]) -> None:
    for allow in allows:
        if allow.covers(verdict):
            used.add(id(allow))
            verdict.exemption = allow.exemption
            if not allow.exemption.expired:
                verdict.status = "exempt"
                return


def _from_settings(item: dict[str, str], today: dt.date, problems: list[Problem]) -> Allow | None:
    until = _date(item["until"])
    if until is None:
        path, _, line = item["place"].rpartition(":")
        problems.append(Problem("note", path, int(line), f"`until: {item['until']}` is no date like 2027-03-01"))
        return None
    exemption = Exemption(item["control"], item["by"], item["until"], item["reason"], item["place"], until < today)
    return Allow(exemption, item.get("resource", "*"), item.get("path", "*"))


def _from_file(path: str, today: dt.date, problems: list[Problem]) -> Iterable[Allow]:
    try:
        data = head(path, MAX_BYTES)
    except OSError:
        return
    lines = data.decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, start=1):
        if (match := _MARK.search(line)) and not _is_in_text(line[: match.start()]):
            following = next((n for n in range(number, len(lines)) if not _COMMENT.match(lines[n])), number)
            for exemption in _parse(match[1], f"{path}:{number}", today, problems):
                yield Allow(exemption, path=path, line=number, next_line=following + 1)


def _is_in_text(before: str) -> bool:
    """Whether what follows stands in a text of the code, whose quote nothing before has closed."""
    return any(not (text[1] or text[2]) for text in _TEXT.finditer(before))


def _parse(text: str, place: str, today: dt.date, problems: list[Problem]) -> list[Exemption]:
    fields = {name: quoted or single or plain for name, quoted, single, plain in _FIELD.findall(text)}
    text = text.removeprefix("bastide:").strip().removeprefix("allow").replace("*/", "")
    named, *rest = _FIELD.split(text, maxsplit=1)
    names = [name for name in re.split(r"[\s,]+", named) if name]
    path, _, line = place.rpartition(":")
    if rest and (more := _FIELD.sub("", text[len(named) :]).strip(" \t,")):
        message = f"exemption: `{more[:60]}` is left out; a text of several words stands in quotes"
        problems.append(Problem("note", path, int(line), message))
    missing = [name for name in ("until", "by", "reason") if not fields.get(name)]
    until = _date(fields.get("until", ""))
    if not names or missing or until is None:
        what = (
            f"`{missing[0]}=` is missing"
            if missing
            else "no control is named"
            if not names
            else "`until=` is no date like 2027-03-01"
        )
        problems.append(Problem("note", path, int(line), f"exemption does not count: {what}"))
        return []
    return [Exemption(name, fields["by"], fields["until"], fields["reason"], place, until < today) for name in names]


def _date(text: str) -> dt.date | None:
    """A day written as 2027-03-01: days are compared as texts, too."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
