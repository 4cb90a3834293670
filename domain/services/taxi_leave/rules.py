"""The rules of a taxi's leave: which days it takes, how many a year has, and who must agree.

A leave's days are those of `from` to `to`, both included, less what an early end gave back (`LAST_DAY`). Every
rule can be set (`settings.py`); the defaults are those of a published taxi organisation (services.md, "1. Taxi
organisation").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from domain.blocks.taxis import Taxi, fill_taxi, find_vehicle, list_open_duties, load_taxi, vehicles_of_mobile
from domain.fields.stored import StoredFields
from domain.language.awaited import ASKED_MOBILE
from domain.language.finders import FormFill
from domain.language.locks import RowLock
from domain.language.service import Effect, Guard, StepContext
from domain.registries.declarations import IN_SERVICE_STATUS, VEHICLE
from domain.repositories import RegistryRepositories, SubjectRepositories
from domain.requests.request import RequestFilter, ServiceRequest
from domain.services.taxi_leave.days import LAST_DAY, count_days, first_day_of, last_day_of, leave_ends, taken_days
from domain.services.taxi_leave.leaves import PAGE_SIZE, count_used_days, iterate_leaves
from domain.services.taxi_leave.reasons import (
    LeaveConflictReason,
    LeaveForbiddenReason,
    LeaveInvalidReason,
    LeaveMissingReason,
    LeaveNotAllowedReason,
    LeaveNotFoundReason,
)
from domain.services.taxi_leave.settings import (
    CONSENT_DAYS,
    COUNTS_FRIDAYS,
    DAYS_A_YEAR,
    MAY_OVERLAP,
    NEEDS_OWNERS_CONSENT,
    NOTICE_DAYS,
    OF_ACTIVE_DRIVERS_ONLY,
    REFUSED_WITH_DUTIES,
)
from domain.services.taxi_leave.stored import (
    ASKED_BY,
    DRIVER_NAME,
    LEAVE_DRIVER,
    NEEDS_CONSENT,
    NOTIFIED_DRIVER,
    OWNER_MOBILE,
    OWNER_NAME,
)
from domain.settings.policy import Policy
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import YEAR_AHEAD, spoken_day_text, to_tehran
from domain.values.errors import Conflict, DomainError, Forbidden, InvalidField, MissingField, NotAllowedNow, NotFound

PERMIT_KIND = "permit"
"""The kind of paper that grants a leave (`language/printouts.py`)."""

VEHICLE_HELD = (RowLock(VEHICLE, "plate"),)
"""The taxi's row: what guards read of a taxi, and its leaves, changes for nobody else until the leave is kept."""

LEAVE_SCOPES = ("in_city", "out_of_city")
_ONE_DAY = timedelta(days=1)


def consent_overdue(context: StepContext) -> datetime:
    """Return until when the owner may answer: `CONSENT_DAYS`, and not beyond the leave itself."""
    return min(context.now + timedelta(days=CONSENT_DAYS.value_in(context.policy)), leave_ends(context))


async def fill_leave(uow: RegistryRepositories, mobile: str | None, values: Mapping[str, Any]) -> FormFill:
    """Find the taxi, and reckon the last day from a number of days."""
    filled_taxi = await fill_taxi(uow.registries, mobile, values)
    if "from" not in values or "days" not in values:
        return filled_taxi
    last_day = first_day_of(values) + timedelta(days=values["days"] - 1)
    return FormFill({**filled_taxi.found_values, "to": last_day.isoformat()}, filled_taxi.remaining_choices)


async def _load_taxi(context: StepContext) -> Taxi:
    """Return the request's taxi; it was found when the form was filled."""
    form_values = context.request.fields
    vehicle = await find_vehicle(context.uow.registries, form_values)
    if vehicle is None:
        raise MissingField("plate")
    return await load_taxi(context.uow.registries, vehicle, context.request.mobile, form_values)


@dataclass(frozen=True, slots=True)
class SoundPeriod(Guard):
    """The last day is not before the first, the leave is asked for in time, and not for another age."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the form alone."""
        return self._find_fault(context.request.fields, context.now, context.policy) is None

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the day that is wrong."""
        return self._find_fault(context.request.fields, context.now, context.policy) or NotAllowedNow("from")

    def refuses_values(self, form_values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Look at the days there are; with the first alone, as if it were the last too."""
        return "from" in form_values and self._find_fault(form_values, now, policy) is not None

    def _find_fault(self, values: Mapping[str, Any], now: datetime, policy: Policy) -> DomainError | None:
        first_day, today = first_day_of(values), to_tehran(now).date()
        last_day = last_day_of(values) if "to" in values else first_day
        notice_period = timedelta(days=NOTICE_DAYS.value_in(policy))
        if first_day < today + notice_period:
            return InvalidField("from", LeaveInvalidReason.NOTICE, day=spoken_day_text(today + notice_period, today))
        if first_day > today + YEAR_AHEAD:
            return InvalidField("from", LeaveInvalidReason.TOO_FAR)
        if last_day < first_day:
            return InvalidField("to", LeaveInvalidReason.ORDER)
        return InvalidField("to", LeaveInvalidReason.TOO_LONG) if last_day - first_day >= YEAR_AHEAD else None


@dataclass(frozen=True, slots=True)
class TaxiInService(Guard):
    """The taxi works: one that was scrapped or taken out of service has no leave."""

    locks: ClassVar = VEHICLE_HELD

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the vehicle."""
        return bool((await _load_taxi(context)).vehicle.values["status"] == IN_SERVICE_STATUS)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the refusal: the taxi does not work."""
        return NotAllowedNow("plate", LeaveNotAllowedReason.TAXI_INACTIVE)


@dataclass(frozen=True, slots=True)
class DriverIdentified(Guard):
    """It is clear whose leave it is, and that driver is active."""

    locks: ClassVar = VEHICLE_HELD

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the drivers of the taxi; raises `MissingField("driver")` while several may be meant."""
        taxi = await _load_taxi(context)
        if not taxi.drivers:
            raise NotFound("driver", LeaveNotFoundReason.NO_DRIVER)
        if taxi.driver is None:
            raise MissingField("driver", LeaveMissingReason.WHICH_DRIVER)
        return taxi.driver.values["status"] == "active" or not OF_ACTIVE_DRIVERS_ONLY.value_in(context.policy)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the refusal: the driver may not work now."""
        return NotAllowedNow("driver", LeaveNotAllowedReason.DRIVER_INACTIVE)


@dataclass(frozen=True, slots=True)
class RequesterEntitled(Guard):
    """Guard: the person who asks has to do with the taxi: its driver or owner by mobile, or staff or a clerk whom they
    came to.

    From another mobile the national code of the driver or the owner serves, where the driver has a mobile: he is
    notified and can withdraw it (docs/decisions, 18).
    """

    locks: ClassVar = VEHICLE_HELD

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the taxi's people; raises `MissingField("driver")` while no national code was named."""
        taxi = await _load_taxi(context)
        if context.actor.kind != "citizen" or taxi.asked_by_driver or taxi.asked_by_owner:
            return True
        if taxi.driver is None or taxi.driver.values["mobile"] is None:
            return False
        entitled_codes = {taxi.driver.values["national_code"], taxi.owner.values["national_id"] if taxi.owner else None}
        if entitled_codes.isdisjoint(context.request.fields.get(name, "") for name in ("driver", "national_code")):
            raise MissingField("driver", LeaveMissingReason.OF_STRANGER)
        return True

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name where else to ask."""
        return Forbidden("driver", LeaveForbiddenReason.OF_STRANGER)


@dataclass(frozen=True, slots=True)
class NoLeaveOverlap(Guard):
    """No other leave of the taxi that is asked for, granted or running shares a day with it."""

    locks: ClassVar = VEHICLE_HELD

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the taxi's live leaves; raises `Conflict("from")` that names the days of the other."""
        request = context.request
        if MAY_OVERLAP.value_in(context.policy):
            return True
        async for other_leave in iterate_leaves(
            context.uow.requests, [request.fields["plate"]], but=request, open_only=True
        ):
            days = taken_days(other_leave)
            if days and days[0] <= last_day_of(request.fields) and first_day_of(request.fields) <= days[1]:
                today = to_tehran(context.now).date()
                first_text, last_text = (spoken_day_text(day, today) for day in days)
                raise Conflict("from", LeaveConflictReason.OVERLAP, first=first_text, last=last_text)
        return True


@dataclass(frozen=True, slots=True)
class DaysLeft(Guard):
    """The taxi has days enough left in each Jalali year that the leave touches."""

    locks: ClassVar = VEHICLE_HELD

    async def is_satisfied(self, context: StepContext) -> bool:
        """Count; raises `InvalidField("to")` that says how many are left, or `NotAllowedNow` when none are."""
        fridays, max_days = COUNTS_FRIDAYS.value_in(context.policy), DAYS_A_YEAR.value_in(context.policy)
        requested = count_days(
            first_day_of(context.request.fields), last_day_of(context.request.fields), fridays=fridays
        )
        used_days = await count_used_days(context.uow.requests, context.request, fridays=fridays)
        for year, requested_days in sorted(requested.items()):
            days_left = max_days - used_days[year]
            if days_left <= 0:
                raise NotAllowedNow("to", LeaveNotAllowedReason.USED_UP, year=year, most=max_days)
            if requested_days > days_left:
                raise InvalidField("to", LeaveInvalidReason.DAYS_LEFT, year=year, left=days_left, wanted=requested_days)
        return True


@dataclass(frozen=True, slots=True)
class NoDuties(Guard):
    """Guard: where the policy says so, a taxi that owes duties has no leave."""

    locks: ClassVar = VEHICLE_HELD

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look for one that is open."""
        if not REFUSED_WITH_DUTIES.value_in(context.policy):
            return True
        return not await list_open_duties(context.uow.registries, [context.request.fields["plate"]], 1)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the refusal: duties are open."""
        return NotAllowedNow("plate", LeaveNotAllowedReason.DUTIES_OPEN)


@dataclass(frozen=True, slots=True)
class LeaveNotOver(Guard):
    """The last day of the leave is not past."""

    is_foreseeable: ClassVar[bool] = True

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare with today in Tehran."""
        return to_tehran(context.now).date() <= last_day_of(context.request.fields)

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the refusal: it is past."""
        return NotAllowedNow("to", LeaveNotAllowedReason.PAST)


@dataclass(frozen=True, slots=True)
class LeaveStillAhead(Guard):
    """All days of a finished leave are still ahead, so that it can be taken up again: else a new one is asked for."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare the first day with the earliest that may be asked for today."""
        earliest = to_tehran(context.now).date() + timedelta(days=NOTICE_DAYS.value_in(context.policy))
        return first_day_of(context.request.fields) >= earliest

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the refusal: another leave must be asked for."""
        return NotAllowedNow("code", LeaveNotAllowedReason.BEGUN)


@dataclass(frozen=True, slots=True)
class StorePeople(Effect):
    """Keep with a new leave what the officer must know, as it is at that moment.

    In the form: what the taxi owes, if anything. Beside it: driver, owner, who asks
    (`asked_by`, of `REQUESTER_KINDS`), the driver's mobile where somebody else asks (`told_driver`), and whether the
    owner must agree (`needs_consent`).
    """

    stores: ClassVar[StoredFields] = (ASKED_BY, NEEDS_CONSENT)
    may_store = (LEAVE_DRIVER, DRIVER_NAME, OWNER_NAME, OWNER_MOBILE, NOTIFIED_DRIVER)
    relied_fields = frozenset({"plate", "taxi_code", "national_code", "driver"})

    async def apply_effect(self, context: StepContext) -> None:
        """Look at the registries."""
        taxi, request, fields = await _load_taxi(context), context.request, context.request.fields
        duties = await list_open_duties(context.uow.registries, [taxi.plate], PAGE_SIZE)
        fields.pop("open_duties", None)  # of a finished leave that is taken up again
        if duties:
            fields["open_duties"] = sum(row.values["amount"] for row in duties)
        driver, owner = taxi.driver, taxi.owner
        if driver:
            LEAVE_DRIVER.write(request, driver.values["national_code"])
            DRIVER_NAME.write(request, driver.values["name"])
        OWNER_NAME.write(request, owner.values["name"] if owner else None)
        OWNER_MOBILE.write(request, owner.values["mobile"] if owner else None)
        ASKED_BY.write(request, _requester_kind(context, taxi))
        is_own_leave = driver is None or driver.values["mobile"] == context.request.mobile
        NOTIFIED_DRIVER.write(request, driver.values["mobile"] if driver and not is_own_leave else None)
        is_auxiliary = bool(driver and driver.values["kind"] == "auxiliary")
        asked_by_owner = taxi.asked_by_owner or taxi.is_owned_by_driver
        NEEDS_CONSENT.write(
            request, is_auxiliary and not asked_by_owner and NEEDS_OWNERS_CONSENT.value_in(context.policy)
        )


def _requester_kind(context: StepContext, taxi: Taxi) -> str:
    """Return who asks: `driver`, `owner`, `other_driver` of the taxi, else by `national_code` or at a `desk`."""
    if taxi.asked_by_driver:
        is_own_leave = taxi.driver is not None and taxi.driver.values["mobile"] == context.request.mobile
        return "driver" if is_own_leave else "other_driver"
    if taxi.asked_by_owner:
        return "owner"
    return "national_code" if context.actor.kind == "citizen" else "desk"


async def find_leaves_for_driver(uow: SubjectRepositories, mobile: str, *, service: str) -> list[ServiceRequest]:
    """Return the open leaves of a service that somebody else asked for the driver with this mobile."""
    plates = [str(vehicle.values["plate"]) for vehicle in await vehicles_of_mobile(uow.registries, mobile)]
    leave_filters = [RequestFilter(service, subject_key=plate, open_only=True, limit=PAGE_SIZE) for plate in plates]
    leaves = [leave for leave_filter in leave_filters for leave in await uow.requests.list_requests(leave_filter)]
    return [leave for leave in leaves if NOTIFIED_DRIVER.find(leave) == mobile]


@dataclass(frozen=True, slots=True)
class NeedsConsent(Guard):
    """Whether the taxi's owner must agree first."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at what was found when it was asked for."""
        return NEEDS_CONSENT.read(context.request)


@dataclass(frozen=True, slots=True)
class AwaitOwner(Effect):
    """Wait for the owner's answer; where no mobile of the owner is known, the officer records it."""

    provides = frozenset({"driver_name"})
    may_store = (ASKED_MOBILE,)
    relied_fields = frozenset({"from", "to", "days", "scope"})

    async def apply_effect(self, context: StepContext) -> None:
        """Name the owner's mobile as the one that may answer."""
        owner_mobile = context.request.awaits = OWNER_MOBILE.find(context.request)
        ASKED_MOBILE.write(context.request, owner_mobile)
        context.facts[DRIVER_NAME.name] = DRIVER_NAME.read(context.request)


@dataclass(frozen=True, slots=True)
class SettleScope(Effect):
    """Settle where the leave may be spent, before its permit says so."""

    provides: ClassVar[frozenset[str]] = frozenset({"scope"})
    relied_fields = frozenset({"from", "to", "days", "scope"})

    async def apply_effect(self, context: StepContext) -> None:
        """Take what the officer set, else what was asked for, else the usual."""
        fields = context.request.fields
        fields["scope"] = context.inputs.get("scope") or _find_scope(context.request)


async def propose_scope(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return where the leave may be spent unless its officer says otherwise."""
    return _find_scope(request)


def _find_scope(request: ServiceRequest) -> str:
    """Return what was asked for, else the usual."""
    return str(request.fields.get("scope") or LEAVE_SCOPES[0])


async def gather_permitted_taxi(uow: RegistryRepositories, request: ServiceRequest) -> list[dict[str, Any]]:
    """Return what a permit says of the taxi as the registry has it now: its code and model, where they are known."""
    vehicle = await uow.registries.find_row(VEHICLE.key, {"plate": request.fields["plate"]})
    return [{field_name: vehicle.values[field_name] for field_name in ("taxi_code", "model")} if vehicle else {}]


@dataclass(frozen=True, slots=True)
class EndToday(Effect):
    """Give back the days that are left after today; before the first day, all of them."""

    stores: ClassVar[StoredFields] = (LAST_DAY,)

    async def apply_effect(self, context: StepContext) -> None:
        """Keep the last day that counts."""
        today = to_tehran(context.now).date()
        last_day = (
            today if first_day_of(context.request.fields) <= today else first_day_of(context.request.fields) - _ONE_DAY
        )
        LAST_DAY.write(context.request, last_day)
        context.history_facts[LAST_DAY.name] = LAST_DAY.to_json(last_day)
