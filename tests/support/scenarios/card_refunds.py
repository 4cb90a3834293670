"""Money that came online and goes back to the card, on the staff's site of a test: at a scripted bank."""

from dataclasses import replace

from domain.actions.context import ActorContext
from domain.actions.payments.card_refund_worker import send_due_refunds
from domain.actions.payments.card_refunds import list_refunding_gateways, send_to_card
from domain.bills.bill import Bill
from domain.blocks.charging import REQUEST_SUBJECT
from domain.gateways.gateway import CardRefundAnswer, SaleState
from domain.gateways.refund_attempt import RefundAttempt
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from tests.support.municipality import actor
from tests.support.refunding_bank import SENDS_BACK, RefundingBank
from tests.support.scenarios.online_attempts import BEHPARDAKHT, CARD, QUICK, advance, come_back, leave, settle
from tests.support.scripted_bank import answer
from tests.support.staff_site import StaffSite


def open_refunding_bank(site: StaffSite) -> RefundingBank:
    """Let the site's gateway be a bank that sends money back as the test tells it to."""
    bank = RefundingBank(BEHPARDAKHT, replace(SENDS_BACK, verify_within=QUICK))
    site.gateways[BEHPARDAKHT] = bank
    site.demo.desk.card_refund_gateways = list_refunding_gateways(site.gateways)
    return bank


async def cancel_paid_online(
    site: StaffSite, bank: RefundingBank, paid_amount: int | None = None
) -> tuple[ServiceRequest, Bill]:
    """A request that was paid online and then cancelled, with its bill: all of it is due back. `paid_amount` is what
    the card paid after a discount of the bank.
    """
    request = await site.submitted()
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await uow.bills.list_of_subject(REQUEST_SUBJECT, request.id)
    await settle(site, bank, bill, sale=str(bill.id), paid_amount=paid_amount)
    await site.demo.act(request.code, "cancel", Role.CIVIL)
    return request, bill


async def pay_twice(site: StaffSite, bank: RefundingBank, bill: Bill) -> None:
    """Pay a bill online by two sessions: one of both is due back."""
    for attempt in [await leave(site, bank, bill) for _ in range(2)]:
        await come_back(site, bank, attempt, str(attempt.id))
        bank.script(answer(SaleState.VERIFIED, card=CARD), answer(SaleState.SETTLED))
        for _ in range(2):
            await advance(site, seconds=1)


async def send_back(site: StaffSite, bank: RefundingBank, bill: Bill, *answers: CardRefundAnswer) -> None:
    """Have what is due on a bill sent to the card, by a bank that answers so."""
    async with site.store.open_unit() as uow:
        await send_to_card(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), bill.bill_id)
    bank.refund_answers.extend(answers)
    await send_due(site)
    bank.refund_answers.clear()


async def send_due(site: StaffSite) -> None:
    """Let the job run."""
    await send_due_refunds(site.demo.desk, site.store, site.gateways)


async def load_last_refund(site: StaffSite, bill: Bill) -> RefundAttempt:
    """Return the last transfer of a bill back to a card."""
    async with site.store.open_unit(write=False) as uow:
        return (await uow.card_refunds.list_of_bill(bill.id))[-1]
