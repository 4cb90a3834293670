"""A panel that cannot be asked about a text: what may have been sent is not sent again by the machine."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.relay.relay import LARGEST_BATCH, Relay
from domain.actions.context import ActorContext
from domain.actions.messages.resending import retry_message
from domain.messages.carriers import CandidateOutcomes, OutcomeInquiry, SendResult, SendVerdict
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.values.actors import Role
from tests.channels.relay.scripted_carrier import ScriptedCarrier
from tests.support.municipality import CITIZEN, Municipality, actor


async def test_an_unknown_outcome_stays_until_the_staff_decide(town: Municipality) -> None:
    carrier = ScriptedCarrier()
    carrier.script[CITIZEN] = [SendResult(SendVerdict.UNKNOWN, reason="timeout")]
    relay = Relay(town.desk, town.store, [carrier], lambda: 0.0)
    await town.say(CITIZEN, "راهنما")
    await relay.send_due()
    for _ in range(3):
        town.advance(hours=1)
        await relay.reconcile_unknown()
        await relay.send_due()
    [message] = await town.sent()
    assert (message.state, message.reason, carrier.taken) == (MessageState.UNKNOWN, "timeout", [])
    async with town.store.open_unit() as uow:
        await retry_message(ActorContext(town.desk, uow, actor(Role.ADMIN)), message.id, "the citizen called")
    await relay.send_due()
    [message] = await town.sent()
    assert (message.state, len(carrier.taken)) == (MessageState.SENT, 1)


class ListingCarrier(ScriptedCarrier):
    """A carrier that lists one text as sent."""

    outcome_inquiry = OutcomeInquiry.SENT_LIST
    memory_period = timedelta(minutes=30)
    listed_id = 0

    async def ask_outcomes(self, messages: Sequence[OutboxMessage], now: datetime) -> CandidateOutcomes:
        """Find the text that is listed."""
        found_result = SendResult(SendVerdict.ACCEPTED, "85")
        return {message.id: [found_result] for message in messages if message.id == self.listed_id}


async def test_those_that_are_never_found_keep_none_from_being_looked_up(town: Municipality) -> None:
    carrier, moment = ListingCarrier(), town.clock.at
    async with town.store.open_unit() as uow:
        for _ in range(LARGEST_BATCH + 1):
            carrier.listed_id = town.desk.ids.new_id()
            await uow.outbox.add(
                OutboxMessage(
                    id=carrier.listed_id,
                    channel="sms",
                    recipient=CITIZEN,
                    cls=MessageClass.REPLY,
                    key="sms.help",
                    text="راهنما",
                    created_at=moment,
                    not_before=moment,
                    state=MessageState.UNKNOWN,
                    provider=carrier.name,
                    updated_at=moment,
                )
            )
    town.advance(minutes=1)
    relay = Relay(town.desk, town.store, [carrier], lambda: 0.0)
    assert [await relay.reconcile_unknown() for _ in range(2)] == [1, 0]
    async with town.store.open_unit(write=False) as uow:
        found = await uow.outbox.get(carrier.listed_id)
    assert (found.state, found.provider_id) == (MessageState.SENT, "85")
