"""Where a call really comes from, as far as the connection and what proxies wrote into the head can tell it.

Pure: the middleware that asks is `app/http/proxies.py`. Two rules stand behind it all. What a caller can write himself
never makes him anybody. And an address counts as the caller's own only where nothing hints that it is a proxy's: a
declared proxy (`PISHKHAN_TRUSTED_PROXIES`) names its caller in X-Forwarded-For (as the last one, whatever stood there
before); everybody else who sends a sign of a proxy is one that nobody declared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from multidict import CIMultiDictProxy

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
Headers = CIMultiDictProxy[str]

FORWARDED_FOR, FORWARDED_PROTO = "X-Forwarded-For", "X-Forwarded-Proto"

_NAMING = (
    "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "CF-Pseudo-IPv4", "Fastly-Client-IP",
    "AR-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For", "X-Envoy-External-Address",
)  # fmt: skip
"""Headers in which proxies and delivery networks (AR: Arvan) name a caller, besides the standard ones."""

_SIGNS = frozenset(name.lower() for name in (*_NAMING, "Forwarded", "Via", "CDN-Loop"))
_FAMILIES = ("x-forwarded", "cf-")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a call comes from. `address` is the caller's, or the nearest one that can be told; "" without any.

    `own` tells that the address is the caller's own and no proxy's. `declared` tells that the other end of the
    connection is a declared proxy; `nameless` then, that it names nobody, and `scheme` by what it says that it was
    reached ("" where it does not).
    """

    address: str
    own: bool
    declared: bool = False
    nameless: bool = False
    scheme: str = ""


def origin_of(peer: str | None, headers: Headers, trusted: Networks, *, http_1_0: bool = False) -> Origin:
    """Return where a call comes from, given the address at the other end of the connection.

    `http_1_0` tells that the call was made by HTTP/1.0: no browser does that, nginx's plain `proxy_pass` does, and
    hands on whatever its caller wrote into X-Forwarded-For.
    """
    near = address_of(peer or "")
    if near is None or not within(near, trusted):
        return Origin(peer or "", own=near is not None and not http_1_0 and not _has_signs(headers))
    scheme = _scheme(headers)
    hops = [part.strip() for value in headers.getall(FORWARDED_FOR, []) for part in value.split(",")]
    passed = 1  # proxies of ours that the call went through
    while hops and (named := address_of(hops[-1])) is not None:
        hops.pop()
        if not within(named, trusted):
            own = not (hops or http_1_0) and _agree(headers, named) and _count(headers, "Via") <= passed
            return Origin(str(named), own, declared=True, scheme=scheme)
        passed += 1
    return Origin(str(near), own=False, declared=True, nameless=True, scheme=scheme)


def address_of(text: str) -> Address | None:
    """Return an address, one of IPv4 as that however it is written; None for what is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def within(address: Address, networks: Networks) -> bool:
    """Tell whether an address is in one of the networks."""
    return any(address in network for network in networks)


def _has_signs(headers: Headers) -> bool:
    names = [name.lower() for name in headers]
    return any(name in _SIGNS or name.startswith(_FAMILIES) for name in names)


def _agree(headers: Headers, named: Address) -> bool:
    """Tell whether whatever else names a caller names the same one; another one is hidden behind it."""
    return all(address_of(value.strip()) == named for name in _NAMING for value in headers.getall(name, []))


def _count(headers: Headers, name: str) -> int:
    return sum(len(value.split(",")) for value in headers.getall(name, []))


def _scheme(headers: Headers) -> str:
    """Return the scheme that all proxies agree on; "" without one."""
    told = {part.strip().lower() for value in headers.getall(FORWARDED_PROTO, []) for part in value.split(",")}
    return told.pop() if len(told) == 1 and told <= {"http", "https"} else ""
