"""`GetOfficeStatement`: the sums are whole, the payments come in pages, and none is told twice or left out."""

from channels.pishkhan_soap.operations.money import MOST_PAYMENTS
from tests.channels.pishkhan_soap.envelopes import OURS
from tests.channels.pishkhan_soap.raw_client import Answer
from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.municipality import FOUR_HOURS, NEIGHBOUR, ORDER

COPIES = """
    WITH RECURSIVE copies(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < ?)
    INSERT INTO payments (id, bill_id, amount, at, method, reference, outcome, recorded_by, office)
    SELECT id + number, bill_id, amount, at, method, reference || '-' || number, 'surplus', recorded_by, office
    FROM payments, copies
"""
POSTED = """
    INSERT INTO ledger_entries (kind, item_id, bill_id, at, debit_account, debit_subaccount, credit_account,
        credit_subaccount, amount)
    SELECT 'surplus', id, bill_id, at, 'till', office, 'surplus_payable', '', amount
    FROM payments WHERE outcome = 'surplus'
"""


async def reported(office: Office, copies: int) -> None:
    """Let the office settle a bill at its terminal, and report the same money again under so many other references."""
    code = await office.town.reach("awaiting_payment", ORDER, NEIGHBOUR)
    [bill] = await office.town.bills(code)
    ids = {"billId": bill.bill_id, "paymentId": bill.payment_id}
    paid = await office.call("ReportCounterPayment", {**ids, "amount": bill.amount, "posReference": "R"})
    assert paid.text("outcome") == "settled"
    office.town.sql(COPIES, copies)
    office.town.sql(POSTED)


def references(answer: Answer) -> list[str]:
    """The payments that an answer tells, by the terminal's reference."""
    return [one.text or "" for one in answer.body.iter(f"{{{OURS}}}posReference")]


async def test_payments_come_in_pages(office: Office) -> None:
    await reported(office, MOST_PAYMENTS)
    first = await office.call("GetOfficeStatement", {"year": 1405, "limit": MOST_PAYMENTS})
    assert len(references(first)) == MOST_PAYMENTS
    second = await office.call("GetOfficeStatement", {"year": 1405, "cursor": first.text("nextCursor")})
    assert b"nextCursor" not in second.content
    assert references(first) + references(second) == ["R", *(f"R-{copy}" for copy in range(1, MOST_PAYMENTS + 1))]
    for answer in (first, second):
        told = [answer.text(name) for name in ("paymentCount", "paymentAmount", "surplusAmount")]
        assert told == ["1", str(FOUR_HOURS), str(MOST_PAYMENTS * FOUR_HOURS)], "the sums are of all of them"


async def test_who_asks_for_no_pages_is_told_all(office: Office) -> None:
    await reported(office, MOST_PAYMENTS)
    whole = await office.call("GetOfficeStatement", {"year": 1405})
    assert (len(references(whole)), b"nextCursor" in whole.content) == (MOST_PAYMENTS + 1, False)
    ten = await office.call("GetOfficeStatement", {"year": 1405, "limit": 10})
    assert (len(references(ten)), ten.text("nextCursor")) == (10, "10")


async def test_what_fits_is_one_page(office: Office) -> None:
    await reported(office, MOST_PAYMENTS - 1)
    only = await office.call("GetOfficeStatement", {"year": 1405, "month": 9, "limit": MOST_PAYMENTS})
    assert (len(references(only)), b"nextCursor" in only.content) == (MOST_PAYMENTS, False)
    past = await office.call("GetOfficeStatement", {"year": 1405, "cursor": "5000000"})
    assert (references(past), b"nextCursor" in past.content) == ([], False)
    fault = (await office.call("GetOfficeStatement", {"year": 1405, "cursor": "next"})).fault
    assert (fault.code, fault.field) == ("invalid_field", "cursor")
