"""Bills paid at every gateway: the real store and actions, the real gateway, its bank; nothing secret is stored."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.advance import advance_due_attempts
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.callbacks import receive_callback
from domain.actions.payments.recover import recover_unverified
from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.checkout import BOT_UPDATE
from domain.gateways.gateway import PaymentGateway
from tests.contracts.gateways.banks import PUBLIC_ADDRESS, ContractBank, FakeBank, for_gateways_where
from tests.fakes.bank_server import FIRST_CARD
from tests.fakes.server_faults import ServerFault
from tests.support.callback_addresses import read_address_values
from tests.support.municipality import FOUR_HOURS, Municipality


class PayerAtBank:
    """A citizen with bills, a card and a browser; the bank's clock is the municipality's."""

    def __init__(self, town: Municipality, bank: ContractBank, gateway: PaymentGateway) -> None:
        self.town = town
        self.bank = bank
        self.gateway = gateway
        bank.now = town.clock.now()

    async def leave(self, code: str) -> PaymentAttempt:
        """Leave for the bank to pay the newest bill of a request."""
        bills = (await self.town.bills(code))[-1:]
        async with self.town.store.open_unit() as uow:
            token = (await ensure_payment_link(ActionContext(self.town.desk, uow), bills)).token
        address = f"{PUBLIC_ADDRESS}/pay/{self.gateway.name}/callback"
        attempt, _ = await begin_payment(self.town.desk, self.town.store, self.gateway, token, "portal", address)
        return attempt

    def pay(self, attempt: PaymentAttempt) -> dict[str, str]:
        """Pay, and return what the browser brings back."""
        assert attempt.reference
        return self.bank.pay(attempt.reference)

    async def come_back(self, values: Mapping[str, str]) -> None:
        """Come back from the bank."""
        [method, *_] = self.gateway.capabilities.callback_methods or {BOT_UPDATE}
        brought = set(values.values())
        named = next(sale for sale in self.bank.sales.values() if {str(sale.order_number), sale.reference} & brought)
        values = {**values, **read_address_values(named.callback_url)}
        await receive_callback(self.town.desk, self.town.store, self.gateway, method, values, "192.0.2.7")

    async def wait(self, attempt: PaymentAttempt, **length: float) -> AttemptState:
        """Let time pass and the jobs work; return the attempt's state."""
        self.town.advance(**length)
        self.bank.now = self.town.clock.now()
        gateways = {self.gateway.name: self.gateway}
        await recover_unverified(self.town.desk, self.town.store, gateways)
        while await advance_due_attempts(self.town.desk, self.town.store, gateways):
            pass
        async with self.town.store.open_unit(write=False) as uow:
            return (await uow.payment_attempts.get(attempt.id)).state

    async def bill_state(self, code: str) -> BillState:
        """The state of the newest bill of a request."""
        return (await self.town.bills(code))[-1].state

    def payments(self) -> tuple[int, int]:
        """Number of payments, and their sum."""
        [(count, amount)] = self.town.rows("SELECT count(*), coalesce(sum(amount), 0) FROM payments")
        return count, amount


@pytest.fixture
def payer(town: Municipality, bank: ContractBank, gateway: PaymentGateway) -> PayerAtBank:
    """A payer at each bank."""
    return PayerAtBank(town, bank, gateway)


async def test_a_bill_is_paid_once_and_nothing_secret_is_stored(
    payer: PayerAtBank, fake_bank: FakeBank, database: Path
) -> None:
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    assert await payer.bill_state(code) is BillState.PAYING
    values = payer.pay(attempt)
    await payer.come_back(values)
    await payer.come_back(values)
    assert await payer.wait(attempt, seconds=1) is AttemptState.SETTLED
    await payer.come_back(values)
    assert await payer.wait(attempt, hours=1) is AttemptState.SETTLED
    assert await payer.bill_state(code) is BillState.PAID
    assert payer.payments() == (1, FOUR_HOURS)
    stored = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert [secret for secret in (*fake_bank.secrets, FIRST_CARD) if secret.encode() in stored] == []


@for_gateways_where(lambda fake_bank, _: fake_bank.has_network)
async def test_a_lost_answer_is_asked_for_again(payer: PayerAtBank) -> None:
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    payer.bank.fail_next("verify", ServerFault.CUT_AFTER)
    await payer.come_back(payer.pay(attempt))
    assert await payer.wait(attempt, seconds=1) is AttemptState.RETURNED
    assert await payer.wait(attempt, minutes=1) is AttemptState.SETTLED
    assert payer.payments() == (1, FOUR_HOURS)


async def test_a_payer_who_never_comes_back_has_paid_or_finds_the_bill_open(payer: PayerAtBank) -> None:
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    payer.pay(attempt)
    for _ in range(19):
        await payer.wait(attempt, minutes=3)
    state = await payer.wait(attempt, hours=1)
    counted = payer.payments()
    assert (state, await payer.bill_state(code), counted) in [
        (AttemptState.SETTLED, BillState.PAID, (1, FOUR_HOURS)),
        (AttemptState.FAILED, BillState.OPEN, (0, 0)),
    ]
    is_found = payer.gateway.capabilities.lists_unverified or payer.gateway.capabilities.inquiry == "order"
    assert (state is AttemptState.SETTLED) == is_found


async def test_one_receipt_pays_one_bill(payer: PayerAtBank) -> None:
    """The callback of one payment is brought once more, made over to another bill of the same amount."""
    paid_code, other_code = await payer.town.reach("awaiting_payment"), await payer.town.reach("awaiting_payment")
    paid, other = await payer.leave(paid_code), await payer.leave(other_code)
    values = payer.pay(paid)
    await payer.come_back(values)
    assert await payer.wait(paid, seconds=1) is AttemptState.SETTLED
    names = {str(paid.order_number): str(other.order_number), paid.reference: other.reference}
    forged = {name: names.get(value, value) or "" for name, value in values.items()}
    await payer.come_back(forged)
    for _ in range(3):
        await payer.wait(other, minutes=10)
    assert await payer.bill_state(paid_code) is BillState.PAID
    assert await payer.bill_state(other_code) is not BillState.PAID
    assert payer.payments() == (1, FOUR_HOURS)
