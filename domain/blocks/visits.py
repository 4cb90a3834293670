"""Visits of officers: a member of the staff and an hour, booked like a machine.

An officer is a resource of the fleet, kept in step with the staff whenever a visit is booked, so that the unique key on
(resource, slot) lets nobody send an officer to two places at once. The request keeps `officer` (a user name),
`officer_name`, `officer_mobile`, `visit_start` and `visit_end` (ISO).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from domain.fields.form import Field
from domain.fields.types import Choice
from domain.fleet.resources import OFFICER, Booking, Resource, ResourceKind
from domain.language.actor_guards import ActorGuard
from domain.language.service import Context, Effect, Guard
from domain.people.person import StaffMember
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import YEAR_AHEAD, hour_text, in_tehran, jalali_text
from domain.values.errors import Conflict, DomainError, Forbidden, InvalidField, MissingField, NotAllowedNow, NotFound
from domain.values.identifiers import mobile_shown

OUTSIDE = Field("outside_hours", Choice("consent"), required=False, choices=("yes",))
"""Who sends officers out says by it that a visit may be on a holiday or outside the hours of visits."""


def officer_code(username: str) -> str:
    """Return the code under which an officer is a resource of the fleet."""
    return OFFICER + username


async def officer_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the experts by user name."""
    return {member.username: member.full_name for member in await uow.people.staff_with_role(Role.EXPERT)}


def visit_start(ctx: Context) -> datetime | None:
    """Return when the visit is to be; None when none was booked."""
    stored = ctx.request.data.get("visit_start")
    return datetime.fromisoformat(stored) if stored else None


@dataclass(frozen=True, slots=True)
class AssignedOfficer(ActorGuard):
    """Who acts is the officer that was named for the visit, or that officer's substitute."""

    def admits(self, request: ServiceRequest, actor: Actor) -> bool:
        """Compare the user names."""
        officer = request.data["officer"]
        return officer == actor.ident or officer in actor.stands_for

    def refusal(self, ctx: Context) -> DomainError:
        """Say that another officer was named."""
        return Forbidden("action", detail="other_officer")


@dataclass(frozen=True, slots=True)
class MayMoveVisit(AssignedOfficer):
    """Who acts is the officer, or somebody who sends officers out."""

    senders: frozenset[Role]

    def admits(self, request: ServiceRequest, actor: Actor) -> bool:
        """Look at the roles first."""
        return bool(self.senders & actor.role_names) or AssignedOfficer.admits(self, request, actor)

    async def holds(self, ctx: Context) -> bool:
        """Look at the person; a time when nobody visits is for senders alone to give (`Forbidden("outside_hours")`)."""
        admitted = self.admits(ctx.request, ctx.actor)
        if admitted and OUTSIDE.name in ctx.inputs and not self.senders & ctx.actor.role_names:
            raise Forbidden(OUTSIDE.name, detail="senders_only")
        return admitted


@dataclass(frozen=True, slots=True)
class VisitDayCome(Guard):
    """The day of the visit has come: nobody reports of what is still to be."""

    foreseeable: ClassVar[bool] = True

    async def holds(self, ctx: Context) -> bool:
        """Compare the days in Tehran."""
        start = visit_start(ctx)
        return start is None or in_tehran(start).date() <= in_tehran(ctx.now).date()

    def refusal(self, ctx: Context) -> DomainError:
        """Say which day it is."""
        start = visit_start(ctx) or ctx.now
        return NotAllowedNow("action", detail="visit_ahead", day=jalali_text(in_tehran(start).date()))


@dataclass(frozen=True, slots=True)
class BookVisit(Effect):
    """Send an officer: the one named by `officer` (else the one there was, else who acts) at `visit` (or as before).

    A new time is one at which officers go out (`WorkingCalendar.visitable`), unless `outside_hours` says otherwise.
    """

    tells = frozenset({"contact"})

    async def apply(self, ctx: Context) -> None:
        """Take the slots in place of earlier ones; `Conflict("visit")` when the officer is elsewhere then."""
        member = await _officer(ctx)
        start = _start(ctx)
        resource = await _resource_of(ctx, member)
        await ctx.uow.fleet.release(ctx.request.id)
        end = start + timedelta(minutes=ctx.policy.visit_minutes)
        busy = Conflict("visit", detail="officer_busy", officer_name=member.full_name)
        if resource.id in await ctx.uow.fleet.busy(start, end):
            raise busy
        try:
            await ctx.uow.fleet.book([Booking(ctx.ids.new_id(), ctx.request.id, resource.id, start, end, False)])
        except Conflict as taken:  # by another unit, in this very moment
            raise busy from taken
        _remember(ctx, member, start, end)


async def _officer(ctx: Context) -> StaffMember:
    data = ctx.request.data
    if data.get("officer") and not ctx.inputs.keys() & {"officer", "visit"}:
        raise MissingField("officer")
    username = ctx.inputs.get("officer") or data.get("officer") or ctx.actor.ident
    member = await ctx.uow.people.staff(username)
    if member is None or not member.active:
        raise NotFound("officer")
    return member


def _start(ctx: Context) -> datetime:
    given, before = ctx.inputs.get("visit"), visit_start(ctx)
    start = datetime.fromisoformat(given) if given else before
    if start is None:
        raise MissingField("visit")
    if start < ctx.now:
        raise InvalidField("visit", detail="past")
    if start > ctx.now + YEAR_AHEAD:
        raise InvalidField("visit", detail="work_too_far")
    end = start + timedelta(minutes=ctx.policy.visit_minutes)
    if given and OUTSIDE.name not in ctx.inputs and not ctx.calendar.visitable(start, end):
        opens, closes = (hour_text(hour) for hour in ctx.calendar.hours.visits)
        raise InvalidField("visit", detail="visit_hours", opens=opens, closes=closes)
    return start


async def _resource_of(ctx: Context, member: StaffMember) -> Resource:
    """Return the officer as a resource, made or brought up to date when need be."""
    code, fleet = officer_code(member.username), ctx.uow.fleet
    known = next((one for one in await fleet.resources(ResourceKind.OFFICER) if one.code == code), None)
    if known is None or (known.title, known.mobile) != (member.full_name, member.mobile):
        wanted = Resource(ctx.ids.new_id(), code, ResourceKind.OFFICER, "", member.full_name, mobile=member.mobile)
        await fleet.put_resource(wanted)
        known = await fleet.resource(code)
    return known


def _remember(ctx: Context, member: StaffMember, start: datetime, end: datetime) -> None:
    data, citizen = ctx.request.data, ctx.request.mobile
    moved = data.get("officer") not in {None, member.username}
    data["former_officer_mobile"] = data.get("officer_mobile") if moved else None
    visit = {"officer": member.username, "visit_start": start.isoformat(), "visit_end": end.isoformat()}
    data |= visit | {"officer_name": member.full_name, "officer_mobile": member.mobile}
    ctx.request.assignee = member.username
    ctx.record |= visit
    ctx.facts["contact"] = mobile_shown(citizen) if citizen else str(ctx.request.fields.get("full_name", ""))


@dataclass(frozen=True, slots=True)
class FreeOfficer(Effect):
    """Give the officer's time back."""

    async def apply(self, ctx: Context) -> None:
        """Release the slots."""
        await ctx.uow.fleet.release(ctx.request.id)


@dataclass(frozen=True, slots=True)
class KeepReport(Effect):
    """Keep what the officer found: the report, and what the fee depends on."""

    async def apply(self, ctx: Context) -> None:
        """Write it into the request."""
        found = {name: ctx.inputs[name] for name in ("report", "area") if name in ctx.inputs}
        ctx.request.data |= found | {"visited_at": ctx.now.isoformat()}
