"""The rule by which a provider's attribute finds its property: spelling first, then a few habits of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bastide.resources.schema import PropertyType

IDENTIFIERS = ("identifier", "ids", "id", "arns", "arn")
CONFIGURATIONS = ("configuration", "config", "settings", "options", "specification")


def index_of(members: Mapping[str, PropertyType]) -> dict[str, str]:
    """Property names by the letters and digits in them."""
    return {letters(name): name for name in members}


def find_property(attribute: str, index: Mapping[str, str], owner: str) -> str | None:
    """The property that `attribute` names among those of `index`; `owner` is the object's own name.

    In this order: the same letters; the owner's name before it (`name` of a Topic is `TopicName`); singular
    and plural; with or without `id` or `arn`; with or without one of the words for configuration; a
    policy's document; `enable_x` and `x_enabled`.
    """
    for candidate in candidates(letters(attribute), letters(owner)):
        found = index.get(candidate)
        if found is not None:
            return found
    return None


def letters(name: str) -> str:
    """The letters and digits of a name, in lower case."""
    return name.lower().replace("_", "").replace("-", "").replace(".", "")


def candidates(name: str, owner: str) -> Iterator[str]:
    """The spellings to try, the likeliest first."""
    yield name
    yield owner + name
    yield from numbers_of(name)
    yield from identifiers_of(name)
    yield from swapped(name, CONFIGURATIONS)
    if name.endswith("policy"):
        yield name + "document"
    if name.startswith("enable"):
        yield name.removeprefix("enable").removeprefix("d")
        yield name.removeprefix("enable") + "enabled"
    elif name.endswith("enabled"):
        yield name.removesuffix("enabled")
        yield "enable" + name.removesuffix("enabled")


def numbers_of(name: str) -> Iterator[str]:
    """The plural of a singular and the other way round."""
    if name.endswith("ies"):
        yield name[:-3] + "y"
    elif name.endswith("s"):
        yield name[:-1]
    else:
        yield name + "s"
        if name.endswith("y"):
            yield name[:-1] + "ies"


def identifiers_of(name: str) -> Iterator[str]:
    """With another word for identifier, or none."""
    stem = next((name.removesuffix(end) for end in IDENTIFIERS if name.endswith(end)), name)
    stems = [stem, stem + "s"] if stem != name else [stem.removesuffix("s")]
    for one in stems:
        if one != name:
            yield one
        for end in IDENTIFIERS:
            yield one + end


def swapped(name: str, endings: tuple[str, ...]) -> Iterator[str]:
    """With another of the endings, or without one."""
    stem = next((name.removesuffix(end) for end in endings if name.endswith(end)), name)
    if stem != name:
        yield stem
    for end in endings:
        yield stem + end
