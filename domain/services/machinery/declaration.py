"""Machinery work: hours of heavy machines, priced by the revenue unit, paid, booked and handed over.

Source: services.md, "2. Machinery work". Any day may be wanted; civil decides. The machine is handed over only when
the bill is paid or waived; fewer hours than paid are refunded, more are billed again.
"""

from dataclasses import dataclass, replace

from domain.bills.bill import Bill, BillKind, BillState
from domain.blocks.asking import CITIZEN, QUESTION, REASON, WHY, KeepReason, asking
from domain.blocks.band_answers import BAND_ANSWERS, tell_bands
from domain.blocks.bookings import (
    EARLY,
    UNITS,
    BookedDayComeOrEarly,
    BookFromNow,
    BookMachines,
    FreeMachines,
    HoldMachines,
    WithinRules,
    booked_start,
    booked_units,
    machine_choices,
    operator_choices,
    work_of,
)
from domain.blocks.charging import (
    BillsSettled,
    CloseOpenBills,
    NoPaymentUnresolved,
    OverridePrice,
    PaymentReceived,
    RefundAll,
    WaiveBills,
    bills_of,
    issue,
    payment_last_day,
    refund,
    requoted,
)
from domain.blocks.paper_issuing import issue_paper
from domain.blocks.paying import PAYMENT_DEADLINE, REVENUE, paying
from domain.blocks.receipts import receipt
from domain.blocks.wanted_time import WantedInFuture
from domain.conversation.service_intents import MACHINERY
from domain.fields.form import Field
from domain.fields.types import Choices, Day, Duration, HourOfDay, Hours, Identifier, Moment, Rials, Text, number_text
from domain.fields.work_items import MachineName, WorkItems
from domain.fleet.resources import MACHINE_TYPES
from domain.language.printouts import READERS, FactsPart, Printable, Signed, TablePart, TextPart
from domain.language.service import (
    Answer,
    Audience,
    Command,
    Context,
    Effect,
    Guard,
    Keyword,
    LookupContext,
    Notice,
    Prices,
    Reminder,
    Service,
    State,
    Transition,
    Trigger,
)
from domain.requests.request import Phase
from domain.tariffs.tariff import Priced, TariffRow, Wanted, quote, scale
from domain.values.actors import Role
from domain.values.calendar import TEHRAN, in_tehran
from domain.values.errors import InvalidField
from domain.values.text import grouped

KEY = "machinery"
MOST_HOURS = 24
HOURS = Hours(most=MOST_HOURS)
BY_PHONE = frozenset({"sms", "telegram", "bale"})
CIVIL = frozenset({Role.CIVIL})
DELIVERY_FORM = "delivery_form"


@dataclass(frozen=True, slots=True)
class ChangeWish(Effect):
    """Civil may change hours, date or hour when accepting; the form then says what was agreed."""

    async def apply(self, ctx: Context) -> None:
        """Write the changes into the form and the history."""
        fields = ctx.request.fields
        for name in ("date", "start"):
            if name in ctx.inputs:
                ctx.record[f"{name}_before"], fields[name] = fields[name], ctx.inputs[name]
        if "hours" in ctx.inputs:
            ctx.record["items_before"] = fields["items"]
            units = _per_item(ctx, ctx.inputs["hours"])
            fields["items"] = [item | {"hours": hours} for item, hours in zip(fields["items"], units, strict=True)]
        ctx.facts |= {name: fields[name] for name in ("items", "date", "start")}


def _per_item(ctx: Context, hours: list[float]) -> list[float]:
    items = ctx.request.fields["items"]
    if len(hours) == 1:
        return hours * len(items)
    if len(hours) != len(items):
        raise InvalidField("hours", detail="one_an_item")
    return hours


@dataclass(frozen=True, slots=True)
class PriceWork(Effect):
    """Quote the agreed hours by the tariff in force today."""

    quotes = True

    async def apply(self, ctx: Context) -> None:
        """Keep the explained quote in the request; `NotFound("tariff")` when revenue has set no price."""
        wanted = [
            Wanted({"machine": one["machine"]}, one["hours"], one["count"]) for one in ctx.request.fields["items"]
        ]
        today = ctx.now.astimezone(TEHRAN).date()
        rows = await ctx.uow.tariffs.of_service(KEY)
        policy = ctx.policy
        made = quote(rows, wanted, today, step=policy.rounding_step, mode=policy.rounding_mode)
        ctx.request.data["quote"] = made.as_json()


def _hours_done(ctx: Context) -> list[float]:
    given = ctx.inputs.get("hours")
    return _per_item(ctx, given) if given else [item["hours"] for item in ctx.request.fields["items"]]


@dataclass(frozen=True, slots=True)
class MoreHoursCharged(Guard):
    """Whether the hours done cost more than the hours quoted."""

    async def holds(self, ctx: Context) -> bool:
        """Price both with the quote's own rows."""
        old, new = requoted(ctx, _hours_done(ctx))
        return new.total > old.total


@dataclass(frozen=True, slots=True)
class FewerHoursRefunded(Guard):
    """Whether hours that were paid and not used are to be refunded, by policy."""

    async def holds(self, ctx: Context) -> bool:
        """Price both with the quote's own rows; a waived bill gives nothing back."""
        old, new = requoted(ctx, _hours_done(ctx))
        return ctx.policy.refund_unused_hours and new.total < old.total and await _paid_bill(ctx) is not None


async def _paid_bill(ctx: Context) -> Bill | None:
    bills = await bills_of(ctx.uow, ctx.request)
    return next((bill for bill in bills if bill.state is BillState.PAID), None)


@dataclass(frozen=True, slots=True)
class KeepHours(Effect):
    """Keep the hours done."""

    async def apply(self, ctx: Context) -> None:
        """Write them into the request and the history."""
        ctx.request.data["hours_done"] = ctx.record["hours_done"] = _hours_done(ctx)


@dataclass(frozen=True, slots=True)
class RefundHours(Effect):
    """Refund what was paid for hours not used."""

    tells = frozenset({"refund"})

    async def apply(self, ctx: Context) -> None:
        """Make a refund of the difference, never more than was paid."""
        old, new = requoted(ctx, _hours_done(ctx))
        paid = await _paid_bill(ctx)
        if paid is not None:
            await refund(ctx, paid, min(old.total - new.total, paid.amount), "fewer_hours")


@dataclass(frozen=True, slots=True)
class BillSupplement(Effect):
    """Bill the hours done beyond those quoted."""

    issues_bill = True

    async def apply(self, ctx: Context) -> None:
        """Issue the supplementary bill over the difference."""
        old, new = requoted(ctx, _hours_done(ctx))
        await issue(ctx, new.total - old.total, BillKind.SUPPLEMENT, new.as_json())


@dataclass(frozen=True, slots=True)
class HandOver(Effect):
    """Give the machine to the citizen: the delivery form gets its verification token."""

    delivers = True

    async def apply(self, ctx: Context) -> None:
        """Keep a random token for `/verify/{token}`, never the tracking code."""
        ctx.request.data["delivery_token"] = await issue_paper(ctx, DELIVERY_FORM, in_tehran(ctx.now).date())
        ctx.request.data["handed_over_at"] = ctx.now.isoformat()


STATES = (
    State("submitted", Phase.RECEIVED, Role.CIVIL, sla_minutes=7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State("accepted", Phase.IN_PROGRESS, Role.REVENUE, sla_minutes=7 * 60),
    State("priced", Phase.NEEDS_PAYMENT),
    State("awaiting_payment", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_last_day, lead_hours=12),)),
    State("paid", Phase.IN_PROGRESS, Role.CIVIL, sla_minutes=7 * 60),
    State("scheduled", Phase.IN_PROGRESS, Role.CIVIL, reminders=(Reminder("work_soon", booked_start, lead_hours=10),)),
    State("handed_over", Phase.IN_PROGRESS, Role.CIVIL, sla_minutes=3 * 7 * 60),
    State(
        "awaiting_supplement", Phase.NEEDS_PAYMENT, reminders=(Reminder("pay_soon", payment_last_day, lead_hours=12),)
    ),
    State("completed", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("cancelled", Phase.CANCELLED),
    State("expired", Phase.CANCELLED),
)

BOOKING_INPUTS = (
    Field("machine", Choices(), required=False, options=machine_choices),
    Field("operator", Choices(), required=False, options=operator_choices),
    Field("start", Moment(), required=False),
    Field("end", Moment(), required=False),
)

RECEIVING = (
    Transition(
        "accept", ("submitted",), "accepted", CIVIL,
        inputs=(
            Field("hours", HOURS, required=False),
            Field("date", Day(), required=False),
            Field("start", HourOfDay(), required=False),
        ),
        effects=(ChangeWish(), HoldMachines()),
        notices=(Notice("accept"),),
    ),
    Transition(
        "reject", ("submitted", "needs_info"), "rejected", CIVIL, inputs=(REASON,),
        effects=(KeepReason(),), notices=(Notice("reject"),),
    ),
    *asking("submitted", "rejected", CIVIL),
)  # fmt: skip

CHARGING = (
    Transition(
        "price", ("accepted",), "priced", REVENUE,
        inputs=(Field("amount", Rials(), required=False), WHY),
        effects=(PriceWork(), OverridePrice()),
    ),
    *paying(FreeMachines()),
)  # fmt: skip

WORKING = (
    Transition(
        "schedule", ("paid",), "scheduled", CIVIL, inputs=BOOKING_INPUTS, guards=(BillsSettled(),),
        effects=(BookMachines(),), notices=(Notice("schedule"), Notice("operator_booked", Audience.OPERATORS)),
    ),
    Transition(
        "reschedule", ("scheduled",), "scheduled", CIVIL, inputs=BOOKING_INPUTS,
        effects=(BookMachines(),), notices=(Notice("reschedule"), Notice("operator_booked", Audience.OPERATORS)),
    ),
    Transition(
        "hand_over", ("scheduled",), "handed_over", CIVIL, inputs=(EARLY,),
        guards=(BillsSettled(), BookedDayComeOrEarly()), effects=(BookFromNow(), HandOver()),
        notices=(Notice("hand_over"),),
    ),
    Transition(
        "complete", ("handed_over",), "awaiting_supplement", CIVIL, inputs=(Field("hours", HOURS, required=False),),
        when=MoreHoursCharged(), effects=(KeepHours(), BillSupplement(), FreeMachines()),
        notices=(Notice("supplement"),),
    ),
    Transition(
        "complete", ("handed_over",), "completed", CIVIL, inputs=(Field("hours", HOURS, required=False),),
        when=FewerHoursRefunded(), effects=(KeepHours(), RefundHours(), FreeMachines()),
        notices=(Notice("complete_refund"),),
    ),
    Transition(
        "complete", ("handed_over",), "completed", CIVIL, inputs=(Field("hours", HOURS, required=False),),
        effects=(KeepHours(), FreeMachines()), notices=(Notice("complete"),),
    ),
    Transition(
        "pay_supplement", ("awaiting_supplement",), "completed", guards=(BillsSettled(),),
        notices=(Notice("complete"),), trigger=Trigger.BILL_SETTLED,
    ),
    Transition(
        "waive_supplement", ("awaiting_supplement",), "completed", REVENUE, inputs=(REASON,),
        guards=(NoPaymentUnresolved(),), effects=(WaiveBills(),), notices=(Notice("complete"),),
    ),
)  # fmt: skip

CANCELLING = (
    Transition(
        "cancel", ("submitted", "needs_info", "accepted", "priced", "awaiting_payment"), "cancelled", CITIZEN | CIVIL,
        inputs=(WHY,), guards=(NoPaymentUnresolved(),),
        effects=(CloseOpenBills(BillState.VOID), FreeMachines()), notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
    Transition(
        "cancel", ("paid", "scheduled"), "cancelled", CITIZEN | CIVIL,
        inputs=(WHY,), when=PaymentReceived(), command=Command.CANCEL,
        effects=(RefundAll(), CloseOpenBills(BillState.VOID), FreeMachines()), notices=(Notice("cancel_refund"),),
    ),
    Transition(
        "cancel", ("paid", "scheduled"), "cancelled", CITIZEN | CIVIL, inputs=(WHY,),
        effects=(CloseOpenBills(BillState.VOID), FreeMachines()), notices=(Notice("cancel"),), command=Command.CANCEL,
    ),
)  # fmt: skip


async def tell_price(asked: LookupContext) -> list[Answer]:
    """Tell what hours of a machine cost by today's tariff; where none are said, an hour, and from how many hours on
    another price holds.
    """
    machine, hours = asked.values["machine"], asked.values.get("hours")
    rows = await asked.uow.tariffs.of_service(KEY)
    prices = scale(rows, {"machine": machine}, asked.now.astimezone(TEHRAN).date())
    bands = [] if hours else [one for one in prices if one.least > 1]
    told = [] if bands and bands == prices else [_priced(asked, prices, machine, hours)]
    return [*told, *tell_bands(asked, bands, machine=machine)]


def _priced(asked: LookupContext, prices: list[TariffRow], machine: str, hours: float | None) -> Answer:
    """Tell what hours cost, or one; where the tariff's minimum makes it more than was asked, the answer says so."""
    today, policy = asked.now.astimezone(TEHRAN).date(), asked.policy
    wanted = [Wanted({"machine": machine}, hours or 1)]
    made = quote(prices, wanted, today, step=policy.rounding_step, mode=policy.rounding_mode)
    (line,) = made.lines
    facts = {"machine": machine, "hours": line.units, "amount": made.total}
    if line.units == line.asked:
        return "price" if hours else "price_hour", facts
    if hours:
        return "price_least", facts | {"asked": number_text(hours)}
    an_hour = replace(made, lines=(replace(line, minimum=0),)).total
    return "price_from", facts | {"rate": grouped(an_hour)}


PRICES = Prices(
    (Field("machine", MachineName(), choices=MACHINE_TYPES), Field("hours", Duration(most=MOST_HOURS), required=False)),
    tell_price,
    answers=("price", "price_hour", "price_least", "price_from", *BAND_ANSWERS),
)

PRINTOUTS = (
    Printable(
        DELIVERY_FORM,
        CIVIL | CITIZEN | READERS,
        (
            TextPart("handed_over"),
            FactsPart(
                ("full_name", "national_code", "mobile", "place", "description", "booked_start", "booked_end"),
                by_hand=frozenset({"full_name", "national_code"}),
            ),
            TablePart(UNITS, ("machine", "title", "operator", "wanted", "began", "ended", "done")),
            TextPart("conditions"),
            Signed(("civil", "operator", "citizen")),
        ),
        states=("handed_over", "awaiting_supplement", "completed"),
        facts=("booked_start", "booked_end", "handed_over_at"),
        dated="handed_over_at",
        verified_by="delivery_token",
        told=("items", "booked_start"),
        holder="full_name",
        gather=booked_units,
    ),
    receipt(CIVIL),
)

KEPT = (
    QUESTION, Field("machine", Text()), Field("operator", Text()), Field("booked_start", Moment()),
    Field("booked_end", Moment()), Field("handed_over_at", Moment()), Field("hours_done", HOURS), PAYMENT_DEADLINE,
    REASON,
)  # fmt: skip

MACHINERY_WORK = Service(
    key=KEY,
    version=1,
    form=(
        Field("full_name", Text(80), autofill="person.full_name", deferred_in=BY_PHONE),
        Field("national_code", Identifier("national_code"), autofill="person.national_code", deferred_in=BY_PHONE),
        Field("items", WorkItems()),
        Field("date", Day()),
        Field("start", HourOfDay()),
        Field("place", Text(200)),
        Field("description", Text(500), required=False),
    ),
    states=STATES,
    transitions=RECEIVING + CHARGING + WORKING + CANCELLING,
    initial="submitted",
    keywords=(Keyword(MACHINERY),),
    soap_operation="SubmitMachineryRequest",
    steps=6,
    on_submit=(WithinRules(), WantedInFuture()),
    prices=PRICES,
    priced=tuple(Priced({"machine": one}, "hour", (1, 4, 8), most=MOST_HOURS) for one in MACHINE_TYPES),
    printouts=PRINTOUTS,
    work=work_of,
    kept=KEPT,
)
