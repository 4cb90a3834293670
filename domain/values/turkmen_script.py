"""Turkmen in Arabic letters, made of Turkmen in Latin ones as it is read and written in Gomishan.

The rules are those of the words that people there type (gerek گرک, sagat ساغات, kömek کؤمک): «e» is written at the end
and in an open syllable behind the first, «g» and «k» by the vowel beside them, a first «g» of back vowels as «ق». Words
that came from Persian or Arabic keep the spelling that everybody knows; those are listed. Nothing is lost between
braces (facts) or in words that are all capitals (PDF). Not yet read by a native speaker.
"""

import re
from functools import lru_cache
from types import MappingProxyType

from domain.values.languages import ASCII_DIGITS, PERSIAN_DIGITS

_BACK_VOWELS, _FRONT_VOWELS = "aouy", "äeiöü"
_VOWELS = _BACK_VOWELS + _FRONT_VOWELS
_JOINER = "\u200c"
_FIRST_VOWELS = {"a": "آ", "ä": "أ", "e": "ا", "i": "ای", "y": "ای", "o": "او", "u": "او", "ö": "اؤ", "ü": "او"}
_INNER_VOWELS = {"a": "ا", "ä": "أ", "i": "ی", "y": "ی", "o": "و", "u": "و", "ö": "ؤ", "ü": "و"}
_CONSONANTS = {
    "b": "ب", "ç": "چ", "d": "د", "f": "ف", "h": "ه", "j": "ج", "ž": "ژ", "l": "ل", "m": "م", "n": "ن", "ň": "نگ",
    "p": "پ", "r": "ر", "s": "س", "ş": "ش", "t": "ت", "w": "و", "v": "و", "ý": "ی", "z": "ز", "c": "ج", "x": "خ",
    "q": "ق",
}  # fmt: skip
_BY_VOWEL = {"g": ("غ", "گ"), "k": ("ق", "ک")}
_MARKS = str.maketrans({",": "،", ";": "؛", "?": "؟"} | dict(zip(ASCII_DIGITS, PERSIAN_DIGITS, strict=True)))
_PIECES = re.compile(
    r"(?P<fact>\{[^}]*\})|(?P<ending>(?<=[0-9}A-Z]-)[a-zäçňöşüýž]+)|(?P<word>[A-Za-zÄäÇçŇňÖöŞşÜüÝýŽž]+)|(?P<marks>[,;?0-9]+)"
)

WRITTEN_OTHERWISE = MappingProxyType(
    {
        "adres": "آدرس", "arza": "عرضه", "bale": "بله", "bank": "بانک", "belet": "بلد", "derkar": "درکار",
        "dynç": "دینچ", "ekspert": "کارشناس", "emläk": "املاک", "eýesi": "ایه‌سی", "faýl": "فایل", "gabz": "قبض",
        "gümişan": "گمیشان", "habar": "خبر", "hasap": "حساب", "haýyş": "خواهش", "hepde": "هفته", "hyzmat": "خدمت",
        "jogap": "جواب", "kabul": "قبول", "karar": "قرار", "karta": "کارت", "kod": "کد", "köçe": "کوچه",
        "loder": "لودر", "maglumat": "معلومات", "maşyn": "ماشین", "milli": "ملی", "mülk": "ملک", "möhlet": "مهلت",
        "nomer": "نمره", "park": "پارک", "parol": "رمز", "poçta": "پست", "plaka": "پلاک",
        "rial": "ریال",
        "rugsad": "رخصت", "rugsat": "رخصت", "salam": "سلام", "sebäp": "سبب", "sene": "سنه", "sowal": "سوال",
        "sms": "پیامک", "surat": "صورت", "şäherdar": "شهردار",
        "eýran": "ایران", "şikaýat": "شکایت", "taksi": "تاکسی", "tankeri": "تانکری",
        "tarap": "طرف", "telefon": "تلفن",
        "telegram": "تلگرام", "türkmen": "تورکمن", "wagt": "وقت", "möhür": "مهر", "nusga": "نسخه",
        "mekan": "مکان", "meýdan": "میدان", "hormat": "حرمت", "hak": "حق", "howpsuz": "خوفسیز", "hökman": "حکمان",
        "takyk": "تحقیق", "tamam": "تمام", "tassyk": "تصدیق", "ýalňyş": "یالنگیش", "umumy": "عمومی", "hemme": "همه",
    }
)  # fmt: skip
"""Beginnings of words, in Latin letters → as they are written: what follows is spelt by the rules."""

_STEMS = tuple(sorted(WRITTEN_OTHERWISE, key=len, reverse=True))


def write_in_arabic(text: str) -> str:
    """Return a Turkmen text of Latin letters in Arabic ones; what is written in Arabic letters already stays."""
    return _PIECES.sub(_write_piece, text)


def _write_piece(piece: re.Match[str]) -> str:
    fact, ending, word, marks = piece.groups()
    if fact or marks:
        return fact or marks.translate(_MARKS)
    return _write_letters(f"-{ending}", 1) if ending else _write_word(word)


@lru_cache(maxsize=8192)
def _write_word(word: str) -> str:
    letters = word.lower()
    stem = next((known for known in _STEMS if letters.startswith(known)), "")
    if not stem and len(word) > 1 and word.isupper() and word.isascii():
        return word
    beginning, ending = WRITTEN_OTHERWISE.get(stem, ""), _write_letters(letters, len(stem))
    return f"{beginning}{_JOINER}{ending}" if beginning.endswith("ه") and ending else beginning + ending


def _write_letters(letters: str, start: int) -> str:
    written = "".join(_write_letter(letters, index) for index in range(start, len(letters)))
    return written.removesuffix(_JOINER)


def _write_letter(letters: str, index: int) -> str:
    letter = letters[index]
    if letter in _VOWELS:
        if index == 0:
            return _FIRST_VOWELS[letter]
        return _write_open_e(letters, index) if letter == "e" else _INNER_VOWELS[letter]
    if letter in _BY_VOWEL:
        back, _ = _BY_VOWEL["k" if index == 0 else letter]
        return _BY_VOWEL[letter][1] if _vowel_beside(letters, index) in _FRONT_VOWELS else back
    return _CONSONANTS.get(letter, letter)


def _write_open_e(letters: str, index: int) -> str:
    """Write an «e» that does not begin a word: at the end, and in an open syllable behind the first."""
    if index == len(letters) - 1:
        return "ه"
    is_first = not any(letter in _VOWELS for letter in letters[:index])
    is_closed = letters[index + 1] not in _VOWELS and (index + 2 == len(letters) or letters[index + 2] not in _VOWELS)
    return "" if is_first or is_closed else f"ه{_JOINER}"


def _vowel_beside(letters: str, index: int) -> str:
    """Return the vowel that decides how «g» and «k» are written: the next letter's, else the last before, else any."""
    if index + 1 < len(letters) and letters[index + 1] in _VOWELS:
        return letters[index + 1]
    vowels_before = [letter for letter in letters[:index] if letter in _VOWELS]
    vowels_after = [letter for letter in letters[index:] if letter in _VOWELS]
    return vowels_before[-1] if vowels_before else vowels_after[0] if vowels_after else "a"
