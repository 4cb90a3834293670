"""A bank gateway in this process that answers what a test tells it to, and payers who leave to it and come back."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.advance import advance_due_attempts
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.callbacks import receive_callback
from domain.gateways.attempt import AttemptEvent, AttemptState, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RepeatedVerify, Settlement
from domain.gateways.gateway import (
    TIMED_OUT,
    CardRefund,
    CardRefundAnswer,
    GatewayAnswer,
    GatewayCallback,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
    UnverifiedSale,
)
from domain.values.errors import MissingField
from tests.support.callback_addresses import read_address_values
from tests.support.municipality import Municipality

SETTLES_BY_CALL = GatewayCapabilities(
    session_lasts=timedelta(minutes=15),
    verify_within=timedelta(minutes=20),
    inquiry=InquiryKey.SALE_NUMBER,
    repeated_verify=RepeatedVerify.SAYS_SO,
    settlement=Settlement.BY_CALL,
    reverse_within=timedelta(hours=3),
)
"""As Behpardakht."""

CAN_BE_ASKED = replace(
    SETTLES_BY_CALL,
    verify_within=None,
    inquiry=InquiryKey.ORDER,
    settlement=Settlement.WITH_VERIFY,
    reverse_within=None,
    lists_unverified=True,
)
"""As Zarinpal, and asked by our own number."""


class Death(BaseException):
    """A process dies here: nothing after it is done."""


async def die() -> None:
    """Die."""
    raise Death


UNANSWERED = GatewayAnswer(sale_state=None, code=TIMED_OUT)


def answer(sale_state: SaleState, code: str = "0", **told: object) -> GatewayAnswer:
    """Answer of a bank about a sale."""
    return replace(GatewayAnswer(sale_state=sale_state, code=code), **told)  # type: ignore[arg-type]


@dataclass
class ScriptedBank:
    """Answers calls in order from `answers`; after the last one none comes. Sessions open unless `start_results` say
    otherwise.
    """

    name: str = "bank"
    capabilities: GatewayCapabilities = SETTLES_BY_CALL
    form_origins: tuple[str, ...] = ("https://bank.example",)
    answers: deque[GatewayAnswer] = field(default_factory=deque)
    start_results: deque[PaymentPage | StartRefusal] = field(default_factory=deque)
    orders: list[PaymentOrder] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    unverified: list[UnverifiedSale] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Event that happens once, while the bank thinks about the next call."""

    def script(self, *answers: GatewayAnswer) -> None:
        """Answer so from now on."""
        self.answers = deque(answers)

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Open a session."""
        self.orders.append(order)
        await self._let_happen()
        if self.start_results:
            return self.start_results.popleft()
        return PaymentPage(f"Ref{order.order_number}", "https://bank.example/pay", {"RefId": "x"})

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read order, reference, sale, code and card."""
        if "order" not in values and "reference" not in values:
            raise MissingField("order")
        return GatewayCallback(
            order_number=int(values["order"]) if "order" in values else None,
            reference=values.get("reference"),
            sale_number=values.get("sale"),
            is_paid=values["code"] == "0",
            code=values["code"],
        )

    def read_address(self, order_number: int) -> dict[str, str]:
        """Return what the callback's address of an order bears."""
        return next(
            (read_address_values(order.callback_url) for order in self.orders if order.order_number == order_number), {}
        )

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Answer."""
        return await self._answer("verify")

    async def settle(self, sale: Sale) -> GatewayAnswer:
        """Answer."""
        return await self._answer("settle")

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Answer."""
        return await self._answer("inquire")

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Answer."""
        return await self._answer("reverse")

    async def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Not scripted."""
        raise NotImplementedError

    async def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Not scripted."""
        raise NotImplementedError

    async def list_unverified(self) -> Sequence[UnverifiedSale]:
        """Return what the test put there."""
        return self.unverified

    async def close(self) -> None:
        """Nothing is open."""

    async def _answer(self, call: str) -> GatewayAnswer:
        self.calls.append(call)
        await self._let_happen()
        return self.answers.popleft() if self.answers else UNANSWERED

    async def _let_happen(self) -> None:
        if self.meanwhile is not None:
            happening, self.meanwhile = self.meanwhile, None
            await happening()


class Payer:
    """Payer of the bills of requests of a town at one bank."""

    def __init__(self, town: Municipality, bank: ScriptedBank) -> None:
        self.town = town
        self.bank = bank

    @property
    def gateways(self) -> dict[str, ScriptedBank]:
        """The only bank, by its name."""
        return {self.bank.name: self.bank}

    async def link(self, *codes: str) -> str:
        """Return the token of the link to the newest bills of requests."""
        bills = [(await self.town.bills(code))[-1] for code in codes]
        async with self.town.store.open_unit() as uow:
            return (await ensure_payment_link(ActionContext(self.town.desk, uow), bills)).token

    async def leave(self, *codes: str) -> PaymentAttempt:
        """Leave for the bank to pay the newest bills of requests."""
        token = await self.link(*codes)
        attempt, _ = await begin_payment(
            self.town.desk, self.town.store, self.bank, token, "portal", "https://gomishan.example/pay/bank/callback"
        )
        return attempt

    async def come_back(
        self, attempt: PaymentAttempt, sale: str | None = "5142", code: str = "0", **values: str
    ) -> PaymentAttempt | None:
        """Come back from the bank."""
        brought = {"order": str(attempt.order_number), "reference": attempt.reference or "", "code": code}
        if sale is not None:
            brought["sale"] = sale
        brought |= self.bank.read_address(attempt.order_number)
        return await receive_callback(self.town.desk, self.town.store, self.bank, "POST", brought | values, "192.0.2.7")

    async def advance(self, **length: float) -> int:
        """Let time pass, then let the worker do what is due."""
        self.town.advance(**length)
        return await advance_due_attempts(self.town.desk, self.town.store, self.gateways)

    async def attempt(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """Return an attempt as it stands."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.payment_attempts.get(attempt.id)

    async def state(self, attempt: PaymentAttempt) -> AttemptState:
        """Return where it stands."""
        return (await self.attempt(attempt)).state

    async def history(self, attempt: PaymentAttempt) -> list[AttemptEvent]:
        """Return what happened to it."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.payment_attempts.list_events(attempt.id)

    async def events(self, attempt: PaymentAttempt) -> list[str]:
        """Return the codes of what happened to it."""
        return [event.event for event in await self.history(attempt)]

    async def callbacks(self, attempt: PaymentAttempt) -> list[CallbackRecord]:
        """Return the callbacks that named it."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.payment_attempts.list_callbacks(attempt.id)
