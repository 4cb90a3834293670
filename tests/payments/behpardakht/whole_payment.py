"""A payment from the first call to its end: the real machine, the real gateway, the fake bank, one clock for all."""

from datetime import timedelta

from pydantic import SecretStr

from domain.gateways.attempt import (
    AttemptAlert,
    AttemptChange,
    AttemptEffect,
    AttemptState,
    BillShare,
    GatewayCall,
    PaymentAttempt,
)
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import GatewayAnswer, PaymentGateway, PaymentOrder, StartRefusal
from payments.behpardakht.settings import BehpardakhtSettings
from tests.fakes.behpardakht_bank import BehpardakhtBank

AMOUNT = 200_000


def build_gateway(bank: BehpardakhtBank, *, timeout: float = 10) -> PaymentGateway:
    """Return a gateway of the bank's own merchant."""
    settings = BehpardakhtSettings(
        wsdl_url=bank.wsdl_url,
        start_url=bank.start_url,
        terminal_id=str(bank.sales.terminal_id),
        username=bank.sales.username,
        password=SecretStr(bank.sales.password),
        timeout=timeout,
    )
    return settings.build_gateway("https://127.0.0.1")


class WholePayment:
    """One attempt, driven as the worker does. `effects` holds what the transactions had to do, in order."""

    def __init__(self, bank: BehpardakhtBank, gateway: PaymentGateway, order_number: int = 7) -> None:
        self.bank = bank
        self.gateway = gateway
        self.machine = AttemptMachine(gateway.capabilities)
        self.effects: list[AttemptEffect] = []
        self.events: list[str] = []
        self.attempt = PaymentAttempt(
            id=1,
            gateway=gateway.name,
            order_number=order_number,
            shares=(BillShare(11, AMOUNT),),
            state=AttemptState.CREATED,
            channel="portal",
            created_at=bank.now,
            session_ends_at=bank.now + gateway.capabilities.session_lasts,
        )

    @property
    def reference(self) -> str:
        """RefId."""
        assert self.attempt.reference is not None
        return self.attempt.reference

    async def start(self) -> None:
        """Open the session; the payer leaves for the bank."""
        order = PaymentOrder(
            order_number=self.attempt.order_number,
            amount=AMOUNT,
            callback_url="https://127.0.0.1/pay/behpardakht/callback",
            started_at=self.bank.now,
            description="عوارض خودرو",
            payer_mobile="+989121234567",
        )
        result = await self.gateway.start(order)
        self.take(self.machine.apply_start(self.attempt, result, self.bank.now))
        assert (self.attempt.state is AttemptState.FAILED) == isinstance(result, StartRefusal)

    def come_back(self, **changed: str) -> None:
        """Bring the callback, with some of its fields changed."""
        values = {**self.bank.callback_of(self.reference), **changed}
        callback = self.gateway.read_callback(values)
        self.take(self.machine.apply_callback(self.attempt, callback, self.bank.now))

    async def pay(self) -> None:
        """Start, pay, come back."""
        await self.start()
        self.bank.sales.pay(self.reference)
        self.come_back()

    def take(self, change: AttemptChange) -> None:
        """Store a change."""
        self.attempt = change.attempt
        self.effects += change.effects
        self.events.append(change.event)

    async def step(self) -> None:
        """Wait until the attempt is due and do its next step; the payment stands where no time moves it."""
        assert self.attempt.next_step_at is not None
        self.bank.now = max(self.bank.now, self.attempt.next_step_at)
        call = self.machine.plan_call(self.attempt, self.bank.now)
        if call is None:
            self.take(self.machine.apply_time(self.attempt, self.bank.now))
        else:
            self.take(self.machine.apply_answer(self.attempt, await self.ask(call), self.bank.now))

    async def ask(self, call: GatewayCall) -> GatewayAnswer:
        """Make a call."""
        return await {
            GatewayCall.VERIFY: self.gateway.verify,
            GatewayCall.SETTLE: self.gateway.settle,
            GatewayCall.INQUIRE: self.gateway.inquire,
            GatewayCall.REVERSE: self.gateway.reverse,
        }[call](self.attempt.sale)

    async def finish(self, *, within: timedelta = timedelta(hours=6), steps: int = 200) -> AttemptState:
        """Go on until the attempt ends, or the time or the steps are over."""
        limit = self.bank.now + within
        while self.attempt.next_step_at and self.attempt.next_step_at <= limit and steps:
            await self.step()
            steps -= 1
        return self.attempt.state

    @property
    def counted(self) -> int:
        """Number of times the money was counted."""
        return self.effects.count(AttemptEffect.COUNT_PAYMENT)

    @property
    def alert(self) -> AttemptAlert | None:
        """Reason why staff look at it."""
        return self.attempt.alert
