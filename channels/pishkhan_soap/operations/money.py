"""Operations about money: a bill by its two ids, a payment at the counter's terminal, the office's statement."""

from collections.abc import Mapping
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.operations.paging import CURSOR_ELEMENT, NEXT_CURSOR, parse_cursor
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, list_type
from domain.actions.bills.merged_bills import load_parts, render_parts_title
from domain.actions.bills.pay_by_ids import announce_receipt, find_payable_by_ids, record_payment_by_ids
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.context import ActionContext, ActorContext
from domain.actions.offices.statement import build_statement
from domain.bills.bill import Bill, BillState, PaymentMethod
from domain.bills.merged_bill import MergedBill, derive_merged_state
from domain.bills.pos_receipts import PosReceipt
from domain.blocks.charging import REQUEST_SUBJECT
from domain.offices.office import ACTION_ANSWER_RETENTION, CounterPayment, Statement, StatementLine
from domain.requests.request import ServiceRequest
from domain.values.calendar import jalali_period
from domain.values.errors import AlreadyPaid, BillExpired

MOST_PAYMENTS = 1000
"""Payments of a page of the statement, for who asks for pages: a month of a busy office."""

BILL_IDS = (
    SchemaElement("billId", st.BILL_ID, key="bill_id"),
    SchemaElement("paymentId", st.PAYMENT_ID, key="payment_id"),
)
RECEIPT_ELEMENTS = (
    SchemaElement("rrn", st.RETRIEVAL_NUMBER, required=False),
    SchemaElement("terminalId", st.TERMINAL_ID, key="terminal_id", required=False),
    SchemaElement("paidAt", st.PAID_AT, key="paid_at", required=False),
)
"""Further elements of a payment's receipt: it distinguishes two payments with one trace number."""

PAYMENT_OUTCOME = st.choice_type(
    "PaymentOutcome",
    ("settled", "surplus"),
    Doc(
        "تسویه شد، یا مازاد است و برگشت داده می‌شود",
        "settled: it paid the bill. surplus: the bill was no longer open; the money is kept and due back.",
    ),
)


async def get_bill(call: CounterCall) -> Mapping[str, Any]:
    """Return a bill: all of an own request's, of others and of merged bills amount and service alone, and only while
    they can be paid.

    `AlreadyPaid`, `BillExpired` of others' that cannot: nobody should pay them at a counter.
    """
    bill = await find_payable_by_ids(call.uow, call.values["bill_id"], call.values["payment_id"])
    context = ActionContext(call.dependencies, call.uow)
    if isinstance(bill, MergedBill):
        parts = await load_parts(call.uow.bills, bill)
        _refuse_closed(derive_merged_state([part.state for part in parts]))
        parts_title = await render_parts_title(context, parts)
        return {"amount": bill.amount, "service": parts_title}
    bill_title = await SUBJECTS[bill.subject_kind].render_title(context, bill)
    bill_values: dict[str, Any] = {"amount": bill.amount, "service": bill_title}
    own_request = await _find_own_request(call, bill)
    if own_request is not None:
        return bill_values | {"code": own_request.code, "state": bill.state.value, "deadline": bill.deadline}
    _refuse_closed(bill.state)
    return bill_values


def _refuse_closed(bill_state: BillState) -> None:
    if bill_state in {BillState.EXPIRED, BillState.VOID}:
        raise BillExpired("billId")
    if not bill_state.is_payable:
        raise AlreadyPaid("billId")


async def _find_own_request(call: CounterCall, bill: Bill) -> ServiceRequest | None:
    if bill.subject_kind != REQUEST_SUBJECT:
        return None
    request = await call.uow.requests.get(bill.subject_id)
    return request if request.office == call.office.code else None


async def report_payment(call: CounterCall) -> Mapping[str, Any]:
    """Settle a bill, or a merged one, with money that the counter's terminal took; the same receipt settles once."""
    values = call.values
    bill_ids = (values["bill_id"], values["payment_id"])
    context = ActorContext(call.dependencies, call.uow, call.clerk)
    paid = await record_payment_by_ids(
        context,
        bill_id_pair=bill_ids,
        amount=values["amount"],
        method=PaymentMethod.POS,
        reference=values["reference"],
        receipt=_read_receipt(values),
    )
    await announce_receipt(context, paid)
    first_paid = paid.payments[0]
    payment_values = {"outcome": paid.outcome.value, "amount": paid.amount, "at": first_paid.payment.at}
    own_request = None if paid.merged_bill else await _find_own_request(call, first_paid.bill)
    request_values = (
        {"code": own_request.code, "state": own_request.state, "phase": own_request.phase.value} if own_request else {}
    )
    return {**payment_values, "reference": values["reference"], "bill_state": paid.bill_state.value, **request_values}


def _read_receipt(values: Mapping[str, Any]) -> PosReceipt:
    return PosReceipt(values.get("rrn"), values.get("terminal_id"), values.get("paid_at"))


async def get_statement(call: CounterCall) -> Mapping[str, Any]:
    """Reckon the office's work in a Jalali year or month, and return its payments: all, or so many as a `limit` says.

    The cursor counts the payments returned so far: they are in order of arrival, and none is removed.
    """
    period_start, period_end = jalali_period(call.values["year"], call.values.get("month"))
    office_statement = await build_statement(
        ActionContext(call.dependencies, call.uow), call.office.code, period_start, period_end
    )
    page_start = parse_cursor(call.values.get("cursor")) or 0
    page_end = page_start + call.values.get("limit", MOST_PAYMENTS if page_start else len(office_statement.payments))
    return {
        "from": office_statement.first_day.isoformat(),
        "to": office_statement.end_day.isoformat(),
        "lines": [_line_values(call, entry) for entry in office_statement.lines],
        "payments": [_payment_values(entry) for entry in office_statement.payments[page_start:page_end]],
        "next": str(page_end) if page_end < len(office_statement.payments) else None,
        **_total_values(office_statement),
    }


def _total_values(office_statement: Statement) -> dict[str, int]:
    totals = office_statement.totals
    return {
        "requests": totals.requests,
        "count": totals.payments,
        "amount": totals.amount,
        "commission": totals.commission,
    }


def _line_values(call: CounterCall, statement_line: StatementLine) -> dict[str, Any]:
    return {
        "service": statement_line.service,
        "title": _line_title(call, statement_line.service),
        "requests": statement_line.requests,
        "count": statement_line.payments,
        "amount": statement_line.amount,
        "surplus": statement_line.surplus_amount or None,
        "commission": statement_line.commission,
    }


def _line_title(call: CounterCall, subject_key: str) -> str:
    """Return what a line of a statement is about: a service, or a registry whose rows are owed."""
    catalogue = call.dependencies.catalogue
    key = (
        f"services.{subject_key}.title"
        if subject_key in call.dependencies.services
        else f"registries.{subject_key}.billed"
    )
    return catalogue.text(key)


def _payment_values(counter_payment: CounterPayment) -> dict[str, Any]:
    return {
        "at": counter_payment.at,
        "bill_id": counter_payment.bill_id,
        "service": counter_payment.service,
        "amount": counter_payment.amount,
        "reference": counter_payment.reference,
        "rrn": counter_payment.rrn,
        "terminal_id": counter_payment.terminal_id,
        "paid_at": counter_payment.paid_at,
        "outcome": counter_payment.outcome.value,
        "commission": counter_payment.commission,
    }


_FIGURE_ELEMENTS = (
    SchemaElement("requestCount", st.THING_COUNT, Doc("تعداد درخواست‌ها", "Requests submitted."), key="requests"),
    SchemaElement("paymentCount", st.THING_COUNT, Doc("تعداد پرداخت‌ها", "Payments that settled a bill."), key="count"),
    SchemaElement("paymentAmount", st.RIAL_AMOUNT, Doc("مبلغ پرداخت‌ها", "Their amount."), key="amount"),
    SchemaElement("commission", st.RIAL_AMOUNT, Doc("کارمزد دفتر", "The office's commission.")),
)
STATEMENT_LINE = SchemaRecord(
    "StatementLine",
    Doc("کارکرد یک خدمت", "The work for one service."),
    (
        SchemaElement("service", shapes.SERVICE_KEY),
        SchemaElement("title", st.TEXT),
        *_FIGURE_ELEMENTS,
        SchemaElement(
            "surplusAmount", st.RIAL_AMOUNT, Doc("مبلغ مازاد", "Money that is due back."), key="surplus", required=False
        ),
    ),
)
STATEMENT_PAYMENT = SchemaRecord(
    "StatementPayment",
    Doc("یک پرداخت در دفتر", "A payment at the counter."),
    (
        SchemaElement("at", st.ZONED_MOMENT),
        SchemaElement("billId", st.BILL_ID, key="bill_id"),
        SchemaElement("service", shapes.SERVICE_KEY),
        SchemaElement("amount", st.RIAL_AMOUNT),
        SchemaElement("posReference", st.POS_REFERENCE, key="reference"),
        SchemaElement("outcome", PAYMENT_OUTCOME),
        SchemaElement("commission", st.RIAL_AMOUNT),
        *RECEIPT_ELEMENTS,
    ),
)
STATEMENT_LINES = list_type("StatementLines", "line", STATEMENT_LINE, Doc("به تفکیک خدمت", "By service."), min_items=0)
STATEMENT_PAYMENTS = list_type(
    "StatementPayments",
    "payment",
    STATEMENT_PAYMENT,
    Doc(
        "پرداخت‌ها، با limit صفحه به صفحه",
        "Each payment, oldest first, in pages where a limit is given; the figures are of the whole period.",
    ),
    min_items=0,  # no `max_items`: toolkits make large machines of a large maxOccurs
)

OPERATIONS = (
    Operation(
        shapes.request("GetBill", Doc("قبض با دو شناسه", "A bill by both its ids."), *BILL_IDS),
        shapes.answer(
            "GetBill",
            SchemaElement("amount", st.RIAL_AMOUNT),
            SchemaElement("service", st.TEXT, Doc("بابت", "What is paid for, in Persian.")),
            SchemaElement("trackingCode", st.TRACKING_CODE, key="code", required=False),
            SchemaElement("state", st.IDENTIFIER, required=False),
            SchemaElement("deadline", st.ZONED_MOMENT, required=False),
        ),
        get_bill,
        reads_personal_data=True,
    ),
    Operation(
        shapes.request(
            "ReportCounterPayment",
            Doc("اعلام پرداخت با کارت‌خوان دفتر", "Report a payment taken by the counter's terminal."),
            *BILL_IDS,
            SchemaElement("amount", st.RIAL_AMOUNT),
            SchemaElement("posReference", st.POS_REFERENCE, key="reference"),
            *RECEIPT_ELEMENTS,
        ),
        shapes.answer(
            "ReportCounterPayment",
            SchemaElement("outcome", PAYMENT_OUTCOME),
            SchemaElement("amount", st.RIAL_AMOUNT),
            SchemaElement("posReference", st.POS_REFERENCE, key="reference"),
            SchemaElement("recordedAt", st.ZONED_MOMENT, key="at"),
            SchemaElement("billState", st.IDENTIFIER, key="bill_state"),
            SchemaElement("trackingCode", st.TRACKING_CODE, key="code", required=False),
            SchemaElement("state", shapes.REQUEST_STATE, required=False),
            SchemaElement("phase", shapes.REQUEST_PHASE, required=False),
        ),
        report_payment,
        answer_lifetime=ACTION_ANSWER_RETENTION,
    ),
    Operation(
        shapes.request(
            "GetOfficeStatement",
            Doc("صورت کارکرد و کارمزد دفتر", "The office's requests, payments and commission in a Jalali period."),
            SchemaElement(
                "year", st.integer_type("JalaliYear", 1400, 1499, Doc("سال خورشیدی", "Jalali year, such as 1405."))
            ),
            SchemaElement(
                "month",
                st.integer_type("JalaliMonth", 1, 12, Doc("ماه خورشیدی", "Jalali month; the whole year if not given.")),
                required=False,
            ),
            SchemaElement(
                "limit",
                st.integer_type(
                    "PaymentsPageSize", 1, MOST_PAYMENTS, Doc("تعداد در هر صفحه", "Payments a page; all if not given.")
                ),
                required=False,
            ),
            CURSOR_ELEMENT,
        ),
        shapes.answer(
            "GetOfficeStatement",
            SchemaElement("from", st.ISO_DAY, Doc("نخستین روز", "First day.")),
            SchemaElement("to", st.ISO_DAY, Doc("روز پس از پایان", "The day after the last.")),
            *_FIGURE_ELEMENTS,
            SchemaElement("lines", STATEMENT_LINES),
            SchemaElement("payments", STATEMENT_PAYMENTS),
            NEXT_CURSOR,
        ),
        get_statement,
        reads_personal_data=True,
    ),
)
"""Every operation about money."""
