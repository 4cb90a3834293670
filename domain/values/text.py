"""Text of people: one form for matching, one form for showing, and digits as their language has them.

Source: facts-iran.md, "Text, calendar, time". Digits are recognised by value, never by `str.isdigit()`, which also
accepts superscripts and the digits of scripts that nobody here types.
"""

import re
import unicodedata

from domain.values.languages import ARABIC_DIGITS, ASCII_DIGITS, PERSIAN_DIGITS, language_in_force

_TO_ASCII_DIGITS = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, ASCII_DIGITS * 2)

_DIACRITICS = [*range(0x064B, 0x0656), 0x0670, 0x0640]
_DIRECTION_CONTROLS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""Embeddings, overrides and isolates: they turn what follows them, or end the isolate that they are in."""
_BIDI_MARKS = [0x061C, 0x200E, 0x200F, *_DIRECTION_CONTROLS]
_JOINERS = [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD]
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_SURROGATES = range(0xD800, 0xE000)

_DROPPED_CHARACTERS = dict.fromkeys(
    [*_DIACRITICS, *_BIDI_MARKS, *_JOINERS, *_SURROGATES, *(code for code in _CONTROLS if not chr(code).isspace())]
)
_LETTER_VARIANTS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک"}
    | dict.fromkeys("ةۀەہۂھ", "ه")
    | dict.fromkeys("أإٱ", "ا")
    | {"ؤ": "و"}
)
_FOLD_TABLE = _LETTER_VARIANTS | _TO_ASCII_DIGITS | _DROPPED_CHARACTERS
_DISPLAY_TABLE = dict.fromkeys(
    [*(code for code in _CONTROLS if chr(code) != "\n"), *_SURROGATES, *_DIRECTION_CONTROLS]
) | str.maketrans({"ي": "ی", "ك": "ک", "\t": " ", "\v": " ", "\f": " ", "\u2028": "\n", "\u2029": "\n"})

_LEFT_TO_RIGHT_MARK = "\u200e"
_RIGHT_TO_LEFT_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CODE_MARKS = ("\u200e", "\u200f", "\u00a0")
_NEEDLESS_MARKS = str.maketrans(dict.fromkeys(_CODE_MARKS, "") | {"\u00a0": "-"})
_FIRST_FOREIGN_LETTER = "\u0250"
_COUNTRY_OF_ACCOUNT = re.compile(r"\bir(?=[\W_]*\d)", re.IGNORECASE)
_LATIN_LETTER = re.compile("[A-Za-z]")
_BEFORE_NUMBER = re.compile(r"(?<=\D)(?=\d)")

_SEPARATORS = re.compile(r"[\s\-_\u2010-\u2015\u2212\u00b7.]+")


def fold_text(text: str) -> str:
    """Return the form of `text` that is compared; never show it to anybody.

    Letters that keyboards confuse become one, marks and joiners go («پی‌گیری» = «پيگيري»), digits of both scripts
    become ASCII, Latin becomes lower case, white space collapses. Folding twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())  # the rest below changes nothing of it
    # Dropping first lets what a joiner kept apart compose now, the second NFKC what lower-casing took apart:
    # without both, a second fold could still find something to do.
    composed = unicodedata.normalize("NFKC", text.translate(_DROPPED_CHARACTERS)).translate(_FOLD_TABLE)
    return " ".join(unicodedata.normalize("NFKC", composed.lower()).split())


def tidy_text(text: str) -> str:
    """Return free text as its writer meant it: trimmed, ي/ك shown as ی/ک, line ends as newlines.

    Control characters and lone surrogates are removed (databases and XML refuse them), but for tabs, which become
    spaces, and so is what turns the direction of others' words behind it, however well a page isolates it. The marks of
    direction that one character has for itself stay; nothing else changes.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    unified_lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unified_lines.translate(_DISPLAY_TABLE).strip()


def count_code_units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, as messages and web forms count it: an emoji takes two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fold_compactly(text: str) -> str:
    """Return the folded text without white space, dashes and dots: how identifiers are read however they are typed."""
    return _SEPARATORS.sub("", fold_text(text))


def ascii_digits(text: str) -> str:
    """Return `text` with Persian and Arabic digits as ASCII digits, all else unchanged."""
    return text.translate(_TO_ASCII_DIGITS)


def persian_digits(text: str | int) -> str:
    """Return a number or text with its digits as the language in force has them, for people to read."""
    return str(text).translate(language_in_force().digit_table)


def format_reference(reference: str) -> str:
    """Return a number of a payment, transfer or bill for people to read: with letters in it («saman/71») as it is."""
    return reference if _LATIN_LETTER.search(reference) else persian_digits(reference)


def isolate_left_to_right(text: str) -> str:
    """Return letters and numbers that stand from left to right inside a right-to-left line: a plate as on the car.

    The isolate gives the direction; without the marks, numbers behind a Persian letter would change places with it.
    """
    return f"\u2066{_BEFORE_NUMBER.sub(_LEFT_TO_RIGHT_MARK, text)}\u2069"


def close_up_codes(text: str) -> str:
    """Return a text whose codes have neither gaps nor marks of direction: for screens that show boxes for the marks."""
    for code_mark in _CODE_MARKS:  # many times as fast as to translate a long text with none of them
        text = text.replace(code_mark, "")
    return text


def drop_needless_marks(text: str) -> str:
    """Return a text whose letters all run from left to right without the marks of direction around codes, a hyphen in
    place of each no-break space within them: both would cost it the alphabet of messages that has neither. Any other
    text stays as it is.
    """
    return text if _RIGHT_TO_LEFT_LETTER.search(text) else text.translate(_NEEDLESS_MARKS)


def has_latin_letters_alone(text: str) -> bool:
    """Return whether all letters of a text are Latin ones; of one without letters too, but for a bank account (IR…)."""
    own_text = _COUNTRY_OF_ACCOUNT.sub("", text)
    if own_text != text and not any(map(str.isalpha, own_text)):
        return False  # everybody writes these two so
    return all(letter < _FIRST_FOREIGN_LETTER for letter in own_text if letter.isalpha())


def group_digits(amount: int) -> str:
    """Return a whole number for people, its thousands set apart: «۱٬۲۵۰٬۰۰۰»."""
    return persian_digits(f"{amount:,}").replace(",", language_in_force().thousands_mark)
