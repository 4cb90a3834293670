"""What there is to see of money that no bill has: the ledger, receipts without a bill, settlement files."""

from collections.abc import Sequence

from domain.values.actors import Role
from tests.support.pages.page_visits import PageVisit
from tests.support.scenarios import held_receipts, settlement_files
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
    booked, waiting = await settlement_files.bring_examples(site)
    one, address = "/staff/settlement/{id}", "/staff/settlement"
    return {
        address: [
            *(PageVisit(address, role) for role in (Role.REVENUE, Role.MANAGER, Role.AUDITOR)),
            PageVisit(f"{address}?day=دیروزها", Role.REVENUE, 422),
        ],
        one: [PageVisit(f"{address}/{file_id}", Role.REVENUE) for file_id in (booked, waiting)],
        f"{one}/results.csv": [PageVisit(f"{address}/{booked}/results.csv", Role.REVENUE)],
    }
