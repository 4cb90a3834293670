"""Money that is due back, on the staff's site of a test: of a request that was cancelled, of what was paid twice."""

from itertools import count

from domain.actions.bills.pay import record_payment
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.refunds.accounts import ask_for_ibans, give_iban
from domain.actions.refunds.transfer_files import make_transfer_file
from domain.actions.registries.charges import bill_and_notify
from domain.actions.walk_ins.mobile_correction import correct_mobile
from domain.bills.bill import Bill, PaymentMethod
from domain.blocks.charging import REQUEST_SUBJECT as REQUEST
from domain.registries.declarations import REGISTRIES
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from domain.values.ibans import parse_iban
from domain.values.tracking_codes import parse_code
from tests.support.municipality import actor
from tests.support.staff_site import StaffSite

IBAN = "IR910120000000100324200001"

RECORDER = "bookkeeper"
"""Recorder of money that came in."""

_references = count(7000)


async def pay(site: StaffSite, bill: Bill) -> None:
    """Let somebody of the revenue unit, who sends none of it back, record a slip: a surplus once the bill is paid."""
    desk, revenue, ids = site.demo.desk, actor(Role.REVENUE, RECORDER), (bill.bill_id, bill.payment_id)
    async with site.store.open_unit() as uow:
        reference = str(next(_references))
        settled = await record_payment(
            ActorContext(desk, uow, revenue), ids, bill.amount, PaymentMethod.SLIP, reference, surplus=True
        )
        if settled.outcome:
            await announce_outcome(ActorContext(desk, uow, revenue), settled.outcome)


async def cancelled(site: StaffSite, corrected_to: str | None = None) -> tuple[ServiceRequest, Bill]:
    """A request that was paid and then cancelled, with its bill: all of it is due back. Between the two its mobile may
    be corrected.
    """
    request = await site.submitted()
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await uow.bills.list_of_subject(REQUEST, request.id)
    await pay(site, bill)
    if corrected_to:
        async with site.store.open_unit() as uow:
            code = parse_code(request.code)
            await correct_mobile(ActorContext(site.demo.desk, uow, actor(Role.CIVIL)), code, corrected_to, "کارت ملی")
    await site.demo.act(request.code, "cancel", Role.CIVIL)
    return request, bill


async def paid_twice(site: StaffSite, registry: str, row: int) -> Bill:
    """The bill of a duty or a fine that was paid twice: one of both is due back."""
    async with site.store.open_unit() as uow:
        bill = await bill_and_notify(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), REGISTRIES[registry], row)
    for _ in range(2):
        await pay(site, bill)
    return bill


async def give_account(site: StaffSite, bill: Bill) -> None:
    """Let whom the money of a bill belongs to say an account; they are asked first."""
    await ask_for_ibans(site.demo.desk, site.store)
    mobile = await _find_mobile(site, bill)
    async with site.store.open_unit() as uow:
        await give_iban(ActorContext(site.demo.desk, uow, actor(Role.CITIZEN, mobile)), mobile, parse_iban(IBAN))


async def make_file(site: StaffSite) -> int:
    """Make today's file with the money of a cancelled request; return its id."""
    _, bill = await cancelled(site)
    await give_account(site, bill)
    async with site.store.open_unit() as uow:
        return (await make_transfer_file(ActorContext(site.demo.desk, uow, actor(Role.REVENUE, "maker")))).id


async def _find_mobile(site: StaffSite, bill: Bill) -> str:
    async with site.store.open_unit(write=False) as uow:
        account = await uow.refund_transfers.find_account(bill.id)
    assert account is not None
    return account.mobile
