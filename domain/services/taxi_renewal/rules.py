"""The rules of renewed papers: whose paper it is, that its new date is later, and what the registry then holds.

A paper belongs to a row of the registries: insurance and technical inspection to a taxi that the asker drives or owns,
licence and health card to the driver with the asker's mobile. No other row can be reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from domain.actions.registries.rows import change_row
from domain.blocks.taxis import DRIVING_STATES, fill_taxi, find_vehicle, vehicles_of_mobile
from domain.fields.moments import Day
from domain.fields.stored import StoredField, StoredForm
from domain.language.finders import FormFill
from domain.language.locks import Lock, MobileLock, RowLock
from domain.language.papers import ServicePapers
from domain.language.service import Effect, Guard, StepContext
from domain.registries.declarations import DRIVER, VEHICLE, Registry
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.repositories import RegistryRepositories
from domain.requests.request import RequestFilter, ServiceRequest
from domain.services.taxi_renewal.reasons import (
    RenewalConflictReason,
    RenewalForbiddenReason,
    RenewalInvalidReason,
    RenewalMissingReason,
    RenewalNotAllowedReason,
)
from domain.settings.policy import Policy
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import spoken_day_text, to_tehran
from domain.values.errors import Conflict, Forbidden, InvalidField, MissingField, NotAllowedNow
from domain.values.identifiers import display_plate

SERVICE_KEY = "taxi_renewal"

PAPER_DATES: Mapping[str, tuple[Registry, str]] = {
    "insurance": (VEHICLE, "insurance_expiry"),
    "inspection": (VEHICLE, "inspection_expiry"),
    "licence": (DRIVER, "licence_expiry"),
    "health_card": (DRIVER, "health_card_expiry"),
}
"""Each paper, in the order of menus: the registry whose row it belongs to, and the date of the row that it sets."""

TAXI_PAPERS = frozenset(paper for paper, (registry, _) in PAPER_DATES.items() if registry is VEHICLE)
"""Papers of a taxi; the others are its driver's own."""

RENEWAL_PAPERS = ServicePapers(("renewed_paper",), lambda _: ("renewed_paper",))
"""A photo of the renewed paper."""

LONGEST_VALIDITY = timedelta(days=11 * 366)
"""A driving licence is given for ten years; no paper for longer."""

EXPIRY_TYPE = Day(is_near=False)
FORMER_EXPIRY: StoredField[str] = StoredField("former_expiry", EXPIRY_TYPE, stored_form=StoredForm(str, str))
"""Date that the registry held until the renewal was recorded (Gregorian ISO)."""

ROW_LOCKS: tuple[Lock, ...] = (RowLock(VEHICLE, "plate"), MobileLock())
"""The taxi's row, and the forms of one mobile: what the guards compare changes for nobody else meanwhile."""


async def fill_renewal(uow: RegistryRepositories, mobile: str | None, values: Mapping[str, Any]) -> FormFill:
    """Find the taxi of a taxi's paper, among the asker's own; a driver's own paper needs none."""
    if values.get("paper") not in TAXI_PAPERS:
        return FormFill()
    filled_taxi = await fill_taxi(uow.registries, mobile, values)
    found_values = {name: value for name, value in filled_taxi.found_values.items() if name in ("plate", "taxi")}
    return FormFill(found_values, filled_taxi.remaining_choices)


def show_plate(values: Mapping[str, Any], _: str) -> str:
    """Return the plate of the taxi whose paper it is, as on the car; nothing of a driver's own paper."""
    plate = values.get("plate") or values.get("taxi", {}).get("plate")
    return display_plate(plate) if plate and values["paper"] in TAXI_PAPERS else ""


async def find_renewed_row(uow: RegistryRepositories, request: ServiceRequest) -> RegistryRow:
    """Return the row whose paper a request renews: always one of the person with the request's mobile.

    `MissingField("plate")` while several taxis may be meant, `Forbidden` where it is somebody else's or nobody's.
    """
    if request.fields["paper"] in TAXI_PAPERS:
        return await _find_own_taxi(uow, request)
    conditions = {"mobile": request.mobile, "status": DRIVING_STATES}
    drivers = await uow.registries.list_rows(RegistryFilter(DRIVER.key, conditions, limit=2)) if request.mobile else []
    if not drivers:
        raise Forbidden("paper", RenewalForbiddenReason.NOT_DRIVER)
    if len(drivers) > 1:
        raise Forbidden("paper", RenewalForbiddenReason.SEVERAL_DRIVERS)
    return drivers[0]


async def _find_own_taxi(uow: RegistryRepositories, request: ServiceRequest) -> RegistryRow:
    own_vehicles = await vehicles_of_mobile(uow.registries, request.mobile)
    if not own_vehicles:
        raise Forbidden("plate", RenewalForbiddenReason.NOT_OWN_TAXI)
    vehicle = await find_vehicle(uow.registries, request.fields)
    if vehicle is None:
        raise MissingField("plate", RenewalMissingReason.WHICH_TAXI)
    if vehicle.id not in {row.id for row in own_vehicles}:
        raise Forbidden("plate", RenewalForbiddenReason.NOT_OWN_TAXI)
    return vehicle


def _find_expiry(request: ServiceRequest, row: RegistryRow) -> str | None:
    """Return until when the paper holds by the registry (Gregorian ISO); None where nobody entered it."""
    expiry: str | None = row.values[PAPER_DATES[request.fields["paper"]][1]]
    return expiry


def _say_day(iso_day: str, context: StepContext) -> str:
    return spoken_day_text(date.fromisoformat(iso_day), to_tehran(context.now).date())


@dataclass(frozen=True, slots=True)
class OwnPaper(Guard):
    """The paper is one of the asker's own, at the time of the step: a taxi may have been sold meanwhile."""

    locks: ClassVar = ROW_LOCKS

    async def is_satisfied(self, context: StepContext) -> bool:
        """Find its row; raises what `find_renewed_row` does."""
        await find_renewed_row(context.uow, context.request)
        return True


@dataclass(frozen=True, slots=True)
class LaterDay(Guard):
    """The renewed paper holds longer than the one before, and not for longer than any paper does."""

    locks: ClassVar = ROW_LOCKS

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare with the registry; raises `InvalidField("expiry")` that says until when the present one holds."""
        expiry = context.request.fields["expiry"]
        if self.refuses_values(context.request.fields, context.now, context.policy):
            raise InvalidField("expiry", RenewalInvalidReason.TOO_FAR)
        present_expiry = _find_expiry(context.request, await find_renewed_row(context.uow, context.request))
        if present_expiry is not None and expiry <= present_expiry:
            raise InvalidField("expiry", RenewalInvalidReason.NOT_LATER, day=_say_day(present_expiry, context))
        return True

    def refuses_values(self, form_values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Return whether the day is farther than any paper's."""
        latest_day = to_tehran(now).date() + LONGEST_VALIDITY
        return "expiry" in form_values and form_values["expiry"] > latest_day.isoformat()


@dataclass(frozen=True, slots=True)
class PaperNotWaiting(Guard):
    """The same paper of the same taxi or driver does not wait for the officer already."""

    locks: ClassVar = ROW_LOCKS

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at the asker's open renewals; raises `Conflict("paper")` that names the other."""
        request = context.request
        own_filter = RequestFilter(request.service, mobile=request.mobile, open_only=True, limit=50)
        for other in await context.uow.requests.list_requests(own_filter):
            if other.id != request.id and _renews_same(other, request):
                raise Conflict("paper", RenewalConflictReason.WAITING, code=other.code)
        return True


def _renews_same(one: ServiceRequest, other: ServiceRequest) -> bool:
    is_same_taxi = one.fields.get("plate") == other.fields.get("plate")
    return bool(
        one.fields["paper"] == other.fields["paper"] and (is_same_taxi or one.fields["paper"] not in TAXI_PAPERS)
    )


async def propose_expiry(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the day that was sent: the officer sets another where the photo says so."""
    return str(request.fields["expiry"])


@dataclass(frozen=True, slots=True)
class RecordRenewal(Effect):
    """Put the renewed paper's date into the registry."""

    locks: ClassVar = ROW_LOCKS
    may_store = (FORMER_EXPIRY,)
    relied_fields = frozenset({"paper", "plate", "taxi_code", "expiry"})

    async def apply_effect(self, context: StepContext) -> None:
        """Change the row, and keep what it held before; `NotAllowedNow` where it holds as late a date already."""
        request = context.request
        row = await find_renewed_row(context.uow, request)
        former_expiry = _find_expiry(request, row)
        expiry = request.fields["expiry"] = context.inputs.get("expiry") or request.fields["expiry"]
        if former_expiry is not None and expiry <= former_expiry:
            reason = RenewalNotAllowedReason.RECORDED_LATER
            raise NotAllowedNow("expiry", reason, day=_say_day(former_expiry, context))
        registry, date_field = PAPER_DATES[request.fields["paper"]]
        await change_row(context.uow.registries, row, {date_field: expiry}, context.actor.label, context.now)
        if former_expiry is not None:
            FORMER_EXPIRY.write(request, former_expiry)
        context.history_facts |= {
            "registry": registry.key,
            "record": row.id,
            "expiry": expiry,
            FORMER_EXPIRY.name: former_expiry,
        }
