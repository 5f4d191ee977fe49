"""The serverless transform (SAM): serverless entries as the CloudFormation entries that AWS makes of them.

Made here is what controls judge: functions, roles, URLs, permissions, APIs with their stages, methods and routes,
event sources, tables, layers, state machines and nested applications. Not made: what only moves deployments along
(CodeDeploy, usage plans), and hashes in logical ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.sources.cloudformation.nodes import Map, Node, as_map
from bastide.sources.cloudformation.sam.api import Apis, make_api, make_http_api
from bastide.sources.cloudformation.sam.build import Output, Source
from bastide.sources.cloudformation.sam.function import make_function
from bastide.sources.cloudformation.sam.merge import with_globals
from bastide.sources.cloudformation.sam.others import (
    make_application,
    make_layer,
    make_state_machine,
    make_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "AWS::Serverless::"


def translate(resources: Map, shared: Map, spend: Callable[[int], None]) -> tuple[Map, dict[str, str]]:
    """The `Resources` section after the transform, and the serverless type behind each entry that it made.

    `shared` is the `Globals` section; `spend` accounts for what each entry takes over from it. Serverless types that
    bastide does not follow stay as they are.
    """
    out = Output()
    taken_over = _size(shared)
    sources: dict[str, Source] = {}
    for name, node, line in resources.items_with_lines():
        if source := _source(name, node, line, shared):
            spend(taken_over)
            sources[name] = source
    apis = Apis(list(sources.values()), shared, out)
    for name, node, line in resources.items_with_lines():
        if source := sources.get(name):
            _make(source, out, apis)
        else:
            out.keep(name, node, line)
    return out.section(resources.end), out.written


def _size(node: Node) -> int:
    """How many values there are in a node."""
    pending, count = [node], 0
    while pending:
        inner = pending.pop()
        count += 1
        if isinstance(inner, dict):
            pending += inner.values()
        elif isinstance(inner, list):
            pending += inner
    return count


def _source(name: str, node: Node, line: int, shared: Map) -> Source | None:
    """A serverless entry; None for any other, and for one whose properties a macro makes."""
    if type(node) is not Map or type(kind := node.get("Type")) is not str or not kind.startswith(PREFIX):
        return None
    properties = as_map(node.get("Properties"))
    if "Fn::Transform" in properties:
        return None
    return Source(name, kind, node, line, with_globals(kind, properties, shared))


def _make(source: Source, out: Output, apis: Apis) -> None:
    kind = source.type.removeprefix(PREFIX)
    if kind == "Function":
        make_function(source, out, apis)
    elif kind == "StateMachine":
        make_state_machine(source, out, apis)
    elif kind in _MAKERS:
        _MAKERS[kind](source, out)
    else:
        out.keep(source.name, source.node, source.line)


_MAKERS = {
    "Api": make_api,
    "Application": make_application,
    "HttpApi": make_http_api,
    "LayerVersion": make_layer,
    "SimpleTable": make_table,
}
