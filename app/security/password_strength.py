"""Which passwords nobody should choose: short or over-long ones, those of lists, and those made of what others know.

zxcvbn knows the lists (30,000 common passwords, names, English words), keyboard walks, dates, repetitions and the usual
signs for letters. What it cannot know is added: words of this trade and place, what is known of the owner, and each of
them as it comes out when Persian words are typed on a Latin keyboard. None of it asks a network.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from importlib import import_module
from typing import Any

from domain.actions.staff.own_account import LONGEST_PASSWORD, SHORTEST_PASSWORD
from domain.values.errors import InvalidField
from domain.values.text import ascii_digits, compact, fold

LEAST_SCORE = 3
"""zxcvbn's scale ends at 4; 3 is at least 10⁸ guesses, which the limits of signing in make hopeless."""

TRADE = (
    "pishkhan", "pishkhaan", "shahrdari", "shahrdar", "shahr", "shora", "edare", "karmand", "omran", "daramad",
    "taxirani", "modir", "nazer", "ramz", "gozarvazhe", "municipality", "password", "admin", "civil", "revenue",
    "expert", "secretariat", "manager", "auditor", "officer", "staff",
    "پیشخوان", "شهرداری", "شهردار", "کارمند", "عمران", "درآمد", "تاکسیرانی", "مدیر", "ناظر", "گذرواژه",
)  # fmt: skip
"""Words that everybody in a municipality would try."""

_SHORTEST_WORD = 3
"""Letters of a word that may not stand in a password; shorter ones stand in too many."""

_MOST_READ = 72
"""Characters that zxcvbn looks at: its time grows with the square of them."""

_KEYS = dict(zip("ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدئوپ", "qwertyuiop[]asdfghjkl;'zxcvbnm,\\", strict=True))
"""The Persian keyboard → the Latin sign on the same key."""


def refuse_weak(password: str, words: Collection[str], field: str = "new_password") -> None:
    """Refuse a password that nobody should choose, with the reason; `words` are what others know of owner and house.

    Errors: `InvalidField` of that field with the details `short_password`, `long_password`, `known_words`,
    `common_password`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidField(field, detail="short_password", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise InvalidField(field, detail="long_password", most=LONGEST_PASSWORD)
    known, typed = sorted(set(_known([*TRADE, *words]))), compact(password)
    if any(word in typed for word in known):
        raise InvalidField(field, detail="known_words")
    few = len(set(typed)) < SHORTEST_PASSWORD // 2 or not any(sign.isalpha() for sign in typed)
    if few or _score(ascii_digits(password), known) < LEAST_SCORE:
        raise InvalidField(field, detail="common_password")


def _known(words: Iterable[str]) -> Iterable[str]:
    """Yield each part of the words that is long enough, folded, and as it comes out on a Latin keyboard."""
    for part in re.findall(r"[^\W_]+", fold(" ".join(words))):
        if len(part) >= _SHORTEST_WORD:
            yield part
            yield "".join(_KEYS.get(sign, sign) for sign in part)


def _score(password: str, known: Collection[str]) -> int:
    result = _zxcvbn()(password[:_MOST_READ], user_inputs=known)
    return int(result["score"])


@cache
def _zxcvbn() -> Any:
    """Return the library's function; its lists are read when a password is chosen for the first time."""
    return import_module("zxcvbn").zxcvbn
