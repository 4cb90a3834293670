"""What somebody answers whose consent is awaited, in words of consenting and of allowing («رضایت دارم», «اجازه نمی‌دم»).

Elsewhere these words answer nothing. A denied verb refuses, whatever is asked: «اجازه نمی‌دم» agrees to a refusal.
"""

from itertools import product
from typing import NamedTuple

from domain.conversation.reading.sentences import FILLER_WORDS, QUESTION_MARKS
from domain.parsing.identifiers import CODE_LABELS
from domain.parsing.tokens import Phrases, TokenStream, keys_of

_CONSENT = ("رضایت", "رضایتم را", "اجازه", "اجازه شو", "موافقت", "rezayat", "ejaze", "movafeghat")
_AGREEING = ("دارم", "داریم", "میدم", "میدهم", "میدیم", "دادم", "میکنم", "میکنیم", "کردم", "daram", "midam", "mikonam")
_REFUSING = (
    "ندارم", "نداریم", "نمیدم", "نمیدهم", "نمیدیم", "ندادم", "نمیکنم", "نمیکنیم", "نکردم", "nadaram", "nemidam",
    "nemikonam",
)  # fmt: skip
_ANSWERS: Phrases[bool] = Phrases(
    {
        True: (
            *(" ".join(pair) for pair in product(_CONSENT, _AGREEING)),
            "قبول میکنم", "قبول دارم", "قبوله", "قبول است", "قبول کردم", "راضیم", "راضی ام", "راضی هستم", "راضی",
            "موافقم", "موافق هستم", "مانعی نداره", "مانعی ندارد", "مشکلی نداره", "مشکلی ندارم", "حرفی ندارم", "بره",
            "میتونه بره", "ghabool mikonam", "ghaboole", "razi am", "raziam", "razi hastam", "movafegham", "razy",
            "razy men", "men razy", "razydyryn", "razy boldum", "مرخصی berýärin", "مرخصی berýän", "kabul edýärin",
        ),
        False: (
            *(" ".join(pair) for pair in product(_CONSENT, _REFUSING)),
            "قبول نیست", "قبول نمیکنم", "قبول ندارم", "قبول نکردم", "راضی نیستم", "ناراضیم", "ناراضی ام", "ناراضی",
            "موافق نیستم", "مخالفم", "مخالف هستم", "نره", "نمیتونه بره", "ghabool nist", "ghabool nemikonam",
            "razi nistam", "movafegh nistam", "razy däl", "razy däl men", "men razy däl", "مرخصی ندهید", "مرخصی خیر",
            "kabul däl", "kabul etmeýärin",
        ),
    }
)  # fmt: skip
"""In Turkmen permission is the word for a leave («rugsat berýärin»), and read as that."""
_BESIDE = FILLER_WORDS | CODE_LABELS | keys_of(
    "من", "بنده", "ما", "اینجانب", "بهش", "نظر", "طرف", "راننده", "مالک", "صاحب", "ماشین", "مرخصی", "مرخصیش", "بره",
    "برود", "هیچ", "مشکلی", "کامل", "کاملا", "men", "man",
)  # fmt: skip


class ConsentAnswer(NamedTuple):
    """What was answered, and whether nothing else was said."""

    is_agreed: bool
    is_plain: bool


def read_consent(text: str) -> ConsentAnswer | None:
    """Return what a text answers to who asks for consent; None where it says both, asks, or says nothing of it."""
    stream = TokenStream(text)
    answers: set[bool] = set()
    rest: set[str] = set()
    index = 0
    while index < len(stream):
        match = _ANSWERS.match_at(stream, index)
        if match:
            answers.add(match[0])
        elif not stream.is_mark_at(index) and not stream.digits_at(index):
            rest.add(stream.raw_at(index))
        index = match[1] if match else index + 1
    if len(answers) != 1 or any(token.key in QUESTION_MARKS for token in stream.tokens):
        return None
    return ConsentAnswer(answers.pop(), not rest - _BESIDE)
