"""Bills of one citizen: those of own requests, duties and fines that are to be paid, and what was paid last."""

from datetime import datetime

from domain.actions.context import ActionContext
from domain.actions.registries.charges import find_unowed_reason, issue_row_bill
from domain.actions.registries.rows import list_rows_of_contact
from domain.bills.bill import Bill, BillState
from domain.blocks.billing import BillingContext
from domain.blocks.charging import list_request_bills
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.rules import ChargeState
from domain.repositories import BillSubjectRepositories
from domain.requests.request import Phase, RequestFilter

CHARGED_REGISTRIES: tuple[Registry, ...] = tuple(registry for registry in REGISTRIES.values() if registry.charge_terms)
"""The registries whose rows are owed."""

_NEWEST_REQUESTS = 20
"""Requests among which the last payment is looked for."""

MOST_OWN_REQUESTS = 200
"""Own requests whose bills are looked for."""


async def list_payable_own_bills(context: ActionContext[BillSubjectRepositories], mobile: str) -> list[Bill]:
    """Return all bills that somebody (+989…) can pay: those of requests, newest request first, then those of rows."""
    row_bills = await list_payable_row_bills(context, mobile)
    criteria = RequestFilter(mobile=mobile, phase=Phase.NEEDS_PAYMENT, limit=MOST_OWN_REQUESTS)
    requests = await context.uow.requests.list_requests(criteria)
    request_bills = [bill for request in requests for bill in await list_request_bills(context.uow.bills, request)]
    return [*(bill for bill in request_bills if bill.state.is_payable), *row_bills]


async def list_payable_row_bills(context: ActionContext[BillSubjectRepositories], mobile: str) -> list[Bill]:
    """Return the unpaid bills of rows that concern a mobile (+989…), oldest row first.

    What is owed and has no bill yet is billed, as when its plate is asked for; a violation without a fine, or annulled,
    is owed nothing for.
    """
    billing_context, row_bills = (
        BillingContext(context.dependencies.ids, context.dependencies.policy, context.dependencies.clock.now()),
        [],
    )
    for registry in CHARGED_REGISTRIES:
        unpaid_condition = {"state": ChargeState.UNSETTLED}
        for row in await list_rows_of_contact(context.uow.registries, registry, mobile, unpaid_condition):
            if find_unowed_reason(registry, row) is None:
                row_bills.append(
                    await issue_row_bill(context.uow, billing_context, registry, row.id, f"citizen:{mobile}")
                )
    return [bill for bill in row_bills if bill.state.is_payable]


async def list_expired_own_bills(uow: BillSubjectRepositories, mobile: str, since: datetime) -> list[Bill]:
    """Return the bills of a mobile's (+989…) newest requests that nobody paid in time, as far as they ended after
    `since`.
    """
    requests = await uow.requests.list_requests(RequestFilter(mobile=mobile, limit=_NEWEST_REQUESTS))
    bills = [bill for request in requests for bill in await list_request_bills(uow.bills, request)]
    return [bill for bill in bills if bill.state is BillState.EXPIRED and bill.settled_at and bill.settled_at > since]


async def find_last_paid_bill(uow: BillSubjectRepositories, mobile: str) -> Bill | None:
    """Return the bill of a mobile (+989…) that was paid last, of the newest requests and of all rows; None without
    one.
    """
    requests = await uow.requests.list_requests(RequestFilter(mobile=mobile, limit=_NEWEST_REQUESTS))
    bills = [bill for request in requests for bill in await list_request_bills(uow.bills, request)]
    for registry in CHARGED_REGISTRIES:
        for row in await list_rows_of_contact(uow.registries, registry, mobile, {"state": (ChargeState.PAID,)}):
            bills += await uow.bills.list_of_subject(registry.key, row.id)
    paid_at_by_bill = {bill.id: bill.settled_at for bill in bills if bill.state.was_paid and bill.settled_at}
    paid_bills = [bill for bill in bills if bill.id in paid_at_by_bill]
    return max(paid_bills, key=lambda bill: paid_at_by_bill[bill.id], default=None)
