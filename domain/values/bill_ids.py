"""Bill id and payment id: the two numbers by which any Iranian bank, ATM or USSD menu takes a payment.

    bill id    = file number (1–8 digits) · company (3) · service (1) · check
    payment id = thousands of rials (1–8) · last digit of the Jalali year · period (2) · check 1 · check 2

Both have 6–13 digits without leading zeros. Check 1 covers the payment id before it; check 2 covers the bill id
followed by the payment id before it. Source: facts-iran.md, "Bills"; the check digits miss about 2 % of typing errors.
"""

import re
from dataclasses import dataclass
from itertools import cycle

from domain.values.errors import InvalidField
from domain.values.money import BILL_STEP
from domain.values.text import compact

HIGHEST_FILE_NUMBER = 99_999_999
HIGHEST_AMOUNT = 99_999_999 * BILL_STEP
"""Rials: eight digits of thousands are all that a payment id can say."""

_ID = re.compile(r"[1-9][0-9]{5,12}")
_WIDTH = 13
_AFTER_AMOUNT = len("YPPCC")  # year, period, two checks


@dataclass(frozen=True, slots=True)
class BillIds:
    """The two ids of one bill, ASCII digits without leading zeros."""

    bill_id: str
    payment_id: str


def make(file_number: int, company: str, service_digit: int, amount: int, jalali_year: int, period: int) -> BillIds:
    """Return the ids of a bill of `amount` rials.

    `company` is the municipality's own three digits, `period` 0–99. An amount that is no positive multiple of 1,000 or
    is past 99,999,999,000 is an `InvalidField("amount")`; any other part that does not fit is a `ValueError`.
    """
    _check_parts(file_number, company, service_digit, period)
    _check_amount(amount)
    bill = f"{file_number}{company}{service_digit}"
    bill += _check_digit(bill)
    payment = f"{amount // BILL_STEP}{jalali_year % 10}{period:02}"
    payment += _check_digit(payment)
    return BillIds(bill, payment + _check_digit(bill + payment))


def parse(bill_id: str, payment_id: str) -> BillIds:
    """Return the two ids as stored, from what people or banks write: any digit script, spaces, leading zeros.

    Raises `InvalidField` as `verify` does.
    """
    ids = BillIds(parse_bill_id(bill_id), compact(payment_id).lstrip("0"))
    verify(ids.bill_id, ids.payment_id)
    return ids


def parse_bill_id(text: str) -> str:
    """Return a bill id as stored from what people type; `InvalidField("bill_id")` when it cannot be one."""
    bill_id = compact(text).lstrip("0")
    _verify_bill_id(bill_id)
    return bill_id


def verify(bill_id: str, payment_id: str) -> None:
    """Prove both ids; `InvalidField("bill_id")` or `InvalidField("payment_id")` names the one that is wrong.

    A payment id right in itself that belongs to another bill is the payment id's fault.
    """
    bill, payment = bill_id.lstrip("0"), payment_id.lstrip("0")
    _verify_bill_id(bill)
    # Padding would shift the weights of the bill id inside check 2: leading zeros must be gone.
    checks = _check_digit(payment[:-2]) + _check_digit(bill + payment[:-1]) if _ID.fullmatch(payment) else None
    if payment[-2:] != checks:
        raise InvalidField("payment_id")


def amount_of(payment_id: str) -> int:
    """Return the rials that a payment id asks for."""
    return int(payment_id[:-_AFTER_AMOUNT]) * BILL_STEP


def barcode(ids: BillIds) -> str:
    """Return the 26 digits of a bill's barcode: each id padded to 13."""
    return ids.bill_id.zfill(_WIDTH) + ids.payment_id.zfill(_WIDTH)


def from_barcode(text: str) -> BillIds:
    """Return the ids in a barcode; `InvalidField("barcode")` unless it has 26 digits, else as `verify`."""
    digits = compact(text)
    if not re.fullmatch(r"[0-9]{26}", digits):
        raise InvalidField("barcode")
    return parse(digits[:_WIDTH], digits[_WIDTH:])


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(range(2, 8)), strict=False))
    remainder = total % 11
    return str(0 if remainder < 2 else 11 - remainder)


def _verify_bill_id(bill: str) -> None:
    if not _ID.fullmatch(bill) or bill[-1] != _check_digit(bill[:-1]):
        raise InvalidField("bill_id")


def _check_parts(file_number: int, company: str, service_digit: int, period: int) -> None:
    if not 1 <= file_number <= HIGHEST_FILE_NUMBER:
        raise ValueError(f"a file number has 1 to 8 digits, got {file_number}")
    if not re.fullmatch(r"[0-9]{3}", company):
        raise ValueError(f"a company code has three digits, got {company!r}")
    if not 0 <= service_digit <= 9 or not 0 <= period <= 99:
        raise ValueError(f"service (one digit) or period (two digits) does not fit: {service_digit}, {period}")


def _check_amount(amount: int) -> None:
    if amount > HIGHEST_AMOUNT:
        raise InvalidField("amount", detail="too_high", limit=HIGHEST_AMOUNT)
    if amount <= 0 or amount % BILL_STEP:
        raise InvalidField("amount", detail="not_thousands", step=BILL_STEP)
