"""The revenue unit of a municipality in which money comes, goes back and is put right, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from domain.actions.bills.merged_bills import merge_bills
from domain.actions.bills.pay import record_payment
from domain.actions.bills.pay_by_ids import record_payment_by_ids
from domain.actions.bills.refunds import approve_refund, record_refund
from domain.actions.bills.reversals import reverse_payment
from domain.actions.bills.suspense import (
    ReturnTransfer,
    approve_return,
    hold_in_suspense,
    match_receipt,
    return_receipt,
)
from domain.actions.context import ActionContext, ActorContext
from domain.actions.registries.charges import issue_row_bill, waive_row
from domain.bills.bill import Bill, BillState, PaymentMethod, Refund, RefundState
from domain.bills.merged_bill import MergedBill
from domain.blocks.billing import BillingContext
from domain.ledger.accounts import MoneySource
from domain.registries.declarations import DUTY
from domain.values.actors import SYSTEM, Actor, Role
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality, StandingClock, actor, build_desk
from tests.support.scenarios.taxi_registries import PLATE, SECOND_PLATE, a_duty, furnish

IBAN = "IR910120000000100324200001"
CLERK = replace(actor(Role.CLERK), kind="clerk", identifier="1001", office_code="1001")
"""Of a counter office."""
AMOUNTS = (1_000_000, 2_500_000, 700_000_000)
"""The last is above what one person may send back alone."""
SOURCES: tuple[tuple[PaymentMethod, str | None, bool], ...] = (
    (PaymentMethod.SLIP, None, False),
    (PaymentMethod.BANK_FILE, None, False),
    (PaymentMethod.POS, None, False),
    (PaymentMethod.POS, None, True),
    (PaymentMethod.GATEWAY, "saman", False),
    (PaymentMethod.GATEWAY, "zarinpal", False),
)
"""Method, gateway, and whether a counter office brings it."""
MOVES = (
    *("issue", "pay", "pay", "pay", "reverse", "waive", "close", "cancel", "send_back", "hold", "match", "give_back"),
    *("merge", "pay_merged", "pay_merged"),
)


@dataclass(slots=True)
class RevenueUnit:
    """Each example has bills and receipts of its own."""

    town: Municipality
    numbers: Any = field(default_factory=count)
    bills: list[int] = field(default_factory=list)
    receipts: list[int] = field(default_factory=list)
    merged: list[MergedBill] = field(default_factory=list)
    draw: st.DataObject | None = None

    @classmethod
    async def open(cls, url: str) -> "RevenueUnit":
        """Open one with taxis that owe."""
        clock = StandingClock()
        town = Municipality(build_desk(clock), await SqlStore.connect(url), clock, Path())
        await furnish(town)
        return cls(town)

    def begin(self, draw: st.DataObject) -> None:
        """Begin an example."""
        self.bills, self.receipts, self.merged, self.draw = [], [], [], draw

    def pick(self, options: Sequence[Any]) -> Any:
        """One of them."""
        assert self.draw
        return self.draw.draw(st.sampled_from(options))

    @property
    def person(self) -> Actor:
        """Somebody of the revenue unit."""
        return actor(Role.REVENUE, self.pick(("revenue", "bookkeeper")))

    async def bill(self) -> Bill:
        """A bill of this example."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.bills.get(self.pick(self.bills))

    async def move(self) -> None:
        """Do something; some of it is refused."""
        name = self.pick(MOVES) if self.bills else "issue"
        self.town.clock.at += timedelta(minutes=self.pick((0, 1, 600)))
        await getattr(self, name)()

    async def issue(self) -> None:
        """Bill a duty."""
        number = next(self.numbers)
        vehicle = (PLATE, SECOND_PLATE)[number % 2]
        row = await a_duty(self.town, self.pick(AMOUNTS), year=1300 + number // 2, vehicle=vehicle)
        desk = self.town.desk
        async with self.town.store.open_unit() as uow:
            till = BillingContext(desk.ids, desk.policy, desk.clock.now())
            self.bills.append((await issue_row_bill(uow, till, DUTY, row.id, "staff:revenue")).id)

    async def pay(self) -> None:
        """Let money come in, once more where it came before."""
        bill, (method, gateway, by_office) = await self.bill(), self.pick(SOURCES)
        ids, who = (bill.bill_id, bill.payment_id), CLERK if by_office else self.person
        async with self.town.store.open_unit() as uow:
            await record_payment(
                ActorContext(self.town.desk, uow, who),
                ids,
                bill.amount,
                method,
                f"{next(self.numbers):012}",
                surplus=True,
                gateway=gateway,
            )

    async def merge(self) -> None:
        """Merge some of the bills of one payer: the cars of two numbers in turn are two owners'."""
        parts = [await self.bill() for _ in range(self.pick((2, 3)))]
        async with self.town.store.open_unit() as uow:
            self.merged.append(await merge_bills(ActionContext(self.town.desk, uow), [part.id for part in parts]))

    async def pay_merged(self) -> None:
        """Let money come under a pair of ids of several bills; all of it is on them afterwards."""
        if not self.merged:
            return
        merged_bill, (method, gateway, by_office) = self.pick(self.merged), self.pick(SOURCES)
        ids, who = (merged_bill.bill_id, merged_bill.payment_id), CLERK if by_office else self.person
        number, amount = f"{next(self.numbers):012}", merged_bill.amount
        stored_number = f"{CLERK.office_code}/{number}" if by_office else number
        for _ in range(self.pick((1, 2))):
            async with self.town.store.open_unit() as uow:
                recorded = await record_payment_by_ids(
                    ActorContext(self.town.desk, uow, who), ids, amount, method, number, surplus=True, gateway=gateway
                )
            assert recorded.amount == amount
        async with self.town.store.open_unit(write=False) as uow:
            came = [one for row in merged_bill.part_row_ids for one in await uow.bills.list_payments(row)]
        assert sum(one.amount for one in came if one.reference == stored_number) == amount

    async def reverse(self) -> None:
        """Reverse a payment that was recorded wrongly."""
        bill = await self.bill()
        async with self.town.store.open_unit() as uow:
            if payments := await uow.bills.list_payments(bill.id):
                payment = self.pick([one.id for one in payments])
                await reverse_payment(ActorContext(self.town.desk, uow, self.person), bill.bill_id, payment, "اشتباه")

    async def waive(self) -> None:
        """Let somebody off."""
        bill = await self.bill()
        async with self.town.store.open_unit() as uow:
            await waive_row(uow, DUTY, bill.subject_id, "جانباز", "staff:revenue", self.town.clock.at)

    async def close(self) -> None:
        """Close a bill as a service does: it expires, or its request was given up."""
        bill = await self.bill()
        if bill.state.is_payable:
            bill.state = self.pick((BillState.EXPIRED, BillState.VOID))
            bill.settled_at = self.town.clock.at
            async with self.town.store.open_unit() as uow:
                await uow.bills.save(bill)

    async def cancel(self) -> None:
        """Have all or some of what was paid due back, as a service does."""
        bill = await self.bill()
        if bill.state is BillState.PAID:
            amount, now = bill.amount // self.pick((1, 2)), self.town.clock.at
            refund = Refund(
                self.town.new_id(), bill.id, amount, "cancelled", RefundState.DUE, now, bill_was=BillState.PAID
            )
            bill.state = BillState.REFUND_DUE
            async with self.town.store.open_unit() as uow:
                await uow.bills.add_refund(refund)
                await uow.bills.save(bill)

    async def send_back(self) -> None:
        """Send back what is due, approved by another one."""
        bill, desk, who = await self.bill(), self.town.desk, self.person
        async with self.town.store.open_unit() as uow:
            due = sum(one.amount for one in await uow.bills.list_refunds(bill.id) if one.state is RefundState.DUE)
            await approve_refund(ActorContext(desk, uow, actor(Role.MANAGER, "manager")), bill.bill_id, IBAN, due)
            await record_refund(ActorContext(desk, uow, who), bill.bill_id, IBAN, f"back {next(self.numbers)}")

    async def hold(self) -> None:
        """Let money come that fits no bill."""
        method, gateway, _ = self.pick([one for one in SOURCES if one[0] is not PaymentMethod.POS])
        number = f"{next(self.numbers):012}"
        async with self.town.store.open_unit() as uow:
            amount = self.pick(AMOUNTS)
            source = MoneySource(method, gateway)
            context = ActorContext(self.town.desk, uow, SYSTEM)
            held = await hold_in_suspense(context, source, amount, number, {"line": 1})
            assert held == await hold_in_suspense(context, source, amount, number, {"line": 1})
        self.receipts.append(held.id)

    async def match(self) -> None:
        """Find whose it is."""
        if not self.receipts:
            return
        bill, receipt = await self.bill(), self.pick(self.receipts)
        ids = (bill.bill_id, bill.payment_id)
        async with self.town.store.open_unit() as uow:
            await match_receipt(
                ActorContext(self.town.desk, uow, self.person), receipt, ids, "قبض پیدا شد", surplus=True
            )

    async def give_back(self) -> None:
        """Have it transferred back."""
        if not self.receipts:
            return
        desk, receipt, who = self.town.desk, self.pick(self.receipts), self.person
        async with self.town.store.open_unit() as uow:
            if self.pick((True, True, False)):
                await approve_return(ActorContext(desk, uow, actor(Role.MANAGER, "manager")), receipt, IBAN)
            transfer = ReturnTransfer(IBAN, f"back {next(self.numbers)}", "صاحب آن پیدا نشد")
            await return_receipt(ActorContext(desk, uow, who), receipt, transfer)
