"""A citizen's report about a taxi's driver: praise or a complaint, which the officer makes a record of, or dismisses.

Source: services.md, "Taxi report". The driver is told what was recorded, and nothing of who reported it: neither name,
number nor tracking code, nor the reporter's own words, which may say as much. These stay in the request; the record
names the request as its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.actions.registries.charges import bill_for
from domain.actions.registries.rows import contact_of, record
from domain.blocks.asking import CITIZEN, QUESTION, REASON, WHY, KeepReason, asking
from domain.blocks.billing import BillingContext
from domain.blocks.taxis import Plate, taxi_of, vehicle_said
from domain.conversation.service_intents import TAXI_REWARD, TAXI_VIOLATION
from domain.fields.form import Field
from domain.fields.types import Choice, Identifier, Integer, Text
from domain.language.service import (
    Command,
    Context,
    Effect,
    Filled,
    Guard,
    Keyword,
    Notice,
    Service,
    State,
    StoredMobile,
    Transition,
)
from domain.registries.declarations import DRIVER, REWARD, VEHICLE, VIOLATION, Reference, Registry
from domain.registries.field_types import TAXI_CODE, Charge
from domain.registries.rows import RegistryRow
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.calendar import in_tehran, jalali_text
from domain.values.errors import InvalidField, MissingField, NotFound

KEY = "taxi_report"
OFFICER = frozenset({Role.TAXI_OFFICER})
TOLD_DRIVER = StoredMobile("driver_mobile")

RECORDS: Mapping[str, Registry] = {"reward": REWARD, "violation": VIOLATION}
"""What a report of each kind becomes."""


async def find_taxi(uow: UnitOfWork, mobile: str | None, values: Mapping[str, Any]) -> Filled:
    """Add the plate to a code and the code to a plate; a taxi that nobody registered may be reported all the same."""
    try:
        vehicle = await vehicle_said(uow, values)
    except NotFound:
        return Filled()
    known = {name: vehicle.values[name] for name in ("plate", "taxi_code")} if vehicle else {}
    return Filled({name: value for name, value in known.items() if value})


async def _drivers(uow: UnitOfWork, request: ServiceRequest) -> tuple[RegistryRow, ...]:
    try:
        vehicle = await vehicle_said(uow, request.fields)
    except NotFound:
        return ()
    return (await taxi_of(uow, vehicle, None, {})).drivers if vehicle else ()


async def driver_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return those who drive the reported taxi now, by national code."""
    return {row.values["national_code"]: row.values["name"] for row in await _drivers(uow, request)}


async def kind_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the kinds of reward, or of violation, that the report may become."""
    kind = RECORDS[request.fields["kind"]].field("kind")
    return {one: kind.type.texts((one,))[0] for one in kind.choices} if kind else {}


def reports_violation(request: ServiceRequest, _: datetime) -> bool:
    """Tell whether a report is of a violation: praise has no fine."""
    return bool(request.fields["kind"] == "violation")


@dataclass(frozen=True, slots=True)
class Praises(Guard):
    """Whether the report praises the driver."""

    async def holds(self, ctx: Context) -> bool:
        """Look at its kind."""
        return bool(ctx.request.fields["kind"] == "reward")


@dataclass(frozen=True, slots=True)
class Fined(Guard):
    """Whether the officer sets a fine."""

    async def holds(self, ctx: Context) -> bool:
        """Look for its amount."""
        return "fine" in ctx.inputs


@dataclass(frozen=True, slots=True)
class MakeRecord(Effect):
    """Add the reward or violation to the driver's record, and bill its fine."""

    tells = frozenset({"reward_kind", "violation_kind", "points", "report_day", "amount", "bill_id", "payment_id"})

    async def apply(self, ctx: Context) -> None:
        """Keep which row it became and the driver's mobile; say what the driver may be told.

        `MissingField("driver")` while several may be meant, `NotFound("driver")`, `InvalidField("fine")` with praise.
        """
        driver, registry = await _driver(ctx), RECORDS[ctx.request.fields["kind"]]
        if "fine" in ctx.inputs and registry is not VIOLATION:
            raise InvalidField("fine", detail="fine_of_reward")
        values = _values(ctx, driver)
        row = await record(ctx.uow, ctx.ids, ctx.now, registry, values, ctx.actor.label)
        ctx.request.data |= {"record": {"registry": registry.key, "id": row.id}}
        ctx.request.data["driver_mobile"] = await contact_of(ctx.uow, registry, row.values)
        ctx.record |= {"registry": registry.key, "record": row.id}
        ctx.facts |= {
            f"{registry.key}_kind": values["kind"], "points": values["points"],
            "report_day": jalali_text(in_tehran(ctx.request.created_at).date()),
        }  # fmt: skip
        if "fine" in ctx.inputs:
            bill = await bill_for(
                ctx.uow, BillingContext(ctx.ids, ctx.policy, ctx.now), registry, row.id, ctx.actor.label
            )
            ctx.facts |= {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id}


async def _driver(ctx: Context) -> RegistryRow:
    """Return the driver whom the officer names, or the only one of the taxi."""
    named = ctx.inputs.get("driver")
    if named is None:
        drivers = await _drivers(ctx.uow, ctx.request)
        if len(drivers) != 1:
            raise MissingField("driver", detail="name_driver")
        return drivers[0]
    found = await ctx.uow.registries.one(DRIVER.key, {"national_code": named})
    if found is None:
        raise NotFound("driver", detail="driver")
    return found


def _values(ctx: Context, driver: RegistryRow) -> dict[str, Any]:
    """Return the record's values: its day is the report's, its source the request."""
    values = {
        "driver": driver.values["national_code"],
        "date": in_tehran(ctx.request.created_at).date().isoformat(),
        "kind": ctx.inputs["kind"],
        "points": ctx.inputs.get("points", 0),
        "source": ctx.request.code,
        "text": ctx.inputs.get("note"),
    }
    return values | ({"fine": ctx.inputs["fine"]} if "fine" in ctx.inputs else {})


RECORD_INPUTS = (
    Field("driver", Identifier("national_code"), required=False, options=driver_choices),
    Field("kind", Choice(), options=kind_choices),
    Field("points", Integer(0, 1000), required=False),
    Field("fine", Charge(), required=False, applies=reports_violation),
    Field("note", Text(500), required=False),
)
"""The officer's: `driver` where the taxi has several, the kind of reward or violation, points, a violation's fine."""

STATES = (
    State("submitted", Phase.RECEIVED, Role.TAXI_OFFICER, sla_minutes=7 * 60),
    State("under_review", Phase.IN_PROGRESS, Role.TAXI_OFFICER, sla_minutes=5 * 7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State("recorded", Phase.DONE),
    State("dismissed", Phase.DECLINED),
    State("withdrawn", Phase.CANCELLED),
)


def _recorded(told_driver: str, when: Guard | None = None) -> Transition:
    """Return the step that makes the record, and tells the driver by this notice."""
    notices = (Notice("record"), Notice(told_driver, TOLD_DRIVER))
    return Transition(
        "record", ("under_review",), "recorded", OFFICER, inputs=RECORD_INPUTS, when=when, effects=(MakeRecord(),),
        notices=notices,
    )  # fmt: skip


TRANSITIONS = (
    Transition("take", ("submitted",), "under_review", OFFICER, notices=(Notice("take"),)),
    *asking("under_review", "dismissed", OFFICER),
    _recorded("driver_praised", Praises()),
    _recorded("driver_fined", Fined()),
    _recorded("driver_recorded"),
    Transition(
        "dismiss", ("under_review",), "dismissed", OFFICER, inputs=(REASON,),
        effects=(KeepReason(),), notices=(Notice("dismiss"),),
    ),
    Transition(
        "withdraw", ("submitted", "under_review", "needs_info"), "withdrawn", CITIZEN | OFFICER,
        inputs=(WHY,), notices=(Notice("withdraw"),), command=Command.CANCEL,
    ),
)  # fmt: skip

TAXI_REPORT = Service(
    key=KEY,
    version=1,
    form=(
        Field("kind", Choice("report_kind"), choices=tuple(RECORDS)),
        Field("plate", Plate(), instead=("taxi_code",)),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("text", Text(500)),
    ),
    states=STATES,
    transitions=TRANSITIONS,
    initial="submitted",
    keywords=(Keyword(TAXI_REWARD, {"kind": "reward"}), Keyword(TAXI_VIOLATION, {"kind": "violation"})),
    soap_operation="SubmitTaxiReport",
    steps=4,
    fill=find_taxi,
    subject="plate",
    kind="kind",
    kept=(QUESTION, REASON),
    references=(Reference("plate", VEHICLE.key),),
)
