"""What a standard's criteria come to over all that is known: yes, no or unknown, each with its evidence.

Nothing passes for want of knowledge: a table that a criterion reads and that has no row makes it unknown, unless the
criterion says that it may be empty; and so does a query that cannot be answered.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from bastide.errors import UsageError
from bastide.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.posture.standard import Criterion, Standard
    from bastide.workload.known import Known

Word = Literal["yes", "no", "unknown", "off"]
MAX_TOLD = 20
"""Rows that are kept of a criterion's reasons; how many there are is told."""


class Answer(Struct):
    """The answer to one criterion. `against` and `unknown` are reasons, `evidence` is what speaks for it.

    Each list has at most `MAX_TOLD` texts; `rows` is how many rows speak against it or are not known.
    """

    criterion: Criterion
    word: Word
    against: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def reasons(self) -> list[str]:
        """Why the word is what it is."""
        return {"no": self.against, "unknown": self.unknown, "yes": self.evidence}.get(self.word, [self.criterion.off])


def verdict(answers: Iterable[Answer]) -> Word:
    """The word of all together: one `no` decides, else one `unknown`."""
    words = {answer.word for answer in answers}
    return "no" if "no" in words else "unknown" if "unknown" in words else "yes"


def ask(known: Known, standard: Standard, stage: str = "", environment: str = "") -> list[Answer]:
    """The answers of the stages up to `stage`, all without; of criteria that are for the environment."""
    wanted = list(standard.stages)
    wanted = wanted[: wanted.index(stage) + 1] if stage else wanted
    return [
        _answer(known, one)
        for one in standard.criteria
        if one.stage in wanted
        and (not one.environments or any(fnmatchcase(environment, pattern) for pattern in one.environments))
    ]


def _answer(known: Known, criterion: Criterion) -> Answer:
    if criterion.off:
        return Answer(criterion, "off")
    try:
        if silent := _silent(known, criterion):
            told = [f"nothing is known of {name}" for name in silent]
            return Answer(criterion, "unknown", unknown=told, rows=len(told))
        rows = known.select(criterion.require, criterion.place)
        answer = _of_rows(criterion, rows)
        if criterion.evidence:
            answer.evidence += _told(known.select(criterion.evidence, criterion.place))
    except UsageError as error:
        return Answer(criterion, "unknown", unknown=[error.cause], rows=1)
    return answer


def _silent(known: Known, criterion: Criterion) -> list[str]:
    """The tables that the criterion needs and that are not there, or are empty."""
    there = {row["name"] for row in known.select("select table_name as name from information_schema.tables")}
    needed = sorted(tables_read(known, criterion.require))
    missing = [name for name in needed if name not in there]
    asked = [name for name in needed if name in there and name not in criterion.may_be_empty]
    if not asked:
        return missing
    sql = " union all ".join(f'select {quoted(n)} as name, exists(select 1 from "{n}") as has' for n in asked)  # noqa: S608
    return missing + [row["name"] for row in known.select(sql) if not row["has"]]


def tables_read(known: Known, sql: str) -> set[str]:
    """The tables that a query reads, by DuckDB's own parser; `UsageError` when it is no query."""
    (row,) = known.select(f"select json_serialize_sql({quoted(sql)})::varchar as tree")
    tree = json.loads(row["tree"])
    if tree.get("error"):
        raise UsageError(f"the query does not run: {tree.get('error_message', '')}")
    read, named = set(), set()
    for node in _nodes(tree):
        if node.get("type") == "BASE_TABLE":
            read.add(str(node.get("table_name")).lower())
        if isinstance(ways := node.get("cte_map"), dict):
            named |= {str(entry.get("key")).lower() for entry in ways.get("map", ())}
    return read - named


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _of_rows(criterion: Criterion, rows: list[dict[str, Any]]) -> Answer:
    """Without a column `ok` every row speaks against it; with one, NULL is not known."""
    if rows and "ok" not in rows[0]:
        return Answer(criterion, "no", against=_told(rows), rows=len(rows))
    against = [row for row in rows if row["ok"] is False]
    unknown = [row for row in rows if row["ok"] is None]
    word: Word = "no" if against else "unknown" if unknown else "yes"
    return Answer(
        criterion,
        word,
        _told(against),
        _told(unknown),
        _told(row for row in rows if row["ok"]),
        len(against) or len(unknown),
    )


def _told(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The rows as texts: `subject: detail`, or whatever columns there are."""
    told = []
    for row, _ in zip(rows, range(MAX_TOLD), strict=False):
        words = {key: str(value) for key, value in row.items() if key != "ok" and value is not None}
        if words.keys() <= {"subject", "detail"}:
            told.append(": ".join(words[key] for key in ("subject", "detail") if words.get(key)))
        else:
            told.append(", ".join(f"{key} {value}" for key, value in words.items()))
    return told
