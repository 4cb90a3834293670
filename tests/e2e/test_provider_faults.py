"""Faults of the panel: every text arrives exactly once all the same, or it is told why not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.conftest import new_phone
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.people import Phone
from tests.fakes.kavenegar import Fault, Sent

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

TIMEOUT = 1.0
"""Seconds that this office waits for the panel."""

LOOK_SECONDS = 20.0
"""Time for a text to come to a state, on however slow a machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient_office() -> AsyncIterator[Office]:
    """An office that gives the panel little time to answer."""
    async with new_office(settings={"PISHKHAN_SMS__KAVENEGAR__TIMEOUT": str(TIMEOUT)}) as office:
        assert (await office.run("migrate")).code == 0
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


@pytest_asyncio.fixture(loop_scope="module")
async def office(impatient_office: Office) -> Office:
    """Office with a panel at which nothing goes wrong yet."""
    impatient_office.panel.faults.clear()
    return impatient_office


@pytest.fixture
def reza(office: Office) -> Phone:
    """A citizen's phone that nobody had before."""
    return new_phone(office)


async def row(phone: Phone) -> dict[str, Any]:
    """The one text that the municipality has for a phone."""
    [found] = await phone.outbox()
    return found


def tries(office: Office, phone: Phone) -> int:
    """Number of attempts of the panel to send to a phone."""
    calls = [call for call in office.panel.calls if call.method == "sms/send"]
    return sum(call.fields["receptor"] == phone.mobile for call in calls)


async def taken(office: Office, phone: Phone) -> Sent:
    """Wait until the panel has taken a text for a phone (its answer may still be under way)."""
    await office.panel.wait_until(lambda: bool(office.panel.of(phone.mobile)), f"a text for {phone.mobile}")
    return office.panel.of(phone.mobile)[-1]


async def until(phone: Phone, state: str) -> dict[str, Any]:
    """Look until the phone's one text stands in that state; every look is a command, so nothing is slept through."""
    end = asyncio.get_running_loop().time() + LOOK_SECONDS
    while (found := await row(phone))["state"] != state:
        assert asyncio.get_running_loop().time() < end, f"never {state}: {found}"
    return found


async def test_what_was_sent_is_listed_with_parts_and_cost(office: Office, reza: Phone) -> None:
    await reza.says("سلام بر شما", "sms.courtesy.greeting")
    sent = await until(reza, "sent")
    assert (sent["provider"], sent["attempts"], sent["parts"], sent["cost"]) == ("kavenegar", 1, 1, 120)
    assert sent["class"] == "reply"


@pytest.mark.day
async def test_a_busy_panel_is_tried_again(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("status", 409))
    await reza.texts("راهنما")
    await until(reza, "queued")
    office.advance(seconds=15)
    await reza.hears("sms.help")
    sent = await until(reza, "sent")
    assert (sent["attempts"], tries(office, reza)) == (2, 2)


async def test_waiting_for_the_rate_spends_no_try(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("status", 451))
    await reza.texts("راهنما")
    assert (await until(reza, "queued"))["attempts"] == 0
    office.advance(seconds=10)
    await reza.hears("sms.help")
    assert ((await until(reza, "sent"))["attempts"], tries(office, reza)) == (1, 2)


async def test_texts_wait_for_credit(office: Office, reza: Phone) -> None:
    credit, office.panel.credit = office.panel.credit, 0
    await reza.texts("راهنما")
    kept = await until(reza, "queued")
    while kept["reason"] is None:
        kept = await row(reza)
    assert (kept["attempts"], kept["reason"]) == (0, "credit")
    office.panel.credit = credit
    await office.close()
    office.advance(seconds=90)
    await office.open()
    await reza.hears("sms.help")
    assert (await until(reza, "sent"))["attempts"] == 1


async def test_a_late_acceptance_is_found_out_and_nothing_sent_twice(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("slow", TIMEOUT * 2))
    await reza.says("راهنما", "sms.help")
    await is_found_out(office, reza)


async def test_a_cut_after_acceptance_is_found_out(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("cut_after_accept"))
    await reza.says("راهنما", "sms.help")
    await is_found_out(office, reza)


async def test_an_answer_that_is_no_answer_is_found_out(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("garbage"))
    await reza.says("راهنما", "sms.help")
    await is_found_out(office, reza)


async def is_found_out(office: Office, phone: Phone) -> None:
    """The text is `unknown`; asked by our id, the panel has it; it was sent once."""
    unknown = await until(phone, "unknown")
    assert unknown["attempts"] == 1
    office.advance(seconds=60)
    found = await until(phone, "sent")
    [sent] = office.panel.of(phone.mobile)
    assert (found["provider_id"], sent.localid) == (str(sent.messageid), str(found["id"]))
    assert tries(office, phone) == 1
    asked = [call.fields["localid"] for call in office.panel.calls if call.method == "sms/statuslocalmessageid"]
    assert any(sent.localid in ids.split(",") for ids in asked)


async def test_what_never_arrived_is_sent_again_once(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("cut_before_accept"))
    await reza.texts("راهنما")
    await until(reza, "unknown")
    office.advance(seconds=60)
    await reza.hears("sms.help")
    await until(reza, "sent")
    assert tries(office, reza) == 2


async def test_a_refused_text_is_told_and_not_tried_again(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("status", 422))
    await reza.texts("راهنما")
    failed = await until(reza, "failed")
    assert (failed["reason"], tries(office, reza)) == ("characters", 1)


async def test_a_line_that_blocks_the_sender_is_told(office: Office, reza: Phone) -> None:
    office.panel.blocked.add(reza.mobile)
    await reza.texts("راهنما")
    blocked = await until(reza, "blocked")
    assert (blocked["attempts"], tries(office, reza)) == (1, 1)


async def test_receipts_in_any_order_and_number(office: Office, reza: Phone) -> None:
    await reza.says("راهنما", "sms.help")
    sent = await taken(office, reza)
    await until(reza, "sent")
    late = [(sent.messageid, 10), (sent.messageid, 4), (sent.messageid, 11), (sent.messageid, 1)]
    answers = await office.webhooks.receipts(late, copies=2)
    assert {status for status, _ in answers} == {200}
    await until(reza, "delivered")


async def test_a_receipt_may_come_before_the_answer(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("slow", TIMEOUT / 2))
    await reza.texts("راهنما")
    sent = await taken(office, reza)
    answers = await office.webhooks.receipts([(sent.messageid, 10)], method="POST")
    assert [status for status, _ in answers] == [200]
    await until(reza, "delivered")


async def test_receipts_are_asked_for_when_none_come(office: Office, reza: Phone) -> None:
    await reza.says("راهنما", "sms.help")
    office.panel.set_status((await taken(office, reza)).messageid, 11)
    await until(reza, "sent")
    office.advance(minutes=6)
    await until(reza, "undelivered")


async def test_receipts_of_strangers_are_taken_and_mean_nothing(office: Office, reza: Phone) -> None:
    answers = await office.webhooks.receipts([(1, 10), (2, 99)])
    assert [status for status, _ in answers] == [200, 200]
    await reza.says("راهنما", "sms.help")


@pytest.mark.day
async def test_killed_right_after_the_acceptance(office: Office, reza: Phone) -> None:
    office.panel.fail_next(Fault("slow", TIMEOUT / 2))
    await reza.texts("راهنما")
    await taken(office, reza)
    await office.crash()
    assert (await row(reza))["state"] == "sending"
    await office.open()
    office.advance(minutes=3)  # the claim of the dead process runs out
    office.advance(seconds=60)
    await until(reza, "sent")
    assert (len(office.panel.of(reza.mobile)), tries(office, reza)) == (1, 1)
