"""Passwords that nobody should choose: short or over-long ones, those of lists, and those made of what others know.

zxcvbn knows the lists (30,000 common passwords, names, English words), keyboard walks, dates, repetitions and the usual
signs for letters. What it cannot know is added: what people in Iran make passwords of, in Persian and in Latin letters
(`data/common_persian_words.txt`), words of this trade and place, what is known of the owner, and each of them as it
comes out when Persian words are typed on a Latin keyboard. None of it asks a network.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from domain.actions.staff.own_account import LONGEST_PASSWORD, SHORTEST_PASSWORD
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import fold_compactly, fold_text

LEAST_SCORE = 3
"""zxcvbn's scale ends at 4; 3 is at least 10⁸ guesses, which the limits of signing in make hopeless."""

TRADE_WORDS = (
    "pishkhan", "pishkhaan", "shahrdari", "shahrdar", "shahr", "shora", "edare", "karmand", "omran", "daramad",
    "taxirani", "modir", "nazer", "ramz", "gozarvazhe", "municipality", "password", "admin", "civil", "revenue",
    "expert", "secretariat", "manager", "auditor", "officer", "staff",
    "پیشخوان", "شهرداری", "شهردار", "کارمند", "عمران", "درآمد", "تاکسیرانی", "مدیر", "ناظر", "گذرواژه",
)  # fmt: skip
"""Words that everybody in a municipality would try."""

_COMMON_WORDS_FILE = Path(__file__).parent / "data" / "common_persian_words.txt"

_SHORTEST_WORD = 3
"""Letters of a word that may not be part of a password; shorter ones are part of too many."""

_MOST_SIGNS_READ = 72
"""Characters that zxcvbn looks at: its time grows with the square of them."""

_LATIN_KEYS = dict(zip("ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدئوپ", "qwertyuiop[]asdfghjkl;'zxcvbnm,\\", strict=True))
"""The Persian keyboard → the Latin sign on the same key."""


def refuse_weak_password(password: str, guessable_words: Collection[str], error_field: str = "new_password") -> None:
    """Refuse a password that nobody should choose, with the reason; `guessable_words` are what others know of the owner
    and the organisation.

    Errors: `InvalidField` of that field with the details `short_password`, `long_password`, `known_words`,
    `common_password`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidField(error_field, InvalidReason.SHORT_PASSWORD, least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise InvalidField(error_field, InvalidReason.LONG_PASSWORD, most=LONGEST_PASSWORD)
    known_words, compact_password = (
        sorted(set(_known_parts([*TRADE_WORDS, *guessable_words]))),
        fold_compactly(password),
    )
    if any(word in compact_password for word in known_words):
        raise InvalidField(error_field, InvalidReason.KNOWN_WORDS)
    ranked_words = (*known_words, *_load_common_words())
    has_few_signs = len(set(compact_password)) < SHORTEST_PASSWORD // 2 or not any(
        sign.isalpha() for sign in compact_password
    )
    if has_few_signs or _weakest_score(password, ranked_words) < LEAST_SCORE:
        raise InvalidField(error_field, InvalidReason.COMMONLY_USED)


def _known_parts(known_words: Iterable[str]) -> Iterable[str]:
    """Yield each part of the words that is long enough, folded, and as it comes out on a Latin keyboard."""
    for word_part in re.findall(r"[^\W_]+", fold_text(" ".join(known_words))):
        if len(word_part) >= _SHORTEST_WORD:
            yield word_part
            yield _type_on_latin_keys(word_part)


def _type_on_latin_keys(word: str) -> str:
    return "".join(_LATIN_KEYS.get(sign, sign) for sign in word)


def _weakest_score(password: str, ranked_words: Collection[str]) -> int:
    """Return the least score of a password as it is, without what separates its words, and as walks on the keyboard."""
    forms = {fold_text(password), fold_compactly(password), _type_on_latin_keys(fold_text(password))}
    return min(int(_load_zxcvbn()(form[:_MOST_SIGNS_READ], user_inputs=ranked_words)["score"]) for form in forms)


@cache
def _load_common_words() -> tuple[str, ...]:
    """Return the common words, folded, the commonest first, and behind them each Persian one as it comes out on a Latin
    keyboard.
    """
    lines = _COMMON_WORDS_FILE.read_text("utf-8").splitlines()
    common_words = [fold_text(word) for line in lines if not line.startswith("#") for word in line.split()]
    return tuple(dict.fromkeys((*common_words, *map(_type_on_latin_keys, common_words))))


@cache
def _load_zxcvbn() -> Any:
    """Return the library's function; its lists are read when a password is chosen for the first time."""
    return import_module("zxcvbn").zxcvbn
