"""Citizens and staff on hosts of their own: cookies, storage and scripts of the one are not those of the other.

Where `PISHKHAN_STAFF__HOST` names a host, the staff's site is there and nowhere else, and nothing else is there. So a
fault of a page that everybody can reach gives nobody the browser of a member of the staff.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.admin.frame import HOME_PATH
from channels.web.site import STATIC_PATH

SHARED_PATHS = (STATIC_PATH, "/healthz", "/readyz", "/metrics")
"""What is on both hosts: what pages load, and what monitoring asks."""


def separate_hosts(staff_host: str) -> web.middleware:  # type: ignore[valid-type]  # aiohttp has no other name for it
    """Return the middleware that keeps the two apart; the first page of the staff's host leads to the site."""

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_staff_host = request.host.lower() == staff_host
        if is_staff_host and request.path == "/":
            raise web.HTTPSeeOther(HOME_PATH)
        is_shared = any(_is_below(request.path, shared_path) for shared_path in SHARED_PATHS)
        if not is_shared and is_staff_host != _is_below(request.path, HOME_PATH):
            raise web.HTTPNotFound
        return await handler(request)

    return check_host


def _is_below(path: str, top_path: str) -> bool:
    return path == top_path or path.startswith(f"{top_path}/")
