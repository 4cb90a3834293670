"""Words of addresses: after them a number, a date or a weekday is a name («کوچه ۴», «خیابان ۲۲ بهمن», «شنبه‌بازار»)."""

import re

from domain.parsing.tokens import TokenStream, keys_in, keys_of, read_once

_NUMBERED_PLACES = keys_in("values.numbered_places")
_ROAD_WORDS = keys_in("values.road_words")
_BUILDING_WORDS = keys_in("values.building_words")
_BESIDE_WORDS = keys_in("values.beside_words")
_TRADE_WORDS = keys_in("values.trade_words")
_ADDRESS_WORDS = _NUMBERED_PLACES | _ROAD_WORDS | _BUILDING_WORDS | _BESIDE_WORDS | keys_in("values.address_words")
_BEFORE_EVENING = keys_in("values.before_evening")
_COLON_WORDS = keys_of("-", ":", "شماره")
_MARKET_WORDS = keys_of("بازار", "بازارچه")
_MOSQUE_WORDS = keys_of("مسجد", "بازار")
_WORDS_OF_BEING = keys_in("values.words_of_being")
_CLAUSE_END = re.compile(r"[،,؛;.\n]+")


def _word_before(stream: TokenStream, index: int) -> str:
    """Return the token before a place, over a dash or colon («پلاک: ۱۲»)."""
    index -= 1
    while index > 0 and stream.raw_at(index) in _COLON_WORDS and stream.raw_at(index - 1) in _NUMBERED_PLACES:
        index -= 1
    return stream.raw_at(index)


def is_place_number(stream: TokenStream, index: int) -> bool:
    """Return whether the number at a place is part of an address («پلاک ۱۲»)."""
    return _word_before(stream, index) in _NUMBERED_PLACES


def is_road_number(stream: TokenStream, index: int) -> bool:
    """Return whether the number at a place may be a road's name («میدان ۷», «کوچه ۷»)."""
    return _word_before(stream, index) in _NUMBERED_PLACES | _ROAD_WORDS


def is_street_date(stream: TokenStream, index: int, *, is_remembrance: bool) -> bool:
    """Return whether a day of a month names a street, or what lies in it when the day is one of remembrance."""
    word_before = _word_before(stream, index)
    return word_before in _NUMBERED_PLACES | _ROAD_WORDS or (is_remembrance and word_before in _BUILDING_WORDS)


def is_place_trade(stream: TokenStream, index: int) -> bool:
    """Return whether a word names what is beside the place of work: «جنب جرثقیل», «روبروی کارگاه جرثقیل»."""
    return stream.raw_at(index - (stream.raw_at(index - 1) in _TRADE_WORDS) - 1) in _BESIDE_WORDS


def is_place_weekday(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether a weekday names a market or mosque («شنبه‌بازار», «مسجد جمعه»)."""
    return stream.raw_at(start - 1) in _MOSQUE_WORDS or stream.raw_at(end) in _MARKET_WORDS


def is_name_evening(stream: TokenStream, index: int) -> bool:
    """Return whether a part of the day belongs to a name: «ولی‌عصر», «امام عصر»."""
    return stream.raw_at(index - 1) in _BEFORE_EVENING


def is_road_word(word: str) -> bool:
    """Return whether a token leads to the name of a road, or to what is beside a place: many addresses have it."""
    return word in _NUMBERED_PLACES | _ROAD_WORDS | _BESIDE_WORDS


def is_address_word(word: str) -> bool:
    """Return whether a token is a word of addresses."""
    return word in _ADDRESS_WORDS


def mentions_address(text: str) -> bool:
    """Return whether a text holds a word of addresses."""
    return not _ADDRESS_WORDS.isdisjoint(read_once(text).key_set)


def has_address_word(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether one of some tokens is a word of addresses."""
    return not _ADDRESS_WORDS.isdisjoint(stream.read.keys[start:end])


def names_spot(address: str) -> bool:
    """Return whether an address has more than the word for one («آدرس لودر»): a road, a building, what it is beside."""
    words = read_once(address).key_set
    return not words.isdisjoint(_NUMBERED_PLACES | _ROAD_WORDS | _BUILDING_WORDS | _BESIDE_WORDS)


def part_with_address(text: str) -> str:
    """Return what somebody tells from the first clause on that names an address; all of it where none does."""
    clauses = [clause.strip() for clause in _CLAUSE_END.split(text) if clause.strip()]
    first_index = next((index for index, clause in enumerate(clauses) if mentions_address(clause)), None)
    return text if first_index is None else "، ".join(clauses[first_index:])


def correct_address(address: str, stated_text: str, denied_text: str) -> str:
    """Return an address with what a text states of it in place of what it denies («کوچه ۵ بود نه ۳»), or the address
    that it states; empty where it states none.
    """
    stream = TokenStream(stated_text)
    start = next((index for index in range(len(stream)) if is_address_word(stream.raw_at(index))), None)
    if start is None:
        return ""
    end = len(stream)
    while end > start and (stream.is_mark_at(end - 1) or stream.raw_at(end - 1) in _WORDS_OF_BEING):
        end -= 1
    stated_address = stream.source_text(start, end)
    denied_address = f"{stream.source_text(start, start + 1)} {denied_text.strip(' .،!؟')}"
    replaced_text = next((one for one in (denied_address, denied_text) if denied_text and one in address), "")
    return address.replace(replaced_text, stated_address, 1) if replaced_text else stated_address
