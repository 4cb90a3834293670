"""Words of addresses: after them a number, a date or a weekday is a name («کوچه ۴», «خیابان ۲۲ بهمن», «شنبه‌بازار»)."""

import re
from collections.abc import Sequence

from domain.parsing.tokens import TokenStream, key_of, keys_in, keys_of, read_once

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
_LEADING_WORDS = keys_in("intents.words_to_a_place") | {""}
_WORDS_OF_WORK = keys_in("intents.words_of_work")
"""Words for the work of machines: no place begins with one («برای تسطیح زمین»)."""
_TELLING_WORDS = keys_in("intents.verbs_of_clauses")
"""With one of them words tell what happened or is to be done, and name no place."""
_WORDS_BEHIND_ADDRESSES = (
    _TELLING_WORDS
    | keys_in("values.matter_words")
    | keys_in("intents.wish_words")
    | keys_in("intents.asking_words")
    | keys_of("رو", "که")
)
_QUESTION_WORDS = keys_in("moods.question_words")
_ROLE_WORDS = keys_in("courtesies.role_words")
_UNNAMED_PLACES = _NUMBERED_PLACES | _ROAD_WORDS | keys_in("values.unnamed_places")
"""Without another word nobody finds them."""
_OWN_PLACES = _ADDRESS_WORDS | _MARKET_WORDS | _TRADE_WORDS
_AM_ENDINGS, _AM_ENDING, _ITS_ENDING = ("ام", "ایم"), "م", "ش"
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


def is_named_road_number(stream: TokenStream, index: int) -> bool:
    """Return whether the number at a place may be the one of a road that is named («کوچه گلستان ۵»)."""
    is_named = index >= 2 and not stream.is_mark_at(index - 1) and not stream.digits_at(index - 1)
    return is_named and bool(stream.digits_at(index)) and stream.raw_at(index - 2) in _NUMBERED_PLACES | _ROAD_WORDS


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
    address_words = _NUMBERED_PLACES | _ROAD_WORDS | _BUILDING_WORDS | _BESIDE_WORDS
    return not read_once(address).key_set.isdisjoint(address_words)


def find_place(texts: Sequence[str]) -> str:
    """Return the place that is told in what stands around an order; empty where none is, or only who writes."""
    places = [place for place in map(_place_in, texts) if _is_named(place)]
    addresses = [place for place in places if mentions_address(place)]
    return " ".join(addresses or places)


def _place_in(text: str) -> str:
    """Return the place in one part of an order: all of it, or where it tells what happened, or what for, the last
    address in it.
    """
    clauses = _split_clauses(text)
    if clauses and all(map(_may_be_place, clauses)):
        return _without_lead(text)
    addresses = [_without_lead(clause) if _may_be_place(clause) else _address_in(clause) for clause in clauses]
    return next((address for address in reversed(addresses) if mentions_address(address)), "")


def is_address(text: str) -> bool:
    """Return whether a text is an address alone: it tells and asks nothing («کوچه ما پر از آشغاله»)."""
    keys = read_once(_without_lead(text)).keys[:-1]
    is_led = bool(keys) and keys[0] in _ROAD_WORDS | _BESIDE_WORDS | _BUILDING_WORDS
    is_bare = _WORDS_BEHIND_ADDRESSES.isdisjoint(keys) and _QUESTION_WORDS.isdisjoint(keys)
    return is_led and is_bare and _is_named(text) and all(map(_may_be_place, _split_clauses(text)))


def _split_clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE_END.split(text) if clause.strip()]


def _without_lead(text: str) -> str:
    """Return a text without the words that only lead to a place («واسه روستای …»)."""
    first, _, rest = text.partition(" ")
    return _without_lead(rest) if rest and key_of(first) in _LEADING_WORDS else text


def _may_be_place(clause: str) -> bool:
    """Return whether a clause may be a place as it stands: it tells nothing, and not who writes."""
    stream = TokenStream(_without_lead(clause))
    keys = stream.read.keys[:-1]
    return bool(keys) and keys[0] not in _WORDS_OF_WORK and _TELLING_WORDS.isdisjoint(keys) and not _tells_writer(keys)


def _tells_writer(keys: Sequence[str]) -> bool:
    """Return whether words say who writes («مغازه‌دار بازارچه‌ام», «من مدیر مدرسم»)."""
    own_places = (keys[-1].removesuffix(ending) for ending in _AM_ENDINGS if keys[-1].endswith(ending))
    has_role = not _ROLE_WORDS.isdisjoint(keys[:2]) and keys[-1].endswith(_AM_ENDING)
    return has_role or any(place in _OWN_PLACES for place in own_places)


def _address_in(clause: str) -> str:
    """Return the address within a clause that tells more: from the first word of addresses to what happened there."""
    stream = TokenStream(clause)
    keys = stream.read.keys[:-1]
    start = next((index for index, key in enumerate(keys) if key in _ADDRESS_WORDS), None)
    if start is None or _tells_writer(keys):
        return ""
    end = start + 1
    while end < len(keys) and _WORDS_BEHIND_ADDRESSES.isdisjoint({keys[end], keys[end].removesuffix(_ITS_ENDING)}):
        end += 1
    return stream.source_text(start, end)


def _is_named(place: str) -> bool:
    """Return whether somebody may find a place: not «جلو در», «سر کوچه»."""
    return any(key not in _UNNAMED_PLACES for key in read_once(place).keys[:-1])


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
