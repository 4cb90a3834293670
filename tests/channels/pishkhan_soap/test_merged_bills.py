"""A counter office takes a merged pair of ids like any bill."""

import pytest

from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.scenarios.merged_bills import MergedTown, open_merged_town

RRN = "433812345678"


@pytest.fixture
async def merged(office: Office) -> MergedTown:
    """Three requests of one citizen that wait for money."""
    return await open_merged_town(office.town)


async def test_it_is_asked_for_and_paid_like_a_bill(office: Office, merged: MergedTown) -> None:
    merged_bill = await merged.merge()
    ids = {"billId": merged_bill.bill_id, "paymentId": merged_bill.payment_id}
    asked = await office.call("GetBill", ids)
    assert (asked.text("amount"), asked.text("service")) == (str(merged_bill.amount), "کارکرد ماشین‌آلات")
    report = {**ids, "amount": merged_bill.amount, "posReference": "000123", "rrn": RRN}
    for _ in range(2):
        paid = await office.call("ReportCounterPayment", report)
        assert (paid.text("outcome"), paid.text("billState")) == ("settled", "paid")
        assert paid.text("amount") == str(merged_bill.amount)
    assert await merged.list_states() == ["paid"] * 3
    statement = await office.call("GetOfficeStatement", {"year": 1405})
    assert (statement.text("paymentCount"), statement.text("paymentAmount")) == ("3", str(merged_bill.amount))
    assert (await office.call("GetBill", ids)).code == "already_paid"
    await merged.check_ledger()


async def test_once_a_part_is_closed_nobody_should_take_money_and_what_was_taken_counts(
    office: Office, merged: MergedTown
) -> None:
    merged_bill = await merged.merge()
    ids = {"billId": merged_bill.bill_id, "paymentId": merged_bill.payment_id}
    await merged.town.pay(merged.codes[0])
    assert (await office.call("GetBill", ids)).code == "bill_expired"
    wrong = {**ids, "amount": merged_bill.amount - 1000, "posReference": "000124"}
    assert (await office.call("ReportCounterPayment", wrong)).code == "amount_mismatch"
    paid = await office.call("ReportCounterPayment", {**wrong, "amount": merged_bill.amount})
    assert (paid.text("outcome"), paid.text("billState")) == ("surplus", "paid")
    assert sum(refund.amount for refund in await merged.list_refunds()) == merged_bill.amount // 3
    await merged.check_ledger()
