"""The log of texts that went out or wait to, and sending one again by somebody's decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.web.forms import FormWords, controls, read_form, stray
from channels.web.paging import ListPage, listed, page_start, same_page
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.messages.resending import retry
from domain.actions.queues.visibility import SEE_ALL, sees
from domain.fields.form import Field, read_given
from domain.fields.types import Choice, Day, Identifier, ReadingContext, Text
from domain.messages.records import MessageState, OutboxMessage
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import Actor
from domain.values.calendar import whole_day
from domain.values.errors import DomainError, NotFound

PATH, RECEIVED = "/staff/messages", "/staff/messages/received"

TABS: Mapping[str, str] = {PATH: "admin.messages.title", RECEIVED: "admin.received.title"}
"""The pages of this room."""

PAGE = 50
"""Texts on a page."""

FILTERS = (
    Field("state", Choice(), required=False, choices=tuple(one.value for one in MessageState)),
    Field("recipient", Identifier("mobile"), required=False),
    Field("code", Text(limit=20), required=False),
    Field("day", Day(past=True), required=False),
)

_AGAIN = frozenset({MessageState.FAILED, MessageState.UNKNOWN})
"""States out of which a text can be sent again."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A text with what became of it in words. Who may not see the request gets neither its tracking code (`code`) nor
    what was `told`.
    """

    id: int
    message: OutboxMessage
    reason: str | None
    code: str | None
    told: str | None
    again: bool


async def of_request(desk: Desk, uow: UnitOfWork, request_id: int | None, actor: Actor) -> tuple[str | None, bool]:
    """Return the tracking code of a text's request, for who may see that, and whether this actor may read the text. One
    of no request may hold what anybody wrote to us, so it is for those alone who see every request.
    """
    about = await uow.requests.get(request_id) if request_id else None
    seen = sees(desk.services, actor, about) if about else bool(actor.role_names & SEE_ALL)
    return about.code if about and seen else None, seen


class MessagePages:
    """The log."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.messages", "messages.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "messages.view", self._page),
            PageRoute(
                "POST",
                f"{PATH}/{{id:[0-9]{{1,18}}}}/retry",
                "messages.retry",
                FormSubmission("retry", self._retry, self._page),
            ),
        )

    async def _retry(self, request: web.Request, visit: Visit) -> str:
        reason = said(visit.form, "reason")
        async with self._store.unit() as uow:
            await retry(self._desk, uow, int(request.match_info["id"]), reason, visit.actor)
        return f"{PATH}?{same_page(request, done='message_retried')}"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        """Show the texts that the filters leave; one that cannot be understood is told, and leaves none."""
        given, wrong = read_form(FILTERS, request.query), None
        found: ListPage[MessageView] = ListPage((), None)
        try:
            found = await self._found(request, given, visit)
        except DomainError as error:
            wrong = error
        context = {
            "problem": stray(FILTERS, wrong, self._words()) if wrong else None,
            "refused": None,
            "filters": controls(FILTERS, given, self._words(), wrong),
            "list": found,
            "here": same_page(request),
            "tabs": TABS,
            **self._told(request, refused, found),
        }
        return staff_page(request, visit, "admin/messages/messages.html", context, error=error_of(refused) or wrong)

    def _told(
        self, request: web.Request, refused: RefusedForm | None, found: ListPage[MessageView]
    ) -> Mapping[str, Any]:
        """Return why a text is not sent again: beside it, or above everything where it is not listed any more."""
        if refused is None:
            return {}
        text, words = int(request.match_info["id"]), self._desk.wording.error(refused.error)
        if text not in {one.id for one in found.rows}:
            return {"problem": words}
        return {"refused": text, "refusal": words, "why": said(refused.posted, "reason")}

    async def _found(self, request: web.Request, given: Mapping[str, Any], visit: Visit) -> ListPage[MessageView]:
        wanted = read_given(FILTERS, given, ReadingContext(visit.now))
        async with self._store.unit(write=False) as uow:
            about = await self._about(uow, wanted["code"], visit.actor) if "code" in wanted else None
            rows = await uow.outbox.recent(
                state=MessageState(wanted["state"]) if "state" in wanted else None,
                recipient=wanted.get("recipient"),
                request_id=about.id if about else None,
                made=whole_day(date.fromisoformat(wanted["day"])) if "day" in wanted else None,
                before=page_start(request),
                limit=PAGE + 1,
            )
            return listed(request, PATH, [await self._shown(uow, one, visit.actor) for one in rows], PAGE)

    async def _about(self, uow: UnitOfWork, code: str, actor: Actor) -> ServiceRequest:
        """Return the request of a tracking code; who may not see it is not told that there is one."""
        about = await uow.requests.by_code(tracking_codes.parse(code))
        if not sees(self._desk.services, actor, about):
            raise NotFound("code")
        return about

    async def _shown(self, uow: UnitOfWork, message: OutboxMessage, actor: Actor) -> MessageView:
        code, seen = await of_request(self._desk, uow, message.request_id, actor)
        told = message.told if seen else None
        return MessageView(message.id, message, self._reason(message.reason), code, told, message.state in _AGAIN)

    def _reason(self, code: str | None) -> str | None:
        """Return in words what went wrong last; a code that nobody worded is shown as it is."""
        key = f"admin.messages.reasons.{code}"
        return self._desk.catalogue.text(key) if key in self._desk.catalogue else code

    def _words(self) -> FormWords:
        catalogue = self._desk.catalogue
        titles = {"state": {one.value: f"admin.message_states.{one}" for one in MessageState}}
        return FormWords(
            self._desk.wording, lambda name: catalogue.text(f"admin.messages.{name}"), titles, blank="web.form.every"
        )
