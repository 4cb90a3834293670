"""`/requests/CODE/visit`: a citizen moves the officer's visit to another free hour, or says which hours would suit
while no officer is named yet. Days are groups, hours are radio buttons or boxes, all on one page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.portal.tracking.addresses import REQUEST_PATH, identify_call, request_address
from channels.web.forms import Option
from channels.web.posted import read_text, read_texts
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.requests.visit_choice import (
    VisitChoice,
    VisitOffer,
    build_visit_offer,
    find_visit_choice,
    move_visit,
    prefer_visits,
)
from domain.authorization.request_policy import refuse_foreign_request
from domain.blocks.visit_moving import PREFERENCES
from domain.blocks.visits import OFFICER_NAME, VISIT_START
from domain.requests.request import ServiceRequest
from domain.values.calendar import clock_text, jalali_long_text, to_tehran
from domain.values.errors import AlreadyDone, MissingField
from domain.values.reasons import MissingReason
from domain.values.text import persian_digits
from domain.values.version_token import VersionToken

VISIT_PATH = f"{REQUEST_PATH}/visit"
VISIT_INPUT = "visit"
FIRST_INPUT_ID = f"{VISIT_INPUT}-1-1"
"""The id of the first hour's input: where an error leads."""

_OPEN_DAYS = 2
"""Days whose hours are seen at once; of the others they open."""


@dataclass(frozen=True, slots=True)
class VisitDay:
    """A day with the hours that are free."""

    title: str
    """The day with its weekday."""
    hours: Sequence[Option]
    """The hours; each posts its moment."""
    is_open: bool
    """Whether its hours are seen at once."""


@dataclass(frozen=True, slots=True)
class VisitNote:
    """Note about the visit on the page of a request."""

    choice: str
    """Choice offered (`VisitChoice`)."""
    present: str
    """Time of the visit, in words; empty while none is booked."""
    preferences: Sequence[str]
    """The times that the citizen would like, in words."""


class VisitPages(SitePart):
    """The page and its form."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        choose = PortalSubmission("visit", self._choose, self._show_hours)
        return (PortalRoute("GET", VISIT_PATH, self._show_hours), PortalRoute("POST", VISIT_PATH, choose))

    async def _show_hours(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Show what is offered now, with what was chosen where it still is; leads to the request where nothing is."""
        (code, actor), error = identify_call(request, visitor), form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            service_request = await uow.requests.get_by_code(code)
            refuse_foreign_request(service_request, actor)
            if find_visit_choice(self._dependencies, service_request, actor) is None:
                raise web.HTTPSeeOther(request_address(code))
            offer = await build_visit_offer(ActorContext(self._dependencies, uow, actor), service_request)
        render_error = self._dependencies.wording.render_error
        chosen = (
            read_texts(visitor.form, VISIT_INPUT)
            if error
            else [preference.isoformat() for preference in offer.preferences]
        )
        context = {
            **self._describe_request(service_request, offer),
            "days": _list_days(offer, chosen),
            "obstacle": render_error(offer.obstacle) if offer.obstacle else "",
            "problems": [Problem(render_error(error), f"#{FIRST_INPUT_ID}" if offer.free_starts else "")]
            if error
            else [],
        }
        return render_portal_page(request, visitor, "portal/tracking/visit_hours.html", context, error=error)

    def _describe_request(self, service_request: ServiceRequest, offer: VisitOffer) -> dict[str, object]:
        return {
            "address": request_address(service_request.code),
            "code": service_request.code,
            "service_title": self._dependencies.wording.service_title(service_request.service),
            "choice": offer.choice.value,
            "present": self._dependencies.wording.describe_moment(offer.present_start) if offer.present_start else "",
            "officer_name": (OFFICER_NAME.find(service_request) or "") if offer.present_start else "",
            "version": service_request.version_token,
            "notice_hours": persian_digits(self._dependencies.policy.visit_notice_hours),
            "most_preferences": persian_digits(offer.most_preferences),
        }

    async def _choose(self, request: web.Request, visitor: PortalVisitor) -> str:
        (code, actor), chosen = identify_call(request, visitor), read_texts(visitor.form, VISIT_INPUT)
        if not chosen:
            raise MissingField("visit", MissingReason.VISIT_HOUR)
        version = VersionToken(read_text(visitor.form, "version"))
        try:
            async with self._store.open_unit() as uow:
                context = ActorContext(self._dependencies, uow, actor)
                if read_text(visitor.form, "choice") == VisitChoice.PREFERENCES:
                    await prefer_visits(context, code, chosen)
                    return request_address(code, "visit_preferences")
                await move_visit(context, code, chosen[0], version)
        except AlreadyDone:
            return request_address(code, "repeated")
        return request_address(code, "visit")


def describe_visit(dependencies: Dependencies, service_request: ServiceRequest, mobile: str) -> VisitNote | None:
    """Return what the page of a request says to its citizen (+989…) about the visit; None where nothing is chosen."""
    choice = find_visit_choice(dependencies, service_request, citizen_actor(mobile))
    if choice is None:
        return None
    preferences = [
        dependencies.wording.describe_moment(preference) for preference in PREFERENCES.find(service_request) or []
    ]
    present_start = VISIT_START.find(service_request) if choice is VisitChoice.MOVE else None
    present = dependencies.wording.describe_moment(present_start) if present_start else ""
    return VisitNote(choice.value, present, preferences)


def _list_days(offer: VisitOffer, chosen: Sequence[str]) -> list[VisitDay]:
    days = [(day, list(starts)) for day, starts in groupby(offer.free_starts, key=_find_day)]
    return [
        VisitDay(
            jalali_long_text(day),
            hours := [_build_option(start, chosen) for start in starts],
            number < _OPEN_DAYS or any(hour.is_chosen for hour in hours),
        )
        for number, (day, starts) in enumerate(days)
    ]


def _build_option(start: datetime, chosen: Sequence[str]) -> Option:
    return Option(start.isoformat(), clock_text(to_tehran(start)), start.isoformat() in chosen)


def _find_day(start: datetime) -> date:
    return to_tehran(start).date()
