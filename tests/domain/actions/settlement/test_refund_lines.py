"""Settlement files that list refunds: they confirm ours, say what became of unknown ones, and differ without ours."""

from collections import deque

import pytest

from domain.actions.bills.refunds import record_refund
from domain.actions.context import ActorContext
from domain.actions.payments.card_refund_denial import deny_card_refund
from domain.actions.payments.card_refund_worker import send_due_refunds
from domain.actions.payments.card_refunds import list_refunding_gateways, send_to_card
from domain.actions.settlement.reconciling import find_differences
from domain.bills.bill import BillState
from domain.gateways.gateway import SaleState
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState
from domain.ledger.accounts import Account, AccountKey
from domain.settlement.layouts import LayoutError, parse_layouts
from domain.settlement.settlement_file import ExaminedFile
from domain.values.actors import Role
from tests.support.municipality import FOUR_HOURS, actor
from tests.support.refunding_bank import DENIED_BY_BANK, REFUSED, SILENT, RefundingBank
from tests.support.scripted_bank import Payer, answer
from tests.support.settlement_files import RevenueUnit, jalali_day, sale_line

LAYOUT = """
[with_refunds]
kind = "gateway"
source = "bank"
form = "csv"
header_lines = 1
refund_words = ["برگشت"]

[with_refunds.fields]
order_number = 1
sale_number = 2
amount = 3
moment = 4
direction = 5
"""
IBAN = "IR910120000000100324200001"
HEADING = "سفارش,مرجع,مبلغ,زمان,نوع\n"


@pytest.fixture
async def payer(revenue: RevenueUnit) -> Payer:
    """Somebody who pays at a bank whose files list refunds."""
    desk, bank = revenue.town.desk, RefundingBank()
    desk.settlement_layouts = {**desk.settlement_layouts, **parse_layouts(LAYOUT)}
    desk.card_refund_gateways = list_refunding_gateways({bank.name: bank})
    return Payer(revenue.town, bank)


def bank_of(payer: Payer) -> RefundingBank:
    """The payer's bank."""
    assert isinstance(payer.bank, RefundingBank)
    return payer.bank


async def begin_refund(payer: Payer, sale: str, *answers: object) -> tuple[str, RefundAttempt]:
    """Pay, cancel, and have the money sent back by a bank that answers so; the code, and the refund since."""
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    await payer.come_back(await payer.leave(code), sale)
    payer.bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await payer.advance(seconds=1)
    await town.says(f"لغو {code}", "۱")
    bank_of(payer).refund_answers = deque(answers)  # type: ignore[arg-type]
    bill = (await town.bills(code))[-1]
    async with town.store.open_unit() as uow:
        [begun] = await send_to_card(ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bill.bill_id)
    await send_due_refunds(town.desk, town.store, payer.gateways)
    return code, await load_refund(payer, begun)


async def load_refund(payer: Payer, refund: RefundAttempt) -> RefundAttempt:
    """Return a refund as it is now."""
    async with payer.town.store.open_unit(write=False) as uow:
        return await uow.card_refunds.get(refund.id)


def refund_line(payer: Payer, number: object, amount: int = FOUR_HOURS, reference: str = "") -> str:
    """Write a line of a refund."""
    return f"{number},{reference},{amount},{jalali_day(payer.town.clock.now())} 10:00:00,برگشت\n"


async def book(revenue: RevenueUnit, *lines: str) -> ExaminedFile:
    """Book a file."""
    return await revenue.book((HEADING + "".join(lines)).encode(), "with_refunds")


async def balances(payer: Payer) -> tuple[int, int]:
    """Balances of the gateway's clearing account, and of gateways in the bank; the ledger says what the books do."""
    async with payer.town.store.open_unit(write=False) as uow:
        assert await uow.ledger.list_differences(9) == []
        rows = {one.account_key: one.closing_balance for one in await uow.ledger.sum_accounts(None, None)}
    clearing, bank = AccountKey(Account.GATEWAY_CLEARING, "bank"), AccountKey(Account.BANK, "gateway")
    return rows.get(clearing, 0), rows.get(bank, 0)


async def test_a_refund_is_confirmed_once_by_our_number_or_the_banks(revenue: RevenueUnit, payer: Payer) -> None:
    (_, first), (_, second) = await begin_refund(payer, "1"), await begin_refund(payer, "2")
    assert await balances(payer) == (0, 0)
    by_ours, by_banks = (
        refund_line(payer, first.refund_number),
        refund_line(payer, "", reference=second.reference or ""),
    )
    assert await revenue.outcomes(await book(revenue, by_ours, by_banks)) == ["confirms", "confirms"]
    assert await balances(payer) == (2 * FOUR_HOURS, -2 * FOUR_HOURS), "its sales are not confirmed so far"
    assert await revenue.outcomes(await book(revenue, by_ours + "\n")) == ["known"]
    assert await balances(payer) == (2 * FOUR_HOURS, -2 * FOUR_HOURS)
    assert await revenue.differences() == []


async def test_sales_and_refunds_in_one_file(revenue: RevenueUnit, payer: Payer) -> None:
    _, refund = await begin_refund(payer, "1")
    async with payer.town.store.open_unit(write=False) as uow:
        attempt = await uow.payment_attempts.get(refund.attempt_id)
    sale = sale_line(attempt, "1", payer.town.clock.now()).replace("\n", ",خرید\n")
    examined = await book(revenue, sale, refund_line(payer, refund.refund_number))
    assert await revenue.outcomes(examined) == ["confirms", "confirms"]
    assert await balances(payer) == (0, 0)


async def test_a_file_says_what_became_of_an_unknown_refund(revenue: RevenueUnit, payer: Payer) -> None:
    code, refund = await begin_refund(payer, "1", *[SILENT] * 9)
    assert refund.state is RefundAttemptState.UNKNOWN
    assert await revenue.outcomes(await book(revenue, refund_line(payer, refund.refund_number))) == ["settles"]
    known = await load_refund(payer, refund)
    assert (known.state, known.code) == (RefundAttemptState.DONE, "settlement_file")
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.REFUNDED]
    assert (await payer.town.keys())[-1] == "refunded_to_card"
    assert await balances(payer) == (FOUR_HOURS, -FOUR_HOURS)


async def test_money_that_went_back_without_us_is_noted(revenue: RevenueUnit, payer: Payer) -> None:
    _, refund = await begin_refund(payer, "1")
    _, refused = await begin_refund(payer, "2", REFUSED)
    lines = [
        refund_line(payer, 77),
        refund_line(payer, refund.refund_number, FOUR_HOURS - 1),
        refund_line(payer, refused.refund_number),
    ]
    assert await revenue.outcomes(await book(revenue, *lines)) == ["no_refund"] * 3
    differences = await revenue.differences()
    assert [(one.kind.value, one.party.value) for one in differences] == [("no_refund", "bank")] * 3
    assert await balances(payer) == (FOUR_HOURS, 0), "nothing was moved"
    async with payer.town.store.open_unit(write=False) as uow:
        assert await uow.suspense.count_open() == (0, 0)


async def begin_denied(payer: Payer, sale: str) -> tuple[str, RefundAttempt]:
    """Begin a refund that the bank never answers for, and end it by hand."""
    code, unknown = await begin_refund(payer, sale, *[DENIED_BY_BANK] * 99)
    payer.town.advance(hours=1)
    cashier = actor(Role.REVENUE, "cashier")
    await deny_card_refund(payer.town.desk, payer.town.store, payer.gateways, unknown.id, "بانک گفت", cashier)
    return code, await load_refund(payer, unknown)


async def test_a_denied_refund_that_a_file_names_counts_while_its_money_is_still_there(
    revenue: RevenueUnit, payer: Payer
) -> None:
    code, denied = await begin_denied(payer, "1")
    assert denied.state is RefundAttemptState.DENIED
    assert await revenue.outcomes(await book(revenue, refund_line(payer, denied.refund_number))) == ["settles"]
    assert (await load_refund(payer, denied)).state is RefundAttemptState.DONE
    assert [bill.state for bill in await payer.town.bills(code)] == [BillState.REFUNDED]
    assert await revenue.differences() == []
    assert await balances(payer) == (FOUR_HOURS, -FOUR_HOURS)


async def test_a_denied_refund_that_a_file_names_after_its_money_went_another_way_is_a_difference(
    revenue: RevenueUnit, payer: Payer
) -> None:
    code, denied = await begin_denied(payer, "1")
    async with payer.town.store.open_unit() as uow:
        bill_id = (await payer.town.bills(code))[-1].bill_id
        await record_refund(ActorContext(payer.town.desk, uow, actor(Role.REVENUE, "cashier")), bill_id, IBAN, "TR-1")
    before = await balances(payer)
    line = refund_line(payer, denied.refund_number)
    assert await revenue.outcomes(await book(revenue, line)) == ["refunded_twice"]
    [difference] = await revenue.differences()
    assert (difference.kind.value, difference.party.value, difference.amount) == (
        "refunded_twice",
        "revenue",
        FOUR_HOURS,
    )
    assert (await load_refund(payer, denied)).state is RefundAttemptState.DENIED
    assert await balances(payer) == before, "nothing was moved"


async def test_refunds_that_no_file_has_and_unknown_ones_are_named_until_they_are_known(
    revenue: RevenueUnit, payer: Payer
) -> None:
    town = payer.town
    _, filed = await begin_refund(payer, "1")
    _, missing = await begin_refund(payer, "2")
    _, unknown = await begin_refund(payer, "3", *[SILENT] * 99)
    town.advance(days=7)
    await find_differences(town.desk, town.store)
    assert await revenue.difference_kinds() == ["unknown_refund"], "so far no file has lines of refunds"
    await book(revenue, refund_line(payer, filed.refund_number))
    await find_differences(town.desk, town.store)
    assert "refund_not_in_file" in await revenue.difference_kinds()
    await book(revenue, refund_line(payer, missing.refund_number), refund_line(payer, unknown.refund_number))
    await find_differences(town.desk, town.store)
    assert [kind for kind in await revenue.difference_kinds() if "refund" in kind] == []


@pytest.mark.parametrize(
    ("found", "instead"), [("direction = 5\n", ""), ('refund_words = ["برگشت"]\n', ""), ('"gateway"', '"bills"')]
)
def test_a_direction_needs_its_words(found: str, instead: str) -> None:
    with pytest.raises(LayoutError):
        parse_layouts(LAYOUT.replace(found, instead))
