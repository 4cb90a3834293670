"""The channels: one folder each, none of which knows another. What every channel is to the process that serves it."""

from typing import Protocol

from aiohttp.web import Application


class Channel(Protocol):
    """A way in. Built once by `app/wiring.py` with plain constructor arguments, then mounted into the one web server.

    What needs more than routes (a poller, a client session) hangs on the application's own signals: `on_startup`,
    `on_cleanup`, `cleanup_ctx`.
    """

    def mount(self, app: Application) -> None:
        """Add the channel's routes to the application. Nothing is opened and no network is touched."""
        ...
