"""Bank passwords in what people write: they are masked before anything is stored, and never asked for.

«رمز» alone is a word of many things (a tracking code is one to some); a secret is a number beside it, or the password
of a card or a bank.
"""

import re

from domain.gateways.card_numbers import CARD_DIGITS, hide_written_cards
from domain.values.text import ascii_digits

_NAMES_OF_IT = r"(?:رمز|پسورد|پین|گذرواژه|(?<![a-z])(?:ramz|pin|password|parol|cvv ?2?)(?![a-z])|سی ?وی ?وی ?2?|پارول)"
_OURS = r"(?:رهگیری|پیگیری|درخواست|قبض|تأیید|تایید|سایت|ورود|ربات|rahgiri|peygiri)"
_BETWEEN = rf"(?:(?!{_OURS})[^0-9]){{0,30}}?"
FEWEST_SECRET_DIGITS = 3
_NUMBER = rf"(?<![0-9*])[0-9]{{{FEWEST_SECRET_DIGITS},12}}(?![0-9*])"
_SECRETS = (
    re.compile(rf"{_NAMES_OF_IT}{_BETWEEN}(?P<secret>{_NUMBER})", re.IGNORECASE),
    re.compile(rf"(?P<secret>{_NUMBER})\W{{0,3}}{_NAMES_OF_IT}(?!\w{{0,4}}\W*{_OURS})", re.IGNORECASE),
)
_MASK = "****"
_NAMED_SECRET = re.compile(
    rf"{_NAMES_OF_IT}\w*[^0-9*]{{0,30}}{re.escape(_MASK)}|{re.escape(_MASK)}\W{{0,3}}{_NAMES_OF_IT}"
    rf"|رمز\w*\W+(?:(?:عبور|کارت|دوم|دومم|اول|پویا|عابر|عابربانک|بانک|حساب|همراه|شتاب)\w*)|ramz\w*\W+(?:kart|dovom|dowom|poya)\w*"
    r"|(?<![a-z])cvv",
    re.IGNORECASE,
)


def hide_written_secrets(text: str) -> str:
    """Return what somebody wrote with card numbers and bank passwords masked; all else stays as it was written."""
    digit_count = sum(map(str.isdigit, text))
    if digit_count < FEWEST_SECRET_DIGITS:
        return text  # as most texts are
    if digit_count >= CARD_DIGITS:
        text = hide_written_cards(text)
    for secret in _SECRETS:
        spans = [found.span("secret") for found in secret.finditer(ascii_digits(text))]
        for start, end in reversed(spans):
            text = f"{text[:start]}{_MASK}{text[end:]}"
    return text


def tells_secret(text: str) -> bool:
    """Return whether a text, masked already, holds the password of a card or a bank, or speaks of giving it."""
    return _NAMED_SECRET.search(text) is not None
