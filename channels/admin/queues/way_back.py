"""The list that led to a request: its filter goes with the links and forms of the request's page, in one parameter.
Nothing is kept, so two windows do not meet.
"""

from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import HOME_PATH

LIST_PARAMETER = "list"
"""The part of a request's address that holds the query of the list which led to it."""


def read_list_query(request: web.Request) -> str:
    """Return the query of the list that led to this page; empty where none did."""
    return request.query.get(LIST_PARAMETER, "")


def build_list_address(list_query: str) -> str:
    """Return the address of that list; of the visitor's first queue where it is empty."""
    return f"{HOME_PATH}?{list_query}" if list_query else HOME_PATH


def build_list_suffix(list_query: str) -> str:
    """Return what the address of a request ends with, so that its page knows the list."""
    return f"?{urlencode({LIST_PARAMETER: list_query})}" if list_query else ""
