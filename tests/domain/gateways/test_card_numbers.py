"""Card numbers never stand anywhere whole."""

import pytest

from domain.gateways.card_numbers import hide_card_numbers, hide_written_cards, mask_card


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("6037991234567893", "603799******7893"),
        ("603799******7893", "603799******7893"),
        ("۶۰۳۷۹۹xxxxxx7893", "603799******7893"),
        ("6037-99**-****-7893", None),
        ("", None),
        (None, None),
    ],
)
def test_six_and_four_digits_stay(number: str | None, masked: str | None) -> None:
    assert mask_card(number) == masked


def test_a_card_number_inside_a_text_is_masked_and_other_numbers_stay() -> None:
    text = "CardHolderPan=6037991234567893&SaleReferenceId=142031234567&RefNum=6037991234567890"
    assert hide_card_numbers(text) == text.replace("6037991234567893", "603799******7893")
    assert hide_card_numbers("6037-9912-3456-7893") == "603799******7893"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("کارتم ۶۰۳۷ ۹۹۱۲ ۳۴۵۶ ۷۸۹۳ ممنون", "کارتم 603799******7893 ممنون"),
        ("6037-9912-3456-7890", "603799******7890"),
        ("60379912 34567893 02/08", "603799******7893 02/08"),
        ("6037991234567893 123456", "603799******7893 123456"),
        ("IR06 2960 0000 0010 0324 2000 01", "IR06 2960 0000 0010 0324 2000 01"),
        ("شبا IR۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", "شبا IR۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱"),
        ("کد ۱۲۳ ۴۵۶ ۷۸۶ و 09121234567", "کد ۱۲۳ ۴۵۶ ۷۸۶ و 09121234567"),
    ],
)
def test_what_a_citizen_writes_is_kept_without_card_numbers(written: str, kept: str) -> None:
    assert hide_written_cards(written) == kept
