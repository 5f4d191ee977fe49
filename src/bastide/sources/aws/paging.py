"""The pages of an operation, as botocore's own paginator data describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.sources.aws.expressions import find

if TYPE_CHECKING:
    from collections.abc import Mapping


class Paging(Struct, frozen=True):
    """How one operation is paged: parameters for tokens, where an answer has these, what says that there is more."""

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


TOKENS = {"nexttoken", "nextmarker", "nextpagetoken", "nextcontinuationtoken"}
"""Names, in lower case, under which answers say where the next page begins."""
MORE = "HasMore"
"""How names begin under which answers say only that there is one."""


WITHOUT = {
    ("firehose", "ListDeliveryStreams"): Paging(
        ("ExclusiveStartDeliveryStreamName",), ("DeliveryStreamNames[-1]",), "HasMoreDeliveryStreams"
    ),
    ("guardduty", "GetFindingsStatistics"): Paging((), ()),
    ("lightsail", "GetBuckets"): Paging(("pageToken",), ("nextPageToken",)),
}
"""Pages that botocore's data does not tell of: the next begins after the last item, or at a token of another name, or
there is none although the answer has a place for a token."""


def paging_of(paginators: Mapping[str, Any], operation: Any) -> Paging | None:
    """How an operation (botocore's model of it) is paged; None for one without pages.

    Told by the service's `paginators-1` document, else by `WITHOUT`, else by a token of one name in the answer and in
    the parameters.
    """
    spec = paginators.get(operation.name)
    if spec is None and (known := WITHOUT.get((operation.service_model.service_name, operation.name))):
        return known
    if spec is None:
        output, parameters = operation.output_shape, operation.input_shape
        names = [name for name in (output.members if output else ()) if name.lower() in TOKENS]
        own = [name for name in names if parameters and name in parameters.members]
        return Paging((own[0],), (own[0],)) if own else None
    inputs, outputs = spec["input_token"], spec["output_token"]
    return Paging(
        (inputs,) if isinstance(inputs, str) else tuple(inputs),
        (outputs,) if isinstance(outputs, str) else tuple(outputs),
        spec.get("more_results", ""),
    )
