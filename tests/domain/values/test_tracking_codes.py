"""Tracking codes: the example of the contract, and what the check digit finds."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.values import tracking_codes
from domain.values.errors import CodeMistyped, InvalidField

CODES = st.integers(tracking_codes.LOWEST_PAYLOAD, tracking_codes.HIGHEST_PAYLOAD).map(tracking_codes.make_code)


def test_the_example_of_the_contract() -> None:
    assert tracking_codes.make_code(12345678) == "123456786"
    assert tracking_codes.display_code("123456786") == "123\u00a0456\u00a0786"


@pytest.mark.parametrize("text", ["123456786", "۱۲۳ ۴۵۶ ۷۸۶", "١٢٣-٤٥٦-٧٨٦", " 1 2345\u200c6–786\n", "۱۲۳_۴۵۶.۷۸۶"])
def test_read_however_typed(text: str) -> None:
    assert tracking_codes.parse_code(text) == "123456786"


@pytest.mark.parametrize("text", ["", "12345678", "1234567860", "12345678a", "پیگیری", "൧23456786", "۱۲۳۴۵۶۷۸߆"])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(InvalidField) as caught:
        tracking_codes.parse_code(text)
    assert caught.value.field == "code"


@pytest.mark.parametrize("text", ["123456787", "000000000", "012345678"])
def test_a_mistyped_code(text: str) -> None:
    with pytest.raises(CodeMistyped):
        tracking_codes.parse_code(text)


@pytest.mark.parametrize("payload", [0, 9_999_999, 100_000_000])
def test_payloads_that_do_not_fit(payload: int) -> None:
    with pytest.raises(ValueError, match="eight digits"):
        tracking_codes.make_code(payload)


@settings(max_examples=60)
@given(CODES, st.integers(0, 8), st.sampled_from("0123456789"))
def test_every_wrong_digit_is_found(code: str, place: int, digit: str) -> None:
    assume(code[place] != digit)
    with pytest.raises(CodeMistyped):
        tracking_codes.parse_code(code[:place] + digit + code[place + 1 :])


@settings(max_examples=60)
@given(CODES, st.integers(0, 7))
def test_every_swap_of_neighbours_is_found(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    with pytest.raises(CodeMistyped):
        tracking_codes.parse_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@settings(max_examples=60)
@given(CODES)
def test_what_is_shown_is_read_back(code: str) -> None:
    assert tracking_codes.parse_code(tracking_codes.display_code(code)) == code
