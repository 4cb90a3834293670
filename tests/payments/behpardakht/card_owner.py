"""Somebody whose money goes back to the card, and the revenue unit that sends it: over the real store and gateway."""

from collections.abc import Sequence

from domain.actions.bills.refunds import record_refund
from domain.actions.context import ActorContext
from domain.actions.payments.card_refund_worker import send_due_refunds
from domain.actions.payments.card_refunds import send_to_card
from domain.bills.bill import BillState
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState
from domain.ledger.accounts import AccountKey
from domain.values.actors import Role
from tests.payments.behpardakht.test_bills_paid import CardHolder
from tests.support.municipality import actor

IBAN = "IR910120000000100324200001"
REQUEST, CONFIRMATION, INQUIRY = "bpRefundRequest", "bpRefundVerifyRequest", "bpRefundInquiryRequest"
CASHIER = actor(Role.REVENUE, "cashier")


class CardOwner(CardHolder):
    """A citizen whose money goes back to the card, and the revenue unit that sends it."""

    async def pay_online(self, code: str) -> None:
        """Pay the newest bill of a request at the bank."""
        attempt = await self.leave(code)
        await self.come_back(self.pay(attempt))
        await self.wait(attempt, seconds=1)
        assert (await self.town.bills(code))[-1].state.is_settled

    async def cancel_paid(self) -> str:
        """Pay a request online, and cancel it: all of it is due back."""
        code = await self.town.reach("awaiting_payment")
        await self.pay_online(code)
        await self.town.says(f"لغو {code}", "۱")
        assert await self.bill_state(code) is BillState.REFUND_DUE
        return code

    async def send(self, code: str, amount: int | None = None, role: Role = Role.REVENUE) -> list[RefundAttempt]:
        """Have what is due on a request's bill sent to the card."""
        async with self.town.store.open_unit() as uow:
            bill_id = (await self.town.bills(code))[-1].bill_id
            return await send_to_card(ActorContext(self.town.desk, uow, actor(role, "cashier")), bill_id, amount)

    async def send_by_iban(self, code: str, reference: str = "TR-17") -> None:
        """Record a transfer of what is due to an IBAN."""
        async with self.town.store.open_unit() as uow:
            await record_refund(
                ActorContext(self.town.desk, uow, CASHIER), (await self.town.bills(code))[-1].bill_id, IBAN, reference
            )

    async def work(self, **length: float) -> int:
        """Let time pass, and the job run until nothing is due."""
        self.town.advance(**length)
        return await send_due_refunds(self.town.desk, self.town.store, {self.gateway.name: self.gateway})

    async def finish(self, code: str, steps: int = 40) -> RefundAttemptState:
        """Let the job run until the last transfer of a request's bill has ended."""
        while steps and (await self.refund(code)).state.is_open:
            await self.work(minutes=11)
            steps -= 1
        return (await self.refund(code)).state

    async def refund(self, code: str) -> RefundAttempt:
        """Return the last transfer of a request's bill."""
        return (await self.list_refunds(code))[-1]

    async def list_refunds(self, code: str) -> Sequence[RefundAttempt]:
        """Return all transfers of a request's bill."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.card_refunds.list_of_bill((await self.town.bills(code))[-1].id)

    async def events(self, code: str) -> list[str]:
        """Return the history of the last transfer."""
        async with self.town.store.open_unit(write=False) as uow:
            return [event.event for event in await uow.card_refunds.list_events((await self.refund(code)).id)]

    async def balance_of(self, account: AccountKey) -> int:
        """Return what the ledger has on an account; the ledger as a whole says what the books say."""
        async with self.town.store.open_unit(write=False) as uow:
            assert await uow.ledger.list_differences(9) == []
            rows = await uow.ledger.sum_accounts(None, None)
        return sum(row.closing_balance for row in rows if row.account_key == account)
