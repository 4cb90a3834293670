"""Bill and payment ids: the vectors of facts-iran.md, and the limits of the format."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.values import bill_ids
from domain.values.bill_ids import BillIds
from domain.values.errors import InvalidField
from tests.support.tables import each_row

VALID = [
    ("7748317800142", "1770160", 17_000),
    ("1117753200140", "12070160", 120_000),
    ("1177809000142", "570108", 5_000),
    ("2050327604613", "1070189", 10_000),
    ("9403272004129", "95570163", 955_000),
    ("1064348103115", "97570237", 975_000),
    ("9985235404124", "880000568", 8_800_000),
    ("1234567800967", "125050197", 1_250_000),
    ("402113162", "8750311", 87_000),
]

MADE = st.builds(
    bill_ids.make_ids,
    file_number=st.integers(1, bill_ids.HIGHEST_FILE_NUMBER),
    company_code=st.from_regex(r"[0-9]{3}", fullmatch=True),
    service_digit=st.integers(0, 9),
    amount=st.integers(1, 99_999_999).map(lambda thousands: thousands * 1000),
    jalali_year=st.integers(1390, 1500),
    billing_period=st.integers(0, 99),
)


@each_row(("bill_id", "payment_id", "rials"), VALID)
def test_valid_pairs(bill_id: str, payment_id: str, rials: int) -> None:
    bill_ids.verify_ids(bill_id, payment_id)
    bill_ids.verify_ids(bill_id.zfill(13), payment_id.zfill(13))
    assert bill_ids.amount_from_payment_id(payment_id) == bill_ids.amount_from_payment_id(payment_id.zfill(13)) == rials


@each_row(("bill_id", "payment_id", "rials"), VALID)
def test_making_gives_the_same_ids(bill_id: str, payment_id: str, rials: int) -> None:
    made = bill_ids.make_ids(
        file_number=int(bill_id[:-5]),
        company_code=bill_id[-5:-2],
        service_digit=int(bill_id[-2]),
        amount=rials,
        jalali_year=1400 + int(payment_id[-5]),
        billing_period=int(payment_id[-4:-2]),
    )
    assert made == BillIds(bill_id, payment_id)


@each_row(
    ("bill_id", "payment_id", "field"),
    [
        ("9174639504124", "12908197", "payment_id"),  # right only when padded
        ("1117753200140", "1770165", "payment_id"),
        ("2234322344613", "1770160", "bill_id"),
        ("9100074409151", "1770160", "bill_id"),
        ("7748317800142", "12070160", "payment_id"),  # of another bill
        ("7748317800142", "", "payment_id"),
        ("7748317800142", "17701", "payment_id"),
        ("7748317800142", "1770160a", "payment_id"),
        ("77483178001420", "1770160", "bill_id"),
        ("", "1770160", "bill_id"),
        ("0000000000000", "1770160", "bill_id"),
    ],
)
def test_invalid_pairs_name_the_wrong_id(bill_id: str, payment_id: str, field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        bill_ids.verify_ids(bill_id, payment_id)
    assert caught.value.field == field


def test_the_unpadded_check_is_right() -> None:
    bill_ids.verify_ids("9174639504124", "12908190")


def test_barcode_has_26_digits() -> None:
    ids = BillIds("1064348103115", "97570237")
    assert bill_ids.bill_barcode(ids) == "10643481031150000097570237"
    assert bill_ids.parse_barcode("۱۰۶۴۳۴۸۱۰۳۱۱۵ 0000097570237") == ids


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("1064348103115000009757023", "barcode"),
        ("10643481031150000097570238", "payment_id"),
        ("10643481031160000097570237", "bill_id"),
    ],
)
def test_a_wrong_barcode(text: str, field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        bill_ids.parse_barcode(text)
    assert caught.value.field == field


def test_ids_are_read_as_people_and_banks_write_them() -> None:
    assert bill_ids.parse_ids("0000402113162", " ۸۷۵-۰۳۱۱ ") == BillIds("402113162", "8750311")
    assert bill_ids.parse_bill_id("۴۰۲۱۱۳۱۶۲") == "402113162"
    with pytest.raises(InvalidField):
        bill_ids.parse_bill_id("۴۰۲۱۱۳۱۶۳")


@pytest.mark.parametrize(
    ("amount", "detail"),
    [(0, "not_thousands"), (-1000, "not_thousands"), (1500, "not_thousands"), (10**11, "too_high")],
)
def test_amounts_that_no_payment_id_can_say(amount: int, detail: str) -> None:
    with pytest.raises(InvalidField) as caught:
        bill_ids.make_ids(1, "131", 6, amount=amount, jalali_year=1405, billing_period=1)
    assert (caught.value.field, caught.value.reason) == ("amount", detail)


def test_the_highest_bill_fits() -> None:
    ids = bill_ids.make_ids(99_999_999, "999", 9, amount=bill_ids.HIGHEST_AMOUNT, jalali_year=1409, billing_period=99)
    assert len(ids.bill_id) == len(ids.payment_id) == 13
    assert bill_ids.amount_from_payment_id(ids.payment_id) == 99_999_999_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"file_number": 0},
        {"file_number": 100_000_000},
        {"company_code": "13"},
        {"company_code": "۱۳۱"},
        {"service_digit": 10},
        {"billing_period": 100},
        {"billing_period": -1},
    ],
)
def test_parts_that_do_not_fit(wrong: dict[str, int | str]) -> None:
    parts = {
        "file_number": 1,
        "company_code": "131",
        "service_digit": 6,
        "amount": 1000,
        "jalali_year": 1405,
        "billing_period": 1,
    }
    with pytest.raises(ValueError, match=r"got|fit"):
        bill_ids.make_ids(**(parts | wrong))  # type: ignore[arg-type]  # wrong values are the point


@settings(max_examples=60)
@given(MADE)
def test_round_trip(ids: BillIds) -> None:
    bill_ids.verify_ids(ids.bill_id, ids.payment_id)
    assert bill_ids.parse_barcode(bill_ids.bill_barcode(ids)) == ids
    assert bill_ids.parse_ids(ids.bill_id, ids.payment_id) == ids
