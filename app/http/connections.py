"""Connections whose other end takes nothing of its answer: the system ends them, as it knows alone what was taken."""

import socket

from aiohttp import web
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
