"""Numbers in a stream of tokens: digits of any script, Persian words and ordinals, English words, halves."""

from domain.parsing.tokens import Stream, keys

_BASIC = (
    "صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده", "چهارده",
    "پانزده", "شانزده", "هفده", "هجده", "نوزده", "بیست",
)  # fmt: skip
_SPOKEN = {
    "یه": 1, "اول": 1, "نخست": 1, "دوم": 2, "سوم": 3, "چار": 4, "شیش": 6, "هش": 8, "پونزده": 15, "شونزده": 16,
    "هیفده": 17, "هیجده": 18, "هژده": 18, "سی": 30, "سیم": 30,
}  # fmt: skip
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS: dict[str, int] = (
    {word: value for value, word in enumerate(_BASIC)}
    | {f"{word}م": value for value, word in enumerate(_BASIC) if value}
    | {f"{word}تا": value for value, word in enumerate(_BASIC[:11]) if value}
    | {word: value for value, word in enumerate(_ENGLISH, start=1)}
    | _SPOKEN
)
_AND = keys("و", "and")
_HALF = keys("نیم", "نیمه", "half")
_AND_HALF = keys("ونیم")
_ORDINAL_ENDS = keys("م", "ام", "مین", "امین")
_POINTS = frozenset("./٫,،")
_LONGEST_NUMBER = 6
_LONGEST_WHOLE = 18


def number_at(stream: Stream, at: int) -> tuple[int, int] | None:
    """Return the number at a place, in digits or words («بیست و پنج»), and its end; long digits identify, not count."""
    return _number_at(stream, at, _LONGEST_NUMBER)


def whole_number_at(stream: Stream, at: int) -> tuple[int, int] | None:
    """Return the whole number at a place, however long, and where it ends."""
    return _number_at(stream, at, _LONGEST_WHOLE)


def _number_at(stream: Stream, at: int, longest: int) -> tuple[int, int] | None:
    key = stream.key(at)
    if not key:
        return None
    value = _WORDS.get(key)
    if value is None:
        digits = stream.digits(at)
        return (int(digits), at + 1) if 0 < len(digits) <= longest else None
    ones = _WORDS.get(stream.key(at + 2), 0) if value in (20, 30) and stream.key(at + 1) in _AND else 0
    return (value + ones, at + 3) if 0 < ones < 10 else (value, at + 1)


def ordinal_at(stream: Stream, at: int) -> tuple[int, int] | None:
    """Return a number that may carry an ordinal ending apart («۱۵ ام», «سی‌ام») and where it ends."""
    found = number_at(stream, at)
    return (found[0], stream.skip(found[1], _ORDINAL_ENDS)) if found else None


def half_after(stream: Stream, at: int) -> int:
    """Return where «و نیم» at a place ends, or the place itself when it does not stand there."""
    if stream.key(at) in _AND_HALF:
        return at + 1
    return at + 2 if stream.key(at) in _AND and stream.key(at + 1) in _HALF else at


def quantity_at(stream: Stream, at: int) -> tuple[float, int] | None:
    """Return a quantity in halves («۴», «چهار و نیم», «4.5», «نیم») and where it ends."""
    if stream.key(at) in _HALF:
        return 0.5, at + 1
    found = number_at(stream, at)
    if not found:
        return None
    value, end = found
    if stream.key(end) in _POINTS and stream.digits(end + 1) == "5" and stream.tight(end) and stream.tight(end + 1):
        return value + 0.5, end + 2
    half_end = half_after(stream, end)
    return (value + 0.5, half_end) if half_end > end else (value, end)
