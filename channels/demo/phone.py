"""`/demo/phone`: texts sent on this page take exactly the way of a provider's webhook; answers come from the outbox.

The page works without scripts: sending is a form, and a link refreshes the conversation. With scripts it refreshes
itself. It shows any citizen's texts to anybody, so it is mounted in demo mode only.
"""

from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from channels.demo.people import DemoPeople, ShownPerson
from channels.demo.staff_steps import build_request_cards
from channels.demo.thread import read_thread
from channels.web.headers import require_same_origin
from channels.web.pages import render_page
from channels.web.posted import read_posted_form
from channels.web.site import add_site_folder
from domain.actions.context import ActionContext
from domain.actions.conversations.receive import receive_sms
from domain.actions.dependencies import Dependencies
from domain.messages.carriers import ReceivedSms
from domain.unit_of_work import Store

PHONE_PATH = "/demo/phone"
PROVIDER_NAME = "simulator"

_CHIPS_PREFIX = "web.phone.chips."


class DemoPhone:
    """Mounts the phone. `line_number` is the municipality's number."""

    def __init__(self, dependencies: Dependencies, store: Store, line_number: str, people: DemoPeople) -> None:
        self._dependencies = dependencies
        self._store = store
        self._line_number = line_number
        self._people = people

    def mount(self, app: web.Application) -> None:
        add_site_folder(app, "demo", Path(__file__).parent)
        app.router.add_get(PHONE_PATH, self._show_phone)
        app.router.add_post(PHONE_PATH, self._submit_text)

    async def _show_phone(self, request: web.Request) -> web.Response:
        return await self._render_phone(request, self._people.read_person(request.query.get("mobile", "")))

    async def _submit_text(self, request: web.Request) -> web.Response:
        require_same_origin(request)
        form = await read_posted_form(request, request.client_max_size)
        submitted_mobile, text = (
            value if isinstance(value, str) else "" for value in map(form.get, ("mobile", "text"))
        )
        person = self._people.read_person(submitted_mobile)
        if person.mobile is None:
            return await self._render_phone(request, person)
        if not text.strip():
            return await self._render_phone(
                request, ShownPerson(person.submitted_mobile, person.mobile, "web.phone.nothing")
            )
        received_sms = ReceivedSms(f"demo-{self._dependencies.ids.new_id()}", person.mobile, self._line_number, text)
        await receive_sms(self._dependencies, self._store, PROVIDER_NAME, received_sms)
        raise web.HTTPSeeOther(f"{PHONE_PATH}?{urlencode({'mobile': person.submitted_mobile})}#phone")

    async def _render_phone(self, request: web.Request, person: ShownPerson) -> web.Response:
        thread_days, card_views = [], []
        if person.mobile:
            async with self._store.open_unit(write=False) as uow:
                thread_days = await read_thread(uow, person.mobile, self._dependencies.clock.now())
                card_views = await build_request_cards(ActionContext(self._dependencies, uow), person.mobile)
        catalogue = self._dependencies.catalogue
        context = {
            "line_number": self._line_number,
            **self._people.describe_choice(person),
            "thread_days": thread_days,
            "request_cards": card_views,
            "suggestions": [catalogue.text(key) for key in catalogue.list_keys(_CHIPS_PREFIX)],
        }
        return render_page(request, "demo/phone.html", context, status=422 if person.problem_key else 200)
