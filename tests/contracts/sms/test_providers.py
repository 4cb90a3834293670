"""The contract of `SmsProvider`, kept by every provider: sending, costs, outcomes, receipts, texts that come in."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP
from urllib.parse import urlencode

import pytest

from channels.sms.providers import PROVIDERS
from domain.messages.carriers import OutcomeInquiry, SendResult, SendVerdict, SmsProvider, WebhookCall
from domain.messages.records import MessageState
from domain.values.calendar import MomentSpan
from domain.values.errors import InvalidField, MissingField
from domain.values.message_parts import count_parts
from tests.channels.sms.provider_clients import PERSIAN, outgoing
from tests.contracts.sms.panels import FAKE_PANELS, LINE, SECRET, ContractPanel, FakePanel, for_providers_where

CITIZEN = "+989121234567"

calls_webhooks = for_providers_where(lambda _, provider: provider.webhook_secret is not None)
is_polled = for_providers_where(lambda _, provider: provider.polls_inbound)
has_network = for_providers_where(lambda panel, _: panel.has_network)

NO_WEBHOOKS = (
    b"",
    b"nothing of this",
    b"[]",
    b"{}",
    b'{"from": "", "message": "x", "messageid": "1", "status": null}',
    b'{"messages": 1, "reports": {}, "from": {}, "message": []}',
    b'{"messages": [[]], "reports": ["x"], "messageid": true, "status": []}',
    b'{"messages": [{}], "reports": [{}], "messageid": {}}',
    b'{"message": "\xff"}',
    b"[" * 10_000,
    urlencode({"to": LINE, "message": "سلام", "status": "10"}).encode(),
    urlencode({"from": "", "message": "سلام", "messageid": ""}).encode(),
)
"""Bodies that no panel posts."""


def lately() -> MomentSpan:
    """The last hour."""
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now


def test_every_provider_has_a_panel() -> None:
    assert FAKE_PANELS.keys() == PROVIDERS.keys() | {"frugal"}


def test_it_says_what_it_is(provider: SmsProvider, provider_name: str) -> None:
    assert provider.name == provider_name
    assert provider.webhook_secret in {SECRET, None}
    assert provider.rate_per_second > 0
    assert (provider.memory_period > timedelta(0)) is (provider.outcome_inquiry is not OutcomeInquiry.NOTHING)


def test_texts_come_by_webhook_or_are_fetched(provider: SmsProvider) -> None:
    assert (provider.webhook_secret is None) is provider.polls_inbound


@pytest.mark.parametrize("text", ["hi", PERSIAN, PERSIAN * 5])
async def test_a_text_is_accepted_with_its_id_and_its_cost_in_rials_where_that_is_told(
    provider: SmsProvider, fake_panel: FakePanel, text: str
) -> None:
    result = await provider.send(outgoing(7001, text))
    assert (result.verdict, result.reason, result.is_uncounted) == (SendVerdict.ACCEPTED, None, False)
    assert result.provider_id
    part_count, price = count_parts(text), fake_panel.part_rials
    rials = None if price is None else (price * part_count).to_integral_value(ROUND_HALF_UP)
    assert provider.cost_unit.to_rials(result.charge, part_count) == rials


@for_providers_where(lambda _, provider: provider.outcome_inquiry is OutcomeInquiry.OWN_ID)
async def test_a_panel_that_knows_our_ids_sends_none_twice(provider: SmsProvider) -> None:
    first, second = [await provider.send(outgoing(7001)) for _ in range(2)]
    other = await provider.send(outgoing(7002))
    assert first.provider_id == second.provider_id != other.provider_id


async def test_what_it_has_is_found_out(provider: SmsProvider) -> None:
    messages = [outgoing(number, f"{PERSIAN} {number}") for number in (7001, 7002)]
    sent = {message.id: await provider.send(message) for message in messages}
    outcomes = await provider.ask_outcomes([*messages], datetime.now(UTC))
    if provider.outcome_inquiry is OutcomeInquiry.NOTHING:
        assert outcomes == {}
        return
    assert outcomes.keys() == sent.keys()
    for number, result in sent.items():
        [outcome] = outcomes[number]
        assert (outcome.verdict, outcome.provider_id) == (SendVerdict.ACCEPTED, result.provider_id)


@has_network
async def test_what_it_never_saw_is_said_only_where_that_is_sure(provider: SmsProvider) -> None:
    await provider.send(outgoing(7001))
    outcomes = await provider.ask_outcomes([outgoing(7002, "چیزی که نرفت")], datetime.now(UTC))
    assert outcomes == ({7002: ()} if provider.outcome_inquiry is OutcomeInquiry.OWN_ID else {})


@for_providers_where(lambda panel, _: panel.tells_receipts and (not panel.has_network or "poll" in panel.paths))
async def test_receipts_are_polled(provider: SmsProvider, panel: ContractPanel) -> None:
    ids = [(await provider.send(outgoing(number))).provider_id or "" for number in (7001, 7002)]
    panel.deliver_all()
    receipts = await provider.poll_receipts([*ids, "85999999"])
    assert [receipt.provider_id for receipt in receipts if receipt.provider_id in ids] == ids
    assert {receipt.state for receipt in receipts} == {MessageState.DELIVERED}


async def test_nothing_asked_is_nothing_answered(provider: SmsProvider) -> None:
    assert await provider.ask_outcomes([], datetime.now(UTC)) == {}
    assert await provider.poll_receipts([]) == []


@has_network
async def test_a_wrong_key_is_no_fault_of_the_text(panel: ContractPanel, fake_panel: FakePanel) -> None:
    provider = fake_panel.build_provider(panel, 5.0, "wrong/../key")
    result, status = await provider.send(outgoing(7001)), await provider.check_account()
    assert (result.verdict, result.reason) == (SendVerdict.PROVIDER_DOWN, "key")
    assert (status.refusal, status.credit) == ("key", None)
    assert panel.list_sent_ids() == []
    await provider.close()


@has_network
async def test_credit_is_told_and_none_is_no_fault_of_the_text(provider: SmsProvider, panel: ContractPanel) -> None:
    status = await provider.check_account()
    assert status.refusal is None
    assert status.credit is None or status.credit > 0
    panel.spend_credit()
    result = await provider.send(outgoing(7001))
    assert (result.verdict, result.reason, panel.list_sent_ids()) == (SendVerdict.PROVIDER_DOWN, "credit", [])


@calls_webhooks
@pytest.mark.parametrize("text", ["  پیگیری ۱۲۳\n", "x & y=z + 100% 😀"])
def test_the_inbound_webhook_is_read(
    provider: SmsProvider, panel: ContractPanel, fake_panel: FakePanel, text: str
) -> None:
    message_id = "5550001" if fake_panel.names_texts else None
    [received] = provider.read_inbound(panel.build_inbound_call("09121234567", text, "5550001"))
    assert (received.provider_id, received.sender, received.recipient) == (message_id, "09121234567", LINE)
    assert received.text == text


@calls_webhooks
def test_an_empty_text_is_a_text_and_an_id_may_be_missing(provider: SmsProvider, panel: ContractPanel) -> None:
    [received] = provider.read_inbound(panel.build_inbound_call("BANK", "", None))
    assert (received.text, received.sender, received.provider_id) == ("", "BANK", None)


@for_providers_where(lambda panel, provider: panel.tells_receipts and provider.webhook_secret is not None)
def test_the_delivery_webhook_is_read(provider: SmsProvider, panel: ContractPanel) -> None:
    [receipt] = provider.read_receipts(panel.build_receipt_call("5550001"))
    assert (receipt.provider_id, receipt.state) == ("5550001", MessageState.DELIVERED)


@calls_webhooks
@pytest.mark.parametrize("content_type", ["", "application/json"])
def test_a_webhook_that_is_none_is_refused(provider: SmsProvider, content_type: str) -> None:
    for body in NO_WEBHOOKS:
        for read in (provider.read_inbound, provider.read_receipts):
            with pytest.raises((MissingField, InvalidField)):
                read(WebhookCall(content_type=content_type, body=body))


@is_polled
async def test_texts_are_listed_again_and_again_under_the_same_ids(provider: SmsProvider, panel: ContractPanel) -> None:
    for sender, text in ((CITIZEN, "  پیگیری ۱۲۳\n"), (CITIZEN, "راهنما"), ("09350000001", "x & y 😀")):
        panel.keep_inbound(sender, text)
    first, second = [await provider.fetch_inbound(lately()) for _ in range(2)]
    assert (first.failure, {text.recipient for text in first.texts}) == (None, {LINE})
    assert {(text.sender, text.text) for text in first.texts} == {
        ("09121234567", "  پیگیری ۱۲۳\n"),
        ("09121234567", "راهنما"),
        ("09350000001", "x & y 😀"),
    }
    assert len({text.provider_id for text in first.texts}) == len(first.texts) == 3
    assert all(text.provider_id for text in first.texts)
    assert set(first.texts) == set(second.texts)


@is_polled
async def test_more_texts_than_a_page_holds_are_all_listed(provider: SmsProvider, panel: ContractPanel) -> None:
    for number in range(250):
        panel.keep_inbound(CITIZEN, f"پیام {number}")
    assert len((await provider.fetch_inbound(lately())).texts) == 250


@for_providers_where(lambda _, provider: not provider.polls_inbound)
async def test_a_provider_that_calls_webhooks_lists_nothing(provider: SmsProvider) -> None:
    listing = await provider.fetch_inbound(lately())
    assert (listing.texts, listing.failure) == ((), None)


async def test_it_can_be_closed_twice_and_unused(provider: SmsProvider) -> None:
    await provider.close()
    assert isinstance(await provider.send(outgoing(7001)), SendResult)
    await provider.close()
    await provider.close()
