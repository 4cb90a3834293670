"""Machinery work: hours of heavy machines, priced by the revenue unit, paid, booked and handed over.

Source: services.md, "2. Machinery work". Any day may be wanted; civil decides. The machine is handed over only when
the bill is paid or waived; fewer hours than paid are refunded, more are billed again.
"""

from dataclasses import replace

from domain.bills.bill import BillState
from domain.blocks.asking import CITIZENS, OPTIONAL_REASON, QUESTION, REASON, StoreReason, question_transitions
from domain.blocks.band_answers import BAND_ANSWERS, describe_bands
from domain.blocks.booking_fields import BOOKED_END, BOOKED_START, HOURS_DONE, MACHINE_TITLES, OPERATOR_TITLES
from domain.blocks.bookings import (
    EARLY_CONSENT,
    MACHINE_UNITS,
    BookedDayReachedOrEarly,
    BookMachines,
    FreeMachines,
    HoldMachines,
    MoveBookingToNow,
    WithinMachineLimits,
    booked_end,
    booked_start,
    describe_booked_units,
    machine_work_of,
)
from domain.blocks.charging import (
    PAYMENT_DEADLINE,
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    OverridePrice,
    PaymentReceived,
    RefundAll,
    WaiveBills,
    payment_due_at,
)
from domain.blocks.delivery_confirmations import (
    CONFIRMATION_FIELDS,
    HANDED_OVER_AT,
    RECEIVED_AT,
    RETURNED_AT,
)
from domain.blocks.fleet_choices import (
    machine_choices,
    operator_choices,
    propose_booking_end,
    propose_booking_start,
    propose_machines,
    propose_operators,
)
from domain.blocks.paying import REVENUE_ROLES, payment_transitions
from domain.blocks.receipts import receipt_for_roles
from domain.blocks.wanted_time import RequestedInFuture, day_of_work_begins
from domain.fields.form import Field, LeftToUnit
from domain.fields.hours import Duration, Hours
from domain.fields.moments import Day, HourOfDay, Moment
from domain.fields.places import Place
from domain.fields.stored import StoredFields
from domain.fields.types import Choices, Identifier, Rials, Text, format_number
from domain.fields.work_items import MOST_HOURS, MachineName, WorkItems
from domain.fleet.resources import MACHINE_TYPES
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.lookups import LookupAnswer, LookupContext, PriceLookup
from domain.language.printouts import READER_ROLES, FactsPart, Printable, SignaturesPart, TablePart, TextPart
from domain.language.service import Audience, Command, Notice, Reminder, Service, State, Transition, Trigger
from domain.language.summary_columns import SummaryColumns
from domain.requests.request import Phase
from domain.services.machinery.proposals import (
    propose_done_hours,
    propose_wanted_day,
    propose_wanted_hour,
    propose_wanted_hours,
)
from domain.services.machinery.reasons import MachineryInvalidReason
from domain.services.machinery.rules import (
    DELIVERY_FORM,
    DELIVERY_TOKEN,
    MACHINERY_RULES,
    MAX_HOURS_PER_MACHINE,
    MAX_MACHINES,
    SERVICE_KEY,
    AdjustmentAsked,
    AdjustRequest,
    BillSupplement,
    FewerHoursRefunded,
    HandOver,
    MoreHoursCharged,
    PriceWork,
    RefundHours,
    StoreHours,
)
from domain.services.machinery.vocabulary import LEFT_DAY, LEFT_HOUR, LEFT_HOURS, MACHINERY_INTENT
from domain.tariffs.tariff import PricedSubject, Quantity, TariffRow, compute_quote, list_price_bands
from domain.values.actors import Role
from domain.values.calendar import TEHRAN_ZONE
from domain.values.text import group_digits

HOURS = Hours(limit=MOST_HOURS)
BY_MESSAGE = frozenset({"sms", "telegram", "bale"})
CIVIL = frozenset({Role.CIVIL})


STATES = (
    State("submitted", Phase.RECEIVED, Role.CIVIL, sla_minutes=7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State("accepted", Phase.IN_PROGRESS, Role.REVENUE, sla_minutes=7 * 60),
    State("priced", Phase.NEEDS_PAYMENT),
    State("awaiting_payment", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_due_at, lead_hours=12),)),
    State("paid", Phase.IN_PROGRESS, Role.CIVIL, sla_minutes=7 * 60),
    State(
        "scheduled",
        Phase.IN_PROGRESS,
        Role.CIVIL,
        reckon_due=booked_end,
        reminders=(Reminder("work_soon", booked_start, lead_hours=10),),
    ),
    State("handed_over", Phase.IN_PROGRESS, Role.CIVIL, sla_minutes=3 * 7 * 60),
    State("awaiting_supplement", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_due_at, lead_hours=12),)),
    State("completed", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("cancelled", Phase.CANCELLED),
    State("expired", Phase.CANCELLED),
)

CHANGEABLE = (
    ChangeableFields(
        ("submitted", "needs_info"),
        ("full_name", "national_code", "items", "date", "start", "place", "description"),
    ),
)
"""Until civil accepts it: then machines are held, and a price follows."""

BOOKING_INPUTS = (
    Field("machine", Choices(), required=False, find_choices=machine_choices, find_proposal=propose_machines),
    Field("operator", Choices(), required=False, find_choices=operator_choices, find_proposal=propose_operators),
    Field("start", Moment(), required=False, find_proposal=propose_booking_start),
    Field("end", Moment(), required=False, find_proposal=propose_booking_end, follows="start"),
)

ACCEPTED_OTHERWISE = (
    Field("hours", HOURS, required=False, find_proposal=propose_wanted_hours),
    Field("date", Day(), required=False, find_proposal=propose_wanted_day),
    Field("start", HourOfDay(), required=False, find_proposal=propose_wanted_hour),
)

WORKED_HOURS_INPUT = Field("hours", HOURS, required=False, find_proposal=propose_done_hours)

RECEIVING = (
    Transition(
        "accept",
        ("submitted",),
        "accepted",
        CIVIL,
        inputs=ACCEPTED_OTHERWISE,
        condition=AdjustmentAsked(),
        effects=(AdjustRequest(), HoldMachines()),
        notices=(Notice("accept_changed"),),
        undo_minutes=60,
    ),
    Transition(
        "accept",
        ("submitted",),
        "accepted",
        CIVIL,
        inputs=ACCEPTED_OTHERWISE,
        effects=(HoldMachines(),),
        notices=(Notice("accept"),),
        for_several=True,
        undo_minutes=60,
    ),
    Transition(
        "reject",
        ("submitted", "needs_info"),
        "rejected",
        CIVIL,
        inputs=(REASON,),
        effects=(StoreReason(),),
        notices=(Notice("reject"),),
    ),
    *question_transitions("submitted", "rejected", CIVIL, CHANGEABLE),
)

CHARGING = (
    Transition(
        "price",
        ("accepted",),
        "priced",
        REVENUE_ROLES,
        inputs=(Field("amount", Rials(), required=False), OPTIONAL_REASON),
        effects=(PriceWork(), OverridePrice()),
        for_several=True,
        undo_minutes=60,
    ),
    *payment_transitions(FreeMachines(), reckon_limit=day_of_work_begins),
)

WORKING = (
    Transition(
        "schedule", ("paid",), "scheduled", CIVIL, inputs=BOOKING_INPUTS, guards=(BillsSettled(),),
        effects=(BookMachines(MAX_HOURS_PER_MACHINE),),
        notices=(Notice("schedule"), Notice("operator_booked", Audience.OPERATORS)), for_several=True,
        undo_minutes=60,
    ),
    Transition(
        "reschedule", ("scheduled",), "scheduled", CIVIL, inputs=BOOKING_INPUTS,
        effects=(BookMachines(MAX_HOURS_PER_MACHINE),),
        notices=(Notice("reschedule"), Notice("operator_booked", Audience.OPERATORS)), undo_minutes=60,
    ),
    Transition(
        "hand_over", ("scheduled",), "handed_over", CIVIL, inputs=(EARLY_CONSENT,),
        guards=(BillsSettled(), BookedDayReachedOrEarly()), effects=(MoveBookingToNow(), HandOver()),
        notices=(Notice("hand_over"),), for_several=True,
    ),
    Transition(
        "complete", ("handed_over",), "awaiting_supplement", CIVIL, inputs=(WORKED_HOURS_INPUT,),
        condition=MoreHoursCharged(), effects=(StoreHours(), BillSupplement(), FreeMachines()),
        notices=(Notice("supplement"),),
    ),
    Transition(
        "complete", ("handed_over",), "completed", CIVIL, inputs=(WORKED_HOURS_INPUT,),
        condition=FewerHoursRefunded(), effects=(StoreHours(), RefundHours(), FreeMachines()),
        notices=(Notice("complete_refund"),),
    ),
    Transition(
        "complete", ("handed_over",), "completed", CIVIL, inputs=(WORKED_HOURS_INPUT,),
        effects=(StoreHours(), FreeMachines()), notices=(Notice("complete"),),
    ),
    Transition(
        "pay_supplement", ("awaiting_supplement",), "completed", guards=(BillsSettled(),),
        notices=(Notice("complete"),), trigger=Trigger.BILL_SETTLED,
    ),
    Transition(
        "waive_supplement", ("awaiting_supplement",), "completed", REVENUE_ROLES, inputs=(REASON,),
        guards=(NoPaymentUnresolved(),), effects=(WaiveBills(),), notices=(Notice("complete"),),
    ),
)  # fmt: skip

CANCELLING = (
    Transition(
        "cancel", ("submitted", "needs_info", "accepted", "priced", "awaiting_payment"), "cancelled", CITIZENS | CIVIL,
        inputs=(OPTIONAL_REASON,), guards=(NoPaymentUnresolved(),),
        effects=(CloseOpenBills(BillState.VOID), FreeMachines()), notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid", "scheduled"), "cancelled", CITIZENS | CIVIL,
        inputs=(OPTIONAL_REASON,), condition=PaymentReceived(), command=Command.CANCEL,
        effects=(RefundAll(), CloseOpenBills(BillState.VOID), FreeMachines()), notices=(Notice("cancel_refund"),),
    ),
    Transition(
        "cancel", ("paid", "scheduled"), "cancelled", CITIZENS | CIVIL, inputs=(OPTIONAL_REASON,),
        effects=(CloseOpenBills(BillState.VOID), FreeMachines()), notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
)  # fmt: skip


async def describe_price(lookup: LookupContext) -> list[LookupAnswer]:
    """Return what hours of a machine cost by today's tariff; where none are said, an hour, and from how many hours on
    another price holds.
    """
    machine, hours = lookup.stated_values["machine"], lookup.stated_values.get("hours")
    tariff_rows = await lookup.uow.tariffs.list_of_service(SERVICE_KEY)
    prices = list_price_bands(tariff_rows, {"machine": machine}, lookup.now.astimezone(TEHRAN_ZONE).date())
    bands = [] if hours else [row for row in prices if row.band_start > 1]
    price_lines = [] if bands and bands == prices else [_describe_hours(lookup, prices, machine, hours)]
    return [*price_lines, *describe_bands(lookup, bands, machine=machine)]


def _describe_hours(lookup: LookupContext, prices: list[TariffRow], machine: str, hours: float | None) -> LookupAnswer:
    """Return what hours cost, or one; where the tariff's minimum makes it more than was asked, the answer says so."""
    today, policy = lookup.now.astimezone(TEHRAN_ZONE).date(), lookup.policy
    quantities = [Quantity({"machine": machine}, hours or 1)]
    new_quote = compute_quote(prices, quantities, today, step=policy.rounding_step, mode=policy.rounding_mode)
    (line,) = new_quote.lines
    answer_facts = {"machine": machine, "hours": line.units, "amount": new_quote.total}
    if line.units == line.asked:
        return "price" if hours else "price_hour", answer_facts
    if hours:
        return "price_least", answer_facts | {"asked": format_number(hours)}
    hourly_rials = replace(new_quote, lines=(replace(line, minimum=0),)).total
    return "price_from", answer_facts | {"rate": group_digits(hourly_rials)}


async def estimate_work(lookup: LookupContext) -> int:
    """Return what the hours of all machines of a form cost by today's tariff, in rials with VAT."""
    quantities = [
        Quantity({"machine": item["machine"]}, item["hours"], item["count"]) for item in lookup.stated_values["items"]
    ]
    tariff_rows, policy = await lookup.uow.tariffs.list_of_service(SERVICE_KEY), lookup.policy
    today = lookup.now.astimezone(TEHRAN_ZONE).date()
    return compute_quote(tariff_rows, quantities, today, step=policy.rounding_step, mode=policy.rounding_mode).total


PRICES = PriceLookup(
    (
        Field("machine", MachineName(), choices=MACHINE_TYPES),
        Field("hours", Duration(limit=MOST_HOURS), required=False),
    ),
    describe_price,
    answer_names=("price", "price_hour", "price_least", "price_from", *BAND_ANSWERS),
    estimate=estimate_work,
)

PRINTOUTS = (
    Printable(
        DELIVERY_FORM,
        CIVIL | CITIZENS | READER_ROLES,
        (
            TextPart("handed_over"),
            FactsPart(
                ("full_name", "national_code", "mobile", "place", "description", "booked_start", "booked_end"),
                handwritten_facts=frozenset({"full_name", "national_code"}),
            ),
            TablePart(MACHINE_UNITS, ("machine", "title", "operator", "wanted", "began", "ended", "done")),
            TextPart("conditions"),
            SignaturesPart(
                ("civil", "operator", "citizen"),
                {"citizen": (RECEIVED_AT.name, RETURNED_AT.name)},
            ),
        ),
        valid_states=("handed_over", "awaiting_supplement", "completed"),
        date_fact=HANDED_OVER_AT.name,
        token_field=DELIVERY_TOKEN,
        verified_facts=("items", BOOKED_START.name),
        holder_fact="full_name",
        gather_facts=describe_booked_units,
    ),
    receipt_for_roles(CIVIL),
)

STORED_FIELDS: StoredFields = (
    QUESTION,
    MACHINE_TITLES,
    OPERATOR_TITLES,
    BOOKED_START,
    BOOKED_END,
    HANDED_OVER_AT,
    *CONFIRMATION_FIELDS,
    HOURS_DONE,
    PAYMENT_DEADLINE,
    REASON,
)

MACHINERY_WORK = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("full_name", Text(80), autofill="person.full_name", deferred_in=BY_MESSAGE),
        Field("national_code", Identifier("national_code"), autofill="person.national_code", deferred_in=BY_MESSAGE),
        Field("items", WorkItems(), left_to_unit=LeftToUnit(LEFT_HOURS, part="hours")),
        Field("date", Day(offers_holidays=False), left_to_unit=LeftToUnit(LEFT_DAY)),
        Field("start", HourOfDay(), left_to_unit=LeftToUnit(LEFT_HOUR)),
        Field("place", Place(200)),
        Field("description", Text(500), required=False),
    ),
    states=STATES,
    scenario=((), ("submitted",), ("accepted",), ("paid",), ("scheduled",), ("handed_over",)),
    transitions=RECEIVING + CHARGING + WORKING + CANCELLING,
    initial_state="submitted",
    keywords=(Keyword(MACHINERY_INTENT),),
    soap_operation="SubmitMachineryRequest",
    menu_rank=10,
    submit_guards=(WithinMachineLimits(MAX_MACHINES, MAX_HOURS_PER_MACHINE), RequestedInFuture()),
    price_lookup=PRICES,
    priced_items=tuple(
        PricedSubject({"machine": one}, "hour", (1, 4, 8), max_amount=MOST_HOURS) for one in MACHINE_TYPES
    ),
    printables=PRINTOUTS,
    list_machine_work=machine_work_of,
    stored_fields=STORED_FIELDS,
    form_sections=(
        FormSection("machines", ("items",)),
        FormSection("time", ("date", "start")),
        FormSection("place", ("place", "description")),
        FormSection("applicant", ("full_name", "national_code")),
    ),
    summary=SummaryColumns(work=("items",), time=("date", "start"), place=("place",)),
    remark_field="description",
    changeable=CHANGEABLE,
    reasons=(MachineryInvalidReason,),
    rules=MACHINERY_RULES,
)
