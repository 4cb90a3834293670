"""`/demo/phone`: texts sent on this page take exactly the way of a provider's webhook; answers come from the outbox.

The page works without scripts: sending is a form, and a link refreshes the conversation. With scripts it refreshes
itself. It shows any citizen's texts to anybody, so it is mounted in demo mode only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from channels.demo.staff_steps import request_cards
from channels.demo.thread import read_thread
from channels.web.headers import require_same_origin
from channels.web.pages import page
from channels.web.posted import read_posted
from channels.web.site import add_pages
from domain.actions.conversations.receive import receive
from domain.actions.desk import Desk
from domain.messages.ports import ReceivedSms
from domain.people.person import Person
from domain.unit_of_work import Store
from domain.values import identifiers
from domain.values.errors import InvalidField

PATH = "/demo/phone"
PROVIDER = "simulator"

AT_HAND = 3
"""How many citizens are offered at once; the others are behind one more touch."""

_CHIPS = "web.phone.chips."


@dataclass(frozen=True, slots=True)
class _Visit:
    """Whose phone is open: `mobile` (+989…) unless what was `typed` is none; `problem` is the key of what to say."""

    typed: str
    mobile: str | None
    problem: str | None = None


class DemoPhone:
    """Mounts the phone. `line` is the municipality's number, `citizens` one or more whose phones are offered."""

    def __init__(self, desk: Desk, store: Store, line: str, citizens: Sequence[Person]) -> None:
        self._desk = desk
        self._store = store
        self._line = line
        self._citizens = tuple(citizens)

    def mount(self, app: web.Application) -> None:
        """Add the page and its form."""
        add_pages(app, "demo", Path(__file__).parent)
        app.router.add_get(PATH, self._show)
        app.router.add_post(PATH, self._send)

    async def _show(self, request: web.Request) -> web.Response:
        return await self._page(request, self._visit(request.query.get("mobile", "")))

    async def _send(self, request: web.Request) -> web.Response:
        require_same_origin(request)
        form = await read_posted(request, request.client_max_size)
        typed, text = (value if isinstance(value, str) else "" for value in map(form.get, ("mobile", "text")))
        visit = self._visit(typed)
        if visit.mobile is None:
            return await self._page(request, visit)
        if not text.strip():
            return await self._page(request, _Visit(visit.typed, visit.mobile, "web.phone.nothing"))
        sms = ReceivedSms(f"demo-{self._desk.ids.new_id()}", visit.mobile, self._line, text)
        await receive(self._desk, self._store, PROVIDER, sms)
        raise web.HTTPSeeOther(f"{PATH}?{urlencode({'mobile': visit.typed})}#phone")

    def _visit(self, typed: str) -> _Visit:
        if not typed:
            return _Visit(identifiers.mobile_shown(self._citizens[0].mobile), self._citizens[0].mobile)
        try:
            mobile = identifiers.mobile(typed)
        except InvalidField:
            return _Visit(typed, None, "web.phone.bad_number")
        return _Visit(identifiers.mobile_shown(mobile), mobile)

    async def _page(self, request: web.Request, visit: _Visit) -> web.Response:
        days, cards = [], []
        if visit.mobile:
            async with self._store.unit(write=False) as uow:
                days = await read_thread(uow, visit.mobile, self._desk.clock.now())
                cards = await request_cards(self._desk, uow, visit.mobile)
        catalogue = self._desk.catalogue
        at_hand = [one for place, one in enumerate(self._citizens) if place < AT_HAND or one.mobile == visit.mobile]
        context = {
            "line": self._line,
            "visit": visit,
            "at_hand": at_hand,
            "others": [one for one in self._citizens if one not in at_hand],
            "days": days,
            "cards": cards,
            "chips": [catalogue.text(key) for key in catalogue.keys(_CHIPS)],
        }
        return page(request, "demo/phone.html", context, status=422 if visit.problem else 200)
