"""Visits to pages about money that no bill has (the ledger, receipts without a bill, settlement files), about payments
online, and about bills that are paid together."""

from collections import Counter
from collections.abc import Sequence

from channels.admin.addresses import list_address
from domain.actions.bills.merged_bills import merge_bills
from domain.actions.context import ActionContext
from domain.actions.registries.charges import waive_row
from domain.registries.declarations import DUTY
from domain.values.actors import Role
from tests.support.pages.page_visits import PageVisit
from tests.support.refunding_bank import REFUSED, SILENT
from tests.support.scenarios import (
    card_refunds,
    held_receipts,
    online_attempts,
    payment_claims,
    refunds_due,
    settlement_files,
    site_registries,
)
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite


async def ledger_visits(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """The ledger, and money that fits no bill: some that one person may send back, and some that nobody may alone."""
    await held_receipts.held(site)
    await held_receipts.held(site, held_receipts.LARGE, "saman/72")
    entries = "/staff/ledger/entries"
    return {
        "/staff/suspense": [PageVisit("/staff/suspense", role) for role in (Role.REVENUE, Role.MANAGER, Role.AUDITOR)],
        entries: [PageVisit(f"{entries}?account={account}", Role.REVENUE) for account in ("till&of=1001", "revenue")],
        "/staff/ledger/entries.csv": [PageVisit("/staff/ledger/entries.csv?account=till", Role.REVENUE)],
    }


async def settlement_visits(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """A file that was booked, with lines that somebody has to look at, one that waits, and one that is examined."""
    booked, examined, waiting = await settlement_files.bring_examples(site)
    rows = await site_registries.give(site, "duty", {"vehicle": PLATE, "amount": 2_500_000, "year": 1400})
    owed = await online_attempts.issue_row_bill(site, "duty", rows[-1].id)
    pasted, lists = await settlement_files.paste_list(site, owed), "/staff/slips/lists"
    one, address = "/staff/settlement/{id}", "/staff/settlement"
    return {
        address: [
            *(PageVisit(address, role) for role in (Role.REVENUE, Role.MANAGER, Role.AUDITOR)),
            PageVisit(f"{address}?day=دیروزها", Role.REVENUE, 422),
        ],
        one: [PageVisit(f"{address}/{file_id}", Role.REVENUE) for file_id in (booked, examined, waiting)],
        lists: [PageVisit(lists, Role.REVENUE)],
        f"{lists}/{{id}}": [
            *(PageVisit(f"{lists}/{pasted}", role) for role in (Role.REVENUE, Role.AUDITOR)),
            PageVisit(f"{lists}/{booked}", Role.REVENUE, 404),
        ],
        f"{one}/results.csv": [PageVisit(f"{address}/{booked}/results.csv", Role.REVENUE)],
    }


async def attempt_visits(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """Attempts to pay duties online: paid, unknown, and borne by an alert."""
    bank, duty = online_attempts.open_bank(site), list_address(DUTY)
    given = {"vehicle": PLATE, "amount": 2_500_000}
    rows = [(await site_registries.give(site, "duty", given | {"year": year}))[-1] for year in (1401, 1402, 1403)]
    paid, unknown, alerted = [await online_attempts.issue_row_bill(site, "duty", row.id) for row in rows]
    await online_attempts.settle(site, bank, paid)
    doubtful = await online_attempts.leave_unknown(site, bank, unknown)
    foreign = await online_attempts.leave(site, bank, alerted)
    for sale in ("7001", "7002"):
        await online_attempts.come_back(site, bank, foreign, sale)
    readers, attempts = (Role.REVENUE, Role.MANAGER, Role.AUDITOR), "/staff/payments"
    return {
        attempts: [PageVisit(attempts, role) for role in readers],
        f"{attempts}/{{id}}": [
            *(PageVisit(f"{attempts}/{doubtful.id}", role) for role in readers),
            PageVisit(f"{attempts}/{foreign.id}", Role.REVENUE),
            PageVisit(f"{attempts}/1", Role.REVENUE, 404),
            *(PageVisit(f"{duty}/{row.id}", Role.REVENUE) for row in rows),
        ],
    }


async def card_refund_visits(site: StaffSite) -> Sequence[PageVisit]:
    """Duties that were paid twice online: one that can go back to the card, one that is on its way, one refused."""
    bank, duty = card_refunds.open_refunding_bank(site), list_address(DUTY)
    given = {"vehicle": PLATE, "amount": 1_800_000}
    rows = [(await site_registries.give(site, "duty", given | {"year": year}))[-1] for year in (1393, 1394, 1395)]
    bills = [await online_attempts.issue_row_bill(site, "duty", row.id) for row in rows]
    for bill in bills:
        await card_refunds.pay_twice(site, bank, bill)
    await card_refunds.send_back(site, bank, bills[2], REFUSED)
    await card_refunds.send_back(site, bank, bills[1], *[SILENT] * 9)
    return [PageVisit(f"{duty}/{row.id}", Role.REVENUE) for row in rows]


async def merged_bill_visits(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """Two duties merged: open, and with a part that was waived since."""
    duty, merged_bills = list_address(DUTY), "/staff/merged-bills"
    given = {"vehicle": PLATE, "amount": 1_500_000}
    rows = [(await site_registries.give(site, "duty", given | {"year": year}))[-1] for year in (1396, 1397, 1398)]
    bills = [await online_attempts.issue_row_bill(site, "duty", row.id) for row in rows]
    async with site.store.open_unit() as uow:
        merged = [
            await merge_bills(ActionContext(site.demo.desk, uow), [bill.id for bill in parts])
            for parts in (bills[:2], bills)
        ]
        await waive_row(uow, DUTY, rows[2].id, "جانباز", "staff:revenue", site.clock.now())
    photo = await payment_claims.claim_with_photo(site, bills[0])
    return {
        "/staff/slips/photos/{id}": [PageVisit(f"/staff/slips/photos/{photo.id}", Role.REVENUE)],
        "/staff/slips": [
            PageVisit("/staff/slips", Role.REVENUE),
            PageVisit(f"/staff/slips?ids={bills[0].bill_id}", Role.REVENUE),
            PageVisit(f"/staff/slips?ids={merged[0].bill_id}", Role.REVENUE),
            PageVisit("/staff/slips?ids=12345", Role.REVENUE, 422),
            PageVisit(f"/staff/requests?q={await _shared_payment_id(site)}", Role.REVENUE),
        ],
        f"{merged_bills}/{{id}}": [
            *(PageVisit(f"{merged_bills}/{merged[0].bill_id}", role) for role in (Role.REVENUE, Role.AUDITOR)),
            PageVisit(f"{merged_bills}/{merged[1].bill_id}", Role.REVENUE),
            PageVisit(f"{merged_bills}/{bills[0].bill_id}", Role.REVENUE, 404),
            PageVisit(f"{duty}/{rows[0].id}", Role.REVENUE),
        ],
    }


async def _shared_payment_id(site: StaffSite) -> str:
    """The payment id of two bills at least: one check digit is all that it has of its own, of as many duties as that
    has values and one more.
    """
    payment_ids = Counter[str]()
    for year in range(1380, 1391):
        given = {"vehicle": PLATE, "amount": 1_700_000, "year": year}
        row = (await site_registries.give(site, "duty", given))[-1]
        payment_ids[(await online_attempts.issue_row_bill(site, "duty", row.id)).payment_id] += 1
    [(payment_id, count)] = payment_ids.most_common(1)
    assert count > 1
    return payment_id


async def transfer_file_visits(site: StaffSite) -> dict[str, Sequence[PageVisit]]:
    """The file of a day, with a transfer of which nobody knows what became."""
    file_id = await refunds_due.make_file(site)
    one = "/staff/refunds/files/{id}"
    return {
        one: [PageVisit(f"/staff/refunds/files/{file_id}", role) for role in (Role.REVENUE, Role.AUDITOR)],
        f"{one}.csv": [PageVisit(f"/staff/refunds/files/{file_id}.csv", Role.REVENUE)],
    }
