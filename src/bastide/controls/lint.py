"""What a control must have beside SQL that compiles: examples on both sides, known ids, texts that help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.controls.compensation import lint_layers
from bastide.controls.entry import LANGUAGES, LIVE, languages_of
from bastide.controls.fixes import lint_fix
from bastide.controls.frameworks import ATTACK, framework, framework_names, lint_frameworks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.controls.entry import Control

MAX_TITLE = 90


def lint(controls: Sequence[Control]) -> list[str]:
    """Complaints, `file:line: id: what`, for entries that do not cohere; none for a sound library.

    With controls of the library among them, its frameworks are looked through, too.
    """
    complaints: list[str] = []
    seen: dict[str, str] = {}
    meanings: dict[tuple[str, str, str], str] = {}
    for control in controls:
        found = list(_complaints(control))
        if control.id in seen:
            found.append(f"the id stands at {seen[control.id]} too")
        seen[control.id] = control.place
        meaning = (control.resource, " ".join(control.require.split()), " ".join(control.when.split()))
        if meaning in meanings:
            found.append(f"means the same as {meanings[meaning]}")
        meanings[meaning] = control.id
        complaints += [f"{control.place}: {control.id}: {text}" for text in found]
    if any(control.source.startswith("library/") for control in controls):
        complaints += lint_frameworks()
    return complaints


def _complaints(control: Control) -> Iterator[str]:
    yield from _examples(control)
    yield from _frameworks(control)
    yield from lint_fix(control)
    yield from lint_layers(control)
    if not control.title[0].isupper() or control.title.endswith(".") or len(control.title) > MAX_TITLE:
        yield f"a title starts with a capital, has no full stop and at most {MAX_TITLE} characters"
    if not control.concern:
        yield "no concern"
    if len(control.rationale.split()) < 8:
        yield "the rationale says too little"
    own = languages_of(control.resource)
    needed = (*LANGUAGES, "cli") if own is LANGUAGES else own
    for language in ("cli",) if control.live else needed:
        if not control.remediation.get(language, "").strip():
            yield f"no remediation for {language}"
    if unknown := set(control.remediation) - {*own, "cli"}:
        yield f"remediation for `{min(unknown)}` is not shown anywhere"
    file = control.source.rpartition("/")[2]
    if control.source.startswith("library/") and file != f"{control.service}.yaml":
        yield f"stands in {file}, its id says {control.service}.yaml"


def _examples(control: Control) -> Iterator[str]:
    for outcome in ("fail", "pass"):
        found = [example for example in control.examples if example.outcome == outcome]
        for language in LIVE if control.live else languages_of(control.resource):
            if not any(language in example.texts for example in found) and not any(e.missing for e in found):
                yield f"no example that should {outcome} in {language}"
        if not found:
            yield f"no example that should {outcome}"


def _frameworks(control: Control) -> Iterator[str]:
    if not control.frameworks.get("well-architected"):
        yield "no Well-Architected best practice"
    for name, ids in control.frameworks.items():
        if name not in framework_names() or name == ATTACK:
            yield f"`{name}` is no framework of the library that controls name"
            continue
        yield from (text for one in ids if (text := _tag(name, one)))
    for technique in control.attack:
        if _tag(ATTACK, technique):
            yield f"`{technique}` is no technique of ATT&CK's cloud matrix"


def _tag(name: str, requirement: str) -> str:
    """What is wrong with a tag, or an empty string."""
    found = framework(name).requirements.get(requirement)
    if found is None:
        return f"`{requirement}` is no requirement of {name}"
    if found.kind == "procedural":
        return f"`{requirement}` of {name} is said to be procedural, which no control serves"
    return ""
