"""One instance of a resource or data source: what other expressions see of it, and what it is handed on as."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform import body
from bastide.sources.terraform.nodes import Scope, Traversal, evaluate
from bastide.sources.terraform.provider import ProviderResource
from bastide.sources.terraform.values import Dynamic, Maybe, finish

if TYPE_CHECKING:
    from bastide.resources.model import Origin
    from bastide.sources.terraform.module import ModuleInstance
    from bastide.sources.terraform.syntax import Block

_WORKING = object()
_AWS_POLICIES = frozenset(
    (
        *("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "IAMReadOnlyAccess", "ReadOnlyAccess"),
        *("SecurityAudit", "AWSSupportAccess", "AWSOrganizationsFullAccess", "AmazonS3FullAccess"),
        *("AmazonS3ReadOnlyAccess", "AmazonEC2FullAccess", "AmazonDynamoDBFullAccess", "AmazonRDSFullAccess"),
        *("AmazonSQSFullAccess", "AmazonSNSFullAccess", "AmazonVPCFullAccess", "AmazonSSMFullAccess"),
        *("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy", "SecretsManagerReadWrite"),
        *("AWSLambda_FullAccess", "AWSCloudTrail_FullAccess", "AWSKeyManagementServicePowerUser"),
    )
)
"""Policies of AWS itself that have no path. A look-up by such a name finds AWS's own: it is in every account."""
_KEYS = {
    "aws_kms_alias": ("name", ("arn", "id", "target_key_arn", "target_key_id")),
    "aws_kms_key": ("key_id", ("arn", "id")),
}
"""Look-ups of keys: the attribute that says which, and those that name the key that is found."""
_RENDERING = ("cloudinit_config", "template_cloudinit_config", "template_file")
"""Data sources that make a text of what stands in the code: it is not only a reference to something elsewhere."""
_AWS_ALIAS = re.compile(r"(^|:)alias/aws/")


class Resource(Dynamic):
    """An instance at `address`; attributes are evaluated when somebody asks, once."""

    __slots__ = ("_seen", "address", "block", "conditions", "scope")

    def __init__(self, block: Block, address: str, scope: Scope, conditions: tuple[str, ...] = ()) -> None:
        self.block, self.address, self.scope, self.conditions = block, address, scope, conditions
        self._seen: dict[str, Any] = {}

    def reference(self, name: str) -> Reference:
        """The attribute as something that is made at deployment."""
        return Reference("${" + f"{self.address}.{name}" + "}", ((self.address, name),))

    def whole(self) -> Reference:
        return self.reference("id")

    def attribute(self, name: str) -> Any:
        """What is written for it, where that is known; a string keeps the link. Otherwise a reference."""
        seen = self._seen.get(name)
        if seen is None:
            self._seen[name] = _WORKING
            seen = self._seen[name] = self._outside(name)
        return self.reference(name) if seen is _WORKING else seen

    def _outside(self, name: str) -> Any:
        written = self.block.body.attributes.get(name)
        if written is None and self.block.type == "data" and (found := self._of_aws(name)):
            return Reference(found, ((self.address, name),))
        if name == "rendered" and self.block.type == "data" and self.block.labels[0] in _RENDERING:
            return Unresolved(f"{self.address}.{name}", "a data source renders it")
        if name in body.META_ATTRIBUTES or (written is None and not self._has_blocks(name)):
            return self.reference(name)
        if written is None:
            return self._blocks(name)
        value = evaluate(written[0], self.scope)
        if isinstance(value, str):
            return Reference(value, ((self.address, name),))
        return self.reference(name) if value is None or isinstance(value, Unresolved) else value

    def _of_aws(self, name: str) -> str:
        """What a look-up of something of AWS's own finds, where that is in every account: else nothing.

        A policy by its name gives its ARN; a key by an alias of AWS gives that alias, since nothing else of it is
        known before it is read, and it says whose key it is.
        """
        kind = self.block.labels[0]
        if kind == "aws_iam_policy" and name == "arn" and "path_prefix" not in self.block.body.attributes:
            policy = self._looked_up("name")
            return f"arn:aws:iam::aws:policy/{policy}" if policy in _AWS_POLICIES else ""
        by, known = _KEYS.get(kind, ("", ()))
        alias = self._looked_up(by) if name in known else ""
        return alias if _AWS_ALIAS.search(alias) else ""

    def _looked_up(self, name: str) -> str:
        found = self.attribute(name)
        return found.text if isinstance(found, Reference) else ""

    def _has_blocks(self, name: str) -> bool:
        return any(name in (block.type, *block.labels) for block in self.block.body.blocks)

    def _blocks(self, name: str) -> Any:
        found = body.attributes(self.block, self.scope, {}).get(name)
        known = isinstance(found, list) and not any(isinstance(one, Maybe) for one in found)
        return found if known else self.reference(name)

    def finished(self, module: ModuleInstance, *, data: bool) -> ProviderResource:
        """The resource with all its attributes, for the mapping."""
        origins: dict[str, Origin] = {}
        block = self.block
        return ProviderResource(
            block.labels[0],
            self.address,
            body.attributes(block, self.scope, origins),
            block.text.path,
            block.line,
            block.end_line,
            origins,
            module.calls,
            data,
            module.provider(provider_name(block)),
            self.conditions,
        )


def provider_name(block: Block) -> str:
    """The provider's configuration that a resource uses: `aws`, or `aws.alias`."""
    given = block.body.attributes.get("provider")
    value = given[0] if given else None
    if isinstance(value, Traversal):
        return ".".join([value.root, *map(str, value.steps)])
    return value if isinstance(value, str) else block.labels[0].partition("_")[0]


def provider_values(block: Block, scope: Scope) -> dict[str, Any]:
    """What a `provider` block says that resources inherit: its region and default tags; never a credential."""
    values: dict[str, Any] = {}
    for name in ("region", "alias"):
        if name in block.body.attributes:
            values[name] = evaluate(block.body.attributes[name][0], scope)
    for inside in block.body.blocks:
        if inside.type == "default_tags" and "tags" in inside.body.attributes:
            values["default_tags"] = evaluate(inside.body.attributes["tags"][0], scope)
    finished: dict[str, Any] = finish(values, scope.module.budget)
    return finished
