"""Guards and effects that hold, book and free machines: a unique key on (resource, half-hour slot) books none twice."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from domain.blocks.booking_fields import (
    BOOKED_END,
    BOOKED_MACHINES,
    BOOKED_OPERATORS,
    BOOKED_START,
    BOOKING_FIELDS,
    BOOKING_NAMES,
    HOURS_DONE,
    MACHINE_TITLES,
    OPERATOR_TITLES,
)
from domain.blocks.fleet_bookings import BookingEffect, book_checked
from domain.blocks.wanted_time import find_timing_fault, requested_start
from domain.blocks.work_assignment import (
    find_longest_work,
    find_span_fault,
    find_work_length,
    list_work_units,
    pick_machines,
    pick_operators,
)
from domain.fields.form import Field
from domain.fields.stored import StoredFields, select_stored
from domain.fields.types import Choice, format_number
from domain.fleet.ports import FleetRepository
from domain.fleet.resources import SLOT_LENGTH, Booking, MachineWork, Resource, ResourceKind
from domain.language.service import Effect, Guard, StepContext
from domain.repositories import FleetRepositories
from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.settings.service_rules import ServiceRule
from domain.values.calendar import to_tehran
from domain.values.errors import Conflict, DomainError, InvalidField, MissingField
from domain.values.reasons import ConflictReason, InvalidReason, MissingReason

MACHINE_UNITS = "units"
"""The list of single machines on the delivery form."""

BOOKING_ATTEMPTS = 8
"""Attempts at booking before being outrun by others is reported."""


def booked_start(context: StepContext) -> datetime | None:
    """Return when the scheduled work starts; None when none was scheduled."""
    return BOOKED_START.find(context.request)


def booked_end(context: StepContext) -> datetime | None:
    """Return when the scheduled work ends; None when none was scheduled."""
    return BOOKED_END.find(context.request)


async def describe_booked_units(uow: FleetRepositories, request: ServiceRequest) -> list[dict[str, Any]]:
    """Return what the delivery form says of each single machine: machine, operator, hours wanted, hours done so far."""
    work_items = request.fields["items"]
    hours_by_item: Sequence[float | None] = HOURS_DONE.find(request) or [None] * len(work_items)
    codes_by_unit = zip(BOOKED_MACHINES.read(request), BOOKED_OPERATORS.read(request), strict=True)
    worked = [hours for item, hours in zip(work_items, hours_by_item, strict=True) for _ in range(item["count"])]
    return [
        {
            MACHINE_UNITS: [
                await _describe_unit(uow.fleet, *codes, work_item, worked_hours)
                for codes, work_item, worked_hours in zip(codes_by_unit, list_work_units(request), worked, strict=True)
            ]
        }
    ]


async def _describe_unit(
    fleet: FleetRepository, machine_code: str, operator_code: str, work_item: dict[str, Any], worked_hours: float | None
) -> dict[str, str]:
    machine, operator = await fleet.get_resource(machine_code), await fleet.get_resource(operator_code)
    return {
        "machine": machine_code,
        "title": machine.title,
        "operator": operator.title,
        "wanted": format_number(work_item["hours"]),
        "done": "" if worked_hours is None else format_number(worked_hours),
    }


def machine_work_of(request: ServiceRequest) -> list[MachineWork]:
    """Return what each machine did for a request that is done: the hours agreed and priced, and those worked.

    Nothing where the machines are not known any more: erased data keeps no codes.
    """
    machine_codes, worked_hours = BOOKED_MACHINES.find(request) or [], HOURS_DONE.find(request) or []
    items_with_hours = zip(request.fields.get("items", []), worked_hours, strict=False)
    worked_units = [(item, worked) for item, worked in items_with_hours for _ in range(item["count"])]
    start = BOOKED_START.find(request)
    return [
        MachineWork(
            request.id, request.service, code, item["machine"], start, int(item["hours"] * 60), int(worked * 60)
        )
        for code, (item, worked) in zip(machine_codes, worked_units, strict=False)
        if start is not None
    ]


def _new_booking(context: StepContext, resource: Resource, start: datetime, hours: float, *, hold: bool) -> Booking:
    return Booking(context.ids.new_id(), context.request.id, resource.id, start, start + timedelta(hours=hours), hold)


async def _retry_if_taken(book: Callable[[], Awaitable[None]]) -> None:
    """Book, and choose again when somebody took what was chosen between the look and the booking.

    A conflict that names no resource says that nothing fitting is free: it stays.
    """
    for _ in range(BOOKING_ATTEMPTS - 1):
        try:
            return await book()
        except Conflict as conflict:
            if "resource" not in conflict.params:
                raise
    return await book()


@dataclass(frozen=True, slots=True)
class WithinMachineLimits(Guard):
    """No more machines are wanted, and none for longer, than the service's own rules allow.

    A request that takes up a finished one wants what was allowed then.
    """

    most_machines: ServiceRule[int]
    """Machines in a request."""
    most_hours: ServiceRule[int]
    """Hours of one machine."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Count the machines, and look at the longest hours."""
        is_excessive = self.refuses_values(context.request.fields, context.now, context.policy)
        return context.request.parent_id is not None or not is_excessive

    def refuses_values(self, form_values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Look at the machines that there are, and at the hours as far as they are known."""
        work_items = form_values.get("items", ())
        return _count_machines(work_items) > self.most_machines.value_in(policy) or any(
            item.get("hours", 0) > self.most_hours.value_in(policy) for item in work_items
        )

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the most that may be wanted."""
        most_machines = self.most_machines.value_in(context.policy)
        if _count_machines(context.request.fields["items"]) > most_machines:
            return InvalidField("items", InvalidReason.TOO_MANY_MACHINES, most=format_number(most_machines))
        most_hours = format_number(self.most_hours.value_in(context.policy))
        return InvalidField("items", InvalidReason.RANGE, least=format_number(0.5), most=most_hours)


def _count_machines(work_items: Iterable[Mapping[str, Any]]) -> int:
    return sum(item["count"] for item in work_items)


@dataclass(frozen=True, slots=True)
class HoldMachines(BookingEffect):
    """Hold a free machine for every one wanted, until the bill is paid or expires."""

    required_fields = frozenset({"items", "date", "start"})
    relied_fields = frozenset({"items", "date", "start"})

    async def apply_effect(self, context: StepContext) -> None:
        """Replace earlier holds; `Conflict("machine")` when a type has no free machine at that time.

        `InvalidField("date")` when it is past, or too far: then another must be named.
        """
        await context.uow.fleet.release_request(context.request.id)
        start = requested_start(context.request)
        if timing_fault := find_timing_fault(start, context.now):
            raise InvalidField("date", timing_fault)
        await _retry_if_taken(lambda: self._hold_from(context, start))

    async def _hold_from(self, context: StepContext, start: datetime) -> None:
        free = await context.uow.fleet.list_free(
            ResourceKind.MACHINE, start, start + find_longest_work(context.request)
        )
        picked = pick_machines(free, context.request)
        pairs = zip(picked, list_work_units(context.request), strict=True)
        await book_checked(
            context,
            picked,
            [_new_booking(context, held_machine, start, unit["hours"], hold=True) for held_machine, unit in pairs],
        )
        context.history_facts["machines"] = [machine.code for machine in picked]


@dataclass(frozen=True, slots=True)
class BookMachines(BookingEffect):
    """Book machines and operators firmly, as civil chose them, or what is held and the first free operators."""

    most_hours: ServiceRule[int]
    """Hours for which a machine may be booked."""
    required_fields = frozenset({"items", "date", "start"})
    stores: ClassVar[StoredFields] = BOOKING_FIELDS
    relied_fields = frozenset({"items", "date", "start"})

    async def apply_effect(self, context: StepContext) -> None:
        """Take the slots and remember machines, operators, start and end; `Conflict` when one is taken."""
        start, end = _resolve_span(context, timedelta(hours=self.most_hours.value_in(context.policy)))
        held_codes = [resource.code for _, resource in await context.uow.fleet.list_of_request(context.request.id)]
        await context.uow.fleet.release_request(context.request.id)
        await _retry_if_taken(lambda: self._book_span(context, start, end, held_codes))

    async def _book_span(self, context: StepContext, start: datetime, end: datetime, held_codes: Sequence[str]) -> None:
        free = await context.uow.fleet.list_free(ResourceKind.MACHINE, start, end)
        machines = pick_machines(free, context.request, context.inputs.get("machine") or (), held_codes)
        free_operators = await context.uow.fleet.list_free(ResourceKind.OPERATOR, start, end)
        operators = pick_operators(free_operators, machines, context.inputs.get("operator") or ())
        bookings = [
            Booking(context.ids.new_id(), context.request.id, resource.id, start, end, False)
            for resource in machines + operators
        ]
        await book_checked(context, machines + operators, bookings)
        _store_booking(context, machines, operators, start, end)


def _resolve_span(context: StepContext, longest: timedelta) -> tuple[datetime, datetime]:
    start_text, end_text = context.inputs.get("start"), context.inputs.get("end")
    start = (
        datetime.fromisoformat(start_text) if start_text else booked_start(context) or requested_start(context.request)
    )
    end = datetime.fromisoformat(end_text) if end_text else start + find_work_length(context.request)
    if span_fault := find_span_fault((start, end), context.now, longest):
        raise span_fault
    return start, end


def _store_booking(
    context: StepContext, machines: list[Resource], operators: list[Resource], start: datetime, end: datetime
) -> None:
    request = context.request
    BOOKED_MACHINES.write(request, [resource.code for resource in machines])
    BOOKED_OPERATORS.write(request, [resource.code for resource in operators])
    BOOKED_START.write(request, start)
    BOOKED_END.write(request, end)
    MACHINE_TITLES.write(request, "، ".join(resource.title for resource in machines))
    OPERATOR_TITLES.write(request, "، ".join(resource.title for resource in operators))
    context.history_facts |= select_stored(request, BOOKING_NAMES)
    context.facts |= select_stored(request, (MACHINE_TITLES.name, OPERATOR_TITLES.name)) | {BOOKED_START.name: start}


def is_booked_for_later(request: ServiceRequest, now: datetime) -> bool:
    """Return whether the work of a request is booked for a later day than today in Tehran."""
    start = BOOKED_START.find(request)
    return start is not None and to_tehran(start).date() > to_tehran(now).date()


EARLY_CONSENT = Field("early", Choice("consent"), required=False, choices=("yes",), applies_when=is_booked_for_later)
"""Consent to hand a machine over before its booked day."""


@dataclass(frozen=True, slots=True)
class BookedDayReachedOrEarly(Guard):
    """The booked day has come, or who hands over says that it is to be earlier (`EARLY_CONSENT`)."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare the days in Tehran."""
        return EARLY_CONSENT.name in context.inputs or not is_booked_for_later(context.request, context.now)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Ask, with the booked day."""
        start = BOOKED_START.find(context.request) or context.now
        return MissingField(EARLY_CONSENT.name, MissingReason.BOOKED_FOR_LATER, day=to_tehran(start).date())


@dataclass(frozen=True, slots=True)
class MoveBookingToNow(Effect):
    """Move what is handed over before its booked hour to now, for as long: the same machines and operators, from the
    half hour in which they leave until the one in which their hours are over.
    """

    async def apply_effect(self, context: StepContext) -> None:
        """Take the new slots in place of the old. Where they cannot be had, the booking of a later day is
        `Conflict("early")`, and one of today stays as it was: the machine leaves all the same.
        """
        request, booked_from = context.request, BOOKED_START.read(context.request)
        if context.now >= booked_from:
            return
        start, end = _span_half_hours(context.now, BOOKED_END.read(request) - booked_from)
        machines, operators = [
            [await context.uow.fleet.get_resource(code) for code in booked.read(request)]
            for booked in (BOOKED_MACHINES, BOOKED_OPERATORS)
        ]
        free = [
            resource
            for kind in (ResourceKind.MACHINE, ResourceKind.OPERATOR)
            for resource in await context.uow.fleet.list_free(kind, start, min(end, _begin_half_hour(booked_from)))
        ]
        if any(resource not in free for resource in machines + operators):
            if is_booked_for_later(request, context.now):
                raise Conflict(EARLY_CONSENT.name, ConflictReason.TAKEN_UNTIL_THEN)
            return
        context.history_facts["booked_start_before"] = booked_from.isoformat()
        await context.uow.fleet.release_request(request.id)
        await _book_again(context, machines, operators, start, end)


def _span_half_hours(now: datetime, length: timedelta) -> tuple[datetime, datetime]:
    """Return the half hours, from the first to the last, that work of a length touches which begins this minute."""
    begins_at, start = now.replace(second=0, microsecond=0), _begin_half_hour(now)
    return start, start - (-(begins_at + length - start) // SLOT_LENGTH) * SLOT_LENGTH


def _begin_half_hour(moment: datetime) -> datetime:
    return moment - (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % SLOT_LENGTH


async def _book_again(
    context: StepContext, machines: list[Resource], operators: list[Resource], start: datetime, end: datetime
) -> None:
    bookings = [
        Booking(context.ids.new_id(), context.request.id, resource.id, start, end, False)
        for resource in machines + operators
    ]
    try:
        await book_checked(context, machines + operators, bookings)
    except Conflict as conflict:  # by another unit in this very moment
        raise Conflict(EARLY_CONSENT.name, ConflictReason.TAKEN_UNTIL_THEN) from conflict
    _store_booking(context, machines, operators, start, end)


@dataclass(frozen=True, slots=True)
class FreeMachines(BookingEffect):
    """Give back everything that the request holds."""

    async def apply_effect(self, context: StepContext) -> None:
        """Release all slots."""
        await context.uow.fleet.release_request(context.request.id)
