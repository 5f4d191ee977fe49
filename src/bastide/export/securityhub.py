"""Findings of the history into AWS Security Hub with `BatchImportFindings`: only what changed, in batches of 100.

Each batch stands in the state before it is sent. What AWS refuses of a batch is sent again, `TRIES` times in all, and
then told; a Security Hub that refuses a whole batch for good is left, and the others are sent to.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.errors import UsageError
from bastide.export.asff import Target, asff_of, digest_of
from bastide.export.pending import batches
from bastide.redact import clean
from bastide.sources.aws.calls import Request

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from bastide.export.pending import Pending, State
    from bastide.report.texts import ControlTexts
    from bastide.sources.aws.calls import Answer

BATCH = 100
TRIES = 3
PERMISSION = "securityhub:BatchImportFindings"
_FINAL = ("denied", "not offered", "absent")


class Due(Struct, frozen=True):
    """A finding that a Security Hub is to be told, as it will be."""

    pending: Pending
    target: Target
    asff: dict[str, Any]
    digest: str


class Counts(Struct):
    """What became of the findings for one target: sent as active, sent as archived, and not sent."""

    active: int = 0
    archived: int = 0
    refused: int = 0
    why: Counter[str] = field(default_factory=Counter)

    def add(self, due: Due) -> None:
        """Count one that is, or would be, sent."""
        if due.pending.finding.closed:
            self.archived += 1
        else:
            self.active += 1


def target_of(text: str) -> Target | None:
    """`ACCOUNT/REGION` as a target, None for nothing; `UsageError` for anything else."""
    from bastide.sources.aws.accounts import Scope

    if not text:
        return None
    account, _, region = text.partition("/")
    try:
        Scope(accounts=(account,), regions=(region,)).checked()
    except UsageError:
        raise UsageError(f"--into: `{clean(text, 80)}` is no account and region",
                         remedy="write for example `111111111111/eu-west-1`") from None  # fmt: skip
    return Target(account, region)


def due(state: State, texts: Mapping[str, ControlTexts], into: Target | None, now: dt.datetime) -> Iterator[Due]:
    """Everything that changed since it was sent, one target after the other."""
    for pending in state.pending():
        finding = pending.finding
        target = into or finding.own
        asff = asff_of(finding, texts.get(finding.control), target, now)
        digest = digest_of(asff)
        if pending.is_due(digest, now):
            yield Due(pending, target, asff, digest)


def send(
    found: Iterator[Due],
    state: State,
    call: Callable[[str, Request], Answer],
    now: dt.datetime,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[Target, Counts]:
    """Send them all; what became of them by target. `call` makes a request with the credentials of an account."""
    counts: dict[Target, Counts] = {}
    for target, some in groupby(found, lambda one: one.target):
        counting = counts.setdefault(target, Counts())
        closed = False
        for batch in batches(some, BATCH):
            if closed:
                counting.refused += len(batch)
                continue
            state.note([(one.pending, "") for one in batch], now)
            left, answer = _sent(batch, target, call, counting.why)
            state.note(_fates(batch, left, answer, counting), now)
            told("sending findings", sum(one.active + one.archived for one in counts.values()), 0)
            closed = answer.outcome != "read"
    return counts


def _sent(
    batch: list[Due], target: Target, call: Callable[[str, Request], Answer], why: Counter[str]
) -> tuple[dict[str, str], Answer]:
    """The ids that were not taken with the reason, and the last answer."""
    left = dict.fromkeys((one.asff["Id"] for one in batch), "")
    answer: Any = None
    for _ in range(TRIES):
        findings = [one.asff for one in batch if one.asff["Id"] in left]
        request = Request("securityhub", "BatchImportFindings", target.region, {"Findings": findings}, PERMISSION,
                          not_offered=("InvalidAccessException",))  # fmt: skip
        answer = call(target.account, request)
        if answer.outcome != "read":
            left = dict.fromkeys(left, request.why(answer))
            break
        left = _refused(answer.value, left)
        if not left:
            break
    why.update(left.values())
    return left, answer


def _refused(value: Any, asked: dict[str, str]) -> dict[str, str]:
    """Of the ids that were asked for those that AWS refused; all of them when its answer does not add up."""
    failed = value.get("FailedFindings") if isinstance(value, dict) else None
    failed = failed if isinstance(failed, list) else []
    found = {
        one["Id"]: clean(f"{one.get('ErrorCode')}: {one.get('ErrorMessage')}", 200)
        for one in failed
        if isinstance(one, dict) and one.get("Id") in asked
    }
    if not isinstance(value, dict) or value.get("SuccessCount") != len(asked) - len(found):
        return {name: found.get(name, "AWS's answer does not say which findings it took") for name in asked}
    return found


def _fates(batch: list[Due], left: dict[str, str], answer: Answer, counts: Counts) -> list[tuple[Pending, str | None]]:
    """Count what became of a batch; what is to be written down of it. What may have arrived stays `perhaps`."""
    notes: list[tuple[Pending, str | None]] = []
    for one in batch:
        if one.asff["Id"] not in left:
            counts.add(one)
            notes.append((one.pending, one.digest))
            continue
        counts.refused += 1
        if one.pending.digest is None and answer.outcome in _FINAL:
            notes.append((one.pending, None))
    return notes
