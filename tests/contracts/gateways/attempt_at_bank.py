"""One attempt over the machine, a real gateway and its bank; nothing is stored, and the bank's clock is everybody's."""

from collections import Counter

from domain.gateways.attempt import AttemptChange, AttemptEffect, AttemptState, BillShare, GatewayCall, PaymentAttempt
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import GatewayAnswer, PaymentGateway, PaymentPage
from tests.contracts.gateways.banks import AMOUNT, ContractBank, build_order
from tests.fakes.bank_server import FIRST_CARD

MOST_STEPS = 200
"""Far more than any payment takes; one that is never over would be found here."""


class AttemptAtBank:
    """Drives one attempt. `step` makes the next call, or lets time do what it does; `finish` goes on to the end."""

    def __init__(self, gateway: PaymentGateway, bank: ContractBank, order_number: int = 7) -> None:
        self.gateway = gateway
        self.bank = bank
        self.machine = AttemptMachine(gateway.capabilities)
        self.events: list[str] = []
        self.effects: Counter[AttemptEffect] = Counter()
        self.attempt = PaymentAttempt(
            id=order_number,
            gateway=gateway.name,
            order_number=order_number,
            shares=(BillShare(1, AMOUNT - 250_000), BillShare(2, 250_000)),
            state=AttemptState.CREATED,
            channel="portal",
            created_at=bank.now,
            session_ends_at=bank.now + gateway.capabilities.session_lasts,
        )

    @property
    def reference(self) -> str:
        """The bank's name of the session."""
        return self.attempt.reference or ""

    @property
    def counted(self) -> int:
        """Number of times its money was counted."""
        return self.effects[AttemptEffect.COUNT_PAYMENT]

    async def start(self) -> None:
        """Open a session."""
        result = await self.gateway.start(build_order(self.attempt.order_number, self.attempt.amount))
        self.apply(self.machine.apply_start(self.attempt, result, self.bank.now))
        assert isinstance(result, PaymentPage) == (self.attempt.state is AttemptState.SENT)

    async def pay(self, *, card: str = FIRST_CARD, amount: int | None = None, discount: int = 0) -> None:
        """Open a session where there is none, pay, and come back."""
        if self.attempt.state is AttemptState.CREATED:
            await self.start()
        self.come_back(self.bank.pay(self.reference, card=card, amount=amount, discount=discount))

    def come_back(self, values: dict[str, str]) -> None:
        """Bring what a browser brings."""
        callback = self.gateway.read_callback(values)
        self.apply(self.machine.apply_callback(self.attempt, callback, self.bank.now))

    async def step(self, gateway: PaymentGateway | None = None) -> None:
        """Go to the moment when it is due, and do what is to be done then, by another gateway where one is given."""
        assert self.attempt.next_step_at
        self.bank.now = max(self.bank.now, self.attempt.next_step_at)
        call = self.machine.plan_call(self.attempt, self.bank.now)
        if call is None:
            self.apply(self.machine.apply_time(self.attempt, self.bank.now))
            return
        answer = await self._ask(gateway or self.gateway, call)
        self.apply(self.machine.apply_answer(self.attempt, answer, self.bank.now))

    async def finish(self) -> AttemptState:
        """Go on until nothing is due any more."""
        for _ in range(MOST_STEPS):
            if self.attempt.next_step_at is None:
                return self.attempt.state
            await self.step()
        raise AssertionError(f"never over: {self.events[-5:]}")

    async def _ask(self, gateway: PaymentGateway, call: GatewayCall) -> GatewayAnswer:
        calls = {
            GatewayCall.VERIFY: gateway.verify,
            GatewayCall.SETTLE: gateway.settle,
            GatewayCall.INQUIRE: gateway.inquire,
            GatewayCall.REVERSE: gateway.reverse,
        }
        return await calls[call](self.attempt.sale)

    def apply(self, change: AttemptChange) -> None:
        """Take a change as the store would."""
        self.attempt = change.attempt
        self.events.append(change.event)
        self.effects.update(change.effects)
