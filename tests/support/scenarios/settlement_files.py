"""Settlement files on the staff's site: one that was booked, with what is to be looked at, and one that waits."""

from io import BytesIO

from domain.actions.context import ActorContext
from domain.actions.settlement.booking import book_file, confirm_file
from domain.actions.settlement.examining import BroughtFile, bring_file, examine_file, find_layout
from domain.bills.bill import Bill
from domain.values.actors import Role
from domain.values.bill_ids import make_ids
from tests.support.municipality import actor
from tests.support.settlement_files import BILL_HEADINGS, jalali_day, paste, pasted_line
from tests.support.staff_site import StaffSite

REVENUE = actor(Role.REVENUE, "revenue")


def write_example(site: StaffSite, *, amount: int = 4_400_000) -> bytes:
    """Write a bank's file: two payments of bills that are not ours, one of them twice, and a line that is none."""
    day = jalali_day(site.clock.now())
    lines = [f"124405061,440055069,{amount},40510901{number},{day},20:35,خودپرداز\n" for number in (1, 2, 2)]
    return (BILL_HEADINGS + "\n" + "".join(lines) + "سطری که خوانده نمی‌شود\n").encode()


async def examined_file(site: StaffSite, content: bytes, name: str = "ghabz-14050903.csv") -> int:
    """Bring a file and have it examined at once; its key."""
    brought = BroughtFile(name, BytesIO(content), find_layout(site.demo.desk, "bills_csv"))
    return (await examine_file(site.demo.desk, site.store, brought, REVENUE)).file.id


async def booked_file(site: StaffSite, content: bytes) -> int:
    """Bring a file and book it; its key."""
    file_id = await examined_file(site, content)
    async with site.store.open_unit() as uow:
        await confirm_file(ActorContext(site.demo.desk, uow, REVENUE), file_id)
    await book_file(site.demo.desk, site.store, file_id, REVENUE)
    return file_id


async def bring_examples(site: StaffSite) -> tuple[int, int, int]:
    """Have one file booked, one examined, and one wait; their keys."""
    booked = await booked_file(site, write_example(site))
    examined = await examined_file(site, write_example(site, amount=2_000_000), "ghabz-14050904.csv")
    brought = BroughtFile("ghabz-14050905.csv", BytesIO(b"x"), find_layout(site.demo.desk, "bills_csv"))
    return booked, examined, (await bring_file(site.demo.desk, site.store, brought, REVENUE)).file.id


async def paste_list(site: StaffSite, bill: Bill) -> int:
    """Have a list pasted: a payment of this bill, one of no bill of ours, and a line that cannot be told; its key."""
    ids, day = make_ids(99_000_001, "131", 6, 4_400_000, 1405, 9), jalali_day(site.clock.now())
    lines = (
        pasted_line(bill, 66667777, site.clock.now()),
        f"{ids.bill_id} {ids.payment_id} 4400000 77778888 {day}",
        "جمع 4400000",
    )
    return (await examine_file(site.demo.desk, site.store, paste(*lines), REVENUE)).file.id
