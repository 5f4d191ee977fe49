"""How grave a verdict is for this workload: the control's severity, raised or lowered by the class of the data."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, convert

from bastide.controls.library import load_library
from bastide.controls.verdict import SEVERITIES
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.controls.entry import Summary
    from bastide.workload.known import Columns, Known

FILE = "library/classes.yaml"

TABLES: dict[str, Columns] = {
    "class_rules": {
        "control": ("VARCHAR", "id of a control that the class of data makes more or less grave"),
        "number": ("INTEGER", "which rule says so"),
        "at_least": ("DOUBLE", "of data that is at least as sensitive, from 0 to 1"),
        "at_most": ("DOUBLE", "of data that is at most as sensitive"),
        "by": ("INTEGER", "steps by which the severity rises"),
        "least": ("INTEGER", "the severity that it has at least, 0 for critical"),
        "most": ("INTEGER", "the severity that it has at most"),
        "because": ("VARCHAR", "why"),
    },
    "weighed": {
        "control": ("VARCHAR", "id of the control"),
        "resource": ("VARCHAR", "id of the resource"),
        "status": ("VARCHAR", "pass, fail, unknown or exempt"),
        "severity": ("VARCHAR", "how grave it is here"),
        "own_severity": ("VARCHAR", "the control's own severity"),
        "class": ("VARCHAR", "class of the most sensitive data that the resource bears on; NULL when it is not known"),
        "because": ("VARCHAR", "why the severities differ; NULL when they do not"),
        "path": ("VARCHAR", "file of what decided"),
        "line": ("INTEGER", "line of what decided"),
        "fingerprint": ("VARCHAR", "identity of the finding across scans"),
    },
}


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of `library/classes.yaml`."""

    because: str
    at_least: float = 0.0
    at_most: float = 1.0
    concern: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    by: int = 0
    least: str = ""
    most: str = ""

    def takes(self, control: Summary) -> bool:
        """Whether it is about this control."""
        return (not self.concern or control.concern in self.concern) and (
            not self.id or any(fnmatchcase(control.id, pattern) for pattern in self.id)
        )


@cache
def rules() -> tuple[Rule, ...]:
    """The library's rules, in their order."""
    from bastide.yamltext import read_yaml

    return convert(read_yaml((FOLDER / "classes.yaml").read_text("utf-8"), FILE)[0], tuple[Rule, ...])


def put_weighed(known: Known) -> None:
    """The tables `class_rules` and `weighed`. `known` has `elements`, `bearing`, `classes` and the scan's verdicts."""
    known.put("class_rules", TABLES["class_rules"], _rows(load_library([]).summaries))
    known.run(f"create or replace table weighed as {_SQL}")


def _rows(controls: Iterable[Summary]) -> Iterator[dict[str, Any]]:
    for control in controls:
        for number, rule in enumerate(rules()):
            if rule.takes(control):
                bounds = {key: SEVERITIES.index(name) if (name := getattr(rule, key)) else None
                          for key in ("least", "most")}  # fmt: skip
                yield {
                    "control": control.id, "number": number, "at_least": rule.at_least, "at_most": rule.at_most,
                    "by": rule.by, "because": rule.because, **bounds,
                }  # fmt: skip


_ORDER = "[" + ", ".join(f"'{name}'" for name in SEVERITIES) + "]"
_SQL = f"""
with sensitive as (
  select b.resource, max_by(e.class, c.sensitivity) as class, max(c.sensitivity) as sensitivity
  from bearing b join elements e on e.resource = b.element join classes c on c.name = e.class group by b.resource),
severities as (
  select v.*, s.class, s.sensitivity, list_position({_ORDER}, v.severity) - 1 as step
  from verdicts v left join sensitive s using (resource)),
changed as (
  select s.control, s.sensitivity, s.step, string_agg(r.because, '; ' order by r.number) as because,
    greatest(least(s.step - sum(r.by), coalesce(min(r.least), 9)), coalesce(max(r.most), 0), 0) as changed
  from (select distinct control, sensitivity, step from severities where sensitivity is not null) s
  join class_rules r on r.control = s.control and s.sensitivity between r.at_least and r.at_most
  group by s.control, s.sensitivity, s.step)
select s.control, s.resource, s.status, ({_ORDER})[coalesce(c.changed, s.step)::int + 1] as severity,
  s.severity as own_severity, s.class, case when c.changed <> s.step then c.because end as because,
  s.path, s.line, s.fingerprint
from severities s left join changed c using (control, sensitivity, step)
"""  # noqa: S608 (words of ours)
