"""Codes typed from paper: no slip in a tracking code passes, and bill ids say what they were made of."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from domain.values import bill_ids, tracking_codes
from domain.values.errors import CodeMistyped
from domain.values.text import persian_digits
from tests.support.effort import examples

DIGITS = "0123456789"
CODES = st.integers(tracking_codes.LOWEST_PAYLOAD, tracking_codes.HIGHEST_PAYLOAD).map(tracking_codes.make_code)

PARTS = st.fixed_dictionaries(
    {
        "file_number": st.integers(1, bill_ids.HIGHEST_FILE_NUMBER),
        "company_code": st.from_regex(r"[0-9]{3}", fullmatch=True),
        "service_digit": st.integers(0, 9),
        "amount": st.integers(1, bill_ids.HIGHEST_AMOUNT // 1000).map(lambda thousands: thousands * 1000),
        "jalali_year": st.integers(1390, 1500),
        "billing_period": st.integers(0, 99),
    }
)


def one_digit_wrong(code: str) -> list[str]:
    """Return all codes that differ from this one in one digit."""
    places = range(len(code))
    return [code[:at] + digit + code[at + 1 :] for at in places for digit in DIGITS if digit != code[at]]


def neighbours_swapped(code: str) -> list[str]:
    """Return all codes that come of swapping two different neighbours."""
    pairs = [at for at in range(len(code) - 1) if code[at] != code[at + 1]]
    return [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in pairs]


@examples(60)
@given(CODES)
def test_every_slip_in_a_tracking_code_is_refused(code: str) -> None:
    assert (
        tracking_codes.parse_code(code)
        == tracking_codes.parse_code(persian_digits(tracking_codes.display_code(code)))
        == code
    )
    for wrong in one_digit_wrong(code) + neighbours_swapped(code):
        with pytest.raises(CodeMistyped):
            tracking_codes.parse_code(wrong)


def test_no_tracking_code_at_all_lets_such_a_slip_pass() -> None:
    """The check is a chain of ten states: where every state keeps apart what follows, so does every longer code."""
    prefixes = {int(damm.checksum(digit)): digit for digit in DIGITS}
    assert set(prefixes) == set(range(10)), "every state is come to"

    def after(state: int, digits: str) -> int:
        return int(damm.checksum(prefixes[state] + digits))

    assert all(len({after(state, digit) for digit in DIGITS}) == 10 for state in range(10)), "a digit for another"
    assert all(len({after(state, digit) for state in range(10)}) == 10 for digit in DIGITS), "it stays seen"
    pairs = [(one, other) for one, other in product(DIGITS, DIGITS) if one != other]
    assert all(after(state, one + other) != after(state, other + one) for state in range(10) for one, other in pairs)


def check_digit(digits: str) -> int:
    """Reckon a check digit as facts-iran.md says: weights 2 to 7 from the right, modulo 11, 0 and 1 give 0."""
    remainder = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits))) % 11
    return 0 if remainder < 2 else 11 - remainder


@examples(60)
@given(PARTS)
def test_bill_ids_say_what_they_were_made_of(parts: dict[str, int | str]) -> None:
    ids = bill_ids.make_ids(**parts)  # type: ignore[arg-type]  # drawn by name
    number, service = ids.bill_id[:-5], ids.bill_id[-5:-1]
    assert (int(number), service) == (parts["file_number"], f"{parts['company_code']}{parts['service_digit']}")
    assert ids.payment_id[-5:-2] == f"{int(parts['jalali_year']) % 10}{parts['billing_period']:02}"
    assert bill_ids.amount_from_payment_id(ids.payment_id) == int(ids.payment_id[:-5]) * 1000 == parts["amount"]
    assert int(ids.bill_id[-1]) == check_digit(ids.bill_id[:-1])
    assert int(ids.payment_id[-2]) == check_digit(ids.payment_id[:-2])
    assert int(ids.payment_id[-1]) == check_digit(ids.bill_id + ids.payment_id[:-1])


@examples(60)
@given(PARTS, st.sampled_from([str, persian_digits]), st.booleans())
def test_bill_ids_come_back_however_they_are_typed(parts: dict[str, int | str], script: object, padded: bool) -> None:
    ids = bill_ids.make_ids(**parts)  # type: ignore[arg-type]  # drawn by name
    assert callable(script)
    typed = [script(one.zfill(13) if padded else one) for one in (ids.bill_id, ids.payment_id)]
    assert bill_ids.parse_ids(*typed) == bill_ids.parse_barcode(script(bill_ids.bill_barcode(ids))) == ids
