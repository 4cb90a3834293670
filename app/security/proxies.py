"""Caller of a request, and whether from inside, when proxies may be in front (`PISHKHAN_TRUSTED_PROXIES`).

How that is read off a call is in `app/security/forwarding.py`; here it is noted with each request, once, before
anything else.
"""

import logging
from collections.abc import Callable

from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler, Middleware

from app.security.forwarding import CallOrigin, Networks, is_within, parse_address, read_origin
from channels.web.headers import OVER_TLS

ORIGIN_KEY: web.RequestKey[CallOrigin] = web.RequestKey("origin", CallOrigin)
"""Origin of a call; not there for what could not be read as a call at all."""

log = logging.getLogger(__name__)


def see_through_proxies(trusted_proxies: Networks) -> Middleware:
    """Return the middleware that lets handlers see the caller (`request.remote`) and the outer scheme."""

    @web.middleware
    async def see_through(request: web.Request, handler: Handler) -> web.StreamResponse:
        http_1_0 = request.version < HttpVersion11
        origin = request[ORIGIN_KEY] = read_origin(request.remote, request.headers, trusted_proxies, http_1_0=http_1_0)
        if not origin.is_declared:
            return await handler(request)
        scheme = origin.scheme or request.scheme
        request[OVER_TLS] = scheme == "https"
        return await handler(request.clone(remote=origin.address, scheme=scheme))

    return see_through


def make_inside_check(networks: Networks) -> Callable[[web.Request], bool]:
    """Return what tells whether a call comes from the organisation's own networks.

    One with an unknown caller does not, wherever the proxy is that it came through. That a declared proxy
    names nobody is logged once: all its callers then share one address, and one count of wrong passwords.
    """
    silent_proxies: set[str] = set()

    def is_inside(request: web.Request) -> bool:
        origin = request.get(ORIGIN_KEY)
        if origin is None:
            return False
        if origin.is_nameless and not silent_proxies:
            silent_proxies.add(origin.address)
            log.warning("the declared proxy %s does not say for whom it calls: all count as outside", origin.address)
        address = parse_address(origin.address)
        return origin.is_own and address is not None and is_within(address, networks)

    return is_inside
