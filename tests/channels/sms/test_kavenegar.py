"""Kavenegar: what goes to the panel, what each of its answers means, and that its key is seen nowhere."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from channels.sms.providers import PROVIDERS
from channels.sms.providers.kavenegar import IDS_PER_CALL, Kavenegar
from domain.messages.carriers import CandidateOutcomes, SendResult, SendVerdict
from domain.messages.records import MessageState
from domain.values.errors import MissingField
from tests.channels.sms.provider_clients import KEY, PERSIAN, as_query, kavenegar, outgoing
from tests.fakes.kavenegar import FakeKavenegar, Fault

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
CLIENT_SECONDS = 0.4
SERVER_SECONDS = 30.0


@pytest.fixture
async def panel() -> AsyncIterator[FakeKavenegar]:
    """A Kavenegar panel."""
    async with FakeKavenegar(api_key=KEY) as fake:
        yield fake


@pytest.fixture
async def client(panel: FakeKavenegar) -> AsyncIterator[Kavenegar]:
    """A client of that panel."""
    made = kavenegar(panel.base_url)
    yield made
    await made.close()


@pytest.fixture
async def impatient(panel: FakeKavenegar) -> AsyncIterator[Kavenegar]:
    """A client that soon gives up waiting."""
    made = kavenegar(panel.base_url, timeout=CLIENT_SECONDS)
    yield made
    await made.close()


async def test_kavenegar_sends_what_the_panel_expects(panel: FakeKavenegar, client: Kavenegar) -> None:
    result = await client.send(outgoing(7001, PERSIAN * 3))
    [sent] = panel.sent
    assert (sent.receptor, sent.message, sent.localid, sent.sender) == (
        "09121234567",
        PERSIAN * 3,
        "7001",
        "10004346",
    )
    assert (result.provider_id, result.charge) == (str(sent.messageid), Decimal(sent.cost))
    assert sent.parts == 2


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (400, SendVerdict.REFUSED, "parameters"),
        (401, SendVerdict.PROVIDER_DOWN, "account"),
        (402, SendVerdict.RETRY, "failed"),
        (403, SendVerdict.PROVIDER_DOWN, "key"),
        (404, SendVerdict.PROVIDER_DOWN, "address"),
        (406, SendVerdict.REFUSED, "parameters"),
        (407, SendVerdict.PROVIDER_DOWN, "access"),
        (409, SendVerdict.RETRY, "busy"),
        (411, SendVerdict.REFUSED, "recipient"),
        (412, SendVerdict.PROVIDER_DOWN, "sender"),
        (413, SendVerdict.REFUSED, "length"),
        (414, SendVerdict.REFUSED, "parameters"),
        (416, SendVerdict.PROVIDER_DOWN, "source_address"),
        (417, SendVerdict.REFUSED, "parameters"),
        (418, SendVerdict.PROVIDER_DOWN, "credit"),
        (420, SendVerdict.REFUSED, "link"),
        (422, SendVerdict.REFUSED, "characters"),
        (424, SendVerdict.REFUSED, "template"),
        (426, SendVerdict.PROVIDER_DOWN, "plan"),
        (427, SendVerdict.PROVIDER_DOWN, "line_level"),
        (431, SendVerdict.REFUSED, "parameters"),
        (432, SendVerdict.REFUSED, "parameters"),
        (451, SendVerdict.RETRY, "rate"),
        (501, SendVerdict.PROVIDER_DOWN, "test_mode"),
        (500, SendVerdict.UNKNOWN, "status_500"),
        (499, SendVerdict.UNKNOWN, "status_499"),
    ],
)
async def test_each_status_of_the_panel_is_a_verdict(
    panel: FakeKavenegar, client: Kavenegar, status: int, verdict: SendVerdict, reason: str
) -> None:
    panel.fail_next(Fault("status", status))
    result = await client.send(outgoing(7001))
    assert (result.verdict, result.reason, result.provider_id) == (verdict, reason, None)
    assert panel.sent == []


async def test_a_busy_panel_costs_a_try_and_too_many_calls_only_time(panel: FakeKavenegar, client: Kavenegar) -> None:
    panel.fail_next(Fault("status", 409), Fault("status", 451))
    busy, fast = [await client.send(outgoing(7001)) for _ in range(2)]
    assert min(busy.wait_seconds, fast.wait_seconds) > 0
    assert (busy.is_uncounted, fast.is_uncounted) == (False, True)
    assert (await client.send(outgoing(7001))).verdict is SendVerdict.ACCEPTED


async def test_an_empty_account_sends_nothing(panel: FakeKavenegar, client: Kavenegar) -> None:
    panel.credit = 119
    assert (await client.send(outgoing(7001, "hi"))).reason == "credit"
    panel.credit = 120
    assert (await client.send(outgoing(7001, "hi"))).verdict is SendVerdict.ACCEPTED


async def test_a_recipient_who_blocks_the_line_is_blocked(panel: FakeKavenegar, client: Kavenegar) -> None:
    panel.blocked.add("09121234567")
    result = await client.send(outgoing(7001))
    assert (result.verdict, result.reason) == (SendVerdict.BLOCKED, "blocked")
    assert result.provider_id == str(panel.sent[0].messageid)


@pytest.mark.parametrize(
    ("fault", "reason", "taken"),
    [
        (Fault("slow", SERVER_SECONDS), "timeout", True),
        (Fault("cut_after_accept"), "cut", True),
        (Fault("cut_before_accept"), "cut", False),
        (Fault("garbage"), "unreadable", True),
        (Fault("http_500"), "status_500", False),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_an_unknown_outcome_is_found_out_by_our_id(
    panel: FakeKavenegar, client: Kavenegar, impatient: Kavenegar, fault: Fault, reason: str, taken: bool
) -> None:
    panel.fail_next(fault)
    result = await (impatient if fault.kind == "slow" else client).send(outgoing(7001))
    assert (result.verdict, result.reason) == (SendVerdict.UNKNOWN, reason)
    outcomes = (await client.ask_outcomes([outgoing(7001)], NOW))[7001]
    assert len(outcomes) == taken == len(panel.sent)
    for outcome in outcomes:
        assert (outcome.verdict, outcome.provider_id) == (SendVerdict.ACCEPTED, str(panel.sent[0].messageid))


@pytest.mark.parametrize("fault", [Fault("slow", SERVER_SECONDS), Fault("cut_after_accept")], ids=["slow", "cut"])
async def test_sending_again_after_an_unknown_outcome_sends_nothing_twice(
    panel: FakeKavenegar, client: Kavenegar, impatient: Kavenegar, fault: Fault
) -> None:
    panel.fail_next(fault)
    assert (await impatient.send(outgoing(7001))).verdict is SendVerdict.UNKNOWN
    result = await client.send(outgoing(7001))
    assert (result.verdict, result.provider_id) == (SendVerdict.ACCEPTED, str(panel.sent[0].messageid))
    assert len(panel.sent) == 1


async def test_known_and_unknown_ids_are_told_apart(panel: FakeKavenegar, client: Kavenegar) -> None:
    await client.send(outgoing(7001))
    outcomes = await client.ask_outcomes([outgoing(7001), outgoing(7002)], NOW)
    assert [outcome.provider_id for outcome in outcomes[7001]] == [str(panel.sent[0].messageid)]
    assert outcomes[7002] == ()


async def test_a_panel_that_is_not_there_took_nothing() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        client = kavenegar(f"http://127.0.0.1:{held.getsockname()[1]}")
        result = await client.send(outgoing(7001))
        assert (result.verdict, result.reason, result.is_uncounted) == (SendVerdict.RETRY, "unreachable", False)
        assert await client.ask_outcomes([outgoing(7001)], NOW) == {}
        assert await client.poll_receipts(["1"]) == []
        await client.close()


async def test_a_name_that_does_not_resolve_took_nothing() -> None:
    # Longer than a name may be: the resolver refuses it without asking anybody.
    client = kavenegar(f"http://{'.'.join(['panel' * 12] * 5)}.invalid")
    assert (await client.send(outgoing(7001))).reason == "unreachable"
    await client.close()


@pytest.mark.parametrize("base_url", ["ftp://panel.example", "panel.example", "http://", "http://panel:99999", ""])
def test_an_address_that_is_none_is_refused_at_once_without_naming_the_key(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)address|port|host|url") as raised:
        kavenegar(base_url)
    assert KEY not in str(raised.value)


async def test_a_panel_that_lets_nobody_in_took_nothing() -> None:
    with socket.socket() as full, socket.socket() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting.connect(full.getsockname())
        client = kavenegar(f"http://127.0.0.1:{full.getsockname()[1]}", connect_timeout=CLIENT_SECONDS)
        result = await client.send(outgoing(7001))
        assert (result.verdict, result.reason) == (SendVerdict.RETRY, "unreachable")
        await client.close()


@asynccontextmanager
async def answering(raw: bytes) -> AsyncIterator[Kavenegar]:
    """A client of something that answers every request with these very bytes and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"localid=7001")
        writer.write(raw)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        client = kavenegar(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=5.0)
        yield client
        await client.close()


def http(status: str, body: str, *headers: str) -> bytes:
    """An HTTP answer."""
    content = body.encode()
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + content


def panel_says(entries: str) -> bytes:
    """A good answer of the panel with these entries."""
    return http("200 OK", f'{{"return": {{"status": 200, "message": "تایید شد"}}, "entries": {entries}}}')


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (b"nonsense\r\n\r\n", SendResult(SendVerdict.UNKNOWN, reason="cut")),
        (http("200 OK", "{" * 50)[:-10], SendResult(SendVerdict.UNKNOWN, reason="cut")),
        (http("200 OK", "[]"), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (http("200 OK", '{"return": {}}'), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (panel_says("null"), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (panel_says("[]"), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (panel_says('[{"messageid": 0, "status": 100}]'), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (panel_says('[{"status": 1}]'), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (panel_says('[{"messageid": 85, "status": 1}]'), SendResult(SendVerdict.ACCEPTED, "85")),
        (
            panel_says('[{"messageid": "85", "status": "4", "cost": "120"}]'),
            SendResult(SendVerdict.ACCEPTED, "85", Decimal(120)),
        ),
        (http("302 Found", "", "Location: /elsewhere"), SendResult(SendVerdict.UNKNOWN, reason="unreadable")),
        (http("403 Forbidden", "<html>"), SendResult(SendVerdict.PROVIDER_DOWN, reason="key")),
        (http("429 Too Many", ""), SendResult(SendVerdict.RETRY, reason="rate", wait_seconds=10.0, is_uncounted=True)),
        (http("502 Bad Gateway", "<html>"), SendResult(SendVerdict.UNKNOWN, reason="status_502")),
        (
            http("409 Conflict", '{"return": {"status": 409}}'),
            SendResult(SendVerdict.RETRY, reason="busy", wait_seconds=5.0),
        ),
    ],
)
async def test_answers_of_other_shapes(raw: bytes, result: SendResult) -> None:
    async with answering(raw) as client:
        assert await client.send(outgoing(7001)) == result


@pytest.mark.parametrize(
    ("raw", "outcomes"),
    [
        (panel_says('[{"messageid": 0, "status": 100}]'), {7001: ()}),
        (
            panel_says('[{"messageid": 85, "localid": 7001, "status": 10}]'),
            {7001: [SendResult(SendVerdict.ACCEPTED, "85")]},
        ),
        (panel_says('[{"messageid": 85, "localid": "9", "status": 10}]'), {}),
        (panel_says('[{"messageid": 85, "localid": 0, "status": 10}]'), {}),
        (
            panel_says('[{"status": "?"}, {"messageid": 85, "localid": 7001, "status": 10}]'),
            {7001: [SendResult(SendVerdict.ACCEPTED, "85")]},
        ),
        (panel_says('[{"messageid": 0, "localid": "7001", "status": 1}]'), {}),
        (panel_says("[]"), {}),
        (http("409 Conflict", '{"return": {"status": 409}}'), {}),
        (http("200 OK", "<html>"), {}),
    ],
)
async def test_an_outcome_that_is_not_told_is_missing(raw: bytes, outcomes: CandidateOutcomes) -> None:
    async with answering(raw) as client:
        assert await client.ask_outcomes([outgoing(7001)], NOW) == outcomes


async def test_a_row_without_an_id_is_nobodys_when_several_were_asked_for() -> None:
    async with answering(panel_says('[{"messageid": 0, "status": 100}]')) as client:
        assert await client.ask_outcomes([outgoing(7001), outgoing(7002)], NOW) == {}


async def test_credit_is_told_with_its_fraction(panel: FakeKavenegar, client: Kavenegar) -> None:
    panel.credit = 1250.5
    assert (await client.check_account()).credit == Decimal("1250.5")


async def test_a_wrong_key_is_told(panel: FakeKavenegar) -> None:
    client = kavenegar(panel.base_url, api_key="wrong/../key")
    assert (await client.send(outgoing(7001))).reason == "key"
    await client.close()


async def test_receipts_are_asked_for_in_calls_of_500(panel: FakeKavenegar, client: Kavenegar) -> None:
    panel.status_after = 10
    last = (await client.send(outgoing(7001))).provider_id or ""
    ids = [str(number) for number in range(1, 2 * IDS_PER_CALL + 1)] + [last]
    assert [receipt.provider_id for receipt in await client.poll_receipts(ids)] == [last]
    asked = [call.fields["messageid"].count(",") + 1 for call in panel.calls if call.method == "sms/status"]
    assert asked == [500, 500, 1]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (1, None),
        (2, None),
        (4, None),
        (5, None),
        (6, MessageState.UNDELIVERED),
        (10, MessageState.DELIVERED),
        (11, MessageState.UNDELIVERED),
        (13, MessageState.FAILED),
        (14, MessageState.BLOCKED),
        (50, None),
        (100, None),
        (77, None),
    ],
)
async def test_message_states_by_poll_and_by_webhook(
    panel: FakeKavenegar, client: Kavenegar, status: int, state: MessageState | None
) -> None:
    provider_id = (await client.send(outgoing(7001))).provider_id or ""
    panel.status_after = status
    panel.set_status(int(provider_id), status)
    polled = await client.poll_receipts([provider_id])
    pushed = client.read_receipts(as_query({"messageid": provider_id, "status": str(status)}))
    assert polled == pushed
    assert [receipt.state for receipt in polled] == ([state] if state else [])


@pytest.mark.parametrize("status", ["delivered", "-10", "۱۰", "²", "9" * 5000])
def test_a_status_that_is_no_number_of_the_panel_is_no_news(status: str) -> None:
    assert kavenegar("http://127.0.0.1").read_receipts(as_query({"messageid": "1", "status": status})) == []


async def test_the_key_is_seen_nowhere(
    panel: FakeKavenegar,
    impatient: Kavenegar,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    panel.fail_next(Fault("status", 403), Fault("garbage"), Fault("cut_after_accept"), Fault("slow", SERVER_SECONDS))
    results = [await impatient.send(outgoing(number)) for number in range(4)]
    told = [repr(impatient), str(impatient), repr(results), await _cancelled_in_mid_send(panel)]
    assert KEY not in "\n".join([*told, caplog.text, *capfd.readouterr()])


async def _cancelled_in_mid_send(panel: FakeKavenegar) -> str:
    """Everything that a send tells when it is given up while the panel keeps it waiting."""
    client = kavenegar(panel.base_url)
    panel.fail_next(Fault("slow", SERVER_SECONDS))
    with pytest.raises(TimeoutError) as raised:
        await asyncio.wait_for(client.send(outgoing(9)), CLIENT_SECONDS)
    await client.close()
    return "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("name", ["kavenegar", "simulator"])
@pytest.mark.parametrize("lacking", ["from", "message"])
def test_a_text_without_sender_or_message_is_none(name: str, lacking: str) -> None:
    form = {"from": "09121234567", "to": "10004346", "message": "سلام", "messageid": "1"}
    del form[lacking]
    with pytest.raises(MissingField) as raised:
        PROVIDERS[name]().build_provider("secret").read_inbound(as_query(form))
    assert raised.value.field == lacking


@pytest.mark.parametrize("name", ["kavenegar", "simulator"])
@pytest.mark.parametrize("form", [{"status": "10"}, {"messageid": "5550001"}, {"messageid": "", "status": "10"}])
def test_a_receipt_without_id_or_status_is_none(name: str, form: dict[str, str]) -> None:
    with pytest.raises(MissingField):
        PROVIDERS[name]().build_provider("secret").read_receipts(as_query(form))
