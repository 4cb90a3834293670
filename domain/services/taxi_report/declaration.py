"""A citizen's report about a taxi's driver: praise or a complaint, which the officer makes a record of, or dismisses.

Source: services.md, "Taxi report". The driver is notified of what was recorded, and of nothing about who reported it:
neither name, number nor tracking code, nor the reporter's own words, which may say as much. These stay in the request;
the record names the request as its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.actions.registries.charges import issue_row_bill
from domain.actions.registries.rows import find_contact, record_numbered_row
from domain.blocks.asking import CITIZENS, OPTIONAL_REASON, QUESTION, REASON, StoreReason, question_transitions
from domain.blocks.billing import BillingContext
from domain.blocks.taxis import Plate, find_vehicle, load_taxi
from domain.fields.form import Field
from domain.fields.stored import StoredField, StoredFields, StoredForm, stored_text
from domain.fields.types import Choice, Identifier, Integer, Text
from domain.language.finders import FormFill
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.service import (
    Command,
    Effect,
    Guard,
    Notice,
    Service,
    State,
    StepContext,
    StoredMobile,
    Transition,
)
from domain.language.summary_columns import SummaryColumns
from domain.registries.declarations import DRIVER, REWARD, VEHICLE, VIOLATION, Reference, Registry
from domain.registries.field_types import TAXI_CODE, Charge
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryRow
from domain.repositories import RegistryRepositories
from domain.requests.request import Phase, ServiceRequest
from domain.services.taxi_report.reasons import (
    REPORT_REASONS,
    ReportInvalidReason,
    ReportMissingReason,
    ReportNotFoundReason,
)
from domain.services.taxi_report.vocabulary import TAXI_REWARD_INTENT, TAXI_VIOLATION_INTENT
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.calendar import spoken_day_text, to_tehran
from domain.values.errors import InvalidField, MissingField, NotFound

SERVICE_KEY = "taxi_report"
OFFICERS = frozenset({Role.TAXI_OFFICER})
DRIVER_RECORD: StoredField[dict[str, Any]] = StoredField("record", Text(), stored_form=StoredForm(dict, dict))
"""Row and registry that a report became: {registry, id}."""
DRIVER_MOBILE = stored_text("driver_mobile")
NOTIFIED_DRIVER = StoredMobile(DRIVER_MOBILE)

RECORD_REGISTRIES: Mapping[str, Registry] = {"reward": REWARD, "violation": VIOLATION}
"""Registry for a report of each kind."""


async def find_taxi(uow: RegistryRepositories, mobile: str | None, values: Mapping[str, Any]) -> FormFill:
    """Add the plate to a code and the code to a plate; a taxi that nobody registered may be reported all the same."""
    try:
        vehicle = await find_vehicle(uow.registries, values)
    except NotFound:
        return FormFill()
    registered_values = (
        {field_name: vehicle.values[field_name] for field_name in ("plate", "taxi_code")} if vehicle else {}
    )
    return FormFill({field_name: value for field_name, value in registered_values.items() if value})


async def _list_drivers(registries: RegistryRepository, request: ServiceRequest) -> tuple[RegistryRow, ...]:
    try:
        vehicle = await find_vehicle(registries, request.fields)
    except NotFound:
        return ()
    return (await load_taxi(registries, vehicle, None, {})).drivers if vehicle else ()


async def driver_choices(uow: RegistryRepositories, request: ServiceRequest) -> dict[str, str]:
    """Return those who drive the reported taxi now, by national code."""
    return {row.values["national_code"]: row.values["name"] for row in await _list_drivers(uow.registries, request)}


async def propose_driver(uow: RegistryRepositories, request: ServiceRequest) -> str | None:
    """Return the national code of who alone drives the reported taxi; None where several may be meant."""
    drivers = await _list_drivers(uow.registries, request)
    return str(drivers[0].values["national_code"]) if len(drivers) == 1 else None


async def kind_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the kinds of reward, or of violation, that the report may become."""
    kind_field = RECORD_REGISTRIES[request.fields["kind"]].find_field("kind")
    return {choice: kind_field.type.text_keys((choice,))[0] for choice in kind_field.choices} if kind_field else {}


def reports_violation(request: ServiceRequest, _: datetime) -> bool:
    """Return whether a report is of a violation: praise has no fine."""
    return bool(request.fields["kind"] == "violation")


@dataclass(frozen=True, slots=True)
class PraisesDriver(Guard):
    """Whether the report praises the driver."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look at its kind."""
        return bool(context.request.fields["kind"] == "reward")


@dataclass(frozen=True, slots=True)
class HasFine(Guard):
    """Whether the officer sets a fine."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Look for its amount."""
        return "fine" in context.inputs


@dataclass(frozen=True, slots=True)
class MakeRecord(Effect):
    """Add the reward or violation to the driver's record, and bill its fine."""

    provides = frozenset({"reward_kind", "violation_kind", "points", "report_day", "amount", "bill_id", "payment_id"})
    stores: ClassVar[StoredFields] = (DRIVER_RECORD,)
    may_store = (DRIVER_MOBILE,)

    async def apply_effect(self, context: StepContext) -> None:
        """Keep which row it became and the driver's mobile; provide the facts that the driver may learn.

        `MissingField("driver")` while several may be meant, `NotFound("driver")`, `InvalidField("fine")` with praise.
        """
        driver, registry = await _resolve_driver(context), RECORD_REGISTRIES[context.request.fields["kind"]]
        if "fine" in context.inputs and registry is not VIOLATION:
            raise InvalidField("fine", ReportInvalidReason.FINE_OF_REWARD)
        record_values = _build_record_values(context, driver)
        record_row = await record_numbered_row(
            context.uow, context.ids, context.now, registry, record_values, context.actor.label
        )
        DRIVER_RECORD.write(context.request, {"registry": registry.key, "id": record_row.id})
        DRIVER_MOBILE.write(context.request, await find_contact(context.uow.registries, registry, record_row.values))
        context.history_facts |= {"registry": registry.key, "record": record_row.id}
        context.facts |= {
            f"{registry.key}_kind": record_values["kind"],
            "points": record_values["points"],
            "report_day": spoken_day_text(to_tehran(context.request.created_at).date(), to_tehran(context.now).date()),
        }
        if "fine" in context.inputs:
            bill = await issue_row_bill(
                context.uow,
                BillingContext(context.ids, context.policy, context.now),
                registry,
                record_row.id,
                context.actor.label,
            )
            context.facts |= {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id}


async def _resolve_driver(context: StepContext) -> RegistryRow:
    """Return the driver whom the officer names, or the only one of the taxi."""
    named_code = context.inputs.get("driver")
    if named_code is None:
        drivers = await _list_drivers(context.uow.registries, context.request)
        if len(drivers) != 1:
            raise MissingField("driver", ReportMissingReason.NAME_DRIVER)
        return drivers[0]
    driver_row = await context.uow.registries.find_row(DRIVER.key, {"national_code": named_code})
    if driver_row is None:
        raise NotFound("driver", ReportNotFoundReason.DRIVER)
    return driver_row


def _build_record_values(context: StepContext, driver: RegistryRow) -> dict[str, Any]:
    """Return the record's values: its day is the report's, its source the request."""
    record_values = {
        "driver": driver.values["national_code"],
        "date": to_tehran(context.request.created_at).date().isoformat(),
        "kind": context.inputs["kind"],
        "points": context.inputs.get("points", 0),
        "source": context.request.code,
        "text": context.inputs.get("note"),
    }
    return record_values | ({"fine": context.inputs["fine"]} if "fine" in context.inputs else {})


CHANGEABLE = (ChangeableFields(("submitted", "needs_info"), ("plate", "taxi_code", "taxi_description", "text")),)
"""Until the officer makes a record of it."""

RECORD_INPUTS = (
    Field(
        "driver",
        Identifier("national_code"),
        required=False,
        find_choices=driver_choices,
        find_proposal=propose_driver,
    ),
    Field("kind", Choice(), find_choices=kind_choices),
    Field("points", Integer(0, 1000), required=False),
    Field("fine", Charge(), required=False, applies_when=reports_violation),
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


def _record_transition(driver_notice: str, when: Guard | None = None) -> Transition:
    """Return the step that makes the record, and notifies the driver by this notice."""
    notices = (Notice("record"), Notice(driver_notice, NOTIFIED_DRIVER))
    return Transition(
        "record",
        ("under_review",),
        "recorded",
        OFFICERS,
        inputs=RECORD_INPUTS,
        condition=when,
        effects=(MakeRecord(),),
        notices=notices,
    )


TRANSITIONS = (
    Transition(
        "take",
        ("submitted",),
        "under_review",
        OFFICERS,
        notices=(Notice("take"),),
        for_several=True,
        undo_minutes=60,
    ),
    *question_transitions("under_review", "dismissed", OFFICERS, CHANGEABLE),
    _record_transition("driver_praised", PraisesDriver()),
    _record_transition("driver_fined", HasFine()),
    _record_transition("driver_recorded"),
    Transition(
        "dismiss",
        ("under_review",),
        "dismissed",
        OFFICERS,
        inputs=(REASON,),
        effects=(StoreReason(),),
        notices=(Notice("dismiss"),),
    ),
    Transition(
        "withdraw",
        ("submitted", "under_review", "needs_info"),
        "withdrawn",
        CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,),
        notices=(Notice("withdraw"),),
        command=Command.CANCEL,
    ),
)

TAXI_REPORT = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("kind", Choice("report_kind"), choices=tuple(RECORD_REGISTRIES)),
        Field("plate", Plate(), alternatives=("taxi_code", "taxi_description")),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("taxi_description", Text(200), required=False),
        Field("text", Text(500)),
    ),
    states=STATES,
    scenario=((), ("submitted",), ("under_review",), ()),
    transitions=TRANSITIONS,
    initial_state="submitted",
    keywords=(Keyword(TAXI_REWARD_INTENT, {"kind": "reward"}), Keyword(TAXI_VIOLATION_INTENT, {"kind": "violation"})),
    soap_operation="SubmitTaxiReport",
    menu_rank=40,
    fill_form=find_taxi,
    subject_field="plate",
    kind_field="kind",
    stored_fields=(QUESTION, REASON),
    references=(Reference("plate", VEHICLE.key),),
    reasons=REPORT_REASONS,
    form_sections=(
        FormSection("kind", ("kind",)),
        FormSection("taxi", ("plate", "taxi_code", "taxi_description")),
        FormSection("story", ("text",)),
    ),
    summary=SummaryColumns(work=("kind", "plate", "text")),
    changeable=CHANGEABLE,
)
