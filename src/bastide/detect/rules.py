"""Sigma's rules from files: those for this lake, counted beside them those for other logs, and what cannot be used.

One file that is no Sigma never hides the others; two rules with one id are an error that names both.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.detect.counting import Correlation, counting
from bastide.detect.hush import hush
from bastide.detect.sources import Source, service_meant, source_of
from bastide.errors import UsageError
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sigma.correlations import SigmaCorrelationRule
    from sigma.rule import SigmaRule

    from bastide.detect.documents import Document

LIBRARY = "library"
LEVELS = ("informational", "low", "medium", "high", "critical")
EXTRA = "bastide"
"""The key of a rule with what is ours: examples, threats, the playbook."""

_ENDINGS = (".yml", ".yaml")
_SIGMA = re.compile(r"^(?:logsource|detection|correlation|filter|action)\s*:", re.MULTILINE)
_OURS = re.compile(
    r"(?im)(?:product\"?'?\s*:\s*['\"]?(?:aws|amazon|kubernetes|eks)\b|category\"?'?\s*:\s*['\"]?(?:dns|proxy|webserver|"
    r"firewall)\b|service\"?'?\s*:\s*['\"]?(?:cloudtrail|guardduty|security_?hub|vpcflowlogs)\b)|"
    r"^(?:correlation|filter|action)\s*:|^\s*[\"{]"
)
_LISTS = ("falsepositives", "references", "tags", "fields")
_NAMED = re.compile(r"(?m)^(?:id|name)\s*:\s*['\"]?([^\s'\"#]+)")
_ATTACK = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)$", re.IGNORECASE)


class Problem(Struct, frozen=True):
    """A rule or a file of rules that is not used, and why."""

    place: str
    cause: str
    rule: str = ""


class Rule(Struct, frozen=True):
    """One rule or correlation as it was written; `number` is its place among all that were loaded."""

    number: int
    id: str
    title: str
    level: str
    place: str
    parsed: Any = None  # SigmaRule, until it is compiled; None for a correlation
    source: Source | None = None  # None for a correlation
    correlation: Correlation | None = None
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()  # of ATT&CK by id, `T1078.004`
    tactics: tuple[str, ...] = ()  # as tags have them, `credential-access`
    false_positives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    shown: bool = True  # False for one that only counts in a correlation

    @property
    def is_correlation(self) -> bool:
        """Whether it judges matches of other rules."""
        return self.correlation is not None


class RuleSet(Struct):
    """What was loaded. `elsewhere` are rules for logs that do not come into the lake."""

    rules: list[Rule] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    elsewhere: int = 0
    files: int = 0
    foreign: set[str] = field(default_factory=set)
    """Ids and names of rules for other logs: a correlation that counts one of them is for other logs, too."""

    def by_id(self) -> dict[str, Rule]:
        """All rules by id."""
        return {rule.id: rule for rule in self.rules}


def load_rules(places: Sequence[str] = (), placeholders: Mapping[str, Sequence[str]] | None = None) -> RuleSet:
    """The rules of folders and files; the library's without any, and for the word `library`.

    `placeholders` are the values for `%name%` where a rule says `expand`. `UsageError` for a place that is not there
    and for two rules with one id.
    """
    if find_spec("sigma") is None:
        raise UsageError("pysigma missing", remedy="`pip install 'bastide[lake]'` brings what rules need")
    loader = _Loader(placeholders or {})
    for path in rule_files(places):
        loader.file(path)
    return loader.finished()


def rule_files(places: Iterable[str]) -> list[Path]:
    """The files of rules in folders, in their order; `UsageError` for a place that is not there."""
    found: dict[Path, None] = {}
    for place in list(places) or [LIBRARY]:
        path = FOLDER / "detections" if place == LIBRARY else Path(place)
        if path.is_dir():
            inside = sorted(one for root in _roots(path) for one in root.rglob("*") if one.suffix in _ENDINGS)
            found.update(dict.fromkeys(one for one in inside if one.is_file() and not _hidden(one, path)))
        elif path.is_file():
            found[path] = None
        else:
            raise UsageError("there is no such folder or file of rules", place=place)
    return list({path.resolve(): path for path in found}.values())


def _roots(path: Path) -> list[Path]:
    """Where rules lie in a folder: in a checkout of SigmaHQ's repository not among its tests and what it gave up."""
    if (path / "rules").is_dir() and (path / "rules-emerging-threats").is_dir():
        return sorted(one for one in path.glob("rules*") if one.is_dir())
    return [path]


def _hidden(path: Path, root: Path) -> bool:
    """Whether it lies in a folder that a version control or a test keeps for itself."""
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _told(path: Path) -> str:
    """A file as messages name it; one of the library by its place there."""
    return f"library/{path.relative_to(FOLDER).as_posix()}" if path.is_relative_to(FOLDER) else str(path)


class _Loader:
    def __init__(self, placeholders: Mapping[str, Sequence[str]]) -> None:
        self.placeholders = placeholders
        self.set = RuleSet()
        self.parsed: list[tuple[Any, Document]] = []

    def file(self, path: Path) -> None:
        """Parse a file; what is wrong with it becomes a problem."""
        from bastide.detect.documents import documents  # only what is not kept is read

        self.set.files += 1
        place = _told(path)
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.problem(place, f"cannot be read: {error}")
            return
        if _SIGMA.search(text) and "logsource" in text and not _OURS.search(text):
            self.set.elsewhere += len(re.findall(r"(?m)^detection\s*:", text)) or 1
            self.set.foreign.update(_NAMED.findall(text))
            return
        try:
            found = documents(text, place)
        except UsageError as error:
            self.problem(error.place or place, error.cause)
            return
        if not found:
            self.problem(place, "there is no rule in it")
        for document in found:
            self.document(document)

    def document(self, document: Document) -> None:
        """Parse one rule, correlation or filter."""
        value = _with_lists(document.value)
        if "detection" not in value and "correlation" not in value and "filter" not in value:
            self.problem(document.place, "this is no Sigma rule: it has neither `detection` nor `correlation`")
            return
        if "correlation" not in value and "filter" not in value and self._is_elsewhere(value.get("logsource")):
            self.set.elsewhere += 1
            self.set.foreign |= {str(value[key]) for key in ("id", "name") if value.get(key)}
            if hint := service_meant(value["logsource"]):
                self.problem(document.place, hint, str(value.get("id") or ""))
            return
        if name := _without_values(value.get("detection")):
            cause = f"`{name}` has an empty list of values, which nothing can match"
            self.problem(document.place, cause, str(value.get("id") or ""))
            return
        from sigma.collection import SigmaCollection
        from sigma.exceptions import SigmaError

        hush()
        try:
            collection = SigmaCollection.from_dicts([value], collect_filters=True, resolve_references=False)
        except (SigmaError, TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
            self.problem(document.place, f"not a valid rule: {_first_line(error)}", str(value.get("id") or ""))
            return
        self.parsed += [(rule, document) for rule in (*collection.rules, *collection.filters)]

    @staticmethod
    def _is_elsewhere(logsource: Any) -> bool:
        if not isinstance(logsource, dict):
            return False
        words = [logsource.get(key) for key in ("product", "service", "category")]
        product, service, category = (word if isinstance(word, str) else None for word in words)
        return source_of(product, service, category) is None

    def finished(self) -> RuleSet:
        """Resolve what rules refer to, and give each its number."""
        from bastide.detect.resolving import resolve

        resolve(self.parsed, self.set, self.placeholders)
        return self.set

    def problem(self, place: str, cause: str, rule: str = "") -> None:
        self.set.problems.append(Problem(place, cause, rule))


def _with_lists(value: dict[str, Any]) -> dict[str, Any]:
    """The rule with what only describes it as lists: a text where one is due is no reason to leave a rule out."""
    return {key: [one] if key in _LISTS and isinstance(one, str) else one for key, one in value.items()}


def _without_values(node: Any, name: str = "") -> str:
    """The field or the selection that has an empty list, if there is one."""
    if isinstance(node, dict):
        return next((found for key, inner in node.items() if (found := _without_values(inner, str(key)))), "")
    if isinstance(node, list):
        return next((found for inner in node if (found := _without_values(inner, name))), "" if node else name)
    return ""


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def made(parsed: SigmaRule | SigmaCorrelationRule, document: Document, numbers: Mapping[int, int], shown: bool) -> Rule:  # noqa: FBT001
    """The rule for what pySigma has parsed; `numbers` has each rule's by the identity of that."""
    value = document.value
    title = str(parsed.title or Path(document.path).stem)
    logsource = getattr(parsed, "logsource", None)
    source = source_of(logsource.product, logsource.service, logsource.category) if logsource else None
    extra = value.get(EXTRA)
    tags = tuple(str(tag) for tag in parsed.tags or ())
    return Rule(
        number=numbers[id(parsed)],
        id=identity(parsed, document),
        title=title,
        level=str(parsed.level.name.lower()) if parsed.level else "medium",
        place=document.place,
        parsed=parsed if logsource else None,
        source=source,
        correlation=None if logsource else counting(parsed, numbers),  # type: ignore[arg-type]
        name=str(parsed.name or ""),
        description=str(parsed.description or ""),
        tags=tags,
        techniques=tuple(found[1].upper() for tag in tags if (found := _ATTACK.match(tag))),
        tactics=tuple(word for tag in tags if (word := _tactic(tag))),
        false_positives=tuple(str(text) for text in parsed.falsepositives or ()),
        references=tuple(str(text) for text in parsed.references or ()),
        extra=extra if isinstance(extra, dict) else {},
        shown=shown,
    )


def _tactic(tag: str) -> str:
    word = tag.lower().replace("_", "-")
    if not word.startswith("attack.") or re.match(r"attack\.[tgs]\d{4}", word):
        return ""
    return word.removeprefix("attack.")


def identity(parsed: SigmaRule | SigmaCorrelationRule, document: Document) -> str:
    """A rule's id; for one that has none its name, else its title and file."""
    if parsed.id:
        return str(parsed.id)
    return str(parsed.name) if parsed.name else f"{Path(document.path).stem}#{document.index}"
