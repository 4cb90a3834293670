"""Card numbers never stand anywhere whole."""

import pytest

from domain.gateways.card_numbers import hide_card_numbers, mask_card


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
