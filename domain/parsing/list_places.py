"""Places in a list that was shown: «دومی», «اولی رو», «آخری», dovomi, ikinji."""

from itertools import product

from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.tokens import TokenStream, key_of, keys_in, keys_of

_ORDINALS = (
    ("اول", "یکم", "نخست", "avval", "aval", "birinji"),
    ("دوم", "dovom", "ikinji"),
    ("سوم", "sevom", "üçünji"),
    ("چهارم", "چارم", "chaharom", "dördünji"),
    ("پنجم", "panjom", "bäşinji"),
    ("ششم", "شیشم", "sheshom", "altynjy"),
    ("هفتم", "haftom"),
    ("هشتم", "hashtom"),
    ("نهم", "nohom"),
    ("دهم", "dahom"),
)
_LAST_WORDS = ("آخر", "اخر", "akhar", "iň soňky", "soňky")
_SUFFIXES = ("", "ی", "ین", "یو", "یه", "یش", "ه", "i", "ie", "isi")
_PLACES = {
    key_of(f"{word}{suffix}"): place
    for place, spellings in enumerate(_ORDINALS, start=1)
    for word, suffix in product(spellings, _SUFFIXES)
}
_LAST_KEYS = frozenset(key_of(f"{word}{suffix}") for word, suffix in product(_LAST_WORDS, _SUFFIXES))
_AROUND_WORDS = (
    COURTESY_WORDS
    | keys_in("values.ignored_words")
    | keys_in("values.ignored_with_choice")
    | keys_of("را", "رو", "ro", "ra", "یکی", "همونه", "است", "هست", "درخواست", "ماشین")
)


def find_list_place(text: str, count: int) -> int | None:
    """Return the place, from 1, that a text names in a list of `count` entries; None where it names none of them, or
    says more.
    """
    stream = TokenStream(text)
    word_keys = [stream.raw_at(index) for index in range(len(stream)) if not stream.is_mark_at(index)]
    named_places = _PLACES | dict.fromkeys(_LAST_KEYS, count)
    places = {named_places[word] for word in word_keys if word in named_places}
    says_more = any(word not in named_places and word not in _AROUND_WORDS for word in word_keys)
    place = places.pop() if len(places) == 1 and not says_more else 0
    return place if 1 <= place <= count else None
