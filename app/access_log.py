"""The access log: who called which route, and how it went. Never an address as it came.

Webhook addresses carry a secret, tracking addresses a code: what is logged is the route's pattern.
"""

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.web_request import BaseRequest

from app.proxies import CLIENT


def route_of(request: BaseRequest) -> str:
    """Return the pattern of the route that a request met (`/sms/{provider}/{secret}/inbound`), or «-»."""
    resource = request.match_info.route.resource if isinstance(request, web.Request) else None
    return resource.canonical if resource else "-"


class AccessLog(AbstractAccessLogger):
    """One line for each request: client, method, route, status, bytes, milliseconds."""

    def log(self, request: BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; `time` is in seconds."""
        client = request.get(CLIENT, request.remote)
        facts = (client, request.method, route_of(request), response.status, response.body_length, time * 1000)
        self.logger.info("%s %s %s %s %s %.1f", *facts)
