"""The sandbox's bank through its gateway: each way of a payment, and what the bank says of it."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from domain.gateways.gateway import (
    CardRefund,
    CardRefundState,
    DeclineReason,
    GatewayAnswer,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
)
from domain.values.errors import InvalidField, MissingField, NotFound
from payments.sandbox.bank import LATE_ANSWER, MOST_SALES, VERIFY_WITHIN, BankBehaviour, SandboxBank
from payments.sandbox.gateway import SandboxGateway, list_callback_values

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SITE = "https://pishkhan.example.ir"
ORDER = PaymentOrder(
    order_number=7, amount=120_000, callback_url=f"{SITE}/pay/sandbox/callback", started_at=NOW, description="قبض"
)


class Town:
    """A gateway over a bank whose clock the test moves."""

    def __init__(self) -> None:
        self.now = NOW
        numbers = count(1)
        self.bank = SandboxBank(lambda: self.now, lambda: f"{next(numbers):032x}")
        self.gateway = SandboxGateway(self.bank, SITE)

    async def start(self) -> str:
        """Open a session; return its reference."""
        page = await self.gateway.start(ORDER)
        assert isinstance(page, PaymentPage)
        return page.reference

    def pay(self, reference: str, card: str = "good", behaviour: BankBehaviour = BankBehaviour.PROMPT) -> Sale:
        """Pay; return the sale as the merchant asks about it."""
        sale = self.bank.pay(reference, card, behaviour)
        return Sale(order_number=7, reference=reference, sale_number=sale.sale_number, amount=120_000)


@pytest.fixture
def town() -> Town:
    """A bank of the test's own."""
    return Town()


def told(answer: GatewayAnswer) -> tuple[SaleState | None, int | None]:
    return answer.sale_state, answer.amount


async def test_a_payment_is_settled_by_its_verification_and_a_second_one_says_so(town: Town) -> None:
    sale = town.pay(await town.start())
    assert told(await town.gateway.inquire(sale)) == (SaleState.AWAITING_VERIFICATION, 120_000)
    first, second = await town.gateway.verify(sale), await town.gateway.verify(sale)
    assert (first.sale_state, first.code) == (SaleState.SETTLED, "0")
    assert (second.sale_state, second.code) == (SaleState.SETTLED, "101")
    assert first.card == "999990******1111"


async def test_the_browser_goes_there_by_a_form_and_brings_back_what_matches(town: Town) -> None:
    page = await town.gateway.start(ORDER)
    assert isinstance(page, PaymentPage)
    assert (page.address, page.form_fields) == (f"{SITE}/sandbox-bank/start", {"reference": page.reference})
    assert town.gateway.form_origins == (SITE,)
    declined = town.gateway.read_callback(
        list_callback_values(town.bank.pay(page.reference, "empty", BankBehaviour.PROMPT))
    )
    assert (declined.is_paid, declined.reason, declined.sale_number) == (False, DeclineReason.FUNDS, None)
    paid = town.gateway.read_callback(
        list_callback_values(town.bank.pay(page.reference, "second", BankBehaviour.PROMPT))
    )
    assert (paid.is_paid, paid.order_number, paid.reference) == (True, 7, page.reference)
    assert paid.card == "999990******2222"


@pytest.mark.parametrize("values", [{}, {"order": "7", "code": "0"}, {"order": "7", "reference": "", "code": "0"}])
def test_what_lacks_something_is_no_callback(town: Town, values: dict[str, str]) -> None:
    with pytest.raises(MissingField):
        town.gateway.read_callback(values)


@pytest.mark.parametrize("values", [{"order": "۷"}, {"order": "x"}, {"order": "7" * 99}])
def test_what_is_no_number_is_no_callback(town: Town, values: dict[str, str]) -> None:
    with pytest.raises(InvalidField):
        town.gateway.read_callback({"reference": "a", "code": "0", **values})


async def test_a_payment_cannot_be_cancelled_or_made_twice(town: Town) -> None:
    reference = await town.start()
    sale = town.pay(reference)
    assert town.bank.cancel(reference).state is SaleState.AWAITING_VERIFICATION
    assert town.pay(reference, "second") == sale


async def test_nobody_pays_after_the_session_or_with_an_unknown_card(town: Town) -> None:
    reference = await town.start()
    with pytest.raises(NotFound):
        town.pay(reference, "gold")
    town.now += timedelta(minutes=15)
    assert town.bank.pay(reference, "good", BankBehaviour.PROMPT).reason is DeclineReason.SESSION
    assert town.bank.cancel(reference).reason is DeclineReason.CANCELLED


async def test_what_nobody_verified_goes_back(town: Town) -> None:
    sale = town.pay(await town.start())
    assert [one.reference for one in await town.gateway.list_unverified()] == [sale.reference]
    town.now += VERIFY_WITHIN
    assert told(await town.gateway.verify(sale)) == (SaleState.REVERSED, 120_000)
    assert await town.gateway.list_unverified() == []


async def test_it_answers_late_and_never(town: Town) -> None:
    late = town.pay(await town.start(), behaviour=BankBehaviour.LATE)
    silent = town.pay(await town.start(), behaviour=BankBehaviour.SILENT)
    assert told(await town.gateway.verify(late)) == (None, None)
    town.now += LATE_ANSWER
    assert told(await town.gateway.verify(late)) == (SaleState.SETTLED, 120_000)
    town.now += timedelta(days=400)
    assert told(await town.gateway.verify(silent)) == (None, None)


async def test_a_bank_that_was_started_anew_says_that_nothing_was_paid(town: Town) -> None:
    sale = town.pay(await town.start())
    assert (await Town().gateway.verify(sale)).sale_state is SaleState.UNPAID
    assert (await Town().gateway.inquire(sale)).sale_state is SaleState.UNPAID


async def test_money_goes_back_to_the_card_in_parts_and_once_each(town: Town) -> None:
    sale = town.pay(await town.start())
    await town.gateway.verify(sale)
    first = CardRefund(refund_number=1, sale=sale, amount=100_000)
    assert (await town.gateway.inquire_refund(first)).refund_state is CardRefundState.ABSENT
    for _ in range(2):
        assert (await town.gateway.refund(first)).refund_state is CardRefundState.DONE
    too_much = CardRefund(refund_number=2, sale=sale, amount=20_001)
    assert (await town.gateway.refund(too_much)).refund_state is CardRefundState.REFUSED
    rest = CardRefund(refund_number=3, sale=sale, amount=20_000)
    assert (await town.gateway.refund(rest)).refund_state is CardRefundState.DONE


async def test_its_memory_is_bounded(town: Town) -> None:
    first = await town.start()
    for _ in range(MOST_SALES):
        town.bank.open_session(ORDER)
    assert town.bank.find_sale(first) is None
