"""Who calls, and whether from inside, when proxies may stand in front (`PISHKHAN_TRUSTED_PROXIES`).

How that is read off a call is in `app/http/forwarding.py`; here it is noted with each request, once, before anything
else.
"""

import logging
from collections.abc import Callable

from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler, Middleware

from app.http.forwarding import Networks, Origin, address_of, origin_of, within
from channels.web.headers import OVER_TLS

ORIGIN: web.RequestKey[Origin] = web.RequestKey("origin", Origin)
"""Where a call comes from; not there for what could not be read as a call at all."""

log = logging.getLogger(__name__)


def behind(trusted: Networks) -> Middleware:
    """Return the middleware that lets handlers see the caller (`request.remote`) and the outer scheme."""

    @web.middleware
    async def see_through(request: web.Request, handler: Handler) -> web.StreamResponse:
        http_1_0 = request.version < HttpVersion11
        origin = request[ORIGIN] = origin_of(request.remote, request.headers, trusted, http_1_0=http_1_0)
        if not origin.declared:
            return await handler(request)
        scheme = origin.scheme or request.scheme
        request[OVER_TLS] = scheme == "https"
        return await handler(request.clone(remote=origin.address, scheme=scheme))

    return see_through


def inside(networks: Networks) -> Callable[[web.Request], bool]:
    """Return what tells whether a call comes from the organisation's own networks.

    One whose caller nobody can tell does not, wherever the proxy stands that it came through. That a declared proxy
    names nobody is logged once: all its callers then share one address, and one count of wrong passwords.
    """
    silent: set[str] = set()

    def is_inside(request: web.Request) -> bool:
        origin = request.get(ORIGIN)
        if origin is None:
            return False
        if origin.nameless and not silent:
            silent.add(origin.address)
            log.warning("the declared proxy %s does not say for whom it calls: all count as outside", origin.address)
        address = address_of(origin.address)
        return origin.own and address is not None and within(address, networks)

    return is_inside
