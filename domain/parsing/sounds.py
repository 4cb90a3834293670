"""Words by their sound: what is left when vowels are dropped and letters that sound alike are one.

People spell as they speak, and in either script: «چقدره», «چغدره» and «cheghadre» are one sound. It is for comparing
alone.
"""

import re
from functools import lru_cache

_SOUNDS_BY_LETTER = str.maketrans(
    {
        **dict.fromkeys("ثسص", "s"), **dict.fromkeys("ذزضظ", "z"), **dict.fromkeys("تط", "t"),
        **dict.fromkeys("حه", "h"), **dict.fromkeys("غق", "q"), **dict.fromkeys("جژ", "j"),
        **dict.fromkeys("اویعءئؤ", None),
        "ب": "b", "پ": "p", "چ": "c", "خ": "x", "د": "d", "ر": "r", "ش": "S", "ف": "f", "ک": "k", "گ": "g", "ل": "l",
        "م": "m", "ن": "n",
    }
)  # fmt: skip
_LATIN_PAIRS = re.compile("kh|gh|sh|ch|zh")
_SOUNDS_BY_PAIR = {"kh": "x", "gh": "q", "sh": "S", "ch": "c", "zh": "j"}
_LATIN_VOWELS = str.maketrans(dict.fromkeys("aeiouwyv'", None))
_REPETITION = re.compile(r"(.)\1+")
_SHORTEST_WITH_SILENT_ENDING = 3


@lru_cache(maxsize=8192)
def sound_of(key: str) -> str:
    """Return the sound of a folded word (`tokens.key_of`); empty where it is made of vowels alone."""
    if key.isascii():
        sound = _LATIN_PAIRS.sub(lambda pair: _SOUNDS_BY_PAIR[pair[0]], key).translate(_LATIN_VOWELS)
    else:
        is_silent = key.endswith("ه") and len(key) >= _SHORTEST_WITH_SILENT_ENDING
        sound = (key[:-1] if is_silent else key).translate(_SOUNDS_BY_LETTER)
    return _REPETITION.sub(r"\1", sound)
