"""The bills of a link merged into one pair of ids, for whoever pays at a machine or by USSD instead of online."""

from domain.actions.bills.merged_bills import merge_bills
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.payments.links import load_payable_bills
from domain.bills.merged_bill import MergedBill
from domain.unit_of_work import Store


async def merge_bills_of_link(dependencies: Dependencies, store: Store, token: str) -> MergedBill:
    """Return the merged bill of all bills of a link that can still be paid; `NotFound("payment_link")`, and the errors
    of `merge_bills`.
    """
    async with store.open_unit() as uow:
        context = ActionContext(dependencies, uow)
        payable = await load_payable_bills(context, token)
        return await merge_bills(context, [bill.id for bill in payable.open_bills])
