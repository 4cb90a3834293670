"""Each refusal reaches the counter's program as a fault with a typed detail: code, Persian message, element."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.values import tracking_codes
from domain.values.text import persian_digits
from tests.e2e.soap.call_values import PHOTO, expert, items_of, machinery
from tests.e2e.soap.clients import ByPhp, Counter, CounterFault, Software
from tests.e2e.soap.conftest import Opener, Program
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import OPENING_YEAR, Office
from tests.e2e.support.office_setup import RIALS_AN_HOUR, VAT_PERCENT
from tests.e2e.support.people import Desk, Phone
from tests.support.scenarios.sample_files import write_marked_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), on_database("sqlite")]

PRICE = RIALS_AN_HOUR * 4 * (100 + VAT_PERCENT) // 100
SENDER = {"Client", "Sender"}
MEGABYTE = 1024 * 1024


async def refused(software: Software, operation: str, code: str, field: str | None, /, **said: Any) -> CounterFault:
    """The fault of a call, which must be this one."""
    with pytest.raises(CounterFault) as caught:
        await software.call(operation, **said)
    fault = caught.value
    assert (fault.code, fault.field) == (code, field), fault
    assert fault.soap in SENDER
    assert any("آ" <= letter <= "ی" for letter in fault.message)
    return fault


async def submitted(software: Software, office: Office, phone: Phone) -> str:
    """A fresh request's code."""
    return str((await software.call("SubmitMachineryRequest", **machinery(office, phone)))["trackingCode"])


def mistyped(code: str) -> str:
    """The code with a wrong check digit."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


async def test_codes(office: Office, software: Software, new_counter: Opener, reza: Phone) -> None:
    code = await submitted(software, office, reza)
    await refused(software, "GetRequest", "code_mistyped", "trackingCode", trackingCode=mistyped(code))
    await refused(
        software, "GetRequest", "not_found", "trackingCode", trackingCode=tracking_codes.make_code(10_000_019)
    )
    other = ByPhp(await new_counter(), "1.1")
    for operation, more in (("GetRequest", {}), ("CancelRequest", {}), ("AnswerQuestion", {"text": "بله"})):
        await refused(other, operation, "not_found", "trackingCode", trackingCode=code, **more)
    photo = {"name": "photo", "content": PHOTO}
    await refused(other, "AttachDocument", "not_found", "trackingCode", trackingCode=code, **photo)


async def test_forms(office: Office, software: Software, reza: Phone) -> None:
    wish = machinery(office, reza)
    past = (office.now - timedelta(days=2)).date().isoformat()
    await refused(software, "SubmitMachineryRequest", "invalid_field", "date", **wish | {"date": past})
    named = await refused(
        software,
        "SubmitMachineryRequest",
        "unknown_kind",
        "machine",
        **wish | {"items": {"item": [{"machine": "spaceship", "hours": 4}]}},
    )
    assert "«spaceship»" in named.message
    await refused(software, "SubmitMachineryRequest", "missing_field", "place", **wish | {"place": ""})
    wrong = {"citizen": wish["citizen"] | {"nationalCode": "0499370898"}}
    await refused(software, "SubmitMachineryRequest", "invalid_field", "nationalCode", **wish | wrong)
    taxi = {"citizen": wish["citizen"], "kind": "violation", "text": "تندروی"}
    await refused(software, "SubmitTaxiReport", "missing_field", "plate", **taxi)
    await refused(software, "GetTariff", "missing_field", "machine", service="machinery")
    await refused(software, "GetTariff", "unknown_service", "service", service="spaceflight")
    await refused(software, "GetTariff", "not_found", "service", service="machinery", machine="excavator")
    plate = await refused(software, "GetTaxiDuties", "missing_field", "plate")
    assert "همراه" not in plate.message  # a clerk asks, not the mobile of a driver
    await refused(software, "ListOfficeRequests", "invalid_field", "cursor", cursor="next")
    await reza.has_read_everything()


async def test_a_call_id_says_one_thing(office: Office, software: Software, reza: Phone) -> None:
    wish = machinery(office, reza)
    await software.call("SubmitMachineryRequest", "one-id", **wish)
    await refused(
        software,
        "SubmitMachineryRequest",
        "duplicate_request",
        "clientRequestId",
        call_id="one-id",
        **wish | {"place": "جای دیگر"},
    )
    await refused(software, "Ping", "duplicate_request", "clientRequestId", call_id="one-id")
    await reza.hears("notices.submit")
    await reza.has_read_everything()


async def test_who_calls(
    office: Office, counter: Counter, software: Software, program: Program, new_counter: Opener
) -> None:
    now = office.clock.now()
    nonce = ("0123456789abcdef", now)
    assert (await software.call("Ping", "ping-1", nonce))["office"] == f"دفتر {counter.code}"
    await refused(software, "Ping", "replayed", "Nonce", call_id="ping-1", nonce=nonce)
    late = ("fedcba9876543210", now - timedelta(minutes=6))
    clock = await refused(software, "Ping", "authentication_failed", "Created", nonce=late)
    assert persian_digits(f"{OPENING_YEAR}/09/05 {office.now:%H:}") in clock.message
    wrong = program(replace(counter, key="another-key-altogether"))
    await refused(wrong, "Ping", "authentication_failed", "UsernameToken")
    stranger = program(replace(counter, username="office-of-nobody"))
    await refused(stranger, "Ping", "authentication_failed", "UsernameToken")
    neighbour = program(replace(await new_counter(), username=counter.username, key=counter.key))
    await refused(neighbour, "Ping", "forbidden", "officeCode")
    unread = program(replace(counter, clerk="0499370898"))
    await refused(unread, "Ping", "invalid_field", "clerkNationalCode")


async def test_a_refused_call_leaves_its_nonce_alone_behind(office: Office, software: Software, reza: Phone) -> None:
    nonce, wish = ("a-nonce-of-a-call", office.clock.now()), machinery(office, reza)
    wrong = wish | {"date": (office.now - timedelta(days=2)).date().isoformat()}
    operation = "SubmitMachineryRequest"
    await refused(software, operation, "invalid_field", "date", call_id="mine", nonce=nonce, **wrong)
    await refused(software, operation, "replayed", "Nonce", call_id="mine", nonce=nonce, **wish)
    made = await software.call(operation, "mine", **wish)
    assert (await reza.hears("notices.submit"))["code"].replace(" ", "") == made["trackingCode"]


async def test_money(office: Office, software: Software, new_counter: Opener, reza: Phone, desk: Desk) -> None:
    code = await submitted(software, office, reza)
    await desk.does("accept", code)
    await desk.does("price", code, by="revenue")
    [bill] = items_of((await software.call("GetRequest", trackingCode=code))["bills"], "bill")
    ids = {"billId": bill["billId"], "paymentId": bill["paymentId"]}
    report = {**ids, "amount": PRICE, "posReference": "POS-1"}
    await refused(software, "ReportCounterPayment", "amount_mismatch", "amount", **report | {"amount": PRICE - 1})
    other = await wrong_bills(software, ids)
    stranger = ByPhp(await new_counter(), "1.2")
    seen = await stranger.call("GetBill", **ids)
    assert (seen["amount"], seen.keys()) == (PRICE, {"amount", "service"})
    paid = await stranger.call("ReportCounterPayment", **report)
    assert (paid["outcome"], "trackingCode" in paid) == ("settled", False)
    await refused(stranger, "GetBill", "already_paid", "billId", **ids)
    await refused(stranger, "ReportCounterPayment", "duplicate_request", "posReference", **report | {"amount": 1})
    surplus = await software.call("ReportCounterPayment", **report)
    assert (surplus["outcome"], surplus["state"], other) == ("surplus", "paid", "bill_not_found")


async def wrong_bills(software: Software, ids: Mapping[str, str]) -> str:
    """Ids that do not belong together, and a pair that is no bill's; the code of the second fault."""
    swapped = {"billId": ids["billId"], "paymentId": mistyped(ids["paymentId"])}
    await refused(software, "GetBill", "invalid_field", "paymentId", **swapped)
    # Bill id and payment id of a bill of another municipality: their check digits are right.
    fault = await refused(software, "GetBill", "bill_not_found", "billId", billId="11900968", paymentId="660050975")
    return fault.code


async def test_steps_at_a_wrong_time(office: Office, software: Software, reza: Phone) -> None:
    code = await submitted(software, office, reza)
    await software.call("CancelRequest", trackingCode=code)
    await refused(software, "AnswerQuestion", "not_allowed_now", "trackingCode", trackingCode=code, text="بله")
    await refused(software, "CancelRequest", "already_done", "trackingCode", trackingCode=code)
    printed = {"trackingCode": code, "name": "letter"}
    await refused(software, "GetDocument", "not_found", "name", **printed)


async def test_documents(software: Software, reza: Phone) -> None:
    made = await software.call("SubmitExpertRequest", **expert(reza, "deed", "plan"))
    code = made["trackingCode"]
    assert items_of(made["missingDocuments"], "name") == ["national_card"]
    paper = {"trackingCode": code, "name": "national_card", "fileName": "کارت ملی.jpg"}
    program = paper | {"content": b"MZ\x90\x00"}
    await refused(software, "AttachDocument", "document_rejected", "content", **program)
    await refused(software, "AttachDocument", "invalid_field", "name", **paper | {"name": "poem", "content": PHOTO})
    await refused(software, "AttachDocument", "missing_field", "content", **paper | {"content": b""})
    added = await software.call("AttachDocument", **paper, content=PHOTO)
    assert (added["mediaType"], added["size"]) == ("image/jpeg", len(PHOTO))
    assert items_of(added.get("missingDocuments"), "name") == []


async def test_a_paper_that_was_sent_in_is_not_one_that_was_issued(software: Software, reza: Phone) -> None:
    made = await software.call("SubmitExpertRequest", **expert(reza, "permit", kind="completion"))
    said = {"trackingCode": made["trackingCode"], "name": "permit"}
    assert "صادر نشده" in (await refused(software, "GetDocument", "not_found", "name", **said)).message


async def test_sizes(software: Software, reza: Phone) -> None:
    whole_file = write_marked_pdf("plan", 7 * MEGABYTE)
    big = whole_file + b"\n"
    code = (await software.call("SubmitExpertRequest", **expert(reza)))["trackingCode"]
    paper = {"trackingCode": code, "name": "deed"}
    whole = await software.call("AttachDocument", **paper, content=whole_file)
    assert whole["size"] == 7 * MEGABYTE
    await refused(software, "AttachDocument", "too_large", "content", **paper, content=big)
    await refused(software, "AttachDocument", "too_large", "body", **paper, content=bytes(9 * MEGABYTE))
    inline = expert(reza, "deed", content=big[:MEGABYTE])
    await refused(software, "SubmitExpertRequest", "too_large", "body", **inline)
