"""Operations about money: a bill by its two ids, a payment at the counter's terminal, the office's statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.paging import CURSOR, NEXT, read_cursor
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, listed
from domain.actions.bills.pay import find_bill, record
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.messages.notify import announce
from domain.actions.offices.statement import statement
from domain.bills.bill import Bill, BillState, PaymentMethod
from domain.bills.pos_receipts import PosReceipt
from domain.blocks.charging import SUBJECT
from domain.offices.office import ACTS_KEEP, CounterPayment, Statement, StatementLine
from domain.requests.request import ServiceRequest
from domain.values.calendar import period
from domain.values.errors import AlreadyPaid, BillExpired

MOST_PAYMENTS = 1000
"""Payments of a page of the statement, for who asks for pages: a month of a busy office."""

IDS = (
    SchemaElement("billId", st.BILL_ID, key="bill_id"),
    SchemaElement("paymentId", st.PAYMENT_ID, key="payment_id"),
)
RECEIPT = (
    SchemaElement("rrn", st.RRN, required=False),
    SchemaElement("terminalId", st.TERMINAL_ID, key="terminal_id", required=False),
    SchemaElement("paidAt", st.PAID_AT, key="paid_at", required=False),
)
"""What else a receipt says of a payment: it tells two payments with one trace number apart."""

OUTCOME = st.enumerated(
    "PaymentOutcome",
    ("settled", "surplus"),
    Doc(
        "تسویه شد، یا مازاد است و برگشت داده می‌شود",
        "settled: it paid the bill. surplus: the bill was no longer open; the money is kept and due back.",
    ),
)


async def get_bill(call: CounterCall) -> Mapping[str, Any]:
    """Tell a bill: all of an own request's, of others amount and service alone, and only while they can be paid.

    `AlreadyPaid`, `BillExpired` of others' that cannot: nobody should pay them at a counter.
    """
    bill = await find_bill(call.uow, call.values["bill_id"], call.values["payment_id"])
    title = await SUBJECTS[bill.subject_kind].title(call.desk, call.uow, bill)
    found: dict[str, Any] = {"amount": bill.amount, "service": title}
    own = await _own_request(call, bill)
    if own is not None:
        return found | {"code": own.code, "state": bill.state.value, "deadline": bill.deadline}
    if bill.state in {BillState.EXPIRED, BillState.VOID}:
        raise BillExpired("billId")
    if not bill.state.payable:
        raise AlreadyPaid("billId")
    return found


async def _own_request(call: CounterCall, bill: Bill) -> ServiceRequest | None:
    if bill.subject_kind != SUBJECT:
        return None
    request = await call.uow.requests.get(bill.subject_id)
    return request if request.office == call.office.code else None


async def report_payment(call: CounterCall) -> Mapping[str, Any]:
    """Settle a bill with money that the counter's terminal took; the same receipt settles once."""
    said = call.values
    ids = (said["bill_id"], said["payment_id"])
    paid = await record(
        call.desk, call.uow, ids, said["amount"], PaymentMethod.POS, said["reference"], call.clerk, _receipt(said)
    )
    if paid.outcome:
        await announce(call.desk, call.uow, paid.outcome, call.clerk)
    told = {"outcome": paid.payment.outcome.value, "amount": paid.payment.amount, "at": paid.payment.at}
    own = await _own_request(call, paid.bill)
    standing = {"code": own.code, "state": own.state, "phase": own.phase.value} if own else {}
    return {**told, "reference": said["reference"], "bill_state": paid.bill.state.value, **standing}


def _receipt(said: Mapping[str, Any]) -> PosReceipt:
    paid_at = datetime.fromisoformat(said["paid_at"]) if "paid_at" in said else None
    return PosReceipt(said.get("rrn"), said.get("terminal_id"), paid_at)


async def get_statement(call: CounterCall) -> Mapping[str, Any]:
    """Reckon the office's work in a Jalali year or month, and tell its payments: all, or so many as a `limit` says.

    The cursor counts the payments told so far: they are in the order in which they came, and none goes.
    """
    first, last = period(call.values["year"], call.values.get("month"))
    made = await statement(call.desk, call.uow, call.office.code, first, last)
    told = read_cursor(call.values.get("cursor")) or 0
    end = told + call.values.get("limit", MOST_PAYMENTS if told else len(made.payments))
    return {
        "from": made.first.isoformat(),
        "to": made.last.isoformat(),
        "lines": [_line(call, one) for one in made.lines],
        "payments": [_payment(one) for one in made.payments[told:end]],
        "next": str(end) if end < len(made.payments) else None,
        **_totals(made),
    }


def _totals(made: Statement) -> dict[str, int]:
    whole = made.totals
    return {
        "requests": whole.requests,
        "count": whole.payments,
        "amount": whole.amount,
        "commission": whole.commission,
    }


def _line(call: CounterCall, one: StatementLine) -> dict[str, Any]:
    return {
        "service": one.service,
        "title": _title(call, one.service),
        "requests": one.requests,
        "count": one.payments,
        "amount": one.amount,
        "surplus": one.surplus_amount or None,
        "commission": one.commission,
    }


def _title(call: CounterCall, service: str) -> str:
    """Return what a line of a statement is about: a service, or a registry whose rows are owed."""
    catalogue = call.desk.catalogue
    key = f"services.{service}.title" if service in call.desk.services else f"registries.{service}.billed"
    return catalogue.text(key)


def _payment(one: CounterPayment) -> dict[str, Any]:
    return {
        "at": one.at,
        "bill_id": one.bill_id,
        "service": one.service,
        "amount": one.amount,
        "reference": one.reference,
        "rrn": one.rrn,
        "terminal_id": one.terminal_id,
        "paid_at": one.paid_at,
        "outcome": one.outcome.value,
        "commission": one.commission,
    }


_FIGURES = (
    SchemaElement("requestCount", st.COUNT, Doc("تعداد درخواست‌ها", "Requests submitted."), key="requests"),
    SchemaElement("paymentCount", st.COUNT, Doc("تعداد پرداخت‌ها", "Payments that settled a bill."), key="count"),
    SchemaElement("paymentAmount", st.RIALS, Doc("مبلغ پرداخت‌ها", "Their amount."), key="amount"),
    SchemaElement("commission", st.RIALS, Doc("کارمزد دفتر", "The office's commission.")),
)
LINE = SchemaRecord(
    "StatementLine",
    Doc("کارکرد یک خدمت", "The work for one service."),
    (
        SchemaElement("service", shapes.SERVICE),
        SchemaElement("title", st.TEXT),
        *_FIGURES,
        SchemaElement(
            "surplusAmount", st.RIALS, Doc("مبلغ مازاد", "Money that is due back."), key="surplus", required=False
        ),
    ),
)
PAYMENT = SchemaRecord(
    "StatementPayment",
    Doc("یک پرداخت در دفتر", "A payment at the counter."),
    (
        SchemaElement("at", st.MOMENT),
        SchemaElement("billId", st.BILL_ID, key="bill_id"),
        SchemaElement("service", shapes.SERVICE),
        SchemaElement("amount", st.RIALS),
        SchemaElement("posReference", st.REFERENCE, key="reference"),
        SchemaElement("outcome", OUTCOME),
        SchemaElement("commission", st.RIALS),
        *RECEIPT,
    ),
)
LINES = listed("StatementLines", "line", LINE, Doc("به تفکیک خدمت", "By service."), least=0)
PAYMENTS = listed(
    "StatementPayments",
    "payment",
    PAYMENT,
    Doc(
        "پرداخت‌ها، با limit صفحه به صفحه",
        "Each payment, oldest first, in pages where a limit is given; the figures are of the whole period.",
    ),
    least=0,  # no `most`: toolkits make large machines of a large maxOccurs
)

OPERATIONS = (
    Operation(
        shapes.request("GetBill", Doc("قبض با دو شناسه", "A bill by both its ids."), *IDS),
        shapes.answer(
            "GetBill",
            SchemaElement("amount", st.RIALS),
            SchemaElement("service", st.TEXT, Doc("بابت", "What is paid for, in Persian.")),
            SchemaElement("trackingCode", st.TRACKING_CODE, key="code", required=False),
            SchemaElement("state", st.ID, required=False),
            SchemaElement("deadline", st.MOMENT, required=False),
        ),
        get_bill,
    ),
    Operation(
        shapes.request(
            "ReportCounterPayment",
            Doc("اعلام پرداخت با کارت‌خوان دفتر", "Report a payment taken by the counter's terminal."),
            *IDS,
            SchemaElement("amount", st.RIALS),
            SchemaElement("posReference", st.REFERENCE, key="reference"),
            *RECEIPT,
        ),
        shapes.answer(
            "ReportCounterPayment",
            SchemaElement("outcome", OUTCOME),
            SchemaElement("amount", st.RIALS),
            SchemaElement("posReference", st.REFERENCE, key="reference"),
            SchemaElement("recordedAt", st.MOMENT, key="at"),
            SchemaElement("billState", st.ID, key="bill_state"),
            SchemaElement("trackingCode", st.TRACKING_CODE, key="code", required=False),
            SchemaElement("state", shapes.STATE, required=False),
            SchemaElement("phase", shapes.PHASE, required=False),
        ),
        report_payment,
        keeps=ACTS_KEEP,
    ),
    Operation(
        shapes.request(
            "GetOfficeStatement",
            Doc("صورت کارکرد و کارمزد دفتر", "The office's requests, payments and commission in a Jalali period."),
            SchemaElement("year", st.whole("JalaliYear", 1400, 1499, Doc("سال خورشیدی", "Jalali year, such as 1405."))),
            SchemaElement(
                "month",
                st.whole("JalaliMonth", 1, 12, Doc("ماه خورشیدی", "Jalali month; the whole year if not given.")),
                required=False,
            ),
            SchemaElement(
                "limit",
                st.whole(
                    "PaymentsPageSize", 1, MOST_PAYMENTS, Doc("تعداد در هر صفحه", "Payments a page; all if not given.")
                ),
                required=False,
            ),
            CURSOR,
        ),
        shapes.answer(
            "GetOfficeStatement",
            SchemaElement("from", st.DAY, Doc("نخستین روز", "First day.")),
            SchemaElement("to", st.DAY, Doc("روز پس از پایان", "The day after the last.")),
            *_FIGURES,
            SchemaElement("lines", LINES),
            SchemaElement("payments", PAYMENTS),
            NEXT,
        ),
        get_statement,
    ),
)
"""Every operation about money."""
