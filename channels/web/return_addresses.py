"""Addresses that somebody brings to be led to afterwards: whether one is written in the form that means what it says.

Servers, proxies and browsers read `/./staff`, `/%73taff` or `//staff` each in their own way. So what is compared with
an address of ours must have no step that is left out, none that is empty, and no sign that is hidden behind a percent.
"""

from urllib.parse import unquote

_STEPS_LEFT_OUT = frozenset({"", ".", ".."})


def is_normal_address(address: str) -> bool:
    """Return whether an address of this server, from its slash on, has one reading."""
    raw_path = address.partition("?")[0].partition("#")[0]
    path = unquote(raw_path)
    hides_something = path.isascii() and path != raw_path
    inner_steps = path.split("/")[1:] if path == "/" else path.removesuffix("/").split("/")[1:]
    return (
        address.startswith("/")
        and not hides_something
        and "%" not in path
        and "\\" not in path
        and raw_path.count("/") == path.count("/")
        and (path == "/" or not _STEPS_LEFT_OUT.intersection(inner_steps))
    )
