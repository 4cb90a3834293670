"""The contract of `SmsProvider`, kept by every registered provider (Kavenegar's own: `tests/channels/sms`)."""

from collections.abc import AsyncIterator

import pytest

from channels.sms.providers import PROVIDERS
from domain.messages.ports import SendVerdict, SmsProvider
from domain.messages.records import MessageState
from domain.values.errors import MissingField
from tests.channels.sms.provider_clients import KEY, SECRET, kavenegar, outgoing
from tests.fakes.kavenegar import FakeKavenegar


@pytest.fixture
async def panel() -> AsyncIterator[FakeKavenegar]:
    """A Kavenegar panel that delivers what it takes."""
    async with FakeKavenegar(api_key=KEY) as fake:
        fake.status_after = 10
        yield fake


@pytest.fixture(params=sorted(PROVIDERS))
async def provider(request: pytest.FixtureRequest, panel: FakeKavenegar) -> AsyncIterator[SmsProvider]:
    """Each registered provider, with a real server where it needs one."""
    match request.param:
        case "kavenegar":
            made: SmsProvider = kavenegar(panel.base_url)
        case name:
            made = PROVIDERS[name](webhook_secret=SECRET)
    yield made
    await made.close()


def test_it_is_registered_under_its_own_name(provider: SmsProvider) -> None:
    assert type(provider) is PROVIDERS[provider.name]
    assert provider.webhook_secret == SECRET
    assert provider.rate_per_second > 0


async def test_a_text_is_accepted_with_id_and_cost(provider: SmsProvider) -> None:
    result = await provider.send(outgoing(7001))
    assert result.verdict is SendVerdict.ACCEPTED
    assert result.provider_id
    assert result.cost is not None
    assert result.cost >= 0
    assert (result.reason, result.is_uncounted) == (None, False)


async def test_the_same_message_has_the_same_provider_id(provider: SmsProvider) -> None:
    first, second = [await provider.send(outgoing(7001)) for _ in range(2)]
    other = await provider.send(outgoing(7002))
    assert first.provider_id == second.provider_id != other.provider_id


async def test_its_outcome_can_be_asked_by_our_id(provider: SmsProvider) -> None:
    sent = {number: await provider.send(outgoing(number)) for number in (7001, 7002)}
    assert provider.answers_by_local_id
    outcomes = await provider.ask_outcomes(list(sent))
    assert outcomes.keys() == sent.keys()
    for number, result in sent.items():
        outcome = outcomes[number]
        assert outcome
        assert (outcome.verdict, outcome.provider_id) == (SendVerdict.ACCEPTED, result.provider_id)


async def test_receipts_can_be_polled(provider: SmsProvider) -> None:
    ids = [(await provider.send(outgoing(number))).provider_id or "" for number in (7001, 7002)]
    receipts = await provider.poll_receipts(ids)
    assert [receipt.provider_id for receipt in receipts] == ids
    assert {receipt.state for receipt in receipts} == {MessageState.DELIVERED}


async def test_nothing_asked_is_nothing_answered(provider: SmsProvider) -> None:
    assert await provider.ask_outcomes([]) == {}
    assert await provider.poll_receipts([]) == []


def test_the_inbound_webhook_is_read(provider: SmsProvider) -> None:
    form = {"from": "09121234567", "to": "10004346", "message": "  پیگیری ۱۲۳\n", "messageid": "5550001"}
    received = provider.read_inbound(form)
    assert (received.provider_id, received.sender, received.recipient) == ("5550001", "09121234567", "10004346")
    assert received.text == "  پیگیری ۱۲۳\n"


def test_an_empty_text_is_a_text_and_an_id_may_be_missing(provider: SmsProvider) -> None:
    received = provider.read_inbound({"from": "BANK", "to": "10004346", "message": ""})
    assert (received.text, received.sender, received.provider_id) == ("", "BANK", None)


@pytest.mark.parametrize("lacking", ["from", "message"])
def test_a_text_without_sender_or_message_is_none(provider: SmsProvider, lacking: str) -> None:
    form = {"from": "09121234567", "to": "10004346", "message": "سلام", "messageid": "1"}
    del form[lacking]
    with pytest.raises(MissingField) as raised:
        provider.read_inbound(form)
    assert raised.value.field == lacking


def test_the_delivery_webhook_is_read(provider: SmsProvider) -> None:
    [receipt] = provider.read_receipts({"messageid": "5550001", "status": "10"})
    assert (receipt.provider_id, receipt.state) == ("5550001", MessageState.DELIVERED)


@pytest.mark.parametrize("form", [{"status": "10"}, {"messageid": "5550001"}, {"messageid": "", "status": "10"}])
def test_a_receipt_without_id_or_status_is_none(provider: SmsProvider, form: dict[str, str]) -> None:
    with pytest.raises(MissingField):
        provider.read_receipts(form)


async def test_it_can_be_closed_twice_and_unused(provider: SmsProvider) -> None:
    await provider.close()
    await provider.send(outgoing(7001))
    await provider.close()
    await provider.close()
