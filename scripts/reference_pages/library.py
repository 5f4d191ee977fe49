"""Reference pages of the library: macros, Terraform types, controls, frameworks."""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib import resources
from typing import TYPE_CHECKING, Any

from bastide.controls.entry import CONCERNS
from bastide.controls.frameworks import ATTACK, BASES, Crosswalk
from bastide.controls.macros import macros
from bastide.controls.verdict import SEVERITIES
from bastide.report.words import LANGUAGES
from bastide.sources.terraform.mapping import mapped_types, table_for
from bastide.yamltext import read_yaml
from reference_pages.markdown import anchor, block, code, count, page, table, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.controls.entry import Control
    from bastide.sources.terraform.mapping import Table
MANY = 30
"""More controls than these are counted, not named, where a requirement follows others."""


def macro_page() -> str:
    """The macros that controls may call."""
    found = macros().values()
    parts: list[str] = []
    for macro in found:
        call = code(f"{macro.name}({', '.join(macro.parameters)})")
        parts += [f"## {macro.name}", f"{call}: {words(macro.doc)}", block("sql", macro.sql)]
    intro = f"{count(len(found), 'macro')} for the SQL of [controls](../controls.md), each made of those before it."
    return page("Macros", intro, *parts)


def terraform(controls: Sequence[Control]) -> str:
    """The provider types that are mapped, by the service of the type that they become."""
    judging = Counter(control.resource for control in controls)
    services: dict[str, list[list[str]]] = defaultdict(list)
    for name in mapped_types():
        entry = table_for(name)
        assert entry is not None, name
        kind, text = becomes(entry)
        services[kind.split("::")[1]].append([code(name), text, str(judging[kind] or "")])
    judged = sum(bool(row[2]) for rows in services.values() for row in rows)
    intro = (
        f"{count(len(mapped_types()), 'type')} of the provider `aws` over {count(len(services), 'service')} are mapped."
    )
    about = (
        f"{judged:,} of them become something that a control judges, or a part of it. The types of the provider "
        "`awscc` are AWS's own and need no mapping. A type that is not here is counted under coverage as unmapped. "
        "[Mappings](../mappings.md) explains how one is written."
    )
    tables = [
        part
        for service in sorted(services)
        for part in (f"## {service}", table(["Terraform type", "becomes", "controls"], services[service]))
    ]
    return page("Terraform types", intro, about, *tables)


def becomes(entry: Table) -> tuple[str, str]:
    """The CloudFormation type that is judged in the end, and all that a provider type becomes, in words."""
    if entry.cases:
        cases = [(value, *becomes(case)) for value, case in entry.cases.items()]
        return cases[0][1], "; ".join(f"{text} for {code(f'{entry.switch} = {value}')}" for value, _, text in cases)
    if not entry.folds:
        return entry.type, code(entry.type)
    parts = [f"part of {code(fold.into)}{f', {code(fold.at)}' if fold.at else ''}" for fold in entry.folds]
    other = f", or {code(entry.type)} where that is not in the code" if entry.type else ""
    return entry.folds[0].into, " or ".join(parts) + other


def control_pages(controls: Sequence[Control]) -> dict[str, str]:
    """An index and a page a service, by path."""
    services: dict[str, list[Control]] = defaultdict(list)
    for control in controls:
        services[control.service].append(control)
    types = len({control.resource for control in controls})
    severities = Counter(control.severity for control in controls)
    parts = [
        f"{count(len(controls), 'control')} over {count(len(services), 'service')}; {count(types, 'resource type')}.",
        "`bastide controls show ID` prints any of them, `bastide controls list` one line each.",
        table(["severity", "controls"], [[name, str(severities[name])] for name in SEVERITIES]),
    ]
    for service, found in services.items():
        rows = [[_link(control, f"{service}.md"), control.severity, words(control.title)] for control in found]
        parts += [f"## {service}", table(["control", "severity", "what holds"], rows)]
    made = {f"controls/{service}.md": _service(service, found) for service, found in services.items()}
    return {"controls/index.md": page("Controls", *parts), **made}


def _link(control: Control, target: str) -> str:
    return f"[{code(control.id)}]({target}#{anchor(control.id)})"


def _service(service: str, controls: Sequence[Control]) -> str:
    types = ", ".join(code(name) for name in sorted({control.resource for control in controls}))
    described = (part for control in controls for part in _control(control))
    return page(f"Controls of {service}", f"{count(len(controls), 'control')} of {types}.", *described)


def _control(control: Control) -> Iterator[str]:
    yield f"## {control.id}"
    yield f"**{words(control.title)}**"
    about = f"about {CONCERNS[control.concern]}"
    yield f"{control.severity.capitalize()} severity; {about}; judges {code(control.resource)}."
    yield words(control.rationale)
    if control.when:
        yield "It is judged where this is true:"
        yield block("sql", control.when)
    yield "It passes where this is true:"
    yield block("sql", control.require)
    for related in control.related:
        how = f"that {code(related.by)} refers to" if related.by else f"whose {code(related.to)} refers to this one"
        how = "in the same root module or template" if related.beside else how
        yield f"{code(related.name)}: every {code(related.type)} {how}."
    yield "\n".join(f"- {LANGUAGES.get(key, key)}: {_remedy(key, text)}" for key, text in control.remediation.items())
    tags = {**control.frameworks, ATTACK: control.attack}
    yield "; ".join(f"[{name}](../frameworks/{name}.md) {', '.join(ids)}" for name, ids in tags.items() if ids)
    yield "\n".join(f"- <{url}>" for url in control.references)


def _remedy(language: str, text: str) -> str:
    """A command line is code; everything else has its own code spans."""
    return code(text.strip()) if language == "cli" and "`" not in text and "\n" not in text.strip() else words(text)


def framework_pages(controls: Sequence[Control]) -> dict[str, str]:
    """An index and a page a framework, by path: which controls serve which requirement."""
    made: dict[str, str] = {}
    rows: list[list[str]] = []
    crosswalk = Crosswalk(controls)
    by_id = {control.id: control for control in controls}
    for framework in frameworks():
        found = crosswalk.served(framework["id"])
        served = {requirement: [by_id[one] for one in sorted(ids)] for requirement, ids in found.items()}
        made[f"frameworks/{framework['id']}.md"] = _framework(framework, served)
        share = f"{len(served)} of {len(framework['requirements'])}"
        used = len({control.id for found in served.values() for control in found})
        link = f"[{words(framework['name'])}]({framework['id']}.md)"
        rows.append([link, words(framework["version"]), code(framework["id"]), share, str(used), framework["basis"]])
    about = (
        "A requirement counts as served when at least one control stands for it. That is not compliance: most "
        "requirements also ask for what no code shows, such as people, processes and records. "
        "`--only framework=cis-aws-5.0` judges by the controls of one framework. "
        "[Frameworks](../../frameworks.md) says on what it rests."
    )
    head = ["framework", "version", "id", "requirements served", "controls", "basis"]
    return {
        "frameworks/index.md": page("Frameworks", f"{count(len(rows), 'framework')}.", about, table(head, rows)),
        **made,
    }


def frameworks() -> list[dict[str, Any]]:
    """The frameworks of the library, in order of id."""
    folder = resources.files("bastide.library").joinpath("frameworks")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return [read_yaml(file.read_text("utf-8"), file.name)[0] for file in files]


def _framework(framework: dict[str, Any], served: dict[str, list[Control]]) -> str:
    parts: list[str] = []
    for group in framework["groups"]:
        members = [entry for entry in framework["requirements"] if entry["group"] == group["id"]]
        rows = [
            [entry["id"], words(entry["name"]), _serving(framework["id"], entry, served[entry["id"]])]
            for entry in members
            if entry["id"] in served
        ]
        lacking = [entry for entry in members if entry["id"] not in served]
        people = ", ".join(entry["id"] for entry in lacking if entry["kind"] == "procedural")
        without = ", ".join(entry["id"] for entry in lacking if entry["kind"] != "procedural")
        title = group["id"] if group["id"] == group["name"] else f"{group['id']} {words(group['name'])}"
        parts.append(f"## {title}")
        parts.append(table(["requirement", "in short", "controls"], rows) if rows else "")
        parts.append(f"For people: {people}." if people else "")
        parts.append(f"Without a control: {without}." if without else "")
    share = f"{len(served)} of {count(len(framework['requirements']), 'requirement')} are served by a control."
    about = (
        f"{words(framework['publisher'])}. The names of requirements are bastide's own short ones. "
        f"Basis: {BASES[framework['basis']]}. {words(framework['about'])}"
    )
    return page(f"{words(framework['name'])} {words(framework['version'])}", share, about, *parts)


def _serving(framework: str, entry: dict[str, Any], controls: Sequence[Control]) -> str:
    """Links to the controls; only their number where many serve by derivation."""
    if entry.get("from") and len(controls) > MANY:
        command = f"bastide controls list --framework {framework}/{entry['id']}"
        return f"{count(len(controls), 'control')}: {code(command if ' ' not in entry['id'] else quoted(command))}"
    return _links(controls)


def quoted(command: str) -> str:
    """The command with its last word, which has a space in it, in quotes."""
    head, flag, last = command.partition("--framework ")
    return f"{head}{flag}'{last}'"


def _links(controls: Sequence[Control]) -> str:
    return ", ".join(_link(control, f"../controls/{control.service}.md") for control in controls)
