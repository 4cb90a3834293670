"""Settlement files as banks and gateways write them, and a revenue unit that brings and books them."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from domain.actions.context import ActorContext
from domain.actions.settlement.booking import book_file, confirm_file
from domain.actions.settlement.examining import BroughtFile, examine_file, find_layout, load_examined_file
from domain.bills.bill import Bill
from domain.bills.merged_bill import MergedBill
from domain.gateways.attempt import PaymentAttempt
from domain.settlement.differences import PaymentDifference
from domain.settlement.pasted_lists import describe_pasted_layout
from domain.settlement.settlement_file import ExaminedFile, FileLine
from domain.values.actors import Role
from domain.values.calendar import to_jalali, to_tehran
from tests.support.municipality import Municipality, actor

BILL_HEADINGS = "شناسه قبض,شناسه پرداخت,مبلغ,شماره پیگیری,تاریخ,ساعت,درگاه"
SALE_HEADINGS = "شماره سفارش,شماره مرجع تراکنش,مبلغ,زمان تراکنش"
SCRIPTED_LAYOUT = "scripted_csv"
"""A gateway's file whose source is the scripted bank."""


def jalali_day(moment: datetime) -> str:
    """Write a moment's day in Tehran as banks do."""
    return "{:04}/{:02}/{:02}".format(*to_jalali(to_tehran(moment).date()))


def bill_line(bill: Bill | MergedBill, reference: object, paid_at: datetime, amount: int | None = None) -> str:
    """Write a line of a bank's file."""
    rials = bill.amount if amount is None else amount
    hour = to_tehran(paid_at).strftime("%H:%M:%S")
    return f"{bill.bill_id},{bill.payment_id},{rials},{reference},{jalali_day(paid_at)},{hour},خودپرداز\n"


def paste(*lines: str) -> BroughtFile:
    """Return a list of lines as it is brought."""
    return BroughtFile("فهرست", BytesIO("\n".join(lines).encode()), describe_pasted_layout("bank"))


def pasted_line(bill: Bill, reference: object, paid_at: datetime) -> str:
    """Write a line as it stands on the bank's page."""
    return f"{bill.bill_id} {bill.payment_id} {bill.amount} {reference} {jalali_day(paid_at)}"


def sale_line(attempt: PaymentAttempt, sale_number: str, paid_at: datetime, amount: int | None = None) -> str:
    """Write a line of a gateway's file."""
    rials = attempt.amount if amount is None else amount
    moment = f"{jalali_day(paid_at)} {to_tehran(paid_at):%H:%M:%S}"
    return f"{attempt.order_number},{sale_number},{rials},{moment}\n"


def write_bills(*lines: str) -> bytes:
    """Write a bank's file of bills, by the layout `bills_csv`."""
    return ("\ufeff" + BILL_HEADINGS + "\n" + "".join(lines)).encode()


def write_sales(*lines: str) -> bytes:
    """Write a gateway's file."""
    return (SALE_HEADINGS + "\n" + "".join(lines)).encode()


class RevenueUnit:
    """Brings settlement files and has them booked."""

    def __init__(self, town: Municipality) -> None:
        self.town = town
        self.actor = actor(Role.REVENUE)

    async def examine(self, content: bytes, layout: str = "bills_csv", name: str = "bank.csv") -> ExaminedFile:
        """Bring a file and see what it would do."""
        brought = BroughtFile(name, BytesIO(content), find_layout(self.town.desk, layout))
        return await examine_file(self.town.desk, self.town.store, brought, self.actor)

    async def confirm(self, file_id: int) -> None:
        """Say that a file is to be booked."""
        async with self.town.store.open_unit() as uow:
            await confirm_file(ActorContext(self.town.desk, uow, self.actor), file_id)

    async def book(self, content: bytes, layout: str = "bills_csv", name: str = "bank.csv") -> ExaminedFile:
        """Bring a file, and have it booked."""
        examined = await self.examine(content, layout, name)
        await self.confirm(examined.file.id)
        await book_file(self.town.desk, self.town.store, examined.file.id, self.actor)
        return await load_examined_file(self.town.store, examined.file.id)

    async def lines(self, file_id: int) -> Sequence[FileLine]:
        """Return the lines of a file as they are stored."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.settlement.list_lines(file_id, 0, 1000)

    async def outcomes(self, examined: ExaminedFile) -> list[str]:
        """Return what the lines of a file came to."""
        return [line.outcome.value for line in await self.lines(examined.file.id)]

    async def differences(self) -> list[PaymentDifference]:
        """Return the open differences."""
        async with self.town.store.open_unit(write=False) as uow:
            return await uow.payment_differences.list_open(1000)

    async def difference_kinds(self) -> list[str]:
        """Return their kinds, in order."""
        return sorted(difference.kind.value for difference in await self.differences())
