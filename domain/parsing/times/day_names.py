"""Names of days and months as people write them, a letter of them wrong at most."""

from functools import lru_cache

from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_of
from domain.values.calendar import MONTH_NAMES, WEEKDAY_NAMES

_ENGLISH_WEEKDAYS = ("saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday")
_OTHER_WEEKDAYS: dict[int, tuple[str, ...]] = {
    0: ("sat",),
    1: ("1 شنبه", "یه شنبه", "sun"),
    2: ("2 شنبه", "mon"),
    3: ("3 شنبه", "tue"),
    4: ("4 شنبه", "چار شنبه", "wed"),
    5: ("5 شنبه", "پن شنبه", "thu"),
    6: ("آدینه", "fri"),
}
_OTHER_MONTHS: dict[int, tuple[str, ...]] = {
    1: ("فرودین", "farvardin"),
    2: ("اردی بهشت", "ordibehesht"),
    3: ("khordad",),
    4: ("tir",),
    5: ("امرداد", "mordad"),
    6: ("شهریر", "shahrivar"),
    7: ("mehr",),
    8: ("aban",),
    9: ("azar",),
    10: ("dey",),
    11: ("bahman",),
    12: ("اسپند", "esfand"),
}
WEEKDAY_PHRASES = Phrases(
    {place: (WEEKDAY_NAMES[place], _ENGLISH_WEEKDAYS[place], *others) for place, others in _OTHER_WEEKDAYS.items()}
)
MONTH_PHRASES = Phrases(
    {
        number: (form for name in (MONTH_NAMES[number - 1], *others) for form in (name, f"{name} ماه"))
        for number, others in _OTHER_MONTHS.items()
    }
)
RELATIVE_PHRASES = Phrases(
    {
        0: ("امروز", "همین امروز", "today"),
        1: ("فردا", "tomorrow", "tomorow"),
        2: ("پس فردا", "پسون فردا", "day after tomorrow", "the day after tomorrow"),
        3: ("پسین فردا",),
    }
)
_SPELLINGS = {
    phrases: Spelling(phrase for phrase in phrases.values_by_phrase if len(phrase) >= fewest_letters)
    for phrases, fewest_letters in ((WEEKDAY_PHRASES, 6), (MONTH_PHRASES, 4), (RELATIVE_PHRASES, 5))
}
"""Shorter names are one letter from too many other words («شعبه», «متر»); their slips are in `spoken_persian`."""

_OTHER_WORDS = keys_of("افروز", "آموز", "امروزی", "آباد", "بهمان", "بان", "دوشنبه‌بازار", "metr")
"""Words that look like a name of a day or month and are none."""


def may_begin_name(key: str) -> bool:
    """Return whether the name of a day or month may begin with a token, to pass over at once what cannot."""
    return any(
        phrases.may_begin(key) or (phrases is not MONTH_PHRASES and _find_near_name(key, phrases) is not None)
        for phrases in _SPELLINGS
    )


def match_name_at(stream: TokenStream, index: int, phrases: Phrases[int]) -> tuple[int, int] | None:
    """Return which day or month of one of the tables above a place names and where that ends; at most one letter of
    it is wrong.
    """
    if match := phrases.match_at(stream, index):
        return match
    word = stream.key_at(index)
    if not word or stream.tokens[index].kind is not TokenKind.WORD or word in _OTHER_WORDS:
        return None
    meant = _find_near_name(word, phrases)
    return None if meant is None else (meant, index + 1)


@lru_cache(maxsize=4096)
def _find_near_name(word: str, phrases: Phrases[int]) -> int | None:
    """Return the one day or month that a misspelt word may mean; the words of messages come again and again."""
    near_names = _SPELLINGS[phrases].find_near(word)
    meant = {phrases.values_by_phrase[name] for cost, name in near_names if cost <= 1 and cost == near_names[0][0]}
    return meant.pop() if len(meant) == 1 else None
