"""Guards and effects that hold, book and free machines and operators for a machinery request.

A resource is taken by half-hour slots with a unique key on (resource, slot), so no race can book it twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.blocks.wanted_time import untimely, wanted_start
from domain.fields.form import Field
from domain.fields.types import Choice, number_text
from domain.fleet.resources import SLOT, Booking, MachineWork, Resource, ResourceKind
from domain.language.service import Context, Effect, Guard
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import YEAR_AHEAD, in_tehran, jalali_text
from domain.values.errors import Conflict, DomainError, InvalidField, MissingField

UNITS = "units"
"""The list of single machines on the delivery form."""

TRIES = 8
"""How often others may be quicker before that is told."""


async def machine_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the bookable machines of the types that the request names, by code."""
    types = {item["machine"] for item in request.fields["items"]}
    machines = await uow.fleet.resources(ResourceKind.MACHINE, bookable_only=True)
    return {machine.code: machine.title for machine in machines if machine.type in types}


async def operator_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the bookable operators by code."""
    operators = await uow.fleet.resources(ResourceKind.OPERATOR, bookable_only=True)
    return {operator.code: operator.title for operator in operators}


def booked_start(ctx: Context) -> datetime | None:
    """Return when the scheduled work starts."""
    return booked(ctx.request)


def booked(request: ServiceRequest) -> datetime | None:
    """Return when the work of a request starts, or started; None when none was scheduled."""
    stored = request.data.get("booked_start")
    return datetime.fromisoformat(stored) if stored else None


def _units(request: ServiceRequest) -> list[dict[str, Any]]:
    """Return one entry for each single machine wanted."""
    return [item for item in request.fields["items"] for _ in range(item["count"])]


async def booked_units(uow: UnitOfWork, request: ServiceRequest) -> list[dict[str, Any]]:
    """Return what the delivery form says of each single machine: machine, operator, hours wanted, hours done so far."""
    data, items = request.data, request.fields["items"]
    hours = data.get("hours_done") or [None] * len(items)
    done = [each for item, each in zip(items, hours, strict=True) for _ in range(item["count"])]
    return [
        {
            UNITS: [
                await _unit(uow, *one)
                for one in zip(data["machines"], data["operators"], _units(request), done, strict=True)
            ]
        }
    ]


async def _unit(
    uow: UnitOfWork, machine: str, operator: str, item: dict[str, Any], done: float | None
) -> dict[str, str]:
    of_machine, of_operator = await uow.fleet.resource(machine), await uow.fleet.resource(operator)
    return {
        "machine": machine,
        "title": of_machine.title,
        "operator": of_operator.title,
        "wanted": number_text(item["hours"]),
        "done": "" if done is None else number_text(done),
    }


def work_of(request: ServiceRequest) -> list[MachineWork]:
    """Return what each machine did for a request that is done: the hours agreed and priced, and those worked.

    Nothing where the machines are not known any more: erased data keeps no codes.
    """
    data = request.data
    machines, done = data.get("machines", []), data.get("hours_done", [])
    pairs = zip(request.fields.get("items", []), done, strict=False)
    units = [(item, worked) for item, worked in pairs for _ in range(item["count"])]
    start = booked(request)
    return [
        MachineWork(
            request.id, request.service, code, item["machine"], start, _minutes(item["hours"]), _minutes(worked)
        )
        for code, (item, worked) in zip(machines, units, strict=False)
        if start is not None
    ]


def _minutes(hours: float) -> int:
    return int(hours * 60)


def _longest(request: ServiceRequest) -> float:
    return float(max(item["hours"] for item in request.fields["items"]))


def _pick(
    free: list[Resource], request: ServiceRequest, chosen: Sequence[str] = (), held: Sequence[str] = ()
) -> list[Resource]:
    """Choose a free machine for each unit: only among `chosen` if any are named, rather a held one than another."""
    picked: list[Resource] = []
    for unit in _units(request):
        fitting = [one for one in free if one.type == unit["machine"] and one not in picked]
        fitting = [one for one in fitting if not chosen or one.code in chosen]
        if not fitting:
            raise Conflict("machine", detail="no_free_machine", machine=unit["machine"])
        picked.append(min(fitting, key=lambda one: one.code not in held))
    return picked


async def _free(ctx: Context, kind: ResourceKind, start: datetime, end: datetime) -> list[Resource]:
    busy = await ctx.uow.fleet.busy(start, end)
    return [one for one in await ctx.uow.fleet.resources(kind, bookable_only=True) if one.id not in busy]


async def _take(ctx: Context, picked: Sequence[Resource], bookings: Sequence[Booking]) -> None:
    """Book; `Conflict("machine", resource=code)`, and nothing kept, when one is taken, or is not any more what it was
    when it was picked: a booking keeps what it books from being retired or changed, but only from now on.
    """
    await ctx.uow.fleet.book(bookings)
    kinds = {one.kind for one in picked}
    now = [one for kind in kinds for one in await ctx.uow.fleet.resources(kind, bookable_only=True)]
    lost = next((one for one in picked if one not in now), None)
    if lost:
        await ctx.uow.fleet.release(ctx.request.id)
        raise Conflict("machine", resource=lost.code)


def _booking(ctx: Context, resource: Resource, start: datetime, hours: float, *, hold: bool) -> Booking:
    return Booking(ctx.ids.new_id(), ctx.request.id, resource.id, start, start + timedelta(hours=hours), hold)


async def _another_if_taken(book: Callable[[], Awaitable[None]]) -> None:
    """Book, and choose anew when somebody took what was chosen between the look and the booking.

    A conflict that names no resource says that nothing fitting is free: it stays.
    """
    for _ in range(TRIES - 1):
        try:
            return await book()
        except Conflict as conflict:
            if "resource" not in conflict.params:
                raise
    return await book()


def _too_many(ctx: Context) -> int | None:
    """Return how many machines a request may want if it wants more."""
    most = ctx.policy.max_machines
    return most if sum(item["count"] for item in ctx.request.fields["items"]) > most else None


@dataclass(frozen=True, slots=True)
class WithinRules(Guard):
    """No more machines are wanted, and none for longer, than the municipality's own rules allow (`Policy`).

    A request that takes up a finished one wants what was allowed then.
    """

    async def holds(self, ctx: Context) -> bool:
        """Count the machines, and look at the longest hours."""
        few, short = _too_many(ctx) is None, _longest(ctx.request) <= ctx.policy.max_hours_per_machine
        return ctx.request.parent_id is not None or (few and short)

    def refusal(self, ctx: Context) -> DomainError:
        """Name the most that may be wanted."""
        most = _too_many(ctx)
        if most is not None:
            return InvalidField("items", detail="too_many_machines", most=number_text(most))
        hours = ctx.policy.max_hours_per_machine
        return InvalidField("items", detail="range", least=number_text(0.5), most=number_text(hours))


@dataclass(frozen=True, slots=True)
class HoldMachines(Effect):
    """Hold a free machine for every one wanted, until the bill is paid or expires."""

    async def apply(self, ctx: Context) -> None:
        """Replace earlier holds; `Conflict("machine")` when a type has no free machine at that time.

        `InvalidField("date")` when it is past, or too far: then another must be named.
        """
        await ctx.uow.fleet.release(ctx.request.id)
        start = wanted_start(ctx.request)
        if detail := untimely(start, ctx.now):
            raise InvalidField("date", detail=detail)
        await _another_if_taken(lambda: self._hold(ctx, start))

    async def _hold(self, ctx: Context, start: datetime) -> None:
        free = await _free(ctx, ResourceKind.MACHINE, start, start + timedelta(hours=_longest(ctx.request)))
        picked = _pick(free, ctx.request)
        pairs = zip(picked, _units(ctx.request), strict=True)
        await _take(ctx, picked, [_booking(ctx, one, start, unit["hours"], hold=True) for one, unit in pairs])
        ctx.record["machines"] = [machine.code for machine in picked]


@dataclass(frozen=True, slots=True)
class BookMachines(Effect):
    """Book machines and operators firmly, as civil chose them, or what is held and the first free operators."""

    async def apply(self, ctx: Context) -> None:
        """Take the slots and remember machines, operators, start and end; `Conflict` when one is taken."""
        start, end = _span(ctx)
        held = [one.code for _, one in await ctx.uow.fleet.of_request(ctx.request.id)]
        await ctx.uow.fleet.release(ctx.request.id)
        await _another_if_taken(lambda: self._book(ctx, start, end, held))

    async def _book(self, ctx: Context, start: datetime, end: datetime, held: Sequence[str]) -> None:
        free = await _free(ctx, ResourceKind.MACHINE, start, end)
        machines = _pick(free, ctx.request, ctx.inputs.get("machine") or (), held)
        operators = await self._operators(ctx, machines, start, end)
        bookings = [
            Booking(ctx.ids.new_id(), ctx.request.id, one.id, start, end, False) for one in machines + operators
        ]
        await _take(ctx, machines + operators, bookings)
        _remember(ctx, machines, operators, start, end)

    async def _operators(
        self, ctx: Context, machines: list[Resource], start: datetime, end: datetime
    ) -> list[Resource]:
        free = await _free(ctx, ResourceKind.OPERATOR, start, end)
        chosen: Sequence[str] = ctx.inputs.get("operator") or [one.code for one in free]
        able = [one for one in free if one.code in chosen]
        drivers = {
            machine.code: [one.code for one in able if not one.skills or machine.type in one.skills]
            for machine in machines
        }
        driven: dict[str, str] = {}
        for machine in machines:
            if not _find_driver(machine.code, drivers, driven, set()):
                raise Conflict("operator", detail="no_free_operator", machine=machine.type)
        return [one for machine in machines for one in able if driven.get(one.code) == machine.code]


def _find_driver(machine: str, drivers: Mapping[str, Sequence[str]], driven: dict[str, str], passed: set[str]) -> bool:
    """Give a machine one of its drivers; who has another machine already changes over if that one finds somebody else.

    `driven` (driver → machine) is changed. Without the changing over, a driver of everything could be spent on a
    machine that others can drive too.
    """
    for driver in drivers[machine]:
        if driver in passed:
            continue
        passed.add(driver)
        if driver not in driven or _find_driver(driven[driver], drivers, driven, passed):
            driven[driver] = machine
            return True
    return False


def _span(ctx: Context) -> tuple[datetime, datetime]:
    given, given_end = ctx.inputs.get("start"), ctx.inputs.get("end")
    start = datetime.fromisoformat(given) if given else booked_start(ctx) or wanted_start(ctx.request)
    end = datetime.fromisoformat(given_end) if given_end else start + _length(ctx)
    if end <= start:
        raise InvalidField("end", detail="before_start")
    if end - start > timedelta(hours=ctx.policy.max_hours_per_machine):
        raise InvalidField("end", detail="too_long_work")
    if start < ctx.now:
        raise InvalidField("start", detail="past")
    if start > ctx.now + YEAR_AHEAD:
        raise InvalidField("start", detail="work_too_far")
    return start, end


def _length(ctx: Context) -> timedelta:
    """Return how long the work takes unless an end is said: as long as it is booked now, else the longest hours."""
    before, data = booked_start(ctx), ctx.request.data
    if before is not None:
        return datetime.fromisoformat(data["booked_end"]) - before
    return timedelta(hours=_longest(ctx.request))


def _remember(
    ctx: Context, machines: list[Resource], operators: list[Resource], start: datetime, end: datetime
) -> None:
    booked = {
        "machines": [one.code for one in machines],
        "operators": [one.code for one in operators],
        "booked_start": start.isoformat(),
        "booked_end": end.isoformat(),
    }
    titles = {
        "machine": "، ".join(one.title for one in machines),
        "operator": "، ".join(one.title for one in operators),
    }
    ctx.request.data |= booked | titles
    ctx.record |= booked
    ctx.facts |= titles | {"booked_start": start}


def booked_for_later(request: ServiceRequest, now: datetime) -> bool:
    """Tell whether the work of a request is booked for a later day than today in Tehran."""
    start = booked(request)
    return start is not None and in_tehran(start).date() > in_tehran(now).date()


EARLY = Field("early", Choice("consent"), required=False, choices=("yes",), applies=booked_for_later)
"""Who hands a machine over before its booked day says by it that this is meant."""


@dataclass(frozen=True, slots=True)
class BookedDayComeOrEarly(Guard):
    """The booked day has come, or who hands over says that it is to be earlier (`EARLY`)."""

    async def holds(self, ctx: Context) -> bool:
        """Compare the days in Tehran."""
        return EARLY.name in ctx.inputs or not booked_for_later(ctx.request, ctx.now)

    def refusal(self, ctx: Context) -> DomainError:
        """Ask, with the booked day."""
        start = booked(ctx.request) or ctx.now
        return MissingField(EARLY.name, detail="booked_for_later", day=jalali_text(in_tehran(start).date()))


@dataclass(frozen=True, slots=True)
class BookFromNow(Effect):
    """Move what is booked for a later day to this very half hour, for as long: the same machines and operators."""

    async def apply(self, ctx: Context) -> None:
        """Take the new slots in place of the old; `Conflict("early")` when somebody else has one of them."""
        if not booked_for_later(ctx.request, ctx.now):
            return
        data, fleet = ctx.request.data, ctx.uow.fleet
        start = ctx.now - (ctx.now - datetime.min.replace(tzinfo=ctx.now.tzinfo)) % SLOT
        end = start + (datetime.fromisoformat(data["booked_end"]) - datetime.fromisoformat(data["booked_start"]))
        machines = [await fleet.resource(code) for code in data["machines"]]
        operators = [await fleet.resource(code) for code in data["operators"]]
        ctx.record["booked_start_before"] = data["booked_start"]
        await fleet.release(ctx.request.id)
        taken = Conflict(EARLY.name, detail="taken_until_then")
        if {one.id for one in machines + operators} & await fleet.busy(start, end):
            raise taken
        made = [Booking(ctx.ids.new_id(), ctx.request.id, one.id, start, end, False) for one in machines + operators]
        try:
            await _take(ctx, machines + operators, made)
        except Conflict as conflict:  # by another unit in this very moment, or out of service since
            raise taken from conflict
        _remember(ctx, machines, operators, start, end)


@dataclass(frozen=True, slots=True)
class FreeMachines(Effect):
    """Give back everything that the request holds."""

    async def apply(self, ctx: Context) -> None:
        """Release all slots."""
        await ctx.uow.fleet.release(ctx.request.id)
