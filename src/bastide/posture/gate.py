"""May this workload ship? Asks a standard, writes the run into the log of decisions, and gives the word to attest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.errors import UsageError, near_miss
from bastide.posture.answers import ask, verdict
from bastide.posture.asked import Tree, put_asked
from bastide.posture.attestation import digest_of, statement
from bastide.posture.standard import load_standard
from bastide.state.database import now
from bastide.state.journal import append, verify

if TYPE_CHECKING:
    from bastide.posture.answers import Answer, Word
    from bastide.posture.standard import Standard
    from bastide.posture.whole import Whole
    from bastide.state.journal import Entry

ACTION = "gate.run"


class Outcome(Struct):
    """The word of a gate and all that it rests on. `entry` is the run's own in the log of decisions."""

    workload: str
    word: Word
    standard: Standard
    answers: list[Answer]
    tree: Tree
    stage: str
    environment: str
    at: str
    scan: dict[str, Any]
    entry: Entry

    @property
    def code(self) -> int:
        """The exit code: 1 for no, 3 when what is unknown decides."""
        return {"yes": 0, "no": 1}.get(self.word, 3)

    def statement(self) -> dict[str, Any]:
        """To be signed; `UsageError` where there is no commit that it could be about."""
        if not self.tree.commit:
            raise UsageError(
                "an attestation is about a commit, and there is none here",
                remedy="run it in a git repository that has one",
            )
        return statement(
            workload=self.workload, commit=self.tree.commit, dirty=self.tree.dirty, stage=self.stage,
            environment=self.environment, word=self.word, answers=self.answers, standard=self.standard,
            scan=self.scan, head=self.entry.hash, entries=self.entry.number, at=self.at,
        )  # fmt: skip


def run_gate(whole: Whole, actor: str, asked: str = "", standard_name: str = "") -> Outcome:
    """Ask about a stage or an environment, or everything; the run stands in the log of decisions when this returns."""
    standard = _standard(whole, standard_name)
    stage, environment = _about(whole, standard, asked)
    tree = Tree()
    put_asked(
        whole.known, tree, stage=stage, environment=environment, entries=len(whole.journal), broken=verify(whole.state)
    )
    answers = ask(whole.known, standard, stage, environment)
    if not answers:
        raise UsageError("the standard asks nothing here", place=standard_name or whole.manifest.standard)
    word, at = verdict(answers), now()
    scan = {key: getattr(whole.scanned, key) for key in ("id", "at", "digest", "commit")}
    body = {
        "verdict": word,
        "answers": {one.criterion.id: one.word for one in answers},
        "standard": standard.id,
        "standard_digest": digest_of(standard),
        "stage": stage,
        "commit": tree.commit,
        "dirty": tree.dirty,
        "scan": scan["id"],
    }
    entry = append(whole.state, actor, ACTION, environment or whole.manifest.name, body)
    return Outcome(whole.manifest.name, word, standard, answers, tree, stage, environment, at, scan, entry)


def _standard(whole: Whole, given: str) -> Standard:
    """The one that was named, by a path from here, else the manifest's, by a path from it."""
    if given:
        return load_standard(given)
    return load_standard(whole.manifest.standard, whole.manifest.path and str(Path(whole.manifest.path)))


def _about(whole: Whole, standard: Standard, asked: str) -> tuple[str, str]:
    """The stage and the environment that a word names; `UsageError` with the near miss when it is neither."""
    environments = [one.name for one in whole.manifest.environments]
    if not asked:
        return "", ""
    if asked in environments:
        return "", asked
    if asked in standard.stages:
        return asked, ""
    known = [*standard.stages, *environments]
    hint = near_miss(asked, known) or f"there are the stages {', '.join(standard.stages)}, and " + (
        f"the environments {', '.join(environments)}"
        if environments
        else "no environments: they stand under `workload.environments` in bastide.yaml"
    )
    raise UsageError(f"`{asked}` is no stage and no environment", remedy=hint)
