"""Suggestions in what people write: named as such, supported by number."""

import pytest

from domain.parsing.suggestions import find_asked_number, find_supported_number, names_suggestion


@pytest.mark.parametrize(
    "text",
    [
        "پیشنهاد لودر دوم بخرید",
        "سلام یه پیشنهاد دارم",
        "پیشنهادم پارکینگ است، نظرتون چیه",
        "pishnahad daram",
        "teklibim bar",
        "بیر پیشنهادیم بار",
    ],
)
def test_a_suggestion_is_named(text: str) -> None:
    assert names_suggestion(text)


@pytest.mark.parametrize(
    "text",
    [
        "نظر و پیشنهاد دارم",
        "نظر پیشنهادتون خوب بود",
        "انتقاد و پیشنهاد دارم",
        "pikirim bar",
        "لودر فردا",
        "دیروز راننده لودر آمد و گفت برای کوچه ما پیشنهاد دارد",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not names_suggestion(text)


@pytest.mark.parametrize(
    "text",
    [
        "موافقم ۱۲",
        "سلام، موافقم با پیشنهاد ۱۲",
        "با پیشنهاد شماره 12 موافقم.",
        "12 را حمایت می‌کنم",
        "به پیشنهاد ۱۲ رأی می‌دهم",
        "movafegham 12",
        "goldaýaryn 12",
        "12 sanly teklibi goldaýaryn",
    ],
)
def test_a_supported_number_is_read(text: str) -> None:
    assert find_supported_number(text) == 12


@pytest.mark.parametrize(
    "text",
    [
        "موافقم",
        "موافق نیستم ۱۲",
        "موافقم ۱۲ ولی گران است",
        "موافقم ۱۲؟",
        "موافقم ۱۲ ۱۳",
        "موافقم 731835348",
        "موافقم ۰",
        "۱۲",
    ],
)
def test_what_supports_nothing(text: str) -> None:
    assert find_supported_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("پیشنهاد ۱۲", 12),
        ("سلام پیشنهاد شماره 12 چی شد", 12),
        ("پیشنهاد ۲ لودر بخرید", None),
        ("پیشنهاد", None),
        ("پیشنهاد 481977658", None),
        ("۱۲", None),
    ],
)
def test_a_number_that_is_asked_after(text: str, number: int | None) -> None:
    assert find_asked_number(text) == number
