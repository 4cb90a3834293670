"""Addresses of callers, as limits count them."""

from ipaddress import IPv6Address, ip_address, ip_network

_IPV6_PREFIX_BITS = 64
"""Bits of an IPv6 network that one line is given (RFC 6177): whoever has it has every address in it."""


def network_for_address(address: str) -> str:
    """Return by what an address is counted: one of IPv4 by itself, one of IPv6 by its /64; any other text is itself."""
    try:
        parsed_address = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed_address, IPv6Address):
        return str(parsed_address)
    return str(parsed_address.ipv4_mapped or ip_network((int(parsed_address), _IPV6_PREFIX_BITS), strict=False))
