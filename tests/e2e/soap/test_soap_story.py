"""A clerk brings a request, the staff prices it, the counter takes the money: by zeep and PHP, SOAP 1.1 and 1.2."""

from datetime import timedelta
from typing import Any

import pytest

from domain.values.calendar import to_jalali
from domain.values.text import persian_digits
from tests.e2e.soap.call_values import items_of, machinery
from tests.e2e.soap.clients import CLERK, Counter, Software
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import OPENING_YEAR, Office
from tests.e2e.support.office_setup import RIALS_AN_HOUR, VAT_PERCENT
from tests.e2e.support.people import Desk, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SIDE_PATH = on_database("sqlite")

PRICE = RIALS_AN_HOUR * 4 * (100 + VAT_PERCENT) // 100
PER_REQUEST = 50_000
SHARE = PRICE * 2 // 100


@pytest.mark.day
async def test_from_the_counter_to_the_statement(
    office: Office, counter: Counter, software: Software, reza: Phone, desk: Desk
) -> None:
    await office.deed("add_commission", office=counter.code, share="2.00", per_request=PER_REQUEST)
    submitted = await software.call("SubmitMachineryRequest", **machinery(office, reza))
    code = submitted["trackingCode"]
    assert (submitted["phase"], items_of(submitted["bills"], "bill")) == ("received", [])
    assert (await reza.hears("notices.submit"))["code"].replace(" ", "") == code
    bill = await is_priced(software, desk, code)
    told = await reza.hears("notices.accept"), await reza.hears("notices.bill")
    assert told[1]["bill_id"] == bill["billId"]
    await is_paid(software, code, bill)
    await reza.hears("notices.pay")
    await is_in_the_statement(software, bill)
    await is_in_the_history(office, counter, desk, code)
    await reza.has_read_everything()


async def is_priced(software: Software, desk: Desk, code: str) -> dict[str, Any]:
    """The staff accepts and prices; the counter sees the bill in the request, and by its two ids."""
    await desk.does("accept", code)
    await desk.does("price", code, by="revenue")
    shown = await software.call("GetRequest", trackingCode=code)
    [bill] = items_of(shown["bills"], "bill")
    assert (shown["phase"], bill["amount"], bill["state"]) == ("needs_payment", PRICE, "open")
    asked = await software.call("GetBill", billId=bill["billId"], paymentId=bill["paymentId"])
    assert (asked["amount"], asked["trackingCode"], asked["state"]) == (PRICE, code, "open")
    return {"billId": bill["billId"], "paymentId": bill["paymentId"]}


async def is_paid(software: Software, code: str, bill: dict[str, Any]) -> None:
    """The terminal took the money; told twice, it settles once."""
    paid = await software.call("ReportCounterPayment", **bill, amount=PRICE, posReference="POS-77")
    assert (paid["outcome"], paid["billState"], paid["trackingCode"]) == ("settled", "paid", code)
    again = await software.call("ReportCounterPayment", **bill, amount=PRICE, posReference="POS-77")
    assert (again["outcome"], again["recordedAt"]) == ("settled", paid["recordedAt"])
    shown = await software.call("GetRequest", trackingCode=code)
    assert (shown["state"], [one["state"] for one in items_of(shown["bills"], "bill")]) == ("paid", ["paid"])


async def is_in_the_statement(software: Software, bill: dict[str, Any]) -> None:
    """The month's statement has the request and the payment, with commission for both."""
    made = await software.call("GetOfficeStatement", year=int(OPENING_YEAR), month=9)
    assert (made["requestCount"], made["paymentCount"], made["paymentAmount"]) == (1, 1, PRICE)
    assert made["commission"] == PER_REQUEST + SHARE
    [payment] = items_of(made["payments"], "payment")
    assert (payment["billId"], payment["posReference"], payment["commission"]) == (bill["billId"], "POS-77", SHARE)
    [line] = items_of(made["lines"], "line")
    assert (line["service"], line["commission"]) == ("machinery", PER_REQUEST + SHARE)


async def is_in_the_history(office: Office, counter: Counter, desk: Desk, code: str) -> None:
    """The staff see which clerk of which office did it, through which channel; the history verifies."""
    history = (await desk.shows(code))["history"]
    steps = [(one["event"], one["channel"]) for one in history]
    assert steps == [
        ("submit", "pishkhan_soap"),
        ("accept", "cli"),
        ("price", "cli"),
        ("bill", "cli"),
        ("pay", "pishkhan_soap"),
    ]
    clerk = f"clerk:{counter.code}/{CLERK}"
    assert history[0]["actor"] == clerk
    assert clerk in history[4]["actor"]
    assert (await office.run("history", "verify")).code == 0


@pytest.mark.day
async def test_a_repeated_call_acts_once_and_answers_the_same(office: Office, software: Software, reza: Phone) -> None:
    wish = machinery(office, reza)
    first = await software.call("SubmitMachineryRequest", "desk-3/0001", **wish)
    assert await software.call("SubmitMachineryRequest", "desk-3/0001", **wish) == first
    listed = await software.call("ListOfficeRequests")
    assert [one["trackingCode"] for one in items_of(listed["requests"], "request")] == [first["trackingCode"]]
    await reza.hears("notices.submit")
    await reza.has_read_everything()


@SIDE_PATH
async def test_null_values_single_items_and_persian(office: Office, software: Software, reza: Phone) -> None:
    wish = machinery(office, reza, place="کوچه «بهار» & میدان <شهدا>، پلاک ۱۲", description=None)
    code = (await software.call("SubmitMachineryRequest", **wish))["trackingCode"]
    shown = await software.call("GetRequest", trackingCode=f" {code[:3]} {code[3:6]} {code[6:]} ")
    form = {one["name"]: one["text"] for one in items_of(shown["form"], "field")}
    assert form["place"] == "کوچه «بهار» & میدان <شهدا>، پلاک ۱۲"
    assert (form["fullName"], form["items"]) == ("گل‌جمال توماج", "لودر ۴ ساعت")
    [event] = items_of(shown["history"], "event")
    assert (event["event"], event["actor"], event["channel"]) == ("submit", "clerk", "pishkhan_soap")


@SIDE_PATH
async def test_questions_are_answered_and_requests_cancelled(
    office: Office, software: Software, reza: Phone, desk: Desk
) -> None:
    code = (await software.call("SubmitMachineryRequest", **machinery(office, reza)))["trackingCode"]
    await desk.does("ask", code, question="کوچه چند متر است؟")
    asked = await software.call("GetRequest", trackingCode=code)
    assert (asked["phase"], asked["question"]) == ("needs_citizen", "کوچه چند متر است؟")
    answered = await software.call("AnswerQuestion", trackingCode=code, text="شش متر")
    assert answered["state"] == "submitted"
    cancelled = await software.call("CancelRequest", trackingCode=code, reason="منصرف شد")
    assert (cancelled["state"], cancelled["phase"]) == ("cancelled", "cancelled")


@SIDE_PATH
async def test_pages_of_the_office_alone(office: Office, software: Software, reza: Phone, sara: Phone) -> None:
    codes = [
        (await software.call("SubmitMachineryRequest", **machinery(office, phone)))["trackingCode"]
        for phone in (reza, sara)
    ]
    first = await software.call("ListOfficeRequests", limit=1, service="machinery", phase="received")
    assert [one["trackingCode"] for one in items_of(first["requests"], "request")] == [codes[1]]
    second = await software.call("ListOfficeRequests", limit=1, cursor=first["nextCursor"])
    assert [one["trackingCode"] for one in items_of(second["requests"], "request")] == [codes[0]]
    assert second.get("nextCursor") is None
    later: dict[str, Any] = {"from": (office.now + timedelta(days=1)).date().isoformat()}
    none = await software.call("ListOfficeRequests", **later)
    assert items_of(none["requests"], "request") == []


@SIDE_PATH
async def test_values_are_read_however_a_program_writes_them(office: Office, software: Software, reza: Phone) -> None:
    """Empty strings for what is left out, digits of the clerk's keyboard, a time with seconds, a Jalali day."""
    year, month, day = to_jalali(office.now.date() + timedelta(days=1))
    mobile = f" {persian_digits(reza.mobile)} "
    wish = machinery(
        office,
        reza,
        description="",
        start="۰۸:۳۰:۰۰",
        date=f"{year}-{month:02}-{day:02}",
        citizen={"fullName": "گل‌جمال توماج", "nationalCode": persian_digits(CLERK), "mobile": mobile},
    )
    code = (await software.call("SubmitMachineryRequest", **wish))["trackingCode"]
    shown = await software.call("GetRequest", trackingCode=persian_digits(code))
    form = {one["name"]: one["text"] for one in items_of(shown["form"], "field")}
    assert (form["start"], "description" in form) == ("۸:۳۰", False)
