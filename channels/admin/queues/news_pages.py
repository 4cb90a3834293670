"""Polling by a browser for whoever wants to be notified there of new work: how much waits, and where.

The visitor turns it on in «حساب من» (`static/staff.js`). Asking keeps no session alive.
"""

from collections.abc import Sequence

from aiohttp import web

from channels.admin.addresses import MENTIONS_PATH
from channels.admin.frame import HOME_PATH, NavigationSection, PageRoute, Visitor
from channels.admin.queues.queue_view import build_queue_address, describe_count
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.queues.work import QueueCount, count_queues
from domain.authorization.rights import Right
from domain.authorization.visibility import is_own_unit
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.values.text import persian_digits

NEWS_PATH = f"{HOME_PATH}/news"


class NewsPages(SitePart):
    """Counts of new work for the visitor."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", NEWS_PATH, Right.REQUESTS_VIEW, self._send_counts, is_own_use=False),)

    async def _send_counts(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Answer with each queue of the visitor's units, the own requests and the mentions: name, count, text and
        address.
        """
        async with self._store.open_unit(write=False) as uow:
            queue_counts = await count_queues(ActorContext(self._dependencies, uow, visitor.actor))
        waiting = [
            self._describe_queue(queue_count)
            for queue_count in queue_counts
            if queue_count.queue is Queue.MINE or is_own_unit(queue_count.unit, visitor.actor)
        ]
        mention_count = visitor.waiting_counts.mentions
        mentions_text = self._render("admin.news.mentions", persian_digits(mention_count))
        waiting.append({"name": "mentions", "count": mention_count, "text": mentions_text, "address": MENTIONS_PATH})
        return web.json_response({"waiting": waiting})

    def _describe_queue(self, queue_count: QueueCount) -> dict[str, str | int]:
        unit, count_text = queue_count.unit, describe_count(queue_count)
        unit_name = self._dependencies.catalogue.text(f"roles.{unit}") if unit else ""
        return {
            "name": str(unit or queue_count.queue),
            "count": queue_count.count,
            "text": self._render("admin.news.unit" if unit else "admin.news.mine", count_text, unit=unit_name),
            "address": build_queue_address(QueueFilter(queue_count.queue, unit).as_json()),
        }

    def _render(self, text_key: str, count_text: str, **facts: str) -> str:
        return self._dependencies.catalogue.render(text_key, {"count": count_text, **facts})
