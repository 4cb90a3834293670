"""A panel that calls no webhook and takes no id of ours, and a server that dies around it: each text is there once."""

import asyncio
from typing import Any

import pytest

from tests.e2e.support.office import API_KEY, LINE
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import Death
from tests.fakes.sms_ir_panel import SmsIrPanel
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e]

CITIZENS = ("09121110001", "09121110002")
WAIT_SECONDS = 60.0


async def dies(office: MortalOffice, step: str) -> None:
    """Start the server, and wait until it died at a step."""
    server = await office.begin(Death(step))
    assert await server.ends_within(WAIT_SECONDS), office.said


async def wait_until_sent(office: MortalOffice, count: int) -> list[dict[str, Any]]:
    """Wait until so many texts are queued and all are sent; return them."""
    async with asyncio.timeout(patient(WAIT_SECONDS)):
        while True:
            rows: list[dict[str, Any]] = await office.cli("outbox", "list")
            if len(rows) == count and {row["state"] for row in rows} == {"sent"}:
                return rows
            await asyncio.sleep(0.2)


async def test_texts_are_taken_and_answered_once() -> None:
    async with (
        mortal_office("sqlite", furnish) as office,
        SmsIrPanel(api_key=API_KEY, line=int(LINE), clock=office.clock.now) as panel,
    ):
        office.settings |= {
            "PISHKHAN_SMS__PROVIDERS": "sms_ir",
            "PISHKHAN_SMS__SMS_IR__BASE_URL": panel.base_url,
            "PISHKHAN_SMS__SMS_IR__API_KEY": API_KEY,
            "PISHKHAN_SMS__SMS_IR__SENDER": LINE,
            "PISHKHAN_SMS__SMS_IR__CREDIT_RIALS": "1200",
        }
        for citizen in CITIZENS:
            panel.keep_inbound(citizen, "راهنما")
        await dies(office, "inbound")  # one of two texts that were listed is stored
        await dies(office, "accepted")  # the panel has a reply, and nobody noted it
        office.advance(minutes=3)
        await office.open()
        rows = await wait_until_sent(office, len(CITIZENS))
        assert sorted(text.mobile for text in panel.sent) == [int(citizen) for citizen in CITIZENS]
        assert {row["provider_id"] for row in rows} == {str(text.messageId) for text in panel.sent}
        assert {row["provider"] for row in rows} == {"sms_ir"}
        received = await office.deed("list_inbox")
        assert sorted(row["sender"] for row in received) == [f"+98{citizen[1:]}" for citizen in CITIZENS]
        assert await office.close() == 0
        office.assert_clean_log()
