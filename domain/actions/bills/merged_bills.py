"""Bills of one payer merged into one pair of ids, so that they are paid at once where every bill has to be typed in: by
USSD a card pays one bill a day.

Merging posts nothing and closes nothing: the parts stay payable by themselves.
"""

from collections.abc import Iterable, Sequence

from domain.actions.bills.subjects import SUBJECTS, lock_bills
from domain.actions.context import ActionContext
from domain.bills.bill import Bill, BillState
from domain.bills.merged_bill import FEWEST_PARTS, MergedBill
from domain.bills.ports import BillRepository
from domain.blocks.billing import BillingContext, draw_bill_ids
from domain.repositories import BillRepositories, BillSubjectRepositories, RequestRepositories
from domain.values import bill_ids
from domain.values.errors import BillNotFound, NotAllowedNow
from domain.values.languages import join_list
from domain.values.reasons import NotAllowedReason


async def merge_bills(context: ActionContext[BillSubjectRepositories], bill_row_ids: Iterable[int]) -> MergedBill:
    """Return the merged bill of these bills, made now where there is none: the same bills have the same one.

    Errors: `NotAllowedNow("bill_id")` for fewer than two bills, of several payers, closed or just being paid, and
    `InvalidField("amount")` where a payment id cannot say their sum.
    """
    bills = await lock_bills(context.uow, sorted(set(bill_row_ids)))
    _refuse_unmergeable(bills)
    if len({await SUBJECTS[bill.subject_kind].find_mobile(context.uow, bill) for bill in bills}) > 1:
        raise NotAllowedNow("bill_id", NotAllowedReason.SEVERAL_PAYERS)
    part_row_ids = tuple(bill.id for bill in bills)
    known_bill = await context.uow.merged_bills.find_of_parts(part_row_ids)
    return known_bill or await _create_merged_bill(context, part_row_ids, sum(bill.amount for bill in bills))


def may_merge(bills: Sequence[Bill]) -> bool:
    """Return whether bills of one payer can be merged, as far as they themselves say."""
    try:
        _refuse_unmergeable(bills)
    except NotAllowedNow:
        return False
    return sum(bill.amount for bill in bills) <= bill_ids.HIGHEST_AMOUNT


async def load_parts(bills: BillRepository, merged_bill: MergedBill) -> list[Bill]:
    """Return the parts of a merged bill, in ascending order of their rows."""
    return [await bills.get(bill_row_id) for bill_row_id in merged_bill.part_row_ids]


async def find_payable(uow: BillRepositories, bill_id: str) -> Bill | MergedBill:
    """Return the bill, or the merged bill, that has a bill id; `BillNotFound`."""
    try:
        return await uow.bills.get_by_bill_id(bill_id)
    except BillNotFound:
        if merged_bill := await uow.merged_bills.find_by_bill_id(bill_id):
            return merged_bill
        raise


async def load_paid_bills(bills: BillRepository, payable: Bill | MergedBill) -> list[Bill]:
    """Return the bills that money for something payable goes to: itself, or its parts in ascending order of rows."""
    return [payable] if isinstance(payable, Bill) else await load_parts(bills, payable)


async def load_bills_by_id(uow: BillRepositories, bill_id_text: str) -> list[Bill]:
    """Return the bill with a bill id that people typed, or the parts of the merged bill that has it.

    `InvalidField("bill_id")`, `BillNotFound`.
    """
    return await load_paid_bills(uow.bills, await find_payable(uow, bill_ids.parse_bill_id(bill_id_text)))


async def render_parts_title(context: ActionContext[RequestRepositories], parts: Sequence[Bill]) -> str:
    """Return what several bills are for, in words that anybody who has their ids may read; each thing once."""
    titles = [await SUBJECTS[part.subject_kind].render_title(context, part) for part in parts]
    return join_list(dict.fromkeys(titles))


def _refuse_unmergeable(bills: Sequence[Bill]) -> None:
    if len(bills) < FEWEST_PARTS:
        raise NotAllowedNow("bill_id", NotAllowedReason.SINGLE_BILL)
    if not all(bill.state.is_payable for bill in bills):
        raise NotAllowedNow("bill_id", NotAllowedReason.CLOSED_BILL)
    if any(bill.state is BillState.PAYING for bill in bills):
        raise NotAllowedNow("bill_id", NotAllowedReason.BILL_BEING_PAID)


async def _create_merged_bill(
    context: ActionContext[BillRepositories], part_row_ids: tuple[int, ...], amount: int
) -> MergedBill:
    now = context.dependencies.clock.now()
    billing_context = BillingContext(context.dependencies.ids, context.dependencies.policy, now)
    file_number, issued_ids = await draw_bill_ids(context.uow.bills, billing_context, amount)
    merged_bill = MergedBill(
        id=context.dependencies.ids.new_id(),
        file_number=file_number,
        bill_id=issued_ids.bill_id,
        payment_id=issued_ids.payment_id,
        amount=amount,
        part_row_ids=part_row_ids,
        created_at=now,
    )
    await context.uow.merged_bills.add(merged_bill)
    return merged_bill
