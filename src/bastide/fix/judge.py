"""What all controls say of units, as they are on disk or as drafts would have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.controls.evaluate import Evaluation
from bastide.sources.files import instead
from bastide.sources.pool import task_of
from bastide.sources.worker import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bastide.controls.library import Library
    from bastide.controls.verdict import Verdict
    from bastide.sources.discover import Unit

_RANKS = {"pass": 0, "exempt": 0, "unknown": 1, "fail": 2}

Key = tuple[str, str]
"""A control and a resource."""


class Judged(NamedTuple):
    """Verdicts by control and resource, the resources, and what could not be read."""

    verdicts: dict[Key, Verdict]
    resources: frozenset[str]
    problems: frozenset[str]

    def passes(self, key: Key) -> bool:
        """Whether the control holds of the resource."""
        found = self.verdicts.get(key)
        return found is not None and found.status == "pass"


class Judge:
    """Judges units by all controls of a library; those that cannot be run say nothing."""

    def __init__(self, library: Library, settings: dict[str, Any]) -> None:
        self._library, self._var_files = library, tuple(settings["var_file"])

    def judge(self, units: Sequence[Unit], texts: Mapping[str, bytes] | None = None) -> Judged:
        """The units loaded in this process, files in `texts` taken for what they would be."""
        with instead(texts or {}):
            loaded = [one for number, unit in enumerate(units) for one in run(task_of(number, unit, self._var_files))]
        resources = [resource for one in loaded for resource in one.resources]
        controls, compiled = self._library.of({resource.type for resource in resources}, live=False)
        evaluation = Evaluation(controls, compiled, dict(self._library.broken))
        verdicts = {(one.control.id, one.resource.id): one for one in evaluation.verdicts(resources)}
        evaluation.close()
        problems = {
            f"{problem.path}: {problem.message}"
            for one in loaded
            for problem in one.problems
            if problem.kind in ("unreadable", "partial")
        }
        return Judged(verdicts, frozenset(resource.id for resource in resources), frozenset(problems))


def worse(before: Judged, after: Judged) -> dict[str, str]:
    """The resources of which less holds than before, and why: a control's id, or that it is gone."""
    found = dict.fromkeys(before.resources - after.resources, "the resource is gone")
    for key, verdict in after.verdicts.items():
        old = before.verdicts.get(key)
        if _RANKS[verdict.status] > (_RANKS[old.status] if old else 0):
            found.setdefault(key[1], f"{key[0]} would {'fail' if verdict.status == 'fail' else 'be unknown'}")
    return found
