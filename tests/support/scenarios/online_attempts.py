"""Attempts to pay online on the staff's site of a test: at a scripted bank."""

from dataclasses import replace
from datetime import timedelta

from domain.actions.context import ActionContext, ActorContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.advance import advance_due_attempts
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.callbacks import receive_callback
from domain.actions.registries.charges import bill_and_notify
from domain.bills.bill import Bill
from domain.gateways.attempt import PaymentAttempt
from domain.gateways.gateway import GatewayAnswer, SaleState
from domain.registries.declarations import REGISTRIES
from domain.values.actors import Role
from tests.support.municipality import actor
from tests.support.scripted_bank import SETTLES_BY_CALL, ScriptedBank, answer
from tests.support.staff_site import StaffSite

BEHPARDAKHT = "behpardakht"
QUICK = timedelta(seconds=20)
"""After so long an outcome is unknown here: fresh proofs of the staff must not grow old by it."""
CARD = "603799******7893"
NOT_FOUND = GatewayAnswer(sale_state=None, code="42")
"""As Behpardakht denies a sale, for ever."""


def open_bank(site: StaffSite) -> ScriptedBank:
    """Let the site's gateway be a bank that answers what the test tells it to."""
    bank = ScriptedBank(BEHPARDAKHT, replace(SETTLES_BY_CALL, verify_within=QUICK))
    site.gateways[BEHPARDAKHT] = bank
    return bank


async def issue_row_bill(site: StaffSite, registry: str, row: int) -> Bill:
    """Bill a duty or a fine."""
    async with site.store.open_unit() as uow:
        return await bill_and_notify(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), REGISTRIES[registry], row)


async def leave(site: StaffSite, bank: ScriptedBank, *bills: Bill) -> PaymentAttempt:
    """Leave for the bank to pay bills."""
    desk, store = site.demo.desk, site.store
    async with store.open_unit() as uow:
        token = (await ensure_payment_link(ActionContext(desk, uow), bills)).token
    attempt, _ = await begin_payment(desk, store, bank, token, "portal", "https://gomishan.example/pay/callback")
    return attempt


async def come_back(site: StaffSite, bank: ScriptedBank, attempt: PaymentAttempt, sale: str = "5142") -> None:
    """Come back from the bank, which says that it was paid."""
    values = {"order": str(attempt.order_number), "reference": attempt.reference or "", "code": "0", "sale": sale}
    values |= bank.read_address(attempt.order_number)
    await receive_callback(site.demo.desk, site.store, bank, "POST", values, "192.0.2.7")


async def advance(site: StaffSite, **length: float) -> None:
    """Let time pass, then let the job do what is due."""
    site.clock.at += timedelta(**length)
    await advance_due_attempts(site.demo.desk, site.store, site.gateways)


async def leave_unknown(site: StaffSite, bank: ScriptedBank, *bills: Bill, sale: str = "5142") -> PaymentAttempt:
    """Pay, as a browser says, what the bank denies until nobody knows."""
    attempt = await leave(site, bank, *bills)
    await come_back(site, bank, attempt, sale)
    bank.script(*[NOT_FOUND] * 9)
    await advance(site, seconds=1)
    await advance(site, seconds=30)
    return await load_attempt(site, attempt)


async def settle(
    site: StaffSite, bank: ScriptedBank, *bills: Bill, sale: str = "9000001", paid_amount: int | None = None
) -> PaymentAttempt:
    """Pay, as the bank confirms; `paid_amount` after a discount of its."""
    attempt = await leave(site, bank, *bills)
    await come_back(site, bank, attempt, sale)
    bank.script(answer(SaleState.VERIFIED, card=CARD, paid_amount=paid_amount), answer(SaleState.SETTLED))
    await advance(site, seconds=1)
    await advance(site, seconds=1)
    return await load_attempt(site, attempt)


async def load_attempt(site: StaffSite, attempt: PaymentAttempt) -> PaymentAttempt:
    """Return an attempt as it stands."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.payment_attempts.get(attempt.id)
