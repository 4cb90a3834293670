"""Visits of officers: a member of the staff and an hour, booked like a machine.

An officer is a resource of the fleet, kept in step with the staff whenever a visit is booked, so that the unique key on
(resource, slot) lets nobody send an officer to two places at once.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from domain.blocks.fleet_bookings import BookingEffect, find_active_officer
from domain.blocks.visit_rules import VisitRules
from domain.fields.form import Field
from domain.fields.moments import Moment
from domain.fields.stored import (
    MOMENT_FORM,
    TEXT_FORM,
    StoredField,
    StoredFields,
    select_stored,
    stored_moment,
    stored_text,
)
from domain.fields.types import Choice, Text
from domain.fleet.resources import OFFICER_CODE_PREFIX, Booking, Resource, ResourceKind
from domain.language.actor_guards import ActorGuard
from domain.language.service import Effect, Guard, Service, StepContext
from domain.language.wording import day_and_hour_text
from domain.people.person import StaffMember
from domain.repositories import StaffRepositories
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import to_tehran
from domain.values.errors import Conflict, DomainError, Forbidden, MissingField, NotAllowedNow, NotFound
from domain.values.identifiers import display_mobile
from domain.values.reasons import ConflictReason, ForbiddenReason, NotAllowedReason

OFFICER = stored_text("officer")
"""The user name of who visits."""
OFFICER_NAME = StoredField("officer_name", Text(), stored_form=TEXT_FORM, is_for_citizen=True)
OFFICER_MOBILE, FORMER_OFFICER_MOBILE = stored_text("officer_mobile"), stored_text("former_officer_mobile")
VISIT_START = StoredField("visit_start", Moment(), stored_form=MOMENT_FORM, is_for_citizen=True)
VISIT_END, VISITED_AT = stored_moment("visit_end"), stored_moment("visited_at")
VISIT_REPORT = StoredField("report", Text(2000), stored_form=TEXT_FORM)
"""Report of the officer."""

VISIT_FIELDS: StoredFields = (OFFICER, OFFICER_NAME, OFFICER_MOBILE, FORMER_OFFICER_MOBILE, VISIT_START, VISIT_END)
"""Stored fields of a booked visit."""

OUTSIDE_HOURS = Field("outside_hours", Choice("consent"), required=False, choices=("yes",))
"""Consent of the sender to a visit on a holiday or outside the hours of visits."""


def officer_resource_code(username: str) -> str:
    """Return the code under which an officer is a resource of the fleet."""
    return OFFICER_CODE_PREFIX + username


async def propose_officer(uow: UnitOfWork, request: ServiceRequest) -> str | None:
    """Return the user name of the officer who is named for the visit."""
    return OFFICER.find(request)


async def propose_visit(uow: UnitOfWork, request: ServiceRequest) -> str | None:
    """Return the moment of the visit, as it is typed."""
    visit_start = VISIT_START.find(request)
    return day_and_hour_text(visit_start) if visit_start else None


async def officer_choices(uow: StaffRepositories, request: ServiceRequest) -> dict[str, str]:
    """Return the experts by user name."""
    return {member.username: member.full_name for member in await uow.people.list_staff_with_role(Role.EXPERT)}


def read_visit_start(context: StepContext) -> datetime | None:
    """Return when the visit is to be; None when none was booked."""
    return VISIT_START.find(context.request)


def list_visit_fields(service: Service) -> StoredFields:
    """Return what a service keeps of its visits: who comes, when, and what was found."""
    reporting_effects = [effect for effect in service.effects if VISITED_AT in effect.stores]
    report_fields = {field.name: field for effect in reporting_effects for field in effect.may_store}
    return (*VISIT_FIELDS, VISITED_AT, *report_fields.values())


@dataclass(frozen=True, slots=True)
class IsAssignedOfficer(ActorGuard):
    """Guard: the actor is the officer named for the visit, or that officer's substitute."""

    required_data: ClassVar[StoredFields] = (OFFICER,)

    def admits_actor(self, request: ServiceRequest, actor: Actor) -> bool:
        """Compare the user names."""
        officer = OFFICER.read(request)
        return officer == actor.identifier or officer in actor.substitutes_for

    def describe_refusal(self) -> DomainError:
        """Report that another officer was named."""
        return Forbidden("action", ForbiddenReason.OTHER_OFFICER)


@dataclass(frozen=True, slots=True)
class MayMoveVisit(IsAssignedOfficer):
    """Guard: the actor is the officer, or somebody who sends officers out."""

    sending_roles: frozenset[Role]

    def admits_actor(self, request: ServiceRequest, actor: Actor) -> bool:
        """Look at the roles first."""
        return bool(self.sending_roles & actor.role_names) or IsAssignedOfficer.admits_actor(self, request, actor)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the person; a time when nobody visits is for senders alone to give (`Forbidden("outside_hours")`)."""
        is_admitted = self.admits_actor(context.request, context.actor)
        if is_admitted and OUTSIDE_HOURS.name in context.inputs and not self.sending_roles & context.actor.role_names:
            raise Forbidden(OUTSIDE_HOURS.name, ForbiddenReason.SENDERS_ONLY)
        return is_admitted


@dataclass(frozen=True, slots=True)
class VisitDayReached(Guard):
    """The day of the visit has come: nobody reports of what is still to be."""

    is_foreseeable: ClassVar[bool] = True

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare the days in Tehran."""
        start = read_visit_start(context)
        return start is None or to_tehran(start).date() <= to_tehran(context.now).date()

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the day of the visit."""
        start = read_visit_start(context) or context.now
        return NotAllowedNow("action", NotAllowedReason.VISIT_AHEAD, day=to_tehran(start).date())


@dataclass(frozen=True, slots=True)
class BookVisit(BookingEffect):
    """Send an officer: the one named by `officer` (else the one there was, else who acts) at `visit` (or as before).

    A new time is one at which officers go out (`WorkingCalendar.is_visiting_time`), unless `outside_hours` says
    otherwise.
    """

    provides = frozenset({"contact"})
    stores = VISIT_FIELDS
    relied_fields = frozenset({"kind", "address"})

    async def apply_effect(self, context: StepContext) -> None:
        """Take the slots in place of earlier ones; `Conflict("visit")` when the officer is elsewhere then."""
        staff_member = await _resolve_officer(context)
        await book_officer(context, staff_member, _resolve_visit_start(context))
        context.request.assignee = staff_member.username


async def book_officer(context: StepContext, staff_member: StaffMember, start: datetime) -> None:
    """Book an officer for the request at an hour in place of what it had booked, and keep the visit.

    `Conflict("visit")` when the officer is elsewhere then.
    """
    officer_resource = await _sync_officer_resource(context, staff_member)
    await context.uow.fleet.release_request(context.request.id)
    end = start + timedelta(minutes=context.policy.visit_minutes)
    busy_error = Conflict("visit", ConflictReason.OFFICER_BUSY, officer_name=staff_member.full_name)
    if officer_resource.id in await context.uow.fleet.list_busy_ids(start, end):
        raise busy_error
    try:
        await context.uow.fleet.book(
            [Booking(context.ids.new_id(), context.request.id, officer_resource.id, start, end, False)]
        )
    except Conflict as taken:  # by another unit, in this very moment
        raise busy_error from taken
    _store_visit(context, staff_member, start, end)


async def _resolve_officer(context: StepContext) -> StaffMember:
    present_officer = OFFICER.find(context.request)
    username = context.inputs.get("officer") or present_officer or context.actor.identifier
    if is_same_visit(context.request, username, _read_submitted_start(context)):
        raise MissingField("officer")
    staff_member = await find_active_officer(context.uow.people, username)
    if staff_member is None:
        raise NotFound("officer")
    return staff_member


def is_same_visit(request: ServiceRequest, officer: str, start: datetime | None) -> bool:
    """Return whether an officer is named for the visit already, at that hour; None is the hour that it has."""
    return officer == OFFICER.find(request) and start in {None, VISIT_START.find(request)}


def _read_submitted_start(context: StepContext) -> datetime | None:
    submitted_start = context.inputs.get("visit")
    return datetime.fromisoformat(submitted_start) if submitted_start else None


def _resolve_visit_start(context: StepContext) -> datetime:
    submitted_start, present_start = _read_submitted_start(context), read_visit_start(context)
    start = submitted_start or present_start
    if start is None:
        raise MissingField("visit")
    rules = VisitRules(context.now, context.policy, context.calendar)
    is_any_hour = start == present_start or OUTSIDE_HOURS.name in context.inputs
    if visit_fault := rules.find_fault(start, at_any_hour=is_any_hour):
        raise visit_fault
    return start


async def _sync_officer_resource(context: StepContext, staff_member: StaffMember) -> Resource:
    """Return the officer as a resource, made or brought up to date when need be."""
    officer_code, fleet = officer_resource_code(staff_member.username), context.uow.fleet
    existing_resource = next(
        (resource for resource in await fleet.list_resources(ResourceKind.OFFICER) if resource.code == officer_code),
        None,
    )
    if existing_resource is None or (existing_resource.title, existing_resource.mobile) != (
        staff_member.full_name,
        staff_member.mobile,
    ):
        updated_resource = Resource(
            context.ids.new_id(),
            officer_code,
            ResourceKind.OFFICER,
            "",
            staff_member.full_name,
            mobile=staff_member.mobile,
        )
        await fleet.save_resource(updated_resource)
        existing_resource = await fleet.get_resource(officer_code)
    return existing_resource


def _store_visit(context: StepContext, staff_member: StaffMember, start: datetime, end: datetime) -> None:
    request, citizen_mobile = context.request, context.request.mobile
    officer_changed = OFFICER.find(request) not in {None, staff_member.username}
    FORMER_OFFICER_MOBILE.write(request, OFFICER_MOBILE.find(request) if officer_changed else None)
    OFFICER.write(request, staff_member.username)
    OFFICER_NAME.write(request, staff_member.full_name)
    OFFICER_MOBILE.write(request, staff_member.mobile)
    VISIT_START.write(request, start)
    VISIT_END.write(request, end)
    context.history_facts |= select_stored(request, (OFFICER.name, VISIT_START.name, VISIT_END.name))
    context.facts["contact"] = (
        display_mobile(citizen_mobile) if citizen_mobile else str(request.fields.get("full_name", ""))
    )


@dataclass(frozen=True, slots=True)
class FreeOfficer(BookingEffect):
    """Give the officer's time back."""

    async def apply_effect(self, context: StepContext) -> None:
        """Release the slots."""
        await context.uow.fleet.release_request(context.request.id)


@dataclass(frozen=True, slots=True)
class StoreVisitReport(Effect):
    """Keep what the officer found: the report, and what the fee depends on."""

    is_undoable: ClassVar[bool] = True
    may_store: StoredFields = field()
    """The inputs of the step that are kept, where they are said."""
    stores: ClassVar[StoredFields] = (VISITED_AT,)

    async def apply_effect(self, context: StepContext) -> None:
        """Write it into the request."""
        for report_field in self.may_store:
            if report_field.name in context.inputs:
                report_field.write(context.request, context.inputs[report_field.name])
        VISITED_AT.write(context.request, context.now)
