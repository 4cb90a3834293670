"""The citizen at the desk: first the mobile, then a service, whose whole form is filled in.

Beside the form stands who the citizen is, and once it was sent to be checked or refused, what it would cost and when it
is free. Whoever serves the desk enters requests for every unit, and may not see all of them afterwards: then the page
that answers shows the tracking code and what was entered, once. A form makes one request, however often it is sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.kept_forms import FORM_KEY_FIELD, FORM_KEY_PATTERN
from channels.admin.requests.walk_in_view import CitizenCard, WalkInViews
from channels.admin.submissions import FormSubmission
from channels.web.forms import (
    MORE_ROWS_BUTTON,
    FormWording,
    build_controls,
    count_work_rows,
    describe_stray,
    read_form,
    read_submitted_form,
    refuse_rows_without_machine,
)
from channels.web.posted import PostedForm, read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.submit import autofill_values
from domain.actions.walk_ins.entering import WALK_IN_CHANNEL, enter_walk_in_once
from domain.actions.walk_ins.known_citizen import find_citizen
from domain.actions.walk_ins.preview import WalkInPreview, preview_walk_in
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.fields.form import Field, list_missing, read_readable
from domain.fields.types import Identifier, ReadingContext
from domain.language.service import Service
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values import identifiers
from domain.values.errors import (
    DomainError,
    DuplicateRequest,
    InvalidField,
    MissingField,
    NotFound,
    UnknownKind,
    join_faults,
    raise_faults,
)
from domain.values.text import persian_digits

WALK_IN_PATH = "/staff/walk-in"
_SERVICE_PATH = f"{WALK_IN_PATH}/{{service:[a-z_]+}}"

MOBILE_INPUT = "citizen_mobile"
"""The form's name for the citizen's mobile: no field of a service has it."""

REVIEW_BUTTON, HOUR_BUTTON = "review", "hour"
"""Buttons of the form that enter nothing: it is shown again with what it comes to, or with an hour that was chosen."""

FORM_FAULTS = (InvalidField, MissingField, UnknownKind, NotFound)
"""Errors of what was typed; beside these all others of the form are told."""

_MOBILE_FIELD = Field(MOBILE_INPUT, Identifier("mobile"))


class WalkInPages(SitePart):
    """Entering a request for somebody who came."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(WALK_IN_PATH, "admin.sections.walk_in", Right.REQUESTS_ENTER),
    )

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._views = WalkInViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", WALK_IN_PATH, Right.REQUESTS_ENTER, self._show_services),
            PageRoute("GET", _SERVICE_PATH, Right.REQUESTS_ENTER, self._render_form),
            PageRoute(
                "POST",
                _SERVICE_PATH,
                Right.REQUESTS_ENTER,
                FormSubmission("walk-in", self._submit_form, self._render_form),
            ),
        )

    async def _show_services(self, request: web.Request, visitor: Visitor) -> web.Response:
        service_titles = {
            service_key: self._dependencies.wording.service_title(service_key)
            for service_key, service in self._dependencies.services.items()
            if service.form
        }
        mobile, faults = _read_mobile(request.query, visitor.now)
        is_asked = bool(read_text(request.query, MOBILE_INPUT))
        context = {
            "service_titles": service_titles,
            "mobile_query": urlencode({MOBILE_INPUT: identifiers.display_mobile(mobile)}) if mobile else "",
            "mobile": read_text(request.query, MOBILE_INPUT),
            "mobile_problem": self._dependencies.wording.render_error(faults[0]) if faults and is_asked else None,
            "citizen": await self._find_card(mobile, visitor),
        }
        error = faults[0] if faults and is_asked else None
        return render_staff_page(request, visitor, "admin/requests/walk_in.html", context, error=error)

    async def _find_card(self, mobile: str, visitor: Visitor) -> CitizenCard | None:
        if not mobile:
            return None
        async with self._store.open_unit(write=False) as uow:
            return self._views.build_card(
                mobile, await find_citizen(ActorContext(self._dependencies, uow, visitor.actor), mobile)
            )

    async def _submit_form(self, request: web.Request, visitor: Visitor) -> str | web.Response:
        if visitor.form.keys() & {MORE_ROWS_BUTTON, REVIEW_BUTTON, HOUR_BUTTON}:
            return await self._render_form(request, visitor)
        entered_request = await self._enter_request(self._find_service(request), visitor)
        if may_see_request(self._dependencies.services, visitor.actor, entered_request):
            return f"/staff/requests/{entered_request.code}?done=entered"
        return self._render_entered(request, visitor, entered_request)

    async def _enter_request(self, service: Service, visitor: Visitor) -> ServiceRequest:
        submitted_values, form_key = read_form(service.form, visitor.form), self._read_form_key(visitor)
        refuse_rows_without_machine(service.form, visitor.form)
        citizen_mobile, mobile_faults = _read_mobile(visitor.form, visitor.now)
        raise_faults(mobile_faults)
        async with self._store.open_unit() as uow:
            return await enter_walk_in_once(
                ActorContext(self._dependencies, uow, visitor.actor),
                service.key,
                submitted_values,
                citizen_mobile,
                form_key,
            )

    def _read_form_key(self, visitor: Visitor) -> str:
        """Return the key that the form bears; a new one for a form that bears none of ours."""
        submitted_key = read_text(visitor.form, FORM_KEY_FIELD)
        return submitted_key if FORM_KEY_PATTERN.fullmatch(submitted_key) else self._dependencies.ids.new_token()

    def _find_service(self, request: web.Request) -> Service:
        """Return the service of the address; one that makes no requests (a look-up) has no form."""
        service = self._dependencies.services.get(request.match_info["service"])
        if service is None or not service.form:
            raise web.HTTPNotFound
        return service

    async def _render_form(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Show the form as it was typed, with what it comes to and whose mobile is in it.

        One that was used for something else gets a new key: it is another request.
        """
        service, given_values = self._find_service(request), visitor.form or request.query
        citizen_mobile, _ = _read_mobile(given_values, visitor.now)
        async with self._store.open_unit(write=False) as uow:
            preview = await preview_walk_in(
                ActorContext(self._dependencies, uow, visitor.actor),
                service,
                read_form(service.form, visitor.form),
                citizen_mobile,
            )
        error = _join_refusals(visitor, form_error(refused_form), preview)
        is_used_up = isinstance(error, DuplicateRequest)
        context = {
            "service_title": self._dependencies.wording.service_title(service.key),
            **self._build_form(service, visitor, preview, error),
            "form_key": self._dependencies.ids.new_token() if is_used_up else self._read_form_key(visitor),
            "mobile": read_text(given_values, MOBILE_INPUT),
            "mobile_problem": self._describe_mobile_problem(error),
            "citizen": self._views.build_card(citizen_mobile, preview.citizen) if preview.citizen else None,
            "outlook": self._views.build_outlook(preview),
        }
        return render_staff_page(request, visitor, "admin/requests/walk_in_form.html", context, error=error)

    def _build_form(
        self, service: Service, visitor: Visitor, preview: WalkInPreview, error: DomainError | None
    ) -> dict[str, Any]:
        form_wording = FormWording(
            self._dependencies.wording, lambda field_name: self._label_field(service, field_name)
        )
        shown_values, work_rows = _list_shown_values(service, visitor, preview), count_work_rows(visitor.form)
        return {
            "controls": build_controls(service.form, shown_values, form_wording, error, work_rows=work_rows),
            "problem": describe_stray([*service.form, _MOBILE_FIELD], error, form_wording),
        }

    def _describe_mobile_problem(self, error: DomainError | None) -> str | None:
        faults = error.faults if error else ()
        mobile_fault = next((fault for fault in faults if fault.field == MOBILE_INPUT), None)
        return self._dependencies.wording.render_error(mobile_fault) if mobile_fault else None

    def _render_entered(self, request: web.Request, visitor: Visitor, entered_request: ServiceRequest) -> web.Response:
        """Show what was entered to somebody who may not open it: the mobile is the one that was typed here."""
        service, get_text = self._find_service(request), self._dependencies.catalogue.text
        citizen_mobile = identifiers.parse_mobile(read_text(visitor.form, MOBILE_INPUT))
        unit_role = service.state_named(entered_request.state).unit
        context = {
            "service_title": self._dependencies.wording.service_title(service.key),
            "service_key": service.key,
            "request_code": entered_request.code,
            "mobile": identifiers.display_mobile(citizen_mobile),
            "mobile_query": urlencode({MOBILE_INPUT: identifiers.display_mobile(citizen_mobile)}),
            "unit": get_text(f"roles.{unit_role}") if unit_role else None,
            "form_values": [
                (
                    self._label_field(service, form_field.name),
                    form_field.type.render_value(entered_request.fields[form_field.name], get_text),
                )
                for form_field in service.form
                if entered_request.fields.get(form_field.name) is not None
            ],
        }
        return render_staff_page(request, visitor, "admin/requests/walk_in_done.html", context)

    def _label_field(self, service: Service, field_name: str) -> str:
        return self._dependencies.catalogue.text(f"services.{service.key}.fields.{field_name}.label")


def _list_shown_values(service: Service, visitor: Visitor, preview: WalkInPreview) -> Mapping[str, Any]:
    """Return what stands in the form: as it was typed, with the hour that was chosen; at first what is known."""
    if not visitor.form:
        return autofill_values(service, preview.citizen.person if preview.citizen else None)
    chosen_hour = read_text(visitor.form, HOUR_BUTTON)
    typed_values = read_submitted_form(service.form, visitor.form)
    return {**typed_values, "start": persian_digits(chosen_hour)} if chosen_hour else typed_values


def _join_refusals(visitor: Visitor, error: DomainError | None, preview: WalkInPreview) -> DomainError | None:
    """Return all that is wrong with a form that was refused, be it that nothing got as far as looking at the rest."""
    if not isinstance(error, FORM_FAULTS):
        return error
    _, mobile_faults = _read_mobile(visitor.form, visitor.now)
    return join_faults([*mobile_faults, *error.faults, *preview.faults])


def _read_mobile(values: PostedForm, now: datetime) -> tuple[str, list[DomainError]]:
    """Return the citizen's mobile, which is empty if anything is wrong with it, and what that is."""
    read_values, found_faults = read_readable(
        (_MOBILE_FIELD,), {MOBILE_INPUT: read_text(values, MOBILE_INPUT)}, ReadingContext(now)
    )
    return read_values.get(MOBILE_INPUT, ""), [
        *found_faults,
        *list_missing((_MOBILE_FIELD,), read_values, WALK_IN_CHANNEL, found_faults),
    ]
