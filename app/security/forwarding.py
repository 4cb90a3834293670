"""Origin of a call, as far as the connection and the proxies' headers show.

Pure: the middleware that asks is `app/security/proxies.py`. It rests on two rules. What a caller can write himself
never makes him anybody. And an address counts as the caller's own only where nothing hints that it is a proxy's: a
declared proxy (`PISHKHAN_TRUSTED_PROXIES`) names its caller in X-Forwarded-For (as the last one, whatever was there
before); everybody else who sends a sign of a proxy is one that nobody declared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from multidict import CIMultiDictProxy

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
Headers = CIMultiDictProxy[str]

FORWARDED_FOR, FORWARDED_PROTO = "X-Forwarded-For", "X-Forwarded-Proto"

_CALLER_HEADERS = (
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Connecting-IPv6",
    "CF-Pseudo-IPv4",
    "Fastly-Client-IP",
    "AR-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-Forwarded-For",
    "X-Envoy-External-Address",
)
"""Headers in which proxies and delivery networks (AR: Arvan) name a caller, besides the standard ones."""

_PROXY_HEADERS = frozenset(name.lower() for name in (*_CALLER_HEADERS, "Forwarded", "Via", "CDN-Loop"))
_PROXY_PREFIXES = ("x-forwarded", "cf-")


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """Origin of a call, as far as declared proxies show."""

    address: str
    """The caller's, or the nearest one that is known; empty without any."""
    is_own: bool
    """The address is the caller's own and no proxy's."""
    is_declared: bool = False
    """The other end of the connection is a declared proxy."""
    is_nameless: bool = False
    """Then: it names nobody."""
    scheme: str = ""
    """Then: by what it says that it was reached; empty where it does not say."""


def read_origin(
    peer_address: str | None, headers: Headers, trusted_proxies: Networks, *, http_1_0: bool = False
) -> CallOrigin:
    """Return where a call comes from, given the address at the other end of the connection.

    `http_1_0` is whether the call was made by HTTP/1.0: no browser does that, nginx's plain `proxy_pass` does, and
    hands on whatever its caller wrote into X-Forwarded-For.
    """
    near_address = parse_address(peer_address or "")
    if near_address is None or not is_within(near_address, trusted_proxies):
        return CallOrigin(
            peer_address or "", is_own=near_address is not None and not http_1_0 and not _has_proxy_signs(headers)
        )
    scheme = _agreed_scheme(headers)
    hops = [hop.strip() for header in headers.getall(FORWARDED_FOR, []) for hop in header.split(",")]
    passed_proxies = 1  # proxies of ours that the call went through
    while hops and (named_address := parse_address(hops[-1])) is not None:
        hops.pop()
        if not is_within(named_address, trusted_proxies):
            is_own = (
                not (hops or http_1_0)
                and _headers_agree(headers, named_address)
                and _count_values(headers, "Via") <= passed_proxies
            )
            return CallOrigin(str(named_address), is_own, is_declared=True, scheme=scheme)
        passed_proxies += 1
    return CallOrigin(str(near_address), is_own=False, is_declared=True, is_nameless=True, scheme=scheme)


@lru_cache(maxsize=256)
def parse_address(text: str) -> Address | None:
    """Return an address, one of IPv4 as that however it is written; None for what is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def is_within(address: Address, networks: Networks) -> bool:
    """Return whether an address is in one of the networks."""
    return any(address in network for network in networks)


def _has_proxy_signs(headers: Headers) -> bool:
    header_names = [name.lower() for name in headers]
    return any(name in _PROXY_HEADERS or name.startswith(_PROXY_PREFIXES) for name in header_names)


def _headers_agree(headers: Headers, named_address: Address) -> bool:
    """Return whether whatever else names a caller names the same one; another one is hidden behind it."""
    return all(
        parse_address(value.strip()) == named_address for name in _CALLER_HEADERS for value in headers.getall(name, [])
    )


def _count_values(headers: Headers, header_name: str) -> int:
    return sum(len(value.split(",")) for value in headers.getall(header_name, []))


def _agreed_scheme(headers: Headers) -> str:
    """Return the scheme that all proxies agree on; "" without one."""
    schemes = {part.strip().lower() for value in headers.getall(FORWARDED_PROTO, []) for part in value.split(",")}
    return schemes.pop() if len(schemes) == 1 and schemes <= {"http", "https"} else ""
