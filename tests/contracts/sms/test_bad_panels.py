"""A panel that is silent, cuts, or talks without end: every call ends with an answer, and can be made again."""

import asyncio
import socket
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from domain.messages.carriers import OutcomeInquiry, SendVerdict, SmsProvider
from tests.channels.sms.provider_clients import outgoing
from tests.contracts.sms.panels import FAKE_PANELS, KEY, ContractPanel, FakePanel, at_each_call
from tests.fakes.server_faults import ServerFault

REASONS_BY_FAULT = {
    ServerFault.SILENT_BEFORE: "timeout",
    ServerFault.SILENT_AFTER: "timeout",
    ServerFault.CUT_BEFORE: "cut",
    ServerFault.CUT_AFTER: "cut",
    ServerFault.CUT_WITHIN: "cut",
    ServerFault.HUGE: "unreadable",
    ServerFault.NONSENSE: "unreadable",
    ServerFault.SERVER_ERROR: "status_502",
    ServerFault.REDIRECT: "unreadable",
    ServerFault.COMPRESSED: "unreadable",
}
MOST_SENT = 20 * 1024 * 1024
"""Bytes of an answer without end that a panel gets rid of before it is cut: what sockets hold, and no more."""

NONSENSE = (
    b"",
    b"[]",
    b"null",
    b'"OK"',
    b"{}",
    b"{",
    b'{"return": {}, "status": null}',
    b'{"return": {"status": 200}, "entries": 7, "status": 1, "data": 7}',
    b'{"return": {"status": 200}, "entries": [], "status": 1, "data": []}',
    b'{"return": {"status": 200}, "entries": [{}], "status": 1, "data": {"messageIds": []}, "code": 0}',
    b'{"return": {"status": 200}, "entries": [null], "status": 1, "data": {"messageIds": [[], 1]}, "messages": [null]}',
    b'{"return": {"status": 200}, "entries": [{"messageid": 0}], "status": 1, "data": {"messageIds": [{}]}}',
    b'{"return": {"status": 1e400}, "status": 1e400, "code": 1e400}',
    b'{"return": {"status": NaN}, "status": NaN, "code": NaN}',
    b'{"status": ' + b"9" * 5000 + b"}",
    b'{"a":' * 50_000,
    b'{"status": "\xff"}',
)
"""Bodies that a panel never sends."""

with_network = pytest.mark.parametrize(
    "provider_name", sorted(name for name, panel in FAKE_PANELS.items() if panel.has_network), indirect=True
)


async def make_call(provider: SmsProvider, operation: str) -> str | None:
    """Make a call, and return why it failed, where it says."""
    now = datetime.now(UTC)
    match operation:
        case "send":
            return (await provider.send(outgoing(7001))).reason
        case "account":
            return (await provider.check_account()).refusal
        case "ask":
            assert await provider.ask_outcomes([outgoing(7001)], now) in ({}, {7001: ()})
        case "poll":
            assert await provider.poll_receipts(["86522023"]) == []
        case "fetch":
            listing = await provider.fetch_inbound((now - timedelta(hours=1), now))
            assert listing.texts == ()
            return listing.failure
    return None


@with_network
@pytest.mark.parametrize("fault", list(ServerFault))
async def test_a_text_that_may_have_been_sent_is_unknown(
    provider: SmsProvider,
    impatient_provider: SmsProvider,
    panel: ContractPanel,
    fake_panel: FakePanel,
    fault: ServerFault,
) -> None:
    panel.gate.fail_next(fake_panel.paths["send"], fault)
    message = outgoing(7001)
    result = await (impatient_provider if fault.is_silent else provider).send(message)
    assert (result.verdict, result.reason) == (SendVerdict.UNKNOWN, REASONS_BY_FAULT[fault])
    sent_ids = panel.list_sent_ids()
    assert bool(sent_ids) is not fault.keeps_from_acting
    candidates = (await provider.ask_outcomes([message], datetime.now(UTC))).get(7001, ())
    is_found_out = bool(sent_ids) and provider.outcome_inquiry is not OutcomeInquiry.NOTHING
    assert [candidate.provider_id for candidate in candidates] == (sent_ids[:1] if is_found_out else [])
    assert (await provider.send(outgoing(7002))).verdict is SendVerdict.ACCEPTED
    assert panel.gate.failing_answers.bytes_sent < MOST_SENT


@at_each_call()
@pytest.mark.parametrize("fault", [ServerFault.SILENT_AFTER, ServerFault.CUT_WITHIN, ServerFault.SERVER_ERROR])
async def test_no_call_raises_for_what_the_panel_does(
    panel: ContractPanel, fake_panel: FakePanel, operation: str, fault: ServerFault
) -> None:
    panel.gate.fail_next(fake_panel.paths[operation], fault)
    provider = fake_panel.build_provider(panel, 0.1 if fault.is_silent else 10.0, KEY)
    reason = await make_call(provider, operation)
    await provider.close()
    assert reason == (None if operation in {"ask", "poll"} else REASONS_BY_FAULT[fault])


@at_each_call()
async def test_no_nonsense_is_an_answer(
    provider: SmsProvider, panel: ContractPanel, fake_panel: FakePanel, operation: str
) -> None:
    for body in NONSENSE:
        panel.gate.answer_next(fake_panel.paths[operation], body)
        await make_call(provider, operation)
        if operation == "send":
            panel.gate.answer_next(fake_panel.paths[operation], body)
            assert (await provider.send(outgoing(7001))).verdict is SendVerdict.UNKNOWN, body
    assert panel.list_sent_ids() == []


@with_network
async def test_a_panel_that_is_not_there_took_nothing(fake_panel: FakePanel) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        panel = fake_panel.open_panel()
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        provider = fake_panel.build_provider(_Elsewhere(address), 5.0, KEY)  # type: ignore[arg-type] # only its address
        result = await provider.send(outgoing(7001))
        assert (result.verdict, result.reason, result.is_uncounted) == (SendVerdict.RETRY, "unreachable", False)
        for operation in fake_panel.paths:
            assert await make_call(provider, operation) in {None, "unreachable"}
        assert panel.list_sent_ids() == []
        await provider.close()


class _Elsewhere:
    """A panel that answers nowhere."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url


@with_network
async def test_nothing_secret_is_told_by_a_call_that_is_given_up(
    provider: SmsProvider, panel: ContractPanel, fake_panel: FakePanel
) -> None:
    panel.gate.fail_next(fake_panel.paths["send"], ServerFault.SILENT_BEFORE)
    with pytest.raises(TimeoutError) as raised:
        await asyncio.wait_for(provider.send(outgoing(9)), 0.1)
    told = [repr(provider), str(provider), *traceback.format_exception(raised.value)]
    assert KEY not in "".join(told)


@with_network
@pytest.mark.parametrize("base_url", ["ftp://panel.example", "panel.example", "http://", "http://panel:99999", ""])
def test_an_address_that_is_none_is_refused_at_once_without_naming_the_key(
    fake_panel: FakePanel, base_url: str
) -> None:
    with pytest.raises(ValueError, match=r"(?i)address|port|host|url") as raised:
        fake_panel.build_provider(_Elsewhere(base_url), 5.0, KEY)  # type: ignore[arg-type] # only its address
    assert KEY not in str(raised.value)
