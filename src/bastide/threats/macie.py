"""What Amazon Macie found in buckets, from files that the manifest names and live accounts: a hint of their class.

A file is the JSON of `aws macie2 get-findings` (whole, a list, or one finding), or events of EventBridge, one or one a
line. Nothing of an object, of a place in it or of an identifier's name is kept: only categories, counts and severity.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from bastide.errors import UsageError
from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bastide.workload.known import Known

BUCKET, SESSION = "AWS::S3::Bucket", "AWS::Macie::Session"
MAX_BYTES = 64 << 20
MAX_FINDINGS = 200_000
MAX_TOLD = 50
"""Mistakes that are told; how many more there are is told, too."""
SEVERITIES = ("Low", "Medium", "High")
CLASSIFICATION = "CLASSIFICATION"
"""The category of findings about what lies in objects; others are about how buckets are configured."""
SOME = "OTHER"
"""What stands for a category that is not known."""
TYPES = {
    "Credentials": "CREDENTIALS",
    "Financial": "FINANCIAL_INFORMATION",
    "Personal": "PERSONAL_INFORMATION",
    "CustomIdentifier": "CUSTOM_IDENTIFIER",
}
"""The category of data by the last word of a finding's type."""
_REMEDY = "give the JSON of `aws macie2 get-findings`, or Macie's events of EventBridge"


class Sensitive(Struct):
    """What was found in one bucket: how often by category, in how many objects, and the worst severity.

    Of a bucket that only automated discovery has looked through it is the score that Macie gave it, over 50 and at most
    100.
    """

    counts: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    severity: str = ""
    score: int = 0

    @property
    def text(self) -> str:
        """In a few words, none of which are from a file or an account."""
        if not self.objects:
            return f"Macie's score of it, {self.score} of 100,"
        counted = ", ".join(f"{_word(name)}: {count:,}" if count else _word(name) for name, count in self._sorted())
        severity = f", {self.severity.lower()}" if self.severity else ""
        return f"what Macie found ({counted} in {self.objects:,} object{'s' * (self.objects != 1)}{severity})"

    def _sorted(self) -> list[tuple[str, int]]:
        return sorted(self.counts.items(), key=lambda one: (-one[1], one[0]))


Count = Annotated[int, Meta(ge=0, le=10**15)]


class _Named(Struct, frozen=True):
    name: str = ""
    arn: str = ""


class _Affected(Struct, frozen=True, rename="camel"):
    s3_bucket: _Named = _Named()


class _Severity(Struct, frozen=True):
    description: str = ""


class _Data(Struct, frozen=True, rename="camel"):
    category: str = ""
    total_count: Count = 0


class _Custom(Struct, frozen=True, rename="camel"):
    total_count: Count = 0


class _Result(Struct, frozen=True, rename="camel"):
    sensitive_data: list[_Data] | None = None
    custom_data_identifiers: _Custom | None = None


class _Details(Struct, frozen=True):
    result: _Result | None = None


class _Finding(Struct, frozen=True, rename="camel"):
    id: str
    category: str
    type: str
    archived: bool = False
    sample: bool = False
    updated_at: str | float = ""
    severity: _Severity = _Severity()
    resources_affected: _Affected = _Affected()
    classification_details: _Details | None = None

    @property
    def bucket(self) -> str:
        """The name of the bucket, empty when none is named."""
        named = self.resources_affected.s3_bucket
        return named.name or named.arn.rpartition(":")[2]


def sensitive_data(known: Known, categories: Iterable[str]) -> dict[str, Sensitive]:
    """What files of the manifest and live accounts of the last scan say, by the name of a bucket; findings say more.

    Raises `UsageError` with all mistakes of all files.
    """
    found = read_findings(known.manifest.macie, categories)
    for row in known.run(_SCORED, [SESSION]):
        found.setdefault(row["bucket"], Sensitive(Counter({SOME: 0}), score=row["score"]))
    return found


_SCORED = """
select b->>'Bucket' as bucket, max(try_cast(b->>'Score' as int)) as score from (
  select unnest(properties->'$.SensitiveBuckets[*]') as b from resources where type = ?)
where b->>'Bucket' is not null and try_cast(b->>'Score' as int) between 51 and 100 group by 1
"""


def read_findings(files: Sequence[str], categories: Iterable[str]) -> dict[str, Sensitive]:
    """What the findings say, by the name of a bucket; `categories` are those that are known.

    Of a finding that stands twice the newest counts. Samples, archived findings and those about configuration do not.
    Raises `UsageError` with all mistakes of all files.
    """
    newest: dict[str, _Finding] = {}
    mistakes: list[str] = []
    for file in files:
        for place, value in _read(file, mistakes):
            found = _finding(value, place, mistakes)
            if found is None:
                continue
            before = newest.get(found.id)
            if before is None or str(before.updated_at) <= str(found.updated_at):
                newest[found.id] = found
            if len(newest) > MAX_FINDINGS:
                raise UsageError(f"over {MAX_FINDINGS:,} findings", place=file)
    _refuse(mistakes)
    return _by_bucket(newest.values(), frozenset(categories))


def _read(file: str, mistakes: list[str]) -> Iterator[tuple[str, Any]]:
    """What may be findings, each with its place."""
    try:
        data = head(file, MAX_BYTES + 1)
    except OSError as error:
        mistakes.append(f"{file}: it cannot be read: {error.strerror}")
        return
    if len(data) > MAX_BYTES:
        mistakes.append(f"{file}: larger than {MAX_BYTES >> 20} MB")
        return
    lines = data.splitlines()
    whole = _decoded(data)
    if whole is _BROKEN and len(lines) > 1 and _decoded(lines[0]) is not _BROKEN:
        documents = [(f"{file}:{number}", _decoded(line)) for number, line in enumerate(lines, 1) if line.strip()]
    else:
        documents = [(file, whole)]
    for place, value in documents:
        if value is _BROKEN:
            mistakes.append(f"{place}: not JSON")
        else:
            yield from _findings(value, place, mistakes)


_BROKEN = object()


def _decoded(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _BROKEN


def _findings(value: Any, place: str, mistakes: list[str]) -> Iterator[tuple[str, Any]]:
    """Those of one document: an answer, a list, an event, or one finding; events of others are left out."""
    listed = value.get("findings", [value]) if isinstance(value, dict) else value
    if not isinstance(listed, list):
        mistakes.append(f"{place}: no findings of Macie")
        return
    for number, item in enumerate(listed, 1):
        at = f"{place}: finding {number}" if len(listed) > 1 else place
        if not isinstance(item, dict):
            mistakes.append(f"{at}: no finding of Macie")
        elif "detail" not in item:
            yield at, item
        elif item.get("source") == "aws.macie":
            yield at, item["detail"]


def _finding(value: Any, place: str, mistakes: list[str]) -> _Finding | None:
    """One that counts; None for others, and for what is wrong, which is told."""
    try:
        found = msgspec.convert(value, _Finding)
    except msgspec.ValidationError as error:
        mistakes.append(f"{place}: no finding of Macie: {str(error)[:200]}")
        return None
    if found.archived or found.sample or found.category != CLASSIFICATION:
        return None
    if not found.bucket:
        mistakes.append(f"{place}: it names no bucket")
        return None
    return found


def _refuse(mistakes: Sequence[str]) -> None:
    if len(mistakes) == 1:
        raise UsageError(mistakes[0], remedy=_REMEDY)
    if mistakes:
        more = [f"and {len(mistakes) - MAX_TOLD:,} more"] if len(mistakes) > MAX_TOLD else []
        listed = "".join(f"\n  {one}" for one in [*mistakes[:MAX_TOLD], *more])
        raise UsageError(f"Macie's findings have {len(mistakes):,} mistakes{listed}\n{_REMEDY}")


def _by_bucket(findings: Iterable[_Finding], categories: frozenset[str]) -> dict[str, Sensitive]:
    found: dict[str, Sensitive] = {}
    for one in findings:
        bucket = found.setdefault(one.bucket, Sensitive())
        bucket.objects += 1
        bucket.severity = max(bucket.severity, one.severity.description, key=_rank)
        bucket.counts.update(_counted(one, categories))
    return found


def _counted(one: _Finding, categories: frozenset[str]) -> Counter[str]:
    """How often which category; that of the finding's type where it has no details, `SOME` for what nobody knows."""
    result = (one.classification_details or _Details()).result or _Result()
    counts: Counter[str] = Counter()
    for data in result.sensitive_data or ():
        counts[data.category if data.category in categories else SOME] += data.total_count
    if result.custom_data_identifiers and result.custom_data_identifiers.total_count:
        counts["CUSTOM_IDENTIFIER"] += result.custom_data_identifiers.total_count
    last = one.type.rpartition("/")[2]
    return counts or Counter({TYPES.get(last, SOME): 0})


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def _word(category: str) -> str:
    return "sensitive data" if category == SOME else category.lower().replace("_", " ")
