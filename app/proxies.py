"""Who really calls, when trusted proxies stand in front (`PISHKHAN_TRUSTED_PROXIES`).

X-Forwarded-For is read from its end, over the addresses of proxies that we trust, to the first one that we do not: what
stands before that the caller may have invented. Without trusted proxies the headers mean nothing.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

CLIENT: web.RequestKey[str] = web.RequestKey("client", str)
"""The caller's address, where the peer is a proxy that we trust."""

_FOR_A_YEAR = "max-age=31536000"

Networks = Sequence[IPv4Network | IPv6Network]


def client_of(peer: str | None, forwarded: Sequence[str], trusted: Networks) -> str | None:
    """Return the caller's address, given the peer's and the X-Forwarded-For values in order."""
    client = peer
    for hop in [part.strip() for value in reversed(forwarded) for part in reversed(value.split(","))]:
        if not _trusted(client, trusted) or _address(hop) is None:
            break
        client = hop
    return client


def behind(trusted: Networks) -> Middleware:
    """Return the middleware that lets handlers see the caller (`request.remote`) and the outer scheme."""

    @web.middleware
    async def see_through(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _trusted(request.remote, trusted):
            return await handler(request)
        client = client_of(request.remote, request.headers.getall("X-Forwarded-For", []), trusted)
        request[CLIENT] = client or ""
        scheme = request.headers.get("X-Forwarded-Proto", "")
        known = scheme if scheme in {"http", "https"} else request.scheme
        response = await handler(request.clone(remote=client or "", scheme=known))
        if known == "https" and not response.prepared:
            # The headers that every response gets are set by what aiohttp saw: plain HTTP, from the proxy.
            response.headers.setdefault("Strict-Transport-Security", _FOR_A_YEAR)
        return response

    return see_through


_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def inside(networks: Networks) -> Callable[[web.Request], bool]:
    """Return what tells whether a call comes from the organisation's own networks.

    One that came through a proxy which nobody declared, or which does not say for whom, does not, wherever the proxy
    stands: its address says nothing of the caller's.
    """

    def is_inside(request: web.Request) -> bool:
        named = request.get(CLIENT) not in {None, _peer(request)}
        hidden = not named and any(name in request.headers for name in _FORWARDED)
        return not hidden and _trusted(request.remote, networks)

    return is_inside


def _peer(request: web.Request) -> str | None:
    """Return the address at the other end of the connection."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return str(peer[0]) if peer else None


def _trusted(address: str | None, trusted: Networks) -> bool:
    found = _address(address or "")
    return found is not None and any(found in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
