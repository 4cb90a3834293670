"""The citizen at the desk: a service is chosen, and its whole form filled in.

Whoever serves the desk enters requests for every unit, and may not see all of them afterwards: then the page that
answers tells the tracking code and what was entered, once. A form makes one request, however often it is sent.
"""

import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.web.forms import MORE, FormWords, controls, read_form, refuse_nameless, rows_shown, stray, typed_form
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.queues.visibility import sees
from domain.actions.requests.walk_in import WALK_IN, enter_once, form_faults
from domain.fields.form import Field, missing, read_what_can_be
from domain.fields.types import Identifier, ReadingContext
from domain.language.service import Service
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values import identifiers
from domain.values.errors import DomainError, DuplicateRequest, InvalidField, raise_faults

PATH = "/staff/walk-in"
_ONE = f"{PATH}/{{service:[a-z_]+}}"

MOBILE = "citizen_mobile"
"""The form's name for the citizen's mobile: no field of a service has it."""

FORM_KEY = "form_key"
"""The form's name for its own key, by which it is known again; no field of a service has it either."""

_MOBILE_FIELD = Field(MOBILE, Identifier("mobile"))

_KEY = re.compile("[0-9a-f]{32}")


class WalkInPages:
    """Entering a request for somebody who came."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.walk_in", "requests.enter"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "requests.enter", self._choose),
            PageRoute("GET", _ONE, "requests.enter", self._form),
            PageRoute("POST", _ONE, "requests.enter", FormSubmission("walk-in", self._enter, self._form)),
        )

    async def _choose(self, request: web.Request, visit: Visit) -> web.Response:
        services = {key: self._desk.wording.service(key) for key, one in self._desk.services.items() if one.form}
        return staff_page(request, visit, "admin/requests/walk_in.html", {"services": services})

    async def _enter(self, request: web.Request, visit: Visit) -> str | web.Response:
        if MORE in visit.form:
            return await self._form(request, visit)
        entered = await self._entered(self._service(request), visit)
        if sees(self._desk.services, visit.actor, entered):
            return f"/staff/requests/{entered.code}?done=entered"
        return self._told(request, visit, entered)

    async def _entered(self, service: Service, visit: Visit) -> ServiceRequest:
        given, key = read_form(service.form, visit.form), self._key(visit)
        mobile, faults = _mobile(visit)
        try:
            refuse_nameless(service.form, visit.form)
        except InvalidField as error:
            faults.append(error)
        async with self._store.unit() as uow:
            if faults:
                raise_faults([*faults, *await form_faults(self._desk, uow, service.key, given)])
            return await enter_once(self._desk, uow, service.key, given, visit.actor, mobile, key)

    def _key(self, visit: Visit) -> str:
        """Return the key that the form bears; a new one for a form that bears none of ours."""
        given = said(visit.form, FORM_KEY)
        return given if _KEY.fullmatch(given) else self._desk.ids.token()

    def _service(self, request: web.Request) -> Service:
        """Return the service of the address; one that makes no requests (a look-up) has no form."""
        service = self._desk.services.get(request.match_info["service"])
        if service is None or not service.form:
            raise web.HTTPNotFound
        return service

    async def _form(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        """Show the form as it was typed. One that was used for something else gets a new key: it is another request."""
        service, error = self._service(request), error_of(refused)
        words = FormWords(self._desk.wording, lambda name: self._label(service, name))
        given: dict[str, Any] = typed_form(service.form, visit.form)
        faults = error.faults if error else ()
        of_mobile = next((self._desk.wording.error(one) for one in faults if one.field == MOBILE), None)
        context = {
            "service": self._desk.wording.service(service.key),
            "controls": controls(service.form, given, words, error, work_rows=rows_shown(visit.form)),
            "key": self._desk.ids.token() if isinstance(error, DuplicateRequest) else self._key(visit),
            "mobile": said(visit.form, MOBILE),
            "mobile_problem": of_mobile,
            "problem": stray([*service.form, _MOBILE_FIELD], error, words),
        }
        return staff_page(request, visit, "admin/requests/walk_in_form.html", context, error=error)

    def _told(self, request: web.Request, visit: Visit, entered: ServiceRequest) -> web.Response:
        """Show what was entered to somebody who may not open it: the mobile is the one that was typed here."""
        service, text = self._service(request), self._desk.catalogue.text
        unit = service.state(entered.state).unit
        context = {
            "service": self._desk.wording.service(service.key),
            "key": service.key,
            "code": entered.code,
            "mobile": identifiers.mobile_shown(identifiers.mobile(said(visit.form, MOBILE))),
            "unit": text(f"roles.{unit}") if unit else None,
            "fields": [
                (self._label(service, one.name), one.type.show(entered.fields[one.name], text))
                for one in service.form
                if entered.fields.get(one.name) is not None
            ],
        }
        return staff_page(request, visit, "admin/requests/walk_in_done.html", context)

    def _label(self, service: Service, name: str) -> str:
        return self._desk.catalogue.text(f"services.{service.key}.fields.{name}.label")


def _mobile(visit: Visit) -> tuple[str, list[DomainError]]:
    """Return the citizen's mobile, which is empty if anything is wrong with it, and what that is."""
    values, faults = read_what_can_be((_MOBILE_FIELD,), {MOBILE: said(visit.form, MOBILE)}, ReadingContext(visit.now))
    return values.get(MOBILE, ""), [*faults, *missing((_MOBILE_FIELD,), values, WALK_IN, faults)]
