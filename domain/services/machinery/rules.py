"""The rules of machinery work: what is agreed and what it costs, and what hours done beside those quoted lead to."""

from dataclasses import dataclass
from typing import ClassVar

from domain.bills.bill import Bill, BillKind, BillState
from domain.blocks.booking_fields import HOURS_DONE
from domain.blocks.charging import (
    PAYMENT_DEADLINE,
    add_due_refund,
    issue_request_bill,
    list_request_bills,
    requote_units,
    store_quote,
)
from domain.blocks.delivery_confirmations import (
    CODE_FACT,
    CONFIRMATION_FIELDS,
    DELIVERY_CODE,
    HANDED_OVER_AT,
    DeliveryStage,
    issue_delivery_code,
)
from domain.blocks.paper_issuing import issue_paper
from domain.fields.stored import StoredFields, stored_text
from domain.fields.types import Choice, Integer
from domain.fields.work_items import MOST_HOURS, MOST_MACHINES
from domain.language.service import Effect, Guard, StepContext
from domain.language.stored_quote import QUOTE
from domain.services.machinery.reasons import MachineryInvalidReason
from domain.settings.service_rules import ServiceRule
from domain.tariffs.tariff import Quantity
from domain.values.calendar import to_tehran
from domain.values.errors import InvalidField
from domain.values.text import persian_digits

SERVICE_KEY = "machinery"
MAX_HOURS_PER_MACHINE: ServiceRule[int] = ServiceRule(
    SERVICE_KEY,
    "max_hours_per_machine",
    Integer(1, MOST_HOURS),
    MOST_HOURS,
    "Hours asked of one machine, and hours for which one may be booked.",
    moves_open_requests=True,
)
MAX_MACHINES: ServiceRule[int] = ServiceRule(
    SERVICE_KEY, "max_machines", Integer(1, MOST_MACHINES), MOST_MACHINES, "Machines in one request."
)
REFUND_UNUSED_HOURS: ServiceRule[bool] = ServiceRule(
    SERVICE_KEY,
    "refund_unused_hours",
    Choice(),
    True,
    "Whether hours paid and not used are refunded.",
    moves_open_requests=True,
)
MACHINERY_RULES = (MAX_HOURS_PER_MACHINE, MAX_MACHINES, REFUND_UNUSED_HOURS)

DELIVERY_FORM = "delivery_form"
DELIVERY_TOKEN = stored_text("delivery_token")


@dataclass(frozen=True, slots=True)
class AdjustRequest(Effect):
    """Civil may change hours, date or hour when accepting; the form then says what was agreed."""

    is_undoable: ClassVar[bool] = True

    async def apply_effect(self, context: StepContext) -> None:
        """Write the changes into the form and the history."""
        fields = context.request.fields
        for name in ("date", "start"):
            if name in context.inputs:
                context.history_facts[f"{name}_before"], fields[name] = fields[name], context.inputs[name]
        if "hours" in context.inputs:
            context.history_facts["items_before"] = fields["items"]
            item_hours = _hours_per_item(context, context.inputs["hours"])
            fields["items"] = [item | {"hours": hours} for item, hours in zip(fields["items"], item_hours, strict=True)]
        context.facts |= {name: fields[name] for name in ("items", "date", "start")}


@dataclass(frozen=True, slots=True)
class AdjustmentAsked(Guard):
    """Whether civil accepts something else than was asked for."""

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare what civil says with the form."""
        fields, inputs = context.request.fields, context.inputs
        item_hours = [item["hours"] for item in fields["items"]]
        is_other_time = any(inputs.get(name, fields[name]) != fields[name] for name in ("date", "start"))
        return is_other_time or ("hours" in inputs and _hours_per_item(context, inputs["hours"]) != item_hours)


def _hours_per_item(context: StepContext, hours: list[float]) -> list[float]:
    items = context.request.fields["items"]
    if len(hours) == 1:
        return hours * len(items)
    if len(hours) != len(items):
        raise InvalidField("hours", MachineryInvalidReason.ONE_AN_ITEM)
    return hours


@dataclass(frozen=True, slots=True)
class PriceWork(Effect):
    """Quote the agreed hours by the tariff in force today."""

    is_undoable: ClassVar[bool] = True
    required_fields: ClassVar[frozenset[str]] = frozenset({"items"})
    makes_quote = True
    stores: ClassVar[StoredFields] = (QUOTE,)
    relied_fields = frozenset({"items"})

    async def apply_effect(self, context: StepContext) -> None:
        """Keep the explained quote; errors: those of `store_quote`."""
        items = context.request.fields["items"]
        await store_quote(context, [Quantity({"machine": one["machine"]}, one["hours"], one["count"]) for one in items])


def _read_worked_hours(context: StepContext) -> list[float]:
    hours = context.inputs.get("hours")
    return _hours_per_item(context, hours) if hours else [item["hours"] for item in context.request.fields["items"]]


@dataclass(frozen=True, slots=True)
class MoreHoursCharged(Guard):
    """Whether the hours done cost more than the hours quoted."""

    required_data: ClassVar[StoredFields] = (QUOTE,)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Price both with the quote's own rows."""
        quoted, worked = requote_units(context, _read_worked_hours(context))
        return worked.total > quoted.total


@dataclass(frozen=True, slots=True)
class FewerHoursRefunded(Guard):
    """Whether hours that were paid and not used are to be refunded, by policy."""

    required_data: ClassVar[StoredFields] = (QUOTE,)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Price both with the quote's own rows; a waived bill gives nothing back."""
        old, new = requote_units(context, _read_worked_hours(context))
        is_refunded = REFUND_UNUSED_HOURS.value_in(context.policy) and new.total < old.total
        return is_refunded and await _paid_bill(context) is not None


async def _paid_bill(context: StepContext) -> Bill | None:
    bills = await list_request_bills(context.uow.bills, context.request)
    return next((bill for bill in bills if bill.state is BillState.PAID), None)


@dataclass(frozen=True, slots=True)
class StoreHours(Effect):
    """Keep the hours done."""

    required_fields: ClassVar[frozenset[str]] = frozenset({"items"})
    stores: ClassVar[StoredFields] = (HOURS_DONE,)

    async def apply_effect(self, context: StepContext) -> None:
        """Write them into the request and the history."""
        worked_hours = context.history_facts[HOURS_DONE.name] = _read_worked_hours(context)
        HOURS_DONE.write(context.request, worked_hours)


@dataclass(frozen=True, slots=True)
class RefundHours(Effect):
    """Refund what was paid for hours not used."""

    required_data: ClassVar[StoredFields] = (QUOTE,)
    provides = frozenset({"refund"})

    async def apply_effect(self, context: StepContext) -> None:
        """Make a refund of the difference, never more than was paid."""
        quoted, worked = requote_units(context, _read_worked_hours(context))
        bill = await _paid_bill(context)
        if bill is not None:
            await add_due_refund(context, bill, min(quoted.total - worked.total, bill.amount), "fewer_hours")


@dataclass(frozen=True, slots=True)
class BillSupplement(Effect):
    """Bill the hours done beyond those quoted."""

    required_data: ClassVar[StoredFields] = (QUOTE,)
    issues_bill = True
    stores: ClassVar[StoredFields] = (PAYMENT_DEADLINE,)

    async def apply_effect(self, context: StepContext) -> None:
        """Issue the supplementary bill over the difference."""
        quoted, worked = requote_units(context, _read_worked_hours(context))
        await issue_request_bill(context, worked.total - quoted.total, BillKind.SUPPLEMENT, worked.as_json())


@dataclass(frozen=True, slots=True)
class HandOver(Effect):
    """Give the machine to the citizen: the delivery form gets its verification token, and the citizen a code by which
    to confirm it without paper.
    """

    delivers_result = True
    stores: ClassVar[StoredFields] = (DELIVERY_TOKEN, HANDED_OVER_AT, DELIVERY_CODE)
    may_store: StoredFields = CONFIRMATION_FIELDS
    provides = frozenset({CODE_FACT})

    async def apply_effect(self, context: StepContext) -> None:
        """Keep a random token for `/verify/{token}`, never the tracking code, and the digest of the code."""
        token = await issue_paper(context, DELIVERY_FORM, to_tehran(context.now).date())
        DELIVERY_TOKEN.write(context.request, token)
        HANDED_OVER_AT.write(context.request, context.now)
        digits = issue_delivery_code(context.ids, context.request, DeliveryStage.RECEIVED)
        context.facts[CODE_FACT] = persian_digits(digits)
