"""`ReportCounterPayment`: a receipt settles once; a trace number that repeats refuses no money that was taken."""

from typing import Any

import pytest

from tests.channels.pishkhan_soap.raw_client import Answer
from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.municipality import CITIZEN, NEIGHBOUR, ORDER

TRACE, RRN, OTHER_RRN = "000123", "433812345678", "433812345679"


async def billed(office: Office, mobile: str = NEIGHBOUR) -> dict[str, Any]:
    """Report of a bill that waits for its money."""
    [bill] = await office.town.bills(await office.town.reach("awaiting_payment", ORDER, mobile))
    return {"billId": bill.bill_id, "paymentId": bill.payment_id, "amount": bill.amount}


async def reported(office: Office, bill: dict[str, Any], **receipt: str) -> Answer:
    """Report a payment under the same trace number."""
    return await office.call("ReportCounterPayment", {**bill, "posReference": TRACE, **receipt})


async def test_a_trace_number_that_repeats_refuses_no_money(office: Office) -> None:
    first, second = await billed(office), await billed(office, CITIZEN)
    receipt = {"rrn": RRN, "terminalId": "70001234", "paidAt": "2026-11-24T09:59:00"}
    assert (await reported(office, first, **receipt)).text("outcome") == "settled"
    asked = (await reported(office, second)).fault
    assert (asked.code, asked.field) == ("missing_field", "rrn")
    assert "شماره مرجع" in asked.message
    assert (await reported(office, second, rrn=OTHER_RRN)).text("outcome") == "settled"
    assert (await reported(office, second, rrn=RRN)).code == "duplicate_request"
    statement = await office.call("GetOfficeStatement", {"year": 1405})
    assert (statement.text("paymentCount"), statement.text("posReference"), statement.text("rrn")) == ("2", TRACE, RRN)
    assert (statement.text("terminalId"), statement.text("paidAt")) == ("70001234", "2026-11-24T09:59:00+03:30")


async def test_a_report_that_is_repeated_with_more_of_the_receipt_settles_once(office: Office) -> None:
    bill = await billed(office)
    answers = [await reported(office, bill, **receipt) for receipt in ({}, {}, {"rrn": RRN}, {"terminalId": "7"})]
    office.town.advance(days=1)
    answers.append(await reported(office, bill))
    assert [answer.text("outcome") for answer in answers] == ["settled"] * 5
    assert office.count("payments") == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-11-24T09:59:00", "2026-11-24T09:59:00+03:30"),
        ("2026-11-24T09:59:59.9999999", "2026-11-24T09:59:59+03:30"),
        ("2026-11-24T06:29:00Z", "2026-11-24T09:59:00+03:30"),
        ("2026-11-23T20:29:00-10:00", "2026-11-24T09:59:00+03:30"),
    ],
)
async def test_when_it_was_paid(office: Office, said: str, kept: str) -> None:
    assert (await reported(office, await billed(office), paidAt=said)).code == "ok"
    assert (await office.call("GetOfficeStatement", {"year": 1405})).text("paidAt") == kept


@pytest.mark.parametrize(
    ("element", "value"), [("rrn", "12345"), ("rrn", "x" * 12), ("paidAt", "24 Nov"), ("terminalId", "7" * 21)]
)
async def test_a_receipt_that_cannot_be_is_named(office: Office, element: str, value: str) -> None:
    fault = (await reported(office, await billed(office), **{element: value})).fault
    assert (fault.code, fault.field) == ("invalid_field", element)
    assert office.count("payments") == 0
