"""Texts of unknown outcome, through the relay and the store: what each provider's inquiry makes of them."""

import asyncio
import sqlite3
from contextlib import closing
from decimal import ROUND_HALF_UP
from pathlib import Path

import pytest

from channels.relay.relay import Relay
from domain.actions.context import ActorContext
from domain.actions.messages.resending import retry_message
from domain.messages.carriers import OutcomeInquiry, SendResult, SmsProvider
from domain.messages.records import MessageState, OutboxMessage
from domain.values.actors import Role
from tests.contracts.sms.panels import ContractPanel, FakePanel, for_providers_where
from tests.fakes.server_faults import ServerFault
from tests.support.municipality import CITIZEN, Municipality, actor

pytestmark = for_providers_where(lambda panel, _: panel.has_network)


@pytest.fixture
def relay(town: Municipality, provider: SmsProvider, panel: ContractPanel) -> Relay:
    """The relay of a municipality whose texts this provider carries; the panel's clock is the municipality's."""
    panel.clock = town.clock.now
    return Relay(town.desk, town.store, [provider], lambda: 0.0)


async def ask_about_unknown(town: Municipality, relay: Relay) -> OutboxMessage:
    """Let the time come at which the provider is asked; return the text."""
    town.advance(seconds=45)
    await relay.reconcile_unknown()
    await relay.send_due()
    return (await town.sent())[-1]


async def test_what_arrived_is_found_out(
    town: Municipality, relay: Relay, panel: ContractPanel, provider: SmsProvider, fake_panel: FakePanel
) -> None:
    await town.say(CITIZEN, "راهنما")
    panel.gate.fail_next(fake_panel.paths["send"], ServerFault.CUT_AFTER)
    await relay.send_due()
    assert [message.state for message in await town.sent()] == [MessageState.UNKNOWN]
    message = await ask_about_unknown(town, relay)
    [sent_id] = panel.list_sent_ids()
    if provider.outcome_inquiry is OutcomeInquiry.NOTHING:
        assert (message.state, message.provider_id) == (MessageState.UNKNOWN, None)
        return
    assert (message.state, message.provider_id) == (MessageState.SENT, sent_id)
    price = fake_panel.part_rials
    rials = None if price is None else (price * (message.parts or 0)).to_integral_value(ROUND_HALF_UP)
    assert message.cost in {rials, None}, "in rials, where the panel says it once more"


async def test_what_never_arrived_is_sent_again_where_that_is_sure_and_else_by_the_staff(
    town: Municipality, relay: Relay, panel: ContractPanel, provider: SmsProvider, fake_panel: FakePanel
) -> None:
    await town.say(CITIZEN, "راهنما")
    panel.gate.fail_next(fake_panel.paths["send"], ServerFault.CUT_BEFORE)
    await relay.send_due()
    message = await ask_about_unknown(town, relay)
    if provider.outcome_inquiry is not OutcomeInquiry.OWN_ID:
        assert (message.state, panel.list_sent_ids()) == (MessageState.UNKNOWN, [])
        town.advance(seconds=provider.memory_period.total_seconds() + 1)
        call_count = len(panel.gate.paths)
        await ask_about_unknown(town, relay)
        assert len(panel.gate.paths) == call_count, "later it is not even asked"
        async with town.store.open_unit() as uow:
            await retry_message(ActorContext(town.desk, uow, actor(Role.ADMIN)), message.id, "the citizen called")
        await relay.send_due()
        [message] = await town.sent()
    assert (message.state, [message.provider_id]) == (MessageState.SENT, panel.list_sent_ids())


async def test_a_text_before_in_the_same_words_is_not_taken_for_it(
    town: Municipality, relay: Relay, panel: ContractPanel, fake_panel: FakePanel, provider: SmsProvider
) -> None:
    await town.say(CITIZEN, "راهنما")
    await town.say(CITIZEN, "راهنما")
    panel.gate.answer_next(fake_panel.paths["send"], b"")
    await relay.send_due()
    states = sorted(message.state for message in await town.sent())
    assert states == [MessageState.SENT, MessageState.UNKNOWN]
    await ask_about_unknown(town, relay)
    states = sorted(message.state for message in await town.sent())
    is_sure = provider.outcome_inquiry is OutcomeInquiry.OWN_ID
    assert states == [MessageState.SENT, MessageState.SENT if is_sure else MessageState.UNKNOWN]


async def test_a_text_after_it_in_the_same_words_does_not_hide_it(
    town: Municipality, relay: Relay, panel: ContractPanel, provider: SmsProvider, fake_panel: FakePanel
) -> None:
    await town.say(CITIZEN, "راهنما")
    panel.gate.fail_next(fake_panel.paths["send"], ServerFault.CUT_AFTER)
    await relay.send_due()
    town.advance(seconds=5)
    await town.say(CITIZEN, "راهنما")
    await relay.send_due()
    await ask_about_unknown(town, relay)
    is_known = provider.outcome_inquiry is not OutcomeInquiry.NOTHING
    messages = sorted(await town.sent(), key=lambda message: message.id)
    assert [message.state for message in messages] == [
        MessageState.SENT if is_known else MessageState.UNKNOWN,
        MessageState.SENT,
    ]
    earlier_id, later_id = panel.list_sent_ids()
    assert [message.provider_id for message in messages] == [earlier_id if is_known else None, later_id]


async def test_we_die_before_the_mark(
    town: Municipality,
    relay: Relay,
    panel: ContractPanel,
    provider: SmsProvider,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await town.say(CITIZEN, "راهنما")
    await _die_after_answer(monkeypatch, provider, relay)
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("UPDATE outbox SET claimed_until = 0 WHERE claimed_until IS NOT NULL")
    message = await ask_about_unknown(town, relay)
    [sent_id] = panel.list_sent_ids()
    is_known = provider.outcome_inquiry is not OutcomeInquiry.NOTHING
    assert message.state is (MessageState.SENT if is_known else MessageState.UNKNOWN)
    assert message.provider_id == (sent_id if is_known else None)


async def _die_after_answer(monkeypatch: pytest.MonkeyPatch, provider: SmsProvider, relay: Relay) -> None:
    """Stop a relay for good when the panel has answered, and before that is marked."""
    has_answer = asyncio.Event()

    async def send_and_hang(message: OutboxMessage) -> SendResult:
        result = await type(provider).send(provider, message)
        has_answer.set()
        await asyncio.Event().wait()
        return result

    with monkeypatch.context() as patched:
        patched.setattr(provider, "send", send_and_hang)
        sending = asyncio.create_task(relay.send_due())
        await has_answer.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
