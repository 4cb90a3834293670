"""Rounding and showing rials."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.values.languages import Language, in_language
from domain.values.money import RoundingMode, rials_in_toman, rials_text, round_rials
from tests.support.tables import each_row


@each_row(
    ("amount", "mode", "rounded"),
    [
        (1_250_499, "down", 1_250_000),
        (1_250_999, "down", 1_250_000),
        (1_250_001, "up", 1_251_000),
        (1_250_000, "up", 1_250_000),
        (1_250_499, "nearest", 1_250_000),
        (1_250_500, "nearest", 1_251_000),
        (0, "up", 0),
        (999, "down", 0),
    ],
)
def test_rounding(amount: int, mode: RoundingMode, rounded: int) -> None:
    assert round_rials(amount, rounding_mode=mode) == rounded


def test_rounding_to_another_step() -> None:
    assert round_rials(1_234, 5, "nearest") == 1_235
    assert round_rials(1_232, 5, "nearest") == 1_230
    assert round_rials(1_234, 1) == 1_234


@pytest.mark.parametrize(("amount", "step"), [(-1, 1000), (1000, 0)])
def test_what_cannot_be_rounded(amount: int, step: int) -> None:
    with pytest.raises(ValueError, match="cannot round"):
        round_rials(amount, step)


@settings(max_examples=50)
@given(st.integers(0, 10**14), st.integers(1, 100_000))
def test_down_and_up_enclose_the_amount(amount: int, step: int) -> None:
    down, nearest, up = (round_rials(amount, step, mode) for mode in ("down", "nearest", "up"))
    assert down <= amount <= up < amount + step
    assert nearest in {down, up}
    assert abs(nearest - amount) * 2 <= step


def test_toman_of_rials_for_people() -> None:
    assert rials_in_toman("۳۵٬۲۰۰٬۰۰۰") == "۳٬۵۲۰٬۰۰۰"
    with in_language(Language("fa-Latn", "Farsi")):
        assert rials_in_toman("35,200,000") == "3,520,000"


def test_rials_for_people() -> None:
    assert rials_text(1_250_000, "ریال") == "۱٬۲۵۰٬۰۰۰ ریال"
