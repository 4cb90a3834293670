"""Length of a text in message parts, and cutting it.

A text is sent in one of two encodings: GSM-7 (septets; the characters of the extension table take two) or, as soon as
one character is outside both tables — one Persian letter is enough — UCS-2 (16-bit code units; emoji take two). One
part holds 160 septets or 70 code units; in a text of several, each part gives seven septets or three code units to the
header that joins them. Source: facts-iran.md, "SMS"; 3GPP TS 23.038 and 23.040.

A cut never falls inside what a reader sees as one character, because some handsets show parts as they come. A panel
that cuts at any code unit may therefore count a part fewer than this module on rare texts, never more.
"""

import unicodedata
from enum import StrEnum

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM_CHARACTERS = _GSM_BASIC | _GSM_EXTENDED
_ZERO_WIDTH_NON_JOINER = "\u200c"
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


class Encoding(StrEnum):
    """Encoding of a text in transit."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"

    @property
    def single_part_units(self) -> int:
        """Units (septets or code units) that fit when the text is a single part."""
        return 160 if self is Encoding.GSM7 else 70

    @property
    def joined_part_units(self) -> int:
        """Units that fit in each part of a text of several."""
        return 153 if self is Encoding.GSM7 else 67


def choose_encoding(text: str) -> Encoding:
    """Return GSM-7 when every character of `text` is in its tables, UCS-2 otherwise."""
    return Encoding.GSM7 if _GSM_CHARACTERS.issuperset(text) else Encoding.UCS2


def encoded_length(text: str) -> int:
    """Return the length of `text` in units of its own encoding: septets, or 16-bit code units."""
    return _length_in_encoding(text, choose_encoding(text))


def count_parts(text: str) -> int:
    """Return how many message parts `text` is sent in; an empty text is one part."""
    return len(split_parts(text))


def split_parts(text: str) -> list[str]:
    """Return the parts of `text` in order; joined they are `text` again.

    Surrogate pairs, extension characters, base characters with their marks and emoji sequences stay whole; only a run
    of marks longer than a whole part is cut, between two characters.
    """
    encoding = choose_encoding(text)
    if _length_in_encoding(text, encoding) <= encoding.single_part_units:
        return [text]
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = _end_of_part(text, start, encoding)
        parts.append(text[start:end])
        start = end
    return parts


def _length_in_encoding(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return len(text) + sum(map(text.count, _GSM_EXTENDED))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _end_of_part(text: str, start: int, encoding: Encoding) -> int:
    """Return where the part that begins at a place ends: before what does not fit whole, unless no part holds that."""
    end = start + encoding.joined_part_units
    while (excess := _length_in_encoding(text[start:end], encoding) - encoding.joined_part_units) > 0:
        end -= (excess + 1) // 2
    cluster_start, cluster_end = end, end
    while start < cluster_start < len(text) and _continues_cluster(text[cluster_start - 1], text[cluster_start]):
        cluster_start -= 1
    while cluster_start < cluster_end < len(text) and _continues_cluster(text[cluster_end - 1], text[cluster_end]):
        cluster_end += 1
    fits_whole = _length_in_encoding(text[cluster_start:cluster_end], encoding) <= encoding.joined_part_units
    return cluster_start if fits_whole else end


def _continues_cluster(previous_character: str, character: str) -> bool:
    """Return whether `character` belongs to what `previous_character` ends: marks, joiners, skin tones, and what a ZWJ
    glues on.

    A ZWNJ stays with the letter whose shape it decides, and ends the cluster.
    """
    return (
        previous_character == _ZERO_WIDTH_JOINER
        or character in (_ZERO_WIDTH_JOINER, _ZERO_WIDTH_NON_JOINER)
        or character in _SKIN_TONES
        or unicodedata.category(character).startswith("M")
    )
