"""Types that say for one parent what another type says for several: they are read as the other."""

from __future__ import annotations

from bastide.sources.cloudformation.nodes import Map, Node, make_map, make_seq

_OTHERS = {
    "AWS::SNS::TopicInlinePolicy": ("AWS::SNS::TopicPolicy", "TopicArn", "Topics"),
    "AWS::SQS::QueueInlinePolicy": ("AWS::SQS::QueuePolicy", "Queue", "Queues"),
}
"""By type: the other one, the property with the parent, and the one with a list of parents."""


def as_other(kind: str, node: Map) -> tuple[str, Map]:
    """The type and entry that mean the same as a resource with one parent; every part keeps its line.

    What is no such resource, or has no object of properties, comes back as it is.
    """
    properties = node.get("Properties")
    if kind not in _OTHERS or type(properties) is not Map:
        return kind, node
    other, one, several = _OTHERS[kind]
    keys = [several if key == one else key for key in properties]
    values: list[Node] = [
        make_seq([value], [line]) if key == one else value for key, value, line in properties.items_with_lines()
    ]
    inside = make_map(keys, values, properties.lines, properties.end)
    return other, make_map(
        list(node), [inside if key == "Properties" else value for key, value in node.items()], node.lines, node.end
    )
