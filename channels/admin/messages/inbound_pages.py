"""The log of texts that came in: what became of each, and what is left to do about one that failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.messages.message_pages import PAGE, RECEIVED, TABS, of_request
from channels.web.forms import FormWords, controls, read_form, stray
from channels.web.paging import ListPage, listed, page_start
from domain.actions.desk import Desk
from domain.fields.form import Field, read_given
from domain.fields.types import Choice, Identifier, ReadingContext
from domain.messages.records import InboundMessage, InboundState
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import DomainError

FILTERS = (
    Field("state", Choice(), required=False, choices=tuple(one.value for one in InboundState)),
    Field("mobile", Identifier("mobile"), required=False),
)

_SILENCES = frozenset({"loop", "twice", "stopped", "resumed"})
"""Why a text was left without an answer, or what it was that waits for none; any other needed no words."""


@dataclass(frozen=True, slots=True)
class InboundView:
    """A text with the word for what became of it. Who may not read it gets neither its request's tracking code (`code`)
    nor what was `told` us.
    """

    id: int
    message: InboundMessage
    became: str
    code: str | None
    told: str | None


class InboundPages:
    """The log."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (PageRoute("GET", RECEIVED, "messages.view", self._show),)

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        """Show the texts that the filters leave; one that cannot be understood is told, and leaves none."""
        given, wrong = read_form(FILTERS, request.query), None
        found: ListPage[InboundView] = ListPage((), None)
        try:
            found = await self._found(request, given, visit)
        except DomainError as error:
            wrong = error
        context = {
            "problem": stray(FILTERS, wrong, self._words()) if wrong else None,
            "filters": controls(FILTERS, given, self._words(), wrong),
            "list": found,
            "tabs": TABS,
        }
        return staff_page(request, visit, "admin/messages/inbound.html", context, error=wrong)

    async def _found(self, request: web.Request, given: Mapping[str, Any], visit: Visit) -> ListPage[InboundView]:
        wanted = read_given(FILTERS, given, ReadingContext(visit.now))
        async with self._store.unit(write=False) as uow:
            rows = await uow.inbox.recent(
                state=InboundState(wanted["state"]) if "state" in wanted else None,
                mobile=wanted.get("mobile"),
                before=page_start(request),
                limit=PAGE + 1,
            )
            return listed(request, RECEIVED, [await self._shown(uow, one, visit.actor) for one in rows], PAGE)

    async def _shown(self, uow: UnitOfWork, message: InboundMessage, actor: Actor) -> InboundView:
        code, seen = await of_request(self._desk, uow, message.request_id, actor)
        return InboundView(message.id, message, became(message), code, message.text if seen else None)

    def _words(self) -> FormWords:
        catalogue = self._desk.catalogue
        titles = {"state": {one.value: f"admin.received.states.{one}" for one in InboundState}}
        return FormWords(
            self._desk.wording, lambda name: catalogue.text(f"admin.received.{name}"), titles, blank="web.form.every"
        )


def became(message: InboundMessage) -> str:
    """Return the word of `admin.received.became` for what became of a text: its state, or why it is in it."""
    if message.state is InboundState.ANSWERED and message.intent == "unknown":
        return "not_understood"
    if message.state is InboundState.SILENT:
        return next((one for one in (message.reason, message.intent) if one and one in _SILENCES), message.state.value)
    return message.state.value
