"""Statements of policies, whatever their order, their ids, and whether one value stands in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.drift.values import account_of, same_text
from bastide.resources.policies import document_statements

if TYPE_CHECKING:
    from bastide.drift.values import Known
    from bastide.resources.policies import Statement

MAX_PAIRS = 20_000
_TEXTS = ("actions", "not_actions", "resources", "not_resources")
_PRINCIPALS = ("principals", "not_principals")


def odd_statements(code: Any, cloud: Any, known: Known) -> tuple[list[Any], list[Any]] | None:
    """What of two documents has no equal in the other; None when one cannot be read, or there is too much."""
    mine, why = document_statements(code)
    theirs, why_not = document_statements(cloud)
    if why or why_not or len(mine) * len(theirs) > MAX_PAIRS:
        return None
    left = list(theirs)
    odd = []
    for statement in mine:
        found = next((at for at, other in enumerate(left) if same_statement(statement, other, known)), None)
        if found is None:
            odd.append(shown(statement))
        else:
            del left[found]
    return odd, [shown(statement) for statement in left]


def same_statement(code: Statement, cloud: Statement, known: Known) -> bool:
    """Whether two statements say the same; references in the code's may be anything that fits."""
    return (
        code["effect"] == cloud["effect"]
        and all(same_texts(code[name], cloud[name], known) for name in _TEXTS)
        and all(same_texts(_people(code[name]), _people(cloud[name]), known) for name in _PRINCIPALS)
        and _same_conditions(code["conditions"], cloud["conditions"], known)
    )


def same_texts(code: list[str], cloud: list[str], known: Known) -> bool:
    """Whether two sets of texts are the same."""
    mine, left = list(dict.fromkeys(code)), list(dict.fromkeys(cloud))
    if len(mine) != len(left):
        return False
    for text in sorted(mine, key=lambda one: "${" in one):  # what is literal first: it has one equal at most
        found = next((at for at, other in enumerate(left) if same_text(text, other, known)), None)
        if found is None:
            return False
        del left[found]
    return True


def _people(principals: list[dict[str, str]]) -> list[str]:
    return [f"{one['kind']} {account_of(one['id'])}" for one in principals]


def _same_conditions(code: list[dict[str, Any]], cloud: list[dict[str, Any]], known: Known) -> bool:
    left = list(cloud)
    for one in code:
        found = next(
            (
                at
                for at, other in enumerate(left)
                if (one["operator"], one["key"]) == (other["operator"], other["key"])
                and same_texts(one["values"], other["values"], known)
            ),
            None,
        )
        if found is None:
            return False
        del left[found]
    return not left


def shown(statement: Statement) -> dict[str, Any]:
    """A statement with only what it has, for a report."""
    found = {name: value for name, value in statement.items() if value not in (None, [], "") and name != "property"}
    for name in _PRINCIPALS:
        if name in found:
            found[name] = _people(found[name])
    return found
