"""A request's bill paid at Behpardakht: the real store and actions, the real gateway over SOAP, the fake bank."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.advance import advance_due_attempts
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.callbacks import receive_callback
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.gateway import PaymentGateway
from tests.fakes.behpardakht_bank import BehpardakhtBank, BehpardakhtFault
from tests.fakes.behpardakht_pages import build_callback_fields
from tests.support.callback_addresses import read_address_values
from tests.support.municipality import FOUR_HOURS, Municipality

CARD = "6037997500001236"


class CardHolder:
    """A citizen with a bill and a card."""

    def __init__(self, town: Municipality, bank: BehpardakhtBank, gateway: PaymentGateway) -> None:
        self.town = town
        self.bank = bank
        self.gateway = gateway
        bank.sales.clock = town.clock.now

    async def leave(self, code: str) -> PaymentAttempt:
        """Leave for the bank to pay the newest bill of a request."""
        bills = (await self.town.bills(code))[-1:]
        async with self.town.store.open_unit() as uow:
            token = (await ensure_payment_link(ActionContext(self.town.desk, uow), bills)).token
        address = "https://127.0.0.1/pay/behpardakht/callback"
        attempt, page = await begin_payment(self.town.desk, self.town.store, self.gateway, token, "portal", address)
        assert page.form_fields["RefId"] == attempt.reference
        return attempt

    def pay(self, attempt: PaymentAttempt) -> Mapping[str, str]:
        """Pay, and return what the browser brings: here with the whole number of the card."""
        assert attempt.reference
        return {**build_callback_fields(self.bank.sales.pay(attempt.reference, CARD)), "CardHolderPan": CARD}

    async def come_back(self, values: Mapping[str, str]) -> None:
        """Come back from the bank."""
        values = {**values, **read_address_values(self.bank.sales.sessions[values["RefId"]].callback_url)}
        await receive_callback(self.town.desk, self.town.store, self.gateway, "POST", values, "192.0.2.7")

    async def wait(self, attempt: PaymentAttempt, **length: float) -> AttemptState:
        """Let time pass and the worker work; return where the attempt stands."""
        self.town.advance(**length)
        while await advance_due_attempts(self.town.desk, self.town.store, {self.gateway.name: self.gateway}):
            pass
        async with self.town.store.open_unit(write=False) as uow:
            return (await uow.payment_attempts.get(attempt.id)).state

    async def bill_state(self, code: str) -> BillState:
        """State of the bill."""
        return (await self.town.bills(code))[-1].state


@pytest.fixture
def card_holder(town: Municipality, bank: BehpardakhtBank, gateway: PaymentGateway) -> CardHolder:
    return CardHolder(town, bank, gateway)


@pytest.mark.parametrize("fault", [None, "cut_after", "http_500", "garbage"])
@pytest.mark.parametrize("operation", ["bpVerifyRequest", "bpSettleRequest"])
async def test_a_bill_is_paid_once_whatever_the_bank_answers(
    card_holder: CardHolder, operation: str, fault: BehpardakhtFault | None
) -> None:
    code = await card_holder.town.reach("awaiting_payment")
    attempt = await card_holder.leave(code)
    assert await card_holder.bill_state(code) is BillState.PAYING
    card_holder.bank.faults_of[operation].extend([fault] if fault else [])
    values = card_holder.pay(attempt)
    await card_holder.come_back(values)
    assert (await card_holder.wait(attempt, seconds=1) is AttemptState.SETTLED) == (fault is None)
    assert await card_holder.wait(attempt, minutes=1) is AttemptState.SETTLED
    await card_holder.come_back(values)
    await card_holder.wait(attempt, hours=1)
    assert await card_holder.bill_state(code) is BillState.PAID
    assert card_holder.town.rows("SELECT count(*), sum(amount) FROM payments") == [(1, FOUR_HOURS)]
    assert card_holder.bank.sales.deposited == FOUR_HOURS


async def test_the_card_is_nowhere_in_the_database(card_holder: CardHolder, database: Path) -> None:
    code = await card_holder.town.reach("awaiting_payment")
    attempt = await card_holder.leave(code)
    await card_holder.come_back(card_holder.pay(attempt))
    assert await card_holder.wait(attempt, seconds=1) is AttemptState.SETTLED
    stored = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert CARD.encode() not in stored
    assert b"603799******1236" in stored


async def test_who_never_comes_back_has_the_money_again_and_the_bill_is_open(card_holder: CardHolder) -> None:
    code = await card_holder.town.reach("awaiting_payment")
    attempt = await card_holder.leave(code)
    late = card_holder.pay(attempt)
    assert await card_holder.wait(attempt, minutes=16) is AttemptState.SENT
    assert await card_holder.wait(attempt, minutes=30) is AttemptState.FAILED
    assert await card_holder.bill_state(code) is BillState.OPEN
    await card_holder.come_back(late)
    assert await card_holder.wait(attempt, minutes=1) is AttemptState.REVERSED
    assert await card_holder.bill_state(code) is BillState.OPEN
    assert card_holder.bank.sales.taken_from_payers == 0
