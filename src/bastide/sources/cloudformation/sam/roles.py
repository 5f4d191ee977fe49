"""The roles that the serverless transform makes out of `Policies`."""

from __future__ import annotations

from bastide.sources.cloudformation.nodes import Call, Map, Node, Seq, make_seq
from bastide.sources.cloudformation.sam.build import (
    Output,
    Properties,
    Source,
    no_value,
    tag_list,
    through,
)

_MANAGED = "arn:aws:iam::aws:policy/"


def managed_arn(name: str) -> str:
    """The ARN of a policy that AWS manages, by its name; those of execution roles lie in a folder."""
    folder = "service-role/" if name.startswith("AWSLambda") and name.endswith("Role") else ""
    return f"{_MANAGED}{folder}{name}"


def make_role(source: Source, out: Output, service: str, managed: list[str]) -> str:
    """Adds the role of a function or a state machine; its logical id.

    `managed` are the names of the policies that it gets in any case. Policy templates of the transform
    (`S3ReadPolicy: {…}`) stand among the managed policies by their name alone.
    """
    properties = source.properties
    role = Properties(properties, source.line)
    line = properties.line_of("Policies", source.line)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [service]}}],
    }
    role.put("AssumeRolePolicyDocument", trust).take("AssumeRolePolicyDocument")
    always = [managed_arn(name) for name in managed]
    policies = properties.get("Policies")

    def attached(node: Node) -> Node:
        items, lines = _items(node, line)
        found = [through(item, _managed) for item in items]
        return make_seq([*always, *found], [*[line] * len(always), *lines])

    def inline(node: Node) -> Node:
        items, lines = _items(node, line)
        return make_seq(
            [
                through(item, _inline(f"{source.name}RolePolicy{index}", at))
                for index, (item, at) in enumerate(zip(items, lines, strict=True))
            ],
            lines,
        )

    role.put("ManagedPolicyArns", through(policies, attached), "Policies")
    if policies is not None:
        role.put("Policies", through(policies, inline), "Policies")
    role.take("PermissionsBoundary").take("Path", "RolePath")
    if "Tags" in properties:
        role.put("Tags", tag_list(properties["Tags"]), "Tags")
    return out.make(source, f"{source.name}Role", "AWS::IAM::Role", role)


def _items(node: Node, line: int) -> tuple[list[Node], list[int]]:
    if type(node) is Seq:
        return list(node), list(node.lines)
    return ([], []) if node is None else ([node], [line])


def _managed(policy: Node) -> Node:
    """A policy that is named; anything else vanishes."""
    if type(policy) is str:
        return policy if policy.startswith("arn:") or "{{" in policy else managed_arn(policy)
    if type(policy) is Call:
        return policy
    if type(policy) is Map and "Statement" not in policy and len(policy) == 1:
        return next(iter(policy))
    return no_value()


def _inline(name: str, line: int) -> _Inline:
    return _Inline(name, line)


class _Inline:
    """Turns a policy that is written out into an inline one; anything else vanishes."""

    def __init__(self, name: str, line: int) -> None:
        self.name, self.line = name, line

    def __call__(self, policy: Node) -> Node:
        if type(policy) is Map and "Statement" in policy:
            named = Properties(policy, self.line).put("PolicyName", self.name)
            return named.put("PolicyDocument", policy, "Statement").node()
        return no_value()
