"""Addresses for programs: whoever asks bears a token (RFC 6750), and without one set nobody is answered."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler


def require_bearer(token: str, handler: Handler) -> Handler:
    """Return the handler behind its token; 404 while there is none, 401 for who does not bear it."""

    async def answer_bearer(request: web.Request) -> web.StreamResponse:
        if not token:
            raise web.HTTPNotFound
        auth_scheme, _, borne_token = request.headers.get("Authorization", "").partition(" ")
        is_ours = hmac.compare_digest(borne_token.strip().encode("utf-8", "replace"), token.encode())
        if auth_scheme.lower() != "bearer" or not is_ours:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        return await handler(request)

    return answer_bearer
