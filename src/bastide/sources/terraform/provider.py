"""What both Terraform sources (the evaluated files and the plan) hand to the mapping: provider resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from bastide.resources.model import Origin, Problem, Resource


class ProviderResource(Struct):
    """One resource or data source in the provider's own words, after evaluation.

    `type` is the provider's (`aws_s3_bucket`), `address` the full one (`module.x["a"].aws_s3_bucket.b[0]`,
    `data.aws_iam_policy_document.d` for a data source). `attributes` holds plain values and, at any leaf,
    the marks of `bastide.resources.model`; a nested block is always a list of dicts; an `Unresolved` may also
    be in the place of a whole attribute or block list. Targets of a `Reference` are provider addresses in the
    same unit with provider attributes (`("aws_kms_key.k", "arn")`). `path`, `line` and `end_line` are the
    resource block's. `origins` says where attributes were written, by attribute path
    (`rule[0].sse_algorithm`), as far as known. `call` is the chain of module calls, `provider` what is known
    of the provider's configuration (`region`). `conditions` are the `count`s and `for_each`s that are not known
    and decide whether it is there.
    """

    type: str
    address: str
    attributes: dict[str, Any]
    path: str
    line: int
    end_line: int
    origins: dict[str, Origin] = field(default_factory=dict)
    call: tuple[str, ...] = ()
    data: bool = False
    provider: dict[str, Any] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()


class Converted(Struct):
    """What the mapping made of a unit's provider resources: settled resources, and what there is to say."""

    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
