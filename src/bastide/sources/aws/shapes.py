"""What an expression gives, told from botocore's shapes alone: for the linter, and to know what a collector covers."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from bastide.sources.aws.expressions import compile_expression, holes, is_template

FormKind = Literal["structure", "list", "map", "scalar", "any"]


class Form(Struct, eq=False):
    """The form of a value: `members` of a structure, `item` of a list or map. `any` is what cannot be told."""

    kind: FormKind
    shape: Any = None
    _members: dict[str, Form] | None = None
    _item: Form | None = None
    mistakes: list[str] = field(default_factory=list)

    @property
    def members(self) -> dict[str, Form]:
        """The members of a structure; empty for everything else."""
        if self._members is None:
            shape = self.shape
            self._members = (
                {name: form_of(member) for name, member in shape.members.items()}
                if self.kind == "structure" and shape
                else {}
            )
        return self._members

    @property
    def item(self) -> Form:
        """The element of a list, the value of a map."""
        if self._item is None:
            if self.shape is None:
                return ANY
            self._item = form_of(self.shape.member if self.kind == "list" else self.shape.value)
        return self._item

    @property
    def unlisted(self) -> Form:
        """What is left when lists are taken off."""
        found = self
        while found.kind == "list":
            found = found.item
        return found

    @property
    def element(self) -> Form:
        """What is left when lists are taken off, CloudFront's wrapped ones too."""
        found = self
        while found.kind == "list" or (found.kind == "structure" and {"Quantity", "Items"} <= found.members.keys()):
            found = found.item if found.kind == "list" else found.members["Items"]
        return found


ANY = Form("any")
SCALAR = Form("scalar")


def form_of(shape: Any) -> Form:
    """The form of a botocore shape; a document is anything."""
    if shape is None:
        return Form("structure", _members={})
    name = shape.type_name
    if name == "structure":
        return ANY if getattr(shape, "is_document_type", False) else Form("structure", shape)
    return Form(name, shape) if name in ("list", "map") else SCALAR


def structure(members: dict[str, Form]) -> Form:
    """A structure with these members."""
    return Form("structure", _members=members)


def listed(item: Form) -> Form:
    """A list of these."""
    return Form("list", _item=item)


def union(one: Form, other: Form) -> Form:
    """What may be either, or both together: all members of both."""
    if one.kind == other.kind == "structure":
        return structure({**one.members, **other.members})
    if "any" in (one.kind, other.kind):
        return ANY
    if one.kind == other.kind == "list":
        return listed(union(one.item, other.item))
    return other if one.kind == "scalar" else one


def infer(text: str, form: Form, mistakes: list[str] | None = None) -> Form:
    """The form of what an expression (or template) finds in a value of a form; unknown names are mistakes."""
    wrong: list[str] = [] if mistakes is None else mistakes
    if is_template(text):
        for hole in holes(text):
            infer(hole, form, wrong)
        return SCALAR
    return _infer(compile_expression(text).parsed, form, wrong)


def _infer(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    return _BY_KIND.get(node["type"], _anything)(node, form, wrong)


def _anything(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    for child in node["children"]:
        if isinstance(child, dict):
            _infer(child, form, wrong)
    return ANY


def _scalar(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    _anything(node, form, wrong)
    return SCALAR


def _field(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    name = node["value"]
    if form.kind == "structure":
        if name in form.members:
            return form.members[name]
        wrong.append(
            f"`{name}` is not in {form.shape.name if form.shape else 'it'}: {', '.join(sorted(form.members)[:40])}"
        )
        return ANY
    if form.kind == "map":
        return form.item
    if form.kind != "any":
        wrong.append(f"`{name}` is asked of a {form.kind}")
    return ANY


def _chain(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    for child in node["children"]:
        form = _infer(child, form, wrong)
    return form


def _index(_: dict[str, Any], form: Form, __: list[str]) -> Form:
    return form.item if form.kind == "list" else ANY


def _same(_: dict[str, Any], form: Form, __: list[str]) -> Form:
    return form


def _projection(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    left = _infer(node["children"][0], form, wrong)
    if left.kind not in ("list", "any"):
        wrong.append(f"a {left.kind} has no elements")
    item = left.item if left.kind == "list" else ANY
    if node["type"] == "filter_projection":
        _infer(node["children"][2], item, wrong)
    return listed(_infer(node["children"][1], item, wrong))


def _values(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    left = _infer(node["children"][0], form, wrong)
    return listed(_infer(node["children"][1], left.item if left.kind == "map" else ANY, wrong))


def _flatten(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    left = _infer(node["children"][0], form, wrong)
    if left.kind not in ("list", "any"):
        wrong.append(f"a {left.kind} has no elements")
    return listed(left.item.item if left.item.kind == "list" else left.item) if left.kind == "list" else ANY


def _hash(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    return structure({pair["value"]: _infer(pair["children"][0], form, wrong) for pair in node["children"]})


def _list(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    forms = [_infer(child, form, wrong) for child in node["children"]]
    found = forms[0]
    for other in forms[1:]:
        found = union(found, other)
    return listed(found)


def _or(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    one, other = (_infer(child, form, wrong) for child in node["children"])
    return union(one, other)


def _and(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    return [_infer(child, form, wrong) for child in node["children"]][-1]


def _literal(node: dict[str, Any], _: Form, __: list[str]) -> Form:
    return _of_value(node["value"])


def _of_value(value: Any) -> Form:
    if isinstance(value, dict):
        return structure({key: _of_value(item) for key, item in value.items()})
    if isinstance(value, list):
        return listed(_of_value(value[0]) if value else ANY)
    return SCALAR


def _function(node: dict[str, Any], form: Form, wrong: list[str]) -> Form:
    arguments = [_infer(child, form, wrong) for child in node["children"] if child["type"] != "expref"]
    name = node["value"]
    if name == "merge" and arguments:
        found = arguments[0]
        for other in arguments[1:]:
            found = union(found, other)
        return found
    if name in ("not_null", "sort_by", "sort", "reverse") and arguments:
        return arguments[0]
    if name == "spread" and arguments and arguments[0].kind == "list":
        return listed(_spread(arguments[0].item))
    return _of_map(name, arguments) or (SCALAR if name in _SCALARS else ANY)


def _of_map(name: str, arguments: list[Form]) -> Form | None:
    """What functions give that make or take maps, and lists of text."""
    inner = arguments[0].item if arguments and arguments[0].kind == "map" else ANY
    found = {
        "values": listed(inner),
        "pairs": listed(structure({"Key": SCALAR, "Value": inner})),
        "tags": Form("map", _item=SCALAR),
        "keys": listed(SCALAR),
        "split": listed(SCALAR),
    }
    return found.get(name)


def _spread(outer: Form) -> Form:
    """The members of an object and of the elements of all its lists: which of these were named does not matter here."""
    found = structure(dict(outer.members))
    for member in outer.members.values():
        if member.kind == "list" and member.item.kind == "structure":
            found = union(found, member.item)
    return found


_SCALARS = {"join", "lower", "last_part", "replace", "contains", "starts_with", "ends_with", "length", "to_string",
            "to_number", "type", "abs", "sum"}  # fmt: skip

_BY_KIND = {
    "field": _field,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "index": _index,
    "slice": _same,
    "current": _same,
    "identity": _same,
    "projection": _projection,
    "filter_projection": _projection,
    "value_projection": _values,
    "flatten": _flatten,
    "multi_select_dict": _hash,
    "multi_select_list": _list,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _scalar,
    "comparator": _scalar,
    "literal": _literal,
    "function_expression": _function,
}
