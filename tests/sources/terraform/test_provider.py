"""What sources hand to the mapping."""

from bastide.sources.terraform.provider import Converted, ProviderResource


def test_resources_share_nothing() -> None:
    first, second = (ProviderResource("aws_a", f"aws_a.{name}", {}, "main.tf", 1, 2) for name in "ab")
    first.provider["region"] = "x"
    first.origins["a"] = None  # type: ignore[assignment]
    assert (second.provider, second.origins, second.call, second.data) == ({}, {}, (), False)
    assert Converted().resources is not Converted().resources
