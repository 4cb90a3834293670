"""A duty, a fine and a request of one payer are paid by one attempt, each as if it were alone."""

from domain.actions.bills.own_bills import list_payable_row_bills
from domain.actions.context import ActionContext
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.links import load_payable_bills
from domain.gateways.gateway import SaleState
from tests.support.municipality import FOUR_HOURS, Municipality
from tests.support.scenarios.taxi_registries import OWNER_MOBILE, SECOND_PLATE, a_duty, furnish, rows_of
from tests.support.scripted_bank import Payer, ScriptedBank, answer


async def test_all_open_bills_of_a_payer_in_one_payment(town: Municipality) -> None:
    await furnish(town)
    await a_duty(town)
    await a_duty(town, 1_000_000, vehicle=SECOND_PLATE)
    code, payer = await town.reach("awaiting_payment", mobile=OWNER_MOBILE), Payer(town, ScriptedBank())
    async with town.store.open_unit() as uow:
        context = ActionContext(town.desk, uow)
        bills = await list_payable_row_bills(context, OWNER_MOBILE) + await town.bills(code)
        link = await ensure_payment_link(context, bills)
        payable = await load_payable_bills(context, link.token)
    assert (payable.amount, payable.payer_mobile) == (FOUR_HOURS + 3_500_000, OWNER_MOBILE)
    assert sorted(payable.titles) == ["عوارض تاکسی", "عوارض تاکسی", "کارکرد ماشین‌آلات"]
    attempt, _ = await begin_payment(town.desk, town.store, payer.bank, link.token, "portal", "https://x.example/")
    await payer.come_back(attempt)
    payer.bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await payer.advance()
    assert (await town.request(code)).state == "paid"
    assert {row.values["state"] for row in await rows_of(town, "duty")} == {"paid"}
    assert (await town.keys(OWNER_MOBILE))[-3:].count("paid") == 2, "a receipt for each"
