"""The webhooks as a panel calls them: forms, JSON, several texts at once, and panels that call none."""

import json
from collections.abc import Sequence

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from channels.sms.inbound import SmsChannel
from channels.sms.providers.simulator import Simulator
from channels.sms.providers.sms_ir import SmsIr, SmsIrSettings
from channels.sms.webhook_reading import get_text, list_rows, read_json
from domain.messages.carriers import ReceivedSms, WebhookCall
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality

SECRET = "secret-of-the-panel"
ADDRESS = f"/sms/simulator/{SECRET}/inbound"


class BatchProvider(Simulator):
    """A panel that brings several texts at once."""

    def read_inbound(self, call: WebhookCall) -> Sequence[ReceivedSms]:
        """Read the objects of `messages`."""
        return [
            ReceivedSms(get_text(row, "id"), get_text(row, "from"), "3000", get_text(row, "text"))
            for row in list_rows(read_json(call), "messages")
        ]


async def test_texts_by_form_and_by_json_are_taken(town: Municipality) -> None:
    app = web.Application()
    SmsChannel(town.desk, town.store, {"simulator": Simulator(webhook_secret=SECRET)}).mount(app)
    fields = {"from": CITIZEN, "to": "3000", "message": "راهنما"}
    async with TestClient(TestServer(app)) as client:
        answers = [
            await client.get(ADDRESS, params=fields | {"messageid": "1"}),
            await client.post(ADDRESS, data=fields | {"messageid": "2"}),
            await client.post(ADDRESS, json=fields | {"messageid": 3}),
            await client.post(ADDRESS, data=json.dumps(fields), headers={"Content-Type": "application/vnd.panel+json"}),
            await client.post(ADDRESS, data=b"{", headers={"Content-Type": "application/json; charset=utf-8"}),
        ]
        assert [answer.status for answer in answers] == [200, 200, 200, 200, 400]
        assert (await answers[-1].json())["error"]["code"] == "invalid_field"
    async with town.store.open_unit(write=False) as uow:
        messages = await uow.inbox.list_recent()
    assert [(message.text, message.provider_id) for message in reversed(messages)] == [
        ("راهنما", "1"),
        ("راهنما", "2"),
        ("راهنما", "3"),
        ("راهنما", None),
    ]


async def test_several_texts_of_one_call_are_each_taken_once(town: Municipality) -> None:
    app = web.Application()
    SmsChannel(town.desk, town.store, {"simulator": BatchProvider(webhook_secret=SECRET)}).mount(app)
    rows = [{"id": sender[-2:], "from": sender, "text": "راهنما"} for sender in (CITIZEN, NEIGHBOUR)]
    async with TestClient(TestServer(app)) as client:
        first, second = [await (await client.post(ADDRESS, json={"messages": rows})).json() for _ in range(2)]
    assert first == second
    assert (first["status"], len(set(first["ids"]))) == ("accepted", 2)
    assert [len(await town.sent(mobile)) for mobile in (CITIZEN, NEIGHBOUR)] == [1, 1]


async def test_a_panel_that_calls_no_webhook_has_none(town: Municipality) -> None:
    app, provider = web.Application(), SmsIr(SmsIrSettings(api_key=SecretStr("key")))
    SmsChannel(town.desk, town.store, {"sms_ir": provider}).mount(app)
    async with TestClient(TestServer(app)) as client:
        for secret in ("None", "%00", "x"):
            for webhook in ("inbound", "delivery"):
                assert (await client.post(f"/sms/sms_ir/{secret}/{webhook}", data={"from": CITIZEN})).status == 404
    await provider.close()
