"""Refused passwords, with their reasons."""

import pytest

from app.security.password_strength import refuse_weak_password
from app.security.passwords import generate_password
from domain.values.errors import InvalidField
from tests.support.tables import each_row

KNOWN = ["شهرداری گمیشان", "pishkhan.gomishan.ir", "maryam.k", "مریم کلته"]


def why(password: str) -> str | None:
    """The reason for which a password is refused."""
    try:
        refuse_weak_password(password, KNOWN)
    except InvalidField as refused:
        return refused.reason
    return None


REFUSED = {
    "short_password": ["kuh-darya"],
    "long_password": ["x" * 201],
    "common_password": [
        "Letmein2024!", "P@ssw0rd2024", "qwertyuiop1", "1234567890", "aaaaaaaaaaaaaa", "abababababab", "۱۲۳۴۵۶۷۸۹۰",
        "iloveyou2025", "1405/09/05-1405", "09121112233", "zaq12wsxcde3",
        "khodaya1405", "doostet daram", "esteghlal1324", "hossein1370", "yaaliyahossein", "gomeishan140",
        "یا حسین ۱۳۷۰", "عاشقتم۱۲۳۴", "خدایا شکرت", "محمدرضا۱۳۶۵", "ضصثقفغعهخح", "lpln vqh 1365",
    ],
    "known_words": [
        "gomishan-1405-quiet", "GOMI-SHAN river 77", "گمیشان و دریای سبز", "گمي‌شان و درياي سبز", "Shahrdari$Blue9",
        "aivnhvd over water", "maryam over the water", "مریم کنار آب ایستاد", "pishkhan blue lamp",
    ],
}  # fmt: skip


@each_row(("reason", "password"), [(why, one) for why, several in REFUSED.items() for one in several])
def test_what_many_would_try_is_refused(reason: str, password: str) -> None:
    assert why(password) == reason


@pytest.mark.parametrize(
    "password", ["a quiet harbour 1405", "گل‌جمال سه نان خرید", "green lamp over water", "7KmVwq2Rk9bT"]
)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    assert why(password) is None


def test_what_is_made_here_is_taken() -> None:
    assert [why(generate_password()) for _ in range(20)] == [None] * 20
