"""Distance of a typed word from a known one, by the mistakes that Persian phone keyboards and ears make.

Letters that share a key or a sound (گ/ک, پ/ب, ص/س, ظ/ز …) count half; any other change, a letter too many or too few
and two letters swapped count one. Short words must be near. Too many words are near one of three letters: it is found
apart (`find_near_short`), and whoever asks for it decides by what else is said.
"""

from collections.abc import Iterable
from functools import lru_cache
from string import ascii_letters

from rapidfuzz import process
from rapidfuzz.distance import OSA

_CONFUSED_LETTERS = str.maketrans("گپچژصثذضظطغحعئ", "کبجزسسزززتقهای")
_LONGEST_DISTANCE = 2
_SHORT_LENGTH = 3
_MOST_REMEMBERED = 4096


def _allowed_cost(letter_count: int) -> float:
    """Return the cost that a word of so many letters may have and still be taken for another."""
    if letter_count < 4:
        return -1
    if letter_count < 6:
        return 1
    return 1.5 if letter_count == 6 else 2


class Spelling:
    """Finds the known words that a misspelt one may mean. Words are keys (`tokens.join_letters`)."""

    def __init__(self, known_words: Iterable[str]) -> None:
        listed_words = tuple(known_words)
        self._long_words = [word for word in dict.fromkeys(listed_words) if len(word) > 3]
        # Latin words as short as that are one letter from very many others.
        self._short_words = [
            word for word in dict.fromkeys(listed_words) if len(word) == _SHORT_LENGTH and not word.isascii()
        ]
        self._sound_forms = [word.translate(_CONFUSED_LETTERS) for word in self._long_words]
        self.find_near = lru_cache(maxsize=_MOST_REMEMBERED)(self._find_near)
        """Pairs (cost, known word) for every word that a typed one may be meant for, the nearest first: messages have
        the same words again and again."""

    def _find_near(self, typed_word: str) -> tuple[tuple[float, str], ...]:
        if len(typed_word) < 4:
            return ()
        sound = typed_word.translate(_CONFUSED_LETTERS)
        near_sounds = process.extract(
            sound, self._sound_forms, scorer=OSA.distance, score_cutoff=_LONGEST_DISTANCE, limit=None
        )
        costed_words = (
            (self._spelling_cost(typed_word, self._long_words[place], int(distance)), self._long_words[place])
            for _, distance, place in near_sounds
        )
        return tuple(sorted(row for row in costed_words if row[0] <= _allowed_cost(min(len(typed_word), len(row[1])))))

    def find_near_short(self, typed_word: str) -> list[tuple[float, str]]:
        """Return (cost, known word of three letters) for every one that `typed_word` may be meant for.

        The cost is below 1 where both sound the same, 1 where one letter is another, missing or too many.
        """
        if not _SHORT_LENGTH <= len(typed_word) <= _SHORT_LENGTH + 1 or not set(typed_word).isdisjoint(ascii_letters):
            return []
        sound = typed_word.translate(_CONFUSED_LETTERS)
        costed_words = ((self._short_word_cost(typed_word, sound, word), word) for word in self._short_words)
        return sorted(row for row in costed_words if row[0] <= 1)

    @staticmethod
    def _short_word_cost(typed_word: str, sound: str, known_word: str) -> float:
        if sound == known_word.translate(_CONFUSED_LETTERS):
            return OSA.distance(typed_word, known_word) / 4
        return OSA.distance(typed_word, known_word)

    @staticmethod
    def _spelling_cost(typed_word: str, known_word: str, sound_distance: int) -> float:
        return sound_distance + (OSA.distance(typed_word, known_word) - sound_distance) / 2
