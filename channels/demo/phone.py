"""`/demo/phone`: texts sent on this page take exactly the way of a provider's webhook; answers come from the outbox.

The page works without scripts: sending is a form, and a link refreshes the conversation. With scripts it refreshes
itself. It shows any citizen's texts to anybody, so it is mounted in demo mode only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from channels.demo.staff_steps import build_request_cards
from channels.demo.thread import read_thread
from channels.web.headers import require_same_origin
from channels.web.pages import render_page
from channels.web.posted import read_posted_form
from channels.web.site import add_site_folder
from domain.actions.conversations.receive import receive_sms
from domain.actions.dependencies import Dependencies
from domain.messages.carriers import ReceivedSms
from domain.people.person import Person
from domain.unit_of_work import Store
from domain.values import identifiers
from domain.values.errors import InvalidField

PHONE_PATH = "/demo/phone"
PROVIDER_NAME = "simulator"

MAX_OFFERED_CITIZENS = 3
"""How many citizens are offered at once; the others are behind one more touch."""

_CHIPS_PREFIX = "web.phone.chips."


@dataclass(frozen=True, slots=True)
class _PhoneView:
    """Whose phone is open."""

    submitted_mobile: str
    """As it was typed."""
    mobile: str | None
    """The same as +989…; None where it is none."""
    problem_key: str | None = None
    """The key of what to say; None where nothing is wrong."""


class DemoPhone:
    """Mounts the phone. `line` is the municipality's number, `citizens` one or more whose phones are offered."""

    def __init__(self, dependencies: Dependencies, store: Store, line_number: str, citizens: Sequence[Person]) -> None:
        self._dependencies = dependencies
        self._store = store
        self._line_number = line_number
        self._citizens = tuple(citizens)

    def mount(self, app: web.Application) -> None:
        add_site_folder(app, "demo", Path(__file__).parent)
        app.router.add_get(PHONE_PATH, self._show_phone)
        app.router.add_post(PHONE_PATH, self._submit_text)

    async def _show_phone(self, request: web.Request) -> web.Response:
        return await self._render_phone(request, self._read_phone_view(request.query.get("mobile", "")))

    async def _submit_text(self, request: web.Request) -> web.Response:
        require_same_origin(request)
        form = await read_posted_form(request, request.client_max_size)
        submitted_mobile, text = (
            value if isinstance(value, str) else "" for value in map(form.get, ("mobile", "text"))
        )
        phone_view = self._read_phone_view(submitted_mobile)
        if phone_view.mobile is None:
            return await self._render_phone(request, phone_view)
        if not text.strip():
            return await self._render_phone(
                request, _PhoneView(phone_view.submitted_mobile, phone_view.mobile, "web.phone.nothing")
            )
        received_sms = ReceivedSms(
            f"demo-{self._dependencies.ids.new_id()}", phone_view.mobile, self._line_number, text
        )
        await receive_sms(self._dependencies, self._store, PROVIDER_NAME, received_sms)
        raise web.HTTPSeeOther(f"{PHONE_PATH}?{urlencode({'mobile': phone_view.submitted_mobile})}#phone")

    def _read_phone_view(self, submitted_mobile: str) -> _PhoneView:
        if not submitted_mobile:
            return _PhoneView(identifiers.display_mobile(self._citizens[0].mobile), self._citizens[0].mobile)
        try:
            mobile = identifiers.parse_mobile(submitted_mobile)
        except InvalidField:
            return _PhoneView(submitted_mobile, None, "web.phone.bad_number")
        return _PhoneView(identifiers.display_mobile(mobile), mobile)

    async def _render_phone(self, request: web.Request, phone_view: _PhoneView) -> web.Response:
        thread_days, card_views = [], []
        if phone_view.mobile:
            async with self._store.open_unit(write=False) as uow:
                thread_days = await read_thread(uow, phone_view.mobile, self._dependencies.clock.now())
                card_views = await build_request_cards(self._dependencies, uow, phone_view.mobile)
        catalogue = self._dependencies.catalogue
        offered_citizens = [
            citizen
            for position, citizen in enumerate(self._citizens)
            if position < MAX_OFFERED_CITIZENS or citizen.mobile == phone_view.mobile
        ]
        context = {
            "line_number": self._line_number,
            "phone_view": phone_view,
            "offered_citizens": offered_citizens,
            "other_citizens": [citizen for citizen in self._citizens if citizen not in offered_citizens],
            "thread_days": thread_days,
            "request_cards": card_views,
            "suggestions": [catalogue.text(key) for key in catalogue.list_keys(_CHIPS_PREFIX)],
        }
        return render_page(request, "demo/phone.html", context, status=422 if phone_view.problem_key else 200)
