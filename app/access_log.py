"""The access log: who called which route, and how it went. Never an address as it came.

Webhook addresses carry a secret, tracking addresses a code: what is logged is the route's pattern.
"""

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.web_request import BaseRequest

from app.proxies import ORIGIN


def route_of(request: BaseRequest) -> str:
    """Return the pattern of the route that a request met (`/sms/{provider}/{secret}/inbound`), or «-».

    What could not be read as a request was never looked up, so it has no match.
    """
    if not isinstance(request, web.Request) or ORIGIN not in request:
        return "-"
    resource = request.match_info.route.resource
    return resource.canonical if resource else "-"


class AccessLog(AbstractAccessLogger):
    """One line for each request: client, method, route, status, bytes, milliseconds."""

    def log(self, request: BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; `time` is in seconds."""
        origin = request.get(ORIGIN)
        client = origin.address if origin else request.remote
        facts = (client, request.method, route_of(request), response.status, response.body_length, time * 1000)
        self.logger.info("%s %s %s %s %s %.1f", *facts)
