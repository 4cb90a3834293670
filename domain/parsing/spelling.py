"""How far a typed word is from a known one, by the mistakes that Persian phone keyboards and ears make.

Letters that share a key or a sound (گ/ک, پ/ب, ص/س, ظ/ز …) count half; any other change, a letter too many or too few
and two letters swapped count one. Short words must be near. Too many words are near one of three letters: it is found
apart (`near_short`), and whoever asks for it decides by what else is said.
"""

from collections.abc import Iterable
from string import ascii_letters

from rapidfuzz import process
from rapidfuzz.distance import OSA

_CONFUSED = str.maketrans("گپچژصثذضظطغحعئ", "کبجزسسزززتقهای")
_FARTHEST = 2
_SHORT = 3


def _allowance(letters: int) -> float:
    """Return the cost that a word of so many letters may have and still be taken for another."""
    if letters < 4:
        return -1
    if letters < 6:
        return 1
    return 1.5 if letters == 6 else 2


class Spelling:
    """Finds the known words that a misspelt one may mean. Words are keys (`tokens.joined`)."""

    def __init__(self, known: Iterable[str]) -> None:
        words = tuple(known)
        self._words = [word for word in dict.fromkeys(words) if len(word) > 3]
        # Latin words as short as that are one letter from very many others.
        self._short = [word for word in dict.fromkeys(words) if len(word) == _SHORT and not word.isascii()]
        self._sounds = [word.translate(_CONFUSED) for word in self._words]

    def near(self, typed: str) -> list[tuple[float, str]]:
        """Return (cost, known word) for every word that `typed` may be meant for, the nearest first."""
        if len(typed) < 4:
            return []
        sound = typed.translate(_CONFUSED)
        rows = process.extract(sound, self._sounds, scorer=OSA.distance, score_cutoff=_FARTHEST, limit=None)
        found = ((self._cost(typed, self._words[at], int(distance)), self._words[at]) for _, distance, at in rows)
        return sorted(row for row in found if row[0] <= _allowance(min(len(typed), len(row[1]))))

    def near_short(self, typed: str) -> list[tuple[float, str]]:
        """Return (cost, known word of three letters) for every one that `typed` may be meant for.

        The cost is below 1 where both sound the same, 1 where one letter is another, missing or too many.
        """
        if not _SHORT <= len(typed) <= _SHORT + 1 or not set(typed).isdisjoint(ascii_letters):
            return []
        sound = typed.translate(_CONFUSED)
        costs = ((self._short_cost(typed, sound, word), word) for word in self._short)
        return sorted(row for row in costs if row[0] <= 1)

    @staticmethod
    def _short_cost(typed: str, sound: str, word: str) -> float:
        if sound == word.translate(_CONFUSED):
            return OSA.distance(typed, word) / 4
        return OSA.distance(typed, word)

    @staticmethod
    def _cost(typed: str, word: str, sound_distance: int) -> float:
        return sound_distance + (OSA.distance(typed, word) - sound_distance) / 2
