"""Bills by a number on a paper in somebody's hand: their ids, or the bank's reference of a payment."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.actions.bills.merged_bills import find_payable
from domain.bills.bill import Bill, normalise_reference
from domain.bills.merged_bill import MergedBill
from domain.bills.ports import BillRepository
from domain.repositories import BillRepositories
from domain.values.bill_ids import parse_bill_id
from domain.values.errors import BillNotFound, InvalidField
from domain.values.text import fold_compactly

LEAST_REFERENCE_DIGITS = 4
"""A shorter number is no reference that somebody looks for; zeros before it are not counted."""

MOST_LOOKED_AT = 500
"""Bills with one payment id that are looked at: those of one amount in one period may have the same."""

_NUMBER = re.compile("(?:[a-z0-9_-]+/)?[0-9]+")
_NO_DIGIT = re.compile("[^0-9]")
_PAYMENT_ID = re.compile("[1-9][0-9]{5,12}")


class BillNumber(StrEnum):
    """Meanings of a number of a bill."""

    BILL_ID = "bill_id"
    PAYMENT_ID = "payment_id"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class NumberedBill:
    """A bill, or a merged one, that a number names."""

    number: BillNumber
    """Meaning of the number."""
    payable: Bill | MergedBill


async def list_bills_by_number(uow: BillRepositories, typed_number: str, sources: Iterable[str]) -> list[NumberedBill]:
    """Return every bill that a number may name (digits, or behind whose they are and a slash), each once: the one
    with this bill id; then those with this payment id, newest first; then those that were paid, or paid back, under
    this reference, also as the `sources` number them: banks, gateways and counter offices, by their keys. A reference
    with letters or dashes is found as it was recorded.
    """
    number = fold_compactly(typed_number)
    references = {normalise_reference(typed_number)}
    found: list[NumberedBill] = []
    if _NUMBER.fullmatch(number):
        found += [NumberedBill(BillNumber.BILL_ID, one) for one in await _list_by_bill_id(uow, number)]
        found += [NumberedBill(BillNumber.PAYMENT_ID, one) for one in await _list_by_payment_id(uow, number)]
        references |= _list_references(number, sources)
    if len(_NO_DIGIT.sub("", number.rpartition("/")[2]).lstrip("0")) >= LEAST_REFERENCE_DIGITS:
        found += [NumberedBill(BillNumber.REFERENCE, one) for one in await _list_by_reference(uow.bills, references)]
    by_bill_id: dict[str, NumberedBill] = {}
    for one in found:
        by_bill_id.setdefault(one.payable.bill_id, one)
    return list(by_bill_id.values())


async def _list_by_bill_id(uow: BillRepositories, number: str) -> list[Bill | MergedBill]:
    try:
        return [await find_payable(uow, parse_bill_id(number))]
    except (InvalidField, BillNotFound):
        return []


async def _list_by_payment_id(uow: BillRepositories, number: str) -> list[Bill | MergedBill]:
    payment_id = number.lstrip("0")
    if not _PAYMENT_ID.fullmatch(payment_id):
        return []
    bills = await uow.bills.list_by_payment_id(payment_id, MOST_LOOKED_AT)
    return [*bills, *await uow.merged_bills.list_by_payment_id(payment_id, MOST_LOOKED_AT)]


async def _list_by_reference(bills: BillRepository, references: Collection[str]) -> list[Bill]:
    payments = await bills.list_payments_under(references)
    return [await bills.get(bill_row_id) for bill_row_id in dict.fromkeys(one.bill_id for one in payments)]


def _list_references(number: str, sources: Iterable[str]) -> set[str]:
    """Return as what a payment with the bank's number may be kept: alone, as slips are, or behind the key of whose
    it is; as it was typed, or without the zeros before it.
    """
    typed_source, _, digits = number.rpartition("/")
    prefixes = [f"{typed_source}/"] if typed_source else ["", *(f"{source}/" for source in sources)]
    return {prefix + form for prefix in prefixes for form in (digits, digits.lstrip("0"))}
