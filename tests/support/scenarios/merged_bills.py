"""Bills of one payer merged in a town of a test, and paid under their one pair of ids."""

from dataclasses import dataclass

from domain.actions.bills.merged_bills import merge_bills
from domain.actions.bills.pay_by_ids import RecordedReceipt, announce_receipt, record_payment_by_ids
from domain.actions.context import ActionContext, ActorContext
from domain.bills.bill import Bill, BillState, Payment, PaymentMethod, Refund
from domain.bills.merged_bill import MergedBill, derive_merged_state
from domain.bills.pos_receipts import PosReceipt
from domain.ledger.balances import TrialBalance
from domain.values.actors import Actor, Role
from tests.support.municipality import CITIZEN, Municipality, actor

DAYS = ("۲۰", "۲۱", "۲۲")


@dataclass(slots=True)
class MergedTown:
    """A town in which three requests of one citizen wait for money."""

    town: Municipality
    codes: list[str]

    async def list_bills(self) -> list[Bill]:
        """Return the bills, as they stand."""
        return [(await self.town.bills(code))[-1] for code in self.codes]

    async def list_states(self) -> list[str]:
        """Return how they stand."""
        return [bill.state.value for bill in await self.list_bills()]

    async def merge(self, *bills: Bill) -> MergedBill:
        """Merge all bills, or these."""
        parts = bills or await self.list_bills()
        async with self.town.store.open_unit() as uow:
            return await merge_bills(ActionContext(self.town.desk, uow), [bill.id for bill in parts])

    async def pay(
        self,
        merged_bill: MergedBill,
        reference: str = "778899",
        *,
        amount: int | None = None,
        method: PaymentMethod = PaymentMethod.SLIP,
        by: Actor | None = None,
        receipt: PosReceipt | None = None,
        surplus: bool = False,
    ) -> RecordedReceipt:
        """Let money come under the pair of ids."""
        payer, town = by or actor(Role.REVENUE), self.town
        ids, rials = (merged_bill.bill_id, merged_bill.payment_id), amount or merged_bill.amount
        async with town.store.open_unit() as uow:
            context = ActorContext(town.desk, uow, payer)
            recorded = await record_payment_by_ids(context, ids, rials, method, reference, receipt, surplus=surplus)
            await announce_receipt(context, recorded)
        return recorded

    async def find_state(self, merged_bill: MergedBill) -> BillState:
        """Return how a merged bill stands."""
        async with self.town.store.open_unit(write=False) as uow:
            return derive_merged_state([(await uow.bills.get(row)).state for row in merged_bill.part_row_ids])

    async def list_payments(self) -> list[Payment]:
        """Return all that came in for the requests, in their order."""
        return [payment for code in self.codes for payment in await self.town.payments(code)]

    async def list_refunds(self) -> list[Refund]:
        """Return all that is due back, or went back."""
        return [refund for code in self.codes for refund in await self.town.refunds(code)]

    async def check_ledger(self) -> TrialBalance:
        """Return the trial balance, which is in balance, and says what the books say."""
        async with self.town.store.open_unit(write=False) as uow:
            totals = TrialBalance.from_totals(await uow.ledger.sum_accounts(None, None))
            assert await uow.ledger.list_differences(10) == []
        assert (totals.debit - totals.credit, sum(row.closing_balance for row in totals.rows)) == (0, 0)
        return totals


async def open_merged_town(town: Municipality, mobile: str = CITIZEN) -> MergedTown:
    """Let a citizen order a machine on three days, up to the bills."""
    orders = [f"ماشین لودر ۴ ساعت {day} آذر ساعت ۸ خیابان ساحل" for day in DAYS]
    return MergedTown(town, [await town.reach("awaiting_payment", text=order, mobile=mobile) for order in orders])
