"""One template: its sections, and the resources that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct, field

from bastide.resources.model import ABSENT, Problem, Resource
from bastide.sources.cloudformation import foreach
from bastide.sources.cloudformation.conditions import Conditions
from bastide.sources.cloudformation.evaluate import Evaluator, ExhaustedError
from bastide.sources.cloudformation.inline import as_other
from bastide.sources.cloudformation.limits import MAX_RESOURCES
from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq, as_map, cut
from bastide.sources.cloudformation.parameters import read_parameters
from bastide.sources.cloudformation.resource import Entry, Place, variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bastide.sources.cloudformation.document import Document
    from bastide.sources.cloudformation.values import Value

STACK = "AWS::CloudFormation::Stack"
_SERVERLESS = "AWS::Serverless::"


class Stack(NamedTuple):
    """A stack within a stack: `location` is what was written for its template, known or not."""

    name: str
    line: int
    location: Value
    parameters: dict[str, Value]


class Template(Struct):
    """What a template gave."""

    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)


def read_template(document: Document, place: Place, given: Mapping[str, Value]) -> Template:
    """The resources of a template whose parameters have the given values; what was left out is in its problems."""
    reader = _Reader(document, place, given)
    try:
        reader.read()
    except ExhaustedError as error:
        reader.problem("partial", reader.line, f"{error}; nothing from here on was judged")
    except RecursionError:
        reader.problem("partial", reader.line, "nested too deeply; nothing from here on was judged")
    finally:
        del reader.evaluator.conditions  # which knows the evaluator: without the cycle, the nodes go at once
    return reader.made


class _Reader:
    def __init__(self, document: Document, place: Place, given: Mapping[str, Value]) -> None:
        self.document, self.place = document, place
        self.made = Template(problems=list(document.problems))
        self.parameters = read_parameters(self.section("Parameters"), given)
        self.evaluator = Evaluator(place.path, self.parameters, self.section("Mappings"), place.prefix)
        self.evaluator.conditions = Conditions(self.section("Conditions"), self.parameters, self.evaluator)
        self.line = 1
        self.text_lines: list[bytes] = []

    def section(self, name: str) -> Map:
        return as_map(self.document.root.get(name))

    def problem(self, kind: Literal["partial", "external", "note", "unreadable"], line: int, message: str) -> None:
        self.made.problems.append(Problem(kind, self.place.path, line, message))

    def read(self) -> None:
        root = self.document.root
        if "Resources" not in root:
            known = "AWSTemplateFormatVersion" in root or "Transform" in root
            self.problem(
                "unreadable" if known else "note",
                1,
                "no `Resources`" if known else "not a CloudFormation template: no `Resources`",
            )
        self.transforms()
        conditions = self.unrolled("Conditions")
        self.evaluator.conditions = Conditions(conditions, self.parameters, self.evaluator)
        for entry in self.entries():
            self.line = entry.line
            self.entry(entry)
        for name, line in self.evaluator.external:
            self.problem("external", line, f"what the transform {cut(name)} makes is not here and was not fetched")

    def transforms(self) -> None:
        """Notes macros that may change the template, other than those of AWS that bastide follows or can ignore."""
        root = self.document.root
        written = root.get("Transform")
        for item in written if type(written) is Seq else [written]:
            name = as_map(item).get("Name") if type(item) is Map else item
            if type(name) is str and not name.startswith("AWS::"):
                message = f"the macro {cut(name)} may change this template; it was judged as written"
                self.problem("note", root.line_of("Transform"), message)
            elif name == "AWS::Include":
                self.evaluator.external[name, root.line_of("Transform")] = None
        if "Fn::Transform" in root:
            self.evaluator.value(Call("Fn::Transform", root["Fn::Transform"], root.line_of("Fn::Transform")))

    def unrolled(self, name: str) -> Map:
        """A section with its loops unrolled."""
        section = self.section(name)
        if not any(foreach.is_loop(key) for key in section):
            return section
        unrolled, unknown = foreach.unroll(section, self.evaluator)
        for loop, reason, line in unknown:
            self.problem("partial", line, f"`{cut(loop)}` {cut(reason)}; what it makes was not judged")
        return unrolled

    def entries(self) -> Iterator[Entry]:
        """The entries of `Resources`, after loops and the serverless transform."""
        resources = self.unrolled("Resources")
        written: dict[str, str] = {}
        if any(_type_of(node).startswith(_SERVERLESS) for node in resources.values()):
            from bastide.sources.cloudformation.sam import translate

            resources, written = translate(resources, self.section("Globals"), self.evaluator.spend)
        self.evaluator.addresses = resources.keys()
        if len(resources) > MAX_RESOURCES:
            message = f"more than {MAX_RESOURCES} resources; those after that were not judged"
            self.problem("partial", resources.lines[MAX_RESOURCES], message)
        for index, (name, node, line) in enumerate(resources.items_with_lines()):
            kind = _type_of(node)
            if index >= MAX_RESOURCES:
                return
            if name == "Fn::Transform":
                self.evaluator.value(Call(name, node, line))
            elif not kind:
                self.problem("partial", line, f"`{cut(name)}` has no type and was not judged")
            else:
                end = self.end_line(line, node.end)
                other, inside = as_other(kind, node)
                yield Entry(name, other, written.get(name, kind), inside, line, end)

    def entry(self, entry: Entry) -> None:
        resources, properties = variants(entry, self.evaluator, self.place)
        self.made.resources += resources
        if not resources or entry.type != STACK:
            return
        values = properties if type(properties) is dict else {}
        location = values.get("TemplateURL", ABSENT)
        asset = as_map(entry.node.get("Metadata")).get("aws:asset:path")
        passed = values.get("Parameters")
        self.made.stacks.append(
            Stack(
                entry.name,
                entry.line,
                asset if type(asset) is str else location,
                passed if type(passed) is dict else {},
            )
        )

    def end_line(self, line: int, end: int) -> int:
        """The last line of an entry: blank lines below it are not its own, nor comments that are indented less."""
        if not self.text_lines:
            self.text_lines = self.document.text.split(b"\n")
        lines = self.text_lines
        end = max(line, min(end, len(lines)))  # an alias may stand for what is written above it
        column = _indentation(lines[line - 1]) if line <= len(lines) else 0
        while end > line:
            text = lines[end - 1].strip()
            if text and not (text.startswith(b"#") and _indentation(lines[end - 1]) <= column):
                break
            end -= 1
        return end


def _indentation(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _type_of(node: Node) -> str:
    kind = node.get("Type") if type(node) is Map else None
    return kind if type(kind) is str else ""
