"""The rules of a taxi's leave: which days it takes, how many a year has, and who must agree.

A leave's days are those of `from` to `to`, both included, less what an early end gave back (`data["last_day"]`). Every
rule can be set in `Policy`; the defaults are those of a published taxi organisation (services.md, "1. Taxi
organisation").
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from domain.blocks.letters import PERMITS, next_number
from domain.blocks.paper_issuing import issue_paper
from domain.blocks.taxis import Taxi, fill_taxi, open_duties, taxi_of, vehicle_said, vehicles_of_mobile
from domain.language.service import Context, Effect, Filled, Guard
from domain.registries.declarations import IN_SERVICE, VEHICLE
from domain.requests.request import ASKED, Phase, RequestFilter, ServiceRequest
from domain.settings.policy import Policy
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import YEAR_AHEAD, in_tehran, jalali_text, tehran, to_jalali
from domain.values.errors import Conflict, DomainError, Forbidden, InvalidField, MissingField, NotAllowedNow, NotFound

PERMIT = "permit"
"""The kind of paper that grants a leave (`printouts.py`)."""

TOLD_DRIVER = "told_driver"
"""Where a leave keeps the mobile of the driver for whom somebody else asked: he is told, and may withdraw it."""

SCOPES = ("in_city", "out_of_city")
ASKERS = ("driver", "other_driver", "owner", "national_code", "desk")
"""Who may have asked for a leave: by mobile the first three, else with a national code, or at a desk."""

FRIDAY = 4
PAGE = 100
_DAY = timedelta(days=1)


def first_of(fields: Mapping[str, Any]) -> date:
    """Return the first day of a leave's form."""
    return date.fromisoformat(fields["from"])


def last_of(fields: Mapping[str, Any]) -> date:
    """Return the last day of a leave's form."""
    return date.fromisoformat(fields["to"])


def begins(ctx: Context) -> datetime:
    """Return the midnight, Tehran, with which the leave begins."""
    return tehran(first_of(ctx.request.fields), time(0))


def is_over(ctx: Context) -> datetime:
    """Return the midnight, Tehran, after the last day."""
    return tehran(last_of(ctx.request.fields) + _DAY, time(0))


def consent_overdue(ctx: Context) -> datetime:
    """Return until when the owner may answer: `leave_consent_days`, and not beyond the leave itself."""
    return min(ctx.now + timedelta(days=ctx.policy.leave_consent_days), is_over(ctx))


def counted(first: date, last: date, *, fridays: bool) -> Counter[int]:
    """Return how many days of a leave count in which Jalali year."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return Counter(to_jalali(day)[0] for day in days if fridays or day.weekday() != FRIDAY)


def taken(request: ServiceRequest) -> tuple[date, date] | None:
    """Return the first and last day that a leave takes, or took, of its vehicle's; None when it takes none."""
    if request.phase is Phase.CANCELLED or request.state == "rejected":
        return None
    first, last = first_of(request.fields), last_of(request.fields)
    ended = request.data.get("last_day")
    last = min(last, date.fromisoformat(ended)) if ended else last
    return (first, last) if first <= last else None


async def leaves_of(
    uow: UnitOfWork, request: ServiceRequest, *, open_only: bool = False
) -> AsyncIterator[ServiceRequest]:
    """Yield the other leaves of a leave's vehicle, newest first."""
    before: int | None = None
    while True:
        wanted = RequestFilter(
            request.service, subject_key=request.subject_key, open_only=open_only, before=before, limit=PAGE
        )
        found = await uow.requests.find(wanted)
        for one in found:
            if one.id != request.id:
                yield one
        if len(found) < PAGE:
            return
        before = found[-1].id


async def fill_leave(uow: UnitOfWork, mobile: str | None, values: Mapping[str, Any]) -> Filled:
    """Find the taxi, and reckon the last day from a number of days."""
    found = await fill_taxi(uow, mobile, values)
    if "from" not in values or "days" not in values:
        return found
    last = first_of(values) + timedelta(days=values["days"] - 1)
    return Filled({**found.values, "to": last.isoformat()}, found.choices)


async def _taxi(ctx: Context) -> Taxi:
    """Return the request's taxi; it was found when the form was filled."""
    fields = ctx.request.fields
    vehicle = await vehicle_said(ctx.uow, fields)
    if vehicle is None:
        raise MissingField("plate")
    return await taxi_of(ctx.uow, vehicle, ctx.request.mobile, fields)


@dataclass(frozen=True, slots=True)
class SoundPeriod(Guard):
    """The last day is not before the first, the leave is asked for in time, and not for another age."""

    async def holds(self, ctx: Context) -> bool:
        """Look at the form alone."""
        return self._fault(ctx.request.fields, ctx.now, ctx.policy) is None

    def refusal(self, ctx: Context) -> DomainError:
        """Say which day is wrong."""
        return self._fault(ctx.request.fields, ctx.now, ctx.policy) or NotAllowedNow("from")

    def rules_out(self, values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Look at the days there are; with the first alone, as if it were the last too."""
        return "from" in values and self._fault({"to": values["from"], **values}, now, policy) is not None

    def _fault(self, values: Mapping[str, Any], now: datetime, policy: Policy) -> DomainError | None:
        first, last, today = first_of(values), last_of(values), in_tehran(now).date()
        notice = timedelta(days=policy.leave_notice_days)
        if first < today + notice:
            return InvalidField("from", detail="leave_notice", day=jalali_text(today + notice))
        if first > today + YEAR_AHEAD:
            return InvalidField("from", detail="leave_too_far")
        if last < first:
            return InvalidField("to", detail="leave_order")
        return InvalidField("to", detail="leave_too_long") if last - first >= YEAR_AHEAD else None


@dataclass(frozen=True, slots=True)
class TaxiInService(Guard):
    """The taxi works: one that was scrapped or taken out of service has no leave."""

    async def holds(self, ctx: Context) -> bool:
        """Look at the vehicle."""
        return bool((await _taxi(ctx)).vehicle.values["status"] == IN_SERVICE)

    def refusal(self, ctx: Context) -> DomainError:
        """Say that the taxi does not work."""
        return NotAllowedNow("plate", detail="taxi_inactive")


@dataclass(frozen=True, slots=True)
class DriverKnown(Guard):
    """It is clear whose leave it is, and that driver is active."""

    async def holds(self, ctx: Context) -> bool:
        """Look at the drivers of the taxi; raises `MissingField("driver")` while several may be meant."""
        taxi = await _taxi(ctx)
        if not taxi.drivers:
            raise NotFound("driver", detail="no_driver")
        if taxi.driver is None:
            raise MissingField("driver", detail="which_driver")
        return taxi.driver.values["status"] == "active" or not ctx.policy.leave_of_active_drivers_only

    def refusal(self, ctx: Context) -> DomainError:
        """Say that the driver may not work now."""
        return NotAllowedNow("driver", detail="driver_inactive")


@dataclass(frozen=True, slots=True)
class RequesterEntitled(Guard):
    """Who asks has to do with the taxi: its driver or owner by mobile, or staff or a clerk at whose desk they stand.

    From another mobile the national code of the driver or the owner serves, where the driver has a mobile: he is told
    and can withdraw it (docs/decisions, 18).
    """

    async def holds(self, ctx: Context) -> bool:
        """Look at the taxi's people; raises `MissingField("driver")` while no national code was named."""
        taxi = await _taxi(ctx)
        if ctx.actor.kind != "citizen" or taxi.by_driver or taxi.by_owner:
            return True
        if taxi.driver is None or taxi.driver.values["mobile"] is None:
            return False
        known = {taxi.driver.values["national_code"], taxi.owner.values["national_id"] if taxi.owner else None}
        if known.isdisjoint(ctx.request.fields.get(name, "") for name in ("driver", "national_code")):
            raise MissingField("driver", detail="leave_of_stranger")
        return True

    def refusal(self, ctx: Context) -> DomainError:
        """Say where else to ask."""
        return Forbidden("driver", detail="leave_of_stranger")


@dataclass(frozen=True, slots=True)
class NoOverlap(Guard):
    """No other leave of the taxi that is asked for, granted or running shares a day with it.

    Locks the vehicle, so that of two that are asked for at once the later sees the earlier.
    """

    async def holds(self, ctx: Context) -> bool:
        """Look at the taxi's live leaves; raises `Conflict("from")` that tells the days of the other."""
        request = ctx.request
        _ = await ctx.uow.registries.one(VEHICLE.key, {"plate": request.subject_key}, lock=True)
        if ctx.policy.leave_may_overlap:
            return True
        async for other in leaves_of(ctx.uow, request, open_only=True):
            days = taken(other)
            if days and days[0] <= last_of(request.fields) and first_of(request.fields) <= days[1]:
                first, last = (jalali_text(day) for day in days)
                raise Conflict("from", detail="leave_overlap", first=first, last=last)
        return True


@dataclass(frozen=True, slots=True)
class DaysLeft(Guard):
    """The taxi has days enough left in each Jalali year that the leave touches."""

    async def holds(self, ctx: Context) -> bool:
        """Count; raises `InvalidField("to")` that tells how many are left, or `NotAllowedNow` when none are."""
        fridays, most = ctx.policy.leave_counts_fridays, ctx.policy.leave_days_a_year
        wanted = counted(first_of(ctx.request.fields), last_of(ctx.request.fields), fridays=fridays)
        used: Counter[int] = Counter()
        async for other in leaves_of(ctx.uow, ctx.request):
            if days := taken(other):
                used += counted(*days, fridays=fridays)
        for year, days_wanted in sorted(wanted.items()):
            left = most - used[year]
            if left <= 0:
                raise NotAllowedNow("to", detail="leave_used_up", year=year, most=most)
            if days_wanted > left:
                raise InvalidField("to", detail="leave_days_left", year=year, left=left, wanted=days_wanted)
        return True


@dataclass(frozen=True, slots=True)
class NoDuties(Guard):
    """Where the policy says so, a taxi that owes duties has no leave."""

    async def holds(self, ctx: Context) -> bool:
        """Look for one that is open."""
        if not ctx.policy.leave_refused_with_duties:
            return True
        return not await open_duties(ctx.uow, [ctx.request.fields["plate"]], 1)

    def refusal(self, ctx: Context) -> DomainError:
        """Say that duties are open."""
        return NotAllowedNow("plate", detail="duties_open")


@dataclass(frozen=True, slots=True)
class NotOver(Guard):
    """The last day of the leave is not past."""

    foreseeable: ClassVar[bool] = True

    async def holds(self, ctx: Context) -> bool:
        """Compare with today in Tehran."""
        return in_tehran(ctx.now).date() <= last_of(ctx.request.fields)

    def refusal(self, ctx: Context) -> DomainError:
        """Say that it is past."""
        return NotAllowedNow("to", detail="leave_past")


@dataclass(frozen=True, slots=True)
class DaysAhead(Guard):
    """All days of a finished leave are still ahead, so that it can be taken up again: else a new one is asked for."""

    async def holds(self, ctx: Context) -> bool:
        """Compare the first day with the earliest that may be asked for today."""
        earliest = in_tehran(ctx.now).date() + timedelta(days=ctx.policy.leave_notice_days)
        return first_of(ctx.request.fields) >= earliest

    def refusal(self, ctx: Context) -> DomainError:
        """Say that another leave must be asked for."""
        return NotAllowedNow("code", detail="leave_begun")


@dataclass(frozen=True, slots=True)
class KeepPeople(Effect):
    """Keep with a new leave what the officer must know, as it is at that moment.

    In the form: the days that count, and what the taxi owes, if anything. Beside it: driver, owner, who asks
    (`asked_by`, of `ASKERS`), the driver's mobile where somebody else asks (`told_driver`), and whether the owner must
    agree (`needs_consent`).
    """

    async def apply(self, ctx: Context) -> None:
        """Look at the registries."""
        taxi, fields, data = await _taxi(ctx), ctx.request.fields, ctx.request.data
        days = counted(first_of(fields), last_of(fields), fridays=ctx.policy.leave_counts_fridays)
        fields["counted"] = days.total()
        duties = await open_duties(ctx.uow, [taxi.plate], PAGE)
        fields.pop("open_duties", None)  # of a finished leave that is taken up again
        if duties:
            fields["open_duties"] = sum(row.values["amount"] for row in duties)
        driver, owner = taxi.driver, taxi.owner
        if driver:
            data |= {"driver": driver.values["national_code"], "driver_name": driver.values["name"]}
        data["owner_name"] = owner.values["name"] if owner else None
        data["owner_mobile"] = owner.values["mobile"] if owner else None
        data["asked_by"] = _asked_by(ctx, taxi)
        own = driver is None or driver.values["mobile"] == ctx.request.mobile
        data[TOLD_DRIVER] = driver.values["mobile"] if driver and not own else None
        auxiliary = bool(driver and driver.values["kind"] == "auxiliary")
        mine = taxi.by_owner or taxi.owned_by_driver
        data["needs_consent"] = auxiliary and not mine and ctx.policy.leave_needs_consent


def _asked_by(ctx: Context, taxi: Taxi) -> str:
    """Return who asks: `driver`, `owner`, `other_driver` of the taxi, else by `national_code` or at a `desk`."""
    if taxi.by_driver:
        own = taxi.driver is not None and taxi.driver.values["mobile"] == ctx.request.mobile
        return "driver" if own else "other_driver"
    if taxi.by_owner:
        return "owner"
    return "national_code" if ctx.actor.kind == "citizen" else "desk"


async def asked_for_driver(uow: UnitOfWork, mobile: str, *, service: str) -> list[ServiceRequest]:
    """Return the open leaves of a service that somebody else asked for the driver with this mobile."""
    plates = [str(row.values["plate"]) for row in await vehicles_of_mobile(uow, mobile)]
    wanted = [RequestFilter(service, subject_key=plate, open_only=True, limit=PAGE) for plate in plates]
    found = [one for each in wanted for one in await uow.requests.find(each)]
    return [one for one in found if one.data.get(TOLD_DRIVER) == mobile]


@dataclass(frozen=True, slots=True)
class NeedsConsent(Guard):
    """Whether the taxi's owner must agree first."""

    async def holds(self, ctx: Context) -> bool:
        """Look at what was found when it was asked for."""
        return bool(ctx.request.data["needs_consent"])


@dataclass(frozen=True, slots=True)
class AwaitOwner(Effect):
    """Wait for the owner's answer; where no mobile of the owner is known, the officer records it."""

    tells = frozenset({"driver_name"})

    async def apply(self, ctx: Context) -> None:
        """Name the owner's mobile as the one that may answer."""
        ctx.request.awaits = ctx.request.data[ASKED] = ctx.request.data["owner_mobile"]
        ctx.facts["driver_name"] = ctx.request.data["driver_name"]


@dataclass(frozen=True, slots=True)
class GrantPermit(Effect):
    """Number and date the permit, and give it its token for `/verify/{token}`; settle where the leave may be spent."""

    delivers: ClassVar[bool] = True

    async def apply(self, ctx: Context) -> None:
        """Keep `letter_number`, `letter_date` (ISO) and `letter_token`, as letters do."""
        fields, today = ctx.request.fields, in_tehran(ctx.now).date()
        fields["scope"] = ctx.inputs.get("scope") or fields.get("scope") or SCOPES[0]
        number = await next_number(ctx.uow, PERMITS, today)
        permit = {"letter_number": number, "letter_date": today.isoformat()}
        ctx.request.data |= permit | {"letter_token": await issue_paper(ctx, PERMIT, today, number)}
        ctx.record |= permit


async def permitted_taxi(uow: UnitOfWork, request: ServiceRequest) -> list[dict[str, Any]]:
    """Return what a permit says of the taxi as the registry has it now: its code and model, where they are known."""
    row = await uow.registries.one(VEHICLE.key, {"plate": request.fields["plate"]})
    return [{name: row.values[name] for name in ("taxi_code", "model")} if row else {}]


@dataclass(frozen=True, slots=True)
class EndToday(Effect):
    """Give back the days that are left after today; before the first day, all of them."""

    async def apply(self, ctx: Context) -> None:
        """Keep the last day that counts."""
        today = in_tehran(ctx.now).date()
        last = today if first_of(ctx.request.fields) <= today else first_of(ctx.request.fields) - _DAY
        ctx.request.data["last_day"] = ctx.record["last_day"] = last.isoformat()
