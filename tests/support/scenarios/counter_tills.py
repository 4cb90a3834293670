"""A counter office that takes money, on the staff's site of a test."""

from domain.actions.bills.pay import record_payment
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.offices import accounts
from domain.bills.bill import Bill, PaymentMethod
from domain.blocks.charging import REQUEST_SUBJECT as REQUEST
from domain.values.actors import SYSTEM, Role
from tests.support.municipality import OFFICE, clerk
from tests.support.staff_site import StaffSite


async def open_office(site: StaffSite, name: str = "دفتر ۱۰۰۱") -> None:
    """Add the office 1001."""
    async with site.store.open_unit() as uow:
        await accounts.add_office(ActorContext(site.demo.desk, uow, SYSTEM), site.vault, OFFICE, name)


async def a_bill_to_pay(site: StaffSite) -> Bill:
    """The open bill of a request, for a day on which nobody else of a furnished site wants a machine."""
    request = await site.submitted(date="2026-12-12")
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await uow.bills.list_of_subject(REQUEST, request.id)
    return bill


async def report(site: StaffSite, bill: Bill, *references: str) -> None:
    """Let the office report that its terminal took the bill's amount, once with each reference."""
    desk, who, ids = site.demo.desk, clerk(), (bill.bill_id, bill.payment_id)
    for reference in references:
        async with site.store.open_unit() as uow:
            settled = await record_payment(ActorContext(desk, uow, who), ids, bill.amount, PaymentMethod.POS, reference)
            if settled.outcome:
                await announce_outcome(ActorContext(desk, uow, who), settled.outcome)
