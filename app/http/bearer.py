"""Addresses for programs: whoever asks bears a token (RFC 6750), and without one set nobody is answered."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler


def bearing(token: str, handler: Handler) -> Handler:
    """Return the handler behind its token; 404 while there is none, 401 for who does not bear it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not token:
            raise web.HTTPNotFound
        kind, _, borne = request.headers.get("Authorization", "").partition(" ")
        ours = hmac.compare_digest(borne.strip().encode("utf-8", "replace"), token.encode())
        if kind.lower() != "bearer" or not ours:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        return await handler(request)

    return answer
