"""Codes while no SMS provider works: the first waits, whoever comes after is told «later», and it ends by itself."""

from datetime import timedelta

from channels.relay.relay import LONGEST_DOWN_TIME, Relay
from domain.actions.citizens.proofs import send_session_code
from domain.actions.citizens.sessions import open_session
from domain.actions.context import ActionContext
from domain.actions.messages.code_spending import SMS_MEMORY, SMS_PATIENCE
from domain.actions.messages.verification_codes import CODE_LIFETIME
from domain.messages.carriers import SendResult, SendVerdict
from domain.messages.code_spending import CodeDelivery
from tests.channels.relay.scripted_carrier import ScriptedCarrier
from tests.support.municipality import Municipality

SECOND = timedelta(seconds=1)
NO_CREDIT = SendResult(SendVerdict.PROVIDER_DOWN, reason="no_credit")
SENT, LATER = CodeDelivery.SENT, CodeDelivery.LATER


class SmsOutage:
    """A municipality with a relay whose only provider may be down; `seconds` is the relay's own clock."""

    def __init__(self, town: Municipality) -> None:
        self.town = town
        self.carrier = ScriptedCarrier()
        self.carrier.down = NO_CREDIT
        self.seconds = 0.0
        self.relay = Relay(town.desk, town.store, (self.carrier,), lambda: self.seconds)
        self.asked_codes = 0

    async def ask_code(self) -> CodeDelivery:
        """Ask for a code in a browser of its own."""
        self.asked_codes += 1
        async with self.town.store.open_unit() as uow:
            context = ActionContext(self.town.desk, uow)
            _, session = await open_session(context)
            mobile, source = f"0935100{self.asked_codes:04}", f"203.0.113.{self.asked_codes}"
            return await send_session_code(context, session, mobile, "my-requests", source)

    async def pass_time(self, length: timedelta) -> None:
        """Let time pass at both clocks, and the jobs of the relay run."""
        self.town.clock.at += length
        self.seconds += length.total_seconds()
        await self.relay.expire_messages()
        await self.relay.send_due()


async def test_it_is_later_once_a_code_waits_and_no_more_once_the_provider_is_back(town: Municipality) -> None:
    outage = SmsOutage(town)
    assert await outage.ask_code() is SENT, "nobody knows yet"
    await outage.pass_time(SMS_PATIENCE)
    assert await outage.ask_code() is SENT
    await outage.pass_time(SECOND)
    assert [await outage.ask_code() for _ in range(3)] == [LATER] * 3
    outage.carrier.down = None
    await outage.pass_time(LONGEST_DOWN_TIME)
    assert len(outage.carrier.taken) == 2
    assert await outage.ask_code() is SENT


async def test_a_code_that_died_waiting_is_remembered_for_a_while_and_then_another_is_tried(town: Municipality) -> None:
    outage = SmsOutage(town)
    assert await outage.ask_code() is SENT
    await outage.pass_time(CODE_LIFETIME + SECOND)
    assert await outage.ask_code() is LATER, "the code has expired unsent"
    await outage.pass_time(SMS_MEMORY - CODE_LIFETIME)
    assert await outage.ask_code() is SENT
    await outage.pass_time(SMS_PATIENCE + SECOND)
    assert await outage.ask_code() is LATER


async def test_any_sms_that_leaves_ends_it_at_once(town: Municipality) -> None:
    outage = SmsOutage(town)
    await outage.ask_code()
    await outage.pass_time(CODE_LIFETIME + SECOND)
    outage.carrier.down = None
    await town.order()
    await outage.pass_time(LONGEST_DOWN_TIME)
    assert await outage.ask_code() is SENT
