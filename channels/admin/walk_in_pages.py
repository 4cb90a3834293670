"""The citizen at the desk: a service is chosen, and its whole form filled in."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from channels.admin.frame import Route, Section, Visit, staff_page
from channels.web.error_pages import status_of
from channels.web.forms import FormWords, controls, read_form, stray
from channels.web.posted import said
from domain import people
from domain.actions.desk import Desk
from domain.actions.notify import announce
from domain.actions.walk_in import enter
from domain.errors import DomainError, Forbidden, MissingField
from domain.lifecycle import Service
from domain.ports import Store

PATH = "/staff/walk-in"
_ONE = f"{PATH}/{{service:[a-z_]+}}"

MOBILE = "citizen_mobile"
"""The form's name for the citizen's mobile: no field of a service has it."""


class WalkInPages:
    """Entering a request for somebody who came."""

    sections: Sequence[Section] = (Section(PATH, "admin.sections.walk_in", "requests.enter"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return (
            Route("GET", PATH, "requests.enter", self._choose),
            Route("GET", _ONE, "requests.enter", self._ask),
            Route("POST", _ONE, "requests.enter", self._enter),
        )

    async def _choose(self, request: web.Request, visit: Visit) -> web.Response:
        services = {key: self._desk.wording.service(key) for key, one in self._desk.services.items() if one.form}
        return staff_page(request, visit, "admin/walk_in.html", {"services": services})

    async def _ask(self, request: web.Request, visit: Visit) -> web.Response:
        return self._form(request, visit, {})

    async def _enter(self, request: web.Request, visit: Visit) -> web.Response:
        service = self._service(request)
        given = read_form(service.form, visit.form)
        typed = said(visit.form, MOBILE)
        try:
            if not typed:
                raise MissingField(MOBILE)
            mobile = people.mobile(typed)
            async with self._store.unit() as uow:
                outcome = await enter(self._desk, uow, service.key, given, visit.actor, mobile)
                await announce(self._desk, uow, outcome, visit.actor)
        except Forbidden:
            raise
        except DomainError as error:
            return self._form(request, visit, given, typed, error)
        raise web.HTTPSeeOther(f"/staff/requests/{outcome.request.code}?done=entered")

    def _service(self, request: web.Request) -> Service:
        """Return the service of the address; one that makes no requests (a look-up) has no form."""
        service = self._desk.services.get(request.match_info["service"])
        if service is None or not service.form:
            raise web.HTTPNotFound
        return service

    def _form(
        self,
        request: web.Request,
        visit: Visit,
        given: dict[str, Any],
        mobile: str = "",
        error: DomainError | None = None,
    ) -> web.Response:
        service = self._service(request)
        label = f"services.{service.key}.fields."
        words = FormWords(self._desk.wording, lambda name: self._desk.catalogue.text(f"{label}{name}.label"))
        of_mobile = error is not None and error.field in {MOBILE, "mobile"}
        problem = self._desk.wording.error(error) if error else None
        context = {
            "service": self._desk.wording.service(service.key),
            "controls": controls(service.form, given, words, error),
            "mobile": mobile,
            "mobile_problem": problem if of_mobile else None,
            "problem": None if of_mobile else stray(service.form, error, words),
        }
        return staff_page(request, visit, "admin/walk_in_form.html", context, status=status_of(error) if error else 200)
