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
from domain.values.money import BILL_STEP_RIALS
from domain.values.reasons import InvalidReason
from domain.values.text import fold_compactly

HIGHEST_FILE_NUMBER = 99_999_999
HIGHEST_AMOUNT = 99_999_999 * BILL_STEP_RIALS
"""Rials: eight digits of thousands are all that a payment id can say."""

FEWEST_BILL_ID_DIGITS = 6
"""Leading zeros not counted; a tracking code has more."""
_ID_PATTERN = re.compile(r"[1-9][0-9]{5,12}")
_BARCODE_ID_WIDTH = 13
_DIGITS_AFTER_AMOUNT = len("YPPCC")  # year, period, two checks


@dataclass(frozen=True, slots=True)
class BillIds:
    """The two ids of one bill, ASCII digits without leading zeros."""

    bill_id: str
    payment_id: str


def make_ids(
    file_number: int, company_code: str, service_digit: int, amount: int, jalali_year: int, billing_period: int
) -> BillIds:
    """Return the ids of a bill of `amount` rials.

    `company_code` is the municipality's own three digits, `billing_period` 0–99. An amount that is no positive multiple
    of 1,000 or is past 99,999,999,000 is an `InvalidField("amount")`; any other part that does not fit is a
    `ValueError`.
    """
    _check_parts(file_number, company_code, service_digit, billing_period)
    _check_amount(amount)
    bill_id = f"{file_number}{company_code}{service_digit}"
    bill_id += _check_digit(bill_id)
    payment_id = f"{amount // BILL_STEP_RIALS}{jalali_year % 10}{billing_period:02}"
    payment_id += _check_digit(payment_id)
    return BillIds(bill_id, payment_id + _check_digit(bill_id + payment_id))


def parse_ids(bill_id: str, payment_id: str) -> BillIds:
    """Return the two ids as stored, from what people or banks write: any digit script, spaces, leading zeros.

    Raises `InvalidField` as `verify_ids` does.
    """
    parsed_ids = BillIds(parse_bill_id(bill_id), fold_compactly(payment_id).lstrip("0"))
    verify_ids(parsed_ids.bill_id, parsed_ids.payment_id)
    return parsed_ids


def parse_bill_id(text: str) -> str:
    """Return a bill id as stored from what people type; `InvalidField("bill_id")` when it cannot be one."""
    bill_id = fold_compactly(text).lstrip("0")
    _verify_bill_id(bill_id)
    return bill_id


def verify_ids(bill_id: str, payment_id: str) -> None:
    """Prove both ids; `InvalidField("bill_id")` or `InvalidField("payment_id")` names the one that is wrong.

    A payment id right in itself that belongs to another bill is the payment id's fault.
    """
    bare_bill, bare_payment = bill_id.lstrip("0"), payment_id.lstrip("0")
    _verify_bill_id(bare_bill)
    # Padding would shift the weights of the bill id inside check 2: leading zeros must be gone.
    expected_checks = (
        _check_digit(bare_payment[:-2]) + _check_digit(bare_bill + bare_payment[:-1])
        if _ID_PATTERN.fullmatch(bare_payment)
        else None
    )
    if bare_payment[-2:] != expected_checks:
        raise InvalidField("payment_id")


def amount_from_payment_id(payment_id: str) -> int:
    """Return the rials that a payment id asks for."""
    return int(payment_id[:-_DIGITS_AFTER_AMOUNT]) * BILL_STEP_RIALS


def bill_barcode(ids: BillIds) -> str:
    """Return the 26 digits of a bill's barcode: each id padded to 13."""
    return ids.bill_id.zfill(_BARCODE_ID_WIDTH) + ids.payment_id.zfill(_BARCODE_ID_WIDTH)


def parse_barcode(text: str) -> BillIds:
    """Return the ids in a barcode; `InvalidField("barcode")` unless it has 26 digits, else as `verify_ids`."""
    digits = fold_compactly(text)
    if not re.fullmatch(r"[0-9]{26}", digits):
        raise InvalidField("barcode")
    return parse_ids(digits[:_BARCODE_ID_WIDTH], digits[_BARCODE_ID_WIDTH:])


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(range(2, 8)), strict=False))
    remainder = total % 11
    return str(0 if remainder < 2 else 11 - remainder)


def _verify_bill_id(bill_id: str) -> None:
    if not _ID_PATTERN.fullmatch(bill_id) or bill_id[-1] != _check_digit(bill_id[:-1]):
        raise InvalidField("bill_id")


def _check_parts(file_number: int, company_code: str, service_digit: int, billing_period: int) -> None:
    if not 1 <= file_number <= HIGHEST_FILE_NUMBER:
        raise ValueError(f"a file number has 1 to 8 digits, got {file_number}")
    if not re.fullmatch(r"[0-9]{3}", company_code):
        raise ValueError(f"a company code has three digits, got {company_code!r}")
    if not 0 <= service_digit <= 9 or not 0 <= billing_period <= 99:
        raise ValueError(f"service (one digit) or period (two digits) does not fit: {service_digit}, {billing_period}")


def _check_amount(amount: int) -> None:
    if amount > HIGHEST_AMOUNT:
        raise InvalidField("amount", InvalidReason.TOO_HIGH, limit=HIGHEST_AMOUNT)
    if amount <= 0 or amount % BILL_STEP_RIALS:
        raise InvalidField("amount", InvalidReason.NOT_THOUSANDS, step=BILL_STEP_RIALS)
