"""Functions over IP networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.sources.terraform.functions.registry import function
from bastide.sources.terraform.operators import number
from bastide.sources.terraform.values import Refused, text_of

if TYPE_CHECKING:
    import ipaddress

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(prefix: str) -> Network:
    from ipaddress import ip_network  # only few configurations ask for it

    return ip_network(text_of(prefix), strict=False)


def _subnet(network: Network, bits: int, position: int) -> Network:
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen or not 0 <= position < 1 << bits:
        raise Refused("there is no such subnet")
    first = int(network.network_address) + (position << (network.max_prefixlen - length))
    return type(network)((first, length))


@function("cidrsubnet")
def cidr_subnet(prefix: str, bits: Any, position: Any) -> str:
    """`cidrsubnet`."""
    return str(_subnet(_network(prefix), int(number(bits)), int(number(position))))


@function("cidrsubnets")
def cidr_subnets(prefix: str, *bits: Any) -> list[str]:
    """`cidrsubnets`: consecutive subnets, each aligned to its own size."""
    network = _network(prefix)
    end = int(network.broadcast_address) + 1
    at = int(network.network_address)
    result = []
    for more in bits:
        length = network.prefixlen + int(number(more))
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > end:
            raise Refused("there is no room for the subnet")
        result.append(str(type(network)((at, length))))
        at += size
    return result


@function("cidrhost")
def cidr_host(prefix: str, position: Any) -> str:
    """`cidrhost`; a negative position counts from the end."""
    network = _network(prefix)
    offset = int(number(position))
    first = network.network_address if offset >= 0 else network.broadcast_address + 1
    address = first + offset
    if address not in network:
        raise Refused("there is no such host")
    return str(address)


@function("cidrnetmask")
def cidr_netmask(prefix: str) -> str:
    """`cidrnetmask`."""
    return str(_network(prefix).netmask)


@function("cidrcontains", present=False)
def cidr_contains(prefix: str, other: str) -> bool:
    """`cidrcontains`."""
    outer, within = _network(prefix), _network(other)
    return outer.version == within.version and within.subnet_of(outer)  # type: ignore[arg-type]
