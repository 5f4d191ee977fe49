"""What a gate knows beside all other tables: which commit is checked out, what is changed, how objectives stand."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.commit import checked_out
from bastide.posture.git import git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.workload.known import Columns, Known

GATE: Columns = {
    "stage": ("VARCHAR", "the stage up to which is asked; empty for all"),
    "environment": ("VARCHAR", "the environment that is asked about; empty for none"),
    "commit": ("VARCHAR", "the commit that is checked out; empty outside a repository"),
    "dirty": ("BOOLEAN", "whether the work tree has changes that no commit has; NULL outside a repository"),
    "changed": ("INTEGER", "how many files are changed or new"),
    "files": ("VARCHAR[]", "the first of them"),
    "now": ("TIMESTAMP", "time of the question, UTC"),
    "today": ("DATE", "its day"),
    "entries": ("INTEGER", "how many entries the log of decisions has"),
    "broken": ("VARCHAR[]", "what is wrong with its chain"),
}
"""The table `gate`: one row."""
EXEMPTION_LINES: Columns = {
    "place": ("VARCHAR", "file:line of the exemption, as in `exemptions`"),
    "since": ("VARCHAR", "day on which that line was last committed; NULL while it is not"),
    "author": ("VARCHAR", "who committed it"),
}
"""The table `exemption_lines`: the age of exemptions, by git's own word; empty outside a repository."""
HELD: Columns = {
    "id": ("VARCHAR", "id of the objective"),
    "title": ("VARCHAR", "what shall hold"),
    "judged": ("BOOLEAN", "whether a control of it judged anything"),
    "ok": ("BOOLEAN", "whether it holds; NULL when that is not known"),
    "detail": ("VARCHAR", "how many verdicts say so"),
}
"""The table `held`: objectives as criteria ask for them."""
MAX_FILES = 20


class Tree:
    """The work tree around a folder: `changed` are files that no commit has so, None outside a repository."""

    def __init__(self, folder: str = ".") -> None:
        self.commit = checked_out(folder)
        told = (
            git(folder, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--", ".") if self.commit else None
        )
        self.changed = None if told is None else [entry[3:] for entry in told.split("\0") if entry[2:3] == " "]

    @property
    def dirty(self) -> bool | None:
        """Whether anything is changed; None where git does not say."""
        return None if self.changed is None else bool(self.changed)


def put_asked(
    known: Known, tree: Tree, *, stage: str = "", environment: str = "", entries: int = 0, broken: Sequence[str] = ()
) -> None:
    """The tables of this module beside those that are there; `entries` and `broken` are about the log of decisions."""
    now = dt.datetime.now(dt.UTC)
    changed = tree.changed or []
    row = {
        "stage": stage,
        "environment": environment,
        "commit": tree.commit,
        "dirty": tree.dirty,
        "changed": len(changed),
        "files": changed[:MAX_FILES],
        "now": now.strftime("%Y-%m-%d %H:%M:%S"),
        "today": now.date().isoformat(),
        "entries": entries,
        "broken": list(broken),
    }
    known.put("gate", GATE, [row])
    known.put("exemption_lines", EXEMPTION_LINES, exemption_lines(known))
    known.put("held", HELD, _held(known))


def _held(known: Known) -> list[dict[str, Any]]:
    if not _has(known, "objectives"):
        return []
    return known.select("""
      select id, title, status <> 'not-judged' as judged,
        case status when 'holds' then true when 'broken' then false end as ok,
        case status when 'holds' then 'verdicts that pass: ' || passed || ' of ' || (passed + exempt)
          when 'broken' then 'verdicts that fail: ' || failed || ' of ' || (passed + failed + unknown + exempt)
          when 'unknown' then 'verdicts that are unknown: ' || unknown || ' of ' || (passed + failed + unknown + exempt)
          else 'no control of it has judged anything' end as detail
      from objectives""")


def _has(known: Known, table: str) -> bool:
    sql = f"select 1 as x from information_schema.tables where table_name = '{table}'"  # noqa: S608 (ours)
    return bool(known.select(sql))


def exemption_lines(known: Known) -> list[dict[str, Any]]:
    """Since when each exemption stands where it is written, as far as git knows."""
    places = known.select("select distinct place from exemptions") if _has(known, "exemptions") else []
    by_file: dict[str, list[tuple[str, int]]] = {}
    for row in places:
        file, _, line = str(row["place"]).rpartition(":")
        if file and line.isdigit():
            by_file.setdefault(file, []).append((row["place"], int(line)))
    return [
        {"place": place, "since": since, "author": author}
        for file, wanted in by_file.items()
        for line, since, author in _blamed(file, [line for _, line in wanted])
        for place, number in wanted
        if number == line
    ]


_HEADER = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)")
MAX_LINES = 1_000


def _blamed(file: str, lines: list[int]) -> Iterator[tuple[int, str | None, str]]:
    """Of lines of a file: the day of the commit that wrote them, None while none has, and its author."""
    ranges = [f"-L{line},{line}" for line in sorted(set(lines))[:MAX_LINES]]
    told = git(str(Path(file).parent), "blame", "--line-porcelain", *ranges, "--", Path(file).name)
    number, committed = 0, False
    fields: dict[str, str] = {}
    for text in (told or "").splitlines():
        if text.startswith("\t"):
            day = dt.datetime.fromtimestamp(int(fields["author-time"]), dt.UTC).date().isoformat()
            yield number, day if committed else None, fields.get("author", "")
        elif match := _HEADER.match(text):
            number, committed, fields = int(match[2]), set(match[1]) != {"0"}, {}
        else:
            key, _, value = text.partition(" ")
            fields[key] = value
