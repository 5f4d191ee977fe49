"""The pages of an operation, as botocore's own paginator data describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bastide.sources.aws.expressions import find

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, frozen=True)
class Paging:
    """How one operation is paged: parameters that take a token, where tokens are in an answer, what says there is more."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    more: str = ""

    def following(self, answer: Any) -> dict[str, Any] | None:
        """The parameters of the next page, None when this was the last."""
        if self.more and not find(self.more, answer):
            return None
        tokens = {name: find(output, answer) for name, output in zip(self.inputs, self.outputs, strict=True)}
        found = {name: token for name, token in tokens.items() if token not in (None, "")}
        return found or None


def paging_of(paginators: Mapping[str, Any], operation: str) -> Paging | None:
    """How the operation is paged, from the service's `paginators-1` document; None for one without pages."""
    spec = paginators.get(operation)
    if spec is None:
        return None
    inputs, outputs = spec["input_token"], spec["output_token"]
    return Paging(
        (inputs,) if isinstance(inputs, str) else tuple(inputs),
        (outputs,) if isinstance(outputs, str) else tuple(outputs),
        spec.get("more_results", ""),
    )
