"""An office sees its own requests, and of anybody's bills no more than the amount and what it is for."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest
from lxml import etree

from channels.pishkhan_soap.contract import Contract
from domain.actions.context import ActorContext
from domain.actions.requests.notes import write_note
from domain.audit.read_events import ReadEventFilter, ReadKind
from domain.bills.bill import BillState
from domain.offices.office import QUERY_ANSWER_RETENTION
from domain.values import tracking_codes
from domain.values.actors import Role
from tests.channels.pishkhan_soap.envelopes import CITIZEN, OURS
from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.municipality import CIVIL_OFFICER, DRIVER, FOUR_HOURS, NEIGHBOUR, ORDER, actor
from tests.support.scenarios import taxi_registries

PDF = b64encode(b"%PDF-1.7 words").decode()

NAMING_A_REQUEST: Mapping[str, Mapping[str, Any]] = {
    "GetRequest": {},
    "CancelRequest": {"reason": "نمی‌خواهد"},
    "AnswerQuestion": {"text": "بله"},
    "AttachDocument": {"name": "photo", "fileName": "a.pdf", "content": PDF},
    "GetDocument": {"name": "letter"},
}
"""Every operation that takes a tracking code, besides SubmitComment, whose elements come in another order."""

SHOWING_NOBODY = {"Ping", "GetServices", "GetTariff"}
"""Operations that ask, and are answered the same whoever it is about."""


@pytest.mark.parametrize("operation", NAMING_A_REQUEST)
async def test_another_offices_request_is_not_there(office: Office, operation: str) -> None:
    code = await office.submitted()
    theirs = await office.town.order(mobile=NEIGHBOUR)
    missing = tracking_codes.make_code(12345678)
    faults = set()
    for tracking_code, call in ((code, office.calls_as_other), (theirs, office.call), (missing, office.call)):
        answer = await call(operation, {"trackingCode": tracking_code, **NAMING_A_REQUEST[operation]})
        faults.add(answer.fault)
    assert len(faults) == 1
    assert faults.pop().code == "not_found"


def test_every_operation_with_a_tracking_code_is_tried(office: Office) -> None:
    desk = office.town.desk
    contract = Contract(tuple(desk.services.values()), desk.catalogue)
    naming = {one.name for one in contract.operations if any(m.name == "trackingCode" for m in one.request.members)}
    assert naming == {*NAMING_A_REQUEST, "SubmitComment"}


async def test_nobody_comments_on_another_offices_request(office: Office) -> None:
    code = await office.submitted()
    said = {"citizen": CITIZEN, "trackingCode": code, "text": "بد بود"}
    assert (await office.calls_as_other("SubmitComment", said)).code == "not_found"
    assert (await office.call("SubmitComment", said)).text("state") == "pending"


async def test_a_list_holds_own_requests_alone(office: Office) -> None:
    code = await office.submitted()
    await office.town.order(mobile=NEIGHBOUR)
    assert [x.text for x in (await office.call("ListOfficeRequests")).body.iter(f"{{{OURS}}}trackingCode")] == [code]
    theirs = await office.calls_as_other("ListOfficeRequests")
    assert not list(theirs.body.iter(f"{{{OURS}}}trackingCode"))


async def test_the_cursor_of_another_office_leads_to_own_requests(office: Office) -> None:
    for _ in range(3):
        await office.submitted()
    cursor = (await office.call("ListOfficeRequests", {"limit": 1})).text("nextCursor")
    theirs = await office.calls_as_other("ListOfficeRequests", {"cursor": cursor})
    assert not list(theirs.body.iter(f"{{{OURS}}}trackingCode"))


async def test_of_anothers_bill_only_amount_and_service_are_told(office: Office) -> None:
    code = await office.town.reach("awaiting_payment", ORDER, NEIGHBOUR)
    bill = (await office.town.bills(code))[0]
    ids = {"billId": bill.bill_id, "paymentId": bill.payment_id}
    told = {etree.QName(child).localname: child.text for child in (await office.call("GetBill", ids)).body}
    assert told == {"amount": str(FOUR_HOURS), "service": office.town.desk.wording.service_title("machinery")}
    for state, fault in (
        (BillState.EXPIRED, "bill_expired"),
        (BillState.VOID, "bill_expired"),
        (BillState.PAID, "already_paid"),
        (BillState.REFUNDED, "already_paid"),
    ):
        await office.town.set_bill(code, state)
        assert (await office.call("GetBill", ids)).code == fault


async def test_pages_are_asked_for_by_what_was_answered(office: Office) -> None:
    for name, value in (
        ("cursor", "9223372036854775808"),
        ("cursor", "-1"),
        ("cursor", "۱۲"),
        ("from", "0001-01-01"),
        ("from", "-0044-03-15"),
        ("to", "9999-12-31"),
        ("to", "12026-11-25"),
    ):
        fault = (await office.call("ListOfficeRequests", {name: value})).fault
        assert (fault.code, fault.field) == ("invalid_field", name)


async def test_a_comment_says_something(office: Office) -> None:
    for text in ("  ", "\u200c", "\n"):
        fault = (await office.call("SubmitComment", {"citizen": CITIZEN, "text": text})).fault
        assert (fault.code, fault.field) == ("missing_field", "text")


async def test_both_ids_must_fit(office: Office) -> None:
    codes = [await office.town.reach("awaiting_payment", ORDER, mobile) for mobile in (NEIGHBOUR, "+989121112222")]
    one, two = [(await office.town.bills(code))[0] for code in codes]
    answer = await office.call("GetBill", {"billId": one.bill_id, "paymentId": two.payment_id})
    assert answer.fault.code in {"bill_not_found", "invalid_field"}


async def test_the_bill_of_a_duty_names_no_vehicle(office: Office) -> None:
    await taxi_registries.a_duty(office.town)
    assert (
        taxi_registries.PLATE in (await office.call("GetTaxiDuties", {"plate": taxi_registries.PLATE})).content.decode()
    )
    bill_id, payment_id = office.town.rows("SELECT bill_id, payment_id FROM bills WHERE subject_kind = 'duty'")[0]
    told = await office.call("GetBill", {"billId": bill_id, "paymentId": payment_id})
    assert {etree.QName(child).localname for child in told.body} == {"amount", "service"}
    assert taxi_registries.PLATE.encode() not in told.content


async def test_paying_anothers_bill_tells_nothing_of_its_request(office: Office) -> None:
    code = await office.town.reach("awaiting_payment", ORDER, NEIGHBOUR)
    bill = (await office.town.bills(code))[0]
    paid = {"billId": bill.bill_id, "paymentId": bill.payment_id, "amount": bill.amount, "posReference": "7"}
    answer = await office.call("ReportCounterPayment", paid)
    assert answer.text("outcome") == "settled"
    assert code.encode() not in answer.content
    assert b"trackingCode" not in answer.content
    statement = await office.call("GetOfficeStatement", {"year": 1405})
    assert code.encode() not in statement.content


async def test_a_request_shows_no_other_persons_data(office: Office) -> None:
    code = await office.town.reach("handed_over")
    await office.town.brought_by(code)
    told = (await office.call("GetRequest", {"trackingCode": code})).content.decode()
    for secret in (
        DRIVER,
        DRIVER[3:],
        CIVIL_OFFICER[3:],
        "مریم احمدی",
        "راننده ۱",
        "راننده 1",
        "OP-1",
        Role.CIVIL.value,
    ):
        assert secret not in told, secret


async def test_a_question_of_the_staff_is_for_the_own_office(office: Office) -> None:
    code = await office.submitted()
    assert "question" not in [etree.QName(child).localname for child in (await _told(office, code))]


async def _told(office: Office, code: str) -> Any:
    return (await office.call("GetRequest", {"trackingCode": code})).body


async def test_what_an_office_is_shown_is_a_read_event(office: Office) -> None:
    code = await office.submitted()
    for operation in ("Ping", "GetServices"):
        await office.call(operation, {})
    assert (await office.call("GetRequest", {"trackingCode": code})).text("state") == "submitted"
    other = tracking_codes.make_code(12345678)
    assert (await office.call("GetRequest", {"trackingCode": other})).code == "not_found"
    async with office.town.store.open_unit(write=False) as uow:
        [event] = await uow.audit.list_read_events(ReadEventFilter())
    assert (event.kind, event.subject) == (ReadKind.OFFICE_CALL, f"GetRequest code={code}")
    assert event.viewer.startswith("clerk:")


def test_every_operation_that_asks_says_whether_it_shows_personal_data(office: Office) -> None:
    contract = Contract(tuple(office.town.desk.services.values()), office.town.desk.catalogue)
    asking = {one.name for one in contract.operations if one.answer_lifetime == QUERY_ANSWER_RETENTION}
    assert {one.name for one in contract.operations if one.reads_personal_data} == asking - SHOWING_NOBODY


async def test_what_the_staff_write_to_each_other_is_not_told(office: Office) -> None:
    code = await office.submitted()
    async with office.town.store.open_unit() as uow:
        note = "دو بار بدقولی کرده است"
        assert await write_note(
            ActorContext(office.town.desk, uow, actor(Role.CIVIL)), tracking_codes.parse_code(code), note
        )
    answer = await office.call("GetRequest", {"trackingCode": code})
    assert "submit" in etree.tostring(answer.body, encoding="unicode")
    assert "بدقولی" not in etree.tostring(answer.body, encoding="unicode")
