"""The `Globals` section: properties that all serverless entries of a kind share."""

from __future__ import annotations

from bastide.sources.cloudformation.nodes import Map, Node, Seq, as_map, make_map, make_seq

_KINDS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::Api": "Api",
    "AWS::Serverless::HttpApi": "HttpApi",
    "AWS::Serverless::SimpleTable": "SimpleTable",
    "AWS::Serverless::StateMachine": "StateMachine",
    "AWS::Serverless::LayerVersion": "LayerVersion",
    "AWS::Serverless::CapacityProvider": "CapacityProvider",
}


def with_globals(kind: str, properties: Map, shared: Map) -> Map:
    """The properties of an entry of a serverless type, with what `Globals` has for its kind."""
    name = _KINDS.get(kind, "")
    common = as_map(shared.get(name))
    return merged(common, properties) if common else properties


def merged(common: Map, own: Map) -> Map:
    """Own names win, objects are merged, own items come after common ones; a function is one value, never merged."""
    keys, values, lines = list(own), list(own.values()), list(own.lines)
    at = {key: index for index, key in enumerate(keys)}
    for key, value, line in common.items_with_lines():
        if key in at:
            values[at[key]] = _both(value, values[at[key]])
        else:
            keys.append(key)
            values.append(value)
            lines.append(line)
    return make_map(keys, values, lines, own.end)


def _both(common: Node, own: Node) -> Node:
    if type(common) is Map and type(own) is Map:
        return merged(common, own)
    if type(common) is Seq and type(own) is Seq:
        return make_seq([*common, *own], [*common.lines, *own.lines])
    return own
