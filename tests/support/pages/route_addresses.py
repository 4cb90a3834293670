"""Addresses of the site's routes: what stands in their braces is filled in, and a route is known by its plain form."""

from collections.abc import Mapping

from aiohttp.web_urldispatcher import DynamicResource


def plain(path: str) -> str:
    """The path of a route without the patterns of its parts: `/staff/requests/{code}`, as the router tells it."""
    return DynamicResource(path).canonical


def address(path: str, parts: Mapping[str, str], otherwise: str = "x") -> str:
    """An address of a route: its parts as they are told, those that are not told `otherwise`."""
    resource = DynamicResource(path)
    names = resource.get_info()["pattern"].groupindex
    return str(resource.url_for(**{name: parts.get(name, otherwise) for name in names}))
