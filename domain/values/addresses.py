"""Addresses of callers, as limits count them."""

from ipaddress import IPv6Address, ip_address, ip_network

_LINE_OF_IPV6 = 64
"""Bits of an IPv6 network that one line is given (RFC 6177): whoever has it has every address in it."""


def network_of(address: str) -> str:
    """Return by what an address is counted: one of IPv4 by itself, one of IPv6 by its /64; any other text is itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((int(found), _LINE_OF_IPV6), strict=False))
