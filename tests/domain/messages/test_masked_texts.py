"""Masks of what is personal in texts that are kept to learn from: numbers in any writing, names, and nothing else."""

import pytest

from domain.messages.masked_texts import MASK_PATTERN, fill_specimens, mask_personal_data
from domain.values.text import persian_digits

SEPARATORS = ("", " ", "-", "‐", ".")
NUMBERS = {
    "{mobile}": ("0912", "123", "45", "67"),
    "{code}": ("302", "466", "335"),
    "{national_code}": ("0499", "370", "899"),
    "{iban}": ("IR80", "0220", "0000", "0000", "0000", "0055", "67"),
    "{number13}": ("2821", "167", "331", "212"),
}
PERSONAL = {
    "12ب345 ایران 59": "{plate}",
    "12 ب 345": "{plate}",
    "ایران ۵۹ - ۱۲ت۳۴۵": "{plate}",
    "603799******1118": "{card}",
    "آقای کریمی": "آقای {name}",
    "خانم مریم احمدی": "خانم {name}",
    "پلاک ۸": "پلاک {number1}",
}
HARMLESS = ("لودر ۴ ساعت فردا ساعت ۸ خیابان امام", "۵ آذر ۱۴۰۵ ساعت ۸:۳۰", "۱۴۰۵/۰۹/۰۵", "امتیاز ۵ از ۵", "۲۰ متر")


@pytest.mark.parametrize("mask", NUMBERS)
def test_numbers_are_masked_however_they_are_written(mask: str) -> None:
    for separator in SEPARATORS:
        number = separator.join(NUMBERS[mask])
        assert mask_personal_data(f"سلام {number} خاموش است") == f"سلام {mask} خاموش است"
        assert mask_personal_data(f"سلام {persian_digits(number)} خاموش است") == f"سلام {mask} خاموش است"


def test_a_small_number_before_a_long_one_stays() -> None:
    assert mask_personal_data("لودر ۴ ساعت ۸ ۰۹۱۲۱۲۳۴۵۶۷") == "لودر ۴ ساعت ۸ {mobile}"


@pytest.mark.parametrize("personal", PERSONAL)
def test_plates_cards_houses_and_names_are_masked(personal: str) -> None:
    assert mask_personal_data(f"سلام {personal} خاموش است") == f"سلام {PERSONAL[personal]} خاموش است"


def test_names_that_are_known_of_the_writer_are_masked() -> None:
    masked = mask_personal_data("رضا محمدی هستم {x}", ["رضا محمدی", "Ali"])
    assert masked == "{name} {name} هستم (x)"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_names_nobody_stays(text: str) -> None:
    assert mask_personal_data(text) == text


def test_a_specimen_is_of_the_kind_that_was_masked() -> None:
    for text in (*NUMBERS, "{plate}", "{card}"):
        filled = fill_specimens(text)
        assert not MASK_PATTERN.search(filled)
        assert mask_personal_data(filled) == text
