"""A panel that cannot be asked about a text: what may have been sent is not sent again by the machine."""

from channels.relay.relay import Relay
from domain.actions.messages.resending import retry_message
from domain.messages.carriers import SendResult, SendVerdict
from domain.messages.records import MessageState
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
        await retry_message(town.desk, uow, message.id, "the citizen called", actor(Role.ADMIN))
    await relay.send_due()
    [message] = await town.sent()
    assert (message.state, len(carrier.taken)) == (MessageState.SENT, 1)
