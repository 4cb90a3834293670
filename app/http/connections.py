"""Connections that are ended: whose other end takes nothing of its answer (the system alone knows what was taken), and
those on which nobody can be sure where the next message begins.
"""

import socket

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler, Middleware

_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
"""The option of Linux (RFC 5482) for how long sent bytes may stay untaken; other systems have none, and no such end."""


def end_untaken_middleware(seconds: float) -> Middleware:
    """Return the middleware after which a connection ends whose answer nobody takes for so long: its memory is free."""

    @web.middleware
    async def end_untaken(request: web.Request, handler: Handler) -> web.StreamResponse:
        client_socket = request.transport.get_extra_info("socket") if request.transport else None
        if (
            client_socket is not None
            and _USER_TIMEOUT is not None
            and client_socket.family in {socket.AF_INET, socket.AF_INET6}
        ):
            client_socket.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, int(seconds * 1000))
        return await handler(request)

    return end_untaken


@web.middleware
async def refuse_doubtful_framing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a message in chunks of a version of HTTP that has none (RFC 9112, 6.1), and end its connection: a proxy
    that heeded the version would see another message behind it. All other doubtful framing is refused by the parser.
    """
    if request.version < HttpVersion11 and hdrs.TRANSFER_ENCODING in request.headers:
        refusal = web.Response(status=400)
        refusal.force_close()
        return refusal
    return await handler(request)
